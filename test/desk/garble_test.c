/* SPDX-License-Identifier: Apache-2.0 */
/* A member that says anything: true and mangled requests and answers in random order,
 * envelopes at the edges of their form, crashes between. The others' talk goes on and the
 * store stays sound. Each seed is a world of its own and repeats. */
#include "actor.h"

struct garble {
	struct actor actor;
	uint64_t random;
	uint64_t sent; /* entries of south that north should hold */
	struct buf blob;
};

static uint64_t draw(struct garble *g, uint64_t below)
{
	g->random ^= g->random << 13;
	g->random ^= g->random >> 7;
	g->random ^= g->random << 17;
	return g->random % below;
}

static void mangle(struct garble *g, struct buf *body)
{
	uint64_t changes = draw(g, 4);
	for (uint64_t i = 0; i < changes && body->len > 0; i++)
		body->data[draw(g, body->len)] = (uint8_t)draw(g, 256);
	if (draw(g, 4) == 0)
		body->len = draw(g, body->len + 1);
	if (draw(g, 8) == 0)
		for (uint64_t i = draw(g, 100); i > 0; i--)
			buf_append_byte(body, (uint8_t)draw(g, 256));
}

/* An envelope with fields at their edges. */
static void add_envelope(struct garble *g)
{
	static const char *const kinds[] = {"check",  "text",  "open",   "ack",
	                                    "answer", "leave", "nothing"};
	static const char *const names[] = {"north.example", "south.example",
	                                    "west.example", "no.example"};
	struct record_seen seen[4];
	struct record_blob_ref refs[RECORD_ATTACHMENTS_MAX];
	struct record_name to[2];
	struct record_envelope envelope = {.sent_s = draw(g, 3) == 0
	                                                 ? INT64_C(253402300799)
	                                                 : g->actor.world.now_ms / 1000};
	strcpy(envelope.kind, kinds[draw(g, 7)]);
	strcpy(envelope.line, draw(g, 2) ? "technical" : "");
	envelope.seen = seen;
	for (size_t i = 0; i < 4; i++) {
		if (draw(g, 2))
			continue;
		struct record_seen *it = &seen[envelope.seen_count++];
		strcpy(it->desk.text, names[i]);
		it->size = draw(g, 3) ? 1 + draw(g, 20) : (UINT64_C(1) << 53) - 1;
		memset(it->root.bytes, (int)draw(g, 4), sizeof it->root.bytes);
	}
	envelope.attachments = refs;
	envelope.attachment_count = draw(g, 5) ? 0 : 1 + draw(g, RECORD_ATTACHMENTS_MAX);
	for (size_t i = 0; i < envelope.attachment_count; i++)
		refs[i] = (struct record_blob_ref){
		    .id = draw(g, 2) ? sha256(buf_view(&g->blob))
		                     : (struct hash){{(uint8_t)draw(g, 256)}},
		    .size = draw(g, 8388000)};
	envelope.to = to;
	envelope.to_count = draw(g, 3);
	strcpy(to[0].text, names[draw(g, 4)]);
	strcpy(to[1].text, "other.example");
	if ((envelope.has_re = draw(g, 2))) {
		strcpy(envelope.re.desk.text, names[draw(g, 4)]);
		envelope.re.index = draw(g, 2) ? draw(g, 5) : STORE_INDEX_MAX;
	}
	actor_add_envelope(&g->actor, &envelope);
}

static void add_entry(struct garble *g)
{
	static uint8_t bytes[TLOG_ENTRY_MAX];
	uint64_t choice = draw(g, 8);
	if (choice == 0)
		actor_add(&g->actor, view_of(bytes, draw(g, 2) ? TLOG_ENTRY_MAX : 0));
	else if (choice == 1)
		actor_add_text(&g->actor, buf_view(&g->blob), draw(g, 100));
	else if (choice == 2)
		actor_add_text(&g->actor, buf_view(&g->blob),
		               g->blob.len - RECORD_SALT_LEN);
	else
		add_envelope(g);
}

static void post_garbled(struct garble *g)
{
	static const char *const paths[] = {"/add-checkpoint", "/add-entries",
	                                    "/add-blobs", "/nothing"};
	CLEANUP_BUF struct buf body = BUF_INIT(1 << 20), note = BUF_INIT(4096);
	struct actor *actor = &g->actor;
	struct tlog_add_checkpoint add = {.old_size = draw(g, 40)};
	switch (draw(g, 4)) {
	case 0:
		actor_note(actor, draw(g, 3) ? actor->tree.tree.size : 0, NULL, &note);
		add.note = buf_view(&note);
		tlog_add_checkpoint_append(&body, &add);
		break;
	case 1:
		tlog_add_entries_append_header(&body, view_of_string(actor->origin),
		                               draw(g, 10), 10 + draw(g, 40),
		                               view_of("", 0));
		buf_append(
		    &body, actor->bundle.data,
		    draw(g, actor->bundle.len < 4000 ? actor->bundle.len + 1 : 4000));
		break;
	case 2:
		record_add_blobs_append_origin(&body, view_of_string(actor->origin));
		record_add_blobs_append_blob(&body, buf_view(&g->blob));
		break;
	default:
		for (uint64_t i = draw(g, 300); i > 0; i--)
			buf_append_byte(&body, (uint8_t)draw(g, 256));
	}
	mangle(g, &body);
	(void)actor_post(actor, 2 * draw(g, 2), paths[draw(g, 4)], buf_view(&body));
}

static void get_garbled(struct garble *g)
{
	static const char *const tails[] = {"checkpoint",
	                                    "checkpoint/3",
	                                    "checkpoint/9223372036854775807",
	                                    "tile/0/000",
	                                    "tile/0/000.p/1",
	                                    "tile/63/x999/999",
	                                    "tile/entries/000.p/2",
	                                    "blobs/000",
	                                    "blobs/000.p/1",
	                                    "blobs/x001/x234/067.p/255",
	                                    ""};
	static const char *const roots[] = {"log", "mirror", "pending", "blob",
	                                    "witness"};
	struct actor *actor = &g->actor;
	char path[256];
	const char *hash = draw(g, 2) ? actor->hash : actor->north_hash;
	int len = snprintf(path, sizeof path, "/%s/%s/%s", roots[draw(g, 5)], hash,
	                   draw(g, 6) ? tails[draw(g, 11)] : hash);
	if (draw(g, 3) == 0)
		path[draw(g, (uint64_t)len)] = (char)(' ' + draw(g, 90));
	(void)actor_get(actor, 0, path);
}

/* Entries that north may really have; what it lacks of bodies stays its own affair. */
static void push_really(struct garble *g)
{
	struct actor *actor = &g->actor;
	uint64_t size = actor->tree.tree.size;
	if (actor_checkpoint(actor, 0, g->sent, size, NULL) != 200)
		return;
	g->sent = size;
	struct desk_log_info info = actor_log_info(actor, 0, 1);
	if (info.entry_count <= size)
		(void)actor_entries(actor, 0, info.entry_count, size, size);
}

static bool answer(void *context, const struct world_call *call,
                   struct world_reply *ret_reply)
{
	static const int statuses[] = {200, 202, 400, 404, 409, 413, 422, 424, 503, 507};
	static const char *const words[] = {"",         "0\n", "7\n3\n\n",
	                                    "1\n0\n\n", "\n",  "9999\n"};
	struct garble *g = context;
	uint64_t choice = draw(g, 4);
	if (choice == 0)
		return false; /* nobody there */
	ret_reply->status = statuses[draw(g, 10)];
	if (choice == 1 && g->actor.tree.tree.size > 0) {
		uint64_t size = g->actor.tree.tree.size;
		(void)actor_serve(&g->actor, 1 + draw(g, size < 256 ? size : 256), call,
		                  ret_reply);
	} else {
		buf_append_string(&ret_reply->body, words[draw(g, 6)]);
	}
	if (draw(g, 3) == 0)
		mangle(g, &ret_reply->body);
	return true;
}

static void step(struct garble *g)
{
	struct actor *actor = &g->actor;
	switch (draw(g, 12)) {
	case 0:
		add_entry(g);
		break;
	case 1:
		push_really(g);
		break;
	case 2:
		(void)actor_blobs(actor, 0, buf_view(&g->blob));
		break;
	case 3:
		(void)world_say(&actor->world, 2 * draw(g, 2), "we go on");
		break;
	case 4:
		world_pass(&actor->world, (int64_t)draw(g, 90000));
		break;
	case 5:
		if (draw(g, 5) == 0)
			world_crash(&actor->world, 2 * draw(g, 2));
		break;
	case 6:
	case 7:
		get_garbled(g);
		break;
	default:
		post_garbled(g);
	}
	world_settle(&actor->world);
}

static void play(uint64_t seed)
{
	static const char duties[] =
	    "{\"duties\":[{\"every\":\"PT1H\",\"owe\":\"check\",\"grace\":\"PT10M\"},"
	    "{\"on\":\"text\",\"owe\":[\"ack\"],\"within\":\"PT24H\"}]}";
	struct garble g = {.random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1,
	                   .blob = BUF_INIT(1024)};
	actor_blob(&g.blob, 5, 40);
	actor_start(&g.actor, 3, duties);
	g.actor.world.script = answer;
	g.actor.world.script_context = &g;
	world_pass(&g.actor.world, 70 * 1000);
	for (int i = 0; i < 300; i++)
		step(&g);
	world_pass(&g.actor.world, 600 * 1000);
	for (size_t d = 0; d < 3; d += 2) {
		struct desk_check_result result;
		struct error err = {{0}};
		if (desk_check(g.actor.world.desks[d].desk, &result, &err) != STATUS_OK)
			fail_msg("seed %d: %s", (int)seed, err.text);
		struct desk_log_info own = actor_log_info(&g.actor, d, d);
		struct desk_log_info there = actor_log_info(&g.actor, 2 - d, d);
		assert_int_equal(own.state, DESK_LOG_READY);
		if (there.cosigned_size != own.entry_count)
			fail_msg("seed %d: %d entries of %s, %d there", (int)seed,
			         (int)own.entry_count, own.desk,
			         (int)there.cosigned_size);
	}
	actor_stop(&g.actor);
	buf_release(&g.blob);
}

static void the_others_go_on_whatever_a_member_says(void **state)
{
	const char *more = getenv("GARBLE_SEEDS"); /* for a longer hunt */
	uint64_t seeds = more ? strtoull(more, NULL, 10) : 20;
	for (uint64_t seed = 1; seed <= seeds; seed++)
		play(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_others_go_on_whatever_a_member_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
