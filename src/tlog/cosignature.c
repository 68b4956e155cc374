/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cosignature is an 8-byte time and a raw signature over a message that holds the time
 * and the checkpoint: as text for 0x04, as fields for 0x06.
 */
#include "tlog/cosignature.h"

#include "base/cleanup.h"
#include "crypto/mldsa.h"

#include <assert.h>

enum {
	TIME_LEN = 8,
	MESSAGE_HEAD_MAX = 64, /* of the 0x04 message, before the checkpoint */
	SUBTREE_MESSAGE_MAX = 12 + 2 * (1 + TLOG_NAME_MAX) + 3 * 8 + 32,
};

void tlog_cosignature_append_message(struct buf *out, uint64_t time_s,
                                     struct view checkpoint_text)
{
	buf_printf(out, "cosignature/v1\ntime %llu\n", (unsigned long long)time_s);
	buf_append_view(out, checkpoint_text);
}

static void append_name(struct buf *out, const char *name)
{
	size_t len = strlen(name);
	assert(len >= 1 && len <= TLOG_NAME_MAX);
	buf_append_byte(out, (uint8_t)len);
	buf_append(out, name, len);
}

void tlog_cosignature_append_subtree_message(struct buf *out, const char *cosigner_name,
                                             uint64_t time_s, const char *log_origin,
                                             uint64_t start, uint64_t end,
                                             const struct hash *hash)
{
	static const char label[] = "subtree/v1\n"; /* its NUL belongs to it */
	buf_append(out, label, sizeof label);
	append_name(out, cosigner_name);
	buf_append_u64(out, time_s);
	append_name(out, log_origin);
	buf_append_u64(out, start);
	buf_append_u64(out, end);
	buf_append_view(out, hash_view(hash));
}

void tlog_cosignature_sign(struct buf *out, const struct tlog_vkey *key,
                           const struct ed25519_secret *secret, uint64_t time_s,
                           struct view checkpoint_text)
{
	assert(key->type == TLOG_KEY_ED25519_COSIGNATURE);
	assert(time_s > 0 && time_s <= INT64_MAX);
	CLEANUP_BUF struct buf message = BUF_INIT(MESSAGE_HEAD_MAX + checkpoint_text.len);
	CLEANUP_BUF struct buf signature = BUF_INIT(TLOG_COSIGNATURE_LEN);
	tlog_cosignature_append_message(&message, time_s, checkpoint_text);
	if (message.failed != STATUS_OK) {
		out->failed = message.failed;
		return;
	}
	struct ed25519_signature raw = ed25519_sign(secret, buf_view(&message));
	buf_append_u64(&signature, time_s);
	buf_append(&signature, raw.bytes, sizeof raw.bytes);
	if (signature.failed != STATUS_OK) {
		out->failed = signature.failed;
		return;
	}
	tlog_note_append_line(out, key, buf_view(&signature));
}

static enum status refuse(const struct tlog_vkey *key, struct error *err)
{
	return error_set(err, STATUS_UNTRUSTED, "the cosignature of %s does not verify",
	                 key->name);
}

static enum status verify_ed25519(struct view checkpoint_text, uint64_t time_s,
                                  struct view raw, const struct tlog_vkey *key,
                                  struct error *err)
{
	struct ed25519_signature signature;
	if (raw.len != sizeof signature.bytes)
		return refuse(key, err);
	memcpy(signature.bytes, raw.data, raw.len);
	CLEANUP_BUF struct buf message = BUF_INIT(MESSAGE_HEAD_MAX + checkpoint_text.len);
	tlog_cosignature_append_message(&message, time_s, checkpoint_text);
	TRY(buf_check(&message, "a cosigned message", err));
	struct ed25519_public public_key = tlog_vkey_ed25519(key);
	if (!ed25519_verify(&public_key, buf_view(&message), &signature))
		return refuse(key, err);
	return STATUS_OK;
}

static enum status verify_mldsa44(struct view checkpoint_text, uint64_t time_s,
                                  struct view raw, const struct tlog_vkey *key,
                                  struct error *err)
{
	struct tlog_checkpoint checkpoint;
	if (raw.len != MLDSA44_SIGNATURE_LEN)
		return refuse(key, err);
	TRY(tlog_checkpoint_decode(checkpoint_text, &checkpoint, err));
	CLEANUP_BUF struct buf message = BUF_INIT(SUBTREE_MESSAGE_MAX);
	tlog_cosignature_append_subtree_message(&message, key->name, time_s,
	                                        checkpoint.origin, 0, checkpoint.size,
	                                        &checkpoint.root);
	TRY(buf_check(&message, "a cosigned message", err));
	return mldsa44_verify(view_of(key->key, key->key_len), buf_view(&message), raw,
	                      err);
}

static enum status verify_parsed(struct view checkpoint_text,
                                 const struct tlog_note_line *line,
                                 const struct tlog_vkey *key, uint64_t *ret_time_s,
                                 struct error *err)
{
	uint64_t time_s = 0;
	if (line->signature_len <= TIME_LEN)
		return refuse(key, err);
	for (size_t i = 0; i < TIME_LEN; i++)
		time_s = time_s << 8 | line->signature[i];
	if (time_s == 0 || time_s > INT64_MAX)
		return error_set(err, STATUS_UNTRUSTED,
		                 "the cosignature of %s has an impossible time",
		                 key->name);
	struct view raw =
	    view_of(line->signature + TIME_LEN, line->signature_len - TIME_LEN);
	if (key->type == TLOG_KEY_ED25519_COSIGNATURE)
		TRY(verify_ed25519(checkpoint_text, time_s, raw, key, err));
	else if (key->type == TLOG_KEY_MLDSA44_COSIGNATURE)
		TRY(verify_mldsa44(checkpoint_text, time_s, raw, key, err));
	else
		return error_set(err, STATUS_UNTRUSTED, "%s is not a cosigner's key",
		                 key->name);
	*ret_time_s = time_s;
	return STATUS_OK;
}

enum status tlog_cosignature_verify(const struct tlog_note *note,
                                    const struct tlog_vkey *key, uint64_t *ret_time_s,
                                    struct error *err)
{
	struct tlog_note_line line;
	TRY(tlog_note_find(note, key, &line, err));
	return verify_parsed(note->text, &line, key, ret_time_s, err);
}

enum status tlog_cosignature_verify_line(struct view checkpoint_text, struct view line,
                                         const struct tlog_vkey *key,
                                         uint64_t *ret_time_s, struct error *err)
{
	struct tlog_note_line parsed;
	TRY(tlog_note_line_parse(line, &parsed, err));
	if (parsed.id != key->id || !view_equal_string(parsed.name, key->name))
		return error_set(err, STATUS_NOT_FOUND,
		                 "the line is not a signature of %s", key->name);
	return verify_parsed(checkpoint_text, &parsed, key, ret_time_s, err);
}
