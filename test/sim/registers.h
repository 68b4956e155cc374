/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was proposed and what became of it, as each desk computes it from the logs it
 * holds: the same bytes at all honest desks.
 */
#ifndef ALDIS_SIM_REGISTERS_H
#define ALDIS_SIM_REGISTERS_H

#include "sim/sim.h"

/* Appends the registers of pledges, consultations and minutes that the host computes. */
void registers_append(struct sim *sim, struct host *host, struct buf *out);

#endif
