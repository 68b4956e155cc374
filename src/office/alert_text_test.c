/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What alerts say: nothing of the content unless it is wanted, and then nothing that
 * breaks a line.
 */
#include "office/alert_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/base64.h"
#include "codec/json.h"
#include "office/alert_settings.h"

static const struct alert_item items[] = {
    {.what = ALERT_DUTY,
     .since_s = 1795211340,
     .kind = "incident",
     .title = "Phishing at the ministry",
     .peer = "south.example"},
    {.what = ALERT_FORK, .since_s = 1795300000, .peer = "west.example"},
};

static struct alert_text text_of(bool has_content)
{
	return (struct alert_text){.desk = "north.example",
	                           .id = "0011aabb",
	                           .now_s = 1795301000,
	                           .items = items,
	                           .count = 2,
	                           .new_count = 1,
	                           .has_content = has_content};
}

/* Header, and the text decoded. */
static void split(const struct buf *mail, struct buf *ret_header, struct buf *ret_text)
{
	struct view all = buf_view(mail);
	size_t end = view_find(all, view_of_string("\r\n\r\n"));
	struct buf encoded = BUF_INIT(1 << 20);

	assert_true(end != SIZE_MAX);
	buf_append_view(ret_header, view_of(all.data, end + 2));
	buf_append_byte(ret_header, '\0');
	for (size_t i = end + 4; i < all.len; i++)
		if (all.data[i] != '\r' && all.data[i] != '\n')
			buf_append_byte(&encoded, all.data[i]);
	assert_int_equal(base64_decode(buf_view(&encoded), ret_text, NULL), STATUS_OK);
	buf_append_byte(ret_text, '\0');
	buf_release(&encoded);
}

static void make(const struct alert_text *text, struct buf *header, struct buf *plain)
{
	struct buf mail = BUF_INIT(1 << 20);

	alert_mail_append(&mail, text, "desk@north.example", "watch@north.example");
	assert_int_equal(mail.failed, STATUS_OK);
	for (size_t i = 0, start = 0; i < mail.len; i++) {
		assert_true(mail.data[i] < 0x80);
		if (mail.data[i] != '\n')
			continue;
		assert_int_equal(mail.data[i - 1], '\r');
		assert_true(i - start < 90);
		start = i + 1;
	}
	split(&mail, header, plain);
	buf_release(&mail);
}

static void a_mail_without_content_says_how_many_and_since_when(void **state)
{
	struct alert_text text = text_of(false);
	struct buf header = BUF_INIT(4096), plain = BUF_INIT(1 << 16);

	make(&text, &header, &plain);
	assert_non_null(strstr((char *)header.data, "From: <desk@north.example>\r\n"));
	assert_non_null(strstr((char *)header.data, "To: <watch@north.example>\r\n"));
	assert_non_null(
	    strstr((char *)header.data, "Date: Sat, 21 Nov 2026 22:43:20 +0000\r\n"));
	assert_non_null(
	    strstr((char *)header.data, "Message-ID: <0011aabb@north.example>\r\n"));
	assert_non_null(strstr((char *)header.data, "Subject: =?UTF-8?B?"));
	assert_string_equal(
	    (char *)plain.data,
	    "north.example: 2 items need somebody, since 2026-11-20 21:49:00 UTC.\r\n"
	    "1 of them is new.\r\nThis is repeated until somebody takes them.\r\n");
	buf_release(&header);
	buf_release(&plain);
}

static void a_mail_with_content_lists_the_items(void **state)
{
	struct alert_text text = text_of(true);
	struct buf header = BUF_INIT(4096), plain = BUF_INIT(1 << 16);

	make(&text, &header, &plain);
	assert_non_null(strstr((char *)plain.data,
	                       "- duty · incident · Phishing at the ministry · "
	                       "south.example · since 2026-11-20 21:49:00 UTC\r\n"));
	assert_non_null(strstr((char *)plain.data, "- fork · west.example · since "));
	assert_null(strstr((char *)header.data, "Phishing"));
	buf_release(&header);
	buf_release(&plain);
}

static void what_a_peer_wrote_stays_on_its_line(void **state)
{
	struct alert_item hostile = items[0];
	struct alert_text text = text_of(true);
	struct buf header = BUF_INIT(4096), plain = BUF_INIT(1 << 16);
	char title[2001];

	memset(title, 'x', sizeof title - 1);
	title[2000] = '\0';
	memcpy(title,
	       "a\r\n.\r\nb\x01\xe2\x80\xae"
	       "c\xe2\x81\xa6"
	       "d\xc3\xa4",
	       18);
	hostile.title = title;
	text.items = &hostile;
	text.count = text.new_count = 1;
	make(&text, &header, &plain);
	assert_non_null(strstr((char *)plain.data, " · a  .  b  c d\xc3\xa4xx"));
	assert_non_null(strstr((char *)plain.data, "x … · south.example"));
	assert_null(strstr((char *)plain.data, "\r\n.\r\n"));
	buf_release(&header);
	buf_release(&plain);
}

static void a_long_list_is_cut(void **state)
{
	struct alert_item many[200];
	struct alert_text text = text_of(true);
	struct buf header = BUF_INIT(4096), plain = BUF_INIT(1 << 17);

	for (size_t i = 0; i < 200; i++)
		many[i] = items[0];
	text.items = many;
	text.count = text.new_count = 200;
	make(&text, &header, &plain);
	assert_non_null(strstr((char *)plain.data, "and 150 more\r\n"));
	buf_release(&header);
	buf_release(&plain);
}

static void a_webhook_gets_an_object(void **state)
{
	struct alert_text text = text_of(false);
	struct buf json = BUF_INIT(1 << 16);
	struct json_doc doc = {0};

	alert_json_append(&json, &text);
	assert_int_equal(json_scan(&doc, buf_view(&json), 1000, NULL), STATUS_OK);
	assert_null(json_member(&doc, json_root(&doc), "details"));
	assert_int_equal(json_integer(&doc, json_member(&doc, json_root(&doc), "items")),
	                 2);
	assert_int_equal(view_find(buf_view(&json), view_of_string("south.example")),
	                 SIZE_MAX);
	text.has_content = true;
	buf_clear(&json);
	alert_json_append(&json, &text);
	assert_int_equal(json_scan(&doc, buf_view(&json), 1000, NULL), STATUS_OK);
	assert_int_equal(json_member(&doc, json_root(&doc), "details")->count, 2);
	json_release(&doc);
	buf_release(&json);
}

static void a_test_says_that_it_is_one(void **state)
{
	struct alert_text text = {.desk = "north.example",
	                          .id = "0011aabb",
	                          .now_s = 1795301000,
	                          .is_test = true};
	struct buf header = BUF_INIT(4096), plain = BUF_INIT(1 << 16);

	make(&text, &header, &plain);
	assert_string_equal((char *)plain.data,
	                    "This is a test of the alerts of north.example.\r\n");
	buf_release(&header);
	buf_release(&plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_mail_without_content_says_how_many_and_since_when),
	    cmocka_unit_test(a_mail_with_content_lists_the_items),
	    cmocka_unit_test(what_a_peer_wrote_stays_on_its_line),
	    cmocka_unit_test(a_long_list_is_cut),
	    cmocka_unit_test(a_webhook_gets_an_object),
	    cmocka_unit_test(a_test_says_that_it_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
