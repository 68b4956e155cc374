/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event for each message of a kind in the table. Numbers that MISP gives (id, org_id)
 * are made of the UUIDs: whoever takes the event gives its own.
 */
#include "formats/misp_out.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "codec/time_text.h"
#include "formats/misp_map.h"
#include "formats/misp_observable.h"
#include "formats/member.h"
#include "formats/misp_tag.h"
#include "formats/piece.h"
#include "formats/tlp.h"
#include "record/kinds.h"

enum { TEXT_MAX = 1 << 20, MISP_VALUE_MAX = 65535, NUMBER_MAX = 24, SEEN_MAX = 40 };

struct misp_out {
	const char *channel;
	struct json_writer writer;
	struct formats_report *report;
	struct error *err;
};

/* One message on its way out. */
struct piece {
	struct misp_out *out;
	const struct formats_piece *from;
	const struct formats_message *message; /* from's */
	const struct misp_kind *kind;
	char uuid[UUID_TEXT_LEN + 1]; /* of the event */
	char id[NUMBER_MAX];
	char timestamp[NUMBER_MAX];
	struct buf info; /* of the event */
	bool is_info_made;
	size_t attribute_count;
};

/* An attribute to write. Its value is JSON. */
struct attribute {
	const char *type, *category;
	const char *relation;  /* within an object, else NULL */
	const char *object_id; /* the same */
	struct view value, comment;
};

static struct json_writer *writer_of(const struct piece *piece)
{
	return &piece->out->writer;
}

static const struct json_token *field_of(const struct piece *piece, const char *name)
{
	return formats_piece_field(piece->from, name);
}

static struct view raw_field(const struct piece *piece, const char *name)
{
	const struct json_token *value = field_of(piece, name);

	return value == NULL ? view_of("", 0) : json_raw(&piece->from->doc, value);
}

static void event_uuid(const struct misp_out *out, const struct formats_message *message,
                       char ret_text[UUID_TEXT_LEN + 1])
{
	struct uuid uuid = formats_uuid_of("misp-event", out->channel, message->id);

	uuid_encode(&uuid, ret_text);
}

/* Of a part of the event; index: among its likes. */
static struct uuid part_uuid(const struct piece *piece, const char *part, size_t index)
{
	CLEANUP_BUF struct buf name = BUF_INIT(4096);

	buf_printf(&name, "%s/%s/%zu", part, piece->uuid, index);
	return formats_uuid(buf_view(&name));
}

/* A number that is the same for the same UUID. */
static void number_of(const char *uuid, char ret_text[NUMBER_MAX])
{
	unsigned long number = 0;

	for (size_t i = 0; i < 7; i++) {
		char c = uuid[i];

		number = number * 16 + (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	snprintf(ret_text, NUMBER_MAX, "%lu", number + 1);
}

/* The members that all elements of an event begin with. ret_id: its number. */
static void write_ids(const struct piece *piece, const struct uuid *uuid,
                      char ret_id[NUMBER_MAX])
{
	struct json_writer *writer = writer_of(piece);
	char text[UUID_TEXT_LEN + 1];

	uuid_encode(uuid, text);
	number_of(text, ret_id);
	json_writer_string(writer, "id", ret_id);
	json_writer_string(writer, "uuid", text);
	json_writer_string(writer, "event_id", piece->id);
	json_writer_string(writer, "timestamp", piece->timestamp);
	json_writer_string(writer, "distribution", "5");
	json_writer_string(writer, "sharing_group_id", "0");
	json_writer_bool(writer, "deleted", false);
}

/* ---- attributes ---- */

/* What stands behind the bounds of MISP's own store is written nonetheless. */
static void list_long(const struct piece *piece, const struct attribute *attribute)
{
	const struct formats_message *message = piece->message;

	if (attribute->value.len > MISP_VALUE_MAX + 2)
		formats_report_add(
		    piece->out->report, view_of_string(message->id),
		    view_of_string(attribute->relation != NULL ? attribute->relation
		                                               : attribute->type),
		    "it goes, but is longer than what MISP keeps of a value");
}

static void write_attribute(struct piece *piece, const struct attribute *attribute,
                            const struct uuid *uuid)
{
	struct json_writer *writer = writer_of(piece);
	char id[NUMBER_MAX];

	json_writer_object(writer, NULL);
	write_ids(piece, uuid, id);
	json_writer_string(writer, "type", attribute->type);
	json_writer_string(writer, "category", attribute->category);
	json_writer_bool(writer, "to_ids", false);
	json_writer_bool(writer, "disable_correlation", attribute->relation != NULL);
	if (attribute->relation != NULL) {
		json_writer_string(writer, "object_id", attribute->object_id);
		json_writer_string(writer, "object_relation", attribute->relation);
	}
	if (attribute->comment.len > 0)
		json_writer_raw(writer, "comment", attribute->comment);
	else
		json_writer_string(writer, "comment", "");
	json_writer_raw(writer, "value", attribute->value);
	json_writer_end(writer);
	list_long(piece, attribute);
	piece->attribute_count++;
}

/* ---- objects ---- */

/* An object that is being written. */
struct object {
	struct piece *piece;
	char id[NUMBER_MAX];
	struct uuid uuid;
	size_t count;
};

static struct object begin_object(struct piece *piece,
                                  const struct misp_template *template, size_t index)
{
	struct json_writer *writer = writer_of(piece);
	struct object object = {.piece = piece,
	                        .uuid = part_uuid(piece, template->name, index)};

	json_writer_object(writer, NULL);
	write_ids(piece, &object.uuid, object.id);
	json_writer_string(writer, "name", template->name);
	json_writer_string(writer, "meta-category", template->meta_category);
	json_writer_string(writer, "description", template->description);
	json_writer_string(writer, "template_uuid", template->uuid);
	json_writer_string(writer, "template_version", template->version);
	json_writer_string(writer, "comment", "");
	return object;
}

static void write_seen(const struct piece *piece, const char *name, const char *field)
{
	char seen[SEEN_MAX];
	struct view time = raw_field(piece, field);

	if (time.len == 0)
		return;
	snprintf(seen, sizeof seen, "%.19s.000000+00:00", (const char *)time.data);
	json_writer_string(writer_of(piece), name, seen);
}

static void begin_attributes(struct piece *piece)
{
	json_writer_array(writer_of(piece), "ObjectReference");
	json_writer_end(writer_of(piece));
	json_writer_array(writer_of(piece), "Attribute");
}

/* value: JSON of a string. */
static void add_json(struct object *object, const char *relation, struct view value)
{
	struct uuid uuid = {0};
	char name[UUID_TEXT_LEN + 1];
	CLEANUP_BUF struct buf path = BUF_INIT(4096);

	uuid_encode(&object->uuid, name);
	buf_printf(&path, "%s/%s/%zu", name, relation, object->count++);
	uuid = formats_uuid(buf_view(&path));
	write_attribute(object->piece,
	                &(struct attribute){.type = "text",
	                                    .category = "Other",
	                                    .relation = relation,
	                                    .object_id = object->id,
	                                    .value = value},
	                &uuid);
}

static void add_text(struct object *object, const char *relation, struct view text)
{
	CLEANUP_BUF struct buf json = BUF_INIT(TEXT_MAX);

	json_append_string(&json, text);
	if (json.failed == STATUS_OK)
		add_json(object, relation, buf_view(&json));
}

static void add_string(struct object *object, const char *relation, const char *text)
{
	add_text(object, relation, view_of_string(text));
}

static void end_object(struct object *object)
{
	json_writer_end(writer_of(object->piece));
	json_writer_end(writer_of(object->piece));
}

/* ---- which fields have a place ---- */

static bool is_plain_time(struct view time)
{
	int64_t time_s;

	return time.len == 0 || time_text_decode(time, &time_s, NULL) == STATUS_OK;
}

/* MISP refuses an object that was last seen before it was first seen; times with a
 * fraction or an offset would not come back as they were. */
static bool has_seen(const struct piece *piece)
{
	struct view started = raw_field(piece, "started"),
	            ended = raw_field(piece, "ended");

	return is_plain_time(started) && is_plain_time(ended) &&
	       (started.len == 0 || ended.len == 0 ||
	        formats_compare_views(started, ended) <= 0);
}

static bool has_place(const struct piece *piece, struct view field)
{
	const struct misp_native *native = misp_native_find(piece->kind, field);

	if (native == NULL || native->place == MISP_PLACE_CONFIDENCE)
		return false;
	return (native->place != MISP_PLACE_FIRST_SEEN &&
	        native->place != MISP_PLACE_LAST_SEEN) ||
	       has_seen(piece);
}

/* The field of this kind that has this place and is there, or NULL. */
static const struct json_token *at(const struct piece *piece, enum misp_place place)
{
	for (size_t i = 0; i < piece->kind->native_count; i++) {
		if (piece->kind->natives[i].place == place)
			return field_of(piece, piece->kind->natives[i].field);
	}
	return NULL;
}

static struct view raw_at(const struct piece *piece, enum misp_place place)
{
	const struct json_token *value = at(piece, place);

	return value == NULL ? view_of("", 0) : json_raw(&piece->from->doc, value);
}

/* ---- tags ---- */

static void write_tag(const struct piece *piece, const char *name, const char *colour)
{
	struct json_writer *writer = writer_of(piece);

	json_writer_object(writer, NULL);
	json_writer_string(writer, "name", name);
	json_writer_string(writer, "colour", colour);
	json_writer_bool(writer, "exportable", true);
	json_writer_end(writer);
}

static void write_tags(const struct piece *piece)
{
	static const char *const tlp_colours[FORMATS_TLP_COUNT] = {
	    "#ffffff", "#33ff00", "#ffc000", "#ffc000", "#ff2b2b"};
	static const char plain[] = "#7a7a7a";
	size_t tlp = formats_tlp_by_name(view_of_string(piece->message->tlp));
	const struct json_token *confidence = at(piece, MISP_PLACE_CONFIDENCE);
	struct view letter = raw_at(piece, MISP_PLACE_RELIABILITY),
	            type = raw_at(piece, MISP_PLACE_TYPE);
	char tag[MISP_TAG_MAX + 1];

	json_writer_array(writer_of(piece), "Tag");
	if (tlp < FORMATS_TLP_COUNT) {
		misp_tag_tlp(tlp, tag);
		write_tag(piece, tag, tlp_colours[tlp]);
	}
	if (confidence != NULL && confidence->type == JSON_INTEGER) {
		misp_tag_confidence(json_integer(&piece->from->doc, confidence), tag);
		write_tag(piece, tag, plain);
	}
	if (letter.len > 0) {
		misp_tag_reliability(letter, tag);
		write_tag(piece, tag, plain);
	}
	if (type.len > 0 && misp_tag_type(type, tag))
		write_tag(piece, tag, plain);
	json_writer_end(writer_of(piece));
}

/* ---- observables ---- */

static struct uuid observable_uuid(const struct piece *piece, size_t index)
{
	return part_uuid(piece, "observable", index);
}

static struct view note_of(const struct piece *piece, const struct json_token *observable)
{
	const struct json_token *note =
	    json_member(&piece->from->doc, observable, "note");

	return note == NULL ? view_of("", 0) : formats_piece_text(piece->from, note);
}

static struct view type_of(const struct piece *piece, const struct json_token *observable)
{
	return formats_string(&piece->from->doc, observable, "type");
}

/* The attribute that an observable is, or NULL. */
static const struct misp_attribute_type *attribute_of(const struct piece *piece,
                                                      const struct json_token *observable)
{
	return misp_observable_type(
	    type_of(piece, observable),
	    formats_string(&piece->from->doc, observable, "value"));
}

static const struct json_token *first_observable(const struct piece *piece,
                                                 const struct json_token **ret_list)
{
	*ret_list = at(piece, MISP_PLACE_OBSERVABLES);
	return *ret_list == NULL ? NULL : json_first(&piece->from->doc, *ret_list);
}

static void write_observables(struct piece *piece)
{
	const struct json_doc *doc = &piece->from->doc;
	const struct json_token *list, *one;
	size_t index = 0;

	json_writer_array(writer_of(piece), "Attribute");
	for (one = first_observable(piece, &list); one != NULL;
	     one = json_next(doc, list, one)) {
		const struct misp_attribute_type *type = attribute_of(piece, one);
		struct uuid uuid = observable_uuid(piece, index++);

		if (type != NULL)
			write_attribute(
			    piece,
			    &(struct attribute){
			        .type = type->type,
			        .category = type->category,
			        .value = json_text(doc, json_member(doc, one, "value")),
			        .comment = note_of(piece, one)},
			    &uuid);
	}
	json_writer_end(writer_of(piece));
}

static bool is_account(const struct piece *piece, const struct json_token *observable)
{
	return view_equal_string(type_of(piece, observable), "account");
}

/* MISP knows an account as an object. */
static void write_accounts(struct piece *piece)
{
	const struct json_doc *doc = &piece->from->doc;
	const struct json_token *list, *one;
	size_t index = 0;

	for (one = first_observable(piece, &list); one != NULL;
	     one = json_next(doc, list, one), index++) {
		struct object object;
		struct uuid uuid = observable_uuid(piece, index);

		if (!is_account(piece, one))
			continue;
		object = begin_object(piece, &misp_template_account, index);
		begin_attributes(piece);
		write_attribute(
		    piece,
		    &(struct attribute){
		        .type = "text",
		        .category = "Other",
		        .relation = "username",
		        .object_id = object.id,
		        .value = json_text(doc, json_member(doc, one, "value")),
		        .comment = note_of(piece, one)},
		    &uuid);
		end_object(&object);
	}
}

/* The order of the observables: the UUIDs of their attributes, and whole those that MISP
 * has nothing for. */
static void add_order(struct object *object)
{
	const struct piece *piece = object->piece;
	const struct json_doc *doc = &piece->from->doc;
	CLEANUP_BUF struct buf order = BUF_INIT(TEXT_MAX);
	struct json_writer writer = json_writer_of(&order);
	const struct json_token *list, *one;
	size_t index = 0;

	one = first_observable(piece, &list);
	if (one == NULL)
		return;
	json_writer_array(&writer, NULL);
	for (; one != NULL; one = json_next(doc, list, one)) {
		struct uuid uuid = observable_uuid(piece, index++);
		char text[UUID_TEXT_LEN + 1];

		uuid_encode(&uuid, text);
		if (attribute_of(piece, one) != NULL || is_account(piece, one))
			json_writer_string(&writer, NULL, text);
		else
			json_writer_raw(&writer, NULL, json_text(doc, one));
	}
	json_writer_end(&writer);
	if (order.failed == STATUS_OK)
		add_text(object, MISP_RELATION_OBSERVABLES, buf_view(&order));
}

/* ---- the kind's object, the object of Aldis, the report ---- */

static void write_incident(struct piece *piece)
{
	struct object object = begin_object(piece, &misp_template_incident, 0);
	const struct json_token *summary = at(piece, MISP_PLACE_DESCRIPTION);
	struct view severity = raw_at(piece, MISP_PLACE_CRITICALITY),
	            determination = raw_at(piece, MISP_PLACE_DETERMINATION);
	const char *word;

	if (has_seen(piece)) {
		write_seen(piece, "first_seen", "started");
		write_seen(piece, "last_seen", "ended");
	}
	begin_attributes(piece);
	add_text(&object, "name", buf_view(&piece->info));
	if (summary != NULL)
		add_json(&object, "description",
		         formats_piece_text(piece->from, summary));
	word = formats_word_from(misp_criticalities, severity);
	if (word != NULL)
		add_string(&object, "criticality", word);
	word = formats_word_from(misp_determinations, determination);
	if (word != NULL)
		add_string(&object, "determination", word);
	end_object(&object);
}

static void write_measure(struct piece *piece)
{
	struct object object = begin_object(piece, &misp_template_measure, 0);
	const struct json_token *text = at(piece, MISP_PLACE_DESCRIPTION);

	begin_attributes(piece);
	add_text(&object, "name", raw_field(piece, "measure"));
	if (text != NULL)
		add_json(&object, "description", formats_piece_text(piece->from, text));
	end_object(&object);
}

/* The fields without a place of their own: texts as they are, others as JSON. */
static void add_rest(struct object *object)
{
	const struct formats_piece *from = object->piece->from;
	const struct json_token *name, *value;

	for (name = from->body == NULL ? NULL : json_first(&from->doc, from->body);
	     name != NULL; name = json_next(&from->doc, from->body, value)) {
		char field[64];

		value = json_next(&from->doc, from->body, name);
		if (has_place(object->piece, json_raw(&from->doc, name)) ||
		    !json_string_copy(&from->doc, name, field, sizeof field))
			continue;
		if (value->type == JSON_STRING)
			add_json(object, field, json_text(&from->doc, value));
		else
			add_text(object, field, json_text(&from->doc, value));
	}
}

static void write_aldis(struct piece *piece)
{
	const struct formats_message *message = piece->message;
	struct object object = begin_object(piece, &misp_template_aldis, 0);

	begin_attributes(piece);
	add_string(&object, MISP_RELATION_KIND, message->kind);
	add_string(&object, MISP_RELATION_MESSAGE, message->id);
	if (message->re[0] != '\0')
		add_string(&object, MISP_RELATION_RE, message->re);
	if (piece->is_info_made)
		add_text(&object, MISP_RELATION_MADE, buf_view(&piece->info));
	add_rest(&object);
	add_order(&object);
	end_object(&object);
}

static void write_objects(struct piece *piece)
{
	json_writer_array(writer_of(piece), "Object");
	if (piece->kind->template == &misp_template_incident)
		write_incident(piece);
	if (piece->kind->template == &misp_template_measure)
		write_measure(piece);
	write_accounts(piece);
	write_aldis(piece);
	json_writer_end(writer_of(piece));
}

static void write_report(const struct piece *piece)
{
	struct json_writer *writer = writer_of(piece);
	const struct json_token *content = at(piece, MISP_PLACE_REPORT);
	struct uuid uuid = part_uuid(piece, "report", 0);
	char id[NUMBER_MAX];

	json_writer_array(writer, "EventReport");
	if (content != NULL) {
		json_writer_object(writer, NULL);
		write_ids(piece, &uuid, id);
		json_writer_text(writer, "name", buf_view(&piece->info));
		json_writer_raw(writer, "content",
		                formats_piece_text(piece->from, content));
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

/* ---- the event ---- */

/* info is the title, or the kind and the id: MISP demands one. */
static void make_info(struct piece *piece)
{
	const struct json_token *title = at(piece, MISP_PLACE_INFO);
	const struct record_kind *kind =
	    record_kind_find(view_of_string(piece->message->kind));

	piece->is_info_made = title == NULL;
	if (title != NULL)
		json_string_append(&piece->from->doc, title, &piece->info);
	else
		buf_printf(&piece->info, "%s %s", record_kinds_text(kind->label, "en"),
		           piece->message->id);
}

static void write_org(const struct piece *piece, const char *member)
{
	struct json_writer *writer = writer_of(piece);
	struct uuid uuid = formats_uuid_of("misp-org", "desk", piece->message->author);
	char text[UUID_TEXT_LEN + 1], id[NUMBER_MAX], name[16];

	uuid_encode(&uuid, text);
	number_of(text, id);
	snprintf(name, sizeof name, "%s_id", member);
	for (char *at = name; *at != '\0'; at++)
		*at = *at >= 'A' && *at <= 'Z' ? (char)(*at + 32) : *at;
	json_writer_string(writer, name, id);
	json_writer_object(writer, member);
	json_writer_string(writer, "id", id);
	json_writer_string(writer, "name", piece->message->author);
	json_writer_string(writer, "uuid", text);
	json_writer_end(writer);
}

static void write_head(const struct piece *piece)
{
	struct json_writer *writer = writer_of(piece);
	char extended[UUID_TEXT_LEN + 1] = "";

	if (piece->from->re != NULL)
		event_uuid(piece->out, piece->from->re, extended);
	json_writer_string(writer, "id", piece->id);
	json_writer_string(writer, "uuid", piece->uuid);
	json_writer_text(writer, "info", buf_view(&piece->info));
	json_writer_text(writer, "date", view_of(piece->message->sent, 10));
	json_writer_string(writer, "timestamp", piece->timestamp);
	json_writer_bool(writer, "published", false);
	json_writer_string(writer, "publish_timestamp", "0");
	json_writer_string(writer, "first_publication", "0");
	json_writer_string(writer, "threat_level_id",
	                   misp_threat_level(raw_at(piece, MISP_PLACE_CRITICALITY)));
	json_writer_string(writer, "analysis", "0");
	json_writer_string(writer, "distribution", "0");
	json_writer_string(writer, "sharing_group_id", "0");
	json_writer_string(writer, "extends_uuid", extended);
	json_writer_bool(writer, "locked", false);
	write_org(piece, "Org");
	write_org(piece, "Orgc");
}

static void write_event(struct piece *piece)
{
	struct json_writer *writer = writer_of(piece);
	char count[NUMBER_MAX];

	json_writer_object(writer, NULL);
	json_writer_object(writer, "Event");
	write_head(piece);
	write_tags(piece);
	write_observables(piece);
	write_objects(piece);
	write_report(piece);
	snprintf(count, sizeof count, "%zu", piece->attribute_count);
	json_writer_string(writer, "attribute_count", count);
	json_writer_end(writer);
	json_writer_end(writer);
}

static enum status write_piece(void *context, const struct formats_piece *from)
{
	struct misp_out *out = context;
	struct piece piece = {
	    .out = out,
	    .from = from,
	    .message = from->message,
	    .kind = misp_kind_find(view_of_string(from->message->kind)),
	    .info = BUF_INIT(TEXT_MAX),
	};
	int64_t sent_s;

	TRY(time_text_decode(view_of_string(from->message->sent), &sent_s, out->err));
	snprintf(piece.timestamp, sizeof piece.timestamp, "%lld", (long long)sent_s);
	event_uuid(out, from->message, piece.uuid);
	number_of(piece.uuid, piece.id);
	make_info(&piece);
	write_event(&piece);
	buf_release(&piece.info);
	return STATUS_OK;
}

bool formats_misp_takes(struct view kind)
{
	return misp_kind_find(kind) != NULL;
}

enum status formats_misp_write(const char *channel,
                               const struct formats_message *messages, size_t count,
                               struct buf *out, struct formats_report *report,
                               struct error *err)
{
	struct misp_out state = {.channel = channel,
	                         .writer = json_writer_of(out),
	                         .report = report,
	                         .err = err};
	const struct formats_outlet outlet = {&state, formats_misp_takes, write_piece,
	                                      "nothing of MISP for this kind"};

	json_writer_object(&state.writer, NULL);
	json_writer_array(&state.writer, "response");
	TRY(formats_pieces_write(&outlet, messages, count, report, err));
	json_writer_end(&state.writer);
	json_writer_end(&state.writer);
	buf_append_byte(out, '\n');
	TRY(formats_report_check(report, err));
	return buf_check(out, "the events", err);
}
