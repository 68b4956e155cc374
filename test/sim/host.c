/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a host: processes that start, take turns and die, on a disk that stays.
 */
#include "sim/host.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/charters.h"
#include "sim/faults.h"
#include "sim/liar.h"
#include "sim/people.h"
#include "sim/watch.h"
#include "store/sqlite.h"

enum {
	SYNC_MS = 900, /* the guard is synced within a second */
	SPIN_TURNS = 3000,
	GUARD_MAX = 1 << 20,
};

#define FAR_AWAY (UINT64_MAX / 2) /* a power cut that never comes */

static const char store_name[] = "store.db";

static void open_store(struct host *host)
{
	struct error err;
	struct store_sqlite_options options = {.path = store_name,
	                                       .vfs = powerloss_vfs(host->disk)};
	sim_must(host->has_sqlite ? store_sqlite_open_with(&options, &host->store, &err)
	                          : store_memory_new(&host->store, &err),
	         &err);
}

struct host *host_new(struct sim *sim, size_t member, const char *label, bool has_sqlite)
{
	struct host *host = calloc(1, sizeof *host);
	if (!host)
		abort();
	host->sim = sim;
	host->member = member;
	host->name = sim->cards[member].card.name.text;
	host->label = label;
	host->is_hostile = member == sim->hostile;
	host->has_sqlite = has_sqlite;
	host->turn_at_ms = INT64_MAX;
	host->chance = chance_of(sim->seed, 100 + sim->host_count);
	host->late_guard = BUF_INIT(GUARD_MAX);
	host->disk = powerloss_new(chance_next(&host->chance));
	if (!host->disk)
		abort();
	if (!has_sqlite)
		open_store(host);
	host_write_guard(host, view_of("", 0));
	host->people = people_new(host);
	charters_give_card(host);
	for (size_t m = 0; m < SIM_DESKS_MAX; m++)
		host->pasts[m].end = UINT64_MAX;
	return host;
}

static void drop_inputs(struct host *host)
{
	struct sim *sim = host->sim;
	for (size_t i = 0; i < host->inbox_count; i++) {
		struct packet *packet = host->inbox[i].packet;
		if (host->inbox[i].kind == HOST_REQUEST)
			net_refuse(sim, packet, STATUS_CLOSED);
		if (packet)
			net_drop(sim, packet);
	}
	for (size_t i = 0; i < host->open_count; i++) {
		net_refuse(sim, host->open[i].packet, STATUS_CLOSED);
		net_drop(sim, host->open[i].packet);
	}
	host->inbox_count = host->open_count = 0;
}

static void end_process(struct host *host)
{
	desk_free(host->desk);
	host->desk = NULL;
	signer_core_free(host->core);
	host->core = NULL;
}

void host_free(struct host *host)
{
	if (!host)
		return;
	bool was_up = host_is_up(host);
	end_process(host);
	drop_inputs(host);
	if (!host->has_sqlite || was_up)
		host->store.ops->close(host->store.self);
	for (size_t i = 0; i < host->backup_count; i++) {
		store_memory_snapshot_free(host->backups[i].snapshot);
		buf_release(&host->backups[i].guard);
	}
	for (size_t m = 0; m < SIM_DESKS_MAX; m++)
		past_release(&host->pasts[m]);
	powerloss_free(host->disk);
	people_free(host->people);
	liar_free(host->liar);
	buf_release(&host->late_guard);
	buf_release(&host->card_note);
	buf_release(&host->next_note);
	free(host->inbox);
	free(host->open);
	free(host);
}

bool host_is_up(const struct host *host)
{
	return host->desk != NULL;
}

int64_t host_clock_ms(const struct host *host)
{
	return host->sim->now_ms + host->clock_offset_ms;
}

enum plant host_plant(const struct host *host)
{
	enum plant plant = host->sim->options.plant;
	bool is_spared = plant_is_of_one(plant) && host->member != 0;
	return host->is_hostile || is_spared ? PLANT_NONE : plant;
}

bool host_log(const struct host *host, size_t member, struct desk_log_info *ret_info)
{
	struct desk_channel_info info;
	if (desk_channel_count(host->desk) == 0)
		return false;
	desk_channel(host->desk, 0, &info);
	if (member >= info.log_count)
		return false;
	desk_log(host->desk, 0, member, ret_info);
	return true;
}

static int64_t legal_ms(void *clock)
{
	return host_clock_ms(clock);
}

static int64_t monotonic_ms(void *clock)
{
	return ((struct host *)clock)->sim->now_ms;
}

static void start_signer(struct host *host)
{
	struct error err;
	struct guard *guard = NULL;
	struct guard_file file = {&host_guard_ops, host};
	sim_must(guard_open(file, &guard, &err), &err);
	struct signer_config config = {
	    .desk = host->name,
	    .log = testing_secret_new(host->key_name, RECORD_ROLE_LOG),
	    .mirror = testing_secret_new(host->key_name, RECORD_ROLE_MIRROR),
	    .has_box = true,
	    .box = testing_seed(host->key_name, RECORD_ROLE_BOX),
	    .guard = guard,
	    .now_ms = legal_ms,
	    .monotonic_ms = monotonic_ms,
	    .clock = host,
	    .jump_limit_ms = SIM_SKEW_MS};
	sim_must(signer_core_new(&config, &host->core, &err), &err);
}

static void desk_chance(void *context, void *ret_bytes, size_t len)
{
	chance_bytes(context, ret_bytes, len);
}

static enum status open_desk(struct host *host, struct error *err)
{
	struct desk_options options = {
	    .poll_ms = host->sim->weather.poll_ms,
	    .backoff_ms = sim_is_long(host->sim) ? 20 * SIM_MINUTE_MS : 0,
	    .random_seed = chance_next(&host->chance),
	    .random = desk_chance,
	    .random_context = &host->chance};
	return desk_open(&options, buf_view(&host->card_note),
	                 (struct store){&host_store_ops, host},
	                 (struct signer){&host_signer_ops, host},
	                 (struct desk_out){&host_out_ops, host}, host_clock_ms(host),
	                 &host->desk, err);
}

void host_start(struct host *host)
{
	struct error err;
	struct sim *sim = host->sim;
	host->life++;
	host->is_dead = false;
	host->steps_to_death = 0;
	if (host->clock_offset_ms > SIM_SKEW_MS || host->clock_offset_ms < -SIM_SKEW_MS)
		host->clock_offset_ms = 0; /* a machine starts with the right time */
	if (host->has_sqlite)
		open_store(host);
	start_signer(host);
	memcpy(host->synced, host->known, sizeof host->synced); /* opening syncs it */
	sim_say(sim, "%s starts", host->label);
	plant_activate(host_plant(host));
	enum status status = open_desk(host, &err);
	plant_activate(PLANT_NONE);
	if (status != STATUS_OK) {
		host->desk = NULL;
		sim_fail(sim, "%s does not start: %s", host->label, err.text);
		return;
	}
	watch_started(host);
	host->turn_at_ms = INT64_MAX;
	host_wake(host, sim->now_ms);
}

/* What the disk keeps of a process that is gone. */
static void lose_unsynced(struct host *host)
{
	static const enum powerloss_survivor survivors[] = {
	    POWERLOSS_NONE, POWERLOSS_ALL, POWERLOSS_SOME, POWERLOSS_SOME};
	bool is_power_cut = host->death == HOST_POWER_CUT;
	enum powerloss_survivor survivor =
	    is_power_cut ? survivors[chance_below(&host->sim->fault_chance, 4)]
	                 : POWERLOSS_ALL;
	powerloss_cut_after(host->disk, is_power_cut ? 0 : FAR_AWAY);
	if (host->has_sqlite)
		host->store.ops->close(host->store.self);
	else
		store_memory_crash(&host->store);
	if (is_power_cut)
		powerloss_restart(host->disk, survivor);
	memcpy(host->staged, host->durable, sizeof host->staged);
}

void host_crash(struct host *host)
{
	struct sim *sim = host->sim;
	if (powerloss_is_cut(host->disk))
		host->death = HOST_POWER_CUT;
	bool is_power_cut = host->death == HOST_POWER_CUT;
	sim_say(sim, "%s %s", host->label, is_power_cut ? "loses power" : "is killed");
	sim_trace(sim, host->life + host->member * 7);
	sim->tally.crashes++;
	sim->tally.power_cuts += is_power_cut;
	end_process(host);
	drop_inputs(host);
	host->turn_at_ms = INT64_MAX;
	if (is_power_cut)
		memcpy(host->known, host->synced, sizeof host->known);
	host->owes_commit = false;
	buf_clear(&host->late_guard);
	people_turn_ended(host->people, false);
	lose_unsynced(host);
	faults_host_down(host);
}

void host_clone_disk(struct host *to, const struct host *from)
{
	CLEANUP_BUF struct buf guard = BUF_INIT(GUARD_MAX);
	struct store_memory_snapshot *snapshot = store_memory_snapshot(&from->store);
	if (!snapshot)
		abort();
	store_memory_restore(&to->store, snapshot);
	store_memory_snapshot_free(snapshot);
	host_read_guard(from, &guard);
	host_write_guard(to, buf_view(&guard));
}

static void sync_guard(struct sim *sim, void *subject, uint64_t life)
{
	struct host *host = subject;
	struct error err;
	if (!host_is_up(host) || host->life != life)
		return;
	host->sync_at_ms = 0;
	if (signer_core_sync(host->core, &err) != STATUS_OK) {
		host_crash(host);
		return;
	}
	memcpy(host->synced, host->known, sizeof host->synced);
}

static void take_request(struct host *host, struct host_input *input)
{
	struct packet *packet = input->packet;
	struct desk_request request = {.id = ++host->next_request,
	                               .peer = packet->from->name,
	                               .method = packet->method,
	                               .path = view_of_string(packet->path),
	                               .type = view_of_string(packet->type),
	                               .body = buf_view(&packet->body)};
	input->request = request.id;
	host->open =
	    sim_grow(host->open, &host->open_cap, host->open_count, sizeof *host->open);
	host->open[host->open_count++] = *input;
	desk_take_request(host->desk, &request);
}

static void take_answer(struct host *host, struct packet *packet)
{
	struct desk_answer answer = {.call = packet->call,
	                             .outcome = packet->outcome,
	                             .http_status = packet->http_status,
	                             .type = view_of_string(packet->answer_type),
	                             .body = buf_view(&packet->answer),
	                             .err = packet->err};
	desk_take_answer(host->desk, &answer);
	net_drop(host->sim, packet);
}

static void take_inputs(struct host *host)
{
	for (size_t i = 0; i < host->inbox_count; i++) {
		struct host_input input = host->inbox[i];
		switch (input.kind) {
		case HOST_REQUEST:
			take_request(host, &input);
			break;
		case HOST_ANSWER:
			take_answer(host, input.packet);
			break;
		case HOST_WORK:
			people_work(host->people);
			break;
		case HOST_RECOVER:
			host->recover_count++;
			desk_recover(host->desk);
			break;
		case HOST_JOIN:
			charters_hand_over(host, input.request);
			break;
		case HOST_REKEY:
			charters_rekey(host);
			break;
		}
	}
	host->inbox_count = 0;
}

static enum status take_turn(struct host *host, struct error *err)
{
	desk_turn_begin(host->desk, host_clock_ms(host));
	if (desk_channel_count(host->desk) == 0)
		charters_enter(host);
	if (host->meet_ms != 0 && host->meet_ms <= host->sim->now_ms)
		charters_meet(host);
	take_inputs(host);
	return desk_turn_end(host->desk, err);
}

static void note_spin(struct host *host)
{
	struct sim *sim = host->sim;
	host->turns_at_once =
	    host->last_turn_ms == sim->now_ms ? host->turns_at_once + 1 : 0;
	host->last_turn_ms = sim->now_ms;
	if (host->turns_at_once > SPIN_TURNS)
		sim_fail(sim, "%s spins: %d turns in one moment", host->label,
		         SPIN_TURNS);
}

static void turn(struct sim *sim, void *subject, uint64_t life)
{
	struct host *host = subject;
	struct error err = {0};
	if (!host_is_up(host) || host->life != life || host->turn_at_ms != sim->now_ms)
		return;
	host->turn_at_ms = INT64_MAX;
	sim->tally.turns++;
	note_spin(host);
	plant_activate(host_plant(host));
	enum status status = take_turn(host, &err);
	plant_activate(PLANT_NONE);
	if (host->is_dead || powerloss_is_cut(host->disk)) {
		host_crash(host);
		return;
	}
	if (status != STATUS_OK) {
		sim_fail(sim, "%s stops by itself: %s", host->label, err.text);
		return;
	}
	if (host->meet_ms <= sim->now_ms)
		host->meet_ms = 0;
	host_catch_up(host);
	people_turn_ended(host->people, true);
	watch_turn(host);
	if (host->sync_at_ms <= sim->now_ms) {
		host->sync_at_ms = sim->now_ms + SYNC_MS;
		agenda_add(&sim->agenda, host->sync_at_ms, sync_guard, host, host->life);
	}
	host_wake(host, desk_wake_ms(host->desk) - host->clock_offset_ms);
}

void host_wake(struct host *host, int64_t at_ms)
{
	struct sim *sim = host->sim;
	if (at_ms < sim->now_ms)
		at_ms = sim->now_ms;
	if (at_ms >= host->turn_at_ms)
		return;
	host->turn_at_ms = at_ms;
	agenda_add(&sim->agenda, at_ms, turn, host, host->life);
}

void host_put(struct host *host, struct host_input input)
{
	host->inbox = sim_grow(host->inbox, &host->inbox_cap, host->inbox_count,
	                       sizeof *host->inbox);
	host->inbox[host->inbox_count++] = input;
	host_wake(host,
	          host->sim->now_ms + (int64_t)chance_below(&host->sim->net_chance, 3));
}

enum status host_read_entries(const struct host *host, size_t member, uint64_t first,
                              uint64_t count, struct buf *ret, uint64_t *ret_count,
                              struct error *err)
{
	return host->store.ops->read_entries(host->store.self, (uint32_t)member, first,
	                                     count, ret, ret_count, err);
}

void host_back_up(struct host *host)
{
	struct host_backup *backup;
	if (host->has_sqlite || !host->has_entered)
		return;
	if (host->backup_count == HOST_BACKUPS) { /* the second oldest goes */
		store_memory_snapshot_free(host->backups[1].snapshot);
		buf_release(&host->backups[1].guard);
		memmove(&host->backups[1], &host->backups[2],
		        (HOST_BACKUPS - 2) * sizeof host->backups[0]);
		host->backup_count--;
	}
	backup = &host->backups[host->backup_count++];
	*backup = (struct host_backup){.at_ms = host->sim->now_ms,
	                               .snapshot = store_memory_snapshot(&host->store),
	                               .guard = BUF_INIT(GUARD_MAX)};
	host_read_guard(host, &backup->guard);
}

static void recount(struct host *host)
{
	struct error err;
	for (size_t m = 0; m < host->sim->desk_count; m++) {
		struct host_counts counts;
		sim_must(host->store.ops->count(host->store.self, (uint32_t)m,
		                                &counts.entries, &counts.bodies, &err),
		         &err);
		if (counts.entries < host->durable[m].entries ||
		    counts.bodies < host->durable[m].bodies)
			host->must_regain[m] = true;
		host->durable[m] = host->staged[m] = counts;
		host->receipts[m] = 0;
	}
}

/* How much of what it signed of the log is in the store that was put back, which may hold
 * another history, fetched when only the guard still knew of the first one. */
static uint64_t common_size(struct host *host, size_t member)
{
	const struct past *past = &host->pasts[member];
	CLEANUP_BUF struct buf bundle = BUF_INIT(TLOG_ENTRY_MAX + 2);
	uint64_t size = 0, count;
	struct view entry;
	struct error err;
	for (; size < past_size(past) && size < host->durable[member].entries; size++) {
		buf_clear(&bundle);
		sim_must(host_read_entries(host, member, size, 1, &bundle, &count, &err),
		         &err);
		struct reader reader = reader_of(buf_view(&bundle));
		if (!tlog_bundle_next(&reader, &entry))
			break;
		struct hash leaf = tlog_leaf_hash(entry);
		if (!hash_equal(&leaf, &past->leaves[size]))
			break;
	}
	return size;
}

void host_restore(struct host *host, const struct host_backup *backup,
                  enum host_restore what)
{
	assert(!host_is_up(host) && !host->has_sqlite);
	people_excuse(host->people, backup->at_ms);
	store_memory_restore(&host->store, backup->snapshot);
	recount(host);
	host->was_restored = true;
	host->meet_ms = host->sim->now_ms + SIM_HOUR_MS;
	if (what == HOST_RESTORE_STORE)
		return;
	memset(host->known, 0, sizeof host->known);
	memset(host->synced, 0, sizeof host->synced);
	/* it can't know what of a fork it cosigned */
	if (host->sim->hostile != SIZE_MAX)
		past_cut(&host->pasts[host->sim->hostile],
		         common_size(host, host->sim->hostile));
	host_write_guard(host, what == HOST_RESTORE_MACHINE ? buf_view(&backup->guard)
	                                                    : view_of("", 0));
}
