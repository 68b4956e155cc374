/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeping committed evidence in the desk's folder.
 */
#include "cli/evidence.h"

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/message_path.h"
#include "crypto/random.h"
#include "record/evidence_commit.h"

static enum status make_path(const struct cli *cli, const struct hash *hash,
                             char ret_path[FOLDER_PATH_MAX], struct error *err)
{
	struct folder folder;
	char name[16 + HASH_HEX_LEN] = "evidence/";

	TRY(cli_folder(cli, &folder, err));
	hash_hex(hash, name + strlen(name));
	return folder_path(&folder, name, ret_path, err);
}

static enum status keep(const struct cli *cli, const struct hash *hash, struct view blob,
                        struct error *err)
{
	struct folder folder;
	char path[FOLDER_PATH_MAX];

	TRY(cli_folder(cli, &folder, err));
	TRY(folder_path(&folder, "evidence", path, err));
	TRY(file_make_folder(path, 0700, err));
	TRY(make_path(cli, hash, path, err));
	return file_create(path, blob, 0600, err);
}

enum status evidence_commit(const struct cli *cli, const char *path, struct buf *body,
                            struct hash *ret_hash, struct error *err)
{
	CLEANUP_BUF struct buf content = BUF_INIT(RECORD_EVIDENCE_MAX),
	                       blob = BUF_INIT(RECORD_ATTACHMENT_BLOB_MAX),
	                       said = BUF_INIT(RECORD_BODY_MAX);
	uint8_t salt[RECORD_SALT_LEN];
	struct json_doc doc = {0};
	enum status status = file_read(path, &content, err);

	if (status == STATUS_LIMIT)
		return error_set(err, status,
		                 "%s is larger than %d bytes; commit to its parts", path,
		                 RECORD_EVIDENCE_MAX);
	TRY(status);
	random_bytes(salt, sizeof salt);
	TRY(record_evidence_make(salt, buf_view(&content), &blob, ret_hash, err));
	buf_append_view(&said, buf_view(body));
	buf_clear(body);
	status = record_evidence_body_append(buf_view(&said), ret_hash, &doc, body, err);
	json_release(&doc);
	if (status != STATUS_OK)
		return error_context(err, status, "the body");
	return keep(cli, ret_hash, buf_view(&blob), err);
}

/* The hash that the message commits to, from the desk. */
static enum status ask_hash(struct api_client *client, const char *channel,
                            const char *re, struct hash *ret_hash, struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);
	struct api_answer answer = {0};
	struct json_doc doc = {0};
	const struct json_token *body = NULL;
	char kind[64];
	enum status status;

	TRY(message_path_append(&path, channel, re, err));
	buf_append_byte(&path, '\0');
	TRY(buf_check(&path, "the request", err));
	status = api_client_call(
	    client, &(struct api_request){.path = (const char *)path.data}, &answer, err);
	if (status == STATUS_OK) {
		json_read_string(&answer.doc, json_root(&answer.doc), "kind", kind,
		                 sizeof kind);
		body = json_member(&answer.doc, json_root(&answer.doc), "body");
		if (body == NULL || strcmp(kind, "evidence.commit") != 0)
			status = error_set(err, STATUS_MALFORMED,
			                   "%s commits to no evidence", re);
	}
	if (status == STATUS_OK)
		status = record_evidence_body_hash(json_text(&answer.doc, body), &doc,
		                                   ret_hash, err);
	json_release(&doc);
	api_answer_release(&answer);
	return status;
}

enum status evidence_fetch(const struct cli *cli, struct api_client *client,
                           const char *channel, const char *re, struct hash *ret_hash,
                           struct buf *ret_blob, struct error *err)
{
	char path[FOLDER_PATH_MAX];
	struct hash digest;
	enum status status;

	TRY(ask_hash(client, channel, re, ret_hash, err));
	TRY(make_path(cli, ret_hash, path, err));
	status = file_read(path, ret_blob, err);
	if (status == STATUS_NOT_FOUND)
		return error_set(err, status,
		                 "this desk's folder keeps nothing that %s commits to",
		                 re);
	TRY(status);
	digest = sha256(buf_view(ret_blob));
	if (!hash_equal(&digest, ret_hash))
		return error_set(err, STATUS_MALFORMED,
		                 "%s is not what was committed to: it was changed", path);
	return STATUS_OK;
}

void evidence_forget(const struct cli *cli, const struct hash *hash)
{
	char path[FOLDER_PATH_MAX];

	if (make_path(cli, hash, path, NULL) == STATUS_OK)
		(void)unlink(path);
}
