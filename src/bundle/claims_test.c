/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Roots that entries say they have seen, compared with the tiles of an export.
 */
#include "bundle/claims.h"

#include <fcntl.h>

#include "bundle/testing.h"

enum { ENTRIES = 600 };

struct fixture {
	struct testing_channel channel;
	char folder[TESTING_PATH_MAX], out[TESTING_PATH_MAX + 8];
	int fd;
	struct bundle_manifest_log logs[2];
	struct bundle_manifest manifest;
	struct bundle_claims claims;
};

static void setup(struct fixture *f)
{
	*f = (struct fixture){.fd = -1};
	testing_folder_make(f->folder);
	(void)snprintf(f->out, sizeof f->out, "%s/out", f->folder);
	testing_channel_open(&f->channel, 2);
	testing_channel_fill(&f->channel, 0, ENTRIES - 1);
	testing_channel_seal(&f->channel);
	assert_int_equal(testing_channel_export(&f->channel, f->out, NULL), STATUS_OK);
	f->fd = open(f->out, O_RDONLY | O_DIRECTORY);
	f->manifest.logs = f->logs;
	f->manifest.log_count = 2;
	for (size_t i = 0; i < 2; i++) {
		const struct testing_log *log = &f->channel.logs[i];

		memcpy(f->logs[i].origin_text, log->origin, sizeof log->origin);
		f->logs[i].origin.desk = f->channel.desks[i].card.name;
		f->logs[i].size = log->count;
		f->logs[i].root = tlog_tree_root(&log->tree.tree);
	}
}

static void teardown(struct fixture *f)
{
	(void)close(f->fd);
	bundle_claims_release(&f->claims);
	testing_channel_release(&f->channel);
	testing_folder_remove(f->folder);
}

static void claim(struct fixture *f, uint64_t size, uint64_t index, uint64_t root_size)
{
	struct bundle_claim item = {
	    .about = 0, .author = 1, .size = size, .index = index};

	item.root = testing_channel_root(&f->channel, 0, root_size);
	assert_int_equal(bundle_claims_add(&f->claims, &item, NULL), STATUS_OK);
}

static enum status settle(struct fixture *f, struct bundle_claim *bad, struct error *err)
{
	return bundle_claims_settle(&f->claims, f->fd, &f->manifest, bad, err);
}

static void true_roots_of_any_size_hold(void **state TEST_UNUSED)
{
	struct bundle_claim bad;
	struct fixture f;

	setup(&f);
	for (uint64_t size = ENTRIES; size > 0; size--)
		claim(&f, size, ENTRIES - size, size);
	claim(&f, ENTRIES, 1, ENTRIES);
	assert_int_equal(settle(&f, &bad, NULL), STATUS_OK);
	assert_false(f.claims.is_in_doubt);
	assert_int_equal(f.claims.count, 0);
	assert_int_equal(settle(&f, &bad, NULL), STATUS_OK);
	teardown(&f);
}

static void of_false_roots_the_first_entry_is_named(void **state TEST_UNUSED)
{
	struct bundle_claim bad;
	struct error err;
	struct fixture f;

	setup(&f);
	claim(&f, 300, 4, 300);
	claim(&f, 100, 9, 101);
	claim(&f, 400, 7, 401);
	claim(&f, 257, 8, 256);
	assert_int_equal(settle(&f, &bad, &err), STATUS_CONFLICT);
	assert_int_equal(bad.index, 7);
	assert_int_equal(bad.size, 400);
	assert_string_equal(err.text, "south.example#7 names a root of north.example at "
	                              "size 400 that its log does not have");
	teardown(&f);
}

static void tiles_that_do_not_give_the_root_settle_nothing(void **state TEST_UNUSED)
{
	struct bundle_claim bad;
	struct fixture f;

	setup(&f);
	claim(&f, 300, 4, 301);
	f.logs[0].root.bytes[0] ^= 1;
	assert_int_equal(settle(&f, &bad, NULL), STATUS_OK);
	assert_true(f.claims.is_in_doubt);
	teardown(&f);
}

static void more_than_a_batch_must_be_settled_first(void **state TEST_UNUSED)
{
	struct bundle_claim bad, item = {.about = 0, .author = 1, .size = 5};
	enum status status = STATUS_OK;
	struct fixture f;

	setup(&f);
	item.root = testing_channel_root(&f.channel, 0, item.size);
	for (size_t i = 0; i < 1000000 && status == STATUS_OK; i++)
		status = bundle_claims_add(&f.claims, &item, NULL);
	assert_int_equal(status, STATUS_LIMIT);
	assert_int_equal(settle(&f, &bad, NULL), STATUS_OK);
	assert_int_equal(bundle_claims_add(&f.claims, &item, NULL), STATUS_OK);
	teardown(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(true_roots_of_any_size_hold),
	    cmocka_unit_test(of_false_roots_the_first_entry_is_named),
	    cmocka_unit_test(tiles_that_do_not_give_the_root_settle_nothing),
	    cmocka_unit_test(more_than_a_batch_must_be_settled_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
