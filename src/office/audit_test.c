/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chain: that it holds, that it is found when it does not, that it outlives the
 * process, and that strangers can't fill it.
 */
#include "office/audit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <world.h> /* test/desk */

#include "office/rows.h"

struct fixture {
	struct world world;
	struct office *office;
	struct buf line;
};

static void open_office(struct fixture *f)
{
	struct error err;

	if (office_open(f->world.desks[0].desk, f->world.now_ms, &f->office, &err) !=
	    STATUS_OK)
		fail_msg("%s", err.text);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	world_init(&f->world, 2, NULL);
	f->line = BUF_INIT(AUDIT_LINE_MAX);
	open_office(f);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	office_free(f->office);
	buf_release(&f->line);
	world_release(&f->world);
	free(f);
	return 0;
}

static void crash(struct fixture *f)
{
	office_free(f->office);
	world_crash(&f->world, 0);
	open_office(f);
}

static const struct office_principal ada = {
    .door = OFFICE_DOOR_CONSOLE, .name = "ada", .remote = "10.0.0.7"};

static void note_with(struct fixture *f, const char *what, const char *subject,
                      struct view data)
{
	struct error err;
	struct office_act act = {
	    .who = &ada, .what = what, .subject = subject, .data = data};

	if (office_audit(f->office, &act, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

static void note(struct fixture *f, const char *what)
{
	note_with(f, what, NULL, view_of("", 0));
}

static const char *line(struct fixture *f, uint64_t index)
{
	assert_int_equal(office_audit_line(f->office, index, &f->line, NULL), STATUS_OK);
	buf_append_byte(&f->line, '\0');
	return (const char *)f->line.data;
}

/* One slice after the other. */
static enum status verify(struct fixture *f, struct error *err)
{
	struct audit_chain chain = {0};
	enum status status;

	do
		status = office_audit_verify(f->office, &chain, 2, err);
	while (status == STATUS_AGAIN);
	json_release(&chain.doc);
	return status;
}

static void put_row(struct fixture *f, uint64_t index, const char *text)
{
	char key[64];

	snprintf(key, sizeof key, "office/audit/%016llx", (unsigned long long)index);
	assert_int_equal(office_put(f->office, key, view_of_string(text), NULL),
	                 STATUS_OK);
}

/* ---- what it says */

static void a_row_says_who_did_what_where_and_when(void **state)
{
	struct fixture *f = *state;
	struct json_doc doc = {0};
	struct audit_row row;

	note_with(f, "operator.add", "bob \"the\" builder\x01",
	          view_of_string("{\"roles\":[\"watch\"]}"));
	assert_non_null(strstr(line(f, 0), "\"who\":\"ada\",\"door\":\"console\","
	                                   "\"from\":\"10.0.0.7\","
	                                   "\"what\":\"operator.add\""));
	f->line.len--;
	assert_int_equal(audit_row_parse(buf_view(&f->line), &doc, &row, NULL),
	                 STATUS_OK);
	assert_int_equal(row.index, 0);
	assert_int_equal(row.time_s, f->world.now_ms / 1000);
	assert_true(view_equal_string(row.data, "{\"roles\":[\"watch\"]}"));
	json_release(&doc);
}

static void rows_form_a_chain(void **state)
{
	struct fixture *f = *state;
	struct error err;

	assert_int_equal(verify(f, &err), STATUS_OK);
	for (int i = 0; i < 7; i++)
		note(f, "login");
	assert_int_equal(office_audit_head(f->office).count, 7);
	assert_int_equal(verify(f, &err), STATUS_OK);
	assert_int_equal(office_audit_line(f->office, 7, &f->line, &err),
	                 STATUS_NOT_FOUND);
}

/* ---- tampering */

static void replace_in_row(struct fixture *f, uint64_t index, const char *from,
                           const char *to)
{
	char text[2048];
	char *at;

	snprintf(text, sizeof text, "%s", line(f, index));
	at = strstr(text, from);
	assert_non_null(at);
	assert_int_equal(strlen(from), strlen(to));
	memcpy(at, to, strlen(to));
	put_row(f, index, text);
}

static void a_changed_row_is_found(void **state)
{
	struct fixture *f = *state;
	struct error err;

	for (uint64_t i = 0; i < 5; i++) {
		note(f, "login");
		replace_in_row(f, i, "\"ada\"", "\"bob\"");
		assert_int_equal(verify(f, &err), STATUS_UNTRUSTED);
		replace_in_row(f, i, "\"bob\"", "\"ada\"");
		assert_int_equal(verify(f, &err), STATUS_OK);
	}
	replace_in_row(f, 2, "\"ada\"", "\"eve\"");
	note(f, "login");
	assert_int_equal(verify(f, &err), STATUS_UNTRUSTED);
}

static void a_row_taken_out_or_exchanged_is_found(void **state)
{
	struct fixture *f = *state;
	struct error err;
	char second[2048], third[2048];

	for (int i = 0; i < 5; i++)
		note(f, i == 2 ? "logout" : "login");
	snprintf(second, sizeof second, "%s", line(f, 1));
	snprintf(third, sizeof third, "%s", line(f, 2));
	put_row(f, 1, third);
	put_row(f, 2, second);
	assert_int_equal(verify(f, &err), STATUS_UNTRUSTED);
	put_row(f, 1, second);
	put_row(f, 2, third);
	assert_int_equal(verify(f, &err), STATUS_OK);
	assert_int_equal(office_remove(f->office, "office/audit/0000000000000003", &err),
	                 STATUS_OK);
	assert_int_equal(verify(f, &err), STATUS_UNTRUSTED);
	assert_non_null(strstr(err.text, "row 3 of the audit is missing"));
}

static void junk_instead_of_a_row_is_found(void **state)
{
	static const char *const junk[] = {
	    "",
	    "{}",
	    "[1]",
	    "not JSON",
	    "{\"index\":0}",
	    "{\"index\":-1,\"time\":\"2026-11-20T23:49:00Z\"}",
	};
	struct fixture *f = *state;
	struct error err;

	note(f, "login");
	note(f, "login");
	for (size_t i = 0; i < sizeof junk / sizeof junk[0]; i++) {
		put_row(f, 0, junk[i]);
		assert_int_equal(verify(f, &err), STATUS_UNTRUSTED);
	}
}

static void a_part_of_a_chain_verifies_but_not_as_the_whole(void **state)
{
	struct fixture *f = *state;
	struct audit_chain whole = {0}, part = {.may_start_anywhere = true};

	for (int i = 0; i < 4; i++)
		note(f, "login");
	for (uint64_t i = 2; i < 4; i++) {
		assert_int_equal(office_audit_line(f->office, i, &f->line, NULL),
		                 STATUS_OK);
		assert_int_equal(audit_chain_take(&part, buf_view(&f->line), NULL),
		                 STATUS_OK);
		assert_int_equal(audit_chain_take(&whole, buf_view(&f->line), NULL),
		                 STATUS_UNTRUSTED);
	}
	json_release(&whole.doc);
	json_release(&part.doc);
}

static void a_row_says_its_own_place(void **state)
{
	static const char row[] =
	    "{\"index\":1,\"time\":\"2026-11-20T23:49:00Z\",\"who\":\"\","
	    "\"door\":\"local\",\"from\":\"\",\"what\":\"x\",\"subject\":\"\","
	    "\"data\":{},\"previous\":\"00000000000000000000000000000000"
	    "00000000000000000000000000000000\"}";
	struct audit_chain chain = {0};

	assert_int_equal(audit_chain_take(&chain, view_of_string(row), NULL),
	                 STATUS_UNTRUSTED);
	chain.may_start_anywhere = true;
	assert_int_equal(audit_chain_take(&chain, view_of_string(row), NULL), STATUS_OK);
	json_release(&chain.doc);
}

/* ---- limits */

static void too_much_data_is_replaced_by_its_hash(void **state)
{
	struct fixture *f = *state;
	struct buf data = BUF_INIT(AUDIT_DATA_MAX + 100);
	char subject[2 * AUDIT_SUBJECT_MAX];

	buf_append_string(&data, "{\"text\":\"");
	while (data.len < AUDIT_DATA_MAX)
		buf_append_byte(&data, 'x');
	buf_append_string(&data, "\"}");
	memset(subject, 's', sizeof subject);
	subject[sizeof subject - 1] = '\0';
	note_with(f, "notes", subject, buf_view(&data));
	assert_non_null(strstr(line(f, 0), "\"data\":{\"left_out\":"));
	assert_true(strlen(line(f, 0)) < 1024);
	note_with(f, "notes", NULL, view_of_string("not an object"));
	assert_non_null(strstr(line(f, 1), "\"data\":{\"left_out\":13,"));
	assert_int_equal(verify(f, NULL), STATUS_OK);
	buf_release(&data);
}

static void strangers_get_sixty_rows_a_minute_and_one_that_counts(void **state)
{
	const struct office_principal nobody = {.door = OFFICE_DOOR_CONSOLE,
	                                        .remote = "192.0.2.1"};
	const struct office_act act = {.who = &nobody, .what = "login.refused"};
	struct fixture *f = *state;
	uint64_t before;

	for (int i = 0; i < 1000; i++)
		assert_int_equal(office_audit_junk(f->office, &act, NULL), STATUS_OK);
	assert_int_equal(office_audit_head(f->office).count, AUDIT_JUNK_MAX);
	note(f, "login"); /* what people do is never held back */
	assert_int_equal(
	    office_audit_junk(f->office,
	                      &(struct office_act){.who = &ada, .what = "refused"}, NULL),
	    STATUS_OK);
	before = AUDIT_JUNK_MAX + 2;
	assert_int_equal(office_audit_head(f->office).count, before);
	assert_true(office_wake_ms(f->office) <= f->world.now_ms + 60000);
	assert_int_equal(office_begin_turn(f->office, f->world.now_ms + 60000, NULL),
	                 STATUS_OK);
	assert_non_null(strstr(line(f, before), "\"what\":\"refusals\""));
	assert_non_null(strstr(line(f, before), "{\"more\":940,\"of\":\"strangers\"}"));
	assert_true(office_wake_ms(f->office) > f->world.now_ms + 60000);
	assert_int_equal(office_audit_junk(f->office, &act, NULL), STATUS_OK);
	assert_int_equal(office_audit_head(f->office).count, before + 2);
	assert_int_equal(verify(f, NULL), STATUS_OK);
}

/* ---- across the end of the process */

static void what_was_committed_goes_on_after_a_crash(void **state)
{
	struct fixture *f = *state;
	struct audit_head head, after;

	desk_turn_begin(f->world.desks[0].desk, f->world.now_ms);
	note(f, "login");
	note(f, "logout");
	assert_int_equal(desk_turn_end(f->world.desks[0].desk, NULL), STATUS_OK);
	head = office_audit_head(f->office);
	note(f, "lost with its turn");
	crash(f);
	after = office_audit_head(f->office);
	assert_int_equal(after.count, head.count);
	assert_true(hash_equal(&after.hash, &head.hash));
	note(f, "login");
	assert_int_equal(verify(f, NULL), STATUS_OK);
}

static void damage_of_the_newest_row_is_said_at_the_start(void **state)
{
	struct fixture *f = *state;
	struct error err;

	note(f, "login");
	put_row(f, 0, "damage");
	office_free(f->office);
	f->office = NULL;
	assert_int_equal(
	    office_open(f->world.desks[0].desk, f->world.now_ms, &f->office, &err),
	    STATUS_MALFORMED);
	assert_non_null(strstr(err.text, "audit"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_row_says_who_did_what_where_and_when,
	                                    set_up, tear_down),
	    cmocka_unit_test_setup_teardown(rows_form_a_chain, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_changed_row_is_found, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_row_taken_out_or_exchanged_is_found, set_up,
	                                    tear_down),
	    cmocka_unit_test_setup_teardown(junk_instead_of_a_row_is_found, set_up,
	                                    tear_down),
	    cmocka_unit_test_setup_teardown(
	        a_part_of_a_chain_verifies_but_not_as_the_whole, set_up, tear_down),
	    cmocka_unit_test(a_row_says_its_own_place),
	    cmocka_unit_test_setup_teardown(too_much_data_is_replaced_by_its_hash, set_up,
	                                    tear_down),
	    cmocka_unit_test_setup_teardown(
	        strangers_get_sixty_rows_a_minute_and_one_that_counts, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_was_committed_goes_on_after_a_crash,
	                                    set_up, tear_down),
	    cmocka_unit_test_setup_teardown(damage_of_the_newest_row_is_said_at_the_start,
	                                    set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
