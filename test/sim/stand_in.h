/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests in the place of signatures, so that a world of a week costs a second and not a
 * minute. Anybody could forge them, but nobody in a world does: its liars sign with keys
 * of their own. Put in the place of crypto/ed25519.h by the linker's --wrap.
 */
#ifndef ALDIS_SIM_STAND_IN_H
#define ALDIS_SIM_STAND_IN_H

#include <stdbool.h>

/* For the whole of a world, its cards included. */
void stand_in_activate(bool is_active);

#endif
