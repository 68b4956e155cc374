/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One array of links, sorted when somebody looks after something was added. Desks are
 * numbers inside; their places by name are kept beside, so that the sort compares no
 * text. A charter's members are looked up once.
 */
#include "record/replies.h"

#include <assert.h>
#include <stdlib.h>

#include "record/array.h"
#include "record/order.h"

struct desk {
	char *name; /* owned; its address stays */
	uint64_t given;
	int64_t sent_ms; /* of the entry before, for the order */
};

struct member_map {
	struct hash digest; /* of the charter */
	uint32_t *desks;    /* owned */
};

struct record_replies {
	struct record_order *order;
	struct desk *desks;
	uint32_t *by_name; /* the desks, sorted */
	uint32_t *places;  /* of each desk in by_name */
	size_t desk_count, desk_cap, name_cap, place_cap;
	struct member_map *maps;
	size_t map_count, map_cap;
	struct record_reply *links;
	size_t link_count, link_cap;
	bool is_sorted;
};

enum status record_replies_new(struct record_replies **ret_replies, struct error *err)
{
	struct record_replies *replies = calloc(1, sizeof *replies);
	enum status status;

	if (replies == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the record");
	status = record_order_new(NULL, 0, &replies->order, err);
	if (status != STATUS_OK) {
		free(replies);
		return status;
	}
	*ret_replies = replies;
	return STATUS_OK;
}

void record_replies_free(struct record_replies *replies)
{
	if (replies == NULL)
		return;
	record_order_free(replies->order);
	for (size_t i = 0; i < replies->desk_count; i++)
		free(replies->desks[i].name);
	for (size_t i = 0; i < replies->map_count; i++)
		free(replies->maps[i].desks);
	free(replies->desks);
	free(replies->by_name);
	free(replies->places);
	free(replies->maps);
	free(replies->links);
	free(replies);
}

/* Where the name stands among the desks, or would. */
static uint32_t find_place(const struct record_replies *replies, const char *name,
                           bool *ret_found)
{
	uint32_t low = 0, high = (uint32_t)replies->desk_count;

	*ret_found = false;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(replies->desks[replies->by_name[middle]].name, name);

		*ret_found = *ret_found || order == 0;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t record_replies_find(const struct record_replies *replies, const char *name)
{
	bool found;
	uint32_t place = find_place(replies, name, &found);

	return found ? replies->by_name[place] : UINT32_MAX;
}

/* Puts the new desk in its place; those behind it move on. */
static void insert_name(struct record_replies *replies, uint32_t desk, uint32_t place)
{
	memmove(&replies->by_name[place + 1], &replies->by_name[place],
	        (desk - place) * sizeof *replies->by_name);
	replies->by_name[place] = desk;
	for (uint32_t i = place; i <= desk; i++)
		replies->places[replies->by_name[i]] = i;
	replies->is_sorted = false;
}

enum status record_replies_desk(struct record_replies *replies, const char *name,
                                uint32_t *ret_desk, struct error *err)
{
	bool found;
	uint32_t place = find_place(replies, name, &found), desk, log;
	char *copy;

	if (found) {
		*ret_desk = replies->by_name[place];
		return STATUS_OK;
	}
	TRY(record_array_reserve(&replies->desks, &replies->desk_cap,
	                         replies->desk_count + 1, sizeof *replies->desks, err));
	TRY(record_array_reserve(&replies->by_name, &replies->name_cap,
	                         replies->desk_count + 1, sizeof *replies->by_name, err));
	TRY(record_array_reserve(&replies->places, &replies->place_cap,
	                         replies->desk_count + 1, sizeof *replies->places, err));
	copy = strdup(name);
	if (copy == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the record");
	desk = (uint32_t)replies->desk_count++;
	replies->desks[desk] = (struct desk){.name = copy};
	insert_name(replies, desk, place);
	TRY(record_order_add_log(replies->order, copy, &log, err));
	assert(log == desk);
	*ret_desk = desk;
	return STATUS_OK;
}

const char *record_replies_name(const struct record_replies *replies, uint32_t desk)
{
	assert(desk < replies->desk_count);
	return replies->desks[desk].name;
}

struct record_message_id record_replies_id(const struct record_replies *replies,
                                           uint32_t desk, uint64_t index)
{
	struct record_message_id id = {.index = index};

	(void)view_copy_string(view_of_string(record_replies_name(replies, desk)),
	                       id.desk.text, sizeof id.desk.text);
	return id;
}

uint32_t record_replies_place(const struct record_replies *replies, uint32_t desk)
{
	assert(desk < replies->desk_count);
	return replies->places[desk];
}

uint64_t record_replies_given(const struct record_replies *replies, uint32_t desk)
{
	assert(desk < replies->desk_count);
	return replies->desks[desk].given;
}

enum status record_replies_members(struct record_replies *replies,
                                   const struct record_charter *charter,
                                   const uint32_t **ret_desks, struct error *err)
{
	struct member_map *map;

	for (size_t i = replies->map_count; i-- > 0;)
		if (hash_equal(&replies->maps[i].digest, &charter->digest)) {
			*ret_desks = replies->maps[i].desks;
			return STATUS_OK;
		}
	TRY(record_array_reserve(&replies->maps, &replies->map_cap,
	                         replies->map_count + 1, sizeof *replies->maps, err));
	map = &replies->maps[replies->map_count];
	map->digest = charter->digest;
	map->desks = calloc(charter->member_count + 1, sizeof *map->desks);
	if (map->desks == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the record");
	replies->map_count++;
	for (size_t i = 0; i < charter->member_count; i++)
		TRY(record_replies_desk(replies, charter->members[i].name.text,
		                        &map->desks[i], err));
	*ret_desks = map->desks;
	return STATUS_OK;
}

static enum status add_to_order(struct record_replies *replies, uint32_t desk,
                                const struct record_envelope *envelope,
                                const struct record_charter *charter,
                                const uint32_t *members, struct error *err)
{
	struct record_order_seen seen[RECORD_MEMBERS_MAX];
	size_t seen_count = 0;

	if (envelope != NULL)
		replies->desks[desk].sent_ms = envelope->sent_s * 1000;
	for (size_t i = 0; envelope != NULL && i < envelope->seen_count; i++) {
		size_t member =
		    record_charter_member(charter, envelope->seen[i].desk.text);

		if (member == SIZE_MAX || members[member] == desk ||
		    envelope->seen[i].size == 0 || seen_count == RECORD_MEMBERS_MAX)
			continue;
		seen[seen_count++] = (struct record_order_seen){
		    .log = members[member], .size = envelope->seen[i].size};
	}
	return record_order_add(replies->order, desk, replies->desks[desk].sent_ms, seen,
	                        seen_count, err);
}

static enum status add_link(struct record_replies *replies, uint32_t desk,
                            const struct record_envelope *envelope, struct error *err)
{
	const struct record_kind *kind = record_kind_find(view_of_string(envelope->kind));
	uint32_t re_desk;

	if (kind == NULL)
		return STATUS_OK;
	TRY(record_replies_desk(replies, envelope->re.desk.text, &re_desk, err));
	TRY(record_array_reserve(&replies->links, &replies->link_cap,
	                         replies->link_count + 1, sizeof *replies->links, err));
	replies->links[replies->link_count++] = (struct record_reply){
	    .re_desk = re_desk,
	    .re_index = envelope->re.index,
	    .desk = desk,
	    .index = replies->desks[desk].given,
	    .kind = kind,
	    .sent_s = envelope->sent_s,
	};
	replies->is_sorted = false;
	return STATUS_OK;
}

enum status record_replies_add(struct record_replies *replies, uint32_t desk,
                               const struct record_envelope *envelope,
                               const struct record_charter *charter, struct error *err)
{
	const uint32_t *members;

	assert(desk < replies->desk_count);
	TRY(record_replies_members(replies, charter, &members, err));
	TRY(add_to_order(replies, desk, envelope, charter, members, err));
	if (envelope != NULL && envelope->has_re)
		TRY(add_link(replies, desk, envelope, err));
	replies->desks[desk].given++;
	return STATUS_OK;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* By what they answer, then by author's name. */
static int compare_authors(const struct record_replies *replies,
                           const struct record_reply *a, const struct record_reply *b)
{
	int order = compare_numbers(a->re_desk, b->re_desk);

	if (order == 0)
		order = compare_numbers(a->re_index, b->re_index);
	if (order == 0)
		order =
		    compare_numbers(replies->places[a->desk], replies->places[b->desk]);
	return order;
}

static int compare_links(const void *a, const void *b, void *context)
{
	const struct record_reply *x = a, *y = b;
	int order = compare_authors(context, x, y);

	return order != 0 ? order : compare_numbers(x->index, y->index);
}

static void sort(struct record_replies *replies)
{
	if (!replies->is_sorted && replies->link_count > 0)
		qsort_r(replies->links, replies->link_count, sizeof *replies->links,
		        compare_links, replies);
	replies->is_sorted = true;
}

/* Where the links to this message by the author at this place or behind begin. */
static size_t find_link(const struct record_replies *replies, uint32_t desk,
                        uint64_t index, uint32_t place)
{
	size_t low = 0, high = replies->link_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct record_reply *link = &replies->links[middle];
		int order = compare_numbers(link->re_desk, desk);

		if (order == 0)
			order = compare_numbers(link->re_index, index);
		if (order == 0)
			order = compare_numbers(replies->places[link->desk], place);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct record_reply *find_links(struct record_replies *replies,
                                             uint32_t desk, uint64_t index,
                                             uint32_t first_place, uint32_t end_place,
                                             size_t *ret_count)
{
	size_t first, end;

	sort(replies);
	first = find_link(replies, desk, index, first_place);
	end = find_link(replies, desk, index, end_place);
	*ret_count = end - first;
	return end == first ? NULL : &replies->links[first];
}

const struct record_reply *record_replies_to(struct record_replies *replies,
                                             uint32_t desk, uint64_t index,
                                             size_t *ret_count)
{
	return find_links(replies, desk, index, 0, (uint32_t)replies->desk_count,
	                  ret_count);
}

const struct record_reply *record_replies_by(struct record_replies *replies,
                                             uint32_t desk, uint64_t index,
                                             uint32_t author, size_t *ret_count)
{
	uint32_t place;

	*ret_count = 0;
	if (author >= replies->desk_count)
		return NULL;
	place = replies->places[author];
	return find_links(replies, desk, index, place, place + 1, ret_count);
}

bool record_replies_is_placed(const struct record_replies *replies, uint32_t desk,
                              uint64_t index)
{
	int64_t rank;

	return record_order_rank(replies->order, desk, index, &rank);
}

bool record_replies_is_before(const struct record_replies *replies, uint32_t desk_a,
                              uint64_t index_a, uint32_t desk_b, uint64_t index_b)
{
	int64_t rank_a, rank_b;

	if (!record_order_rank(replies->order, desk_a, index_a, &rank_a) ||
	    !record_order_rank(replies->order, desk_b, index_b, &rank_b))
		return false;
	if (rank_a != rank_b)
		return rank_a < rank_b;
	if (desk_a != desk_b)
		return replies->places[desk_a] < replies->places[desk_b];
	return index_a < index_b;
}
