/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libaldis: checking what leaves an Aldis desk as a file, from any C program, with no
 * network, no database and no Aldis desk.
 *
 * Aldis is a hotline for cyber incidents between organisations that do not trust each
 * other. Each desk keeps a log of what it sent; every other desk of the channel
 * countersigns it. These files leave a desk and can be checked here:
 *
 *   a receipt   (NAME.tlog-proof) one message, and the countersignature by which one
 * other desk says: I durably hold it, since this second. It is a C2SP tlog-proof, so any
 * other verifier of that format can check it too. an export   (a folder) all logs of a
 * channel, with bodies, attachments, receipts, all charters and cards, and a signed
 * manifest over every byte.
 *   a proof     (a file) that a question was not answered in time, that a desk signed two
 * histories of its log, or what members stated of the record and who agreed.
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
 *   struct aldis_bytes cards[2] = {north_card, south_card};    -- the contents of card
 * files struct aldis_result *result; char error[ALDIS_ERROR_LEN]; enum aldis_answer
 * answer = aldis_verify_receipt(receipt, ALDIS_NO_BYTES, cards, 2, &result, error); if
 * (answer == ALDIS_OK) puts(aldis_result_statement(result, 0));
 *   aldis_result_free(result);
 *
 * A whole program is in examples/verify_receipt.c. Build with
 * `cc … $(pkg-config --cflags --libs libaldis)`.
 *
 * CONVENTIONS. Nothing here prints, exits, changes a locale or a signal, or keeps state
 * between calls; functions may be called from several threads at once. Bytes you pass are
 * borrowed for the call. Strings you get are borrowed from the result, UTF-8, and valid
 * until aldis_result_free. The functions are stable: a new version of the library adds
 * functions and never changes one; enum values are never renumbered.
 */
#ifndef ALDIS_ALDIS_H
#define ALDIS_ALDIS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- general ------------------------------------------------------------------------
 */

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
#define ALDIS_NO_BYTES ((struct aldis_bytes){0})

/* Room for an error text with its NUL. Each `error` parameter below is an array of at
 * least this many characters, or NULL. It is set when the answer is ALDIS_FAILED (and, by
 * the functions without a result, ALDIS_NO), and empty otherwise. */
#define ALDIS_ERROR_LEN 320

/* ---- receipts, exports, proofs
 * -----------------------------------------------------------
 */

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

/* Verifies a file or folder of any kind that Aldis knows. Beside a receipt, in a folder
 * named "cards", further cards are looked for; they do not anchor. */
enum aldis_answer aldis_verify_path(const char *path, const struct aldis_bytes *cards,
                                    size_t card_count, struct aldis_result **result,
                                    char *error);

/* ---- what was found -----------------------------------------------------------------
 */

/* "receipt", "export", "proof of silence", "proof of equivocation", "record statement".
 */
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

/* Figures of an export; 0 for a receipt. */
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
	ALDIS_COUNT_WITHHELD = 9, /* entries of which the exporter has the hash only */
};
uint64_t aldis_result_count(const struct aldis_result *result, enum aldis_count count);

/* NULL is fine. */
void aldis_result_free(struct aldis_result *result);

/* ---- what a proof of silence shows ---------------------------------------------------
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
	ALDIS_SILENCE_OWN_WORD = 1, /* the debtor went on writing after the deadline */
	ALDIS_SILENCE_WITNESSES =
	    2, /* neutral witnesses cosigned its log as it was then */
	ALDIS_SILENCE_CREDITOR = 3, /* the creditor's word alone */
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

/* ---- cards --------------------------------------------------------------------------
 */

/* Room for a desk's name, and for a fingerprint, with their NULs. */
#define ALDIS_NAME_LEN 101
#define ALDIS_FINGERPRINT_LEN 72

/* Verifies a card (ALDIS_OK or ALDIS_NO) and tells whose it is and its digits. */
enum aldis_answer aldis_card_read(struct aldis_bytes card, char name[ALDIS_NAME_LEN],
                                  char fingerprint[ALDIS_FINGERPRINT_LEN], char *error);

/* ---- the C2SP checks by themselves -------------------------------------------------- *
 *
 * For other logs than those of Aldis too: c2sp.org/tlog-checkpoint, tlog-cosignature,
 * tlog-proof, tlog-policy, RFC 6962. A vkey is a verifier key as C2SP writes it,
 * "name+hash+key".
 */

/* Room for an origin or a key name with its NUL. */
#define ALDIS_ORIGIN_LEN 256

struct aldis_checkpoint {
	char origin[ALDIS_ORIGIN_LEN];
	uint64_t size;    /* entries */
	uint8_t root[32]; /* of the tree of these entries */
};

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
