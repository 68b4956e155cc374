/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the writer of exports leaves on disk, whole or interrupted, and that tools which
 * know nothing of Aldis can use it.
 */
#include "bundle/testing.h"

#include <sys/stat.h>

#include "bundle/verify.h"
#include "tlog/policy.h"

struct fixture {
	struct testing_channel channel;
	char folder[TESTING_PATH_MAX], out[TESTING_PATH_MAX + 8];
};

static void setup(struct fixture *f, size_t count)
{
	testing_folder_make(f->folder);
	(void)snprintf(f->out, sizeof f->out, "%s/out", f->folder);
	testing_channel_open(&f->channel, 2);
	testing_channel_fill(&f->channel, 0, count - 1);
	testing_channel_seal(&f->channel);
}

static void teardown(struct fixture *f)
{
	testing_channel_release(&f->channel);
	testing_folder_remove(f->folder);
}

static enum status load(const struct fixture *f, size_t desk, const char *name,
                        struct buf *content)
{
	char path[TESTING_PATH_MAX + 300];

	(void)snprintf(path, sizeof path, "%s/%s%s%s", f->out,
	               desk < 2 ? f->channel.logs[desk].folder : "", desk < 2 ? "/" : "",
	               name);
	return file_read(path, content, NULL);
}

static bool exists(const struct fixture *f, size_t desk, const char *name)
{
	CLEANUP_BUF struct buf content = BUF_INIT(SIZE_MAX);

	return load(f, desk, name, &content) == STATUS_OK;
}

static struct bundle_result verify(const struct fixture *f)
{
	struct bundle_verify_options options = {0};
	struct bundle_result result = {0};

	assert_int_equal(bundle_verify(f->out, &options, &result, NULL), STATUS_OK);
	return result;
}

/* C2SP: a size of 300 has bundle 0 full, bundle 1 of 44, and one hash at level 1. */
static void it_has_exactly_the_tiles_of_its_size(void **state TEST_UNUSED)
{
	static const char *const names[] = {
	    "checkpoint",       "policy",
	    "tile/entries/000", "tile/entries/001.p/44",
	    "tile/0/000",       "tile/0/001.p/44",
	    "tile/1/000.p/1",   "blobs/000",
	    "blobs/001.p/44",
	};
	struct fixture f;

	setup(&f, 300);
	assert_int_equal(testing_channel_export(&f.channel, f.out, NULL), STATUS_OK);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_true(exists(&f, 0, names[i]));
	struct bundle_result result = verify(&f);
	assert_true(result.is_consistent);
	assert_int_equal(result.file_count, 3 + 9 + 5);
	bundle_result_release(&result);
	teardown(&f);
}

static void a_size_that_fills_its_tiles_has_no_partial_bundle(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f, 256);
	assert_int_equal(testing_channel_export(&f.channel, f.out, NULL), STATUS_OK);
	assert_true(exists(&f, 0, "tile/0/000"));
	assert_true(exists(&f, 0, "tile/1/000.p/1"));
	assert_false(exists(&f, 0, "tile/0/001.p/1"));
	struct bundle_result result = verify(&f);
	assert_true(result.is_consistent);
	bundle_result_release(&result);
	teardown(&f);
}

static void sha256sum_can_check_its_list(void **state TEST_UNUSED)
{
	char command[TESTING_PATH_MAX + 100];
	struct fixture f;

	setup(&f, 30);
	assert_int_equal(testing_channel_export(&f.channel, f.out, NULL), STATUS_OK);
	(void)snprintf(command, sizeof command,
	               "cd '%s' && sha256sum --check --strict --quiet files", f.out);
	assert_int_equal(system(command), 0);
	teardown(&f);
}

static void the_policy_fits_the_checkpoint(void **state TEST_UNUSED)
{
	CLEANUP_BUF struct buf checkpoint = BUF_INIT(SIZE_MAX);
	CLEANUP_BUF struct buf text = BUF_INIT(SIZE_MAX);
	struct tlog_policy policy = {0};
	struct tlog_policy_result result = {0};
	struct fixture f;

	setup(&f, 30);
	assert_int_equal(testing_channel_export(&f.channel, f.out, NULL), STATUS_OK);
	assert_int_equal(load(&f, 0, "checkpoint", &checkpoint), STATUS_OK);
	assert_int_equal(load(&f, 0, "policy", &text), STATUS_OK);
	assert_int_equal(tlog_policy_parse(buf_view(&text), &policy, NULL), STATUS_OK);
	assert_int_equal(tlog_policy_check(&policy, buf_view(&checkpoint), &result, NULL),
	                 STATUS_OK);
	assert_int_equal(result.verified_count, 1);
	assert_int_equal(result.checkpoint.size, 30);
	tlog_policy_release(&policy);
	teardown(&f);
}

static void only_the_owner_may_read_it(void **state TEST_UNUSED)
{
	char path[TESTING_PATH_MAX + 300];
	struct stat info;
	struct fixture f;

	setup(&f, 3);
	assert_int_equal(testing_channel_export(&f.channel, f.out, NULL), STATUS_OK);
	assert_int_equal(stat(f.out, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0700);
	(void)snprintf(path, sizeof path, "%s/charter.note", f.out);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	teardown(&f);
}

static void a_folder_that_is_not_empty_is_refused(void **state TEST_UNUSED)
{
	struct fixture f;
	struct error err;

	setup(&f, 3);
	assert_int_equal(testing_channel_export(&f.channel, f.out, NULL), STATUS_OK);
	assert_int_equal(testing_channel_export(&f.channel, f.out, &err),
	                 STATUS_CONFLICT);
	assert_non_null(strstr(err.text, "not empty"));
	struct bundle_result result = verify(&f);
	assert_true(result.is_consistent);
	bundle_result_release(&result);
	teardown(&f);
}

static void an_empty_folder_is_taken(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f, 3);
	assert_int_equal(mkdir(f.out, 0700), 0);
	assert_int_equal(testing_channel_export(&f.channel, f.out, NULL), STATUS_OK);
	teardown(&f);
}

static void what_the_desk_lacks_ends_it_without_a_manifest(void **state TEST_UNUSED)
{
	struct fixture f;
	struct error err;

	setup(&f, 300);
	f.channel.missing = "/tile/1/000.p/1";
	assert_int_equal(testing_channel_export(&f.channel, f.out, &err),
	                 STATUS_NOT_FOUND);
	assert_non_null(strstr(err.text, "log of north.example"));
	assert_false(exists(&f, 2, "manifest"));
	struct bundle_result result = verify(&f);
	assert_false(result.is_consistent);
	assert_string_equal(result.file.text, "manifest");
	bundle_result_release(&result);
	teardown(&f);
}

static void a_log_without_a_checkpoint_is_left_out(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f, 3);
	buf_release(&f.channel.logs[1].checkpoint);
	assert_int_equal(testing_channel_export(&f.channel, f.out, NULL), STATUS_OK);
	struct bundle_result result = verify(&f);
	assert_true(result.is_consistent);
	assert_int_equal(result.log_count, 1);
	assert_int_equal(result.statement_count, 3);
	assert_string_equal(bundle_statement(&result, 2),
	                    "nothing written by south.example is in this export");
	bundle_result_release(&result);
	teardown(&f);
}

static void flip_middle(void *context, const char *path, struct buf *body)
{
	if (strstr(path, context) != NULL)
		body->data[body->len / 2] ^= 1;
}

static void a_checkpoint_that_does_not_verify_is_not_exported(void **state TEST_UNUSED)
{
	char name[] = "/checkpoint";
	struct fixture f;

	setup(&f, 3);
	f.channel.falsify = flip_middle;
	f.channel.falsify_context = name;
	assert_int_not_equal(testing_channel_export(&f.channel, f.out, NULL), STATUS_OK);
	assert_false(exists(&f, 2, "manifest"));
	teardown(&f);
}

static void bodies_too_large_to_be_packed_are_fetched_one_by_one(void **state)
{
	struct fixture f;

	setup(&f, 300);
	f.channel.serves_one_by_one = true;
	assert_int_equal(testing_channel_export(&f.channel, f.out, NULL), STATUS_OK);
	struct bundle_result result = verify(&f);
	assert_true(result.is_consistent);
	bundle_result_release(&result);
	teardown(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bodies_too_large_to_be_packed_are_fetched_one_by_one),
	    cmocka_unit_test(it_has_exactly_the_tiles_of_its_size),
	    cmocka_unit_test(a_size_that_fills_its_tiles_has_no_partial_bundle),
	    cmocka_unit_test(sha256sum_can_check_its_list),
	    cmocka_unit_test(the_policy_fits_the_checkpoint),
	    cmocka_unit_test(only_the_owner_may_read_it),
	    cmocka_unit_test(a_folder_that_is_not_empty_is_refused),
	    cmocka_unit_test(an_empty_folder_is_taken),
	    cmocka_unit_test(what_the_desk_lacks_ends_it_without_a_manifest),
	    cmocka_unit_test(a_log_without_a_checkpoint_is_left_out),
	    cmocka_unit_test(a_checkpoint_that_does_not_verify_is_not_exported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
