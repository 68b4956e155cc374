/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public library as its users see it: by its header, linked as a shared library, and
 * by the example program in both forms. Only the samples are made with what is inside.
 */
#include "bundle/testing.h"

#include <spawn.h>
#include <sys/wait.h>

#include "aldis/aldis.h"
#include "codec/base64.h"
#include "tlog/proof_file.h"

extern char **environ;

struct sample {
	struct testing_channel channel;
	struct aldis_bytes cards[2];
	struct buf receipt;
	char folder[TESTING_PATH_MAX];
};

static struct aldis_bytes bytes_of(const struct buf *buf)
{
	return (struct aldis_bytes){buf->data, buf->len};
}

static void setup(struct sample *s)
{
	testing_folder_make(s->folder);
	testing_channel_open(&s->channel, 2);
	testing_channel_fill(&s->channel, 0, 12);
	testing_channel_seal(&s->channel);
	s->receipt = BUF_INIT(SIZE_MAX);
	testing_channel_receipt(&s->channel, 0, 7, 1, true, &s->receipt);
	for (size_t i = 0; i < 2; i++)
		s->cards[i] = bytes_of(&s->channel.desks[i].note);
}

static void teardown(struct sample *s)
{
	buf_release(&s->receipt);
	testing_channel_release(&s->channel);
	testing_folder_remove(s->folder);
}

static void the_version_is_told(void **state TEST_UNUSED)
{
	assert_int_equal(strncmp(aldis_version(), "0.", 2), 0);
}

static void a_receipt_is_verified_with_both_cards(void **state TEST_UNUSED)
{
	struct sample s;
	struct aldis_result *result;
	char error[ALDIS_ERROR_LEN];

	setup(&s);
	assert_int_equal(aldis_verify_receipt(bytes_of(&s.receipt), ALDIS_NO_BYTES,
	                                      s.cards, 2, &result, error),
	                 ALDIS_OK);
	assert_string_equal(error, "");
	assert_string_equal(aldis_result_kind(result), "receipt");
	assert_true(aldis_result_is_consistent(result));
	assert_true(aldis_result_is_anchored(result));
	assert_string_equal(aldis_result_reason(result), "");
	assert_int_equal(aldis_result_statement_count(result), 1);
	assert_non_null(strstr(aldis_result_statement(result, 0),
	                       "south.example held message north.example#7, sent "));
	assert_null(aldis_result_statement(result, 1));
	assert_int_equal(aldis_result_desk_count(result), 2);
	assert_string_equal(aldis_result_desk_name(result, 0), "north.example");
	assert_true(aldis_result_desk_is_anchored(result, 1));
	assert_int_equal(strlen(aldis_result_desk_fingerprint(result, 1)),
	                 ALDIS_FINGERPRINT_LEN - 1);
	assert_null(aldis_result_desk_name(result, 2));
	assert_null(aldis_result_desk_fingerprint(result, 2));
	assert_false(aldis_result_desk_is_anchored(result, 2));
	aldis_result_free(result);
	teardown(&s);
}

static void without_a_card_there_is_no_answer(void **state TEST_UNUSED)
{
	struct sample s;
	struct aldis_result *result;
	char error[ALDIS_ERROR_LEN];

	setup(&s);
	assert_int_equal(aldis_verify_receipt(bytes_of(&s.receipt), ALDIS_NO_BYTES, NULL,
	                                      0, &result, error),
	                 ALDIS_FAILED);
	assert_null(result);
	assert_non_null(strstr(error, "no card of north.example"));
	assert_int_equal(aldis_verify_receipt(bytes_of(&s.receipt), ALDIS_NO_BYTES,
	                                      s.cards, 1, &result, NULL),
	                 ALDIS_FAILED);
	teardown(&s);
}

static void a_changed_receipt_is_a_no(void **state TEST_UNUSED)
{
	struct sample s;
	struct aldis_result *result;

	setup(&s);
	size_t at = view_find(buf_view(&s.receipt), view_of_string("index 7"));
	s.receipt.data[at + 6] = '6';
	assert_int_equal(aldis_verify_receipt(bytes_of(&s.receipt), ALDIS_NO_BYTES,
	                                      s.cards, 2, &result, NULL),
	                 ALDIS_NO);
	assert_false(aldis_result_is_consistent(result));
	assert_int_equal(aldis_result_statement_count(result), 0);
	assert_string_not_equal(aldis_result_reason(result), "");
	aldis_result_free(result);
	teardown(&s);
}

static void an_export_is_verified_and_counted(void **state TEST_UNUSED)
{
	struct sample s;
	struct aldis_result *result;
	char out[TESTING_PATH_MAX + 10];

	setup(&s);
	(void)snprintf(out, sizeof out, "%s/out", s.folder);
	assert_int_equal(testing_channel_export(&s.channel, out, NULL), STATUS_OK);
	assert_int_equal(aldis_verify_export(out, s.cards, 2, &result, NULL), ALDIS_OK);
	assert_string_equal(aldis_result_kind(result), "export");
	assert_int_equal(aldis_result_count(result, ALDIS_COUNT_LOGS), 2);
	assert_int_equal(aldis_result_count(result, ALDIS_COUNT_ENTRIES), 14);
	assert_int_equal(aldis_result_count(result, ALDIS_COUNT_BODIES), 14);
	assert_int_equal(aldis_result_count(result, ALDIS_COUNT_MALFORMED), 0);
	/* charter, two cards; of each log checkpoint, policy, entries, tile, bodies */
	assert_int_equal(aldis_result_count(result, ALDIS_COUNT_FILES), 3 + 2 * 5);
	aldis_result_free(result);
	assert_int_equal(aldis_verify_path(out, s.cards, 1, &result, NULL),
	                 ALDIS_UNANCHORED);
	aldis_result_free(result);
	(void)snprintf(out, sizeof out, "%s/none", s.folder);
	assert_int_equal(aldis_verify_export(out, s.cards, 2, &result, NULL),
	                 ALDIS_FAILED);
	teardown(&s);
}

static void a_receipt_is_not_taken_for_an_export(void **state TEST_UNUSED)
{
	struct sample s;
	struct aldis_result *result;
	char path[TESTING_PATH_MAX + 10], error[ALDIS_ERROR_LEN];

	setup(&s);
	(void)snprintf(path, sizeof path, "%s/receipt", s.folder);
	assert_int_equal(file_create(path, buf_view(&s.receipt), 0600, NULL), STATUS_OK);
	assert_int_equal(aldis_verify_path(path, s.cards, 2, &result, NULL), ALDIS_OK);
	aldis_result_free(result);
	assert_int_equal(aldis_verify_export(path, s.cards, 2, &result, error),
	                 ALDIS_FAILED);
	assert_null(result);
	assert_string_equal(error, "this is no export");
	teardown(&s);
}

static void a_proof_in_memory_is_verified(void **state TEST_UNUSED)
{
	static const char text[] = "aldis.silence/1\n{\"aldis\":1}\n";
	struct aldis_bytes bytes = {text, sizeof text - 1};
	struct aldis_result *result;
	char error[ALDIS_ERROR_LEN];
	struct sample s;

	setup(&s);
	assert_int_equal(aldis_verify_proof(bytes, s.cards, 2, &result, error), ALDIS_NO);
	assert_string_equal(aldis_result_kind(result), "proof of silence");
	assert_string_equal(aldis_result_reason(result),
	                    "the member channel is not there");
	aldis_result_free(result);
	bytes.len = 5;
	assert_int_equal(aldis_verify_proof(bytes, s.cards, 2, &result, error),
	                 ALDIS_FAILED);
	assert_string_equal(error, "it is no proof");
	teardown(&s);
}

static void nulls_are_refused(void **state TEST_UNUSED)
{
	const struct aldis_bytes bad = {NULL, 3};
	struct aldis_result *result;
	char text[ALDIS_ERROR_LEN];

	assert_int_equal(
	    aldis_verify_receipt(bad, ALDIS_NO_BYTES, NULL, 0, &result, text),
	    ALDIS_USAGE);
	assert_int_equal(
	    aldis_verify_receipt(ALDIS_NO_BYTES, bad, NULL, 0, &result, text),
	    ALDIS_USAGE);
	assert_int_equal(
	    aldis_verify_receipt(ALDIS_NO_BYTES, ALDIS_NO_BYTES, NULL, 1, &result, text),
	    ALDIS_USAGE);
	assert_int_equal(
	    aldis_verify_receipt(ALDIS_NO_BYTES, ALDIS_NO_BYTES, &bad, 1, &result, text),
	    ALDIS_USAGE);
	assert_int_equal(
	    aldis_verify_receipt(ALDIS_NO_BYTES, ALDIS_NO_BYTES, NULL, 0, NULL, text),
	    ALDIS_USAGE);
	assert_int_equal(aldis_verify_path(NULL, NULL, 0, &result, text), ALDIS_USAGE);
	assert_int_equal(aldis_verify_export(NULL, NULL, 0, &result, text), ALDIS_USAGE);
	assert_int_equal(aldis_inclusion_verify(NULL, 1, 0, 2, NULL, NULL, text),
	                 ALDIS_USAGE);
	aldis_result_free(NULL);
}

static void a_card_tells_its_digits(void **state TEST_UNUSED)
{
	struct sample s;
	char name[ALDIS_NAME_LEN], digits[ALDIS_FINGERPRINT_LEN], error[ALDIS_ERROR_LEN];

	setup(&s);
	assert_int_equal(aldis_card_read(s.cards[1], name, digits, error), ALDIS_OK);
	assert_string_equal(name, "south.example");
	assert_int_equal(digits[5], ' ');
	s.cards[1].len--;
	assert_int_equal(aldis_card_read(s.cards[1], name, digits, error), ALDIS_NO);
	assert_string_not_equal(error, "");
	teardown(&s);
}

/* The C2SP checks, on the same receipt */

static void vkey_text(const struct tlog_vkey *key, char ret_text[TLOG_NAME_MAX + 200])
{
	CLEANUP_BUF struct buf text = BUF_INIT(SIZE_MAX);

	tlog_vkey_append(&text, key);
	assert_true(view_copy_string(buf_view(&text), ret_text, TLOG_NAME_MAX + 200));
}

static void the_parts_of_a_receipt_hold_by_themselves(void **state TEST_UNUSED)
{
	struct sample s;
	struct tlog_vkey key;
	struct tlog_proof_file file;
	struct aldis_checkpoint checkpoint;
	char log_vkey[TLOG_NAME_MAX + 200], mirror_vkey[TLOG_NAME_MAX + 200];
	uint8_t leaf[32];
	uint64_t time_s = 0;

	setup(&s);
	const struct testing_log *log = &s.channel.logs[0];
	const struct record_card *north = &s.channel.desks[0].card;
	const struct record_card *south = &s.channel.desks[1].card;
	assert_int_equal(
	    record_log_vkey(log->origin, &north->keys[RECORD_ROLE_LOG], &key, NULL), 0);
	vkey_text(&key, log_vkey);
	assert_int_equal(record_vkey("south.example", "mirror",
	                             &south->keys[RECORD_ROLE_MIRROR], &key, NULL),
	                 0);
	vkey_text(&key, mirror_vkey);
	assert_int_equal(tlog_proof_file_parse(buf_view(&s.receipt), &file, NULL), 0);
	struct aldis_bytes note = {file.checkpoint.data, file.checkpoint.len};

	assert_int_equal(aldis_checkpoint_verify(note, log_vkey, &checkpoint, NULL),
	                 ALDIS_OK);
	assert_int_equal(checkpoint.size, 13);
	assert_string_equal(checkpoint.origin, log->origin);
	assert_int_equal(aldis_checkpoint_verify(note, "no key", &checkpoint, NULL),
	                 ALDIS_FAILED);
	assert_int_equal(aldis_cosignature_verify(note, mirror_vkey, &time_s, NULL),
	                 ALDIS_OK);
	assert_int_equal(time_s, s.channel.now_s);
	aldis_leaf_hash(bytes_of(&log->entries[7].entry), leaf);
	assert_int_equal(aldis_inclusion_verify(file.proof.hashes[0].bytes,
	                                        file.proof.count, 7, 13, leaf,
	                                        checkpoint.root, NULL),
	                 ALDIS_OK);
	assert_int_equal(aldis_inclusion_verify(file.proof.hashes[0].bytes,
	                                        file.proof.count, 6, 13, leaf,
	                                        checkpoint.root, NULL),
	                 ALDIS_NO);
	assert_int_equal(aldis_inclusion_verify(file.proof.hashes[0].bytes, 64, 7, 13,
	                                        leaf, checkpoint.root, NULL),
	                 ALDIS_NO);
	teardown(&s);
}

static void a_receipt_holds_under_the_policy_of_the_export(void **state TEST_UNUSED)
{
	struct sample s;
	struct aldis_checkpoint checkpoint;
	char out[TESTING_PATH_MAX + 10], path[TESTING_PATH_MAX + 200];
	struct buf policy = BUF_INIT(SIZE_MAX);

	setup(&s);
	(void)snprintf(out, sizeof out, "%s/out", s.folder);
	assert_int_equal(testing_channel_export(&s.channel, out, NULL), STATUS_OK);
	(void)snprintf(path, sizeof path, "%s/%s/policy", out, s.channel.logs[0].folder);
	assert_int_equal(file_read(path, &policy, NULL), STATUS_OK);
	struct aldis_bytes entry = bytes_of(&s.channel.logs[0].entries[7].entry);
	assert_int_equal(aldis_proof_verify(bytes_of(&s.receipt), bytes_of(&policy),
	                                    entry, &checkpoint, NULL),
	                 ALDIS_OK);
	assert_int_equal(checkpoint.size, 13);
	entry.len--;
	assert_int_equal(aldis_proof_verify(bytes_of(&s.receipt), bytes_of(&policy),
	                                    entry, NULL, NULL),
	                 ALDIS_NO);
	policy.len--;
	assert_int_equal(aldis_proof_verify(bytes_of(&s.receipt), bytes_of(&policy),
	                                    entry, NULL, NULL),
	                 ALDIS_FAILED);
	buf_release(&policy);
	teardown(&s);
}

/* The example program */

static int run(const char *program, char **arguments)
{
	posix_spawn_file_actions_t quiet;
	int status = -1;
	pid_t child;

	assert_int_equal(posix_spawn_file_actions_init(&quiet), 0);
	assert_int_equal(posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", 1, 0),
	                 0);
	assert_int_equal(posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", 1, 0),
	                 0);
	assert_int_equal(posix_spawn(&child, program, &quiet, NULL, arguments, environ),
	                 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	posix_spawn_file_actions_destroy(&quiet);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void write_file(const struct sample *s, const char *name, struct view content,
                       char ret_path[TESTING_PATH_MAX + 100])
{
	(void)snprintf(ret_path, TESTING_PATH_MAX + 100, "%s/%s", s->folder, name);
	assert_int_equal(file_replace(ret_path, content, 0600, NULL), STATUS_OK);
}

static void check_example(struct sample *s, const char *program)
{
	char receipt[TESTING_PATH_MAX + 100], north[TESTING_PATH_MAX + 100],
	    south[TESTING_PATH_MAX + 100];
	char *arguments[] = {(char *)program, receipt, north, south, NULL};

	write_file(s, "receipt.tlog-proof", buf_view(&s->receipt), receipt);
	write_file(s, "north.card", buf_view(&s->channel.desks[0].note), north);
	write_file(s, "south.card", buf_view(&s->channel.desks[1].note), south);
	assert_int_equal(run(program, arguments), ALDIS_OK);
	write_file(s, "receipt.tlog-proof", view_of(s->receipt.data, s->receipt.len - 1),
	           receipt);
	assert_int_equal(run(program, arguments), ALDIS_NO);
	arguments[3] = NULL;
	write_file(s, "receipt.tlog-proof", buf_view(&s->receipt), receipt);
	assert_int_equal(run(program, arguments), ALDIS_FAILED);
	arguments[1] = NULL;
	assert_int_equal(run(program, arguments), ALDIS_USAGE);
}

static void the_example_works_with_both_forms_of_the_library(void **state TEST_UNUSED)
{
	char programs[2 * TESTING_PATH_MAX], *rest = programs, *program;
	const char *given = getenv("EXAMPLES");
	struct sample s;
	int count = 0;

	assert_non_null(given);
	(void)snprintf(programs, sizeof programs, "%s", given);
	setup(&s);
	for (; (program = strsep(&rest, ":")) != NULL; count++)
		check_example(&s, program);
	assert_int_equal(count, 2);
	teardown(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_version_is_told),
	    cmocka_unit_test(a_receipt_is_verified_with_both_cards),
	    cmocka_unit_test(without_a_card_there_is_no_answer),
	    cmocka_unit_test(a_changed_receipt_is_a_no),
	    cmocka_unit_test(an_export_is_verified_and_counted),
	    cmocka_unit_test(a_receipt_is_not_taken_for_an_export),
	    cmocka_unit_test(a_proof_in_memory_is_verified),
	    cmocka_unit_test(nulls_are_refused),
	    cmocka_unit_test(a_card_tells_its_digits),
	    cmocka_unit_test(the_parts_of_a_receipt_hold_by_themselves),
	    cmocka_unit_test(a_receipt_holds_under_the_policy_of_the_export),
	    cmocka_unit_test(the_example_works_with_both_forms_of_the_library),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
