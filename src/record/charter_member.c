/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The members of a charter: every card verifies and is the one the charter vouches for,
 * and no public key stands in two places, the witnesses' included.
 */
#include "record/charter_parts.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "record/object.h"
#include "record/public_url.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct member_reading {
	struct record_card_set *card_set;
	bool has_history, history_none;
	char name[RECORD_NAME_MAX + 1];
	struct ed25519_public root;
	char fingerprint[RECORD_FINGERPRINT_LEN + 1];
	struct record_card card;
};

static enum status read_member_name(const struct json_doc *doc,
                                    const struct json_token *value, void *context,
                                    struct error *err)
{
	struct member_reading *member = context;

	return record_string_read(doc, value, RECORD_NAME_MIN, RECORD_NAME_MAX,
	                          member->name, err);
}

static enum status read_member_root(const struct json_doc *doc,
                                    const struct json_token *value, void *context,
                                    struct error *err)
{
	struct member_reading *member = context;

	return record_base64_read(doc, value, member->root.bytes, 32, err);
}

static enum status read_member_fingerprint(const struct json_doc *doc,
                                           const struct json_token *value, void *context,
                                           struct error *err)
{
	struct member_reading *member = context;

	return record_string_read(doc, value, RECORD_FINGERPRINT_LEN,
	                          RECORD_FINGERPRINT_LEN, member->fingerprint, err);
}

static enum status read_member_history(const struct json_doc *doc,
                                       const struct json_token *value, void *context,
                                       struct error *err)
{
	struct member_reading *member = context;

	if (value->type != JSON_STRING ||
	    (!json_string_is(doc, value, "all") && !json_string_is(doc, value, "none")))
		return error_set(err, STATUS_MALFORMED, "must be all or none");
	member->has_history = true;
	member->history_none = json_string_is(doc, value, "none");
	return STATUS_OK;
}

static enum status read_member_card(const struct json_doc *doc,
                                    const struct json_token *value, void *context,
                                    struct error *err)
{
	struct member_reading *member = context;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);

	if (value->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "must be a string");
	json_string_append(doc, value, &note);
	TRY(buf_check(&note, "the card", err));
	return record_card_set_open(member->card_set, buf_view(&note), &member->card,
	                            err);
}

static enum status member_check(const struct member_reading *member, struct error *err)
{
	char fingerprint[RECORD_FINGERPRINT_LEN + 1];

	if (strcmp(member->name, member->card.name.text) != 0)
		return error_set(err, STATUS_MALFORMED,
		                 "the card of %s stands under another name",
		                 member->card.name.text);
	if (memcmp(member->root.bytes, member->card.keys[RECORD_ROLE_ROOT].bytes, 32) !=
	    0)
		return error_set(err, STATUS_MALFORMED,
		                 "the root key of %s is not the one on its card",
		                 member->name);
	record_fingerprint(&member->card, fingerprint);
	if (strcmp(fingerprint, member->fingerprint) != 0)
		return error_set(err, STATUS_MALFORMED,
		                 "the fingerprint of %s is not that of its root key",
		                 member->name);
	return STATUS_OK;
}

static enum status member_read(const struct json_doc *doc, const struct json_token *value,
                               struct record_charter *charter, struct error *err)
{
	static const struct record_member members[] = {
	    {"name", true, read_member_name},
	    {"root", true, read_member_root},
	    {"fingerprint", true, read_member_fingerprint},
	    {"history", false, read_member_history},
	    {"card", true, read_member_card},
	};
	struct member_reading member = {.card_set = charter->card_set};

	TRY(record_object_read(doc, value, members, COUNT(members), &member, err));
	TRY(member_check(&member, err));
	if (record_charter_member(charter, member.name) != SIZE_MAX)
		return error_set(err, STATUS_MALFORMED, "%s is a member twice",
		                 member.name);
	charter->has_history[charter->member_count] = member.has_history;
	charter->history_none[charter->member_count] = member.history_none;
	charter->members[charter->member_count++] = member.card;
	return STATUS_OK;
}

enum status record_charter_read_members(const struct json_doc *doc,
                                        const struct json_token *value, void *context,
                                        struct error *err)
{
	struct record_charter *charter = context;

	TRY(record_array_check(value, 2, RECORD_MEMBERS_MAX, err));
	charter->members = calloc(value->count, sizeof *charter->members);
	if (charter->members == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the charter");
	for (const struct json_token *member = json_first(doc, value); member != NULL;
	     member = json_next(doc, value, member))
		TRY(member_read(doc, member, charter, err));
	return STATUS_OK;
}

static int compare_keys(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct ed25519_public));
}

/* Sorted copies, so that a channel of 200 desks costs no square. */
static enum status check_keys_differ(struct ed25519_public *keys, size_t count,
                                     struct error *err)
{
	qsort(keys, count, sizeof *keys, compare_keys);
	for (size_t i = 1; i < count; i++)
		if (compare_keys(&keys[i - 1], &keys[i]) == 0)
			return error_set(err, STATUS_MALFORMED,
			                 "a public key stands in two places of the "
			                 "charter");
	return STATUS_OK;
}

static enum status check_urls(const struct tlog_policy *policy, struct error *err)
{
	for (size_t i = 0; i < policy->item_count; i++)
		if (policy->items[i].url != NULL &&
		    !record_public_url_check(policy->items[i].url))
			return error_set(err, STATUS_MALFORMED,
			                 "the URL of %s can't be asked: it must be one "
			                 "of http or https, of at most %d bytes, without "
			                 "user and query",
			                 policy->items[i].key.name, RECORD_URL_LEN_MAX);
	return STATUS_OK;
}

enum status record_charter_read_witnesses(const struct json_doc *doc,
                                          const struct json_token *value, void *context,
                                          struct error *err)
{
	struct record_charter *charter = context;

	if (value->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "must be a policy text");
	charter->witness_policy = calloc(1, sizeof *charter->witness_policy);
	if (charter->witness_policy == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the charter");
	charter->witnesses = BUF_INIT(RECORD_NOTE_MAX);
	json_string_append(doc, value, &charter->witnesses);
	TRY(buf_check(&charter->witnesses, "the policy", err));
	TRY(tlog_policy_parse(buf_view(&charter->witnesses), charter->witness_policy,
	                      err));
	if (charter->witness_policy->log_count > 0)
		return error_set(err, STATUS_MALFORMED,
		                 "the policy must name no log: it is for those of all "
		                 "members");
	return check_urls(charter->witness_policy, err);
}

enum status record_charter_check_keys(const struct record_charter *charter,
                                      struct error *err)
{
	static const struct tlog_policy none;
	const struct tlog_policy *policy =
	    charter->witness_policy != NULL ? charter->witness_policy : &none;
	CLEANUP_FREE struct ed25519_public *keys = calloc(
	    charter->member_count * RECORD_ROLE_COUNT + policy->item_count, sizeof *keys);
	size_t count = 0;

	if (keys == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the charter");
	for (size_t i = 0; i < charter->member_count; i++)
		for (size_t role = 0; role < RECORD_ROLE_COUNT; role++)
			if (charter->members[i].has_key[role])
				keys[count++] = charter->members[i].keys[role];
	for (size_t i = 0; i < policy->item_count; i++)
		if (!policy->items[i].is_group && policy->items[i].key.key_len == 32)
			keys[count++] = tlog_vkey_ed25519(&policy->items[i].key);
	return check_keys_differ(keys, count, err);
}
