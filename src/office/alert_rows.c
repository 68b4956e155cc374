/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON objects; what a row lacks or breaks makes it malformed.
 */
#include "office/alert_rows.h"

#include "codec/base64.h"
#include "codec/json_writer.h"
#include "record/object.h"

enum { TOKENS_MOST = 32 };

static const int64_t integer_max = (INT64_C(1) << 53) - 1;

const char *alert_way_name(enum alert_way way)
{
	return way == ALERT_EMAIL ? "email" : "webhook";
}

void alert_seen_encode(const struct alert_seen *seen, struct buf *out)
{
	struct json_writer writer = json_writer_of(out);

	json_writer_object(&writer, NULL);
	json_writer_integer(&writer, "told", seen->told_s);
	json_writer_end(&writer);
}

void alert_queued_encode(const struct alert_queued *item, struct view text,
                         struct buf *out)
{
	struct json_writer writer = json_writer_of(out);

	json_writer_object(&writer, NULL);
	json_writer_integer(&writer, "way", item->way);
	json_writer_string(&writer, "to", item->to);
	json_writer_integer(&writer, "created", item->created_s);
	json_writer_integer(&writer, "next", item->next_s);
	json_writer_integer(&writer, "attempts", item->attempts);
	json_writer_text(&writer, "text", text);
	json_writer_end(&writer);
}

void alert_way_encode(const struct alert_way_state *state, struct buf *out)
{
	struct json_writer writer = json_writer_of(out);

	json_writer_object(&writer, NULL);
	json_writer_integer(&writer, "sent", state->last_sent_s);
	json_writer_integer(&writer, "failing", state->failing_since_s);
	json_writer_integer(&writer, "given_up", (int64_t)state->given_up);
	json_writer_text(&writer, "error", view_of_string(state->last_error));
	json_writer_end(&writer);
}

static enum status damaged(struct error *err)
{
	return error_set(err, STATUS_MALFORMED, "a row of the alerts is damaged");
}

static bool open_row(struct view row, struct json_doc *doc)
{
	return json_scan(doc, row, TOKENS_MOST, NULL) == STATUS_OK &&
	       json_root(doc)->type == JSON_OBJECT;
}

static bool take_integer(const struct json_doc *doc, const char *name, int64_t max,
                         int64_t *ret_value)
{
	const struct json_token *value = json_member(doc, json_root(doc), name);

	return value != NULL &&
	       record_integer_read(doc, value, 0, max, ret_value, NULL) == STATUS_OK;
}

static bool take_text(const struct json_doc *doc, const char *name, char *ret_text,
                      size_t cap)
{
	const struct json_token *value = json_member(doc, json_root(doc), name);

	return value != NULL && value->type == JSON_STRING &&
	       json_string_copy(doc, value, ret_text, cap);
}

enum status alert_seen_decode(struct view id, struct view row, struct json_doc *doc,
                              struct alert_seen *ret_seen, struct error *err)
{
	struct alert_seen seen = {0};

	if (hex_decode_exact(id, seen.id.bytes, sizeof seen.id.bytes, NULL) !=
	        STATUS_OK ||
	    !open_row(row, doc) || !take_integer(doc, "told", integer_max, &seen.told_s))
		return damaged(err);
	*ret_seen = seen;
	return STATUS_OK;
}

static bool take_number(struct view number, uint64_t *ret_number)
{
	uint8_t bytes[8];

	if (hex_decode_exact(number, bytes, sizeof bytes, NULL) != STATUS_OK)
		return false;
	*ret_number = 0;
	for (size_t i = 0; i < sizeof bytes; i++)
		*ret_number = *ret_number << 8 | bytes[i];
	return *ret_number < UINT64_MAX;
}

enum status alert_queued_decode(struct view number, struct view row, struct json_doc *doc,
                                struct alert_queued *ret_item, struct buf *ret_text,
                                struct error *err)
{
	struct alert_queued item = {0};
	const struct json_token *text;
	int64_t way, attempts;

	if (!take_number(number, &item.number) || !open_row(row, doc) ||
	    !take_integer(doc, "way", ALERT_WAYS - 1, &way) ||
	    !take_text(doc, "to", item.to, sizeof item.to) ||
	    !take_integer(doc, "created", integer_max, &item.created_s) ||
	    !take_integer(doc, "next", integer_max, &item.next_s) ||
	    !take_integer(doc, "attempts", INT32_MAX, &attempts))
		return damaged(err);
	item.way = (enum alert_way)way;
	item.attempts = (unsigned)attempts;
	text = json_member(doc, json_root(doc), "text");
	if (text == NULL || text->type != JSON_STRING ||
	    (item.way == ALERT_EMAIL && !alert_address_check(item.to)))
		return damaged(err);
	if (ret_text != NULL)
		json_string_append(doc, text, ret_text);
	*ret_item = item;
	return ret_text != NULL ? buf_check(ret_text, "an alert", err) : STATUS_OK;
}

enum status alert_way_decode(struct view row, struct json_doc *doc,
                             struct alert_way_state *ret_state, struct error *err)
{
	struct alert_way_state state = {0};
	int64_t given_up;

	if (!open_row(row, doc) ||
	    !take_integer(doc, "sent", integer_max, &state.last_sent_s) ||
	    !take_integer(doc, "failing", integer_max, &state.failing_since_s) ||
	    !take_integer(doc, "given_up", integer_max, &given_up) ||
	    !take_text(doc, "error", state.last_error, sizeof state.last_error))
		return damaged(err);
	state.given_up = (uint64_t)given_up;
	*ret_state = state;
	return STATUS_OK;
}
