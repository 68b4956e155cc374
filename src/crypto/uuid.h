/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UUIDs made from names (RFC 9562, version 5): the same name gives the same UUID
 * everywhere. SHA-1 names things here and proves nothing.
 */
#ifndef ALDIS_CRYPTO_UUID_H
#define ALDIS_CRYPTO_UUID_H

#include "base/view.h"

enum { UUID_LEN = 16, UUID_TEXT_LEN = 36 };

struct uuid {
	uint8_t bytes[UUID_LEN];
};

struct uuid uuid_v5(const struct uuid *name_space, struct view name);
/* Lower-case hex in five groups. */
void uuid_encode(const struct uuid *uuid, char ret_text[UUID_TEXT_LEN + 1]);

#endif
