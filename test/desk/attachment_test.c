/* SPDX-License-Identifier: Apache-2.0 */
/* Attachments of a member that withholds some, or sends more than the charter allows. */
#include "actor.h"

#include "desk/state.h"

enum { LARGE_LEN = 300 * 1024 };

/* Which of the attachments south hands out when it is asked for them. */
struct holder {
	struct actor *actor;
	struct buf blobs[4];
	size_t blob_count;
	size_t asked;
};

static bool serve_blobs(void *context, const struct world_call *call,
                        struct world_reply *ret_reply)
{
	struct holder *holder = context;
	ret_reply->status = 404;
	if (!view_has_prefix(view_of_string(call->path), view_of_string("/blob/")))
		return true;
	holder->asked++;
	for (size_t i = 0; i < holder->blob_count; i++) {
		struct hash id = sha256(buf_view(&holder->blobs[i]));
		char hex[HASH_HEX_LEN + 1];
		hash_hex(&id, hex);
		if (!strstr(call->path, hex))
			continue;
		ret_reply->status = 200;
		buf_append_view(&ret_reply->body, buf_view(&holder->blobs[i]));
	}
	return true;
}

static struct record_blob_ref ref_of(struct view blob)
{
	return (struct record_blob_ref){.id = sha256(blob),
	                                .size = blob.len - RECORD_SALT_LEN};
}

/* An entry of south with these attachments. */
static void add_with(struct actor *actor, struct record_blob_ref *refs, size_t count)
{
	struct record_envelope envelope = {.kind = "check",
	                                   .sent_s = actor->world.now_ms / 1000,
	                                   .attachments = refs,
	                                   .attachment_count = count};
	actor_add_envelope(actor, &envelope);
}

static void start(struct actor *actor, struct holder *holder, const char *template_json)
{
	actor_start(actor, 2, template_json);
	*holder = (struct holder){.actor = actor};
	for (size_t i = 0; i < 4; i++) {
		holder->blobs[i] = BUF_INIT(1 << 20);
		actor_blob(&holder->blobs[i], (uint8_t)(i + 1), LARGE_LEN);
	}
	actor->world.script = serve_blobs;
	actor->world.script_context = holder;
	actor_add_plain(actor);
}

static void stop(struct actor *actor, struct holder *holder)
{
	for (size_t i = 0; i < 4; i++)
		buf_release(&holder->blobs[i]);
	actor_stop(actor);
}

static size_t count_kind(struct actor *actor, const char *kind)
{
	struct record_message_id id = {.desk = actor->world.desks[0].testing.card.name};
	uint64_t size = actor_log_info(actor, 0, 0).signed_size;
	size_t count = 0;
	for (id.index = 0; id.index < size; id.index++) {
		struct desk_message message;
		assert_int_equal(
		    desk_message_read(actor_north(actor), 0, &id, &message, NULL),
		    STATUS_OK);
		count += strcmp(message.envelope->kind, kind) == 0;
	}
	return count;
}

static void what_nobody_has_keeps_nothing_else_back(void **state)
{
	struct actor actor;
	struct holder holder;
	struct record_blob_ref refs[3];
	start(&actor, &holder, NULL);
	holder.blob_count = 2; /* the third is nowhere */
	for (size_t i = 0; i < 3; i++)
		refs[i] = ref_of(buf_view(&holder.blobs[i]));
	struct record_blob_ref both[2] = {refs[2], refs[0]};
	add_with(&actor, both, 2);     /* the first of the two is nowhere */
	add_with(&actor, &refs[1], 1); /* and this one stands behind */
	actor_push(&actor, 0, 0);
	world_pass(&actor.world, 130 * 1000);
	assert_int_equal(count_kind(&actor, "attachment.held"), 1);
	struct record_message_id id = {.index = 1};
	strcpy(id.desk.text, "south.example");
	CLEANUP_BUF struct buf blob = BUF_INIT(1 << 20);
	assert_int_equal(desk_blob(actor_north(&actor), 0, &id, &refs[0].id, &blob, NULL),
	                 STATUS_OK);
	holder.blob_count = 3; /* found after all, after a crash */
	world_crash(&actor.world, 0);
	world_pass(&actor.world, 130 * 1000);
	assert_int_equal(count_kind(&actor, "attachment.held"), 2);
	stop(&actor, &holder);
}

static void one_blob_named_by_many_entries_is_fetched_once(void **state)
{
	struct actor actor;
	struct holder holder;
	start(&actor, &holder, NULL);
	holder.blob_count = 1;
	struct record_blob_ref ref = ref_of(buf_view(&holder.blobs[0]));
	struct record_blob_ref twice[2] = {ref, ref};
	for (int i = 0; i < 10; i++)
		add_with(&actor, twice, 2);
	actor_push(&actor, 0, 0);
	world_pass(&actor.world, 130 * 1000);
	assert_int_equal(count_kind(&actor, "attachment.held"), 10);
	assert_int_equal(holder.asked, 1);
	stop(&actor, &holder);
}

static void far_too_many_that_are_withheld_do_not_stop_later_ones(void **state)
{
	struct actor actor;
	struct holder holder;
	start(&actor, &holder, NULL);
	holder.blob_count = 1;
	for (uint8_t i = 0; i < 100; i++) {
		struct record_blob_ref nowhere = {.id = {{i, 9}}, .size = 1000};
		add_with(&actor, &nowhere, 1);
	}
	struct record_blob_ref ref = ref_of(buf_view(&holder.blobs[0]));
	add_with(&actor, &ref, 1);
	actor_push(&actor, 0, 0);
	world_pass(&actor.world, 130 * 1000);
	assert_true(holder.asked < 64); /* no thousands of questions in vain */
	assert_int_equal(actor_blobs(&actor, 0, buf_view(&holder.blobs[0])), 200);
	world_pass(&actor.world, 10 * 1000);
	assert_int_equal(count_kind(&actor, "attachment.held"), 1);
	stop(&actor, &holder);
}

static const char small_quota[] =
    "{\"duties\":[],\"limits\":{\"skew\":\"PT5M\",\"body\":262144,"
    "\"attachment\":8388608,\"attachments\":64,\"quota\":700000}}";

static void the_quota_of_the_charter_holds(void **state)
{
	struct actor actor;
	struct holder holder;
	struct record_blob_ref refs[4];
	start(&actor, &holder, small_quota); /* room for two of them */
	holder.blob_count = 4;
	for (size_t i = 0; i < 4; i++) {
		refs[i] = ref_of(buf_view(&holder.blobs[i]));
		add_with(&actor, &refs[i], 1);
	}
	assert_int_equal(actor_blobs(&actor, 0, buf_view(&holder.blobs[0])), 200);
	assert_int_equal(actor_blobs(&actor, 0, buf_view(&holder.blobs[1])), 200);
	actor_push(&actor, 0, 0);
	world_pass(&actor.world, 130 * 1000);
	assert_int_equal(count_kind(&actor, "attachment.held"), 2);
	assert_int_equal(holder.asked, 0);
	assert_int_equal(actor_blobs(&actor, 0, buf_view(&holder.blobs[2])), 507);
	/* bodies still find room, and the own messages are told why not */
	CLEANUP_BUF struct buf body = BUF_INIT(4096);
	actor_blob(&body, 9, 1000);
	assert_int_equal(actor_blobs(&actor, 0, buf_view(&body)), 200);
	struct desk *north = actor_north(&actor);
	struct record_blob_ref own;
	struct record_message_id id;
	desk_turn_begin(north, actor.world.now_ms);
	assert_int_equal(
	    desk_put_attachment(north, 0, buf_view(&holder.blobs[3]), &own, NULL),
	    STATUS_OK);
	struct desk_draft draft = {
	    .kind = "text",
	    .body = view_of_string("{\"language\":\"en\",\"text\":\"see\"}"),
	    .attachments = &own,
	    .attachment_count = 1};
	assert_int_equal(desk_submit(north, 0, &draft, &id, NULL), STATUS_LIMIT);
	assert_int_equal(desk_turn_end(north, NULL), STATUS_OK);
	struct desk_check_result result;
	assert_int_equal(desk_check(north, &result, NULL), STATUS_OK);
	assert_int_equal(result.attachments, 2);
	world_crash(&actor.world, 0); /* the count was kept with them */
	world_pass(&actor.world, 1000);
	assert_int_equal(actor_blobs(&actor, 0, buf_view(&holder.blobs[2])), 507);
	stop(&actor, &holder);
}

static const struct store_ops *real_ops;
static uint64_t read_len;

static enum status counting_get(void *store, enum store_table table, struct view key,
                                struct buf *ret_value, struct error *err)
{
	enum status status = real_ops->get(store, table, key, ret_value, err);
	if (status == STATUS_OK)
		read_len += ret_value->len;
	return status;
}

static bool count_row(void *context, struct view key, struct view value)
{
	read_len += value.len;
	return ((store_row *)((void **)context)[0])(((void **)context)[1], key, value);
}

static enum status counting_scan(void *store, enum store_table table, struct view prefix,
                                 struct view from, store_row *row, void *context,
                                 struct error *err)
{
	void *both[2] = {(void *)row, context};
	return real_ops->scan(store, table, prefix, from, count_row, both, err);
}

static void what_is_kept_is_not_read_again_and_again(void **state)
{
	struct actor actor;
	struct holder holder;
	struct record_blob_ref refs[5];
	CLEANUP_BUF struct buf junk = BUF_INIT(64);
	start(&actor, &holder, NULL);
	for (size_t i = 0; i < 4; i++)
		refs[i] = ref_of(buf_view(&holder.blobs[i]));
	refs[4] = (struct record_blob_ref){.id = {{7}}, .size = 100};
	add_with(&actor, refs, 5); /* the last of them never comes */
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(actor_blobs(&actor, 0, buf_view(&holder.blobs[i])), 200);
	actor_push(&actor, 0, 0);
	world_pass(&actor.world, 5000);
	world_crash(&actor.world, 0);
	real_ops = actor_north(&actor)->store.ops;
	struct store_ops counting = *real_ops;
	counting.get = counting_get;
	counting.scan = counting_scan;
	actor_north(&actor)->store.ops = &counting;
	read_len = 0;
	actor_blob(&junk, 1, 1);
	world_pass(&actor.world, 1000);
	for (int i = 0; i < 100; i++)
		assert_int_equal(actor_blobs(&actor, 0, buf_view(&junk)), 200);
	world_pass(&actor.world, 600 * 1000);
	assert_in_range(read_len, 4 * LARGE_LEN, 5 * LARGE_LEN); /* once each */
	actor_north(&actor)->store.ops = real_ops;
	stop(&actor, &holder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_nobody_has_keeps_nothing_else_back),
	    cmocka_unit_test(one_blob_named_by_many_entries_is_fetched_once),
	    cmocka_unit_test(far_too_many_that_are_withheld_do_not_stop_later_ones),
	    cmocka_unit_test(the_quota_of_the_charter_holds),
	    cmocka_unit_test(what_is_kept_is_not_read_again_and_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
