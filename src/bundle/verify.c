/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is this file, and who can verify it: one table. A new kind of file is one more
 * row.
 */
#include "bundle/verify.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <assert.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "bundle/check.h"
#include "bundle/proof.h"
#include "bundle/proof_verify.h"
#include "bundle/receipt_check.h"

enum { HEAD_LEN = 64 };

static_assert(BUNDLE_AHEAD_LEN_MAX > 2 * BUNDLE_BODY_LEN_MAX, "a window holds any body");

/* What is to be verified, opened. */
struct subject {
	const char *path;
	int fd;
	bool is_folder;
	uint8_t head[HEAD_LEN];
	size_t head_len;
};

static bool has_head(const struct subject *subject, const char *line)
{
	return !subject->is_folder &&
	       view_has_prefix(view_of(subject->head, subject->head_len),
	                       view_of_string(line));
}

/* Exports */

static bool is_export(const struct subject *subject)
{
	return subject->is_folder;
}

static enum status verify_export(const struct subject *subject,
                                 const struct bundle_verify_options *options,
                                 const struct bundle_trust *trust,
                                 struct bundle_result *ret_result, struct error *err)
{
	struct error why = {0};
	struct bundle_check check = {
	    .folder = subject->fd,
	    .trust = trust,
	    .result = ret_result,
	    .file.window = BUF_INIT(BUNDLE_AHEAD_LEN_MAX),
	};

	ret_result->kind = BUNDLE_EXPORT;
	enum status status = bundle_check_export(&check, &why);
	status = bundle_result_close(ret_result, status, check.at.text, &why);
	if (status != STATUS_OK && err != NULL)
		*err = why;
	bundle_ahead_stop(&check.ahead);
	bundle_manifest_release(&check.manifest);
	bundle_list_release(&check.list);
	bundle_channel_release(&check.channel);
	free(check.logs);
	bundle_claims_release(&check.claims);
	buf_release(&check.content);
	buf_release(&check.entries);
	bundle_file_release(&check.file);
	json_release(&check.doc);
	record_envelope_release(&check.envelope);
	return status;
}

/* Receipts */

static bool is_receipt(const struct subject *subject)
{
	return has_head(subject, "c2sp.org/tlog-proof@v1\n");
}

static int is_note(const struct dirent *item)
{
	struct view name = view_of_string(item->d_name), end = view_of_string(".note");

	return name.len > end.len && view_equal(view_from(name, name.len - end.len), end);
}

/* Adds a card that lies in an export; one that does not verify is no card. */
static enum status add_found(struct bundle_trust *found, const char *folder,
                             const char *name, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_FREE char *path = NULL;
	struct record_card card;

	if (asprintf(&path, "%s/%s", folder, name) < 0) {
		path = NULL;
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a path");
	}
	if (file_read(path, &note, NULL) != STATUS_OK ||
	    record_card_open(buf_view(&note), &card, NULL) != STATUS_OK)
		return STATUS_OK;
	return bundle_trust_add(found, &card, err);
}

/* The cards in the folder "cards" beside the receipt, if there is one. */
static enum status find_cards(struct bundle_trust *found, const char *receipt_path,
                              struct error *err)
{
	CLEANUP_FREE char *copy = strdup(receipt_path);
	CLEANUP_FREE char *folder = NULL;
	struct dirent **items = NULL;
	enum status status = STATUS_OK;

	if (copy == NULL || asprintf(&folder, "%s/cards", dirname(copy)) < 0) {
		folder = NULL;
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a path");
	}
	int count = scandir(folder, &items, is_note, alphasort);
	for (int i = 0; i < count; i++) {
		if (status == STATUS_OK)
			status = add_found(found, folder, items[i]->d_name, err);
		free(items[i]);
	}
	free(items);
	return status;
}

static enum status verify_receipt(const struct subject *subject,
                                  const struct bundle_verify_options *options,
                                  const struct bundle_trust *trust,
                                  struct bundle_result *ret_result, struct error *err)
{
	CLEANUP_BUF struct buf bytes = BUF_INIT(BUNDLE_RECEIPT_LEN_MAX);
	struct bundle_trust found = {0};

	TRY(file_read_fd(subject->fd, subject->path, &bytes, err));
	enum status status = find_cards(&found, subject->path, err);
	if (status == STATUS_OK)
		status = bundle_check_receipt(buf_view(&bytes), options->entry, trust,
		                              &found, ret_result, err);
	bundle_trust_release(&found);
	return status;
}

enum status bundle_verify_receipt(struct view receipt,
                                  const struct bundle_verify_options *options,
                                  struct bundle_result *ret_result, struct error *err)
{
	const struct bundle_trust none = {0};
	struct bundle_trust trust = {0};
	enum status status = bundle_trust_read(&trust, options, err);

	if (status == STATUS_OK)
		status = bundle_check_receipt(receipt, options->entry, &trust, &none,
		                              ret_result, err);
	bundle_trust_release(&trust);
	return status;
}

/* Proofs */

static const struct proof_type {
	const char *line;
	proof_verifier *verify;
} proof_types[] = {
    {PROOF_TYPE_SILENCE "\n", proof_silence_verify},
    {PROOF_TYPE_EQUIVOCATION "\n", proof_equivocation_verify},
    {PROOF_TYPE_STATEMENT "\n", proof_statement_verify},
};

static proof_verifier *find_proof_verifier(struct view head)
{
	for (size_t i = 0; i < sizeof proof_types / sizeof proof_types[0]; i++)
		if (view_has_prefix(head, view_of_string(proof_types[i].line)))
			return proof_types[i].verify;
	return NULL;
}

static bool is_proof(const struct subject *subject)
{
	return !subject->is_folder &&
	       find_proof_verifier(view_of(subject->head, subject->head_len)) != NULL;
}

static enum status verify_proof(const struct subject *subject,
                                const struct bundle_verify_options *options,
                                const struct bundle_trust *trust,
                                struct bundle_result *ret_result, struct error *err)
{
	CLEANUP_BUF struct buf bytes = BUF_INIT(PROOF_LEN_MAX);

	(void)options;
	TRY(file_read_fd(subject->fd, subject->path, &bytes, err));
	proof_verifier *verify = find_proof_verifier(buf_view(&bytes));
	if (verify == NULL)
		return error_set(err, STATUS_CONFLICT, "%s changed while it was read",
		                 subject->path);
	return verify(buf_view(&bytes), trust, ret_result, err);
}

enum status bundle_verify_proof(struct view proof,
                                const struct bundle_verify_options *options,
                                struct bundle_result *ret_result, struct error *err)
{
	proof_verifier *verify = find_proof_verifier(proof);
	struct bundle_trust trust = {0};

	if (verify == NULL)
		return error_set(err, STATUS_MALFORMED, "it is no proof");
	enum status status = bundle_trust_read(&trust, options, err);
	if (status == STATUS_OK)
		status = verify(proof, &trust, ret_result, err);
	bundle_trust_release(&trust);
	return status;
}

/* All of them */

static const struct recogniser {
	bool (*is)(const struct subject *subject);
	enum status (*verify)(const struct subject *subject,
	                      const struct bundle_verify_options *options,
	                      const struct bundle_trust *trust,
	                      struct bundle_result *ret_result, struct error *err);
} recognisers[] = {
    {is_export, verify_export},
    {is_receipt, verify_receipt},
    {is_proof, verify_proof},
};

static enum status open_subject(const char *path, struct subject *subject,
                                struct error *err)
{
	struct stat info;

	subject->path = path;
	subject->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (subject->fd < 0 && errno == ENOENT)
		return error_set(err, STATUS_NOT_FOUND, "there is no %s", path);
	if (subject->fd < 0 || fstat(subject->fd, &info) != 0)
		return error_set_errno(err, "can't open %s", path);
	subject->is_folder = S_ISDIR(info.st_mode);
	if (subject->is_folder)
		return STATUS_OK;
	ssize_t count = pread(subject->fd, subject->head, sizeof subject->head, 0);
	if (count < 0)
		return error_set_errno(err, "can't read %s", path);
	subject->head_len = (size_t)count;
	return STATUS_OK;
}

static enum status verify_subject(const struct subject *subject,
                                  const struct bundle_verify_options *options,
                                  const struct bundle_trust *trust,
                                  struct bundle_result *ret_result, struct error *err)
{
	for (size_t i = 0; i < sizeof recognisers / sizeof recognisers[0]; i++)
		if (recognisers[i].is(subject))
			return recognisers[i].verify(subject, options, trust, ret_result,
			                             err);
	return error_set(err, STATUS_MALFORMED,
	                 "%s is no export, no receipt and no proof", subject->path);
}

enum status bundle_verify(const char *path, const struct bundle_verify_options *options,
                          struct bundle_result *ret_result, struct error *err)
{
	struct bundle_trust trust = {0};
	struct subject subject = {.fd = -1};
	enum status status = bundle_trust_read(&trust, options, err);

	if (status == STATUS_OK)
		status = open_subject(path, &subject, err);
	if (status == STATUS_OK)
		status = verify_subject(&subject, options, &trust, ret_result, err);
	cleanup_fd(&subject.fd);
	bundle_trust_release(&trust);
	return status;
}
