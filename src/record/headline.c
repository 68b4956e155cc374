/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first line that says something.
 */
#include "record/headline.h"

#include "base/cleanup.h"

enum { BODY_TOKENS_MAX = 1 << 16, TEXT_LEN_MAX = 256 * 1024 };

/* Cuts the next line off; its end may be lacking. */
static struct view take_line(struct view *rest)
{
	size_t len = 0;
	struct view line;

	while (len < rest->len && rest->data[len] != '\n' && rest->data[len] != '\r')
		len++;
	line = view_of(rest->data, len);
	*rest = view_from(*rest, len < rest->len ? len + 1 : len);
	return line;
}

static struct view without_blanks(struct view line)
{
	while (line.len > 0 && (line.data[0] == ' ' || line.data[0] == '\t'))
		line = view_from(line, 1);
	while (line.len > 0 &&
	       (line.data[line.len - 1] == ' ' || line.data[line.len - 1] == '\t'))
		line.len--;
	return line;
}

/* As many whole characters as a headline may have. */
static size_t cut_len(struct view line)
{
	size_t points = 0, len = 0;

	for (; len < line.len; len++) {
		bool is_start = (line.data[len] & 0xc0) != 0x80;

		if (is_start && points == RECORD_HEADLINE_MAX)
			break;
		points += is_start;
	}
	return len;
}

static bool text_append(struct view text, struct buf *out)
{
	while (text.len > 0) {
		struct view line = without_blanks(take_line(&text));
		size_t len = cut_len(line);

		if (line.len == 0)
			continue;
		/* the last character gives way to the sign that there was more */
		if (len < line.len) {
			do
				len--;
			while (len > 0 && (line.data[len] & 0xc0) == 0x80);
			buf_append(out, line.data, len);
			buf_append_string(out, "…");
		} else {
			buf_append(out, line.data, len);
		}
		return true;
	}
	return false;
}

void record_headline_append(struct view body, struct json_doc *doc, struct buf *out)
{
	static const char *const members[] = {"title",  "subject",    "summary",
	                                      "text",   "question",   "description",
	                                      "reason", "paraphrase", "authority"};
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_LEN_MAX);

	if (body.len == 0 || json_scan(doc, body, BODY_TOKENS_MAX, NULL) != STATUS_OK ||
	    json_root(doc)->type != JSON_OBJECT)
		return;
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
		const struct json_token *value =
		    json_member(doc, json_root(doc), members[i]);

		if (value == NULL || value->type != JSON_STRING)
			continue;
		buf_clear(&text);
		json_string_append(doc, value, &text);
		if (text_append(buf_view(&text), out))
			return;
	}
}
