/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start of the libraries, random bytes, wiping.
 */
#ifndef ALDIS_CRYPTO_RANDOM_H
#define ALDIS_CRYPTO_RANDOM_H

#include <stddef.h>

#include "base/status.h"

/* Call once before anything else in crypto/ (again is harmless), and once more in a
 * process made by fork. */
MUST_USE enum status crypto_init(struct error *err);
/* The same for a library in somebody else's process, which verifies and makes nothing:
 * from any number of threads. libsodium's generator stays as the program has it, so
 * random_bytes and what needs it are not for its callers. */
MUST_USE enum status crypto_init_verifier(struct error *err);
void random_bytes(void *ret_bytes, size_t len);
void crypto_wipe(void *bytes, size_t len);

#endif
