/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libaldis: checking what leaves an Aldis desk as a file, from any C program, with no
 * network, no database and no Aldis desk.
 *
 * Aldis is a hotline for cyber incidents between organisations that do not trust each
 * other. Each desk keeps a log of what it sent; every other desk of the channel
 * countersigns it. These files leave a desk and can be checked here:
 *
 *   a receipt  (NAME.tlog-proof) one message, and the countersignature by which one other
 *              desk says: I durably hold it, since this second. It is a C2SP tlog-proof,
 *              so any other verifier of that format can check it too.
 *   an export  (a folder) all logs of a channel, with bodies, attachments, receipts, all
 *              charters and cards, and a signed manifest over every byte.
 *   a proof    (a file) that a question was not answered in time, that a desk signed two
 *              histories of its log, or what members stated of the record and who agreed.
 *   a release  (one HTML page) the part of a channel's record that its members, or some
 *              of them, made public. Its messages can be read here, too.
 *   a pouch    (one file or several) messages carried by hand, sealed to one desk. Parts
 *              can be told, sorted and joined without its key, and opened with it.
 *
 * TRUST. A file can only show that it is consistent with the keys it names. Whose keys
 * these are, you must know from elsewhere: from the desks' cards, after comparing the 60
 * digits of each fingerprint with the desk's people (by telephone, on paper, in person).
 * Give these cards to the functions below. The answer is
 *
 *   ALDIS_OK          consistent, and every desk in it is one whose card you gave;
 *   ALDIS_UNANCHORED  consistent, but for some desk you gave no card: compare the digits
 *                     that aldis_result_desk_fingerprint returns before you believe it;
 *   ALDIS_NO          not consistent: aldis_result_file and aldis_result_reason say which
 *                     file is wrong and why;
 *   ALDIS_FAILED      no answer: a file is not there, memory ran out, there is no card to
 *                     check with. The error text says which.
 *   ALDIS_USAGE       a NULL where none may be.
 *
 * These are also the exit statuses of the program `aldis verify`.
 *
 * EXAMPLE
 *
 *   struct aldis_bytes cards[2] = {north, south};   (the contents of card files)
 *   struct aldis_result *result;
 *   char error[ALDIS_ERROR_LEN];
 *
 *   if (aldis_verify_receipt(receipt, ALDIS_NO_BYTES, cards, 2, &result, error) ==
 *       ALDIS_OK)
 *           puts(aldis_result_statement(result, 0));
 *   aldis_result_free(result);
 *
 * Whole programs, in C and in Python, are in examples/. Build with
 * `cc … $(pkg-config --cflags --libs libaldis)`.
 *
 * CONVENTIONS. Nothing here prints, exits, changes a locale or a signal, opens a
 * connection, writes a file, or keeps state between calls; functions may be called from
 * several threads at once, with a result shared between them, but for adding to one
 * pouch. Bytes you pass are borrowed for the call. Strings and bytes you get are borrowed
 * from the result and valid until aldis_result_free; strings are UTF-8. What others wrote
 * may hold anything, line breaks and escape sequences of terminals too: clean it before
 * you show it. Times are seconds since 1970, sizes bytes, indices count from 0. An index
 * out of range gives NULL, no bytes or 0. The functions are stable: a new version of the
 * library adds functions and never changes one; enum values are never renumbered.
 */
#ifndef ALDIS_ALDIS_H
#define ALDIS_ALDIS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- general ---- */

/* The version of the library in use, "0.1.0". */
const char *aldis_version(void);

enum aldis_answer {
	ALDIS_OK = 0,
	ALDIS_NO = 1,
	ALDIS_USAGE = 2,
	ALDIS_FAILED = 3,
	ALDIS_UNANCHORED = 4,
};

/* Borrowed bytes: the content of a file, for example. */
struct aldis_bytes {
	const void *data;
	size_t len;
};
#ifdef __cplusplus
#define ALDIS_NO_BYTES (aldis_bytes{})
#else
#define ALDIS_NO_BYTES ((struct aldis_bytes){0})
#endif

/* Room for an error text with its NUL. Each `error` parameter below is an array of at
 * least this many characters, or NULL. It is set when the answer is ALDIS_FAILED (and, by
 * the functions without a result, ALDIS_NO), and empty otherwise. */
#define ALDIS_ERROR_LEN 320

/* Room for a desk's name, and for a fingerprint, with their NULs. */
#define ALDIS_NAME_LEN 101
#define ALDIS_FINGERPRINT_LEN 72

/* Room for a hash in hex with its NUL. */
#define ALDIS_HASH_LEN 65

/* Room for the origin of a log or a key name with its NUL. */
#define ALDIS_ORIGIN_LEN 256

struct aldis_checkpoint {
	char origin[ALDIS_ORIGIN_LEN];
	uint64_t size;    /* entries */
	uint8_t root[32]; /* of the tree of these entries */
};

/* ---- receipts, exports, proofs, releases ---- */

/* What a check found. */
struct aldis_result;

/*
 * Verifies a receipt in memory.
 *
 * receipt     the content of the .tlog-proof file
 * entry       the entry it is about; needed only when the receipt does not carry it (ours
 *             do), else ALDIS_NO_BYTES
 * cards       the contents of the cards you trust. The cards of both desks are needed: of
 *             the one that wrote the message and of the one that gave the receipt
 * result      set to NULL when the answer is ALDIS_FAILED or ALDIS_USAGE, else to what
 * was found; free it with aldis_result_free
 */
enum aldis_answer aldis_verify_receipt(struct aldis_bytes receipt,
                                       struct aldis_bytes entry,
                                       const struct aldis_bytes *cards, size_t card_count,
                                       struct aldis_result **result, char *error);

/*
 * Verifies the export in the folder `path`: every byte of every file, every signature,
 * every hash of the trees, every body. It reads each file once and needs some 30 MiB of
 * memory however large the export is. Cards may be none: the export holds cards of its
 * own, so the answer is then ALDIS_UNANCHORED at best.
 */
enum aldis_answer aldis_verify_export(const char *path, const struct aldis_bytes *cards,
                                      size_t card_count, struct aldis_result **result,
                                      char *error);

/*
 * Verifies a proof in memory: a proof of silence, a proof of equivocation, a record
 * statement. It carries charters and cards of its own, so without cards the answer is
 * ALDIS_UNANCHORED at best. ALDIS_FAILED when it is none of the three.
 */
enum aldis_answer aldis_verify_proof(struct aldis_bytes proof,
                                     const struct aldis_bytes *cards, size_t card_count,
                                     struct aldis_result **result, char *error);

/*
 * Verifies a release file in memory: first that the page around the data is byte for byte
 * one that Aldis published, then the data. It carries charters and cards of its own, so
 * without cards the answer is ALDIS_UNANCHORED at best. When it is consistent, what it
 * shows can be read below; that needs about three times the size of the file in memory.
 * What is no release is ALDIS_NO, too, with the code "frame".
 */
enum aldis_answer aldis_verify_release(struct aldis_bytes file,
                                       const struct aldis_bytes *cards, size_t card_count,
                                       struct aldis_result **result, char *error);

/* Verifies a file or folder of any kind that Aldis knows. Beside a receipt, in a folder
 * named "cards", further cards are looked for; they do not anchor. A part of a pouch is
 * ALDIS_UNANCHORED at best: undamaged, and nobody's word for it. */
enum aldis_answer aldis_verify_path(const char *path, const struct aldis_bytes *cards,
                                    size_t card_count, struct aldis_result **result,
                                    char *error);

/* ---- what was found ---- */

/* "receipt", "export", "proof of silence", "proof of equivocation", "record statement",
 * "release", "pouch part", and of aldis_pouch_open "pouch". */
const char *aldis_result_kind(const struct aldis_result *result);
/* 1 or 0. Anchored implies consistent. */
int aldis_result_is_consistent(const struct aldis_result *result);
int aldis_result_is_anchored(const struct aldis_result *result);

/* When it is not consistent: the first file that is wrong, relative to the export (empty
 * for a single file), and why, in English. Else both are empty. */
const char *aldis_result_file(const struct aldis_result *result);
const char *aldis_result_reason(const struct aldis_result *result);

/* What the file shows, in plain English sentences, none when it is not consistent:
 * "south.example held message north.example#12, sent 2026-11-20T23:49:00Z, at
 * 2026-11-20T23:49:02Z: kind incident". */
size_t aldis_result_statement_count(const struct aldis_result *result);
const char *aldis_result_statement(const struct aldis_result *result, size_t index);

/* The desks whose signatures were relied on; whether you gave a card with the same root
 * key (1 or 0); and the fingerprint of that key: twelve groups of five digits with a
 * blank between. An index out of range gives NULL or 0. */
size_t aldis_result_desk_count(const struct aldis_result *result);
const char *aldis_result_desk_name(const struct aldis_result *result, size_t index);
const char *aldis_result_desk_fingerprint(const struct aldis_result *result,
                                          size_t index);
int aldis_result_desk_is_anchored(const struct aldis_result *result, size_t index);

/* Figures of an export, a release, a pouch that was opened; 0 where a kind has none. */
enum aldis_count {
	ALDIS_COUNT_LOGS = 0,
	ALDIS_COUNT_ENTRIES = 1,
	ALDIS_COUNT_BODIES = 2,
	ALDIS_COUNT_ATTACHMENTS = 3,
	ALDIS_COUNT_MALFORMED = 4, /* entries that break the rules of their form */
	ALDIS_COUNT_MISSING_ATTACHMENTS = 5, /* named by entries, not in the export */
	ALDIS_COUNT_OPEN_REFERENCES = 6,     /* to entries beyond the export */
	ALDIS_COUNT_FILES = 7,
	ALDIS_COUNT_BYTES = 8,
	ALDIS_COUNT_WITHHELD = 9,   /* entries of which the hash alone is there */
	ALDIS_COUNT_FULL = 10,      /* of a release: entries shown with their bodies */
	ALDIS_COUNT_ENVELOPES = 11, /* of a release: entries shown without */
};
uint64_t aldis_result_count(const struct aldis_result *result, enum aldis_count count);

/* NULL is fine. */
void aldis_result_free(struct aldis_result *result);

/* ---- what a proof of silence shows ----
 *
 * The statements say all of this in words; here it is for programs. A channel's charter
 * says which kind of message must be answered within which time. The desk that asked is
 * the creditor, the one that did not answer the debtor.
 *
 * Of a result that is no proof of silence, or not consistent, the grade is
 * ALDIS_SILENCE_NONE, texts are NULL, times and conditions 0, entries -1.
 */

/* What shows that the debtor's log held no answer at the deadline, the strongest first.
 * Whatever the grade, it does not show why there is none, or that anybody read the
 * question. */
enum aldis_silence_grade {
	ALDIS_SILENCE_NONE = 0,
	ALDIS_SILENCE_OWN_WORD = 1,  /* the debtor went on writing after the deadline */
	ALDIS_SILENCE_WITNESSES = 2, /* neutral witnesses cosigned its log then */
	ALDIS_SILENCE_CREDITOR = 3,  /* the creditor's word alone */
};
enum aldis_silence_grade aldis_silence_grade(const struct aldis_result *result);

enum aldis_silence_text {
	ALDIS_SILENCE_DEBTOR_NAME = 0,
	ALDIS_SILENCE_CREDITOR_NAME = 1,
	ALDIS_SILENCE_QUESTION = 2,      /* the message's id, "north.example#12" */
	ALDIS_SILENCE_QUESTION_KIND = 3, /* "query" */
	ALDIS_SILENCE_CHANNEL = 4,       /* its id, 64 hex digits */
	ALDIS_SILENCE_CHARTER = 5,       /* digest of the one in force, 64 hex digits */
};
const char *aldis_silence_text(const struct aldis_result *result,
                               enum aldis_silence_text which);

/* The kinds of message any of which would have been the answer. */
size_t aldis_silence_owed_count(const struct aldis_result *result);
const char *aldis_silence_owed(const struct aldis_result *result, size_t index);

/* Times in seconds since 1970; 0 when there is none. */
enum aldis_silence_time {
	ALDIS_SILENCE_HELD = 0,         /* the debtor countersigned the question */
	ALDIS_SILENCE_CLOCK = 1,        /* its clock began */
	ALDIS_SILENCE_FIRST_DUE = 2,    /* the deadline before a holding reply moved it */
	ALDIS_SILENCE_DUE = 3,          /* the deadline */
	ALDIS_SILENCE_AS_OF = 4,        /* when the debtor's log still had no answer */
	ALDIS_SILENCE_LAST_WRITTEN = 5, /* by the debtor's own clock, its last entry */
	ALDIS_SILENCE_LATE_ANSWER_CAME = 6, /* 0 also when only its place shows it late */
	ALDIS_SILENCE_STILL_OPEN = 7,       /* by the creditor's clock: not taken back */
	ALDIS_SILENCE_DEBTOR_HELD_ALL = 8,  /* the debtor countersigned that, too */
};
int64_t aldis_silence_time(const struct aldis_result *result,
                           enum aldis_silence_time which);

/* Places of entries in the debtor's log, but for the first two; -1 when there is none. */
enum aldis_silence_entry {
	ALDIS_SILENCE_RECEIPT = 0,      /* in the creditor's log: the debtor's receipt */
	ALDIS_SILENCE_CUT = 1,          /* there: the first entry from the deadline on */
	ALDIS_SILENCE_HOLDING = 2,      /* the holding reply that moved the deadline */
	ALDIS_SILENCE_LATE_HOLDING = 3, /* the first one that did not */
	ALDIS_SILENCE_LATE_ANSWER = 4,
	ALDIS_SILENCE_AFTER = 5, /* its first entry from the deadline on */
	ALDIS_SILENCE_LAST = 6,  /* its last entry shown */
	/* It names another root of the creditor's log than that log has here: one of the
	 * two may have signed two histories. Ask both for the signed checkpoint. */
	ALDIS_SILENCE_OTHER_ROOT = 7,
	ALDIS_SILENCE_END = 8, /* how many entries the log has: none is the answer */
};
int64_t aldis_silence_entry(const struct aldis_result *result,
                            enum aldis_silence_entry which);

/* What limits the verdict: 1 or 0. */
enum aldis_silence_condition {
	/* The receipt and the time at which the creditor recorded it are too far apart,
	 * and no witness saw it: when the clock began is the creditor's word. */
	ALDIS_SILENCE_CLOCK_BY_WORD_ALONE = 0,
	/* Nothing of the debtor from the deadline on: a line that is cut looks the same.
	 */
	ALDIS_SILENCE_WENT_DARK = 1,
	/* The charter names no witness: had the creditor kept back its receipt, the
	 * debtor could not show an outsider that it answered in time. */
	ALDIS_SILENCE_NO_WITNESSES = 2,
	/* The log is signed with a key that its owner has replaced since. */
	ALDIS_SILENCE_CREDITOR_KEY_REPLACED = 3,
	ALDIS_SILENCE_DEBTOR_KEY_REPLACED = 4,
};
int aldis_silence_has(const struct aldis_result *result,
                      enum aldis_silence_condition which);

/* ---- what a release says of itself ----
 *
 * A release shows what its manifest chose. The members answer to the hash of that
 * manifest; the first answer that each writes counts. Whether what was said is true, and
 * whether a member had answered otherwise before, it can't show. Nobody signs a manifest:
 * who drafted it, when, and the cover texts are that desk's word only when its answer is
 * ALDIS_RELEASE_CONSENT.
 */

/* By whose consent. A member can always publish what it holds; what it can't do is make
 * it look joint. */
enum aldis_release_grade {
	ALDIS_RELEASE_NONE = 0, /* no release, or not consistent */
	ALDIS_RELEASE_ONE_SIDED = 1,
	ALDIS_RELEASE_BY_ORIGINATOR = 2, /* each author of what is shown consented */
	ALDIS_RELEASE_JOINT = 3,         /* every member concerned consented */
};
enum aldis_release_grade aldis_release_grade(const struct aldis_result *result);

enum aldis_release_text {
	/* When the answer is ALDIS_NO: the check that failed, as spec/release.md names
	 * it, "root-differs". The page says the same of the same file. */
	ALDIS_RELEASE_CODE = 0,
	ALDIS_RELEASE_MANIFEST = 1,     /* its SHA-256, 64 hex digits */
	ALDIS_RELEASE_PAGE_VERSION = 2, /* of Aldis, whose page is around the data */
	ALDIS_RELEASE_PAGE_HASH = 3,    /* its SHA-256 */
	/* The rest when it is consistent. */
	ALDIS_RELEASE_TITLE = 4,    /* of the channel */
	ALDIS_RELEASE_COVER_EN = 5, /* what the releaser says about it, in English */
	ALDIS_RELEASE_COVER_ID = 6, /* in Indonesian */
	ALDIS_RELEASE_BY = 7,       /* the desk that drafted it, as it says */
	ALDIS_RELEASE_RULE = 8,     /* "joint", "originator", "confidential" */
	ALDIS_RELEASE_CHANNEL = 9,  /* its id, 64 hex digits */
	ALDIS_RELEASE_CHARTER = 10, /* digest of the one in force, 64 hex digits */
};
/* NULL: it has none. */
const char *aldis_release_text(const struct aldis_result *result,
                               enum aldis_release_text which);
/* When it was drafted, as it says. */
int64_t aldis_release_made(const struct aldis_result *result);

/* The members that have answered, or must consent for the release to be joint; what each
 * answered; and when, by its own clock. */
enum aldis_release_answer {
	ALDIS_RELEASE_NO_ANSWER = 0, /* in this file */
	ALDIS_RELEASE_CONSENT = 1,
	ALDIS_RELEASE_REFUSAL = 2,
};
size_t aldis_release_answer_count(const struct aldis_result *result);
const char *aldis_release_answer_desk(const struct aldis_result *result, size_t index);
enum aldis_release_answer aldis_release_answer(const struct aldis_result *result,
                                               size_t index);
int64_t aldis_release_answer_sent(const struct aldis_result *result, size_t index);

/* ---- the logs in a release or a pouch ----
 *
 * Of a release each log as it was at the cut; of a pouch each signed checkpoint in it: of
 * its maker's log, and of its reader's as far as the maker has countersigned them.
 */

size_t aldis_log_count(const struct aldis_result *result);

/* 1, or 0 when there is none of this index. */
int aldis_log(const struct aldis_result *result, size_t index,
              struct aldis_checkpoint *checkpoint);

enum aldis_log_number {
	/* Of a release; together the log's size. */
	ALDIS_LOG_FULL = 0,
	ALDIS_LOG_ENVELOPES = 1,
	ALDIS_LOG_WITHHELD = 2,
	ALDIS_LOG_FIRST = 3, /* where what was chosen from begins, in this log: the ids go
	                      * on in a log that succeeds another of its desk */
	/* Of a pouch. */
	ALDIS_LOG_HELD_S = 4, /* when the maker countersigned it; 0: nothing shows it */
	ALDIS_LOG_SIGNED = 5, /* 1: by the owner's key, by a card you gave */
};
uint64_t aldis_log_number(const struct aldis_result *result, size_t index,
                          enum aldis_log_number which);

/* ---- the messages in a release or a pouch ----
 *
 * Of a consistent release the entries that it shows, in the channel's joint order (what
 * is withheld is passed over); of a pouch those of its maker's log that it brings, in the
 * order in which it brings them. An entry's author may have broken the rules of its form:
 * then it has a desk, an index and its bytes, but no kind.
 */

size_t aldis_message_count(const struct aldis_result *result);

enum aldis_message_text {
	ALDIS_MESSAGE_ID = 0,      /* "north.example#12" */
	ALDIS_MESSAGE_DESK = 1,    /* its author, "north.example" */
	ALDIS_MESSAGE_KIND = 2,    /* "incident"; spec/kinds.md */
	ALDIS_MESSAGE_LINE = 3,    /* "technical" */
	ALDIS_MESSAGE_TLP = 4,     /* "AMBER" */
	ALDIS_MESSAGE_ANSWERS = 5, /* the id of the message that it answers */
};
/* NULL: it has none. Of a pouch from a log that succeeds another the id is not known: its
 * index goes on behind the entries of the log that ended. */
const char *aldis_message_text(const struct aldis_result *result, size_t index,
                               enum aldis_message_text which);
uint64_t aldis_message_index(const struct aldis_result *result, size_t index);
/* When it was sent, by its author's clock; 0 when it breaks the rules. */
int64_t aldis_message_sent(const struct aldis_result *result, size_t index);
/* 1: with its body, if it has one; 0: its envelope alone. */
int aldis_message_is_full(const struct aldis_result *result, size_t index);
/* 1: it is in the log that its author signed. Of a release always; of a pouch see there.
 */
int aldis_message_is_proven(const struct aldis_result *result, size_t index);

/* The entry as it was hashed into the log: one JSON object, unless its author broke the
 * rules. */
struct aldis_bytes aldis_message_entry(const struct aldis_result *result, size_t index);
/* The body as its author wrote it: JSON by the kind's rules, which were not checked. Nor
 * was what it says of others: a body of kind "receipt" is the author's word that a member
 * held something, until somebody verifies the countersignature in it. No bytes when it
 * has none or it is not there. */
struct aldis_bytes aldis_message_body(const struct aldis_result *result, size_t index);

/* To whom it was addressed; none: to all members. */
size_t aldis_message_to_count(const struct aldis_result *result, size_t index);
const char *aldis_message_to(const struct aldis_result *result, size_t index, size_t nth);

/* What it names as attached: id (64 hex digits) and size. Whether it is there, tells
 * aldis_attachment. */
size_t aldis_message_attachment_count(const struct aldis_result *result, size_t index);
const char *aldis_message_attachment_id(const struct aldis_result *result, size_t index,
                                        size_t nth);
uint64_t aldis_message_attachment_size(const struct aldis_result *result, size_t index,
                                       size_t nth);

/* The attachments that are there, each with the hash that its id is. Of a pouch also what
 * may be a body or an attachment of an entry that another pouch brings. */
size_t aldis_attachment_count(const struct aldis_result *result);
const char *aldis_attachment_id(const struct aldis_result *result, size_t index);
/* 1, or 0 when it is not there. */
int aldis_attachment(const struct aldis_result *result, const char *id,
                     struct aldis_bytes *content);

/* ---- pouches ----
 *
 * A pouch carries messages from one desk to one other by hand, as one file or several
 * parts (spec/pouch.md). Its first lines say from whom and for whom it is, to everybody;
 * what is in it only the reader's box key opens. So a program without the key can tell,
 * check, sort and join parts, and refuse what is damaged or for somebody else: at a mail
 * gateway, on the machine that reads the sticks. One with the key can see what is inside
 * before, after or beside the desk.
 *
 * WHAT THIS DOES NOT DO. It brings nothing into a desk: that is `aldis pouch in`, and
 * only the desk, which holds what came before, judges all of it. It makes no pouch. It
 * can't say who made one: nobody signs a pouch, and whoever knows the reader's card can
 * seal something to it. A pouch may be old, and may come twice.
 */

struct aldis_pouch_part {
	char from[ALDIS_NAME_LEN], to[ALDIS_NAME_LEN];
	char channel[ALDIS_HASH_LEN];
	char pouch[ALDIS_HASH_LEN]; /* SHA-256 of the whole: it names the pouch */
	uint8_t box[32];            /* the reader's box key that it is sealed to */
	uint32_t number, count;     /* this part, from 1, of so many */
	uint32_t size;              /* bytes of the whole */
	uint32_t len;               /* bytes of it in this part */
};

/* Reads a part and checks that its share of the whole is undamaged: ALDIS_OK, or ALDIS_NO
 * with the reason. Whether its first lines were changed on the way shows when it meets
 * the other parts, and in the end when it is opened: to them all of a pouch is bound. */
enum aldis_answer aldis_pouch_part_read(struct aldis_bytes file,
                                        struct aldis_pouch_part *part, char *error);

/* The parts of one pouch, in memory: at most some 18 MiB, whatever is added. One thread
 * at a time may add to one pouch. */
struct aldis_pouch;

/*
 * Adds a part, in any order; one that is there already does no harm. *pouch is NULL
 * before the first one, and to be freed after the last. ALDIS_NO: it is no part, or
 * damaged, or of another pouch, or says something else of this one than the first part
 * did (nothing has changed); or those there do not make the pouch that they name, since
 * one was swapped (all are dropped: add them again). The error text says which. If the
 * first one may be the false one, begin anew with another.
 */
enum aldis_answer aldis_pouch_add(struct aldis_pouch **pouch, struct aldis_bytes file,
                                  char *error);

/* How many parts are missing, and the numbers of the first number_count of them. 0
 * without any part, too: aldis_pouch_sealed tells. */
size_t aldis_pouch_missing(const struct aldis_pouch *pouch, uint32_t *numbers,
                           size_t number_count);

/* The whole, still sealed, whose size and hash are those that its parts name; no bytes
 * while a part is missing. Valid until the pouch is freed. */
struct aldis_bytes aldis_pouch_sealed(const struct aldis_pouch *pouch);

/*
 * Opens a whole pouch with the reader's box key and reads what is inside; nothing is
 * changed or written, and the key is wiped.
 *
 * key_path    the key's file (in a desk's folder keys/box.key), which must be readable by
 *             its owner alone
 * passphrase  NULL when the key has none. With one it takes about a second and 256 MiB
 * cards       of both desks; of one that changed its keys, also older ones
 * result      its kind is "pouch"; logs, messages and attachments are read as above
 *
 * ALDIS_OK: all of it proves itself under the cards: checkpoints are signed by their
 * logs' keys, the maker's countersignatures hold, all entries are in the tree of the
 * checkpoint that comes with them, all blobs have the hash that one of them names.
 * ALDIS_UNANCHORED: nothing in it is wrong, but not all can be shown: there is no card;
 * or the entries go on behind what only the reader holds, or are in another pouch.
 * aldis_message_is_proven and ALDIS_LOG_SIGNED tell which. ALDIS_NO: it does not open,
 * breaks its form, or a signature or proof does not hold. ALDIS_FAILED: parts are
 * missing, or there is no such key.
 */
enum aldis_answer aldis_pouch_open(const struct aldis_pouch *pouch, const char *key_path,
                                   const char *passphrase,
                                   const struct aldis_bytes *cards, size_t card_count,
                                   struct aldis_result **result, char *error);

/* NULL is fine. */
void aldis_pouch_free(struct aldis_pouch *pouch);

/* ---- cards ---- */

/* Verifies a card (ALDIS_OK or ALDIS_NO) and tells whose it is and its digits. */
enum aldis_answer aldis_card_read(struct aldis_bytes card, char name[ALDIS_NAME_LEN],
                                  char fingerprint[ALDIS_FINGERPRINT_LEN], char *error);

/* ---- the C2SP checks by themselves ----
 *
 * For other logs than those of Aldis too: c2sp.org/tlog-checkpoint, tlog-cosignature,
 * tlog-proof, tlog-policy, RFC 6962. A vkey is a verifier key as C2SP writes it,
 * "name+hash+key".
 */

/* Verifies the log's signature (an Ed25519 vkey whose name is the origin) on a checkpoint
 * note: ALDIS_OK, ALDIS_NO, or ALDIS_FAILED when the vkey is not one. */
enum aldis_answer aldis_checkpoint_verify(struct aldis_bytes note, const char *log_vkey,
                                          struct aldis_checkpoint *checkpoint,
                                          char *error);

/* Verifies a cosignature (a vkey of type 04 or 06) on a checkpoint note and tells its
 * time, in seconds since 1970. */
enum aldis_answer aldis_cosignature_verify(struct aldis_bytes note,
                                           const char *cosigner_vkey, uint64_t *time_s,
                                           char *error);

/* The leaf hash of an entry: SHA-256 of a zero byte and the entry. */
void aldis_leaf_hash(struct aldis_bytes entry, uint8_t leaf[32]);

/* Is this leaf entry `index` of the tree of `size` with this root? hashes are
 * `hash_count` times 32 bytes, the leaf's sibling first. */
enum aldis_answer aldis_inclusion_verify(const uint8_t *hashes, size_t hash_count,
                                         uint64_t index, uint64_t size,
                                         const uint8_t leaf[32], const uint8_t root[32],
                                         char *error);

/* Verifies a tlog-proof file for an entry under a policy: the log's signature, the quorum
 * of cosignatures, the inclusion. checkpoint may be NULL. ALDIS_FAILED when the policy is
 * not one. Every log of an export has such a policy beside its checkpoint. */
enum aldis_answer aldis_proof_verify(struct aldis_bytes proof, struct aldis_bytes policy,
                                     struct aldis_bytes entry,
                                     struct aldis_checkpoint *checkpoint, char *error);

#ifdef __cplusplus
}
#endif

#endif
