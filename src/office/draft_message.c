/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each member is looked at by itself, so that a form can show every problem at its field;
 * what only the whole can show comes last, from the same check that others will make.
 */
#include "office/draft_message.h"

#include <stdio.h>

#include "record/object.h"
#include "record/signal_body.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { TOKENS_MAX = 1 << 16 };

static const char *const tlp_marks[] = {"RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR"};

/* ---- reading ---- */

/* A text; empty: not there. */
static enum status read_word(const struct json_token *value,
                             const struct json_token **ret_token, struct error *err)
{
	if (value->type != JSON_STRING || value->len > DRAFT_WORD_MAX)
		return error_set(err, STATUS_MALFORMED,
		                 "must be a text of at most %d bytes", DRAFT_WORD_MAX);
	*ret_token = value->len == 0 ? NULL : value;
	return STATUS_OK;
}

static enum status read_kind(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	return read_word(value, &((struct draft_message *)context)->kind, err);
}

static enum status read_line(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	return read_word(value, &((struct draft_message *)context)->line, err);
}

static enum status read_tlp(const struct json_doc *doc, const struct json_token *value,
                            void *context, struct error *err)
{
	return read_word(value, &((struct draft_message *)context)->tlp, err);
}

static enum status read_re(const struct json_doc *doc, const struct json_token *value,
                           void *context, struct error *err)
{
	return read_word(value, &((struct draft_message *)context)->re, err);
}

static enum status read_to(const struct json_doc *doc, const struct json_token *value,
                           void *context, struct error *err)
{
	struct draft_message *message = context;
	const struct json_token *word;

	TRY(record_array_check(value, 0, RECORD_MEMBERS_MAX, err));
	for (const struct json_token *name = json_first(doc, value); name != NULL;
	     name = json_next(doc, value, name))
		TRY(read_word(name, &word, err));
	message->to = value->count == 0 ? NULL : value;
	return STATUS_OK;
}

static enum status read_body(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct draft_message *message = context;

	if (value->type != JSON_OBJECT)
		return error_set(err, STATUS_MALFORMED, "must be an object");
	message->body = value;
	return STATUS_OK;
}

enum status draft_message_open(struct view text, struct draft_message *ret_message,
                               struct error *err)
{
	static const struct record_member members[] = {
	    {"kind", false, read_kind}, {"to", false, read_to},
	    {"line", false, read_line}, {"tlp", false, read_tlp},
	    {"re", false, read_re},     {"body", false, read_body},
	};
	struct json_doc doc = ret_message->doc;

	if (text.len > DRAFT_MESSAGE_MAX)
		return error_set(err, STATUS_LIMIT, "larger than %d bytes",
		                 DRAFT_MESSAGE_MAX);
	*ret_message = (struct draft_message){.doc = doc};
	TRY(json_scan(&ret_message->doc, text, TOKENS_MAX, err));
	return record_object_read(&ret_message->doc, json_root(&ret_message->doc),
	                          members, COUNT(members), ret_message, err);
}

void draft_message_release(struct draft_message *message)
{
	json_release(&message->doc);
	*message = (struct draft_message){0};
}

/* ---- what it says ---- */

static bool word_copy(const struct draft_message *message, const struct json_token *token,
                      char *ret_word, size_t cap)
{
	ret_word[0] = '\0';
	return token != NULL && json_string_copy(&message->doc, token, ret_word, cap);
}

const struct record_kind *draft_message_kind(const struct draft_message *message)
{
	char name[RECORD_KIND_LEN_MAX + 1];

	return word_copy(message, message->kind, name, sizeof name)
	           ? record_kind_find(view_of_string(name))
	           : NULL;
}

bool draft_message_asks_approval(const struct draft_message *message,
                                 const struct record_charter *charter)
{
	const struct record_kind *kind = draft_message_kind(message);

	return kind != NULL && record_charter_asks_approval(charter, kind);
}

bool draft_message_goes_to(const struct draft_message *message,
                           const struct record_charter *charter, size_t member)
{
	const struct json_doc *doc = &message->doc;
	const struct json_token *name =
	    message->to == NULL ? NULL : json_first(doc, message->to);

	if (message->to == NULL)
		return true;
	for (; name != NULL; name = json_next(doc, message->to, name))
		if (json_string_is(doc, name, charter->members[member].name.text))
			return true;
	return false;
}

static struct view body_of(const struct draft_message *message)
{
	return message->body == NULL ? view_of("", 0)
	                             : json_text(&message->doc, message->body);
}

static enum status read_id(const struct draft_message *message,
                           struct record_message_id *ret_id, struct error *err)
{
	char text[RECORD_MESSAGE_ID_MAX + 1];

	if (!word_copy(message, message->re, text, sizeof text))
		return error_set(err, STATUS_MALFORMED,
		                 "must be a message id such as north.example#12");
	return record_message_id_decode(view_of_string(text), ret_id, err);
}

/* ---- what is wrong ---- */

struct check {
	const struct draft_message *message;
	struct desk *desk;
	size_t channel;
	const struct record_charter *charter;
	const struct record_kind *kind;
	const uint64_t *sizes;
	size_t size_count;
	draft_problem_fn *fn;
	void *context;
	size_t count; /* of problems */
};

static void tell(struct check *check, const char *field, const char *why)
{
	check->count++;
	check->fn(check->context, field, why);
}

static void check_kind(struct check *check)
{
	char why[200];

	if (check->message->kind == NULL)
		tell(check, "kind", "is missing");
	else if (check->kind == NULL)
		tell(check, "kind", "is not in the catalogue of kinds");
	else if (check->kind->is_automatic)
		tell(check, "kind", "is written by the desk itself, never by a person");
	else if (!record_charter_allows(check->charter, check->kind)) {
		(void)snprintf(why, sizeof why, "the charter does not allow the kind %s",
		               check->kind->name);
		tell(check, "kind", why);
	}
}

static const char *objection_to(const struct check *check, const struct json_token *name)
{
	const struct json_doc *doc = &check->message->doc;
	char text[DRAFT_WORD_MAX + 1];

	if (!json_string_copy(doc, name, text, sizeof text) ||
	    record_charter_member(check->charter, text) == SIZE_MAX)
		return "names a desk that is not a member of the channel";
	if (strcmp(text, desk_card(check->desk)->name.text) == 0)
		return "names this desk itself";
	for (const struct json_token *other = json_first(doc, check->message->to);
	     other != name; other = json_next(doc, check->message->to, other))
		if (json_string_is(doc, other, text))
			return "names a desk twice";
	return NULL;
}

static void check_to(struct check *check)
{
	const struct json_doc *doc = &check->message->doc;
	const struct json_token *to = check->message->to;
	const char *objection = NULL;

	if (to == NULL)
		return;
	for (const struct json_token *name = json_first(doc, to);
	     name != NULL && objection == NULL; name = json_next(doc, to, name))
		objection = objection_to(check, name);
	if (objection != NULL)
		tell(check, "to", objection);
}

static void check_line(struct check *check)
{
	const struct json_token *line = check->message->line;

	for (size_t i = 0; line != NULL && i < check->charter->line_count; i++)
		if (json_string_is(&check->message->doc, line, check->charter->lines[i]))
			return;
	if (line != NULL)
		tell(check, "line", "the charter has no such line");
}

static const char *tlp_of(const struct draft_message *message)
{
	for (size_t i = 0; message->tlp != NULL && i < COUNT(tlp_marks); i++)
		if (json_string_is(&message->doc, message->tlp, tlp_marks[i]))
			return tlp_marks[i];
	return NULL;
}

static void check_re(struct check *check)
{
	const struct record_kind *kind = check->kind;
	struct record_message_id id;
	struct error why = {0};

	if (kind == NULL)
		return;
	if (check->message->re == NULL) {
		if (kind->needs_re)
			tell(check, "re",
			     "is missing: it must name the message it is about");
		return;
	}
	if (!kind->takes_re)
		tell(check, "re", "a message of this kind names no other");
	else if (read_id(check->message, &id, &why) != STATUS_OK ||
	         desk_check_re(check->desk, check->channel, kind, &id, &why) != STATUS_OK)
		tell(check, "re",
		     strncmp(why.text, "re: ", 4) == 0 ? why.text + 4 : why.text);
}

static void tell_body(void *context, const char *field, const char *why)
{
	char place[300];

	(void)snprintf(place, sizeof place, "body%s%.250s", field[0] == '\0' ? "" : ".",
	               field);
	tell(context, place, why);
}

static void check_body(struct check *check)
{
	const struct record_kind *kind = check->kind;
	struct view body = body_of(check->message);
	struct json_doc doc = {0};
	struct error why = {0};
	size_t before = check->count;

	if (kind == NULL || kind->is_automatic)
		return;
	if (body.len > check->charter->limits.body_len)
		tell(check, "body", "is larger than the charter allows");
	else if (body.len > 0 && !kind->has_body && !kind->body_optional)
		tell(check, "body", "a message of this kind has none");
	else if (body.len > 0 || (kind->has_body && !kind->body_optional))
		record_kind_body_problems(kind,
		                          body.len > 0 ? body : view_of_string("{}"),
		                          &doc, tell_body, check);
	if (check->count == before &&
	    record_signal_draft_check(check->charter, kind->name, body, &doc, &why) !=
	        STATUS_OK)
		tell(check, "body", why.text);
	json_release(&doc);
}

static void check_attachments(struct check *check)
{
	const struct record_limits *limits = &check->charter->limits;

	if (check->size_count > limits->attachment_count)
		tell(check, "attachments", "are more than the charter allows");
	for (size_t i = 0; i < check->size_count; i++)
		if (check->sizes[i] + RECORD_SALT_LEN > limits->attachment_len) {
			tell(check, "attachments",
			     "one of them is larger than the charter allows");
			return;
		}
}

void draft_message_check(const struct draft_message *message, struct desk *desk,
                         size_t channel, const uint64_t *sizes, size_t size_count,
                         draft_problem_fn *fn, void *context)
{
	struct desk_channel_info info;
	struct check check = {.message = message,
	                      .desk = desk,
	                      .channel = channel,
	                      .kind = draft_message_kind(message),
	                      .sizes = sizes,
	                      .size_count = size_count,
	                      .fn = fn,
	                      .context = context};

	desk_channel(desk, channel, &info);
	check.charter = info.charter;
	if (!info.is_open) {
		tell(&check, "channel",
		     "is not open: not every member has signed its charter");
		return;
	}
	check_kind(&check);
	check_to(&check);
	check_line(&check);
	if (message->tlp != NULL && tlp_of(message) == NULL)
		tell(&check, "tlp",
		     "must be one of RED, AMBER+STRICT, AMBER, GREEN, CLEAR");
	check_re(&check);
	check_body(&check);
	check_attachments(&check);
}

/* ---- sending ---- */

static enum status read_names(const struct draft_message *message,
                              struct record_name names[RECORD_MEMBERS_MAX],
                              size_t *ret_count, struct error *err)
{
	const struct json_doc *doc = &message->doc;

	*ret_count = 0;
	if (message->to == NULL)
		return STATUS_OK;
	for (const struct json_token *name = json_first(doc, message->to); name != NULL;
	     name = json_next(doc, message->to, name)) {
		char text[DRAFT_WORD_MAX + 1];

		if (!json_string_copy(doc, name, text, sizeof text))
			return error_set(err, STATUS_MALFORMED, "to: names no desk");
		TRY(record_name_decode(view_of_string(text), &names[(*ret_count)++],
		                       err));
	}
	return STATUS_OK;
}

enum status draft_message_submit(const struct draft_message *message, struct desk *desk,
                                 size_t channel,
                                 const struct record_blob_ref *attachments,
                                 size_t attachment_count, bool is_approved,
                                 struct record_message_id *ret_id, struct error *err)
{
	struct record_name names[RECORD_MEMBERS_MAX];
	const struct record_kind *kind = draft_message_kind(message);
	struct record_message_id re;
	char line[16];
	struct desk_draft draft = {.tlp = tlp_of(message),
	                           .body = body_of(message),
	                           .is_approved = is_approved,
	                           .attachments = attachments,
	                           .attachment_count = attachment_count};

	if (kind == NULL)
		return error_set(err, STATUS_MALFORMED, "kind: is missing");
	draft.kind = kind->name;
	TRY(read_names(message, names, &draft.to_count, err));
	draft.to = draft.to_count == 0 ? NULL : names;
	if (word_copy(message, message->line, line, sizeof line))
		draft.line = line;
	if (message->re != NULL) {
		TRY(read_id(message, &re, err));
		draft.re = &re;
	}
	return desk_submit(desk, channel, &draft, ret_id, err);
}
