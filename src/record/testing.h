/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests only: desks with keys that follow from their names, their cards, and charters
 * that all of them have signed. What fails here ends the test.
 */
#ifndef ALDIS_RECORD_TESTING_H
#define ALDIS_RECORD_TESTING_H

#include "record/charter.h"

struct testing_desk {
	struct record_card card;
	struct buf note; /* owned: the signed card */
};

/* The seed of a desk's key, SHA-256("aldis.testing/1 <name> <role>"). */
struct ed25519_seed testing_seed(const char *name, enum record_role role);
/* Its secret key; the caller frees. Not for the box role. */
struct ed25519_secret *testing_secret_new(const char *name, enum record_role role);

/* A card with every key but witness and link_next, serial 1, language "en", dated
 * 2026-11-20T23:49:00Z, with the URL (NULL: none), signed. */
void testing_desk_init(struct testing_desk *ret_desk, const char *name, const char *url);
void testing_desk_release(struct testing_desk *desk);

/* Appends the text of a charter among the desks; template_json NULL: the built-in one. */
void testing_charter_text(const struct testing_desk *desks, size_t desk_count,
                          const char *template_json, struct buf *out);
/* Appends the signature line of one desk's root over the charter's text. */
void testing_charter_sign(const struct testing_desk *desk, struct view text,
                          struct buf *out);
/* Appends the note, signed by all desks. */
void testing_charter_note(const struct testing_desk *desks, size_t desk_count,
                          const char *template_json, struct buf *out);

#endif
