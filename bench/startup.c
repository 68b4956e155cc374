/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the start of aldisd on a large record to the first GET /api/status that is
 * answered. The other desk is away, as it is after a power cut.
 */
#include "bench/running.h"
#include "bench/sample.h"
#include "bench/stock.h"

enum { REPEATS = 7 };

static enum status start_once(const struct bench_options *options, const char *folder,
                              struct sample *ms, struct error *err)
{
	__attribute__((cleanup(running_stop))) struct running running = {0};
	double begun_s = machine_now_s();

	TRY(running_start(&running, options, folder, MACHINE_ANY_CORE, err));
	TRY(running_wait(&running, err));
	sample_add(ms, (machine_now_s() - begun_s) * 1e3);
	return STATUS_OK;
}

enum status startup_run(const struct bench_options *options, struct error *err)
{
	struct sample ms = {0};
	struct stock stock;
	char north[BENCH_PATH_MAX];

	TRY(stock_find(options, &stock, err));
	TRY(machine_path(stock.folder, "north", north, err));
	for (int i = 0; i < REPEATS; i++)
		TRY(start_once(options, north, &ms, err));
	report_line(options->is_json, &(struct report_line){.name = "startup",
	                                                    .value = sample_median(&ms),
	                                                    .unit = "ms",
	                                                    .floor = NAN,
	                                                    .ratio = NAN,
	                                                    .goal = "<= 100"});
	sample_release(&ms);
	return STATUS_OK;
}
