/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verifying a receipt: a C2SP tlog-proof file whose checkpoint carries exactly two lines,
 * the log's and one member's mirror cosignature. Ours carry the entry in the line
 * `extra`, so that they can be verified alone; C2SP authenticates nothing there, the
 * inclusion proof does. Source: spec/record.md (Receipt), aldis.md 3.3.
 */
#ifndef ALDIS_BUNDLE_RECEIPT_CHECK_H
#define ALDIS_BUNDLE_RECEIPT_CHECK_H

#include "bundle/result.h"

enum { BUNDLE_RECEIPT_LEN_MAX = 1 << 21 };

/* The statuses of bundle_verify. `found` are cards that are known but not trusted. */
MUST_USE enum status bundle_check_receipt(struct view receipt, struct view entry,
                                          const struct bundle_trust *trust,
                                          const struct bundle_trust *found,
                                          struct bundle_result *ret_result,
                                          struct error *err);

#endif
