/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verifying files. Nothing is decided here but what a file is: the folders below verify.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "crypto/random.h"
#include "libaldis/result.h"
#include "pouch/part.h"
#include "release/frame.h"

enum subject { SUBJECT_PATH, SUBJECT_RECEIPT, SUBJECT_PROOF, SUBJECT_RELEASE };

struct question {
	enum subject subject;
	const char *path;               /* of a path */
	struct aldis_bytes file, entry; /* of anything else */
	const struct aldis_bytes *cards;
	size_t card_count;
};

/* Of a path: a file that the folder above bundle verifies. */

static enum status ask_release(struct view file,
                               const struct bundle_verify_options *options,
                               struct aldis_result *result, struct error *err)
{
	struct bundle_trust trust = {0};
	enum status status = bundle_trust_read(&trust, options, err);

	if (status == STATUS_OK)
		status = libaldis_release_verify(file, &trust, result, err);
	bundle_trust_release(&trust);
	return status;
}

/* What a file looks like by its first bytes. Nothing else is read of what is no file, or
 * can't be read: bundle_verify says why. */
static bool glance(const char *path, struct buf *ret_head)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	uint8_t *room = buf_extend(ret_head, RELEASE_FRAME_GLANCE);
	ssize_t len = fd < 0 || room == NULL ? -1 : read(fd, room, RELEASE_FRAME_GLANCE);

	if (len < 0)
		return false;
	ret_head->len = (size_t)len;
	return true;
}

static enum status ask_path(const char *path, const struct bundle_verify_options *options,
                            struct aldis_result *result, struct error *err)
{
	CLEANUP_BUF struct buf file = BUF_INIT((size_t)RELEASE_FILE_MAX);

	if (glance(path, &file)) {
		bool is_part = pouch_part_is_one(buf_view(&file));
		bool is_release = release_frame_is_one(buf_view(&file));

		buf_clear(&file);
		if (is_part || is_release)
			TRY(file_read(path, &file, err));
		if (is_part)
			return libaldis_pouch_verify_part(buf_view(&file), result, err);
		if (is_release)
			return ask_release(buf_view(&file), options, result, err);
	}
	return bundle_verify(path, options, &result->found, err);
}

static enum status ask(const struct question *question, const struct view *cards,
                       struct aldis_result *result, struct error *err)
{
	struct bundle_verify_options options = {
	    .cards = cards,
	    .card_count = question->card_count,
	    .entry = view_of_bytes(question->entry),
	};
	struct view file = view_of_bytes(question->file);

	TRY(crypto_init_verifier(err));
	switch (question->subject) {
	case SUBJECT_PATH:
		return ask_path(question->path, &options, result, err);
	case SUBJECT_RECEIPT:
		return bundle_verify_receipt(file, &options, &result->found, err);
	case SUBJECT_PROOF:
		return bundle_verify_proof(file, &options, &result->found, err);
	case SUBJECT_RELEASE:
		return ask_release(file, &options, result, err);
	}
	return error_set(err, STATUS_BUG, "nothing was asked");
}

static enum status ask_new(const struct question *question,
                           struct aldis_result **ret_result, struct error *err)
{
	struct aldis_result *result = calloc(1, sizeof *result);
	CLEANUP_FREE struct view *cards =
	    libaldis_views(question->cards, question->card_count);
	enum status status = STATUS_OK;

	if (result == NULL || cards == NULL)
		status = error_set(err, STATUS_NO_MEMORY, "not enough memory");
	if (status == STATUS_OK)
		status = ask(question, cards, result, err);
	if (status != STATUS_OK) {
		aldis_result_free(result);
		return status;
	}
	libaldis_result_silence(result);
	*ret_result = result;
	return STATUS_OK;
}

static bool is_askable(const struct question *question, struct aldis_result **result)
{
	return result != NULL &&
	       (question->subject != SUBJECT_PATH || question->path != NULL) &&
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
	return libaldis_answer_result(*result);
}

PUBLIC enum aldis_answer aldis_verify_receipt(struct aldis_bytes receipt,
                                              struct aldis_bytes entry,
                                              const struct aldis_bytes *cards,
                                              size_t card_count,
                                              struct aldis_result **result, char *error)
{
	const struct question question = {.subject = SUBJECT_RECEIPT,
	                                  .file = receipt,
	                                  .entry = entry,
	                                  .cards = cards,
	                                  .card_count = card_count};

	return answer(&question, result, error);
}

PUBLIC enum aldis_answer aldis_verify_proof(struct aldis_bytes proof,
                                            const struct aldis_bytes *cards,
                                            size_t card_count,
                                            struct aldis_result **result, char *error)
{
	const struct question question = {.subject = SUBJECT_PROOF,
	                                  .file = proof,
	                                  .cards = cards,
	                                  .card_count = card_count};

	return answer(&question, result, error);
}

PUBLIC enum aldis_answer aldis_verify_release(struct aldis_bytes file,
                                              const struct aldis_bytes *cards,
                                              size_t card_count,
                                              struct aldis_result **result, char *error)
{
	const struct question question = {.subject = SUBJECT_RELEASE,
	                                  .file = file,
	                                  .cards = cards,
	                                  .card_count = card_count};

	return answer(&question, result, error);
}

PUBLIC enum aldis_answer aldis_verify_path(const char *path,
                                           const struct aldis_bytes *cards,
                                           size_t card_count,
                                           struct aldis_result **result, char *error)
{
	const struct question question = {.subject = SUBJECT_PATH,
	                                  .path = path,
	                                  .cards = cards,
	                                  .card_count = card_count};

	return answer(&question, result, error);
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
