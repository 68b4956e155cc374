/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Field by field in the order of the table; then what our own object carries. Types are
 * not checked where the check of the whole body does it anyway.
 */
#include "formats/misp_fill.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/time_text.h"
#include "formats/body.h"
#include "formats/misp_list.h"
#include "formats/misp_parts.h"
#include "formats/misp_tag.h"

enum { NAME_MAX_LEN = 64, VALUE_MAX = 64 * 1024, DATE_LEN = 10 };

struct body {
	struct misp_reading *reading;
	struct formats_body to;
};

static void list(const struct misp_reading *reading, const char *what, const char *why)
{
	formats_report_add(reading->report, reading->event->uuid, view_of_string(what),
	                   why);
}

static void put(struct body *body, const char *field, const struct json_token *value)
{
	formats_body_put(&body->to, field, json_text(body->reading->doc, value));
}

static bool has(const struct body *body, const char *field)
{
	return formats_body_has(&body->to, field);
}

static bool is_ours(const struct misp_reading *reading)
{
	return reading->event->aldis != NULL;
}

/* ---- what the event's own draft is made of ---- */

static const struct json_token *find_object(const struct misp_reading *reading,
                                            const struct misp_template *template)
{
	const struct json_token *elements, *one;

	for (one = misp_first(reading->doc, reading->event->token, "Object", &elements);
	     one != NULL; one = misp_next(reading->doc, elements, one)) {
		if (misp_object_is(reading->doc, one, template))
			return one;
	}
	return NULL;
}

static bool has_place(const struct misp_kind *kind, enum misp_place place)
{
	for (size_t i = 0; i < kind->native_count; i++) {
		if (kind->natives[i].place == place)
			return true;
	}
	return false;
}

void misp_reading_begin(struct misp_reading *reading)
{
	const struct misp_kind *kind = reading->kind;
	const struct json_token *elements;

	if (kind->template == &misp_template_incident)
		reading->incident = find_object(reading, &misp_template_incident);
	if (kind->template == &misp_template_measure)
		reading->measure = find_object(reading, &misp_template_measure);
	if (has_place(kind, MISP_PLACE_REPORT))
		reading->text = misp_first(reading->doc, reading->event->token,
		                           "EventReport", &elements);
}

/* ---- texts ---- */

/* A title that is too long is cut: it is no reason to leave out all the rest. */
static void put_title(struct body *body, const struct json_token *title)
{
	const struct record_field *field =
	    formats_body_field(&body->to, view_of_string("title"));
	CLEANUP_BUF struct buf text = BUF_INIT(VALUE_MAX);
	size_t count = 0, len = 0;

	if (title == NULL || title->type != JSON_STRING || title->len == 0)
		return;
	if (json_string_length(body->reading->doc, title) <= (size_t)field->max) {
		put(body, "title", title);
		return;
	}
	json_string_append(body->reading->doc, title, &text);
	while (len < text.len) {
		if ((text.data[len] & 0xc0) != 0x80 && count++ == (size_t)field->max)
			break;
		len++;
	}
	formats_body_put_text(&body->to, "title", view_of(text.data, len));
	list(body->reading, "title", "it is too long for a title and is cut");
}

/* Unless it is what was made up because MISP demands one. */
static void fill_info(struct body *body)
{
	const struct misp_reading *reading = body->reading;
	const struct json_token *info =
	    json_member(reading->doc, reading->event->token, "info");
	const struct json_token *made =
	    misp_relation(reading->doc, reading->event->aldis, MISP_RELATION_MADE);

	if (made == NULL ||
	    !view_equal(json_text(reading->doc, made), json_text(reading->doc, info)))
		put_title(body, info);
}

static void fill_text(struct body *body, const char *field,
                      const struct json_token *value)
{
	if (value != NULL && value->len > 0)
		put(body, field, value);
}

/* ---- the incident ---- */

/* 4 is "undefined"; null and "" say nothing. */
static bool is_a_level(const struct json_token *level, struct view text)
{
	return level != NULL && level->type != JSON_NULL && text.len > 0 &&
	       !view_equal_string(text, "4");
}

static void fill_severity(struct body *body)
{
	struct misp_reading *reading = body->reading;
	const struct json_doc *doc = reading->doc;
	const struct json_token *criticality =
	    misp_relation(reading->doc, reading->incident, "criticality");
	const struct json_token *level =
	    json_member(doc, reading->event->token, "threat_level_id");
	struct view number = level == NULL ? view_of("", 0) : json_raw(doc, level);
	const char *word = NULL;

	if (criticality != NULL) {
		word = formats_word_to(misp_criticalities, json_raw(doc, criticality));
		if (word == NULL)
			list(reading, "criticality",
			     "no severity of Aldis for this word");
	}
	if (word == NULL) {
		word = misp_severity(number);
		if (word == NULL && is_a_level(level, number))
			list(reading, "threat_level_id",
			     "no severity of Aldis for this value");
	} else if (number.len > 0 &&
	           !view_equal_string(number, misp_threat_level(view_of_string(word))))
		list(reading, "threat_level_id",
		     "the criticality of the incident object says another one");
	if (word != NULL)
		formats_body_put_word(&body->to, "severity", word);
}

static void fill_determination(struct body *body)
{
	struct misp_reading *reading = body->reading;
	const struct json_token *value =
	    misp_relation(reading->doc, reading->incident, "determination");
	const char *word = NULL;

	if (value == NULL)
		return;
	word = formats_word_to(misp_determinations, json_raw(reading->doc, value));
	if (word != NULL)
		formats_body_put_word(&body->to, "determination", word);
	else
		list(reading, "determination", "no word of Aldis for this value");
}

static void fill_seen(struct body *body, const char *field, const char *member)
{
	static const char tail[] = ".000000+00:00";
	const struct json_doc *doc = body->reading->doc;
	struct view seen = formats_string(doc, body->reading->incident, member);
	char text[TIME_TEXT_LEN + 1];

	if (seen.len == 0)
		return;
	/* As we write it ourselves. */
	if (seen.len == TIME_TEXT_LEN - 1 + sizeof tail - 1 &&
	    view_equal_string(view_from(seen, TIME_TEXT_LEN - 1), tail)) {
		snprintf(text, sizeof text, "%.19sZ", (const char *)seen.data);
		formats_body_put_word(&body->to, field, text);
	} else if (time_text_is_rfc3339(seen)) {
		formats_body_put_text(&body->to, field, seen);
	} else {
		list(body->reading, member, "it is no time");
	}
}

static void fill_type(struct body *body)
{
	struct misp_reading *reading = body->reading;
	const struct json_doc *doc = reading->doc;
	const char *type = reading->marks.type;
	const struct json_token *elements, *one;

	for (one = reading->incident == NULL
	               ? NULL
	               : misp_first(doc, reading->incident, "Attribute", &elements);
	     one != NULL; one = misp_next(doc, elements, one)) {
		const char *word;

		if (!view_equal_string(formats_string(doc, one, "object_relation"),
		                       "incident_type"))
			continue;
		word = formats_incident_type(formats_string(doc, one, "value"));
		if (word == NULL)
			list(reading, "incident_type", "no type of Aldis for a value");
		else if (type != NULL && strcmp(type, word) != 0)
			list(reading, "incident_type",
			     "a message has one type of incident; the first is taken");
		if (type == NULL)
			type = word;
	}
	if (type != NULL)
		formats_body_put_word(&body->to, "incident_type", type);
}

/* ---- marks ---- */

/* The exact number in our own object counts while the tag says the same. */
static int64_t exact_confidence(const struct misp_reading *reading)
{
	const struct json_token *value =
	    misp_relation(reading->doc, reading->event->aldis, "confidence");
	char tag[MISP_TAG_MAX + 1], text[8] = "";
	long number;
	char *end;

	if (value == NULL || !json_string_copy(reading->doc, value, text, sizeof text))
		return reading->marks.confidence;
	number = strtol(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || number > 100)
		return reading->marks.confidence;
	misp_tag_confidence(number, tag);
	return misp_tag_read(tag).confidence == reading->marks.confidence
	           ? number
	           : reading->marks.confidence;
}

static void fill_confidence(struct body *body)
{
	char number[24];

	if (!body->reading->marks.has_confidence)
		return;
	snprintf(number, sizeof number, "%lld",
	         (long long)exact_confidence(body->reading));
	formats_body_put(&body->to, "confidence", view_of_string(number));
}

/* ---- what our own object carries ---- */

static bool is_text(const struct record_field *field)
{
	return field->type != RECORD_FIELD_INTEGER &&
	       field->type != RECORD_FIELD_BOOLEAN &&
	       field->type != RECORD_FIELD_OBJECT && field->type != RECORD_FIELD_LIST;
}

/* False when the value is no JSON. */
static bool put_json(struct body *body, const struct record_field *field,
                     const struct json_token *value)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);

	json_string_append(body->reading->doc, value, &text);
	if (text.failed != STATUS_OK || json_scan(body->reading->scratch, buf_view(&text),
	                                          JSON_TOKENS_MAX, NULL) != STATUS_OK)
		return false;
	formats_body_put(&body->to, field->name, buf_view(&text));
	return true;
}

static void fill_rest_field(struct body *body, const struct json_token *attribute)
{
	struct misp_reading *reading = body->reading;
	struct view name = formats_string(reading->doc, attribute, "object_relation");
	const struct json_token *value =
	    formats_member(reading->doc, attribute, "value", JSON_STRING);
	const struct record_field *field = formats_body_field(&body->to, name);

	if (view_has_prefix(name, view_of_string("aldis-")))
		return;
	if (field == NULL || value == NULL)
		formats_report_add(reading->report, reading->event->uuid, name,
		                   "the object of Aldis has no such field for this kind");
	else if (strcmp(field->name, "confidence") == 0 || has(body, field->name))
		return; /* the event itself says it */
	else if (is_text(field))
		put(body, field->name, value);
	else if (!put_json(body, field, value))
		formats_report_add(reading->report, reading->event->uuid, name,
		                   "it is not the JSON that it must be");
}

static void fill_rest(struct body *body)
{
	const struct misp_reading *reading = body->reading;
	const struct json_token *elements, *one;

	if (!is_ours(reading))
		return;
	for (one =
	         misp_first(reading->doc, reading->event->aldis, "Attribute", &elements);
	     one != NULL; one = misp_next(reading->doc, elements, one))
		fill_rest_field(body, one);
}

/* ---- what Aldis demands and events of others leave out ---- */

static void fill_detected(struct body *body)
{
	struct misp_reading *reading = body->reading;
	struct view date = formats_string(reading->doc, reading->event->token, "date");
	char time[TIME_TEXT_LEN + 1];

	if (date.len != DATE_LEN)
		return;
	snprintf(time, sizeof time, "%.10sT00:00:00Z", (const char *)date.data);
	if (!time_text_is_rfc3339(view_of_string(time)))
		return;
	formats_body_put_word(&body->to, "detected", time);
	formats_body_put_word(&body->to, "detected_fidelity", "day");
	list(reading, "detected", "not in the event; its date stands for it");
}

static void fill_incident_of_others(struct body *body)
{
	struct misp_reading *reading = body->reading;

	if (!has(body, "summary")) {
		fill_text(body, "summary",
		          formats_member(reading->doc, reading->event->token, "info",
		                         JSON_STRING));
		list(reading, "summary", "not in the event; its info stands for it");
	}
	fill_detected(body);
	if (reading->marks.category != NULL)
		formats_body_put_word(&body->to, "category", reading->marks.category);
	formats_body_put_text(&body->to, "reference", reading->event->uuid);
	formats_body_put_word(&body->to, "language", reading->language);
}

/* ---- the whole ---- */

static void fill_place(struct body *body, const struct misp_native *native)
{
	struct misp_reading *reading = body->reading;
	const struct json_token *object =
	    reading->incident != NULL ? reading->incident : reading->measure;

	switch (native->place) {
	case MISP_PLACE_INFO:
		fill_info(body);
		return;
	case MISP_PLACE_REPORT:
		fill_text(
		    body, native->field,
		    formats_member(reading->doc, reading->text, "content", JSON_STRING));
		return;
	case MISP_PLACE_DESCRIPTION:
		fill_text(body, native->field,
		          misp_relation(reading->doc, object, "description"));
		return;
	case MISP_PLACE_CRITICALITY:
		fill_severity(body);
		return;
	case MISP_PLACE_DETERMINATION:
		fill_determination(body);
		return;
	case MISP_PLACE_FIRST_SEEN:
		fill_seen(body, native->field, "first_seen");
		return;
	case MISP_PLACE_LAST_SEEN:
		fill_seen(body, native->field, "last_seen");
		return;
	case MISP_PLACE_TYPE:
		fill_type(body);
		return;
	case MISP_PLACE_CONFIDENCE:
		fill_confidence(body);
		return;
	case MISP_PLACE_RELIABILITY:
		if (reading->marks.letter[0] != '\0')
			formats_body_put_word(&body->to, native->field,
			                      reading->marks.letter);
		return;
	case MISP_PLACE_OBSERVABLES:
		return; /* of all kinds, for what is not carried is listed */
	}
}

/* What tags say that the kind has no field for. */
static void list_marks(const struct body *body)
{
	const struct misp_reading *reading = body->reading;
	const struct misp_kind *kind = reading->kind;

	if (reading->marks.has_confidence && !has_place(kind, MISP_PLACE_CONFIDENCE))
		list(reading, "confidence", "a message of this kind has no place for it");
	if (reading->marks.letter[0] != '\0' && !has_place(kind, MISP_PLACE_RELIABILITY))
		list(reading, "source-reliability",
		     "a message of this kind has no place for it");
	if (reading->marks.type != NULL && !has_place(kind, MISP_PLACE_TYPE))
		list(reading, "rsit", "a message of this kind has no place for it");
}

enum status misp_fill_event(struct misp_reading *reading, struct buf *out,
                            struct error *err)
{
	const struct misp_kind *kind = reading->kind;
	struct body body = {.reading = reading,
	                    .to = formats_body_begin(kind->kind, out)};

	for (size_t i = 0; i < kind->native_count; i++)
		fill_place(&body, &kind->natives[i]);
	TRY(misp_parts_fill(reading, &body.to, err));
	fill_rest(&body);
	if (!is_ours(reading))
		fill_incident_of_others(&body);
	list_marks(&body);
	formats_body_end(&body.to);
	return STATUS_OK;
}

void misp_fill_measure(struct misp_reading *reading, const struct json_token *object,
                       struct buf *out)
{
	struct body body = {.reading = reading, .to = formats_body_begin("measure", out)};
	const struct json_token *name = misp_relation(reading->doc, object, "name");

	formats_body_put_word(&body.to, "language", reading->language);
	formats_body_put_word(&body.to, "measure", "other");
	fill_text(&body, "text", misp_relation(reading->doc, object, "description"));
	if (!has(&body, "text"))
		fill_text(&body, "text", name);
	formats_body_end(&body.to);
}

void misp_fill_assessment(struct misp_reading *reading, const struct json_token *report,
                          struct buf *out)
{
	struct body body = {.reading = reading,
	                    .to = formats_body_begin("assessment", out)};

	formats_body_put_word(&body.to, "language", reading->language);
	put_title(&body, formats_member(reading->doc, report, "name", JSON_STRING));
	fill_text(&body, "text",
	          formats_member(reading->doc, report, "content", JSON_STRING));
	formats_body_end(&body.to);
}
