/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis-sim: runs worlds of desks, seed by seed. A seed that fails is printed with the
 * command that runs it again.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

struct run {
	struct sim_options options;
	uint64_t start, seeds;
	bool is_json;
};

static const char usage[] =
    "usage: aldis-sim [--seeds N] [--start SEED] [--seed SEED] [--desks N] [--hours H]\n"
    "                 [--fair] [--plant NAME] [--verbose] [--json]\n"
    "  --seeds N     how many worlds (100), from --start on (1)\n"
    "  --seed SEED   one world\n"
    "  --desks N     desks of a world (3)\n"
    "  --hours H     virtual hours with faults (24); a world longer than 48 is slower,\n"
    "                and digests stand in for its signatures\n"
    "  --fair        no faults, nobody hostile\n"
    "  --plant NAME  with a bug planted; 'list' names them\n"
    "  --verbose     say what happens\n"
    "  --json        one object a world\n";

static void print_json(uint64_t seed, const struct sim *sim)
{
	const struct sim_tally *tally = &sim->tally;
	printf("{\"seed\":%" PRIu64 ",\"ok\":%s,\"turns\":%" PRIu64 ",\"calls\":%" PRIu64
	       ",\"messages\":%" PRIu64 ",\"signatures\":%" PRIu64 ",\"crashes\":%" PRIu64
	       ",\"power_cuts\":%" PRIu64 ",\"partitions\":%" PRIu64
	       ",\"restores\":%" PRIu64 ",\"jumps\":%" PRIu64 ",\"lies\":%" PRIu64
	       ",\"evidence\":%" PRIu64 ",\"trace\":\"%016" PRIx64 "\"}\n",
	       seed, sim->has_failed ? "false" : "true", tally->turns, tally->calls,
	       tally->messages, tally->signatures, tally->crashes, tally->power_cuts,
	       tally->partitions, tally->restores, tally->jumps, tally->lies,
	       tally->evidence, sim->trace);
}

static bool run_seed(const struct run *run, uint64_t seed, struct sim_tally *total)
{
	struct sim sim;
	bool ok = sim_run(seed, &run->options, &sim);
	if (run->is_json)
		print_json(seed, &sim);
	if (!ok) {
		printf("seed %" PRIu64 " FAILED %s\n", seed, sim.failure);
		printf("  again: aldis-sim --seed %" PRIu64
		       " --desks %zu --hours %" PRId64 "%s%s%s --verbose\n",
		       seed, run->options.desk_count, run->options.hours,
		       run->options.is_fair ? " --fair" : "",
		       run->options.plant ? " --plant " : "",
		       run->options.plant ? plant_name(run->options.plant) : "");
		fflush(stdout);
	}
	uint64_t *to = (uint64_t *)total;
	const uint64_t *from = (const uint64_t *)&sim.tally;
	for (size_t i = 0; i < sizeof *total / sizeof *to; i++)
		to[i] += from[i];
	sim_release(&sim);
	return ok;
}

static int run_seeds(const struct run *run)
{
	struct sim_tally total = {0};
	uint64_t failed = 0;
	for (uint64_t i = 0; i < run->seeds; i++)
		failed += !run_seed(run, run->start + i, &total);
	if (!run->is_json)
		printf("%" PRIu64 " worlds of %zu desks, %" PRId64 " hours each: %" PRIu64
		       " failed\n"
		       "  %" PRIu64 " turns, %" PRIu64 " calls, %" PRIu64
		       " letters, %" PRIu64 " signatures\n"
		       "  %" PRIu64 " crashes (%" PRIu64 " power cuts), %" PRIu64
		       " cuts of lines, %" PRIu64 " backups put back (%" PRIu64
		       " desks end frozen, as they must)\n"
		       "  %" PRIu64 " clock jumps, %" PRIu64 " lies, %" PRIu64
		       " proofs of a fork, %" PRIu64 " duties\n",
		       run->seeds, run->options.desk_count, run->options.hours, failed,
		       total.turns, total.calls, total.messages, total.signatures,
		       total.crashes, total.power_cuts, total.partitions, total.restores,
		       total.frozen, total.jumps, total.lies, total.evidence,
		       total.duties);
	return failed ? 1 : 0;
}

static int list_plants(void)
{
	for (enum plant plant = PLANT_NONE + 1; plant < PLANT_COUNT; plant++)
		puts(plant_name(plant));
	return 0;
}

static int refuse(void)
{
	fputs(usage, stderr);
	return 2;
}

static bool take_number(const char *text, uint64_t *ret_number)
{
	char *end;
	*ret_number = strtoull(text, &end, 10);
	return *text && !*end;
}

enum choice { SEEDS = 1, START, SEED, DESKS, HOURS, FAIR, PLANT, VERBOSE, JSON };

static bool take_option(struct run *run, int option, const char *value)
{
	uint64_t number = 0;
	if (value && option != PLANT && !take_number(value, &number))
		return false;
	switch ((enum choice)option) {
	case SEEDS:
		run->seeds = number;
		return true;
	case SEED:
		run->seeds = 1;
		run->start = number;
		return true;
	case START:
		run->start = number;
		return true;
	case DESKS:
		run->options.desk_count = number;
		return number >= 2 && number <= SIM_DESKS_MAX;
	case HOURS:
		run->options.hours = (int64_t)number;
		return number >= 1 && number <= 10000;
	case FAIR:
		run->options.is_fair = true;
		return true;
	case PLANT:
		run->options.plant = plant_find(value);
		run->options.moment = sim_moment_of(run->options.plant);
		return run->options.plant < PLANT_COUNT;
	case VERBOSE:
		run->options.verbose = stdout;
		return true;
	case JSON:
		run->is_json = true;
		return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"seeds", required_argument, NULL, SEEDS},
	    {"start", required_argument, NULL, START},
	    {"seed", required_argument, NULL, SEED},
	    {"desks", required_argument, NULL, DESKS},
	    {"hours", required_argument, NULL, HOURS},
	    {"fair", no_argument, NULL, FAIR},
	    {"plant", required_argument, NULL, PLANT},
	    {"verbose", no_argument, NULL, VERBOSE},
	    {"json", no_argument, NULL, JSON},
	    {0},
	};
	struct run run = {
	    .options = {.desk_count = 3, .hours = 24}, .start = 1, .seeds = 100};
	int option;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == PLANT && strcmp(optarg, "list") == 0)
			return list_plants();
		if (option == '?' || !take_option(&run, option, optarg))
			return refuse();
	}
	if (optind < argc)
		return refuse();
	return run_seeds(&run);
}
