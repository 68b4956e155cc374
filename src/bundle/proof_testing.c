/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A channel with times of a test's choosing: what honest and other desks would have left
 * behind.
 */
#include "bundle/proof_testing.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "tlog/cosignature.h"
#include "tlog/proof.h"

enum { TAMPERED = 200 };

static const char *const desk_names[TESTING_DESKS_MAX] = {
    "north.example", "south.example", "east.example", "west.example"};
static const char *const witness_names[PROOF_WORLD_WITNESSES] = {
    "w1.example/witness", "w2.example/witness", "w3.example/witness"};

static void witness_vkey(size_t witness, struct tlog_vkey *ret_key)
{
	struct ed25519_secret *secret =
	    testing_secret_new(witness_names[witness], RECORD_ROLE_WITNESS);
	struct ed25519_public public_key = ed25519_secret_public(secret);

	assert_int_equal(tlog_vkey_init(ret_key, witness_names[witness],
	                                TLOG_KEY_ED25519_COSIGNATURE, &public_key, NULL),
	                 STATUS_OK);
	ed25519_secret_free(secret);
}

static void append_policy(struct buf *out)
{
	CLEANUP_BUF struct buf policy = BUF_INIT(TLOG_POLICY_MAX);
	struct tlog_vkey key;

	for (size_t i = 0; i < PROOF_WORLD_WITNESSES; i++) {
		witness_vkey(i, &key);
		buf_printf(&policy, "witness w%zu ", i + 1);
		tlog_vkey_append(&policy, &key);
		buf_append_byte(&policy, '\n');
	}
	buf_append_string(&policy, "group two 2 w1 w2 w3\nquorum two\n");
	buf_append_string(out, ",\"witnesses\":");
	json_append_string(out, buf_view(&policy));
}

void proof_world_open(struct proof_world *world, size_t desk_count, bool has_witnesses,
                      const char *members)
{
	*world = (struct proof_world){.channel.desk_count = desk_count};
	world->template_json = BUF_INIT(SIZE_MAX);
	buf_printf(&world->template_json, "{%s", members);
	if (has_witnesses)
		append_policy(&world->template_json);
	buf_append_string(&world->template_json, "}");
	buf_append_byte(&world->template_json, '\0');
	world->channel.template_json = (const char *)world->template_json.data;
	for (size_t i = 0; i < desk_count; i++)
		testing_desk_init(&world->channel.desks[i], desk_names[i], NULL);
	testing_channel_begin(&world->channel);
}

void proof_world_release(struct proof_world *world)
{
	for (size_t i = 0; i < TESTING_DESKS_MAX; i++)
		for (size_t j = 0; j < world->kept_count[i]; j++)
			buf_release(&world->kept[i][j].note);
	buf_release(&world->template_json);
	testing_channel_release(&world->channel);
}

uint64_t proof_world_write(struct proof_world *world, size_t author, int64_t at_s,
                           const char *kind, const char *body, const char *re)
{
	struct testing_channel *channel = &world->channel;
	struct record_seen seen[TESTING_DESKS_MAX];
	struct record_message_id id;
	struct testing_message message = {.kind = kind, .body = body, .seen = seen};

	for (size_t i = 0; i < channel->desk_count; i++) {
		if (world->held[author][i] <= world->named[author][i])
			continue;
		world->named[author][i] = world->held[author][i];
		seen[message.seen_count++] = (struct record_seen){
		    .desk = channel->desks[i].card.name,
		    .size = world->held[author][i],
		    .root = testing_channel_root(channel, i, world->held[author][i])};
	}
	if (re != NULL) {
		assert_int_equal(record_message_id_decode(view_of_string(re), &id, NULL),
		                 STATUS_OK);
		message.re = &id;
	}
	channel->now_s = PROOF_WORLD_START_S + at_s;
	testing_channel_write(channel, author, &message);
	return channel->logs[author].count - 1;
}

struct buf *proof_world_keep(struct proof_world *world, size_t author)
{
	size_t at = world->kept_count[author]++;
	struct buf *note = &world->kept[author][at].note;

	assert_true(at < PROOF_WORLD_KEPT_MAX);
	*note = BUF_INIT(TLOG_NOTE_MAX);
	world->kept[author][at].size = world->channel.logs[author].count;
	testing_channel_sign(&world->channel, author, world->channel.logs[author].count,
	                     note);
	return note;
}

struct buf *proof_world_deliver(struct proof_world *world, size_t author, size_t holder,
                                int64_t at_s)
{
	struct buf *note = proof_world_keep(world, author);

	testing_channel_cosign(&world->channel, holder, PROOF_WORLD_START_S + at_s, note);
	world->held[holder][author] = world->channel.logs[author].count;
	return note;
}

void proof_world_witness(const struct proof_world *world, size_t witness, int64_t at_s,
                         struct buf *note)
{
	CLEANUP_BUF struct buf line = BUF_INIT(TLOG_NOTE_MAX);
	struct ed25519_secret *secret =
	    testing_secret_new(witness_names[witness], RECORD_ROLE_WITNESS);
	struct tlog_vkey key;
	struct tlog_note parsed;

	(void)world;
	witness_vkey(witness, &key);
	assert_int_equal(tlog_note_parse(buf_view(note), &parsed, NULL), STATUS_OK);
	tlog_cosignature_sign(&line, &key, secret, (uint64_t)(PROOF_WORLD_START_S + at_s),
	                      parsed.text);
	buf_append_view(note, buf_view(&line));
	ed25519_secret_free(secret);
}

uint64_t proof_world_receipt(struct proof_world *world, size_t author, uint64_t of,
                             size_t holder, int64_t line_s, int64_t sent_s)
{
	CLEANUP_BUF struct buf body = BUF_INIT(SIZE_MAX), bare = BUF_INIT(SIZE_MAX);
	const struct buf *note = proof_world_deliver(world, author, holder, line_s);
	struct view lines, line;
	struct tlog_note parsed;

	assert_int_equal(tlog_note_parse(buf_view(note), &parsed, NULL), STATUS_OK);
	lines = parsed.lines;
	assert_true(view_take_line(&lines, &line));
	buf_append(&bare, note->data, (size_t)(lines.data - note->data));
	buf_printf(&body, "{\"of\":\"%s#%llu\",\"from\":\"%s\",\"checkpoint\":",
	           desk_names[author], (unsigned long long)of, desk_names[holder]);
	json_append_string(&body, buf_view(&bare));
	buf_append_string(&body, ",\"line\":");
	json_append_string(&body, lines);
	buf_append_string(&body, "}");
	buf_append_byte(&body, '\0');
	return proof_world_write(world, author, sent_s, "receipt",
	                         (const char *)body.data, NULL);
}

uint64_t proof_world_check(struct proof_world *world, size_t author, int64_t at_s,
                           const struct buf *note)
{
	CLEANUP_BUF struct buf body = BUF_INIT(SIZE_MAX);

	if (note == NULL)
		return proof_world_write(world, author, at_s, "check", NULL, NULL);
	buf_append_string(&body, "{\"witness\":[");
	json_append_string(&body, buf_view(note));
	buf_append_string(&body, "]}");
	buf_append_byte(&body, '\0');
	return proof_world_write(world, author, at_s, "check", (const char *)body.data,
	                         NULL);
}

void proof_world_replace(struct proof_world *world, size_t author, uint64_t index,
                         struct view entry)
{
	struct testing_log *log = &world->channel.logs[author];

	buf_clear(&log->entries[index].entry);
	buf_append_view(&log->entries[index].entry, entry);
	test_tree_release(&log->tree);
	log->tree = (struct test_tree){0};
	for (size_t i = 0; i < log->count; i++)
		test_tree_add(&log->tree, buf_view(&log->entries[i].entry));
}

void proof_world_evidence(struct proof_world *world, struct proof_world *other,
                          size_t author, uint64_t small, uint64_t big, struct buf *out)
{
	CLEANUP_BUF struct buf note = BUF_INIT(SIZE_MAX);
	struct hash root = testing_channel_root(&other->channel, author, small);
	struct tlog_proof proof;

	buf_printf(out, "{\"aldis\":1,\"origin\":\"%s\",\"small\":",
	           world->channel.logs[author].origin);
	testing_channel_sign(&world->channel, author, small, &note);
	json_append_string(out, buf_view(&note));
	buf_clear(&note);
	testing_channel_sign(&other->channel, author, big, &note);
	buf_append_string(out, ",\"big\":");
	json_append_string(out, buf_view(&note));
	assert_int_equal(tlog_proof_consistency(small, big, test_tree_read,
	                                        &other->channel.logs[author].tree, &proof,
	                                        NULL),
	                 STATUS_OK);
	buf_append_string(out, ",\"other_root\":\"");
	base64_append(out, hash_view(&root));
	buf_append_string(out, "\",\"proof\":[");
	for (size_t i = 0; i < proof.count; i++) {
		buf_append_string(out, i > 0 ? ",\"" : "\"");
		base64_append(out, hash_view(&proof.hashes[i]));
		buf_append_string(out, "\"");
	}
	buf_append_string(out, "]}");
}

/* The source */

static size_t desk_of(const struct proof_world *world, const char *desk)
{
	for (size_t i = 0; i < world->channel.desk_count; i++)
		if (strcmp(desk_names[i], desk) == 0)
			return i;
	return SIZE_MAX;
}

static uint64_t shown_size(const struct proof_world *world, size_t log)
{
	uint64_t shown = world->shown[log], size = world->channel.logs[log].count;

	return shown > 0 && shown < size ? shown : size;
}

static bool source_charter(void *self, size_t nth, struct view *ret_note)
{
	const struct proof_world *world = self;

	if (nth > world->amendment_count)
		return false;
	*ret_note = nth == 0 ? buf_view(&world->channel.charter_note)
	                     : world->amendments[nth - 1];
	return true;
}

static bool source_card(void *self, const char *desk, struct view *ret_note)
{
	const struct proof_world *world = self;
	size_t i = desk_of(world, desk);

	if (i == SIZE_MAX)
		return false;
	*ret_note = world->card_notes[i].len > 0
	                ? world->card_notes[i]
	                : buf_view(&world->channel.desks[i].note);
	return true;
}

static uint64_t source_size(void *self, const char *desk)
{
	const struct proof_world *world = self;
	size_t i = desk_of(world, desk);

	return i == SIZE_MAX ? 0 : shown_size(world, i);
}

static enum status source_bytes(const struct proof_world *world, const char *desk,
                                uint64_t index, bool is_body, struct buf *out,
                                struct error *err)
{
	size_t i = desk_of(world, desk);

	if (i == SIZE_MAX || index >= shown_size(world, i))
		return error_set(err, STATUS_NOT_FOUND, "not held");
	const struct testing_entry *entry = &world->channel.logs[i].entries[index];
	if (is_body && entry->blob.len == 0)
		return error_set(err, STATUS_NOT_FOUND, "no body");
	buf_append_view(out, buf_view(is_body ? &entry->blob : &entry->entry));
	return STATUS_OK;
}

static enum status source_entry(void *self, const char *desk, uint64_t index,
                                struct buf *out, struct error *err)
{
	return source_bytes(self, desk, index, false, out, err);
}

static enum status source_body(void *self, const char *desk, uint64_t index,
                               struct buf *out, struct error *err)
{
	return source_bytes(self, desk, index, true, out, err);
}

static enum status source_checkpoint(void *self, const char *desk, uint64_t at_least,
                                     struct buf *out, struct error *err)
{
	const struct proof_world *world = self;
	size_t i = desk_of(world, desk);

	for (size_t j = 0; i != SIZE_MAX && j < world->kept_count[i]; j++)
		if (world->kept[i][j].size >= at_least &&
		    world->kept[i][j].size <= shown_size(world, i)) {
			buf_append_view(out, buf_view(&world->kept[i][j].note));
			return STATUS_OK;
		}
	return error_set(err, STATUS_NOT_FOUND, "no such checkpoint");
}

static enum status source_node(void *self, const char *desk, unsigned level,
                               uint64_t index, struct hash *ret_node, struct error *err)
{
	struct proof_world *world = self;
	size_t i = desk_of(world, desk);

	if (i == SIZE_MAX)
		return error_set(err, STATUS_NOT_FOUND, "no such log");
	return test_tree_read(&world->channel.logs[i].tree, level, index, ret_node, err);
}

struct proof_source proof_world_source(struct proof_world *world)
{
	return (struct proof_source){.self = world,
	                             .charter_note = source_charter,
	                             .card_note = source_card,
	                             .log_size = source_size,
	                             .entry = source_entry,
	                             .body = source_body,
	                             .checkpoint = source_checkpoint,
	                             .node = source_node};
}

/* Verifying */

void proof_world_verify(const struct proof_world *world, struct view proof,
                        size_t card_count, struct bundle_result *ret_result)
{
	struct view cards[TESTING_DESKS_MAX];
	struct bundle_verify_options options = {.cards = cards, .card_count = card_count};
	struct error err = {0};

	for (size_t i = 0; i < card_count; i++)
		cards[i] = buf_view(&world->channel.desks[i].note);
	*ret_result = (struct bundle_result){0};
	if (bundle_verify_proof(proof, &options, ret_result, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

static bool says(const struct bundle_result *result, const char *words)
{
	for (size_t i = 0; i < result->statement_count; i++)
		if (strstr(bundle_statement(result, i), words) != NULL)
			return true;
	return false;
}

void proof_world_assert_yes(const struct proof_world *world, struct view proof,
                            const char *const *words)
{
	struct bundle_result result;

	proof_world_verify(world, proof, world->channel.desk_count, &result);
	if (!result.is_consistent)
		fail_msg("%s", result.why.text);
	assert_true(result.is_anchored);
	for (; *words != NULL; words++) {
		if (says(&result, *words))
			continue;
		for (size_t i = 0; i < result.statement_count; i++)
			print_message("  %s\n", bundle_statement(&result, i));
		fail_msg("nothing says '%s'", *words);
	}
	bundle_result_release(&result);
}

void proof_world_assert_no(const struct proof_world *world, struct view proof,
                           const char *words)
{
	struct bundle_result result;

	proof_world_verify(world, proof, world->channel.desk_count, &result);
	assert_false(result.is_consistent);
	if (strstr(result.why.text, words) == NULL)
		fail_msg("'%s' is not in '%s'", words, result.why.text);
	bundle_result_release(&result);
}

static void change(struct buf *copy, size_t at, unsigned how)
{
	switch (how % 3) {
	case 0:
		copy->data[at] ^= (uint8_t)(1U << (how % 7));
		break;
	case 1:
		memmove(copy->data + at, copy->data + at + 1, copy->len - at - 1);
		copy->len--;
		break;
	default:
		copy->data[at] = copy->data[at] == 'A' ? 'B' : 'A';
		break;
	}
}

/* The type line stays whole: without it the file is none of ours. */
void proof_world_tamper(const struct proof_world *world, struct view proof)
{
	size_t first = 0;

	while (proof.data[first] != '\n')
		first++;
	for (unsigned i = 0; i < TAMPERED; i++) {
		CLEANUP_BUF struct buf copy = BUF_INIT(SIZE_MAX);
		struct bundle_result result;
		size_t at = first + 1 + (proof.len - first - 1) / TAMPERED * i + i % 7;

		buf_append_view(&copy, proof);
		change(&copy, at, i);
		proof_world_verify(world, buf_view(&copy), world->channel.desk_count,
		                   &result);
		if (result.is_consistent)
			fail_msg("change %u at %zu ('%.20s') is accepted", i, at,
			         (const char *)proof.data + at);
		assert_true(result.why.text[0] != '\0');
		bundle_result_release(&result);
	}
}
