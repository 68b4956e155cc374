/* SPDX-License-Identifier: Apache-2.0 */
#include "actor.h"

static void join_one(struct world *world, size_t i, struct view notes)
{
	struct desk *desk = world->desks[i].desk;
	struct error err;
	bool is_open = false;
	if (!desk)
		return;
	desk_turn_begin(desk, world->now_ms);
	if (desk_join(desk, notes, &is_open, NULL, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	assert_true(is_open);
	assert_int_equal(desk_turn_end(desk, NULL), STATUS_OK);
}

static void join_first(struct world *world, size_t count, const char *template_json,
                       struct buf *ret_note)
{
	struct testing_desk desks[WORLD_DESKS_MAX] = {0};
	for (size_t i = 0; i < count; i++)
		desks[i] = world->desks[i].testing;
	testing_charter_note(desks, count,
	                     template_json ? template_json : "{\"duties\":[]}", ret_note);
	for (size_t i = 0; i < count; i++)
		join_one(world, i, buf_view(ret_note));
}

static void set_origin(struct actor *actor, size_t desk, char *ret_origin, char *ret_hash)
{
	struct record_origin origin = {.desk = actor->world.desks[desk].testing.card.name,
	                               .channel = actor->channel.id,
	                               .generation = 1};
	record_origin_encode(&origin, ret_origin);
	struct hash hash = sha256(view_of_string(ret_origin));
	hash_hex(&hash, ret_hash);
}

static void start(struct actor *actor, size_t desk_count, size_t member_count,
                  const char *template_json, struct buf *ret_note)
{
	*actor =
	    (struct actor){.bundle = BUF_INIT(64 << 20), .packed = BUF_INIT(256 << 20)};
	world_init_bare(&actor->world, desk_count);
	world_stop(&actor->world, 1);
	join_first(&actor->world, member_count, template_json, ret_note);
	desk_channel(actor_north(actor), 0, &actor->channel);
	set_origin(actor, 1, actor->origin, actor->hash);
	set_origin(actor, 0, actor->north_origin, actor->north_hash);
	const struct record_card *north = &actor->world.desks[0].testing.card;
	const struct record_card *south = &actor->world.desks[1].testing.card;
	actor->secret = testing_secret_new("south.example", RECORD_ROLE_LOG);
	actor->mirror_secret = testing_secret_new("south.example", RECORD_ROLE_MIRROR);
	assert_int_equal(record_log_vkey(actor->origin, &south->keys[RECORD_ROLE_LOG],
	                                 &actor->key, NULL),
	                 STATUS_OK);
	assert_int_equal(record_vkey("south.example", "mirror",
	                             &south->keys[RECORD_ROLE_MIRROR], &actor->mirror_key,
	                             NULL),
	                 STATUS_OK);
	assert_int_equal(record_vkey("north.example", "mirror",
	                             &north->keys[RECORD_ROLE_MIRROR],
	                             &actor->north_mirror_key, NULL),
	                 STATUS_OK);
}

void actor_start(struct actor *actor, size_t desk_count, const char *template_json)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	start(actor, desk_count, desk_count, template_json, &note);
}

void actor_start_late(struct actor *actor, struct buf *ret_amended)
{
	CLEANUP_BUF struct buf chain = BUF_INIT(2 * RECORD_NOTE_MAX),
	                       text = BUF_INIT(RECORD_NOTE_MAX);
	start(actor, 3, 2, NULL, &chain);
	struct view card_note = buf_view(&actor->world.desks[2].testing.note);
	struct record_charter_draft draft = {.previous = actor->channel.charter,
	                                     .cards = &actor->world.desks[2].testing.card,
	                                     .card_notes = &card_note,
	                                     .card_count = 1,
	                                     .history_none = true,
	                                     .date_s = 1795218600,
	                                     .nonce = "testing nonce 17",
	                                     .template_json = view_of_string("")};
	assert_int_equal(record_charter_draft(&draft, &text, NULL), STATUS_OK);
	buf_append_view(ret_amended, buf_view(&text));
	buf_append_byte(ret_amended, '\n');
	for (size_t i = 0; i < 3; i++)
		testing_charter_sign(&actor->world.desks[i].testing, buf_view(&text),
		                     ret_amended);
	buf_append_view(&chain, buf_view(ret_amended));
	join_one(&actor->world, 2, buf_view(&chain));
}

void actor_stop(struct actor *actor)
{
	world_release(&actor->world);
	test_tree_release(&actor->tree);
	buf_release(&actor->bundle);
	buf_release(&actor->packed);
	ed25519_secret_free(actor->secret);
	ed25519_secret_free(actor->mirror_secret);
}

struct desk *actor_north(struct actor *actor)
{
	return actor->world.desks[0].desk;
}

static void add_with(struct actor *actor, struct view entry, struct view blob)
{
	test_tree_add(&actor->tree, entry);
	tlog_bundle_append(&actor->bundle, entry);
	buf_append_u32(&actor->packed, (uint32_t)blob.len);
	buf_append_view(&actor->packed, blob);
}

void actor_add(struct actor *actor, struct view entry)
{
	add_with(actor, entry, view_of("", 0));
}

void actor_add_envelope(struct actor *actor, const struct record_envelope *envelope)
{
	CLEANUP_BUF struct buf entry = BUF_INIT(TLOG_ENTRY_MAX);
	assert_int_equal(record_envelope_append(envelope, &entry, NULL), STATUS_OK);
	actor_add(actor, buf_view(&entry));
}

void actor_add_plain(struct actor *actor)
{
	struct record_envelope envelope = {.kind = "check",
	                                   .sent_s = actor->world.now_ms / 1000};
	if (actor->tree.tree.size == 0)
		actor_add(actor, view_of_string("stands for open"));
	else
		actor_add_envelope(actor, &envelope);
}

void actor_add_text(struct actor *actor, struct view blob, uint64_t size)
{
	struct record_envelope envelope = {
	    .kind = "text",
	    .line = "technical",
	    .sent_s = actor->world.now_ms / 1000,
	    .has_body = true,
	    .body = {.id = sha256(blob), .size = size},
	};
	CLEANUP_BUF struct buf entry = BUF_INIT(TLOG_ENTRY_MAX);
	assert_int_equal(record_envelope_append(&envelope, &entry, NULL), STATUS_OK);
	add_with(actor, buf_view(&entry), blob);
}

void actor_add_with_body(struct actor *actor, const char *kind, struct view json,
                         struct buf *ret_blob)
{
	struct record_envelope envelope = {.sent_s = actor->world.now_ms / 1000,
	                                   .has_body = true,
	                                   .body = {.size = json.len}};
	CLEANUP_BUF struct buf entry = BUF_INIT(TLOG_ENTRY_MAX);
	snprintf(envelope.kind, sizeof envelope.kind, "%s", kind);
	record_blob_append(ret_blob, envelope.salt, json);
	envelope.body.id = sha256(buf_view(ret_blob));
	assert_int_equal(record_envelope_append(&envelope, &entry, NULL), STATUS_OK);
	add_with(actor, buf_view(&entry), buf_view(ret_blob));
}

void actor_blob(struct buf *out, uint8_t mark, size_t content_len)
{
	for (size_t i = 0; i < RECORD_SALT_LEN + content_len; i++)
		buf_append_byte(out, mark);
	assert_int_equal(buf_check(out, "a blob", NULL), STATUS_OK);
}

struct hash actor_root(struct actor *actor, uint64_t size)
{
	struct hash root = tlog_empty_root();
	if (size > 0)
		assert_int_equal(
		    tlog_subtree_root(0, size, test_tree_read, &actor->tree, &root, NULL),
		    STATUS_OK);
	return root;
}

void actor_note(struct actor *actor, uint64_t size, const struct hash *root,
                struct buf *out)
{
	struct tlog_checkpoint checkpoint = {
	    .size = size, .root = root ? *root : actor_root(actor, size)};
	CLEANUP_BUF struct buf text = BUF_INIT(4096);
	strcpy(checkpoint.origin, actor->origin);
	tlog_checkpoint_append(&text, &checkpoint);
	tlog_note_sign(out, buf_view(&text), &actor->key, actor->secret);
}

int actor_post(struct actor *actor, size_t to, const char *path, struct view body)
{
	return world_request(&actor->world, to, "south.example", DESK_POST, path, body);
}

int actor_get(struct actor *actor, size_t to, const char *path)
{
	return world_request(&actor->world, to, "south.example", DESK_GET, path,
	                     view_of("", 0));
}

int actor_checkpoint(struct actor *actor, size_t to, uint64_t old_size, uint64_t size,
                     const struct hash *root)
{
	CLEANUP_BUF struct buf note = BUF_INIT(4096), body = BUF_INIT(1 << 16);
	actor_note(actor, size, root, &note);
	struct tlog_add_checkpoint request = {.old_size = old_size,
	                                      .note = buf_view(&note)};
	if (old_size > 0 && old_size < size && size <= actor->tree.tree.size)
		assert_int_equal(tlog_proof_consistency(old_size, size, test_tree_read,
		                                        &actor->tree, &request.proof,
		                                        NULL),
		                 STATUS_OK);
	tlog_add_checkpoint_append(&body, &request);
	return actor_post(actor, to, "/add-checkpoint", buf_view(&body));
}

int actor_entries(struct actor *actor, size_t to, uint64_t start, uint64_t end,
                  uint64_t size)
{
	CLEANUP_BUF struct buf body = BUF_INIT(64 << 20), package = BUF_INIT(32 << 20);
	struct reader reader = reader_of(buf_view(&actor->bundle));
	struct view entry;
	tlog_add_entries_append_header(&body, view_of_string(actor->origin), start, size,
	                               view_of("", 0));
	for (uint64_t i = 0; i < end; i++) {
		struct tlog_proof proof;
		assert_true(tlog_bundle_next(&reader, &entry));
		if (i >= start)
			tlog_bundle_append(&package, entry);
		if (i < start || (i + 1 != end && (i + 1) % 256 != 0))
			continue;
		assert_int_equal(tlog_proof_subtree(i - i % 256, i + 1, size,
		                                    test_tree_read, &actor->tree, &proof,
		                                    NULL),
		                 STATUS_OK);
		tlog_add_entries_append_package(&body, buf_view(&package), &proof);
		buf_clear(&package);
	}
	return actor_post(actor, to, "/add-entries", buf_view(&body));
}

int actor_blobs(struct actor *actor, size_t to, struct view blob)
{
	CLEANUP_BUF struct buf body = BUF_INIT(32 << 20);
	record_add_blobs_append_origin(&body, view_of_string(actor->origin));
	record_add_blobs_append_blob(&body, blob);
	return actor_post(actor, to, "/add-blobs", buf_view(&body));
}

void actor_push(struct actor *actor, size_t to, uint64_t old_size)
{
	uint64_t size = actor->tree.tree.size;
	assert_int_equal(actor_checkpoint(actor, to, old_size, size, NULL), 200);
	assert_int_equal(actor_entries(actor, to, old_size, size, size), 200);
}

struct desk_log_info actor_log_info(struct actor *actor, size_t desk, size_t log)
{
	struct desk_log_info info;
	desk_log(actor->world.desks[desk].desk, 0, log, &info);
	return info;
}

/* The first `count` items, each a length of 2 or 4 bytes and so many bytes. */
static struct view first_items(struct view all, bool are_bodies, uint64_t count)
{
	struct reader reader = reader_of(all);
	struct view item;
	for (uint64_t i = 0; i < count; i++)
		assert_true(are_bodies ? reader_u32_bytes(&reader, &item)
		                       : tlog_bundle_next(&reader, &item));
	return view_of(all.data, all.len - reader.rest.len);
}

bool actor_serve(struct actor *actor, uint64_t size, const struct world_call *call,
                 struct world_reply *ret_reply)
{
	struct view path = view_of_string(call->path), prefix;
	char text[128];
	snprintf(text, sizeof text, "/log/%s/", actor->hash);
	prefix = view_of_string(text);
	if (call->method != DESK_GET || !view_has_prefix(path, prefix))
		return false;
	path = view_from(path, prefix.len);
	assert_true(size > 0 && size <= 256);
	ret_reply->status = 200;
	if (view_equal_string(path, "checkpoint"))
		actor_note(actor, size, NULL, &ret_reply->body);
	else if (view_has_prefix(path, view_of_string("tile/0/")))
		buf_append(&ret_reply->body, actor->tree.nodes[0],
		           size * sizeof(struct hash));
	else if (view_has_prefix(path, view_of_string("tile/entries/")))
		buf_append_view(&ret_reply->body,
		                first_items(buf_view(&actor->bundle), false, size));
	else if (view_has_prefix(path, view_of_string("blobs/")))
		buf_append_view(&ret_reply->body,
		                first_items(buf_view(&actor->packed), true, size));
	else
		ret_reply->status = 404;
	return true;
}
