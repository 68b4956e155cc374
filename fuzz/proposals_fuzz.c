/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The register of proposals, from envelopes and bodies as members might write them: three
 * desks; each line is a desk's digit and an envelope, the line behind it the body. Given
 * as they come and log by log, the register must be the same bytes, and well-formed JSON.
 */
#include <assert.h>
#include <stdlib.h>

#include "record/evidence_commit.h"
#include "record/proposals.h"

enum { DESKS = 3, ENTRIES_MAX = 64 };

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

static void give(struct record_proposals *proposals, const struct record_charter *charter,
                 const struct line *line, uint32_t number)
{
	struct record_envelope envelope = {0};
	struct json_doc doc = {0};
	struct hash hash;
	bool is_wellformed =
	    record_envelope_decode(line->envelope, &doc, &envelope, NULL) == STATUS_OK;

	(void)!record_evidence_body_hash(line->body, &doc, &hash, NULL);
	assert(record_proposals_add(proposals, number, is_wellformed ? &envelope : NULL,
	                            line->body, charter, NULL) == STATUS_OK);
	record_envelope_release(&envelope);
	json_release(&doc);
}

struct context {
	struct record_proposals *proposals;
	struct buf *out;
};

static bool append_row(void *pointer, const struct record_proposal *proposal)
{
	struct context *context = pointer;

	buf_append_byte(context->out, context->out->len == 1 ? ' ' : ',');
	record_proposal_append_json(context->proposals, proposal, context->out);
	return true;
}

static void compute(const struct record_charter *charter, const struct line *lines,
                    size_t count, bool is_by_log, struct buf *out)
{
	struct context context = {.out = out};
	uint32_t numbers[DESKS];

	assert(record_proposals_new(&context.proposals, NULL) == STATUS_OK);
	for (uint32_t desk = 0; desk < DESKS; desk++)
		assert(record_replies_desk(record_proposals_replies(context.proposals),
		                           charter->members[desk].name.text,
		                           &numbers[desk], NULL) == STATUS_OK);
	for (uint32_t round = 0; round < (is_by_log ? DESKS : 1); round++)
		for (size_t i = 0; i < count; i++)
			if (!is_by_log || lines[i].desk == DESKS - 1 - round)
				give(context.proposals, charter, &lines[i],
				     numbers[lines[i].desk]);
	buf_append_byte(out, '[');
	for (int type = RECORD_PLEDGE; type <= RECORD_MINUTES; type++)
		assert(record_proposals_list(
		           context.proposals, (enum record_proposal_type)type, NULL,
		           1795218540, append_row, &context, NULL) == STATUS_OK);
	buf_append_byte(out, ']');
	record_proposals_free(context.proposals);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct record_card members[DESKS] = {{.name = {"north.example"}},
	                                            {.name = {"south.example"}},
	                                            {.name = {"west.example"}}};
	const struct record_charter charter = {.members = members, .member_count = DESKS};
	struct buf one = BUF_INIT(1 << 24), other = BUF_INIT(1 << 24);
	struct line lines[ENTRIES_MAX];
	size_t count = read_lines(view_of(data, len), lines);
	struct json_doc doc = {0};

	compute(&charter, lines, count, false, &one);
	compute(&charter, lines, count, true, &other);
	assert(view_equal(buf_view(&one), buf_view(&other)));
	assert(json_scan(&doc, buf_view(&one), JSON_TOKENS_MAX, NULL) == STATUS_OK);
	json_release(&doc);
	buf_release(&one);
	buf_release(&other);
	return 0;
}
