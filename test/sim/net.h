/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The network between the hosts: each call is answered exactly once, with what the peer
 * replied or with why there is no reply. Calls may be lost, arrive twice or late and
 * overtake one another; lines between two hosts may be cut.
 */
#ifndef ALDIS_SIM_NET_H
#define ALDIS_SIM_NET_H

#include "desk/ports.h"
#include "sim/sim.h"

struct packet {
	struct packet *next, **link; /* in the world's list */
	struct host *from, *to;
	uint64_t from_life; /* of the process that called */
	uint64_t call;
	enum desk_method method;
	char path[256], type[64];
	struct buf body;
	size_t answer_max;
	int64_t sent_ms;
	unsigned users; /* events and inboxes that hold it */
	bool loses_reply;
	bool is_gone;     /* never arrives */
	bool is_answered; /* the outcome stands */
	enum status outcome;
	int http_status;
	char answer_type[64];
	struct buf answer;
	struct error err;
};

/* A desk, or (without an answer to anybody) a liar, calls. */
void net_call(struct sim *sim, struct host *from, const struct desk_call *call);
/* What came for this call at its receiver; repeated ones are ignored. */
void net_reply(struct sim *sim, struct packet *packet, int status, const char *type,
               struct view body);
/* There will be no reply. */
void net_refuse(struct sim *sim, struct packet *packet, enum status outcome);
void net_use(struct packet *packet);
void net_drop(struct sim *sim, struct packet *packet);
/* Everything that this host has on its way is gone. */
void net_forget(struct sim *sim, const struct host *host);
void net_release(struct sim *sim);

#endif
