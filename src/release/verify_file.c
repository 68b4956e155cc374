/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page is checked before anything in it: what a changed script shows says nothing.
 */
#include "release/frame.h"
#include "release/verify.h"

#include <stdio.h>

static void say_page(struct release_result *result)
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&result->page, hex);
	bundle_say(
	    &result->bundle,
	    "the page around it is that of Aldis %s, byte for byte (SHA-256 %s); a "
	    "page can't vouch for its own script, this program has compared it",
	    result->page_version, hex);
}

enum status release_verify_file(struct view file, const struct bundle_trust *trust,
                                struct release_result *ret_result, struct error *err)
{
	struct release_frame_found found;
	struct error why = {0};
	enum status status = release_frame_split(file, &found, &why);

	ret_result->bundle.kind = BUNDLE_RELEASE;
	if (status != STATUS_OK) {
		(void)snprintf(ret_result->code, sizeof ret_result->code, "frame");
		return bundle_result_close(&ret_result->bundle, status, "", &why);
	}
	ret_result->page_version = found.version;
	ret_result->page = found.hash;
	status = release_verify_data(found.data, trust, ret_result, err);
	if (status == STATUS_OK && ret_result->bundle.is_consistent)
		say_page(ret_result);
	return status;
}
