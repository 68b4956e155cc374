/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of the planted bugs, and those that sit in the place of a function of src/desk or
 * src/record. The linker sends calls from other files to __wrap_x; __real_x is the right
 * one.
 */
#include "sim/plant.h"

#include <string.h>

#include "desk/state.h"
#include "record/amendment.h"
#include "record/duty_rules.h"

static const struct {
	const char *name;
	unsigned seeds;
	const char *words; /* of the failure by which it must be found */
	bool is_long;      /* it takes a long world */
	bool is_of_one;    /* one desk alone has it */
} plants[PLANT_COUNT] = {
    [PLANT_NONE] = {"none", 0, ""},
    [PLANT_REPLY_BEFORE_COMMIT] = {"reply-before-commit", 5, "durable are"},
    [PLANT_GUARD_AFTER_SIGNATURE] = {"guard-after-signature", 100, "its guard says"},
    [PLANT_COSIGN_WITHOUT_BODIES] = {"cosign-without-bodies", 5,
                                     "without holding its body"},
    [PLANT_PENDING_NOT_COMPARED] = {"pending-not-compared", 60, "two histories"},
    [PLANT_MEMBERS_NOT_ASKED] = {"members-not-asked", 60, "two histories"},
    [PLANT_GUARD_NOT_COMPARED] = {"guard-not-compared", 60,
                                  "freezes with everything in place"},
    [PLANT_SIGNER_WITHOUT_GUARD] = {"signer-without-guard", 60, "two histories"},
    [PLANT_RECEIPT_NOT_STORED] = {"receipt-not-stored", 40, "no receipt by"},
    [PLANT_SHOWN_BEFORE_COSIGNED] = {"shown-before-cosigned", 10,
                                     "which it has not signed"},
    [PLANT_SEEN_BEYOND_COSIGNED] = {"seen-beyond-cosigned", 5, "as seen"},
    [PLANT_FORK_NOT_REPORTED] = {"fork-not-reported", 60, "nobody holds the proof"},
    [PLANT_OUTBOX_LOST] = {"outbox-lost", 100, "is missing at"},
    [PLANT_FRESH_TIME_AFTER_CRASH] = {"fresh-time-after-crash", 60,
                                      "makes a new cosignature"},
    [PLANT_COMMIT_NOT_DURABLE] = {"commit-not-durable", 100, "lost what it committed"},
    [PLANT_ORDER_OF_ARRIVAL] = {"order-of-arrival", 10, "differ in their order"},
    [PLANT_KEY_FORGOTTEN] = {"key-forgotten", 60, " times"},
    [PLANT_AMENDMENT_LACKS_ONE] = {"amendment-lacks-one", 20, "not all have signed",
                                   true},
    [PLANT_LEAVE_FORGOTTEN] = {"leave-forgotten", 30, "after it has left", true},
    [PLANT_HOLDING_WITHOUT_LIMIT] = {"holding-without-limit", 20, "who owes what differs",
                                     true, true},
    [PLANT_CLOCK_BY_WORD_ALONE] = {"clock-by-word-alone", 20, "who owes what differs",
                                   true, true},
};

static enum plant active; /* one world runs at a time */

const char *plant_name(enum plant plant)
{
	return plants[plant].name;
}

enum plant plant_find(const char *name)
{
	enum plant plant = PLANT_NONE;
	while (plant < PLANT_COUNT && strcmp(plants[plant].name, name) != 0)
		plant++;
	return plant;
}

unsigned plant_seeds(enum plant plant)
{
	return plants[plant].seeds;
}

const char *plant_words(enum plant plant)
{
	return plants[plant].words;
}

bool plant_is_of_one(enum plant plant)
{
	return plants[plant].is_of_one;
}

bool plant_is_long(enum plant plant)
{
	return plants[plant].is_long;
}

void plant_activate(enum plant plant)
{
	active = plant;
}

enum plant plant_pause(void)
{
	enum plant was = active;
	active = PLANT_NONE;
	return was;
}

bool plant_is(enum plant plant)
{
	return active == plant;
}

uint64_t __real_log_shown_size(const struct log *log);
uint64_t __wrap_log_shown_size(const struct log *log);
uint64_t __wrap_log_shown_size(const struct log *log)
{
	return plant_is(PLANT_SHOWN_BEFORE_COSIGNED) ? log->tree.size
	                                             : __real_log_shown_size(log);
}

enum status __real_record_envelope_check(const struct record_envelope *envelope,
                                         const struct record_charter *charter,
                                         const char *author, uint64_t index,
                                         struct error *err);
enum status __wrap_record_envelope_check(const struct record_envelope *envelope,
                                         const struct record_charter *charter,
                                         const char *author, uint64_t index,
                                         struct error *err);
enum status __wrap_record_envelope_check(const struct record_envelope *envelope,
                                         const struct record_charter *charter,
                                         const char *author, uint64_t index,
                                         struct error *err)
{
	enum status status =
	    __real_record_envelope_check(envelope, charter, author, index, err);
	if (plant_is(PLANT_COSIGN_WITHOUT_BODIES))
		((struct record_envelope *)envelope)->has_body = false;
	return status;
}

enum status __real_record_envelope_append(const struct record_envelope *envelope,
                                          struct buf *out, struct error *err);
enum status __wrap_record_envelope_append(const struct record_envelope *envelope,
                                          struct buf *out, struct error *err);
enum status __wrap_record_envelope_append(const struct record_envelope *envelope,
                                          struct buf *out, struct error *err)
{
	for (size_t i = 0;
	     plant_is(PLANT_SEEN_BEYOND_COSIGNED) && i < envelope->seen_count; i++)
		envelope->seen[i].size++;
	return __real_record_envelope_append(envelope, out, err);
}

void __real_evidence_keep(struct desk *desk, struct log *log, struct view small_note,
                          struct view big_note, const struct hash *other_root,
                          const struct tlog_proof *proof);
void __wrap_evidence_keep(struct desk *desk, struct log *log, struct view small_note,
                          struct view big_note, const struct hash *other_root,
                          const struct tlog_proof *proof);
void __wrap_evidence_keep(struct desk *desk, struct log *log, struct view small_note,
                          struct view big_note, const struct hash *other_root,
                          const struct tlog_proof *proof)
{
	if (!plant_is(PLANT_FORK_NOT_REPORTED))
		__real_evidence_keep(desk, log, small_note, big_note, other_root, proof);
}

void __real_evidence_take_answer(struct desk *desk, const struct call *call,
                                 const struct desk_answer *answer);
void __wrap_evidence_take_answer(struct desk *desk, const struct call *call,
                                 const struct desk_answer *answer);
void __wrap_evidence_take_answer(struct desk *desk, const struct call *call,
                                 const struct desk_answer *answer)
{
	if (!plant_is(PLANT_FORK_NOT_REPORTED))
		__real_evidence_take_answer(desk, call, answer);
}

enum status __real_outbox_load(struct desk *desk, struct channel *channel,
                               struct error *err);
enum status __wrap_outbox_load(struct desk *desk, struct channel *channel,
                               struct error *err);
enum status __wrap_outbox_load(struct desk *desk, struct channel *channel,
                               struct error *err)
{
	return plant_is(PLANT_OUTBOX_LOST) ? STATUS_OK
	                                   : __real_outbox_load(desk, channel, err);
}

enum status __real_record_order_add(struct record_order *order, uint32_t log,
                                    int64_t sent_ms, const struct record_order_seen *seen,
                                    size_t seen_count, struct error *err);
enum status __wrap_record_order_add(struct record_order *order, uint32_t log,
                                    int64_t sent_ms, const struct record_order_seen *seen,
                                    size_t seen_count, struct error *err);
enum status __wrap_record_order_add(struct record_order *order, uint32_t log,
                                    int64_t sent_ms, const struct record_order_seen *seen,
                                    size_t seen_count, struct error *err)
{
	static int64_t arrival;
	if (plant_is(PLANT_ORDER_OF_ARRIVAL))
		sent_ms = ++arrival;
	return __real_record_order_add(order, log, sent_ms, seen, seen_count, err);
}

enum status __real_record_amendment_check(
    const struct record_charter *previous, const struct record_charter *next,
    struct view note, const struct record_name *left, size_t left_count,
    size_t *ret_missing, struct record_name *ret_first, struct error *err);
enum status __wrap_record_amendment_check(
    const struct record_charter *previous, const struct record_charter *next,
    struct view note, const struct record_name *left, size_t left_count,
    size_t *ret_missing, struct record_name *ret_first, struct error *err);
enum status __wrap_record_amendment_check(
    const struct record_charter *previous, const struct record_charter *next,
    struct view note, const struct record_name *left, size_t left_count,
    size_t *ret_missing, struct record_name *ret_first, struct error *err)
{
	enum status status = __real_record_amendment_check(
	    previous, next, note, left, left_count, ret_missing, ret_first, err);
	if (plant_is(PLANT_AMENDMENT_LACKS_ONE) && status == STATUS_OK &&
	    *ret_missing == 1)
		*ret_missing = 0;
	return status;
}

void __real_term_note(struct log *log, const struct record_envelope *envelope,
                      uint64_t index);
void __wrap_term_note(struct log *log, const struct record_envelope *envelope,
                      uint64_t index);
void __wrap_term_note(struct log *log, const struct record_envelope *envelope,
                      uint64_t index)
{
	if (!plant_is(PLANT_LEAVE_FORGOTTEN) || strcmp(envelope->kind, "leave") != 0)
		__real_term_note(log, envelope, index);
}

int64_t __real_record_duty_deadline_s(int64_t deadline_s, int64_t holding_until_s,
                                      int64_t holding_given_s, int64_t within_s);
int64_t __wrap_record_duty_deadline_s(int64_t deadline_s, int64_t holding_until_s,
                                      int64_t holding_given_s, int64_t within_s);
int64_t __wrap_record_duty_deadline_s(int64_t deadline_s, int64_t holding_until_s,
                                      int64_t holding_given_s, int64_t within_s)
{
	if (plant_is(PLANT_HOLDING_WITHOUT_LIMIT) && within_s > 0)
		within_s = INT64_MAX / 4;
	return __real_record_duty_deadline_s(deadline_s, holding_until_s, holding_given_s,
	                                     within_s);
}

int64_t __real_record_duty_start_s(const struct record_duty_start *facts,
                                   bool *ret_by_word_alone);
int64_t __wrap_record_duty_start_s(const struct record_duty_start *facts,
                                   bool *ret_by_word_alone);
int64_t __wrap_record_duty_start_s(const struct record_duty_start *facts,
                                   bool *ret_by_word_alone)
{
	int64_t start_s = __real_record_duty_start_s(facts, ret_by_word_alone);
	return plant_is(PLANT_CLOCK_BY_WORD_ALONE) ? facts->receipt_sent_s : start_s;
}
