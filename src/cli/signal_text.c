/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an answer of the API to the text of its signal.
 */
#include "cli/signal_text.h"

#include "base/cleanup.h"
#include "cli/json_read.h"
#include "cli/print.h"
#include "codec/base64.h"

const struct record_signal *signal_text_find(const struct json_doc *doc,
                                             const struct json_token *body)
{
	char hex[HASH_HEX_LEN + 1];
	const struct record_codebook *book;
	struct hash digest;

	json_read_string(doc, body, "codebook", hex, sizeof hex);
	if (hex_decode_exact(view_of_string(hex), digest.bytes, sizeof digest.bytes,
	                     NULL) != STATUS_OK)
		return NULL;
	book = record_codebook_builtin(&digest);
	if (book == NULL)
		return NULL;
	return record_codebook_find(book, json_read_integer(doc, body, "number"));
}

/* The first points of the text, and "…" when there are more. */
static struct view cut(struct view text, size_t points_max, bool *ret_is_cut)
{
	size_t len = 0;

	for (size_t points = 0; len < text.len; len++) {
		points += (text.data[len] & 0xc0) != 0x80;
		if (points > points_max)
			break;
	}
	*ret_is_cut = len < text.len;
	return view_of(text.data, len);
}

bool signal_text_append(const struct json_doc *doc, const struct json_token *message,
                        const char *language, size_t points_max, struct buf *out)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_SIGNAL_TEXT_MAX);
	const struct json_token *body = json_member(doc, message, "body");
	const struct record_signal *signal;
	char kind[16];
	bool is_cut;

	json_read_string(doc, message, "kind", kind, sizeof kind);
	if (body == NULL || body->type != JSON_OBJECT || strcmp(kind, "signal") != 0)
		return false;
	signal = signal_text_find(doc, body);
	if (signal == NULL || record_signal_render(signal->book, signal, doc,
	                                           json_member(doc, body, "parameters"),
	                                           language, &text, NULL) != STATUS_OK)
		return false;
	print_append_isolated(out, cut(buf_view(&text), points_max, &is_cut));
	buf_append_string(out, is_cut ? "…" : "");
	return true;
}
