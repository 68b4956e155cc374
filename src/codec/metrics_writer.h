/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes metrics into a buffer in Prometheus' text format, 0.0.4: one call a family, a
 * label, a value. Knows nothing of what it counts. The caller keeps the samples of a
 * family together, and each one's labels different from the others'.
 */
#ifndef ALDIS_CODEC_METRICS_WRITER_H
#define ALDIS_CODEC_METRICS_WRITER_H

#include "base/buf.h"
#include "base/histogram.h"

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

enum metrics_kind { METRICS_COUNTER, METRICS_GAUGE, METRICS_HISTOGRAM };

struct metrics_writer {
	struct buf *out;  /* borrowed */
	const char *name; /* of the family; borrowed */
	bool has_labels;  /* of the sample that has begun */
};

static inline struct metrics_writer metrics_writer_of(struct buf *out)
{
	return (struct metrics_writer){.out = out};
}

/* Begins a family. name and help are plain ASCII of ours, without anything to escape; the
 * name borrowed until the next family. */
void metrics_family(struct metrics_writer *writer, const char *name,
                    enum metrics_kind kind, const char *help);

/* A label of the sample whose value comes next. The value may be anybody's text: it is
 * escaped; bytes that are not UTF-8 and control characters become '?'. */
void metrics_label(struct metrics_writer *writer, const char *name, const char *value);

/* Each ends a sample. */
void metrics_integer(struct metrics_writer *writer, uint64_t value);
void metrics_bool(struct metrics_writer *writer, bool value);
/* Seconds, with fractions as far as there are any; neither is negative. */
void metrics_ms(struct metrics_writer *writer, int64_t value_ms);
void metrics_us(struct metrics_writer *writer, uint64_t value_us);
/* All samples of a histogram's family, which has no labels. */
void metrics_histogram(struct metrics_writer *writer, const struct histogram *histogram);

#endif
