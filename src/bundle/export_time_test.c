/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exports of channels that changed over time: amendments, late members, `leave`, new
 * keys, logs that ended; and what a false exporter might leave out of them.
 */
#include "bundle/export_fixture.h"

enum { NORTH, SOUTH, EAST, WEST };

static const unsigned all_three = 1u << NORTH | 1u << SOUTH | 1u << EAST;

static void begin(struct fixture *f)
{
	*f = (struct fixture){0};
	make(f);
	testing_channel_open(&f->channel, 3);
}

static void seal_and_export(struct fixture *f)
{
	testing_channel_seal(&f->channel);
	export_it(f);
}

static void write_text(struct fixture *f, size_t log)
{
	testing_channel_fill(&f->channel, log, 1);
}

static void amend(struct fixture *f, const struct testing_amendment *how,
                  const size_t *logs, size_t log_count)
{
	testing_channel_amend(&f->channel, how);
	for (size_t i = 0; i < log_count; i++)
		testing_channel_follow(&f->channel, logs[i]);
}

static void assert_says(const struct fixture *f, const char *words)
{
	struct bundle_result result = verify_with(f, f->channel.desk_count);
	bool is_said = false;

	if (!result.is_consistent)
		fail_msg("%s: %s", result.file.text, result.why.text);
	assert_true(result.is_anchored);
	for (size_t i = 0; i < result.statement_count; i++)
		is_said = is_said || strstr(bundle_statement(&result, i), words) != NULL;
	for (size_t i = 0; i < result.statement_count && !is_said; i++)
		print_message("%s\n", bundle_statement(&result, i));
	if (!is_said)
		fail_msg("nothing says '%s'", words);
	bundle_result_release(&result);
}

static uint64_t count_malformed(const struct fixture *f)
{
	struct bundle_result result = verify_with(f, 3);
	uint64_t count = result.malformed_count;

	assert_true(result.is_consistent);
	bundle_result_release(&result);
	return count;
}

static void drop_count(struct bundle_manifest *manifest)
{
	manifest->list_count--;
}

/* Takes a file out of the export and of its list, with all signed anew. */
static void leave_out(const struct fixture *f, const char *name)
{
	struct buf list = load(f, "files"), kept = BUF_INIT(SIZE_MAX);
	struct view rest = buf_view(&list), line;

	take_away(f, name);
	while (view_take_line(&rest, &line))
		if (view_find(line, view_of_string(name)) == SIZE_MAX) {
			buf_append_view(&kept, line);
			buf_append_byte(&kept, '\n');
		}
	store(f, "files", buf_view(&kept));
	buf_release(&list);
	buf_release(&kept);
	resign(f, drop_count, "north.example");
}

static void drop_last_line(const struct fixture *f, const char *name)
{
	struct buf content = load(f, name);

	content.len--;
	while (content.data[content.len - 1] != '\n')
		content.len--;
	store(f, name, buf_view(&content));
	buf_release(&content);
	reseal(f);
}

/* Amendments */

static const size_t everyone[] = {NORTH, SOUTH, EAST};

/* The fixture writes in the line `technical`, which the amendment takes away. */
static const struct testing_amendment political_alone = {
    .template_json = "{\"lines\":[\"political\"]}", .signers = 7};

static void each_entry_is_judged_under_the_charter_of_its_log(void **state TEST_UNUSED)
{
	static const size_t two[] = {NORTH, SOUTH};
	struct fixture f;

	begin(&f);
	write_text(&f, NORTH);
	amend(&f, &political_alone, two, 2);
	write_text(&f, NORTH);
	write_text(&f, EAST); /* which does not follow yet */
	seal_and_export(&f);
	assert_says(&f, "charters: 2, the newest of");
	assert_says(&f, "malformed entries of north.example: 1, the first is "
	                "north.example#3: ");
	assert_int_equal(count_malformed(&f), 1);
	teardown(&f);
}

static void an_amendment_that_lacks_a_signature_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	begin(&f);
	amend(&f, &political_alone, everyone, 3);
	seal_and_export(&f);
	drop_last_line(&f, "amendments/1.note");
	assert_no(&f, "amendments/1.note", "not signed by east.example");
	teardown(&f);
}

static void an_amendment_that_is_left_out_is_found(void **state TEST_UNUSED)
{
	static const struct testing_amendment titled = {
	    .template_json = "{\"title\":\"another\"}", .signers = 7};
	static const struct testing_amendment retitled = {
	    .template_json = "{\"title\":\"one more\"}", .signers = 7};
	struct fixture f;

	begin(&f);
	amend(&f, &retitled, everyone, 3);
	amend(&f, &titled, everyone, 3);
	seal_and_export(&f);
	assert_says(&f, "charters: 3");
	leave_out(&f, "amendments/2.note");
	assert_no(&f, "manifest", "follows an amendment that all have signed");
	teardown(&f);
	begin(&f);
	amend(&f, &retitled, everyone, 3);
	amend(&f, &titled, everyone, 3);
	seal_and_export(&f);
	leave_out(&f, "amendments/1.note");
	assert_no(&f, "files", "");
	teardown(&f);
}

/* One member alone can't make the export of the others look incomplete. */
static void an_amendment_that_nobody_signed_is_no_gap(void **state TEST_UNUSED)
{
	static const struct testing_amendment lonely = {
	    .template_json = "{\"title\":\"another\"}", .signers = 1u << EAST};
	struct fixture f;

	begin(&f);
	testing_channel_amend(&f.channel, &lonely);
	testing_channel_follow(&f.channel, EAST);
	buf_release(&f.channel.amendments[0]);
	f.channel.amendment_count = 0;
	seal_and_export(&f);
	assert_yes(&f);
	teardown(&f);
}

/* Members */

static struct testing_amendment west_joins(bool history_none)
{
	static const size_t joining[] = {WEST};

	return (struct testing_amendment){.joining = joining,
	                                  .joining_count = 1,
	                                  .history_none = history_none,
	                                  .signers = all_three | 1u << WEST};
}

static void open_with_west(struct fixture *f, bool history_none)
{
	struct testing_amendment how = west_joins(history_none);

	begin(f);
	testing_channel_fill(&f->channel, NORTH, LONG_LOG);
	testing_channel_join(&f->channel, "west.example");
	amend(f, &how, everyone, 3);
	testing_channel_open_late(&f->channel, WEST);
	write_text(f, NORTH);
	write_text(f, WEST);
}

static void a_member_that_came_late_opens_under_its_charter(void **state TEST_UNUSED)
{
	struct fixture f;

	open_with_west(&f, false);
	seal_and_export(&f);
	assert_says(&f, "west.example joined with amendment 1, and was shown all");
	teardown(&f);
}

static void export_as_west(struct fixture *f)
{
	f->channel.exporter = WEST;
	f->channel.logs[NORTH].base = LONG_LOG + 1;
	f->channel.logs[SOUTH].base = f->channel.logs[EAST].base = 1;
	seal_and_export(f);
}

static void who_got_no_history_exports_hashes_of_it(void **state TEST_UNUSED)
{
	struct fixture f;

	open_with_west(&f, true);
	export_as_west(&f);
	assert_says(&f, "of these, 301 are not shown: west.example joined without them");
	struct bundle_result result = verify_with(&f, 4);
	assert_int_equal(result.withheld_count, LONG_LOG + 3);
	assert_int_equal(result.malformed_count, 0);
	bundle_result_release(&result);
	/* a hash that is another */
	struct bundle_path name = in_log(&f, NORTH, "tile/entries/000");
	struct buf entries = load(&f, name.text);
	entries.data[100] ^= 1;
	store(&f, name.text, buf_view(&entries));
	buf_release(&entries);
	relist(&f);
	resign(&f, NULL, "west.example");
	name = in_log(&f, NORTH, "tile/0/000");
	assert_no(&f, name.text, "not those of the entries");
	teardown(&f);
}

static void who_got_all_can_withhold_nothing(void **state TEST_UNUSED)
{
	struct error err = {0};
	struct fixture f;

	open_with_west(&f, false);
	f.channel.exporter = WEST;
	f.channel.logs[NORTH].base = 5;
	testing_channel_seal(&f.channel);
	assert_int_equal(testing_channel_export(&f.channel, f.out, &err),
	                 STATUS_MALFORMED);
	assert_non_null(strstr(err.text, "are withheld"));
	teardown(&f);
}

static void east_goes(struct fixture *f, bool leaves)
{
	static const struct record_name removed[] = {{"east.example"}};
	static const struct testing_amendment how = {
	    .removed = removed, .removed_count = 1, .signers = 1u << NORTH | 1u << SOUTH};
	static const struct testing_message leave = {.kind = "leave"};

	begin(f);
	if (leaves)
		testing_channel_write(&f->channel, EAST, &leave);
	write_text(f, EAST);
	amend(f, &how, everyone, 2);
	seal_and_export(f);
}

static void who_has_left_need_not_sign(void **state TEST_UNUSED)
{
	struct fixture f;

	east_goes(&f, true);
	assert_says(&f, "east.example left the channel with east.example#1");
	assert_says(&f, "east.example is a member no more since amendment 1");
	assert_says(&f, "east.example#2: it was written after east.example had left");
	teardown(&f);
	east_goes(&f, false);
	assert_no(&f, "amendments/1.note",
	          "not signed by east.example, whose log does not end with leave");
	teardown(&f);
}

/* Keys */

/* East's log is countersigned by the keys between the first and the last. */
static void change_twice(struct fixture *f)
{
	begin(f);
	testing_channel_change_keys(&f->channel, SOUTH, "south.second", SOUTH);
	testing_channel_seal(&f->channel);
	struct buf between = buf_take(&f->channel.logs[EAST].checkpoint);
	testing_channel_change_keys(&f->channel, SOUTH, "south.third", SOUTH);
	write_text(f, SOUTH);
	testing_channel_seal(&f->channel);
	buf_release(&f->channel.logs[EAST].checkpoint);
	f->channel.logs[EAST].checkpoint = between;
	export_it(f);
}

static void signatures_by_earlier_keys_hold(void **state TEST_UNUSED)
{
	struct fixture f;

	change_twice(&f);
	assert_says(&f, "south.example changed its keys with south.example#1 (card 2)");
	assert_says(&f, "south.example changed its keys with south.example#2 (card 3)");
	struct bundle_path policy = in_log(&f, EAST, "policy");
	leave_out(&f, "older-cards/1.note");
	assert_no(&f, policy.text, "not the policy");
	teardown(&f);
	change_twice(&f);
	leave_out(&f, "cards/south.example.note");
	struct bundle_result result = verify_with(&f, 3);
	assert_false(result.is_consistent);
	bundle_result_release(&result);
	teardown(&f);
}

static void a_key_change_by_another_root_changes_nothing(void **state TEST_UNUSED)
{
	struct fixture f;

	begin(&f);
	testing_channel_change_keys(&f.channel, SOUTH, "south.second", EAST);
	seal_and_export(&f);
	assert_says(&f, "south.example#1 changes no keys: ");
	teardown(&f);
}

static void an_older_card_with_another_root_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	change_twice(&f);
	struct buf other = other_card(&f);
	store(&f, "older-cards/1.note", buf_view(&other));
	buf_release(&other);
	reseal(&f);
	assert_no(&f, "older-cards/1.note", "another root");
	teardown(&f);
}

static void a_replaced_key_change_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	begin(&f);
	testing_channel_change_keys(&f.channel, SOUTH, "south.second", SOUTH);
	seal_and_export(&f);
	struct bundle_path name = in_log(&f, SOUTH, "blobs/000.p/2");
	struct buf bodies = load(&f, name.text);
	bodies.data[bodies.len - 10] ^= 1;
	store(&f, name.text, buf_view(&bodies));
	buf_release(&bodies);
	reseal(&f);
	assert_no(&f, name.text, "body of south.example#1");
	teardown(&f);
}

/* Ends of logs */

static void end_souths_log(struct fixture *f, uint64_t size, unsigned signers)
{
	begin(f);
	testing_channel_fill(&f->channel, SOUTH, 4);
	testing_channel_end_log(&f->channel, SOUTH, size, signers);
	testing_channel_fill(&f->channel, 3, 2);
}

static void a_successor_goes_on_where_a_log_ended(void **state TEST_UNUSED)
{
	struct record_seen seen = {.desk = {"south.example"}, .size = 7};
	struct testing_message seeing = {
	    .kind = "text", .body = TEXT_BODY, .seen = &seen, .seen_count = 1};
	struct fixture f;

	end_souths_log(&f, 5, all_three);
	seen.root = testing_channel_root(&f.channel, 3, 2);
	testing_channel_write(&f.channel, NORTH, &seeing);
	testing_channel_append(&f.channel, 3, view_of_string("{\"aldis\":2}"),
	                       view_of("", 0));
	seal_and_export(&f);
	assert_says(&f, "was ended at 5 entries, as the root of south.example");
	assert_says(&f, "the first is south.example#8: ");
	struct bundle_result result = verify_with(&f, 3);
	assert_int_equal(result.log_count, 4);
	assert_int_equal(result.open_reference_count, 0);
	for (size_t i = 0; i < result.statement_count; i++)
		assert_null(strstr(bundle_statement(&result, i), "ALARM"));
	bundle_result_release(&result);
	teardown(&f);

	end_souths_log(&f, 5, all_three);
	seen.root = testing_channel_root(&f.channel, 3, 1);
	testing_channel_write(&f.channel, NORTH, &seeing);
	seal_and_export(&f);
	assert_says(&f, "ALARM: north.example#1 names a root of south.example at size 7");
	teardown(&f);
}

static void a_log_end_with_another_size_is_found(void **state TEST_UNUSED)
{
	struct error err = {0};
	struct fixture f;

	end_souths_log(&f, 4, all_three);
	testing_channel_seal(&f.channel);
	assert_int_equal(testing_channel_export(&f.channel, f.out, &err),
	                 STATUS_CONFLICT);
	assert_non_null(strstr(err.text, "another size or root than its end says"));
	teardown(&f);

	/* a false exporter puts it there */
	end_souths_log(&f, 5, all_three);
	seal_and_export(&f);
	struct fixture other;
	end_souths_log(&other, 4, all_three);
	store(&f, "log-ends/1.note", buf_view(&other.channel.log_ends[0]));
	teardown(&other);
	reseal(&f);
	assert_no(&f, "manifest", "another size or root than its end says");
	teardown(&f);
}

static void a_log_end_that_not_all_signed_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	end_souths_log(&f, 5, 1u << SOUTH | 1u << NORTH);
	seal_and_export(&f);
	assert_no(&f, "log-ends/1.note", "not countersigned by east.example");
	teardown(&f);
}

static void a_log_end_that_is_left_out_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	end_souths_log(&f, 5, all_three);
	seal_and_export(&f);
	leave_out(&f, "log-ends/1.note");
	assert_no(&f, "manifest", "the end of that one is not");
	teardown(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_entry_is_judged_under_the_charter_of_its_log),
	    cmocka_unit_test(an_amendment_that_lacks_a_signature_is_found),
	    cmocka_unit_test(an_amendment_that_is_left_out_is_found),
	    cmocka_unit_test(an_amendment_that_nobody_signed_is_no_gap),
	    cmocka_unit_test(a_member_that_came_late_opens_under_its_charter),
	    cmocka_unit_test(who_got_no_history_exports_hashes_of_it),
	    cmocka_unit_test(who_got_all_can_withhold_nothing),
	    cmocka_unit_test(who_has_left_need_not_sign),
	    cmocka_unit_test(signatures_by_earlier_keys_hold),
	    cmocka_unit_test(a_key_change_by_another_root_changes_nothing),
	    cmocka_unit_test(an_older_card_with_another_root_is_found),
	    cmocka_unit_test(a_replaced_key_change_is_found),
	    cmocka_unit_test(a_successor_goes_on_where_a_log_ended),
	    cmocka_unit_test(a_log_end_with_another_size_is_found),
	    cmocka_unit_test(a_log_end_that_not_all_signed_is_found),
	    cmocka_unit_test(a_log_end_that_is_left_out_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
