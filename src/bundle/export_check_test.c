/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exports by one who falsifies: its list and its manifest are in order, signed by its own
 * link key, and what they vouch for is wrong.
 */
#include "bundle/export_fixture.h"

/* An exporter that falsifies: its list and manifest are in order */

struct falsification {
	const char *path_end;
	void (*change)(struct buf *body);
};

static void falsify(void *context, const char *path, struct buf *body)
{
	const struct falsification *how = context;
	size_t len = strlen(path), end = strlen(how->path_end);

	if (len >= end && strcmp(path + len - end, how->path_end) == 0)
		how->change(body);
}

static void flip_last(struct buf *body)
{
	body->data[body->len - 1] ^= 1;
}

static void cut_last(struct buf *body)
{
	body->len--;
}

static void lengthen(struct buf *body)
{
	buf_append_byte(body, 0);
}

/* Takes the body of the last entry of a bodies file away. */
static void drop_last_body(struct buf *body)
{
	size_t at = 0, last = 0;

	while (at < body->len) {
		last = at;
		at += 4 + ((size_t)body->data[at + 2] << 8 | body->data[at + 3]);
	}
	body->len = last;
	buf_append_u32(body, 0);
}

/* Gives a body to the entry that has none, the last of the long log. */
static void add_body(struct buf *body)
{
	body->len -= 4;
	buf_append_u32(body, 17);
	buf_append(body, "seventeen bytes!!", 17);
}

static void falsified_answers_are_found_though_signed(void **state TEST_UNUSED)
{
	static const struct {
		struct falsification how;
		size_t desk;
		const char *file, *words;
	} cases[] = {
	    {{"/tile/0/000", flip_last}, 0, "tile/0/000", "not those of the entries"},
	    {{"/tile/0/001.p/48", cut_last}, 0, "tile/0/001.p/48", "not those"},
	    {{"/tile/1/000.p/1", flip_last}, 0, "tile/1/000.p/1", "not those"},
	    {{"/tile/entries/000.p/1", flip_last},
	     2,
	     "tile/0/000.p/1",
	     "not those of the entries"},
	    {{"/blobs/000.p/5", flip_last}, 1, "blobs/000.p/5", "another hash"},
	    {{"/blobs/000.p/5", cut_last}, 1, "blobs/000.p/5", "cut short"},
	    {{"/blobs/000.p/5", lengthen}, 1, "blobs/000.p/5", "goes on"},
	    {{"/blobs/000.p/5", drop_last_body},
	     1,
	     "blobs/000.p/5",
	     "body of south.example#4 is missing"},
	    {{"/blobs/001.p/48", add_body},
	     0,
	     "blobs/001.p/48",
	     "body for north.example#303 that the entry does not name"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct fixture f;

		make(&f);
		write_channel(&f.channel);
		f.channel.falsify = falsify;
		f.channel.falsify_context = (void *)&cases[i].how;
		export_it(&f);
		struct bundle_path file = in_log(&f, cases[i].desk, cases[i].file);
		assert_no(&f, file.text, cases[i].words);
		teardown(&f);
	}
}

static void a_falsified_attachment_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	make(&f);
	write_channel(&f.channel);
	flip_last(&f.channel.logs[0].attachments[0].blob);
	export_it(&f);
	struct bundle_path name =
	    bundle_path_attachment(&f.channel.logs[0].attachments[0].id);
	struct bundle_path file = in_log(&f, 0, name.text);
	assert_no(&f, file.text, "another hash");
	teardown(&f);
}

/* Consistent, and said aloud. */
static void assert_alarm(const struct fixture *f, const char *words)
{
	struct view no_cards[1];
	struct bundle_verify_options options = {.cards = no_cards};
	struct bundle_result result = {0};
	bool is_said = false;

	assert_int_equal(bundle_verify(f->out, &options, &result, NULL), STATUS_OK);
	assert_true(result.is_consistent);
	for (size_t i = 0; i < result.statement_count; i++)
		is_said = is_said || (strstr(bundle_statement(&result, i), "ALARM") &&
		                      strstr(bundle_statement(&result, i), words));
	assert_true(is_said);
	bundle_result_release(&result);
}

static void a_false_seen_root_is_an_alarm(void **state TEST_UNUSED)
{
	struct record_seen seen = {.size = 7};
	struct testing_message message = {
	    .kind = "text", .body = TEXT_BODY, .seen = &seen, .seen_count = 1};
	struct fixture f;

	make(&f);
	write_channel(&f.channel);
	seen.desk = f.channel.desks[1].card.name;
	seen.root = testing_channel_root(&f.channel, 1, 4);
	testing_channel_fill(&f.channel, 1, 10);
	testing_channel_write(&f.channel, 0, &message);
	testing_channel_seal(&f.channel);
	export_it(&f);
	assert_alarm(&f, "north.example#304 names a root of south.example at size 7");
	teardown(&f);
}

static void references_beyond_the_export_are_counted(void **state TEST_UNUSED)
{
	struct record_seen seen = {.size = 1000};
	struct testing_message message = {
	    .kind = "text", .body = TEXT_BODY, .seen = &seen, .seen_count = 1};
	struct fixture f;

	make(&f);
	write_channel(&f.channel);
	seen.desk = f.channel.desks[1].card.name;
	testing_channel_write(&f.channel, 0, &message);
	testing_channel_seal(&f.channel);
	export_it(&f);
	struct bundle_result result = verify_with(&f, 3);
	assert_true(result.is_consistent);
	assert_int_equal(result.open_reference_count, 1);
	bundle_result_release(&result);
	teardown(&f);
}

static void a_log_of_another_charter_is_an_alarm(void **state TEST_UNUSED)
{
	struct testing_message message = {
	    .kind = "open",
	    .body = "{\"charter\":\"00000000000000000000000000000000"
	            "00000000000000000000000000000000\"}"};
	struct fixture f;

	make(&f);
	testing_channel_open(&f.channel, 2);
	/* south's log begins again, under no charter of this channel. */
	testing_log_empty(&f.channel.logs[1]);
	testing_channel_write(&f.channel, 1, &message);
	testing_channel_seal(&f.channel);
	export_it(&f);
	assert_alarm(&f, "south.example did not open its log under this charter");
	teardown(&f);
}

static void a_log_that_begins_otherwise_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	make(&f);
	testing_channel_open(&f.channel, 3);
	testing_log_empty(&f.channel.logs[1]);
	testing_channel_fill(&f.channel, 1, 1);
	testing_channel_seal(&f.channel);
	export_it(&f);
	struct bundle_path file = in_log(&f, 1, "tile/entries/000.p/1");
	assert_no(&f, file.text, "does not begin with the entry that opens it");
	teardown(&f);
}

static void resealing_alone_changes_nothing(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	reseal(&f);
	assert_yes(&f);
	teardown(&f);
}

static void replace_in(const struct fixture *f, const char *name, const char *what,
                       const char *by)
{
	struct buf content = load(f, name);
	size_t at = view_find(buf_view(&content), view_of_string(what));

	assert_int_equal(strlen(what), strlen(by));
	assert_int_not_equal(at, SIZE_MAX);
	memcpy(content.data + at, by, strlen(by));
	store(f, name, buf_view(&content));
	buf_release(&content);
}

/* Takes the last line of a note away. */
static void drop_last_line(const struct fixture *f, const char *name)
{
	struct buf content = load(f, name);

	content.len--;
	while (content.data[content.len - 1] != '\n')
		content.len--;
	store(f, name, buf_view(&content));
	buf_release(&content);
}

static void a_charter_not_signed_by_all_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	drop_last_line(&f, "charter.note");
	reseal(&f);
	assert_no(&f, "charter.note", "not signed by east.example");
	teardown(&f);
}

static void a_cosignature_taken_away_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct bundle_path checkpoint = in_log(&f, 0, "checkpoint");
	struct bundle_path policy = in_log(&f, 0, "policy");
	drop_last_line(&f, checkpoint.text);
	reseal(&f);
	assert_no(&f, policy.text, "not the policy");
	teardown(&f);
}

static void a_cosignature_that_does_not_verify_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct bundle_path checkpoint = in_log(&f, 0, "checkpoint");
	struct buf content = load(&f, checkpoint.text);
	/* Within the last signature, which is base64 without a change of length. */
	uint8_t *digit = &content.data[content.len - 20];
	*digit = *digit == 'A' ? 'B' : 'A';
	store(&f, checkpoint.text, buf_view(&content));
	buf_release(&content);
	reseal(&f);
	assert_no(&f, checkpoint.text, "does not verify");
	teardown(&f);
}

static void a_weaker_policy_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct bundle_path policy = in_log(&f, 0, "policy");
	replace_in(&f, policy.text, "receipts all", "receipts any");
	reseal(&f);
	assert_no(&f, policy.text, "not the policy");
	teardown(&f);
}

static void a_card_of_another_desk_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct buf card = load(&f, "cards/south.example.note");
	store(&f, "cards/east.example.note", buf_view(&card));
	buf_release(&card);
	reseal(&f);
	assert_no(&f, "cards/east.example.note", "card of another desk");
	teardown(&f);
}

static void a_card_with_another_root_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct buf note = other_card(&f);
	store(&f, "cards/south.example.note", buf_view(&note));
	buf_release(&note);
	reseal(&f);
	assert_no(&f, "cards/south.example.note", "another root");
	teardown(&f);
}

/* What a newer card may change, and what not. */
static void a_newer_card_may_change_its_urls_alone(void **state TEST_UNUSED)
{
	struct fixture f;
	struct buf note;

	setup(&f);
	struct record_card card = f.channel.desks[1].card;
	card.serial++;
	strcpy(card.urls[card.url_count++], "https://192.0.2.8:8600");
	testing_card_sign(&card, "south.example", &note);
	store(&f, "cards/south.example.note", buf_view(&note));
	buf_release(&note);
	reseal(&f);
	assert_yes(&f);

	/* All keys but the root are those of another desk. */
	struct testing_desk other;
	testing_desk_init(&other, "other.example", NULL);
	card = f.channel.desks[1].card;
	for (enum record_role role = 0; role < RECORD_ROLE_COUNT; role++)
		if (role != RECORD_ROLE_ROOT)
			card.keys[role] = other.card.keys[role];
	note = BUF_INIT(RECORD_NOTE_MAX);
	assert_int_equal(record_card_append_text(&card, &note, NULL), STATUS_OK);
	buf_append_byte(&note, '\n');
	for (enum record_role role = 0; role < RECORD_ROLE_COUNT; role++) {
		if (role == RECORD_ROLE_BOX || !card.has_key[role])
			continue;
		struct ed25519_secret *secret = testing_secret_new(
		    role == RECORD_ROLE_ROOT ? "south.example" : "other.example", role);
		assert_int_equal(
		    record_card_append_signature(&card, role, secret, &note, NULL), 0);
		ed25519_secret_free(secret);
	}
	store(&f, "cards/south.example.note", buf_view(&note));
	buf_release(&note);
	testing_desk_release(&other);
	reseal(&f);
	assert_no(&f, "cards/south.example.note", "another log or mirror key");
	teardown(&f);
}

static void a_card_older_than_the_charters_is_found(void **state TEST_UNUSED)
{
	struct fixture f = {.channel.desk_count = 3};
	static const char *const names[] = {"north.example", "south.example",
	                                    "east.example"};
	struct buf old;

	make(&f);
	for (size_t i = 0; i < 3; i++)
		testing_desk_init(&f.channel.desks[i], names[i], NULL);
	struct testing_desk *south = &f.channel.desks[1];
	old = buf_take(&south->note);
	south->card.serial = 2;
	testing_card_sign(&south->card, names[1], &south->note);
	testing_channel_begin(&f.channel);
	testing_channel_seal(&f.channel);
	export_it(&f);
	assert_yes(&f);
	store(&f, "cards/south.example.note", buf_view(&old));
	buf_release(&old);
	reseal(&f);
	assert_no(&f, "cards/south.example.note", "older than");
	teardown(&f);
}

static void name_south(struct bundle_manifest *manifest)
{
	strcpy(manifest->exporter.text, "south.example");
}

static void name_other(struct bundle_manifest *manifest)
{
	strcpy(manifest->exporter.text, "other.example");
}

static void a_manifest_in_another_name_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	resign(&f, name_south, "north.example");
	assert_no(&f, "manifest", "does not verify");
	resign(&f, name_other, "other.example");
	assert_no(&f, "cards/other.example.note", "missing");
	struct testing_desk other;
	testing_desk_init(&other, "other.example", NULL);
	store(&f, "cards/other.example.note", buf_view(&other.note));
	testing_desk_release(&other);
	assert_no(&f, "manifest", "not a member");
	teardown(&f);
}

static void change_root(struct bundle_manifest *manifest)
{
	manifest->logs[0].root.bytes[0] ^= 1;
}

static void change_size(struct bundle_manifest *manifest)
{
	manifest->logs[0].size--;
}

static void change_count(struct bundle_manifest *manifest)
{
	manifest->list_count++;
}

static void change_channel(struct bundle_manifest *manifest)
{
	manifest->channel.hash.bytes[0] ^= 1;
	for (size_t i = 0; i < manifest->log_count; i++)
		manifest->logs[i].origin.channel = manifest->channel;
}

static void change_member(struct bundle_manifest *manifest)
{
	strcpy(manifest->logs[0].origin.desk.text, "other.example");
}

static void a_manifest_that_does_not_fit_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct bundle_path checkpoint = in_log(&f, 0, "checkpoint");
	resign(&f, change_root, "north.example");
	assert_no(&f, checkpoint.text, "another size or root");
	resign(&f, change_root, "north.example");
	resign(&f, change_size, "north.example");
	assert_no(&f, checkpoint.text, "another size or root");
	teardown(&f);
	setup(&f);
	resign(&f, change_count, "north.example");
	assert_no(&f, "files", "another number of files");
	teardown(&f);
	setup(&f);
	resign(&f, change_channel, "north.example");
	assert_no(&f, "charter.note", "another channel");
	teardown(&f);
	setup(&f);
	resign(&f, change_member, "north.example");
	assert_no(&f, "manifest", "not a member");
	teardown(&f);
}

static void a_list_with_a_false_hash_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct bundle_path blobs = in_log(&f, 1, "blobs/000.p/5");
	struct buf list = load(&f, "files");
	size_t at = view_find(buf_view(&list), view_of_string(blobs.text)) - 66;
	list.data[at] = list.data[at] == '0' ? '1' : '0';
	store(&f, "files", buf_view(&list));
	buf_release(&list);
	resign(&f, NULL, "north.example");
	assert_no(&f, blobs.text, "not those that the export was made with");
	teardown(&f);
}

static void a_listed_file_that_nothing_refers_to_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct buf list = load(&f, "files");
	struct hash hash = sha256(view_of_string("not ours"));
	bundle_list_append(&list, &hash, "notes.txt");
	store(&f, "notes.txt", view_of_string("not ours"));
	store(&f, "files", buf_view(&list));
	buf_release(&list);
	resign(&f, change_count, "north.example");
	assert_no(&f, "files", "names notes.txt, which nothing");
	teardown(&f);
}

/* The author and all others may have signed it: the entries say otherwise. */
static void a_signed_root_that_is_not_the_entries_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	make(&f);
	write_channel(&f.channel);
	struct hash root = testing_channel_root(&f.channel, 0, 7);
	testing_channel_seal_as(&f.channel, 2, &root);
	export_it(&f);
	struct bundle_path checkpoint = in_log(&f, 2, "checkpoint");
	assert_no(&f, checkpoint.text, "not that of the entries");
	teardown(&f);
}

static void a_checkpoint_that_its_log_did_not_sign_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct bundle_path checkpoint = in_log(&f, 0, "checkpoint");
	struct buf content = load(&f, checkpoint.text);
	size_t line = view_find(buf_view(&content), view_of_string("\n\n")) + 2;
	size_t end = view_find(view_from(buf_view(&content), line), view_of_string("\n"));
	uint8_t *digit = &content.data[line + end - 20];
	*digit = *digit == 'A' ? 'B' : 'A';
	store(&f, checkpoint.text, buf_view(&content));
	buf_release(&content);
	reseal(&f);
	assert_no(&f, checkpoint.text, "verif");
	teardown(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(falsified_answers_are_found_though_signed),
	    cmocka_unit_test(a_falsified_attachment_is_found),
	    cmocka_unit_test(a_false_seen_root_is_an_alarm),
	    cmocka_unit_test(references_beyond_the_export_are_counted),
	    cmocka_unit_test(a_log_of_another_charter_is_an_alarm),
	    cmocka_unit_test(a_log_that_begins_otherwise_is_found),
	    cmocka_unit_test(resealing_alone_changes_nothing),
	    cmocka_unit_test(a_charter_not_signed_by_all_is_found),
	    cmocka_unit_test(a_cosignature_taken_away_is_found),
	    cmocka_unit_test(a_cosignature_that_does_not_verify_is_found),
	    cmocka_unit_test(a_weaker_policy_is_found),
	    cmocka_unit_test(a_card_of_another_desk_is_found),
	    cmocka_unit_test(a_card_with_another_root_is_found),
	    cmocka_unit_test(a_newer_card_may_change_its_urls_alone),
	    cmocka_unit_test(a_card_older_than_the_charters_is_found),
	    cmocka_unit_test(a_manifest_in_another_name_is_found),
	    cmocka_unit_test(a_manifest_that_does_not_fit_is_found),
	    cmocka_unit_test(a_list_with_a_false_hash_is_found),
	    cmocka_unit_test(a_listed_file_that_nothing_refers_to_is_found),
	    cmocka_unit_test(a_signed_root_that_is_not_the_entries_is_found),
	    cmocka_unit_test(a_checkpoint_that_its_log_did_not_sign_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
