/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Codebooks and bodies of signals: what decodes as a book is rendered without values,
 * any other JSON is taken for the parameters of each signal of the default book.
 */
#include "record/codebook.h"

#include <assert.h>

#include "base/cleanup.h"
#include "codec/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void send_each(const struct record_codebook *book, const struct json_doc *doc,
                      const struct json_token *parameters)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_SIGNAL_TEXT_MAX);
	const struct record_signal *signals;
	size_t count;

	signals = record_codebook_signals(book, &count);
	for (size_t i = 0; i < count; i++) {
		bool is_good =
		    record_signal_check(&signals[i], doc, parameters, NULL) == STATUS_OK;

		assert(record_codebook_find(book, signals[i].number) == &signals[i]);
		buf_clear(&text);
		assert((record_signal_render(book, &signals[i], doc, parameters, "ar",
		                             &text, NULL) == STATUS_OK) == is_good);
		assert(is_good ? utf8_check(buf_view(&text)) : text.len == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	__attribute__((cleanup(json_release))) struct json_doc doc = {0};
	struct record_codebook *book;
	struct view input = view_of(data, len);
	struct error err;

	if (record_codebook_decode(input, &book, &err) == STATUS_OK) {
		send_each(book, NULL, NULL);
		record_codebook_free(book);
	}
	if (json_scan(&doc, input, 1 << 16, &err) == STATUS_OK)
		send_each(record_codebook_builtin(&record_codebook_default_digest), &doc,
		          json_root(&doc));
	return 0;
}
