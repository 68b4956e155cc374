/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Releases by the public header: the verdict, who consented, the conversation; and copies
 * that were changed.
 */
#include <pthread.h>
#include <sodium.h>

#include "aldis/aldis.h"
#include "release/frame.h"
#include "release/testing.h"

enum { DESKS = 3 }; /* four when there are more messages */

struct sample {
	struct release_fixture fixture;
	struct buf file;
	struct aldis_bytes cards[TESTING_DESKS_MAX];
};

static struct aldis_bytes bytes_of(const struct buf *buf)
{
	return (struct aldis_bytes){buf->data, buf->len};
}

static void setup(struct sample *s, size_t message_count)
{
	*s = (struct sample){.file = BUF_INIT((size_t)RELEASE_FILE_MAX)};
	release_fixture_make(&s->fixture, message_count);
	assert_int_equal(release_file_append(buf_view(&s->fixture.data), &s->file),
	                 STATUS_OK);
	for (size_t i = 0; i < s->fixture.channel.desk_count; i++)
		s->cards[i] = bytes_of(&s->fixture.channel.desks[i].note);
}

static void teardown(struct sample *s)
{
	buf_release(&s->file);
	release_fixture_release(&s->fixture);
}

static struct aldis_result *verify(const struct sample *s, size_t card_count,
                                   enum aldis_answer expected)
{
	struct aldis_result *result;
	char error[ALDIS_ERROR_LEN];
	enum aldis_answer answer = aldis_verify_release(bytes_of(&s->file), s->cards,
	                                                card_count, &result, error);

	if (answer != expected)
		fail_msg("%d: %s %s", (int)answer, error,
		         result != NULL ? aldis_result_reason(result) : "");
	return result;
}

static void a_release_says_by_whom_it_is(void **state TEST_UNUSED)
{
	struct aldis_result *result;
	struct sample s;

	setup(&s, 0);
	aldis_result_free(verify(&s, 0, ALDIS_UNANCHORED));
	aldis_result_free(verify(&s, 2, ALDIS_UNANCHORED));
	result = verify(&s, DESKS, ALDIS_OK);
	assert_string_equal(aldis_result_kind(result), "release");
	assert_int_equal(aldis_release_grade(result), ALDIS_RELEASE_JOINT);
	assert_null(aldis_release_text(result, ALDIS_RELEASE_CODE));
	assert_int_equal(strlen(aldis_release_text(result, ALDIS_RELEASE_MANIFEST)), 64);
	assert_string_equal(aldis_release_text(result, ALDIS_RELEASE_PAGE_VERSION),
	                    aldis_version());
	assert_int_equal(strlen(aldis_release_text(result, ALDIS_RELEASE_PAGE_HASH)), 64);
	assert_int_equal(strlen(aldis_release_text(result, ALDIS_RELEASE_CHANNEL)), 64);
	assert_int_equal(strlen(aldis_release_text(result, ALDIS_RELEASE_CHARTER)), 64);
	assert_non_null(aldis_release_text(result, ALDIS_RELEASE_TITLE));
	assert_string_equal(aldis_release_text(result, ALDIS_RELEASE_COVER_EN),
	                    "Why \xe2\x80\x9cthis\xe2\x80\x9d </script><script>");
	assert_null(aldis_release_text(result, ALDIS_RELEASE_COVER_ID));
	assert_string_equal(aldis_release_text(result, ALDIS_RELEASE_BY),
	                    "north.example");
	assert_string_equal(aldis_release_text(result, ALDIS_RELEASE_RULE), "joint");
	assert_null(aldis_release_text(result, (enum aldis_release_text)99));
	assert_int_equal(aldis_release_made(result), s.fixture.manifest.made_s);
	assert_int_equal(aldis_release_answer_count(result), DESKS);
	for (size_t i = 0; i < DESKS; i++) {
		assert_string_equal(aldis_release_answer_desk(result, i),
		                    s.fixture.channel.desks[i].card.name.text);
		assert_int_equal(aldis_release_answer(result, i), ALDIS_RELEASE_CONSENT);
		assert_true(aldis_release_answer_sent(result, i) >=
		            aldis_release_made(result));
	}
	assert_null(aldis_release_answer_desk(result, DESKS));
	assert_int_equal(aldis_release_answer(result, DESKS), ALDIS_RELEASE_NO_ANSWER);
	assert_int_equal(aldis_release_answer_sent(result, DESKS), 0);
	assert_int_equal(aldis_result_count(result, ALDIS_COUNT_FULL), 7);
	assert_int_equal(aldis_result_count(result, ALDIS_COUNT_ENVELOPES), 1);
	assert_int_equal(aldis_result_count(result, ALDIS_COUNT_WITHHELD), 1);
	assert_int_equal(aldis_result_count(result, ALDIS_COUNT_ENTRIES), 9);
	assert_int_equal(aldis_result_count(result, ALDIS_COUNT_LOGS), DESKS);
	assert_int_equal(aldis_silence_grade(result), ALDIS_SILENCE_NONE);
	aldis_result_free(result);
	teardown(&s);
}

static void its_logs_are_counted(void **state TEST_UNUSED)
{
	struct aldis_checkpoint checkpoint;
	struct aldis_result *result;
	struct sample s;

	setup(&s, 0);
	result = verify(&s, DESKS, ALDIS_OK);
	assert_int_equal(aldis_log_count(result), DESKS);
	for (size_t i = 0; i < DESKS; i++) {
		assert_true(aldis_log(result, i, &checkpoint));
		assert_int_equal(checkpoint.size,
		                 aldis_log_number(result, i, ALDIS_LOG_FULL) +
		                     aldis_log_number(result, i, ALDIS_LOG_ENVELOPES) +
		                     aldis_log_number(result, i, ALDIS_LOG_WITHHELD));
	}
	assert_false(aldis_log(result, DESKS, &checkpoint));
	assert_false(aldis_log(result, 0, NULL));
	assert_int_equal(aldis_log_number(result, DESKS, ALDIS_LOG_FULL), 0);
	assert_int_equal(aldis_log_number(result, 0, (enum aldis_log_number)99), 0);
	aldis_result_free(result);
	teardown(&s);
}

static size_t find(const struct aldis_result *result, const char *id)
{
	for (size_t i = 0; i < aldis_message_count(result); i++)
		if (strcmp(aldis_message_text(result, i, ALDIS_MESSAGE_ID), id) == 0)
			return i;
	return SIZE_MAX;
}

/* Two logs of one desk, and one conversation. */
static void ids_go_on_in_a_successor(void **state TEST_UNUSED)
{
	struct aldis_checkpoint checkpoint;
	struct aldis_result *result;
	uint64_t next = 0;
	struct sample s = {.file = BUF_INIT((size_t)RELEASE_FILE_MAX)};

	release_fixture_make_ended(&s.fixture, 0);
	assert_int_equal(release_file_append(buf_view(&s.fixture.data), &s.file),
	                 STATUS_OK);
	result = verify(&s, 0, ALDIS_UNANCHORED);
	assert_int_equal(aldis_log_count(result), DESKS + 1);
	assert_true(aldis_log(result, 2, &checkpoint));
	assert_int_equal(strlen(checkpoint.origin), strlen("south.example/") + 64 + 2);
	for (size_t i = 0; i < aldis_message_count(result); i++) {
		const char *desk = aldis_message_text(result, i, ALDIS_MESSAGE_DESK);

		if (strcmp(desk, "south.example") != 0)
			continue;
		next += next == s.fixture.lost + 1; /* is withheld */
		assert_int_equal(aldis_message_index(result, i), next++);
	}
	assert_int_equal(next, s.fixture.lost + checkpoint.size);
	assert_int_equal(find(result, "south.example#99"), SIZE_MAX);
	assert_int_not_equal(find(result, "south.example#4"), SIZE_MAX);
	aldis_result_free(result);
	teardown(&s);
}

static void the_conversation_can_be_read(void **state TEST_UNUSED)
{
	struct aldis_bytes content, body;
	struct aldis_result *result;
	struct sample s;

	setup(&s, 0);
	result = verify(&s, DESKS, ALDIS_OK);
	assert_int_equal(aldis_message_count(result), 8);
	assert_int_equal(find(result, "north.example#4"), SIZE_MAX);
	size_t broken = find(result, "north.example#5");
	assert_null(aldis_message_text(result, broken, ALDIS_MESSAGE_KIND));
	assert_int_equal(aldis_message_is_full(result, broken), 0);
	assert_int_equal(aldis_message_sent(result, broken), 0);
	assert_int_equal(aldis_message_entry(result, broken).len, 11);
	assert_int_equal(aldis_message_body(result, broken).len, 0);
	size_t attached = find(result, "north.example#3");
	assert_string_equal(aldis_message_text(result, attached, ALDIS_MESSAGE_KIND),
	                    "text");
	assert_string_equal(aldis_message_text(result, attached, ALDIS_MESSAGE_DESK),
	                    "north.example");
	assert_null(aldis_message_text(result, attached, ALDIS_MESSAGE_ANSWERS));
	assert_null(aldis_message_text(result, attached, (enum aldis_message_text)99));
	assert_int_equal(aldis_message_index(result, attached), 3);
	assert_true(aldis_message_sent(result, attached) > 1700000000);
	assert_true(aldis_message_is_full(result, attached));
	assert_true(aldis_message_is_proven(result, attached));
	assert_int_equal(aldis_message_to_count(result, attached), 0);
	assert_null(aldis_message_to(result, attached, 0));
	body = aldis_message_body(result, attached);
	assert_memory_equal(body.data, "{\"language\":\"en\",\"text\":\"said <aloud>",
	                    36);
	assert_int_equal(aldis_message_attachment_count(result, attached), 1);
	assert_int_equal(aldis_message_attachment_size(result, attached, 0), 7);
	assert_true(aldis_attachment(
	    result, aldis_message_attachment_id(result, attached, 0), &content));
	assert_memory_equal(content.data, "a photo", 7);
	assert_null(aldis_message_attachment_id(result, attached, 1));
	assert_int_equal(aldis_message_attachment_size(result, attached, 1), 0);
	assert_int_equal(aldis_attachment_count(result), 1);
	assert_string_equal(aldis_attachment_id(result, 0),
	                    aldis_message_attachment_id(result, attached, 0));
	assert_false(aldis_attachment(result, "no id", &content));
	assert_null(aldis_message_text(result, 8, ALDIS_MESSAGE_ID));
	assert_int_equal(aldis_message_entry(result, 8).len, 0);
	aldis_result_free(result);
	teardown(&s);
}

static void an_answer_comes_after_what_it_answers(void **state TEST_UNUSED)
{
	struct aldis_result *result;
	size_t answers = 0;
	struct sample s;

	setup(&s, 40);
	aldis_result_free(verify(&s, DESKS, ALDIS_UNANCHORED));
	result = verify(&s, DESKS + 1, ALDIS_OK);
	for (size_t i = 0; i < aldis_message_count(result); i++) {
		const char *re = aldis_message_text(result, i, ALDIS_MESSAGE_ANSWERS);

		if (re == NULL)
			continue;
		assert_true(find(result, re) < i);
		answers++;
	}
	assert_int_equal(answers, 20);
	aldis_result_free(result);
	teardown(&s);
}

static void changed_copies_are_a_no_with_a_code(void **state TEST_UNUSED)
{
	struct aldis_result *result;
	size_t frames = 0, others = 0;
	struct sample s;

	setup(&s, 4);
	size_t start = release_page_head.len, step = s.fixture.data.len / 40;
	for (size_t at = 0; at < s.file.len; at += at < start ? start / 10 : step) {
		uint8_t was = s.file.data[at];

		s.file.data[at] = was == 'A' ? 'B' : 'A';
		result = verify(&s, DESKS + 1, ALDIS_NO);
		const char *code = aldis_release_text(result, ALDIS_RELEASE_CODE);
		assert_non_null(code);
		frames += strcmp(code, "frame") == 0;
		others += strcmp(code, "frame") != 0;
		assert_string_not_equal(aldis_result_reason(result), "");
		assert_int_equal(aldis_release_grade(result), ALDIS_RELEASE_NONE);
		assert_null(aldis_release_text(result, ALDIS_RELEASE_TITLE));
		assert_int_equal(aldis_message_count(result), 0);
		assert_int_equal(aldis_release_answer_count(result), 0);
		assert_int_equal(aldis_attachment_count(result), 0);
		assert_int_equal(aldis_log_count(result), 0);
		aldis_result_free(result);
		s.file.data[at] = was;
	}
	assert_true(frames >= 10 && others >= 30);
	teardown(&s);
}

static void a_path_to_a_release_is_known(void **state TEST_UNUSED)
{
	char folder[TESTING_PATH_MAX], path[TESTING_PATH_MAX + 20],
	    error[ALDIS_ERROR_LEN];
	struct aldis_result *result;
	struct sample s;

	setup(&s, 0);
	testing_folder_make(folder);
	(void)snprintf(path, sizeof path, "%s/release.html", folder);
	assert_int_equal(file_create(path, buf_view(&s.file), 0600, NULL), STATUS_OK);
	assert_int_equal(aldis_verify_path(path, s.cards, DESKS, &result, error),
	                 ALDIS_OK);
	assert_int_equal(aldis_message_count(result), 8);
	aldis_result_free(result);
	assert_int_equal(aldis_verify_export(path, s.cards, DESKS, &result, error),
	                 ALDIS_FAILED);
	assert_string_equal(error, "this is no export");
	s.file.data[s.file.len - 3] ^= 1;
	assert_int_equal(file_replace(path, buf_view(&s.file), 0600, NULL), STATUS_OK);
	assert_int_equal(aldis_verify_path(path, s.cards, DESKS, &result, error),
	                 ALDIS_NO);
	assert_string_equal(aldis_release_text(result, ALDIS_RELEASE_CODE), "frame");
	aldis_result_free(result);
	testing_folder_remove(folder);
	teardown(&s);
}

/* Threads */

struct share {
	const struct sample *sample;
	const struct aldis_result *result; /* of all threads */
	bool is_good;
};

static void *verify_again(void *context)
{
	struct share *share = context;
	const struct sample *s = share->sample;
	struct aldis_result *result;

	share->is_good = true;
	for (size_t i = 0; i < 4; i++) {
		enum aldis_answer answer = aldis_verify_release(
		    bytes_of(&s->file), s->cards, DESKS, &result, NULL);

		share->is_good &=
		    answer == ALDIS_OK &&
		    aldis_message_count(result) == aldis_message_count(share->result) &&
		    strcmp(aldis_result_statement(result, 1),
		           aldis_result_statement(share->result, 1)) == 0;
		aldis_result_free(result);
	}
	return NULL;
}

static void threads_do_not_disturb_each_other(void **state TEST_UNUSED)
{
	enum { THREADS = 4 };
	struct share shares[THREADS];
	pthread_t threads[THREADS];
	struct aldis_result *result;
	struct sample s;

	setup(&s, 0);
	result = verify(&s, DESKS, ALDIS_OK);
	for (size_t i = 0; i < THREADS; i++) {
		shares[i] = (struct share){&s, result, false};
		assert_int_equal(
		    pthread_create(&threads[i], NULL, verify_again, &shares[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_true(shares[i].is_good);
	}
	aldis_result_free(result);
	teardown(&s);
}

/* A program may use libsodium too, and have chosen its generator. */
static void the_program_keeps_its_generator(void **state TEST_UNUSED)
{
	struct sample s;

	setup(&s, 0);
	assert_int_equal(
	    randombytes_set_implementation(&randombytes_sysrandom_implementation), 0);
	aldis_result_free(verify(&s, DESKS, ALDIS_OK));
	assert_string_equal(randombytes_implementation_name(), "sysrandom");
	teardown(&s);
}

static void what_is_no_release_is_none(void **state TEST_UNUSED)
{
	const struct aldis_bytes bad = {NULL, 3}, text = {"hello", 5};
	struct aldis_result *result;
	char error[ALDIS_ERROR_LEN];

	assert_int_equal(aldis_verify_release(text, NULL, 0, &result, error), ALDIS_NO);
	assert_string_equal(aldis_release_text(result, ALDIS_RELEASE_CODE), "frame");
	assert_null(aldis_release_text(result, ALDIS_RELEASE_MANIFEST));
	assert_null(aldis_release_text(result, ALDIS_RELEASE_PAGE_VERSION));
	aldis_result_free(result);
	assert_int_equal(aldis_verify_release(ALDIS_NO_BYTES, NULL, 0, &result, error),
	                 ALDIS_NO);
	aldis_result_free(result);
	assert_int_equal(aldis_verify_release(bad, NULL, 0, &result, error), ALDIS_USAGE);
	assert_int_equal(aldis_verify_release(text, NULL, 1, &result, error),
	                 ALDIS_USAGE);
	assert_int_equal(aldis_verify_release(text, NULL, 0, NULL, error), ALDIS_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_release_says_by_whom_it_is),
	    cmocka_unit_test(its_logs_are_counted),
	    cmocka_unit_test(ids_go_on_in_a_successor),
	    cmocka_unit_test(the_conversation_can_be_read),
	    cmocka_unit_test(an_answer_comes_after_what_it_answers),
	    cmocka_unit_test(changed_copies_are_a_no_with_a_code),
	    cmocka_unit_test(a_path_to_a_release_is_known),
	    cmocka_unit_test(threads_do_not_disturb_each_other),
	    cmocka_unit_test(the_program_keeps_its_generator),
	    cmocka_unit_test(what_is_no_release_is_none),
	};

	return cmocka_run_group_tests(tests, test_setup, NULL);
}
