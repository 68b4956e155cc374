/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests only: a channel in memory, whose logs are written entry by entry and served
 * by paths as a desk would, so that it can be exported. All keys follow from names. What
 * fails here ends the test.
 */
#ifndef ALDIS_BUNDLE_TESTING_H
#define ALDIS_BUNDLE_TESTING_H

#include "bundle/channel.h"
#include "bundle/export.h"
#include "bundle/layout.h"
#include "record/testing.h"
#include "tlog/tlog_testing.h"

enum {
	TESTING_DESKS_MAX = 4,
	TESTING_LOGS_MAX = 6,
	TESTING_PAPERS_MAX = 4,
	TESTING_PATH_MAX = 4096,
};

struct testing_entry {
	struct buf entry, blob; /* the blob is empty when there is no body */
};

struct testing_attachment {
	struct hash id;
	struct buf blob;
};

struct testing_log {
	size_t desk;   /* whose */
	uint64_t base; /* entries below are served as hashes */
	char origin[RECORD_ORIGIN_MAX + 1];
	char folder[HASH_HEX_LEN + 1];
	struct testing_entry *entries;
	size_t count;
	struct testing_attachment *attachments;
	size_t attachment_count;
	struct test_tree tree;
	struct buf checkpoint; /* note; empty before testing_channel_seal */
};

struct testing_channel {
	struct testing_desk desks[TESTING_DESKS_MAX];
	size_t desk_count;
	struct buf charter_note;
	struct record_charter charter;
	/* By desk, then those that succeed another one. */
	struct testing_log logs[TESTING_LOGS_MAX];
	size_t log_count;
	int64_t now_s;

	/* What changed over time. */
	struct record_charter newest, before_newest; /* empty without amendments */
	struct buf amendments[TESTING_PAPERS_MAX];
	size_t amendment_count;
	struct buf log_ends[TESTING_PAPERS_MAX];
	size_t log_end_count;
	struct buf older_cards[TESTING_PAPERS_MAX];
	size_t older_card_count;
	/* Whose testing keys the desk signs with, NULL: its own. The root stays. */
	const char *keys_of[TESTING_DESKS_MAX];
	size_t exporter; /* a desk */

	/* What the desk answers may be falsified on its way into the export. */
	void (*falsify)(void *context, const char *path, struct buf *body);
	void *falsify_context;
	const char *missing;    /* a path that ends so is not found */
	bool serves_one_by_one; /* bodies are too large to be served packed */

	const char *template_json; /* of the charter; NULL: the built-in one */
};

struct testing_message {
	const char *kind;
	const char *body;           /* JSON, or NULL */
	struct view attachments[4]; /* contents */
	size_t attachment_count;
	const struct record_seen *seen;
	size_t seen_count;
	const struct record_message_id *re; /* or NULL */
	const char *tlp;                    /* or NULL */
	const struct record_name *to;
	size_t to_count;             /* 0: all others */
	bool is_attachment_withheld; /* named, but not kept by the desk */
};

/* Appends the card, signed with the keys of the desk `keys_of`. */
void testing_card_sign(const struct record_card *card, const char *keys_of,
                       struct buf *out);

/* Opens a channel of desks north, south, east, west (.example); each log has its entry 0.
 */
void testing_channel_open(struct testing_channel *channel, size_t desk_count);
/* The same among desks[0] to desks[desk_count-1], which the caller has made. */
void testing_channel_begin(struct testing_channel *channel);
void testing_channel_release(struct testing_channel *channel);

/* How a charter is amended; who signs is a set of desks, 1 << desk. */
struct testing_amendment {
	const size_t *joining; /* desks whose cards are new */
	size_t joining_count;
	bool history_none;
	const struct record_name *removed;
	size_t removed_count;
	const char *template_json;
	unsigned signers;
};
/* Adds an amendment to the papers. No log follows it yet. */
void testing_channel_amend(struct testing_channel *channel,
                           const struct testing_amendment *how);
/* Writes the `charter.amend` that follows the newest amendment from the charter before.
 */
void testing_channel_follow(struct testing_channel *channel, size_t log);
/* One desk more, without a log; and its log, opened under the newest charter. */
void testing_channel_join(struct testing_channel *channel, const char *name);
void testing_channel_open_late(struct testing_channel *channel, size_t desk);
/* New keys for a desk, those of another name: its card gets the next serial, the one
 * before is an older card, its log a `key.change` that the root of `signer` signed. */
void testing_channel_change_keys(struct testing_channel *channel, size_t desk,
                                 const char *keys_of, size_t signer);
/* States that a log has ended with so many entries; a successor opens. */
void testing_channel_end_log(struct testing_channel *channel, size_t log, uint64_t size,
                             unsigned signers);

void testing_channel_write(struct testing_channel *channel, size_t author,
                           const struct testing_message *message);
/* Writes count messages of kind text. */
void testing_channel_fill(struct testing_channel *channel, size_t author, size_t count);
/* Appends any bytes as an entry, with a blob that may be empty. */
void testing_channel_append(struct testing_channel *channel, size_t author,
                            struct view entry, struct view blob);
/* Takes back all entries of a log. */
void testing_log_empty(struct testing_log *log);
/* The root of a log at a size it had. */
struct hash testing_channel_root(struct testing_channel *channel, size_t author,
                                 uint64_t size);
/* Signs every log at its size; every other desk cosigns, one second later each. */
void testing_channel_seal(struct testing_channel *channel);

/* Appends a checkpoint of a log at this size, signed, without countersignatures; and a
 * member's line over it. */
void testing_channel_sign(struct testing_channel *channel, size_t author, uint64_t size,
                          struct buf *out);
void testing_channel_cosign(struct testing_channel *channel, size_t holder,
                            int64_t time_s, struct buf *note);

/* The same for one log with a root that may be another than that of its entries. */
void testing_channel_seal_as(struct testing_channel *channel, size_t author,
                             const struct hash *root);

/* The channel as a source of desk `exporter`, which borrows it; release it. */
struct testing_source {
	struct bundle_export_source source;
	struct ed25519_secret *secret;
	struct view cards[TESTING_DESKS_MAX + TESTING_PAPERS_MAX];
	struct view charters[1 + TESTING_PAPERS_MAX], log_ends[TESTING_PAPERS_MAX];
	struct bundle_export_log logs[TESTING_LOGS_MAX];
};
void testing_channel_source(struct testing_channel *channel,
                            struct testing_source *ret_source);
void testing_source_release(struct testing_source *source);

/* Exports as desk 0. */
enum status testing_channel_export(struct testing_channel *channel,
                                   const char *out_folder, struct error *err);
/* Appends the receipt file of an entry by another desk, with the entry in `extra`. */
void testing_channel_receipt(struct testing_channel *channel, size_t author,
                             uint64_t index, size_t holder, bool has_extra,
                             struct buf *out);

/* A new folder for a test below $TMPDIR or /tmp, and its end. */
void testing_folder_make(char ret_path[TESTING_PATH_MAX]);
void testing_folder_remove(const char *path);

#endif
