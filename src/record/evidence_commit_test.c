/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A commitment is opened by the very blob and by nothing else.
 */
#include "record/evidence_commit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cleanup.h"

static const uint8_t salt[RECORD_SALT_LEN] = "0123456789abcde";

static struct hash commit(const char *content, struct buf *blob)
{
	struct hash hash;

	assert_int_equal(
	    record_evidence_make(salt, view_of_string(content), blob, &hash, NULL),
	    STATUS_OK);
	return hash;
}

static void the_hash_is_the_id_of_the_blob(void **state)
{
	CLEANUP_BUF struct buf blob = BUF_INIT(1 << 20);
	struct hash hash = commit("what was seen", &blob);
	struct record_blob_ref ref = {.id = hash, .size = strlen("what was seen")};

	assert_int_equal(record_blob_check(buf_view(&blob), &ref, NULL), STATUS_OK);
	assert_true(
	    view_equal_string(record_blob_content(buf_view(&blob)), "what was seen"));
}

static void only_the_very_blob_opens_it(void **state)
{
	CLEANUP_BUF struct buf blob = BUF_INIT(1 << 20), other = BUF_INIT(1 << 20);
	struct hash committed = commit("what was seen", &blob);
	struct record_blob_ref refs[2] = {{.id = commit("what was said", &other)},
	                                  {.id = committed}};
	struct record_envelope open = {.attachments = refs, .attachment_count = 2};

	assert_true(record_evidence_is_opened_by(&committed, &open));
	open.attachment_count = 1;
	assert_false(record_evidence_is_opened_by(&committed, &open));
	open.attachment_count = 0;
	assert_false(record_evidence_is_opened_by(&committed, &open));
}

static void the_body_gets_the_hash_and_gives_it_back(void **state)
{
	CLEANUP_BUF struct buf blob = BUF_INIT(1 << 20), body = BUF_INIT(1 << 20);
	struct json_doc doc = {0};
	struct hash committed = commit("what was seen", &blob), read;

	assert_int_equal(
	    record_evidence_body_append(
	        view_of_string(" {\"language\":\"en\",\"description\":\"a trace\"} \n"),
	        &committed, &doc, &body, NULL),
	    STATUS_OK);
	assert_int_equal(record_evidence_body_hash(buf_view(&body), &doc, &read, NULL),
	                 STATUS_OK);
	assert_true(hash_equal(&read, &committed));
	assert_int_equal(
	    record_kind_check_body(record_kind_find(view_of_string("evidence.commit")),
	                           buf_view(&body), &doc, NULL),
	    STATUS_OK);
	buf_clear(&body);
	assert_int_equal(record_evidence_body_append(view_of_string("{}"), &committed,
	                                             &doc, &body, NULL),
	                 STATUS_OK);
	assert_int_equal(record_evidence_body_hash(buf_view(&body), &doc, &read, NULL),
	                 STATUS_OK);
	json_release(&doc);
}

static void a_body_that_is_no_commitment_is_refused(void **state)
{
	static const char *const wrong[] = {
	    "",
	    "[]",
	    "{\"hash\":",
	    "{\"hash\":1}",
	    "{\"hash\":\"ABCDEF\"}",
	    "{\"language\":\"en\"}",
	    "{\"hash\":"
	    "\"00000000000000000000000000000000000000000000000000000000000000\"}",
	};
	CLEANUP_BUF struct buf body = BUF_INIT(1 << 20);
	struct json_doc doc = {0};
	struct hash hash = {{0}};

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(record_evidence_body_hash(view_of_string(wrong[i]), &doc,
		                                           &hash, NULL),
		                 STATUS_MALFORMED);
	assert_int_equal(record_evidence_body_append(view_of_string("{\"hash\":\"x\"}"),
	                                             &hash, &doc, &body, NULL),
	                 STATUS_MALFORMED);
	assert_int_equal(
	    record_evidence_body_append(view_of_string("7"), &hash, &doc, &body, NULL),
	    STATUS_MALFORMED);
	json_release(&doc);
}

static void what_is_too_large_is_refused(void **state)
{
	CLEANUP_BUF struct buf blob = BUF_INIT(RECORD_ATTACHMENT_BLOB_MAX + 1);
	CLEANUP_FREE uint8_t *content = calloc(1, RECORD_EVIDENCE_MAX + 1);
	struct hash hash;

	assert_non_null(content);
	assert_int_equal(record_evidence_make(salt,
	                                      view_of(content, RECORD_EVIDENCE_MAX + 1),
	                                      &blob, &hash, NULL),
	                 STATUS_LIMIT);
	assert_int_equal(record_evidence_make(salt, view_of(content, RECORD_EVIDENCE_MAX),
	                                      &blob, &hash, NULL),
	                 STATUS_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_hash_is_the_id_of_the_blob),
	    cmocka_unit_test(only_the_very_blob_opens_it),
	    cmocka_unit_test(the_body_gets_the_hash_and_gives_it_back),
	    cmocka_unit_test(a_body_that_is_no_commitment_is_refused),
	    cmocka_unit_test(what_is_too_large_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
