/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON of every kind is JSON, and says what the table does.
 */
#include "cli/kind_json.h"

#include <stdarg.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/cleanup.h"

enum { PAGE_MAX = 1 << 20 };

static void a_kind_is_whole(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(PAGE_MAX);

	kind_json_append(record_kind_find(view_of_string("drill.answer")), &out);
	buf_append_byte(&out, '\0');
	assert_string_equal(
	    (const char *)out.data,
	    "{\"name\":\"drill.answer\",\"automatic\":false,\"body\":\"optional\",\"re\":"
	    "\"required\",\"answers\":[\"drill\"],\"starts\":false,\"meets\":true,"
	    "\"always\":false,\"label\":{\"en\":\"Answer to a drill\",\"id\":\"Jawaban "
	    "latihan\",\"ar\":\"إجابة عن تدريب\"},\"help\":"
	    "{\"en\":\"A person on duty has seen the drill.\",\"id\":\"Seorang petugas "
	    "jaga telah melihat latihan itu.\",\"ar\":\"اطّلع أحد المناوبين على "
	    "التدريب.\"},\"fields\":[{\"name\":\"text\","
	    "\"required\":false,\"label\":{\"en\":\"In words\",\"id\":\"Dengan "
	    "kata-kata\",\"ar\":\"بيان "
	    "نصي\"},\"type\":\"text\",\"min\":1,\"max\":20000},{\"name\":"
	    "\"language\",\"required\":false,\"label\":{\"en\":\"Language\",\"id\":"
	    "\"Bahasa\",\"ar\":\"اللغة\"},\"type\":\"language\"}]}");
}

static void every_kind_is_json_with_all_its_fields(void **state)
{
	for (size_t i = 0; i < record_kind_count; i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(PAGE_MAX);
		struct json_doc doc = {0};
		const struct json_token *fields;

		kind_json_append(&record_kinds[i], &out);
		assert_int_equal(buf_check(&out, "a kind", NULL), STATUS_OK);
		assert_int_equal(json_scan(&doc, buf_view(&out), JSON_TOKENS_MAX, NULL),
		                 STATUS_OK);
		fields = json_member(&doc, json_root(&doc), "fields");
		assert_int_equal(fields->count, record_kinds[i].field_count);
		json_release(&doc);
	}
}

static void the_list_has_all_kinds(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(PAGE_MAX);
	struct json_doc doc = {0};

	kind_json_append_list(&out);
	assert_int_equal(json_scan(&doc, buf_view(&out), JSON_TOKENS_MAX, NULL),
	                 STATUS_OK);
	assert_int_equal(json_root(&doc)->count, record_kind_count);
	json_release(&doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_kind_is_whole),
	    cmocka_unit_test(every_kind_is_json_with_all_its_fields),
	    cmocka_unit_test(the_list_has_all_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
