/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What channel.c (charters, ends of logs) and channel_keys.c (cards, witnesses) ask of
 * each other. For these two only.
 */
#ifndef ALDIS_BUNDLE_CHANNEL_PARTS_H
#define ALDIS_BUNDLE_CHANNEL_PARTS_H

#include "bundle/channel.h"

/* Place of a member in the table, or SIZE_MAX. */
size_t bundle_channel_place(const struct bundle_channel *channel, const char *name);

/* Notes the card that a member has in the newest charter. */
MUST_USE enum status bundle_channel_note_card(struct bundle_member *member,
                                              const struct record_card *card,
                                              struct error *err);

#endif
