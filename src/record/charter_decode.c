/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a charter's text, and checking it against itself. Reading comes first, member
 * by member, then the checks that need the whole. Duties and members have files of their
 * own.
 */
#include "record/charter.h"

#include <stdlib.h>

#include "record/charter_parts.h"
#include "record/kinds.h"
#include "record/object.h"

enum {
	KIND_LIST_MAX = 200,
	SKEW_MAX_S = 24 * 60 * 60,
	BODY_LEN_MAX = 256 * 1024,
	ATTACHMENT_LEN_MAX = 8 * 1024 * 1024,
	ATTACHMENT_COUNT_MAX = 64,
	HOLDING_TIMES = 1,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Index of the string among count choices, or MALFORMED. */
static enum status choice_read(const struct json_doc *doc, const struct json_token *value,
                               const char *const *choices, size_t count,
                               size_t *ret_index, struct error *err)
{
	for (size_t i = 0; i < count; i++)
		if (value->type == JSON_STRING &&
		    json_string_is(doc, value, choices[i])) {
			*ret_index = i;
			return STATUS_OK;
		}
	return error_set(err, STATUS_MALFORMED, "is none of the words allowed here");
}

static enum status read_title(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	struct record_charter *charter = context;

	TRY(record_string_read(doc, value, 1, sizeof charter->title - 1, charter->title,
	                       err));
	for (const char *at = charter->title; *at != '\0'; at++)
		if ((uint8_t)*at < ' ' || *at == 0x7f)
			return error_set(err, STATUS_MALFORMED,
			                 "must be one line without control characters");
	return STATUS_OK;
}

static enum status read_date(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct record_charter *charter = context;

	return record_time_read(doc, value, &charter->date_s, err);
}

/* The nonce only makes the text, and so the channel id, unlike any other. */
static enum status read_nonce(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	uint8_t nonce[16];

	return record_base64_read(doc, value, nonce, sizeof nonce, err);
}

/* Kinds, lines, languages */

static enum status read_kinds_digest(const struct json_doc *doc,
                                     const struct json_token *value, void *context,
                                     struct error *err)
{
	struct record_charter *charter = context;

	return record_hex_hash_read(doc, value, &charter->kinds_digest, err);
}

typedef char kind_name[RECORD_KIND_LEN_MAX + 1];

/* A list of known kinds, none twice; ret_list is the caller's, also after a failure. */
static enum status read_kind_list(const struct json_doc *doc,
                                  const struct json_token *value, kind_name **ret_list,
                                  size_t *ret_count, struct error *err)
{
	TRY(record_array_check(value, 1, KIND_LIST_MAX, err));
	*ret_list = calloc(value->count, sizeof **ret_list);
	if (*ret_list == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the charter");
	for (const struct json_token *kind = json_first(doc, value); kind != NULL;
	     kind = json_next(doc, value, kind)) {
		char *name = (*ret_list)[*ret_count];

		TRY(record_charter_read_kind(doc, kind, name, err));
		for (size_t i = 0; i < *ret_count; i++)
			if (strcmp((*ret_list)[i], name) == 0)
				return error_set(err, STATUS_MALFORMED,
				                 "%s stands there twice", name);
		++*ret_count;
	}
	return STATUS_OK;
}

static enum status read_kinds_allowed(const struct json_doc *doc,
                                      const struct json_token *value, void *context,
                                      struct error *err)
{
	struct record_charter *charter = context;

	return read_kind_list(doc, value, &charter->kinds_allowed,
	                      &charter->kinds_allowed_count, err);
}

static enum status read_kinds(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	static const struct record_member members[] = {
	    {"digest", true, read_kinds_digest},
	    {"allowed", false, read_kinds_allowed},
	};

	return record_object_read(doc, value, members, COUNT(members), context, err);
}

static enum status read_lines(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	static const char *const lines[] = {"technical", "operational", "political"};
	struct record_charter *charter = context;
	bool is_listed[COUNT(lines)] = {false};

	TRY(record_array_check(value, 1, RECORD_LINES_MAX, err));
	for (const struct json_token *line = json_first(doc, value); line != NULL;
	     line = json_next(doc, value, line)) {
		size_t i = 0;

		TRY(choice_read(doc, line, lines, COUNT(lines), &i, err));
		if (is_listed[i])
			return error_set(err, STATUS_MALFORMED, "%s stands there twice",
			                 lines[i]);
		is_listed[i] = true;
		strcpy(charter->lines[charter->line_count++], lines[i]);
	}
	return STATUS_OK;
}

static enum status read_languages(const struct json_doc *doc,
                                  const struct json_token *value, void *context,
                                  struct error *err)
{
	struct record_charter *charter = context;

	return record_languages_read(doc, value, charter->languages,
	                             &charter->language_count, err);
}

/* Limits */

static enum status read_skew(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct record_limits *limits = context;

	TRY(record_duration_read(doc, value, &limits->skew_s, err));
	if (limits->skew_s < 1 || limits->skew_s > SKEW_MAX_S)
		return error_set(err, STATUS_MALFORMED, "must be PT1S to PT24H");
	return STATUS_OK;
}

static enum status read_limit(const struct json_doc *doc, const struct json_token *value,
                              int64_t min, int64_t max, uint64_t *ret_limit,
                              struct error *err)
{
	int64_t limit;

	TRY(record_integer_read(doc, value, min, max, &limit, err));
	*ret_limit = (uint64_t)limit;
	return STATUS_OK;
}

static enum status read_body_len(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	struct record_limits *limits = context;

	return read_limit(doc, value, 1024, BODY_LEN_MAX, &limits->body_len, err);
}

static enum status read_attachment_len(const struct json_doc *doc,
                                       const struct json_token *value, void *context,
                                       struct error *err)
{
	struct record_limits *limits = context;

	return read_limit(doc, value, 0, ATTACHMENT_LEN_MAX, &limits->attachment_len,
	                  err);
}

static enum status read_attachment_count(const struct json_doc *doc,
                                         const struct json_token *value, void *context,
                                         struct error *err)
{
	struct record_limits *limits = context;

	return read_limit(doc, value, 0, ATTACHMENT_COUNT_MAX, &limits->attachment_count,
	                  err);
}

static enum status read_quota(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	struct record_limits *limits = context;

	return read_limit(doc, value, 0, INT64_MAX, &limits->quota_len, err);
}

static enum status read_limits(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	static const struct record_member members[] = {
	    {"skew", true, read_skew},
	    {"body", true, read_body_len},
	    {"attachment", true, read_attachment_len},
	    {"attachments", true, read_attachment_count},
	    {"quota", true, read_quota},
	};
	struct record_charter *charter = context;

	return record_object_read(doc, value, members, COUNT(members), &charter->limits,
	                          err);
}

/* Rules */

static enum status read_release(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	static const char *const rules[] = {
	    [RECORD_RELEASE_CONFIDENTIAL] = "confidential",
	    [RECORD_RELEASE_ORIGINATOR] = "originator",
	    [RECORD_RELEASE_JOINT] = "joint",
	};
	struct record_charter *charter = context;
	size_t i = 0;

	TRY(choice_read(doc, value, rules, COUNT(rules), &i, err));
	charter->release = (enum record_release_rule)i;
	return STATUS_OK;
}

static enum status read_holding_within(const struct json_doc *doc,
                                       const struct json_token *value, void *context,
                                       struct error *err)
{
	struct record_charter *charter = context;

	TRY(record_duration_read(doc, value, &charter->holding_within_s, err));
	if (charter->holding_within_s == 0)
		return error_set(err, STATUS_MALFORMED, "must be longer than nothing");
	charter->has_holding = true;
	return STATUS_OK;
}

static enum status read_holding_times(const struct json_doc *doc,
                                      const struct json_token *value, void *context,
                                      struct error *err)
{
	int64_t times;

	return record_integer_read(doc, value, HOLDING_TIMES, HOLDING_TIMES, &times, err);
}

static enum status read_holding(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	static const struct record_member members[] = {
	    {"within", true, read_holding_within},
	    {"times", true, read_holding_times},
	};

	return record_object_read(doc, value, members, COUNT(members), context, err);
}

static enum status read_ask_witnesses(const struct json_doc *doc,
                                      const struct json_token *value, void *context,
                                      struct error *err)
{
	static const char *const words[] = {"hourly", "each"};
	struct record_charter *charter = context;
	size_t i = 0;

	TRY(choice_read(doc, value, words, COUNT(words), &i, err));
	charter->asks_each = i == 1;
	return STATUS_OK;
}

static enum status read_codebooks(const struct json_doc *doc,
                                  const struct json_token *value, void *context,
                                  struct error *err)
{
	struct record_charter *charter = context;

	TRY(record_array_check(value, 1, RECORD_CODEBOOKS_MAX, err));
	for (const struct json_token *book = json_first(doc, value); book != NULL;
	     book = json_next(doc, value, book)) {
		struct hash *hash = &charter->codebooks[charter->codebook_count];

		TRY(record_hex_hash_read(doc, book, hash, err));
		for (size_t i = 0; i < charter->codebook_count; i++)
			if (hash_equal(&charter->codebooks[i], hash))
				return error_set(err, STATUS_MALFORMED,
				                 "a codebook stands there twice");
		charter->codebook_count++;
	}
	return STATUS_OK;
}

static enum status read_previous(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	struct record_charter *charter = context;

	charter->has_previous = true;
	return record_hex_hash_read(doc, value, &charter->previous, err);
}

static enum status read_keep(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct record_charter *charter = context;

	TRY(record_duration_read(doc, value, &charter->keep_s, err));
	if (charter->keep_s == 0)
		return error_set(err, STATUS_MALFORMED, "must be longer than nothing");
	return STATUS_OK;
}

static enum status read_proofs(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	static const char *const words[] = {
	    [RECORD_PROOFS_ANYONE] = "anyone",
	    [RECORD_PROOFS_WITNESSES] = "witnesses",
	    [RECORD_PROOFS_MEMBERS] = "members",
	};
	struct record_charter *charter = context;
	size_t i = 0;

	TRY(choice_read(doc, value, words, COUNT(words), &i, err));
	charter->proofs = (enum record_proofs)i;
	return STATUS_OK;
}

/* "all", or a list of kinds. */
static enum status read_approval(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	static const char *const words[] = {"all"};
	struct record_charter *charter = context;
	size_t i = 0;

	if (value->type == JSON_ARRAY)
		return read_kind_list(doc, value, &charter->approval,
		                      &charter->approval_count, err);
	TRY(choice_read(doc, value, words, COUNT(words), &i, err));
	charter->approves_all = true;
	return STATUS_OK;
}

/* Checks of the whole */

/* Validity is judged by the catalogue that the charter names; without it we can't. */
static enum status check_catalogue(const struct record_charter *charter,
                                   struct error *err)
{
	if (!hash_equal(&charter->kinds_digest, &record_kinds_digest))
		return error_set(err, STATUS_MALFORMED,
		                 "names a catalogue of kinds that this version of aldis "
		                 "does not have");
	return STATUS_OK;
}

/* Without a charter before there is no history to have or not to have. */
static enum status check_history(const struct record_charter *charter, struct error *err)
{
	if (charter->has_previous)
		return STATUS_OK;
	for (size_t i = 0; i < charter->member_count; i++)
		if (charter->has_history[i])
			return error_set(
			    err, STATUS_MALFORMED,
			    "%s can't have a history: it is for members that "
			    "join later, and this is a first charter",
			    charter->members[i].name.text);
	return STATUS_OK;
}

/* What nobody may send, or what needs no second person, was named by mistake. */
static enum status check_approval(const struct record_charter *charter, struct error *err)
{
	for (size_t i = 0; i < charter->approval_count; i++) {
		const char *name = charter->approval[i];
		const struct record_kind *kind = record_kind_find(view_of_string(name));

		if (kind->is_automatic)
			return error_set(
			    err, STATUS_MALFORMED,
			    "approval: %s is written by desks, not by people", name);
		if (!record_charter_asks_approval(charter, kind))
			return error_set(err, STATUS_MALFORMED,
			                 "approval: %s needs none: it only says that a "
			                 "message was read",
			                 name);
		if (!record_charter_allows(charter, kind))
			return error_set(err, STATUS_MALFORMED,
			                 "approval: %s is not among the kinds allowed",
			                 name);
	}
	return STATUS_OK;
}

static enum status charter_read(struct view text, struct json_doc *doc,
                                struct record_charter *charter, struct error *err)
{
	static const struct record_member members[] = {
	    {"aldis", true, record_version_read},
	    {"title", true, read_title},
	    {"date", true, read_date},
	    {"nonce", true, read_nonce},
	    {"members", true, record_charter_read_members},
	    {"kinds", true, read_kinds},
	    {"lines", true, read_lines},
	    {"languages", true, read_languages},
	    {"duties", true, record_charter_read_duties},
	    {"limits", true, read_limits},
	    {"release", true, read_release},
	    {"holding", false, read_holding},
	    {"witnesses", false, record_charter_read_witnesses},
	    {"ask_witnesses", false, read_ask_witnesses},
	    {"codebooks", false, read_codebooks},
	    {"previous", false, read_previous},
	    {"keep", false, read_keep},
	    {"proofs", false, read_proofs},
	    {"approval", false, read_approval},
	};

	TRY(record_root_text_scan(text, RECORD_TYPE_CHARTER, doc, err));
	TRY(record_object_read(doc, json_root(doc), members, COUNT(members), charter,
	                       err));
	TRY(check_catalogue(charter, err));
	TRY(check_history(charter, err));
	TRY(check_approval(charter, err));
	TRY(record_charter_check_duties(charter, err));
	TRY(record_charter_check_keys(charter, err));
	charter->digest = sha256(text);
	charter->text = BUF_INIT(RECORD_NOTE_MAX);
	buf_append_view(&charter->text, text);
	return buf_check(&charter->text, "the charter", err);
}

enum status record_charter_decode(struct view text, struct record_charter *ret_charter,
                                  struct error *err)
{
	return record_charter_decode_among(text, NULL, ret_charter, err);
}

enum status record_charter_decode_among(struct view text, struct record_card_set *cards,
                                        struct record_charter *ret_charter,
                                        struct error *err)
{
	__attribute__((cleanup(json_release))) struct json_doc doc = {0};
	struct record_charter charter = {.card_set = cards};
	enum status status;

	if (text.len > RECORD_NOTE_MAX)
		return error_set(err, STATUS_LIMIT, "a charter has at most %d bytes",
		                 RECORD_NOTE_MAX);
	status = charter_read(text, &doc, &charter, err);
	if (status != STATUS_OK) {
		record_charter_release(&charter);
		return error_context(err, status, "charter");
	}
	charter.card_set = NULL;
	*ret_charter = charter;
	return STATUS_OK;
}
