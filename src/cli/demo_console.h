/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The consoles of the demonstration: people who may log in to each desk, and what to tell
 * whoever watches. Knows nothing of the story.
 */
#ifndef ALDIS_CLI_DEMO_CONSOLE_H
#define ALDIS_CLI_DEMO_CONSOLE_H

#include "cli/demo_desks.h"

enum { DEMO_PEOPLE = 2 };

struct demo_person {
	const char *name;
	char password[64]; /* good for one login */
	char secret_path[DEMO_PATH_MAX + 64];
};

struct demo_console {
	char address[64]; /* empty: this desk has none */
	struct demo_person people[DEMO_PEOPLE];
};

struct demo_consoles {
	struct demo_console desks[DEMO_DESKS];
};

/* Makes two operators on each running desk, or gives those of an earlier run new
 * passwords. Their secrets go into the demonstration's folder. */
MUST_USE enum status demo_consoles_open(const struct demo_desks *desks,
                                        struct demo_consoles *ret_consoles,
                                        struct error *err);
/* Says where they are and how to get in, and shows them where there is a display. */
void demo_consoles_show(const struct demo_desks *desks,
                        const struct demo_consoles *consoles);

#endif
