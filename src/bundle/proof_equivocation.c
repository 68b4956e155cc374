/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proof of equivocation: two checkpoints of one log, both signed by its owner, that can't
 * be of one history. It needs nobody's word: the owner's two signatures contradict each
 * other. Source: spec/record.md (Evidence of a fork, Proofs).
 */
#include "bundle/proof.h"
#include "bundle/proof_checkpoint.h"
#include "bundle/proof_verify.h"

#include "base/cleanup.h"
#include "codec/base64.h"

enum { EVIDENCE_TOKENS_MAX = 1000 };

struct equivocation {
	struct proof_channel channel;
	struct record_name desk;
	struct proof_checkpoint small, big;
	struct hash other_root; /* of big's history at the size of small */
	struct tlog_proof proof;
};

/* What is signed twice must be one log, and the two must contradict each other. */
static enum status judge(const struct equivocation *it, struct error *err)
{
	const struct tlog_checkpoint *small = &it->small.tree, *big = &it->big.tree;

	if (small->size > big->size)
		return error_set(err, STATUS_MALFORMED,
		                 "the first checkpoint is larger than the second");
	if (small->size == big->size && !hash_equal(&it->other_root, &big->root))
		return error_set(err, STATUS_CONFLICT,
		                 "at one size, the other root must be that of the second "
		                 "checkpoint");
	TRY(tlog_proof_verify_consistency(&it->proof, small->size, &it->other_root,
	                                  big->size, &big->root, err));
	if (small->size == 0 || hash_equal(&it->other_root, &small->root))
		return error_set(err, STATUS_CONFLICT,
		                 "the two checkpoints are of one history");
	return STATUS_OK;
}

static enum status take_evidence(struct proof_cursor *outer, struct equivocation *it,
                                 struct error *err)
{
	const struct record_charter *charter = &it->channel.charters[0];
	char origin[RECORD_ORIGIN_MAX + 1];
	const struct json_token *evidence, *named;
	struct proof_cursor cursor;
	uint64_t version;
	size_t count;

	TRY(proof_take(outer, "evidence", JSON_OBJECT, &evidence, err));
	TRY(proof_cursor_of(outer->doc, evidence, &cursor, err));
	TRY(proof_take_number(&cursor, "aldis", &version, err));
	TRY(proof_take(&cursor, "origin", JSON_STRING, &named, err));
	proof_channel_origin(&it->channel, it->desk.text, origin);
	if (version != 1 || !json_string_is(outer->doc, named, origin))
		return error_set(err, STATUS_CONFLICT,
		                 "the evidence is about another log than %s's here",
		                 it->desk.text);
	TRY(proof_checkpoint_take(&cursor, "small", &it->channel, charter, it->desk.text,
	                          &it->small, err));
	TRY(proof_checkpoint_take(&cursor, "big", &it->channel, charter, it->desk.text,
	                          &it->big, err));
	const struct json_token *root;
	TRY(proof_take(&cursor, "other_root", JSON_STRING, &root, err));
	TRY(base64_decode_exact(json_raw(outer->doc, root), it->other_root.bytes,
	                        sizeof it->other_root.bytes, err));
	TRY(proof_take_hashes(&cursor, "proof", it->proof.hashes, TLOG_PROOF_MAX, &count,
	                      err));
	it->proof.count = count;
	return proof_end(&cursor, err);
}

static enum status read_proof(struct view file, struct json_doc *doc,
                              struct equivocation *it, struct error *err)
{
	struct proof_cursor cursor;

	TRY(proof_open(file, PROOF_TYPE_EQUIVOCATION, doc, &cursor, err));
	TRY(proof_channel_take(&cursor, &it->channel, err));
	TRY(proof_take_desk(&cursor, "desk", &it->desk, err));
	TRY(take_evidence(&cursor, it, err));
	TRY(proof_end(&cursor, err));
	return judge(it, err);
}

static void append_root(struct buf *out, const struct hash *root)
{
	base64_append(out, hash_view(root));
	buf_append_byte(out, '\0');
}

static void say(const struct equivocation *it, struct bundle_result *result)
{
	CLEANUP_BUF struct buf first = BUF_INIT(100), second = BUF_INIT(100);
	const char *desk = it->desk.text;
	unsigned long long small = it->small.tree.size, big = it->big.tree.size;

	append_root(&first, &it->small.tree.root);
	append_root(&second, &it->other_root);
	if (first.failed != STATUS_OK || second.failed != STATUS_OK)
		return;
	bundle_say(result,
	           "%s has signed two different histories of its log in the channel '%s'",
	           desk, it->channel.charters[0].title);
	bundle_say(result, "one has %llu entries with the root %s", small,
	           (const char *)first.data);
	if (small == big)
		bundle_say(result, "the other has %llu entries with the root %s", big,
		           (const char *)second.data);
	else
		bundle_say(result,
		           "the other has %llu entries, the first %llu of them with the "
		           "root %s",
		           big, small, (const char *)second.data);
	bundle_say(
	    result,
	    "both signatures are by the log key of %s, so it needs nobody's word; "
	    "it shows neither which entries differ nor why: a stolen key or a desk "
	    "restored from an old copy does the same as a lie",
	    desk);
}

enum status proof_equivocation_verify(struct view proof, const struct bundle_trust *trust,
                                      struct bundle_result *ret_result, struct error *err)
{
	struct equivocation it = {0};
	struct json_doc doc = {0};
	struct error why = {0};

	ret_result->kind = BUNDLE_EQUIVOCATION;
	enum status status = read_proof(proof, &doc, &it, &why);
	if (status == STATUS_OK)
		status = proof_channel_rely(&it.channel, it.desk.text, trust, ret_result,
		                            &why);
	if (status == STATUS_OK)
		say(&it, ret_result);
	status = bundle_result_close(ret_result, status, "", &why);
	if (status != STATUS_OK && err != NULL)
		*err = why;
	proof_channel_release(&it.channel);
	json_release(&doc);
	return status;
}

/* Building */

static enum status read_desk(struct view evidence, struct record_name *ret_desk,
                             struct error *err)
{
	char text[RECORD_ORIGIN_MAX + 1];
	struct json_doc doc = {0};
	struct record_origin origin;
	enum status status = json_scan(&doc, evidence, EVIDENCE_TOKENS_MAX, err);

	if (status == STATUS_OK) {
		const struct json_token *root = json_root(&doc), *named = NULL;

		if (root->type == JSON_OBJECT)
			named = json_member(&doc, root, "origin");
		if (named == NULL || named->type != JSON_STRING ||
		    !json_string_copy(&doc, named, text, sizeof text))
			status =
			    error_set(err, STATUS_MALFORMED, "the evidence names no log");
	}
	if (status == STATUS_OK)
		status = record_origin_decode(view_of_string(text), &origin, err);
	if (status == STATUS_OK)
		*ret_desk = origin.desk;
	json_release(&doc);
	return status;
}

enum status proof_equivocation_build(const struct proof_source *source,
                                     struct view evidence_json, struct buf *out,
                                     struct error *err)
{
	CLEANUP_BUF struct buf proof = BUF_INIT(PROOF_LEN_MAX);
	struct proof_channel channel = {0};
	struct record_name desk;

	TRY(read_desk(evidence_json, &desk, err));
	proof_append_type(&proof, PROOF_TYPE_EQUIVOCATION);
	enum status status =
	    proof_channel_append(source, PROOF_CHARTERS_MAX, &channel, &proof, err);
	proof_channel_release(&channel);
	TRY(status);
	buf_printf(&proof, ",\"desk\":\"%s\",\"evidence\":", desk.text);
	buf_append_view(&proof, evidence_json);
	buf_append_string(&proof, "}\n");
	TRY(buf_check(&proof, "the proof", err));
	TRY(proof_check_made(proof_equivocation_verify, buf_view(&proof), err));
	buf_append_view(out, buf_view(&proof));
	return buf_check(out, "the proof", err);
}
