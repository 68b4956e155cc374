/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the keys may be used for. A checkpoint or a cosignature is signed when it extends
 * what the guard holds, and the guard is written first; everything else is refused with
 * the reason in the item's status. The texts are built here, so nobody can hand in a text
 * that means something else.
 */
#include "signer/signer.h"

#include <assert.h>
#include <stdlib.h>

#include "crypto/random.h"
#include "record/name.h"
#include "tlog/cosignature.h"

enum { MESSAGE_LEN_MAX = 1024 };

struct signer_core {
	struct record_name desk;
	struct ed25519_secret *keys[3]; /* by enum signer_kind */
	bool has_box;
	struct ed25519_seed box;
	struct guard *guard;
	int64_t (*now_ms)(void *clock);
	int64_t (*monotonic_ms)(void *clock);
	void *clock;
	int64_t jump_limit_ms;
	int64_t offset_ms; /* legal time less monotonic time, as accepted */
	bool has_jumped;
};

static int64_t read_offset(const struct signer_core *core)
{
	return core->now_ms(core->clock) - core->monotonic_ms(core->clock);
}

static int64_t distance(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

/* Sticky: after a jump only the operator's word helps, even when the clock jumps back. */
static void watch_clock(struct signer_core *core)
{
	if (distance(read_offset(core), core->offset_ms) > core->jump_limit_ms)
		core->has_jumped = true;
}

/* ---- the rules */

/* Own logs are signed, others' are cosigned; nothing else is an origin. */
static enum status check_origin(const struct signer_core *core,
                                const struct signer_item *item)
{
	struct view text =
	    view_of(item->origin, strnlen(item->origin, sizeof item->origin));
	struct record_origin origin;
	bool is_own;

	if (text.len == sizeof item->origin)
		return STATUS_MALFORMED;
	if (item->kind == SIGNER_WITNESS)
		return tlog_name_check(text) ? STATUS_OK : STATUS_MALFORMED;
	TRY(record_origin_decode(text, &origin, NULL));
	is_own = strcmp(origin.desk.text, core->desk.text) == 0;
	return is_own == (item->kind == SIGNER_LOG) ? STATUS_OK : STATUS_MALFORMED;
}

static enum status check_form(const struct signer_core *core,
                              const struct signer_item *item,
                              struct tlog_checkpoint *ret_checkpoint)
{
	if ((unsigned)item->kind > SIGNER_WITNESS || item->size > INT64_MAX ||
	    item->time_s < 0 || item->proof.count > TLOG_PROOF_MAX)
		return STATUS_MALFORMED;
	if (core->keys[item->kind] == NULL)
		return STATUS_NOT_FOUND;
	TRY(check_origin(core, item));
	*ret_checkpoint =
	    (struct tlog_checkpoint){.size = item->size, .root = item->root};
	memcpy(ret_checkpoint->origin, item->origin, sizeof ret_checkpoint->origin);
	return tlog_checkpoint_check_empty(ret_checkpoint) ? STATUS_OK : STATUS_MALFORMED;
}

static bool is_same_tree(const struct signer_item *item, const struct signer_guard *guard)
{
	return guard->is_known && item->size == guard->size &&
	       hash_equal(&item->root, &guard->root);
}

static enum status check_extends(const struct signer_item *item,
                                 const struct signer_guard *guard)
{
	enum status status;

	if (!guard->is_known || is_same_tree(item, guard))
		return STATUS_OK;
	if (item->size <= guard->size)
		return STATUS_CONFLICT;
	status = tlog_proof_verify_consistency(&item->proof, guard->size, &guard->root,
	                                       item->size, &item->root, NULL);
	return status == STATUS_OK ? STATUS_OK : STATUS_UNTRUSTED;
}

/* The time that a cosignature gets: as wanted, but never before the last one. */
static enum status choose_time(const struct signer_core *core,
                               const struct signer_item *item,
                               const struct signer_guard *guard, int64_t *ret_time_s)
{
	int64_t time_s = item->time_s;

	*ret_time_s = 0;
	if (item->kind == SIGNER_LOG)
		return STATUS_OK;
	if (time_s == 0) {
		*ret_time_s = guard->time_s;
		return is_same_tree(item, guard) ? STATUS_OK : STATUS_NOT_FOUND;
	}
	if (guard->is_known && time_s < guard->time_s)
		time_s = guard->time_s;
	if (time_s > INT64_MAX / 1000 ||
	    distance(time_s * 1000, core->now_ms(core->clock)) > core->jump_limit_ms)
		return STATUS_AGAIN;
	*ret_time_s = time_s;
	return STATUS_OK;
}

static struct ed25519_signature make_signature(const struct signer_core *core,
                                               enum signer_kind kind,
                                               const struct tlog_checkpoint *checkpoint,
                                               int64_t time_s)
{
	uint8_t text_bytes[MESSAGE_LEN_MAX], message_bytes[MESSAGE_LEN_MAX];
	struct buf text = {
	    .data = text_bytes, .cap = MESSAGE_LEN_MAX, .max = MESSAGE_LEN_MAX};
	struct buf message = {
	    .data = message_bytes, .cap = MESSAGE_LEN_MAX, .max = MESSAGE_LEN_MAX};
	const struct buf *what = &text;

	tlog_checkpoint_append(&text, checkpoint);
	if (kind != SIGNER_LOG) {
		tlog_cosignature_append_message(&message, (uint64_t)time_s,
		                                buf_view(&text));
		what = &message;
	}
	assert(text.failed == STATUS_OK && message.failed == STATUS_OK);
	return ed25519_sign(core->keys[kind], buf_view(what));
}

/* Fails only when the guard can't be written; a refusal stands in the item. */
static enum status sign_item(struct signer_core *core, struct signer_item *item,
                             struct error *err)
{
	struct tlog_checkpoint checkpoint;
	struct signer_guard guard;
	struct signer_guard next = {
	    .is_known = true, .size = item->size, .root = item->root};

	item->status =
	    core->has_jumped ? STATUS_AGAIN : check_form(core, item, &checkpoint);
	if (item->status != STATUS_OK)
		return STATUS_OK;
	guard_get(core->guard, item->kind, item->origin, &guard);
	item->status = check_extends(item, &guard);
	if (item->status == STATUS_OK)
		item->status = choose_time(core, item, &guard, &next.time_s);
	if (item->status != STATUS_OK)
		return STATUS_OK;
	if (!is_same_tree(item, &guard) || next.time_s != guard.time_s)
		TRY(guard_put(core->guard, item->kind, item->origin, &next, err));
	item->time_s = next.time_s;
	item->signature = make_signature(core, item->kind, &checkpoint, next.time_s);
	return STATUS_OK;
}

static enum status core_sign(void *self, struct signer_item *items, size_t count,
                             struct error *err)
{
	struct signer_core *core = self;

	watch_clock(core);
	for (size_t i = 0; i < count; i++)
		TRY(sign_item(core, &items[i], err));
	return STATUS_OK;
}

static enum status core_guard(void *self, enum signer_kind kind, const char *origin,
                              struct signer_guard *ret_guard, struct error *err)
{
	struct signer_core *core = self;

	guard_get(core->guard, kind, origin, ret_guard);
	return STATUS_OK;
}

static enum status core_open_box(void *self, const struct box_sealed_key *sealed,
                                 struct box_key *ret_key, struct error *err)
{
	const struct signer_core *core = self;

	if (!core->has_box)
		return error_set(err, STATUS_NOT_FOUND, "this desk has no box key");
	return box_key_open(sealed, &core->box, ret_key, err);
}

const struct signer_ops signer_core_ops = {core_sign, core_guard, core_open_box};

/* ---- life */

static enum status open_memory_guard(struct guard **ret_guard, struct error *err)
{
	struct guard_file file;

	TRY(guard_file_in_memory(&file, err));
	return guard_open(file, ret_guard, err);
}

enum status signer_core_new(const struct signer_config *config,
                            struct signer_core **ret_core, struct error *err)
{
	struct signer_core *core = calloc(1, sizeof *core);
	enum status status = STATUS_OK;

	if (core == NULL) {
		ed25519_secret_free(config->log);
		ed25519_secret_free(config->mirror);
		ed25519_secret_free(config->witness);
		guard_close(config->guard);
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the signer");
	}
	core->keys[SIGNER_LOG] = config->log;
	core->keys[SIGNER_MIRROR] = config->mirror;
	core->keys[SIGNER_WITNESS] = config->witness;
	core->has_box = config->has_box;
	core->box = config->box;
	core->guard = config->guard;
	core->now_ms = config->now_ms;
	core->monotonic_ms = config->monotonic_ms;
	core->clock = config->clock;
	core->jump_limit_ms = config->jump_limit_ms;
	signer_core_accept_clock(core);
	status = record_name_decode(view_of_string(config->desk), &core->desk, err);
	if (status == STATUS_OK && core->guard == NULL)
		status = open_memory_guard(&core->guard, err);
	if (status != STATUS_OK) {
		signer_core_free(core);
		return status;
	}
	*ret_core = core;
	return STATUS_OK;
}

void signer_core_free(struct signer_core *core)
{
	if (core == NULL)
		return;
	for (size_t i = 0; i < 3; i++)
		ed25519_secret_free(core->keys[i]);
	guard_close(core->guard);
	crypto_wipe(&core->box, sizeof core->box);
	free(core);
}

enum status signer_core_sync(struct signer_core *core, struct error *err)
{
	return guard_is_dirty(core->guard) ? guard_sync(core->guard, err) : STATUS_OK;
}

void signer_core_accept_clock(struct signer_core *core)
{
	core->offset_ms = read_offset(core);
	core->has_jumped = false;
}
