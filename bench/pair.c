/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call's id is the request's id at the other desk, so that its reply finds the way
 * back. The desks' time is the real one.
 */
#include "bench/pair.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "bench/machine.h"

enum { GROW_TURN = 4096, SETTLE_S = 30 };

struct packet {
	bool is_answer;
	uint64_t id;
	enum desk_method method;
	int http_status;
	char path[256], type[128];
	struct buf body;
};

static struct pair_side *other(struct pair_side *side)
{
	return side == &side->pair->north ? &side->pair->south : &side->pair->north;
}

/* ---- the way between */

static void put(struct pair_side *to, struct packet packet, const char *path,
                const char *type, struct view body)
{
	if (to->inbox_count == to->inbox_cap) {
		to->inbox_cap = to->inbox_cap == 0 ? 16 : to->inbox_cap * 2;
		to->inbox = reallocarray(to->inbox, to->inbox_cap, sizeof *to->inbox);
		if (to->inbox == NULL)
			abort();
	}
	(void)snprintf(packet.path, sizeof packet.path, "%s", path);
	(void)snprintf(packet.type, sizeof packet.type, "%s", type);
	packet.body = BUF_INIT(64 * 1024 * 1024);
	buf_append_view(&packet.body, body);
	if (packet.body.failed != STATUS_OK)
		to->pair->failed = packet.body.failed;
	to->inbox[to->inbox_count++] = packet;
}

static void take_call(void *out, const struct desk_call *call)
{
	struct pair_side *from = out;

	put(other(from), (struct packet){.id = call->id, .method = call->method},
	    call->path, call->type, call->body);
}

static void take_reply(void *out, const struct desk_reply *reply)
{
	struct pair_side *from = out;

	put(other(from),
	    (struct packet){
	        .is_answer = true, .id = reply->request, .http_status = reply->status},
	    "", reply->type, reply->body);
}

static void ignore_peers(void *out)
{
}

static void ignore_event(void *out, struct view json)
{
}

static void ignore_log(void *out, const char *line)
{
}

static const struct desk_out_ops out_ops = {take_reply, take_call, ignore_peers,
                                            ignore_event, ignore_log};

static void hand_in(struct pair_side *side, const struct packet *packet)
{
	struct desk_answer answer = {.call = packet->id,
	                             .http_status = packet->http_status,
	                             .type = view_of_string(packet->type),
	                             .body = buf_view(&packet->body)};
	struct desk_request request = {
	    .id = packet->id,
	    .peer = other(side)->party.card.card.name.text,
	    .method = packet->method,
	    .path = view_of_string(packet->path),
	    .type = view_of_string(packet->type),
	    .body = buf_view(&packet->body),
	};

	if (packet->is_answer)
		desk_take_answer(side->party.desk, &answer);
	else
		desk_take_request(side->party.desk, &request);
}

/* ---- turns */

/* What this turn lets out may come back only in a later one. */
static enum status take_turn(struct pair_side *side, struct error *err)
{
	struct packet *inbox = side->inbox;
	size_t count = side->inbox_count;

	side->inbox = NULL;
	side->inbox_count = side->inbox_cap = 0;
	desk_turn_begin(side->party.desk, clock_utc_ms());
	for (size_t i = 0; i < count; i++) {
		hand_in(side, &inbox[i]);
		buf_release(&inbox[i].body);
	}
	free(inbox);
	return desk_turn_end(side->party.desk, err);
}

static bool is_due(const struct pair_side *side)
{
	return side->inbox_count > 0 || desk_wake_ms(side->party.desk) <= clock_utc_ms();
}

static enum desk_log_state state(const struct pair_side *side)
{
	struct desk_log_info info;

	desk_log(side->party.desk, 0, side == &side->pair->north ? 0 : 1, &info);
	return info.state;
}

static bool is_settled(const struct pair *pair)
{
	return pair->north.inbox_count == 0 && pair->south.inbox_count == 0 &&
	       state(&pair->north) == DESK_LOG_READY &&
	       state(&pair->south) == DESK_LOG_READY &&
	       pair_cosigned(pair) == pair_size(pair);
}

enum status pair_settle(struct pair *pair, struct error *err)
{
	double until_s = machine_now_s() + SETTLE_S;

	while (!is_settled(pair)) {
		if (is_due(&pair->north))
			TRY(take_turn(&pair->north, err));
		if (is_due(&pair->south))
			TRY(take_turn(&pair->south, err));
		if (pair->failed != STATUS_OK)
			return error_set(err, pair->failed, "no memory between desks");
		if (machine_now_s() > until_s)
			return error_set(err, STATUS_AGAIN, "two desks do not settle");
	}
	return STATUS_OK;
}

enum status pair_submit(struct pair *pair, size_t count, struct error *err)
{
	struct desk_draft draft = {.kind = "text", .body = party_body()};
	struct record_message_id id;

	desk_turn_begin(pair->north.party.desk, clock_utc_ms());
	for (size_t i = 0; i < count; i++)
		TRY(desk_submit(pair->north.party.desk, 0, &draft, &id, err));
	return desk_turn_end(pair->north.party.desk, err);
}

uint64_t pair_size(const struct pair *pair)
{
	struct desk_log_info info;

	desk_log(pair->north.party.desk, 0, 0, &info);
	return info.entry_count;
}

uint64_t pair_cosigned(const struct pair *pair)
{
	struct desk_receipt_info info;

	return desk_receipt(pair->north.party.desk, 0, 0, &info) ? info.size : 0;
}

/* ---- life */

static enum status open_side(struct pair *pair, struct pair_side *side,
                             const char *folder, const char *sub, const char *name,
                             struct error *err)
{
	char path[BENCH_PATH_MAX];

	side->pair = pair;
	TRY(machine_path(folder, sub, path, err));
	TRY(party_find(&side->party, path, name, 0, err));
	return party_open(&side->party, (struct desk_out){&out_ops, side}, err);
}

enum status pair_open(struct pair *pair, const char *folder, struct error *err)
{
	TRY(open_side(pair, &pair->north, folder, "north", "north.example", err));
	TRY(open_side(pair, &pair->south, folder, "south", "south.example", err));
	return pair_settle(pair, err);
}

enum status pair_make(struct pair *pair, const char *folder, uint64_t entries,
                      struct error *err)
{
	char channel[HASH_HEX_LEN + 1];

	TRY(machine_new_folder(folder, err));
	TRY(party_make_two(folder, 0, 0, channel, err));
	TRY(pair_open(pair, folder, err));
	for (uint64_t size; (size = pair_size(pair)) < entries;) {
		uint64_t left = entries - size;

		TRY(pair_submit(pair, left < GROW_TURN ? left : GROW_TURN, err));
		TRY(pair_settle(pair, err));
	}
	return STATUS_OK;
}

static void release_side(struct pair_side *side)
{
	for (size_t i = 0; i < side->inbox_count; i++)
		buf_release(&side->inbox[i].body);
	free(side->inbox);
	party_release(&side->party);
}

void pair_release(struct pair *pair)
{
	release_side(&pair->north);
	release_side(&pair->south);
	*pair = (struct pair){0};
}
