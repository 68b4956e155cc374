/* SPDX-License-Identifier: Apache-2.0 */
/* Neutral witnesses of a charter: when they are asked, what of their answers is kept, and
 * that none of them holds up anybody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/base64.h"
#include "crypto/mldsa.h"
#include "crypto/random.h"
#include "desk/state.h"
#include "world.h"

enum { WITNESSES_MAX = 3, LOGS_MAX = 4, HOUR_MS = 3600 * 1000 };

enum manner {
	HONEST,
	DEAD,
	SLOW,     /* holds every request */
	FORGING,  /* a line that does not verify */
	OTHER,    /* a line under a key that nobody named */
	EMPTY,    /* 200 and nothing */
	LOSING,   /* cosigns, but the answer is lost */
	GARBLING, /* bytes of chance */
	CLAIMING, /* 409 with the size in `claim` */
	REFUSING, /* the status in `refusal` */
};

/* What a witness has cosigned of a log. */
struct memory {
	char origin[256];
	uint64_t size;
	struct hash root;
};

struct witness {
	const char *url;
	enum manner manner;
	const char *claim;
	int refusal;
	struct ed25519_secret *secret;
	struct tlog_vkey key;
	struct memory logs[LOGS_MAX];
	unsigned asked, cosigned, refused; /* counts */
	uint64_t last_old, last_size;
	char last_origin[256];
	uint32_t chance;
	int64_t ahead_s;   /* of its clock */
	const char *extra; /* a line that it adds */
};

struct fixture {
	struct world world;
	struct witness witnesses[WITNESSES_MAX];
	size_t count;
	struct buf policy;
};

static const char *const urls[WITNESSES_MAX] = {
    "https://one.example/w", "http://two.example", "http://three.example:8080"};

static struct memory *memory_of(struct witness *witness, const char *origin)
{
	size_t i = 0;
	while (witness->logs[i].origin[0] && strcmp(witness->logs[i].origin, origin) != 0)
		assert_true(++i < LOGS_MAX);
	if (!witness->logs[i].origin[0]) {
		witness->logs[i].root = tlog_empty_root();
		snprintf(witness->logs[i].origin, sizeof witness->logs[i].origin, "%s",
		         origin);
	}
	return &witness->logs[i];
}

static void answer(struct world_reply *reply, int status, const char *text)
{
	reply->status = status;
	buf_append_string(&reply->body, text);
}

static void answer_cosigned(struct fixture *f, struct witness *witness, struct view text,
                            struct world_reply *reply)
{
	reply->status = 200;
	tlog_cosignature_sign(&reply->body, &witness->key, witness->secret,
	                      (uint64_t)(f->world.now_ms / 1000 + witness->ahead_s),
	                      text);
	if (witness->extra)
		buf_append_string(&reply->body, witness->extra);
	witness->cosigned++;
}

/* As c2sp.org/tlog-witness says; the log's signature is not looked at. */
static void answer_honestly(struct fixture *f, struct witness *witness,
                            const struct world_call *call, struct world_reply *reply)
{
	struct tlog_add_checkpoint add;
	struct tlog_note note;
	struct tlog_checkpoint checkpoint;
	char size[32];
	assert_string_equal(call->path + strlen(call->path) - 15, "/add-checkpoint");
	assert_int_equal(tlog_add_checkpoint_parse(buf_view(&call->body), &add, NULL),
	                 STATUS_OK);
	assert_int_equal(tlog_note_parse(add.note, &note, NULL), STATUS_OK);
	assert_int_equal(note.line_count, 1); /* members' lines are not its business */
	assert_int_equal(tlog_checkpoint_decode(note.text, &checkpoint, NULL), STATUS_OK);
	struct memory *memory = memory_of(witness, checkpoint.origin);
	witness->last_old = add.old_size;
	witness->last_size = checkpoint.size;
	snprintf(witness->last_origin, sizeof witness->last_origin, "%s",
	         checkpoint.origin);
	if (add.old_size != memory->size) {
		snprintf(size, sizeof size, "%llu\n", (unsigned long long)memory->size);
		answer(reply, 409, size);
		witness->refused++;
		return;
	}
	assert_int_equal(tlog_proof_verify_consistency(&add.proof, memory->size,
	                                               &memory->root, checkpoint.size,
	                                               &checkpoint.root, NULL),
	                 STATUS_OK);
	memory->size = checkpoint.size;
	memory->root = checkpoint.root;
	answer_cosigned(f, witness, note.text, reply);
}

static void forge(struct fixture *f, struct witness *witness, bool is_under_other_key,
                  const struct world_call *call, struct world_reply *reply)
{
	struct tlog_add_checkpoint add;
	struct tlog_note note;
	struct tlog_vkey key = witness->key;
	assert_int_equal(tlog_add_checkpoint_parse(buf_view(&call->body), &add, NULL),
	                 STATUS_OK);
	assert_int_equal(tlog_note_parse(add.note, &note, NULL), STATUS_OK);
	if (is_under_other_key)
		strcpy(key.name, "nobody.example");
	reply->status = 200;
	tlog_cosignature_sign(
	    &reply->body, &key, witness->secret, (uint64_t)(f->world.now_ms / 1000),
	    is_under_other_key ? note.text : view_of_string("something else\n"));
}

static void garble(struct witness *witness, struct world_reply *reply)
{
	static const char *const words[] = {
	    "\xe2\x80\x94 ", "one.example/key",      " ", "\n",   "AAAA",
	    "/+==",          "18446744073709551616", "9", "\xff", "-"};
	static const int statuses[] = {200, 200, 200, 409, 409, 422, 100, 999, 301};
	witness->chance = witness->chance * 1664525 + 1013904223;
	reply->status = statuses[(witness->chance >> 16) % 9];
	for (unsigned left = (witness->chance >> 24) % 40; left > 0; left--) {
		witness->chance = witness->chance * 1664525 + 1013904223;
		buf_append_string(&reply->body, words[(witness->chance >> 16) % 10]);
	}
}

static enum world_web play(void *context, const struct world_call *call,
                           struct world_reply *reply)
{
	struct fixture *f = context;
	struct witness *witness = f->witnesses;
	while (strcmp(witness->url, call->url) != 0)
		assert_true(++witness < f->witnesses + f->count);
	assert_string_equal(call->peer, "");
	witness->asked++;
	switch (witness->manner) {
	case HONEST:
		answer_honestly(f, witness, call, reply);
		break;
	case DEAD:
		return WORLD_WEB_DEAD;
	case SLOW:
		return WORLD_WEB_HOLDS;
	case FORGING:
	case OTHER:
		forge(f, witness, witness->manner == OTHER, call, reply);
		break;
	case EMPTY:
		answer(reply, 200, "");
		break;
	case LOSING:
		answer_honestly(f, witness, call, reply);
		return WORLD_WEB_DEAD;
	case GARBLING:
		garble(witness, reply);
		break;
	case CLAIMING:
		answer(reply, 409, witness->claim);
		break;
	case REFUSING:
		answer(reply, witness->refusal, "no\n");
		break;
	}
	return WORLD_WEB_ANSWERS;
}

static void make_witness(struct fixture *f, size_t i)
{
	struct ed25519_seed seed = {{(uint8_t)(100 + i)}};
	struct witness *witness = &f->witnesses[i];
	struct ed25519_public public_key;
	char name[64];
	witness->url = urls[i];
	witness->chance = 7;
	snprintf(name, sizeof name, "w%zu.example/key", i + 1);
	assert_int_equal(ed25519_secret_new(&seed, &witness->secret, NULL), STATUS_OK);
	public_key = ed25519_secret_public(witness->secret);
	assert_int_equal(tlog_vkey_init(&witness->key, name, TLOG_KEY_ED25519_COSIGNATURE,
	                                &public_key, NULL),
	                 STATUS_OK);
	buf_printf(&f->policy, "witness w%zu ", i + 1);
	tlog_vkey_append(&f->policy, &witness->key);
	buf_printf(&f->policy, " %s\n", witness->url);
}

/* Desks (two of them) under a charter that names so many witnesses; `more` are further
 * members of the template, `lines` of the policy. */
static void start_with(struct fixture *f, size_t count, const char *more,
                       const char *lines)
{
	CLEANUP_BUF struct buf template_json = BUF_INIT(1 << 16);
	*f = (struct fixture){.count = count, .policy = BUF_INIT(1 << 14)};
	assert_int_equal(crypto_init(NULL), STATUS_OK);
	for (size_t i = 0; i < count; i++)
		make_witness(f, i);
	buf_append_string(&f->policy, lines);
	if (!strstr(lines, "quorum "))
		buf_append_string(&f->policy, "quorum w1\n");
	buf_append_string(&template_json, "{\"witnesses\":");
	json_append_string(&template_json, buf_view(&f->policy));
	buf_printf(&template_json, "%s}", more);
	buf_append_byte(&template_json, '\0');
	struct world *world = &f->world;
	struct testing_desk desks[2];
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	world_init_bare(world, 2);
	world->web = play;
	world->web_context = f;
	for (size_t i = 0; i < 2; i++)
		desks[i] = world->desks[i].testing;
	testing_charter_note(desks, 2, (const char *)template_json.data, &note);
	for (size_t i = 0; i < 2; i++)
		world_join(world, i, buf_view(&note));
}

static void start(struct fixture *f, size_t count)
{
	start_with(f, count, "", "");
	world_settle(&f->world);
}

static void stop(struct fixture *f)
{
	world_release(&f->world);
	for (size_t i = 0; i < f->count; i++)
		ed25519_secret_free(f->witnesses[i].secret);
	buf_release(&f->policy);
}

static struct channel *channel_of(struct fixture *f, size_t desk)
{
	return f->world.desks[desk].desk->channels[0];
}

static struct log *own_log(struct fixture *f, size_t desk)
{
	return channel_own_log(channel_of(f, desk));
}

static struct desk_witness_info info_of(struct fixture *f, size_t desk, size_t nth)
{
	struct desk_witness_info info;
	assert_true(desk_witness(f->world.desks[desk].desk, 0, nth, &info));
	return info;
}

/* The size that this witness has cosigned of a log; 0: it does not know it. */
static uint64_t known_size(struct fixture *f, size_t witness, const struct log *log)
{
	return memory_of(&f->witnesses[witness], log->origin)->size;
}

/* Verifies a witness's line in a note; 0 when there is none. */
static uint64_t time_in_note(struct fixture *f, size_t witness, struct view note)
{
	struct tlog_note parsed;
	uint64_t time_s = 0;
	assert_int_equal(tlog_note_parse(note, &parsed, NULL), STATUS_OK);
	enum status status =
	    tlog_cosignature_verify(&parsed, &f->witnesses[witness].key, &time_s, NULL);
	assert_true(status == STATUS_OK || status == STATUS_NOT_FOUND);
	return time_s;
}

static uint64_t time_served(struct fixture *f, size_t desk, size_t witness,
                            const struct log *log)
{
	CLEANUP_BUF struct buf note = BUF_INIT(TLOG_NOTE_MAX);
	const char *type;
	char path[128];
	snprintf(path, sizeof path, "/%s/%s/checkpoint", log->is_own ? "log" : "mirror",
	         log->origin_hash);
	assert_int_equal(desk_read_path(f->world.desks[desk].desk, view_of_string(path),
	                                &type, &note, NULL),
	                 STATUS_OK);
	return time_in_note(f, witness, buf_view(&note));
}

/* ---- when they are asked */

static void each_desk_has_its_own_log_cosigned_at_once_and_then_each_hour(void **state)
{
	struct fixture f;
	start(&f, 2);
	for (size_t w = 0; w < 2; w++)
		for (size_t d = 0; d < 2; d++)
			assert_int_equal(known_size(&f, w, own_log(&f, d)),
			                 own_log(&f, d)->newest.size);
	unsigned before = f.witnesses[0].asked;
	world_pass(&f.world, HOUR_MS);
	assert_true(f.witnesses[0].cosigned <= before + 2);
	world_pass(&f.world, 10 * HOUR_MS);
	assert_int_equal(f.witnesses[0].cosigned, 2 * 12);
	assert_int_equal(f.witnesses[0].refused, 0);
	assert_int_equal(f.witnesses[1].cosigned, 2 * 12);
	stop(&f);
}

static void messages_between_the_hours_wait_for_the_next(void **state)
{
	struct fixture f;
	start(&f, 1);
	unsigned before = f.witnesses[0].asked;
	for (int i = 0; i < 5; i++) {
		(void)world_say(&f.world, 0, "x");
		world_settle(&f.world);
	}
	assert_int_equal(f.witnesses[0].asked, before);
	world_pass(&f.world, HOUR_MS);
	assert_int_equal(f.witnesses[0].asked, before + 2);
	assert_int_equal(known_size(&f, 0, own_log(&f, 0)), own_log(&f, 0)->newest.size);
	stop(&f);
}

static void where_the_charter_says_each_every_checkpoint_is_cosigned(void **state)
{
	struct fixture f;
	start_with(&f, 1, ",\"ask_witnesses\":\"each\",\"duties\":[]", "");
	world_settle(&f.world);
	unsigned before = f.witnesses[0].cosigned;
	for (unsigned i = 1; i <= 5; i++) {
		(void)world_say(&f.world, 0, "x");
		world_settle(&f.world);
		assert_int_equal(f.witnesses[0].cosigned, before + i);
		assert_int_equal(known_size(&f, 0, own_log(&f, 0)),
		                 own_log(&f, 0)->newest.size);
	}
	stop(&f);
}

static void none_learns_of_a_checkpoint_before_a_member_has_cosigned_it(void **state)
{
	struct fixture f;
	start(&f, 1);
	uint64_t size = known_size(&f, 0, own_log(&f, 0));
	f.world.desks[1].is_cut = true;
	(void)world_say(&f.world, 0, "nobody has this yet");
	world_pass(&f.world, 3 * HOUR_MS);
	assert_true(own_log(&f, 0)->newest.size > size);
	assert_int_equal(known_size(&f, 0, own_log(&f, 0)), size);
	f.world.desks[1].is_cut = false;
	world_pass(&f.world, 10 * 60 * 1000);
	assert_int_equal(known_size(&f, 0, own_log(&f, 0)), own_log(&f, 0)->newest.size);
	stop(&f);
}

static void a_deadline_is_reason_to_ask_at_once(void **state)
{
	struct fixture f;
	start(&f, 2);
	(void)world_say(&f.world, 0, "an answer");
	world_settle(&f.world);
	uint64_t size = own_log(&f, 0)->newest.size;
	assert_true(known_size(&f, 0, own_log(&f, 0)) < size);
	witness_ask_soon(f.world.desks[0].desk, channel_of(&f, 0), false);
	world_turn(&f.world, 0);
	world_settle(&f.world);
	assert_int_equal(known_size(&f, 0, own_log(&f, 0)), size);
	assert_int_equal(known_size(&f, 1, own_log(&f, 0)), size);
	unsigned asked = f.witnesses[0].asked;
	witness_ask_soon(f.world.desks[0].desk, channel_of(&f, 0), false);
	world_turn(&f.world, 0);
	world_settle(&f.world);
	assert_int_equal(f.witnesses[0].asked, asked); /* they have it */
	stop(&f);
}

static void without_a_receipt_a_due_answer_goes_to_the_witnesses_first(void **state)
{
	struct fixture f;
	start(&f, 1);
	f.world.desks[1].is_cut = true;
	(void)world_say(&f.world, 0, "an answer");
	world_settle(&f.world);
	uint64_t size = own_log(&f, 0)->newest.size;
	witness_ask_soon(f.world.desks[0].desk, channel_of(&f, 0), false);
	world_turn(&f.world, 0);
	world_settle(&f.world);
	assert_true(known_size(&f, 0, own_log(&f, 0)) < size);
	witness_ask_soon(f.world.desks[0].desk, channel_of(&f, 0), true);
	world_turn(&f.world, 0);
	world_settle(&f.world);
	assert_int_equal(known_size(&f, 0, own_log(&f, 0)), size);
	/* an exception for once */
	(void)world_say(&f.world, 0, "another");
	world_pass(&f.world, 2 * HOUR_MS);
	assert_int_equal(known_size(&f, 0, own_log(&f, 0)), size);
	stop(&f);
}

static void a_peers_log_is_cosigned_anew_when_silence_is_to_be_shown(void **state)
{
	struct fixture f;
	start(&f, 1);
	struct log *south = channel_of(&f, 0)->logs[1];
	int64_t time_s;
	uint64_t size;
	for (int round = 0; round < 3; round++) {
		f.world.now_ms += 60000;
		witness_ask_log(f.world.desks[0].desk, south);
		world_turn(&f.world, 0);
		while (world_deliver(&f.world))
			;
		assert_int_equal(witness_line_newest(f.world.desks[0].desk, south,
		                                     &f.witnesses[0].key, &size, &time_s,
		                                     NULL, NULL),
		                 STATUS_OK);
		assert_int_equal(size, south->cosigned_size);
		assert_int_equal(time_s, f.world.now_ms / 1000);
		assert_int_equal(time_served(&f, 0, 0, south), f.world.now_ms / 1000);
	}
	stop(&f);
}

/* ---- what becomes of answers */

static void lines_are_kept_served_and_shown(void **state)
{
	struct fixture f;
	start_with(&f, 2, ",\"duties\":[]", "");
	world_settle(&f.world);
	for (size_t w = 0; w < 2; w++) {
		struct desk_witness_info info = info_of(&f, 0, w);
		assert_string_equal(info.name, f.witnesses[w].key.name);
		assert_string_equal(info.url, urls[w]);
		assert_int_equal(info.size, own_log(&f, 0)->newest.size);
		assert_int_equal(info.time_s, f.world.now_ms / 1000);
		assert_string_equal(info.error, "");
		assert_int_equal(time_served(&f, 0, w, own_log(&f, 0)),
		                 f.world.now_ms / 1000);
	}
	struct desk_witness_info none;
	assert_false(desk_witness(f.world.desks[0].desk, 0, 2, &none));
	stop(&f);
}

static void lines_travel_to_members_with_the_checkpoint(void **state)
{
	struct fixture f;
	start_with(&f, 1, ",\"duties\":[]", "");
	world_settle(&f.world);
	world_pass(&f.world, 5 * 60 * 1000); /* south asks what north has */
	assert_true(time_served(&f, 1, 0, channel_of(&f, 1)->logs[0]) > 0);
	stop(&f);
}

static void a_size_that_it_knows_better_is_taken(void **state)
{
	struct fixture f;
	start(&f, 1);
	for (int i = 0; i < 3; i++) {
		(void)world_say(&f.world, 0, "x");
		world_settle(&f.world);
	}
	/* it fell back to an older state */
	struct memory *memory = memory_of(&f.witnesses[0], own_log(&f, 0)->origin);
	memory->size = 1;
	assert_int_equal(
	    log_root_at(f.world.desks[0].desk, own_log(&f, 0), 1, &memory->root, NULL),
	    STATUS_OK);
	world_pass(&f.world, HOUR_MS);
	assert_int_equal(f.witnesses[0].refused, 1);
	assert_int_equal(known_size(&f, 0, own_log(&f, 0)), own_log(&f, 0)->newest.size);
	assert_string_equal(info_of(&f, 0, 0).error, "");
	stop(&f);
}

static void a_lost_answer_is_asked_for_again(void **state)
{
	struct fixture f;
	start_with(&f, 1, ",\"duties\":[]", "");
	f.witnesses[0].manner = LOSING;
	world_settle(&f.world);
	uint64_t size = known_size(&f, 0, own_log(&f, 0));
	assert_true(size > 0);
	assert_int_equal(info_of(&f, 0, 0).size, 0);
	assert_string_equal(info_of(&f, 0, 0).error, "nobody is there");
	f.witnesses[0].manner = HONEST;
	world_pass(&f.world, 60 * 1000);
	assert_int_equal(f.witnesses[0].last_old, size); /* the same size once more */
	assert_int_equal(info_of(&f, 0, 0).size, size);
	assert_string_equal(info_of(&f, 0, 0).error, "");
	stop(&f);
}

static void assert_not_kept(enum manner manner, const char *words)
{
	struct fixture f;
	start_with(&f, 1, ",\"duties\":[]", "");
	f.witnesses[0].manner = manner;
	world_settle(&f.world);
	assert_true(f.witnesses[0].asked > 0);
	assert_int_equal(info_of(&f, 0, 0).size, 0);
	assert_non_null(strstr(info_of(&f, 0, 0).error, words));
	assert_int_equal(time_served(&f, 0, 0, own_log(&f, 0)), 0);
	assert_true(world_agrees(&f.world));
	stop(&f);
}

static void what_does_not_verify_is_not_kept(void **state)
{
	assert_not_kept(FORGING, "does not verify");
	assert_not_kept(OTHER, "no cosignature");
	assert_not_kept(EMPTY, "no cosignature");
	assert_not_kept(DEAD, "nobody is there");
}

static void refusals_are_said_in_words_and_not_repeated_at_once(void **state)
{
	static const struct {
		int status;
		const char *words;
	} refusals[] = {{400, "does not understand"}, {403, "signature of the log"},
	                {404, "operator has to add"}, {422, "another history"},
	                {500, "as a witness does"},   {503, "too busy"},
	                {301, "as a witness does"}};
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		struct fixture f;
		start_with(&f, 1, ",\"duties\":[]", "");
		f.witnesses[0].manner = REFUSING;
		f.witnesses[0].refusal = refusals[i].status;
		world_settle(&f.world);
		assert_non_null(strstr(info_of(&f, 0, 0).error, refusals[i].words));
		size_t lines = f.world.desks[0].log_lines;
		unsigned asked = f.witnesses[0].asked;
		world_pass(&f.world, HOUR_MS);
		assert_int_equal(f.world.desks[0].log_lines, lines);
		assert_in_range(f.witnesses[0].asked, asked + 2, asked + 40);
		f.witnesses[0].manner = HONEST;
		world_pass(&f.world, HOUR_MS / 2);
		assert_string_equal(info_of(&f, 0, 0).error, "");
		assert_true(info_of(&f, 0, 0).size > 0);
		stop(&f);
	}
}

static void sizes_that_can_not_be_lead_nowhere(void **state)
{
	static const char *const claims[] = {"9223372036854775807\n",
	                                     "18446744073709551615\n",
	                                     "1\n",
	                                     "0\n",
	                                     "",
	                                     "-1\n",
	                                     "x\n",
	                                     "007\n",
	                                     "2"};
	for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
		struct fixture f;
		start_with(&f, 1, ",\"duties\":[]", "");
		f.witnesses[0].manner = CLAIMING;
		f.witnesses[0].claim = claims[i];
		world_settle(&f.world);
		world_pass(&f.world, HOUR_MS);
		assert_in_range(f.witnesses[0].asked, 2, 60);
		assert_string_not_equal(info_of(&f, 0, 0).error, "");
		assert_int_equal(info_of(&f, 0, 0).size, 0);
		f.witnesses[0].manner = HONEST;
		world_pass(&f.world, HOUR_MS);
		assert_int_equal(info_of(&f, 0, 0).size, own_log(&f, 0)->newest.size);
		stop(&f);
	}
}

static void bytes_of_chance_do_no_harm(void **state)
{
	struct fixture f;
	start_with(&f, 1, ",\"ask_witnesses\":\"each\",\"duties\":[]", "");
	f.witnesses[0].manner = GARBLING;
	world_settle(&f.world);
	for (int i = 0; i < 300; i++) {
		(void)world_say(&f.world, 0, "x");
		world_pass(&f.world, 60 * 1000);
	}
	assert_true(f.witnesses[0].asked > 50);
	assert_int_equal(info_of(&f, 0, 0).size, 0);
	assert_true(world_agrees(&f.world));
	f.witnesses[0].manner = HONEST;
	world_pass(&f.world, HOUR_MS);
	assert_int_equal(info_of(&f, 0, 0).size, own_log(&f, 0)->newest.size);
	stop(&f);
}

static void a_slow_or_dead_one_delays_nobody(void **state)
{
	struct fixture f;
	start_with(&f, 3, ",\"ask_witnesses\":\"each\"", "");
	f.witnesses[0].manner = SLOW;
	f.witnesses[1].manner = DEAD;
	world_settle(&f.world);
	for (int i = 0; i < 10; i++) {
		(void)world_say(&f.world, 0, "x");
		world_settle(&f.world);
		assert_true(world_agrees(&f.world));
		assert_int_equal(known_size(&f, 2, own_log(&f, 0)),
		                 own_log(&f, 0)->newest.size);
	}
	assert_int_equal(f.witnesses[0].asked, 2); /* one request of each desk */
	f.witnesses[0].manner = HONEST;
	world_release_held(&f.world);
	world_settle(&f.world);
	assert_int_equal(known_size(&f, 0, own_log(&f, 0)), own_log(&f, 0)->newest.size);
	stop(&f);
}

static void two_keys_of_one_witness_are_asked_together(void **state)
{
	struct ed25519_seed seed = {{200}};
	struct ed25519_secret *secret;
	struct tlog_vkey key;
	struct fixture f;
	CLEANUP_BUF struct buf line = BUF_INIT(4096);
	assert_int_equal(crypto_init(NULL), STATUS_OK);
	assert_int_equal(ed25519_secret_new(&seed, &secret, NULL), STATUS_OK);
	struct ed25519_public public_key = ed25519_secret_public(secret);
	assert_int_equal(tlog_vkey_init(&key, "w1.example/other",
	                                TLOG_KEY_ED25519_COSIGNATURE, &public_key, NULL),
	                 STATUS_OK);
	buf_append_string(&line, "witness second ");
	tlog_vkey_append(&line, &key);
	buf_printf(&line, " %s\n", urls[0]);
	buf_append_byte(&line, '\0');
	start_with(&f, 1, ",\"duties\":[]", (const char *)line.data);
	world_settle(&f.world);
	assert_int_equal(f.witnesses[0].asked, 2); /* once for each desk */
	struct desk_witness_info second = info_of(&f, 0, 1);
	assert_string_equal(second.name, "w1.example/other");
	assert_string_equal(second.url, urls[0]);
	stop(&f);
	ed25519_secret_free(secret);
}

static void post_quantum_lines_are_kept_beside(void **state)
{
	CLEANUP_BUF struct buf line = BUF_INIT(1 << 14), extra = BUF_INIT(1 << 14);
	struct tlog_vkey key = {.type = TLOG_KEY_MLDSA44_COSIGNATURE,
	                        .key_len = MLDSA44_PUBLIC_LEN,
	                        .name = "w1.example/pq"};
	uint8_t signature[8 + MLDSA44_SIGNATURE_LEN] = {0, 0, 0, 0, 0x6b, 1, 2, 3};
	CLEANUP_BUF struct buf hashed = BUF_INIT(4096);
	struct fixture f;
	if (mldsa44_is_available())
		skip(); /* then a made-up one is refused, as any other */
	memset(key.key, 9, key.key_len);
	buf_printf(&hashed, "%s\n", key.name);
	buf_append_byte(&hashed, key.type);
	buf_append(&hashed, key.key, key.key_len);
	struct hash id = sha256(buf_view(&hashed));
	key.id = (uint32_t)id.bytes[0] << 24 | (uint32_t)id.bytes[1] << 16 |
	         (uint32_t)id.bytes[2] << 8 | id.bytes[3];
	buf_append_string(&line, "witness pq ");
	tlog_vkey_append(&line, &key);
	buf_printf(&line, " %s\n", urls[0]);
	buf_append_byte(&line, '\0');
	tlog_note_append_line(&extra, &key, view_of(signature, sizeof signature));
	buf_append_byte(&extra, '\0');
	start_with(&f, 1, ",\"duties\":[]", (const char *)line.data);
	f.witnesses[0].extra = (const char *)extra.data;
	world_settle(&f.world);
	int64_t time_s;
	uint64_t size;
	assert_int_equal(witness_line_newest(f.world.desks[0].desk, own_log(&f, 0), &key,
	                                     &size, &time_s, NULL, NULL),
	                 STATUS_OK);
	assert_int_equal(time_s, 0x6b010203);
	assert_string_equal(info_of(&f, 0, 0).error, "");
	stop(&f);
}

/* ---- what goes into the record */

/* The notes in the body of the desk's newest check; false: it has none. */
static bool last_check(struct fixture *f, size_t desk, struct json_doc *doc)
{
	struct desk *it = f->world.desks[desk].desk;
	struct log *log = own_log(f, desk);
	for (uint64_t index = log->tree.size; index-- > 0;) {
		CLEANUP_BUF struct buf entry = BUF_INIT(TLOG_ENTRY_MAX),
		                       blob = BUF_INIT(RECORD_BODY_MAX + 64);
		assert_int_equal(log_read_entry(it, log, index, &entry, NULL), STATUS_OK);
		assert_int_equal(record_envelope_decode(buf_view(&entry), &it->doc,
		                                        &it->envelope, NULL),
		                 STATUS_OK);
		if (strcmp(it->envelope.kind, "check") != 0)
			continue;
		assert_int_equal(log_read_body(it, log, index, &blob, NULL), STATUS_OK);
		if (blob.len == 0)
			return false;
		/* the document borrows what it scanned */
		static uint8_t kept[RECORD_BODY_MAX + 64];
		memcpy(kept, blob.data, blob.len);
		assert_int_equal(json_scan(doc,
		                           record_blob_content(view_of(kept, blob.len)),
		                           10000, NULL),
		                 STATUS_OK);
		return true;
	}
	fail_msg("no check");
	return false;
}

/* The witness's time in the check's note for this log; 0: none. */
static uint64_t time_in_check(struct fixture *f, size_t witness, const struct log *log,
                              struct json_doc *doc, uint64_t *ret_size)
{
	const struct json_token *list = json_member(doc, json_root(doc), "witness");
	for (const struct json_token *item = json_first(doc, list); item;
	     item = json_next(doc, list, item)) {
		CLEANUP_BUF struct buf note = BUF_INIT(1 << 16);
		struct tlog_checkpoint checkpoint;
		json_string_append(doc, item, &note);
		assert_true(note.len <= 8192);
		if (!view_has_prefix(buf_view(&note), view_of_string(log->origin)))
			continue;
		assert_int_equal(
		    log_open_checkpoint(log, buf_view(&note), &checkpoint, NULL),
		    STATUS_OK);
		*ret_size = checkpoint.size;
		return time_in_note(f, witness, buf_view(&note));
	}
	return 0;
}

static void checks_carry_what_witnesses_said_last(void **state)
{
	__attribute__((cleanup(json_release))) struct json_doc doc = {0};
	struct fixture f;
	uint64_t size = 0;
	start(&f, 2);
	assert_false(last_check(&f, 0, &doc)); /* nobody had been asked yet */
	struct desk_witness_info asked = info_of(&f, 0, 0);
	world_pass(&f.world, HOUR_MS);
	assert_true(last_check(&f, 0, &doc));
	for (size_t w = 0; w < 2; w++) {
		assert_int_equal(time_in_check(&f, w, own_log(&f, 0), &doc, &size),
		                 asked.time_s);
		assert_int_equal(size, asked.size);
	}
	assert_int_equal(f.world.desks[1].desk->counters.malformed, 0);
	stop(&f);
}

static void checks_carry_peers_logs_and_nothing_twice(void **state)
{
	__attribute__((cleanup(json_release))) struct json_doc doc = {0};
	struct fixture f;
	uint64_t size = 0;
	start(&f, 1);
	struct log *south = channel_of(&f, 0)->logs[1];
	/* south's next checks do not come */
	f.world.desks[1].is_cut = true;
	witness_ask_log(f.world.desks[0].desk, south);
	world_turn(&f.world, 0);
	world_settle(&f.world);
	world_pass(&f.world, HOUR_MS);
	assert_true(last_check(&f, 0, &doc));
	assert_true(time_in_check(&f, 0, south, &doc, &size) > 0);
	assert_int_equal(size, south->cosigned_size);
	world_pass(&f.world, HOUR_MS); /* neither log has got new lines since */
	assert_false(last_check(&f, 0, &doc));
	stop(&f);
}

/* Do the lines of the check's notes for north's own log make the quorum? How many notes
 * are there for it? */
static unsigned count_quorums(struct fixture *f, struct json_doc *doc,
                              unsigned *ret_notes)
{
	const struct json_token *list = json_member(doc, json_root(doc), "witness");
	const struct tlog_policy *policy = witness_policy(channel_of(f, 0));
	unsigned quorums = 0;
	*ret_notes = 0;
	for (const struct json_token *item = json_first(doc, list); item;
	     item = json_next(doc, list, item)) {
		bool is_there[TLOG_POLICY_ITEMS_MAX] = {false};
		CLEANUP_BUF struct buf note = BUF_INIT(1 << 16);
		json_string_append(doc, item, &note);
		if (!view_has_prefix(buf_view(&note),
		                     view_of_string(own_log(f, 0)->origin)))
			continue;
		for (size_t w = 0; w < f->count; w++)
			is_there[w] = time_in_note(f, w, buf_view(&note)) > 0;
		quorums += tlog_policy_is_satisfied(policy, is_there);
		++*ret_notes;
	}
	return quorums;
}

static const char both[] = "group both all w1 w2\nquorum both\n";

static void a_witness_that_comes_later_signs_what_the_others_have(void **state)
{
	__attribute__((cleanup(json_release))) struct json_doc doc = {0};
	struct fixture f;
	unsigned notes;
	start_with(&f, 2, "", both);
	f.witnesses[1].manner = DEAD;
	world_settle(&f.world);
	uint64_t size = known_size(&f, 0, own_log(&f, 0));
	assert_true(size > 0);
	(void)world_say(&f.world, 0, "the log goes on meanwhile");
	f.witnesses[1].manner = HONEST;
	world_pass(&f.world, 60 * 1000);
	assert_int_equal(known_size(&f, 1, own_log(&f, 0)), size);
	assert_true(own_log(&f, 0)->newest.size > size);
	world_pass(&f.world, HOUR_MS);
	assert_true(last_check(&f, 0, &doc));
	assert_int_equal(count_quorums(&f, &doc, &notes), 1);
	assert_int_equal(notes, 1);
	stop(&f);
}

static void a_check_prefers_what_the_quorum_has_signed(void **state)
{
	__attribute__((cleanup(json_release))) struct json_doc doc = {0};
	struct fixture f;
	uint64_t size;
	unsigned notes;
	start_with(&f, 2, "", both);
	world_settle(&f.world);
	uint64_t by_both = known_size(&f, 0, own_log(&f, 0));
	f.witnesses[1].manner = DEAD;
	(void)world_say(&f.world, 0, "x");
	world_settle(&f.world);
	witness_ask_log(f.world.desks[0].desk, own_log(&f, 0)); /* no deadline */
	world_turn(&f.world, 0);
	world_settle(&f.world);
	assert_true(known_size(&f, 0, own_log(&f, 0)) > by_both);
	world_pass(&f.world, HOUR_MS);
	assert_true(last_check(&f, 0, &doc));
	assert_int_equal(count_quorums(&f, &doc, &notes), 1);
	assert_int_equal(notes, 1);
	assert_true(time_in_check(&f, 1, own_log(&f, 0), &doc, &size) > 0);
	assert_int_equal(size, by_both);
	stop(&f);
}

static void what_was_signed_for_deadlines_is_carried_besides(void **state)
{
	__attribute__((cleanup(json_release))) struct json_doc doc = {0};
	struct fixture f;
	unsigned notes;
	start_with(&f, 2, "", both);
	world_settle(&f.world);
	for (int i = 0; i < 12; i++) {
		(void)world_say(&f.world, 0, "an answer");
		world_settle(&f.world);
		witness_ask_soon(f.world.desks[0].desk, channel_of(&f, 0), false);
		world_turn(&f.world, 0);
		world_settle(&f.world);
	}
	world_pass(&f.world, HOUR_MS);
	assert_true(last_check(&f, 0, &doc));
	assert_int_equal(count_quorums(&f, &doc, &notes), WITNESS_DUE_SIZES_MAX);
	assert_int_equal(notes, WITNESS_DUE_SIZES_MAX); /* the last is the newest */
	world_pass(&f.world, HOUR_MS);
	assert_true(last_check(&f, 0, &doc));
	assert_int_equal(count_quorums(&f, &doc, &notes), 1);
	assert_int_equal(notes, 1);
	stop(&f);
}

/* ---- for the sake of duties */

static const char duties[] =
    ",\"duties\":[{\"every\":\"PT1H\",\"owe\":\"check\",\"grace\":\"PT10M\"},"
    "{\"on\":\"query\",\"owe\":[\"answer\"],\"within\":\"PT12H30M\"}]";

static struct record_message_id send_it(struct fixture *f, size_t desk, const char *kind,
                                        const char *body,
                                        const struct record_message_id *re)
{
	struct desk_draft draft = {.kind = kind, .body = view_of_string(body), .re = re};
	struct desk *it = f->world.desks[desk].desk;
	struct record_message_id id;
	desk_turn_begin(it, f->world.now_ms);
	assert_int_equal(desk_submit(it, 0, &draft, &id, NULL), STATUS_OK);
	assert_int_equal(desk_turn_end(it, NULL), STATUS_OK);
	world_settle(&f->world);
	return id;
}

static void pass_until(struct fixture *f, int64_t time_ms)
{
	world_pass(&f->world, time_ms - f->world.now_ms);
}

struct finding {
	const char *words;
	bool is_found;
	int64_t deadline_s;
};

static bool find_row(void *context, const struct record_duty_row *row)
{
	struct finding *finding = context;
	if (row->is_periodic ||
	    strcmp(record_duty_state_word(row->state), finding->words) != 0)
		return true;
	finding->is_found = true;
	finding->deadline_s = row->deadline_s;
	return true;
}

/* A duty in this state in the desk's list, if there is one. */
static struct finding find_duty(struct fixture *f, size_t desk, const char *state)
{
	struct finding finding = {.words = state};
	assert_int_equal(desk_duties(f->world.desks[desk].desk, 0, f->world.now_ms / 1000,
	                             false, find_row, &finding, NULL),
	                 STATUS_OK);
	return finding;
}

static bool lists(struct fixture *f, size_t desk, const char *state)
{
	return find_duty(f, desk, state).is_found;
}

/* North asks; the clock starts when the witness has seen it, at the next hour. */
static struct record_message_id ask_something(struct fixture *f, int64_t *ret_deadline_ms)
{
	start_with(f, 1, duties, "");
	world_pass(&f->world, 3 * 60 * 1000);
	struct record_message_id id = send_it(
	    f, 0, "query", "{\"language\":\"en\",\"question\":\"Is this yours?\"}", NULL);
	world_pass(&f->world, 3 * HOUR_MS);
	*ret_deadline_ms = find_duty(f, 0, "running").deadline_s * 1000;
	assert_true(*ret_deadline_ms > f->world.now_ms);
	return id;
}

static void before_a_deadline_both_sides_ask(void **state)
{
	struct fixture f;
	int64_t deadline_ms;
	(void)ask_something(&f, &deadline_ms);
	pass_until(&f, deadline_ms - HOUR_MS - 5 * 60 * 1000);
	(void)send_it(&f, 0, "text", "{\"language\":\"en\",\"text\":\"x\"}", NULL);
	(void)send_it(&f, 1, "text", "{\"language\":\"en\",\"text\":\"y\"}", NULL);
	for (size_t d = 0; d < 2; d++)
		assert_true(known_size(&f, 0, own_log(&f, d)) <
		            own_log(&f, d)->newest.size);
	pass_until(&f, deadline_ms - HOUR_MS + 60 * 1000);
	for (size_t d = 0; d < 2; d++)
		assert_int_equal(known_size(&f, 0, own_log(&f, d)),
		                 own_log(&f, d)->newest.size);
	stop(&f);
}

static void an_answer_that_gets_no_receipt_is_shown_by_the_witness(void **state)
{
	struct fixture f;
	int64_t deadline_ms;
	struct record_message_id question = ask_something(&f, &deadline_ms);
	pass_until(&f, deadline_ms - 10 * 60 * 1000);
	f.world.desks[0].is_cut = true;
	struct record_message_id answer =
	    send_it(&f, 1, "answer", "{\"answer\":\"no\"}", &question);
	f.world.now_ms += 20 * 1000;
	world_settle(&f.world);
	assert_true(known_size(&f, 0, own_log(&f, 1)) <= answer.index); /* patience */
	world_pass(&f.world, 20 * 1000);
	assert_true(known_size(&f, 0, own_log(&f, 1)) > answer.index);
	pass_until(&f, deadline_ms + 2 * HOUR_MS);
	assert_true(lists(&f, 1, "met"));
	f.world.desks[0].is_cut = false;
	world_pass(&f.world, 10 * 60 * 1000);
	assert_true(lists(&f, 0, "met"));
	assert_false(lists(&f, 0, "overdue"));
	stop(&f);
}

static void an_answer_with_a_receipt_goes_to_nobody_else_first(void **state)
{
	struct fixture f;
	int64_t deadline_ms;
	struct record_message_id question = ask_something(&f, &deadline_ms);
	pass_until(&f, deadline_ms - 10 * 60 * 1000);
	struct record_message_id answer =
	    send_it(&f, 1, "answer", "{\"answer\":\"no\"}", &question);
	world_pass(&f.world, 2 * 60 * 1000); /* the hour is not over */
	assert_true(known_size(&f, 0, own_log(&f, 1)) <= answer.index);
	assert_true(lists(&f, 0, "met"));
	stop(&f);
}

static void of_a_silent_desk_the_witness_says_how_far_it_went(void **state)
{
	struct fixture f;
	int64_t deadline_ms, time_s = 0;
	uint64_t size = 0;
	(void)ask_something(&f, &deadline_ms);
	pass_until(&f, deadline_ms - 60 * 1000);
	f.world.desks[1].is_cut = true;
	struct log *south = channel_of(&f, 0)->logs[1];
	pass_until(&f, deadline_ms + 10 * 60 * 1000);
	assert_true(lists(&f, 0, "overdue"));
	assert_int_equal(witness_line_newest(f.world.desks[0].desk, south,
	                                     &f.witnesses[0].key, &size, &time_s, NULL,
	                                     NULL),
	                 STATUS_OK);
	assert_int_equal(size, south->cosigned_size);
	assert_true(time_s >= deadline_ms / 1000);
	stop(&f);
}

/* ---- over time */

static void a_restart_goes_on_where_the_lines_end(void **state)
{
	struct fixture f;
	start(&f, 1);
	world_pass(&f.world, HOUR_MS);
	(void)world_say(&f.world, 0, "for the next hour");
	world_settle(&f.world);
	struct desk_witness_info before = info_of(&f, 0, 0);
	unsigned asked = f.witnesses[0].asked;
	world_crash(&f.world, 0);
	world_pass(&f.world, 2 * 60 * 1000);
	assert_int_equal(f.witnesses[0].asked, asked); /* the hour is not over */
	assert_int_equal(info_of(&f, 0, 0).size, before.size);
	assert_int_equal(info_of(&f, 0, 0).time_s, before.time_s);
	world_pass(&f.world, HOUR_MS);
	assert_int_equal(f.witnesses[0].refused, 0);
	assert_true(info_of(&f, 0, 0).size > before.size);
	stop(&f);
}

static void a_log_that_may_not_grow_is_not_submitted(void **state)
{
	struct fixture f;
	start(&f, 1);
	world_stop(&f.world, 1);
	world_crash(&f.world, 0); /* no member shows what it last saw */
	unsigned asked = f.witnesses[0].asked;
	witness_ask_soon(f.world.desks[0].desk, channel_of(&f, 0), true);
	world_pass(&f.world, 3 * HOUR_MS);
	assert_int_equal(f.witnesses[0].asked, asked);
	stop(&f);
}

static void a_clock_set_back_does_not_put_off_a_retry(void **state)
{
	struct fixture f;
	start_with(&f, 1, ",\"duties\":[]", "");
	f.witnesses[0].manner = DEAD;
	f.world.now_ms += INT64_C(24) * HOUR_MS * 365;
	world_settle(&f.world);
	f.world.now_ms -= INT64_C(24) * HOUR_MS * 365;
	world_turn(&f.world, 0);
	world_turn(&f.world, 1);
	f.witnesses[0].manner = HONEST;
	world_pass(&f.world, HOUR_MS / 2);
	assert_true(info_of(&f, 0, 0).size > 0);
	stop(&f);
}

/* Both sign a text and both are handed the note. */
static void hand_to_all(struct fixture *f, struct view text)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	buf_append_view(&note, text);
	buf_append_byte(&note, '\n');
	for (size_t i = 0; i < 2; i++)
		testing_charter_sign(&f->world.desks[i].testing, text, &note);
	for (size_t i = 0; i < 2; i++)
		world_join(&f->world, i, buf_view(&note));
}

/* Both sign a charter that names nobody but the second witness, for each checkpoint. */
static void amend(struct fixture *f)
{
	CLEANUP_BUF struct buf policy = BUF_INIT(1 << 14),
	                       template_json = BUF_INIT(1 << 15),
	                       text = BUF_INIT(RECORD_NOTE_MAX);
	buf_append_string(&policy, "witness w2 ");
	tlog_vkey_append(&policy, &f->witnesses[1].key);
	buf_printf(&policy, " %s\nquorum w2\n", urls[1]);
	buf_append_string(&template_json, "{\"ask_witnesses\":\"each\",\"witnesses\":");
	json_append_string(&template_json, buf_view(&policy));
	buf_append_byte(&template_json, '}');
	struct record_charter_draft draft = {.previous =
	                                         channel_charter(channel_of(f, 0)),
	                                     .date_s = f->world.now_ms / 1000,
	                                     .nonce = "testing nonce 17",
	                                     .template_json = buf_view(&template_json)};
	assert_int_equal(record_charter_draft(&draft, &text, NULL), STATUS_OK);
	hand_to_all(f, buf_view(&text));
}

static void an_amendment_names_others(void **state)
{
	struct fixture f;
	struct desk_witness_info none;
	start(&f, 2);
	f.witnesses[0].manner = SLOW;
	(void)world_say(&f.world, 0, "x");
	world_pass(&f.world, HOUR_MS); /* a request is out when the charter changes */
	assert_true(f.world.held_count > 0);
	amend(&f);
	world_settle(&f.world);
	unsigned asked = f.witnesses[0].asked;
	f.witnesses[0].manner = HONEST;
	world_release_held(&f.world);
	world_settle(&f.world);
	assert_int_equal(f.witnesses[0].asked, asked + 2); /* those that were out */
	assert_string_equal(info_of(&f, 0, 0).url, urls[1]);
	assert_false(desk_witness(f.world.desks[0].desk, 0, 1, &none));
	(void)world_say(&f.world, 0, "x");
	world_pass(&f.world, 2 * HOUR_MS);
	assert_int_equal(f.witnesses[0].asked, asked + 2);
	assert_int_equal(known_size(&f, 1, own_log(&f, 0)), own_log(&f, 0)->newest.size);
	world_crash(&f.world, 0);
	world_pass(&f.world, HOUR_MS);
	assert_string_equal(info_of(&f, 0, 0).url, urls[1]);
	assert_string_equal(info_of(&f, 0, 0).error, "");
	stop(&f);
}

static void a_successor_is_submitted_in_its_turn(void **state)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX), end = BUF_INIT(4096);
	struct desk_channel_info info;
	struct fixture f;
	start(&f, 1);
	desk_channel(f.world.desks[0].desk, 0, &info);
	buf_append_view(&note, info.charter_note);
	f.world.desks[1].is_cut = true;
	(void)world_say(&f.world, 0, "lost");
	world_settle(&f.world);
	world_stop(&f.world, 0);
	world_lose_store(&f.world, 0);
	f.world.desks[1].is_cut = false;
	world_start(&f.world, 0);
	world_join(&f.world, 0, buf_view(&note));
	desk_recover(f.world.desks[0].desk);
	world_pass(&f.world, 300000);
	assert_int_equal(channel_of(&f, 0)->state, DESK_LOG_FROZEN);
	unsigned asked = f.witnesses[0].asked;
	assert_int_equal(desk_log_end(f.world.desks[0].desk, 0, &end, NULL), STATUS_OK);
	hand_to_all(&f, buf_view(&end));
	world_pass(&f.world, 200000);
	(void)world_say(&f.world, 0, "again");
	world_pass(&f.world, HOUR_MS);
	assert_true(f.witnesses[0].asked > asked);
	assert_non_null(strstr(own_log(&f, 0)->origin, "/2"));
	assert_int_equal(known_size(&f, 0, own_log(&f, 0)), own_log(&f, 0)->newest.size);
	assert_int_equal(info_of(&f, 0, 0).size, own_log(&f, 0)->newest.size);
	assert_string_equal(info_of(&f, 0, 0).error, "");
	stop(&f);
}

static void a_clock_far_off_is_said_and_its_line_kept(void **state)
{
	struct fixture f;
	start_with(&f, 1, ",\"duties\":[]", "");
	f.witnesses[0].ahead_s = 3600;
	world_settle(&f.world);
	assert_string_equal(info_of(&f, 0, 0).error,
	                    "its clock is 3600 seconds ahead of this desk's");
	assert_true(info_of(&f, 0, 0).size > 0);
	assert_int_equal(time_served(&f, 0, 0, own_log(&f, 0)),
	                 f.world.now_ms / 1000 + 3600);
	f.witnesses[0].ahead_s = -301;
	(void)world_say(&f.world, 0, "x");
	world_pass(&f.world, HOUR_MS);
	assert_string_equal(info_of(&f, 0, 0).error,
	                    "its clock is 301 seconds behind this desk's");
	f.witnesses[0].ahead_s = -300;
	(void)world_say(&f.world, 0, "x");
	world_pass(&f.world, HOUR_MS);
	assert_string_equal(info_of(&f, 0, 0).error, "");
	stop(&f);
}

static void without_witnesses_nobody_is_asked(void **state)
{
	struct world world;
	struct desk_witness_info info;
	world_init(&world, 2, NULL);
	world_pass(&world, 2 * HOUR_MS);
	assert_false(desk_witness(world.desks[0].desk, 0, 0, &info));
	struct channel *channel = world.desks[0].desk->channels[0];
	witness_ask_soon(world.desks[0].desk, channel, true);
	witness_ask_log(world.desks[0].desk, channel->logs[1]);
	assert_int_equal(witness_ask_wake_ms(world.desks[0].desk, channel), INT64_MAX);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
	        each_desk_has_its_own_log_cosigned_at_once_and_then_each_hour),
	    cmocka_unit_test(messages_between_the_hours_wait_for_the_next),
	    cmocka_unit_test(where_the_charter_says_each_every_checkpoint_is_cosigned),
	    cmocka_unit_test(none_learns_of_a_checkpoint_before_a_member_has_cosigned_it),
	    cmocka_unit_test(a_deadline_is_reason_to_ask_at_once),
	    cmocka_unit_test(without_a_receipt_a_due_answer_goes_to_the_witnesses_first),
	    cmocka_unit_test(a_peers_log_is_cosigned_anew_when_silence_is_to_be_shown),
	    cmocka_unit_test(lines_are_kept_served_and_shown),
	    cmocka_unit_test(lines_travel_to_members_with_the_checkpoint),
	    cmocka_unit_test(a_size_that_it_knows_better_is_taken),
	    cmocka_unit_test(a_lost_answer_is_asked_for_again),
	    cmocka_unit_test(what_does_not_verify_is_not_kept),
	    cmocka_unit_test(refusals_are_said_in_words_and_not_repeated_at_once),
	    cmocka_unit_test(sizes_that_can_not_be_lead_nowhere),
	    cmocka_unit_test(bytes_of_chance_do_no_harm),
	    cmocka_unit_test(a_slow_or_dead_one_delays_nobody),
	    cmocka_unit_test(two_keys_of_one_witness_are_asked_together),
	    cmocka_unit_test(post_quantum_lines_are_kept_beside),
	    cmocka_unit_test(checks_carry_what_witnesses_said_last),
	    cmocka_unit_test(checks_carry_peers_logs_and_nothing_twice),
	    cmocka_unit_test(a_witness_that_comes_later_signs_what_the_others_have),
	    cmocka_unit_test(a_check_prefers_what_the_quorum_has_signed),
	    cmocka_unit_test(what_was_signed_for_deadlines_is_carried_besides),
	    cmocka_unit_test(before_a_deadline_both_sides_ask),
	    cmocka_unit_test(an_answer_that_gets_no_receipt_is_shown_by_the_witness),
	    cmocka_unit_test(an_answer_with_a_receipt_goes_to_nobody_else_first),
	    cmocka_unit_test(of_a_silent_desk_the_witness_says_how_far_it_went),
	    cmocka_unit_test(a_restart_goes_on_where_the_lines_end),
	    cmocka_unit_test(a_log_that_may_not_grow_is_not_submitted),
	    cmocka_unit_test(a_clock_set_back_does_not_put_off_a_retry),
	    cmocka_unit_test(an_amendment_names_others),
	    cmocka_unit_test(a_successor_is_submitted_in_its_turn),
	    cmocka_unit_test(a_clock_far_off_is_said_and_its_line_kept),
	    cmocka_unit_test(without_witnesses_nobody_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
