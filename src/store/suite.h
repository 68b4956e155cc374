/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The storage suite: what desk/ports.h promises of a store, as tests that any storage
 * must pass. Tests only; it needs cmocka.
 */
#ifndef ALDIS_STORE_SUITE_H
#define ALDIS_STORE_SUITE_H

#include "desk/ports.h"

struct store_suite {
	const char *name;
	/* An empty store; called once for each test. Fails the test when it can't. */
	void (*open)(void *context, struct store *ret_store);
	/* After the store is closed: removes its traces. */
	void (*clean)(void *context);
	void *context;
};

/* Runs all tests; returns the number of failed ones. */
int store_suite_run(const struct store_suite *suite);

#endif
