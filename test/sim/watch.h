/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must hold at every step, checked where the step happens:
 *  1. a message with a receipt is lost on neither side;
 *  2. no honest key signs two histories of one log;
 *  3. nothing leaves before it is durable: entries and bodies below every signature;
 *  4. nothing is shown that was not signed or cosigned;
 *  5. a cosignature of the same size and time has the same bytes;
 *  6. a guard that was not lost knows the last signature;
 *  7. an entry names nothing as seen that its desk has not cosigned;
 *  8. a desk whose database and guard are whole never freezes;
 *  9. every request is answered within its turn, and no desk spins.
 * What a hostile member does is not watched.
 */
#ifndef ALDIS_SIM_WATCH_H
#define ALDIS_SIM_WATCH_H

#include "sim/host.h"

/* The signer returned; asked is what the desk wanted, item what it got. A wanted time
 * below 0 means: the cosignature before, which the guard holds with this time. */
void watch_signed(struct host *host, const struct signer_item *asked,
                  const struct signer_item *item);
/* Entries are appended to the store, not yet committed. */
void watch_appended(struct host *host, size_t member, uint64_t first, struct view bundle);
/* A reply or a call is let out. */
void watch_reply(struct host *host, const struct packet *packet, int status,
                 struct view body);
void watch_call(struct host *host, const struct desk_call *call);
/* A turn has ended well. */
void watch_turn(struct host *host);
/* The process has started again and nothing was taken from its disk but what it had not
 * made durable. */
void watch_started(struct host *host);

#endif
