/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is done to drafts. Whatever can fail is asked before the first row is written;
 * what is written behind a submitted message must succeed, or the turn ends the process
 * and none of it is there.
 */
#include "office/drafts.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "codec/json_writer.h"
#include "codec/utf8.h"
#include "office/draft_rows.h"
#include "office/tokens.h"
#include "record/array.h"

enum { NOTE_EDITS_EVERY_S = 300, DEPTH_LEFT = 4 };

static int64_t now_s(const struct office *office)
{
	return office->now_ms / 1000;
}

static void deed_set(struct draft_deed *deed, const struct office *office,
                     const struct office_principal *who)
{
	(void)snprintf(deed->by, sizeof deed->by, "%s", who->name);
	deed->time_s = now_s(office);
}

void draft_key(const struct draft *draft, char ret_key[64], struct hash *ret_digest)
{
	(void)snprintf(ret_key, 64, "draft-%s-%" PRId64, draft->id, draft->version);
	*ret_digest = sha256(view_of_string(ret_key));
}

/* ---- telling ---- */

/* digest: of the text, where that matters; or NULL. */
static enum status note(struct office *office, const struct office_principal *who,
                        const char *what, const struct draft *draft,
                        const struct hash *digest, struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(1024), event = BUF_INIT(512);
	struct json_writer writer = json_writer_of(&data);
	char hex[HASH_HEX_LEN + 1], channel[HASH_HEX_LEN + 1];
	char sent[RECORD_MESSAGE_ID_MAX + 1];
	struct office_act act = {
	    .who = who, .what = what, .subject = draft->id, .channel = channel};

	hash_hex(&draft->channel.hash, channel);
	json_writer_object(&writer, NULL);
	json_writer_integer(&writer, "version", draft->version);
	json_writer_string(&writer, "state", draft_state_word(draft->state));
	if (draft->state == DRAFT_SENT && !draft->is_queued) {
		record_message_id_encode(&draft->sent, sent);
		json_writer_string(&writer, "message", sent);
	}
	if (digest != NULL) {
		hash_hex(digest, hex);
		json_writer_string(&writer, "sha256", hex);
	}
	json_writer_end(&writer);
	act.data = buf_view(&data);
	TRY(office_audit(office, &act, err));
	buf_printf(&event, "\"id\":\"%s\",\"channel\":\"%s\",\"state\":\"%s\"", draft->id,
	           channel, draft_state_word(draft->state));
	buf_append_byte(&event, '\0');
	TRY(buf_check(&event, "the event", err));
	desk_announce(office->desk, "draft", (const char *)event.data);
	alarms_changed(office);
	return STATUS_OK;
}

/* People's forms save as they type: of one person's edits every few minutes' first is
 * noted. */
static enum status note_edit(struct office *office, const struct office_principal *who,
                             struct draft *draft, bool is_new_hand, struct error *err)
{
	char event[256], channel[HASH_HEX_LEN + 1];

	if (is_new_hand || now_s(office) - draft->noted_s >= NOTE_EDITS_EVERY_S) {
		draft->noted_s = now_s(office);
		return note(office, who, "draft.edit", draft, NULL, err);
	}
	hash_hex(&draft->channel.hash, channel);
	(void)snprintf(event, sizeof event,
	               "\"id\":\"%s\",\"channel\":\"%s\",\"state\":\"%s\"", draft->id,
	               channel, draft_state_word(draft->state));
	desk_announce(office->desk, "draft", event);
	return STATUS_OK;
}

/* ---- finding ---- */

/* A message that waited may have come to nothing: then its draft is open again. */
static void reopen_refused(struct office *office, struct draft *draft)
{
	struct record_message_id id;
	struct error why = {0};

	if (draft->state != DRAFT_SENT || !draft->is_queued ||
	    draft_sent_id(office, draft, &id, &why) != STATUS_CONFLICT)
		return;
	draft->state = DRAFT_RETURNED;
	draft->is_queued = false;
	draft->approved = draft->finished = (struct draft_deed){0};
	draft->returned = (struct draft_deed){.by = "desk", .time_s = now_s(office)};
	buf_clear(&draft->reason);
	buf_append_string(&draft->reason, why.text);
}

static enum status find_open(struct office *office, const char *id,
                             struct draft **ret_draft, struct error *err)
{
	struct draft *draft = draft_find(office, id);

	if (draft == NULL)
		return error_set(err, STATUS_NOT_FOUND, "there is no draft '%.24s'", id);
	reopen_refused(office, draft);
	if (!draft_is_open(draft))
		return error_set(err, STATUS_CONFLICT, "the draft is %s already",
		                 draft_state_word(draft->state));
	*ret_draft = draft;
	return STATUS_OK;
}

static enum status check_version(const struct draft *draft, int64_t version,
                                 struct error *err)
{
	if (version == draft->version)
		return STATUS_OK;
	return error_set(err, STATUS_CONFLICT,
	                 "%s has changed the draft meanwhile: it is at version %" PRId64
	                 ", not %" PRId64,
	                 draft->changed.by, draft->version, version);
}

/* Its JSON will stand within the JSON of answers. */
static enum status check_text(struct office *office, struct view text, struct error *err)
{
	CLEANUP_BUF struct buf nested = BUF_INIT(DRAFT_MESSAGE_MAX + 2 * DEPTH_LEFT);
	struct draft_message message = {0};
	enum status status = draft_message_open(text, &message, err);

	draft_message_release(&message);
	if (status != STATUS_OK)
		return error_context(err, status, "message");
	for (int i = 0; i < DEPTH_LEFT; i++)
		buf_append_byte(&nested, '[');
	buf_append_view(&nested, text);
	for (int i = 0; i < DEPTH_LEFT; i++)
		buf_append_byte(&nested, ']');
	TRY(buf_check(&nested, "the draft", err));
	status = json_scan(&office->doc, buf_view(&nested), JSON_TOKENS_MAX, NULL);
	if (status != STATUS_OK)
		return error_set(err, STATUS_MALFORMED, "message: is nested too deeply");
	return STATUS_OK;
}

/* ---- writing ---- */

static enum status check_room(const struct office *office, struct error *err)
{
	size_t count = 0;

	for (size_t i = 0; i < office->drafts.count; i++)
		count += draft_is_open(office->drafts.items[i]);
	if (count >= DRAFTS_OPEN_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "%d drafts are open: send or discard some first",
		                 DRAFTS_OPEN_MAX);
	return STATUS_OK;
}

enum status draft_create(struct office *office, const struct office_principal *who,
                         size_t channel, struct view text, const struct draft **ret_draft,
                         struct error *err)
{
	struct desk_channel_info info;
	struct draft *draft = NULL;

	TRY(check_room(office, err));
	TRY(check_text(office, text, err));
	desk_channel(office->desk, channel, &info);
	TRY(draft_add(office, &draft, err));
	draft->channel = info.id;
	draft->version = 1;
	draft->next_file = 1;
	draft->noted_s = now_s(office);
	deed_set(&draft->created, office, who);
	draft->changed = draft->created;
	TRY(draft_put_text(office, draft, text, err));
	TRY(draft_put(office, draft, err));
	*ret_draft = draft;
	return note(office, who, "draft.create", draft, NULL, err);
}

/* Another version: what was asked for another one is asked no more. */
static enum status touch(struct office *office, const struct office_principal *who,
                         struct draft *draft, struct error *err)
{
	bool is_new_hand =
	    draft->state != DRAFT_EDITING || strcmp(draft->changed.by, who->name) != 0;

	draft->version++;
	draft->state = DRAFT_EDITING;
	draft->asked = draft->returned = (struct draft_deed){0};
	buf_clear(&draft->reason);
	deed_set(&draft->changed, office, who);
	TRY(draft_put(office, draft, err));
	return note_edit(office, who, draft, is_new_hand, err);
}

enum status draft_edit(struct office *office, const struct office_principal *who,
                       const char *id, int64_t version, struct view text,
                       struct error *err)
{
	struct draft *draft = NULL;

	TRY(find_open(office, id, &draft, err));
	TRY(check_version(draft, version, err));
	TRY(check_text(office, text, err));
	TRY(draft_put_text(office, draft, text, err));
	return touch(office, who, draft, err);
}

/* ---- attachments ---- */

static enum status check_name(const char *name, struct error *err)
{
	size_t len = strlen(name);

	if (len == 0 || len > DRAFT_FILE_NAME_MAX)
		return error_set(err, STATUS_MALFORMED, "name: must have 1 to %d bytes",
		                 DRAFT_FILE_NAME_MAX);
	for (size_t i = 0; i < len; i++)
		if ((uint8_t)name[i] < ' ' || name[i] == 0x7f || name[i] == '/' ||
		    name[i] == '\\')
			return error_set(err, STATUS_MALFORMED,
			                 "name: must be a file's name, without its path");
	if (!utf8_check(view_of_string(name)))
		return error_set(err, STATUS_MALFORMED, "name: must be UTF-8");
	return STATUS_OK;
}

static enum status check_fits(struct office *office, const struct draft *draft,
                              uint64_t size, bool is_salted, struct error *err)
{
	uint64_t salt_len = is_salted ? 0 : RECORD_SALT_LEN;
	const struct record_limits *limits;
	struct desk_channel_info info;
	uint64_t total = size;
	size_t channel;

	TRY(draft_channel(office, draft, &channel, err));
	desk_channel(office->desk, channel, &info);
	limits = &info.charter->limits;
	if (draft->file_count >= limits->attachment_count)
		return error_set(err, STATUS_LIMIT,
		                 "attachments: the charter allows %" PRIu64
		                 " in one message",
		                 limits->attachment_count);
	if (size + salt_len > limits->attachment_len)
		return error_set(err, STATUS_LIMIT,
		                 "attachments: the charter allows %" PRIu64
		                 " bytes in each, this has %" PRIu64,
		                 limits->attachment_len - salt_len, size);
	if (is_salted && size < RECORD_SALT_LEN)
		return error_set(err, STATUS_LIMIT,
		                 "attachments: a blob with its salt has %d bytes or more",
		                 RECORD_SALT_LEN);
	for (size_t i = 0; i < draft->file_count; i++)
		total += draft->files[i].size;
	if (total > DRAFT_FILES_LEN_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "attachments: all of a draft have at most %d bytes",
		                 DRAFT_FILES_LEN_MAX);
	return STATUS_OK;
}

enum status draft_attach(struct office *office, const struct office_principal *who,
                         const char *id, const char *name, struct view content,
                         bool is_salted, const struct draft_file **ret_file,
                         struct error *err)
{
	struct draft *draft = NULL;
	struct draft_file *file;

	TRY(find_open(office, id, &draft, err));
	TRY(check_name(name, err));
	TRY(check_fits(office, draft, content.len, is_salted, err));
	TRY(record_array_reserve(&draft->files, &draft->file_cap, draft->file_count + 1,
	                         sizeof *draft->files, err));
	file = &draft->files[draft->file_count];
	*file = (struct draft_file){
	    .id = draft->next_file, .size = content.len, .is_salted = is_salted};
	strcpy(file->name, name);
	TRY(draft_put_file(office, draft, file->id, content, err));
	draft->next_file++;
	draft->file_count++;
	*ret_file = file;
	return touch(office, who, draft, err);
}

enum status draft_detach(struct office *office, const struct office_principal *who,
                         const char *id, uint32_t file, struct error *err)
{
	struct draft *draft = NULL;

	TRY(find_open(office, id, &draft, err));
	for (size_t i = 0; i < draft->file_count; i++) {
		if (draft->files[i].id != file)
			continue;
		TRY(draft_remove_file(office, draft, &draft->files[i], err));
		memmove(draft->files + i, draft->files + i + 1,
		        (draft->file_count - i - 1) * sizeof *draft->files);
		draft->file_count--;
		return touch(office, who, draft, err);
	}
	return error_set(err, STATUS_NOT_FOUND, "the draft has no such attachment");
}

/* ---- finished ones ---- */

static enum status forget_files(struct office *office, struct draft *draft,
                                struct error *err)
{
	for (; draft->file_count > 0; draft->file_count--)
		TRY(draft_remove_file(office, draft, &draft->files[draft->file_count - 1],
		                      err));
	return STATUS_OK;
}

/* Makes room for the one that was finished just now. */
static enum status forget_old(struct office *office, struct error *err)
{
	struct draft *oldest = NULL;
	size_t finished = 0;

	for (size_t i = 0; i < office->drafts.count; i++) {
		struct draft *draft = office->drafts.items[i];

		if (draft_is_open(draft))
			continue;
		finished++;
		if (oldest == NULL || draft->finished.time_s < oldest->finished.time_s)
			oldest = draft;
	}
	return finished > DRAFTS_FINISHED_MAX ? draft_remove(office, oldest, err)
	                                      : STATUS_OK;
}

/* ---- sending ---- */

/* The attachments as the desk takes them. */
static enum status put_files(struct office *office, const struct draft *draft,
                             size_t channel,
                             struct record_blob_ref refs[RECORD_ATTACHMENTS_MAX],
                             struct error *err)
{
	CLEANUP_BUF struct buf content = BUF_INIT(RECORD_ATTACHMENT_BLOB_MAX);

	for (size_t i = 0; i < draft->file_count; i++) {
		buf_clear(&content);
		TRY(draft_file_read(office, draft, draft->files[i].id, &content, err));
		if (draft->files[i].is_salted)
			TRY(desk_put_salted(office->desk, channel, buf_view(&content),
			                    &refs[i], err));
		else
			TRY(desk_put_attachment(office->desk, channel, buf_view(&content),
			                        &refs[i], err));
	}
	return STATUS_OK;
}

/* All that is written once the message is in the desk's hands. */
static enum status finish(struct office *office, const struct office_principal *who,
                          struct draft *draft, size_t channel,
                          const struct record_message_id *id, const struct hash *digest,
                          struct error *err)
{
	bool is_approved = draft->approved.time_s != 0;
	char key[64];
	struct hash key_digest;

	draft_key(draft, key, &key_digest);
	TRY(desk_submission_note(office->desk, channel, view_of_string(key), &key_digest,
	                         id->index, 1, err));
	draft->state = DRAFT_SENT;
	deed_set(&draft->finished, office, who);
	draft->is_queued = id->index == DESK_QUEUED_INDEX;
	draft->sent = *id;
	/* what waits may yet be refused: its attachments stay until it is forgotten */
	if (!draft->is_queued)
		TRY(forget_files(office, draft, err));
	TRY(draft_put(office, draft, err));
	TRY(note(office, who, is_approved ? "draft.approve" : "draft.send", draft, digest,
	         err));
	return forget_old(office, err);
}

static enum status send_out(struct office *office, const struct office_principal *who,
                            struct draft *draft, struct view text,
                            const struct draft_message *message, bool is_approved,
                            struct error *err)
{
	struct record_blob_ref refs[RECORD_ATTACHMENTS_MAX];
	struct hash digest = sha256(text);
	struct record_message_id id;
	size_t channel;
	enum status status;

	TRY(draft_channel(office, draft, &channel, err));
	TRY(put_files(office, draft, channel, refs, err));
	TRY(draft_message_submit(message, office->desk, channel, refs, draft->file_count,
	                         is_approved, &id, err));
	if (is_approved)
		deed_set(&draft->approved, office, who);
	status = finish(office, who, draft, channel, &id, &digest, err);
	if (status != STATUS_OK)
		desk_must_end(office->desk, status, err);
	return status;
}

/* ---- the way out ---- */

static void count_problem(void *context, const char *field, const char *why)
{
	struct error *first = context;

	if (first->text[0] == '\0')
		(void)error_set(first, STATUS_MALFORMED, "%s: %s", field, why);
}

static enum status check_whole(struct office *office, const struct draft *draft,
                               struct error *err)
{
	struct error first = {0};

	TRY(draft_problems(office, draft, count_problem, &first, err));
	if (first.text[0] != '\0')
		return error_set(err, STATUS_MALFORMED, "%s", first.text);
	return STATUS_OK;
}

typedef enum status draft_way(struct office *office, const struct office_principal *who,
                              struct draft *draft, struct view text,
                              const struct draft_message *message, struct error *err);

/* Opens the text for one step of its way. */
static enum status with_message(struct office *office, const struct office_principal *who,
                                struct draft *draft, draft_way *way, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(DRAFT_MESSAGE_MAX);
	struct draft_message message = {0};
	enum status status;

	TRY(check_whole(office, draft, err));
	TRY(draft_text(office, draft, &text, err));
	status = draft_message_open(buf_view(&text), &message, err);
	if (status == STATUS_OK)
		status = way(office, who, draft, buf_view(&text), &message, err);
	draft_message_release(&message);
	return status;
}

static enum status ask(struct office *office, const struct office_principal *who,
                       struct draft *draft, struct error *err)
{
	draft->state = DRAFT_APPROVAL;
	draft->returned = (struct draft_deed){0};
	buf_clear(&draft->reason);
	deed_set(&draft->asked, office, who);
	TRY(draft_put(office, draft, err));
	return note(office, who, "draft.submit", draft, NULL, err);
}

static enum status send_alone(struct office *office, const struct office_principal *who,
                              struct draft *draft, struct view text,
                              const struct draft_message *message, struct error *err)
{
	if (!office_may_send(who, draft_message_kind(message)->name))
		return error_set(err, STATUS_UNTRUSTED,
		                 "only a release officer may ask for a release or answer "
		                 "one");
	return send_out(office, who, draft, text, message, false, err);
}

static enum status send_approved(struct office *office,
                                 const struct office_principal *who, struct draft *draft,
                                 struct view text, const struct draft_message *message,
                                 struct error *err)
{
	return send_out(office, who, draft, text, message, true, err);
}

enum status draft_submit(struct office *office, const struct office_principal *who,
                         const char *id, int64_t version, bool may_send,
                         struct error *err)
{
	struct draft *draft = draft_find(office, id);

	if (draft != NULL && draft->state == DRAFT_SENT && draft->version == version)
		return STATUS_OK; /* asked twice */
	TRY(find_open(office, id, &draft, err));
	TRY(check_version(draft, version, err));
	if (draft_asks_approval(office, draft)) {
		TRY(check_whole(office, draft, err));
		return ask(office, who, draft, err);
	}
	if (!may_send)
		return error_set(err, STATUS_UNTRUSTED,
		                 "this token may write drafts, but not send them");
	return with_message(office, who, draft, send_alone, err);
}

/* What a program writes, the one who made its token has written. */
static bool is_of(const struct office *office, const char *author,
                  const struct office_principal *who)
{
	return strcmp(who->name, author) == 0 ||
	       office_token_is_of(office, author, who->name);
}

static enum status check_second_person(const struct office *office,
                                       const struct office_principal *who,
                                       const struct draft *draft, struct error *err)
{
	if (who->door != OFFICE_DOOR_CONSOLE)
		return error_set(err, STATUS_UNTRUSTED,
		                 "only a release officer who is logged in at the console "
		                 "can approve: here nobody can tell who it is");
	if ((who->roles & OFFICE_OFFICER) == 0)
		return error_set(err, STATUS_UNTRUSTED,
		                 "only a release officer can approve");
	if (is_of(office, draft->created.by, who))
		return error_set(err, STATUS_UNTRUSTED,
		                 "you wrote this draft: somebody else must approve it");
	if (is_of(office, draft->changed.by, who))
		return error_set(
		    err, STATUS_UNTRUSTED,
		    "you edited this draft last: somebody else must approve it");
	return STATUS_OK;
}

static enum status check_asked(const struct draft *draft, struct error *err)
{
	if (draft->state != DRAFT_APPROVAL)
		return error_set(err, STATUS_CONFLICT,
		                 "nobody has submitted this version for approval");
	return STATUS_OK;
}

enum status draft_approve(struct office *office, const struct office_principal *who,
                          const char *id, int64_t version, struct error *err)
{
	struct draft *draft = draft_find(office, id);

	if (draft != NULL && draft->state == DRAFT_SENT && draft->version == version &&
	    strcmp(draft->approved.by, who->name) == 0)
		return STATUS_OK; /* asked twice */
	TRY(find_open(office, id, &draft, err));
	TRY(check_version(draft, version, err));
	TRY(check_asked(draft, err));
	TRY(check_second_person(office, who, draft, err));
	return with_message(office, who, draft, send_approved, err);
}

enum status draft_return(struct office *office, const struct office_principal *who,
                         const char *id, int64_t version, struct view reason,
                         struct error *err)
{
	struct draft *draft = NULL;

	TRY(find_open(office, id, &draft, err));
	TRY(check_version(draft, version, err));
	TRY(check_asked(draft, err));
	if (reason.len == 0 || reason.len > DRAFT_REASON_MAX)
		return error_set(err, STATUS_MALFORMED, "reason: must have 1 to %d bytes",
		                 DRAFT_REASON_MAX);
	draft->state = DRAFT_RETURNED;
	draft->asked = (struct draft_deed){0};
	deed_set(&draft->returned, office, who);
	buf_clear(&draft->reason);
	buf_append_view(&draft->reason, reason);
	TRY(draft_put(office, draft, err));
	return note(office, who, "draft.return", draft, NULL, err);
}

enum status draft_discard(struct office *office, const struct office_principal *who,
                          const char *id, struct error *err)
{
	struct draft *draft = NULL;

	TRY(find_open(office, id, &draft, err));
	draft->state = DRAFT_DISCARDED;
	deed_set(&draft->finished, office, who);
	TRY(forget_files(office, draft, err));
	TRY(draft_put(office, draft, err));
	TRY(note(office, who, "draft.discard", draft, NULL, err));
	return forget_old(office, err);
}
