/* SPDX-License-Identifier: Apache-2.0 */
/* Exports of channels with neutral witnesses: their lines are part of the policy, and can
 * neither be changed nor taken away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "bundle/cosigners.h"
#include "bundle/export_fixture.h"
#include "crypto/random.h"
#include "tlog/cosignature.h"
#include "tlog/policy.h"

enum { WITNESSES = 2 };

struct scene {
	struct fixture f;
	struct ed25519_secret *secrets[WITNESSES];
	struct tlog_vkey keys[WITNESSES];
	struct buf template_json;
};

static void make_witnesses(struct scene *scene)
{
	CLEANUP_BUF struct buf policy = BUF_INIT(SIZE_MAX);

	for (size_t i = 0; i < WITNESSES; i++) {
		struct ed25519_seed seed = {{(uint8_t)(50 + i)}};
		struct ed25519_public public_key;
		char name[32];

		(void)snprintf(name, sizeof name, "w%zu.example", i);
		assert_int_equal(ed25519_secret_new(&seed, &scene->secrets[i], NULL),
		                 STATUS_OK);
		public_key = ed25519_secret_public(scene->secrets[i]);
		assert_int_equal(tlog_vkey_init(&scene->keys[i], name,
		                                TLOG_KEY_ED25519_COSIGNATURE, &public_key,
		                                NULL),
		                 STATUS_OK);
		buf_printf(&policy, "witness %s ", name);
		tlog_vkey_append(&policy, &scene->keys[i]);
		buf_append_string(&policy, "\n");
	}
	buf_append_string(&policy, "group g any w0.example w1.example\nquorum g\n");
	buf_append_string(&scene->template_json, "{\"witnesses\":");
	json_append_string(&scene->template_json, buf_view(&policy));
	buf_append(&scene->template_json, "}", 2);
}

static void cosign(struct scene *scene, size_t log, size_t witness, struct view text)
{
	struct buf *note = &scene->f.channel.logs[log].checkpoint;
	CLEANUP_BUF struct buf line = BUF_INIT(TLOG_NOTE_MAX);
	struct tlog_note parsed;

	assert_int_equal(tlog_note_parse(buf_view(note), &parsed, NULL), STATUS_OK);
	tlog_cosignature_sign(&line, &scene->keys[witness], scene->secrets[witness],
	                      1795219200, text.len > 0 ? text : parsed.text);
	buf_append_view(note, buf_view(&line));
}

/* Three desks; both witnesses saw north's log, the second one south's, none east's. */
static void open_scene(struct scene *scene)
{
	struct testing_channel *channel = &scene->f.channel;

	*scene = (struct scene){.template_json = BUF_INIT(SIZE_MAX)};
	assert_int_equal(crypto_init(NULL), STATUS_OK);
	make_witnesses(scene);
	make(&scene->f);
	channel->desk_count = 3;
	channel->template_json = (const char *)scene->template_json.data;
	testing_desk_init(&channel->desks[0], "north.example", NULL);
	testing_desk_init(&channel->desks[1], "south.example", NULL);
	testing_desk_init(&channel->desks[2], "east.example", NULL);
	testing_channel_begin(channel);
	testing_channel_fill(channel, 0, 10);
	testing_channel_seal(channel);
	cosign(scene, 0, 1, view_of("", 0));
	cosign(scene, 0, 0, view_of("", 0));
	cosign(scene, 1, 1, view_of("", 0));
}

static void close_scene(struct scene *scene)
{
	teardown(&scene->f);
	for (size_t i = 0; i < WITNESSES; i++)
		ed25519_secret_free(scene->secrets[i]);
	buf_release(&scene->template_json);
}

/* How many lines the exported policy finds on the exported checkpoint. */
static size_t count_verified(const struct fixture *f, size_t desk)
{
	struct bundle_path names[] = {in_log(f, desk, "checkpoint"),
	                              in_log(f, desk, "policy")};
	struct buf checkpoint = load(f, names[0].text), text = load(f, names[1].text);
	struct tlog_policy policy = {0};
	struct tlog_policy_result result = {0};

	assert_int_equal(tlog_policy_parse(buf_view(&text), &policy, NULL), STATUS_OK);
	assert_int_equal(tlog_policy_check(&policy, buf_view(&checkpoint), &result, NULL),
	                 STATUS_OK);
	tlog_policy_release(&policy);
	buf_release(&checkpoint);
	buf_release(&text);
	return result.verified_count;
}

static bool says(const struct bundle_result *result, const char *words)
{
	for (size_t i = 0; i < result->statement_count; i++)
		if (strstr(bundle_statement(result, i), words) != NULL)
			return true;
	return false;
}

static void witnesses_stand_in_the_policy_and_in_words(void **state TEST_UNUSED)
{
	struct scene scene;
	struct bundle_result result;

	open_scene(&scene);
	export_it(&scene.f);
	assert_int_equal(count_verified(&scene.f, 0), 4);
	assert_int_equal(count_verified(&scene.f, 1), 3);
	assert_int_equal(count_verified(&scene.f, 2), 2);
	assert_yes(&scene.f);
	result = verify_with(&scene.f, 3);
	assert_true(says(&result, "neutral witness w0.example saw these 11 entries of "
	                          "north.example at 2026-11-21T00:00:00Z"));
	assert_true(says(&result, "neutral witness w1.example saw these 1 entries of "
	                          "south.example"));
	assert_false(says(&result, "witness w0.example saw these 1 entries"));
	bundle_result_release(&result);
	close_scene(&scene);
}

static void drop_last_line(const struct fixture *f, const char *name)
{
	struct buf content = load(f, name);

	content.len--;
	while (content.data[content.len - 1] != '\n')
		content.len--;
	store(f, name, buf_view(&content));
	buf_release(&content);
}

static void a_witness_taken_away_is_found(void **state TEST_UNUSED)
{
	struct scene scene;

	open_scene(&scene);
	export_it(&scene.f);
	struct bundle_path checkpoint = in_log(&scene.f, 0, "checkpoint");
	struct bundle_path policy = in_log(&scene.f, 0, "policy");
	drop_last_line(&scene.f, checkpoint.text);
	reseal(&scene.f);
	assert_no(&scene.f, policy.text, "not the policy");
	close_scene(&scene);
}

static void a_line_that_does_not_verify_is_found(void **state TEST_UNUSED)
{
	struct scene scene;
	struct bundle_cosigners found;
	struct bundle_channel channel = {0};
	struct fixture *f = &scene.f;

	open_scene(&scene);
	cosign(&scene, 2, 0, view_of_string("something else\n"));
	assert_int_equal(bundle_channel_add_charter(
	                     &channel, buf_view(&f->channel.charter_note), NULL),
	                 STATUS_OK);
	assert_int_equal(bundle_channel_settle(&channel, NULL), STATUS_OK);
	assert_int_equal(bundle_cosigners_find(&channel, &channel.members[2],
	                                       buf_view(&f->channel.logs[2].checkpoint),
	                                       &found, NULL),
	                 STATUS_UNTRUSTED);
	bundle_channel_release(&channel);
	assert_int_not_equal(testing_channel_export(&f->channel, f->out, NULL),
	                     STATUS_OK);
	close_scene(&scene);
}

static void a_witness_alone_makes_the_quorum(void **state TEST_UNUSED)
{
	CLEANUP_BUF struct buf text = BUF_INIT(SIZE_MAX);
	struct bundle_cosigners found = {0};
	struct scene scene;

	open_scene(&scene);
	found.witnesses[0] = (struct bundle_witness){.key = &scene.keys[1], .number = 2};
	found.witness_count = 1;
	assert_int_equal(bundle_policy_append(scene.f.channel.logs[0].origin,
	                                      &scene.f.channel.desks[0].card, &found,
	                                      &text, NULL),
	                 STATUS_OK);
	assert_int_not_equal(
	    view_find(buf_view(&text),
	              view_of_string("group witnesses all w2\nquorum witnesses\n")),
	    SIZE_MAX);
	close_scene(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(witnesses_stand_in_the_policy_and_in_words),
	    cmocka_unit_test(a_witness_taken_away_is_found),
	    cmocka_unit_test(a_line_that_does_not_verify_is_found),
	    cmocka_unit_test(a_witness_alone_makes_the_quorum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
