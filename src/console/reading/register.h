/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registers of each channel (pledges, consultations, incidents, rosters, which
 * message answers which), kept in memory and brought up to date when somebody asks: only
 * what is new is read.
 */
#ifndef ALDIS_CONSOLE_READING_REGISTER_H
#define ALDIS_CONSOLE_READING_REGISTER_H

#include "desk/desk.h"
#include "record/incidents.h"
#include "record/proposals.h"

struct register_list { /* starts all-zero; release it */
	struct channel_register *items;
	size_t count, cap;
};

void register_release(struct register_list *list);

/* The channel's register of proposals, with the index of answers under it, up to date
 * with what the desk shows; borrowed until the next call. AGAIN when the channel is not
 * open. */
MUST_USE enum status register_open(struct register_list *list, struct desk *desk,
                                   size_t channel, struct record_proposals **ret_register,
                                   struct error *err);

/* All registers of a channel; borrowed likewise. */
struct register_all {
	struct record_proposals *proposals;
	struct record_replies *replies; /* of the proposals */
	struct record_incidents *incidents;
	const struct record_message_id *rosters; /* the newest one of each desk */
	size_t roster_count;
};
MUST_USE enum status register_open_all(struct register_list *list, struct desk *desk,
                                       size_t channel, struct register_all *ret_all,
                                       struct error *err);

#endif
