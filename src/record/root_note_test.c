/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame of typed texts, and which key type each role has.
 */
#include "record/root_note.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

static enum status scan(const char *text)
{
	struct json_doc doc = {0};
	enum status status =
	    record_root_text_scan(view_of_string(text), RECORD_TYPE_CARD, &doc, NULL);

	json_release(&doc);
	return status;
}

static void a_text_is_a_type_line_and_one_line_of_json(void **state)
{
	assert_int_equal(scan("aldis.card/1\n{}\n"), STATUS_OK);
	assert_int_equal(scan("aldis.card/1\n{}"), STATUS_MALFORMED);
	assert_int_equal(scan("aldis.card/1\n{}\n{}\n"), STATUS_MALFORMED);
	assert_int_equal(scan("aldis.card/1\n{}\n\n"), STATUS_MALFORMED);
	assert_int_equal(scan("aldis.card/1\n{\n}\n"), STATUS_MALFORMED);
	assert_int_equal(scan("aldis.card/1\n[]\n"), STATUS_MALFORMED);
	assert_int_equal(scan("aldis.card/1\n{} x\n"), STATUS_MALFORMED);
	assert_int_equal(scan("aldis.card/1\n"), STATUS_MALFORMED);
	assert_int_equal(scan(""), STATUS_MALFORMED);
}

static void no_text_passes_for_another_type(void **state)
{
	assert_int_equal(scan("aldis.charter/1\n{}\n"), STATUS_MALFORMED);
	assert_int_equal(scan("aldis.card/12\n{}\n"), STATUS_MALFORMED);
	assert_int_equal(scan(" aldis.card/1\n{}\n"), STATUS_MALFORMED);
	assert_int_equal(scan("aldis.card/1\r\n{}\n"), STATUS_MALFORMED);
}

static void a_note_above_its_maximum_is_refused(void **state)
{
	uint8_t *bytes = calloc(1, RECORD_NOTE_MAX + 1);
	struct json_doc doc = {0};
	struct tlog_note note;

	assert_non_null(bytes);
	memset(bytes, 'a', RECORD_NOTE_MAX + 1);
	assert_int_equal(record_root_note_open(view_of(bytes, RECORD_NOTE_MAX + 1),
	                                       RECORD_TYPE_CARD, &note, &doc, NULL),
	                 STATUS_LIMIT);
	free(bytes);
}

static void each_role_has_its_key_type(void **state)
{
	static const struct {
		const char *role;
		uint8_t type;
	} roles[] = {{"root", 0x01},      {"log", 0x01},    {"link", 0x01},
	             {"link-next", 0x01}, {"mirror", 0x04}, {"witness", 0x04}};
	struct ed25519_public key = {{7}};
	struct tlog_vkey vkey;
	char name[64];

	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
		assert_int_equal(
		    record_vkey("north.example", roles[i].role, &key, &vkey, NULL),
		    STATUS_OK);
		(void)snprintf(name, sizeof name, "north.example/%s", roles[i].role);
		assert_string_equal(vkey.name, name);
		assert_int_equal(vkey.type, roles[i].type);
	}
	assert_int_equal(record_vkey("north.example", "box", &key, &vkey, NULL),
	                 STATUS_BUG);
	assert_int_equal(record_log_vkey("north.example/ab", &key, &vkey, NULL),
	                 STATUS_OK);
	assert_string_equal(vkey.name, "north.example/ab");
	assert_int_equal(vkey.type, 0x01);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_text_is_a_type_line_and_one_line_of_json),
	    cmocka_unit_test(no_text_passes_for_another_type),
	    cmocka_unit_test(a_note_above_its_maximum_is_refused),
	    cmocka_unit_test(each_role_has_its_key_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
