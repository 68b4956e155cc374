/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking for charters. What a desk or a file says is read again here: a digest decides.
 */
#include "cli/charter_fetch.h"

#include "cli/print.h"
#include "record/amendment.h"

static enum status get(const struct cli *cli, const char *path,
                       struct api_answer *ret_answer, struct error *err)
{
	struct api_request request = {.path = path};
	struct api_client *client;
	enum status status;

	TRY(api_client_open(cli, &client, err));
	status = api_client_call(client, &request, ret_answer, err);
	api_client_close(client);
	return status;
}

enum status charter_fetch(const struct cli *cli, const char *channel,
                          struct api_answer *ret_answer, struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);

	buf_append_string(&path, "/api/channels/");
	api_path_append(&path, channel);
	buf_append_string(&path, "/charters");
	buf_append_byte(&path, '\0');
	TRY(buf_check(&path, "the channel's name", err));
	return get(cli, (const char *)path.data, ret_answer, err);
}

enum status charter_open(struct view note, struct record_charter *ret_charter,
                         struct error *err)
{
	struct tlog_note parsed;

	TRY(tlog_note_parse(note, &parsed, err));
	return record_charter_decode(parsed.text, ret_charter, err);
}

/* Reads the note of one element of `charters`. */
static enum status element_open(const struct json_doc *doc,
                                const struct json_token *element,
                                struct record_charter *ret_charter, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);

	if (!json_read_text(doc, element, "note", &note))
		return error_set(err, STATUS_BUG, "the answer holds no charter");
	return charter_open(buf_view(&note), ret_charter, err);
}

enum status charter_fetch_newest(const struct cli *cli, const char *channel,
                                 struct record_charter *ret_charter, size_t *ret_pending,
                                 struct error *err)
{
	__attribute__((cleanup(api_answer_release))) struct api_answer answer = {0};
	const struct json_token *list = NULL, *element, *newest = NULL;
	size_t pending = 0;

	TRY(charter_fetch(cli, channel, &answer, err));
	element = json_read_list(&answer.doc, json_root(&answer.doc), "charters", &list);
	for (; element != NULL; element = json_next(&answer.doc, list, element)) {
		if (json_read_bool(&answer.doc, element, "in_force"))
			newest = element;
		else
			pending++;
	}
	if (newest == NULL)
		return error_set(err, STATUS_CONFLICT,
		                 "the channel's first charter still lacks signatures: it "
		                 "can be drafted anew, not amended");
	*ret_pending = pending;
	return element_open(&answer.doc, newest, ret_charter, err);
}

static enum status find_in_chain(const char *path, const struct hash *digest,
                                 struct record_charter *ret_charter, struct error *err)
{
	CLEANUP_BUF struct buf chain = BUF_INIT(CHARTER_CHAIN_MAX);
	struct view rest, note;

	TRY(cli_read_input(path, &chain, err));
	rest = buf_view(&chain);
	while (record_charter_chain_next(&rest, &note)) {
		struct record_charter charter = {0};

		TRY(charter_open(note, &charter, err));
		if (hash_equal(&charter.digest, digest)) {
			*ret_charter = charter;
			return STATUS_OK;
		}
		record_charter_release(&charter);
	}
	return error_set(err, STATUS_NOT_FOUND, "%s does not hold the charter before",
	                 path);
}

static enum status find_in_channel(const struct cli *cli, const char *id, const char *hex,
                                   struct record_charter *ret_charter, struct error *err)
{
	__attribute__((cleanup(api_answer_release))) struct api_answer answer = {0};
	const struct json_token *list = NULL, *element;

	TRY(charter_fetch(cli, id, &answer, err));
	element = json_read_list(&answer.doc, json_root(&answer.doc), "charters", &list);
	for (; element != NULL; element = json_next(&answer.doc, list, element)) {
		char digest[HASH_HEX_LEN + 1];

		json_read_string(&answer.doc, element, "digest", digest, sizeof digest);
		if (strcmp(digest, hex) == 0)
			return element_open(&answer.doc, element, ret_charter, err);
	}
	return STATUS_NOT_FOUND;
}

static enum status find_at_desk(const struct cli *cli, const struct hash *digest,
                                struct record_charter *ret_charter, struct error *err)
{
	__attribute__((cleanup(api_answer_release))) struct api_answer answer = {0};
	const struct json_token *list = NULL, *channel;
	char hex[HASH_HEX_LEN + 1];

	hash_hex(digest, hex);
	TRY(get(cli, "/api/channels", &answer, err));
	channel = json_read_list(&answer.doc, json_root(&answer.doc), "channels", &list);
	for (; channel != NULL; channel = json_next(&answer.doc, list, channel)) {
		char id[HASH_HEX_LEN + 1];
		enum status status;

		json_read_string(&answer.doc, channel, "id", id, sizeof id);
		status = find_in_channel(cli, id, hex, ret_charter, err);
		if (status != STATUS_NOT_FOUND)
			return status;
	}
	return error_set(err, STATUS_NOT_FOUND,
	                 "this desk does not have the charter before");
}

enum status charter_find(const struct cli *cli, const char *chain_path,
                         const struct hash *digest, struct record_charter *ret_charter,
                         struct error *err)
{
	enum status status;

	if (chain_path != NULL)
		return find_in_chain(chain_path, digest, ret_charter, err);
	if (cli->dir == NULL)
		return error_set(err, STATUS_NOT_FOUND, "no desk is named to ask");
	status = find_at_desk(cli, digest, ret_charter, err);
	if (status == STATUS_CLOSED)
		return error_set(err, STATUS_NOT_FOUND, "the desk does not run");
	return status;
}
