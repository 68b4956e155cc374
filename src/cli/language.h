/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In which language texts of the catalogue are shown.
 */
#ifndef ALDIS_CLI_LANGUAGE_H
#define ALDIS_CLI_LANGUAGE_H

#include "cli/cli.h"

enum { CLI_LANGUAGE_MAX = 15 };

/* That of the environment (LC_ALL, LC_MESSAGES, LANG) if the desk that the call names
 * speaks it, else the desk's first; without a desk that of the environment; else "en".
 * A tag such as "id". */
void cli_language(const struct cli *cli, char ret_language[CLI_LANGUAGE_MAX + 1]);

/* The choice by itself: config is NULL without a desk; locale is as in LANG, or NULL. */
void cli_language_choose(const struct folder_config *config, const char *locale,
                         char ret_language[CLI_LANGUAGE_MAX + 1]);

#endif
