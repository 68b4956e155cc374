/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A desk: one party's rules. It works in turns: between desk_turn_begin and desk_turn_end
 * the caller hands in what is ready (requests, answers, submissions); decisions are
 * staged; the end commits once, signs, and only then lets anything out. It does no I/O of
 * its own and reads no clock: store, signer and way out are the operation structs of
 * ports.h, time is handed in. Single-threaded. Source: DESIGN 7, aldis.md 2 to 8.
 */
#ifndef ALDIS_DESK_DESK_H
#define ALDIS_DESK_DESK_H

#include "desk/ports.h"
#include "record/blob.h"
#include "record/charter.h"
#include "record/duties.h"
#include "record/envelope.h"
#include "record/order.h"

struct desk;

struct desk_options {
	int64_t poll_ms; /* how often each peer is asked for what it holds; 0: 60,000 */
	int64_t backoff_ms; /* the longest wait before a peer is tried again; 0: 60,000 */
	int64_t show_wait_ms; /* after a start: how long silent members are waited for; 0:
	                         60,000 */
	uint64_t random_seed; /* jitter of retries */
	void (*random)(void *context, void *ret_bytes,
	               size_t len); /* NULL: crypto/random */
	void *random_context;
	struct view witness_logs; /* vkeys, one a line, of the logs this desk witnesses;
	                             may be empty */
};

/*
 * Opens a desk on a store (which may be empty) with its own card note. Takes over
 * nothing. CONFLICT when the store belongs to another name; MALFORMED when it is damaged.
 */
MUST_USE enum status desk_open(const struct desk_options *options, struct view card_note,
                               struct store store, struct signer signer,
                               struct desk_out out, int64_t now_ms,
                               struct desk **ret_desk, struct error *err);
void desk_free(struct desk *desk);

void desk_turn_begin(struct desk *desk, int64_t now_ms);
/* Hands in a request of a peer (or of the open witness listener). Replies come by
 * desk_out. */
void desk_take_request(struct desk *desk, const struct desk_request *request);
void desk_take_answer(struct desk *desk, const struct desk_answer *answer);
/* Commits, signs, lets out. A failure means that the process must end without letting
 * anything more out; the sentence is for the operator. */
MUST_USE enum status desk_turn_end(struct desk *desk, struct error *err);
/* The time of this turn. */
int64_t desk_now_ms(const struct desk *desk);
/* When the next turn is due although nothing came in. */
int64_t desk_wake_ms(const struct desk *desk);

/* Sends a reply with the other output of this turn; copies the body. */
void desk_reply(struct desk *desk, uint64_t request, int status, const char *type,
                struct view body);
/* The same with all that a reply can say; the type must be static, the rest is copied. */
void desk_reply_with(struct desk *desk, const struct desk_reply *reply);
/* The store, for what a desk's people keep beside the record (rows of STORE_META under
 * "office/"). To be asked for anew in each turn: the turn's end then commits what was
 * written together with all else of the turn. After a failed write the turn must fail:
 * desk_must_end. */
struct store desk_store(struct desk *desk);
/* Lets this turn's end fail with that sentence: the store refused a write. */
void desk_must_end(struct desk *desk, enum status status, const struct error *err);
/* Tells whoever reads events: one JSON object with this type and further members, at most
 * 2,000 bytes ("\"id\":7") or none (""). */
void desk_announce(struct desk *desk, const char *type, const char *members);
/* Counts every change that a waiting caller may want to look at (receipts, entries,
 * states). */
uint64_t desk_generation(const struct desk *desk);

/* Trusts a card. is_compared: a person has compared the fingerprint. CONFLICT: another
 * root for this name, a lower serial, a key used elsewhere. */
MUST_USE enum status desk_trust(struct desk *desk, struct view card_note,
                                bool is_compared, struct error *err);

/* Writes a `key.change` into every channel: note is an aldis.key-change/1 of this desk's
 * root, about the card that is to follow or, after the switch, is in use. Done before the
 * switch, the entries are signed by the old key and the others follow by themselves.
 * AGAIN: a channel may not be written to now. */
MUST_USE enum status desk_key_change(struct desk *desk, struct view note,
                                     struct error *err);

/* A request to somebody outside the record (no peer; by URL), for what a desk's people
 * want told. Leaves with this turn's output; all is copied, type must be static. Returns
 * its id, 0 without memory (the turn's end says so). */
uint64_t desk_call_outside(struct desk *desk, const struct desk_call *call);
/* Does the answer to this call belong to such a one? The call is over then, and the
 * answer the caller's; else it is for desk_take_answer. */
bool desk_end_outside(struct desk *desk, uint64_t call);

struct desk_peer {
	const struct record_card *card;
	struct view card_note;
	bool is_compared;
	int64_t last_heard_ms;     /* last request or answer; 0: never since the start */
	struct error last_error;   /* empty text when the last call went well */
	uint64_t answered, failed; /* calls to it since the start */
};
size_t desk_peer_count(const struct desk *desk);
/* index below desk_peer_count; what it points to is borrowed until the next turn. */
struct desk_peer desk_peer_view(const struct desk *desk, size_t index);
const struct record_card *desk_card(const struct desk *desk);
struct view desk_card_note(const struct desk *desk);

/* Takes a charter note with some or all signatures, an amendment, or several one after
 * the other (a chain: the first charter, then its amendments, which is how a late member
 * joins). ret_open: the first charter is signed by all, the channel is open. ret_notes
 * (may be NULL) gets all notes of the channel, merged. The cards in it become trusted as
 * 'vouched for by the charter' when their names are not yet known. An amendment that
 * lacks signatures is kept and changes nothing. */
MUST_USE enum status desk_join(struct desk *desk, struct view notes, bool *ret_open,
                               struct buf *ret_notes, struct error *err);

/* Appends the unsigned text aldis.log-end/1 for the own log of a channel, which is frozen
 * and holds all that can be brought back: the last resort of a recovery. Signed by this
 * desk's root and countersigned by the others', it is given to every desk by desk_join;
 * the desk then goes on in a successor log. */
MUST_USE enum status desk_log_end(struct desk *desk, size_t channel, struct buf *ret_text,
                                  struct error *err);

/* The charters of a channel: the first one, the amendments in force in their order, then
 * those that lack signatures. False behind the last. */
struct desk_charter_info {
	const struct record_charter *charter;
	struct view note;
	bool is_in_force;
	size_t missing_count; /* signatures that lack */
	struct record_name first_missing;
};
bool desk_charter(const struct desk *desk, size_t channel, size_t nth,
                  struct desk_charter_info *ret_info);

/* The ends of logs that are in force, those of one desk in their order. False behind the
 * last. */
bool desk_ending(const struct desk *desk, size_t channel, size_t nth,
                 struct view *ret_note);
/* Appends an older card, of this desk or of another, that later ones have replaced.
 * NOT_FOUND behind the last. */
MUST_USE enum status desk_older_card(const struct desk *desk, size_t nth,
                                     struct buf *ret_note, struct error *err);

enum desk_log_state {
	DESK_LOG_WAITING, /* own log after a start: no member has yet shown what it last
	                     saw */
	DESK_LOG_READY,
	DESK_LOG_FROZEN, /* own log: members or the guard know more than the store;
	                    `recover` */
};

/* Why the own log may not be written to: the sentence in desk_log_info for programs. */
enum desk_why {
	DESK_WHY_NOTHING,
	DESK_WHY_UNSEEN,         /* no member has shown yet what it last saw */
	DESK_WHY_BEHIND_GUARD,   /* more was signed than the store holds */
	DESK_WHY_NOT_AS_SIGNED,  /* the store holds something else than was signed */
	DESK_WHY_BODIES_MISSING, /* of own entries that are held */
	DESK_WHY_BEHIND_MEMBER,  /* a member holds more than the store */
	DESK_WHY_OTHER_HISTORY,  /* a member holds another history */
	DESK_WHY_SIGNER_REFUSES, /* its guard does */
	DESK_WHY_CLOCK_JUMPED,   /* the signer wants an operator to look; the state stays
	                            READY */
};
/* "unseen", "behind-guard", …; "" for NOTHING. */
const char *desk_why_word(enum desk_why why);

/* What the owner of a log should not have done. None of it proves anything by itself. */
enum desk_log_flag {
	DESK_FLAG_NAMED_LESS = 1, /* wrote as if it had not held what it had cosigned */
	DESK_FLAG_NAMED_FALLING = 2,    /* named less of a log than it had before */
	DESK_FLAG_OPENED_OTHERWISE = 4, /* its `open` names another charter */
	DESK_FLAG_REFUSED_TO_SHOW = 8,  /* did not show the checkpoint behind a root that
	                                   it  named */
};
/* In words; NULL behind the last. */
const char *desk_log_flag_words(enum desk_log_flag flag);

/* A log of a channel as this desk sees it. */
struct desk_log_info {
	const char *desk; /* whose */
	const char *origin;
	uint64_t base; /* entries below are held as leaf hashes only */
	bool is_own;
	bool is_ended;   /* a successor has taken over: the next log of this desk */
	bool has_left;   /* its owner wrote `leave`: nothing behind it counts */
	bool is_gone;    /* the newest charter does not have its owner any more */
	uint64_t offset; /* index in the id of its first entry */
	enum desk_log_state state;
	char why[200]; /* of a state but READY: what is waited for */
	enum desk_why why_code;
	uint64_t entry_count; /* held, cosigned or not */
	uint64_t signed_size; /* own: last signed; a peer's: newest verified checkpoint */
	uint64_t cosigned_size; /* own: by every other member; a peer's: by this desk */
	struct hash cosigned_root;
	int64_t cosigned_time_s;
	int64_t last_check_s; /* `sent` of its newest check entry; 0: none */
	bool is_equivocating; /* two inconsistent signed checkpoints are held as evidence
	                       */
	unsigned flags;       /* enum desk_log_flag */
	struct tlog_vkey key;
};

struct desk_receipt_info { /* of the own log, by one member */
	const char *member;
	uint64_t size;   /* entries it holds, by its newest cosignature */
	uint64_t id_end; /* the index behind them, as ids have it */
	int64_t time_s;
	bool is_reachable; /* the last call went well */
	uint64_t queued;   /* own entries it has not cosigned */
};

struct desk_witness_info { /* a key of a neutral witness that the charter names */
	const char *name;  /* of the key */
	const char *url;   /* where it is asked; empty: it is not */
	uint64_t size;  /* entries of the own log in the newest checkpoint it cosigned */
	int64_t time_s; /* when; 0: never */
	const char *error; /* of the last request; empty when it went well */
};

struct desk_channel_info {
	struct record_channel_id id;
	char id_hex[HASH_HEX_LEN + 1];
	bool is_open;
	const struct record_charter *charter; /* the newest in force */
	struct view charter_note;             /* merged, as far as signed */
	size_t log_count;
	uint64_t refused_count; /* own messages that waited while the charter changed, and
	                           can't be sent under the new one */
};

size_t desk_channel_count(const struct desk *desk);
void desk_channel(const struct desk *desk, size_t channel,
                  struct desk_channel_info *ret_info);
/* By full or unique short id (a prefix of its hex digits), or by title when unique. */
MUST_USE enum status desk_channel_find(const struct desk *desk, struct view id_or_prefix,
                                       size_t *ret_channel, struct error *err);
/* log 0 to log_count-1, in the order in which the members came. */
void desk_log(const struct desk *desk, size_t channel, size_t log,
              struct desk_log_info *ret_info);
/* The newest receipt for the own log of each other member; false behind the last. */
bool desk_receipt(const struct desk *desk, size_t channel, size_t nth,
                  struct desk_receipt_info *ret_info);

/* The witnesses of the charter in force; false behind the last. Borrowed until the next
 * turn. */
bool desk_witness(const struct desk *desk, size_t channel, size_t nth,
                  struct desk_witness_info *ret_info);

struct desk_draft {
	const char *kind;
	const struct record_name *to; /* to_count 0: all others */
	size_t to_count;
	const char *line, *tlp;             /* NULL: the charter's first line / none */
	const struct record_message_id *re; /* or NULL */
	struct view body;                   /* JSON, or empty */
	bool is_checked;  /* the caller has held the body against its kind */
	bool is_approved; /* by a second person, where the charter asks for that */
	const struct record_blob_ref *attachments; /* made by desk_put_attachment */
	size_t attachment_count;
};

#define DESK_QUEUED_INDEX UINT64_MAX

/* Keeps an attachment of this channel until a message names it (one hour, 64 MiB in all).
 * content is at most 8 MiB less the salt. */
MUST_USE enum status desk_put_attachment(struct desk *desk, size_t channel,
                                         struct view content,
                                         struct record_blob_ref *ret_ref,
                                         struct error *err);

/* The same with the whole blob, which brings its salt: what was committed to before. */
MUST_USE enum status desk_put_salted(struct desk *desk, size_t channel, struct view blob,
                                     struct record_blob_ref *ret_ref, struct error *err);

/* Adds a message to the own log in this turn; it goes out when the turn's end has made it
 * durable and signed it. The body is checked against its kind: MALFORMED names the field.
 * AGAIN: while a charter is not in force. While the own log is WAITING or FROZEN the
 * message is kept, durably and in order, until it may be written; ret_id->index is then
 * DESK_QUEUED_INDEX. */
MUST_USE enum status desk_submit(struct desk *desk, size_t channel,
                                 const struct desk_draft *draft,
                                 struct record_message_id *ret_id, struct error *err);

/* May a message of this kind be sent without anybody's approval? UNTRUSTED says what to
 * do instead. AGAIN: the channel is not open. */
MUST_USE enum status desk_check_approval(const struct desk *desk, size_t channel,
                                         const struct record_kind *kind,
                                         struct error *err);

/* May a message of this kind name that one in `re`? NOT_FOUND when it is not held here,
 * MALFORMED when its kind is not one that this kind answers. */
MUST_USE enum status desk_check_re(struct desk *desk, size_t channel,
                                   const struct record_kind *kind,
                                   const struct record_message_id *re, struct error *err);

/* The ids made earlier under this idempotency key (first index and count), NOT_FOUND if
 * none; and the note of them, durable with the messages. digest is of the whole
 * submission: CONFLICT when the key was used for another one. */
MUST_USE enum status desk_submission_find(struct desk *desk, size_t channel,
                                          struct view key, const struct hash *digest,
                                          uint64_t *ret_first, uint64_t *ret_count,
                                          struct error *err);
MUST_USE enum status desk_submission_note(struct desk *desk, size_t channel,
                                          struct view key, const struct hash *digest,
                                          uint64_t first, uint64_t count,
                                          struct error *err);

/* One entry as shown to a person: only what this desk has signed or cosigned. Views are
 * borrowed until the next call on the desk. */
struct desk_message {
	struct record_message_id id;
	struct view entry; /* the envelope as it was hashed */
	struct view body;  /* content without salt; empty when none */
	bool is_malformed;
	bool is_unreadable; /* a signal whose text this desk can't show */
	char why[200];      /* of a malformed entry, or an unreadable signal */
	bool is_skewed; /* sent, by its author's clock, when somebody had given a receipt
	                   for it already: by more than the charter's limit */
	bool arrived_late; /* inserted before entries that were placed earlier */
	bool is_waiting;   /* names entries not yet held; listed apart, at the end */
	const struct record_envelope *envelope; /* NULL when malformed */
};

MUST_USE enum status desk_message_read(struct desk *desk, size_t channel,
                                       const struct record_message_id *id,
                                       struct desk_message *ret_message,
                                       struct error *err);

/* Calls row for each message in the joint order from position `from` on (0 is the
 * oldest), the waiting ones at the end; false ends it. ret_total may be NULL. */
typedef bool desk_message_row(void *context, uint64_t position,
                              const struct desk_message *message);
MUST_USE enum status desk_messages(struct desk *desk, size_t channel, uint64_t from,
                                   desk_message_row *row, void *context,
                                   uint64_t *ret_total, struct error *err);

/* The same by position, for those who pick: first how many there are, which brings the
 * order up to date; then, within the turn, what stands where without reading it, and the
 * message. A position below the count is never empty. */
struct desk_place {
	size_t log;     /* as in desk_log */
	uint64_t index; /* as in its id */
	bool arrived_late, is_waiting;
};
MUST_USE enum status desk_place_count(struct desk *desk, size_t channel,
                                      uint64_t *ret_count, struct error *err);
bool desk_place(const struct desk *desk, size_t channel, uint64_t position,
                struct desk_place *ret_place);
MUST_USE enum status desk_message_at(struct desk *desk, size_t channel, uint64_t position,
                                     struct desk_message *ret_message, struct error *err);

/* An entry of a log for what is computed from it; borrowed for the call. */
struct desk_entry {
	uint64_t index;                         /* as in its id */
	const struct record_envelope *envelope; /* NULL: malformed */
	struct view body;                       /* JSON; empty where none was wanted */
	const struct record_charter *charter;   /* that governs it */
};
typedef bool desk_entry_wants(const struct record_envelope *envelope);
typedef enum status desk_entry_row(void *context, const struct desk_entry *entry,
                                   struct error *err);
/* Walks one log of an open channel in its own order, from this index (as in ids; from the
 * first one held, where that comes later) as far as it may be shown: many times faster
 * than message by message. Where `wants` says so the body is read and held against its
 * kind. What `row` returns other than OK ends the walk and is returned; CLOSED ends it as
 * if all were well. */
MUST_USE enum status desk_entries(struct desk *desk, size_t channel, size_t log,
                                  uint64_t from, desk_entry_wants *wants,
                                  desk_entry_row *row, void *context, struct error *err);

/* Asks the channel's witnesses to cosign what this desk holds of a member's log, with the
 * time of now, also when they have cosigned it before: so that a proof of silence made
 * later can be theirs. Nothing when the charter names none. */
void desk_ask_witnesses(struct desk *desk, size_t channel, size_t log);

/* Parts of a log, for proofs (bundle/proof.h): only what may be shown, by the index
 * within the log. NOT_FOUND: not held. */
uint64_t desk_part_size(const struct desk *desk, size_t channel, size_t log);
MUST_USE enum status desk_part_entry(struct desk *desk, size_t channel, size_t log,
                                     uint64_t index, struct buf *ret_entry,
                                     struct error *err);
/* The whole blob. */
MUST_USE enum status desk_part_body(struct desk *desk, size_t channel, size_t log,
                                    uint64_t index, struct buf *ret_blob,
                                    struct error *err);
MUST_USE enum status desk_part_node(struct desk *desk, size_t channel, size_t log,
                                    unsigned level, uint64_t index, struct hash *ret_node,
                                    struct error *err);
/* The smallest kept checkpoint with at least so many entries, with the lines of the
 * members and witnesses that cosigned exactly it. */
MUST_USE enum status desk_part_checkpoint(struct desk *desk, size_t channel, size_t log,
                                          uint64_t at_least, struct buf *ret_note,
                                          struct error *err);

/* Calls fn for each duty of the channel as it is at a time, in the order and with the
 * meaning of record/duties.h. AGAIN: the channel is not open, or the list is still being
 * made after a start. */
MUST_USE enum status desk_duties(struct desk *desk, size_t channel, int64_t now_s,
                                 bool only_open, record_duty_fn *fn, void *context,
                                 struct error *err);

/* Is the list made, so that asking for it costs little? After a start it takes a while.
 */
bool desk_duties_are_ready(const struct desk *desk, size_t channel);

/* Those that one message started, as they are in this turn. */
MUST_USE enum status desk_duties_of(struct desk *desk, size_t channel,
                                    const struct record_message_id *question,
                                    record_duty_fn *fn, void *context, struct error *err);

/* Where a message of the own log stands with one recipient. */
enum desk_delivery {
	DESK_QUEUED,     /* not sent, or not signed yet */
	DESK_LEFT,       /* sent, no receipt */
	DESK_STORED,     /* receipt held */
	DESK_READ,       /* an ack names it: read, not understood */
	DESK_UNDERSTOOD, /* an ack says understood */
};
const char *desk_delivery_words(enum desk_delivery delivery); /* "queued", "left us", … */
MUST_USE enum status desk_delivery_of(struct desk *desk, size_t channel, uint64_t index,
                                      const char *member,
                                      enum desk_delivery *ret_delivery,
                                      int64_t *ret_receipt_s, struct error *err);

/* The same for all whom it was addressed to (to_count 0: all other members) and who are
 * still here, without the times: what lists of messages show. */
typedef void desk_delivery_fn(void *context, const char *member,
                              enum desk_delivery delivery);
MUST_USE enum status desk_deliveries(struct desk *desk, size_t channel, uint64_t index,
                                     const struct record_name *to, size_t to_count,
                                     desk_delivery_fn *fn, void *context,
                                     struct error *err);

/* Appends the receipt file (.tlog-proof) of a message: of the own log by `member`, or of
 * a peer's log by this desk (member NULL or the own name). NOT_FOUND: no receipt yet. */
MUST_USE enum status desk_receipt_file(struct desk *desk, size_t channel,
                                       const struct record_message_id *id,
                                       const char *member, struct buf *ret_file,
                                       struct error *err);

/* Appends the whole attachment or body blob (with salt). */
MUST_USE enum status desk_blob(struct desk *desk, size_t channel,
                               const struct record_message_id *id,
                               const struct hash *blob, struct buf *ret_blob,
                               struct error *err);

/* Serves a read path ("/log/<hash>/tile/…", "/mirror/…", "/blob/…") for the local side:
 * the same bytes as for a peer. Appends to ret_body; type is static. */
MUST_USE enum status desk_read_path(struct desk *desk, struct view path,
                                    const char **ret_type, struct buf *ret_body,
                                    struct error *err);

/* The integrity of the store: every root is derived again from the entries and compared
 * with every signed checkpoint that is kept, every tile with the tree, every body and
 * attachment with its name, every cosignature with its cosigner's key. */
struct desk_check_result {
	uint64_t logs, entries, bodies, attachments, checkpoints, cosignatures;
};
/* All in one go; MALFORMED with the first thing that is wrong. */
MUST_USE enum status desk_check(struct desk *desk, struct desk_check_result *ret_result,
                                struct error *err);

/* The same in slices of some milliseconds, one a turn, while the desk goes on: of one
 * channel, or all with SIZE_MAX. What is wrong is gathered. Free it before the desk. */
struct desk_checker;
MUST_USE enum status desk_checker_new(struct desk *desk, size_t channel,
                                      struct desk_checker **ret_checker,
                                      struct error *err);
/* Within a turn; false: it is through. */
bool desk_checker_step(struct desk_checker *checker);
struct desk_checker_view {
	uint64_t done, total;            /* entries */
	struct desk_check_result result; /* so far */
	const struct error *findings;    /* sentences, in the order in which they came */
	size_t finding_count;
	bool has_more_findings; /* than are listed */
};
/* Borrowed until the next step. */
void desk_checker_look(const struct desk_checker *checker,
                       struct desk_checker_view *ret_view);
void desk_checker_free(struct desk_checker *checker);

/* Pouches: what a member has not acknowledged, to be carried by hand (record/pouch.h,
 * spec/pouch.md). The cursor says how far the content of one pouch after the other has
 * come. */
struct desk_pouch_cursor {
	uint64_t entries;  /* of the own log, up to here, */
	uint64_t bodies;   /* bodies of entries below, */
	uint64_t attached; /* and attachments of entries below, are in pouches made */
	uint32_t nth;      /* and so many of that entry */
};
/* Where the first pouch for this member begins: behind its last receipt. NOT_FOUND: no
 * member; CONFLICT: it has left, or the own log is frozen; AGAIN: the channel is not
 * open, or the own log waits to be shown: desk_accept. ret_card is the member's,
 * borrowed. */
MUST_USE enum status desk_pouch_begin(struct desk *desk, size_t channel,
                                      const char *member,
                                      struct desk_pouch_cursor *ret_cursor,
                                      const struct record_card **ret_card,
                                      struct error *err);
/* Appends the content of the next pouch and moves the cursor. ret_more: another one is
 * needed. MALFORMED: a cursor beyond the log. */
MUST_USE enum status desk_pouch_fill(struct desk *desk, size_t channel,
                                     const char *member, struct desk_pouch_cursor *cursor,
                                     struct buf *ret_content, bool *ret_more,
                                     struct error *err);

struct desk_pouch_taken {
	uint64_t begins;      /* entries of its maker's log that come before it */
	uint64_t held_before; /* entries of that log held here, before and now */
	uint64_t held;
	uint64_t lacking;      /* entries whose bodies have yet to come */
	uint64_t acked_before; /* own entries for which the maker's receipts are here */
	uint64_t acked;
	bool is_early; /* nothing was taken: what comes before it is not here. Or, with
	                  held > held_before, it is to be taken once more when a later one
	                  has come */
};
/* Takes an opened content as if each request had come over the link; what it earns is
 * made by the turn's end. MALFORMED: of a broken form, or about logs of others;
 * UNTRUSTED: something in it does not prove what it says. Then nothing of that request,
 * and of what follows, was taken. Taking it twice is no harm. NOT_FOUND, CONFLICT, AGAIN
 * as in desk_pouch_begin, but for the own log's state. */
MUST_USE enum status desk_pouch_take(struct desk *desk, size_t channel, const char *maker,
                                     struct view content,
                                     struct desk_pouch_taken *ret_taken,
                                     struct error *err);
/* Opens the key of a pouch with this desk's box key. UNTRUSTED: sealed to another. */
MUST_USE enum status desk_open_box(struct desk *desk, const struct box_sealed_key *sealed,
                                   struct box_key *ret_key, struct error *err);
/* The operator's word that no member knows more of the own log than this desk does, where
 * none can be reached to say so itself: the log may be written to at once. CONFLICT: it
 * is frozen. */
MUST_USE enum status desk_accept(struct desk *desk, size_t channel, struct error *err);

/* Starts recovery of frozen logs: asks the members for what the store lacks. */
void desk_recover(struct desk *desk);

/* Evidence of equivocation kept, newest last; JSON as written in spec/record.md. */
size_t desk_evidence_count(const struct desk *desk);
MUST_USE enum status desk_evidence(struct desk *desk, size_t nth, struct buf *ret_json,
                                   struct error *err);

struct desk_counters {
	uint64_t turns, entries_in, entries_out, receipts_in, receipts_out, stale_sizes,
	    refused, malformed, checks_missed;
	uint64_t signatures[SIGNER_KINDS]; /* made */
	uint64_t signatures_refused;       /* by the signer */
};
const struct desk_counters *desk_counters(const struct desk *desk);

#endif
