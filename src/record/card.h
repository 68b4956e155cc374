/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cards: a desk's signed description of itself, and its fingerprint. Source:
 * aldis.md 1.4, 1.5.
 *
 * JSON of a card (all members required but witness, link_next and the URLs, which may be
 * empty):
 *   {"aldis":1,"name":"north.example","serial":1,"date":"2026-11-20T23:49:00Z",
 *    "languages":["en"],"urls":["https://192.0.2.7:8600"],
 *    "keys":{"root":"b64","log":"b64","mirror":"b64","box":"b64","link":"b64",
 *            "link_next":"b64","witness":"b64"}}
 * Keys are 32 raw bytes (link keys Ed25519 too). The text is signed by the root
 * ("<desk>/root") and by every Ed25519 signing key it names (log "<desk>/log", mirror
 * "<desk>/mirror", witness
 * "<desk>/witness", link "<desk>/link", link_next "<desk>/link-next"), each as a plain
 * 0x01 line. The box key can't sign; the root vouches for it.
 */
#ifndef ALDIS_RECORD_CARD_H
#define ALDIS_RECORD_CARD_H

#include "record/name.h"
#include "record/root_note.h"

enum { RECORD_URLS_MAX = 8, RECORD_URL_LEN_MAX = 300, RECORD_LANGUAGES_MAX = 16 };

enum record_role {
	RECORD_ROLE_ROOT,
	RECORD_ROLE_LOG,
	RECORD_ROLE_MIRROR,
	RECORD_ROLE_WITNESS,
	RECORD_ROLE_BOX,
	RECORD_ROLE_LINK,
	RECORD_ROLE_LINK_NEXT,
	RECORD_ROLE_COUNT
};
/* "root", "log", "mirror", "witness", "box", "link", "link-next". */
const char *record_role_name(enum record_role role);

struct record_card {
	struct record_name name;
	uint32_t serial;
	int64_t date_s;
	char languages[RECORD_LANGUAGES_MAX][16];
	size_t language_count;
	char urls[RECORD_URLS_MAX][RECORD_URL_LEN_MAX + 1];
	size_t url_count;
	bool has_key[RECORD_ROLE_COUNT];
	struct ed25519_public keys[RECORD_ROLE_COUNT]; /* box: X25519 bytes */
};

/* Appends the card's text (type line, JSON, newline), unsigned. */
MUST_USE enum status record_card_append_text(const struct record_card *card,
                                             struct buf *out, struct error *err);

/* Appends one signature line of a role's key over the card's text. */
MUST_USE enum status record_card_append_signature(const struct record_card *card,
                                                  enum record_role role,
                                                  const struct ed25519_secret *secret,
                                                  struct buf *out, struct error *err);

/* Parses a whole card note and verifies that the root and every signing key it names
 * signed it, that no key occurs twice in it. MALFORMED, UNTRUSTED. */
MUST_USE enum status record_card_open(struct view note, struct record_card *ret_card,
                                      struct error *err);

/* Do the two cards (of different desks) share a public key in any role? */
bool record_card_shares_key(const struct record_card *a, const struct record_card *b);

/* 12 groups of five digits, separated by blanks: "01234 56789 …";
 * SHA-256("aldis.fingerprint/1" || name || root key), group i = bytes [5i, 5i+5) of the
 * hash as a big-endian number modulo 100,000. (SHA-256 gives 32 bytes; 12 groups need 60:
 * the digest is extended by SHA-256(digest || 0x01).) */
enum { RECORD_FINGERPRINT_LEN = 12 * 5 + 11 };
void record_fingerprint(const struct record_card *card,
                        char ret_text[RECORD_FINGERPRINT_LEN + 1]);

#endif
