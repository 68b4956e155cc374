/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame of typed texts. Every signed text passes here, so the type line is checked in
 * one place.
 */
#include "record/root_note.h"

#include <stdio.h>

enum { TOKENS_MAX = 1 << 16 };

enum status record_root_text_scan(struct view text, const char *type,
                                  struct json_doc *doc, struct error *err)
{
	struct view rest = text;
	struct view type_line, json_line;

	if (!view_take_line(&rest, &type_line) || !view_equal_string(type_line, type))
		return error_set(err, STATUS_MALFORMED, "this is not a text of type %s",
		                 type);
	if (!view_take_line(&rest, &json_line) || rest.len != 0)
		return error_set(err, STATUS_MALFORMED,
		                 "behind %s stands not exactly one line", type);
	TRY(json_scan(doc, json_line, TOKENS_MAX, err));
	if (json_root(doc)->type != JSON_OBJECT)
		return error_set(err, STATUS_MALFORMED, "behind %s stands no JSON object",
		                 type);
	return STATUS_OK;
}

enum status record_root_note_open(struct view text, const char *type,
                                  struct tlog_note *ret_note, struct json_doc *doc,
                                  struct error *err)
{
	struct tlog_note note;

	if (text.len > RECORD_NOTE_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "a signed text of type %s has at most %d bytes", type,
		                 RECORD_NOTE_MAX);
	TRY(tlog_note_parse(text, &note, err));
	TRY(record_root_text_scan(note.text, type, doc, err));
	*ret_note = note;
	return STATUS_OK;
}

static enum status type_of_role(const char *role, enum tlog_key_type *ret_type,
                                struct error *err)
{
	static const struct {
		const char *role;
		enum tlog_key_type type;
	} types[] = {
	    {"root", TLOG_KEY_ED25519},
	    {"mirror", TLOG_KEY_ED25519_COSIGNATURE},
	    {"witness", TLOG_KEY_ED25519_COSIGNATURE},
	    {"log", TLOG_KEY_ED25519},
	    {"link", TLOG_KEY_ED25519},
	    {"link-next", TLOG_KEY_ED25519},
	};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strcmp(role, types[i].role) == 0) {
			*ret_type = types[i].type;
			return STATUS_OK;
		}
	return error_set(err, STATUS_BUG, "a key of this role does not sign");
}

enum status record_vkey(const char *desk, const char *role,
                        const struct ed25519_public *key, struct tlog_vkey *ret_vkey,
                        struct error *err)
{
	char name[TLOG_NAME_MAX + 1];
	enum tlog_key_type type = TLOG_KEY_ED25519;

	TRY(type_of_role(role, &type, err));
	if (snprintf(name, sizeof name, "%s/%s", desk, role) >= (int)sizeof name)
		return error_set(err, STATUS_MALFORMED, "the desk's name is too long");
	return tlog_vkey_init(ret_vkey, name, type, key, err);
}

enum status record_log_vkey(const char *origin, const struct ed25519_public *key,
                            struct tlog_vkey *ret_vkey, struct error *err)
{
	return tlog_vkey_init(ret_vkey, origin, TLOG_KEY_ED25519, key, err);
}
