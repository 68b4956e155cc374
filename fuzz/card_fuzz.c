/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Card notes: what opens is a card whose text can be written again, with a name and keys.
 */
#include "record/card.h"

#include <assert.h>

#include "base/cleanup.h"
#include "crypto/random.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	char fingerprint[RECORD_FINGERPRINT_LEN + 1];
	struct record_card card;
	struct error err;

	assert(crypto_init(&err) == STATUS_OK);
	if (record_card_open(view_of(data, len), &card, &err) != STATUS_OK)
		return 0;
	assert(record_name_check(view_of_string(card.name.text)));
	assert(card.has_key[RECORD_ROLE_ROOT] && card.serial > 0);
	assert(record_card_append_text(&card, &text, &err) == STATUS_OK);
	record_fingerprint(&card, fingerprint);
	assert(strlen(fingerprint) == RECORD_FINGERPRINT_LEN);
	return 0;
}
