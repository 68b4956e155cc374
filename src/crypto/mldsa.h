/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ML-DSA-44 (FIPS 204, pure, empty context): verification, where the OpenSSL at run time
 * has the algorithm (3.5 or later). Elsewhere such signatures are kept but can't be
 * checked.
 */
#ifndef ALDIS_CRYPTO_MLDSA_H
#define ALDIS_CRYPTO_MLDSA_H

#include "base/status.h"
#include "base/view.h"

enum { MLDSA44_PUBLIC_LEN = 1312, MLDSA44_SIGNATURE_LEN = 2420 };

bool mldsa44_is_available(void);

/* OK, UNTRUSTED, or NOT_FOUND when this OpenSSL lacks the algorithm. Lengths as above. */
MUST_USE enum status mldsa44_verify(struct view public_key, struct view message,
                                    struct view signature, struct error *err);

#endif
