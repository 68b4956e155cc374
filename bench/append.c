/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does appending slow down as a log grows? Turns of a few messages, by turns on a log of
 * 1,000 entries and on a large one, so that what else the machine does hits both alike.
 * One turn is desk_submit of each message and desk_turn_end: rules, SQLite, flush, guard
 * and signature; what south does with it is not counted.
 */
#include <stdio.h>

#include "bench/machine.h"
#include "bench/pair.h"
#include "bench/sample.h"
#include "bench/stock.h"

enum { SMALL_ENTRIES = 1000, REPEATS = 4, TURNS = 64, TURN_MESSAGES = 16 };

struct cost {
	struct sample wall_us, cpu_us; /* a message */
};

static enum status measure(struct pair *pair, struct cost *cost, struct error *err)
{
	double wall_s = machine_now_s(), cpu_s = machine_cpu_s();

	TRY(pair_submit(pair, TURN_MESSAGES, err));
	sample_add(&cost->cpu_us, (machine_cpu_s() - cpu_s) * 1e6 / TURN_MESSAGES);
	sample_add(&cost->wall_us, (machine_now_s() - wall_s) * 1e6 / TURN_MESSAGES);
	return pair_settle(pair, err);
}

/* Both have just been opened, so that their write-ahead logs are alike. */
static enum status repeat(const char *small_folder, const char *large_folder,
                          struct cost *small_cost, struct cost *large_cost,
                          struct error *err)
{
	__attribute__((cleanup(pair_release))) struct pair small = {0}, large = {0};

	TRY(pair_make(&small, small_folder, SMALL_ENTRIES, err));
	pair_release(&small);
	TRY(pair_open(&small, small_folder, err));
	TRY(pair_open(&large, large_folder, err));
	for (int turn = 0; turn < TURNS; turn++) {
		TRY(measure(&small, small_cost, err));
		TRY(measure(&large, large_cost, err));
	}
	return STATUS_OK;
}

static void report(const struct bench_options *options, const char *name, double small,
                   double large, const char *goal)
{
	report_line(options->is_json, &(struct report_line){.name = name,
	                                                    .value = large,
	                                                    .unit = "µs/message",
	                                                    .floor = small,
	                                                    .ratio = large / small,
	                                                    .goal = goal});
}

enum status append_run(const struct bench_options *options, struct error *err)
{
	struct cost small = {0}, large = {0};
	struct stock stock;
	char folder[BENCH_PATH_MAX];
	enum status status = STATUS_OK;

	TRY(stock_find(options, &stock, err));
	TRY(machine_path(options->folder, "append", folder, err));
	for (int i = 0; i < REPEATS && status == STATUS_OK; i++)
		status = repeat(folder, stock.folder, &small, &large, err);
	TRY(status);
	report(options, "append", sample_median(&small.wall_us),
	       sample_median(&large.wall_us), "<= 1.2");
	report(options, "append_cpu", sample_mean(&small.cpu_us),
	       sample_mean(&large.cpu_us), NULL);
	sample_release(&small.wall_us);
	sample_release(&small.cpu_us);
	sample_release(&large.wall_us);
	sample_release(&large.cpu_us);
	return machine_remove(folder, err);
}
