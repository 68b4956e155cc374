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

/* The body with the value of one field replaced, or left out for NULL; and more in it. */
static void append_changed(const struct json_doc *doc, const char *field,
                           const char *value, const char *more, struct buf *out)
{
	const struct json_token *root = json_root(doc), *name, *held;

	buf_printf(out, "{%s", more);
	for (name = json_first(doc, root); name != NULL;
	     name = json_next(doc, root, held)) {
		bool is_it = json_string_is(doc, name, field);

		held = json_next(doc, root, name);
		if (is_it && value == NULL)
			continue;
		buf_append_string(out, out->len > 1 ? "," : "");
		buf_append_view(out, json_text(doc, name));
		buf_append_byte(out, ':');
		buf_append_view(out,
		                is_it ? view_of_string(value) : json_text(doc, held));
	}
	buf_append_byte(out, '}');
}

static void check_refused(const struct record_kind *kind, const struct json_doc *doc,
                          const char *field, const char *value, const char *more,
                          const char *place)
{
	CLEANUP_BUF struct buf body = BUF_INIT(1 << 20);
	struct json_doc changed = {0};
	struct error err = {{0}};

	append_changed(doc, field, value, more, &body);
	if (record_kind_check_body(kind, buf_view(&body), &changed, &err) !=
	    STATUS_MALFORMED)
		fail_msg("%s passes: %.*s", kind->name, (int)body.len,
		         (const char *)body.data);
	if (strncmp(err.text, place, strlen(place)) != 0)
		fail_msg("%s.%s: %s", kind->name, field, err.text);
	json_release(&changed);
}

static void every_field_of_every_kind_is_checked(void **state)
{
	for (size_t i = 0; i < record_kind_count; i++) {
		const struct record_kind *kind = &record_kinds[i];
		CLEANUP_BUF struct buf body = BUF_INIT(1 << 20);
		struct json_doc doc = {0};

		record_template_append(kind, "en", &body);
		assert_int_equal(json_scan(&doc, buf_view(&body), 1 << 16, NULL),
		                 STATUS_OK);
		check_refused(kind, &doc, "", NULL, "\"nonsense\":1", "body: ");
		for (size_t f = 0; f < kind->field_count; f++) {
			const char *name = kind->fields[f].name;

			check_refused(kind, &doc, name, "null", "", name);
			check_refused(kind, &doc, name, "[7]", "", name);
			check_refused(kind, &doc, name, "9007199254740993", "", "");
			if (kind->fields[f].required)
				check_refused(kind, &doc, name, NULL, "", name);
		}
		json_release(&doc);
	}
}

/* One character more than a text may have, one element more than a list. */
static void every_limit_of_every_kind_is_kept(void **state)
{
	for (size_t i = 0; i < record_kind_count; i++) {
		const struct record_kind *kind = &record_kinds[i];
		CLEANUP_BUF struct buf body = BUF_INIT(1 << 20);
		struct json_doc doc = {0};

		record_template_append(kind, "en", &body);
		assert_int_equal(json_scan(&doc, buf_view(&body), 1 << 16, NULL),
		                 STATUS_OK);
		for (size_t f = 0; f < kind->field_count; f++) {
			const struct record_field *field = &kind->fields[f];
			CLEANUP_BUF struct buf value = BUF_INIT(1 << 20);

			if (field->type != RECORD_FIELD_TEXT &&
			    field->type != RECORD_FIELD_LIST)
				continue;
			buf_append_byte(&value,
			                field->type == RECORD_FIELD_TEXT ? '"' : '[');
			for (int64_t n = 0; n <= field->max; n++)
				buf_append_string(&value, field->type == RECORD_FIELD_TEXT
				                              ? "x"
				                          : n == 0 ? "0"
				                                   : ",0");
			buf_append_byte(&value,
			                field->type == RECORD_FIELD_TEXT ? '"' : ']');
			buf_append_byte(&value, '\0');
			check_refused(kind, &doc, field->name, (const char *)value.data,
			              "", field->name);
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
	    cmocka_unit_test(every_field_of_every_kind_is_checked),
	    cmocka_unit_test(every_limit_of_every_kind_is_kept),
	    cmocka_unit_test(a_skeleton_reads_well),
	    cmocka_unit_test(limits_are_kept_where_the_label_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
