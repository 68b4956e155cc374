/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The root vouches for the change as a whole, and the card inside carries the signature
 * of every new key: so neither can be claimed by the other's holder alone.
 */
#include "record/key_change.h"

#include "base/cleanup.h"
#include "codec/time_text.h"
#include "record/object.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum status record_key_change_append_text(struct view card_note, int64_t date_s,
                                          struct buf *out, struct error *err)
{
	char date[TIME_TEXT_LEN + 1];
	struct record_card card;

	TRY(record_card_open(card_note, &card, err));
	time_text_encode(date_s, date);
	buf_printf(out,
	           RECORD_TYPE_KEY_CHANGE
	           "\n{\"aldis\":1,\"name\":\"%s\",\"date\":\"%s\","
	           "\"serial\":%u,\"card\":",
	           card.name.text, date, (unsigned)card.serial);
	json_append_string(out, card_note);
	buf_append_string(out, "}\n");
	return buf_check(out, "the key change", err);
}

struct reading {
	char name[RECORD_NAME_MAX + 1];
	int64_t date_s, serial;
	struct buf card_note; /* owned */
};

static void reading_release(struct reading *reading)
{
	buf_release(&reading->card_note);
}

static enum status read_name(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct reading *reading = context;

	return record_string_read(doc, value, RECORD_NAME_MIN, RECORD_NAME_MAX,
	                          reading->name, err);
}

static enum status read_date(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct reading *reading = context;

	return record_time_read(doc, value, &reading->date_s, err);
}

static enum status read_serial(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	struct reading *reading = context;

	return record_integer_read(doc, value, 1, UINT32_MAX, &reading->serial, err);
}

static enum status read_card(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct reading *reading = context;

	if (value->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "must be a string");
	reading->card_note = BUF_INIT(RECORD_NOTE_MAX);
	json_string_append(doc, value, &reading->card_note);
	return buf_check(&reading->card_note, "the card", err);
}

/* Reads the form of the note and the root's signature under it. */
static enum status note_read(struct view text, const struct record_card *old,
                             struct reading *reading, struct error *err)
{
	static const struct record_member members[] = {
	    {"aldis", true, record_version_read},
	    {"name", true, read_name},
	    {"date", true, read_date},
	    {"serial", true, read_serial},
	    {"card", true, read_card},
	};
	__attribute__((cleanup(json_release))) struct json_doc doc = {0};
	struct tlog_note note;
	struct tlog_vkey vkey;

	TRY(record_root_note_open(text, RECORD_TYPE_KEY_CHANGE, &note, &doc, err));
	TRY(record_object_read(&doc, json_root(&doc), members, COUNT(members), reading,
	                       err));
	if (strcmp(reading->name, old->name.text) != 0)
		return error_set(err, STATUS_CONFLICT, "this is a key change of %s",
		                 reading->name);
	TRY(record_vkey(old->name.text, "root", &old->keys[RECORD_ROLE_ROOT], &vkey,
	                err));
	if (tlog_note_verify(&note, &vkey, err) != STATUS_OK)
		return error_set(err, STATUS_UNTRUSTED,
		                 "the root of %s has not signed this", old->name.text);
	return STATUS_OK;
}

/* A key keeps its role for ever, but that of the next link which takes over. */
static enum status check_roles(const struct record_card *old,
                               const struct record_card *card, struct error *err)
{
	for (int is = 0; is < RECORD_ROLE_COUNT; is++)
		for (int was = 0; was < RECORD_ROLE_COUNT; was++) {
			if (was == is || !old->has_key[was] || !card->has_key[is] ||
			    (was == RECORD_ROLE_LINK_NEXT && is == RECORD_ROLE_LINK))
				continue;
			if (memcmp(&old->keys[was], &card->keys[is],
			           sizeof card->keys[0]) == 0)
				return error_set(err, STATUS_MALFORMED,
				                 "the %s key was the %s key before",
				                 record_role_name(is),
				                 record_role_name(was));
		}
	return STATUS_OK;
}

static enum status check_card(const struct record_card *old,
                              const struct record_card *card,
                              const struct reading *reading, struct error *err)
{
	if (strcmp(card->name.text, reading->name) != 0 ||
	    card->serial != reading->serial)
		return error_set(err, STATUS_MALFORMED,
		                 "the card is not the one that the key change names");
	if (memcmp(&card->keys[RECORD_ROLE_ROOT], &old->keys[RECORD_ROLE_ROOT],
	           sizeof card->keys[0]) != 0)
		return error_set(err, STATUS_UNTRUSTED,
		                 "the card of %s has another root key", card->name.text);
	if (card->serial <= old->serial)
		return error_set(err, STATUS_CONFLICT,
		                 "the card of %s has serial %u, and %u is trusted "
		                 "already",
		                 card->name.text, (unsigned)card->serial,
		                 (unsigned)old->serial);
	return check_roles(old, card, err);
}

enum status record_key_change_open(struct view note, const struct record_card *old,
                                   struct record_card *ret_card,
                                   struct buf *ret_card_note, struct error *err)
{
	__attribute__((cleanup(reading_release))) struct reading reading = {0};
	struct record_card card;
	enum status status = note_read(note, old, &reading, err);

	if (status == STATUS_OK)
		status = record_card_open(buf_view(&reading.card_note), &card, err);
	if (status == STATUS_OK)
		status = check_card(old, &card, &reading, err);
	if (status != STATUS_OK)
		return error_context(err, status, "key change");
	buf_append_view(ret_card_note, buf_view(&reading.card_note));
	TRY(buf_check(ret_card_note, "the card", err));
	*ret_card = card;
	return STATUS_OK;
}
