/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pouches by the public header: parts in any order, twice, damaged, swapped; and what is
 * inside, with the key and with cards, or without.
 */
#include "libaldis/testing.h"

#include "aldis/aldis.h"
#include "crypto/keyfile.h"

enum { NORTH, SOUTH, PART_SIZE = POUCH_PART_SIZE_MIN };

struct sample {
	struct testing_channel channel;
	struct testing_pouch pouch; /* from north to south */
	struct aldis_bytes cards[2];
	char folder[TESTING_PATH_MAX], key[TESTING_PATH_MAX + 20];
};

static struct aldis_bytes bytes_of(const struct buf *buf)
{
	return (struct aldis_bytes){buf->data, buf->len};
}

/* North has written count messages and one with an attachment, of which south holds
 * some. */
static void setup(struct sample *s, size_t count, uint64_t held)
{
	const struct testing_message attached = {
	    .kind = "text",
	    .body = "{\"language\":\"en\",\"text\":\"x\"}",
	    .attachments = {view_of_string("a photo")},
	    .attachment_count = 1};
	struct ed25519_seed box = testing_seed("south.example", RECORD_ROLE_BOX);

	*s = (struct sample){
	    .pouch = {.channel = &s->channel, .from = NORTH, .to = SOUTH, .held = held}};
	testing_folder_make(s->folder);
	testing_channel_open(&s->channel, 2);
	testing_channel_fill(&s->channel, NORTH, count);
	testing_channel_write(&s->channel, NORTH, &attached);
	testing_channel_seal(&s->channel);
	for (size_t i = 0; i < 2; i++)
		s->cards[i] = bytes_of(&s->channel.desks[i].note);
	(void)snprintf(s->key, sizeof s->key, "%s/box.key", s->folder);
	assert_int_equal(keyfile_write(s->key, "box", "south.example", &box, NULL, NULL),
	                 STATUS_OK);
}

static void teardown(struct sample *s)
{
	testing_channel_release(&s->channel);
	testing_folder_remove(s->folder);
}

static enum aldis_answer add(struct aldis_pouch **pouch, const struct buf *file,
                             const char *words)
{
	char error[ALDIS_ERROR_LEN];
	enum aldis_answer answer = aldis_pouch_add(pouch, bytes_of(file), error);

	if (strstr(error, words) == NULL)
		fail_msg("'%s' lacks '%s'", error, words);
	return answer;
}

/* The pouch as a single part. */
static struct aldis_pouch *seal(struct sample *s)
{
	CLEANUP_BUF struct buf whole = BUF_INIT(POUCH_SIZE_MAX),
	                       file = BUF_INIT(POUCH_PART_FILE_MAX);
	struct aldis_pouch *pouch = NULL;

	testing_pouch_seal(&s->pouch, &whole);
	testing_pouch_part(&s->pouch, buf_view(&whole), POUCH_SIZE_MAX, 1, &file);
	assert_int_equal(add(&pouch, &file, ""), ALDIS_OK);
	assert_int_equal(aldis_pouch_missing(pouch, NULL, 0), 0);
	assert_int_equal(aldis_pouch_sealed(pouch).len, whole.len);
	return pouch;
}

static enum aldis_answer open_with(struct sample *s, size_t card_count,
                                   struct aldis_result **ret_result, char *error)
{
	struct aldis_pouch *pouch = seal(s);
	enum aldis_answer answer = aldis_pouch_open(pouch, s->key, NULL, s->cards,
	                                            card_count, ret_result, error);

	aldis_pouch_free(pouch);
	return answer;
}

/* Parts */

static void a_part_says_whose_it_is(void **state TEST_UNUSED)
{
	CLEANUP_BUF struct buf whole = BUF_INIT(POUCH_SIZE_MAX),
	                       file = BUF_INIT(POUCH_PART_FILE_MAX);
	struct aldis_pouch_part part;
	char error[ALDIS_ERROR_LEN];
	struct sample s;

	setup(&s, 30, 1);
	testing_pouch_seal(&s.pouch, &whole);
	testing_pouch_part(&s.pouch, buf_view(&whole), PART_SIZE, 2, &file);
	assert_int_equal(aldis_pouch_part_read(bytes_of(&file), &part, error), ALDIS_OK);
	assert_string_equal(part.from, "north.example");
	assert_string_equal(part.to, "south.example");
	assert_int_equal(strlen(part.channel), 64);
	assert_int_equal(strlen(part.pouch), 64);
	assert_int_equal(part.number, 2);
	assert_true(part.count > 2);
	assert_int_equal(part.size, whole.len);
	assert_int_equal(part.len, PART_SIZE);
	for (size_t i = file.len - part.len; i < file.len; i += 97) {
		file.data[i] ^= 1;
		assert_int_equal(aldis_pouch_part_read(bytes_of(&file), &part, error),
		                 ALDIS_NO);
		assert_string_not_equal(error, "");
		file.data[i] ^= 1;
	}
	assert_int_equal(aldis_pouch_part_read(ALDIS_NO_BYTES, &part, error), ALDIS_NO);
	assert_int_equal(aldis_pouch_part_read(bytes_of(&file), NULL, error),
	                 ALDIS_USAGE);
	teardown(&s);
}

static void parts_are_joined_in_any_order(void **state TEST_UNUSED)
{
	CLEANUP_BUF struct buf whole = BUF_INIT(POUCH_SIZE_MAX),
	                       file = BUF_INIT(POUCH_PART_FILE_MAX);
	struct aldis_pouch *pouch = NULL;
	uint32_t missing[2];
	struct sample s;

	setup(&s, 40, 0);
	testing_pouch_seal(&s.pouch, &whole);
	uint32_t count = pouch_part_count(whole.len, PART_SIZE);
	assert_true(count > 3);
	assert_int_equal(aldis_pouch_missing(NULL, NULL, 0), 0);
	for (uint32_t n = count; n > 0; n--) {
		buf_clear(&file);
		testing_pouch_part(&s.pouch, buf_view(&whole), PART_SIZE, n, &file);
		assert_int_equal(aldis_pouch_sealed(pouch).len, 0);
		assert_int_equal(add(&pouch, &file, ""), ALDIS_OK);
		assert_int_equal(add(&pouch, &file, ""), ALDIS_OK);
		assert_int_equal(aldis_pouch_missing(pouch, missing, 2), n - 1);
		if (n > 2)
			assert_int_equal(missing[1], 2);
	}
	struct aldis_bytes sealed = aldis_pouch_sealed(pouch);
	assert_int_equal(sealed.len, whole.len);
	assert_memory_equal(sealed.data, whole.data, whole.len);
	assert_int_equal(add(&pouch, &file, ""), ALDIS_OK);
	aldis_pouch_free(pouch);
	teardown(&s);
}

static void a_swapped_part_is_told_when_all_are_there(void **state TEST_UNUSED)
{
	CLEANUP_BUF struct buf whole = BUF_INIT(POUCH_SIZE_MAX),
	                       other = BUF_INIT(POUCH_SIZE_MAX),
	                       file = BUF_INIT(POUCH_PART_FILE_MAX);
	struct aldis_pouch *pouch = NULL;
	struct sample s;

	setup(&s, 40, 0);
	testing_pouch_seal(&s.pouch, &whole);
	testing_pouch_seal(&s.pouch, &other);
	uint32_t count = pouch_part_count(whole.len, PART_SIZE);
	testing_pouch_part(&s.pouch, buf_view(&other), PART_SIZE, 1, &file);
	assert_int_equal(add(&pouch, &file, ""), ALDIS_OK);
	for (uint32_t n = 2; n <= count; n++) {
		buf_clear(&file);
		testing_pouch_part(&s.pouch, buf_view(&whole), PART_SIZE, n, &file);
		assert_int_equal(add(&pouch, &file, "another pouch"), ALDIS_NO);
	}
	/* The head of the one over the bytes of the other. */
	struct pouch_part part;
	assert_int_equal(pouch_part_parse(buf_view(&file), &part, NULL), STATUS_OK);
	part.pouch = sha256(buf_view(&other));
	buf_clear(&whole);
	pouch_part_append(&whole, &part);
	for (uint32_t n = 2; n < count; n++) {
		buf_clear(&file);
		testing_pouch_part(&s.pouch, buf_view(&other), PART_SIZE, n, &file);
		assert_int_equal(add(&pouch, &file, ""), ALDIS_OK);
	}
	assert_int_equal(add(&pouch, &whole, "was swapped"), ALDIS_NO);
	assert_int_equal(aldis_pouch_sealed(pouch).len, 0);
	for (uint32_t n = 1; n <= count; n++) {
		buf_clear(&file);
		testing_pouch_part(&s.pouch, buf_view(&other), PART_SIZE, n, &file);
		assert_int_equal(add(&pouch, &file, ""), ALDIS_OK);
	}
	assert_int_equal(aldis_pouch_sealed(pouch).len, other.len);
	aldis_pouch_free(pouch);
	teardown(&s);
}

static void parts_larger_than_their_pouch_are_dropped(void **state TEST_UNUSED)
{
	CLEANUP_BUF struct buf file = BUF_INIT(POUCH_PART_FILE_MAX);
	struct aldis_pouch *pouch = NULL;
	struct sample s;

	setup(&s, 1, 0);
	struct pouch_part part = {.address = testing_pouch_address(&s.pouch),
	                          .size = 100,
	                          .count = 3,
	                          .bytes = view_of(s.folder, 60)};
	for (part.number = 1; part.number < 3; part.number++) {
		buf_clear(&file);
		pouch_part_append(&file, &part);
		assert_int_equal(
		    add(&pouch, &file, part.number == 2 ? "was swapped" : ""),
		    part.number == 2 ? ALDIS_NO : ALDIS_OK);
	}
	part.number = 1;
	part.count = 4;
	for (int i = 0; i < 2; i++, part.count++) {
		buf_clear(&file);
		pouch_part_append(&file, &part);
		assert_int_equal(add(&pouch, &file, i == 1 ? "something else" : ""),
		                 i == 1 ? ALDIS_NO : ALDIS_OK);
	}
	aldis_pouch_free(pouch);
	teardown(&s);
}

static void a_part_as_a_path_is_nobodys_word(void **state TEST_UNUSED)
{
	CLEANUP_BUF struct buf whole = BUF_INIT(POUCH_SIZE_MAX),
	                       file = BUF_INIT(POUCH_PART_FILE_MAX);
	char path[TESTING_PATH_MAX + 20], error[ALDIS_ERROR_LEN];
	struct aldis_result *result;
	struct sample s;

	setup(&s, 2, 0);
	testing_pouch_seal(&s.pouch, &whole);
	testing_pouch_part(&s.pouch, buf_view(&whole), POUCH_SIZE_MAX, 1, &file);
	(void)snprintf(path, sizeof path, "%s/1.pouch", s.folder);
	assert_int_equal(file_replace(path, buf_view(&file), 0600, NULL), STATUS_OK);
	assert_int_equal(aldis_verify_path(path, s.cards, 2, &result, error),
	                 ALDIS_UNANCHORED);
	assert_string_equal(aldis_result_kind(result), "pouch part");
	assert_non_null(strstr(aldis_result_statement(result, 0),
	                       "part 1 of 1 of a pouch from north.example for south"));
	assert_int_equal(aldis_result_desk_count(result), 0);
	aldis_result_free(result);
	file.data[file.len - 1] ^= 1;
	assert_int_equal(file_replace(path, buf_view(&file), 0600, NULL), STATUS_OK);
	assert_int_equal(aldis_verify_path(path, s.cards, 2, &result, error), ALDIS_NO);
	assert_non_null(strstr(aldis_result_reason(result), "damaged"));
	aldis_result_free(result);
	teardown(&s);
}

/* What is inside */

static void assert_opens(size_t count, uint64_t held, enum aldis_answer expected,
                         size_t proven_from)
{
	char error[ALDIS_ERROR_LEN];
	struct aldis_checkpoint checkpoint;
	struct aldis_result *result;
	struct aldis_bytes content;
	struct sample s;

	setup(&s, count, held);
	enum aldis_answer answer = open_with(&s, 2, &result, error);
	if (answer != expected)
		fail_msg("%d at %zu, %llu: %s %s", (int)answer, count,
		         (unsigned long long)held, error,
		         result != NULL ? aldis_result_reason(result) : "");
	assert_string_equal(aldis_result_kind(result), "pouch");
	assert_int_equal(aldis_log_count(result), 2);
	assert_true(aldis_log(result, 1, &checkpoint));
	assert_int_equal(checkpoint.size, count + 2);
	assert_string_equal(checkpoint.origin, s.channel.logs[NORTH].origin);
	assert_true(aldis_log_number(result, 0, ALDIS_LOG_HELD_S) > 0);
	assert_int_equal(aldis_log_number(result, 1, ALDIS_LOG_SIGNED), 1);
	assert_int_equal(aldis_message_count(result), count + 2 - held);
	for (size_t i = 0; i < aldis_message_count(result); i++) {
		assert_int_equal(aldis_message_index(result, i), held + i);
		assert_int_equal(aldis_message_is_proven(result, i), i >= proven_from);
		assert_true(aldis_message_is_full(result, i));
		assert_true(aldis_message_body(result, i).len > 0);
		assert_true(aldis_message_entry(result, i).len > 0);
	}
	size_t last = aldis_message_count(result) - 1;
	assert_string_equal(aldis_message_text(result, last, ALDIS_MESSAGE_KIND), "text");
	assert_string_equal(aldis_message_text(result, last, ALDIS_MESSAGE_DESK),
	                    "north.example");
	assert_int_equal(aldis_message_attachment_count(result, last), 1);
	assert_true(aldis_attachment(result, aldis_message_attachment_id(result, last, 0),
	                             &content));
	assert_int_equal(content.len, 7);
	assert_memory_equal(content.data, "a photo", 7);
	assert_int_equal(aldis_attachment_count(result), 1);
	assert_int_equal(aldis_result_count(result, ALDIS_COUNT_BODIES),
	                 count + 2 - held);
	aldis_result_free(result);
	teardown(&s);
}

/* Whatever the reader holds, what can be shown is; a perfect subtree of less than a tile
 * hides what stands before it. */
static void entries_prove_themselves(void **state TEST_UNUSED)
{
	static const struct {
		size_t count;
		uint64_t held;
		size_t proven_from;
	} rows[] = {
	    {5, 0, 0},     {5, 3, 0},     {5, 5, 0},     {5, 6, 0},       {300, 0, 0},
	    {300, 77, 0},  {300, 255, 0}, {300, 256, 0}, {300, 257, 0},   {600, 260, 0},
	    {600, 511, 0}, {600, 512, 0}, {9, 4, 7},     {300, 128, 128}, {300, 1, 255},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_opens(rows[i].count, rows[i].held,
		             rows[i].proven_from == 0 ? ALDIS_OK : ALDIS_UNANCHORED,
		             rows[i].proven_from);
}

static void without_a_card_nothing_is_proven(void **state TEST_UNUSED)
{
	struct aldis_result *result;
	struct sample s;

	setup(&s, 5, 3);
	for (size_t cards = 0; cards < 2; cards++) {
		assert_int_equal(open_with(&s, cards, &result, NULL), ALDIS_UNANCHORED);
		assert_int_equal(aldis_message_is_proven(result, 0), (int)cards);
		assert_int_equal(aldis_log_number(result, 0, ALDIS_LOG_SIGNED), 0);
		assert_int_equal(aldis_log_number(result, 1, ALDIS_LOG_SIGNED), cards);
		aldis_result_free(result);
	}
	teardown(&s);
}

static void bodies_may_be_in_another_pouch(void **state TEST_UNUSED)
{
	struct aldis_result *result;
	struct sample s;

	setup(&s, 5, 0);
	s.pouch.has_no_blobs = s.pouch.has_no_receipt = true;
	assert_int_equal(open_with(&s, 1, &result, NULL), ALDIS_OK);
	assert_int_equal(aldis_message_is_full(result, 3), 0);
	assert_int_equal(aldis_message_body(result, 3).len, 0);
	assert_int_equal(aldis_message_attachment_count(result, 6), 1);
	assert_int_equal(aldis_attachment_count(result), 0);
	assert_null(aldis_attachment_id(result, 0));
	aldis_result_free(result);
	teardown(&s);
}

/* Ids of a later log go on where the one before ended, which is not in the pouch. */
static void of_a_successor_no_id_is_told(void **state TEST_UNUSED)
{
	struct aldis_result *result;
	struct sample s;

	setup(&s, 5, 0);
	testing_channel_end_log(&s.channel, NORTH, 4, 3);
	testing_channel_seal(&s.channel);
	s.pouch.successor = 2;
	s.pouch.has_no_receipt = true;
	assert_int_equal(open_with(&s, 2, &result, NULL), ALDIS_OK);
	assert_true(aldis_message_count(result) > 0);
	assert_null(aldis_message_text(result, 0, ALDIS_MESSAGE_ID));
	assert_string_equal(aldis_message_text(result, 0, ALDIS_MESSAGE_DESK),
	                    "north.example");
	aldis_result_free(result);
	teardown(&s);
}

/* Of what stands last, the bodies, the origin becomes that of a second log; two lengths
 * go before it. */
static void two_logs(struct buf *content)
{
	struct view mark = view_of_string("north.example/");
	size_t at = view_find_last(buf_view(content), mark);
	size_t end = at + mark.len + 64, tail = content->len - end;

	assert_int_not_equal(at, SIZE_MAX);
	assert_non_null(buf_extend(content, 2));
	memmove(content->data + end + 2, content->data + end, tail);
	memcpy(content->data + end, "/2", 2);
	content->data[at - 1] += 2;
	unsigned carry = 2;
	for (size_t i = at - 3; carry > 0; i--) {
		carry += content->data[i];
		content->data[i] = (uint8_t)carry;
		carry >>= 8;
	}
}

static void change_entry(struct buf *content)
{
	size_t at =
	    view_find_last(buf_view(content), view_of_string("\"kind\":\"text\""));

	assert_int_not_equal(at, SIZE_MAX);
	content->data[at + 8] = 'n';
}

static void change_signature(struct buf *content)
{
	size_t at = view_find_last(buf_view(content),
	                           view_of_string("\n\xe2\x80\x94 north.example/"));

	assert_int_not_equal(at, SIZE_MAX);
	at += 100;
	content->data[at] = content->data[at] == 'A' ? 'B' : 'A';
}

static void change_receipt(struct buf *content)
{
	size_t at = view_find(buf_view(content),
	                      view_of_string("\xe2\x80\x94 north.example/mirror"));

	assert_int_not_equal(at, SIZE_MAX);
	at += 60;
	content->data[at] = content->data[at] == 'A' ? 'B' : 'A';
}

static void change_origin(struct buf *content)
{
	struct view wanted = view_of_string("north.example/");
	size_t at = view_find_last(buf_view(content), wanted);

	content->data[at] = 'w';
}

static void change_form(struct buf *content)
{
	content->len--;
}

static void what_does_not_hold_is_a_no(void **state TEST_UNUSED)
{
	static const struct {
		void (*falsify)(struct buf *content);
		const char *why;
	} rows[] = {
	    {change_entry, "are not those that north.example signed"},
	    {change_signature, ""},
	    {change_receipt, ""},
	    {change_origin, "not its maker's"},
	    {two_logs, "two logs of its maker"},
	    {change_form, ""},
	};
	struct aldis_result *result;
	struct sample s;

	setup(&s, 5, 3);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		s.pouch.falsify = rows[i].falsify;
		assert_int_equal(open_with(&s, 2, &result, NULL), ALDIS_NO);
		assert_string_equal(aldis_result_kind(result), "pouch");
		if (aldis_result_reason(result)[0] == '\0' ||
		    strstr(aldis_result_reason(result), rows[i].why) == NULL)
			fail_msg("%zu: '%s'", i, aldis_result_reason(result));
		assert_int_equal(aldis_result_statement_count(result), 0);
		aldis_result_free(result);
	}
	teardown(&s);
}

static void other_keys_say_nothing(void **state TEST_UNUSED)
{
	struct ed25519_seed other = testing_seed("north.example", RECORD_ROLE_BOX);
	char error[ALDIS_ERROR_LEN], key[TESTING_PATH_MAX + 20];
	struct aldis_result *result;
	struct sample s;

	setup(&s, 5, 0);
	memcpy(key, s.key, sizeof key);
	(void)snprintf(s.key, sizeof s.key, "%s/other", s.folder);
	assert_int_equal(open_with(&s, 2, &result, error), ALDIS_FAILED);
	assert_null(result);
	assert_int_equal(keyfile_write(s.key, "box", "north.example", &other, NULL, NULL),
	                 STATUS_OK);
	assert_int_equal(open_with(&s, 2, &result, error), ALDIS_FAILED);
	(void)snprintf(s.key, sizeof s.key, "%s/third", s.folder);
	assert_int_equal(keyfile_write(s.key, "box", "south.example", &other, NULL, NULL),
	                 STATUS_OK);
	assert_int_equal(open_with(&s, 2, &result, error), ALDIS_FAILED);
	assert_non_null(strstr(error, "another box key"));
	memcpy(s.key, key, sizeof key);
	s.cards[0].len--;
	assert_int_equal(open_with(&s, 2, &result, error), ALDIS_FAILED);
	assert_non_null(strstr(error, "trusted card 1"));
	assert_int_equal(aldis_pouch_open(NULL, key, NULL, NULL, 0, &result, error),
	                 ALDIS_USAGE);
	teardown(&s);
}

static void a_key_under_a_passphrase_opens_with_it(void **state TEST_UNUSED)
{
	struct ed25519_seed box = testing_seed("south.example", RECORD_ROLE_BOX);
	char error[ALDIS_ERROR_LEN];
	struct aldis_result *result;
	struct aldis_pouch *pouch;
	struct sample s;

	setup(&s, 2, 0);
	(void)snprintf(s.key, sizeof s.key, "%s/locked", s.folder);
	assert_int_equal(
	    keyfile_write(s.key, "box", "south.example", &box, "open up", NULL),
	    STATUS_OK);
	pouch = seal(&s);
	assert_int_equal(aldis_pouch_open(pouch, s.key, NULL, s.cards, 2, &result, error),
	                 ALDIS_FAILED);
	assert_non_null(strstr(error, "passphrase"));
	assert_int_equal(
	    aldis_pouch_open(pouch, s.key, "open up", s.cards, 2, &result, error),
	    ALDIS_OK);
	aldis_result_free(result);
	aldis_pouch_free(pouch);
	teardown(&s);
}

static void parts_that_are_missing_are_told(void **state TEST_UNUSED)
{
	CLEANUP_BUF struct buf whole = BUF_INIT(POUCH_SIZE_MAX),
	                       file = BUF_INIT(POUCH_PART_FILE_MAX);
	struct aldis_pouch *pouch = NULL;
	char error[ALDIS_ERROR_LEN];
	struct aldis_result *result;
	struct sample s;

	setup(&s, 30, 0);
	testing_pouch_seal(&s.pouch, &whole);
	testing_pouch_part(&s.pouch, buf_view(&whole), PART_SIZE, 2, &file);
	assert_int_equal(add(&pouch, &file, ""), ALDIS_OK);
	assert_int_equal(aldis_pouch_open(pouch, s.key, NULL, s.cards, 2, &result, error),
	                 ALDIS_FAILED);
	assert_string_equal(error, "parts of the pouch are missing");
	aldis_pouch_free(pouch);
	teardown(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_part_says_whose_it_is),
	    cmocka_unit_test(parts_are_joined_in_any_order),
	    cmocka_unit_test(a_swapped_part_is_told_when_all_are_there),
	    cmocka_unit_test(parts_larger_than_their_pouch_are_dropped),
	    cmocka_unit_test(a_part_as_a_path_is_nobodys_word),
	    cmocka_unit_test(entries_prove_themselves),
	    cmocka_unit_test(without_a_card_nothing_is_proven),
	    cmocka_unit_test(bodies_may_be_in_another_pouch),
	    cmocka_unit_test(of_a_successor_no_id_is_told),
	    cmocka_unit_test(what_does_not_hold_is_a_no),
	    cmocka_unit_test(other_keys_say_nothing),
	    cmocka_unit_test(a_key_under_a_passphrase_opens_with_it),
	    cmocka_unit_test(parts_that_are_missing_are_told),
	};

	return cmocka_run_group_tests(tests, test_setup, NULL);
}
