/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drafts: messages that are being written, with their attachments, kept by the desk as
 * one types; and the way of one to the record: editing, asked, approved or returned,
 * sent. Where the charter asks for a second person, that is held to here: an officer at
 * the console who neither wrote nor last edited it. What is sent, the draft's new state
 * and the audit's row are committed together.
 *
 * Every call that changes something names the version it has seen; CONFLICT: there is a
 * newer one. Any edit takes a request for approval back.
 */
#ifndef ALDIS_OFFICE_DRAFTS_H
#define ALDIS_OFFICE_DRAFTS_H

#include "office/draft_message.h"
#include "office/office.h"

enum {
	DRAFTS_OPEN_MAX = 500,
	DRAFTS_FINISHED_MAX = 200, /* of those that were sent or discarded: the newest */
	DRAFT_FILE_NAME_MAX = 200, /* bytes */
	DRAFT_FILES_LEN_MAX = 48 * 1024 * 1024, /* of one draft, in all */
	DRAFT_REASON_MAX = 2000,
	DRAFT_ID_MAX = 24,
};

enum draft_state {
	DRAFT_EDITING,
	DRAFT_APPROVAL, /* waits for a second person */
	DRAFT_RETURNED,
	DRAFT_SENT,
	DRAFT_DISCARDED,
};
/* "editing", "approval", … */
const char *draft_state_word(enum draft_state state);
/* False: no such word. */
bool draft_state_of(const char *word, enum draft_state *ret_state);

struct draft_file {
	uint32_t id;
	uint64_t size;
	bool is_salted; /* the whole blob, which brings its salt */
	char name[DRAFT_FILE_NAME_MAX + 1];
};

/* Who did something, and when; time 0: nobody. */
struct draft_deed {
	char by[OFFICE_NAME_MAX + 1];
	int64_t time_s;
};

struct draft {
	uint64_t number;
	char id[DRAFT_ID_MAX + 1]; /* "d17" */
	struct record_channel_id channel;
	enum draft_state state;
	int64_t version;
	struct draft_deed created, changed, asked, returned, approved;
	struct draft_deed finished; /* sent or discarded */
	struct buf reason;          /* of its return */
	struct draft_file *files;
	size_t file_count, file_cap;
	uint32_t next_file;
	bool is_queued; /* sent, but not in the log yet: no id */
	struct record_message_id sent;
	int64_t noted_s; /* when the audit last heard of an edit; not kept */
};

/* Those kept, the oldest first; borrowed until the next call that changes one. */
size_t drafts_count(const struct office *office);
const struct draft *drafts_nth(const struct office *office, size_t nth);
/* NOT_FOUND. */
MUST_USE enum status drafts_find(struct office *office, const char *id,
                                 const struct draft **ret_draft, struct error *err);
static inline bool draft_is_open(const struct draft *draft)
{
	return draft->state <= DRAFT_RETURNED;
}
/* Looks whether a message that was queued has got its id; *ret_id then. CONFLICT: the
 * charter changed meanwhile and does not let it out. AGAIN: it waits. */
MUST_USE enum status draft_sent_id(struct office *office, const struct draft *draft,
                                   struct record_message_id *ret_id, struct error *err);
/* NOT_FOUND: the channel is gone. */
MUST_USE enum status draft_channel(struct office *office, const struct draft *draft,
                                   size_t *ret_channel, struct error *err);
/* The message's JSON; what the buffer held is replaced. */
MUST_USE enum status draft_text(struct office *office, const struct draft *draft,
                                struct buf *ret_text, struct error *err);
/* Appends the content of an attachment. */
MUST_USE enum status draft_file_read(struct office *office, const struct draft *draft,
                                     uint32_t file, struct buf *ret_content,
                                     struct error *err);
/* All that is wrong with it. */
MUST_USE enum status draft_problems(struct office *office, const struct draft *draft,
                                    draft_problem_fn *fn, void *context,
                                    struct error *err);
/* Does the charter ask for a second person? Of one whose kind is not chosen: not yet. */
bool draft_asks_approval(struct office *office, const struct draft *draft);

/* ---- changes; each is audited and announced ---- */

MUST_USE enum status draft_create(struct office *office,
                                  const struct office_principal *who, size_t channel,
                                  struct view text, const struct draft **ret_draft,
                                  struct error *err);
/* CONFLICT also when it is sent or discarded. */
MUST_USE enum status draft_edit(struct office *office, const struct office_principal *who,
                                const char *id, int64_t version, struct view text,
                                struct error *err);
/* LIMIT: more, or larger, than the charter allows. MALFORMED: a name that is none.
 * is_salted: the content is a whole blob, salt first, that was committed to before. */
MUST_USE enum status draft_attach(struct office *office,
                                  const struct office_principal *who, const char *id,
                                  const char *name, struct view content, bool is_salted,
                                  const struct draft_file **ret_file, struct error *err);
MUST_USE enum status draft_detach(struct office *office,
                                  const struct office_principal *who, const char *id,
                                  uint32_t file, struct error *err);
/* Nothing is wrong with it (draft_problems; MALFORMED otherwise): asks for approval, or,
 * where none is needed, sends. may_send: the caller may. */
MUST_USE enum status draft_submit(struct office *office,
                                  const struct office_principal *who, const char *id,
                                  int64_t version, bool may_send, struct error *err);
/* Sends. UNTRUSTED: not the second person that is needed. What is sent already stays so:
 * OK. */
MUST_USE enum status draft_approve(struct office *office,
                                   const struct office_principal *who, const char *id,
                                   int64_t version, struct error *err);
MUST_USE enum status draft_return(struct office *office,
                                  const struct office_principal *who, const char *id,
                                  int64_t version, struct view reason, struct error *err);
/* Its text stays for a while, its attachments don't. */
MUST_USE enum status draft_discard(struct office *office,
                                   const struct office_principal *who, const char *id,
                                   struct error *err);

#endif
