/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small table, the stalest entry of which makes room.
 */
#include "office/throttle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct throttle_entry *find(const struct throttle *throttle, const char *key)
{
	for (size_t i = 0; i < throttle->count; i++)
		if (strncmp(throttle->entries[i].key, key, THROTTLE_KEY_MAX) == 0)
			return &throttle->entries[i];
	return NULL;
}

static bool is_stale(const struct throttle_entry *entry, int64_t now_ms)
{
	return now_ms - entry->last_ms > THROTTLE_FORGET_MS || now_ms < entry->last_ms;
}

int64_t throttle_wait_ms(const struct throttle *throttle, const char *key, unsigned free,
                         int64_t now_ms)
{
	const struct throttle_entry *entry = find(throttle, key);
	int64_t delay_ms = 1000;

	if (entry == NULL || entry->failures < free || is_stale(entry, now_ms))
		return 0;
	for (unsigned i = free; i < entry->failures; i++)
		if (delay_ms < THROTTLE_MS_MAX)
			delay_ms *= 2;
	if (delay_ms > THROTTLE_MS_MAX)
		delay_ms = THROTTLE_MS_MAX;
	return entry->last_ms + delay_ms > now_ms ? entry->last_ms + delay_ms - now_ms
	                                          : 0;
}

static struct throttle_entry *make_entry(struct throttle *throttle)
{
	struct throttle_entry *oldest;

	if (throttle->entries == NULL)
		throttle->entries = calloc(THROTTLE_ENTRIES_MAX, sizeof *oldest);
	if (throttle->entries == NULL)
		return NULL;
	if (throttle->count < THROTTLE_ENTRIES_MAX)
		return &throttle->entries[throttle->count++];
	oldest = &throttle->entries[0];
	for (size_t i = 1; i < throttle->count; i++)
		if (throttle->entries[i].last_ms < oldest->last_ms)
			oldest = &throttle->entries[i];
	return oldest;
}

void throttle_count(struct throttle *throttle, const char *key, int64_t now_ms)
{
	struct throttle_entry *entry = find(throttle, key);

	if (entry == NULL) {
		entry = make_entry(throttle);
		if (entry == NULL)
			return;
		*entry = (struct throttle_entry){.failures = 0, .last_ms = now_ms};
		snprintf(entry->key, sizeof entry->key, "%s", key);
	}
	if (is_stale(entry, now_ms))
		entry->failures = 0;
	entry->failures++;
	entry->last_ms = now_ms;
}

void throttle_clear(struct throttle *throttle, const char *key)
{
	struct throttle_entry *entry = find(throttle, key);

	if (entry != NULL)
		*entry = throttle->entries[--throttle->count];
}

void throttle_release(struct throttle *throttle)
{
	free(throttle->entries);
	*throttle = (struct throttle){0};
}
