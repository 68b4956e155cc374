/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the storage suite share: the list of promises each part tests, and
 * operations that are expected to go well.
 */
#ifndef ALDIS_STORE_SUITE_PARTS_H
#define ALDIS_STORE_SUITE_PARTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "desk/ports.h"

struct store_promise {
	const char *name;
	CMUnitTestFunction test;
};

/* Both end with an empty one. */
extern const struct store_promise store_suite_rows[];
extern const struct store_promise store_suite_logs[];

/* The open store of the test that runs, from cmocka's state. */
struct store *store_suite_store(void **state);

/* Fails the test, with the sentence, when got is not wanted. */
void store_suite_expect(enum status got, enum status wanted, const struct error *err);
void store_suite_put(struct store *s, enum store_table table, const char *key,
                     const char *value);
void store_suite_commit(struct store *s);
void store_suite_expect_row(struct store *s, enum store_table table, const char *key,
                            const char *value);
void store_suite_expect_absent(struct store *s, enum store_table table, const char *key);
/* The counts of entries and bodies. */
void store_suite_expect_count(struct store *s, uint32_t log, uint64_t entries,
                              uint64_t bodies);

#endif
