/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies of signals against a charter's codebooks.
 */
#include "record/signal_body.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "record/kinds.h"

#define HEX_AB "abababababababababababababababababababababababababababababababab"

static enum status check(const struct record_charter *charter, const char *json,
                         struct record_signal_name *ret_name, struct error *err)
{
	const struct record_kind *kind = record_kind_find(view_of_string("signal"));
	struct json_doc doc = {0};
	enum status status;

	assert_non_null(kind);
	status = record_kind_check_body(kind, view_of_string(json), &doc, err);
	if (status == STATUS_OK)
		status = record_signal_body_check(charter, &doc, json_root(&doc),
		                                  ret_name, err);
	json_release(&doc);
	return status;
}

/* A body of the default book. */
static const char *body_of(int64_t number, const char *rest)
{
	static char body[1024];
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&record_codebook_default_digest, hex);
	(void)snprintf(body, sizeof body, "{\"codebook\":\"%s\",\"number\":%lld%s}", hex,
	               (long long)number, rest);
	return body;
}

static void a_charter_with(struct record_charter *charter, const struct hash *codebook)
{
	memset(charter, 0, sizeof *charter);
	charter->codebooks[0].bytes[0] = 1;
	charter->codebooks[1] = *codebook;
	charter->codebook_count = 2;
}

static void a_signal_of_an_adopted_book_passes(void **state)
{
	CLEANUP_FREE struct record_charter *charter = malloc(sizeof *charter);
	struct record_signal_name name;
	struct error err;

	a_charter_with(charter, &record_codebook_default_digest);
	assert_int_equal(check(charter, body_of(101, ""), &name, &err), STATUS_OK);
	assert_int_equal(name.number, 101);
	assert_true(hash_equal(&name.codebook, &record_codebook_default_digest));
	assert_int_equal(
	    check(charter,
	          body_of(103, ",\"parameters\":[{\"name\":\"since\",\"value\":"
	                       "\"2026-11-20T23:49:00Z\"}]"),
	          &name, &err),
	    STATUS_OK);
}

static void what_cant_be_read_is_not_found(void **state)
{
	CLEANUP_FREE struct record_charter *charter = malloc(sizeof *charter);
	struct record_signal_name name;
	struct hash foreign;
	struct error err;

	a_charter_with(charter, &record_codebook_default_digest);
	assert_int_equal(check(charter, body_of(199, ""), &name, &err), STATUS_NOT_FOUND);
	assert_int_equal(name.number, 199);
	assert_string_equal(err.text,
	                    "number: the codebook aldis.default has no signal 199");
	assert_int_equal(
	    check(charter, "{\"codebook\":\"" HEX_AB "\",\"number\":101}", &name, &err),
	    STATUS_NOT_FOUND);
	assert_string_equal(err.text,
	                    "codebook: it is not among those that the charter names");
	memset(&foreign, 0xab, sizeof foreign);
	a_charter_with(charter, &foreign);
	assert_int_equal(
	    check(charter, "{\"codebook\":\"" HEX_AB "\",\"number\":101}", &name, &err),
	    STATUS_NOT_FOUND);
	assert_string_equal(err.text, "codebook: this version of aldis does not have it");
	assert_int_equal(check(charter, body_of(101, ""), &name, &err), STATUS_NOT_FOUND);
}

static void wrong_parameters_are_malformed(void **state)
{
	CLEANUP_FREE struct record_charter *charter = malloc(sizeof *charter);
	struct record_signal_name name;
	struct error err;

	a_charter_with(charter, &record_codebook_default_digest);
	assert_int_equal(check(charter, body_of(103, ""), &name, &err), STATUS_MALFORMED);
	assert_string_equal(
	    err.text,
	    "parameter since: is missing; it is a time such as 2026-11-20T23:49:00Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_signal_of_an_adopted_book_passes),
	    cmocka_unit_test(what_cant_be_read_is_not_found),
	    cmocka_unit_test(wrong_parameters_are_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
