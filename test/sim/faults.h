/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes wrong: crashes and power cuts at any step, cut lines, old backups, jumping
 * clocks. All of it stops when the world gets calm.
 */
#ifndef ALDIS_SIM_FAULTS_H
#define ALDIS_SIM_FAULTS_H

#include "sim/host.h"

/* Draws a weather; fair: the one without faults. */
void faults_draw_weather(struct sim *sim, bool is_fair);
/* Puts the first faults on the agenda. */
void faults_begin(struct sim *sim);
/* A host has crashed: when does it start again? */
void faults_host_down(struct host *host);

#endif
