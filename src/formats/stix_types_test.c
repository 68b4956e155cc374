/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands in another JSON type than STIX gives it is named; what is right is not.
 */
#include "formats/stix_types.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/cleanup.h"

struct fixture {
	struct json_doc doc;
	struct stix_object object;
	struct formats_report report;
};

static void read_object(struct fixture *f, const char *text)
{
	*f = (struct fixture){0};
	assert_int_equal(json_scan_foreign(&f->doc, view_of_string(text),
	                                   JSON_FOREIGN_TOKENS_MAX, NULL),
	                 STATUS_OK);
	f->object = (struct stix_object){.token = json_root(&f->doc),
	                                 .id = view_of_string("incident--1")};
	f->object.aldis = stix_extension(&f->doc, f->object.token, STIX_ALDIS_EXTENSION);
	stix_types_list(&f->doc, &f->object, NULL, &f->report);
}

static void fixture_release(struct fixture *f)
{
	json_release(&f->doc);
	formats_report_release(&f->report);
}

static void assert_listed(const char *text, const char *what)
{
	struct fixture f;

	read_object(&f, text);
	if (f.report.count != (what != NULL))
		fail_msg("%zu listed of %s", f.report.count, text);
	if (what != NULL)
		assert_string_equal(
		    formats_report_text(&f.report, f.report.items[0].what), what);
	fixture_release(&f);
}

static void each_property_in_another_type_is_named(void **state)
{
	assert_listed("{\"external_references\":\"x\"}", "external_references");
	assert_listed("{\"external_references\":[7]}", "external_references");
	assert_listed("{\"external_references\":[{\"external_id\":7}]}", "external_id");
	assert_listed("{\"object_refs\":[\"a\",null]}", "object_refs");
	assert_listed("{\"revoked\":\"true\"}", "revoked");
	assert_listed("{\"extensions\":[]}", "extensions");
	assert_listed("{\"extensions\":{\"" STIX_INCIDENT_CORE "\":[]}}",
	              STIX_INCIDENT_CORE);
	assert_listed("{\"extensions\":{\"" STIX_INCIDENT_CORE
	              "\":{\"events\":[\"a\"]}}}",
	              "events");
	assert_listed("{\"extensions\":{\"" STIX_ALDIS_EXTENSION "\":{\"made\":[{}]}}}",
	              "made");
}

static void what_is_right_is_not(void **state)
{
	assert_listed("{}", NULL);
	assert_listed("{\"created\":\"x\",\"revoked\":false,\"object_refs\":[],"
	              "\"external_references\":[{\"source_name\":\"a\"}],"
	              "\"extensions\":{\"" STIX_INCIDENT_CORE
	              "\":{\"events\":[{}],\"incident_types\":[\"a\"]},\"other\":7}}",
	              NULL);
}

static void marks_are_read_or_not(void **state)
{
	static const struct {
		const char *text;
		bool is_read;
	} cases[] = {
	    {"{}", true},
	    {"{\"object_marking_refs\":[]}", true},
	    {"{\"object_marking_refs\":[\"a\"]}", true},
	    {"{\"object_marking_refs\":\"a\"}", false},
	    {"{\"object_marking_refs\":[\"a\",7]}", false},
	    {"{\"object_marking_refs\":null}", false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fixture f;

		read_object(&f, cases[i].text);
		assert_int_equal(stix_types_marks_are_read(&f.doc, &f.object),
		                 cases[i].is_read);
		fixture_release(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_property_in_another_type_is_named),
	    cmocka_unit_test(what_is_right_is_not),
	    cmocka_unit_test(marks_are_read_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
