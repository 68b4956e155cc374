/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pouch's checkpoint, fitted to what its reader holds.
 */
#ifndef ALDIS_DESK_POUCH_FIT_H
#define ALDIS_DESK_POUCH_FIT_H

#include "desk/state.h"
#include "record/pouch.h"

/* Appends the add-checkpoint request of the pouch anew, with a proof from the newest
 * checkpoint of the log that is held. False: it fits as it is, or can't be made to. */
bool pouch_fit_checkpoint(struct desk *desk, struct log *log,
                          const struct record_pouch *content, struct view body,
                          struct buf *ret_body);

#endif
