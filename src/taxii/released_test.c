/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A release file as a collection, and files that are none.
 */
#include "taxii/released.h"

#include "release/frame.h"
#include "release/testing.h"

static struct buf file_of(const struct release_fixture *f)
{
	struct buf file = BUF_INIT((size_t)RELEASE_FILE_MAX);

	assert_int_equal(release_file_append(buf_view(&f->data), &file), STATUS_OK);
	return file;
}

static void open_file(struct view file, struct taxii_released *ret_released)
{
	struct error err = {0};

	*ret_released = (struct taxii_released){0};
	if (taxii_released_read(file, ret_released, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

static void a_release_is_a_collection_that_says_what_it_is(void **state TEST_UNUSED)
{
	struct taxii_released released, again;
	struct release_fixture f;

	release_fixture_make(&f, 0);
	struct buf file = file_of(&f);
	open_file(buf_view(&file), &released);
	open_file(buf_view(&file), &again);
	assert_int_equal(released.grade, RELEASE_JOINT);
	assert_string_equal(released.collection.id, again.collection.id);
	assert_int_equal(released.collection.id[14], '5');
	assert_int_equal(released.collection.begun_us % TAXII_SECOND_US, 0);
	struct view said = buf_view(&released.collection.description);
	assert_int_not_equal(view_find(said, view_of_string("Release, joint")), SIZE_MAX);
	assert_int_not_equal(view_find(said, view_of_string("1 withheld")), SIZE_MAX);
	assert_int_not_equal(view_find(said, view_of_string("east.example ")), SIZE_MAX);
	/* Texts, which STIX has no object for: only what every bundle has. */
	assert_int_equal(released.collection.count, 2);
	assert_int_equal(released.report.count, 7);
	taxii_released_release(&released);
	taxii_released_release(&again);
	buf_release(&file);
	release_fixture_release(&f);
}

static void ids_go_on_in_a_successor(void **state TEST_UNUSED)
{
	struct taxii_released released;
	struct release_fixture f;
	char id[64];
	bool is_there = false;

	release_fixture_make_ended(&f, 0);
	struct buf file = file_of(&f);
	open_file(buf_view(&file), &released);
	(void)snprintf(id, sizeof id, "south.example#%llu",
	               (unsigned long long)f.lost + 2);
	for (size_t i = 0; i < released.report.count; i++)
		is_there |= strcmp(formats_report_text(&released.report,
		                                       released.report.items[i].where),
		                   id) == 0;
	assert_true(is_there);
	taxii_released_release(&released);
	buf_release(&file);
	release_fixture_release(&f);
}

static void what_does_not_verify_is_refused(void **state TEST_UNUSED)
{
	struct taxii_released released = {0};
	struct release_fixture f;
	struct error err = {0};

	release_fixture_make(&f, 0);
	struct buf file = file_of(&f);
	size_t at = view_find(buf_view(&file), view_of_string("north.example"));
	file.data[at] = 'N';
	assert_int_equal(taxii_released_read(buf_view(&file), &released, &err),
	                 STATUS_UNTRUSTED);
	assert_non_null(strstr(err.text, "does not verify"));
	taxii_released_release(&released);
	assert_int_equal(taxii_released_read(view_of_string("<html>"), &released, &err),
	                 STATUS_UNTRUSTED);
	assert_non_null(strstr(err.text, "(frame)"));
	taxii_released_release(&released);
	buf_release(&file);
	release_fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_release_is_a_collection_that_says_what_it_is),
	    cmocka_unit_test(ids_go_on_in_a_successor),
	    cmocka_unit_test(what_does_not_verify_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
