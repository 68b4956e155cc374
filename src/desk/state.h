/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a desk holds in memory, for the files of this folder only. Everything here can be
 * made again from the store, the guard and what members show; nothing is kept that the
 * store should have.
 */
#ifndef ALDIS_DESK_STATE_H
#define ALDIS_DESK_STATE_H

#include <stdlib.h>

#include "base/cleanup.h"
#include "desk/ask_witness.h"
#include "desk/desk.h"
#include "desk/staging.h"
#include "record/log_end.h"
#include "codec/time_text.h"
#include "tlog/cosignature.h"
#include "tlog/tile.h"
#include "tlog/wire.h"

enum {
	DESK_TILE_LEVELS = 6,  /* 256^5 entries are enough */
	DESK_LACKING_MAX = 64, /* entries of a log that may lack attachments at a time */
	DESK_CHECKS_KEPT = 8,  /* newest check times kept for each log */
	DESK_ENTRIES_REQUEST_MAX = 4 * 1024 * 1024, /* bytes sent in one request */
	DESK_CHECKPOINT_BYTES = 1024 * 1024, /* of entries between two checkpoints */
	DESK_RIDE_MS =
	    1000, /* rows that may wait for the next commit wait at most so long */
};

/* The tile at the right edge of a level, and the last other tile that was read. */
struct tile_slot {
	uint64_t index;
	unsigned count; /* hashes held; 0: empty */
	bool is_dirty;
	struct hash
	    *hashes; /* 256, of an edge the nodes above behind them; made at first use */
};

/* A claim in a `seen`, to be compared when the named log has grown so far. */
struct seen_claim {
	uint64_t size;
	struct hash root;
	uint32_t author; /* member who made it */
};

/* An entry not all of whose attachments are here. */
struct lacking {
	uint64_t index;
	uint64_t held; /* bit i: attachment i is kept */
	bool is_known; /* held was compared with the store */
};
_Static_assert(RECORD_ATTACHMENTS_MAX <= 64, "a bit for each attachment");

struct channel;

/* Beside the flags of desk_log_info: the own `equivocation` about this log is written. */
#define LOG_DENOUNCED 0x8000u

/* A key of a desk, and those it had before. */
struct key_ring {
	struct tlog_vkey now;
	struct tlog_vkey *before; /* owned */
	size_t before_count;      /* the oldest first */
};

/* From an entry on, which charter of the channel governs its log (aldis.md 6.1). */
struct term {
	uint64_t first;   /* the `charter.amend` */
	uint32_t charter; /* number in the channel's chain */
};

struct log {
	uint32_t number;
	struct channel *channel;
	uint32_t member; /* whose, in the channel's table */
	bool is_own;
	char origin[RECORD_ORIGIN_MAX + 1];
	char origin_hash[HASH_HEX_LEN + 1];
	struct key_ring keys;
	uint64_t change_size; /* entries up to the newest `key.change`: a checkpoint of
	                         this size is the first that shows it */

	/* Entries held: the tree, its edge tiles, and what waits to be written as one
	 * chunk. */
	struct tlog_tree tree;
	struct tile_slot edges[DESK_TILE_LEVELS];
	struct tile_slot other;
	struct buf chunk, body_chunk;
	uint32_t chunk_count, body_chunk_count;
	uint64_t body_count; /* entries from 0 on whose bodies are held */
	uint64_t start_size; /* entries held when the desk was opened */
	struct term *terms;  /* ascending */
	size_t term_count, term_cap;
	uint64_t end;     /* entries from here on were written after its owner's `leave`;
	                     UINT64_MAX: it has not left */
	uint64_t base;    /* entries below are held as leaf hashes only: this desk joined
	                     without history. UINT64_MAX: the owner has yet to say */
	uint64_t awaited; /* the last entry held, when its body decides what governs the
	                     next one and is not here; UINT64_MAX: none */

	/* The newest checkpoint signed by the log's owner. Own log: what was last let
	 * out. */
	struct tlog_checkpoint newest;
	struct buf newest_note; /* text and the owner's line */
	size_t unsigned_bytes;  /* own: of entries since the last cut */
	uint64_t *cuts;         /* own: sizes to sign on the way */
	size_t cut_count, cut_cap;

	/* A peer's log: this desk's mirror cosignature. */
	uint64_t cosigned_size;
	struct hash cosigned_root;
	int64_t cosigned_time_s;
	bool wants_cosign; /* in this turn */
	uint64_t cosign_size;
	int64_t cosign_time_s; /* 0: as the guard has it */
	struct signer_guard
	    guard; /* as read at start; is_known false after the next signature */
	uint64_t carried_size; /* this desk's cosignature was carried to its owner up to
	                          here */

	int64_t checks_s[DESK_CHECKS_KEPT]; /* newest first */
	int64_t missed_until_s;             /* periods that end before were judged */
	struct lacking lacking[DESK_LACKING_MAX]; /* by index */
	uint16_t lacking_count;
	bool tries_lacking;      /* something may have come for them */
	uint64_t attachment_len; /* bytes of attachments kept */
	bool row_is_dirty;
	/* A peer's: entries whose signals this desk can't read and must say so;
	 * ascending.
	 */
	uint64_t *unanswered;
	size_t unanswered_count, unanswered_cap;

	uint64_t *named; /* by member: how much of its log this log's author has named */
	struct seen_claim *claims;
	size_t claim_count, claim_cap;
	bool is_equivocating;
	/* What the newest check since the start has carried of witnesses' lines. */
	uint64_t carried_witness_size;
	int64_t carried_witness_s;
	uint16_t flags; /* enum desk_log_flag, and LOG_DENOUNCED */
};

enum feed_stage { FEED_IDLE, FEED_OFFER, FEED_ENTRIES, FEED_ATTACHMENTS };

/* A member refused a key. Perhaps it forgot the change to it, or lacks the one before
 * that, too. */
enum feed_key {
	FEED_KEY_KNOWN,
	FEED_KEY_CHANGE, /* show it the newest change again */
	FEED_KEY_STEPS,  /* each checkpoint that is kept: it learns one key after another
	                  */
};

/* Pushing the own log of a channel to one other member. */
struct feed {
	uint64_t acked_size; /* newest receipt */
	int64_t acked_time_s;
	uint64_t recorded_count; /* own entries whose duty receipts are in the record */
	uint64_t pending_size;   /* checkpoint that the member holds of the own log */
	uint64_t next_entry;
	uint64_t blobs_sent; /* bodies of entries below were offered */
	struct tlog_checkpoint target;
	struct buf target_note;
	uint8_t ticket[256];
	size_t ticket_len;
	enum feed_stage stage;
	uint64_t window_end;  /* entries of this round end here */
	size_t attached_next; /* of the channel's list of entries with attachments */
	unsigned in_flight, failures, detours;
	bool has_failed;   /* a call of this round */
	bool takes_small;  /* the member has no room: one checkpoint at a time */
	enum feed_key key; /* how to get it to know the newest key */
	int64_t retry_ms;
};

enum show_state { SHOW_ASKED, SHOW_SILENT, SHOW_DONE };

/* What one member showed of the own log after the start. */
struct show {
	enum show_state state;
	unsigned in_flight;
	bool failed;
	int64_t retry_ms;
};

struct member {
	struct record_name name;
	char log_name[RECORD_NAME_MAX + 12]; /* "south.example", "south.example/2" */
	uint32_t generation;                 /* of its log; 1: the first */
	uint64_t offset;                /* index in the id of the log's first entry */
	uint32_t before;                /* place of the log before, when generation > 1 */
	bool is_ended;                  /* a successor has taken over */
	const struct record_card *card; /* in the newest charter that has it */
	uint32_t since;                 /* number of the charter that brought it */
	bool is_gone;                   /* the newest charter has it no more */
	struct peer *peer;              /* NULL: this desk */
	struct key_ring mirror_keys;
	struct feed feed;
	struct show show;
	uint64_t named_size; /* last named in a `seen` of the own log */
};

/* A person's acknowledgement of an own message. */
struct ack {
	uint64_t index; /* of the own message */
	uint64_t at;    /* index of the ack in its author's log */
	uint32_t member;
	bool was_read; /* then `says` is known */
	enum desk_delivery says;
};

/* A charter of a channel: the first one, or an amendment. */
struct agreement {
	struct record_charter charter;
	struct buf note;  /* with the signatures that are held */
	bool is_in_force; /* of one that was just loaded */
};

/* The stated end of a log. */
struct ending {
	struct record_log_end end;
	struct buf note;
	bool is_whole; /* signed by all, when it was last judged */
	bool is_in_force;
	uint32_t since; /* number of the charter that governed at the end */
	uint32_t place; /* of the successor, in the table of members */
};

struct channel {
	struct record_channel_id id;
	char id_hex[HASH_HEX_LEN + 1];
	struct agreement **agreements; /* the first charter, then the amendments in force
	                                */
	size_t agreement_count;
	struct agreement **drafts; /* amendments that lack signatures */
	size_t draft_count;
	struct ending **endings;
	size_t ending_count;
	bool has_news; /* what waits for signatures is to be judged again: somebody
	                  left, another charter is in force, or the desk was started */
	bool is_open;  /* the first charter is in force */
	uint32_t own;  /* index among members */
	struct member *members; /* all that ever were; RECORD_MEMBERS_MAX places */
	uint32_t member_count;
	struct log **logs; /* by member; NULL until open */
	enum desk_log_state state;
	int64_t show_until_ms;
	bool recovering; /* the operator's word, until the log is ready */
	/* The largest checkpoint of the own log that a member showed and the store did
	 * not have; kept in the store until it has it. Size 0: none. */
	uint64_t shown_size;
	struct hash shown_root;
	char why[200];
	enum desk_why why_code;
	bool has_duties;        /* that an entry starts */
	uint64_t duty_from;     /* own entries from here on are listed: */
	uint64_t *duty_entries; /* they concern a duty and are not yet all receipted */
	size_t duty_entry_count, duty_entry_cap;
	uint64_t *attached_entries; /* own entries with attachments, since the start */
	size_t attached_entry_count, attached_entry_cap;
	uint64_t outbox_first,
	    outbox_next;            /* queued messages while the log may not grow */
	uint64_t outbox_old_end;    /* those below were queued before the start */
	uint64_t refused_count;     /* that waited and can't be sent any more */
	struct record_order *order; /* made at the first listing */
	uint32_t order_log_count;   /* members whose logs it knows */
	uint64_t *order_given;      /* entries of each log given to it, or withheld */
	struct ack *acks;           /* acknowledgements found so far */
	size_t ack_count, ack_cap;
	size_t ack_settled;   /* so many are sorted, each member's last for a message */
	uint64_t *ack_looked; /* by member: entries looked at since the start */
	bool acks_are_whole;  /* those held before the start were looked at as well */
	struct duty_book *duties;    /* made in the first turn */
	struct staging *own_staging; /* attachments waiting for their message */
	struct asker *asker;         /* of witnesses; NULL: none, or not yet made */
};

struct pull;

struct peer {
	struct record_card card;
	struct buf card_note;
	bool is_compared;
	int64_t heard_ms;
	struct error last_error;
	uint64_t answered, failed;
	struct staging *staging;
	struct pull *pull; /* a round of asking in progress, or NULL */
	int64_t poll_ms;   /* when the next one is due */
	unsigned poll_failures;
	int64_t probe_ms; /* from when on another whole history may be fetched from it */
	bool asks_soon;   /* the next round is due before its time */
};

/* What an answer belongs to. */
enum call_kind {
	CALL_FEED_CHECKPOINT,
	CALL_FEED_BLOBS,
	CALL_FEED_ENTRIES,
	CALL_FEED_ATTACHMENTS,
	CALL_SHOW,
	CALL_PULL,
	CALL_CARRY,
	CALL_EVIDENCE,
	CALL_WITNESS,
	CALL_OUTSIDE,
};

struct call {
	uint64_t id;
	enum call_kind kind;
	struct peer *peer; /* NULL: a witness */
	struct channel *channel;
	struct log *log;
	uint32_t member;
	uint64_t size; /* CALL_EVIDENCE, CALL_CARRY: which checkpoint */
};

/* A reply of this turn: let out after commit and signatures. */
struct staged_reply {
	uint64_t request;
	int status;
	const char *type;
	struct buf body;
	unsigned retry_after_s; /* 0: as the status wants it */
	char *session;          /* owned; NULL: leaves the cookie */
	int64_t session_s;
	char *file_name; /* owned; NULL: no file */
	struct log *
	    cosign_log; /* its new cosignature line is the body; 503 if it was not made */
	uint64_t cosign_size;
	size_t witness_item; /* index + 1 of the witness signature that is the body */
};

/* Who gets a mail, and what the server wants to know. */
struct staged_mail {
	enum desk_mail_tls tls;
	char from[DESK_ADDRESS_MAX + 1], to[DESK_ADDRESS_MAX + 1];
	bool has_name, has_password;
	char name[DESK_CREDENTIAL_MAX + 1], password[DESK_CREDENTIAL_MAX + 1];
};

/* All-zero: it is none. */
struct staged_webhook {
	char id[DESK_WEBHOOK_ID_MAX + 1];
	int64_t time_s;
	char signature[DESK_SIGNATURE_MAX + 1]; /* empty: none */
};

struct staged_call {
	struct call call;
	struct staged_webhook webhook;
	struct staged_mail *mail;         /* owned; or NULL */
	char url[RECORD_URL_LEN_MAX + 1]; /* of a witness */
	char path[256];
	enum desk_method method;
	const char *type;
	struct buf body;
	size_t answer_max;
};

struct witness_log {
	struct tlog_vkey key;
	char origin_hash[HASH_HEX_LEN + 1];
	bool is_known;
	struct tlog_checkpoint newest; /* last cosigned, or to be cosigned in this turn */
	struct buf note;               /* text, owner's line and this witness's line */
};

struct witness_item {
	struct witness_log *log;
	struct tlog_checkpoint checkpoint;
	struct tlog_proof proof;
	struct buf text_and_line; /* note text, blank line, owner's line */
	struct buf line;          /* made */
	enum status status;
};

/* Lines of one kind in the minute that began at since_ms. */
struct log_kind {
	const char *format;
	int64_t since_ms;
	unsigned count;
};

enum { DESK_LOG_KINDS = 64, DESK_LOG_LINES_MAX = 10 };

struct desk {
	struct desk_options options;
	struct store store;
	struct signer signer;
	struct desk_out out;
	int64_t now_ms, opened_ms;
	uint64_t generation;
	uint64_t random_state;
	uint8_t random_stock[1024];
	size_t random_left;

	struct record_card card;
	struct buf card_note;
	struct tlog_vkey mirror_key, witness_key;
	struct record_card *old_cards; /* of any desk, this one too */
	size_t old_card_count, old_card_cap;
	struct peer **peers;
	size_t peer_count;
	struct channel **channels;
	size_t channel_count;
	struct log **logs; /* by number */
	size_t log_count;
	struct witness_log *witness_logs;
	size_t witness_log_count;

	struct call *calls; /* in flight */
	size_t call_count, call_cap;
	uint64_t next_call;

	/* Of this turn. */
	struct staged_reply *replies;
	size_t reply_count, reply_cap;
	struct staged_call *out_calls;
	size_t out_call_count, out_call_cap;
	struct witness_item *witness_items;
	size_t witness_item_count, witness_item_cap;
	bool must_commit;  /* something decided now has to be durable before it is let out
	                    */
	bool has_riders;   /* rows that may wait for the next commit */
	int64_t riders_ms; /* since when */
	bool peers_changed;
	bool wants_turn;    /* something is left to decide: another turn at once */
	enum status failed; /* a store or signer failure within the turn: the turn's end
	                       reports it */
	struct error failure;

	struct log_kind log_kinds[DESK_LOG_KINDS];
	struct desk_counters counters;
	uint64_t evidence_count;
	struct json_doc doc, body_doc;   /* scratch */
	struct record_envelope envelope; /* scratch */
	struct record_seen *seen;        /* scratch of compose.c */
	size_t seen_cap;
	struct buf scratch, scratch2;     /* scratch of one function at a time */
	struct buf entry_view, body_view; /* what desk_message borrows */
};

/* Remembers that the store or signer failed; the turn's end will report the first. */
void desk_fail(struct desk *desk, enum status status, const struct error *err);
/* Calls fn and remembers a failure; true when it went well. */
#define DESK_DID(desk, err, call) desk_did((desk), (call), (err))
bool desk_did(struct desk *desk, enum status status, const struct error *err);
void desk_ride(struct desk *desk);
/* At most a few lines a minute of each kind, which is the format. */
void desk_log_line(struct desk *desk, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* One JSON event: format is the members behind "type". */
void desk_event(struct desk *desk, const char *type, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void desk_random(struct desk *desk, void *ret_bytes, size_t len);
uint64_t desk_jitter(struct desk *desk, uint64_t below);
/* Exponential back-off with jitter: milliseconds after the nth failure in a row. */
int64_t desk_backoff_ms(struct desk *desk, unsigned failures);
struct staged_reply *desk_stage_reply(struct desk *desk, uint64_t request, int status,
                                      const char *type);
void desk_reply_text(struct desk *desk, uint64_t request, int status, const char *text);
void desk_release_reply(struct staged_reply *reply);
void desk_release_call(struct staged_call *call);
/* Stages a call; its body is filled by the caller. NULL when memory is short
 * (remembered). */
struct staged_call *desk_stage_call(struct desk *desk, enum call_kind kind,
                                    struct peer *peer, enum desk_method method,
                                    const char *type);
/* Makes room for one more element of a growing array; false (remembered) without memory.
 */
bool desk_grow(struct desk *desk, void *array_pointer, size_t *cap, size_t count,
               size_t size);

/* sign.c: signs what this turn's commit made durable, and takes the signatures. */
enum status sign_turn(struct desk *desk, struct error *err);

struct log *log_new(struct channel *channel, uint32_t member, uint32_t number,
                    uint32_t generation);
void log_free(struct log *log);
enum status log_load(struct desk *desk, struct log *log, struct error *err);
enum status log_write_row(struct desk *desk, struct log *log, struct error *err);
struct log *log_by_origin(struct desk *desk, struct view origin);
struct log *log_by_hash(struct desk *desk, struct view origin_hash_hex);
/* Appends one entry (leaf already computed); it becomes durable with the commit. */
void log_append(struct desk *desk, struct log *log, struct view entry,
                const struct hash *leaf);
/* The leaf of an entry as the store has it. */
struct hash log_leaf(const struct log *log, uint64_t index, struct view entry);
/* Appends an entry below the log's base: its hash is all that is held. */
void log_append_withheld(struct desk *desk, struct log *log, const struct hash *leaf);
/* The body (whole blob, or empty when it has none) of the next entry without one. */
void log_append_body(struct desk *desk, struct log *log, struct view blob);
/* Hands what waits to the store, so that reads see it. */
enum status log_flush(struct desk *desk, struct log *log, struct error *err);
struct log_reader {
	struct desk *desk;
	struct log *log;
};
enum status log_read_node(void *log_reader, unsigned level, uint64_t index,
                          struct hash *ret_node, struct error *err);
enum status log_root_at(struct desk *desk, struct log *log, uint64_t size,
                        struct hash *ret_root, struct error *err);
enum status log_proof(struct desk *desk, struct log *log, uint64_t old_size,
                      uint64_t size, struct tlog_proof *ret_proof, struct error *err);
/* Appends `width` hashes of a tile to out. */
enum status log_read_tile(struct desk *desk, struct log *log, unsigned level,
                          uint64_t index, unsigned width, struct buf *out,
                          struct error *err);
/* Keeps a checkpoint note that the log's owner signed. */
/* Appends the note's text and the line of the log's owner, and nothing that somebody else
 * put beside; false without such a line. */
bool log_append_bare_note(const struct tlog_vkey *key, struct view note, struct buf *out);
/* Forgets the checkpoints beyond what is held: they turned out to be of another history.
 */
void log_forget_pending(struct desk *desk, struct log *log);
/* Forgets kept checkpoints up to what is held that are of another history: of a log that
 * forked they may have been kept before the entries came. */
void log_forget_foreign(struct desk *desk, struct log *log);
void log_keep_checkpoint(struct desk *desk, struct log *log,
                         const struct tlog_checkpoint *checkpoint, struct view note);
enum status log_checkpoint_at(struct desk *desk, struct log *log, uint64_t size,
                              struct buf *ret_note, struct error *err);
/* The note of this size and the lines of the members and witnesses who cosigned exactly
 * it. (serve.c) */
enum status log_append_cosigned(struct desk *desk, struct log *log, uint64_t size,
                                struct buf *out, struct error *err);
/* Calls fn for each entry from first below end. fn must not append to the log, and ends
 * the walk early with CLOSED, which is then no failure. */
typedef enum status log_entry_fn(void *context, uint64_t index, struct view entry,
                                 struct error *err);
enum status log_walk(struct desk *desk, struct log *log, uint64_t first, uint64_t end,
                     log_entry_fn *fn, void *context, struct error *err);
/* The entry at index, appended to out. */
enum status log_read_entry(struct desk *desk, struct log *log, uint64_t index,
                           struct buf *out, struct error *err);
/* Its body blob with salt; empty when it has none. NOT_FOUND when it is not held. */
enum status log_read_body(struct desk *desk, struct log *log, uint64_t index,
                          struct buf *out, struct error *err);
/* Size up to which the log may be shown and passed on: signed (own) or cosigned. */
uint64_t log_shown_size(const struct log *log);
enum status log_put_receipt(struct desk *desk, struct log *log, const char *member,
                            uint64_t size, int64_t time_s, struct view line,
                            struct error *err);
/* The first receipt of the member with a size above index. */
enum status log_find_receipt(struct desk *desk, struct log *log, const char *member,
                             uint64_t index, uint64_t *ret_size, struct buf *ret_line,
                             struct error *err);

struct peer *desk_peer_find(struct desk *desk, const char *name);
/* May this card be trusted beside those that are? CONFLICT says why not. */
enum status desk_peer_check(struct desk *desk, const struct record_card *card,
                            struct error *err);

/* channel.c */
/* An empty channel, whose charters are to be pushed; NULL without memory. */
struct channel *channel_add(struct desk *desk, const struct hash *id);
enum status channel_read_charter(struct view note, struct record_charter *ret_charter,
                                 struct error *err);
/* Sets is_open: is the first charter signed by all? Amendments are only ever pushed when
 * they are. */
enum status channel_judge_first(struct channel *channel, struct error *err);
/* One row of the store; when all are read, channel_loaded for each channel. */
enum status channel_load(struct desk *desk, struct view key, struct view row,
                         struct error *err);
enum status channel_loaded(struct desk *desk, struct channel *channel, struct error *err);
/* Puts a charter at the end of the chain; new members get their places. Takes the charter
 * over, also on failure. */
enum status channel_push(struct desk *desk, struct channel *channel,
                         struct record_charter *charter, struct view note,
                         struct error *err);
enum status channel_add_draft(struct channel *channel, struct record_charter *charter,
                              struct view note, struct agreement **ret_draft,
                              struct error *err);
/* From memory. */
void channel_drop_draft(struct channel *channel, size_t at);
/* And the rows, of all amendments of charters that are in force no more. */
enum status channel_forget_drafts(struct desk *desk, struct channel *channel,
                                  struct error *err);
/* Writes the row of a charter. */
enum status channel_keep(struct desk *desk, const struct channel *channel,
                         const struct agreement *agreement, bool is_in_force,
                         struct error *err);
/* Takes the cards of a charter's members on its word. When one is refused: with must_fit
 * nothing is taken, else all but that one, with an alarm. */
enum status channel_meet_members(struct desk *desk, const struct record_charter *charter,
                                 bool must_fit, struct error *err);
enum status channel_find_peers(struct desk *desk, struct channel *channel,
                               struct error *err);
enum status channel_open(struct desk *desk, struct channel *channel, struct error *err);
/* Index in the table, or SIZE_MAX; of a desk with several logs the newest. */
size_t channel_member(const struct channel *channel, const char *name);
/* The newest charter in force (of a channel that is not open: the first one). */
static inline const struct record_charter *channel_charter(const struct channel *channel)
{
	return &channel->agreements[channel->agreement_count - 1]->charter;
}
/* Makes the log of a member and gives it a place; STORE_LOG must get its row. */
struct log *channel_add_log(struct desk *desk, struct channel *channel, uint32_t member,
                            uint32_t number, uint32_t generation, struct error *err);
/* Logs for the members that have none yet. */
enum status channel_make_logs(struct desk *desk, struct channel *channel,
                              struct error *err);
static inline struct log *channel_own_log(const struct channel *channel)
{
	return channel->logs[channel->own];
}
struct channel *channel_by_id(struct desk *desk, const struct hash *id);
void channel_free(struct channel *channel);
/* What the signer cosigned of another's log, of which the store may not know. */
enum status open_compare_guard(struct desk *desk, struct log *log, struct error *err);
void desk_peer_free(struct peer *peer);
enum status desk_peer_load(struct desk *desk, struct view row, struct error *err);
bool channel_has_peer(const struct channel *channel, const struct peer *peer);

/* keys.c */
/* Puts a key in front, if it is another one. */
enum status key_ring_put(struct key_ring *ring, const struct tlog_vkey *key,
                         struct error *err);
void key_ring_release(struct key_ring *ring);
/* NULL: none of this name and id. */
const struct tlog_vkey *key_ring_find(const struct key_ring *ring, struct view name,
                                      uint32_t id);
/* A cosignature line by one of these keys over the checkpoint's text? */
bool key_ring_verify_line(const struct key_ring *ring, struct view text, struct view line,
                          uint64_t *ret_time_s);
/* Verifies the line of the log's owner, under any key it had; which, is in ret_key. */
enum status log_verify_note(const struct log *log, const struct tlog_note *note,
                            const struct tlog_vkey **ret_key, struct error *err);
enum status log_open_checkpoint(const struct log *log, struct view note,
                                struct tlog_checkpoint *ret_checkpoint,
                                struct error *err);
/* The same, for what somebody shows of a member's log: UNTRUSTED when a key that was
 * replaced signed more than it could (aldis.md 6.3). */
enum status log_open_shown(const struct log *log, struct view note,
                           struct tlog_checkpoint *ret_checkpoint, struct error *err);
/* May this key, one of the log's, sign a checkpoint of this size? */
bool log_key_counts(const struct log *log, const struct tlog_vkey *key, uint64_t size);
/* Appends the note's text and its owner's line alone; false without such a line. */
bool log_append_own_line(const struct log *log, struct view note, struct buf *out);
/* A card that is replaced by a newer one: its keys go on to verify. */
enum status keys_keep_old(struct desk *desk, const struct record_card *card,
                          struct view card_note, struct error *err);
enum status keys_load(struct desk *desk, struct error *err);
/* Fills the rings of a channel from all cards that are known. */
enum status keys_renew(struct desk *desk, struct channel *channel, struct error *err);
const struct record_card *keys_newest_card(const struct desk *desk,
                                           const struct channel *channel, uint32_t m);
/* The member's card with the lowest serial above one, of all that are known; the newest
 * when there is none. */
const struct record_card *keys_next_card(const struct desk *desk,
                                         const struct channel *channel, uint32_t m,
                                         uint32_t above);
/* The body of a peer's `key.change` is here. */
void keys_take_change(struct desk *desk, struct log *log, struct view body);

/* term.c */
const struct record_charter *log_charter_at(const struct log *log, uint64_t index);
/* Is the member one by the charter that governs the entry, or by one before it? To the
 * author it is else a stranger, also when it has joined since. */
bool term_knows(const struct log *log, uint64_t index, uint32_t member);
/* The number of the charter that governs what comes next. */
uint32_t log_term(const struct log *log);
static inline const struct record_charter *log_charter(const struct log *log)
{
	return &log->channel->agreements[log_term(log)]->charter;
}
/* From which entry on a member may see this log (aldis.md 6.4); UINT64_MAX: nothing yet.
 */
uint64_t term_base(const struct log *log, uint32_t member);
/* The owner of the log shows this desk what it wrote from base on. */
void term_take_base(struct desk *desk, struct log *log, uint64_t base);
/* May a log that is withheld below its base begin with this entry? It has to be the
 * `charter.amend` that made this desk a member; its body tells (amend.c). True of every
 * other index. */
bool term_may_begin(struct desk *desk, const struct log *log, struct view entry,
                    uint64_t index);
/* From this entry on the next charter of the chain governs. */
void term_push(struct desk *desk, struct log *log, uint64_t index);
/* Decodes an entry into desk->envelope and says whether it is well-formed. */
enum status term_judge(struct desk *desk, const struct log *log, struct view entry,
                       uint64_t index, struct error *err);
/* A well-formed entry was appended: does it end the log, or its term? */
void term_note(struct log *log, const struct record_envelope *envelope, uint64_t index);
/* The body of the entry, which is in desk->envelope, is here. False: it can't be judged
 * before more has come; it is then not taken. */
bool term_take_body(struct desk *desk, struct log *log, uint64_t index, struct view blob);
enum status term_load(struct desk *desk, struct log *log, struct error *err);

/* amend.c */
/* A signed note of a charter with `previous`. Takes the charter over. */
enum status amend_join(struct desk *desk, struct record_charter *charter,
                       struct view note, struct channel **ret_channel, struct error *err);
/* Is the note the next of the chain, signed by all that stay or come? */
enum status amend_check_whole(const struct channel *channel,
                              const struct record_charter *next, struct view note,
                              struct error *err);
/* Whose signatures are lacking: how many, and the first. */
void amend_missing(const struct channel *channel, const struct agreement *agreement,
                   size_t *ret_missing, struct record_name *ret_first);
/* The body of a `charter.amend`; false: a `leave` on which it stands is not held yet. */
bool amend_take(struct desk *desk, struct log *log, uint64_t index, struct view body);
/* Puts in force what has all signatures, and follows it in the own log. */
void amend_step(struct desk *desk, struct channel *channel);

/* answers.c */
/* MALFORMED when `re` names a held message of a kind that this one does not answer. */
enum status answers_judge(struct desk *desk, const struct channel *channel,
                          const struct record_kind *kind,
                          const struct record_message_id *re, struct error *err);

/* ending.c */
/* The log that has a message, and its index there; NULL: nobody's here. */
struct log *channel_find_log(const struct channel *channel,
                             const struct record_message_id *id, uint64_t *ret_index);
/* The index in the id of an entry. */
static inline uint64_t log_id_index(const struct log *log, uint64_t index)
{
	return log->channel->members[log->member].offset + index;
}
void endings_free(struct channel *channel);
bool ending_is_row(struct view row);
enum status ending_load(struct desk *desk, struct channel *channel, struct view row,
                        struct error *err);
/* Rows are read, and charters pushed so far: the successors whose place is the next. */
enum status ending_apply_loaded(struct channel *channel, struct error *err);
enum status ending_join(struct desk *desk, struct view note, struct channel **ret_channel,
                        struct error *err);
/* What ended the log before this member's; NULL: there was none. */
const struct ending *ending_before(const struct channel *channel, uint32_t member);
void ending_step(struct desk *desk, struct channel *channel);

/* compose.c */
enum status compose_automatic(struct desk *desk, struct channel *channel,
                              const char *kind, const struct record_message_id *re,
                              struct view body_json);
/* Appends the entry to the own log; blob is the whole body, or empty. ret_index is that
 * of its id. */
enum status compose_append(struct desk *desk, struct channel *channel,
                           struct record_envelope *envelope, struct view blob,
                           uint64_t *ret_index, struct error *err);

/* outbox.c */
enum status outbox_put(struct desk *desk, struct channel *channel,
                       struct record_envelope *envelope, struct view blob,
                       struct error *err);
void outbox_drain(struct desk *desk, struct channel *channel);
/* A recovery brought this own entry: an older outbox must not send it once more. */
void outbox_forget(struct desk *desk, struct channel *channel,
                   const uint8_t salt[RECORD_SALT_LEN], uint64_t index);
enum status outbox_load(struct desk *desk, struct channel *channel, struct error *err);
/* The index of what waited, once it was written; *ret_first stays when it still waits.
 * row is what a submission's row ends with. CONFLICT: it can't be sent any more. */
enum status outbox_find_sent(struct desk *desk, const struct channel *channel,
                             struct reader row, uint64_t *ret_first, struct error *err);

/* mirror.c: the receiving side of tlog-mirror. */
void mirror_take_request(struct desk *desk, const struct desk_request *request,
                         struct peer *peer);
/* Judges and appends one verified entry of a peer's log; its body too, when it is at
 * hand. */
void mirror_save_entry(struct desk *desk, struct log *log, struct view entry,
                       const struct hash *leaf);
/* Appends the body of the next entry without one, which this is; the entry is in
 * desk->envelope. False: it must wait. */
bool mirror_accept_body(struct desk *desk, struct log *log, struct view blob);
/* Takes staged bodies for entries that lack them, in order. */
void mirror_take_bodies(struct desk *desk, struct log *log);
/* Takes bodies in the order of their entries, packed (u32 length, blob) from that of
 * entry `first` on; staged ones where these do not fit. */
void mirror_take_packed(struct desk *desk, struct log *log, uint64_t first,
                        struct view packed);
/* Appends to ids the bodies that are missing below size. */
enum status mirror_missing_bodies(struct desk *desk, struct log *log, uint64_t size,
                                  struct hash *ret_ids, size_t cap, size_t *ret_count,
                                  struct error *err);
/* When everything up to size is here, of which a signed checkpoint is kept: cosign it in
 * this turn. */
void mirror_try_cosign(struct desk *desk, struct log *log, uint64_t size);
/* Reads the cosignature lines of members in a checkpoint note of the own log: receipts.
 */
void mirror_harvest(struct desk *desk, struct log *own, struct view note);

/* serve.c */
void serve_get(struct desk *desk, const struct desk_request *request, struct peer *peer);

/* feed.c */
void feed_step(struct desk *desk, struct channel *channel, uint32_t member);
void feed_take_answer(struct desk *desk, const struct call *call,
                      const struct desk_answer *answer);
int64_t feed_wake_ms(const struct desk *desk, const struct channel *channel,
                     uint32_t member);
/* The last kept checkpoint of the log with at least `from` and at most `limit` entries;
 * when there is none, the first one beyond. NOT_FOUND: nor that. */
enum status feed_find_checkpoint(struct desk *desk, const struct log *log, uint64_t from,
                                 uint64_t limit, struct buf *ret_note, struct error *err);
/* A receipt by a member for the own log. */
void feed_take_receipt(struct desk *desk, struct channel *channel, uint32_t member,
                       struct view checkpoint_text, struct view line);

/* pull.c */
void pull_step(struct desk *desk, struct peer *peer);
void pull_take_answer(struct desk *desk, const struct call *call,
                      const struct desk_answer *answer);
void pull_free(struct pull *pull);
/* Something was named that this desk lacks: ask this peer soon. */
void pull_soon(struct desk *desk, struct peer *peer);

/* start.c */
void start_channel(struct desk *desk, struct channel *channel);
/* A successor has become the own log: what was shown of the one before counts no more. */
void start_successor(struct desk *desk, struct channel *channel);
/* A member handed back entries of the own log with their bodies: were these the last? */
void start_recovered(struct desk *desk, struct channel *channel);
enum status start_load(struct desk *desk, struct channel *channel, struct error *err);
void start_step(struct desk *desk, struct channel *channel);
/* The member says, without proof, that it knows more or else of the own log: asks it to
 * show that. The log goes on until it does. */
void start_doubt(struct desk *desk, struct channel *channel, uint32_t member);
/* The operator's word that nobody knows more of the own log than this desk does: where no
 * member can be asked. CONFLICT: somebody does. */
enum status start_accept(struct desk *desk, struct channel *channel, struct error *err);
void start_take_answer(struct desk *desk, const struct call *call,
                       const struct desk_answer *answer);
int64_t start_wake_ms(const struct desk *desk, const struct channel *channel);
/* A signed checkpoint of the own log that someone showed. */
void start_take_shown(struct desk *desk, struct channel *channel,
                      const struct tlog_checkpoint *checkpoint, const char *by);

/* watch.c */
void watch_step(struct desk *desk, struct channel *channel);
int64_t watch_wake_ms(const struct desk *desk, const struct channel *channel);
void watch_note_check(struct desk *desk, struct log *log, int64_t sent_s);
/* An own entry of this kind was written: does a duty start with it? */
void watch_note_own(struct desk *desk, struct channel *channel, const char *kind,
                    uint64_t index);
/* Own entries that are there are looked at when a receipt for them comes. */
void watch_load(struct channel *channel);

/* Is the message for this desk? */
bool watch_is_addressed(const struct record_envelope *envelope, const char *name);

/* signal_answer.c */
/* The well-formed entry in desk->envelope and its body in desk->body_doc: OK, also when
 * it is no signal; else as record_signal_body_check says. */
enum status signal_judge(struct desk *desk, const struct log *log, uint64_t index,
                         struct error *err);
/* The body of the entry in desk->envelope, which others wrote, came. */
void signal_take_body(struct desk *desk, struct log *log, uint64_t index,
                      struct view body);
/* An own entry came back in a recovery. */
void signal_take_own(struct desk *desk, struct channel *channel,
                     const struct record_envelope *envelope);
/* Answers signals that this desk can't read, once they are cosigned. */
void signal_step(struct desk *desk, struct channel *channel);
/* Which ones are still to be answered. */
enum status signal_load(struct desk *desk, struct error *err);

/* duty.c: the duties of a channel, kept up with what may be shown. */
struct duty_book;
void duty_free(struct duty_book *book);
/* An older card has become known: cards are to be given again. */
void duty_renew_cards(struct channel *channel);
void duty_step(struct desk *desk, struct channel *channel);
int64_t duty_wake_ms(const struct desk *desk, const struct channel *channel);

/* attachment.c */
/* Bytes that the charter's quota still leaves for attachments of the channel. */
uint64_t attachment_room(const struct channel *channel);
/* The entry, which was just appended, demands attachments. */
void attachment_note(struct desk *desk, struct log *log, uint64_t index);
/* Looks again at the entries that lack some, when some may have come, and states those
 * that have all. */
void attachment_settle(struct desk *desk, struct log *log);
/* The first attachment that is lacking and fits, from attachment *nth of entry *index on;
 * moves both there. */
bool attachment_next(struct desk *desk, struct log *log, uint64_t *index, size_t *nth,
                     struct record_blob_ref *ret_ref);
/* A peer served this for it; false when it is not that, or there is no room. */
bool attachment_take(struct desk *desk, struct log *log,
                     const struct record_blob_ref *ref, struct view blob);
/* Keeps those of an own message: all, or none when one is not here or there is no room.
 */
enum status attachment_keep_own(struct desk *desk, struct channel *channel,
                                const struct record_blob_ref *refs, size_t count,
                                struct error *err);

/* evidence.c */
void evidence_check_seen(struct desk *desk, struct log *log,
                         const struct record_envelope *envelope);
/* The log has grown: compare the claims that wait. */
void evidence_settle(struct desk *desk, struct log *log);
/* The signed checkpoint of the own copy to hold against another one of this size. */
bool evidence_find_held(struct desk *desk, struct log *log, uint64_t size,
                        uint64_t *ret_size, struct buf *ret_note);
/* A checkpoint signed by the log's owner, of no more than is held of it: true when it is
 * of the history held; if not, both are kept as evidence. */
bool evidence_compare(struct desk *desk, struct log *log,
                      const struct tlog_checkpoint *checkpoint, struct view note);
void evidence_take_answer(struct desk *desk, const struct call *call,
                          const struct desk_answer *answer);
/* Keeps two signed checkpoints of one log that can't both be of one history. proof is
 * from the history of the bigger one: from the smaller one's size, where that history has
 * other_root; empty when the sizes are equal. */
void evidence_keep(struct desk *desk, struct log *log, struct view small_note,
                   struct view big_note, const struct hash *other_root,
                   const struct tlog_proof *proof);
enum status evidence_load(struct desk *desk, struct error *err);
/* Something that its owner should not have done; said once. */
void evidence_flag(struct desk *desk, struct log *log, enum desk_log_flag flag);
/* The body of an `equivocation`: when it proves what it says, it is kept. */
void evidence_take_entry(struct desk *desk, const struct log *author, struct view body);
/* Writes an `equivocation` about each log that forked. */
void evidence_step(struct desk *desk, struct channel *channel);

/* witness.c */
enum status witness_load(struct desk *desk, struct error *err);
void witness_take_request(struct desk *desk, const struct desk_request *request);
/* The signing items of this turn, and what to do with their signatures. */
void witness_signed(struct desk *desk, struct witness_item *item,
                    const struct signer_item *signed_item);

#endif
