/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything follows from names, so that a failing test fails again the same way.
 */
#include "record/testing.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "crypto/keyfile.h"
#include "crypto/random.h"

enum { DATE_S = 1795218540 }; /* 2026-11-20T23:49:00Z */

static void must(enum status status, const struct error *err)
{
	if (status == STATUS_OK)
		return;
	fprintf(stderr, "testing: %s: %s\n", status_name(status), err->text);
	abort();
}

struct ed25519_seed testing_seed(const char *name, enum record_role role)
{
	char text[200];
	struct ed25519_seed seed;
	struct hash hash;

	(void)snprintf(text, sizeof text, "aldis.testing/1 %s %s", name,
	               record_role_name(role));
	hash = sha256(view_of_string(text));
	memcpy(seed.bytes, hash.bytes, sizeof seed.bytes);
	return seed;
}

struct ed25519_secret *testing_secret_new(const char *name, enum record_role role)
{
	struct ed25519_seed seed = testing_seed(name, role);
	struct ed25519_secret *secret = NULL;
	struct error err = {0};

	must(crypto_init(&err), &err);
	must(ed25519_secret_new(&seed, &secret, &err), &err);
	return secret;
}

static struct ed25519_public public_key(const char *name, enum record_role role)
{
	struct ed25519_public key;

	if (role == RECORD_ROLE_BOX) {
		struct ed25519_seed seed = testing_seed(name, role);
		struct x25519_public box = x25519_public_of(&seed);

		memcpy(key.bytes, box.bytes, sizeof key.bytes);
	} else {
		struct ed25519_secret *secret = testing_secret_new(name, role);

		key = ed25519_secret_public(secret);
		ed25519_secret_free(secret);
	}
	return key;
}

static void card_sign(struct testing_desk *desk)
{
	const struct record_card *card = &desk->card;
	struct error err = {0};

	desk->note = BUF_INIT(RECORD_NOTE_MAX);
	must(record_card_append_text(card, &desk->note, &err), &err);
	buf_append_byte(&desk->note, '\n');
	for (size_t i = 0; i < RECORD_ROLE_COUNT; i++) {
		struct ed25519_secret *secret;

		if (!card->has_key[i] || i == RECORD_ROLE_BOX)
			continue;
		secret = testing_secret_new(card->name.text, i);
		must(record_card_append_signature(card, i, secret, &desk->note, &err),
		     &err);
		ed25519_secret_free(secret);
	}
}

void testing_desk_init(struct testing_desk *ret_desk, const char *name, const char *url)
{
	static const enum record_role roles[] = {RECORD_ROLE_ROOT, RECORD_ROLE_LOG,
	                                         RECORD_ROLE_MIRROR, RECORD_ROLE_BOX,
	                                         RECORD_ROLE_LINK};
	struct record_card *card = &ret_desk->card;
	struct error err = {0};

	*ret_desk = (struct testing_desk){0};
	must(crypto_init(&err), &err);
	must(record_name_decode(view_of_string(name), &card->name, &err), &err);
	card->serial = 1;
	card->date_s = DATE_S;
	strcpy(card->languages[card->language_count++], "en");
	if (url != NULL)
		(void)snprintf(card->urls[card->url_count++], sizeof card->urls[0], "%s",
		               url);
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
		card->has_key[roles[i]] = true;
		card->keys[roles[i]] = public_key(name, roles[i]);
	}
	card_sign(ret_desk);
}

void testing_desk_release(struct testing_desk *desk)
{
	buf_release(&desk->note);
}

void testing_charter_text(const struct testing_desk *desks, size_t desk_count,
                          const char *template_json, struct buf *out)
{
	CLEANUP_FREE struct record_card *cards = calloc(desk_count, sizeof *cards);
	CLEANUP_FREE struct view *notes = calloc(desk_count, sizeof *notes);
	struct record_charter_draft draft = {
	    .cards = cards,
	    .card_notes = notes,
	    .card_count = desk_count,
	    .date_s = DATE_S,
	    .nonce = "testing nonce 16",
	};
	struct error err = {0};

	if (cards == NULL || notes == NULL)
		abort();
	for (size_t i = 0; i < desk_count; i++) {
		cards[i] = desks[i].card;
		notes[i] = buf_view(&desks[i].note);
	}
	if (template_json != NULL)
		draft.template_json = view_of_string(template_json);
	must(record_charter_draft(&draft, out, &err), &err);
}

void testing_charter_sign(const struct testing_desk *desk, struct view text,
                          struct buf *out)
{
	const char *name = desk->card.name.text;
	struct ed25519_secret *secret = testing_secret_new(name, RECORD_ROLE_ROOT);
	struct ed25519_signature signature = ed25519_sign(secret, text);
	struct tlog_vkey vkey;
	struct error err = {0};

	must(record_vkey(name, "root", &desk->card.keys[RECORD_ROLE_ROOT], &vkey, &err),
	     &err);
	tlog_note_append_line(out, &vkey,
	                      view_of(signature.bytes, sizeof signature.bytes));
	ed25519_secret_free(secret);
}

void testing_charter_note(const struct testing_desk *desks, size_t desk_count,
                          const char *template_json, struct buf *out)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);

	testing_charter_text(desks, desk_count, template_json, &text);
	buf_append_view(out, buf_view(&text));
	buf_append_byte(out, '\n');
	for (size_t i = 0; i < desk_count; i++)
		testing_charter_sign(&desks[i], buf_view(&text), out);
}
