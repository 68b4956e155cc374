/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a desk costs while nothing happens: two daemons that have exchanged a few messages
 * and have an open channel; memory and processor time of one of them.
 */
#include <stdio.h>
#include <time.h>

#include "bench/running.h"

enum { WARM_MESSAGES = 20, SETTLE_S = 3 };

static void wait_s(uint64_t seconds)
{
	(void)nanosleep(&(struct timespec){.tv_sec = (time_t)seconds}, NULL);
}

static enum status warm(const struct running_pair *pair, struct error *err)
{
	__attribute__((cleanup(local_http_release))) struct local_http http =
	    LOCAL_HTTP_INIT;

	TRY(local_http_open(&http, pair->north.socket, err));
	for (int i = 0; i < WARM_MESSAGES; i++)
		TRY(running_send(&http, pair, err));
	return STATUS_OK;
}

static enum status all_cpu_s(const struct running_process list[RUNNING_PROCESSES],
                             double *ret_s, struct error *err)
{
	*ret_s = 0;
	for (int i = 0; i < RUNNING_PROCESSES; i++) {
		double cpu_s;

		TRY(running_cpu_s(list[i].pid, &cpu_s, err));
		*ret_s += cpu_s;
	}
	return STATUS_OK;
}

static void report(const struct bench_options *options, const char *name, double value,
                   const char *unit, const char *goal)
{
	report_line(options->is_json, &(struct report_line){.name = name,
	                                                    .value = value,
	                                                    .unit = unit,
	                                                    .floor = NAN,
	                                                    .ratio = NAN,
	                                                    .goal = goal});
}

static enum status report_memory(const struct bench_options *options,
                                 const struct running_process list[RUNNING_PROCESSES],
                                 struct error *err)
{
	uint64_t all_kib = 0, core_kib = 0;

	for (int i = 0; i < RUNNING_PROCESSES; i++) {
		uint64_t kib;

		TRY(running_pss_kib(list[i].pid, &kib, err));
		(void)fprintf(stderr, "%s: %.1f MiB\n", list[i].name, (double)kib / 1024);
		all_kib += kib;
		if (strcmp(list[i].name, "aldisd-desk") == 0 ||
		    strcmp(list[i].name, "aldisd-signer") == 0)
			core_kib += kib;
	}
	report(options, "idle_pss", (double)core_kib / 1024, "MiB", "<= 16");
	report(options, "idle_pss_all", (double)all_kib / 1024, "MiB", NULL);
	return STATUS_OK;
}

enum status idle_run(const struct bench_options *options, struct error *err)
{
	__attribute__((cleanup(running_pair_stop))) struct running_pair pair = {0};
	struct running_process list[RUNNING_PROCESSES];
	double before_s, after_s;

	TRY(running_pair_start(&pair, options, "idle", MACHINE_ANY_CORE, MACHINE_ANY_CORE,
	                       err));
	TRY(warm(&pair, err));
	wait_s(SETTLE_S);
	TRY(running_list(&pair.north, list, err));
	TRY(all_cpu_s(list, &before_s, err));
	wait_s(options->idle_s);
	TRY(all_cpu_s(list, &after_s, err));
	TRY(report_memory(options, list, err));
	report(options, "idle_cpu", (after_s - before_s) * 100 / (double)options->idle_s,
	       "%", "<= 0.1");
	return STATUS_OK;
}
