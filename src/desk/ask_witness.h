/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Neutral witnesses that a channel's charter names: they are asked to cosign checkpoints,
 * and what they answer is kept beside these, so that their times bound what the record
 * shows. For the files of this folder only. Sources: c2sp.org/tlog-witness, aldis.md 4.3,
 * 5.4, 7.5, 8.7.
 */
#ifndef ALDIS_DESK_ASK_WITNESS_H
#define ALDIS_DESK_ASK_WITNESS_H

#include "desk/ports.h"
#include "tlog/policy.h"

struct asker; /* of a channel: its witnesses, and what is asked of them */
struct call;
struct channel;
struct desk;
struct log;

/* The policy of the charter in force; NULL when it names no witnesses. */
const struct tlog_policy *witness_policy(const struct channel *channel);

/* Begins the requests that are due; when the charter in force names other witnesses than
 * before, these take their place. */
void witness_ask_step(struct desk *desk, struct channel *channel);
int64_t witness_ask_wake_ms(const struct desk *desk, const struct channel *channel);
void witness_ask_take_answer(struct desk *desk, const struct call *call,
                             const struct desk_answer *answer);
/* Nothing asked waits longer than it would from now on: the clock was set back. */
void witness_ask_set_back(struct desk *desk, struct channel *channel);
void witness_ask_free(struct asker *asker);

/* A deadline comes near in a duty of this desk's: all witnesses are to cosign what the
 * own log holds now, although the hour is not over. They are asked when a member has
 * cosigned it; before_members: at once, for when no member gives a receipt (4.3). */
void witness_ask_soon(struct desk *desk, struct channel *channel, bool before_members);

/* Sizes of the own log that were cosigned for deadlines since the last call, ascending;
 * forgets them. */
enum { WITNESS_DUE_SIZES_MAX = 8 };
size_t witness_take_due(struct channel *channel,
                        uint64_t ret_sizes[WITNESS_DUE_SIZES_MAX]);

/* All witnesses of the channel are to cosign what this desk holds of a log, with the time
 * of now, also when they have cosigned it before: for a proof of silence (5.2). */
void witness_ask_log(struct desk *desk, struct log *log);

/* witness_line.c: what is kept. One line for each key, log and size: of two over the same
 * size the later one. */
enum status witness_line_put(struct desk *desk, struct log *log,
                             const struct tlog_vkey *key, uint64_t size, int64_t time_s,
                             struct view line, struct error *err);
/* The newest line of this key: NOT_FOUND when there is none. ret_line may be NULL. */
enum status witness_line_newest(struct desk *desk, const struct log *log,
                                const struct tlog_vkey *key, uint64_t *ret_size,
                                int64_t *ret_time_s, struct buf *ret_line,
                                struct error *err);
/* A line that is kept over the checkpoint with this text, under the name that receipts
 * have for its witness: is it by a witness of any charter of the channel? Where this
 * OpenSSL can't verify the key's type, its form is all that is looked at. */
bool witness_line_verify(const struct log *log, const char *keeper, struct view text,
                         struct view line, uint64_t *ret_time_s);
/* Appends the lines over exactly this size by witnesses that the charter in force names,
 * as long as out holds no more than max_len bytes with them. */
enum status witness_line_append(struct desk *desk, struct log *log, uint64_t size,
                                size_t max_len, struct buf *out, struct error *err);
/* Keeps the lines of the charter's witnesses in a checkpoint note whose history is the
 * one that this desk holds. Others, and what does not verify, are left. */
void witness_line_harvest(struct desk *desk, struct log *log,
                          const struct tlog_note *note,
                          const struct tlog_checkpoint *checkpoint);
/* Appends the body of the next `check`: of each log the newest checkpoint that the quorum
 * of witnesses has cosigned (if none has been by a quorum: any witness), unless a check
 * since the start has carried it with these lines; of the own log besides those that were
 * cosigned for a deadline. Nothing when there is none. */
enum status witness_check_body(struct desk *desk, struct channel *channel,
                               struct buf *out, struct error *err);

#endif
