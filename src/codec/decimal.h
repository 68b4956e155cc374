/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole numbers as text: digits only, no sign, no leading zero, "0" for zero.
 */
#ifndef ALDIS_CODEC_DECIMAL_H
#define ALDIS_CODEC_DECIMAL_H

#include "base/status.h"
#include "base/view.h"

MUST_USE enum status decimal_decode(struct view text, uint64_t max, uint64_t *ret_value,
                                    struct error *err);

#endif
