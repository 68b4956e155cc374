/* SPDX-License-Identifier: Apache-2.0 */
/*
 * C2SP signed notes and verifier keys (vkeys): parsing, signing, verifying. Knows nothing
 * of what a note says. Source: c2sp.org/signed-note.
 */
#ifndef ALDIS_TLOG_NOTE_H
#define ALDIS_TLOG_NOTE_H

#include "base/buf.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"

enum tlog_key_type {
	TLOG_KEY_ED25519 = 0x01,             /* 64-byte signature over the text */
	TLOG_KEY_ED25519_COSIGNATURE = 0x04, /* 8-byte time, 64-byte signature */
	TLOG_KEY_MLDSA44_COSIGNATURE = 0x06, /* 8-byte time, 2420-byte signature */
};

enum {
	TLOG_NAME_MAX = 255, /* bytes of a key name or origin */
	TLOG_KEY_MAX = 1312, /* bytes of a public key */
	TLOG_NOTE_LINES_MAX =
	    256,                 /* signature lines: a charter of 200 members, and more */
	TLOG_NOTE_MAX = 1 << 20, /* bytes of a whole note */
	TLOG_SIGNATURE_MAX = 8192, /* decoded bytes of one signature line */
};

struct tlog_vkey {
	char name[TLOG_NAME_MAX + 1];
	uint32_t
	    id; /* first four bytes of SHA-256(name, newline, type, key), big-endian */
	uint8_t type;
	uint16_t key_len;
	uint8_t key[TLOG_KEY_MAX];
};

/* A key name: not empty, at most TLOG_NAME_MAX bytes, valid UTF-8, no white space, no
 * '+', no control. */
bool tlog_name_check(struct view name);

/* Builds an Ed25519 vkey of type 0x01 or 0x04. MALFORMED for a bad name. */
MUST_USE enum status tlog_vkey_init(struct tlog_vkey *ret_key, const char *name,
                                    enum tlog_key_type type,
                                    const struct ed25519_public *public_key,
                                    struct error *err);
/* Parses `name+hex8+base64(type, key)`; the id must be the right one. Unknown types are
 * MALFORMED. */
MUST_USE enum status tlog_vkey_decode(struct view text, struct tlog_vkey *ret_key,
                                      struct error *err);
void tlog_vkey_append(struct buf *out, const struct tlog_vkey *key);
/* The raw public key of types 0x01 and 0x04. */
struct ed25519_public tlog_vkey_ed25519(const struct tlog_vkey *key);

/* A parsed note; borrows the bytes it was parsed from. */
struct tlog_note {
	struct view text;  /* with its last newline, without the blank line */
	struct view lines; /* all signature lines, each with its newline */
	size_t line_count;
};

struct tlog_note_line {
	struct view whole; /* the line with its newline */
	struct view name;
	uint32_t id;
	uint8_t signature[TLOG_SIGNATURE_MAX]; /* without the four bytes of the id */
	size_t signature_len;
};

/* Splits at the last blank line. MALFORMED: not UTF-8, a control byte but newline, no or
 * more than 256 lines, a line that is not canonical; LIMIT: larger than TLOG_NOTE_MAX. */
MUST_USE enum status tlog_note_parse(struct view note, struct tlog_note *ret_note,
                                     struct error *err);

/* What verifying notes comes to: a signature for each line, and the text hashed for each.
 * A maximum of 0 is none. */
struct tlog_weight {
	uint64_t lines, bytes;
	uint64_t lines_max, bytes_max;
};
/* Counts a note in that is about to be verified. LIMIT: beyond a maximum. */
MUST_USE enum status tlog_weight_add(struct tlog_weight *weight,
                                     const struct tlog_note *note, struct error *err);

/* Parses one signature line, with or without its newline. */
MUST_USE enum status tlog_note_line_parse(struct view line,
                                          struct tlog_note_line *ret_line,
                                          struct error *err);

/* The first line with this key's name and id: NOT_FOUND when there is none. */
MUST_USE enum status tlog_note_find(const struct tlog_note *note,
                                    const struct tlog_vkey *key,
                                    struct tlog_note_line *ret_line, struct error *err);

/* The ids of the lines under this name, in order; returns how many. */
size_t tlog_note_ids(const struct tlog_note *note, const char *name,
                     uint32_t ret_ids[TLOG_NOTE_LINES_MAX]);

/* Takes the next of the note's lines from the front of *rest (which starts as
 * note->lines). False: there is none. */
bool tlog_note_next(struct view *rest, struct tlog_note_line *ret_line);

/* Verifies the line of a type 0x01 key over the note's text: NOT_FOUND without such a
 * line, UNTRUSTED when it does not verify. */
MUST_USE enum status tlog_note_verify(const struct tlog_note *note,
                                      const struct tlog_vkey *key, struct error *err);

/* Appends `— name base64(id, signature)` and a newline. */
void tlog_note_append_line(struct buf *out, const struct tlog_vkey *key,
                           struct view signature);

/* Appends text, a blank line and one 0x01 signature line. text must end in a newline. */
void tlog_note_sign(struct buf *out, struct view text, const struct tlog_vkey *key,
                    const struct ed25519_secret *secret);

#endif
