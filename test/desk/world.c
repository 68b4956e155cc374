/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/random.h"
#include "record/key_change.h"
#include "signer/signer.h"
#include "store/memory.h"

static void name_of(size_t desk, char ret_name[RECORD_NAME_MAX + 1])
{
	static const char *const names[] = {"north", "south", "west", "east", "upper"};
	if (desk < sizeof names / sizeof names[0])
		snprintf(ret_name, RECORD_NAME_MAX + 1, "%s.example", names[desk]);
	else
		snprintf(ret_name, RECORD_NAME_MAX + 1, "desk%03zu.example", desk + 1);
}

/* What must work for any test to mean anything. */
#define MUST(call)                                                                     \
	do {                                                                           \
		struct error must_err_ = {{0}};                                        \
		struct error *err = &must_err_;                                        \
		if ((call) != STATUS_OK) {                                             \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, err->text); \
			abort();                                                       \
		}                                                                      \
	} while (0)

struct guard_memory {
	uint8_t bytes[1 << 20];
	size_t len;
};

static enum status guard_read(void *file, uint64_t offset, void *ret_bytes, size_t len,
                              size_t *ret_len, struct error *err)
{
	struct guard_memory *memory = file;
	size_t left = offset < memory->len ? memory->len - (size_t)offset : 0;
	*ret_len = len < left ? len : left;
	memcpy(ret_bytes, memory->bytes + offset, *ret_len);
	return STATUS_OK;
}

static enum status guard_write(void *file, uint64_t offset, const void *bytes, size_t len,
                               struct error *err)
{
	struct guard_memory *memory = file;
	assert(offset + len <= sizeof memory->bytes);
	memcpy(memory->bytes + offset, bytes, len);
	if (memory->len < offset + len)
		memory->len = (size_t)offset + len;
	return STATUS_OK;
}

static enum status guard_file_sync(void *file, struct error *err)
{
	return STATUS_OK;
}

static void guard_file_close(void *file)
{
}

static const struct guard_file_ops guard_ops = {guard_read, guard_write, guard_file_sync,
                                                guard_file_close};

static void take_reply(void *out, const struct desk_reply *reply)
{
	struct world *world = ((struct world_desk *)out)->world;
	world->reply_count++;
	world->reply.status = reply->status;
	snprintf(world->reply.type, sizeof world->reply.type, "%s", reply->type);
	world->reply.retry_after_s = reply->retry_after_s;
	world->reply.has_session = reply->session != NULL;
	world->reply.session_s = reply->session_s;
	snprintf(world->reply.session, sizeof world->reply.session, "%s",
	         reply->session ? reply->session : "");
	snprintf(world->reply.file_name, sizeof world->reply.file_name, "%s",
	         reply->file_name ? reply->file_name : "");
	buf_clear(&world->reply.body);
	buf_append_view(&world->reply.body, reply->body);
}

static struct world_call *add_call(struct world_call **calls, size_t *count, size_t *cap)
{
	if (*count == *cap) {
		*cap = *cap ? *cap * 2 : 64;
		*calls = realloc(*calls, *cap * sizeof **calls);
		assert(*calls);
	}
	return &(*calls)[(*count)++];
}

static void take_call(void *out, const struct desk_call *call)
{
	struct world_desk *from = out;
	struct world *world = from->world;
	struct world_call *it =
	    add_call(&world->calls, &world->call_count, &world->call_cap);
	*it = (struct world_call){.from = (size_t)(from - world->desks),
	                          .id = call->id,
	                          .method = call->method,
	                          .body = BUF_INIT(32 << 20)};
	snprintf(it->peer, sizeof it->peer, "%s", call->peer ? call->peer : "");
	snprintf(it->url, sizeof it->url, "%s", call->peer ? "" : call->url);
	snprintf(it->path, sizeof it->path, "%s", call->path);
	buf_append_view(&it->body, call->body);
	if (!call->webhook.id)
		return;
	snprintf(it->webhook_id, sizeof it->webhook_id, "%s", call->webhook.id);
	it->webhook_s = call->webhook.time_s;
	snprintf(it->webhook_signature, sizeof it->webhook_signature, "%s",
	         call->webhook.signature ? call->webhook.signature : "");
}

static void take_nothing(void *out)
{
}

static void take_event(void *out, struct view json)
{
	struct world_desk *desk = out;
	if (desk->events.max == 0)
		return;
	buf_append_view(&desk->events, json);
	buf_append_byte(&desk->events, '\n');
}

static void take_log(void *out, const char *line)
{
	struct world_desk *desk = out;
	desk->log_lines++;
	snprintf(desk->last_log, sizeof desk->last_log, "%s", line);
	if (getenv("WORLD_VERBOSE"))
		fprintf(stderr, "%s: %s\n", desk->testing.card.name.text, line);
}

static const struct desk_out_ops out_ops = {take_reply, take_call, take_nothing,
                                            take_event, take_log};

static int64_t now_of(void *clock)
{
	return ((struct world *)clock)->now_ms;
}

static const enum record_role signing_roles[] = {RECORD_ROLE_ROOT, RECORD_ROLE_LOG,
                                                 RECORD_ROLE_MIRROR, RECORD_ROLE_WITNESS,
                                                 RECORD_ROLE_LINK};

/* The secret of a role: the root's follows from the desk's name, the others from
 * key_name. */
static struct ed25519_secret *secret_of(const char *name, const char *key_name,
                                        enum record_role role)
{
	return testing_secret_new(role == RECORD_ROLE_ROOT ? name : key_name, role);
}

/* Appends the card, with a witness key, signed by all its keys. */
static void make_card(struct record_card *card, const char *key_name,
                      struct buf *ret_note)
{
	const char *name = card->name.text;
	card->has_key[RECORD_ROLE_WITNESS] = true;
	for (size_t i = 0; i < sizeof signing_roles / sizeof signing_roles[0]; i++) {
		struct ed25519_secret *secret =
		    secret_of(name, key_name, signing_roles[i]);
		card->keys[signing_roles[i]] = ed25519_secret_public(secret);
		ed25519_secret_free(secret);
	}
	buf_clear(ret_note);
	MUST(record_card_append_text(card, ret_note, err));
	buf_append_byte(ret_note, '\n');
	for (size_t i = 0; i < sizeof signing_roles / sizeof signing_roles[0]; i++) {
		struct ed25519_secret *secret =
		    secret_of(name, key_name, signing_roles[i]);
		MUST(record_card_append_signature(card, signing_roles[i], secret,
		                                  ret_note, err));
		ed25519_secret_free(secret);
	}
}

void world_new_keys(struct world *world, size_t desk, struct buf *ret_change)
{
	struct world_desk *it = &world->desks[desk];
	const char *name = it->testing.card.name.text;
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	struct tlog_vkey root;
	it->next_card = it->testing.card;
	it->next_card.serial++;
	it->next_note = BUF_INIT(RECORD_NOTE_MAX);
	snprintf(it->next_key_name, sizeof it->next_key_name, "%zu.keys-%u", desk,
	         it->next_card.serial);
	make_card(&it->next_card, it->next_key_name, &it->next_note);
	MUST(record_key_change_append_text(buf_view(&it->next_note), 1795218600, &text,
	                                   err));
	struct ed25519_secret *secret = testing_secret_new(name, RECORD_ROLE_ROOT);
	struct ed25519_signature signature = ed25519_sign(secret, buf_view(&text));
	ed25519_secret_free(secret);
	MUST(
	    record_vkey(name, "root", &it->next_card.keys[RECORD_ROLE_ROOT], &root, err));
	buf_clear(ret_change);
	buf_append_view(ret_change, buf_view(&text));
	buf_append_byte(ret_change, '\n');
	tlog_note_append_line(ret_change, &root,
	                      view_of(signature.bytes, sizeof signature.bytes));
}

void world_switch_keys(struct world *world, size_t desk)
{
	struct world_desk *it = &world->desks[desk];
	world_stop(world, desk);
	it->testing.card = it->next_card;
	buf_release(&it->testing.note);
	it->testing.note = it->next_note;
	memcpy(it->key_name, it->next_key_name, sizeof it->key_name);
	world_start(world, desk);
}

void world_start(struct world *world, size_t desk)
{
	struct world_desk *it = &world->desks[desk];
	const char *name = it->testing.card.name.text;
	const char *keys = it->key_name[0] ? it->key_name : name;
	struct guard *guard = NULL;
	MUST(guard_open((struct guard_file){&guard_ops, it->guard_memory}, &guard, err));
	struct signer_config config = {
	    .desk = name,
	    .log = testing_secret_new(keys, RECORD_ROLE_LOG),
	    .mirror = testing_secret_new(keys, RECORD_ROLE_MIRROR),
	    .witness = testing_secret_new(keys, RECORD_ROLE_WITNESS),
	    .has_box = true,
	    .box = testing_seed(keys, RECORD_ROLE_BOX),
	    .guard = guard,
	    .now_ms = now_of,
	    .monotonic_ms = now_of,
	    .clock = world,
	    .jump_limit_ms = 300000};
	MUST(signer_core_new(&config, &it->core, err));
	struct desk_options options = {.random_seed = desk + 1,
	                               .witness_logs = it->witness_logs};
	MUST(desk_open(&options, buf_view(&it->testing.note), it->store,
	               (struct signer){&signer_core_ops, it->core},
	               (struct desk_out){&out_ops, it}, world->now_ms, &it->desk, err));
}

static void drop_calls_of(size_t desk, struct world_call *calls, size_t *count)
{
	size_t kept = 0;
	for (size_t i = 0; i < *count; i++) {
		if (calls[i].from == desk)
			buf_release(&calls[i].body);
		else
			calls[kept++] = calls[i];
	}
	*count = kept;
}

void world_stop(struct world *world, size_t desk)
{
	struct world_desk *it = &world->desks[desk];
	desk_free(it->desk);
	it->desk = NULL;
	signer_core_free(it->core);
	it->core = NULL;
	store_memory_crash(&it->store);
	world->call_count -= world->call_first;
	if (world->call_first > 0)
		memmove(world->calls, world->calls + world->call_first,
		        world->call_count * sizeof *world->calls);
	world->call_first = 0;
	drop_calls_of(desk, world->calls, &world->call_count);
	drop_calls_of(desk, world->held, &world->held_count);
}

void world_forget_guard(struct world *world, size_t desk)
{
	world->desks[desk].guard_memory->len = 0;
}

struct guard_memory *world_save_guard(const struct world *world, size_t desk)
{
	struct guard_memory *saved = malloc(sizeof *saved);
	assert(saved);
	*saved = *world->desks[desk].guard_memory;
	return saved;
}

void world_restore_guard(struct world *world, size_t desk, struct guard_memory *saved)
{
	assert(!world->desks[desk].desk);
	*world->desks[desk].guard_memory = *saved;
	free(saved);
}

void world_lose_store(struct world *world, size_t desk)
{
	struct world_desk *it = &world->desks[desk];
	assert(!it->desk);
	it->store.ops->close(it->store.self);
	MUST(store_memory_new(&it->store, err));
}

void world_join(struct world *world, size_t desk, struct view charter_note)
{
	struct desk *it = world->desks[desk].desk;
	bool is_open = false;
	desk_turn_begin(it, world->now_ms);
	MUST(desk_join(it, charter_note, &is_open, NULL, err));
	assert(is_open);
	MUST(desk_turn_end(it, err));
}

void world_crash(struct world *world, size_t desk)
{
	world_stop(world, desk);
	world_start(world, desk);
}

void world_init_bare(struct world *world, size_t desk_count)
{
	*world =
	    (struct world){.desk_count = desk_count, .now_ms = INT64_C(1795218540000)};
	MUST(crypto_init(err));
	world->desks = calloc(desk_count, sizeof *world->desks);
	assert(world->desks && desk_count <= WORLD_DESKS_MAX);
	world->reply.body = BUF_INIT(64 << 20);
	for (size_t i = 0; i < desk_count; i++) {
		struct world_desk *it = &world->desks[i];
		it->world = world;
		char name[RECORD_NAME_MAX + 1];
		name_of(i, name);
		testing_desk_init(&it->testing, name, NULL);
		make_card(&it->testing.card, name, &it->testing.note);
		it->guard_memory = calloc(1, sizeof *it->guard_memory);
		assert(it->guard_memory);
		MUST(store_memory_new(&it->store, err));
		world_start(world, i);
	}
}

void world_init(struct world *world, size_t desk_count, const char *template_json)
{
	struct testing_desk desks[WORLD_DESKS_MAX] = {0};
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	world_init_bare(world, desk_count);
	for (size_t i = 0; i < desk_count; i++)
		desks[i] = world->desks[i].testing;
	testing_charter_note(desks, desk_count, template_json, &note);
	for (size_t i = 0; i < desk_count; i++) {
		bool is_open = false;
		desk_turn_begin(world->desks[i].desk, world->now_ms);
		MUST(desk_join(world->desks[i].desk, buf_view(&note), &is_open, NULL,
		               err));
		assert(is_open);
		MUST(desk_turn_end(world->desks[i].desk, err));
	}
	world_settle(world);
}

void world_release(struct world *world)
{
	for (size_t i = 0; i < world->desk_count; i++) {
		struct world_desk *it = &world->desks[i];
		buf_release(&it->events);
		if (it->desk)
			world_stop(world, i);
		it->store.ops->close(it->store.self);
		free(it->guard_memory);
		testing_desk_release(&it->testing);
	}
	for (size_t i = world->call_first; i < world->call_count; i++)
		buf_release(&world->calls[i].body);
	free(world->calls);
	free(world->desks);
	free(world->held);
	buf_release(&world->reply.body);
}

void world_turn(struct world *world, size_t desk)
{
	if (!world->desks[desk].desk)
		return;
	desk_turn_begin(world->desks[desk].desk, world->now_ms);
	MUST(desk_turn_end(world->desks[desk].desk, err));
}

int world_request(struct world *world, size_t desk, const char *peer,
                  enum desk_method method, const char *path, struct view body)
{
	struct desk_request request = {.id = 1,
	                               .peer = peer,
	                               .is_witness = peer == NULL,
	                               .method = method,
	                               .path = view_of_string(path),
	                               .body = body};
	world->reply.status = 0;
	desk_turn_begin(world->desks[desk].desk, world->now_ms);
	desk_take_request(world->desks[desk].desk, &request);
	MUST(desk_turn_end(world->desks[desk].desk, err));
	return world->reply.status;
}

static size_t find_desk(const struct world *world, const char *name)
{
	for (size_t i = 0; i < world->desk_count; i++)
		if (strcmp(world->desks[i].testing.card.name.text, name) == 0)
			return i;
	return SIZE_MAX;
}

static bool play_script(struct world *world, size_t to, const struct world_call *call)
{
	if (!world->script || world->desks[to].desk || world->desks[to].is_cut)
		return false;
	world->reply.status = 0;
	world->reply.type[0] = '\0';
	buf_clear(&world->reply.body);
	return world->script(world->script_context, call, &world->reply);
}

static struct desk_answer answer_of_reply(const struct world *world,
                                          const struct world_call *call)
{
	assert(world->reply.status != 0);
	return (struct desk_answer){.call = call->id,
	                            .outcome = STATUS_OK,
	                            .http_status = world->reply.status,
	                            .type = view_of_string(world->reply.type),
	                            .body = buf_view(&world->reply.body)};
}

static void hand_answer(struct world *world, struct world_call *call,
                        const struct desk_answer *answer)
{
	struct world_desk *from = &world->desks[call->from];
	world->delivered++;
	if (from->desk) {
		desk_turn_begin(from->desk, world->now_ms);
		desk_take_answer(from->desk, answer);
		MUST(desk_turn_end(from->desk, err));
	}
	buf_release(&call->body);
}

static void deliver_to_witness(struct world *world, struct world_call call)
{
	struct desk_answer answer = {.call = call.id, .outcome = STATUS_CLOSED};
	enum world_web web = WORLD_WEB_DEAD;
	(void)error_set(&answer.err, STATUS_CLOSED, "nobody is there");
	world->reply.status = 0;
	world->reply.type[0] = '\0';
	buf_clear(&world->reply.body);
	if (world->web && !world->desks[call.from].is_cut)
		web = world->web(world->web_context, &call, &world->reply);
	if (web == WORLD_WEB_HOLDS) {
		*add_call(&world->held, &world->held_count, &world->held_cap) = call;
		return;
	}
	if (web == WORLD_WEB_ANSWERS)
		answer = answer_of_reply(world, &call);
	hand_answer(world, &call, &answer);
}

void world_release_held(struct world *world)
{
	for (size_t i = 0; i < world->held_count; i++)
		*add_call(&world->calls, &world->call_count, &world->call_cap) =
		    world->held[i];
	world->held_count = 0;
}

static void deliver(struct world *world, struct world_call call)
{
	size_t to = find_desk(world, call.peer);
	struct world_desk *from = &world->desks[call.from];
	struct desk_answer answer = {.call = call.id, .outcome = STATUS_CLOSED};
	(void)error_set(&answer.err, STATUS_CLOSED, "the line is cut");
	bool is_played = to != SIZE_MAX && !from->is_cut && play_script(world, to, &call);
	if (is_played || (to != SIZE_MAX && world->desks[to].desk &&
	                  !world->desks[to].is_cut && !from->is_cut)) {
		if (!is_played)
			world_request(world, to, from->testing.card.name.text,
			              call.method, call.path, buf_view(&call.body));
		answer = answer_of_reply(world, &call);
	}
	hand_answer(world, &call, &answer);
}

bool world_deliver(struct world *world)
{
	if (world->call_first == world->call_count) {
		world->call_first = world->call_count = 0;
		return false;
	}
	struct world_call call = world->calls[world->call_first++];
	if (call.url[0])
		deliver_to_witness(world, call);
	else
		deliver(world, call);
	return true;
}

void world_settle(struct world *world)
{
	for (size_t round = 0; round < 100000 * world->desk_count; round++) {
		bool moved = false;
		if (world_deliver(world))
			continue;
		for (size_t i = 0; i < world->desk_count; i++)
			if (world->desks[i].desk &&
			    desk_wake_ms(world->desks[i].desk) <= world->now_ms) {
				world_turn(world, i);
				moved =
				    moved || world->call_count > world->call_first ||
				    desk_wake_ms(world->desks[i].desk) <= world->now_ms;
			}
		if (!moved)
			return;
	}
	fprintf(stderr, "the desks never come to rest\n");
	abort();
}

void world_pass(struct world *world, int64_t ms)
{
	int64_t end = world->now_ms + ms;
	world_settle(world);
	while (world->now_ms < end) {
		int64_t next = end;
		for (size_t i = 0; i < world->desk_count; i++)
			if (world->desks[i].desk &&
			    desk_wake_ms(world->desks[i].desk) < next)
				next = desk_wake_ms(world->desks[i].desk);
		world->now_ms = next > world->now_ms ? next : world->now_ms + 1;
		world_settle(world);
	}
}

uint64_t world_say(struct world *world, size_t desk, const char *text)
{
	char body[1024];
	struct record_message_id id;
	int len =
	    snprintf(body, sizeof body, "{\"language\":\"en\",\"text\":\"%s\"}", text);
	struct desk_draft draft = {.kind = "text", .body = view_of(body, (size_t)len)};
	desk_turn_begin(world->desks[desk].desk, world->now_ms);
	MUST(desk_submit(world->desks[desk].desk, 0, &draft, &id, err));
	MUST(desk_turn_end(world->desks[desk].desk, err));
	return id.index;
}

static bool is_in_channel(const struct world *world, size_t desk)
{
	return desk_channel_count(world->desks[desk].desk) > 0;
}

bool world_agrees(struct world *world)
{
	for (size_t d = 0; d < world->desk_count; d++)
		for (size_t l = 0; l < world->desk_count; l++) {
			struct desk_log_info own, held;
			if (!is_in_channel(world, d) || !is_in_channel(world, l))
				continue;
			desk_log(world->desks[l].desk, 0, l, &own);
			desk_log(world->desks[d].desk, 0, l, &held);
			if (own.entry_count != held.entry_count ||
			    own.cosigned_size != own.entry_count ||
			    held.cosigned_size != own.entry_count ||
			    (d != l &&
			     !hash_equal(&own.cosigned_root, &held.cosigned_root)))
				return false;
		}
	return true;
}
