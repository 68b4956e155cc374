/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pouches: parts, joining them, and opening one with the box key of its reader. Nothing
 * is written, and the key is wiped.
 */
#include "pouch/pouch.h"

#include <assert.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/time_text.h"
#include "crypto/random.h"
#include "libaldis/result.h"
#include "pouch/contents.h"
#include "pouch/join.h"
#include "record/blob.h"

static_assert(ALDIS_HASH_LEN == HASH_HEX_LEN + 1, "room for a hash");

#define LLU(value) ((unsigned long long)(value))

struct aldis_pouch {
	struct pouch_join join;
};

/* Parts */

static void fill_part(const struct pouch_part *part, struct aldis_pouch_part *ret_part)
{
	*ret_part = (struct aldis_pouch_part){.number = part->number,
	                                      .count = part->count,
	                                      .size = part->size,
	                                      .len = (uint32_t)part->bytes.len};
	memcpy(ret_part->from, part->address.from.text, sizeof ret_part->from);
	memcpy(ret_part->to, part->address.to.text, sizeof ret_part->to);
	memcpy(ret_part->box, part->address.box.bytes, sizeof ret_part->box);
	hash_hex(&part->address.channel.hash, ret_part->channel);
	hash_hex(&part->pouch, ret_part->pouch);
}

/* A part; one that is all of its pouch must be what its head names. */
static enum status read_part(struct view file, struct pouch_part *ret_part,
                             struct error *err)
{
	struct hash whole;

	TRY(pouch_part_parse(file, ret_part, err));
	whole = sha256(ret_part->bytes);
	if (ret_part->count == 1 && (ret_part->bytes.len != ret_part->size ||
	                             !hash_equal(&whole, &ret_part->pouch)))
		return error_set(err, STATUS_MALFORMED,
		                 "this is not the pouch that its head names");
	return STATUS_OK;
}

PUBLIC enum aldis_answer aldis_pouch_part_read(struct aldis_bytes file,
                                               struct aldis_pouch_part *part, char *error)
{
	struct pouch_part found;
	struct error err = {0};

	libaldis_begin(error);
	if (!libaldis_is_usable(file) || part == NULL)
		return libaldis_usage(error);
	enum status status = read_part(view_of_bytes(file), &found, &err);
	if (status == STATUS_OK)
		fill_part(&found, part);
	return libaldis_answer_of(status, &err, error);
}

enum status libaldis_pouch_verify_part(struct view file, struct aldis_result *result,
                                       struct error *err)
{
	char channel[HASH_HEX_LEN + 1], pouch[HASH_HEX_LEN + 1];
	struct error why = {0};
	struct pouch_part part;
	enum status status = read_part(file, &part, &why);

	result->found.kind = BUNDLE_POUCH_PART;
	result->found.file_count = 1;
	result->found.byte_count = file.len;
	if (status == STATUS_OK) {
		hash_hex(&part.address.channel.hash, channel);
		hash_hex(&part.pouch, pouch);
		bundle_say(&result->found,
		           "part %u of %u of a pouch from %s for %s, channel %s, "
		           "undamaged: %zu of %u bytes of the pouch %s",
		           part.number, part.count, part.address.from.text,
		           part.address.to.text, channel, part.bytes.len, part.size,
		           pouch);
		bundle_say(&result->found,
		           "%s alone can open it; who made it is not proven, what is in "
		           "it proves itself when it is opened",
		           part.address.to.text);
	}
	enum status closed = bundle_result_close(&result->found, status, "", &why);
	if (closed != STATUS_OK && err != NULL)
		*err = why;
	return closed;
}

/* Joining */

PUBLIC enum aldis_answer aldis_pouch_add(struct aldis_pouch **pouch,
                                         struct aldis_bytes file, char *error)
{
	struct pouch_part part;
	struct error err = {0};

	libaldis_begin(error);
	if (pouch == NULL || !libaldis_is_usable(file))
		return libaldis_usage(error);
	enum status status = pouch_part_parse(view_of_bytes(file), &part, &err);
	if (status == STATUS_OK && *pouch == NULL) {
		*pouch = calloc(1, sizeof **pouch);
		if (*pouch == NULL)
			status =
			    error_set(&err, STATUS_NO_MEMORY, "no memory for a pouch");
	}
	if (status == STATUS_OK)
		status = pouch_join_add(&(*pouch)->join, &part, &err);
	return libaldis_answer_of(status, &err, error);
}

PUBLIC size_t aldis_pouch_missing(const struct aldis_pouch *pouch, uint32_t *numbers,
                                  size_t number_count)
{
	size_t count = 0;

	if (pouch == NULL || pouch->join.parts == NULL)
		return 0;
	for (uint32_t n = 1; n <= pouch->join.head.count; n++) {
		if (pouch_join_has(&pouch->join, n))
			continue;
		if (numbers != NULL && count < number_count)
			numbers[count] = n;
		count++;
	}
	return count;
}

PUBLIC struct aldis_bytes aldis_pouch_sealed(const struct aldis_pouch *pouch)
{
	if (pouch == NULL)
		return ALDIS_NO_BYTES;
	return bytes_of_view(pouch_join_whole(&pouch->join));
}

PUBLIC void aldis_pouch_free(struct aldis_pouch *pouch)
{
	if (pouch == NULL)
		return;
	pouch_join_release(&pouch->join);
	free(pouch);
}

/* Opening */

struct opening {
	const struct pouch_address *address;
	struct view sealed;
	const char *key_path, *passphrase;
	struct bundle_trust trust;
	struct aldis_result *result;
	struct buf content; /* owned */
	struct pouch_contents contents;
};

/* That the key can't be read, or is another one, says nothing about the pouch. */
static enum status read_key(const struct opening *opening, struct ed25519_seed *ret_seed,
                            struct error *err)
{
	const struct pouch_address *address = opening->address;

	TRY(keyfile_read(opening->key_path, "box", address->to.text, opening->passphrase,
	                 ret_seed, err));
	struct x25519_public box = x25519_public_of(ret_seed);
	if (memcmp(box.bytes, address->box.bytes, sizeof box.bytes) != 0) {
		crypto_wipe(ret_seed, sizeof *ret_seed);
		return error_set(err, STATUS_UNTRUSTED,
		                 "the pouch names another box key of %s than this one",
		                 address->to.text);
	}
	return STATUS_OK;
}

static enum status unseal(struct opening *opening, const struct ed25519_seed *seed,
                          struct error *err)
{
	struct box_sealed_key sealed;
	struct box_key key;

	TRY(pouch_sealed_key(opening->sealed, &sealed, err));
	TRY(box_key_open(&sealed, seed, &key, err));
	enum status status =
	    pouch_open(opening->address, opening->sealed, &key, &opening->content, err);
	crypto_wipe(&key, sizeof key);
	return status;
}

static enum status read_contents(struct opening *opening, const struct ed25519_seed *seed,
                                 struct error *err)
{
	TRY(unseal(opening, seed, err));
	return pouch_contents_read(buf_view(&opening->content), opening->address,
	                           opening->trust.cards, opening->trust.count,
	                           &opening->contents, err);
}

static enum status fill_logs(struct opening *opening, struct error *err)
{
	const struct pouch_contents *contents = &opening->contents;
	struct aldis_result *result = opening->result;

	result->logs = calloc(contents->checkpoint_count + 1, sizeof *result->logs);
	if (result->logs == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for a pouch");
	for (size_t i = 0; i < contents->checkpoint_count; i++) {
		const struct pouch_checkpoint *found = &contents->checkpoints[i];
		struct libaldis_log *log = &result->logs[result->log_count++];

		memcpy(log->checkpoint.origin, found->checkpoint.origin,
		       sizeof log->checkpoint.origin);
		log->checkpoint.size = found->checkpoint.size;
		memcpy(log->checkpoint.root, found->checkpoint.root.bytes,
		       sizeof log->checkpoint.root);
		log->numbers[ALDIS_LOG_SIGNED] = found->is_signed;
		log->numbers[ALDIS_LOG_HELD_S] = found->held_s;
	}
	return STATUS_OK;
}

static enum status fill_messages(struct opening *opening, struct error *err)
{
	const struct pouch_contents *contents = &opening->contents;
	struct aldis_result *result = opening->result;
	const char *maker = opening->address->from.text;

	for (size_t i = 0; i < contents->entry_count; i++) {
		const struct pouch_entry *entry = &contents->entries[i];
		struct libaldis_new_message message = {.desk = maker,
		                                       .index = entry->index,
		                                       .has_no_id =
		                                           contents->generation != 1,
		                                       .is_full = !entry->lacks_body,
		                                       .is_proven = entry->is_proven,
		                                       .entry = entry->entry,
		                                       .body = entry->content};

		TRY(libaldis_messages_add(&result->messages, &message, err));
	}
	for (size_t i = 0; i < contents->blob_count; i++) {
		const struct pouch_blob *blob = &contents->blobs[i];

		result->found.body_count += blob->is_body ? 1 : 0;
		result->found.attachment_count += blob->is_attachment ? 1 : 0;
		if (blob->is_body && !blob->is_attachment)
			continue;
		TRY(libaldis_messages_add_file(&result->messages, &blob->id,
		                               record_blob_content(blob->blob), err));
	}
	return STATUS_OK;
}

static enum status fill_desks(struct opening *opening, struct error *err)
{
	const struct record_name *names[] = {&opening->address->from,
	                                     &opening->address->to};

	for (size_t i = 0; i < 2; i++) {
		const struct record_card *card =
		    bundle_trust_find(&opening->trust, names[i]->text);

		if (card != NULL)
			TRY(bundle_result_add_desk(&opening->result->found, card,
			                           &opening->trust, err));
	}
	return STATUS_OK;
}

static void say_checkpoint(const struct opening *opening,
                           const struct pouch_checkpoint *found)
{
	struct bundle_result *result = &opening->result->found;
	const char *maker = opening->address->from.text;
	unsigned long long size = LLU(found->checkpoint.size);
	char held[TIME_TEXT_LEN + 1];

	if (found->is_makers && found->is_signed)
		bundle_say(result, "%s signed its log (%s) of %llu entries", maker,
		           found->checkpoint.origin, size);
	else if (found->is_makers)
		bundle_say(result,
		           "not checked: that %s signed its log (%s) of %llu entries; "
		           "give its card",
		           maker, found->checkpoint.origin, size);
	else if (found->is_signed && found->is_held) {
		time_text_encode((int64_t)found->held_s, held);
		bundle_say(result, "%s held the first %llu entries of the log %s at %s",
		           maker, size, found->checkpoint.origin, held);
	} else
		bundle_say(result,
		           "not checked: that %s held the first %llu entries of the log "
		           "%s; give the cards of both",
		           maker, size, found->checkpoint.origin);
}

static void say_entries(const struct opening *opening)
{
	const struct pouch_contents *contents = &opening->contents;
	struct bundle_result *result = &opening->result->found;
	size_t proven = 0, last = contents->entry_count - 1, other = 0;

	for (size_t i = 0; i < contents->entry_count; i++)
		proven += contents->entries[i].is_proven ? 1 : 0;
	for (size_t i = 0; i < contents->blob_count; i++)
		other += contents->blobs[i].is_body || contents->blobs[i].is_attachment
		             ? 0
		             : 1;
	if (contents->entry_count > 0)
		bundle_say(result,
		           "it brings entries #%llu to #%llu of %s; %zu of %zu are shown "
		           "to be in the log that it signed",
		           LLU(contents->entries[0].index),
		           LLU(contents->entries[last].index),
		           opening->address->from.text, proven, contents->entry_count);
	if (proven < contents->entry_count)
		bundle_say(result,
		           "the others go on behind what only %s holds, or there is no "
		           "card to check with",
		           opening->address->to.text);
	if (contents->blob_count > 0)
		bundle_say(result,
		           "%llu bodies and %llu attachments of these entries, and %zu "
		           "of entries that are not in it",
		           LLU(result->body_count), LLU(result->attachment_count), other);
	if (contents->needs > 0)
		bundle_say(result, "it is of use to who holds %llu entries of %s already",
		           LLU(contents->needs), opening->address->from.text);
}

static void say_all(const struct opening *opening)
{
	bundle_say(&opening->result->found,
	           "a pouch from %s for %s, opened with the box key of %s; who made it "
	           "is not proven, what is in it proves itself or not",
	           opening->address->from.text, opening->address->to.text,
	           opening->address->to.text);
	for (size_t i = 0; i < opening->contents.checkpoint_count; i++)
		say_checkpoint(opening, &opening->contents.checkpoints[i]);
	say_entries(opening);
}

static enum status fill_result(struct opening *opening, struct error *err)
{
	struct bundle_result *found = &opening->result->found;

	TRY(fill_logs(opening, err));
	TRY(fill_messages(opening, err));
	TRY(fill_desks(opening, err));
	found->log_count = opening->contents.checkpoint_count;
	found->entry_count = opening->contents.entry_count;
	say_all(opening);
	return STATUS_OK;
}

static enum status open_pouch(struct opening *opening, struct error *err)
{
	struct bundle_result *found = &opening->result->found;
	struct ed25519_seed seed;
	struct error why = {0};

	TRY(read_key(opening, &seed, err));
	enum status status = read_contents(opening, &seed, &why);
	crypto_wipe(&seed, sizeof seed);
	found->kind = BUNDLE_POUCH;
	found->byte_count = opening->sealed.len;
	if (status == STATUS_OK)
		status = fill_result(opening, &why);
	status = bundle_result_close(found, status, "", &why);
	if (status != STATUS_OK && err != NULL)
		*err = why;
	found->is_anchored = found->is_anchored && opening->contents.is_proven;
	return status;
}

static enum status open_new(const struct aldis_pouch *pouch, const char *key_path,
                            const char *passphrase,
                            const struct bundle_verify_options *options,
                            struct aldis_result **ret_result, struct error *err)
{
	struct opening opening = {.address = &pouch->join.head.address,
	                          .sealed = pouch_join_whole(&pouch->join),
	                          .key_path = key_path,
	                          .passphrase = passphrase,
	                          .result = calloc(1, sizeof *opening.result),
	                          .content = BUF_INIT(POUCH_CONTENT_MAX)};
	enum status status = crypto_init_verifier(err);

	if (status == STATUS_OK && opening.result == NULL)
		status = error_set(err, STATUS_NO_MEMORY, "no memory for a pouch");
	if (status == STATUS_OK && opening.sealed.len == 0)
		status =
		    error_set(err, STATUS_NOT_FOUND, "parts of the pouch are missing");
	if (status == STATUS_OK)
		status = bundle_trust_read(&opening.trust, options, err);
	if (status == STATUS_OK)
		status = open_pouch(&opening, err);
	bundle_trust_release(&opening.trust);
	pouch_contents_release(&opening.contents);
	buf_release(&opening.content);
	if (status == STATUS_OK)
		*ret_result = opening.result;
	else
		aldis_result_free(opening.result);
	return status;
}

PUBLIC enum aldis_answer aldis_pouch_open(const struct aldis_pouch *pouch,
                                          const char *key_path, const char *passphrase,
                                          const struct aldis_bytes *cards,
                                          size_t card_count, struct aldis_result **result,
                                          char *error)
{
	struct bundle_verify_options options = {.card_count = card_count};
	struct error err = {0};

	libaldis_begin(error);
	if (result != NULL)
		*result = NULL;
	if (pouch == NULL || key_path == NULL || result == NULL ||
	    !libaldis_are_usable(cards, card_count))
		return libaldis_usage(error);
	CLEANUP_FREE struct view *views = libaldis_views(cards, card_count);
	if (views == NULL)
		return libaldis_no_memory(error);
	options.cards = views;
	if (open_new(pouch, key_path, passphrase, &options, result, &err) != STATUS_OK)
		return libaldis_tell(ALDIS_FAILED, &err, error);
	return libaldis_answer_result(*result);
}
