/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of duties only: three desks with real keys and real trees that write entries,
 * record receipts and carry witness cosignatures, honest or forged; and the list of
 * duties that follows, whatever the order in which the logs are handed over.
 */
#ifndef ALDIS_RECORD_DUTIES_FIXTURE_H
#define ALDIS_RECORD_DUTIES_FIXTURE_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "codec/time_text.h"
#include "record/duties.h"
#include "record/testing.h"
#include "tlog/cosignature.h"
#include "tlog/tree.h"

enum { NORTH, SOUTH, EAST, DESKS };
enum { WITNESSES = 2, FIXTURE_ENTRIES = 4000, FIXTURE_CHARTERS = 3 };
enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };
static const int64_t T0 = 1795219200; /* 2026-11-21T00:00:00Z: on the hour */

static const char *const desk_names[DESKS] = {"north.example", "south.example",
                                              "east.example"};
static const char *const witness_names[WITNESSES] = {"geneva.example", "jakarta.example"};

struct fixture_entry {
	struct record_envelope envelope;
	struct record_name to;
	struct record_seen seen[DESKS];
	bool is_malformed;
	char *body;
	const struct record_charter *charter;
};

struct fixture_log {
	struct fixture_entry entries[FIXTURE_ENTRIES];
	struct hash roots[FIXTURE_ENTRIES + 1];
	size_t count;
	struct tlog_tree tree;
	struct tlog_vkey mirror_key;
	struct ed25519_secret *mirror;
	const struct record_charter *charter; /* of its next entries */
};

struct fixture {
	struct testing_desk desks[DESKS];
	struct record_charter charters[FIXTURE_CHARTERS];
	struct fixture_log *logs; /* DESKS of them */
	struct tlog_vkey witness_keys[WITNESSES];
	struct ed25519_secret *witnesses[WITNESSES];
	struct record_channel_id channel;
	/* What the next entry is to be unlike others. */
	bool is_blind; /* names nothing in seen */
	const char *to;
};

/* Two of two witnesses make the quorum. */
static inline void fixture_policy(struct fixture *fixture, char *ret_json, size_t cap)
{
	CLEANUP_BUF struct buf text = BUF_INIT(2000);

	for (int i = 0; i < WITNESSES; i++) {
		struct ed25519_public key;

		fixture->witnesses[i] =
		    testing_secret_new(witness_names[i], RECORD_ROLE_WITNESS);
		key = ed25519_secret_public(fixture->witnesses[i]);
		assert_int_equal(record_vkey(witness_names[i], "witness", &key,
		                             &fixture->witness_keys[i], NULL),
		                 STATUS_OK);
		buf_printf(&text, "witness w%d ", i);
		tlog_vkey_append(&text, &fixture->witness_keys[i]);
		buf_append_string(&text, "\\n");
	}
	(void)snprintf(ret_json, cap, "\"%.*sgroup g all w0 w1\\nquorum g\\n\"",
	               (int)text.len, (const char *)text.data);
}

/* A charter among the desks; settings: members of the template, "%W" for the policy. */
static inline void fixture_charter(struct fixture *fixture, int number,
                                   const char *settings)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf template = BUF_INIT(8000);
	char policy[2000];
	const char *place = strstr(settings, "%W");

	fixture_policy(fixture, policy, sizeof policy);
	if (place == NULL)
		buf_append_string(&template, settings);
	else
		buf_printf(&template, "%.*s%s%s", (int)(place - settings), settings,
		           policy, place + 2);
	buf_append_byte(&template, '\0');
	testing_charter_text(fixture->desks, DESKS, (const char *)template.data, &text);
	assert_int_equal(
	    record_charter_decode(buf_view(&text), &fixture->charters[number], NULL),
	    STATUS_OK);
}

static inline void fixture_init(struct fixture *fixture, const char *settings)
{
	*fixture = (struct fixture){0};
	fixture->logs = calloc(DESKS, sizeof *fixture->logs);
	assert_non_null(fixture->logs);
	for (int i = 0; i < DESKS; i++) {
		struct fixture_log *log = &fixture->logs[i];

		testing_desk_init(&fixture->desks[i], desk_names[i], NULL);
		tlog_tree_init(&log->tree);
		log->roots[0] = tlog_tree_root(&log->tree);
		log->charter = &fixture->charters[0];
		log->mirror = testing_secret_new(desk_names[i], RECORD_ROLE_MIRROR);
		assert_int_equal(
		    record_vkey(desk_names[i], "mirror",
		                &fixture->desks[i].card.keys[RECORD_ROLE_MIRROR],
		                &log->mirror_key, NULL),
		    STATUS_OK);
	}
	fixture_charter(fixture, 0, settings);
	fixture->channel.hash = fixture->charters[0].digest;
}

static inline void fixture_release(struct fixture *fixture)
{
	for (int i = 0; i < DESKS; i++) {
		struct fixture_log *log = &fixture->logs[i];

		for (size_t j = 0; j < log->count; j++)
			free(log->entries[j].body);
		ed25519_secret_free(log->mirror);
		testing_desk_release(&fixture->desks[i]);
	}
	for (int i = 0; i < WITNESSES; i++)
		ed25519_secret_free(fixture->witnesses[i]);
	for (int i = 0; i < FIXTURE_CHARTERS; i++)
		record_charter_release(&fixture->charters[i]);
	free(fixture->logs);
}

/* ---- writing */

static inline void fixture_see(struct fixture *fixture, int desk,
                               struct fixture_entry *entry)
{
	size_t count = 0;

	for (int other = 0; other < DESKS && !fixture->is_blind; other++) {
		if (other == desk || fixture->logs[other].count == 0)
			continue;
		strcpy(entry->seen[count].desk.text, desk_names[other]);
		entry->seen[count++].size = fixture->logs[other].count;
	}
	entry->envelope.seen_count = count;
}

static inline struct fixture_entry *fixture_append(struct fixture *fixture, int desk)
{
	struct fixture_log *log = &fixture->logs[desk];
	struct fixture_entry *entry = &log->entries[log->count];
	char text[100];
	struct hash leaf;

	assert_true(log->count < FIXTURE_ENTRIES);
	entry->charter = log->charter;
	(void)snprintf(text, sizeof text, "%s#%zu", desk_names[desk], log->count);
	leaf = tlog_leaf_hash(view_of_string(text));
	tlog_tree_append(&log->tree, &leaf, NULL, NULL);
	log->roots[++log->count] = tlog_tree_root(&log->tree);
	return entry;
}

/* Writes an entry; re: NULL or "south.example#3"; body NULL: none. Gives its index. */
static inline uint64_t fixture_write(struct fixture *fixture, int desk, const char *kind,
                                     int64_t sent_s, const char *re, const char *body)
{
	struct fixture_entry *entry = fixture_append(fixture, desk);

	strcpy(entry->envelope.kind, kind);
	entry->envelope.sent_s = sent_s;
	if (re != NULL) {
		assert_int_equal(record_message_id_decode(view_of_string(re),
		                                          &entry->envelope.re, NULL),
		                 STATUS_OK);
		entry->envelope.has_re = true;
	}
	if (fixture->to != NULL) {
		strcpy(entry->to.text, fixture->to);
		entry->envelope.to_count = 1;
	}
	entry->body = body == NULL ? NULL : strdup(body);
	fixture_see(fixture, desk, entry);
	fixture->is_blind = false;
	fixture->to = NULL;
	return fixture->logs[desk].count - 1;
}

static inline void fixture_open(struct fixture *fixture, int64_t sent_s)
{
	char hex[HASH_HEX_LEN + 1], body[200];

	hash_hex(&fixture->charters[0].digest, hex);
	(void)snprintf(body, sizeof body, "{\"charter\":\"%s\"}", hex);
	for (int i = 0; i < DESKS; i++)
		(void)fixture_write(fixture, i, "open", sent_s, NULL, body);
}

static inline uint64_t fixture_query(struct fixture *fixture, int desk, int64_t sent_s)
{
	return fixture_write(fixture, desk, "query", sent_s, NULL,
	                     "{\"language\":\"en\",\"question\":\"Is this yours?\"}");
}

static inline uint64_t fixture_answer(struct fixture *fixture, int desk, int64_t sent_s,
                                      const char *re)
{
	return fixture_write(fixture, desk, "answer", sent_s, re, "{\"answer\":\"no\"}");
}

static inline uint64_t fixture_hold(struct fixture *fixture, int desk, int64_t sent_s,
                                    const char *re, int64_t until_s)
{
	char until[TIME_TEXT_LEN + 1], body[100];

	time_text_encode(until_s, until);
	(void)snprintf(body, sizeof body, "{\"until\":\"%s\"}", until);
	return fixture_write(fixture, desk, "holding", sent_s, re, body);
}

/* A checkpoint of a log, cosigned; what differs from the truth is set by the test. */
struct fixture_cosigned {
	int log;
	uint64_t size;
	int64_t time_s;
	const struct hash *root;   /* NULL: the true one */
	const char *origin_prefix; /* NULL: the log's own name */
	const struct tlog_vkey *key;
	const struct ed25519_secret *secret;
};

static inline void fixture_checkpoint(const struct fixture *fixture,
                                      const struct fixture_cosigned *signing,
                                      struct buf *text)
{
	struct tlog_checkpoint checkpoint = {.size = signing->size};
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&fixture->channel.hash, hex);
	(void)snprintf(checkpoint.origin, sizeof checkpoint.origin, "%s/%s",
	               signing->origin_prefix ? signing->origin_prefix
	                                      : desk_names[signing->log],
	               hex);
	checkpoint.root = signing->root
	                      ? *signing->root
	                      : fixture->logs[signing->log].roots[signing->size];
	tlog_checkpoint_append(text, &checkpoint);
}

/* The body of a `receipt` of a message of the log's owner, said to be from a desk. */
static inline void fixture_receipt_body(const struct fixture *fixture,
                                        const struct fixture_cosigned *signing,
                                        const char *of, const char *from,
                                        struct buf *body)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4000), line = BUF_INIT(4000);

	fixture_checkpoint(fixture, signing, &text);
	tlog_cosignature_sign(&line, signing->key, signing->secret,
	                      (uint64_t)signing->time_s, buf_view(&text));
	buf_printf(body, "{\"of\":\"%s\",\"from\":\"%s\",\"checkpoint\":", of, from);
	json_append_string(body, buf_view(&text));
	buf_append_string(body, ",\"line\":");
	json_append_string(body, buf_view(&line));
	buf_append_string(body, "}");
	buf_append_byte(body, '\0');
}

/* The desk records that `from` held its message at time_s, over the tree it has now. */
static inline uint64_t fixture_receipt(struct fixture *fixture, int desk, uint64_t of,
                                       int from, int64_t time_s, int64_t sent_s)
{
	CLEANUP_BUF struct buf body = BUF_INIT(20000);
	struct fixture_cosigned signing = {.log = desk,
	                                   .size = fixture->logs[desk].count,
	                                   .time_s = time_s,
	                                   .key = &fixture->logs[from].mirror_key,
	                                   .secret = fixture->logs[from].mirror};
	char id[RECORD_MESSAGE_ID_MAX + 1];

	(void)snprintf(id, sizeof id, "%s#%llu", desk_names[desk],
	               (unsigned long long)of);
	fixture_receipt_body(fixture, &signing, id, desk_names[from], &body);
	return fixture_write(fixture, desk, "receipt", sent_s, NULL,
	                     (const char *)body.data);
}

/* The desk's `check` carries a checkpoint of a log with the lines of count witnesses. */
static inline uint64_t fixture_check(struct fixture *fixture, int desk, int64_t sent_s,
                                     int log, uint64_t size, int64_t time_s, int count)
{
	CLEANUP_BUF struct buf note = BUF_INIT(8000), body = BUF_INIT(20000);
	struct fixture_cosigned signing = {.log = log, .size = size};
	size_t text_len;

	fixture_checkpoint(fixture, &signing, &note);
	text_len = note.len;
	buf_append_byte(&note, '\n');
	for (int i = 0; i < count; i++) {
		CLEANUP_BUF struct buf line = BUF_INIT(1000);

		tlog_cosignature_sign(&line, &fixture->witness_keys[i],
		                      fixture->witnesses[i],
		                      (uint64_t)(time_s - 5 * (count - 1 - i)),
		                      view_of(note.data, text_len));
		buf_append_view(&note, buf_view(&line));
	}
	buf_append_string(&body, "{\"witness\":[");
	json_append_string(&body, buf_view(&note));
	buf_append_string(&body, "]}");
	buf_append_byte(&body, '\0');
	return fixture_write(fixture, desk, "check", sent_s, NULL,
	                     (const char *)body.data);
}

/* ---- handing over */

struct fixture_reader {
	const struct fixture *fixture;
	int desk_of[DESKS]; /* by number of the log */
	size_t given[DESKS];
	struct record_duties *duties;
};

static inline enum status fixture_root_at(void *self, uint32_t log, uint64_t size,
                                          struct hash *ret_root, struct error *err)
{
	struct fixture_reader *reader = self;
	int desk = reader->desk_of[log];

	(void)err;
	/* never above what was given, the entry at hand included */
	assert_true(size <= reader->given[desk]);
	*ret_root = reader->fixture->logs[desk].roots[size];
	return STATUS_OK;
}

static inline void fixture_reader_init(struct fixture_reader *reader,
                                       const struct fixture *fixture, int first_desk)
{
	struct record_duties_facts facts = {
	    .channel = fixture->channel, .self = reader, .root_at = fixture_root_at};

	*reader = (struct fixture_reader){.fixture = fixture};
	assert_int_equal(record_duties_new(&facts, &reader->duties, NULL), STATUS_OK);
	for (int i = 0; i < DESKS; i++) {
		int desk = (first_desk + i) % DESKS;
		uint32_t log;

		assert_int_equal(record_duties_add_log(reader->duties,
		                                       &fixture->desks[desk].card, &log,
		                                       NULL),
		                 STATUS_OK);
		assert_int_equal(log, i);
		reader->desk_of[log] = desk;
	}
}

/* Hands over the next entry of a log; false: there is none. */
static inline bool fixture_give(struct fixture_reader *reader, uint32_t log)
{
	int desk = reader->desk_of[log];
	const struct fixture_log *from = &reader->fixture->logs[desk];
	struct record_duties_entry given = {.log = log};
	struct fixture_entry entry;

	if (reader->given[desk] == from->count)
		return false;
	entry = from->entries[reader->given[desk]];
	entry.envelope.to = &entry.to;
	entry.envelope.seen = entry.seen;
	given.envelope = entry.is_malformed ? NULL : &entry.envelope;
	given.charter = entry.charter;
	given.body = entry.body ? view_of_string(entry.body) : view_of("", 0);
	reader->given[desk]++;
	assert_int_equal(record_duties_add(reader->duties, &given, NULL), STATUS_OK);
	return true;
}

static inline void fixture_give_all(struct fixture_reader *reader)
{
	for (uint32_t log = 0; log < DESKS; log++)
		while (fixture_give(reader, log))
			;
}

struct fixture_listing {
	struct buf *out;
	int64_t now_s;
};

static inline bool fixture_print_row(void *context, const struct record_duty_row *row)
{
	struct fixture_listing *listing = context;

	record_duty_append_json(row, listing->now_s, listing->out);
	buf_append_byte(listing->out, '\n');
	return true;
}

static inline void fixture_list(const struct record_duties *duties, int64_t now_s,
                                bool only_open, struct buf *out)
{
	struct fixture_listing listing = {out, now_s};

	record_duties_list(duties, now_s, only_open, fixture_print_row, &listing);
	assert_int_equal(buf_check(out, "the list", NULL), STATUS_OK);
}

/* ---- asking */

struct fixture_found {
	const char *debtor;
	size_t place, seen;
	bool is_found;
	struct record_duty_row row;
};

static inline bool fixture_match(void *context, const struct record_duty_row *row)
{
	struct fixture_found *found = context;

	if (strcmp(row->debtor.text, found->debtor) != 0 || found->seen++ != found->place)
		return true;
	found->is_found = true;
	found->row = *row;
	return false;
}

/* The nth row of the debtor for the question, from the whole record at a time. */
static inline struct record_duty_row fixture_row_nth(const struct fixture *fixture,
                                                     int creditor, uint64_t index,
                                                     int debtor, size_t place,
                                                     int64_t now_s)
{
	struct fixture_reader reader;
	struct record_message_id id = {.index = index};
	struct fixture_found found = {.debtor = desk_names[debtor], .place = place};

	fixture_reader_init(&reader, fixture, 0);
	fixture_give_all(&reader);
	strcpy(id.desk.text, desk_names[creditor]);
	record_duties_of(reader.duties, &id, now_s, fixture_match, &found);
	record_duties_free(reader.duties);
	assert_true(found.is_found);
	/* text and names are values, the duty is the charter's */
	return found.row;
}

static inline struct record_duty_row fixture_row(const struct fixture *fixture,
                                                 int creditor, uint64_t index, int debtor,
                                                 int64_t now_s)
{
	return fixture_row_nth(fixture, creditor, index, debtor, 0, now_s);
}

#define ROW_IS(fixture, creditor, index, debtor, now_s, expected)                      \
	assert_string_equal(                                                           \
	    record_duty_state_word(                                                    \
	        fixture_row((fixture), (creditor), (index), (debtor), (now_s)).state), \
	    (expected))

#endif
