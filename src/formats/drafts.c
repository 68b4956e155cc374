/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies lie in one buffer, which moves while it grows: drafts learn where theirs are at
 * the end.
 */
#include "formats/drafts.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "formats/words.h"
#include "record/kinds.h"

enum { BODIES_MAX = 512 * 1024 * 1024 };

enum status formats_drafts_scan(struct formats_drafts *drafts, struct view text,
                                struct error *err)
{
	if (text.len > FORMATS_LEN_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "a document of more than %d MiB is not read",
		                 FORMATS_LEN_MAX / (1024 * 1024));
	drafts->bodies = BUF_INIT(BODIES_MAX);
	return json_scan_foreign(&drafts->doc, text, JSON_FOREIGN_TOKENS_MAX, err);
}

static enum status grow(struct formats_drafts *drafts, struct error *err)
{
	size_t cap = drafts->cap == 0 ? 64 : drafts->cap * 2;
	struct formats_draft *grown;

	if (drafts->count < drafts->cap)
		return STATUS_OK;
	grown = reallocarray(drafts->drafts, cap, sizeof *grown);
	if (grown == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the drafts");
	drafts->drafts = grown;
	drafts->cap = cap;
	return STATUS_OK;
}

/* May the draft be sent as it is? What it answers must be a draft where the kind needs
 * one, and the body must keep the kind's rules. */
static enum status check_draft(struct formats_drafts *drafts,
                               const struct formats_draft *draft, struct view body,
                               struct error *why)
{
	const struct record_kind *kind = record_kind_find(view_of_string(draft->kind));

	TRY(record_kind_check_body(kind, body, &drafts->scratch, why));
	if (draft->re == FORMATS_NO_DRAFT)
		return kind->needs_re ? error_set(why, STATUS_MALFORMED,
		                                  "what it is about is no message that "
		                                  "can be answered")
		                      : STATUS_OK;
	return record_kind_check_answers(
	    kind, record_kind_find(view_of_string(drafts->drafts[draft->re].kind)), why);
}

enum status formats_drafts_add(struct formats_drafts *drafts,
                               const struct formats_draft *draft, size_t start,
                               struct view what, size_t *ret_index, struct error *err)
{
	struct error why = {0};
	struct view body;

	TRY(buf_check(&drafts->bodies, "what the document says", err));
	TRY(grow(drafts, err));
	body = view_from(buf_view(&drafts->bodies), start);
	if (check_draft(drafts, draft, body, &why) != STATUS_OK) {
		formats_report_add(&drafts->report, draft->source, what, why.text);
		drafts->bodies.len = start;
		*ret_index = FORMATS_NO_DRAFT;
		return STATUS_OK;
	}
	*ret_index = drafts->count;
	drafts->drafts[drafts->count] = *draft;
	drafts->drafts[drafts->count++].body = view_of(NULL, body.len);
	return STATUS_OK;
}

struct uuid formats_drafts_key(struct view id, struct view version, struct view part)
{
	CLEANUP_BUF struct buf name = BUF_INIT(4096);

	buf_append_string(&name, "import/");
	buf_append_view(&name, id);
	buf_append_byte(&name, '/');
	buf_append_view(&name, version);
	buf_append_byte(&name, '/');
	buf_append_view(&name, part);
	return formats_uuid(buf_view(&name));
}

enum status formats_drafts_finish(struct formats_drafts *drafts, struct error *err)
{
	size_t at = 0;

	for (size_t i = 0; i < drafts->count; i++) {
		drafts->drafts[i].body.data = drafts->bodies.data + at;
		at += drafts->drafts[i].body.len;
	}
	return formats_report_check(&drafts->report, err);
}

void formats_drafts_release(struct formats_drafts *drafts)
{
	free(drafts->drafts);
	json_release(&drafts->doc);
	json_release(&drafts->scratch);
	buf_release(&drafts->bodies);
	formats_report_release(&drafts->report);
	*drafts = (struct formats_drafts){0};
}

enum status formats_walk_init(struct formats_walk *walk, size_t count, struct error *err)
{
	walk->chain = reallocarray(NULL, count + 1, sizeof *walk->chain);
	walk->is_seen = calloc(count + 1, sizeof *walk->is_seen);
	if (walk->chain == NULL || walk->is_seen == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the document");
	return STATUS_OK;
}

enum status formats_walk_take(struct formats_walk *walk, size_t index)
{
	size_t count = 0;

	while (index != SIZE_MAX && !walk->is_seen[index]) {
		walk->is_seen[index] = true;
		walk->chain[count++] = index;
		index = walk->answered(walk->context, index);
	}
	while (count > 0)
		TRY(walk->take(walk->context, walk->chain[--count]));
	return STATUS_OK;
}

void formats_walk_release(struct formats_walk *walk)
{
	free(walk->chain);
	free(walk->is_seen);
}
