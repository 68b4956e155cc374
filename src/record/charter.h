/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Charters: the standing agreement of a channel, signed by every member's root. Its text
 * is data; this module checks it against itself and gives typed access. Source:
 * aldis.md 2.1, 6.
 *
 * JSON of a charter (an unknown member is refused; those marked * may be absent):
 *   {"aldis":1,"title":"…","date":"…Z","nonce":"base64 of 16 bytes",
 *    "members":[{"name":"north.example","root":"b64","fingerprint":"12345 …",
 *                "history":"all"|"none"*,"card":"<whole card note>"}, …],
 *    "kinds":{"digest":"sha256 hex of spec/kinds.json","allowed":["open", …]*},
 *    "lines":["technical","operational","political"],"languages":["en","id"],
 *    "duties":[{"every":"PT1H","owe":"check","grace":"PT10M"},
 *              {"on":"incident","owe":["ack"],"within":"PT24H"}],
 *    "limits":{"skew":"PT5M","body":262144,"attachment":8388608,"attachments":64,"quota":1073741824},
 *    "release":"confidential"|"originator"|"joint","holding":{"within":"PT72H","times":1}*,
 *    "witnesses":"<tlog-policy text>"*,"ask_witnesses":"hourly"|"each"*,
 *    "codebooks":["sha256 hex"]*,"previous":"sha256 hex of the charter it replaces"*,
 *    "keep":"P…"*,"proofs":"anyone"|"witnesses"|"members"*,
 *    "approval":"all"|["incident", …]*}
 */
#ifndef ALDIS_RECORD_CHARTER_H
#define ALDIS_RECORD_CHARTER_H

#include "record/card_set.h"
#include "tlog/policy.h"

enum {
	RECORD_MEMBERS_MAX = 200,
	RECORD_DUTIES_MAX = 64,
	RECORD_OWE_MAX = 8,
	RECORD_KIND_LEN_MAX = 40,
	RECORD_LINES_MAX = 8,
	RECORD_CODEBOOKS_MAX = 64,
};

struct record_duty {
	char on[RECORD_KIND_LEN_MAX +
	        1]; /* kind that starts it; empty for a periodic duty */
	char owe[RECORD_OWE_MAX][RECORD_KIND_LEN_MAX + 1];
	size_t owe_count;
	int64_t within_s; /* of "on" */
	int64_t every_s;  /* of a periodic duty */
	int64_t grace_s;
};

enum record_release_rule {
	RECORD_RELEASE_CONFIDENTIAL,
	RECORD_RELEASE_ORIGINATOR,
	RECORD_RELEASE_JOINT
};

/* Who may be shown proofs of silence: "anyone", "witnesses", "members". */
enum record_proofs {
	RECORD_PROOFS_ANYONE,
	RECORD_PROOFS_WITNESSES,
	RECORD_PROOFS_MEMBERS,
};

struct record_limits {
	int64_t skew_s;
	uint64_t body_len, attachment_len, attachment_count,
	    quota_len; /* bytes, bytes, count, bytes */
};

struct record_charter {
	char title[201];
	int64_t date_s;
	struct hash
	    digest; /* SHA-256 of the note text; of a first charter, the channel id */
	bool has_previous;
	struct hash previous;
	struct record_card *members; /* owned; in the text's order */
	size_t member_count;
	struct hash kinds_digest;
	char (*kinds_allowed)[RECORD_KIND_LEN_MAX +
	                      1]; /* owned; NULL = all of the catalogue */
	size_t kinds_allowed_count;
	char lines[RECORD_LINES_MAX][16];
	size_t line_count;
	char languages[RECORD_LANGUAGES_MAX][16];
	size_t language_count;
	struct record_duty duties[RECORD_DUTIES_MAX];
	size_t duty_count;
	struct record_limits limits;
	enum record_release_rule release;
	bool has_holding;
	int64_t holding_within_s; /* how far one holding reply may move a deadline */
	bool asks_each; /* witnesses are asked for each checkpoint, not hourly */
	struct hash codebooks[RECORD_CODEBOOKS_MAX]; /* SHA-256 of each, none twice */
	size_t codebook_count;
	int64_t keep_s; /* how long bodies are kept; 0: for ever */
	enum record_proofs proofs;
	/* What leaves a desk only when a second person has approved it: all that people
	 * write, or these kinds. */
	bool approves_all;
	char (*approval)[RECORD_KIND_LEN_MAX + 1]; /* owned; NULL: none by name */
	size_t approval_count;
	/* Of members[i]: does the charter say its history, and is it "none" (it joins
	 * without what was written before)? Only the charter by which it joins says so.
	 */
	bool has_history[RECORD_MEMBERS_MAX], history_none[RECORD_MEMBERS_MAX];
	struct buf text;      /* owned: the signed text, with its last newline */
	struct buf witnesses; /* owned: policy text, may be empty */
	struct tlog_policy *witness_policy; /* owned: the same, read; NULL when none */
	struct record_card_set *card_set;   /* borrowed while it is read; else NULL */
};

/* What a draft is made from, beside the template's JSON. */
struct record_charter_draft {
	/* The charter that this one replaces; NULL: a first charter. All that the rest
	 * does not change carries over: members with their cards, title, settings. */
	const struct record_charter *previous;
	const struct record_card
	    *cards;                    /* verified; of an amendment: new or newer ones */
	const struct view *card_notes; /* the notes they came from */
	size_t card_count;
	bool history_none; /* members that are new are not shown what was before */
	const struct record_name
	    *removed; /* of an amendment: members that are left out */
	size_t removed_count;
	const char *title; /* NULL: the template's, the previous one's, or "Channel of a,
	                      b and c" */
	int64_t date_s;
	uint8_t nonce[16];
	struct view template_json; /* empty: the built-in template; may set all but
	                              members, date, nonce, previous; null: not at all;
	                              the codebook "default" is our own default one */
};

/* Appends the charter's text (type line, JSON, newline), unsigned. Refuses what
 * record_charter_decode would refuse, and says which; NOT_FOUND when a removed member is
 * none. */
MUST_USE enum status record_charter_draft(const struct record_charter_draft *draft,
                                          struct buf *out, struct error *err);

/* Reads a charter's text (the part of the note that is signed). ret_charter starts
 * all-zero; release it. Refused: a member twice, fewer than two members, a root that is
 * not the card's, a key that occurs twice among all roles, members and witnesses, a card
 * that does not verify, an impossible duty, an unknown kind or line, a wrong fingerprint,
 * a history in a charter that replaces none, a policy of witnesses that names a log or
 * whose quorum can't be reached. */
MUST_USE enum status record_charter_decode(struct view text,
                                           struct record_charter *ret_charter,
                                           struct error *err);
/* The same, for one of many charters: cards that are in the set already are not verified
 * again. LIMIT: they weigh too much. */
MUST_USE enum status record_charter_decode_among(struct view text,
                                                 struct record_card_set *cards,
                                                 struct record_charter *ret_charter,
                                                 struct error *err);
void record_charter_release(struct record_charter *charter);

/* Which members' roots have signed this note (which must have the charter's text): sets
 * ret_signed[i] for member i. A bad line under a member's key is UNTRUSTED. */
MUST_USE enum status record_charter_signed_by(const struct record_charter *charter,
                                              struct view note,
                                              bool ret_signed[RECORD_MEMBERS_MAX],
                                              struct error *err);

/* Appends one note that has the text and the members' valid lines of both notes, each
 * once, in member order. CONFLICT when the texts differ; UNTRUSTED when no member has
 * signed. */
MUST_USE enum status record_charter_merge(const struct record_charter *charter,
                                          struct view note_a, struct view note_b,
                                          struct buf *out, struct error *err);

/* May this kind be sent? Automatic kinds always may, for the record can't do without
 * them; and `leave`, for nobody can be held in a channel. */
struct record_kind;
bool record_charter_allows(const struct record_charter *charter,
                           const struct record_kind *kind);

/* Does a message of this kind need a second person's approval? Never an `ack`, which only
 * says that somebody has read, and nothing that desks write by themselves. */
bool record_charter_asks_approval(const struct record_charter *charter,
                                  const struct record_kind *kind);

/* Index of the member, or SIZE_MAX. */
size_t record_charter_member(const struct record_charter *charter, const char *name);

#endif
