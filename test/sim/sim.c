/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making a world, letting its time pass, taking it down.
 */
#include "sim/sim.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "crypto/random.h"
#include "sim/charters.h"
#include "sim/faults.h"
#include "sim/host.h"
#include "sim/liar.h"
#include "sim/neutral.h"
#include "sim/people.h"
#include "sim/stand_in.h"
#include "sim/verdict.h"

/* 2026-11-21T00:20:00Z; the end is far from a full hour, when all desks write. */
#define BEGIN_MS INT64_C(1795220400000)

static const char *const labels[SIM_HOSTS_MAX] = {
    "north", "south", "west", "east", "upper", "lower", "inner", "outer", "twin"};

void sim_must(enum status status, const struct error *err)
{
	if (status == STATUS_OK)
		return;
	fprintf(stderr, "aldis-sim: %s: %s\n", status_name(status), err->text);
	abort();
}

void *sim_grow(void *array, size_t *cap, size_t count, size_t size)
{
	if (count < *cap)
		return array;
	*cap = *cap ? *cap * 2 : 16;
	array = reallocarray(array, *cap, size);
	if (!array)
		abort();
	return array;
}

enum sim_moment sim_moment_of(enum plant plant)
{
	if (plant == PLANT_PENDING_NOT_COMPARED)
		return SIM_MOMENT_PENDING;
	return plant == PLANT_SIGNER_WITHOUT_GUARD ? SIM_MOMENT_UNKNOWN
	                                           : SIM_MOMENT_DRAWN;
}

static void print_time(const struct sim *sim, char *ret_text, size_t cap)
{
	int64_t ms = sim->now_ms - BEGIN_MS;
	snprintf(ret_text, cap, "%" PRId64 ":%02" PRId64 ":%06.3f", ms / SIM_HOUR_MS,
	         ms / SIM_MINUTE_MS % 60, (double)(ms % SIM_MINUTE_MS) / 1000);
}

void sim_say(struct sim *sim, const char *format, ...)
{
	char when[40];
	va_list args;
	if (!sim->options.verbose)
		return;
	print_time(sim, when, sizeof when);
	fprintf(sim->options.verbose, "%s ", when);
	va_start(args, format);
	vfprintf(sim->options.verbose, format, args);
	va_end(args);
	fputc('\n', sim->options.verbose);
}

void sim_fail(struct sim *sim, const char *format, ...)
{
	char text[480], when[40];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	sim_say(sim, "FAILED: %s", text);
	if (sim->has_failed)
		return;
	sim->has_failed = true;
	print_time(sim, when, sizeof when);
	snprintf(sim->failure, sizeof sim->failure, "at %s: %s", when, text);
}

void sim_trace(struct sim *sim, uint64_t value)
{
	sim->trace =
	    (sim->trace ^ value ^ (uint64_t)sim->now_ms) * UINT64_C(0x100000001b3);
}

bool sim_is_honest(const struct sim *sim, const struct host *host)
{
	return !host->is_hostile;
}

size_t sim_member(const struct sim *sim, const char *name)
{
	for (size_t m = 0; m < sim->desk_count; m++)
		if (strcmp(sim->cards[m].card.name.text, name) == 0)
			return m;
	return SIZE_MAX;
}

static void make_cards(struct sim *sim)
{
	for (size_t m = 0; m < sim->desk_count; m++) {
		char name[40];
		snprintf(name, sizeof name, "%s.example", labels[m]);
		testing_desk_init(&sim->cards[m], name, NULL);
	}
	sim->founder_count = sim->desk_count;
	if (sim_is_long(sim) && !sim->options.is_fair && sim->desk_count > 3)
		sim->founder_count -= chance_below(&sim->charter_chance, 3);
	sim->neutral = neutral_new(sim);
	charters_make_first(sim);
}

static void add_host(struct sim *sim, size_t member, const char *label, bool has_sqlite)
{
	struct host *host = host_new(sim, member, label, has_sqlite);
	sim->hosts[sim->host_count++] = host;
}

bool sim_is_long(const struct sim *sim)
{
	return sim->options.hours * SIM_HOUR_MS > 2 * SIM_DAY_MS;
}

/* Whom nobody believes any more would only try again and again. */
static void end_hostile(struct sim *sim, void *subject, uint64_t number)
{
	for (size_t i = 0; i < sim->host_count; i++) {
		struct host *host = sim->hosts[i];
		host->is_gone = host->is_gone || host->is_hostile;
		if (host->is_hostile && host_is_up(host))
			host_crash(host);
	}
}

/* The second machine begins with a copy of the first one's disk, and then both go on. */
static void split(struct sim *sim, void *subject, uint64_t number)
{
	struct host *host = sim->hosts[sim->hostile];
	struct host *twin = sim->hosts[sim->desk_count];
	host_clone_disk(twin, host);
	twin->may_enter = twin->has_entered = true;
	for (size_t m = 0; m < sim->desk_count; m++)
		sim->sees_twin[m] = m != sim->hostile && m % 2 == number % 2;
	sim_say(sim, "%s goes on on two machines", host->label);
	if (sim_is_long(sim))
		agenda_add(&sim->agenda,
		           sim->now_ms + (int64_t)(number % 24 + 1) * SIM_HOUR_MS,
		           end_hostile, NULL, 0);
	host_start(twin);
	people_write(sim, twin, 0);
	agenda_add(&sim->agenda, sim->now_ms, people_look, twin, 0);
}

static void make_hosts(struct sim *sim)
{
	for (size_t m = 0; m < sim->desk_count; m++)
		add_host(sim, m, labels[m],
		         m < sim->weather.sqlite_count && m != sim->hostile);
	if (sim->weather.hostile == SIM_TWIN)
		add_host(sim, sim->hostile, labels[SIM_HOSTS_MAX - 1], false);
	if (sim->weather.hostile == SIM_LIAR)
		sim->hosts[sim->hostile]->liar = liar_new(sim->hosts[sim->hostile]);
}

static void begin(struct sim *sim)
{
	for (size_t m = 0; m < sim->desk_count; m++) {
		struct host *host = sim->hosts[m];
		if (host->liar) {
			agenda_add(&sim->agenda, sim->now_ms + 60000, liar_act, host, 0);
			continue;
		}
		host->may_enter = m < sim->founder_count;
		host_start(host);
		if (host->may_enter)
			agenda_add(&sim->agenda, sim->now_ms + 10000, people_write, host,
			           0);
		agenda_add(&sim->agenda, sim->now_ms + 10000, people_look, host, 0);
	}
	if (sim->weather.hostile == SIM_TWIN)
		agenda_add(&sim->agenda,
		           sim->now_ms + (int64_t)chance_below(
		                             &sim->fault_chance,
		                             (uint64_t)sim->options.hours * SIM_HOUR_MS),
		           split, NULL, chance_next(&sim->fault_chance));
	faults_begin(sim);
	charters_begin(sim);
}

static void init(struct sim *sim, uint64_t seed, const struct sim_options *options)
{
	struct error err;
	sim_must(crypto_init(&err), &err);
	*sim = (struct sim){.options = *options,
	                    .seed = seed,
	                    .now_ms = BEGIN_MS,
	                    .desk_count = options->desk_count,
	                    .hostile = SIZE_MAX,
	                    .net_chance = chance_of(seed, 2),
	                    .work_chance = chance_of(seed, 3),
	                    .fault_chance = chance_of(seed, 4),
	                    .charter_chance = chance_of(seed, 6)};
	sim->calm_ms = BEGIN_MS + options->hours * SIM_HOUR_MS;
	sim->quiet_ms = sim->calm_ms + SIM_HOUR_MS;
	stand_in_activate(sim_is_long(sim));
	faults_draw_weather(sim, options->is_fair);
	sim->end_ms = sim->quiet_ms + 30 * SIM_MINUTE_MS +
	              (sim->weather.poll_ms / SIM_HOUR_MS + 1) * SIM_HOUR_MS;
	make_cards(sim);
	if (sim->weather.hostile != SIM_HONEST)
		sim->hostile = sim->founder_count - 1;
	make_hosts(sim);
}

bool sim_run(uint64_t seed, const struct sim_options *options, struct sim *ret_sim)
{
	struct sim *sim = ret_sim;
	struct agenda_item item;
	init(sim, seed, options);
	begin(sim);
	while (!sim->has_failed && agenda_take(&sim->agenda, &item) &&
	       item.at_ms <= sim->end_ms) {
		sim->now_ms = item.at_ms;
		item.act(sim, item.subject, item.number);
	}
	sim->now_ms =
	    sim->now_ms < sim->end_ms && !sim->has_failed ? sim->end_ms : sim->now_ms;
	if (!sim->has_failed)
		verdict_give(sim);
	return !sim->has_failed;
}

void sim_release(struct sim *sim)
{
	for (size_t i = 0; i < sim->host_count; i++)
		host_free(sim->hosts[i]);
	net_release(sim);
	agenda_release(&sim->agenda);
	for (size_t m = 0; m < sim->desk_count; m++)
		testing_desk_release(&sim->cards[m]);
	charters_release(sim);
	neutral_free(sim->neutral);
}
