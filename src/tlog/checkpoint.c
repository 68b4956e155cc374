/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three lines and nothing else: a 0x06 cosignature would not cover a fourth.
 */
#include "tlog/checkpoint.h"

#include "codec/base64.h"
#include "codec/decimal.h"
#include "codec/utf8.h"
#include "tlog/tree.h"

void tlog_checkpoint_append(struct buf *out, const struct tlog_checkpoint *checkpoint)
{
	buf_printf(out, "%s\n%llu\n", checkpoint->origin,
	           (unsigned long long)checkpoint->size);
	base64_append(out, hash_view(&checkpoint->root));
	buf_append_byte(out, '\n');
}

static bool origin_check(struct view origin)
{
	for (size_t i = 0; i < origin.len; i++)
		if (origin.data[i] < 0x20)
			return false;
	return origin.len > 0 && utf8_check(origin);
}

enum status tlog_checkpoint_decode(struct view text,
                                   struct tlog_checkpoint *ret_checkpoint,
                                   struct error *err)
{
	struct tlog_checkpoint checkpoint;
	struct view rest = text, origin, size, root;
	if (!view_take_line(&rest, &origin) || !view_take_line(&rest, &size) ||
	    !view_take_line(&rest, &root))
		return error_set(err, STATUS_MALFORMED,
		                 "a checkpoint has fewer than three lines");
	if (rest.len > 0)
		return error_set(err, STATUS_MALFORMED,
		                 "a checkpoint has extension lines, which are refused");
	if (!origin_check(origin) ||
	    !view_copy_string(origin, checkpoint.origin, sizeof checkpoint.origin))
		return error_set(err, STATUS_MALFORMED, "a checkpoint has a bad origin");
	if (decimal_decode(size, INT64_MAX, &checkpoint.size, NULL) != STATUS_OK)
		return error_set(err, STATUS_MALFORMED, "a checkpoint has a bad size");
	if (base64_decode_exact(root, checkpoint.root.bytes, sizeof checkpoint.root.bytes,
	                        NULL) != STATUS_OK)
		return error_set(err, STATUS_MALFORMED, "a checkpoint has a bad root");
	*ret_checkpoint = checkpoint;
	return STATUS_OK;
}

bool tlog_checkpoint_check_empty(const struct tlog_checkpoint *checkpoint)
{
	struct hash empty = tlog_empty_root();
	return checkpoint->size > 0 || hash_equal(&checkpoint->root, &empty);
}

enum status tlog_checkpoint_open(struct view note, const struct tlog_vkey *log_key,
                                 struct tlog_checkpoint *ret_checkpoint,
                                 struct error *err)
{
	struct tlog_note parsed;
	TRY(tlog_note_parse(note, &parsed, err));
	return tlog_checkpoint_open_parsed(&parsed, log_key, ret_checkpoint, err);
}

enum status tlog_checkpoint_open_parsed(const struct tlog_note *note,
                                        const struct tlog_vkey *log_key,
                                        struct tlog_checkpoint *ret_checkpoint,
                                        struct error *err)
{
	struct tlog_checkpoint checkpoint;
	TRY(tlog_note_verify(note, log_key, err));
	TRY(tlog_checkpoint_decode(note->text, &checkpoint, err));
	if (strcmp(checkpoint.origin, log_key->name) != 0)
		return error_set(err, STATUS_UNTRUSTED,
		                 "%s signed a checkpoint of another origin",
		                 log_key->name);
	*ret_checkpoint = checkpoint;
	return STATUS_OK;
}
