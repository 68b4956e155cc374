/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quotations: what is before the first NUL is an article, each piece behind it a
 * statement. Places are within their texts, and a difference tells both sides.
 */
#include <assert.h>

#include "crypto/random.h"
#include "release/quote.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { STATEMENTS = 8 };

static struct view take(struct view *rest)
{
	size_t len = 0;
	struct view piece;

	while (len < rest->len && rest->data[len] != 0)
		len++;
	piece = view_of(rest->data, len);
	*rest = view_from(*rest, len < rest->len ? len + 1 : len);
	return piece;
}

static bool is_within(struct view part, struct view whole)
{
	return part.data >= whole.data && part.data + part.len <= whole.data + whole.len;
}

static void check_quote(const struct release_quote *quote, struct view article)
{
	const struct release_passage *passage = &quote->passage;

	assert(passage->start < passage->end && passage->end <= article.len);
	assert((quote->verdict == RELEASE_NOT_IN_RECORD) == (quote->statement == NULL));
	if (quote->verdict == RELEASE_ALTERED)
		assert(quote->difference_count > 0);
	if (quote->statement != NULL)
		assert(quote->released.len > 0 &&
		       is_within(quote->released, quote->statement->text));
	for (size_t i = 0; i < quote->difference_count; i++) {
		const struct release_difference *part = &quote->difference[i];

		assert(is_within(part->text, part->op == RELEASE_QUOTE_ADDED
		                                 ? article
		                                 : quote->statement->text));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct view rest = view_of(data, len), article = take(&rest);
	struct release_statement statements[STATEMENTS];
	struct release_quotes quotes = {0};
	size_t count = 0;
	struct error err = {{0}};

	assert(crypto_init(NULL) == STATUS_OK);
	for (; rest.len > 0 && count < STATEMENTS; count++)
		statements[count] = (struct release_statement){
		    .message = view_of("12345678" + count, 1),
		    .language = view_of_string(count % 4 == 3 ? "id" : "en"),
		    .text = take(&rest)};
	enum status status =
	    release_quotes_check(article, "en", statements, count, &quotes, &err);
	assert((status == STATUS_OK) == (err.text[0] == '\0'));
	for (size_t i = 0; i < quotes.count; i++)
		check_quote(&quotes.items[i], article);
	release_quotes_release(&quotes);
	return 0;
}
