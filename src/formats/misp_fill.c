/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Field by field in the order of the table; then what our own object carries. Types are
 * not checked where the check of the whole body does it anyway; but one attribute that a
 * body can't take is left out and listed, for the sake of the other thousand.
 */
#include "formats/misp_fill.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/time_text.h"
#include "formats/body.h"
#include "formats/misp_list.h"
#include "formats/misp_observable.h"
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

static const struct json_token *relation(const struct misp_reading *reading,
                                         const struct json_token *object,
                                         const char *name)
{
	return object == NULL ? NULL : misp_relation(reading->doc, object, name);
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
	    relation(reading, reading->event->aldis, MISP_RELATION_MADE);

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
	    relation(reading, reading->incident, "criticality");
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
	    relation(reading, reading->incident, "determination");
	const char *word = NULL;

	if (value == NULL)
		return;
	word = formats_word_to(formats_determinations, json_raw(reading->doc, value));
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
	    relation(reading, reading->event->aldis, "confidence");
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

/* ---- observables ---- */

/* An attribute of the event, or of an object in it. */
struct part {
	const struct json_token *token;
	struct view uuid;
	bool is_account; /* its value is an account */
	bool is_done;
};

struct parts {
	struct body *body;
	struct part *all;
	size_t *by_uuid;
	size_t count, cap;
	struct formats_observables list;
	const struct record_field *field; /* "observables", or NULL */
};

static void list_part(const struct parts *parts, const struct part *part, const char *why)
{
	const struct misp_reading *reading = parts->body->reading;

	formats_report_add(reading->report,
	                   part->uuid.len > 0 ? part->uuid : reading->event->uuid,
	                   formats_string(reading->doc, part->token, "type"), why);
}

static bool collect(struct parts *parts, const struct json_token *parent,
                    bool holds_accounts)
{
	const struct json_doc *doc = parts->body->reading->doc;
	const struct json_token *elements, *one;

	for (one = misp_first(doc, parent, "Attribute", &elements); one != NULL;
	     one = misp_next(doc, elements, one)) {
		struct view name = formats_string(doc, one, "object_relation");

		if (parts->count == parts->cap) {
			size_t cap = parts->cap == 0 ? 64 : parts->cap * 2;
			struct part *grown = reallocarray(parts->all, cap, sizeof *grown);

			if (grown == NULL)
				return false;
			parts->all = grown;
			parts->cap = cap;
		}
		parts->all[parts->count++] = (struct part){
		    .token = one,
		    .uuid = formats_string(doc, one, "uuid"),
		    .is_account =
		        holds_accounts && (view_equal_string(name, "username") ||
		                           view_equal_string(name, "user-id")),
		};
	}
	return true;
}

static bool collect_all(struct parts *parts)
{
	const struct misp_reading *reading = parts->body->reading;
	const struct json_doc *doc = reading->doc;
	const struct json_token *elements, *one;

	if (!collect(parts, reading->event->token, false))
		return false;
	for (one = misp_first(doc, reading->event->token, "Object", &elements);
	     one != NULL; one = misp_next(doc, elements, one)) {
		if (one == reading->event->aldis || one == reading->incident ||
		    misp_object_is(doc, one, &misp_template_measure))
			continue;
		if (!collect(parts, one,
		             misp_object_is(doc, one, &misp_template_account)))
			return false;
	}
	return true;
}

static int compare_parts(const void *a, const void *b, void *context)
{
	const struct parts *parts = context;
	size_t left = *(const size_t *)a, right = *(const size_t *)b;
	int order = formats_compare_views(parts->all[left].uuid, parts->all[right].uuid);

	return order != 0 ? order : (left > right) - (left < right);
}

static bool sort_parts(struct parts *parts)
{
	parts->by_uuid = reallocarray(NULL, parts->count + 1, sizeof *parts->by_uuid);
	if (parts->by_uuid == NULL)
		return false;
	for (size_t i = 0; i < parts->count; i++)
		parts->by_uuid[i] = i;
	qsort_r(parts->by_uuid, parts->count, sizeof *parts->by_uuid, compare_parts,
	        parts);
	for (size_t i = 1; i < parts->count; i++) {
		struct part *part = &parts->all[parts->by_uuid[i]];

		if (part->uuid.len == 0 ||
		    !view_equal(part->uuid, parts->all[parts->by_uuid[i - 1]].uuid))
			continue;
		part->is_done = true;
		list_part(parts, part,
		          "the event has this UUID more than once; only the first is "
		          "taken");
	}
	return true;
}

/* The first with this UUID, or NULL. */
static struct part *find_part(const struct parts *parts, struct view uuid)
{
	size_t low = 0, high = parts->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (formats_compare_views(parts->all[parts->by_uuid[middle]].uuid, uuid) <
		    0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == parts->count ||
	    !view_equal(parts->all[parts->by_uuid[low]].uuid, uuid))
		return NULL;
	return &parts->all[parts->by_uuid[low]];
}

/* Of the members of an observable: how long may it be? */
static size_t member_max(const struct parts *parts, const char *name)
{
	const struct record_field *one = &parts->field->fields[0];

	for (size_t i = 0; i < one->field_count; i++) {
		if (strcmp(one->fields[i].name, name) == 0)
			return (size_t)one->fields[i].max;
	}
	return 0;
}

/* The comment as JSON, or empty. */
static struct view note_of(const struct parts *parts, const struct part *part)
{
	const struct json_doc *doc = parts->body->reading->doc;
	const struct json_token *note =
	    formats_member(doc, part->token, "comment", JSON_STRING);

	if (note == NULL || note->len == 0)
		return view_of("", 0);
	if (json_string_length(doc, note) <= member_max(parts, "note"))
		return json_text(doc, note);
	list_part(parts, part, "its comment is too long for a note and is left out");
	return view_of("", 0);
}

static size_t read_value(struct parts *parts, const struct part *part,
                         const struct json_token *value, const char **ret_why)
{
	const struct json_doc *doc = parts->body->reading->doc;
	struct view type = formats_string(doc, part->token, "type");
	CLEANUP_BUF struct buf text = BUF_INIT(VALUE_MAX);

	json_string_append(doc, value, &text);
	if (text.failed != STATUS_OK) {
		*ret_why = "an observable whose value is too long";
		return 0;
	}
	if (part->is_account && text.len > 0) {
		formats_observables_add(&parts->list, "account", buf_view(&text),
		                        note_of(parts, part));
		return 1;
	}
	return misp_observable_read(type, buf_view(&text), note_of(parts, part),
	                            &parts->list, ret_why);
}

static void take_part(struct parts *parts, struct part *part)
{
	const struct json_doc *doc = parts->body->reading->doc;
	const struct json_token *value =
	    formats_member(doc, part->token, "value", JSON_STRING);
	const char *why = NULL;
	size_t count = 0;

	if (part->is_done)
		return;
	part->is_done = true;
	if (parts->field == NULL)
		why = "a message of this kind carries no observables";
	else if (value == NULL)
		why = "an attribute whose value is no text";
	else if (json_string_length(doc, value) > member_max(parts, "value"))
		why = "an observable whose value is too long";
	else if (parts->list.count +
	             misp_observable_parts(formats_string(doc, part->token, "type")) >
	         (size_t)parts->field->max)
		why = "a message carries no more observables";
	else
		count = read_value(parts, part, value, &why);
	if (why != NULL)
		list_part(parts, part, why);
	if (count > 0)
		misp_list_attribute(parts->body->reading, part->token);
}

/* As our own object orders them. The list is text in the document, so it is scanned. */
static void take_ordered(struct parts *parts)
{
	struct misp_reading *reading = parts->body->reading;
	const struct json_token *value =
	    relation(reading, reading->event->aldis, MISP_RELATION_OBSERVABLES);
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);
	struct json_doc *doc = reading->scratch;

	if (value == NULL)
		return;
	json_string_append(reading->doc, value, &text);
	if (text.failed != STATUS_OK ||
	    json_scan(doc, buf_view(&text), JSON_TOKENS_MAX, NULL) != STATUS_OK ||
	    json_root(doc)->type != JSON_ARRAY) {
		list(reading, MISP_RELATION_OBSERVABLES,
		     "it is not the list that it must be");
		return;
	}
	for (const struct json_token *one = json_first(doc, json_root(doc)); one != NULL;
	     one = json_next(doc, json_root(doc), one)) {
		struct part *part = one->type == JSON_STRING
		                        ? find_part(parts, json_raw(doc, one))
		                        : NULL;

		if (part != NULL)
			take_part(parts, part);
		else if (one->type == JSON_OBJECT)
			formats_observables_add_json(&parts->list, json_text(doc, one));
		else
			list(reading, MISP_RELATION_OBSERVABLES,
			     "the event lacks an observable of the list");
	}
}

static enum status fill_observables(struct body *body, struct error *err)
{
	struct parts parts = {
	    .body = body,
	    .list = formats_observables_init(),
	    .field = formats_body_field(&body->to, view_of_string("observables")),
	};
	bool is_done = collect_all(&parts) && sort_parts(&parts);

	if (is_done) {
		take_ordered(&parts);
		for (size_t i = 0; i < parts.count; i++)
			take_part(&parts, &parts.all[i]);
	}
	if (!formats_observables_put(&parts.list, &body->to))
		list(body->reading, "observables", "more than a message can carry");
	free(parts.all);
	free(parts.by_uuid);
	return is_done ? STATUS_OK
	               : error_set(err, STATUS_NO_MEMORY,
	                           "not enough memory for the attributes");
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
		fill_text(body, native->field, relation(reading, object, "description"));
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
	TRY(fill_observables(&body, err));
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
