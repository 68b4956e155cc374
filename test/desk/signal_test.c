/* SPDX-License-Identifier: Apache-2.0 */
/* Signals that the charter's codebooks have, and what a desk does about those that it
 * can't read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "desk/state.h"
#include "record/codebook.h"
#include "world.h"

/* A charter that names a book which nobody has. */
#define FOREIGN_BOOK                                                           \
	"{\"duties\":[],\"codebooks\":[\"abababababababababababababababababab" \
	"abababababababababababababab\"]}"

static const char *default_book_template(void)
{
	static char template_json[256];
	char hex[HASH_HEX_LEN + 1];
	hash_hex(&record_codebook_default_digest, hex);
	snprintf(template_json, sizeof template_json,
	         "{\"duties\":[],\"codebooks\":[\"%s\"]}", hex);
	return template_json;
}

/* Makes a desk believe that the charter names the default book, so that it sends what the
 * others can't read. */
static void mislead(struct world *world, size_t desk)
{
	struct channel *channel = world->desks[desk].desk->channels[0];
	for (size_t i = 0; i < channel->agreement_count; i++) {
		struct record_charter *charter = &channel->agreements[i]->charter;
		charter->codebooks[0] = record_codebook_default_digest;
		charter->codebook_count = 1;
	}
}

static void join(struct world *world, size_t desk, struct view notes)
{
	struct desk *it = world->desks[desk].desk;
	struct error err;
	bool is_open;
	desk_turn_begin(it, world->now_ms);
	if (desk_join(it, notes, &is_open, NULL, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	assert_int_equal(desk_turn_end(it, NULL), STATUS_OK);
}

/* Appends the amendment, signed by the first `signers` desks; added: a desk, or 0. */
static void amend(struct world *world, const char *template_json, size_t added,
                  size_t signers, struct buf *ret_note)
{
	const struct testing_desk *new_one = &world->desks[added].testing;
	struct view card_note = buf_view(&new_one->note);
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	struct desk_channel_info info;
	desk_channel(world->desks[0].desk, 0, &info);
	struct record_charter_draft draft = {.previous = info.charter,
	                                     .cards = &new_one->card,
	                                     .card_notes = &card_note,
	                                     .card_count = added ? 1 : 0,
	                                     .date_s = world->now_ms / 1000,
	                                     .nonce = "testing nonce 17",
	                                     .template_json =
	                                         view_of_string(template_json)};
	struct error err;
	if (record_charter_draft(&draft, &text, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	buf_append_view(ret_note, buf_view(&text));
	buf_append_byte(ret_note, '\n');
	for (size_t i = 0; i < signers; i++)
		testing_charter_sign(&world->desks[i].testing, buf_view(&text), ret_note);
}

static enum status send(struct world *world, size_t desk, int number,
                        const char *parameters, const char *to,
                        struct record_message_id *ret_id, struct error *err)
{
	char body[1024], hex[HASH_HEX_LEN + 1];
	struct record_name name;
	hash_hex(&record_codebook_default_digest, hex);
	int len = snprintf(body, sizeof body, "{\"codebook\":\"%s\",\"number\":%d%s}",
	                   hex, number, parameters);
	struct desk_draft draft = {.kind = "signal", .body = view_of(body, (size_t)len)};
	if (to) {
		assert_int_equal(record_name_decode(view_of_string(to), &name, NULL),
		                 STATUS_OK);
		draft.to = &name;
		draft.to_count = 1;
	}
	desk_turn_begin(world->desks[desk].desk, world->now_ms);
	enum status status = desk_submit(world->desks[desk].desk, 0, &draft, ret_id, err);
	assert_int_equal(desk_turn_end(world->desks[desk].desk, NULL), STATUS_OK);
	return status;
}

static struct record_message_id sent(struct world *world, size_t desk, int number,
                                     const char *parameters, const char *to)
{
	struct record_message_id id;
	struct error err;
	if (send(world, desk, number, parameters, to, &id, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	return id;
}

/* Answers by this desk, as far as `reader` holds them, to the message (NULL: any). */
static size_t count_answers(struct world *world, size_t reader, size_t author,
                            const struct record_message_id *re)
{
	struct record_message_id id = {.desk = world->desks[author].testing.card.name};
	struct desk_message message;
	size_t count = 0;
	while (desk_message_read(world->desks[reader].desk, 0, &id, &message, NULL) ==
	       STATUS_OK) {
		const struct record_envelope *envelope = message.envelope;
		bool is_answer = strcmp(envelope->kind, "signal.unknown") == 0;
		if (is_answer)
			assert_false(message.is_malformed);
		count += is_answer &&
		         (!re || (re->index == envelope->re.index &&
		                  strcmp(re->desk.text, envelope->re.desk.text) == 0));
		id.index++;
	}
	return count;
}

static void a_signal_of_the_book_arrives_unanswered(void **state)
{
	struct world world;
	struct desk_message message;
	world_init(&world, 2, default_book_template());
	struct record_message_id id = sent(&world, 0, 101, "", NULL);
	world_settle(&world);
	world_pass(&world, 5000);
	assert_int_equal(desk_message_read(world.desks[1].desk, 0, &id, &message, NULL),
	                 STATUS_OK);
	assert_string_equal(message.envelope->kind, "signal");
	assert_false(message.is_malformed || message.is_unreadable);
	assert_int_equal(count_answers(&world, 1, 1, NULL), 0);
	world_release(&world);
}

static void a_wrong_signal_is_refused_before_it_is_written(void **state)
{
	static const struct {
		int number;
		const char *parameters, *sentence;
	} wrong[] = {
	    {199, "", "number: the codebook aldis.default has no signal 199"},
	    {103, "",
	     "parameter since: is missing; it is a time such as 2026-11-20T23:49:00Z"},
	    {103, ",\"parameters\":[{\"name\":\"since\",\"value\":\"noon\"}]",
	     "parameter since: must be a time such as 2026-11-20T23:49:00Z"},
	    {101, ",\"parameters\":[{\"name\":\"by\",\"value\":\"x\"}]",
	     "parameter by: signal 101 does not have it"},
	};
	struct world world;
	struct record_message_id id;
	struct error err;
	world_init(&world, 2, default_book_template());
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_int_equal(send(&world, 0, wrong[i].number, wrong[i].parameters,
		                      NULL, &id, &err),
		                 STATUS_MALFORMED);
		assert_string_equal(err.text, wrong[i].sentence);
	}
	world_release(&world);
	world_init(&world, 2, FOREIGN_BOOK);
	assert_int_equal(send(&world, 0, 101, "", NULL, &id, &err), STATUS_MALFORMED);
	assert_string_equal(err.text,
	                    "codebook: it is not among those that the charter names");
	world_release(&world);
}

static void what_a_desk_cant_read_it_says_once(void **state)
{
	struct world world;
	struct desk_message message;
	world_init(&world, 2, FOREIGN_BOOK);
	mislead(&world, 1);
	struct record_message_id id = sent(&world, 1, 101, "", NULL);
	world_settle(&world);
	assert_int_equal(count_answers(&world, 0, 0, &id), 1);
	assert_int_equal(count_answers(&world, 1, 0, &id), 1);
	assert_int_equal(desk_message_read(world.desks[0].desk, 0, &id, &message, NULL),
	                 STATUS_OK);
	assert_true(message.is_unreadable);
	assert_false(message.is_malformed);
	world_pass(&world, 130 * 1000);
	world_crash(&world, 0);
	world_pass(&world, 130 * 1000);
	assert_int_equal(count_answers(&world, 0, 0, NULL), 1);
	assert_true(world_agrees(&world));
	world_release(&world);
}

/* Its number is known, so it is not answered; what it starts does not depend on books. */
static void wrong_parameters_of_others_are_flagged(void **state)
{
	struct world world;
	struct desk_message message;
	char body[256], hex[HASH_HEX_LEN + 1];
	world_init(&world, 2, default_book_template());
	struct record_message_id id = {.desk = world.desks[1].testing.card.name};
	struct desk *south = world.desks[1].desk;
	hash_hex(&record_codebook_default_digest, hex);
	int len =
	    snprintf(body, sizeof body, "{\"codebook\":\"%s\",\"number\":103}", hex);
	desk_turn_begin(south, world.now_ms);
	id.index = south->channels[0]->logs[1]->tree.size;
	assert_int_equal(compose_automatic(south, south->channels[0], "signal", NULL,
	                                   view_of(body, (size_t)len)),
	                 STATUS_OK);
	assert_int_equal(desk_turn_end(south, NULL), STATUS_OK);
	world_settle(&world);
	assert_int_equal(desk_message_read(world.desks[0].desk, 0, &id, &message, NULL),
	                 STATUS_OK);
	assert_true(message.is_unreadable);
	assert_false(message.is_malformed);
	assert_string_equal(
	    message.why,
	    "parameter since: is missing; it is a time such as 2026-11-20T23:49:00Z");
	assert_int_equal(count_answers(&world, 0, 0, NULL), 0);
	world_release(&world);
}

static void only_those_addressed_answer(void **state)
{
	struct world world;
	world_init(&world, 3, FOREIGN_BOOK);
	mislead(&world, 1);
	struct record_message_id to_west = sent(&world, 1, 101, "", "west.example");
	struct record_message_id to_all = sent(&world, 1, 101, "", NULL);
	world_settle(&world);
	world_pass(&world, 5000);
	assert_int_equal(count_answers(&world, 0, 0, &to_west), 0);
	assert_int_equal(count_answers(&world, 0, 2, &to_west), 1);
	assert_int_equal(count_answers(&world, 0, 0, &to_all), 1);
	assert_int_equal(count_answers(&world, 0, 2, &to_all), 1);
	assert_int_equal(count_answers(&world, 1, 1, NULL), 0);
	world_release(&world);
}

/* It is owed as soon as the signal is held, whatever happens before it can be written. */
static void an_answer_survives_a_crash(void **state)
{
	struct world world;
	world_init(&world, 2, FOREIGN_BOOK);
	mislead(&world, 1);
	struct record_message_id id = sent(&world, 1, 101, "", NULL);
	struct desk *north = world.desks[0].desk;
	while (north->channels[0]->logs[1]->unanswered_count == 0)
		assert_true(world_deliver(&world));
	assert_int_equal(count_answers(&world, 0, 0, &id), 0);
	world_crash(&world, 0);
	assert_int_equal(world.desks[0].desk->channels[0]->logs[1]->unanswered_count, 1);
	world_pass(&world, 130 * 1000);
	assert_int_equal(count_answers(&world, 1, 0, &id), 1);
	assert_int_equal(world.desks[0].desk->channels[0]->logs[1]->unanswered_count, 0);
	world_crash(&world, 0);
	assert_int_equal(world.desks[0].desk->channels[0]->logs[1]->unanswered_count, 0);
	world_release(&world);
}

/* The signal comes back from its author, and the answer from whoever held it. */
static void nothing_is_answered_again_after_a_loss(void **state)
{
	struct world world;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct desk_channel_info info;
	world_init(&world, 3, FOREIGN_BOOK);
	mislead(&world, 1);
	struct record_message_id id = sent(&world, 1, 101, "", NULL);
	world_settle(&world);
	world_pass(&world, 5000);
	assert_int_equal(count_answers(&world, 1, 0, &id), 1);
	desk_channel(world.desks[1].desk, 0, &info);
	buf_append_view(&note, info.charter_note);
	world_stop(&world, 0);
	world_lose_store(&world, 0);
	world_start(&world, 0);
	world_join(&world, 0, buf_view(&note));
	desk_turn_begin(world.desks[0].desk, world.now_ms);
	desk_recover(world.desks[0].desk);
	assert_int_equal(desk_turn_end(world.desks[0].desk, NULL), STATUS_OK);
	world_pass(&world, 130 * 1000);
	assert_int_equal(world.desks[0].desk->channels[0]->state, DESK_LOG_READY);
	assert_int_equal(count_answers(&world, 0, 0, &id), 1);
	struct record_message_id second = sent(&world, 1, 102, "", NULL);
	world_pass(&world, 130 * 1000);
	assert_int_equal(count_answers(&world, 0, 0, &second), 1);
	assert_int_equal(count_answers(&world, 0, 0, NULL), 2);
	assert_true(world_agrees(&world));
	world_release(&world);
}

static void a_book_is_adopted_by_amendment(void **state)
{
	struct world world;
	struct desk_message message;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	world_init(&world, 2, FOREIGN_BOOK);
	mislead(&world, 1);
	struct record_message_id before = sent(&world, 1, 101, "", NULL);
	world_settle(&world);
	amend(&world, "{\"codebooks\":[\"default\"]}", 0, 2, &note);
	join(&world, 0, buf_view(&note));
	join(&world, 1, buf_view(&note));
	world_pass(&world, 5000);
	struct record_message_id after = sent(&world, 0, 101, "", NULL);
	world_pass(&world, 5000);
	assert_int_equal(
	    desk_message_read(world.desks[1].desk, 0, &after, &message, NULL), STATUS_OK);
	assert_false(message.is_unreadable);
	assert_int_equal(count_answers(&world, 1, 1, NULL), 0);
	/* what was written under the charter before stays what it was */
	assert_int_equal(
	    desk_message_read(world.desks[0].desk, 0, &before, &message, NULL),
	    STATUS_OK);
	assert_true(message.is_unreadable);
	assert_int_equal(count_answers(&world, 0, 0, &before), 1);
	world_release(&world);
}

static void who_comes_later_answers_nothing_from_before(void **state)
{
	struct world world;
	struct testing_desk two[2];
	CLEANUP_BUF struct buf notes = BUF_INIT(2 * RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	world_init_bare(&world, 3);
	for (size_t i = 0; i < 2; i++)
		two[i] = world.desks[i].testing;
	testing_charter_note(two, 2, FOREIGN_BOOK, &notes);
	join(&world, 0, buf_view(&notes));
	join(&world, 1, buf_view(&notes));
	world_settle(&world);
	mislead(&world, 1);
	struct record_message_id before = sent(&world, 1, 101, "", NULL);
	world_settle(&world);
	amend(&world, "", 2, 3, &note);
	buf_append_view(&notes, buf_view(&note));
	join(&world, 0, buf_view(&note));
	join(&world, 1, buf_view(&note));
	join(&world, 2, buf_view(&notes));
	world_pass(&world, 130 * 1000);
	mislead(&world, 1);
	struct record_message_id after = sent(&world, 1, 102, "", NULL);
	world_pass(&world, 130 * 1000);
	assert_int_equal(count_answers(&world, 0, 0, &before), 1);
	assert_int_equal(count_answers(&world, 0, 2, &before), 0);
	assert_int_equal(count_answers(&world, 0, 0, &after), 1);
	assert_int_equal(count_answers(&world, 0, 2, &after), 1);
	assert_true(world_agrees(&world));
	world_release(&world);
}

static void many_are_answered_over_some_turns(void **state)
{
	struct world world;
	world_init(&world, 2, FOREIGN_BOOK);
	mislead(&world, 1);
	for (int i = 0; i < 150; i++)
		(void)sent(&world, 1, 101, "", NULL);
	world_settle(&world);
	world_pass(&world, 5000);
	assert_int_equal(count_answers(&world, 1, 0, NULL), 150);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_signal_of_the_book_arrives_unanswered),
	    cmocka_unit_test(a_wrong_signal_is_refused_before_it_is_written),
	    cmocka_unit_test(what_a_desk_cant_read_it_says_once),
	    cmocka_unit_test(wrong_parameters_of_others_are_flagged),
	    cmocka_unit_test(only_those_addressed_answer),
	    cmocka_unit_test(an_answer_survives_a_crash),
	    cmocka_unit_test(nothing_is_answered_again_after_a_loss),
	    cmocka_unit_test(a_book_is_adopted_by_amendment),
	    cmocka_unit_test(who_comes_later_answers_nothing_from_before),
	    cmocka_unit_test(many_are_answered_over_some_turns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
