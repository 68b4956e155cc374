/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plain and exact: all values are kept and sorted when asked.
 */
#include "bench/sample.h"

#include <stdlib.h>

void sample_add(struct sample *sample, double value)
{
	if (sample->count == SAMPLE_MAX)
		return;
	if (sample->count == sample->cap) {
		sample->cap = sample->cap == 0 ? 512 : sample->cap * 2;
		sample->values =
		    reallocarray(sample->values, sample->cap, sizeof *sample->values);
		if (sample->values == NULL)
			abort();
	}
	sample->values[sample->count++] = value;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

double sample_quantile(struct sample *sample, double part)
{
	if (sample->count == 0)
		return 0;
	qsort(sample->values, sample->count, sizeof *sample->values, compare);
	return sample->values[(size_t)(part * (double)(sample->count - 1) + 0.5)];
}

double sample_median(struct sample *sample)
{
	return sample_quantile(sample, 0.5);
}

double sample_mean(const struct sample *sample)
{
	double sum = 0;

	for (size_t i = 0; i < sample->count; i++)
		sum += sample->values[i];
	return sample->count == 0 ? 0 : sum / (double)sample->count;
}

void sample_release(struct sample *sample)
{
	free(sample->values);
	*sample = (struct sample){0};
}
