/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One object for each message of a kind in the table, and around it what it needs:
 * identity, marking, event, observables, relationships. Objects are collected first, for
 * the bundle's id is made of them.
 */
#include "formats/stix_out.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/time_text.h"
#include "formats/member.h"
#include "formats/piece.h"
#include "formats/stix_map.h"
#include "formats/stix_observable.h"
#include "formats/tlp.h"
#include "formats/words.h"

/* What a message needs beside itself, by id, so that it comes once. */
struct side_object {
	char id[STIX_ID_MAX + 1];
	size_t start, len; /* in the side text */
};

struct stix_out {
	const char *channel;
	struct buf objects; /* of the messages */
	struct json_writer writer;
	struct buf side;
	struct side_object *sides;
	size_t side_count, side_cap;
	bool tlps[FORMATS_TLP_COUNT];
	struct formats_report *report;
	struct error *err;
};

/* One message on its way out. */
struct piece {
	const struct formats_piece *from;
	const struct formats_message *message; /* from's */
	const struct formats_message *re;      /* from's */
	const struct stix_kind *kind;
	char id[STIX_ID_MAX + 1];
	char created[32];
	const char
	    *made; /* a property that STIX demands and the message has not, or NULL */
};

enum { OBJECTS_MAX = 1 << 30 };

static void created_of(const struct formats_message *message, char ret_text[32])
{
	size_t len = strlen(message->sent);

	/* STIX wants milliseconds; the record has none. */
	snprintf(ret_text, 32, "%.*s.000Z", (int)(len > 0 ? len - 1 : 0), message->sent);
}

static void id_of(const struct stix_out *out, const struct formats_message *message,
                  const struct stix_kind *kind, char ret_id[STIX_ID_MAX + 1])
{
	stix_id_of(kind->type, out->channel, message->id, ret_id);
}

/* Adds what stands behind start in the side text, unless it is there already. */
static enum status keep_side(struct stix_out *out, const char *id, size_t start)
{
	struct side_object *grown;

	if (out->side_count == out->side_cap) {
		size_t cap = out->side_cap == 0 ? 64 : out->side_cap * 2;

		grown = reallocarray(out->sides, cap, sizeof *grown);
		if (grown == NULL)
			return error_set(out->err, STATUS_NO_MEMORY,
			                 "not enough memory for the bundle");
		out->sides = grown;
		out->side_cap = cap;
	}
	grown = &out->sides[out->side_count++];
	snprintf(grown->id, sizeof grown->id, "%s", id);
	grown->start = start;
	grown->len = out->side.len - start;
	return STATUS_OK;
}

static void write_head(struct json_writer *writer, const char *type, const char *id,
                       const char *created)
{
	json_writer_string(writer, "type", type);
	json_writer_string(writer, "spec_version", "2.1");
	json_writer_string(writer, "id", id);
	json_writer_string(writer, "created", created);
	json_writer_string(writer, "modified", created);
}

static enum status write_identity(struct stix_out *out, const char *author,
                                  char ret_id[STIX_ID_MAX + 1])
{
	struct json_writer writer = json_writer_of(&out->side);
	size_t start = out->side.len;

	stix_id_of("identity", "desk", author, ret_id);
	json_writer_object(&writer, NULL);
	write_head(&writer, "identity", ret_id, "2026-01-01T00:00:00.000Z");
	json_writer_string(&writer, "name", author);
	json_writer_string(&writer, "identity_class", "organization");
	json_writer_end(&writer);
	return keep_side(out, ret_id, start);
}

static const struct json_token *field_of(const struct piece *piece, const char *name)
{
	return formats_piece_field(piece->from, name);
}

static void write_token(const struct piece *piece, struct json_writer *writer,
                        const char *name, const struct json_token *token)
{
	json_writer_raw(writer, name, formats_piece_text(piece->from, token));
}

static void write_properties(struct stix_out *out, const struct piece *piece)
{
	for (size_t i = 0; i < piece->kind->native_count; i++) {
		const struct stix_native *native = &piece->kind->natives[i];
		const struct json_token *value = field_of(piece, native->field);

		if (value != NULL && native->place == STIX_PLACE_PROPERTY)
			write_token(piece, &out->writer, native->property, value);
	}
}

static void write_tlp(struct stix_out *out, const struct formats_message *message)
{
	size_t tlp = formats_tlp_by_name(view_of_string(message->tlp));

	if (tlp == FORMATS_TLP_COUNT)
		return;
	out->tlps[tlp] = true;
	json_writer_array(&out->writer, "object_marking_refs");
	json_writer_string(&out->writer, NULL, formats_tlps[tlp].stix_id);
	json_writer_end(&out->writer);
}

/* ---- incidents ---- */

static struct view time_of(const struct piece *piece, const char *field)
{
	const struct json_token *value = field_of(piece, field);

	return value == NULL ? view_of("", 0) : json_raw(&piece->from->doc, value);
}

/* A time of Aldis may have an offset, one of STIX has not. */
static bool is_stix_time(struct view time)
{
	return time.len == 0 || (time.len >= TIME_TEXT_LEN && time.data[10] == 'T' &&
	                         time.data[time.len - 1] == 'Z');
}

/* An event must not end before it starts (Incident Core, 2.2). */
static bool are_in_order(struct view started, struct view ended)
{
	return started.len == 0 || ended.len == 0 ||
	       formats_compare_views(view_of(started.data, started.len - 1),
	                             view_of(ended.data, ended.len - 1)) <= 0;
}

/* Times that an event can't have travel in the extension of Aldis. */
static bool has_event(const struct piece *piece)
{
	struct view started = time_of(piece, "started"), ended = time_of(piece, "ended");

	if (!is_stix_time(started) || !is_stix_time(ended) ||
	    !are_in_order(started, ended))
		return false;
	for (size_t i = 0; i < piece->kind->native_count; i++) {
		const struct stix_native *native = &piece->kind->natives[i];

		if (native->place == STIX_PLACE_EVENT &&
		    field_of(piece, native->field) != NULL)
			return true;
	}
	return false;
}

static enum status write_event(struct stix_out *out, const struct piece *piece,
                               char ret_id[STIX_ID_MAX + 1])
{
	struct json_writer writer = json_writer_of(&out->side);
	size_t start = out->side.len;
	bool is_over = field_of(piece, "ended") != NULL;

	stix_id_of("event", out->channel, piece->message->id, ret_id);
	json_writer_object(&writer, NULL);
	write_head(&writer, "event", ret_id, piece->created);
	json_writer_string(&writer, "status", is_over ? "occurred" : "undetermined");
	for (size_t i = 0; i < piece->kind->native_count; i++) {
		const struct stix_native *native = &piece->kind->natives[i];
		const struct json_token *value = field_of(piece, native->field);

		if (native->place == STIX_PLACE_EVENT && value != NULL)
			write_token(piece, &writer, native->property, value);
	}
	json_writer_object(&writer, "extensions");
	json_writer_object(&writer, STIX_EVENT_EXTENSION);
	json_writer_string(&writer, "extension_type", "new-sdo");
	json_writer_end(&writer);
	json_writer_end(&writer);
	json_writer_end(&writer);
	return keep_side(out, ret_id, start);
}

/* Incident Core demands a determination; one that the message has not is listed in made
 * by is_core_made. */
static enum status write_core(struct stix_out *out, const struct piece *piece)
{
	const struct json_token *determination = field_of(piece, "determination"),
	                        *severity = field_of(piece, "severity"),
	                        *type = field_of(piece, "incident_type");
	struct json_writer *writer = &out->writer;
	char event[STIX_ID_MAX + 1];

	json_writer_object(writer, STIX_INCIDENT_CORE);
	json_writer_string(writer, "extension_type", "property-extension");
	json_writer_string(
	    writer, "determination",
	    determination == NULL
	        ? "suspected"
	        : formats_word_from(stix_determinations,
	                            json_raw(&piece->from->doc, determination)));
	json_writer_string(writer, "investigation_status", "open");
	if (severity != NULL)
		json_writer_integer(
		    writer, "criticality",
		    stix_severity_from(json_raw(&piece->from->doc, severity)));
	if (type != NULL) {
		json_writer_array(writer, "incident_types");
		write_token(piece, writer, NULL, type);
		json_writer_end(writer);
	}
	if (has_event(piece)) {
		TRY(write_event(out, piece, event));
		json_writer_array(writer, "event_refs");
		json_writer_string(writer, NULL, event);
		json_writer_end(writer);
	}
	json_writer_end(writer);
	return STATUS_OK;
}

static void relationship_id(const struct piece *piece, size_t index,
                            char ret_id[STIX_ID_MAX + 1])
{
	char name[256];
	int len = snprintf(name, sizeof name, "observable/%s/%zu", piece->id, index);

	stix_id_make("relationship", view_of(name, (size_t)len), ret_id);
}

static enum status write_observable(struct stix_out *out, const struct piece *piece,
                                    const struct json_token *observable, size_t index)
{
	const struct json_token *note =
	    json_member(&piece->from->doc, observable, "note");
	char target[STIX_ID_MAX + 1], id[STIX_ID_MAX + 1];
	struct json_writer writer = json_writer_of(&out->side);
	size_t start = out->side.len;

	if (!stix_observable_write(&piece->from->doc, observable, &out->side, target))
		return STATUS_OK; /* in the extension */
	TRY(keep_side(out, target, start));
	start = out->side.len;
	relationship_id(piece, index, id);
	json_writer_object(&writer, NULL);
	write_head(&writer, "relationship", id, piece->created);
	json_writer_string(&writer, "relationship_type", "related-to");
	if (note != NULL)
		write_token(piece, &writer, "description", note);
	json_writer_string(&writer, "source_ref", piece->id);
	json_writer_string(&writer, "target_ref", target);
	json_writer_end(&writer);
	return keep_side(out, id, start);
}

static enum status write_observables(struct stix_out *out, const struct piece *piece)
{
	const struct json_token *list = field_of(piece, "observables"), *one;
	size_t index = 0;

	if (list == NULL)
		return STATUS_OK;
	for (one = json_first(&piece->from->doc, list); one != NULL;
	     one = json_next(&piece->from->doc, list, one))
		TRY(write_observable(out, piece, one, index++));
	return STATUS_OK;
}

static bool is_in_extension(const struct piece *piece,
                            const struct json_token *observable)
{
	CLEANUP_BUF struct buf scratch = BUF_INIT(1 << 16);
	char id[STIX_ID_MAX + 1];

	return !stix_observable_write(&piece->from->doc, observable, &scratch, id);
}

/* The order of the observables: the ids of their relationships, and whole those that
 * STIX has no object for. */
static void write_observable_order(struct stix_out *out, const struct piece *piece)
{
	const struct json_doc *doc = &piece->from->doc;
	const struct json_token *list = field_of(piece, "observables"), *one;
	char id[STIX_ID_MAX + 1];
	size_t index = 0;

	if (list == NULL || strcmp(piece->kind->type, "incident") != 0)
		return;
	json_writer_array(&out->writer, "observables");
	for (one = json_first(doc, list); one != NULL; one = json_next(doc, list, one)) {
		relationship_id(piece, index++, id);
		if (is_in_extension(piece, one))
			write_token(piece, &out->writer, NULL, one);
		else
			json_writer_string(&out->writer, NULL, id);
	}
	json_writer_end(&out->writer);
}

static void write_reference(struct stix_out *out, const struct piece *piece)
{
	const struct json_token *reference = field_of(piece, "reference");

	if (reference == NULL || strcmp(piece->kind->type, "incident") != 0)
		return;
	json_writer_array(&out->writer, "external_references");
	json_writer_object(&out->writer, NULL);
	json_writer_string(&out->writer, "source_name", STIX_REFERENCE_SOURCE);
	write_token(piece, &out->writer, "external_id", reference);
	json_writer_end(&out->writer);
	json_writer_end(&out->writer);
}

/* ---- the extension of Aldis ---- */

static bool has_place(const struct piece *piece, struct view field)
{
	const struct stix_native *native = stix_native_find(piece->kind, field);

	return native != NULL && (native->place != STIX_PLACE_EVENT || has_event(piece));
}

/* Members of the body without a place of their own. */
static void write_rest(struct stix_out *out, const struct piece *piece)
{
	const struct json_token *name, *value;

	json_writer_object(&out->writer, "body");
	for (name = piece->from->body == NULL
	                ? NULL
	                : json_first(&piece->from->doc, piece->from->body);
	     name != NULL;
	     name = json_next(&piece->from->doc, piece->from->body, value)) {
		char field[64];

		value = json_next(&piece->from->doc, piece->from->body, name);
		if (!has_place(piece, json_raw(&piece->from->doc, name)) &&
		    json_string_copy(&piece->from->doc, name, field, sizeof field))
			write_token(piece, &out->writer, field, value);
	}
	json_writer_end(&out->writer);
}

static void write_made(struct stix_out *out, const struct piece *piece)
{
	bool is_core_made = strcmp(piece->kind->type, "incident") == 0 &&
	                    field_of(piece, "determination") == NULL;

	if (piece->made == NULL && !is_core_made)
		return;
	json_writer_array(&out->writer, "made");
	if (piece->made != NULL)
		json_writer_string(&out->writer, NULL, piece->made);
	if (is_core_made)
		json_writer_string(&out->writer, NULL, "determination");
	json_writer_end(&out->writer);
}

static void write_aldis(struct stix_out *out, const struct piece *piece)
{
	const struct formats_message *message = piece->message;
	struct json_writer *writer = &out->writer;

	json_writer_object(writer, STIX_ALDIS_EXTENSION);
	json_writer_string(writer, "extension_type", "property-extension");
	json_writer_string(writer, "kind", message->kind);
	json_writer_string(writer, "message", message->id);
	if (message->re[0] != '\0')
		json_writer_string(writer, "answers", message->re);
	if (piece->re != NULL) {
		char id[STIX_ID_MAX + 1];

		id_of(out, piece->re, stix_kind_find(view_of_string(piece->re->kind)),
		      id);
		json_writer_string(writer, "answers_ref", id);
	}
	write_made(out, piece);
	write_rest(out, piece);
	write_observable_order(out, piece);
	json_writer_end(writer);
}

/* ---- what the types demand ---- */

static void write_demanded(struct stix_out *out, struct piece *piece,
                           const char *property, const char *field, const char *instead)
{
	if (field != NULL && field_of(piece, field) != NULL)
		return;
	json_writer_string(&out->writer, property, instead);
	piece->made = property;
}

static void write_note_refs(struct stix_out *out, const struct piece *piece,
                            const char *identity)
{
	char id[STIX_ID_MAX + 1];

	if (piece->re != NULL)
		id_of(out, piece->re, stix_kind_find(view_of_string(piece->re->kind)),
		      id);
	json_writer_array(&out->writer, "object_refs");
	json_writer_string(&out->writer, NULL, piece->re != NULL ? id : identity);
	json_writer_end(&out->writer);
}

static void write_contents(struct stix_out *out, const struct piece *piece)
{
	const struct stix_kind *kind = stix_kind_find(view_of_string(piece->re->kind));
	char id[STIX_ID_MAX + 1], modified[32], language[64];

	id_of(out, piece->re, kind, id);
	created_of(piece->re, modified);
	if (!json_string_copy(&piece->from->doc, field_of(piece, "language"), language,
	                      sizeof language))
		return;
	json_writer_string(&out->writer, "object_ref", id);
	json_writer_string(&out->writer, "object_modified", modified);
	json_writer_object(&out->writer, "contents");
	json_writer_object(&out->writer, language);
	write_token(piece, &out->writer, kind->text, field_of(piece, "text"));
	json_writer_end(&out->writer);
	json_writer_end(&out->writer);
}

static void write_of_type(struct stix_out *out, struct piece *piece, const char *identity)
{
	const char *type = piece->kind->type;

	if (strcmp(type, "incident") == 0) {
		write_demanded(out, piece, "name", "title", piece->message->id);
		write_reference(out, piece);
	} else if (strcmp(type, "note") == 0) {
		write_demanded(out, piece, "content", piece->kind->natives[1].field,
		               "closed");
		write_note_refs(out, piece, identity);
	} else if (strcmp(type, "course-of-action") == 0) {
		char measure[64] = "";

		(void)json_string_copy(&piece->from->doc, field_of(piece, "measure"),
		                       measure, sizeof measure);
		write_demanded(out, piece, "name", NULL, measure);
	} else {
		write_contents(out, piece);
	}
}

/* What the answered message is to a measure or an incident, for those who don't read our
 * extension. */
static enum status write_relation(struct stix_out *out, const struct piece *piece)
{
	struct json_writer writer = json_writer_of(&out->side);
	CLEANUP_BUF struct buf name = BUF_INIT(4096);
	char id[STIX_ID_MAX + 1], target[STIX_ID_MAX + 1];
	size_t start = out->side.len;
	bool is_update = strcmp(piece->message->kind, "incident.update") == 0;

	if (piece->re == NULL || piece->kind->text == NULL ||
	    strcmp(piece->kind->type, "note") == 0)
		return STATUS_OK;
	id_of(out, piece->re, stix_kind_find(view_of_string(piece->re->kind)), target);
	buf_printf(&name, "re/%s", piece->id);
	stix_id_make("relationship", buf_view(&name), id);
	json_writer_object(&writer, NULL);
	write_head(&writer, "relationship", id, piece->created);
	json_writer_string(&writer, "relationship_type",
	                   is_update ? "derived-from" : "related-to");
	json_writer_string(&writer, "source_ref", piece->id);
	json_writer_string(&writer, "target_ref", target);
	json_writer_end(&writer);
	return keep_side(out, id, start);
}

static enum status write_object(struct stix_out *out, struct piece *piece)
{
	char identity[STIX_ID_MAX + 1];

	TRY(write_identity(out, piece->message->author, identity));
	json_writer_object(&out->writer, NULL);
	write_head(&out->writer, piece->kind->type, piece->id, piece->created);
	json_writer_string(&out->writer, "created_by_ref", identity);
	write_properties(out, piece);
	write_tlp(out, piece->message);
	write_of_type(out, piece, identity);
	json_writer_object(&out->writer, "extensions");
	if (strcmp(piece->kind->type, "incident") == 0)
		TRY(write_core(out, piece));
	write_aldis(out, piece);
	json_writer_end(&out->writer);
	json_writer_end(&out->writer);
	if (strcmp(piece->kind->type, "incident") == 0)
		TRY(write_observables(out, piece));
	return write_relation(out, piece);
}

static enum status write_piece(void *context, const struct formats_piece *from)
{
	struct stix_out *out = context;
	struct piece piece = {
	    .from = from,
	    .message = from->message,
	    .re = from->re,
	    .kind = stix_kind_find(view_of_string(from->message->kind)),
	};

	id_of(out, piece.message, piece.kind, piece.id);
	created_of(piece.message, piece.created);
	return write_object(out, &piece);
}

/* ---- the bundle ---- */

static int compare_sides(const void *a, const void *b)
{
	const struct side_object *left = a, *right = b;

	return strcmp(left->id, right->id);
}

static void write_extension_definition(struct json_writer *writer)
{
	json_writer_object(writer, NULL);
	write_head(writer, "identity", STIX_ALDIS_IDENTITY, "2026-01-01T00:00:00.000Z");
	json_writer_string(writer, "name", "Aldis");
	json_writer_string(writer, "identity_class", "organization");
	json_writer_end(writer);
	json_writer_object(writer, NULL);
	write_head(writer, "extension-definition", STIX_ALDIS_EXTENSION,
	           "2026-01-01T00:00:00.000Z");
	json_writer_string(writer, "created_by_ref", STIX_ALDIS_IDENTITY);
	json_writer_string(writer, "name", "Message of an Aldis channel");
	json_writer_string(writer, "schema", "spec/formats.md of Aldis");
	json_writer_string(writer, "version", "1.0.0");
	json_writer_array(writer, "extension_types");
	json_writer_string(writer, NULL, "property-extension");
	json_writer_end(writer);
	json_writer_end(writer);
}

static void write_bundle(struct stix_out *out, struct buf *bundle)
{
	struct json_writer writer = json_writer_of(bundle);
	char id[STIX_ID_MAX + 1];

	stix_id_make("bundle", buf_view(&out->objects), id);
	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "type", "bundle");
	json_writer_string(&writer, "id", id);
	json_writer_array(&writer, "objects");
	write_extension_definition(&writer);
	for (size_t i = 0; i < FORMATS_TLP_COUNT; i++) {
		if (out->tlps[i])
			formats_tlp_write_stix(i, &writer);
	}
	/* The objects in the order of the messages, without the brackets of their list.
	 */
	if (out->objects.len > 2)
		json_writer_raw(&writer, NULL,
		                view_of(out->objects.data + 1, out->objects.len - 2));
	if (out->side_count > 0)
		qsort(out->sides, out->side_count, sizeof *out->sides, compare_sides);
	for (size_t i = 0; i < out->side_count; i++) {
		const struct side_object *side = &out->sides[i];

		if (i == 0 || strcmp(side->id, out->sides[i - 1].id) != 0)
			json_writer_raw(&writer, NULL,
			                view_of(out->side.data + side->start, side->len));
	}
	json_writer_end(&writer);
	json_writer_end(&writer);
	buf_append_byte(bundle, '\n');
}

static enum status write_all(struct stix_out *out, const struct formats_message *messages,
                             size_t count, struct buf *bundle)
{
	const struct formats_outlet outlet = {out, formats_stix_takes, write_piece,
	                                      "no object of STIX for this kind"};

	json_writer_array(&out->writer, NULL);
	TRY(formats_pieces_write(&outlet, messages, count, out->report, out->err));
	json_writer_end(&out->writer);
	TRY(buf_check(&out->objects, "the bundle", out->err));
	TRY(buf_check(&out->side, "the bundle", out->err));
	write_bundle(out, bundle);
	TRY(formats_report_check(out->report, out->err));
	return buf_check(bundle, "the bundle", out->err);
}

bool formats_stix_takes(struct view kind)
{
	return stix_kind_find(kind) != NULL;
}

enum status formats_stix_write(const char *channel,
                               const struct formats_message *messages, size_t count,
                               struct buf *out, struct formats_report *report,
                               struct error *err)
{
	struct stix_out state = {
	    .channel = channel,
	    .objects = BUF_INIT(OBJECTS_MAX),
	    .side = BUF_INIT(OBJECTS_MAX),
	    .report = report,
	    .err = err,
	};
	enum status status;

	state.writer = json_writer_of(&state.objects);
	status = write_all(&state, messages, count, out);
	buf_release(&state.objects);
	buf_release(&state.side);
	free(state.sides);
	return status;
}
