/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A walk over the fields of the catalogue; each value is made of the seed.
 */
#include "formats/testing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "formats/read.h"
#include "record/kinds.h"

enum { TEXT_MAX = 64 * 1024 * 1024 };

/* How a body is made: with all fields when random is NULL. */
struct making {
	struct json_writer writer;
	uint64_t *random;
	size_t seed;
};

static uint64_t draw(uint64_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random;
}

/* Of count values one. */
static size_t pick(struct making *making, size_t count)
{
	return making->random == NULL ? making->seed++ % count
	                              : (size_t)(draw(making->random) % count);
}

/* Is an optional field there? */
static bool is_there(struct making *making, const struct record_field *field)
{
	return field->required || making->random == NULL || draw(making->random) % 2 == 0;
}

static void write_value(struct making *making, const char *name,
                        const struct record_field *field);

static void write_list(struct making *making, const char *name,
                       const struct record_field *field)
{
	size_t count = field->max < 3 ? (size_t)field->max : 3;

	if (making->random != NULL)
		count = 1 + pick(making, count);
	json_writer_array(&making->writer, name);
	for (size_t i = 0; i < count; i++)
		write_value(making, NULL, &field->fields[0]);
	json_writer_end(&making->writer);
}

static const char *const observables[][2] = {
    {"ip", "192.0.2.1"},
    {"other", "a thing"},
    {"ip", "2001:db8::1"},
    {"prefix", "198.51.100.0/24"},
    {"prefix", "2001:db8::/32"},
    {"domain", "mail.example.org"},
    {"url", "https://example.org/\\\"x\""},
    {"hash", "d41d8cd98f00b204e9800998ecf8427e"},
    {"hash", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
    {"hash", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"email", "a@example.org"},
    {"file", "run|me.exe"},
    {"account", "root"},
    {"ip", "192.0.2.1"},
};
enum { OBSERVABLE_COUNT = sizeof observables / sizeof observables[0] };

static void write_observables(struct making *making)
{
	struct json_writer *writer = &making->writer;
	size_t count = making->random == NULL ? OBSERVABLE_COUNT : 1 + pick(making, 40);

	json_writer_array(writer, "observables");
	for (size_t i = 0; i < count; i++) {
		size_t one = making->random == NULL ? i : pick(making, OBSERVABLE_COUNT);

		json_writer_object(writer, NULL);
		json_writer_string(writer, "type", observables[one][0]);
		json_writer_string(writer, "value", observables[one][1]);
		if (pick(making, 2) == 0)
			json_writer_string(writer, "note", "seen \"twice\"");
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

static void write_fields(struct making *making, const struct record_field *fields,
                         size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!is_there(making, &fields[i]))
			continue;
		if (strcmp(fields[i].name, "observables") == 0)
			write_observables(making);
		else
			write_value(making, fields[i].name, &fields[i]);
	}
}

static void write_text(struct making *making, const char *name,
                       const struct record_field *field)
{
	static const char *const pieces[] = {"Teks \"%zu\"\n\xc3\xa9", "%zu",
	                                     "\xe2\x80\x8f\xd9\x85 %zu \\ /",
	                                     "{\"a\": [%zu]}", " %zu\t\xf0\x9f\x9a\xa8 "};
	char text[64];
	size_t len;

	len = (size_t)snprintf(text, sizeof text, pieces[pick(making, 5)],
	                       pick(making, 1000));
	/* Code points are at most as many as bytes. */
	if (len > (size_t)field->max)
		snprintf(text, sizeof text, "x");
	json_writer_string(&making->writer, name, text);
}

static void write_integer(struct making *making, const char *name,
                          const struct record_field *field)
{
	size_t span = (size_t)(field->max - field->min) + 1;

	json_writer_integer(&making->writer, name,
	                    field->min + (int64_t)pick(making, span));
}

static const char *plain_of(struct making *making, const struct record_field *field)
{
	static const char *const times[] = {
	    "2026-11-20T23:49:00Z", "2026-11-21T00:00:00Z",
	    "2026-11-20T23:49:00.25+07:00", "2020-02-29T12:00:01Z"};
	static const char *const plain[] = {
	    [RECORD_FIELD_LANGUAGE] = "zh-Hans",
	    [RECORD_FIELD_MESSAGE] = "north.example#4",
	    [RECORD_FIELD_DESK] = "north.example",
	    [RECORD_FIELD_COUNTRY] = "ID",
	    [RECORD_FIELD_PREFIX] = "192.0.2.0/24",
	    [RECORD_FIELD_DOMAIN] = "www.example.org",
	    [RECORD_FIELD_TECHNIQUE] = "T0023.001",
	};

	return field->type == RECORD_FIELD_TIME ? times[pick(making, 4)]
	                                        : plain[field->type];
}

static void write_value(struct making *making, const char *name,
                        const struct record_field *field)
{
	struct json_writer *writer = &making->writer;

	switch (field->type) {
	case RECORD_FIELD_TEXT:
		write_text(making, name, field);
		return;
	case RECORD_FIELD_INTEGER:
		write_integer(making, name, field);
		return;
	case RECORD_FIELD_BOOLEAN:
		json_writer_bool(writer, name, pick(making, 2) == 0);
		return;
	case RECORD_FIELD_CHOICE:
		json_writer_string(
		    writer, name,
		    field->choices[pick(making, field->choice_count)].value);
		return;
	case RECORD_FIELD_OBJECT:
		json_writer_object(writer, name);
		write_fields(making, field->fields, field->field_count);
		json_writer_end(writer);
		return;
	case RECORD_FIELD_LIST:
		write_list(making, name, field);
		return;
	default:
		json_writer_string(writer, name, plain_of(making, field));
		return;
	}
}

static void make_body(const char *kind, struct making *making, struct buf *out)
{
	const struct record_kind *record = record_kind_find(view_of_string(kind));
	struct json_doc doc = {0};
	struct error err = {0};

	making->writer = json_writer_of(out);
	json_writer_object(&making->writer, NULL);
	write_fields(making, record->fields, record->field_count);
	json_writer_end(&making->writer);
	if (record_kind_check_body(record, buf_view(out), &doc, &err) != STATUS_OK)
		fail_msg("%s: %s in %.*s", kind, err.text, (int)out->len, out->data);
	json_release(&doc);
}

void testing_body_full(const char *kind, size_t seed, struct buf *out)
{
	make_body(kind, &(struct making){.seed = seed}, out);
}

void testing_body_random(const char *kind, uint64_t *random, struct buf *out)
{
	make_body(kind, &(struct making){.random = random}, out);
}

static bool same_value(const struct json_doc *a, const struct json_token *x,
                       const struct json_doc *b, const struct json_token *y)
{
	const struct json_token *left = json_first(a, x), *right = json_first(b, y);

	if (x->type != y->type || x->count != y->count)
		return false;
	if (x->type == JSON_STRING) {
		CLEANUP_BUF struct buf one = BUF_INIT(TEXT_MAX), two = BUF_INIT(TEXT_MAX);

		json_string_append(a, x, &one);
		json_string_append(b, y, &two);
		return view_equal(buf_view(&one), buf_view(&two));
	}
	if (x->type != JSON_ARRAY && x->type != JSON_OBJECT)
		return view_equal(json_raw(a, x), json_raw(b, y));
	for (; left != NULL; left = json_next(a, x, left)) {
		if (x->type == JSON_OBJECT) {
			char name[64];

			assert_true(json_string_copy(a, left, name, sizeof name));
			right = json_member(b, y, name);
			left = json_next(a, x, left);
		}
		if (right == NULL || !same_value(a, left, b, right))
			return false;
		right = json_next(b, y, right);
	}
	return true;
}

void testing_same_body(struct view sent, struct view back)
{
	struct json_doc a = {0}, b = {0};

	assert_int_equal(json_scan(&a, sent, JSON_TOKENS_MAX, NULL), STATUS_OK);
	assert_int_equal(json_scan(&b, back, JSON_TOKENS_MAX, NULL), STATUS_OK);
	if (!same_value(&a, json_root(&a), &b, json_root(&b)))
		fail_msg("sent %.*s\nback %.*s", (int)sent.len, sent.data, (int)back.len,
		         back.data);
	json_release(&a);
	json_release(&b);
}

bool testing_is_listed(const struct formats_report *report, const char *what)
{
	for (size_t i = 0; i < report->count; i++) {
		if (strcmp(formats_report_text(report, report->items[i].what), what) == 0)
			return true;
	}
	return false;
}

void testing_read(struct view text, struct formats_drafts *ret_drafts)
{
	struct error err = {0};

	if (formats_read(text, "en", ret_drafts, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

struct buf testing_write(const struct formats_written *format,
                         const struct formats_message *messages, size_t count,
                         size_t reported)
{
	struct buf document = BUF_INIT(TEXT_MAX);
	struct formats_report report = {0};
	struct error err = {0};

	if (format->write("0123456789abcdef", messages, count, &document, &report,
	                  &err) != STATUS_OK)
		fail_msg("%s", err.text);
	if (report.count != reported)
		fail_msg("%zu reported, the first for: %s", report.count,
		         report.count == 0
		             ? ""
		             : formats_report_text(&report, report.items[0].why));
	formats_report_release(&report);
	return document;
}
