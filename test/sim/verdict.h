/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must hold in the end, when the faults have stopped for a while: every honest desk
 * works, all hold the same logs in the same order and compute the same duties, byte for
 * byte; the charters that all signed, and no others, are in force; every message has
 * every receipt, every letter is there once, and who forked is caught and named in the
 * record.
 */
#ifndef ALDIS_SIM_VERDICT_H
#define ALDIS_SIM_VERDICT_H

#include "sim/sim.h"

void verdict_give(struct sim *sim);

#endif
