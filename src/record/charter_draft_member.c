/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The members of a draft: for a first charter one for each card; for an amendment those
 * of the charter before in their order, without the removed ones, with newer cards in
 * place of older ones, and new members behind them. Whether cards and names agree is
 * judged by reading the result.
 */
#include "record/charter_parts.h"

#include "codec/base64.h"

void record_json_append_compact(const struct json_doc *doc,
                                const struct json_token *value, struct buf *out)
{
	bool is_object = value->type == JSON_OBJECT;
	size_t position = 0;

	if (!is_object && value->type != JSON_ARRAY) {
		buf_append_view(out, json_text(doc, value));
		return;
	}
	/* Depth is limited by the scan. */
	buf_append_byte(out, is_object ? '{' : '[');
	for (const struct json_token *child = json_first(doc, value); child != NULL;
	     child = json_next(doc, value, child), position++) {
		if (position > 0)
			buf_append_byte(out, is_object && position % 2 == 1 ? ':' : ',');
		record_json_append_compact(doc, child, out);
	}
	buf_append_byte(out, is_object ? '}' : ']');
}

/* All of a member but its card. */
static void member_open(const struct record_card *card, bool history_none,
                        struct buf *out, size_t *count)
{
	char fingerprint[RECORD_FINGERPRINT_LEN + 1];

	record_fingerprint(card, fingerprint);
	buf_printf(out, "%s{\"name\":\"%s\",\"root\":\"", *count > 0 ? "," : "",
	           card->name.text);
	base64_append(out, view_of(card->keys[RECORD_ROLE_ROOT].bytes, 32));
	buf_printf(out, "\",\"fingerprint\":\"%s\"", fingerprint);
	if (history_none)
		buf_append_string(out, ",\"history\":\"none\"");
	buf_append_string(out, ",\"card\":");
	(*count)++;
}

static void card_append(const struct record_charter_draft *draft, size_t i,
                        bool history_none, struct buf *out, size_t *count)
{
	member_open(&draft->cards[i], history_none, out, count);
	json_append_string(out, draft->card_notes[i]);
	buf_append_byte(out, '}');
}

/* Index of the draft's card of this name, or SIZE_MAX. */
static size_t find_card(const struct record_charter_draft *draft, const char *name)
{
	for (size_t i = 0; i < draft->card_count; i++)
		if (strcmp(draft->cards[i].name.text, name) == 0)
			return i;
	return SIZE_MAX;
}

static bool is_removed(const struct record_charter_draft *draft, const char *name)
{
	for (size_t i = 0; i < draft->removed_count; i++)
		if (strcmp(draft->removed[i].text, name) == 0)
			return true;
	return false;
}

static enum status check_removed(const struct record_charter_draft *draft,
                                 struct error *err)
{
	for (size_t i = 0; i < draft->removed_count; i++) {
		const char *name = draft->removed[i].text;

		if (draft->previous == NULL ||
		    record_charter_member(draft->previous, name) == SIZE_MAX)
			return error_set(err, STATUS_NOT_FOUND, "%s is not a member",
			                 name);
		if (find_card(draft, name) != SIZE_MAX)
			return error_set(err, STATUS_CONFLICT,
			                 "%s can't be removed and given a card", name);
	}
	return STATUS_OK;
}

static void previous_append(const struct record_charter_draft *draft,
                            const struct json_doc *doc, struct buf *out, size_t *count)
{
	const struct json_token *list = json_member(doc, json_root(doc), "members");
	const struct json_token *member = json_first(doc, list);

	for (size_t i = 0; member != NULL; member = json_next(doc, list, member), i++) {
		const struct record_card *card = &draft->previous->members[i];
		size_t newer = find_card(draft, card->name.text);

		if (is_removed(draft, card->name.text))
			continue;
		if (newer != SIZE_MAX) {
			card_append(draft, newer, false, out, count);
			continue;
		}
		member_open(card, false, out, count);
		buf_append_view(out, json_text(doc, json_member(doc, member, "card")));
		buf_append_byte(out, '}');
	}
}

enum status record_charter_append_members(const struct record_charter_draft *draft,
                                          const struct json_doc *previous,
                                          struct buf *out, size_t *ret_count,
                                          struct error *err)
{
	const struct record_charter *before = draft->previous;
	size_t count = 0;

	TRY(check_removed(draft, err));
	buf_append_string(out, "\"members\":[");
	if (before != NULL)
		previous_append(draft, previous, out, &count);
	for (size_t i = 0; i < draft->card_count; i++)
		if (before == NULL ||
		    record_charter_member(before, draft->cards[i].name.text) == SIZE_MAX)
			card_append(draft, i, draft->history_none, out, &count);
	buf_append_byte(out, ']');
	*ret_count = count;
	return STATUS_OK;
}
