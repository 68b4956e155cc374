/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Only what reads as a charter is signed: a root key signs nothing that it does not
 * understand.
 */
#include "cli/charter_sign.h"

#include "cli/cli.h"
#include "cli/keys.h"
#include "crypto/random.h"
#include "record/charter.h"

enum { CHARTER_NOTE_MAX = 1 << 20 };

/* The signed part of what was given: a text alone, or a note. */
static struct view text_of(struct view given)
{
	struct tlog_note note;

	if (tlog_note_parse(given, &note, NULL) == STATUS_OK)
		return note.text;
	return given;
}

static enum status find_self(const struct record_charter *charter,
                             const struct keys_root *root, struct error *err)
{
	struct ed25519_public key = ed25519_secret_public(root->secret);
	size_t member = record_charter_member(charter, root->name.text);

	if (member == SIZE_MAX)
		return error_set(err, STATUS_CONFLICT,
		                 "%s is not a member of this charter", root->name.text);
	if (memcmp(&charter->members[member].keys[RECORD_ROLE_ROOT], &key, sizeof key) !=
	    0)
		return error_set(err, STATUS_CONFLICT,
		                 "this charter names another root key for %s",
		                 root->name.text);
	return STATUS_OK;
}

static enum status sign(const struct record_charter *charter,
                        const struct keys_root *root, struct view given, struct buf *out,
                        struct error *err)
{
	CLEANUP_BUF struct buf own = BUF_INIT(CHARTER_NOTE_MAX);
	struct ed25519_public key = ed25519_secret_public(root->secret);
	struct tlog_vkey vkey;

	TRY(find_self(charter, root, err));
	TRY(record_vkey(root->name.text, "root", &key, &vkey, err));
	tlog_note_sign(&own, buf_view(&charter->text), &vkey, root->secret);
	TRY(buf_check(&own, "the charter", err));
	if (given.len == charter->text.len) {
		buf_append_view(out, buf_view(&own));
		return STATUS_OK;
	}
	return record_charter_merge(charter, given, buf_view(&own), out, err);
}

static enum status sign_given(const struct keys_root *root, struct view given,
                              struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(CHARTER_NOTE_MAX);
	struct record_charter charter = {0};
	enum status status = record_charter_decode(text_of(given), &charter, err);

	if (status != STATUS_OK)
		status = error_context(err, status, "this is no charter to sign");
	else
		status = sign(&charter, root, given, &out, err);
	record_charter_release(&charter);
	TRY(status);
	TRY(buf_check(&out, "the charter", err));
	return cli_write_output(buf_view(&out), err);
}

enum status charter_sign_file(const char *root_folder, const char *passphrase_file,
                              const char *path, struct error *err)
{
	CLEANUP_BUF struct buf given = BUF_INIT(CHARTER_NOTE_MAX);
	struct keys_root root = {0};
	enum status status;

	TRY(crypto_init(err));
	TRY(cli_read_input(path, &given, err));
	TRY(keys_root_read(root_folder, passphrase_file, &root, err));
	status = sign_given(&root, buf_view(&given), err);
	keys_root_release(&root);
	return status;
}
