/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Skeletons of all kinds, and of tables that have what the catalogue has not.
 */
#include "record/template.h"

#include <stdarg.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/cleanup.h"

static void check_passes(const struct record_kind *kind, struct view body)
{
	struct json_doc doc = {0};
	struct error err = {{0}};

	if (record_kind_check_body(kind, body, &doc, &err) != STATUS_OK)
		fail_msg("%s: %s in %.*s", kind->name, err.text, (int)body.len,
		         (const char *)body.data);
	json_release(&doc);
}

static void every_skeleton_passes_its_own_check(void **state)
{
	static const char *const languages[] = {"en", "id", "id_ID", "fr", "", "no tag!"};

	for (size_t i = 0; i < record_kind_count; i++) {
		for (size_t l = 0; l < sizeof languages / sizeof languages[0]; l++) {
			CLEANUP_BUF struct buf body = BUF_INIT(1 << 20);

			if (!record_kinds[i].has_body)
				continue;
			record_template_append(&record_kinds[i], languages[l], &body);
			check_passes(&record_kinds[i], buf_view(&body));
		}
	}
}

/* Every field stands in it once, and behind an optional one no required one. */
static void every_skeleton_has_all_fields_required_first(void **state)
{
	for (size_t i = 0; i < record_kind_count; i++) {
		const struct record_kind *kind = &record_kinds[i];
		CLEANUP_BUF struct buf body = BUF_INIT(1 << 20);
		struct json_doc doc = {0};
		const struct json_token *root, *name;
		bool was_optional = false;
		size_t f;

		record_template_append(kind, "en", &body);
		assert_int_equal(json_scan(&doc, buf_view(&body), 1 << 16, NULL),
		                 STATUS_OK);
		root = json_root(&doc);
		assert_int_equal(root->count, kind->field_count);
		for (name = json_first(&doc, root); name != NULL;
		     name = json_next(&doc, root, json_next(&doc, root, name))) {
			for (f = 0; f < kind->field_count; f++)
				if (json_string_is(&doc, name, kind->fields[f].name))
					break;
			assert_true(f < kind->field_count);
			assert_false(was_optional && kind->fields[f].required);
			was_optional = !kind->fields[f].required;
		}
		json_release(&doc);
	}
}

static void a_skeleton_reads_well(void **state)
{
	CLEANUP_BUF struct buf body = BUF_INIT(1 << 20);

	record_template_append(record_kind_find(view_of_string("signal")), "id", &body);
	buf_append_byte(&body, '\0');
	assert_string_equal((const char *)body.data,
	                    "{\n"
	                    "  \"codebook\": \"00000000000000000000000000000000"
	                    "00000000000000000000000000000000\",\n"
	                    "  \"number\": 1,\n"
	                    "  \"parameters\": [{\n"
	                    "    \"name\": \"<Nama>\",\n"
	                    "    \"value\": \"<Nilai>\"\n"
	                    "  }]\n"
	                    "}\n");
}

static void limits_are_kept_where_the_label_does_not_fit(void **state)
{
	static const char *const label[] = {"Label", "Label"};
	static const struct record_field element[] = {
	    {.type = RECORD_FIELD_TEXT, .min = 20, .max = 21, .label = label},
	};
	static const struct record_field fields[] = {
	    {.name = "short",
	     .type = RECORD_FIELD_TEXT,
	     .min = 0,
	     .max = 2,
	     .label = label},
	    {.name = "three",
	     .type = RECORD_FIELD_LIST,
	     .min = 3,
	     .max = 5,
	     .fields = element,
	     .field_count = 1,
	     .label = label},
	    {.name = "none",
	     .type = RECORD_FIELD_LIST,
	     .max = 0,
	     .fields = element,
	     .field_count = 1,
	     .label = label},
	    {.name = "bytes",
	     .type = RECORD_FIELD_BASE64,
	     .min = 5,
	     .max = 9,
	     .label = label},
	};
	static const struct record_kind kind = {
	    .name = "sample", .has_body = true, .fields = fields, .field_count = 4};
	CLEANUP_BUF struct buf body = BUF_INIT(1 << 20);

	record_template_append(&kind, "en", &body);
	check_passes(&kind, buf_view(&body));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_skeleton_passes_its_own_check),
	    cmocka_unit_test(every_skeleton_has_all_fields_required_first),
	    cmocka_unit_test(a_skeleton_reads_well),
	    cmocka_unit_test(limits_are_kept_where_the_label_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
