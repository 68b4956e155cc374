/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A world of desks in one process: the real rules, signers and stores of Aldis on
 * machines that crash, disks that forget, clocks that jump and a network that loses,
 * repeats and reorders; perhaps one member that cheats. Everything follows from the seed.
 * The world is watched at every step (watch.h) and judged when the faults have stopped
 * (verdict.h).
 *
 * Files: host.h a machine and its desk, net.h the network, people.h who writes and who
 * operates, letter.h what they write, neutral.h a witness, faults.h what goes wrong,
 * charters.h what is agreed, liar.h a hostile member without rules, stand_in.h what is
 * signed in a long world.
 */
#ifndef ALDIS_SIM_SIM_H
#define ALDIS_SIM_SIM_H

#include <stdio.h>

#include "base/cleanup.h"
#include "record/testing.h"
#include "sim/agenda.h"
#include "sim/chance.h"
#include "sim/plant.h"

enum {
	SIM_DESKS_MAX = 8,
	SIM_HOSTS_MAX = SIM_DESKS_MAX + 1, /* the evil twin is one more */
	SIM_CHARTERS_MAX = 6,
	SIM_SKEW_MS = 5 * 60 * 1000, /* as the charter says */
};

#define SIM_MINUTE_MS INT64_C(60000)
#define SIM_HOUR_MS (60 * SIM_MINUTE_MS)
#define SIM_DAY_MS (24 * SIM_HOUR_MS)

enum sim_hostile {
	SIM_HONEST,
	SIM_TWIN,        /* runs its key on two machines, each shown to other members */
	SIM_LIAR,        /* signs what it likes, floods, replays, forges */
	SIM_WITHHOLDING, /* takes everything, answers nothing */
};

/* When a backup is put back, beside at any time. */
enum sim_moment {
	SIM_MOMENT_DRAWN,   /* by the seed: mostly at no moment of its own */
	SIM_MOMENT_PENDING, /* a member holds a checkpoint whose entries it lacks */
	SIM_MOMENT_UNKNOWN, /* nobody has heard of what the desk has signed */
};

/* What a world is like; drawn from the seed. Times are means between two events of a
 * kind; 0: never. "One in" counts calls. */
struct sim_weather {
	int64_t delay_ms;
	uint64_t slow_one_in, lose_one_in, repeat_one_in;
	int64_t crash_every_ms, cut_every_ms, restore_every_ms, jump_every_ms;
	int64_t message_every_ms; /* of one desk */
	int64_t poll_ms;
	int64_t lie_step_ms;      /* a lie in 1 to 15 of them */
	enum sim_hostile hostile; /* the last desk */
	size_t sqlite_count;      /* of the first desks */
};

struct sim_options {
	size_t desk_count;
	int64_t hours; /* with faults; a quiet end comes behind */
	bool is_fair;  /* no faults, nobody hostile */
	enum plant plant;
	enum sim_moment moment;
	FILE *verbose; /* NULL: silent */
};

struct sim_tally {
	uint64_t turns, calls, messages, signatures, crashes, power_cuts, partitions,
	    restores, jumps, frozen, lies, evidence, duties;
};

struct host;
struct neutral;
struct packet;

struct sim_charter {
	struct buf note; /* signed by all who must */
	struct record_charter charter;
};

/* A charter's text that goes round to be signed. */
struct sim_draft {
	bool is_open;
	uint64_t number; /* counts them */
	struct buf text;
	struct hash digest;
	uint64_t wanted, signers; /* members, a bit each */
};

struct sim {
	struct sim_options options;
	struct sim_weather weather;
	uint64_t seed;
	int64_t now_ms;
	int64_t calm_ms;  /* from here on nothing goes wrong any more */
	int64_t quiet_ms; /* from here on nobody writes */
	int64_t end_ms;
	int64_t care_until_ms; /* until then no fault begins and the network is good */
	struct agenda agenda;
	struct chance net_chance, work_chance, fault_chance, charter_chance;

	struct testing_desk cards[SIM_DESKS_MAX];
	struct sim_charter charters[SIM_CHARTERS_MAX]; /* the first, then amendments */
	size_t charter_count;
	struct sim_draft draft;
	size_t carrier; /* member to whose desk the newest charter is handed */
	size_t desk_count;
	size_t founder_count; /* members of the first charter */
	struct host *hosts[SIM_HOSTS_MAX];
	size_t host_count;
	size_t hostile;                /* its member index; SIZE_MAX: none */
	bool sees_twin[SIM_DESKS_MAX]; /* this member meets the second machine */
	bool is_cut[SIM_DESKS_MAX][SIM_DESKS_MAX]; /* calls from, to */

	struct neutral *neutral; /* a witness that charters name, or NULL */
	struct packet *packets;  /* all, for the end */
	struct sim_tally tally;
	uint64_t trace; /* digest of what happened, to compare two runs */
	bool has_failed;
	char failure[640];
};

/* The moment at which a planted bug shows. */
enum sim_moment sim_moment_of(enum plant plant);

/* Runs one world to its end. False when something is wrong; ret_sim then says what.
 * sim_release in any case. */
bool sim_run(uint64_t seed, const struct sim_options *options, struct sim *ret_sim);
void sim_release(struct sim *sim);

/* Remembers what is wrong (the first is kept) and ends the run. */
void sim_fail(struct sim *sim, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A line for --verbose, with the time in front. */
void sim_say(struct sim *sim, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void sim_trace(struct sim *sim, uint64_t value);
/* Longer than two days: everything happens more slowly, and signatures are stood in for.
 */
bool sim_is_long(const struct sim *sim);
/* Of the member with this name; SIZE_MAX: nobody. */
size_t sim_member(const struct sim *sim, const char *name);
bool sim_is_honest(const struct sim *sim, const struct host *host);
/* Room for one more element; no memory ends the program. */
void *sim_grow(void *array, size_t *cap, size_t count, size_t size);
/* What must work for the simulator to mean anything; else the program ends. */
void sim_must(enum status status, const struct error *err);

#endif
