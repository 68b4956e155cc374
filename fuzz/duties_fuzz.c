/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of duties, from envelopes and bodies as members might write them: three desks;
 * each line is a desk's digit and an envelope, the line behind it the body. Given as they
 * come and log by log, the list must be the same bytes, and well-formed JSON. The root of
 * a log at a size is 32 bytes of that size; desk n's mirror key has the seed n, 0, 0, ….
 */
#include <assert.h>
#include <stdlib.h>

#include "crypto/random.h"
#include "record/duties.h"

enum { DESKS = 3, ENTRIES_MAX = 64, NOW_S = 1795305600 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct line {
	uint32_t desk;
	struct view envelope, body;
};

static size_t read_lines(struct view rest, struct line *lines)
{
	struct view envelope, body;
	size_t count = 0;

	while (count < ENTRIES_MAX && view_take_line(&rest, &envelope) &&
	       view_take_line(&rest, &body)) {
		if (envelope.len == 0)
			break;
		lines[count++] = (struct line){.desk = envelope.data[0] % DESKS,
		                               .envelope = view_from(envelope, 1),
		                               .body = body};
	}
	return count;
}

static enum status root_at(void *self, uint32_t log, uint64_t size, struct hash *ret_root,
                           struct error *err)
{
	(void)self;
	(void)log;
	(void)err;
	memset(ret_root->bytes, (int)(size & 0xff), sizeof ret_root->bytes);
	return STATUS_OK;
}

static void give(struct record_duties *duties, const struct record_charter *charter,
                 const struct line *line)
{
	struct record_envelope envelope = {0};
	struct json_doc doc = {0};
	bool is_wellformed =
	    record_envelope_decode(line->envelope, &doc, &envelope, NULL) == STATUS_OK;
	struct record_duties_entry entry = {.log = line->desk,
	                                    .envelope = is_wellformed ? &envelope : NULL,
	                                    .body = line->body,
	                                    .charter = charter};

	assert(record_duties_add(duties, &entry, NULL) == STATUS_OK);
	record_envelope_release(&envelope);
	json_release(&doc);
}

/* A period of an hour may have been missed since 1970. */
enum { ROWS_MAX = 2000 };

struct context {
	struct buf *out;
	size_t count;
};

static bool append_row(void *pointer, const struct record_duty_row *row)
{
	struct context *context = pointer;

	buf_append_byte(context->out, context->count++ == 0 ? ' ' : ',');
	record_duty_append_json(row, NOW_S, context->out);
	return context->count < ROWS_MAX;
}

static void compute(const struct record_charter *charter, const struct line *lines,
                    size_t count, bool is_by_log, struct buf *out)
{
	const struct record_duties_facts facts = {.root_at = root_at};
	struct record_duties *duties = NULL;
	struct context context = {.out = out};
	uint32_t log;

	assert(record_duties_new(&facts, &duties, NULL) == STATUS_OK);
	for (uint32_t desk = 0; desk < DESKS; desk++)
		assert(record_duties_add_log(duties, &charter->members[desk], &log,
		                             NULL) == STATUS_OK &&
		       log == desk);
	for (uint32_t round = 0; round < (is_by_log ? DESKS : 1); round++)
		for (size_t i = 0; i < count; i++)
			if (!is_by_log || lines[i].desk == DESKS - 1 - round)
				give(duties, charter, &lines[i]);
	buf_append_byte(out, '[');
	record_duties_list(duties, NOW_S, false, append_row, &context);
	buf_append_byte(out, ']');
	assert(record_duties_next_change_s(duties, NOW_S) > NOW_S);
	record_duties_free(duties);
}

static void make_keys(struct record_card *members)
{
	struct ed25519_secret *secret;

	assert(crypto_init(NULL) == STATUS_OK);
	for (uint8_t desk = 0; desk < DESKS; desk++) {
		struct ed25519_seed seed = {.bytes = {desk}};

		assert(ed25519_secret_new(&seed, &secret, NULL) == STATUS_OK);
		members[desk].keys[RECORD_ROLE_MIRROR] = ed25519_secret_public(secret);
		ed25519_secret_free(secret);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct record_card members[DESKS] = {{.name = {"north.example"}},
	                                            {.name = {"south.example"}},
	                                            {.name = {"west.example"}}};
	static bool has_keys;
	const struct record_charter charter = {.members = members,
	                                       .member_count = DESKS,
	                                       .duties = {{.on = "query",
	                                                   .owe = {"answer", "holding"},
	                                                   .owe_count = 2,
	                                                   .within_s = 3600},
	                                                  {.owe = {"check"},
	                                                   .owe_count = 1,
	                                                   .every_s = 3600,
	                                                   .grace_s = 600}},
	                                       .duty_count = 2,
	                                       .limits = {.skew_s = 300},
	                                       .has_holding = true,
	                                       .holding_within_s = 7200};
	struct buf one = BUF_INIT(1 << 24), other = BUF_INIT(1 << 24);
	struct line lines[ENTRIES_MAX];
	size_t count = read_lines(view_of(data, len), lines);
	struct json_doc doc = {0};

	if (!has_keys)
		make_keys(members);
	has_keys = true;
	compute(&charter, lines, count, false, &one);
	compute(&charter, lines, count, true, &other);
	assert(view_equal(buf_view(&one), buf_view(&other)));
	assert(json_scan(&doc, buf_view(&one), JSON_TOKENS_MAX, NULL) == STATUS_OK);
	json_release(&doc);
	buf_release(&one);
	buf_release(&other);
	return 0;
}
