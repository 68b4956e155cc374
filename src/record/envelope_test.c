/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Envelopes: the canonical bytes, what decoding accepts and refuses, and the check
 * against a charter.
 */
#include "record/envelope.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "record/testing.h"

#define HEX "abababababababababababababababababababababababababababababababab"
#define ROOT "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s="
#define SALT "AQEBAQEBAQEBAQEBAQEBAQ=="
#define HEAD                                                                         \
	"{\"aldis\":1,\"kind\":\"text\",\"sent\":\"2026-11-20T23:49:00Z\",\"salt\":" \
	"\"" SALT "\""

static const char full_text[] =
    "{\"aldis\":1,\"kind\":\"text\",\"to\":[\"south.example\",\"west.example\"],"
    "\"line\":\"technical\",\"sent\":\"2026-11-20T23:49:00Z\",\"salt\":\"" SALT "\","
    "\"re\":\"south.example#12\",\"tlp\":\"AMBER+STRICT\","
    "\"seen\":{\"south.example\":{\"size\":14,\"root\":\"" ROOT "\"},"
    "\"west.example\":{\"size\":1,\"root\":\"" ROOT "\"}},"
    "\"body\":{\"blob\":\"" HEX "\",\"size\":812},"
    "\"attachments\":[{\"blob\":\"" HEX "\",\"size\":81234},{\"blob\":\"" HEX
    "\",\"size\":0}]}";

static struct hash sample_hash(void)
{
	struct hash hash;

	memset(hash.bytes, 0xab, sizeof hash.bytes);
	return hash;
}

static enum status decode(const char *text, struct record_envelope *envelope)
{
	struct json_doc doc = {0};
	enum status status =
	    record_envelope_decode(view_of_string(text), &doc, envelope, NULL);

	json_release(&doc);
	return status;
}

static enum status decode_only(const char *text)
{
	struct record_envelope envelope = {0};
	enum status status = decode(text, &envelope);

	record_envelope_release(&envelope);
	return status;
}

static void the_full_form_is_written_as_specified(void **state)
{
	struct record_name to[] = {{"south.example"}, {"west.example"}};
	struct record_seen seen[] = {{{"south.example"}, 14, sample_hash()},
	                             {{"west.example"}, 1, sample_hash()}};
	struct record_blob_ref attachments[] = {{sample_hash(), 81234},
	                                        {sample_hash(), 0}};
	struct record_envelope envelope = {
	    .kind = "text",
	    .to = to,
	    .to_count = 2,
	    .line = "technical",
	    .sent_s = 1795218540,
	    .has_re = true,
	    .re = {{"south.example"}, 12},
	    .tlp = "AMBER+STRICT",
	    .seen = seen,
	    .seen_count = 2,
	    .has_body = true,
	    .body = {sample_hash(), 812},
	    .attachments = attachments,
	    .attachment_count = 2,
	};
	CLEANUP_BUF struct buf out = BUF_INIT(100000);

	memset(envelope.salt, 1, sizeof envelope.salt);
	buf_append_string(&out, "before");
	assert_int_equal(record_envelope_append(&envelope, &out, NULL), STATUS_OK);
	buf_consume(&out, 6);
	assert_int_equal(out.len, strlen(full_text));
	assert_memory_equal(out.data, full_text, out.len);
}

static void every_absent_part_is_left_out(void **state)
{
	struct record_envelope envelope = {.kind = "text", .sent_s = 1795218540};
	CLEANUP_BUF struct buf out = BUF_INIT(strlen(HEAD "}"));

	memset(envelope.salt, 1, sizeof envelope.salt);
	assert_int_equal(record_envelope_append(&envelope, &out, NULL), STATUS_OK);
	assert_true(view_equal_string(buf_view(&out), HEAD "}"));
	assert_int_equal(record_envelope_append(&envelope, &out, NULL), STATUS_LIMIT);
}

static void what_is_read_is_written_again_the_same(void **state)
{
	struct record_envelope envelope = {0};
	CLEANUP_BUF struct buf out = BUF_INIT(100000);

	assert_int_equal(decode(full_text, &envelope), STATUS_OK);
	assert_int_equal(envelope.to_count, 2);
	assert_string_equal(envelope.to[1].text, "west.example");
	assert_int_equal(envelope.seen[0].size, 14);
	assert_int_equal(envelope.re.index, 12);
	assert_int_equal(envelope.attachments[0].size, 81234);
	assert_int_equal(record_envelope_append(&envelope, &out, NULL), STATUS_OK);
	assert_true(view_equal_string(buf_view(&out), full_text));
	record_envelope_release(&envelope);
}

static void other_json_of_the_same_meaning_is_read(void **state)
{
	struct record_envelope envelope = {0};

	assert_int_equal(decode(" { \"salt\" : \"" SALT
	                        "\",\n \"kin\\u0064\":\"te\\u0078t\", \"aldis\":1,"
	                        "\"sent\":\"2026-11-20T23:49:00\\u005a\"} ",
	                        &envelope),
	                 STATUS_OK);
	assert_string_equal(envelope.kind, "text");
	assert_int_equal(envelope.sent_s, 1795218540);
	record_envelope_release(&envelope);
}

static void a_reused_envelope_forgets_the_one_before(void **state)
{
	struct record_envelope envelope = {0};
	struct record_name *memory;

	assert_int_equal(decode(full_text, &envelope), STATUS_OK);
	memory = envelope.to;
	assert_int_equal(decode(HEAD "}", &envelope), STATUS_OK);
	assert_int_equal(
	    envelope.to_count + envelope.seen_count + envelope.attachment_count, 0);
	assert_false(envelope.has_re || envelope.has_body);
	assert_string_equal(envelope.line, "");
	assert_string_equal(envelope.tlp, "");
	assert_int_equal(decode(full_text, &envelope), STATUS_OK);
	assert_ptr_equal(envelope.to, memory);
	record_envelope_release(&envelope);
}

static void broken_forms_are_malformed(void **state)
{
	static const char *const texts[] = {
	    "",
	    "{}",
	    "[]",
	    "null",
	    HEAD,
	    HEAD ",}",
	    HEAD "} x",
	    HEAD ",\"more\":1}",
	    HEAD ",\"kind\":\"text\"}",
	    "{\"aldis\":2,\"kind\":\"text\",\"sent\":\"2026-11-20T23:49:00Z\",\"salt\":"
	    "\"" SALT "\"}",
	    "{\"kind\":\"text\",\"sent\":\"2026-11-20T23:49:00Z\",\"salt\":\"" SALT "\"}",
	    "{\"aldis\":1,\"sent\":\"2026-11-20T23:49:00Z\",\"salt\":\"" SALT "\"}",
	    "{\"aldis\":1,\"kind\":\"text\",\"salt\":\"" SALT "\"}",
	    "{\"aldis\":1,\"kind\":\"text\",\"sent\":\"2026-11-20T23:49:00Z\"}",
	    "{\"aldis\":1,\"kind\":\"Text\",\"sent\":\"2026-11-20T23:49:00Z\",\"salt\":"
	    "\"" SALT "\"}",
	    "{\"aldis\":1,\"kind\":\"\",\"sent\":\"2026-11-20T23:49:00Z\",\"salt\":"
	    "\"" SALT "\"}",
	    "{\"aldis\":1,\"kind\":\"text\",\"sent\":\"2026-11-20T23:49:00.0Z\",\"salt\":"
	    "\"" SALT "\"}",
	    "{\"aldis\":1,\"kind\":\"text\",\"sent\":\"2026-11-20T23:49:00+00:00\","
	    "\"salt\":\"" SALT "\"}",
	    "{\"aldis\":1,\"kind\":\"text\",\"sent\":\"2026-11-20T23:49:00Z\",\"salt\":"
	    "\"AQEBAQEBAQEBAQEBAQEB\"}",
	    "{\"aldis\":1,\"kind\":\"text\",\"sent\":\"2026-11-20T23:49:00Z\",\"salt\":"
	    "\"AQEBAQEBAQEBAQEBAQEBAR==\"}",
	    "{\"aldis\":1,\"kind\":\"text\",\"sent\":\"2026-11-20T23:49:00Z\",\"salt\":"
	    "\"AQEBAQEBAQEBAQEBAQEBAQEB\"}",
	    HEAD ",\"to\":[]}",
	    HEAD ",\"to\":\"south.example\"}",
	    HEAD ",\"to\":[\"south.example\",\"south.example\"]}",
	    HEAD ",\"to\":[\"S\"]}",
	    HEAD ",\"line\":\"\"}",
	    HEAD ",\"line\":\"Technical\"}",
	    HEAD ",\"line\":null}",
	    HEAD ",\"line\":\"abcdefghijklmnop\"}",
	    HEAD ",\"re\":\"south.example\"}",
	    HEAD ",\"re\":12}",
	    HEAD ",\"tlp\":\"WHITE\"}",
	    HEAD ",\"tlp\":\"amber\"}",
	    HEAD ",\"seen\":{}}",
	    HEAD ",\"seen\":[]}",
	    HEAD ",\"seen\":{\"south.example\":{\"size\":0,\"root\":\"" ROOT "\"}}}",
	    HEAD ",\"seen\":{\"south.example\":{\"size\":-1,\"root\":\"" ROOT "\"}}}",
	    HEAD ",\"seen\":{\"south.example\":{\"size\":1}}}",
	    HEAD ",\"seen\":{\"south.example\":{\"size\":1,\"root\":\"" HEX "\"}}}",
	    HEAD ",\"seen\":{\"s\":{\"size\":1,\"root\":\"" ROOT "\"}}}",
	    HEAD ",\"seen\":{\"south.example\":{\"size\":1,\"root\":\"" ROOT "\"},"
	         "\"south.exampl\\u0065\":{\"size\":2,\"root\":\"" ROOT "\"}}}",
	    HEAD ",\"body\":{\"blob\":\"" HEX "\"}}",
	    HEAD ",\"body\":{\"blob\":\"" HEX "\",\"size\":262145}}",
	    HEAD ",\"body\":{\"blob\":\"AB\",\"size\":1}}",
	    HEAD ",\"body\":{\"blob\":\"" HEX "\",\"size\":-1}}",
	    HEAD ",\"body\":{\"blob\":\"" HEX "\",\"size\":1,\"name\":\"x\"}}",
	    HEAD ",\"attachments\":[]}",
	    HEAD ",\"attachments\":[1]}",
	    HEAD ",\"attachments\":[{\"blob\":\"" HEX "\",\"size\":8388593}]}",
	};

	assert_int_equal(decode_only(HEAD "}"), STATUS_OK);
	assert_int_equal(
	    decode_only(HEAD ",\"body\":{\"blob\":\"" HEX "\",\"size\":262144}}"),
	    STATUS_OK);
	assert_int_equal(decode_only(HEAD ",\"attachments\":[{\"blob\":\"" HEX
	                                  "\",\"size\":8388592}]}"),
	                 STATUS_OK);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (decode_only(texts[i]) != STATUS_MALFORMED)
			fail_msg("accepted: %s", texts[i]);
}

static void every_tlp_label_is_known(void **state)
{
	static const char *const labels[] = {"RED", "AMBER+STRICT", "AMBER", "GREEN",
	                                     "CLEAR"};
	char text[300];

	for (size_t i = 0; i < 5; i++) {
		(void)snprintf(text, sizeof text, HEAD ",\"tlp\":\"%s\"}", labels[i]);
		assert_int_equal(decode_only(text), STATUS_OK);
	}
}

static void a_cut_envelope_is_malformed(void **state)
{
	struct record_envelope envelope = {0};
	struct json_doc doc = {0};

	for (size_t len = 0; len < strlen(full_text); len++)
		assert_int_equal(record_envelope_decode(view_of(full_text, len), &doc,
		                                        &envelope, NULL),
		                 STATUS_MALFORMED);
	json_release(&doc);
	record_envelope_release(&envelope);
}

/* HEAD, a member's start, count numbered elements, its end. */
static enum status decode_many(const char *start, const char *element, const char *end,
                               unsigned count)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);
	struct record_envelope envelope = {0};
	struct json_doc doc = {0};
	enum status status;

	buf_append_string(&text, HEAD);
	buf_append_string(&text, start);
	for (unsigned i = 0; i < count; i++) {
		buf_append_string(&text, i > 0 ? "," : "");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		buf_printf(&text, element, i);
#pragma GCC diagnostic pop
	}
	buf_append_string(&text, end);
	status = record_envelope_decode(buf_view(&text), &doc, &envelope, NULL);
	json_release(&doc);
	record_envelope_release(&envelope);
	return status;
}

static void counts_are_limited(void **state)
{
	const char *seen = "\"desk%u\":{\"size\":1,\"root\":\"" ROOT "\"}";
	const char *blob = "{\"blob\":\"" HEX "\",\"size\":%u}";

	assert_int_equal(decode_many(",\"to\":[", "\"desk%u\"", "]}", 200), STATUS_OK);
	assert_int_equal(decode_many(",\"to\":[", "\"desk%u\"", "]}", 201),
	                 STATUS_MALFORMED);
	assert_int_equal(decode_many(",\"seen\":{", seen, "}}", 200), STATUS_OK);
	assert_int_equal(decode_many(",\"seen\":{", seen, "}}", 201), STATUS_MALFORMED);
	assert_int_equal(decode_many(",\"attachments\":[", blob, "]}", 64), STATUS_OK);
	assert_int_equal(decode_many(",\"attachments\":[", blob, "]}", 65),
	                 STATUS_MALFORMED);
	assert_int_equal(decode_many(",\"x\":[", "%u", "]}", 30000), STATUS_MALFORMED);
}

/* Everything as long and as often as it may be. */
static void the_greatest_envelope_fits_an_entry(void **state)
{
	struct record_seen seen[RECORD_MEMBERS_MAX];
	struct record_name to[RECORD_MEMBERS_MAX];
	struct record_blob_ref attachments[RECORD_ATTACHMENTS_MAX];
	struct record_envelope envelope = {
	    .to = to,
	    .to_count = RECORD_MEMBERS_MAX,
	    .has_re = true,
	    .seen = seen,
	    .seen_count = RECORD_MEMBERS_MAX,
	    .has_body = true,
	    .attachments = attachments,
	    .attachment_count = RECORD_ATTACHMENTS_MAX,
	};
	CLEANUP_BUF struct buf out = BUF_INIT(TLOG_ENTRY_MAX);

	memset(to, 'a', sizeof to);
	memset(seen, 'b', sizeof seen);
	memset(attachments, 0xff, sizeof attachments);
	for (size_t i = 0; i < RECORD_MEMBERS_MAX; i++) {
		to[i].text[RECORD_NAME_MAX] = '\0';
		seen[i].desk.text[RECORD_NAME_MAX] = '\0';
		seen[i].size = UINT64_MAX;
	}
	envelope.re = (struct record_message_id){to[0], UINT64_MAX};
	envelope.body = attachments[0];
	memset(envelope.kind, 'k', RECORD_KIND_LEN_MAX);
	memset(envelope.line, 'l', sizeof envelope.line - 1);
	strcpy(envelope.tlp, "AMBER+STRICT");
	assert_int_equal(record_envelope_append(&envelope, &out, NULL), STATUS_OK);
	for (int i = 0; i < 3; i++) {
		envelope.to_count = RECORD_MEMBERS_MAX + (i == 0);
		envelope.seen_count = RECORD_MEMBERS_MAX + (i == 1);
		envelope.attachment_count = RECORD_ATTACHMENTS_MAX + (i == 2);
		buf_clear(&out);
		assert_int_equal(record_envelope_append(&envelope, &out, NULL),
		                 STATUS_LIMIT);
		assert_int_equal(out.len, 0);
	}
}

static void an_entry_above_its_limit_is_not_read(void **state)
{
	struct record_envelope envelope = {0};
	struct json_doc doc = {0};
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);

	buf_append_string(&text, HEAD);
	while (text.len < TLOG_ENTRY_MAX)
		buf_append_byte(&text, ' ');
	buf_append_byte(&text, '}');
	assert_int_equal(record_envelope_decode(buf_view(&text), &doc, &envelope, NULL),
	                 STATUS_MALFORMED);
	text.data[TLOG_ENTRY_MAX - 1] = '}';
	assert_int_equal(record_envelope_decode(view_of(text.data, TLOG_ENTRY_MAX), &doc,
	                                        &envelope, NULL),
	                 STATUS_OK);
	json_release(&doc);
	record_envelope_release(&envelope);
}

/* Under a charter */

struct fixture {
	struct record_charter charter;
	struct record_envelope envelope;
};

static int charter_setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	struct testing_desk desks[2];

	testing_desk_init(&desks[0], "north.example", NULL);
	testing_desk_init(&desks[1], "south.example", NULL);
	testing_charter_text(
	    desks, 2,
	    "{\"lines\":[\"technical\"],\"kinds\":{\"allowed\":[\"text\",\"ack\"]},"
	    "\"duties\":[],"
	    "\"limits\":{\"skew\":\"PT5M\",\"body\":1024,\"attachment\":2000,"
	    "\"attachments\":1,\"quota\":1}}",
	    &text);
	if (record_charter_decode(buf_view(&text), &fixture->charter, NULL) != STATUS_OK)
		return -1;
	testing_desk_release(&desks[0]);
	testing_desk_release(&desks[1]);
	*state = fixture;
	return 0;
}

static int charter_teardown(void **state)
{
	struct fixture *fixture = *state;

	record_charter_release(&fixture->charter);
	record_envelope_release(&fixture->envelope);
	free(fixture);
	return 0;
}

static enum status check(struct fixture *fixture, uint64_t index, const char *kind,
                         const char *rest)
{
	char text[1000];
	struct error err;

	(void)snprintf(text, sizeof text,
	               "{\"aldis\":1,\"kind\":\"%s\",\"sent\":\"2026-11-20T23:49:00Z\","
	               "\"salt\":\"" SALT "\"%s}",
	               kind, rest);
	assert_int_equal(decode(text, &fixture->envelope), STATUS_OK);
	return record_envelope_check(&fixture->envelope, &fixture->charter,
	                             "north.example", index, &err);
}

#define BODY ",\"body\":{\"blob\":\"" HEX "\",\"size\":1024}"

static void a_log_opens_with_open_and_only_once(void **state)
{
	assert_int_equal(check(*state, 0, "open", BODY), STATUS_OK);
	assert_int_equal(check(*state, 1, "open", BODY), STATUS_MALFORMED);
	assert_int_equal(check(*state, 0, "text", BODY), STATUS_MALFORMED);
	assert_int_equal(check(*state, 0, "open", BODY ",\"re\":\"south.example#1\""),
	                 STATUS_MALFORMED);
}

static void kinds_must_be_known_and_allowed(void **state)
{
	assert_int_equal(check(*state, 1, "text", BODY), STATUS_OK);
	assert_int_equal(check(*state, 1, "check", ""), STATUS_OK);
	assert_int_equal(check(*state, 1, "check", BODY), STATUS_OK);
	assert_int_equal(check(*state, 1, "incident", BODY), STATUS_MALFORMED);
	assert_int_equal(check(*state, 1, "nonsense", BODY), STATUS_MALFORMED);
}

static void body_and_re_are_there_as_the_kind_demands(void **state)
{
	const char *re = ",\"re\":\"south.example#3\"" BODY;

	assert_int_equal(check(*state, 1, "text", ""), STATUS_MALFORMED);
	assert_int_equal(check(*state, 1, "ack", BODY), STATUS_MALFORMED);
	assert_int_equal(check(*state, 1, "ack", re), STATUS_OK);
	assert_int_equal(check(*state, 1, "attachment.held", BODY), STATUS_MALFORMED);
}

static void addressees_are_other_members(void **state)
{
	assert_int_equal(check(*state, 1, "text", BODY ",\"to\":[\"south.example\"]"),
	                 STATUS_OK);
	assert_int_equal(check(*state, 1, "text", BODY ",\"to\":[\"north.example\"]"),
	                 STATUS_MALFORMED);
	assert_int_equal(check(*state, 1, "text", BODY ",\"to\":[\"west.example\"]"),
	                 STATUS_MALFORMED);
}

static void lines_and_limits_are_the_charters(void **state)
{
	const char *blob = "{\"blob\":\"" HEX "\",\"size\":1984}";
	char text[600];

	assert_int_equal(check(*state, 1, "text", BODY ",\"line\":\"technical\""),
	                 STATUS_OK);
	assert_int_equal(check(*state, 1, "text", BODY ",\"line\":\"political\""),
	                 STATUS_MALFORMED);
	assert_int_equal(
	    check(*state, 1, "text", ",\"body\":{\"blob\":\"" HEX "\",\"size\":1025}"),
	    STATUS_MALFORMED);
	assert_int_equal(check(*state, 1, "charter.amend",
	                       ",\"body\":{\"blob\":\"" HEX "\",\"size\":65536}"),
	                 STATUS_OK);
	(void)snprintf(text, sizeof text, BODY ",\"attachments\":[%s]", blob);
	assert_int_equal(check(*state, 1, "text", text), STATUS_OK);
	(void)snprintf(text, sizeof text, BODY ",\"attachments\":[%s,%s]", blob, blob);
	assert_int_equal(check(*state, 1, "text", text), STATUS_MALFORMED);
	assert_int_equal(check(*state, 1, "text",
	                       BODY ",\"attachments\":[{\"blob\":\"" HEX
	                            "\",\"size\":1985}]"),
	                 STATUS_MALFORMED);
}

#define UNDER_CHARTER(test) \
	cmocka_unit_test_setup_teardown(test, charter_setup, charter_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_full_form_is_written_as_specified),
	    cmocka_unit_test(every_absent_part_is_left_out),
	    cmocka_unit_test(what_is_read_is_written_again_the_same),
	    cmocka_unit_test(other_json_of_the_same_meaning_is_read),
	    cmocka_unit_test(a_reused_envelope_forgets_the_one_before),
	    cmocka_unit_test(broken_forms_are_malformed),
	    cmocka_unit_test(every_tlp_label_is_known),
	    cmocka_unit_test(a_cut_envelope_is_malformed),
	    cmocka_unit_test(counts_are_limited),
	    cmocka_unit_test(the_greatest_envelope_fits_an_entry),
	    cmocka_unit_test(an_entry_above_its_limit_is_not_read),
	    UNDER_CHARTER(a_log_opens_with_open_and_only_once),
	    UNDER_CHARTER(kinds_must_be_known_and_allowed),
	    UNDER_CHARTER(body_and_re_are_there_as_the_kind_demands),
	    UNDER_CHARTER(addressees_are_other_members),
	    UNDER_CHARTER(lines_and_limits_are_the_charters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
