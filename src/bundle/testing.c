/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A channel without desks: the bytes that desks would have made.
 */
#include "bundle/testing.h"

#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "record/amendment.h"
#include "record/blob.h"
#include "record/key_change.h"
#include "tlog/bundle.h"
#include "tlog/cosignature.h"
#include "tlog/proof_file.h"

enum { START_S = 1795218540 }; /* 2026-11-20T23:49:00Z */

static const char *const names[TESTING_DESKS_MAX] = {"north.example", "south.example",
                                                     "east.example", "west.example"};

static void must(enum status status, const struct error *err)
{
	if (status == STATUS_OK)
		return;
	fprintf(stderr, "testing: %s: %s\n", status_name(status), err->text);
	abort();
}

static void *more(void *array, size_t count, size_t size)
{
	void *grown = reallocarray(array, count + 1, size);

	if (grown == NULL)
		abort();
	return grown;
}

/* Writing */

void testing_channel_append(struct testing_channel *channel, size_t author,
                            struct view entry, struct view blob)
{
	struct testing_log *log = &channel->logs[author];

	log->entries = more(log->entries, log->count, sizeof *log->entries);
	struct testing_entry *item = &log->entries[log->count++];
	*item = (struct testing_entry){.entry = BUF_INIT(SIZE_MAX),
	                               .blob = BUF_INIT(SIZE_MAX)};
	buf_append_view(&item->entry, entry);
	buf_append_view(&item->blob, blob);
	test_tree_add(&log->tree, entry);
}

void testing_log_empty(struct testing_log *log)
{
	for (size_t i = 0; i < log->count; i++) {
		buf_release(&log->entries[i].entry);
		buf_release(&log->entries[i].blob);
	}
	free(log->entries);
	log->entries = NULL;
	log->count = 0;
	test_tree_release(&log->tree);
	log->tree = (struct test_tree){0};
}

/* Salts follow from what is salted and its place. */
static void salt_of(const struct testing_log *log, const char *use, struct view content,
                    uint8_t ret_salt[RECORD_SALT_LEN])
{
	CLEANUP_BUF struct buf place = BUF_INIT(SIZE_MAX);
	struct hash hash;

	buf_printf(&place, "%s %s %zu", use, log->origin, log->count);
	hash = sha256_2(buf_view(&place), content);
	memcpy(ret_salt, hash.bytes, RECORD_SALT_LEN);
}

static struct record_blob_ref make_blob(const struct testing_log *log, const char *use,
                                        struct view content, struct buf *ret_blob)
{
	uint8_t salt[RECORD_SALT_LEN];

	salt_of(log, use, content, salt);
	*ret_blob = BUF_INIT(SIZE_MAX);
	record_blob_append(ret_blob, salt, content);
	return (struct record_blob_ref){.id = sha256(buf_view(ret_blob)),
	                                .size = content.len};
}

/* Attachments are salted by their content alone, so that one can be named twice. */
static struct record_blob_ref attach(struct testing_log *log, struct view content,
                                     bool is_kept)
{
	static const uint8_t salt[RECORD_SALT_LEN] = "salt of a test";
	struct buf blob = BUF_INIT(SIZE_MAX);

	record_blob_append(&blob, salt, content);
	struct record_blob_ref ref = {.id = sha256(buf_view(&blob)), .size = content.len};
	if (!is_kept) {
		buf_release(&blob);
		return ref;
	}
	log->attachments =
	    more(log->attachments, log->attachment_count, sizeof *log->attachments);
	log->attachments[log->attachment_count++] =
	    (struct testing_attachment){.id = ref.id, .blob = blob};
	return ref;
}

void testing_channel_write(struct testing_channel *channel, size_t author,
                           const struct testing_message *message)
{
	struct testing_log *log = &channel->logs[author];
	CLEANUP_BUF struct buf entry = BUF_INIT(TLOG_ENTRY_MAX);
	CLEANUP_BUF struct buf blob = {0};
	struct record_blob_ref attachments[4];
	struct record_envelope envelope = {
	    .line = "technical",
	    .sent_s = channel->now_s++,
	    .seen = (struct record_seen *)message->seen,
	    .seen_count = message->seen_count,
	    .to = (struct record_name *)message->to,
	    .to_count = message->to_count,
	    .has_re = message->re != NULL,
	    .has_body = message->body != NULL,
	    .attachments = attachments,
	    .attachment_count = message->attachment_count,
	};
	struct error err = {0};

	if (message->re != NULL)
		envelope.re = *message->re;
	if (message->tlp != NULL)
		(void)snprintf(envelope.tlp, sizeof envelope.tlp, "%s", message->tlp);
	(void)snprintf(envelope.kind, sizeof envelope.kind, "%s", message->kind);
	salt_of(log, "entry", view_of("", 0), envelope.salt);
	if (message->body != NULL)
		envelope.body =
		    make_blob(log, "body", view_of_string(message->body), &blob);
	for (size_t i = 0; i < message->attachment_count; i++)
		attachments[i] = attach(log, message->attachments[i],
		                        !message->is_attachment_withheld);
	must(record_envelope_append(&envelope, &entry, &err), &err);
	testing_channel_append(channel, author, buf_view(&entry), buf_view(&blob));
}

void testing_channel_fill(struct testing_channel *channel, size_t author, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char body[100];

		(void)snprintf(body, sizeof body,
		               "{\"language\":\"en\",\"text\":\"message %zu\"}", i);
		struct testing_message message = {.kind = "text", .body = body};
		testing_channel_write(channel, author, &message);
	}
}

static const struct record_charter *newest_charter(const struct testing_channel *channel)
{
	return channel->amendment_count > 0 ? &channel->newest : &channel->charter;
}

static void open_log(struct testing_channel *channel, size_t author, size_t desk,
                     uint32_t generation, const struct hash *log_end)
{
	struct testing_log *log = &channel->logs[author];
	struct record_origin origin = {.desk = channel->desks[desk].card.name,
	                               .channel.hash = channel->charter.digest,
	                               .generation = generation};
	char digest[HASH_HEX_LEN + 1], end[HASH_HEX_LEN + 1] = "", body[300];

	log->desk = desk;
	if (channel->log_count <= author)
		channel->log_count = author + 1;
	record_origin_encode(&origin, log->origin);
	bundle_log_folder(log->origin, log->folder);
	hash_hex(&newest_charter(channel)->digest, digest);
	if (log_end != NULL)
		hash_hex(log_end, end);
	(void)snprintf(body, sizeof body, "{\"charter\":\"%s\"%s%s%s}", digest,
	               log_end ? ",\"log_end\":\"" : "", end, log_end ? "\"" : "");
	struct testing_message message = {.kind = "open", .body = body};
	testing_channel_write(channel, author, &message);
}

void testing_card_sign(const struct record_card *card, const char *keys_of,
                       struct buf *out)
{
	struct error err = {0};

	*out = BUF_INIT(RECORD_NOTE_MAX);
	must(record_card_append_text(card, out, &err), &err);
	buf_append_byte(out, '\n');
	for (enum record_role role = 0; role < RECORD_ROLE_COUNT; role++) {
		if (role == RECORD_ROLE_BOX || !card->has_key[role])
			continue;
		struct ed25519_secret *secret = testing_secret_new(keys_of, role);
		must(record_card_append_signature(card, role, secret, out, &err), &err);
		ed25519_secret_free(secret);
	}
}

void testing_channel_begin(struct testing_channel *channel)
{
	struct tlog_note note;
	struct error err = {0};

	channel->charter_note = BUF_INIT(RECORD_NOTE_MAX);
	channel->now_s = START_S;
	testing_charter_note(channel->desks, channel->desk_count, channel->template_json,
	                     &channel->charter_note);
	must(tlog_note_parse(buf_view(&channel->charter_note), &note, &err), &err);
	must(record_charter_decode(note.text, &channel->charter, &err), &err);
	for (size_t i = 0; i < channel->desk_count; i++)
		open_log(channel, i, i, 1, NULL);
}

void testing_channel_open(struct testing_channel *channel, size_t desk_count)
{
	*channel = (struct testing_channel){.desk_count = desk_count};
	for (size_t i = 0; i < desk_count; i++)
		testing_desk_init(&channel->desks[i], names[i], NULL);
	testing_channel_begin(channel);
}

static void release_log(struct testing_log *log)
{
	testing_log_empty(log);
	for (size_t i = 0; i < log->attachment_count; i++)
		buf_release(&log->attachments[i].blob);
	free(log->attachments);
	buf_release(&log->checkpoint);
}

void testing_channel_release(struct testing_channel *channel)
{
	for (size_t i = 0; i < channel->desk_count; i++)
		testing_desk_release(&channel->desks[i]);
	for (size_t i = 0; i < channel->log_count; i++)
		release_log(&channel->logs[i]);
	for (size_t i = 0; i < TESTING_PAPERS_MAX; i++) {
		buf_release(&channel->amendments[i]);
		buf_release(&channel->log_ends[i]);
		buf_release(&channel->older_cards[i]);
	}
	record_charter_release(&channel->charter);
	record_charter_release(&channel->newest);
	record_charter_release(&channel->before_newest);
	buf_release(&channel->charter_note);
}

struct hash testing_channel_root(struct testing_channel *channel, size_t author,
                                 uint64_t size)
{
	struct hash root;
	struct error err = {0};

	must(tlog_subtree_root(0, size, test_tree_read, &channel->logs[author].tree,
	                       &root, &err),
	     &err);
	return root;
}

/* Signing */

static struct ed25519_secret *secret_of(const struct testing_channel *channel,
                                        size_t desk, enum record_role role)
{
	const char *keys_of = channel->keys_of[desk];

	if (keys_of == NULL || role == RECORD_ROLE_ROOT)
		keys_of = channel->desks[desk].card.name.text;
	return testing_secret_new(keys_of, role);
}

static void checkpoint_text(struct testing_channel *channel, size_t author,
                            const struct hash *root, struct buf *out)
{
	const struct testing_log *log = &channel->logs[author];
	struct tlog_checkpoint checkpoint = {.size = log->count, .root = *root};

	(void)snprintf(checkpoint.origin, sizeof checkpoint.origin, "%s", log->origin);
	tlog_checkpoint_append(out, &checkpoint);
}

static void sign(struct testing_channel *channel, size_t author, struct view text,
                 struct buf *out)
{
	size_t desk = channel->logs[author].desk;
	const struct record_card *card = &channel->desks[desk].card;
	struct ed25519_secret *secret = secret_of(channel, desk, RECORD_ROLE_LOG);
	struct tlog_vkey key;
	struct error err = {0};

	must(record_log_vkey(channel->logs[author].origin, &card->keys[RECORD_ROLE_LOG],
	                     &key, &err),
	     &err);
	tlog_note_sign(out, text, &key, secret);
	ed25519_secret_free(secret);
}

static void cosign(struct testing_channel *channel, size_t holder, int64_t time_s,
                   struct view text, struct buf *out)
{
	const struct record_card *card = &channel->desks[holder].card;
	struct ed25519_secret *secret = secret_of(channel, holder, RECORD_ROLE_MIRROR);
	struct tlog_vkey key;
	struct error err = {0};

	must(record_vkey(card->name.text, "mirror", &card->keys[RECORD_ROLE_MIRROR], &key,
	                 &err),
	     &err);
	tlog_cosignature_sign(out, &key, secret, (uint64_t)time_s, text);
	ed25519_secret_free(secret);
}

void testing_channel_sign(struct testing_channel *channel, size_t author, uint64_t size,
                          struct buf *out)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TLOG_NOTE_MAX);
	struct tlog_checkpoint checkpoint = {.size = size};

	(void)snprintf(checkpoint.origin, sizeof checkpoint.origin, "%s",
	               channel->logs[author].origin);
	checkpoint.root = testing_channel_root(channel, author, size);
	tlog_checkpoint_append(&text, &checkpoint);
	sign(channel, author, buf_view(&text), out);
}

void testing_channel_cosign(struct testing_channel *channel, size_t holder,
                            int64_t time_s, struct buf *note)
{
	CLEANUP_BUF struct buf line = BUF_INIT(TLOG_NOTE_MAX);
	struct tlog_note parsed;
	struct error err = {0};

	must(tlog_note_parse(buf_view(note), &parsed, &err), &err);
	cosign(channel, holder, time_s, parsed.text, &line);
	buf_append_view(note, buf_view(&line));
}

void testing_channel_seal_as(struct testing_channel *channel, size_t author,
                             const struct hash *root)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TLOG_NOTE_MAX);
	struct buf *note = &channel->logs[author].checkpoint;

	buf_release(note);
	*note = BUF_INIT(TLOG_NOTE_MAX);
	checkpoint_text(channel, author, root, &text);
	sign(channel, author, buf_view(&text), note);
	for (size_t i = 0; i < channel->desk_count; i++)
		if (i != channel->logs[author].desk)
			cosign(channel, i, channel->now_s++, buf_view(&text), note);
}

void testing_channel_seal(struct testing_channel *channel)
{
	for (size_t i = 0; i < channel->log_count; i++) {
		struct hash root = tlog_tree_root(&channel->logs[i].tree.tree);

		testing_channel_seal_as(channel, i, &root);
	}
}

void testing_channel_receipt(struct testing_channel *channel, size_t author,
                             uint64_t index, size_t holder, bool has_extra,
                             struct buf *out)
{
	struct testing_log *log = &channel->logs[author];
	CLEANUP_BUF struct buf text = BUF_INIT(TLOG_NOTE_MAX);
	CLEANUP_BUF struct buf note = BUF_INIT(TLOG_NOTE_MAX);
	CLEANUP_BUF struct buf extra = BUF_INIT(TLOG_NOTE_MAX);
	struct tlog_proof_file file = {.has_extra = has_extra, .index = index};
	struct error err = {0};

	struct hash root = tlog_tree_root(&log->tree.tree);
	checkpoint_text(channel, author, &root, &text);
	sign(channel, author, buf_view(&text), &note);
	cosign(channel, holder, channel->now_s, buf_view(&text), &note);
	must(tlog_proof_inclusion(index, log->count, test_tree_read, &log->tree,
	                          &file.proof, &err),
	     &err);
	base64_append(&extra, buf_view(&log->entries[index].entry));
	file.extra_base64 = buf_view(&extra);
	file.checkpoint = buf_view(&note);
	tlog_proof_file_append(out, &file);
}

/* Serving */

static enum status serve_tile(const struct testing_log *log, const struct tlog_tile *tile,
                              struct buf *out, struct error *err)
{
	size_t first = tile->index * TLOG_TILE_WIDTH;

	if (tile->width > tlog_tile_width(log->count, tile->level, tile->index))
		return error_set(err, STATUS_NOT_FOUND, "no such tile");
	for (size_t i = first; i < first + tile->width; i++) {
		if (tile->is_entries && i < log->base)
			tlog_bundle_append(out, hash_view(&log->tree.nodes[0][i]));
		else if (tile->is_entries)
			tlog_bundle_append(out, buf_view(&log->entries[i].entry));
		else
			buf_append_view(out,
			                hash_view(&log->tree.nodes[8 * tile->level][i]));
	}
	return STATUS_OK;
}

static enum status serve_blobs(const struct testing_log *log, struct view name,
                               struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf as_entries = BUF_INIT(BUNDLE_PATH_MAX);
	struct tlog_tile tile;

	buf_append_string(&as_entries, "tile/entries/");
	buf_append_view(&as_entries, name);
	TRY(tlog_tile_parse(buf_view(&as_entries), &tile, err));
	size_t first = tile.index * TLOG_TILE_WIDTH;
	if (first + tile.width > log->count)
		return error_set(err, STATUS_NOT_FOUND, "no such bodies");
	for (size_t i = first; i < first + tile.width; i++) {
		struct view blob = buf_view(&log->entries[i].blob);

		if (i < log->base)
			blob.len = 0;
		buf_append_u32(out, (uint32_t)blob.len);
		buf_append_view(out, blob);
	}
	return STATUS_OK;
}

static enum status serve_attachment(const struct testing_log *log, struct view hex,
                                    struct buf *out, struct error *err)
{
	struct hash id;

	size_t mark = view_find(hex, view_of_string("?entry="));

	if (mark != SIZE_MAX) {
		uint64_t index = strtoull((const char *)hex.data + mark + 7, NULL, 10);

		assert_true(index < log->count);
		buf_append_view(out, buf_view(&log->entries[index].blob));
		return STATUS_OK;
	}
	TRY(hex_decode_exact(hex, id.bytes, sizeof id.bytes, err));
	for (size_t i = 0; i < log->attachment_count; i++)
		if (hash_equal(&log->attachments[i].id, &id)) {
			buf_append_view(out, buf_view(&log->attachments[i].blob));
			return STATUS_OK;
		}
	return error_set(err, STATUS_NOT_FOUND, "no such attachment");
}

static bool take_prefix(struct view *path, const char *prefix)
{
	struct view expected = view_of_string(prefix);

	if (!view_has_prefix(*path, expected))
		return false;
	*path = view_from(*path, expected.len);
	return true;
}

static enum status serve(struct testing_channel *channel, struct view path,
                         struct buf *out, struct error *err)
{
	bool is_blob = take_prefix(&path, "/blob/");
	bool is_own = !is_blob && take_prefix(&path, "/log/");
	struct tlog_tile tile;

	if (!is_blob && !is_own && !take_prefix(&path, "/mirror/"))
		return error_set(err, STATUS_NOT_FOUND, "no such path");
	for (size_t i = 0; i < channel->log_count; i++) {
		const struct testing_log *log = &channel->logs[i];

		if (!take_prefix(&path, log->folder) || !take_prefix(&path, "/"))
			continue;
		if (is_blob)
			return serve_attachment(log, path, out, err);
		if (is_own != (log->desk == channel->exporter) ||
		    log->checkpoint.len == 0)
			break;
		if (take_prefix(&path, "blobs/"))
			return channel->serves_one_by_one
			           ? error_set(err, STATUS_LIMIT,
			                       "too large for one answer")
			           : serve_blobs(log, path, out, err);
		if (view_equal_string(path, "checkpoint")) {
			buf_append_view(out, buf_view(&log->checkpoint));
			return STATUS_OK;
		}
		if (take_prefix(&path, "checkpoint/")) {
			testing_channel_sign(
			    channel, i, strtoull((const char *)path.data, NULL, 10), out);
			for (size_t holder = 0; holder < channel->desk_count; holder++)
				if (holder != log->desk)
					testing_channel_cosign(channel, holder,
					                       channel->now_s, out);
			return STATUS_OK;
		}
		TRY(tlog_tile_parse(path, &tile, err));
		return serve_tile(log, &tile, out, err);
	}
	return error_set(err, STATUS_NOT_FOUND, "no such log");
}

static enum status fetch(void *context, const char *path, struct buf *ret_body,
                         struct error *err)
{
	struct testing_channel *channel = context;
	size_t len = strlen(path), end = channel->missing ? strlen(channel->missing) : 0;

	if (end > 0 && end <= len && strcmp(path + len - end, channel->missing) == 0)
		return error_set(err, STATUS_NOT_FOUND, "not held");
	TRY(serve(channel, view_of_string(path), ret_body, err));
	if (channel->falsify)
		channel->falsify(channel->falsify_context, path, ret_body);
	return STATUS_OK;
}

void testing_channel_source(struct testing_channel *channel,
                            struct testing_source *ret_source)
{
	ret_source->secret = secret_of(channel, channel->exporter, RECORD_ROLE_LINK);
	ret_source->source = (struct bundle_export_source){
	    .exporter = names[channel->exporter],
	    .link_secret = ret_source->secret,
	    .date_s = channel->now_s,
	    .charter_notes = ret_source->charters,
	    .charter_count = 1 + channel->amendment_count,
	    .log_end_notes = ret_source->log_ends,
	    .log_end_count = channel->log_end_count,
	    .card_notes = ret_source->cards,
	    .card_count = channel->desk_count + channel->older_card_count,
	    .logs = ret_source->logs,
	    .log_count = channel->log_count,
	    .fetch = fetch,
	    .fetch_context = channel,
	};
	ret_source->charters[0] = buf_view(&channel->charter_note);
	for (size_t i = 0; i < TESTING_PAPERS_MAX; i++) {
		ret_source->charters[1 + i] = buf_view(&channel->amendments[i]);
		ret_source->log_ends[i] = buf_view(&channel->log_ends[i]);
		ret_source->cards[channel->desk_count + i] =
		    buf_view(&channel->older_cards[i]);
	}
	for (size_t i = 0; i < channel->desk_count; i++)
		ret_source->cards[i] = buf_view(&channel->desks[i].note);
	for (size_t i = 0; i < channel->log_count; i++)
		ret_source->logs[i] = (struct bundle_export_log){
		    .origin = channel->logs[i].origin,
		    .is_own = channel->logs[i].desk == channel->exporter,
		    .base = channel->logs[i].base};
}

void testing_source_release(struct testing_source *source)
{
	ed25519_secret_free(source->secret);
	source->secret = NULL;
}

enum status testing_channel_export(struct testing_channel *channel,
                                   const char *out_folder, struct error *err)
{
	struct testing_source source;
	enum status status;

	testing_channel_source(channel, &source);
	status = bundle_export(&source.source, out_folder, err);
	testing_source_release(&source);
	return status;
}

/* What changes over time */

static void sign_text(const struct testing_channel *channel, struct view text,
                      unsigned signers, struct buf *out)
{
	buf_append_view(out, text);
	buf_append_byte(out, '\n');
	for (size_t i = 0; i < channel->desk_count; i++)
		if (signers & 1u << i)
			testing_charter_sign(&channel->desks[i], text, out);
}

void testing_channel_amend(struct testing_channel *channel,
                           const struct testing_amendment *how)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	struct buf *note = &channel->amendments[channel->amendment_count];
	struct record_card cards[TESTING_DESKS_MAX];
	struct view notes[TESTING_DESKS_MAX];
	struct record_charter_draft draft = {.previous = newest_charter(channel),
	                                     .cards = cards,
	                                     .card_notes = notes,
	                                     .card_count = how->joining_count,
	                                     .history_none = how->history_none,
	                                     .removed = how->removed,
	                                     .removed_count = how->removed_count,
	                                     .date_s = channel->now_s,
	                                     .nonce = "amended nonce 16"};
	struct record_charter next = {0};
	struct error err = {0};

	for (size_t i = 0; i < how->joining_count; i++) {
		cards[i] = channel->desks[how->joining[i]].card;
		notes[i] = buf_view(&channel->desks[how->joining[i]].note);
	}
	if (how->template_json != NULL)
		draft.template_json = view_of_string(how->template_json);
	must(record_charter_draft(&draft, &text, &err), &err);
	must(record_charter_decode(buf_view(&text), &next, &err), &err);
	record_charter_release(&channel->before_newest);
	channel->before_newest = channel->newest;
	channel->newest = next;
	*note = BUF_INIT(RECORD_NOTE_MAX);
	sign_text(channel, buf_view(&text), how->signers, note);
	channel->amendment_count++;
}

void testing_channel_follow(struct testing_channel *channel, size_t log)
{
	CLEANUP_BUF struct buf body = BUF_INIT(RECORD_BODY_MAX);
	size_t last = channel->amendment_count - 1;
	const struct record_charter *before =
	    last == 0 ? &channel->charter : &channel->before_newest;
	struct testing_message message = {.kind = "charter.amend"};
	struct error err = {0};

	must(record_amendment_body_append(before, buf_view(&channel->amendments[last]),
	                                  &body, &err),
	     &err);
	buf_append_byte(&body, '\0');
	message.body = (const char *)body.data;
	testing_channel_write(channel, log, &message);
}

void testing_channel_join(struct testing_channel *channel, const char *name)
{
	testing_desk_init(&channel->desks[channel->desk_count++], name, NULL);
}

void testing_channel_open_late(struct testing_channel *channel, size_t desk)
{
	open_log(channel, channel->log_count, desk, 1, NULL);
}

static void renew_card(struct testing_channel *channel, size_t desk, const char *keys_of)
{
	struct testing_desk *it = &channel->desks[desk], other;
	struct error err = {0};

	channel->older_cards[channel->older_card_count++] = buf_take(&it->note);
	channel->keys_of[desk] = keys_of;
	testing_desk_init(&other, keys_of, NULL);
	it->card.serial++;
	for (enum record_role role = 0; role < RECORD_ROLE_COUNT; role++)
		if (role != RECORD_ROLE_ROOT)
			it->card.keys[role] = other.card.keys[role];
	testing_desk_release(&other);
	it->note = BUF_INIT(RECORD_NOTE_MAX);
	must(record_card_append_text(&it->card, &it->note, &err), &err);
	buf_append_byte(&it->note, '\n');
	for (enum record_role role = 0; role < RECORD_ROLE_COUNT; role++) {
		if (role == RECORD_ROLE_BOX || !it->card.has_key[role])
			continue;
		struct ed25519_secret *secret = secret_of(channel, desk, role);
		must(record_card_append_signature(&it->card, role, secret, &it->note,
		                                  &err),
		     &err);
		ed25519_secret_free(secret);
	}
}

void testing_channel_change_keys(struct testing_channel *channel, size_t desk,
                                 const char *keys_of, size_t signer)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX),
	                       note = BUF_INIT(RECORD_NOTE_MAX),
	                       body = BUF_INIT(RECORD_BODY_MAX);
	struct testing_message message = {.kind = "key.change"};
	struct error err = {0};

	renew_card(channel, desk, keys_of);
	must(record_key_change_append_text(buf_view(&channel->desks[desk].note),
	                                   channel->now_s, &text, &err),
	     &err);
	sign_text(channel, buf_view(&text), 1u << signer, &note);
	buf_append_string(&body, "{\"note\":");
	json_append_string(&body, buf_view(&note));
	buf_append(&body, "}", 2);
	message.body = (const char *)body.data;
	testing_channel_write(channel, desk, &message);
}

void testing_channel_end_log(struct testing_channel *channel, size_t log, uint64_t size,
                             unsigned signers)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	const struct testing_log *ended = &channel->logs[log];
	struct buf *note = &channel->log_ends[channel->log_end_count++];
	struct record_log_end end = {.size = size, .date_s = channel->now_s};
	struct error err = {0};

	memcpy(end.origin, ended->origin, sizeof ended->origin);
	end.root = testing_channel_root(channel, log, size);
	must(record_log_end_append_text(&end, &text, &err), &err);
	*note = BUF_INIT(RECORD_NOTE_MAX);
	sign_text(channel, buf_view(&text), signers, note);
	end.digest = sha256(buf_view(&text));
	open_log(channel, channel->log_count, ended->desk, 2, &end.digest);
}

/* Folders */

void testing_folder_make(char ret_path[TESTING_PATH_MAX])
{
	const char *base = getenv("TMPDIR");

	(void)snprintf(ret_path, TESTING_PATH_MAX, "%s/aldis-test-XXXXXX",
	               base != NULL ? base : "/tmp");
	if (mkdtemp(ret_path) == NULL)
		abort();
}

static int remove_one(const char *path, const struct stat *info, int type,
                      struct FTW *where)
{
	(void)info, (void)type, (void)where;
	return remove(path);
}

void testing_folder_remove(const char *path)
{
	(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
