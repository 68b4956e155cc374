/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Only what reads as one of four texts is signed: a root key signs nothing that it does
 * not understand. Of several amendments of one charter it signs one, and remembers which
 * in the file "successors" beside the key.
 */
#include "cli/root_sign.h"

#include <stdio.h>

#include "base/file.h"
#include "cli/charter_fetch.h"
#include "cli/charter_words.h"
#include "crypto/random.h"
#include "record/amendment.h"

enum { SUCCESSORS_MAX = 4 * 1024 * 1024 };

struct view root_sign_text_of(struct view given)
{
	struct tlog_note note;

	if (tlog_note_parse(given, &note, NULL) == STATUS_OK)
		return note.text;
	return given;
}

enum status root_sign_append_line(const struct keys_root *root, struct view text,
                                  struct buf *out, struct error *err)
{
	struct ed25519_public key = ed25519_secret_public(root->secret);
	struct ed25519_signature signature = ed25519_sign(root->secret, text);
	struct tlog_vkey vkey;

	TRY(record_vkey(root->name.text, "root", &key, &vkey, err));
	tlog_note_append_line(out, &vkey,
	                      view_of(signature.bytes, sizeof signature.bytes));
	return buf_check(out, "the note", err);
}

/* ---- the one successor */

/* Is `wanted` there, or another one behind the same charter? */
static enum status find_successor(struct view lines, const char *previous,
                                  const char *wanted, bool *ret_is_known,
                                  struct error *err)
{
	struct view line;

	*ret_is_known = false;
	while (view_take_line(&lines, &line)) {
		if (!view_has_prefix(line, view_of_string(previous)))
			continue;
		if (!view_equal_string(view_from(line, HASH_HEX_LEN + 1), wanted))
			return error_set(err, STATUS_CONFLICT,
			                 "this root has signed another amendment of the "
			                 "same charter (%.16s): only one can follow it",
			                 (const char *)line.data + HASH_HEX_LEN + 1);
		*ret_is_known = true;
	}
	return STATUS_OK;
}

static enum status remember_successor(const struct root_sign *call,
                                      const struct record_charter *charter,
                                      struct error *err)
{
	CLEANUP_BUF struct buf lines = BUF_INIT(SUCCESSORS_MAX);
	char path[FOLDER_PATH_MAX], previous[HASH_HEX_LEN + 1], next[HASH_HEX_LEN + 1];
	bool is_known;
	enum status status;

	if (!charter->has_previous)
		return STATUS_OK;
	if (snprintf(path, sizeof path, "%s/successors", call->root_folder) >=
	    (int)sizeof path)
		return error_set(err, STATUS_LIMIT, "the folder's path is too long");
	status = file_read(path, &lines, err);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return status;
	hash_hex(&charter->previous, previous);
	hash_hex(&charter->digest, next);
	TRY(find_successor(buf_view(&lines), previous, next, &is_known, err));
	if (is_known)
		return STATUS_OK;
	buf_printf(&lines, "%s %s\n", previous, next);
	TRY(buf_check(&lines, "the list of amendments signed", err));
	return file_replace(path, buf_view(&lines), 0600, err);
}

/* ---- charters */

static bool is_member(const struct record_charter *charter, const struct keys_root *root)
{
	struct ed25519_public key = ed25519_secret_public(root->secret);
	size_t member = record_charter_member(charter, root->name.text);

	return member != SIZE_MAX &&
	       memcmp(&charter->members[member].keys[RECORD_ROLE_ROOT], &key,
	              sizeof key) == 0;
}

static enum status check_member(const struct record_charter *charter,
                                const struct record_charter *previous,
                                const struct keys_root *root, struct error *err)
{
	if (is_member(charter, root) || is_member(previous, root))
		return STATUS_OK;
	if (record_charter_member(charter, root->name.text) != SIZE_MAX)
		return error_set(err, STATUS_CONFLICT,
		                 "this charter names another root key for %s",
		                 root->name.text);
	if (charter->has_previous && previous->member_count == 0)
		return error_set(err, STATUS_CONFLICT,
		                 "%s is not a member of this charter; if it is to sign "
		                 "as one that leaves, the charter before is needed "
		                 "(--previous FILE)",
		                 root->name.text);
	return error_set(err, STATUS_CONFLICT, "%s is not a member of this charter",
	                 root->name.text);
}

/* The charter before, all-zero when there is none or it is not at hand. */
static enum status open_previous(const struct root_sign *call,
                                 const struct record_charter *charter,
                                 struct record_charter *ret_previous, struct error *err)
{
	struct error why = {0};
	enum status status;

	if (!charter->has_previous)
		return STATUS_OK;
	status = charter_find(call->cli, call->previous_path, &charter->previous,
	                      ret_previous, &why);
	if (status == STATUS_NOT_FOUND && call->previous_path == NULL) {
		cli_note("what it changes can't be shown: %s; --previous FILE gives the "
		         "charter before",
		         why.text);
		return STATUS_OK;
	}
	if (err != NULL)
		*err = why;
	return status;
}

static void say_charter(const struct record_charter *charter,
                        const struct record_charter *previous)
{
	CLEANUP_BUF struct buf words = BUF_INIT(CHARTER_CHAIN_MAX);

	if (previous->member_count > 0) {
		fputs("Against the charter in force:\n", stderr);
		charter_words_append_changes(previous, charter, &words);
		if (words.len == 0)
			buf_append_string(&words, "nothing changes\n");
	} else {
		fputs("The charter says:\n", stderr);
		charter_words_append(charter, &words);
	}
	charter_words_print(stderr, buf_view(&words));
}

/* Asks a person; a script has decided already. */
static enum status ask(struct error *err)
{
	char answer[16] = "";

	if (!isatty(STDIN_FILENO))
		return STATUS_OK;
	fputs("Sign this? Type yes: ", stderr);
	if (fgets(answer, sizeof answer, stdin) == NULL || strcmp(answer, "yes\n") != 0)
		return error_set(err, STATUS_CONFLICT, "not signed");
	return STATUS_OK;
}

/* Which lines count can't be told without the charter before: then all are kept. */
static enum status merge(const struct record_charter *charter,
                         const struct record_charter *previous, struct view given,
                         struct view own, struct buf *out, struct error *err)
{
	struct tlog_note note;

	if (given.len > charter->text.len &&
	    (!charter->has_previous || previous->member_count > 0))
		return record_amendment_merge(previous, charter, given, own, out, err);
	buf_append_view(out, own);
	if (given.len == charter->text.len)
		return STATUS_OK;
	TRY(tlog_note_parse(given, &note, err));
	buf_append_view(out, note.lines);
	return STATUS_OK;
}

static enum status sign_charter(const struct root_sign *call,
                                const struct keys_root *root, struct view given,
                                struct buf *out, struct error *err)
{
	__attribute__((cleanup(record_charter_release))) struct record_charter charter = {
	    0};
	__attribute__((
	    cleanup(record_charter_release))) struct record_charter previous = {0};
	CLEANUP_BUF struct buf own = BUF_INIT(RECORD_NOTE_MAX);

	TRY(record_charter_decode(root_sign_text_of(given), &charter, err));
	TRY(open_previous(call, &charter, &previous, err));
	TRY(check_member(&charter, &previous, root, err));
	say_charter(&charter, &previous);
	TRY(ask(err));
	TRY(remember_successor(call, &charter, err));
	buf_append_view(&own, buf_view(&charter.text));
	buf_append_byte(&own, '\n');
	TRY(root_sign_append_line(root, buf_view(&charter.text), &own, err));
	return merge(&charter, &previous, given, buf_view(&own), out, err);
}

/* ---- what it is */

static bool is_type(struct view given, const char *type)
{
	struct view line;

	return view_take_line(&given, &line) && view_equal_string(line, type);
}

static enum status sign_given(const struct root_sign *call, const struct keys_root *root,
                              struct view given, struct buf *out, struct error *err)
{
	if (call->makes_key_change && !is_type(given, RECORD_TYPE_CARD))
		return error_set(err, STATUS_MALFORMED,
		                 "a key change is made of a card, and this is none");
	if (is_type(given, RECORD_TYPE_CHARTER))
		return sign_charter(call, root, given, out, err);
	if (is_type(given, RECORD_TYPE_CARD))
		TRY(root_sign_card(call, root, given, out, err));
	else if (is_type(given, RECORD_TYPE_KEY_CHANGE))
		TRY(root_sign_key_change(root, given, out, err));
	else if (is_type(given, RECORD_TYPE_LOG_END))
		TRY(root_sign_log_end(root, given, out, err));
	else
		return error_set(err, STATUS_MALFORMED,
		                 "a root signs charters, cards, key changes and ends of "
		                 "logs, and this is none of them");
	return ask(err);
}

enum status root_sign_file(const struct root_sign *call, struct error *err)
{
	CLEANUP_BUF struct buf given = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf out = BUF_INIT(2 * RECORD_NOTE_MAX);
	struct keys_root root = {0};
	enum status status;

	TRY(crypto_init(err));
	TRY(cli_read_input(call->path, &given, err));
	TRY(keys_root_read(call->root_folder, call->passphrase_file, &root, err));
	status = sign_given(call, &root, buf_view(&given), &out, err);
	keys_root_release(&root);
	TRY(status);
	TRY(buf_check(&out, "the note", err));
	return cli_write_output(buf_view(&out), err);
}
