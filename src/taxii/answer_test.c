/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each endpoint over a small bundle: what is found, what is refused and how; pages that
 * add up to the whole.
 */
#include "taxii/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "codec/json.h"

#define SHELF "/releases/collections/" ID "/"
#define ID "d132035e-54c5-54d7-bb04-a80adda867e9"
#define INCIDENT "incident--00000000-0000-4000-8000-000000000001"
#define NOTE "note--00000000-0000-4000-8000-000000000002"
#define ADDRESS "ipv4-addr--00000000-0000-4000-8000-000000000003"

static const char bundle[] =
    "{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":["
    "{\"type\":\"incident\",\"id\":\"" INCIDENT
    "\",\"created\":\"2026-11-01T00:00:00.000Z\","
    "\"modified\":\"2026-11-02T00:00:00.000Z\"},"
    "{\"type\":\"note\",\"id\":\"" NOTE "\",\"created\":\"2026-11-03T00:00:00.000Z\"},"
    "{\"type\":\"ipv4-addr\",\"id\":\"" ADDRESS "\",\"value\":\"192.0.2.1\"}]}\n";

struct fixture {
	struct taxii_collection collection;
	struct taxii_shelf shelf;
	struct taxii_reply reply;
};

static void setup(struct fixture *f)
{
	struct error err = {0};

	*f = (struct fixture){.collection = {.id = ID,
	                                     .title = BUF_INIT(100),
	                                     .description = BUF_INIT(100),
	                                     .begun_us = INT64_C(1800000000) * 1000000,
	                                     .bundle = BUF_INIT(10000)}};
	buf_append_string(&f->collection.title, "A \"title\"");
	buf_append_string(&f->collection.bundle, bundle);
	if (taxii_collection_index(&f->collection, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	f->shelf = (struct taxii_shelf){.collections = &f->collection, .count = 1};
}

static void teardown(struct fixture *f)
{
	buf_release(&f->reply.body);
	taxii_collection_release(&f->collection);
}

static const char *ask_as(struct fixture *f, enum taxii_method method, const char *path,
                          const char *accept)
{
	const struct taxii_request request = {
	    .method = method, .path = view_of_string(path), .accept = accept};
	struct json_doc doc = {0};

	buf_release(&f->reply.body);
	f->reply = (struct taxii_reply){0};
	assert_int_equal(taxii_answer(&f->shelf, &request, &f->reply, NULL), STATUS_OK);
	f->reply.body.len--; /* the newline */
	assert_int_equal(f->reply.body.data[f->reply.body.len], '\n');
	f->reply.body.data[f->reply.body.len] = '\0';
	assert_int_equal(json_scan(&doc, buf_view(&f->reply.body), 1000, NULL),
	                 STATUS_OK);
	json_release(&doc);
	return (const char *)f->reply.body.data;
}

static const char *ask(struct fixture *f, const char *path)
{
	return ask_as(f, TAXII_GET, path, TAXII_MEDIA_TYPE);
}

static void assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("no %s in %s", part, text);
}

static void assert_refused(struct fixture *f, const char *path, int status)
{
	char number[32];
	const char *text = ask(f, path);

	if (f->reply.status != status)
		fail_msg("%d for %s: %s", f->reply.status, path, text);
	(void)snprintf(number, sizeof number, "\"http_status\":\"%d\"", status);
	assert_has(text, number);
	assert_false(f->reply.has_times);
}

static void the_server_and_its_collections_are_told(void **state)
{
	struct fixture f;

	setup(&f);
	assert_has(ask(&f, "/taxii2/"), "\"api_roots\":[\"/releases/\"]");
	assert_has(ask(&f, "/releases/"), "\"versions\":[\"" TAXII_MEDIA_TYPE "\"]");
	assert_has(ask(&f, "/releases/collections/"), "{\"collections\":[{\"id\":\"" ID);
	assert_has(ask(&f, SHELF), "\"title\":\"A \\\"title\\\"\"");
	assert_has(ask(&f, SHELF), "\"can_read\":true,\"can_write\":false");
	f.shelf.count = 0;
	assert_string_equal(ask(&f, "/releases/collections/"), "{}");
	assert_int_equal(f.reply.status, 200);
	teardown(&f);
}

static void objects_come_in_their_order_with_their_times(void **state)
{
	struct fixture f;

	setup(&f);
	assert_has(ask(&f, SHELF "objects/"), "{\"objects\":[{\"type\":\"incident\"");
	assert_string_equal(f.reply.first, "2027-01-15T08:00:00.000001Z");
	assert_string_equal(f.reply.last, "2027-01-15T08:00:00.000003Z");
	assert_string_equal(ask(&f, SHELF "manifest/?match[type]=incident"),
	                    "{\"objects\":[{\"id\":\"" INCIDENT
	                    "\",\"date_added\":\"2027-01-15T08:00:00.000001Z\","
	                    "\"version\":\"2026-11-02T00:00:00.000Z\",\"media_type\":"
	                    "\"application/stix+json;version=2.1\"}]}");
	assert_has(ask(&f, SHELF "objects/" NOTE "/"),
	           "{\"objects\":[{\"type\":\"note\"");
	assert_string_equal(f.reply.first, "2027-01-15T08:00:00.000002Z");
	assert_string_equal(ask(&f, SHELF "objects/" NOTE "/versions/"),
	                    "{\"versions\":[\"2026-11-03T00:00:00.000Z\"]}");
	/* What has no time of its own has the collection's. */
	assert_string_equal(ask(&f, SHELF "objects/" ADDRESS "/versions/"),
	                    "{\"versions\":[\"2027-01-15T08:00:00.000000Z\"]}");
	teardown(&f);
}

static void filters_are_anded_and_their_values_ored(void **state)
{
	struct fixture f;

	setup(&f);
	assert_has(
	    ask(&f, SHELF "manifest/?match%5Btype%5D=note,ipv4-addr&match[id]=" NOTE),
	    "{\"objects\":[{\"id\":\"" NOTE);
	assert_null(strstr((char *)f.reply.body.data, "ipv4"));
	assert_string_equal(
	    ask(&f, SHELF "objects/?match[type]=note&match[id]=" INCIDENT), "{}");
	assert_int_equal(f.reply.status, 200);
	assert_true(f.reply.has_times);
	assert_has(ask(&f, SHELF "objects/?match[version]=2026-11-02T00:00:00Z"),
	           INCIDENT);
	assert_null(strstr((char *)f.reply.body.data, NOTE));
	assert_has(ask(&f, SHELF "objects/?match[version]=first,last"), NOTE);
	assert_string_equal(ask(&f, SHELF "objects/?match[spec_version]=2.0"), "{}");
	assert_has(ask(&f, SHELF "objects/?match[spec_version]=2.0,2.1"), NOTE);
	assert_has(ask(&f, SHELF "manifest/?added_after=2027-01-15T08:00:00.000002Z"),
	           "{\"objects\":[{\"id\":\"" ADDRESS);
	assert_string_equal(ask(&f, SHELF "objects/?added_after=2028-01-01T00:00:00Z"),
	                    "{}");
	assert_has(ask(&f, SHELF "objects/?added_after=1999-01-01T00:00:00.5Z"),
	           INCIDENT);
	assert_string_equal(ask(&f, SHELF "objects/" NOTE "/?match[version]="
	                                  "2026-11-02T00:00:00.000Z"),
	                    "{}");
	assert_has(ask(&f, SHELF "objects/?colour=blue&match[colour]=red&&"), NOTE);
	teardown(&f);
}

static void pages_add_up(void **state)
{
	struct fixture f;

	setup(&f);
	assert_has(ask(&f, SHELF "objects/?limit=2"), NOTE);
	assert_has((char *)f.reply.body.data, "],\"more\":true,\"next\":\"2\"}");
	assert_string_equal(f.reply.last, "2027-01-15T08:00:00.000002Z");
	assert_has(ask(&f, SHELF "objects/?limit=2&next=2"),
	           "{\"objects\":[{\"type\":\"ipv4");
	assert_null(strstr((char *)f.reply.body.data, "more"));
	/* The other way on, by the time of the last. */
	assert_has(ask(&f, SHELF "manifest/?limit=1&added_after="
	                         "2027-01-15T08:00:00.000001Z"),
	           "{\"objects\":[{\"id\":\"" NOTE);
	/* What does not match is no reason for another page. */
	assert_has(ask(&f, SHELF "objects/?limit=1&match[type]=incident"), INCIDENT);
	assert_has(ask(&f, SHELF "objects/?limit=1000000"), ADDRESS);
	assert_string_equal(ask(&f, SHELF "objects/?next=3"), "{}");
	assert_string_equal(ask(&f, SHELF "objects/?next=2000000000"), "{}");
	teardown(&f);
}

static void malformed_filters_are_refused(void **state)
{
	static const char *const queries[] = {
	    "limit=0",
	    "limit=-1",
	    "limit=1.5",
	    "limit=",
	    "limit",
	    "limit=99999999999999999999",
	    "next=x",
	    "next=-1",
	    "added_after=yesterday",
	    "added_after=2026-13-01T00:00:00Z",
	    "added_after=2026-11-01T00:00:00",
	    "added_after=2026-11-01T00:00:00.Z",
	    "added_after=2026-11-01T00:00:00.1234567890Z",
	    "added_after=2026-11-01T00:00:00Z,2026-11-01T00:00:01Z",
	    "match[id]=",
	    "match[type]=a,,b",
	    "match[type]=a,",
	    "match[type]=a&match[type]=b",
	    "match%5Btype%5D=a&match[type]=b",
	    "match[version]=all,last",
	    "match[version]=last,last",
	    "match[version]=newest",
	    "match[version]=2026-11-02T00:00:00Z,2026-11-02T00:00:00.000Z",
	    "match[spec_version]=21",
	    "match[spec_version]=2.x",
	    "match[type]=%",
	    "match[type]=%4",
	    "match[type]=%zz",
	    "match[type]=%00",
	    "match[type]=%0a",
	};
	struct fixture f;
	char path[1000];

	setup(&f);
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
		(void)snprintf(path, sizeof path, SHELF "objects/?%s", queries[i]);
		assert_refused(&f, path, 400);
	}
	teardown(&f);
}

static void only_what_is_there_is_found(void **state)
{
	static const char *const paths[] = {
	    "/",
	    "",
	    "/taxii2",
	    "/taxii2/x/",
	    "/releases",
	    "/releases/status/1/",
	    "/releases/collections",
	    "/releases/collections/x/",
	    "/releases/collections//",
	    SHELF "objects",
	    SHELF "objects/x/",
	    SHELF "objects/" NOTE,
	    SHELF "objects/" NOTE "/versions",
	    SHELF "objects/" NOTE "/versions/x/",
	    SHELF "objects/" NOTE "/other/",
	    SHELF "manifest/x/",
	    SHELF "../../",
	    "//taxii2/",
	    "/releases/%63ollections/",
	};
	struct fixture f;

	setup(&f);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		assert_refused(&f, paths[i], 404);
	teardown(&f);
}

static void nothing_can_be_written(void **state)
{
	struct fixture f;

	setup(&f);
	(void)ask_as(&f, TAXII_POST, SHELF "objects/", "*/*");
	assert_int_equal(f.reply.status, 403);
	(void)ask_as(&f, TAXII_DELETE, SHELF "objects/" NOTE "/", "*/*");
	assert_int_equal(f.reply.status, 403);
	(void)ask_as(&f, TAXII_DELETE, SHELF "objects/note--1/", "*/*");
	assert_int_equal(f.reply.status, 404);
	(void)ask_as(&f, TAXII_POST, SHELF "manifest/", "*/*");
	assert_int_equal(f.reply.status, 405);
	assert_true(f.reply.is_read_only);
	(void)ask_as(&f, TAXII_OTHER, SHELF "objects/", "*/*");
	assert_int_equal(f.reply.status, 405);
	(void)ask_as(&f, TAXII_POST, "/taxii2/", "*/*");
	assert_int_equal(f.reply.status, 405);
	teardown(&f);
}

static void the_media_type_is_negotiated(void **state)
{
	static const struct {
		const char *accept;
		bool is_allowed;
	} cases[] = {
	    {TAXII_MEDIA_TYPE, true},
	    {"application/taxii+json", true},
	    {"application/TAXII+json; Version=2.1", true},
	    {"application/taxii+json;version=\"2.1\"", true},
	    {"application/taxii+json;version=2.1,application/stix+json;version=2.1",
	     true},
	    {"text/html, */*;q=0.1", true},
	    {"application/*", true},
	    {NULL, false},
	    {"", false},
	    {"application/json", false},
	    {"application/stix+json;version=2.1", false},
	    {"application/taxii+json;version=2.0", false},
	    {"application/taxii+json;version=2.1;q=0", false},
	    {"application/taxii+jsonx", false},
	    {"*/*;q=0.000", false},
	    {";,;,=", false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (taxii_accept_allows(cases[i].accept) != cases[i].is_allowed)
			fail_msg("%s", cases[i].accept);
	struct fixture f;

	setup(&f);
	(void)ask_as(&f, TAXII_GET, "/taxii2/", "application/json");
	assert_int_equal(f.reply.status, 406);
	teardown(&f);
}

static void a_bundle_of_another_form_is_no_collection(void **state)
{
	static const char *const bundles[] = {
	    "{}",
	    "[]",
	    "{\"objects\":{}}",
	    "{\"objects\":[1]}",
	    "{\"objects\":[{}]}",
	    "{\"objects\":[{\"id\":\"a\",\"type\":\"b\",\"modified\":\"now\"}]}",
	};

	for (size_t i = 0; i < sizeof bundles / sizeof *bundles; i++) {
		struct taxii_collection collection = {.bundle = BUF_INIT(1000)};

		buf_append_string(&collection.bundle, bundles[i]);
		assert_int_equal(taxii_collection_index(&collection, NULL),
		                 STATUS_MALFORMED);
		taxii_collection_release(&collection);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_server_and_its_collections_are_told),
	    cmocka_unit_test(objects_come_in_their_order_with_their_times),
	    cmocka_unit_test(filters_are_anded_and_their_values_ored),
	    cmocka_unit_test(pages_add_up),
	    cmocka_unit_test(malformed_filters_are_refused),
	    cmocka_unit_test(only_what_is_there_is_found),
	    cmocka_unit_test(nothing_can_be_written),
	    cmocka_unit_test(the_media_type_is_negotiated),
	    cmocka_unit_test(a_bundle_of_another_form_is_no_collection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
