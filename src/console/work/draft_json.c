/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing drafts. A message that waited and came to nothing shows as returned by the
 * desk.
 */
#include "console/work/draft_json.h"

#include <stdio.h>

#include "base/cleanup.h"

void draft_write_problem(void *context, const char *field, const char *why)
{
	struct json_writer *writer = context;

	json_writer_object(writer, NULL);
	json_writer_string(writer, "field", field);
	json_writer_string(writer, "why", why);
	json_writer_end(writer);
}

void draft_write_problems(struct json_writer *writer, const char *name,
                          const struct draft_message *message, struct desk *desk,
                          size_t channel, const uint64_t *sizes, size_t size_count)
{
	json_writer_array(writer, name);
	draft_message_check(message, desk, channel, sizes, size_count,
	                    draft_write_problem, writer);
	json_writer_end(writer);
}

/* ---- a draft ---- */

static void write_deed(struct json_writer *writer, const char *name,
                       const struct draft_deed *deed, struct view reason)
{
	if (deed->time_s == 0)
		return;
	json_writer_object(writer, name);
	json_writer_string(writer, "by", deed->by);
	json_writer_time(writer, "time", deed->time_s);
	if (reason.len > 0)
		json_writer_text(writer, "reason", reason);
	json_writer_end(writer);
}

static void write_files(struct json_writer *writer, const struct draft *draft)
{
	char id[16];

	json_writer_array(writer, "attachments");
	for (size_t i = 0; i < draft->file_count; i++) {
		(void)snprintf(id, sizeof id, "%u", (unsigned)draft->files[i].id);
		json_writer_object(writer, NULL);
		json_writer_string(writer, "id", id);
		json_writer_string(writer, "name", draft->files[i].name);
		json_writer_integer(writer, "size", (int64_t)draft->files[i].size);
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

static void write_without_body(struct json_writer *writer,
                               const struct draft_message *message)
{
	const struct json_doc *doc = &message->doc;
	const struct json_token *root = json_root(doc), *value;
	char name[16];

	json_writer_object(writer, "message");
	for (const struct json_token *token = json_first(doc, root); token != NULL;
	     token = json_next(doc, root, value)) {
		value = json_next(doc, root, token);
		if (json_string_copy(doc, token, name, sizeof name) &&
		    strcmp(name, "body") != 0)
			json_writer_raw(writer, name, json_text(doc, value));
	}
	json_writer_end(writer);
}

/* Where it stands now, and where it went. */
static void write_state(struct json_writer *writer, struct api *api,
                        const struct draft *draft)
{
	struct draft_deed returned = draft->returned;
	struct view reason = buf_view(&draft->reason);
	enum draft_state state = draft->state;
	char text[RECORD_MESSAGE_ID_MAX + 1];
	struct record_message_id id;
	struct error why = {0};
	enum status sent = STATUS_NOT_FOUND;

	if (state == DRAFT_SENT)
		sent = draft_sent_id(api->office, draft, &id, &why);
	if (sent == STATUS_CONFLICT) {
		state = DRAFT_RETURNED;
		returned =
		    (struct draft_deed){.by = "desk", .time_s = draft->finished.time_s};
		reason = view_of_string(why.text);
	}
	json_writer_string(writer, "state", draft_state_word(state));
	write_deed(writer, "asked", &draft->asked, view_of("", 0));
	write_deed(writer, "returned", &returned, reason);
	write_deed(writer, "approved", &draft->approved, view_of("", 0));
	if (sent == STATUS_OK) {
		record_message_id_encode(&id, text);
		json_writer_string(writer, "sent", text);
	}
	if (sent == STATUS_AGAIN)
		json_writer_bool(writer, "queued", true);
}

static void write_about(struct json_writer *writer, const struct draft *draft,
                        const struct desk_channel_info *info)
{
	json_writer_string(writer, "id", draft->id);
	json_writer_string(writer, "channel", info->id_hex);
	json_writer_string(writer, "channel_title", info->charter->title);
	json_writer_string(writer, "by", draft->created.by);
	json_writer_time(writer, "created", draft->created.time_s);
	json_writer_time(writer, "changed", draft->changed.time_s);
	json_writer_string(writer, "changed_by", draft->changed.by);
	json_writer_integer(writer, "version", draft->version);
}

static void write_parts(struct json_writer *writer, struct api *api, size_t channel,
                        const struct draft *draft, const struct draft_message *message,
                        bool with_body)
{
	uint64_t sizes[RECORD_ATTACHMENTS_MAX];
	struct desk_channel_info info;

	desk_channel(api->desk, channel, &info);
	write_about(writer, draft, &info);
	write_state(writer, api, draft);
	if (with_body)
		json_writer_raw(writer, "message", message->doc.text);
	else
		write_without_body(writer, message);
	write_files(writer, draft);
	json_writer_bool(writer, "approval",
	                 draft_message_asks_approval(message, info.charter));
	for (size_t i = 0; i < draft->file_count; i++)
		sizes[i] = draft->files[i].size;
	draft_write_problems(writer, "problems", message, api->desk, channel, sizes,
	                     draft->file_count);
}

enum status draft_write(struct json_writer *writer, const char *name, struct api *api,
                        const struct draft *draft, bool with_body, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(DRAFT_MESSAGE_MAX);
	struct draft_message message = {0};
	size_t channel;
	enum status status;

	TRY(draft_channel(api->office, draft, &channel, err));
	TRY(draft_text(api->office, draft, &text, err));
	status = draft_message_open(buf_view(&text), &message, err);
	if (status == STATUS_OK) {
		json_writer_object(writer, name);
		write_parts(writer, api, channel, draft, &message, with_body);
		json_writer_end(writer);
	}
	draft_message_release(&message);
	return status;
}

/* ---- recipients ---- */

static void write_owed(struct json_writer *writer, const struct record_charter *charter,
                       const struct record_kind *kind)
{
	json_writer_array(writer, "owes");
	for (size_t i = 0; kind != NULL && i < charter->duty_count; i++)
		for (size_t j = 0; j < charter->duties[i].owe_count; j++)
			if (strcmp(charter->duties[i].on, kind->name) == 0)
				json_writer_string(writer, NULL,
				                   charter->duties[i].owe[j]);
	json_writer_end(writer);
}

/* "id-ID" is read by who reads "id". */
static bool is_same_language(const char *a, const char *b)
{
	size_t len = strcspn(a, "-");

	return len == strcspn(b, "-") && strncmp(a, b, len) == 0;
}

/* A message without a language has nothing to be read. */
static bool can_read(const struct draft_message *message, const struct record_card *card)
{
	const struct json_token *token = NULL;
	char language[64];

	if (message->body != NULL)
		token = json_member(&message->doc, message->body, "language");
	if (token == NULL || token->type != JSON_STRING ||
	    !json_string_copy(&message->doc, token, language, sizeof language))
		return true;
	for (size_t i = 0; i < card->language_count; i++)
		if (is_same_language(card->languages[i], language))
			return true;
	return false;
}

static void write_reach(struct json_writer *writer, struct desk *desk, const char *name)
{
	int64_t last_heard_s = 0;
	bool is_reachable = false;

	for (size_t i = 0; i < desk_peer_count(desk); i++) {
		struct desk_peer peer = desk_peer_view(desk, i);

		if (strcmp(peer.card->name.text, name) != 0)
			continue;
		last_heard_s = peer.last_heard_ms / 1000;
		is_reachable = peer.last_error.text[0] == '\0' && last_heard_s > 0;
	}
	json_writer_bool(writer, "reachable", is_reachable);
	json_writer_time_or_never(writer, "last_heard", last_heard_s);
}

static void write_recipient(struct json_writer *writer, struct desk *desk,
                            const struct record_charter *charter, size_t member,
                            const struct draft_message *message)
{
	const struct record_card *card = &charter->members[member];

	json_writer_object(writer, NULL);
	json_writer_string(writer, "desk", card->name.text);
	write_owed(writer, charter, draft_message_kind(message));
	json_writer_array(writer, "languages");
	for (size_t i = 0; i < card->language_count; i++)
		json_writer_string(writer, NULL, card->languages[i]);
	json_writer_end(writer);
	json_writer_bool(writer, "can_read", can_read(message, card));
	write_reach(writer, desk, card->name.text);
	json_writer_end(writer);
}

void draft_write_recipients(struct json_writer *writer, struct desk *desk, size_t channel,
                            const struct draft_message *message)
{
	const char *own = desk_card(desk)->name.text;
	struct desk_channel_info info;

	desk_channel(desk, channel, &info);
	json_writer_array(writer, "recipients");
	for (size_t i = 0; i < info.charter->member_count; i++)
		if (strcmp(info.charter->members[i].name.text, own) != 0 &&
		    draft_message_goes_to(message, info.charter, i))
			write_recipient(writer, desk, info.charter, i, message);
	json_writer_end(writer);
}
