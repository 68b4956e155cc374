/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A builder's last step: nothing leaves that would not be accepted.
 */
#include "bundle/proof_verify.h"

enum status proof_check_made(proof_verifier *verify, struct view proof, struct error *err)
{
	const struct bundle_trust none = {0};
	struct bundle_result result = {0};
	enum status status = verify(proof, &none, &result, err);

	if (status == STATUS_OK && !result.is_consistent)
		status = error_set(err, STATUS_CONFLICT, "%s", result.why.text);
	bundle_result_release(&result);
	return status;
}
