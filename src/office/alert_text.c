/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of a mail goes as base64: no line is too long, no dot stands alone, and what a
 * peer wrote can't end a line of the header. The header itself holds nothing of a peer's.
 */
#include "office/alert_text.h"

#include <stdio.h>
#include <time.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "codec/json_writer.h"
#include "codec/time_text.h"
#include "office/alert_settings.h"

enum { BASE64_LINE = 76, WORD_LEN = 45, TITLE_MAX = 200 };

static int64_t oldest_s(const struct alert_text *text)
{
	int64_t since_s = text->now_s;

	for (size_t i = 0; i < text->count; i++)
		if (text->items[i].since_s < since_s)
			since_s = text->items[i].since_s;
	return since_s;
}

static void append_utc(struct buf *out, int64_t time_s)
{
	char text[TIME_TEXT_LEN + 1];

	time_text_encode(time_s, text);
	buf_printf(out, "%.10s %.8s UTC", text, text + 11);
}

/* ---- header ---- */

/* "Sat, 21 Nov 2026 09:00:00 +0000"; no locale. */
static void append_date(struct buf *out, int64_t time_s)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t time = (time_t)time_s;
	struct tm utc = {0};

	(void)gmtime_r(&time, &utc);
	buf_printf(out, "%.3s, %d %.3s %d %02d:%02d:%02d +0000", days + 3 * utc.tm_wday,
	           utc.tm_mday, months + 3 * utc.tm_mon, utc.tm_year + 1900, utc.tm_hour,
	           utc.tm_min, utc.tm_sec);
}

static size_t utf8_part(struct view text, size_t max)
{
	size_t len = text.len < max ? text.len : max;

	while (len > 0 && len < text.len && (text.data[len] & 0xc0) == 0x80)
		len--;
	return len;
}

/* RFC 2047: words of at most 75 characters, none cut within a character. */
static void append_encoded(struct buf *out, struct view text)
{
	bool is_first = true;

	while (text.len > 0) {
		size_t len = utf8_part(text, WORD_LEN);

		buf_append_string(out, is_first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
		base64_append(out, view_of(text.data, len));
		buf_append_string(out, "?=");
		text = view_from(text, len);
		is_first = false;
	}
}

static void append_subject(struct buf *out, const struct alert_text *text)
{
	CLEANUP_BUF struct buf subject = BUF_INIT(1024);

	if (text->is_test)
		buf_printf(&subject, "Aldis · %s · test of the alerts", text->desk);
	else
		buf_printf(&subject, "Aldis · %s · %zu %s somebody", text->desk,
		           text->count, text->count == 1 ? "item needs" : "items need");
	append_encoded(out, buf_view(&subject));
}

/* ---- text ---- */

/* On one line, without what could turn or break it; a peer wrote it. */
static void append_plain(struct buf *out, const char *text)
{
	struct view rest = view_of_string(text);
	size_t len = utf8_part(rest, TITLE_MAX);

	for (size_t i = 0; i < len; i++) {
		uint8_t c = rest.data[i];
		/* U+2028 to U+202E and U+2066 to U+2069: ends and turns of lines. */
		bool is_turn = c == 0xe2 && i + 2 < len &&
		               ((rest.data[i + 1] == 0x80 && rest.data[i + 2] >= 0xa8 &&
		                 rest.data[i + 2] <= 0xae) ||
		                (rest.data[i + 1] == 0x81 && rest.data[i + 2] >= 0xa6 &&
		                 rest.data[i + 2] <= 0xa9));

		buf_append_byte(out, c < ' ' || c == 0x7f || is_turn ? ' ' : c);
		i += is_turn ? 2 : 0;
	}
	if (len < rest.len)
		buf_append_string(out, " …");
}

static void append_item(struct buf *out, const struct alert_item *item)
{
	const char *const parts[] = {item->kind, item->title, item->peer};

	buf_printf(out, "- %s", alert_what_name(item->what));
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		if (parts[i] == NULL || parts[i][0] == '\0')
			continue;
		buf_append_string(out, " · ");
		append_plain(out, parts[i]);
	}
	buf_append_string(out, " · since ");
	append_utc(out, item->since_s);
	buf_append_string(out, "\r\n");
}

static void append_text(struct buf *out, const struct alert_text *text)
{
	size_t shown = text->count < ALERT_LINES_MAX ? text->count : ALERT_LINES_MAX;

	if (text->is_test) {
		buf_printf(out, "This is a test of the alerts of %s.\r\n", text->desk);
		return;
	}
	buf_printf(out, "%s: %zu %s somebody, since ", text->desk, text->count,
	           text->count == 1 ? "item needs" : "items need");
	append_utc(out, oldest_s(text));
	buf_append_string(out, ".\r\n");
	if (text->new_count > 0 && text->new_count < text->count)
		buf_printf(out, "%zu of them %s new.\r\n", text->new_count,
		           text->new_count == 1 ? "is" : "are");
	buf_append_string(out, "This is repeated until somebody takes them.\r\n");
	if (!text->has_content)
		return;
	buf_append_string(out, "\r\n");
	for (size_t i = 0; i < shown; i++)
		append_item(out, &text->items[i]);
	if (shown < text->count)
		buf_printf(out, "and %zu more\r\n", text->count - shown);
}

void alert_mail_append(struct buf *out, const struct alert_text *text, const char *from,
                       const char *to)
{
	CLEANUP_BUF struct buf plain = BUF_INIT(ALERT_TEXT_MAX);
	CLEANUP_BUF struct buf encoded = BUF_INIT(2 * ALERT_TEXT_MAX);

	append_text(&plain, text);
	base64_append(&encoded, buf_view(&plain));
	buf_printf(out, "From: <%s>\r\nTo: <%s>\r\nSubject: ", from, to);
	append_subject(out, text);
	buf_append_string(out, "\r\nDate: ");
	append_date(out, text->now_s);
	buf_printf(out,
	           "\r\nMessage-ID: <%s@%s>\r\nMIME-Version: 1.0\r\n"
	           "Content-Type: text/plain; charset=utf-8\r\n"
	           "Content-Transfer-Encoding: base64\r\n"
	           "Auto-Submitted: auto-generated\r\n\r\n",
	           text->id, text->desk);
	for (size_t at = 0; at < encoded.len; at += BASE64_LINE) {
		size_t left = encoded.len - at;

		buf_append(out, encoded.data + at,
		           left < BASE64_LINE ? left : BASE64_LINE);
		buf_append_string(out, "\r\n");
	}
}

/* ---- JSON ---- */

static void write_text(struct json_writer *writer, const char *name, const char *text)
{
	if (text != NULL)
		json_writer_text(writer, name, view_of_string(text));
}

static void write_items(struct json_writer *writer, const struct alert_text *text)
{
	json_writer_array(writer, "details");
	for (size_t i = 0; i < text->count && i < ALERT_LINES_MAX; i++) {
		const struct alert_item *item = &text->items[i];

		json_writer_object(writer, NULL);
		json_writer_string(writer, "what", alert_what_name(item->what));
		json_writer_time(writer, "since", item->since_s);
		write_text(writer, "kind", item->kind);
		write_text(writer, "title", item->title);
		write_text(writer, "peer", item->peer);
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

void alert_json_append(struct buf *out, const struct alert_text *text)
{
	struct json_writer writer = json_writer_of(out);

	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "type", text->is_test ? "alert.test" : "alert");
	json_writer_time(&writer, "timestamp", text->now_s);
	json_writer_integer(&writer, "aldis", 1);
	json_writer_string(&writer, "desk", text->desk);
	json_writer_string(&writer, "alert", text->id);
	json_writer_integer(&writer, "items", (int64_t)text->count);
	json_writer_integer(&writer, "new", (int64_t)text->new_count);
	if (text->count > 0)
		json_writer_time(&writer, "since", oldest_s(text));
	if (text->has_content && !text->is_test)
		write_items(&writer, text);
	json_writer_end(&writer);
}
