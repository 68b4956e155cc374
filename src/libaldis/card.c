/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The version, and cards by themselves.
 */
#include <assert.h>

#include "crypto/random.h"
#include "libaldis/answer.h"
#include "record/card.h"

static_assert(ALDIS_NAME_LEN == RECORD_NAME_MAX + 1, "room for a name");
static_assert(ALDIS_FINGERPRINT_LEN == RECORD_FINGERPRINT_LEN + 1, "room for digits");

PUBLIC const char *aldis_version(void)
{
	return ALDIS_VERSION;
}

PUBLIC enum aldis_answer aldis_card_read(struct aldis_bytes card,
                                         char name[ALDIS_NAME_LEN],
                                         char fingerprint[ALDIS_FINGERPRINT_LEN],
                                         char *error)
{
	struct record_card read;
	struct error err = {0};
	enum status status;

	libaldis_begin(error);
	if (!libaldis_is_usable(card) || name == NULL || fingerprint == NULL)
		return libaldis_usage(error);
	status = crypto_init_verifier(&err);
	if (status == STATUS_OK)
		status = record_card_open(view_of_bytes(card), &read, &err);
	if (status != STATUS_OK)
		return libaldis_answer_of(status, &err, error);
	memcpy(name, read.name.text, ALDIS_NAME_LEN);
	record_fingerprint(&read, fingerprint);
	return ALDIS_OK;
}
