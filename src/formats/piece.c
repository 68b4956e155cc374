/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One document of JSON is reused for all bodies.
 */
#include "formats/piece.h"

#include <stdlib.h>

#include "base/cleanup.h"

struct pieces {
	const struct formats_outlet *outlet;
	const struct formats_message **sorted; /* by id */
	size_t count;
	struct formats_report *report;
	struct error *err;
};

const struct json_token *formats_piece_field(const struct formats_piece *piece,
                                             const char *name)
{
	return piece->body == NULL ? NULL : json_member(&piece->doc, piece->body, name);
}

struct view formats_piece_text(const struct formats_piece *piece,
                               const struct json_token *token)
{
	return json_text(&piece->doc, token);
}

static int compare_ids(const void *key, const void *element)
{
	const struct formats_message *message =
	    *(const struct formats_message *const *)element;

	return strcmp(key, message->id);
}

static int compare_messages(const void *a, const void *b)
{
	const struct formats_message *message = *(const struct formats_message *const *)a;

	return compare_ids(message->id, b);
}

static bool is_taken(const struct pieces *pieces, const struct formats_message *message)
{
	return pieces->outlet->takes(view_of_string(message->kind));
}

static const struct formats_message *find(const struct pieces *pieces, const char *id)
{
	const struct formats_message *const *found = bsearch(
	    id, pieces->sorted, pieces->count, sizeof *pieces->sorted, compare_ids);

	return found != NULL && is_taken(pieces, *found) ? *found : NULL;
}

static void list(const struct pieces *pieces, const struct formats_message *message,
                 const char *what, const char *why)
{
	formats_report_add(pieces->report, view_of_string(message->id),
	                   view_of_string(what), why);
}

/* What stays behind of a message that goes. */
static void list_envelope(const struct pieces *pieces, const struct formats_piece *piece)
{
	const struct formats_message *message = piece->message;

	if (message->attachment_count > 0)
		list(pieces, message, "attachments", "attachments don't go with it");
	if (message->has_line)
		list(pieces, message, "line", "the format has no place for the line");
	if (message->has_to)
		list(pieces, message, "to",
		     "the format has no place for whom it is addressed to");
	if (message->re[0] != '\0' && piece->re == NULL)
		list(pieces, message, "re",
		     "the message that it answers does not go; only its id is kept");
}

/* What is translated must be there and not be a translation itself. */
static bool can_go(const struct pieces *pieces, const struct formats_piece *piece)
{
	if (strcmp(piece->message->kind, "translation") != 0 ||
	    (piece->re != NULL && strcmp(piece->re->kind, "translation") != 0))
		return true;
	list(pieces, piece->message, piece->message->kind,
	     "the message that it translates does not go");
	return false;
}

static enum status write_one(const struct pieces *pieces, struct formats_piece *piece)
{
	const struct formats_message *message = piece->message;

	if (!is_taken(pieces, message)) {
		list(pieces, message, message->kind, pieces->outlet->why_not);
		return STATUS_OK;
	}
	piece->re = find(pieces, message->re);
	piece->body = NULL;
	if (message->body.len > 0) {
		TRY(json_scan(&piece->doc, message->body, JSON_TOKENS_MAX, pieces->err));
		piece->body = json_root(&piece->doc);
		if (piece->body->type != JSON_OBJECT)
			return error_set(pieces->err, STATUS_MALFORMED,
			                 "the body of %s is no object", message->id);
	}
	if (!can_go(pieces, piece))
		return STATUS_OK;
	list_envelope(pieces, piece);
	return pieces->outlet->write(pieces->outlet->context, piece);
}

enum status formats_pieces_write(const struct formats_outlet *outlet,
                                 const struct formats_message *messages, size_t count,
                                 struct formats_report *report, struct error *err)
{
	CLEANUP_FREE const struct formats_message **sorted =
	    reallocarray(NULL, count + 1, sizeof *sorted);
	struct pieces pieces = {outlet, sorted, count, report, err};
	struct formats_piece piece = {0};
	enum status status = STATUS_OK;

	if (sorted == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the messages");
	for (size_t i = 0; i < count; i++)
		sorted[i] = &messages[i];
	qsort(sorted, count, sizeof *sorted, compare_messages);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		piece.message = &messages[i];
		status = write_one(&pieces, &piece);
	}
	json_release(&piece.doc);
	return status;
}
