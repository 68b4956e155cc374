/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The content of a pouch, held against the cards of the testing desks north and south: in
 * its form or not, whatever is proven stands in a signed checkpoint.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "crypto/random.h"
#include "pouch/contents.h"
#include "record/pouch.h"
#include "record/testing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Made once: they are the same for every input. */
static struct testing_desk desks[2];

/* The content does not say whose it is: the head of a part does. */
static struct pouch_address address_of(struct view content)
{
	struct pouch_address address = {.from = {"north.example"},
	                                .to = {"south.example"}};
	enum record_pouch_request request;
	struct record_pouch parsed;
	struct record_origin origin;
	struct view body, text;

	if (record_pouch_parse(content, &parsed, NULL) == STATUS_OK &&
	    record_pouch_next(&parsed, &request, &body, &text) &&
	    record_origin_decode(text, &origin, NULL) == STATUS_OK)
		address.channel = origin.channel;
	return address;
}

static void check(const struct pouch_contents *contents, size_t card_count)
{
	size_t signed_count = 0;

	for (size_t i = 0; i < contents->checkpoint_count; i++)
		signed_count += contents->checkpoints[i].is_signed;
	for (size_t i = 0; i < contents->entry_count; i++)
		if (contents->entries[i].is_proven && signed_count == 0)
			abort();
	if (card_count == 0 &&
	    (signed_count > 0 || (contents->is_proven && contents->checkpoint_count > 0)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct view content = view_of(data, len);
	struct pouch_address address = address_of(content);

	if (crypto_init(NULL) != STATUS_OK)
		abort();
	if (desks[0].note.len == 0) {
		testing_desk_init(&desks[0], "north.example", NULL);
		testing_desk_init(&desks[1], "south.example", NULL);
	}
	const struct record_card cards[2] = {desks[0].card, desks[1].card};
	for (size_t count = 0; count <= 2; count++) {
		struct pouch_contents contents = {0};

		if (pouch_contents_read(content, &address, cards, count, &contents,
		                        NULL) == STATUS_OK)
			check(&contents, count);
		pouch_contents_release(&contents);
	}
	return 0;
}
