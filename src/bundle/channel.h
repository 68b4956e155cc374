/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A channel as the papers in an export tell it: its charters in force one after the
 * other, everyone who ever was a member with all its cards, the ends of logs. And where a
 * log stands in it while it is read from its first entry. For the writer and for the
 * verifier of exports alike. Source: spec/record.md, Export.
 */
#ifndef ALDIS_BUNDLE_CHANNEL_H
#define ALDIS_BUNDLE_CHANNEL_H

#include "bundle/manifest.h"
#include "record/envelope.h"
#include "record/log_end.h"

enum {
	BUNDLE_CHARTERS_MAX = 1000,
	BUNDLE_CARDS_MAX = 10000,
	BUNDLE_ENDINGS_MAX = 1000,
	BUNDLE_WITNESSES_MAX = 65536, /* named in all charters together */
};

/* Charters are numbered from 0, the first one. */
struct bundle_member {
	struct record_name name;
	size_t since;                   /* the charter that made it a member */
	size_t gone;                    /* the one that leaves it out; SIZE_MAX: none */
	const struct record_card *card; /* the newest */
	/* Owned: its cards in the charters one after the other, equal neighbours once. */
	const struct record_card **charter_cards;
	size_t charter_card_count, charter_card_cap;
	/* Owned: all its cards, the newest first, of those with the same log and mirror
	 * key one; and the id of the mirror key of each. */
	const struct record_card **signers;
	uint32_t *mirror_ids;
	size_t signer_count;
};

/* One whose signature an amendment that leaves it out may lack, if it wrote `leave`. */
struct bundle_leaver {
	size_t charter, member;
};

struct bundle_ending {
	struct record_log_end end;
	struct record_origin origin;
	bool is_signed[RECORD_MEMBERS_MAX]; /* by the root of this member of the table */
};

/* Starts all-zero. */
struct bundle_channel {
	struct record_charter *charters; /* owned, as all here */
	size_t charter_count;
	struct bundle_member members[RECORD_MEMBERS_MAX]; /* in the order of coming */
	size_t member_count;
	struct record_card **cards; /* beside those in the charters */
	size_t card_count;
	struct bundle_ending *endings;
	size_t ending_count;
	struct bundle_leaver *leavers;
	size_t leaver_count;
	const struct tlog_vkey **witnesses; /* of all charters' policies, each once */
	size_t witness_count;
	size_t *witnesses_by_name;     /* their places, sorted by name and id */
	size_t named_count;            /* in all charters */
	struct record_card_set opened; /* cards; its weight counts charters too */
};
void bundle_channel_release(struct bundle_channel *channel);

/* From here on charters and cards may weigh so much and no more: with what verify counts
 * in beside them, some 30 s of verifying. */
#define BUNDLE_LINES_MAX (UINT64_C(1) << 17)
#define BUNDLE_SIGNED_MAX (UINT64_C(1) << 33)
void bundle_channel_limit(struct bundle_channel *channel);

/* Adds the next charter: the first must be signed by all and name none before; each other
 * one must be a whole amendment, where those that it leaves out may have left. The
 * statuses of record_charter_decode and record_amendment_check. */
MUST_USE enum status bundle_channel_add_charter(struct bundle_channel *channel,
                                                struct view note, struct error *err);
static inline const struct record_charter *
bundle_channel_charter(const struct bundle_channel *channel)
{
	return &channel->charters[channel->charter_count - 1];
}
/* The member of this name, or NULL. */
const struct bundle_member *bundle_channel_member(const struct bundle_channel *channel,
                                                  const char *name);

/* Opens a card, each text once. The statuses of record_card_open, and LIMIT. */
MUST_USE enum status bundle_channel_open_card(struct bundle_channel *channel,
                                              struct view note,
                                              struct record_card *ret_card,
                                              struct error *err);

/* Adds a card. CONFLICT: of no member, with another root than the charters say, or with
 * other log or mirror keys than a charter's card of the same serial. */
MUST_USE enum status bundle_channel_add_card(struct bundle_channel *channel,
                                             const struct record_card *card,
                                             struct error *err);
/* The newest card of a member in the charters. */
const struct record_card *
bundle_channel_charter_card(const struct bundle_channel *channel, const char *name);

/* Adds the end of a log; each of an origin of this channel, once, behind that of the log
 * before it. CONFLICT, and the statuses of record_log_end_open. */
MUST_USE enum status bundle_channel_add_ending(struct bundle_channel *channel,
                                               struct view note, struct error *err);
/* What ended the log of this origin, or NULL. */
const struct bundle_ending *bundle_channel_ending(const struct bundle_channel *channel,
                                                  const struct record_origin *origin);

/* Is it the first log of a desk, or is the end of the one before it known? */
bool bundle_channel_follows(const struct bundle_channel *channel,
                            const struct record_origin *origin);
/* The index in the id of the first entry of a log, as far as the ends of those before it
 * are known. */
uint64_t bundle_channel_offset(const struct bundle_channel *channel,
                               const struct record_origin *origin);

/* When all charters and cards are in: finds every member's cards and the witnesses. */
MUST_USE enum status bundle_channel_settle(struct bundle_channel *channel,
                                           struct error *err);

/* The place of a witness among the channel's, or SIZE_MAX. */
size_t bundle_channel_witness(const struct bundle_channel *channel, struct view name,
                              uint32_t id);

/* Opens a checkpoint of a member's log with the newest of its cards that signed it. */
MUST_USE enum status
bundle_channel_open_checkpoint(const struct bundle_member *member, const char *origin,
                               struct view note, struct tlog_checkpoint *ret_checkpoint,
                               const struct record_card **ret_card, struct error *err);

/* A log that is read from its first entry on. */
struct bundle_log {
	struct record_origin origin;
	const struct bundle_member *member;
	uint64_t size;
	uint64_t offset; /* index in the id of its first entry */
	uint64_t base;   /* entries below are leaf hashes only */
	size_t charter;  /* the one that governs the next entry */
	uint64_t end;    /* entries from here on stand behind `leave`; UINT64_MAX: none */
	const struct bundle_ending *before; /* of a successor */
	/* It follows an amendment that is not in the channel, and that is in force if
	 * those members of the table have left. */
	bool follows_unknown;
	bool unknown_needs_left[RECORD_MEMBERS_MAX];
};

/* Places log `index` of the manifest, when those before it have been read. MALFORMED: of
 * no member; a base though the exporter gets history; a successor without the log and the
 * end before it. CONFLICT: another size or root than its end says. */
MUST_USE enum status bundle_log_place(const struct bundle_channel *channel,
                                      const struct bundle_manifest *manifest,
                                      const struct bundle_log *logs, size_t index,
                                      struct bundle_log *ret_log, struct error *err);

/* Is the entry well-formed where it stands? MALFORMED. A `leave` is noted. */
MUST_USE enum status bundle_log_judge(const struct bundle_channel *channel,
                                      struct bundle_log *log,
                                      const struct record_envelope *envelope,
                                      uint64_t index, struct error *err);

/* Takes the body of the well-formed `charter.amend` just judged. False: it names another
 * amendment than the one that is next in the channel. doc is scratch. */
bool bundle_log_amend(const struct bundle_channel *channel, struct bundle_log *log,
                      struct view body, struct json_doc *doc);

/* Of log_count logs that were all read: did one follow an amendment that is in force and
 * not in the channel? CONFLICT. */
MUST_USE enum status bundle_channel_check_whole(const struct bundle_channel *channel,
                                                const struct bundle_log *logs,
                                                size_t log_count, struct error *err);
/* Did this member write `leave`? */
bool bundle_channel_has_left(const struct bundle_channel *channel,
                             const struct bundle_log *logs, size_t log_count,
                             size_t member);
/* Is it beyond these logs whether this one left? So when the exporter became a member
 * with the amendment or later, and holds nothing of its log. */
bool bundle_channel_is_unseen(const struct bundle_channel *channel,
                              const struct bundle_log *logs, size_t log_count,
                              const char *exporter, const struct bundle_leaver *leaver);
/* Did all leave of whom an amendment has no signature (but those unseen), and did all
 * others sign the end of each log? UNTRUSTED; ret_paper is then the paper at fault, a
 * charter by its number. */
struct bundle_paper {
	bool is_ending;
	size_t number;
};
MUST_USE enum status bundle_channel_check_signed(const struct bundle_channel *channel,
                                                 const struct bundle_log *logs,
                                                 size_t log_count, const char *exporter,
                                                 struct bundle_paper *ret_paper,
                                                 struct error *err);

#endif
