/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings of the alerts, as they are handed in and as they stand in their row, and
 * the rows of what is on its way. What is accepted can stand in a line of a protocol, and
 * comes back as it went.
 */
#include <assert.h>
#include <stdint.h>

#include "office/alert_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_line(const char *text)
{
	for (; *text != '\0'; text++)
		assert((uint8_t)*text >= ' ' && *text != 0x7f);
}

static void check_lines(const struct alert_settings *settings)
{
	check_line(settings->email.url);
	check_line(settings->email.from);
	for (size_t i = 0; i < settings->email.to_count; i++) {
		check_line(settings->email.to[i]);
		assert(alert_address_check(settings->email.to[i]));
	}
	check_line(settings->email.name);
	check_line(settings->email.password);
	check_line(settings->webhook.url);
	check_line(settings->webhook.secret);
	assert(settings->email.tls != DESK_MAIL_PLAIN ||
	       settings->email.password[0] == '\0');
}

static void write_row(struct buf *out, const struct alert_settings *settings)
{
	struct json_writer writer = json_writer_of(out);

	json_writer_object(&writer, NULL);
	alert_settings_write(&writer, settings, true);
	json_writer_end(&writer);
	assert(buf_check(out, "the row", NULL) == STATUS_OK);
}

static void try_settings(struct view input, struct json_doc *doc)
{
	struct alert_settings settings, again;
	struct alert_problem problem;
	struct buf row = BUF_INIT(1 << 20), same = BUF_INIT(1 << 20);

	if (json_scan(doc, input, 1000, NULL) != STATUS_OK ||
	    alert_settings_read(doc, json_root(doc), NULL, &settings, &problem, NULL) !=
	        STATUS_OK)
		return;
	check_lines(&settings);
	write_row(&row, &settings);
	assert(json_scan(doc, buf_view(&row), 1000, NULL) == STATUS_OK);
	assert(alert_settings_read(doc, json_root(doc), NULL, &again, NULL, NULL) ==
	       STATUS_OK);
	write_row(&same, &again);
	assert(view_equal(buf_view(&row), buf_view(&same)));
	buf_release(&row);
	buf_release(&same);
}

static void try_rows(struct view input, struct json_doc *doc)
{
	static const char id[] =
	    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
	struct buf text = BUF_INIT(1 << 20);
	struct alert_way_state state;
	struct alert_queued item;
	struct alert_seen seen;

	if (alert_queued_decode(view_of_string("0000000000000007"), input, doc, &item,
	                        &text, NULL) == STATUS_OK)
		check_line(item.to);
	(void)!alert_seen_decode(view_of_string(id), input, doc, &seen, NULL);
	(void)!alert_way_decode(input, doc, &state, NULL);
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct json_doc doc = {0};

	try_settings(view_of(data, len), &doc);
	try_rows(view_of(data, len), &doc);
	json_release(&doc);
	return 0;
}
