/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cards, written in one form and read strictly: unknown members and unsigned keys are
 * refused.
 */
#include "record/card.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "codec/time_text.h"
#include "record/object.h"

static const char *const role_names[RECORD_ROLE_COUNT] = {
    "root", "log", "mirror", "witness", "box", "link", "link-next",
};

/* Roles in the order in which a card lists them, with their names in JSON. */
static const struct {
	enum record_role role;
	const char *member;
	bool required;
} card_keys[RECORD_ROLE_COUNT] = {
    {RECORD_ROLE_ROOT, "root", true},        {RECORD_ROLE_LOG, "log", true},
    {RECORD_ROLE_MIRROR, "mirror", true},    {RECORD_ROLE_BOX, "box", true},
    {RECORD_ROLE_LINK, "link", true},        {RECORD_ROLE_LINK_NEXT, "link_next", false},
    {RECORD_ROLE_WITNESS, "witness", false},
};

const char *record_role_name(enum record_role role)
{
	return role_names[role];
}

/* Writing */

static void strings_append(struct buf *out, const char *first, size_t stride,
                           size_t count)
{
	buf_append_byte(out, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_append_byte(out, ',');
		json_append_string(out, view_of_string(first + i * stride));
	}
	buf_append_byte(out, ']');
}

static void keys_append(const struct record_card *card, struct buf *out)
{
	const char *separator = "{";

	for (size_t i = 0; i < RECORD_ROLE_COUNT; i++) {
		enum record_role role = card_keys[i].role;

		if (!card->has_key[role])
			continue;
		buf_printf(out, "%s\"%s\":\"", separator, card_keys[i].member);
		base64_append(out, view_of(card->keys[role].bytes, 32));
		buf_append_byte(out, '"');
		separator = ",";
	}
	buf_append_byte(out, '}');
}

enum status record_card_append_text(const struct record_card *card, struct buf *out,
                                    struct error *err)
{
	char date[TIME_TEXT_LEN + 1];

	for (size_t i = 0; i < RECORD_ROLE_COUNT; i++)
		if (card_keys[i].required && !card->has_key[card_keys[i].role])
			return error_set(err, STATUS_BUG, "the card lacks its %s key",
			                 card_keys[i].member);
	time_text_encode(card->date_s, date);
	buf_printf(out, "%s\n{\"aldis\":1,\"name\":\"%s\",\"serial\":%u,\"date\":\"%s\"",
	           RECORD_TYPE_CARD, card->name.text, (unsigned)card->serial, date);
	buf_append_string(out, ",\"languages\":");
	strings_append(out, card->languages[0], sizeof card->languages[0],
	               card->language_count);
	buf_append_string(out, ",\"urls\":");
	strings_append(out, card->urls[0], sizeof card->urls[0], card->url_count);
	buf_append_string(out, ",\"keys\":");
	keys_append(card, out);
	buf_append_string(out, "}\n");
	return buf_check(out, "the card", err);
}

/* Under a card every line is a plain 0x01 line, also those of mirror and witness: the
 * text's first line keeps it apart from a cosignature. */
static enum status card_vkey(const struct record_card *card, enum record_role role,
                             struct tlog_vkey *ret_vkey, struct error *err)
{
	char name[TLOG_NAME_MAX + 1];

	(void)snprintf(name, sizeof name, "%s/%s", card->name.text, role_names[role]);
	return tlog_vkey_init(ret_vkey, name, TLOG_KEY_ED25519, &card->keys[role], err);
}

enum status record_card_append_signature(const struct record_card *card,
                                         enum record_role role,
                                         const struct ed25519_secret *secret,
                                         struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	struct ed25519_public public_key = ed25519_secret_public(secret);
	struct ed25519_signature signature;
	struct tlog_vkey vkey;

	if (role == RECORD_ROLE_BOX || !card->has_key[role] ||
	    memcmp(public_key.bytes, card->keys[role].bytes, 32) != 0)
		return error_set(err, STATUS_BUG,
		                 "the secret key is not the card's %s key",
		                 role_names[role]);
	TRY(card_vkey(card, role, &vkey, err));
	TRY(record_card_append_text(card, &text, err));
	signature = ed25519_sign(secret, buf_view(&text));
	tlog_note_append_line(out, &vkey, view_of(signature.bytes, 64));
	return buf_check(out, "the card", err);
}

/* Reading */

static enum status read_name(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct record_card *card = context;
	char text[RECORD_NAME_MAX + 1];

	TRY(record_string_read(doc, value, RECORD_NAME_MIN, RECORD_NAME_MAX, text, err));
	return record_name_decode(view_of_string(text), &card->name, err);
}

static enum status read_serial(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	struct record_card *card = context;
	int64_t serial;

	TRY(record_integer_read(doc, value, 1, UINT32_MAX, &serial, err));
	card->serial = (uint32_t)serial;
	return STATUS_OK;
}

static enum status read_date(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct record_card *card = context;

	return record_time_read(doc, value, &card->date_s, err);
}

static enum status read_languages(const struct json_doc *doc,
                                  const struct json_token *value, void *context,
                                  struct error *err)
{
	struct record_card *card = context;

	return record_languages_read(doc, value, card->languages, &card->language_count,
	                             err);
}

static bool url_check(const char *url)
{
	if (strncmp(url, "https://", 8) != 0 || url[8] == '\0' || url[8] == '/')
		return false;
	for (const char *at = url; *at != '\0'; at++)
		if (*at <= ' ' || *at >= 0x7f || strchr("\"<>\\^`{|}#", *at) != NULL)
			return false;
	return true;
}

static enum status read_urls(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct record_card *card = context;

	TRY(record_array_check(value, 0, RECORD_URLS_MAX, err));
	for (const struct json_token *url = json_first(doc, value); url != NULL;
	     url = json_next(doc, value, url)) {
		char *text = card->urls[card->url_count];

		TRY(record_string_read(doc, url, 1, RECORD_URL_LEN_MAX, text, err));
		if (!url_check(text))
			return error_set(err, STATUS_MALFORMED,
			                 "must be https URLs of plain ASCII");
		card->url_count++;
	}
	return STATUS_OK;
}

static size_t key_index(const struct json_doc *doc, const struct json_token *name)
{
	for (size_t i = 0; i < RECORD_ROLE_COUNT; i++)
		if (json_string_is(doc, name, card_keys[i].member))
			return i;
	return SIZE_MAX;
}

static enum status read_keys(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct record_card *card = context;
	const struct json_token *key;

	if (value->type != JSON_OBJECT)
		return error_set(err, STATUS_MALFORMED, "must be an object");
	for (const struct json_token *name = json_first(doc, value); name != NULL;
	     name = json_next(doc, value, key)) {
		size_t i = key_index(doc, name);

		key = json_next(doc, value, name);
		if (i == SIZE_MAX)
			return error_set(err, STATUS_MALFORMED, "has an unknown role");
		TRY(record_base64_read(doc, key, card->keys[card_keys[i].role].bytes, 32,
		                       err));
		card->has_key[card_keys[i].role] = true;
	}
	for (size_t i = 0; i < RECORD_ROLE_COUNT; i++)
		if (card_keys[i].required && !card->has_key[card_keys[i].role])
			return error_set(err, STATUS_MALFORMED, "%s is missing",
			                 card_keys[i].member);
	return STATUS_OK;
}

static enum status card_decode(const struct json_doc *doc, struct record_card *card,
                               struct error *err)
{
	static const struct record_member members[] = {
	    {"aldis", true, record_version_read},
	    {"name", true, read_name},
	    {"serial", true, read_serial},
	    {"date", true, read_date},
	    {"languages", true, read_languages},
	    {"urls", false, read_urls},
	    {"keys", true, read_keys},
	};

	return record_object_read(doc, json_root(doc), members,
	                          sizeof members / sizeof members[0], card, err);
}

/* Does a key of a occur in b in another place? Of one card with itself: in another
 * role. */
static bool keys_overlap(const struct record_card *a, const struct record_card *b)
{
	for (size_t i = 0; i < RECORD_ROLE_COUNT; i++)
		for (size_t j = 0; j < RECORD_ROLE_COUNT; j++)
			if (a->has_key[i] && b->has_key[j] && !(a == b && i == j) &&
			    memcmp(a->keys[i].bytes, b->keys[j].bytes, 32) == 0)
				return true;
	return false;
}

bool record_card_shares_key(const struct record_card *a, const struct record_card *b)
{
	return keys_overlap(a, b);
}

static enum status card_verify(const struct record_card *card,
                               const struct tlog_note *note, struct error *err)
{
	for (size_t i = 0; i < RECORD_ROLE_COUNT; i++) {
		struct tlog_vkey vkey;
		enum status status;

		if (i == RECORD_ROLE_BOX || !card->has_key[i])
			continue;
		TRY(card_vkey(card, i, &vkey, err));
		status = tlog_note_verify(note, &vkey, err);
		if (status == STATUS_NOT_FOUND)
			return error_set(err, STATUS_UNTRUSTED,
			                 "the card of %s is not signed by its %s key",
			                 card->name.text, role_names[i]);
		if (status != STATUS_OK)
			return error_context(err, status, "the card of %s, %s key",
			                     card->name.text, role_names[i]);
	}
	return STATUS_OK;
}

static enum status card_open(struct view text, struct json_doc *doc,
                             struct record_card *card, struct error *err)
{
	struct tlog_note note;
	enum status status;

	TRY(record_root_note_open(text, RECORD_TYPE_CARD, &note, doc, err));
	status = card_decode(doc, card, err);
	if (status != STATUS_OK)
		return error_context(err, status, "the card");
	if (keys_overlap(card, card))
		return error_set(err, STATUS_MALFORMED,
		                 "the card of %s uses one key in two roles",
		                 card->name.text);
	return card_verify(card, &note, err);
}

enum status record_card_open(struct view note, struct record_card *ret_card,
                             struct error *err)
{
	struct json_doc doc = {0};
	struct record_card card = {0};
	enum status status = card_open(note, &doc, &card, err);

	json_release(&doc);
	if (status == STATUS_OK)
		*ret_card = card;
	return status;
}

/* Fingerprint */

void record_fingerprint(const struct record_card *card,
                        char ret_text[RECORD_FINGERPRINT_LEN + 1])
{
	CLEANUP_BUF struct buf input = BUF_INIT(256);
	struct hash digests[2];
	uint8_t bytes[64];
	char *at = ret_text;

	buf_append_string(&input, "aldis.fingerprint/1");
	buf_append_string(&input, card->name.text);
	digests[0] =
	    sha256_2(buf_view(&input), view_of(card->keys[RECORD_ROLE_ROOT].bytes, 32));
	digests[1] = sha256_2(hash_view(&digests[0]), view_of("\x01", 1));
	memcpy(bytes, digests[0].bytes, 32);
	memcpy(bytes + 32, digests[1].bytes, 32);
	for (size_t group = 0; group < 12; group++) {
		uint64_t number = 0;

		for (size_t i = 0; i < 5; i++)
			number = number << 8 | bytes[group * 5 + i];
		at += sprintf(at, "%s%05u", group == 0 ? "" : " ",
		              (unsigned)(number % 100000));
	}
}
