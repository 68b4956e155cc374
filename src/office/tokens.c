/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens in memory, and a row for each, in the order in which they were made.
 */
#include "office/tokens.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "crypto/random.h"
#include "office/fields.h"
#include "office/state.h"
#include "record/object.h"

#define TOKEN_PREFIX "office/token/"

enum { ROW_MAX = 2048, ROW_TOKENS_MAX = 40, ROW_KEY_MAX = 128 };

static void write_public(struct json_writer *writer, const struct office_token *token)
{
	json_writer_string(writer, "id", token->id);
	json_writer_string(writer, "name", token->name);
	json_writer_string(writer, "by", token->by);
	office_write_scopes(writer, "scopes", token->scopes);
	json_writer_time(writer, "created", token->created_s);
	json_writer_time_or_never(writer, "until", token->until_s);
	json_writer_time_or_never(writer, "revoked", token->revoked_s);
	json_writer_time_or_never(writer, "used", token->used_s);
}

void token_write(struct json_writer *writer, const char *name,
                 const struct office_token *token)
{
	json_writer_object(writer, name);
	write_public(writer, token);
	json_writer_end(writer);
}

static enum status write_row(struct office *office, const struct office_token *token,
                             struct error *err)
{
	CLEANUP_BUF struct buf row = BUF_INIT(ROW_MAX);
	struct json_writer writer = json_writer_of(&row);
	char key[ROW_KEY_MAX], hex[HASH_HEX_LEN + 1];

	hash_hex(&token->hash, hex);
	json_writer_object(&writer, NULL);
	write_public(&writer, token);
	json_writer_string(&writer, "hash", hex);
	json_writer_end(&writer);
	TRY(buf_check(&row, "the token", err));
	snprintf(key, sizeof key, TOKEN_PREFIX "%s", token->id);
	return office_put(office, key, buf_view(&row), err);
}

/* ---- at the start */

static enum status read_id(const struct json_doc *doc, const struct json_token *value,
                           void *context, struct error *err)
{
	struct office_token *token = context;

	return record_string_read(doc, value, TOKEN_ID_LEN, TOKEN_ID_LEN, token->id, err);
}

static enum status read_name(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct office_token *token = context;

	return record_string_read(doc, value, 1, TOKEN_NAME_MAX, token->name, err);
}

static enum status read_by(const struct json_doc *doc, const struct json_token *value,
                           void *context, struct error *err)
{
	struct office_token *token = context;

	return record_string_read(doc, value, 1, OFFICE_NAME_MAX, token->by, err);
}

static enum status read_scopes(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	struct office_token *token = context;

	return office_read_scopes(doc, value, &token->scopes, err);
}

static enum status read_created(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct office_token *token = context;

	return record_time_read(doc, value, &token->created_s, err);
}

static enum status read_until(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	struct office_token *token = context;

	return office_read_time_or_never(doc, value, &token->until_s, err);
}

static enum status read_revoked(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct office_token *token = context;

	return office_read_time_or_never(doc, value, &token->revoked_s, err);
}

static enum status read_used(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct office_token *token = context;

	return office_read_time_or_never(doc, value, &token->used_s, err);
}

static enum status read_hash(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct office_token *token = context;

	return record_hex_hash_read(doc, value, &token->hash, err);
}

static enum status insert(struct token_table *table, const struct office_token *token,
                          struct error *err)
{
	struct office_token *grown;
	size_t at = table->count;

	if (table->count == TOKENS_MAX)
		return error_set(err, STATUS_LIMIT, "a desk has at most %d tokens",
		                 TOKENS_MAX);
	grown = reallocarray(table->items, table->count + 1, sizeof *grown);
	if (grown == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for tokens");
	table->items = grown;
	while (at > 0 && grown[at - 1].created_s > token->created_s)
		at--;
	memmove(grown + at + 1, grown + at, (table->count - at) * sizeof *grown);
	grown[at] = *token;
	table->count++;
	return STATUS_OK;
}

static enum status load_row(void *context, struct view key, struct view value,
                            struct error *err)
{
	static const struct record_member members[] = {
	    {"id", true, read_id},           {"name", true, read_name},
	    {"by", true, read_by},           {"scopes", true, read_scopes},
	    {"created", true, read_created}, {"until", true, read_until},
	    {"revoked", true, read_revoked}, {"used", true, read_used},
	    {"hash", true, read_hash},
	};
	struct office *office = context;
	struct office_token token = {.id = ""};

	TRY(json_scan(&office->doc, value, ROW_TOKENS_MAX, err));
	TRY(record_object_read(&office->doc, json_root(&office->doc), members,
	                       sizeof members / sizeof members[0], &token, err));
	return insert(&office->tokens, &token, err);
}

enum status tokens_load(struct office *office, struct error *err)
{
	return office_scan(office, TOKEN_PREFIX, load_row, office, err);
}

void tokens_release(struct office *office)
{
	free(office->tokens.items);
	office->tokens = (struct token_table){0};
}

/* ---- */

size_t office_token_count(const struct office *office)
{
	return office->tokens.count;
}

const struct office_token *office_token_at(const struct office *office, size_t index)
{
	return &office->tokens.items[index];
}

static struct office_token *find(const struct office *office, const char *id)
{
	for (size_t i = 0; i < office->tokens.count; i++)
		if (strcmp(office->tokens.items[i].id, id) == 0)
			return &office->tokens.items[i];
	return NULL;
}

const struct office_token *office_token_find(const struct office *office, const char *id)
{
	return find(office, id);
}

static void make_id(const struct office *office, char ret_id[TOKEN_ID_LEN + 1])
{
	uint8_t random[TOKEN_ID_LEN];

	do {
		random_bytes(random, sizeof random);
		for (size_t i = 0; i < TOKEN_ID_LEN; i++)
			ret_id[i] = "0123456789abcdef"[random[i] & 15];
		ret_id[TOKEN_ID_LEN] = '\0';
	} while (find(office, ret_id) != NULL);
}

enum status office_token_add(struct office *office, const char *name, const char *by,
                             unsigned scopes, int64_t until_s,
                             char ret_token[TOKEN_LEN + 1], char ret_id[TOKEN_ID_LEN + 1],
                             struct error *err)
{
	struct office_token token = {
	    .scopes = scopes, .created_s = office->now_ms / 1000, .until_s = until_s};
	char hex[HASH_HEX_LEN + 1];
	struct hash random;

	random_bytes(random.bytes, sizeof random.bytes);
	hash_hex(&random, hex);
	make_id(office, token.id);
	snprintf(ret_token, TOKEN_LEN + 1, "aldis_%s_%s", token.id, hex);
	crypto_wipe(hex, sizeof hex);
	crypto_wipe(&random, sizeof random);
	snprintf(token.name, sizeof token.name, "%s", name);
	snprintf(token.by, sizeof token.by, "%s", by);
	token.hash = sha256(view_of_string(ret_token));
	TRY(insert(&office->tokens, &token, err));
	if (ret_id != NULL)
		memcpy(ret_id, token.id, sizeof token.id);
	return write_row(office, &token, err);
}

enum status office_token_revoke(struct office *office, const char *id, struct error *err)
{
	struct office_token *token = find(office, id);

	if (token == NULL)
		return error_set(err, STATUS_NOT_FOUND, "there is no such token");
	if (token->revoked_s != 0)
		return error_set(err, STATUS_CONFLICT, "the token is revoked already");
	token->revoked_s = office->now_ms / 1000;
	desk_announce(office->desk, DESK_EVENT_ACCESS, "");
	return write_row(office, token, err);
}

static bool is_good(const struct office *office, const struct office_token *token)
{
	return token->revoked_s == 0 &&
	       (token->until_s == 0 || office->now_ms / 1000 < token->until_s);
}

enum status office_token_use(struct office *office, struct view shown,
                             const struct office_token **ret_token, struct error *err)
{
	int64_t now_s = office->now_ms / 1000;
	struct hash hash = sha256(shown);

	for (size_t i = 0; i < office->tokens.count; i++) {
		struct office_token *token = &office->tokens.items[i];

		if (!hash_equal(&token->hash, &hash) || !is_good(office, token))
			continue;
		if (now_s - token->used_s >= TOKEN_NOTE_S) {
			token->used_s = now_s;
			TRY(write_row(office, token, err));
		}
		*ret_token = token;
		return STATUS_OK;
	}
	return error_set(err, STATUS_NOT_FOUND, "there is no such token");
}

bool office_token_is_of(const struct office *office, const char *principal,
                        const char *person)
{
	static const char prefix[] = "token:";
	const struct office_token *token;

	if (strncmp(principal, prefix, strlen(prefix)) != 0)
		return false;
	token = find(office, principal + strlen(prefix));
	return token != NULL && strcmp(token->by, person) == 0;
}
