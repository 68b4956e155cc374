/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each kind of fault is an act that puts its next one on the agenda. A fault that can't
 * be now (a backup that would make recovery impossible, a world that is to be careful) is
 * left out. What may be restored: aldis.md 7.3 and 7.4 protect a desk as long as a member
 * holds what it signed; a backup without the guard is put back only while that is so and
 * the others can be reached.
 */
#include "sim/faults.h"

#include <stdlib.h>

#include "sim/people.h"

enum { CARE_MS = 4 * 60 * 1000 };

/* A long world has as much of everything as a day's, spread over its time. */
static void slow_down(struct sim_weather *weather)
{
	weather->crash_every_ms *= 6;
	weather->cut_every_ms *= 6;
	weather->restore_every_ms *= 6;
	weather->jump_every_ms *= 6;
	weather->message_every_ms *= 6;
	weather->lie_step_ms *= 6;
	weather->poll_ms = 20 * SIM_MINUTE_MS + 4 * weather->poll_ms;
}

void faults_draw_weather(struct sim *sim, bool is_fair)
{
	struct chance chance = chance_of(sim->seed, 1);
	struct sim_weather *weather = &sim->weather;
	static const int64_t delays[] = {5, 30, 200, 800};
	static const uint64_t rates[] = {0, 1000, 100, 20};
	static const int64_t crashes[] = {0, 6, 2, 1};
	static const int64_t cuts[] = {0, 8, 3};
	static const int64_t restores[] = {0, 12, 5};
	static const int64_t jumps[] = {0, 12, 6};
	static const int64_t polls[] = {1, 5, 10};
	*weather = (struct sim_weather){
	    .delay_ms = delays[chance_below(&chance, 4)],
	    .slow_one_in = rates[chance_below(&chance, 4)],
	    .lose_one_in = rates[chance_below(&chance, 4)],
	    .repeat_one_in = rates[chance_below(&chance, 4)],
	    .crash_every_ms = crashes[chance_below(&chance, 4)] * SIM_HOUR_MS,
	    .cut_every_ms = cuts[chance_below(&chance, 3)] * SIM_HOUR_MS,
	    .restore_every_ms = restores[chance_below(&chance, 3)] * SIM_HOUR_MS,
	    .jump_every_ms = jumps[chance_below(&chance, 3)] * SIM_HOUR_MS,
	    .message_every_ms = chance_between(&chance, 20, 90) * SIM_MINUTE_MS,
	    .poll_ms = polls[chance_below(&chance, 3)] * SIM_MINUTE_MS,
	};
	if (chance_one_in(&chance, 4))
		weather->sqlite_count = 1 + chance_below(&chance, 2);
	if (sim->desk_count > 2 && chance_one_in(&chance, 2))
		weather->hostile = 1 + (enum sim_hostile)chance_below(&chance, 3);
	weather->lie_step_ms = SIM_MINUTE_MS;
	if (sim_is_long(sim))
		slow_down(weather);
	if (!is_fair)
		return;
	*weather = (struct sim_weather){.delay_ms = 30,
	                                .message_every_ms = 30 * SIM_MINUTE_MS,
	                                .poll_ms = 5 * SIM_MINUTE_MS};
}

static struct chance *dice(struct sim *sim)
{
	return &sim->fault_chance;
}

static bool may_begin(const struct sim *sim)
{
	return sim->now_ms < sim->calm_ms && sim->now_ms >= sim->care_until_ms;
}

static void again(struct sim *sim, agenda_act *act, int64_t every_ms)
{
	int64_t wait = 1 + (int64_t)chance_below(dice(sim), (uint64_t)every_ms * 2);
	if (every_ms > 0 && sim->now_ms + wait < sim->calm_ms)
		agenda_add(&sim->agenda, sim->now_ms + wait, act, NULL, 0);
}

static struct host *some_host(struct sim *sim)
{
	struct host *host = sim->hosts[chance_below(dice(sim), sim->host_count)];
	return host->liar ? NULL : host;
}

static void heal_lines(struct sim *sim)
{
	memset(sim->is_cut, 0, sizeof sim->is_cut);
}

static void start_again(struct sim *sim, void *subject, uint64_t life)
{
	struct host *host = subject;
	if (host_is_up(host) || host->life != life || host->is_gone)
		return;
	host_start(host);
	if (!may_begin(sim))
		return;
	if (chance_one_in(dice(sim), 2)) /* somebody has waited for it */
		people_write_now(host->people);
	if (chance_one_in(dice(sim), 6))
		host->steps_to_death = 1 + chance_below(dice(sim), 20);
}

void faults_host_down(struct host *host)
{
	struct sim *sim = host->sim;
	int64_t wait = chance_between(dice(sim), 1000, 30000);
	if (may_begin(sim) && chance_one_in(dice(sim), 6))
		wait = chance_between(dice(sim), 5, 180) * SIM_MINUTE_MS;
	if (sim->now_ms + wait > sim->calm_ms)
		wait = chance_between(dice(sim), 100, 2000);
	agenda_add(&sim->agenda, sim->now_ms + wait, start_again, host, host->life);
}

static void crash(struct sim *sim, void *subject, uint64_t number)
{
	struct host *host = some_host(sim);
	again(sim, crash, sim->weather.crash_every_ms);
	if (!host || !host_is_up(host) || !may_begin(sim))
		return;
	host->death = chance_one_in(dice(sim), 2) ? HOST_KILLED : HOST_POWER_CUT;
	if (host->has_sqlite && host->death == HOST_POWER_CUT &&
	    chance_one_in(dice(sim), 2))
		powerloss_cut_after(host->disk, chance_below(dice(sim), 40));
	else if (chance_one_in(dice(sim), 5))
		host_crash(host);
	else
		host->steps_to_death = 1 + chance_below(dice(sim), 24);
}

static void mend(struct sim *sim, void *subject, uint64_t number)
{
	sim->is_cut[number / SIM_DESKS_MAX][number % SIM_DESKS_MAX] = false;
}

static void cut_line(struct sim *sim, size_t from, size_t to, int64_t for_ms)
{
	if (from == to)
		return;
	sim->is_cut[from][to] = true;
	agenda_add(&sim->agenda, sim->now_ms + for_ms, mend, NULL,
	           from * SIM_DESKS_MAX + to);
}

static void cut(struct sim *sim, void *subject, uint64_t number)
{
	size_t a = chance_below(dice(sim), sim->desk_count);
	size_t b = chance_below(dice(sim), sim->desk_count);
	int64_t for_ms = chance_between(dice(sim), 1, 180) * SIM_MINUTE_MS;
	unsigned kind = (unsigned)chance_below(dice(sim), 4);
	again(sim, cut, sim->weather.cut_every_ms);
	if (!may_begin(sim))
		return;
	sim->tally.partitions++;
	sim_say(sim, "lines of %s are cut (%u)", sim->hosts[a]->label, kind);
	for (size_t m = 0; m < sim->desk_count; m++) {
		if (kind > 1 && m != b) /* all lines of a, or one */
			continue;
		if (kind != 3)
			cut_line(sim, a, m, for_ms);
		if (kind != 1) /* one way only: it can call, or be called */
			cut_line(sim, m, a, for_ms);
	}
}

static void set_right(struct sim *sim, void *subject, uint64_t number)
{
	struct host *host = subject;
	host->clock_offset_ms = chance_between(dice(sim), -1000, 1000);
	sim_say(sim, "the clock of %s is set right", host->label);
	if (host_is_up(host))
		signer_core_accept_clock(host->core);
}

static void jump(struct sim *sim, void *subject, uint64_t number)
{
	static const int64_t reaches_ms[] = {60000, SIM_SKEW_MS - 1000, SIM_HOUR_MS,
	                                     72 * SIM_HOUR_MS};
	int64_t reach = reaches_ms[chance_below(dice(sim), 4)];
	int64_t by = chance_between(dice(sim), -reach, reach);
	struct host *host = some_host(sim);
	again(sim, jump, sim->weather.jump_every_ms);
	if (!host || !may_begin(sim))
		return;
	host->clock_offset_ms = by;
	sim->tally.jumps++;
	sim_say(sim, "the clock of %s jumps to %+lld s", host->label,
	        (long long)by / 1000);
	agenda_add(&sim->agenda,
	           sim->now_ms + chance_between(dice(sim), 1, 40) * SIM_MINUTE_MS,
	           set_right, host, 0);
}

static void back_up(struct sim *sim, void *subject, uint64_t number)
{
	for (size_t i = 0; i < sim->host_count; i++)
		if (sim_is_honest(sim, sim->hosts[i]) && chance_one_in(dice(sim), 2))
			host_back_up(sim->hosts[i]);
	agenda_add(&sim->agenda, sim->now_ms + 40 * SIM_MINUTE_MS, back_up, NULL, 0);
}

struct standing {
	bool all_up;       /* every other honest host, with no death planned */
	uint64_t cosigned; /* of this host's log, by some honest other */
	uint64_t known;    /* signed checkpoint that some honest other holds */
};

static struct standing look_around(const struct sim *sim, const struct host *host)
{
	struct standing standing = {.all_up = true};
	for (size_t i = 0; i < sim->desk_count; i++) {
		const struct host *other = sim->hosts[i];
		struct desk_log_info info;
		if (other == host || !sim_is_honest(sim, other))
			continue;
		if (!host_is_up(other) || other->steps_to_death > 0 ||
		    other->has_sqlite || desk_channel_count(other->desk) == 0) {
			standing.all_up = standing.all_up && other->has_sqlite &&
			                  host_is_up(other) && other->steps_to_death == 0;
			continue;
		}
		if (!host_log(other, host->member, &info))
			continue;
		if (info.cosigned_size > standing.cosigned)
			standing.cosigned = info.cosigned_size;
		if (info.signed_size > standing.known)
			standing.known = info.signed_size;
	}
	return standing;
}

static void take_care(struct sim *sim)
{
	sim->care_until_ms = sim->now_ms + CARE_MS;
	heal_lines(sim);
}

/* Two backups at once could take away what the other desk needs to recover. */
static bool is_one_recovering(const struct sim *sim)
{
	for (size_t i = 0; i < sim->desk_count; i++) {
		const struct host *host = sim->hosts[i];
		if (!sim_is_honest(sim, host) || host->may_stay_frozen)
			continue;
		if (host->was_restored)
			return true;
		for (size_t m = 0; m < sim->desk_count; m++)
			if (host->must_regain[m] && m != sim->hostile &&
			    !sim->hosts[m]->may_stay_frozen)
				return true;
	}
	return false;
}

/* One desk that has to stay frozen is enough for a world. */
static bool is_one_frozen(const struct sim *sim)
{
	for (size_t i = 0; i < sim->host_count; i++)
		if (sim->hosts[i]->may_stay_frozen)
			return true;
	return false;
}

static void put_back(struct sim *sim, struct host *host, const struct host_backup *backup,
                     enum host_restore what)
{
	static const char *const words[] = {"its database", "the whole machine",
	                                    "its database, without a guard"};
	struct standing standing = look_around(sim, host);
	uint64_t mine = past_size(&host->pasts[host->member]);
	/* a power cut just before may have set it back */
	bool has_guard =
	    what == HOST_RESTORE_STORE && host->known[host->member].size >= mine;
	bool is_lost = standing.cosigned < mine;
	if (is_one_recovering(sim))
		return;
	/* without the guard, somebody must at least know of it */
	if (!has_guard && (!standing.all_up || standing.known < mine))
		return;
	if (is_lost && (is_one_frozen(sim) || !chance_one_in(dice(sim), 3)))
		return;
	sim->tally.restores++;
	if (!has_guard)
		take_care(sim);
	sim_say(sim, "%s gets back a backup: %s%s", host->label, words[what],
	        is_lost ? ", and nobody holds all of its log" : "");
	host->death = HOST_KILLED;
	if (host_is_up(host))
		host_crash(host);
	net_forget(sim, host);
	host_restore(host, backup, what);
	host->may_stay_frozen = host->may_stay_frozen || is_lost;
}

static void restore(struct sim *sim, void *subject, uint64_t number)
{
	struct host *host = some_host(sim);
	enum host_restore what = (enum host_restore)chance_below(dice(sim), 3);
	again(sim, restore, sim->weather.restore_every_ms);
	if (!host || !sim_is_honest(sim, host) || host->backup_count == 0 ||
	    host->was_restored || !may_begin(sim))
		return;
	put_back(sim, host, &host->backups[chance_below(dice(sim), host->backup_count)],
	         what);
}

/* The two moments that matter most: somebody holds a checkpoint whose entries it lacks,
 * or nobody has yet heard of what this host has signed. number: which of them. */
static void restore_at_worst(struct sim *sim, void *subject, uint64_t number)
{
	struct host *host = some_host(sim);
	if (sim->now_ms >= sim->calm_ms || is_one_frozen(sim))
		return;
	agenda_add(&sim->agenda, sim->now_ms + 700, restore_at_worst, NULL, number);
	if (!host || !sim_is_honest(sim, host) || host->backup_count == 0 ||
	    host->was_restored || !may_begin(sim) || !chance_one_in(dice(sim), 4))
		return;
	struct standing standing = look_around(sim, host);
	const struct host_backup *backup = &host->backups[host->backup_count - 1];
	if (number == SIM_MOMENT_PENDING && standing.known > standing.cosigned)
		put_back(sim, host, backup, HOST_RESTORE_MACHINE);
	if (number == SIM_MOMENT_UNKNOWN &&
	    past_size(&host->pasts[host->member]) > standing.known)
		put_back(sim, host, backup, HOST_RESTORE_STORE);
}

static void get_calm(struct sim *sim, void *subject, uint64_t number)
{
	sim_say(sim, "the world gets calm");
	heal_lines(sim);
	for (size_t i = 0; i < sim->host_count; i++) {
		struct host *host = sim->hosts[i];
		host->steps_to_death = 0;
		if (host->disk && !powerloss_is_cut(host->disk))
			powerloss_cut_after(host->disk, UINT64_MAX / 2);
		if (!host->liar)
			set_right(sim, host, 0);
		if (!host->liar && !host_is_up(host))
			start_again(sim, host, host->life);
	}
}

void faults_begin(struct sim *sim)
{
	const struct sim_weather *weather = &sim->weather;
	again(sim, crash, weather->crash_every_ms);
	again(sim, cut, weather->cut_every_ms);
	again(sim, jump, weather->jump_every_ms);
	again(sim, restore, weather->restore_every_ms);
	if (weather->restore_every_ms > 0) {
		int64_t first_ms = sim->now_ms + SIM_HOUR_MS;
		enum sim_moment moment = sim->options.moment;
		if (moment == SIM_MOMENT_DRAWN)
			moment = SIM_MOMENT_PENDING +
			         (enum sim_moment)chance_below(dice(sim), 5);
		agenda_add(&sim->agenda, first_ms, back_up, NULL, 0);
		if (moment <= SIM_MOMENT_UNKNOWN)
			agenda_add(&sim->agenda,
			           first_ms +
			               (int64_t)chance_below(
			                   dice(sim),
			                   (uint64_t)sim->options.hours * SIM_HOUR_MS),
			           restore_at_worst, NULL, moment);
	}
	agenda_add(&sim->agenda, sim->calm_ms, get_calm, NULL, 0);
}
