/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A packet is a call with its answer. It lives as long as an event or an inbox holds it.
 */
#include "sim/net.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/host.h"
#include "sim/liar.h"
#include "sim/neutral.h"

enum { TIMEOUT_MS = 60000, REFUSED_MS = 200 };

void net_use(struct packet *packet)
{
	packet->users++;
}

static void packet_free(struct packet *packet)
{
	*packet->link = packet->next;
	if (packet->next)
		packet->next->link = packet->link;
	buf_release(&packet->body);
	buf_release(&packet->answer);
	free(packet);
}

void net_drop(struct sim *sim, struct packet *packet)
{
	assert(packet->users > 0);
	if (--packet->users == 0)
		packet_free(packet);
}

void net_release(struct sim *sim)
{
	while (sim->packets)
		packet_free(sim->packets);
}

static bool is_careful(const struct sim *sim)
{
	return sim->now_ms < sim->care_until_ms || sim->now_ms >= sim->calm_ms;
}

static int64_t delay_of(struct sim *sim)
{
	struct chance *chance = &sim->net_chance;
	int64_t delay =
	    1 + (int64_t)chance_below(chance, (uint64_t)sim->weather.delay_ms * 2);
	if (!is_careful(sim) && chance_one_in(chance, sim->weather.slow_one_in))
		delay += (int64_t)chance_below(chance, TIMEOUT_MS - 2000);
	return delay;
}

static void come_back(struct sim *sim, void *subject, uint64_t number)
{
	struct packet *packet = subject;
	struct host *from = packet->from;
	if (from->liar) {
		liar_hear(from->liar, packet);
		net_drop(sim, packet);
		return;
	}
	if (!host_is_up(from) || from->life != packet->from_life) {
		net_drop(sim, packet);
		return;
	}
	sim_trace(sim, packet->call ^ (uint64_t)packet->http_status << 32);
	host_put(from, (struct host_input){.kind = HOST_ANSWER, .packet = packet});
}

static void answer(struct sim *sim, struct packet *packet, enum status outcome,
                   int64_t delay_ms)
{
	packet->is_answered = true;
	packet->outcome = outcome;
	if (outcome != STATUS_OK)
		(void)error_set(&packet->err, outcome, "%s: %s", packet->to->label,
		                status_name(outcome));
	net_use(packet);
	agenda_add(&sim->agenda, sim->now_ms + delay_ms, come_back, packet, 0);
}

void net_refuse(struct sim *sim, struct packet *packet, enum status outcome)
{
	if (!packet->is_answered)
		answer(sim, packet, outcome, REFUSED_MS);
}

void net_reply(struct sim *sim, struct packet *packet, int status, const char *type,
               struct view body)
{
	int64_t left_ms = packet->sent_ms + TIMEOUT_MS - sim->now_ms;
	if (packet->is_answered)
		return;
	sim_say(sim, "%s answers %s %s: %d, %zu bytes%s", packet->to->label,
	        packet->from->label, packet->path, status, body.len,
	        packet->loses_reply ? " (lost)" : "");
	if (packet->loses_reply ||
	    sim->is_cut[packet->from->member][packet->to->member]) {
		answer(sim, packet, STATUS_AGAIN, left_ms > 0 ? left_ms : 1);
		return;
	}
	if (body.len > packet->answer_max) {
		answer(sim, packet, STATUS_LIMIT, delay_of(sim));
		return;
	}
	packet->http_status = status;
	snprintf(packet->answer_type, sizeof packet->answer_type, "%s", type);
	buf_append_view(&packet->answer, body);
	answer(sim, packet, STATUS_OK, delay_of(sim));
}

static void arrive(struct sim *sim, void *subject, uint64_t number)
{
	struct packet *packet = subject;
	struct host *to = packet->to;
	sim_trace(sim, packet->call + packet->body.len);
	if (to->liar) {
		liar_take(to->liar, packet);
		net_drop(sim, packet);
	} else if (!host_is_up(to) || packet->is_gone) {
		net_refuse(sim, packet, STATUS_CLOSED);
		net_drop(sim, packet);
	} else {
		host_put(to, (struct host_input){.kind = HOST_REQUEST, .packet = packet});
	}
}

static void deliver(struct sim *sim, struct packet *packet, int64_t delay_ms)
{
	net_use(packet);
	agenda_add(&sim->agenda, sim->now_ms + delay_ms, arrive, packet, 0);
}

/* The machine that answers to this name for the one that calls. */
static struct host *find_host(struct sim *sim, const struct host *from, const char *name)
{
	for (size_t i = 0; i < sim->desk_count; i++) {
		if (strcmp(sim->cards[i].card.name.text, name) != 0)
			continue;
		bool meets_twin = i == sim->hostile && sim->sees_twin[from->member];
		return sim->hosts[meets_twin ? sim->desk_count : i];
	}
	return NULL;
}

/* The two machines of a twin are each seen by some members only. */
static bool is_out_of_sight(const struct sim *sim, const struct host *from,
                            const struct host *to)
{
	bool is_twin = from == sim->hosts[sim->desk_count];
	return sim->weather.hostile == SIM_TWIN && from->member == sim->hostile &&
	       sim->sees_twin[to->member] != is_twin;
}

static struct packet *packet_new(struct sim *sim, struct host *from, struct host *to,
                                 const struct desk_call *call)
{
	struct packet *packet = calloc(1, sizeof *packet);
	if (!packet)
		abort();
	*packet = (struct packet){.next = sim->packets,
	                          .link = &sim->packets,
	                          .from = from,
	                          .to = to,
	                          .from_life = from->life,
	                          .call = call->id,
	                          .method = call->method,
	                          .body = BUF_INIT(64 << 20),
	                          .answer = BUF_INIT(128 << 20),
	                          .answer_max = call->answer_max,
	                          .sent_ms = sim->now_ms};
	snprintf(packet->path, sizeof packet->path, "%s", call->path);
	snprintf(packet->type, sizeof packet->type, "%s", call->type);
	buf_append_view(&packet->body, call->body);
	if (sim->packets)
		sim->packets->link = &packet->next;
	sim->packets = packet;
	return packet;
}

/* It is reached like a desk, and is always there. */
static void arrive_at_neutral(struct sim *sim, void *subject, uint64_t number)
{
	struct packet *packet = subject;
	CLEANUP_BUF struct buf body = BUF_INIT(1 << 16);
	if (!packet->is_gone) {
		int status = neutral_answer(sim, sim->neutral, packet, &body);
		net_reply(sim, packet, status, "text/plain", buf_view(&body));
	}
	net_refuse(sim, packet, STATUS_CLOSED);
	net_drop(sim, packet);
}

static void call_neutral(struct sim *sim, struct host *from, const struct desk_call *call)
{
	struct packet *packet = packet_new(sim, from, from, call);
	bool is_bad = !is_careful(sim);
	sim->tally.calls++;
	net_use(packet);
	if (is_bad && chance_one_in(&sim->net_chance, sim->weather.lose_one_in)) {
		answer(sim, packet, STATUS_AGAIN, TIMEOUT_MS);
	} else {
		packet->loses_reply =
		    is_bad && chance_one_in(&sim->net_chance, sim->weather.lose_one_in);
		net_use(packet);
		agenda_add(&sim->agenda, sim->now_ms + delay_of(sim), arrive_at_neutral,
		           packet, 0);
	}
	net_drop(sim, packet);
}

void net_call(struct sim *sim, struct host *from, const struct desk_call *call)
{
	if (!call->peer) {
		call_neutral(sim, from, call);
		return;
	}
	struct chance *chance = &sim->net_chance;
	struct host *to = find_host(sim, from, call->peer);
	bool is_bad = !is_careful(sim);
	if (!to) {
		sim_fail(sim, "%s calls %s, which is nobody", from->label, call->peer);
		return;
	}
	struct packet *packet = packet_new(sim, from, to, call);
	sim->tally.calls++;
	sim_say(sim, "%s calls %s %s, %zu bytes", from->label, to->label, call->path,
	        call->body.len);
	net_use(packet);
	if (sim->is_cut[from->member][to->member] || is_out_of_sight(sim, from, to)) {
		net_refuse(sim, packet, STATUS_CLOSED);
	} else if (is_bad && chance_one_in(chance, sim->weather.lose_one_in)) {
		answer(sim, packet, STATUS_AGAIN, TIMEOUT_MS);
	} else {
		packet->loses_reply =
		    (is_bad && chance_one_in(chance, sim->weather.lose_one_in)) ||
		    (from->member != to->member && to->is_hostile &&
		     sim->weather.hostile == SIM_WITHHOLDING && is_bad &&
		     call->method == DESK_POST);
		deliver(sim, packet, delay_of(sim));
		if (is_bad && chance_one_in(chance, sim->weather.repeat_one_in))
			deliver(sim, packet, delay_of(sim));
	}
	net_drop(sim, packet);
}

void net_forget(struct sim *sim, const struct host *host)
{
	for (struct packet *packet = sim->packets; packet; packet = packet->next)
		if (packet->from == host && packet->method == DESK_POST)
			packet->is_gone = true;
}
