/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The story of the demonstration: an election season on three desks.
 */
#ifndef ALDIS_CLI_DEMO_SCENES_H
#define ALDIS_CLI_DEMO_SCENES_H

#include "cli/demo_stage.h"

extern const struct demo_scene demo_scenes[];
extern const size_t demo_scene_count;

#endif
