/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public library: include/aldis/aldis.h over bundle/verify.h and tlog/. Nothing is
 * decided here; statuses become answers, structs become accessors.
 */
#include "aldis/aldis.h"

#include <stdio.h>
#include <stdlib.h>

#include "bundle/verify.h"
#include "crypto/random.h"
#include "tlog/cosignature.h"
#include "tlog/proof_file.h"

#include <assert.h>

#define PUBLIC __attribute__((visibility("default")))

static_assert(ALDIS_ERROR_LEN == sizeof((struct error *)0)->text, "room for an error");
static_assert(ALDIS_NAME_LEN == RECORD_NAME_MAX + 1, "room for a name");
static_assert(ALDIS_FINGERPRINT_LEN == RECORD_FINGERPRINT_LEN + 1, "room for digits");
static_assert(ALDIS_ORIGIN_LEN == TLOG_NAME_MAX + 1, "room for an origin");

struct aldis_result {
	struct bundle_result found;
};

static struct view view_of_bytes(struct aldis_bytes bytes)
{
	return view_of(bytes.data, bytes.len);
}

static bool is_usable(struct aldis_bytes bytes)
{
	return bytes.data != NULL || bytes.len == 0;
}

/* Copies the sentence out and passes the answer on. */
static enum aldis_answer tell(enum aldis_answer answer, const struct error *err,
                              char *error)
{
	if (error != NULL)
		(void)snprintf(error, ALDIS_ERROR_LEN, "%s", err->text);
	return answer;
}

/* What a single check came to. */
static enum aldis_answer answer_of(enum status status, const struct error *err,
                                   char *error)
{
	switch (status) {
	case STATUS_OK:
		return ALDIS_OK;
	case STATUS_MALFORMED:
	case STATUS_UNTRUSTED:
	case STATUS_NOT_FOUND:
	case STATUS_CONFLICT:
	case STATUS_LIMIT:
		return tell(ALDIS_NO, err, error);
	case STATUS_AGAIN:
	case STATUS_CLOSED:
	case STATUS_NO_MEMORY:
	case STATUS_SYSTEM:
	case STATUS_BUG:
		return tell(ALDIS_FAILED, err, error);
	}
	return tell(ALDIS_FAILED, err, error);
}

static enum aldis_answer usage(char *error)
{
	const struct error err = {"a parameter is NULL that may not be"};

	return tell(ALDIS_USAGE, &err, error);
}

PUBLIC const char *aldis_version(void)
{
	return ALDIS_VERSION;
}

/* Receipts and exports */

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
	if (status == STATUS_OK)
		*ret_result = result;
	else
		aldis_result_free(result);
	return status;
}

static bool is_askable(const struct question *question, struct aldis_result **result)
{
	if (result == NULL || (question->cards == NULL && question->card_count > 0))
		return false;
	for (size_t i = 0; i < question->card_count; i++)
		if (!is_usable(question->cards[i]))
			return false;
	return is_usable(question->file) && is_usable(question->entry);
}

static enum aldis_answer answer(const struct question *question,
                                struct aldis_result **result, char *error)
{
	struct error err = {0};

	if (error != NULL)
		error[0] = '\0';
	if (result != NULL)
		*result = NULL;
	if (!is_askable(question, result))
		return usage(error);
	if (ask_new(question, result, &err) != STATUS_OK)
		return tell(ALDIS_FAILED, &err, error);
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

	return path == NULL ? usage(error) : answer(&question, result, error);
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
	return tell(ALDIS_FAILED, &other, error);
}

/* What was found */

PUBLIC const char *aldis_result_kind(const struct aldis_result *result)
{
	return bundle_kind_name(result->found.kind);
}

PUBLIC int aldis_result_is_consistent(const struct aldis_result *result)
{
	return result->found.is_consistent;
}

PUBLIC int aldis_result_is_anchored(const struct aldis_result *result)
{
	return result->found.is_anchored;
}

PUBLIC const char *aldis_result_file(const struct aldis_result *result)
{
	return result->found.file.text;
}

PUBLIC const char *aldis_result_reason(const struct aldis_result *result)
{
	return result->found.why.text;
}

PUBLIC size_t aldis_result_statement_count(const struct aldis_result *result)
{
	return result->found.statement_count;
}

PUBLIC const char *aldis_result_statement(const struct aldis_result *result, size_t index)
{
	if (index >= result->found.statement_count)
		return NULL;
	return bundle_statement(&result->found, index);
}

PUBLIC size_t aldis_result_desk_count(const struct aldis_result *result)
{
	return result->found.desk_count;
}

PUBLIC const char *aldis_result_desk_name(const struct aldis_result *result, size_t index)
{
	if (index >= result->found.desk_count)
		return NULL;
	return result->found.desks[index].name.text;
}

PUBLIC const char *aldis_result_desk_fingerprint(const struct aldis_result *result,
                                                 size_t index)
{
	if (index >= result->found.desk_count)
		return NULL;
	return result->found.desks[index].fingerprint;
}

PUBLIC int aldis_result_desk_is_anchored(const struct aldis_result *result, size_t index)
{
	return index < result->found.desk_count && result->found.desks[index].is_anchored;
}

PUBLIC uint64_t aldis_result_count(const struct aldis_result *result,
                                   enum aldis_count count)
{
	const struct bundle_result *found = &result->found;

	switch (count) {
	case ALDIS_COUNT_LOGS:
		return found->log_count;
	case ALDIS_COUNT_ENTRIES:
		return found->entry_count;
	case ALDIS_COUNT_BODIES:
		return found->body_count;
	case ALDIS_COUNT_ATTACHMENTS:
		return found->attachment_count;
	case ALDIS_COUNT_MALFORMED:
		return found->malformed_count;
	case ALDIS_COUNT_MISSING_ATTACHMENTS:
		return found->missing_attachment_count;
	case ALDIS_COUNT_WITHHELD:
		return found->withheld_count;
	case ALDIS_COUNT_OPEN_REFERENCES:
		return found->open_reference_count;
	case ALDIS_COUNT_FILES:
		return found->file_count;
	case ALDIS_COUNT_BYTES:
		return found->byte_count;
	}
	return 0;
}

PUBLIC void aldis_result_free(struct aldis_result *result)
{
	if (result == NULL)
		return;
	bundle_result_release(&result->found);
	free(result);
}

/* Cards */

PUBLIC enum aldis_answer aldis_card_read(struct aldis_bytes card,
                                         char name[ALDIS_NAME_LEN],
                                         char fingerprint[ALDIS_FINGERPRINT_LEN],
                                         char *error)
{
	struct record_card read;
	struct error err = {0};
	enum status status;

	(void)tell(ALDIS_OK, &err, error);
	if (!is_usable(card) || name == NULL || fingerprint == NULL)
		return usage(error);
	status = crypto_init(&err);
	if (status == STATUS_OK)
		status = record_card_open(view_of_bytes(card), &read, &err);
	if (status != STATUS_OK)
		return answer_of(status, &err, error);
	memcpy(name, read.name.text, ALDIS_NAME_LEN);
	record_fingerprint(&read, fingerprint);
	return ALDIS_OK;
}

/* The C2SP checks */

static void fill_checkpoint(const struct tlog_checkpoint *from,
                            struct aldis_checkpoint *to)
{
	memcpy(to->origin, from->origin, sizeof to->origin);
	to->size = from->size;
	memcpy(to->root, from->root.bytes, sizeof to->root);
}

PUBLIC enum aldis_answer aldis_checkpoint_verify(struct aldis_bytes note,
                                                 const char *log_vkey,
                                                 struct aldis_checkpoint *checkpoint,
                                                 char *error)
{
	struct tlog_checkpoint found;
	struct tlog_vkey key;
	struct error err = {0};

	(void)tell(ALDIS_OK, &err, error);
	if (!is_usable(note) || log_vkey == NULL || checkpoint == NULL)
		return usage(error);
	if (crypto_init(&err) != STATUS_OK ||
	    tlog_vkey_decode(view_of_string(log_vkey), &key, &err) != STATUS_OK)
		return tell(ALDIS_FAILED, &err, error);
	enum status status =
	    tlog_checkpoint_open(view_of_bytes(note), &key, &found, &err);
	if (status == STATUS_OK)
		fill_checkpoint(&found, checkpoint);
	return answer_of(status, &err, error);
}

PUBLIC enum aldis_answer aldis_cosignature_verify(struct aldis_bytes note,
                                                  const char *cosigner_vkey,
                                                  uint64_t *time_s, char *error)
{
	struct tlog_note parsed;
	struct tlog_vkey key;
	struct error err = {0};

	(void)tell(ALDIS_OK, &err, error);
	if (!is_usable(note) || cosigner_vkey == NULL || time_s == NULL)
		return usage(error);
	if (crypto_init(&err) != STATUS_OK ||
	    tlog_vkey_decode(view_of_string(cosigner_vkey), &key, &err) != STATUS_OK)
		return tell(ALDIS_FAILED, &err, error);
	enum status status = tlog_note_parse(view_of_bytes(note), &parsed, &err);
	if (status == STATUS_OK)
		status = tlog_cosignature_verify(&parsed, &key, time_s, &err);
	return answer_of(status, &err, error);
}

PUBLIC void aldis_leaf_hash(struct aldis_bytes entry, uint8_t leaf[32])
{
	struct hash hash = tlog_leaf_hash(view_of_bytes(entry));

	memcpy(leaf, hash.bytes, sizeof hash.bytes);
}

PUBLIC enum aldis_answer aldis_inclusion_verify(const uint8_t *hashes, size_t hash_count,
                                                uint64_t index, uint64_t size,
                                                const uint8_t leaf[32],
                                                const uint8_t root[32], char *error)
{
	const struct error too_long = {"the proof has more hashes than any can have"};
	struct tlog_proof proof = {.count = hash_count};
	struct hash leaf_hash, root_hash;
	struct error err = {0};

	(void)tell(ALDIS_OK, &err, error);
	if ((hashes == NULL && hash_count > 0) || leaf == NULL || root == NULL)
		return usage(error);
	if (hash_count > TLOG_PROOF_MAX)
		return tell(ALDIS_NO, &too_long, error);
	for (size_t i = 0; i < hash_count; i++)
		memcpy(proof.hashes[i].bytes, hashes + 32 * i, 32);
	memcpy(leaf_hash.bytes, leaf, sizeof leaf_hash.bytes);
	memcpy(root_hash.bytes, root, sizeof root_hash.bytes);
	enum status status = tlog_proof_verify_inclusion(&proof, index, size, &leaf_hash,
	                                                 &root_hash, &err);
	return answer_of(status, &err, error);
}

PUBLIC enum aldis_answer aldis_proof_verify(struct aldis_bytes proof,
                                            struct aldis_bytes policy,
                                            struct aldis_bytes entry,
                                            struct aldis_checkpoint *checkpoint,
                                            char *error)
{
	struct tlog_policy rules = {0};
	struct tlog_policy_result found = {0};
	struct tlog_proof_file file;
	struct error err = {0};

	(void)tell(ALDIS_OK, &err, error);
	if (!is_usable(proof) || !is_usable(policy) || !is_usable(entry))
		return usage(error);
	if (crypto_init(&err) != STATUS_OK ||
	    tlog_policy_parse(view_of_bytes(policy), &rules, &err) != STATUS_OK) {
		tlog_policy_release(&rules);
		return tell(ALDIS_FAILED, &err, error);
	}
	enum status status = tlog_proof_file_parse(view_of_bytes(proof), &file, &err);
	if (status == STATUS_OK)
		status = tlog_proof_file_verify(&file, &rules, view_of_bytes(entry),
		                                &found, &err);
	if (status == STATUS_OK && checkpoint != NULL)
		fill_checkpoint(&found.checkpoint, checkpoint);
	tlog_policy_release(&rules);
	return answer_of(status, &err, error);
}
