/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must hold in the end, when the faults have stopped for a while: every honest desk
 * works, all hold the same logs in the same order, every message has every receipt, every
 * letter is there once, and who forked is caught.
 */
#ifndef ALDIS_SIM_VERDICT_H
#define ALDIS_SIM_VERDICT_H

#include "sim/sim.h"

void verdict_give(struct sim *sim);

#endif
