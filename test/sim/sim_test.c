/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulator as a test, in TAP: worlds that must end well, worlds that once did not,
 * planted bugs that must be found, and the same seed twice.
 *
 *   test-sim worlds FIRST COUNT DESKS HOURS | known | planted | repeats
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

static unsigned case_count;
static bool all_passed = true;

static void report(bool ok, const char *failure, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void report(bool ok, const char *failure, const char *format, ...)
{
	char name[200];
	va_list args;
	va_start(args, format);
	vsnprintf(name, sizeof name, format, args);
	va_end(args);
	if (!ok)
		printf("# %s\n", failure);
	printf("%sok %u - %s\n", ok ? "" : "not ", ++case_count, name);
	fflush(stdout);
	all_passed = all_passed && ok;
}

static void run_world(uint64_t seed, size_t desk_count, int64_t hours)
{
	struct sim_options options = {.desk_count = desk_count, .hours = hours};
	struct sim sim;
	bool ok = sim_run(seed, &options, &sim);
	report(ok, sim.failure,
	       "aldis-sim --seed %" PRIu64 " --desks %zu --hours %" PRId64, seed,
	       desk_count, hours);
	sim_release(&sim);
}

static void run_worlds(char **numbers)
{
	uint64_t first = strtoull(numbers[0], NULL, 10);
	uint64_t count = strtoull(numbers[1], NULL, 10);
	size_t desk_count = strtoull(numbers[2], NULL, 10);
	printf("1..%" PRIu64 "\n", count);
	for (uint64_t i = 0; i < count; i++)
		run_world(first + i, desk_count, strtoll(numbers[3], NULL, 10));
}

/* Each found a bug in the rules of a desk, beyond those among the first. */
static void run_known(void)
{
	static const struct {
		uint64_t seed;
		size_t desk_count;
		int64_t hours;
	} known[] = {
	    {7032, 2, 24}, /* an old outbox sent a recovered message once more */
	    {7091, 2, 24}, {5026, 5, 12}, /* a fork and a lost guard */
	    {5036, 5, 12}, {14, 7, 168}, /* backups from before others' changes of keys */
	    {31, 7, 168},  {99, 7, 168},  {57, 4, 168}, {39, 4, 168},
	};
	size_t count = sizeof known / sizeof known[0];
	printf("1..%zu\n", count);
	for (size_t i = 0; i < count; i++)
		run_world(known[i].seed, known[i].desk_count, known[i].hours);
}

/* The first seed that finds the bug by its own words; 0 when none does. */
static uint64_t find_plant(struct sim_options *options)
{
	for (uint64_t seed = 1; seed <= plant_seeds(options->plant); seed++) {
		struct sim sim;
		bool ok = sim_run(seed, options, &sim);
		bool is_found = !ok && strstr(sim.failure, plant_words(options->plant));
		if (is_found)
			printf("# seed %" PRIu64 " %s\n", seed, sim.failure);
		sim_release(&sim);
		if (is_found)
			return seed;
	}
	return 0;
}

/* Each is found, and the very world that finds it is well without it. */
static void run_planted(void)
{
	printf("1..%d\n", 2 * (PLANT_COUNT - 1));
	for (enum plant plant = PLANT_NONE + 1; plant < PLANT_COUNT; plant++) {
		struct sim sim;
		bool is_long = plant_is_long(plant);
		struct sim_options options = {.desk_count = is_long ? 7 : 3,
		                              .hours = is_long ? 100 : 24,
		                              .plant = plant,
		                              .moment = sim_moment_of(plant)};
		uint64_t seed = find_plant(&options);
		report(seed > 0, "no world notices", "%s is found within %u worlds",
		       plant_name(plant), plant_seeds(plant));
		options.plant = PLANT_NONE;
		bool ok = sim_run(seed, &options, &sim);
		report(ok, sim.failure, "seed %" PRIu64 " is well without it", seed);
		sim_release(&sim);
	}
}

static void run_repeats(void)
{
	struct sim_options options = {.desk_count = 3, .hours = 12};
	printf("1..4\n");
	for (uint64_t seed = 11; seed < 15; seed++) {
		uint64_t trace[2];
		for (int i = 0; i < 2; i++) {
			struct sim sim;
			(void)sim_run(seed, &options, &sim);
			trace[i] = sim.trace;
			sim_release(&sim);
		}
		report(trace[0] == trace[1], "the second run took another way",
		       "seed %" PRIu64 " is the same world twice", seed);
	}
}

int main(int argc, char **argv)
{
	if (argc == 6 && strcmp(argv[1], "worlds") == 0)
		run_worlds(argv + 2);
	else if (argc == 2 && strcmp(argv[1], "known") == 0)
		run_known();
	else if (argc == 2 && strcmp(argv[1], "planted") == 0)
		run_planted();
	else if (argc == 2 && strcmp(argv[1], "repeats") == 0)
		run_repeats();
	else
		return 2;
	return all_passed ? 0 : 1;
}
