/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verifications of the three proofs, for bundle/verify.c and for the builders, which
 * hold what they made against them. The statuses of bundle_verify. For this folder only.
 */
#ifndef ALDIS_BUNDLE_PROOF_VERIFY_H
#define ALDIS_BUNDLE_PROOF_VERIFY_H

#include "bundle/result.h"

MUST_USE enum status proof_silence_verify(struct view proof,
                                          const struct bundle_trust *trust,
                                          struct bundle_result *ret_result,
                                          struct error *err);
MUST_USE enum status proof_statement_verify(struct view proof,
                                            const struct bundle_trust *trust,
                                            struct bundle_result *ret_result,
                                            struct error *err);
MUST_USE enum status proof_equivocation_verify(struct view proof,
                                               const struct bundle_trust *trust,
                                               struct bundle_result *ret_result,
                                               struct error *err);

/* Holds a proof just made against its verification, without trusted cards: what it finds
 * wrong becomes CONFLICT. */
typedef enum status proof_verifier(struct view proof, const struct bundle_trust *trust,
                                   struct bundle_result *ret_result, struct error *err);
MUST_USE enum status proof_check_made(proof_verifier *verify, struct view proof,
                                      struct error *err);

#endif
