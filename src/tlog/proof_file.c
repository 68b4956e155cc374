/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The extra line is carried, never used: nothing authenticates it.
 */
#include "tlog/proof_file.h"

#include "base/cleanup.h"
#include "codec/base64.h"
#include "codec/decimal.h"

static const char first_line[] = "c2sp.org/tlog-proof@v1";

void tlog_proof_file_append(struct buf *out, const struct tlog_proof_file *file)
{
	buf_printf(out, "%s\n", first_line);
	if (file->has_extra) {
		buf_append_string(out, "extra ");
		buf_append_view(out, file->extra_base64);
		buf_append_byte(out, '\n');
	}
	buf_printf(out, "index %llu\n", (unsigned long long)file->index);
	tlog_proof_append_lines(out, &file->proof);
	buf_append_view(out, file->checkpoint);
}

/* The rest of a line "<word> <rest>". */
static bool take_word(struct view line, const char *word, struct view *ret_rest)
{
	struct view prefix = view_of_string(word);
	if (!view_has_prefix(line, prefix))
		return false;
	*ret_rest = view_from(line, prefix.len);
	return true;
}

static enum status check_extra(struct view base64, struct error *err)
{
	CLEANUP_BUF struct buf decoded = BUF_INIT(base64.len);
	if (base64_decode(base64, &decoded, NULL) != STATUS_OK)
		return error_set(err, STATUS_MALFORMED,
		                 "the extra line of a proof file is not base64");
	return buf_check(&decoded, "the extra line of a proof file", err);
}

enum status tlog_proof_file_parse(struct view text, struct tlog_proof_file *ret_file,
                                  struct error *err)
{
	struct view rest = text, line, number, extra = {0};
	uint64_t index;
	if (!view_take_line(&rest, &line) || !view_equal_string(line, first_line))
		return error_set(err, STATUS_MALFORMED, "not a tlog-proof file");
	if (!view_take_line(&rest, &line))
		return error_set(err, STATUS_MALFORMED, "a proof file is cut short");
	bool has_extra = take_word(line, "extra ", &extra);
	if (has_extra) {
		TRY(check_extra(extra, err));
		if (!view_take_line(&rest, &line))
			return error_set(err, STATUS_MALFORMED,
			                 "a proof file is cut short");
	}
	if (!take_word(line, "index ", &number) ||
	    decimal_decode(number, INT64_MAX, &index, NULL) != STATUS_OK)
		return error_set(err, STATUS_MALFORMED, "a proof file has a bad index");
	TRY(tlog_proof_take_lines(&rest, &ret_file->proof, err));
	ret_file->has_extra = has_extra;
	ret_file->extra_base64 = extra;
	ret_file->index = index;
	ret_file->checkpoint = rest;
	return STATUS_OK;
}

enum status tlog_proof_file_verify(const struct tlog_proof_file *file,
                                   const struct tlog_policy *policy, struct view entry,
                                   struct tlog_policy_result *ret_result,
                                   struct error *err)
{
	struct tlog_policy_result unused = {0};
	struct tlog_policy_result *result = ret_result ? ret_result : &unused;
	TRY(tlog_policy_check(policy, file->checkpoint, result, err));
	struct hash leaf = tlog_leaf_hash(entry);
	return tlog_proof_verify_inclusion(&file->proof, file->index,
	                                   result->checkpoint.size, &leaf,
	                                   &result->checkpoint.root, err);
}
