/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chance from a seed, and from nothing else: the same seed and the same questions give
 * the same answers on any machine. Streams keep apart what must not disturb one another,
 * so that a fault more does not change every delay behind it.
 */
#ifndef ALDIS_SIM_CHANCE_H
#define ALDIS_SIM_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chance {
	uint64_t state;
};

struct chance chance_of(uint64_t seed, uint64_t stream);
uint64_t chance_next(struct chance *chance);
/* 0 to below-1; 0 when below is 0. */
uint64_t chance_below(struct chance *chance, uint64_t below);
/* low to high, both included. */
int64_t chance_between(struct chance *chance, int64_t low, int64_t high);
/* n 0: never. */
bool chance_one_in(struct chance *chance, uint64_t n);
void chance_bytes(struct chance *chance, void *ret_bytes, size_t len);

#endif
