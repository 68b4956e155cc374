/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C2SP checks by themselves, over tlog/.
 */
#include <assert.h>

#include "crypto/random.h"
#include "libaldis/answer.h"
#include "tlog/cosignature.h"
#include "tlog/proof_file.h"

static_assert(ALDIS_ORIGIN_LEN == TLOG_NAME_MAX + 1, "room for an origin");

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

	libaldis_begin(error);
	if (!libaldis_is_usable(note) || log_vkey == NULL || checkpoint == NULL)
		return libaldis_usage(error);
	if (crypto_init_verifier(&err) != STATUS_OK ||
	    tlog_vkey_decode(view_of_string(log_vkey), &key, &err) != STATUS_OK)
		return libaldis_tell(ALDIS_FAILED, &err, error);
	enum status status =
	    tlog_checkpoint_open(view_of_bytes(note), &key, &found, &err);
	if (status == STATUS_OK)
		fill_checkpoint(&found, checkpoint);
	return libaldis_answer_of(status, &err, error);
}

PUBLIC enum aldis_answer aldis_cosignature_verify(struct aldis_bytes note,
                                                  const char *cosigner_vkey,
                                                  uint64_t *time_s, char *error)
{
	struct tlog_note parsed;
	struct tlog_vkey key;
	struct error err = {0};

	libaldis_begin(error);
	if (!libaldis_is_usable(note) || cosigner_vkey == NULL || time_s == NULL)
		return libaldis_usage(error);
	if (crypto_init_verifier(&err) != STATUS_OK ||
	    tlog_vkey_decode(view_of_string(cosigner_vkey), &key, &err) != STATUS_OK)
		return libaldis_tell(ALDIS_FAILED, &err, error);
	enum status status = tlog_note_parse(view_of_bytes(note), &parsed, &err);
	if (status == STATUS_OK)
		status = tlog_cosignature_verify(&parsed, &key, time_s, &err);
	return libaldis_answer_of(status, &err, error);
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

	libaldis_begin(error);
	if ((hashes == NULL && hash_count > 0) || leaf == NULL || root == NULL)
		return libaldis_usage(error);
	if (hash_count > TLOG_PROOF_MAX)
		return libaldis_tell(ALDIS_NO, &too_long, error);
	for (size_t i = 0; i < hash_count; i++)
		memcpy(proof.hashes[i].bytes, hashes + 32 * i, 32);
	memcpy(leaf_hash.bytes, leaf, sizeof leaf_hash.bytes);
	memcpy(root_hash.bytes, root, sizeof root_hash.bytes);
	enum status status = tlog_proof_verify_inclusion(&proof, index, size, &leaf_hash,
	                                                 &root_hash, &err);
	return libaldis_answer_of(status, &err, error);
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

	libaldis_begin(error);
	if (!libaldis_is_usable(proof) || !libaldis_is_usable(policy) ||
	    !libaldis_is_usable(entry))
		return libaldis_usage(error);
	if (crypto_init_verifier(&err) != STATUS_OK ||
	    tlog_policy_parse(view_of_bytes(policy), &rules, &err) != STATUS_OK) {
		tlog_policy_release(&rules);
		return libaldis_tell(ALDIS_FAILED, &err, error);
	}
	enum status status = tlog_proof_file_parse(view_of_bytes(proof), &file, &err);
	if (status == STATUS_OK)
		status = tlog_proof_file_verify(&file, &rules, view_of_bytes(entry),
		                                &found, &err);
	if (status == STATUS_OK && checkpoint != NULL)
		fill_checkpoint(&found.checkpoint, checkpoint);
	tlog_policy_release(&rules);
	return libaldis_answer_of(status, &err, error);
}
