/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registers of each channel (pledges, consultations, which message answers which),
 * kept in memory and brought up to date when somebody asks: only what is new is read.
 */
#ifndef ALDIS_CONSOLE_REGISTER_H
#define ALDIS_CONSOLE_REGISTER_H

#include "desk/desk.h"
#include "record/proposals.h"

struct register_list { /* starts all-zero; release it */
	struct channel_register *items;
	size_t count, cap;
};

void register_release(struct register_list *list);

/* The channel's register, up to date with what the desk shows; borrowed until the next
 * call. AGAIN when the channel is not open. */
MUST_USE enum status register_open(struct register_list *list, struct desk *desk,
                                   size_t channel, struct record_proposals **ret_register,
                                   struct error *err);

#endif
