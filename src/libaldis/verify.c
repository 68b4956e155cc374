/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verifying files. Nothing is decided here: the folders below verify.
 */
#include <stdlib.h>

#include "crypto/random.h"
#include "libaldis/result.h"

/* One of path and receipt is used. */
struct question {
	const char *path;
	struct aldis_bytes file, entry; /* without a path: a receipt or a proof */
	bool is_proof;
	const struct aldis_bytes *cards;
	size_t card_count;
};

static enum status ask(const struct question *question, const struct view *cards,
                       struct bundle_result *ret_found, struct error *err)
{
	struct bundle_verify_options options = {
	    .cards = cards,
	    .card_count = question->card_count,
	    .entry = view_of_bytes(question->entry),
	};

	TRY(crypto_init(err));
	if (question->path != NULL)
		return bundle_verify(question->path, &options, ret_found, err);
	if (question->is_proof)
		return bundle_verify_proof(view_of_bytes(question->file), &options,
		                           ret_found, err);
	return bundle_verify_receipt(view_of_bytes(question->file), &options, ret_found,
	                             err);
}

static enum status ask_new(const struct question *question,
                           struct aldis_result **ret_result, struct error *err)
{
	struct aldis_result *result = calloc(1, sizeof *result);
	struct view *cards = calloc(question->card_count + 1, sizeof *cards);
	enum status status = STATUS_OK;

	if (result == NULL || cards == NULL)
		status = error_set(err, STATUS_NO_MEMORY, "not enough memory");
	for (size_t i = 0; status == STATUS_OK && i < question->card_count; i++)
		cards[i] = view_of_bytes(question->cards[i]);
	if (status == STATUS_OK)
		status = ask(question, cards, &result->found, err);
	free(cards);
	if (status == STATUS_OK) {
		libaldis_result_silence(result);
		*ret_result = result;
	} else
		aldis_result_free(result);
	return status;
}

static bool is_askable(const struct question *question, struct aldis_result **result)
{
	return result != NULL &&
	       libaldis_are_usable(question->cards, question->card_count) &&
	       libaldis_is_usable(question->file) && libaldis_is_usable(question->entry);
}

static enum aldis_answer answer(const struct question *question,
                                struct aldis_result **result, char *error)
{
	struct error err = {0};

	libaldis_begin(error);
	if (result != NULL)
		*result = NULL;
	if (!is_askable(question, result))
		return libaldis_usage(error);
	if (ask_new(question, result, &err) != STATUS_OK)
		return libaldis_tell(ALDIS_FAILED, &err, error);
	if (!(*result)->found.is_consistent)
		return ALDIS_NO;
	return (*result)->found.is_anchored ? ALDIS_OK : ALDIS_UNANCHORED;
}

PUBLIC enum aldis_answer aldis_verify_receipt(struct aldis_bytes receipt,
                                              struct aldis_bytes entry,
                                              const struct aldis_bytes *cards,
                                              size_t card_count,
                                              struct aldis_result **result, char *error)
{
	const struct question question = {
	    .file = receipt, .entry = entry, .cards = cards, .card_count = card_count};

	return answer(&question, result, error);
}

PUBLIC enum aldis_answer aldis_verify_proof(struct aldis_bytes proof,
                                            const struct aldis_bytes *cards,
                                            size_t card_count,
                                            struct aldis_result **result, char *error)
{
	const struct question question = {
	    .file = proof, .is_proof = true, .cards = cards, .card_count = card_count};

	return answer(&question, result, error);
}

PUBLIC enum aldis_answer aldis_verify_path(const char *path,
                                           const struct aldis_bytes *cards,
                                           size_t card_count,
                                           struct aldis_result **result, char *error)
{
	const struct question question = {
	    .path = path, .cards = cards, .card_count = card_count};

	return path == NULL ? libaldis_usage(error) : answer(&question, result, error);
}

PUBLIC enum aldis_answer aldis_verify_export(const char *path,
                                             const struct aldis_bytes *cards,
                                             size_t card_count,
                                             struct aldis_result **result, char *error)
{
	const struct error other = {"this is no export"};
	enum aldis_answer answer =
	    aldis_verify_path(path, cards, card_count, result, error);

	if (answer == ALDIS_USAGE || answer == ALDIS_FAILED ||
	    (*result)->found.kind == BUNDLE_EXPORT)
		return answer;
	aldis_result_free(*result);
	*result = NULL;
	return libaldis_tell(ALDIS_FAILED, &other, error);
}
