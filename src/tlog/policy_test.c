/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies (case 20): sets that satisfy a quorum, texts that are refused, checkpoints
 * checked against them.
 */
#include "tlog/policy.h"

#include "tlog/cosignature.h"
#include "tlog/tlog_testing.h"

enum { KEYS = 8 };

/* Keys made from small seeds; key i is a log's (0x01) and a witness's (0x04). */
struct fixture {
	struct ed25519_secret *secrets[KEYS];
	struct tlog_vkey logs[KEYS];
	struct tlog_vkey witnesses[KEYS];
};

static void make_key(struct fixture *fixture, unsigned i)
{
	struct ed25519_seed seed = {{(uint8_t)(i + 1)}};
	char name[32];
	assert_int_equal(ed25519_secret_new(&seed, &fixture->secrets[i], NULL),
	                 STATUS_OK);
	struct ed25519_public public_key = ed25519_secret_public(fixture->secrets[i]);
	(void)snprintf(name, sizeof name, "log.example/%u", i);
	assert_int_equal(
	    tlog_vkey_init(&fixture->logs[i], name, TLOG_KEY_ED25519, &public_key, NULL),
	    STATUS_OK);
	(void)snprintf(name, sizeof name, "witness.example/%u", i);
	assert_int_equal(tlog_vkey_init(&fixture->witnesses[i], name,
	                                TLOG_KEY_ED25519_COSIGNATURE, &public_key, NULL),
	                 STATUS_OK);
}

static int make_fixture(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	if (!fixture || test_setup(NULL) != 0)
		return -1;
	for (unsigned i = 0; i < KEYS; i++)
		make_key(fixture, i);
	*state = fixture;
	return 0;
}

static int free_fixture(void **state)
{
	struct fixture *fixture = *state;
	for (unsigned i = 0; i < KEYS; i++)
		ed25519_secret_free(fixture->secrets[i]);
	free(fixture);
	return 0;
}

/* Writes %L<i> and %W<i> in a template as the vkeys of log and witness i. */
static struct buf expand(const struct fixture *f, const char *template)
{
	struct buf text = BUF_INIT(TLOG_POLICY_MAX);
	for (const char *at = template; *at; at++) {
		if (*at != '%') {
			buf_append_byte(&text, (uint8_t)*at);
			continue;
		}
		unsigned i = (unsigned)(at[2] - '0');
		assert_in_range(i, 0, KEYS - 1);
		tlog_vkey_append(&text, at[1] == 'L' ? &f->logs[i] : &f->witnesses[i]);
		at += 2;
	}
	return text;
}

static enum status parse(const struct fixture *f, const char *template,
                         struct tlog_policy *policy)
{
	CLEANUP_BUF struct buf text = expand(f, template);
	*policy = (struct tlog_policy){0};
	return tlog_policy_parse(buf_view(&text), policy, NULL);
}

#define FIVE                                                                          \
	"witness W1 %W1\nwitness W2 %W2\nwitness W3 %W3\nwitness W4 %W4\nwitness W5 " \
	"%W5\n"

/* Does the set of witnesses, given by digits, satisfy the quorum? */
static bool is_satisfied_by(const struct tlog_policy *policy, const char *digits)
{
	bool ok[TLOG_POLICY_ITEMS_MAX] = {false};
	for (; *digits; digits++)
		for (size_t i = 0; i < policy->item_count; i++)
			if (policy->items[i].name.len == 2 &&
			    policy->items[i].name.data[1] == (uint8_t)*digits)
				ok[i] = true;
	return tlog_policy_is_satisfied(policy, ok);
}

static void groups_of_groups_decide_the_quorum(void **state)
{
	struct tlog_policy policy;
	assert_int_equal(parse(*state,
	                       "log %L0 https://log.example/\n" FIVE
	                       "group G1 any W1 W2\n"
	                       "group G2 2 W3 W4 W5\n"
	                       "group G3 all G1 G2\n"
	                       "quorum G3\n",
	                       &policy),
	                 STATUS_OK);
	assert_int_equal(policy.log_count, 1);
	assert_int_equal(policy.item_count, 8);
	assert_string_equal(policy.logs[0].url, "https://log.example/");
	assert_null(policy.items[0].url);
	assert_int_equal(policy.items[6].threshold, 2);
	assert_int_equal(policy.items[6].member_count, 3);
	assert_true(is_satisfied_by(&policy, "134"));
	assert_true(is_satisfied_by(&policy, "235"));
	assert_true(is_satisfied_by(&policy, "12345"));
	assert_false(is_satisfied_by(&policy, "345"));
	assert_false(is_satisfied_by(&policy, "123"));
	assert_false(is_satisfied_by(&policy, "12"));
	assert_false(is_satisfied_by(&policy, ""));
	tlog_policy_release(&policy);
}

static void single_witness_and_none_are_quorums(void **state)
{
	struct tlog_policy policy;
	assert_int_equal(parse(*state, FIVE "quorum W2\n", &policy), STATUS_OK);
	assert_true(is_satisfied_by(&policy, "2"));
	assert_false(is_satisfied_by(&policy, "1345"));
	tlog_policy_release(&policy);
	assert_int_equal(parse(*state, "quorum none\n", &policy), STATUS_OK);
	assert_true(policy.has_quorum_none);
	assert_true(is_satisfied_by(&policy, ""));
	tlog_policy_release(&policy);
}

static void blanks_comments_and_any_octets_in_names_are_taken(void **state)
{
	struct tlog_policy policy;
	assert_int_equal(parse(*state,
	                       "# comment \xff\n"
	                       "\n"
	                       " \t \n"
	                       "  \t# another\n"
	                       "\tlog \t %L0\t \n"
	                       "log %L1 http://b \n"
	                       "witness \xff\xfe  %W0   https://w.example/x\t\n"
	                       "witness all %W1\n"
	                       "group # any \xff\xfe\n"
	                       "group any 2 # all\n"
	                       "quorum any\n",
	                       &policy),
	                 STATUS_OK);
	assert_int_equal(policy.log_count, 2);
	assert_string_equal(policy.logs[1].url, "http://b");
	assert_string_equal(policy.items[0].url, "https://w.example/x");
	assert_int_equal(policy.items[3].threshold, 2);
	tlog_policy_release(&policy);
}

/* A log and a witness may share a key; so may a name and a log's. */
static void log_and_witness_may_share_a_key(void **state)
{
	struct tlog_policy policy;
	assert_int_equal(parse(*state, "log %L0\nwitness W %W0\nquorum W\n", &policy),
	                 STATUS_OK);
	tlog_policy_release(&policy);
}

static void refused(const struct fixture *f, const char *template)
{
	struct tlog_policy policy;
	enum status status = parse(f, template, &policy);
	tlog_policy_release(&policy);
	if (status != STATUS_MALFORMED)
		fail_msg("taken: %s", template);
}

static void bad_lines_are_refused(void **state)
{
	refused(*state, "");
	refused(*state, "log %L0\n");
	refused(*state, "quorum none");
	refused(*state, "quorum none\n# no newline");
	refused(*state, "quorum\n");
	refused(*state, "quorum none none\n");
	refused(*state, "quorum none\nquorum none\n");
	refused(*state, "quorum none # comment\n");
	refused(*state, "quorum none #comment\n");
	refused(*state, "quorum W\n");
	refused(*state, "quorum W\nwitness W %W0\n");
	refused(*state, "Quorum none\n");
	refused(*state, "policy 1\nquorum none\n");
	refused(*state, "quorum none\r\n");
	refused(*state, "quorum\x7fnone\n");
	refused(*state, "# \x7f\nquorum none\n");
	refused(*state, "# \x01\nquorum none\n");
	refused(*state, "quorum\vnone\n");
}

static void bad_logs_and_witnesses_are_refused(void **state)
{
	refused(*state, "log\nquorum none\n");
	refused(*state, "log %W0\nquorum none\n");
	refused(*state, "log %L0 url more\nquorum none\n");
	refused(*state, "log %L0 # comment\nquorum none\n");
	refused(*state, "log %L0 #comment\nquorum none\n");
	refused(*state, "log %L0\nlog %L0\nquorum none\n");
	refused(*state, "log %L0x\nquorum none\n");
	refused(*state, "witness W\nquorum none\n");
	refused(*state, "witness %W0\nquorum none\n");
	refused(*state, "witness W %L0\nquorum none\n");
	refused(*state, "witness none %W0\nquorum none\n");
	refused(*state, "witness W %W0 url more\nquorum none\n");
	refused(*state, "witness W %W0\nwitness W %W1\nquorum none\n");
	refused(*state, "witness W %W0\nwitness V %W0\nquorum none\n");
}

static void bad_groups_are_refused(void **state)
{
	refused(*state, FIVE "group\nquorum none\n");
	refused(*state, FIVE "group G\nquorum none\n");
	refused(*state, FIVE "group G all\nquorum none\n");
	refused(*state, FIVE "group G 0 W1\nquorum none\n");
	refused(*state, FIVE "group G 2 W1\nquorum none\n");
	refused(*state, FIVE "group G 01 W1\nquorum none\n");
	refused(*state, FIVE "group G +1 W1\nquorum none\n");
	refused(*state, FIVE "group G -1 W1\nquorum none\n");
	refused(*state, FIVE "group G most W1\nquorum none\n");
	refused(*state, FIVE "group G 4294967297 W1\nquorum none\n");
	refused(*state, FIVE "group G any W6\nquorum none\n");
	refused(*state, FIVE "group G any G\nquorum none\n");
	refused(*state, FIVE "group G any none\nquorum none\n");
	refused(*state, FIVE "group G any W1 W1\nquorum none\n");
	refused(*state, FIVE "group G any W1\ngroup H any W1\nquorum none\n");
	refused(*state, FIVE "group G any W1\ngroup G any W2\nquorum none\n");
	refused(*state, FIVE "group W1 any W2\nquorum none\n");
	refused(*state, FIVE "group none any W2\nquorum none\n");
	refused(*state, FIVE "group G any W1 # comment\nquorum none\n");
	refused(*state, FIVE "group G any H\ngroup H any W1\nquorum none\n");
}

static void sentence_names_the_line(void **state)
{
	struct tlog_policy policy = {0};
	struct error err;
	assert_int_equal(
	    tlog_policy_parse(view_of_string("\n# x\nnonsense\n"), &policy, &err),
	    STATUS_MALFORMED);
	assert_non_null(strstr(err.text, "line 3"));
	tlog_policy_release(&policy);
}

static void limits_hold(void **state)
{
	struct fixture *f = *state;
	struct tlog_policy policy = {0};
	CLEANUP_BUF struct buf text = BUF_INIT(TLOG_POLICY_MAX + 1);
	memset(buf_extend(&text, TLOG_POLICY_MAX + 1), '\n', TLOG_POLICY_MAX + 1);
	assert_int_equal(tlog_policy_parse(buf_view(&text), &policy, NULL), STATUS_LIMIT);
	tlog_policy_release(&policy);

	/* A chain of groups up to the limit, then one more. */
	CLEANUP_BUF struct buf chain = expand(f, "witness 0 %W0\n");
	for (int i = 1; i < TLOG_POLICY_ITEMS_MAX; i++)
		buf_printf(&chain, "group %d any %d\n", i, i - 1);
	size_t len = chain.len;
	buf_printf(&chain, "quorum %d\n", TLOG_POLICY_ITEMS_MAX - 1);
	assert_int_equal(tlog_policy_parse(buf_view(&chain), &policy, NULL), STATUS_OK);
	bool ok[TLOG_POLICY_ITEMS_MAX] = {true};
	assert_true(tlog_policy_is_satisfied(&policy, ok));
	ok[0] = false;
	assert_false(tlog_policy_is_satisfied(&policy, ok));
	tlog_policy_release(&policy);
	chain.len = len;
	buf_append_string(&chain, "group x any 1023\nquorum x\n");
	assert_int_equal(tlog_policy_parse(buf_view(&chain), &policy, NULL),
	                 STATUS_LIMIT);
	tlog_policy_release(&policy);
}

/* A checkpoint signed by log `log` and cosigned by the witnesses in digits; a digit
 * behind '!' has a line that does not verify. */
static struct buf make_note(const struct fixture *f, unsigned log, const char *digits)
{
	struct tlog_checkpoint checkpoint = {.size = 9};
	strcpy(checkpoint.origin, f->logs[log].name);
	CLEANUP_BUF struct buf text = BUF_INIT(1000);
	struct buf note = BUF_INIT(100000);
	tlog_checkpoint_append(&text, &checkpoint);
	tlog_note_sign(&note, buf_view(&text), &f->logs[log], f->secrets[log]);
	for (bool is_bad = false; *digits; digits++) {
		if (*digits == '!') {
			is_bad = true;
			continue;
		}
		unsigned i = (unsigned)(*digits - '0');
		tlog_cosignature_sign(&note, &f->witnesses[i],
		                      f->secrets[is_bad ? (i + 1) % KEYS : i], 1000 + i,
		                      buf_view(&text));
		is_bad = false;
	}
	return note;
}

static enum status check(const struct fixture *f, const struct tlog_policy *policy,
                         unsigned log, const char *digits,
                         struct tlog_policy_result *result)
{
	CLEANUP_BUF struct buf note = make_note(f, log, digits);
	return tlog_policy_check(policy, buf_view(&note), result, NULL);
}

static void checkpoints_are_checked_against_the_policy(void **state)
{
	struct fixture *f = *state;
	struct tlog_policy policy;
	uint64_t times_s[6];
	struct tlog_policy_result result = {.verified_time_s = times_s};
	assert_int_equal(
	    parse(f, "log %L6\nlog %L7\n" FIVE "group G 2 W1 W2 W3\nquorum G\n", &policy),
	    STATUS_OK);
	assert_int_equal(check(f, &policy, 7, "13", &result), STATUS_OK);
	assert_int_equal(result.log, 1);
	assert_int_equal(result.checkpoint.size, 9);
	assert_int_equal(result.verified_count, 2);
	assert_int_equal(times_s[0], 1001);
	assert_int_equal(times_s[1], 0);
	assert_int_equal(times_s[2], 1003);
	assert_int_equal(times_s[5], 0);
	assert_int_equal(check(f, &policy, 6, "0125", &result), STATUS_OK);
	assert_int_equal(result.verified_count, 3);
	assert_int_equal(check(f, &policy, 6, "1", &result), STATUS_UNTRUSTED);
	assert_int_equal(check(f, &policy, 6, "145", &result), STATUS_UNTRUSTED);
	assert_int_equal(check(f, &policy, 6, "11", &result), STATUS_UNTRUSTED);
	assert_int_equal(check(f, &policy, 5, "123", &result), STATUS_UNTRUSTED);
	/* A known key with a bad signature spoils the note; an unknown one does not. */
	assert_int_equal(check(f, &policy, 6, "12!4", &result), STATUS_UNTRUSTED);
	assert_int_equal(check(f, &policy, 6, "12!0", &result), STATUS_OK);
	result.verified_time_s = NULL;
	assert_int_equal(check(f, &policy, 6, "123", &result), STATUS_OK);
	tlog_policy_release(&policy);
}

static void changed_checkpoint_is_untrusted(void **state)
{
	struct fixture *f = *state;
	struct tlog_policy policy;
	struct tlog_policy_result result = {0};
	assert_int_equal(parse(f, "log %L6\nquorum none\n", &policy), STATUS_OK);
	CLEANUP_BUF struct buf note = make_note(f, 6, "");
	assert_int_equal(tlog_policy_check(&policy, buf_view(&note), &result, NULL),
	                 STATUS_OK);
	note.data[view_find(buf_view(&note), view_of_string("\n9\n")) + 1] = '8';
	assert_int_equal(tlog_policy_check(&policy, buf_view(&note), &result, NULL),
	                 STATUS_UNTRUSTED);
	assert_int_equal(
	    tlog_policy_check(&policy, view_of(note.data, 50), &result, NULL),
	    STATUS_MALFORMED);
	tlog_policy_release(&policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(groups_of_groups_decide_the_quorum),
	    cmocka_unit_test(single_witness_and_none_are_quorums),
	    cmocka_unit_test(blanks_comments_and_any_octets_in_names_are_taken),
	    cmocka_unit_test(log_and_witness_may_share_a_key),
	    cmocka_unit_test(bad_lines_are_refused),
	    cmocka_unit_test(bad_logs_and_witnesses_are_refused),
	    cmocka_unit_test(bad_groups_are_refused),
	    cmocka_unit_test(sentence_names_the_line),
	    cmocka_unit_test(limits_hold),
	    cmocka_unit_test(checkpoints_are_checked_against_the_policy),
	    cmocka_unit_test(changed_checkpoint_is_untrusted),
	};
	return cmocka_run_group_tests(tests, make_fixture, free_fixture);
}
