/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The large record, made once and kept between runs: two desks whose channel holds many
 * messages, and the export of it. Made anew by another build of this program, since its
 * formats may differ.
 */
#ifndef ALDIS_BENCH_STOCK_H
#define ALDIS_BENCH_STOCK_H

#include "bench/bench.h"

struct stock {
	char folder[BENCH_PATH_MAX]; /* of party_make_two: north and south below it */
	char export_folder[BENCH_PATH_MAX];
};

/* The record, with at least options->entries messages. Says on stderr when it has to be
 * made. */
MUST_USE enum status stock_find(const struct bench_options *options,
                                struct stock *ret_stock, struct error *err);
/* Makes sure that the export is there too. */
MUST_USE enum status stock_export(const struct bench_options *options,
                                  const struct stock *stock, struct error *err);

/* Has it made anew when it is wanted next. */
MUST_USE enum status stock_forget(const struct bench_options *options, struct error *err);

#endif
