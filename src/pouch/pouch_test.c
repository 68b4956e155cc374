/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealing, parts, and whatever may happen to either on the way.
 */
#include "pouch/pouch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "crypto/random.h"

enum { CONTENT_LEN = 10000 };

static struct ed25519_seed seed_of(uint8_t byte)
{
	struct ed25519_seed seed;

	memset(seed.bytes, byte, sizeof seed.bytes);
	return seed;
}

static struct pouch_address address_of(const char *from, const char *to)
{
	struct ed25519_seed box = seed_of(5);
	struct pouch_address address = {.box = x25519_public_of(&box)};

	(void)snprintf(address.from.text, sizeof address.from.text, "%s", from);
	(void)snprintf(address.to.text, sizeof address.to.text, "%s", to);
	memset(address.channel.hash.bytes, 0xc4, sizeof address.channel.hash.bytes);
	return address;
}

static void seal(const struct pouch_address *address, struct buf *ret_whole)
{
	uint8_t content[CONTENT_LEN];
	struct error err;

	for (size_t i = 0; i < sizeof content; i++)
		content[i] = (uint8_t)(i * 7);
	assert_int_equal(
	    pouch_seal(address, view_of(content, sizeof content), ret_whole, &err),
	    STATUS_OK);
}

static enum status open(const struct pouch_address *address, struct view whole)
{
	CLEANUP_BUF struct buf content = BUF_INIT(POUCH_CONTENT_MAX);
	struct ed25519_seed box = seed_of(5);
	struct box_sealed_key sealed;
	struct box_key key;
	struct error err;

	TRY(pouch_sealed_key(whole, &sealed, &err));
	TRY(box_key_open(&sealed, &box, &key, &err));
	TRY(pouch_open(address, whole, &key, &content, &err));
	assert_int_equal(content.len, CONTENT_LEN);
	assert_int_equal(content.data[1], 7);
	return STATUS_OK;
}

static struct pouch_part part_of(const struct pouch_address *address, struct view whole,
                                 size_t part_size, uint32_t number)
{
	return (struct pouch_part){.address = *address,
	                           .pouch = sha256(whole),
	                           .size = (uint32_t)whole.len,
	                           .number = number,
	                           .count = pouch_part_count(whole.len, part_size),
	                           .bytes = pouch_part_share(whole, part_size, number)};
}

static void only_the_address_opens_it(void **state)
{
	CLEANUP_BUF struct buf whole = BUF_INIT(POUCH_SIZE_MAX);
	struct pouch_address address = address_of("north.example", "south.example"),
	                     back = address_of("south.example", "north.example"),
	                     other = address;

	seal(&address, &whole);
	assert_int_equal(open(&address, buf_view(&whole)), STATUS_OK);
	assert_int_equal(open(&back, buf_view(&whole)), STATUS_UNTRUSTED);
	other.channel.hash.bytes[31] ^= 1;
	assert_int_equal(open(&other, buf_view(&whole)), STATUS_UNTRUSTED);
	for (size_t i = 0; i < whole.len; i += i < 200 ? 1 : 997) {
		whole.data[i] ^= 4;
		assert_int_equal(open(&address, buf_view(&whole)), STATUS_UNTRUSTED);
		whole.data[i] ^= 4;
	}
	assert_int_equal(open(&address, view_of(whole.data, 100)), STATUS_MALFORMED);
}

static void two_pouches_with_the_same_content_share_no_bytes(void **state)
{
	CLEANUP_BUF struct buf one = BUF_INIT(POUCH_SIZE_MAX),
	                       two = BUF_INIT(POUCH_SIZE_MAX);
	struct pouch_address address = address_of("north.example", "south.example");

	seal(&address, &one);
	seal(&address, &two);
	assert_int_equal(one.len, two.len);
	assert_memory_not_equal(one.data, two.data, 80);
	assert_memory_not_equal(one.data + one.len - 100, two.data + two.len - 100, 100);
}

static void its_parts_make_the_whole_again(void **state)
{
	static const size_t sizes[] = {POUCH_PART_SIZE_MIN, 5000, CONTENT_LEN,
	                               POUCH_SIZE_MAX};
	CLEANUP_BUF struct buf whole = BUF_INIT(POUCH_SIZE_MAX);
	struct pouch_address address = address_of("north.example", "south.example");
	struct error err;

	seal(&address, &whole);
	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
		CLEANUP_BUF struct buf joined = BUF_INIT(POUCH_SIZE_MAX);
		uint32_t count = pouch_part_count(whole.len, sizes[s]);

		for (uint32_t n = 1; n <= count; n++) {
			CLEANUP_BUF struct buf file = BUF_INIT(POUCH_PART_FILE_MAX);
			struct pouch_part part = part_of(&address, buf_view(&whole),
			                                 sizes[s], n),
			                  found;

			pouch_part_append(&file, &part);
			assert_int_equal(pouch_part_parse(buf_view(&file), &found, &err),
			                 STATUS_OK);
			assert_int_equal(found.number, n);
			assert_int_equal(found.count, count);
			assert_true(hash_equal(&found.pouch, &part.pouch));
			assert_string_equal(found.address.to.text, "south.example");
			buf_append_view(&joined, found.bytes);
		}
		assert_true(view_equal(buf_view(&joined), buf_view(&whole)));
	}
}

static void a_part_that_was_changed_anywhere_is_refused(void **state)
{
	CLEANUP_BUF struct buf whole = BUF_INIT(POUCH_SIZE_MAX),
	                       file = BUF_INIT(POUCH_PART_FILE_MAX);
	struct pouch_address address = address_of("north.example", "south.example");
	struct pouch_part part, found;
	struct error err;
	size_t undetected = 0;

	seal(&address, &whole);
	part = part_of(&address, buf_view(&whole), POUCH_PART_SIZE_MIN, 2);
	pouch_part_append(&file, &part);
	for (size_t i = 0; i < file.len; i++) {
		file.data[i] ^= 1;
		if (pouch_part_parse(buf_view(&file), &found, &err) == STATUS_OK)
			undetected++; /* another name, channel or number: well formed */
		file.data[i] ^= 1;
		assert_int_equal(pouch_part_parse(view_of(file.data, i), &found, &err),
		                 STATUS_MALFORMED);
	}
	assert_in_range(undetected, 1, 300);
	buf_append_byte(&file, '\n');
	assert_int_equal(pouch_part_parse(buf_view(&file), &found, &err),
	                 STATUS_MALFORMED);
	assert_string_equal(err.text,
	                    "part 2 of this pouch is cut short or damaged: it is "
	                    "not what was written");
}

static void heads_of_other_forms_are_refused(void **state)
{
	static const char *const heads[] = {
	    "", "aldis.pouch/2\n", "aldis.pouch/1\n",
	    "aldis.pouch/1\nfrom north.example\nto south.example\n",
	    "aldis.pouch/1\nfrom North\nto south.example\n"};
	struct pouch_part part;
	struct error err;

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		assert_int_equal(pouch_part_parse(view_of_string(heads[i]), &part, &err),
		                 STATUS_MALFORMED);
	assert_string_equal(err.text, "the lines at the head of this pouch are damaged");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_the_address_opens_it),
	    cmocka_unit_test(two_pouches_with_the_same_content_share_no_bytes),
	    cmocka_unit_test(its_parts_make_the_whole_again),
	    cmocka_unit_test(a_part_that_was_changed_anywhere_is_refused),
	    cmocka_unit_test(heads_of_other_forms_are_refused),
	};
	struct error err;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
