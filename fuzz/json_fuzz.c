/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON scan and everything that reads what it accepted. A text that is accepted is
 * accepted again in the same words, and each of its strings can be unescaped, written and
 * scanned back to the same code points.
 */
#include <assert.h>

#include "codec/json.h"
#include "codec/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Unescape, write, scan, unescape: the same bytes. */
static void check_string(const struct json_doc *doc, const struct json_token *token)
{
	struct buf plain = BUF_INIT(1 << 20), written = BUF_INIT(8 << 20),
	           back = BUF_INIT(1 << 20);
	struct json_doc again = {0};
	char copy[64];

	json_string_append(doc, token, &plain);
	assert(utf8_check(buf_view(&plain)));
	json_append_string(&written, buf_view(&plain));
	if (buf_check(&written, "it", NULL) == STATUS_OK) {
		enum status status = json_scan(&again, buf_view(&written), 1, NULL);

		assert(status == STATUS_OK);
		json_string_append(&again, json_root(&again), &back);
		assert(view_equal(buf_view(&back), buf_view(&plain)));
		assert(json_string_length(doc, token) ==
		       json_string_length(&again, json_root(&again)));
	}
	if (json_string_copy(doc, token, copy, sizeof copy))
		assert(json_string_is(doc, token, copy));
	json_release(&again);
	buf_release(&plain);
	buf_release(&written);
	buf_release(&back);
}

/* Every child lies inside its parent. */
static void check_token(const struct json_doc *doc, const struct json_token *token)
{
	const struct json_token *child;
	uint32_t count = 0;

	(void)json_text(doc, token);
	if (token->type == JSON_STRING)
		check_string(doc, token);
	if (token->type == JSON_INTEGER)
		assert(json_integer(doc, token) < (int64_t)1 << 53);
	if (token->type != JSON_OBJECT && token->type != JSON_ARRAY)
		return;
	for (child = json_first(doc, token); child != NULL;
	     child = json_next(doc, token, child)) {
		assert(child->start >= token->start &&
		       child->start + child->len <= token->start + token->len);
		count++;
	}
	assert(count == token->count * (token->type == JSON_OBJECT ? 2 : 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct json_doc doc = {0};
	struct error err;

	if (json_scan(&doc, view_of(data, len), 10000, &err) == STATUS_OK) {
		for (uint32_t i = 0; i < doc.count; i++)
			check_token(&doc, &doc.tokens[i]);
		assert(json_root(&doc)->next == doc.count);
	}
	json_release(&doc);
	return 0;
}
