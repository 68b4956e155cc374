/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of duties of a channel of two desks and 100,000 messages: made from scratch,
 * and kept up with one message more. Of twenty entries one is a question, one its answer,
 * two record the receipts of these, the rest are texts; each receipt is over a tree of
 * its own, so every signature is verified. Beside it the floor: those verifications and
 * one scan of those bodies as JSON. Processor time, as nothing waits.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "bench/bench.h"
#include "bench/machine.h"
#include "bench/sample.h"
#include "record/duties.h"
#include "record/testing.h"
#include "tlog/cosignature.h"
#include "tlog/tree.h"

enum {
	DESKS = 2,
	ENTRIES = 100000, /* of both logs */
	MORE = 2000,
	ROUND = 10, /* entries that a desk writes in a row */
	TEXT_MAX = 1000,
	TOKENS_MAX = 64,
};
static const int64_t begin_s = 1795219200;

static const char *const names[DESKS] = {"north.example", "south.example"};

struct item {
	uint32_t log;
	struct record_envelope envelope;
	struct record_seen seen;
	char *body; /* owned; NULL: none */
};

struct material {
	struct testing_desk desks[DESKS];
	struct ed25519_secret *mirrors[DESKS];
	struct tlog_vkey keys[DESKS];
	struct record_charter charter;
	struct item *items;
	size_t count;
	struct hash *roots[DESKS];
	struct tlog_tree trees[DESKS];
	uint64_t question; /* the last one, in north's log */
};

static void material_release(struct material *material)
{
	for (size_t i = 0; i < material->count; i++)
		free(material->items[i].body);
	for (int d = 0; d < DESKS; d++) {
		ed25519_secret_free(material->mirrors[d]);
		testing_desk_release(&material->desks[d]);
		free(material->roots[d]);
	}
	record_charter_release(&material->charter);
	free(material->items);
}

/* ---- making the logs */

static uint64_t append(struct material *material, uint32_t log, const char *kind,
                       const char *body)
{
	struct tlog_tree *tree = &material->trees[log];
	struct item *item = &material->items[material->count];
	struct hash leaf = sha256(view_of(&material->count, sizeof material->count));

	*item = (struct item){.log = log};
	(void)snprintf(item->envelope.kind, sizeof item->envelope.kind, "%s", kind);
	item->envelope.sent_s = begin_s + (int64_t)material->count;
	if (material->trees[1 - log].size > 0) {
		item->seen.size = material->trees[1 - log].size;
		strcpy(item->seen.desk.text, names[1 - log]);
		item->envelope.seen_count = 1;
	}
	item->body = body == NULL ? NULL : strdup(body);
	material->count++;
	tlog_tree_append(tree, &leaf, NULL, NULL);
	material->roots[log][tree->size] = tlog_tree_root(tree);
	return tree->size - 1;
}

/* The log's owner records the other's receipt for its last entry. */
static enum status append_receipt(struct material *material, uint32_t log,
                                  struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX), line = BUF_INIT(TEXT_MAX),
	                       body = BUF_INIT(4 * TEXT_MAX);
	struct tlog_checkpoint checkpoint = {.size = material->trees[log].size,
	                                     .root =
	                                         tlog_tree_root(&material->trees[log])};
	struct record_origin origin = {.desk = material->desks[log].card.name,
	                               .channel.hash = material->charter.digest,
	                               .generation = 1};

	record_origin_encode(&origin, checkpoint.origin);
	tlog_checkpoint_append(&text, &checkpoint);
	tlog_cosignature_sign(&line, &material->keys[1 - log], material->mirrors[1 - log],
	                      (uint64_t)begin_s + material->count, buf_view(&text));
	buf_printf(&body,
	           "{\"of\":\"%s#%llu\",\"from\":\"%s\",\"checkpoint\":", names[log],
	           (unsigned long long)checkpoint.size - 1, names[1 - log]);
	json_append_string(&body, buf_view(&text));
	buf_append_string(&body, ",\"line\":");
	json_append_string(&body, buf_view(&line));
	buf_append_string(&body, "}");
	buf_append_byte(&body, '\0');
	TRY(buf_check(&body, "a receipt", err));
	(void)append(material, log, "receipt", (const char *)body.data);
	return STATUS_OK;
}

/* North asks, south answers; both record it and write texts. */
static enum status append_round(struct material *material, struct error *err)
{
	static const char text[] = "{\"language\":\"en\",\"text\":\"Nothing new.\"}";
	struct item *answer;

	material->question =
	    append(material, 0, "query",
	           "{\"language\":\"en\",\"question\":\"Is this one of yours?\"}");
	TRY(append_receipt(material, 0, err));
	for (int i = 2; i < ROUND; i++)
		(void)append(material, 0, "text", text);
	answer = &material->items[material->count];
	(void)append(material, 1, "answer", "{\"answer\":\"no\"}");
	answer->envelope.has_re = true;
	answer->envelope.re.index = material->question;
	answer->envelope.re.desk = material->desks[0].card.name;
	TRY(append_receipt(material, 1, err));
	for (int i = 2; i < ROUND; i++)
		(void)append(material, 1, "text", text);
	return STATUS_OK;
}

static enum status make_desks(struct material *material, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);

	for (int d = 0; d < DESKS; d++) {
		testing_desk_init(&material->desks[d], names[d], NULL);
		material->mirrors[d] = testing_secret_new(names[d], RECORD_ROLE_MIRROR);
		TRY(record_vkey(names[d], "mirror",
		                &material->desks[d].card.keys[RECORD_ROLE_MIRROR],
		                &material->keys[d], err));
		tlog_tree_init(&material->trees[d]);
		material->roots[d] =
		    calloc(ENTRIES + MORE + 1, sizeof *material->roots[d]);
		if (material->roots[d] == NULL)
			return error_set(err, STATUS_NO_MEMORY, "out of memory");
	}
	testing_charter_text(
	    material->desks, DESKS,
	    "{\"duties\":[{\"on\":\"query\",\"owe\":[\"answer\"],\"within\":\"PT24H\"},"
	    "{\"every\":\"PT1H\",\"owe\":\"check\",\"grace\":\"PT10M\"}]}",
	    &text);
	return record_charter_decode(buf_view(&text), &material->charter, err);
}

static enum status make_material(struct material *material, struct error *err)
{
	TRY(make_desks(material, err));
	material->items = calloc(ENTRIES + MORE, sizeof *material->items);
	if (material->items == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	while (material->count < ENTRIES + MORE)
		TRY(append_round(material, err));
	return STATUS_OK;
}

/* ---- what is measured */

static enum status root_at(void *self, uint32_t log, uint64_t size, struct hash *ret_root,
                           struct error *err)
{
	const struct material *material = self;

	(void)err;
	*ret_root = material->roots[log][size];
	return STATUS_OK;
}

static enum status give(struct record_duties *duties, struct material *material, size_t i,
                        struct error *err)
{
	struct item *item = &material->items[i];
	struct record_duties_entry entry = {
	    .log = item->log, .envelope = &item->envelope, .charter = &material->charter};

	item->envelope.seen = &item->seen;
	if (item->body != NULL)
		entry.body = view_of_string(item->body);
	return record_duties_add(duties, &entry, err);
}

static bool count_row(void *context, const struct record_duty_row *row)
{
	size_t *count = context;

	*count += row->state == RECORD_DUTY_MET;
	return true;
}

static enum status duties_open(struct material *material, struct record_duties **ret,
                               struct error *err)
{
	struct record_duties_facts facts = {.channel.hash = material->charter.digest,
	                                    .self = material,
	                                    .root_at = root_at};
	uint32_t log;

	TRY(record_duties_new(&facts, ret, err));
	for (int d = 0; d < DESKS; d++)
		TRY(record_duties_add_log(*ret, &material->desks[d].card, &log, err));
	return STATUS_OK;
}

static enum status scratch(struct record_duties *duties, struct material *material,
                           double *ret_s, struct error *err)
{
	double started_s = machine_cpu_s();
	size_t met = 0;

	for (size_t i = 0; i < ENTRIES; i++)
		TRY(give(duties, material, i, err));
	record_duties_list(duties, begin_s + ENTRIES, false, count_row, &met);
	*ret_s = machine_cpu_s() - started_s;
	if (met != ENTRIES / (2 * ROUND))
		return error_set(err, STATUS_BUG, "%zu answers were counted", met);
	return STATUS_OK;
}

/* One message more, each time with all that a desk asks then. */
static enum status more(struct record_duties *duties, struct material *material,
                        struct sample *times_us, double *ret_most_us, struct error *err)
{
	*ret_most_us = 0;
	for (size_t i = ENTRIES; i < ENTRIES + MORE; i++) {
		double started_s = machine_cpu_s(), us;
		int64_t now_s = begin_s + (int64_t)i;

		TRY(give(duties, material, i, err));
		if (record_duties_next_change_s(duties, now_s) <= now_s)
			return error_set(err, STATUS_BUG, "the next change is over");
		us = (machine_cpu_s() - started_s) * 1e6;
		sample_add(times_us, us);
		if (us > *ret_most_us)
			*ret_most_us = us;
	}
	return STATUS_OK;
}

/* The line and the text that it signs, as a receipt's body has them. */
static enum status verify_bare(struct material *material, const struct item *item,
                               struct json_doc *doc, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX), line = BUF_INIT(TEXT_MAX);
	uint64_t time_s;

	json_string_append(doc, json_member(doc, json_root(doc), "checkpoint"), &text);
	json_string_append(doc, json_member(doc, json_root(doc), "line"), &line);
	return tlog_cosignature_verify_line(buf_view(&text), buf_view(&line),
	                                    &material->keys[1 - item->log], &time_s, err);
}

static enum status floor_of(struct material *material, size_t first, size_t end,
                            double *ret_s, struct error *err)
{
	struct json_doc doc = {0};
	double started_s = machine_cpu_s();
	enum status status = STATUS_OK;

	for (size_t i = first; i < end && status == STATUS_OK; i++) {
		const struct item *item = &material->items[i];

		if (strcmp(item->envelope.kind, "text") == 0)
			continue;
		status = json_scan(&doc, view_of_string(item->body), TOKENS_MAX, err);
		if (status == STATUS_OK && strcmp(item->envelope.kind, "receipt") == 0)
			status = verify_bare(material, item, &doc, err);
	}
	*ret_s = machine_cpu_s() - started_s;
	json_release(&doc);
	return status;
}

static enum status measure(const struct bench_options *options, struct material *material,
                           struct record_duties *duties, struct error *err)
{
	struct sample times_us = {0};
	double scratch_s = 0, floor_s = 0, more_floor_s = 0, most_us = 0;
	enum status status = floor_of(material, 0, ENTRIES, &floor_s, err);

	if (status == STATUS_OK)
		status = scratch(duties, material, &scratch_s, err);
	if (status == STATUS_OK)
		status = floor_of(material, ENTRIES, ENTRIES + MORE, &more_floor_s, err);
	if (status == STATUS_OK)
		status = more(duties, material, &times_us, &most_us, err);
	if (status == STATUS_OK) {
		double mean_us = sample_mean(&times_us);
		double more_floor_us = more_floor_s * 1e6 / MORE;

		report_line(options->is_json,
		            &(struct report_line){"duties_scratch", scratch_s, "s",
		                                  floor_s, scratch_s / floor_s,
		                                  "<= 1 s"});
		report_line(options->is_json,
		            &(struct report_line){"duties_add", mean_us, "us",
		                                  more_floor_us, mean_us / more_floor_us,
		                                  "<= 1000 us"});
		(void)fprintf(stderr, "duties_add: the slowest of %d took %.0f us\n",
		              MORE, most_us);
	}
	sample_release(&times_us);
	return status;
}

enum status duties_run(const struct bench_options *options, struct error *err)
{
	struct material material = {0};
	struct record_duties *duties = NULL;
	enum status status = make_material(&material, err);

	if (status == STATUS_OK)
		status = duties_open(&material, &duties, err);
	if (status == STATUS_OK)
		status = measure(options, &material, duties, err);
	record_duties_free(duties);
	material_release(&material);
	return status;
}
