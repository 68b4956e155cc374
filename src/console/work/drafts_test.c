/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drafts from the first letter to the record: nothing is lost, nobody approves what is
 * his own, and what is wrong is said at its field.
 */
#include "console/work_fixture.h"

#include "office/drafts.h"
#include "office/tokens.h"
#include "record/evidence_commit.h"

#define DRAFTS "/api/drafts"
#define MESSAGE TEXT("Hello")

static const struct office_principal ada = {
    .door = OFFICE_DOOR_CONSOLE, .name = "ada", .roles = OFFICE_WATCH | OFFICE_OFFICER};
static const struct office_principal bob = {
    .door = OFFICE_DOOR_CONSOLE, .name = "bob", .roles = OFFICE_OFFICER};
static const struct office_principal eve = {
    .door = OFFICE_DOOR_CONSOLE, .name = "eve", .roles = OFFICE_WATCH};

static int set_up(void **state)
{
	*state = fixture_new(NULL);
	return 0;
}

static int set_up_approval(void **state)
{
	*state =
	    fixture_new("{\"approval\":\"all\",\"limits\":{\"skew\":\"PT5M\",\"body\":"
	                "4096,\"attachment\":2097152,\"attachments\":2,\"quota\":"
	                "1073741824}}");
	return 0;
}

static struct office *office(const struct fixture *f)
{
	return f->apis[NORTH]->office;
}

/* Writes a draft by the local socket: "d1", "d2", … */
static int create(struct fixture *f, const char *message)
{
	CLEANUP_BUF struct buf body = BUF_INIT(1 << 20);

	buf_printf(&body, "{\"channel\":\"%s\",\"message\":%s}", f->channel, message);
	return post_at(f, NORTH, DRAFTS, "application/json", buf_view(&body));
}

static void begin(struct fixture *f)
{
	struct error err;

	desk_turn_begin(f->world.desks[NORTH].desk, f->world.now_ms);
	assert_int_equal(office_begin_turn(office(f), f->world.now_ms, &err), STATUS_OK);
}

static void end(struct fixture *f)
{
	assert_int_equal(desk_turn_end(f->world.desks[NORTH].desk, NULL), STATUS_OK);
}

static enum status edit_as(struct fixture *f, const struct office_principal *who,
                           int64_t version, const char *message)
{
	enum status status;

	begin(f);
	status = draft_edit(office(f), who, "d1", version, view_of_string(message), NULL);
	end(f);
	return status;
}

static enum status submit_as(struct fixture *f, const struct office_principal *who,
                             int64_t version)
{
	enum status status;

	begin(f);
	status = draft_submit(office(f), who, "d1", version, true, NULL);
	end(f);
	return status;
}

static enum status approve_as(struct fixture *f, const struct office_principal *who,
                              int64_t version)
{
	enum status status;

	begin(f);
	status = draft_approve(office(f), who, "d1", version, NULL);
	end(f);
	return status;
}

static void create_as(struct fixture *f, const struct office_principal *who)
{
	const struct draft *draft;

	begin(f);
	assert_int_equal(
	    draft_create(office(f), who, 0, view_of_string(MESSAGE), &draft, NULL),
	    STATUS_OK);
	assert_string_equal(draft->id, "d1");
	end(f);
}

static uint64_t own_entries(const struct fixture *f)
{
	struct desk_log_info log;

	desk_log(f->world.desks[NORTH].desk, 0, 0, &log);
	return log.entry_count;
}

/* ---- writing ---- */

static void a_draft_is_kept_as_one_types(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(create(f, "{}"), 201);
	assert_true(says(f, "id", "d1") && says(f, "state", "editing"));
	assert_true(holds(f, "{\"field\":\"kind\",\"why\":\"is missing\"}"));
	assert_int_equal(post(f, DRAFTS "/d1",
	                      "{\"version\":1,\"message\":{\"kind\":\"text\",\"body\":"
	                      "{\"text\":\"Half a sen\"}}}"),
	                 200);
	assert_int_equal(number(f, "version"), 2);
	assert_true(holds(f, "{\"field\":\"body.language\",\"why\":\"is missing\"}"));
	crash(f);
	assert_int_equal(get(f, DRAFTS "/d1"), 200);
	assert_true(holds(f, "Half a sen"));
	assert_int_equal(number(f, "version"), 2);
	assert_int_equal(get(f, DRAFTS "?state=editing&channel=CHANNEL"), 200);
	assert_int_equal(member(f, "drafts")->count, 1);
	assert_int_equal(get(f, DRAFTS "?state=sent"), 200);
	assert_int_equal(member(f, "drafts")->count, 0);
	assert_true(is_noted(f, "\"what\":\"draft.create\",\"subject\":\"d1\"", NULL));
	assert_false(is_noted(f, "Half a sen", NULL));
}

static void releases_are_an_officers(void **state)
{
	static const char request[] =
	    "{\"kind\":\"release.request\",\"body\":{\"manifest\":"
	    "\"0000000000000000000000000000000000000000000000000000000000000000\","
	    "\"language\":\"en\",\"text\":\"Why\"}}";
	struct fixture *f = *state;

	assert_int_equal(create(f, request), 201);
	assert_int_equal(submit_as(f, &eve, 1), STATUS_UNTRUSTED);
	assert_int_equal(submit_as(f, &ada, 1), STATUS_OK);
}

static void numbers_are_never_used_again(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(create(f, MESSAGE), 201);
	assert_int_equal(post(f, DRAFTS "/d1/discard", ""), 200);
	crash(f);
	assert_int_equal(create(f, MESSAGE), 201);
	assert_true(says(f, "id", "d2"));
}

static void an_older_version_is_told_so(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(create(f, MESSAGE), 201);
	assert_int_equal(
	    post(f, DRAFTS "/d1", "{\"version\":1,\"message\":" TEXT("Two") "}"), 200);
	assert_int_equal(
	    post(f, DRAFTS "/d1", "{\"version\":1,\"message\":" TEXT("Late") "}"), 409);
	assert_true(says(f, "code", "version-conflict"));
	assert_int_equal(post(f, DRAFTS "/d1/submit", "{\"version\":1}"), 409);
	assert_true(says(f, "code", "version-conflict"));
	assert_int_equal(get(f, DRAFTS "/d1"), 200);
	assert_true(holds(f, "Two"));
	assert_int_equal(post(f, DRAFTS "/d9", "{\"version\":1,\"message\":{}}"), 404);
}

static void what_is_no_draft_is_refused(void **state)
{
	static const char *const messages[] = {
	    "[]",
	    "\"x\"",
	    "{\"kind\":1}",
	    "{\"to\":\"south.example\"}",
	    "{\"to\":[1]}",
	    "{\"body\":\"text\"}",
	    "{\"attachments\":[]}",
	    "{\"body\":{\"text\":[[[[[[[[[[[[1]]]]]]]]]]]]}}",
	};
	struct fixture *f = *state;
	CLEANUP_BUF struct buf large = BUF_INIT(1 << 20);

	for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
		if (create(f, messages[i]) != 400)
			fail_msg("accepted: %s", messages[i]);
	buf_append_string(&large, "{\"body\":{\"text\":\"");
	for (size_t i = 0; i < DRAFT_MESSAGE_MAX; i++)
		buf_append_byte(&large, 'x');
	buf_append_string(&large, "\"}}");
	buf_append_byte(&large, '\0');
	assert_int_equal(create(f, (const char *)large.data), 413);
	assert_int_equal(post(f, DRAFTS, "{\"channel\":\"ffff\",\"message\":{}}"), 404);
	assert_int_equal(get(f, DRAFTS), 200);
	assert_int_equal(member(f, "drafts")->count, 0);
}

/* ---- what is wrong ---- */

static int check(struct fixture *f, const char *message)
{
	CLEANUP_BUF struct buf body = BUF_INIT(1 << 20);

	buf_printf(&body, "{\"channel\":\"%s\",\"message\":%s}", f->channel, message);
	return post_at(f, NORTH, DRAFTS "/check", "application/json", buf_view(&body));
}

static void each_field_has_its_problem(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
	    check(f,
	          "{\"kind\":\"incident\",\"to\":[\"west.example\"],\"line\":\"private\","
	          "\"tlp\":\"PURPLE\",\"re\":\"south.example#999\",\"body\":"
	          "{\"language\":\"english language\",\"title\":\"\",\"detected\":"
	          "\"yesterday\",\"colour\":\"red\"}}"),
	    200);
	assert_true(holds(f, "{\"field\":\"to\",\"why\":\"names a desk that is not"));
	assert_true(holds(f, "{\"field\":\"line\","));
	assert_true(holds(f, "{\"field\":\"tlp\",\"why\":\"must be one of RED"));
	assert_true(holds(f, "{\"field\":\"re\","));
	assert_true(
	    holds(f, "{\"field\":\"body.language\",\"why\":\"must be a language"));
	assert_true(holds(f, "{\"field\":\"body.title\",\"why\":\"must have 1 to"));
	assert_true(holds(f, "{\"field\":\"body.summary\",\"why\":\"is missing\"}"));
	assert_true(holds(f, "{\"field\":\"body.detected\",\"why\":\"must be a time"));
	assert_true(holds(f, "{\"field\":\"body\",\"why\":\"has a field that is not in"));
	assert_int_equal(member(f, "problems")->count, 9);
	assert_int_equal(check(f, "{\"kind\":\"receipt\"}"), 200);
	assert_true(holds(f, "never by a person"));
	assert_int_equal(check(f, "{\"kind\":\"answer\",\"body\":{\"answer\":\"yes\"}}"),
	                 200);
	assert_true(holds(f, "{\"field\":\"re\",\"why\":\"is missing"));
	assert_int_equal(member(f, "problems")->count, 1);
	assert_int_equal(check(f, "{\"kind\":\"text\"}"), 200);
	assert_int_equal(member(f, "problems")->count, 2);
	assert_int_equal(check(f, "{\"kind\":\"leave\"}"), 200);
	assert_int_equal(member(f, "problems")->count, 0);
	assert_int_equal(check(f, "{\"kind\":\"text\",\"to\":[\"north.example\"]}"), 200);
	assert_true(holds(f, "names this desk itself"));
}

static void the_check_says_who_gets_it(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
	    check(f, "{\"kind\":\"incident\",\"body\":{\"language\":\"id\"}}"), 200);
	assert_true(holds(f,
	                  "\"desk\":\"south.example\",\"owes\":[\"ack\"],\"languages\":"
	                  "[\"en\"],\"can_read\":false"));
	assert_int_equal(member(f, "approval")->type, JSON_FALSE);
	assert_int_equal(
	    check(f, "{\"kind\":\"text\",\"body\":{\"language\":\"en-GB\"}}"), 200);
	assert_true(holds(f, "\"owes\":[],\"languages\":[\"en\"],\"can_read\":true"));
}

static void what_is_wrong_is_not_sent(void **state)
{
	struct fixture *f = *state;
	uint64_t before = own_entries(f);

	assert_int_equal(create(f, "{\"kind\":\"text\",\"body\":{}}"), 201);
	assert_int_equal(post(f, DRAFTS "/d1/submit", "{\"version\":1}"), 400);
	assert_int_equal(member(f, "fields")->count, 2);
	assert_true(holds(f, "{\"field\":\"body.text\",\"why\":\"is missing\"}"));
	assert_int_equal(own_entries(f), before);
	assert_int_equal(get(f, DRAFTS "/d1"), 200);
	assert_true(says(f, "state", "editing"));
}

/* ---- sending ---- */

static void without_approval_one_person_sends(void **state)
{
	struct fixture *f = *state;
	uint64_t before = own_entries(f);
	char sent[64];

	snprintf(sent, sizeof sent, "\"sent\":\"north.example#%llu\"",
	         (unsigned long long)before);
	assert_int_equal(create(f, MESSAGE), 201);
	assert_int_equal(member(f, "approval")->type, JSON_FALSE);
	assert_int_equal(post(f, DRAFTS "/d1/submit", "{\"version\":1}"), 201);
	assert_true(says(f, "state", "sent"));
	assert_true(holds(f, sent));
	assert_int_equal(own_entries(f), before + 1);
	assert_int_equal(post(f, DRAFTS "/d1/submit", "{\"version\":1}"), 201);
	assert_int_equal(own_entries(f), before + 1);
	assert_int_equal(post(f, DRAFTS "/d1", "{\"version\":1,\"message\":{}}"), 409);
	assert_int_equal(post(f, DRAFTS "/d1/discard", ""), 409);
	crash(f);
	assert_int_equal(get(f, DRAFTS "/d1"), 200);
	assert_true(holds(f, sent));
	assert_true(is_noted(f, "\"what\":\"draft.send\"", "\"message\":\"north"));
}

static void nobody_is_the_second_person_of_his_own(void **state)
{
	static const struct office_principal local = {
	    .door = OFFICE_DOOR_LOCAL, .name = "local", .roles = OFFICE_ROLES_ALL};
	static const struct office_principal token = {
	    .door = OFFICE_DOOR_TOKEN, .name = "token:1", .roles = OFFICE_ROLES_ALL};
	struct fixture *f = *state;
	uint64_t before = own_entries(f);

	create_as(f, &ada);
	assert_int_equal(approve_as(f, &bob, 1), STATUS_CONFLICT); /* nobody asked */
	assert_int_equal(submit_as(f, &ada, 1), STATUS_OK);
	assert_int_equal(approve_as(f, &ada, 1), STATUS_UNTRUSTED);
	assert_int_equal(approve_as(f, &eve, 1), STATUS_UNTRUSTED);
	assert_int_equal(approve_as(f, &local, 1), STATUS_UNTRUSTED);
	assert_int_equal(approve_as(f, &token, 1), STATUS_UNTRUSTED);
	assert_int_equal(post(f, DRAFTS "/d1/approve", "{\"version\":1}"), 403);
	assert_true(says(f, "code", "approval-required"));
	assert_int_equal(own_entries(f), before);
	assert_int_equal(approve_as(f, &bob, 1), STATUS_OK);
	assert_int_equal(own_entries(f), before + 1);
	assert_int_equal(approve_as(f, &bob, 1), STATUS_OK); /* said twice */
	assert_int_equal(own_entries(f), before + 1);
	assert_int_equal(get(f, DRAFTS "/d1"), 200);
	assert_true(holds(f, "\"approved\":{\"by\":\"bob\""));
	assert_true(is_noted(f, "\"what\":\"draft.approve\"", "\"who\":\"bob\""));
}

static void who_edited_last_is_no_second_person(void **state)
{
	struct fixture *f = *state;

	create_as(f, &eve);
	assert_int_equal(edit_as(f, &bob, 1, TEXT("Better")), STATUS_OK);
	assert_int_equal(submit_as(f, &eve, 2), STATUS_OK);
	assert_int_equal(approve_as(f, &bob, 2), STATUS_UNTRUSTED);
	assert_int_equal(approve_as(f, &ada, 2), STATUS_OK);
}

static void a_token_is_its_makers_hand(void **state)
{
	struct fixture *f = *state;
	struct office_principal program = {.door = OFFICE_DOOR_TOKEN,
	                                   .scopes = OFFICE_SCOPE_DRAFT};
	char token[TOKEN_LEN + 1], id[TOKEN_ID_LEN + 1];

	begin(f);
	assert_int_equal(office_token_add(office(f), "bot", "bob", OFFICE_SCOPE_DRAFT, 0,
	                                  token, id, NULL),
	                 STATUS_OK);
	end(f);
	snprintf(program.name, sizeof program.name, "token:%s", id);
	create_as(f, &program);
	assert_int_equal(submit_as(f, &program, 1), STATUS_OK);
	assert_int_equal(approve_as(f, &bob, 1), STATUS_UNTRUSTED);
	assert_int_equal(approve_as(f, &ada, 1), STATUS_OK);
}

/* Also when somebody else has put in a comma meanwhile. */
static void who_wrote_first_is_no_second_person(void **state)
{
	struct fixture *f = *state;

	create_as(f, &bob);
	assert_int_equal(edit_as(f, &eve, 1, TEXT("Better")), STATUS_OK);
	assert_int_equal(submit_as(f, &eve, 2), STATUS_OK);
	assert_int_equal(approve_as(f, &bob, 2), STATUS_UNTRUSTED);
	assert_int_equal(approve_as(f, &ada, 2), STATUS_OK);
}

static void an_edit_takes_the_request_back(void **state)
{
	struct fixture *f = *state;
	uint64_t before = own_entries(f);

	create_as(f, &eve);
	assert_int_equal(submit_as(f, &eve, 1), STATUS_OK);
	assert_int_equal(edit_as(f, &eve, 1, TEXT("Something else")), STATUS_OK);
	assert_int_equal(get(f, DRAFTS "/d1"), 200);
	assert_true(says(f, "state", "editing"));
	assert_int_equal(approve_as(f, &bob, 1), STATUS_CONFLICT);
	assert_int_equal(approve_as(f, &bob, 2), STATUS_CONFLICT);
	assert_int_equal(own_entries(f), before);
	assert_int_equal(submit_as(f, &eve, 2), STATUS_OK);
	crash(f);
	assert_int_equal(approve_as(f, &bob, 2), STATUS_OK);
	assert_int_equal(own_entries(f), before + 1);
}

static void a_returned_draft_says_why(void **state)
{
	struct fixture *f = *state;

	create_as(f, &eve);
	assert_int_equal(
	    post(f, DRAFTS "/d1/return", "{\"version\":1,\"reason\":\"No\"}"), 409);
	assert_int_equal(submit_as(f, &eve, 1), STATUS_OK);
	assert_int_equal(post(f, DRAFTS "/d1/return", "{\"version\":1,\"reason\":\"\"}"),
	                 400);
	assert_int_equal(post(f, DRAFTS "/d1/return",
	                      "{\"version\":1,\"reason\":\"Name the \\\"address\\\"\"}"),
	                 200);
	assert_true(says(f, "state", "returned"));
	assert_int_equal(approve_as(f, &bob, 1), STATUS_CONFLICT);
	crash(f);
	assert_int_equal(get(f, DRAFTS "/d1"), 200);
	assert_true(holds(f, "\"reason\":\"Name the \\\"address\\\"\""));
	assert_int_equal(edit_as(f, &eve, 1, TEXT("192.0.2.1")), STATUS_OK);
	assert_int_equal(get(f, DRAFTS "/d1"), 200);
	assert_true(says(f, "state", "editing"));
	assert_false(holds(f, "reason"));
}

/* A process that dies before the commit has done none of it. */
static void approval_and_message_are_one_commit(void **state)
{
	struct fixture *f = *state;
	uint64_t before = own_entries(f);

	create_as(f, &eve);
	assert_int_equal(submit_as(f, &eve, 1), STATUS_OK);
	begin(f);
	assert_int_equal(draft_approve(office(f), &bob, "d1", 1, NULL), STATUS_OK);
	crash(f); /* without the turn's end */
	assert_int_equal(own_entries(f), before);
	assert_int_equal(get(f, DRAFTS "/d1"), 200);
	assert_true(says(f, "state", "approval"));
	assert_false(is_noted(f, "draft.approve", NULL));
	assert_int_equal(approve_as(f, &bob, 1), STATUS_OK);
	crash(f);
	assert_int_equal(own_entries(f), before + 1);
	assert_true(is_noted(f, "draft.approve", NULL));
}

/* ---- attachments ---- */

static void attachments_outlive_the_process(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf content = BUF_INIT(4 << 20), read = BUF_INIT(4 << 20);
	const struct draft *draft;

	for (size_t i = 0; i < 1500000; i++)
		buf_append_byte(&content, (uint8_t)(i * 7 + i / 1000));
	create_as(f, &eve);
	assert_int_equal(post_at(f, NORTH, DRAFTS "/d1/attachments?name=a%20b.pcap",
	                         "application/octet-stream", buf_view(&content)),
	                 201);
	assert_true(says(f, "id", "1") && says(f, "name", "a b.pcap"));
	crash(f);
	assert_int_equal(drafts_find(office(f), "d1", &draft, NULL), STATUS_OK);
	assert_int_equal(draft_file_read(office(f), draft, 1, &read, NULL), STATUS_OK);
	assert_true(view_equal(buf_view(&read), buf_view(&content)));
	assert_int_equal(submit_as(f, &eve, 2), STATUS_OK);
	assert_int_equal(approve_as(f, &bob, 2), STATUS_OK);
	assert_int_equal(get(f, "/api/channels/CHANNEL/messages?kind=text"), 200);
	assert_true(holds(f, "\"size\":1500000"));
	world_settle(&f->world);
	assert_int_equal(
	    get_at(f, SOUTH, "/api/channels/CHANNEL/messages?form=row&kind=text"), 200);
	assert_true(holds(f, "\"attachments\":1"));
}

/* What was committed to is opened with its own salt, also after a crash. */
static void committed_evidence_is_attached_with_its_salt(void **state)
{
	struct fixture *f = *state;
	uint8_t salt[RECORD_SALT_LEN] = "0123456789abcde";
	CLEANUP_BUF struct buf blob = BUF_INIT(4096);
	char hex[HASH_HEX_LEN + 1], expected[HASH_HEX_LEN + 32];
	struct hash hash;

	assert_int_equal(record_evidence_make(salt, view_of_string("what was found"),
	                                      &blob, &hash, NULL),
	                 STATUS_OK);
	hash_hex(&hash, hex);
	create_as(f, &eve);
	assert_int_equal(post_at(f, NORTH, DRAFTS "/d1/attachments?name=x&salted=1",
	                         "application/octet-stream", view_of_string("short")),
	                 413);
	assert_int_equal(post_at(f, NORTH, DRAFTS "/d1/attachments?name=x&salted=2",
	                         "application/octet-stream", buf_view(&blob)),
	                 400);
	assert_int_equal(post_at(f, NORTH, DRAFTS "/d1/attachments?name=x&salted=1",
	                         "application/octet-stream", buf_view(&blob)),
	                 201);
	crash(f);
	assert_int_equal(submit_as(f, &eve, 2), STATUS_OK);
	assert_int_equal(approve_as(f, &bob, 2), STATUS_OK);
	assert_int_equal(get(f, "/api/channels/CHANNEL/messages?kind=text"), 200);
	(void)snprintf(expected, sizeof expected, "\"blob\":\"%s\"", hex);
	assert_true(holds(f, expected));
}

static void an_attachment_can_be_taken_away(void **state)
{
	struct fixture *f = *state;

	create_as(f, &eve);
	for (int i = 0; i < 2; i++)
		assert_int_equal(post_at(f, NORTH, DRAFTS "/d1/attachments?name=x",
		                         "application/octet-stream", view_of_string("x")),
		                 201);
	assert_int_equal(post(f, DRAFTS "/d1/attachments/1/remove", ""), 200);
	assert_int_equal(member(f, "attachments")->count, 1);
	assert_int_equal(number(f, "version"), 4);
	assert_int_equal(post(f, DRAFTS "/d1/attachments/1/remove", ""), 404);
	assert_int_equal(post(f, DRAFTS "/d1/attachments/x/remove", ""), 400);
	crash(f);
	assert_int_equal(get(f, DRAFTS "/d1"), 200);
	assert_int_equal(member(f, "attachments")->count, 1);
}

static void too_many_and_too_large_ones_are_refused(void **state)
{
	static const char *const names[] = {
	    "", "?name=", "?name=a%2Fb", "?name=a%0Ab", "?name=a%5Cb", "?name=%FF"};
	struct fixture *f = *state;
	CLEANUP_BUF struct buf large = BUF_INIT(4 << 20);
	char path[100];

	for (size_t i = 0; i <= 2097152 - RECORD_SALT_LEN; i++)
		buf_append_byte(&large, 'x');
	create_as(f, &eve);
	assert_int_equal(post_at(f, NORTH, DRAFTS "/d1/attachments?name=x",
	                         "application/octet-stream", buf_view(&large)),
	                 413);
	assert_true(holds(f, "\"fields\":[{\"field\":\"attachments\",\"why\":"));
	assert_true(holds(f, "the charter allows 2097136 bytes in each"));
	large.len--;
	for (int i = 0; i < 2; i++)
		assert_int_equal(post_at(f, NORTH, DRAFTS "/d1/attachments?name=x",
		                         "application/octet-stream", buf_view(&large)),
		                 201);
	assert_int_equal(post_at(f, NORTH, DRAFTS "/d1/attachments?name=x",
	                         "application/octet-stream", view_of_string("x")),
	                 413);
	assert_true(holds(f, "the charter allows 2 in one message"));
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(path, sizeof path, DRAFTS "/d1/attachments%s", names[i]);
		if (post_at(f, NORTH, path, "application/octet-stream",
		            view_of_string("x")) != 400)
			fail_msg("accepted: %s", names[i]);
	}
}

static void what_is_discarded_leaves_no_files(void **state)
{
	struct fixture *f = *state;

	create_as(f, &eve);
	assert_int_equal(post_at(f, NORTH, DRAFTS "/d1/attachments?name=x",
	                         "application/octet-stream", view_of_string("x")),
	                 201);
	assert_int_equal(post(f, DRAFTS "/d1/discard", ""), 200);
	assert_true(says(f, "state", "discarded"));
	assert_int_equal(member(f, "attachments")->count, 0);
	assert_true(holds(f, "Hello"));
	assert_int_equal(get(f, DRAFTS "?state=discarded"), 200);
	assert_int_equal(member(f, "drafts")->count, 1);
}

/* ---- a message that must wait ---- */

static void a_message_that_waits_gets_its_id_later(void **state)
{
	struct fixture *f = *state;

	f->world.desks[SOUTH].is_cut = true;
	crash(f); /* nobody shows north what it last saw */
	assert_int_equal(create(f, MESSAGE), 201);
	assert_int_equal(post(f, DRAFTS "/d1/submit", "{\"version\":1}"), 201);
	assert_true(holds(f, "\"queued\":true"));
	assert_false(holds(f, "\"sent\":"));
	f->world.desks[SOUTH].is_cut = false;
	world_pass(&f->world, 180000);
	assert_int_equal(get(f, DRAFTS "/d1"), 200);
	assert_true(holds(f, "\"sent\":\"north.example#"));
	assert_false(holds(f, "\"queued\""));
}

static void a_damaged_row_is_not_taken(void **state)
{
	static const char *const rows[] = {
	    "", "{}", "{\"channel\":\"x\"}",
	    "{\"channel\":"
	    "\"abababababababababababababababababababababababababababababababab\","
	    "\"state\":\"lost\",\"version\":1,\"created\":{\"by\":\"a\",\"time\":"
	    "\"2026-11-20T23:49:00Z\"},\"changed\":{\"by\":\"a\",\"time\":"
	    "\"2026-11-20T23:49:00Z\"},\"next_file\":1,\"files\":[]}"};
	struct fixture *f = *state;
	struct desk *desk = f->world.desks[NORTH].desk;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct office *again = NULL;

		assert_int_equal(
		    desk_store(desk).ops->put(desk_store(desk).self, STORE_META,
		                              view_of_string("office/draft/0000000001"),
		                              view_of_string(rows[i]), NULL),
		    STATUS_OK);
		if (office_open(desk, f->world.now_ms, &again, NULL) != STATUS_MALFORMED)
			fail_msg("accepted: %s", rows[i]);
	}
}

#define WITH_DESKS(test) cmocka_unit_test_setup_teardown(test, set_up, fixture_free)
#define WITH_APPROVAL(test) \
	cmocka_unit_test_setup_teardown(test, set_up_approval, fixture_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_DESKS(releases_are_an_officers),
	    WITH_DESKS(a_draft_is_kept_as_one_types),
	    WITH_DESKS(numbers_are_never_used_again),
	    WITH_DESKS(an_older_version_is_told_so),
	    WITH_DESKS(what_is_no_draft_is_refused),
	    WITH_DESKS(each_field_has_its_problem),
	    WITH_DESKS(the_check_says_who_gets_it),
	    WITH_DESKS(what_is_wrong_is_not_sent),
	    WITH_DESKS(without_approval_one_person_sends),
	    WITH_APPROVAL(nobody_is_the_second_person_of_his_own),
	    WITH_APPROVAL(who_edited_last_is_no_second_person),
	    WITH_APPROVAL(who_wrote_first_is_no_second_person),
	    WITH_APPROVAL(a_token_is_its_makers_hand),
	    WITH_APPROVAL(an_edit_takes_the_request_back),
	    WITH_APPROVAL(a_returned_draft_says_why),
	    WITH_APPROVAL(approval_and_message_are_one_commit),
	    WITH_APPROVAL(attachments_outlive_the_process),
	    WITH_APPROVAL(committed_evidence_is_attached_with_its_salt),
	    WITH_APPROVAL(an_attachment_can_be_taken_away),
	    WITH_APPROVAL(too_many_and_too_large_ones_are_refused),
	    WITH_APPROVAL(what_is_discarded_leaves_no_files),
	    WITH_DESKS(a_message_that_waits_gets_its_id_later),
	    WITH_DESKS(a_damaged_row_is_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
