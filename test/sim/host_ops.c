/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The world as the process of a desk sees it. Before and behind each operation that
 * others could notice lies a step: if the process dies there, every later operation fails
 * and nothing more gets out.
 */
#include <assert.h>
#include <string.h>

#include "codec/reader.h"
#include "sim/host.h"
#include "sim/watch.h"
#include "tlog/checkpoint.h"

enum { GUARD_MAX = 1 << 20 };

/* True while the process lives. */
static bool step(struct host *host)
{
	if (!host->is_dead && host->steps_to_death > 0 && --host->steps_to_death == 0)
		host->is_dead = true;
	return !host->is_dead;
}

static enum status died(struct error *err)
{
	return error_set(err, STATUS_SYSTEM, "the process died here");
}

static enum status store_commit(void *self, struct error *err)
{
	struct host *host = self;
	if (!step(host))
		return died(err);
	if (plant_is(PLANT_REPLY_BEFORE_COMMIT)) {
		host->owes_commit = true;
		return STATUS_OK;
	}
	if (!plant_is(PLANT_COMMIT_NOT_DURABLE) || !chance_one_in(&host->chance, 8))
		TRY(host->store.ops->commit(host->store.self, err));
	memcpy(host->durable, host->staged, sizeof host->durable);
	return step(host) ? STATUS_OK : died(err);
}

void host_catch_up(struct host *host)
{
	struct error err;
	struct reader late = reader_of(buf_view(&host->late_guard));
	uint64_t offset;
	struct view bytes;
	if (host->owes_commit) {
		sim_must(host->store.ops->commit(host->store.self, &err), &err);
		memcpy(host->durable, host->staged, sizeof host->durable);
	}
	host->owes_commit = false;
	while (reader_u64(&late, &offset) && reader_u32_bytes(&late, &bytes))
		sim_must(
		    powerloss_write(host->disk, host->guard_name, offset, bytes, &err),
		    &err);
	buf_clear(&host->late_guard);
}

static void store_rollback(void *self)
{
	struct host *host = self;
	host->store.ops->rollback(host->store.self);
	memcpy(host->staged, host->durable, sizeof host->staged);
}

static bool is_dropped(const struct host *host, enum store_table table, struct view key)
{
	if (table == STORE_SUBMISSION)
		return plant_is(PLANT_KEY_FORGOTTEN);
	/* of the own log, by others: the number of a log is that of its member */
	return table == STORE_RECEIPT && plant_is(PLANT_RECEIPT_NOT_STORED) &&
	       key.len > 4 && key.data[3] == host->member;
}

static enum status store_put(void *self, enum store_table table, struct view key,
                             struct view value, struct error *err)
{
	struct host *host = self;
	if (host->is_dead)
		return died(err);
	if (is_dropped(host, table, key))
		return STATUS_OK;
	return host->store.ops->put(host->store.self, table, key, value, err);
}

static enum status store_get(void *self, enum store_table table, struct view key,
                             struct buf *ret_value, struct error *err)
{
	struct host *host = self;
	return host->is_dead
	           ? died(err)
	           : host->store.ops->get(host->store.self, table, key, ret_value, err);
}

static enum status store_remove(void *self, enum store_table table, struct view key,
                                struct error *err)
{
	struct host *host = self;
	return host->is_dead ? died(err)
	                     : host->store.ops->remove(host->store.self, table, key, err);
}

static enum status store_scan(void *self, enum store_table table, struct view prefix,
                              struct view from, store_row *row, void *context,
                              struct error *err)
{
	struct host *host = self;
	return host->is_dead ? died(err)
	                     : host->store.ops->scan(host->store.self, table, prefix,
	                                             from, row, context, err);
}

static enum status store_last(void *self, enum store_table table, struct view prefix,
                              struct buf *ret_key, struct buf *ret_value,
                              struct error *err)
{
	struct host *host = self;
	return host->is_dead ? died(err)
	                     : host->store.ops->last(host->store.self, table, prefix,
	                                             ret_key, ret_value, err);
}

static enum status store_append_entries(void *self, uint32_t log, uint64_t first,
                                        uint32_t count, struct view bundle,
                                        struct error *err)
{
	struct host *host = self;
	if (host->is_dead)
		return died(err);
	TRY(host->store.ops->append_entries(host->store.self, log, first, count, bundle,
	                                    err));
	assert(log < SIM_DESKS_MAX);
	host->staged[log].entries = first + count;
	watch_appended(host, log, first, bundle);
	return STATUS_OK;
}

static enum status store_append_bodies(void *self, uint32_t log, uint64_t first,
                                       uint32_t count, struct view packed,
                                       struct error *err)
{
	struct host *host = self;
	if (host->is_dead)
		return died(err);
	TRY(host->store.ops->append_bodies(host->store.self, log, first, count, packed,
	                                   err));
	assert(log < SIM_DESKS_MAX);
	host->staged[log].bodies = first + count;
	return STATUS_OK;
}

static enum status store_count(void *self, uint32_t log, uint64_t *ret_entries,
                               uint64_t *ret_bodies, struct error *err)
{
	struct host *host = self;
	return host->store.ops->count(host->store.self, log, ret_entries, ret_bodies,
	                              err);
}

static enum status store_read_entries(void *self, uint32_t log, uint64_t first,
                                      uint64_t count, struct buf *ret,
                                      uint64_t *ret_count, struct error *err)
{
	struct host *host = self;
	return host->is_dead ? died(err)
	                     : host->store.ops->read_entries(host->store.self, log, first,
	                                                     count, ret, ret_count, err);
}

static enum status store_read_bodies(void *self, uint32_t log, uint64_t first,
                                     uint64_t count, struct buf *ret, uint64_t *ret_count,
                                     struct error *err)
{
	struct host *host = self;
	return host->is_dead ? died(err)
	                     : host->store.ops->read_bodies(host->store.self, log, first,
	                                                    count, ret, ret_count, err);
}

static enum status store_put_tile(void *self, uint32_t log, unsigned level,
                                  uint64_t index, struct view hashes, struct error *err)
{
	struct host *host = self;
	return host->is_dead ? died(err)
	                     : host->store.ops->put_tile(host->store.self, log, level,
	                                                 index, hashes, err);
}

static enum status store_get_tile(void *self, uint32_t log, unsigned level,
                                  uint64_t index, struct buf *ret_hashes,
                                  struct error *err)
{
	struct host *host = self;
	return host->is_dead ? died(err)
	                     : host->store.ops->get_tile(host->store.self, log, level,
	                                                 index, ret_hashes, err);
}

static enum status store_backup(void *self, const char *path, struct error *err)
{
	return error_set(err, STATUS_NOT_FOUND, "no files here");
}

static void store_close(void *self)
{
}

const struct store_ops host_store_ops = {
    .commit = store_commit,
    .rollback = store_rollback,
    .put = store_put,
    .get = store_get,
    .remove = store_remove,
    .scan = store_scan,
    .last = store_last,
    .append_entries = store_append_entries,
    .append_bodies = store_append_bodies,
    .count = store_count,
    .read_entries = store_read_entries,
    .read_bodies = store_read_bodies,
    .put_tile = store_put_tile,
    .get_tile = store_get_tile,
    .backup = store_backup,
    .close = store_close,
};

void host_read_guard(const struct host *host, struct buf *ret)
{
	struct error err;
	enum status status = powerloss_read(host->disk, host->guard_name, ret, &err);
	if (status != STATUS_NOT_FOUND)
		sim_must(status, &err);
}

void host_write_guard(struct host *host, struct view content)
{
	struct error err;
	snprintf(host->guard_name, sizeof host->guard_name, "guard-%u",
	         ++host->guard_number);
	if (content.len == 0)
		return;
	sim_must(powerloss_write(host->disk, host->guard_name, 0, content, &err), &err);
	sim_must(powerloss_sync(host->disk, host->guard_name, &err), &err);
}

static enum status guard_read(void *self, uint64_t offset, void *ret_bytes, size_t len,
                              size_t *ret_len, struct error *err)
{
	struct host *host = self;
	CLEANUP_BUF struct buf content = BUF_INIT(GUARD_MAX);
	host_read_guard(host, &content);
	size_t left = offset < content.len ? content.len - (size_t)offset : 0;
	*ret_len = len < left ? len : left;
	if (*ret_len > 0)
		memcpy(ret_bytes, content.data + offset, *ret_len);
	return STATUS_OK;
}

static enum status guard_write(void *self, uint64_t offset, const void *bytes, size_t len,
                               struct error *err)
{
	struct host *host = self;
	if (!step(host))
		return died(err);
	if (plant_is(PLANT_GUARD_AFTER_SIGNATURE)) {
		buf_append_u64(&host->late_guard, offset);
		buf_append_u32(&host->late_guard, (uint32_t)len);
		buf_append(&host->late_guard, bytes, len);
		return STATUS_OK;
	}
	return powerloss_write(host->disk, host->guard_name, offset, view_of(bytes, len),
	                       err);
}

static enum status guard_sync_file(void *self, struct error *err)
{
	struct host *host = self;
	return host->is_dead ? died(err)
	                     : powerloss_sync(host->disk, host->guard_name, err);
}

static void guard_close_file(void *self)
{
}

const struct guard_file_ops host_guard_ops = {guard_read, guard_write, guard_sync_file,
                                              guard_close_file};

/* Planted: whoever asks gets a signature. */
static void sign_anything(const struct host *host, struct signer_item *item)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4096);
	struct tlog_checkpoint checkpoint = {.size = item->size, .root = item->root};
	memcpy(checkpoint.origin, item->origin, sizeof checkpoint.origin);
	tlog_checkpoint_append(&text, &checkpoint);
	struct ed25519_secret *secret =
	    testing_secret_new(host->key_name, RECORD_ROLE_LOG);
	item->signature = ed25519_sign(secret, buf_view(&text));
	item->status = STATUS_OK;
	ed25519_secret_free(secret);
}

/* Who asks for the cosignature before is to get the guard's time, also when power went
 * before that signature was seen by anybody. */
static void note_guarded_time(const struct host *host, struct signer_item *asked)
{
	struct signer_guard guard = {0};
	if (asked->kind == SIGNER_MIRROR && asked->time_s == 0 &&
	    signer_core_ops.guard(host->core, SIGNER_MIRROR, asked->origin, &guard,
	                          NULL) == STATUS_OK &&
	    guard.is_known && guard.size == asked->size)
		asked->time_s = -guard.time_s;
}

static enum status signer_sign(void *self, struct signer_item *items, size_t count,
                               struct error *err)
{
	struct host *host = self;
	struct signer_item *asked = malloc(count * sizeof *asked);
	if (!asked)
		abort();
	memcpy(asked, items, count * sizeof *asked);
	for (size_t i = 0; i < count; i++)
		note_guarded_time(host, &asked[i]);
	if (plant_is(PLANT_FRESH_TIME_AFTER_CRASH))
		for (size_t i = 0; i < count; i++)
			if (items[i].kind == SIGNER_MIRROR && items[i].time_s == 0)
				items[i].time_s = host_clock_ms(host) / 1000;
	enum status status = step(host) ? STATUS_OK : died(err);
	if (status == STATUS_OK)
		status = signer_core_ops.sign(host->core, items, count, err);
	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		if (plant_is(PLANT_SIGNER_WITHOUT_GUARD) && items[i].kind == SIGNER_LOG &&
		    items[i].status != STATUS_OK)
			sign_anything(host, &items[i]);
		watch_signed(host, &asked[i], &items[i]);
	}
	free(asked);
	if (status == STATUS_OK && !step(host))
		return died(err);
	return status;
}

static enum status signer_guard_of(void *self, enum signer_kind kind, const char *origin,
                                   struct signer_guard *ret_guard, struct error *err)
{
	struct host *host = self;
	TRY(signer_core_ops.guard(host->core, kind, origin, ret_guard, err));
	if (kind == SIGNER_LOG &&
	    (plant_is(PLANT_GUARD_NOT_COMPARED) || plant_is(PLANT_SIGNER_WITHOUT_GUARD)))
		ret_guard->is_known = false;
	return STATUS_OK;
}

static enum status signer_open_box(void *self, const struct box_sealed_key *sealed,
                                   struct box_key *ret_key, struct error *err)
{
	return signer_core_ops.open_box(((struct host *)self)->core, sealed, ret_key,
	                                err);
}

const struct signer_ops host_signer_ops = {signer_sign, signer_guard_of, signer_open_box};

static struct packet *take_open(struct host *host, uint64_t request)
{
	for (size_t i = 0; i < host->open_count; i++) {
		struct packet *packet = host->open[i].packet;
		if (host->open[i].request != request)
			continue;
		host->open[i] = host->open[--host->open_count];
		return packet;
	}
	return NULL;
}

static void out_reply(void *self, const struct desk_reply *reply)
{
	struct host *host = self;
	if (!step(host))
		return;
	struct packet *packet = take_open(host, reply->request);
	if (!packet) {
		sim_fail(host->sim, "%s answers a request twice, or one that never was",
		         host->label);
		return;
	}
	watch_reply(host, packet, reply->status, reply->body);
	net_reply(host->sim, packet, reply->status, reply->type, reply->body);
	net_drop(host->sim, packet);
	(void)step(host);
}

static bool is_unasked(const struct desk_call *call)
{
	struct view path = view_of_string(call->path);
	bool is_pending = view_has_prefix(path, view_of_string("/pending/"));
	bool is_mirror = view_has_prefix(path, view_of_string("/mirror/"));
	if (plant_is(PLANT_PENDING_NOT_COMPARED))
		return is_pending;
	return plant_is(PLANT_MEMBERS_NOT_ASKED) && (is_pending || is_mirror);
}

static void out_call(void *self, const struct desk_call *call)
{
	struct host *host = self;
	struct desk_call changed = *call;
	if (!step(host))
		return;
	if (is_unasked(call))
		changed.path = "/nowhere";
	watch_call(host, call);
	net_call(host->sim, host, &changed);
	(void)step(host);
}

static void out_peers_changed(void *self)
{
}

static void out_event(void *self, struct view json)
{
}

static void out_log(void *self, const char *line)
{
	struct host *host = self;
	sim_say(host->sim, "%s: %s", host->label, line);
}

const struct desk_out_ops host_out_ops = {out_reply, out_call, out_peers_changed,
                                          out_event, out_log};
