/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in a pouch is whole requests, or it is nothing.
 */
#include "record/pouch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "record/blob.h"
#include "tlog/wire.h"

#define CHANNEL "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
static const char origin[] = "north.example/" CHANNEL;
static const char note[] =
    "north.example/" CHANNEL "\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    "\n\u2014 north.example/" CHANNEL
    " AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAA\n";

enum { CONTENT_MAX = 1 << 16 };

static void append_checkpoint(struct buf *out)
{
	struct tlog_add_checkpoint add = {.note = view_of_string(note)};
	size_t begun = record_pouch_begin(out, RECORD_POUCH_CHECKPOINT);

	tlog_add_checkpoint_append(out, &add);
	record_pouch_end(out, begun);
}

static void append_entries(struct buf *out, int packages)
{
	struct tlog_proof proof = {0};
	size_t begun = record_pouch_begin(out, RECORD_POUCH_ENTRIES);

	tlog_add_entries_append_header(out, view_of_string(origin), 255,
	                               (uint64_t)(255 + packages), view_of("", 0));
	for (int i = 0; i < packages; i++)
		tlog_add_entries_append_package(out, view_of("\0\2ab", 4), &proof);
	record_pouch_end(out, begun);
}

static void append_blobs(struct buf *out)
{
	size_t begun = record_pouch_begin(out, RECORD_POUCH_BLOBS);

	record_add_blobs_append_origin(out, view_of_string(origin));
	record_add_blobs_append_blob(out, view_of_string("sixteen bytes ofsalt"));
	record_pouch_end(out, begun);
}

static void append_all(struct buf *out)
{
	record_pouch_append_head(out, 255);
	append_checkpoint(out);
	append_entries(out, 1);
	append_blobs(out);
}

static void what_was_put_in_comes_out(void **state)
{
	CLEANUP_BUF struct buf bytes = BUF_INIT(CONTENT_MAX);
	struct record_pouch content;
	enum record_pouch_request request;
	struct view body, of;
	struct error err;

	append_all(&bytes);
	assert_int_equal(record_pouch_parse(buf_view(&bytes), &content, &err), STATUS_OK);
	assert_int_equal(content.needs, 255);
	for (int i = RECORD_POUCH_CHECKPOINT; i <= RECORD_POUCH_BLOBS; i++) {
		assert_true(record_pouch_next(&content, &request, &body, &of));
		assert_int_equal(request, i);
		assert_true(view_equal_string(of, origin));
	}
	assert_false(record_pouch_next(&content, &request, &body, &of));
}

static void a_content_cut_anywhere_within_a_request_is_refused(void **state)
{
	CLEANUP_BUF struct buf bytes = BUF_INIT(CONTENT_MAX);
	struct record_pouch content;
	size_t whole = 0;
	struct error err;

	append_all(&bytes);
	for (size_t len = 0; len < bytes.len; len++)
		whole += record_pouch_parse(view_of(bytes.data, len), &content, &err) ==
		         STATUS_OK;
	assert_int_equal(whole, 3); /* behind the head and between the requests */
}

static void requests_of_other_forms_are_refused(void **state)
{
	CLEANUP_BUF struct buf bytes = BUF_INIT(CONTENT_MAX);
	struct record_pouch content;
	struct error err;

	record_pouch_append_head(&bytes, UINT64_MAX);
	assert_int_equal(record_pouch_parse(buf_view(&bytes), &content, &err),
	                 STATUS_MALFORMED);
	buf_clear(&bytes);
	record_pouch_append_head(&bytes, 0);
	append_entries(&bytes, 0);
	assert_int_equal(record_pouch_parse(buf_view(&bytes), &content, &err),
	                 STATUS_MALFORMED);
	buf_clear(&bytes);
	record_pouch_append_head(&bytes, 0);
	append_entries(&bytes, 2);
	assert_int_equal(record_pouch_parse(buf_view(&bytes), &content, &err),
	                 STATUS_MALFORMED);
	buf_clear(&bytes);
	record_pouch_append_head(&bytes, 0);
	record_pouch_end(&bytes, record_pouch_begin(&bytes, 9));
	assert_int_equal(record_pouch_parse(buf_view(&bytes), &content, &err),
	                 STATUS_MALFORMED);
	assert_string_equal(err.text, "a request of an unknown kind");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_put_in_comes_out),
	    cmocka_unit_test(a_content_cut_anywhere_within_a_request_is_refused),
	    cmocka_unit_test(requests_of_other_forms_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
