/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Desks and charters by number, and how much of each other's logs they have named.
 */
#include "record/duties_parts.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "record/array.h"

enum status duties_reserve_one(void *array_pointer, size_t count, size_t size,
                               struct error *err)
{
	void **array = array_pointer;
	void *grown = reallocarray(*array, count + 1, size);

	if (grown == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the duties");
	*array = grown;
	return STATUS_OK;
}

/* The first of count numbers whose desk's name is not before this one. */
static size_t place_of(const struct record_duties *duties, const uint32_t *numbers,
                       size_t count, const char *name)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(duties->desks[numbers[middle]]->name.text, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(const struct record_duties *duties, const uint32_t *numbers,
                  size_t count, size_t place, const char *name)
{
	return place < count &&
	       strcmp(duties->desks[numbers[place]]->name.text, name) == 0;
}

static enum status desk_new(struct record_duties *duties, const char *name, size_t place,
                            struct error *err)
{
	struct duties_desk *desk;

	TRY(record_array_reserve(&duties->desks, &duties->desk_cap,
	                         duties->desk_count + 1, sizeof(struct duties_desk *),
	                         err));
	TRY(record_array_reserve(&duties->by_name, &duties->by_name_cap,
	                         duties->desk_count + 1, sizeof *duties->by_name, err));
	desk = calloc(1, sizeof *desk);
	if (desk == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the duties");
	strcpy(desk->name.text, name);
	desk->log = DUTIES_NONE;
	memmove(duties->by_name + place + 1, duties->by_name + place,
	        (duties->desk_count - place) * sizeof *duties->by_name);
	duties->by_name[place] = (uint32_t)duties->desk_count;
	duties->desks[duties->desk_count++] = desk;
	return STATUS_OK;
}

enum status duties_desk(struct record_duties *duties, const char *name,
                        uint32_t *ret_desk, struct error *err)
{
	size_t place = place_of(duties, duties->by_name, duties->desk_count, name);

	if (!is_at(duties, duties->by_name, duties->desk_count, place, name))
		TRY(desk_new(duties, name, place, err));
	*ret_desk = duties->by_name[place];
	return STATUS_OK;
}

void duties_desk_free(struct duties_desk *desk)
{
	if (desk == NULL)
		return;
	for (size_t i = 0; i < desk->cosigner_count; i++)
		record_duty_times_release(&desk->cosigners[i].times);
	for (size_t i = 0; i < desk->rhythm_count; i++)
		free(desk->rhythms[i].spans);
	record_duty_times_release(&desk->witnessed);
	free(desk->mirror_keys);
	free(desk->seen);
	free(desk->questions);
	free(desk->replies);
	free(desk->waiting);
	free(desk->recorded);
	free(desk->claims);
	free(desk->cosigners);
	free(desk->terms);
	free(desk->rhythms);
	free(desk);
}

static enum status charter_new(struct record_duties *duties,
                               const struct record_charter *charter, struct error *err)
{
	CLEANUP_FREE uint32_t *members = calloc(charter->member_count, sizeof *members);

	if (members == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the duties");
	for (size_t i = 0; i < charter->member_count; i++) {
		const char *name = charter->members[i].name.text;
		size_t place = place_of(duties, members, i, name);
		uint32_t number;

		TRY(duties_desk(duties, name, &number, err));
		memmove(members + place + 1, members + place,
		        (i - place) * sizeof *members);
		members[place] = number;
	}
	TRY(record_array_reserve(&duties->charters, &duties->charter_cap,
	                         duties->charter_count + 1, sizeof *duties->charters,
	                         err));
	duties->charters[duties->charter_count++] =
	    (struct duties_charter){.charter = charter, .members = members};
	members = NULL;
	return STATUS_OK;
}

enum status duties_charter_find(struct record_duties *duties,
                                const struct record_charter *charter,
                                const struct duties_charter **ret_charter,
                                struct error *err)
{
	size_t i = 0;

	while (i < duties->charter_count && duties->charters[i].charter != charter)
		i++;
	if (i == duties->charter_count)
		TRY(charter_new(duties, charter, err));
	*ret_charter = &duties->charters[i];
	return STATUS_OK;
}

uint32_t duties_member(const struct record_duties *duties,
                       const struct duties_charter *charter, const char *name)
{
	size_t count = charter->charter->member_count;
	size_t place = place_of(duties, charter->members, count, name);

	return is_at(duties, charter->members, count, place, name)
	           ? charter->members[place]
	           : DUTIES_NONE;
}

uint64_t duties_seen(const struct duties_desk *desk, uint32_t other)
{
	return other < desk->seen_cap ? desk->seen[other] : 0;
}

static enum status reserve_seen(struct record_duties *duties, struct duties_desk *desk,
                                struct error *err)
{
	size_t had = desk->seen_cap;

	TRY(record_array_reserve(&desk->seen, &desk->seen_cap, duties->desk_count,
	                         sizeof *desk->seen, err));
	memset(desk->seen + had, 0, (desk->seen_cap - had) * sizeof *desk->seen);
	return STATUS_OK;
}

enum status duties_take_seen(struct record_duties *duties,
                             const struct duties_entry *entry, struct error *err)
{
	struct duties_desk *desk = duties->desks[entry->desk];
	const struct record_envelope *envelope = entry->envelope;

	if (envelope->seen_count == 0)
		return STATUS_OK;
	TRY(reserve_seen(duties, desk, err));
	for (size_t i = 0; i < envelope->seen_count; i++) {
		const struct record_seen *seen = &envelope->seen[i];
		uint32_t other = duties_member(duties, entry->charter, seen->desk.text);

		if (other != DUTIES_NONE && seen->size > desk->seen[other])
			desk->seen[other] = seen->size;
	}
	return STATUS_OK;
}
