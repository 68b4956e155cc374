/* SPDX-License-Identifier: Apache-2.0 */
/* Charters over time: amendments signed by all or not, members that come late or leave,
 * keys that change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/base64.h"
#include "store/memory.h"
#include "world.h"

enum { NORTH, SOUTH, WEST };

struct fixture {
	struct world world;
	struct buf first; /* the charter of north and south, signed */
};

static struct desk *desk_of(struct fixture *f, size_t desk)
{
	return f->world.desks[desk].desk;
}

static void join(struct fixture *f, size_t desk, struct view notes)
{
	struct error err;
	bool is_open;
	desk_turn_begin(desk_of(f, desk), f->world.now_ms);
	assert_int_equal(desk_join(desk_of(f, desk), notes, &is_open, NULL, &err),
	                 STATUS_OK);
	assert_int_equal(desk_turn_end(desk_of(f, desk), &err), STATUS_OK);
}

/* North and south share a channel, west looks on. */
static void start(struct fixture *f)
{
	struct testing_desk desks[2];
	*f = (struct fixture){.first = BUF_INIT(RECORD_NOTE_MAX)};
	world_init_bare(&f->world, 3);
	for (size_t i = 0; i < 2; i++)
		desks[i] = f->world.desks[i].testing;
	testing_charter_note(desks, 2, NULL, &f->first);
	join(f, NORTH, buf_view(&f->first));
	join(f, SOUTH, buf_view(&f->first));
	world_settle(&f->world);
}

static void stop(struct fixture *f)
{
	world_release(&f->world);
	buf_release(&f->first);
}

static const struct record_charter *charter_of(struct fixture *f, size_t desk)
{
	struct desk_channel_info info;
	desk_channel(desk_of(f, desk), 0, &info);
	return info.charter;
}

struct change {
	const char *template_json;
	size_t added;   /* a desk, or 0: none */
	size_t removed; /* likewise */
	bool history_none;
	char mark; /* 0: the usual nonce */
};

/* Appends the text of an amendment of what north has in force. */
static void draft(struct fixture *f, const struct change *change, struct buf *out)
{
	struct testing_desk *added = &f->world.desks[change->added].testing;
	struct view note = buf_view(&added->note);
	struct record_name removed = f->world.desks[change->removed].testing.card.name;
	struct record_charter_draft draft = {
	    .previous = charter_of(f, NORTH),
	    .cards = &added->card,
	    .card_notes = &note,
	    .card_count = change->added ? 1 : 0,
	    .history_none = change->history_none,
	    .removed = &removed,
	    .removed_count = change->removed ? 1 : 0,
	    .date_s = 1795218600,
	    .nonce = "testing nonce 17",
	    .template_json =
	        view_of_string(change->template_json ? change->template_json : "")};
	struct error err;
	if (change->mark)
		draft.nonce[0] = (uint8_t)change->mark;
	enum status status = record_charter_draft(&draft, out, &err);
	if (status != STATUS_OK)
		fail_msg("%s", err.text);
}

static void sign(struct fixture *f, const struct buf *text, unsigned desks,
                 struct buf *ret_note)
{
	buf_clear(ret_note);
	buf_append_view(ret_note, buf_view(text));
	buf_append_byte(ret_note, '\n');
	for (size_t i = 0; i < f->world.desk_count; i++)
		if (desks & 1U << i)
			testing_charter_sign(&f->world.desks[i].testing, buf_view(text),
			                     ret_note);
}

static void amend(struct fixture *f, const struct change *change, unsigned signers,
                  struct buf *ret_note)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	draft(f, change, &text);
	sign(f, &text, signers, ret_note);
}

/* West becomes a member, all know it; chain: the notes by which it joined. */
static void take_west_in(struct fixture *f, struct buf *ret_note, struct buf *ret_chain)
{
	amend(f, &(struct change){.added = WEST}, 7, ret_note);
	join(f, NORTH, buf_view(ret_note));
	buf_append_view(ret_chain, buf_view(&f->first));
	buf_append_view(ret_chain, buf_view(ret_note));
	join(f, WEST, buf_view(ret_chain));
	world_pass(&f->world, 180000);
}

static size_t entries(struct fixture *f, size_t desk, const char *whose)
{
	struct desk_channel_info info;
	desk_channel(desk_of(f, desk), 0, &info);
	for (size_t i = 0; i < info.log_count; i++) {
		struct desk_log_info log;
		desk_log(desk_of(f, desk), 0, i, &log);
		if (strcmp(log.desk, whose) == 0)
			return log.is_own ? log.signed_size : log.cosigned_size;
	}
	return 0;
}

/* The kind of an entry as a desk shows it; "malformed" when it is. */
static void kind_of(struct fixture *f, size_t desk, const char *whose, uint64_t index,
                    char ret_kind[RECORD_KIND_LEN_MAX + 1])
{
	struct record_message_id id = {.index = index};
	struct desk_message message;
	struct error err;
	snprintf(id.desk.text, sizeof id.desk.text, "%s", whose);
	assert_int_equal(desk_message_read(desk_of(f, desk), 0, &id, &message, &err),
	                 STATUS_OK);
	snprintf(ret_kind, RECORD_KIND_LEN_MAX + 1, "%s",
	         message.is_malformed ? "malformed" : message.envelope->kind);
}

static bool has_kind(struct fixture *f, size_t desk, const char *whose, const char *kind)
{
	char found[RECORD_KIND_LEN_MAX + 1];
	for (uint64_t i = 0; i < entries(f, desk, whose); i++) {
		kind_of(f, desk, whose, i, found);
		if (strcmp(found, kind) == 0)
			return true;
	}
	return false;
}

static enum status submit(struct fixture *f, size_t desk, const char *kind,
                          const char *body)
{
	struct desk_draft it = {.kind = kind, .body = view_of_string(body)};
	struct record_message_id id;
	struct error err;
	desk_turn_begin(desk_of(f, desk), f->world.now_ms);
	enum status status = desk_submit(desk_of(f, desk), 0, &it, &id, &err);
	assert_int_equal(desk_turn_end(desk_of(f, desk), &err), STATUS_OK);
	world_settle(&f->world);
	return status;
}

static const char only_text[] = "{\"kinds\":{\"allowed\":[\"text\",\"leave\"]},"
                                "\"duties\":[]}";

static void an_amendment_signed_by_all_governs_what_is_written_after_it(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	start(&f);
	amend(&f, &(struct change){.template_json = only_text}, 3, &note);
	join(&f, NORTH, buf_view(&note));
	world_settle(&f.world);
	/* south has it from north's entry, and follows */
	assert_int_equal(charter_of(&f, SOUTH)->duty_count, 0);
	assert_true(has_kind(&f, NORTH, "south.example", "charter.amend"));
	assert_true(has_kind(&f, SOUTH, "north.example", "charter.amend"));
	assert_int_equal(
	    submit(&f, SOUTH, "query", "{\"language\":\"en\",\"question\":\"yours?\"}"),
	    STATUS_MALFORMED);
	assert_int_equal(
	    submit(&f, SOUTH, "text", "{\"language\":\"en\",\"text\":\"x\"}"), STATUS_OK);
	assert_true(world_agrees(&f.world));
	for (size_t i = 0; i < 2; i++)
		world_crash(&f.world, i);
	world_settle(&f.world);
	assert_int_equal(charter_of(&f, SOUTH)->duty_count, 0);
	assert_int_equal(charter_of(&f, NORTH)->duty_count, 0);
	stop(&f);
}

static void
an_amendment_that_lacks_a_signature_is_pending_and_changes_nothing(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX),
	                       note = BUF_INIT(RECORD_NOTE_MAX);
	struct desk_charter_info info;
	start(&f);
	draft(&f, &(struct change){.template_json = only_text}, &text);
	sign(&f, &text, 1, &note);
	join(&f, NORTH, buf_view(&note));
	world_settle(&f.world);
	assert_int_not_equal(charter_of(&f, NORTH)->duty_count, 0);
	assert_true(desk_charter(desk_of(&f, NORTH), 0, 1, &info));
	assert_false(info.is_in_force);
	assert_int_equal(info.missing_count, 1);
	assert_string_equal(info.first_missing.text, "south.example");
	assert_false(has_kind(&f, NORTH, "north.example", "charter.amend"));
	world_crash(&f.world, NORTH);
	assert_true(desk_charter(desk_of(&f, NORTH), 0, 1, &info));
	assert_false(info.is_in_force);
	/* the other signature comes alone and is merged */
	sign(&f, &text, 2, &note);
	join(&f, NORTH, buf_view(&note));
	world_settle(&f.world);
	world_pass(&f.world, 120000);
	assert_int_equal(charter_of(&f, SOUTH)->duty_count, 0);
	stop(&f);
}

static void a_member_that_joins_late_gets_the_whole_record(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX),
	                       chain = BUF_INIT(2 * RECORD_NOTE_MAX);
	start(&f);
	for (int i = 0; i < 3; i++)
		assert_int_equal(submit(&f, NORTH, "text",
		                        "{\"language\":\"en\",\"text\":\"before\"}"),
		                 STATUS_OK);
	amend(&f, &(struct change){.added = WEST}, 7, &note);
	join(&f, SOUTH, buf_view(&note));
	world_settle(&f.world);
	buf_append_view(&chain, buf_view(&f.first));
	buf_append_view(&chain, buf_view(&note));
	join(&f, WEST, buf_view(&chain));
	world_pass(&f.world, 180000);
	assert_int_equal(
	    submit(&f, WEST, "text", "{\"language\":\"en\",\"text\":\"here\"}"),
	    STATUS_OK);
	world_pass(&f.world, 60000);
	assert_true(world_agrees(&f.world));
	assert_true(entries(&f, WEST, "north.example") >= 5);
	assert_true(has_kind(&f, NORTH, "west.example", "text"));
	world_crash(&f.world, WEST);
	world_pass(&f.world, 60000);
	assert_true(world_agrees(&f.world));
	stop(&f);
}

static enum status read_one(struct fixture *f, size_t desk, const char *whose,
                            uint64_t index, struct desk_message *ret_message)
{
	struct record_message_id id = {.index = index};
	struct error err;
	snprintf(id.desk.text, sizeof id.desk.text, "%s", whose);
	assert_int_equal(desk_message_read(desk_of(f, desk), 0, &id, ret_message, &err),
	                 STATUS_OK);
	return ret_message->is_malformed ? STATUS_MALFORMED : STATUS_OK;
}

static bool count_row(void *context, uint64_t position,
                      const struct desk_message *message)
{
	assert_false(message->is_malformed);
	++*(size_t *)context;
	return true;
}

static bool wants_nothing(const struct record_envelope *envelope)
{
	return false;
}

static enum status first_row(void *context, const struct desk_entry *entry,
                             struct error *err)
{
	*(uint64_t *)context = entry->index;
	return STATUS_CLOSED;
}

static void who_joins_without_history_gets_hashes_of_what_was_before(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX),
	                       chain = BUF_INIT(2 * RECORD_NOTE_MAX),
	                       tile = BUF_INIT(1 << 20);
	struct desk_message message;
	struct desk_check_result result;
	struct desk_log_info log;
	char path[256];
	struct error err;
	const char *type;
	size_t shown = 0;
	start(&f);
	for (int i = 0; i < 300; i++)
		world_say(&f.world, NORTH, "before");
	world_settle(&f.world);
	amend(&f, &(struct change){.added = WEST, .history_none = true}, 7, &note);
	join(&f, SOUTH, buf_view(&note));
	world_settle(&f.world);
	buf_append_view(&chain, buf_view(&f.first));
	buf_append_view(&chain, buf_view(&note));
	join(&f, WEST, buf_view(&chain));
	world_pass(&f.world, 180000);
	world_say(&f.world, NORTH, "after");
	world_say(&f.world, WEST, "here");
	world_pass(&f.world, 60000);
	assert_true(world_agrees(&f.world));
	assert_int_equal(read_one(&f, WEST, "north.example", 100, &message),
	                 STATUS_MALFORMED);
	assert_non_null(strstr(message.why, "no history"));
	assert_true(has_kind(&f, WEST, "north.example", "text"));
	assert_int_equal(
	    desk_messages(desk_of(&f, WEST), 0, 0, count_row, &shown, NULL, &err),
	    STATUS_OK);
	assert_in_range(shown, 6, 20);
	/* what is walked begins with what is held */
	uint64_t first = 0;
	assert_int_equal(desk_entries(desk_of(&f, WEST), 0, NORTH, 0, wants_nothing,
	                              first_row, &first, &err),
	                 STATUS_OK);
	assert_in_range(first, 300, 320);
	/* north keeps it from west, whatever west asks for */
	desk_log(desk_of(&f, NORTH), 0, NORTH, &log);
	struct hash origin = sha256(view_of_string(log.origin));
	char hex[HASH_HEX_LEN + 1];
	hash_hex(&origin, hex);
	snprintf(path, sizeof path, "/log/%s/tile/entries/000", hex);
	assert_int_equal(world_request(&f.world, NORTH, "west.example", DESK_GET, path,
	                               view_of("", 0)),
	                 404);
	assert_int_equal(world_request(&f.world, NORTH, "south.example", DESK_GET, path,
	                               view_of("", 0)),
	                 200);
	snprintf(path, sizeof path, "/mirror/%s/tile/entries/000", hex);
	/* what west has of them are hashes, and nobody gets even these from it */
	assert_int_equal(
	    desk_read_path(desk_of(&f, WEST), view_of_string(path), &type, &tile, &err),
	    STATUS_OK);
	assert_int_equal(tile.len, 256 * (2 + 32));
	assert_int_equal(world_request(&f.world, WEST, "south.example", DESK_GET, path,
	                               view_of("", 0)),
	                 404);
	world_crash(&f.world, WEST);
	world_pass(&f.world, 60000);
	assert_int_equal(desk_check(desk_of(&f, WEST), &result, &err), STATUS_OK);
	assert_true(world_agrees(&f.world));
	stop(&f);
}

/* West asks for what it may not have in every way in which a member may ask. */
struct greed {
	struct hash id; /* of a body */
	int checkpoints, entries;
	bool got_any;
};

static bool ask_for_all(void *context, const struct world_call *call,
                        struct world_reply *ret_reply)
{
	struct greed *greed = context;
	ret_reply->status = 404;
	if (view_find(buf_view(&call->body), view_of_string("secret")) != SIZE_MAX ||
	    view_find(buf_view(&call->body), view_of_string("\"kind\":\"text\"")) !=
	        SIZE_MAX)
		greed->got_any = true;
	if (strcmp(call->path, "/add-blobs") == 0)
		ret_reply->status = 200;
	if (strcmp(call->path, "/add-checkpoint") == 0) {
		bool is_first = greed->checkpoints++ == 0;
		ret_reply->status = is_first ? 409 : 200;
		buf_append_string(&ret_reply->body, is_first ? "0\n" : "");
	} else if (strcmp(call->path, "/add-entries") == 0 && greed->entries++ < 3) {
		ret_reply->status = 424;
		record_missing_blobs_append(&ret_reply->body, &greed->id);
	}
	return true;
}

static void what_is_withheld_is_not_sent_whatever_is_asked_for(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX),
	                       chain = BUF_INIT(2 * RECORD_NOTE_MAX);
	struct desk_message message;
	struct greed greed = {0};
	start(&f);
	for (int i = 0; i < 20; i++)
		world_say(&f.world, NORTH, "secret");
	world_settle(&f.world);
	assert_int_equal(read_one(&f, SOUTH, "north.example", 5, &message), STATUS_OK);
	greed.id = message.envelope->body.id;
	world_stop(&f.world, WEST);
	f.world.script = ask_for_all;
	f.world.script_context = &greed;
	amend(&f, &(struct change){.added = WEST, .history_none = true}, 7, &note);
	join(&f, SOUTH, buf_view(&note));
	world_pass(&f.world, 180000);
	assert_true(greed.checkpoints > 1 && greed.entries > 1);
	assert_false(greed.got_any);
	stop(&f);
}

/* The change of keys is among what is withheld. */
static void who_joins_without_history_needs_no_old_keys(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX),
	                       chain = BUF_INIT(2 * RECORD_NOTE_MAX);
	struct error err;
	start(&f);
	for (int i = 0; i < 5; i++)
		world_say(&f.world, NORTH, "before");
	world_new_keys(&f.world, NORTH, &note);
	desk_turn_begin(desk_of(&f, NORTH), f.world.now_ms);
	assert_int_equal(desk_key_change(desk_of(&f, NORTH), buf_view(&note), &err),
	                 STATUS_OK);
	assert_int_equal(desk_turn_end(desk_of(&f, NORTH), &err), STATUS_OK);
	world_pass(&f.world, 5000);
	world_switch_keys(&f.world, NORTH);
	world_pass(&f.world, 120000);
	desk_turn_begin(desk_of(&f, WEST), f.world.now_ms);
	assert_int_equal(desk_trust(desk_of(&f, WEST),
	                            buf_view(&f.world.desks[NORTH].testing.note), true,
	                            &err),
	                 STATUS_OK);
	assert_int_equal(desk_turn_end(desk_of(&f, WEST), &err), STATUS_OK);
	amend(&f, &(struct change){.added = WEST, .history_none = true}, 7, &note);
	join(&f, SOUTH, buf_view(&note));
	world_settle(&f.world);
	buf_append_view(&chain, buf_view(&f.first));
	buf_append_view(&chain, buf_view(&note));
	join(&f, WEST, buf_view(&chain));
	world_pass(&f.world, 180000);
	world_say(&f.world, NORTH, "after");
	world_pass(&f.world, 180000);
	assert_true(world_agrees(&f.world));
	assert_true(has_kind(&f, WEST, "north.example", "text"));
	/* west loses its database and gets no more than before */
	world_stop(&f.world, WEST);
	world_lose_store(&f.world, WEST);
	world_start(&f.world, WEST);
	desk_turn_begin(desk_of(&f, WEST), f.world.now_ms);
	assert_int_equal(desk_trust(desk_of(&f, WEST),
	                            buf_view(&f.world.desks[NORTH].testing.note), true,
	                            &err),
	                 STATUS_OK);
	assert_int_equal(desk_turn_end(desk_of(&f, WEST), &err), STATUS_OK);
	join(&f, WEST, buf_view(&chain));
	desk_recover(desk_of(&f, WEST));
	world_pass(&f.world, 300000);
	world_say(&f.world, NORTH, "after");
	world_pass(&f.world, 300000);
	assert_true(world_agrees(&f.world));
	struct desk_message message;
	assert_int_equal(read_one(&f, WEST, "north.example", 2, &message),
	                 STATUS_MALFORMED);
	stop(&f);
}

static void who_has_left_writes_no_more_and_need_not_sign(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX),
	                       chain = BUF_INIT(2 * RECORD_NOTE_MAX);
	start(&f);
	take_west_in(&f, &note, &chain);
	assert_int_equal(submit(&f, SOUTH, "leave", "{\"reason\":\"done\"}"), STATUS_OK);
	assert_int_equal(
	    submit(&f, SOUTH, "text", "{\"language\":\"en\",\"text\":\"x\"}"),
	    STATUS_CLOSED);
	uint64_t size = entries(&f, NORTH, "south.example");
	world_pass(&f.world, 3 * 3600 * 1000);
	assert_int_equal(entries(&f, NORTH, "south.example"), size);
	/* the two that stay go on without it */
	amend(&f, &(struct change){.removed = SOUTH}, 1 << NORTH | 1 << WEST, &note);
	join(&f, NORTH, buf_view(&note));
	world_pass(&f.world, 60000);
	assert_int_equal(charter_of(&f, WEST)->member_count, 2);
	assert_true(has_kind(&f, NORTH, "west.example", "charter.amend"));
	stop(&f);
}

/* A card for west's name that somebody else made, with keys of his own. */
static void make_rival(struct fixture *f, struct buf *ret_note)
{
	static const enum record_role roles[] = {RECORD_ROLE_ROOT, RECORD_ROLE_LOG,
	                                         RECORD_ROLE_MIRROR, RECORD_ROLE_WITNESS,
	                                         RECORD_ROLE_LINK};
	struct record_card card = f->world.desks[WEST].testing.card;
	struct ed25519_secret *secrets[5];
	for (size_t i = 0; i < 5; i++) {
		secrets[i] = testing_secret_new("mallory", roles[i]);
		card.keys[roles[i]] = ed25519_secret_public(secrets[i]);
	}
	assert_int_equal(record_card_append_text(&card, ret_note, NULL), STATUS_OK);
	buf_append_byte(ret_note, '\n');
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(record_card_append_signature(&card, roles[i], secrets[i],
		                                              ret_note, NULL),
		                 STATUS_OK);
		ed25519_secret_free(secrets[i]);
	}
}

/* North trusts another west than all the others do. It has signed all the same. */
static void a_card_that_is_not_trusted_does_not_stop_the_desk(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX),
	                       rival = BUF_INIT(RECORD_NOTE_MAX);
	struct desk_receipt_info info;
	struct error err;
	start(&f);
	make_rival(&f, &rival);
	desk_turn_begin(desk_of(&f, NORTH), f.world.now_ms);
	assert_int_equal(desk_trust(desk_of(&f, NORTH), buf_view(&rival), true, &err),
	                 STATUS_OK);
	assert_int_equal(desk_turn_end(desk_of(&f, NORTH), &err), STATUS_OK);
	amend(&f, &(struct change){.added = WEST}, 7, &note);
	join(&f, SOUTH, buf_view(&note));
	world_pass(&f.world, 120000);
	assert_int_equal(charter_of(&f, NORTH)->member_count, 3);
	assert_true(has_kind(&f, SOUTH, "north.example", "charter.amend"));
	assert_true(desk_receipt(desk_of(&f, NORTH), 0, 1, &info));
	world_crash(&f.world, NORTH);
	world_pass(&f.world, 120000);
	world_say(&f.world, NORTH, "still here");
	stop(&f);
}

/* Whoever hands the signatures on may have put anything beside them. */
static void lines_that_are_no_signatures_are_not_passed_on(void **state)
{
	static uint8_t junk[2900];
	struct fixture f;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct desk_charter_info info;
	start(&f);
	amend(&f, &(struct change){.template_json = only_text}, 3, &note);
	for (int i = 0; i < 80; i++) {
		buf_append_string(&note, "— junk ");
		base64_append(&note, view_of(junk, sizeof junk));
		buf_append_byte(&note, '\n');
	}
	join(&f, NORTH, buf_view(&note));
	world_settle(&f.world);
	assert_true(has_kind(&f, SOUTH, "south.example", "charter.amend"));
	assert_true(desk_charter(desk_of(&f, SOUTH), 0, 1, &info));
	assert_true(info.note.len < 16384);
	stop(&f);
}

static void abandoned_amendments_do_not_keep_others_out(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct desk_charter_info info;
	start(&f);
	for (char mark = 'A'; mark < 'A' + 15; mark++) {
		amend(&f, &(struct change){.template_json = only_text, .mark = mark}, 1,
		      &note);
		join(&f, NORTH, buf_view(&note));
	}
	amend(&f, &(struct change){.template_json = only_text}, 3, &note);
	join(&f, NORTH, buf_view(&note));
	world_settle(&f.world);
	assert_false(desk_charter(desk_of(&f, NORTH), 0, 2, &info));
	world_crash(&f.world, NORTH);
	assert_false(desk_charter(desk_of(&f, NORTH), 0, 2, &info));
	for (char mark = 'a'; mark < 'a' + 15; mark++) {
		amend(&f, &(struct change){.template_json = only_text, .mark = mark}, 1,
		      &note);
		join(&f, NORTH, buf_view(&note));
	}
	stop(&f);
}

/* West hears of the amendment before it hears that south, which has not signed, left. */
static void a_leave_that_comes_late_changes_nothing_in_the_end(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX),
	                       chain = BUF_INIT(2 * RECORD_NOTE_MAX);
	start(&f);
	take_west_in(&f, &note, &chain);
	f.world.desks[WEST].is_cut = true;
	assert_int_equal(submit(&f, SOUTH, "leave", "{\"reason\":\"done\"}"), STATUS_OK);
	f.world.desks[SOUTH].is_cut = true;
	amend(&f, &(struct change){.template_json = only_text}, 1 << NORTH | 1 << WEST,
	      &note);
	join(&f, NORTH, buf_view(&note));
	world_pass(&f.world, 60000);
	assert_int_equal(charter_of(&f, NORTH)->duty_count, 0);
	assert_int_not_equal(charter_of(&f, WEST)->duty_count, 0);
	f.world.desks[WEST].is_cut = false;
	world_pass(&f.world, 300000);
	assert_int_equal(charter_of(&f, WEST)->duty_count, 0);
	assert_true(has_kind(&f, NORTH, "west.example", "charter.amend"));
	stop(&f);
}

/* Restored as a whole to the time before it left, it must still be shown what it signed.
 */
static void who_was_left_out_does_not_fork_after_an_old_backup(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX),
	                       chain = BUF_INIT(2 * RECORD_NOTE_MAX);
	struct desk_log_info log;
	start(&f);
	take_west_in(&f, &note, &chain);
	struct store_memory_snapshot *old =
	    store_memory_snapshot(&f.world.desks[WEST].store);
	assert_int_equal(submit(&f, WEST, "text", "{\"language\":\"en\",\"text\":\"x\"}"),
	                 STATUS_OK);
	assert_int_equal(submit(&f, WEST, "leave", "{}"), STATUS_OK);
	amend(&f, &(struct change){.removed = WEST}, 1 << NORTH | 1 << SOUTH, &note);
	join(&f, NORTH, buf_view(&note));
	world_pass(&f.world, 60000);
	world_stop(&f.world, WEST);
	store_memory_restore(&f.world.desks[WEST].store, old);
	store_memory_snapshot_free(old);
	world_forget_guard(&f.world, WEST);
	world_start(&f.world, WEST);
	world_pass(&f.world, 180000);
	desk_log(desk_of(&f, WEST), 0, 2, &log);
	assert_int_equal(log.state, DESK_LOG_FROZEN);
	desk_recover(desk_of(&f, WEST));
	world_pass(&f.world, 180000);
	desk_log(desk_of(&f, WEST), 0, 2, &log);
	assert_int_equal(log.state, DESK_LOG_READY);
	assert_true(has_kind(&f, WEST, "west.example", "leave"));
	stop(&f);
}

static void keys_change_and_old_signatures_stay(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct error err;
	start(&f);
	f.world.desks[SOUTH].is_cut = true; /* south hears of it late */
	world_new_keys(&f.world, NORTH, &note);
	desk_turn_begin(desk_of(&f, NORTH), f.world.now_ms);
	assert_int_equal(desk_key_change(desk_of(&f, NORTH), buf_view(&note), &err),
	                 STATUS_OK);
	assert_int_equal(desk_turn_end(desk_of(&f, NORTH), &err), STATUS_OK);
	world_turn(&f.world, NORTH);
	world_switch_keys(&f.world, NORTH);
	world_pass(&f.world, 120000);
	f.world.desks[SOUTH].is_cut = false;
	world_pass(&f.world, 120000);
	assert_int_equal(
	    submit(&f, NORTH, "text", "{\"language\":\"en\",\"text\":\"new\"}"),
	    STATUS_OK);
	world_pass(&f.world, 120000);
	assert_true(world_agrees(&f.world));
	assert_true(has_kind(&f, SOUTH, "north.example", "text"));
	struct desk_check_result result;
	for (size_t i = 0; i < 2; i++) {
		world_crash(&f.world, i);
		assert_int_equal(desk_check(desk_of(&f, i), &result, &err), STATUS_OK);
	}
	world_pass(&f.world, 120000);
	assert_true(world_agrees(&f.world));
	stop(&f);
}

static void change_keys(struct fixture *f, size_t desk)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct error err;
	world_new_keys(&f->world, desk, &note);
	desk_turn_begin(desk_of(f, desk), f->world.now_ms);
	assert_int_equal(desk_key_change(desk_of(f, desk), buf_view(&note), &err),
	                 STATUS_OK);
	assert_int_equal(desk_turn_end(desk_of(f, desk), &err), STATUS_OK);
	world_turn(&f->world, desk);
	world_switch_keys(&f->world, desk);
	world_pass(&f->world, 120000);
}

/* South was away while north changed its keys three times. Whether people have handed it
 * the newest card meanwhile or not. */
static void follow_many_changes(bool is_told)
{
	struct fixture f;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX),
	                       chain = BUF_INIT(2 * RECORD_NOTE_MAX);
	struct error err;
	start(&f);
	struct world_desk *north = &f.world.desks[NORTH];
	take_west_in(&f, &note, &chain);
	f.world.desks[SOUTH].is_cut = true;
	for (int i = 0; i < 3; i++) {
		change_keys(&f, NORTH);
		world_say(&f.world, NORTH, "under newer keys");
		world_pass(&f.world, 60000);
	}
	if (is_told) {
		desk_turn_begin(desk_of(&f, SOUTH), f.world.now_ms);
		assert_int_equal(desk_trust(desk_of(&f, SOUTH),
		                            buf_view(&north->testing.note), true, &err),
		                 STATUS_OK);
		assert_int_equal(desk_turn_end(desk_of(&f, SOUTH), &err), STATUS_OK);
	}
	f.world.desks[SOUTH].is_cut = false;
	world_pass(&f.world, 3600000);
	world_say(&f.world, NORTH, "the newest");
	world_pass(&f.world, 120000);
	assert_true(world_agrees(&f.world));
	world_crash(&f.world, SOUTH);
	world_pass(&f.world, 120000);
	assert_true(world_agrees(&f.world));
	stop(&f);
}

/* Left out while it was away, it knows nothing of it; taken in again, it follows. */
static void who_is_left_out_may_come_back(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX),
	                       chain = BUF_INIT(4 * RECORD_NOTE_MAX);
	struct desk_check_result result;
	struct error err;
	start(&f);
	take_west_in(&f, &note, &chain);
	amend(&f, &(struct change){.removed = WEST}, 7, &note);
	buf_append_view(&chain, buf_view(&note));
	join(&f, NORTH, buf_view(&note));
	world_pass(&f.world, 180000);
	/* it goes on talking: nobody listens */
	uint64_t size = entries(&f, NORTH, "west.example");
	world_say(&f.world, WEST, "hello?");
	world_say(&f.world, NORTH, "without west");
	world_pass(&f.world, 2 * 3600 * 1000);
	assert_int_equal(entries(&f, NORTH, "west.example"), size);
	assert_int_equal(entries(&f, SOUTH, "west.example"), size);
	amend(&f, &(struct change){.added = WEST, .mark = 'B'}, 7, &note);
	buf_append_view(&chain, buf_view(&note));
	join(&f, SOUTH, buf_view(&note));
	world_pass(&f.world, 60000);
	join(&f, WEST, buf_view(&chain));
	world_pass(&f.world, 600000);
	world_say(&f.world, WEST, "back");
	world_pass(&f.world, 300000);
	assert_true(world_agrees(&f.world));
	assert_int_equal(charter_of(&f, WEST)->member_count, 3);
	for (size_t i = 0; i < 3; i++) {
		world_crash(&f.world, i);
		if (desk_check(desk_of(&f, i), &result, &err) != STATUS_OK)
			fail_msg("%s", err.text);
	}
	world_pass(&f.world, 300000);
	assert_true(world_agrees(&f.world));
	stop(&f);
}

/* Its own `charter.amend` and `key.change` come back with the log that holds them. */
static void a_recovery_brings_back_amendments_and_key_changes(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct desk_charter_info info;
	start(&f);
	amend(&f, &(struct change){.template_json = only_text}, 3, &note);
	join(&f, SOUTH, buf_view(&note));
	world_pass(&f.world, 60000);
	world_say(&f.world, NORTH, "amended");
	change_keys(&f, NORTH);
	world_say(&f.world, NORTH, "under new keys");
	change_keys(&f, SOUTH);
	world_pass(&f.world, 120000);
	uint64_t size = entries(&f, SOUTH, "north.example");
	world_stop(&f.world, NORTH);
	world_lose_store(&f.world, NORTH);
	world_start(&f.world, NORTH);
	join(&f, NORTH, buf_view(&f.first));
	desk_turn_begin(desk_of(&f, NORTH), f.world.now_ms);
	assert_int_equal(desk_trust(desk_of(&f, NORTH),
	                            buf_view(&f.world.desks[SOUTH].testing.note), true,
	                            NULL),
	                 STATUS_OK);
	assert_int_equal(desk_turn_end(desk_of(&f, NORTH), NULL), STATUS_OK);
	world_pass(&f.world, 120000);
	desk_recover(desk_of(&f, NORTH));
	world_pass(&f.world, 600000);
	world_say(&f.world, NORTH, "back");
	world_pass(&f.world, 600000);
	assert_true(world_agrees(&f.world));
	assert_true(entries(&f, SOUTH, "north.example") > size);
	assert_int_equal(charter_of(&f, NORTH)->duty_count, 0);
	assert_true(desk_charter(desk_of(&f, NORTH), 0, 1, &info));
	assert_false(desk_charter(desk_of(&f, NORTH), 0, 2, &info));
	stop(&f);
}

/* What is written behind an amendment can only be judged when its body is here; in a
 * pouch that follows the entries. */
static void an_amendment_travels_in_a_pouch(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX),
	                       content = BUF_INIT(1 << 20);
	struct desk_pouch_cursor cursor;
	struct desk_pouch_taken taken;
	const struct record_card *card;
	struct error err;
	bool has_more;
	start(&f);
	world_pass(&f.world, 5000);
	f.world.desks[SOUTH].is_cut = true;
	world_say(&f.world, NORTH, "before");
	amend(&f, &(struct change){.template_json = only_text}, 3, &note);
	join(&f, NORTH, buf_view(&note));
	world_settle(&f.world);
	world_say(&f.world, NORTH, "after");
	world_settle(&f.world);
	desk_turn_begin(desk_of(&f, NORTH), f.world.now_ms);
	assert_int_equal(desk_pouch_begin(desk_of(&f, NORTH), 0, "south.example", &cursor,
	                                  &card, &err),
	                 STATUS_OK);
	assert_int_equal(desk_pouch_fill(desk_of(&f, NORTH), 0, "south.example", &cursor,
	                                 &content, &has_more, &err),
	                 STATUS_OK);
	assert_int_equal(desk_turn_end(desk_of(&f, NORTH), &err), STATUS_OK);
	desk_turn_begin(desk_of(&f, SOUTH), f.world.now_ms);
	assert_int_equal(desk_pouch_take(desk_of(&f, SOUTH), 0, "north.example",
	                                 buf_view(&content), &taken, &err),
	                 STATUS_OK);
	assert_int_equal(desk_turn_end(desk_of(&f, SOUTH), &err), STATUS_OK);
	world_settle(&f.world);
	assert_false(taken.is_early);
	assert_int_equal(entries(&f, SOUTH, "north.example"),
	                 entries(&f, NORTH, "north.example"));
	assert_true(has_kind(&f, SOUTH, "south.example", "charter.amend"));
	stop(&f);
}

static void who_was_away_follows_many_key_changes(void **state)
{
	follow_many_changes(false);
}

static void who_was_away_follows_many_key_changes_with_the_newest_card(void **state)
{
	follow_many_changes(true);
}

/* South announces five cards at once, all under its first key; then it may be anything
 * but the end of north. */
static void many_key_changes_in_one_checkpoint_harm_nobody_else(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct desk_check_result result;
	struct error err;
	start(&f);
	desk_turn_begin(desk_of(&f, SOUTH), f.world.now_ms);
	for (uint32_t serial = 1; serial < 7; serial++) {
		f.world.desks[SOUTH].testing.card.serial = serial;
		buf_release(&f.world.desks[SOUTH].next_note);
		world_new_keys(&f.world, SOUTH, &note);
		assert_int_equal(
		    desk_key_change(desk_of(&f, SOUTH), buf_view(&note), &err),
		    STATUS_OK);
	}
	assert_int_equal(desk_turn_end(desk_of(&f, SOUTH), &err), STATUS_OK);
	buf_release(&f.world.desks[SOUTH].next_note);
	world_settle(&f.world);
	assert_true(has_kind(&f, NORTH, "south.example", "key.change"));
	world_crash(&f.world, NORTH);
	assert_int_equal(desk_check(desk_of(&f, NORTH), &result, &err), STATUS_OK);
	stop(&f);
}

/* The card that north will have soon stands in the amendment already. */
static void an_amendment_may_name_a_card_whose_keys_are_not_yet_in_use(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX),
	                       text = BUF_INIT(RECORD_NOTE_MAX),
	                       change = BUF_INIT(RECORD_NOTE_MAX);
	start(&f);
	world_new_keys(&f.world, NORTH, &change);
	struct view card_note = buf_view(&f.world.desks[NORTH].next_note);
	struct record_charter_draft draft = {.previous = charter_of(&f, NORTH),
	                                     .cards = &f.world.desks[NORTH].next_card,
	                                     .card_notes = &card_note,
	                                     .card_count = 1,
	                                     .date_s = 1795218600,
	                                     .nonce = "testing nonce 18",
	                                     .template_json = view_of_string("")};
	assert_int_equal(record_charter_draft(&draft, &text, NULL), STATUS_OK);
	sign(&f, &text, 3, &note);
	join(&f, NORTH, buf_view(&note));
	world_settle(&f.world);
	world_say(&f.world, NORTH, "under the old keys");
	world_pass(&f.world, 60000);
	assert_true(world_agrees(&f.world));
	world_crash(&f.world, NORTH);
	world_pass(&f.world, 60000);
	world_switch_keys(&f.world, NORTH);
	world_pass(&f.world, 60000);
	world_say(&f.world, NORTH, "under the new ones");
	world_pass(&f.world, 120000);
	assert_true(world_agrees(&f.world));
	stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_amendment_signed_by_all_governs_what_is_written_after_it),
	    cmocka_unit_test(
	        an_amendment_that_lacks_a_signature_is_pending_and_changes_nothing),
	    cmocka_unit_test(a_member_that_joins_late_gets_the_whole_record),
	    cmocka_unit_test(who_joins_without_history_gets_hashes_of_what_was_before),
	    cmocka_unit_test(what_is_withheld_is_not_sent_whatever_is_asked_for),
	    cmocka_unit_test(who_joins_without_history_needs_no_old_keys),
	    cmocka_unit_test(who_has_left_writes_no_more_and_need_not_sign),
	    cmocka_unit_test(a_card_that_is_not_trusted_does_not_stop_the_desk),
	    cmocka_unit_test(lines_that_are_no_signatures_are_not_passed_on),
	    cmocka_unit_test(abandoned_amendments_do_not_keep_others_out),
	    cmocka_unit_test(a_leave_that_comes_late_changes_nothing_in_the_end),
	    cmocka_unit_test(who_was_left_out_does_not_fork_after_an_old_backup),
	    cmocka_unit_test(keys_change_and_old_signatures_stay),
	    cmocka_unit_test(who_is_left_out_may_come_back),
	    cmocka_unit_test(a_recovery_brings_back_amendments_and_key_changes),
	    cmocka_unit_test(an_amendment_travels_in_a_pouch),
	    cmocka_unit_test(who_was_away_follows_many_key_changes),
	    cmocka_unit_test(who_was_away_follows_many_key_changes_with_the_newest_card),
	    cmocka_unit_test(many_key_changes_in_one_checkpoint_harm_nobody_else),
	    cmocka_unit_test(an_amendment_may_name_a_card_whose_keys_are_not_yet_in_use),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
