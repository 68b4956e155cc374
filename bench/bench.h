/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The benchmarks of aldis-bench. Each runs in a process of its own, so that one's memory
 * is not another's, and reports through report.h; what it can't do is a sentence in err.
 */
#ifndef ALDIS_BENCH_BENCH_H
#define ALDIS_BENCH_BENCH_H

#include "base/status.h"
#include "bench/report.h"

#include <stdint.h>

enum { BENCH_BATCH = 256, BENCH_BODY_LEN = 512, BENCH_PATH_MAX = 512 };

struct bench_options {
	char folder[BENCH_PATH_MAX]; /* for desks, records and exports; ours alone */
	char aldisd[BENCH_PATH_MAX];
	bool is_json;
	bool is_fresh; /* make the large record anew */
	bool is_realtime;
	uint64_t messages;  /* of the stream */
	uint64_t entries;   /* of the large record */
	uint64_t rounds;    /* of the round trip */
	uint64_t in_flight; /* batches of the stream */
	uint64_t idle_s;
};

typedef enum status bench_run(const struct bench_options *options, struct error *err);

bench_run roundtrip_run, stream_run, verify_export_run, append_run, startup_run, idle_run,
    crowd_run, duties_run, stix_import_run, misp_import_run,
    release_run;

#endif
