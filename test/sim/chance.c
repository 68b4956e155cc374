/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SplitMix64: small, well spread from any seed, no state but one number.
 */
#include "sim/chance.h"

#include <string.h>

uint64_t chance_next(struct chance *chance)
{
	uint64_t z = chance->state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

struct chance chance_of(uint64_t seed, uint64_t stream)
{
	struct chance chance = {seed};
	chance.state = chance_next(&chance) ^ (stream * UINT64_C(0xd6e8feb86659fd93));
	return chance;
}

uint64_t chance_below(struct chance *chance, uint64_t below)
{
	return below ? chance_next(chance) % below : 0;
}

int64_t chance_between(struct chance *chance, int64_t low, int64_t high)
{
	return low + (int64_t)chance_below(chance, (uint64_t)(high - low) + 1);
}

bool chance_one_in(struct chance *chance, uint64_t n)
{
	return n > 0 && chance_below(chance, n) == 0;
}

void chance_bytes(struct chance *chance, void *ret_bytes, size_t len)
{
	uint8_t *bytes = ret_bytes;
	while (len > 0) {
		uint64_t value = chance_next(chance);
		size_t part = len < sizeof value ? len : sizeof value;
		memcpy(bytes, &value, part);
		bytes += part;
		len -= part;
	}
}
