/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line counts by the name and id of its key, and each key once: of two lines by one key
 * the first, as elsewhere in signed notes.
 */
#include "tlog/witness_answer.h"

#include "codec/decimal.h"
#include "codec/reader.h"
#include "crypto/mldsa.h"
#include "tlog/cosignature.h"

enum { LINES_MAX = 64 }; /* that are looked at */

bool tlog_policy_is_asked_at(const struct tlog_policy_item *item, const char *url)
{
	return !item->is_group && item->url && strcmp(item->url, url) == 0;
}

static const struct tlog_vkey *find_key(const struct tlog_policy *policy, const char *url,
                                        const struct tlog_note_line *line)
{
	for (size_t i = 0; i < policy->item_count; i++) {
		const struct tlog_vkey *key = &policy->items[i].key;
		if (tlog_policy_is_asked_at(&policy->items[i], url) &&
		    key->id == line->id && view_equal_string(line->name, key->name))
			return key;
	}
	return NULL;
}

static bool has_line_of(const struct tlog_witness_line *lines, size_t count,
                        const struct tlog_vkey *key)
{
	for (size_t i = 0; i < count; i++)
		if (lines[i].key == key)
			return true;
	return false;
}

/* A cosignature of ML-DSA by its form alone. */
static bool take_unchecked(const struct tlog_note_line *line, const struct tlog_vkey *key,
                           uint64_t *ret_time_s)
{
	struct reader reader = reader_of(view_of(line->signature, line->signature_len));
	return key->type == TLOG_KEY_MLDSA44_COSIGNATURE && !mldsa44_is_available() &&
	       line->signature_len == sizeof *ret_time_s + MLDSA44_SIGNATURE_LEN &&
	       reader_u64(&reader, ret_time_s) && *ret_time_s > 0 &&
	       *ret_time_s <= INT64_MAX;
}

/* One line of the answer: *ret_line's key is NULL when it is to be passed over. */
static enum status read_line(const struct tlog_policy *policy, const char *url,
                             struct view text, struct view whole,
                             struct tlog_witness_line *ret_line, struct error *err)
{
	struct tlog_note_line line;
	ret_line->key = NULL;
	if (tlog_note_line_parse(whole, &line, NULL) != STATUS_OK)
		return STATUS_OK;
	const struct tlog_vkey *key = find_key(policy, url, &line);
	if (!key)
		return STATUS_OK;
	if (tlog_cosignature_verify_line(text, whole, key, &ret_line->time_s, NULL) !=
	        STATUS_OK &&
	    !take_unchecked(&line, key, &ret_line->time_s))
		return error_set(err, STATUS_UNTRUSTED,
		                 "its cosignature does not verify under the key that the "
		                 "charter names");
	ret_line->key = key;
	ret_line->line = whole;
	return STATUS_OK;
}

enum status
tlog_witness_answer_read(const struct tlog_policy *policy, const char *url,
                         struct view checkpoint_text, struct view body,
                         struct tlog_witness_line ret_lines[TLOG_WITNESS_KEYS_MAX],
                         size_t *ret_count, struct error *err)
{
	struct view whole;
	size_t count = 0;
	if (body.len > TLOG_WITNESS_ANSWER_MAX)
		return error_set(err, STATUS_LIMIT, "its answer is too long");
	for (unsigned i = 0; i < LINES_MAX && count < TLOG_WITNESS_KEYS_MAX &&
	                     view_take_line(&body, &whole);
	     i++) {
		struct tlog_witness_line line;
		TRY(read_line(policy, url, checkpoint_text, whole, &line, err));
		if (line.key && !has_line_of(ret_lines, count, line.key))
			ret_lines[count++] = line;
	}
	*ret_count = count;
	if (count == 0)
		return error_set(err, STATUS_NOT_FOUND,
		                 "its answer holds no cosignature under a key that the "
		                 "charter names");
	return STATUS_OK;
}

enum status tlog_witness_size_read(struct view body, uint64_t *ret_size,
                                   struct error *err)
{
	struct view line;
	if (!view_take_line(&body, &line) ||
	    decimal_decode(line, INT64_MAX, ret_size, NULL) != STATUS_OK)
		return error_set(
		    err, STATUS_MALFORMED,
		    "it refuses the size, but does not say which it expects");
	return STATUS_OK;
}
