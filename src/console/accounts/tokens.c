/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens for programs: the list, making one (shown once, in the answer), revoking one.
 */
#include "office/tokens.h"

#include "base/cleanup.h"
#include "console/accounts/account_body.h"
#include "console/api_call.h"
#include "crypto/random.h"
#include "office/fields.h"

enum { LIST_MAX = 1 << 20, ANSWER_MAX = 2048 };

enum status api_get_tokens(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {NULL};
	CLEANUP_BUF struct buf out = BUF_INIT(LIST_MAX);
	struct json_writer writer = json_writer_of(&out);

	TRY(target_allow(&call->target, parameters, err));
	json_writer_object(&writer, NULL);
	json_writer_array(&writer, "tokens");
	for (size_t i = 0; i < office_token_count(call->api->office); i++)
		token_write(&writer, NULL, office_token_at(call->api->office, i));
	json_writer_end(&writer);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

static enum status note_added(struct api_call *call, const char *id,
                              const struct token_body *body, struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(ANSWER_MAX);
	struct json_writer writer = json_writer_of(&data);

	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "name", body->name);
	office_write_scopes(&writer, "scopes", body->scopes);
	json_writer_time_or_never(&writer, "until", body->until_s);
	json_writer_end(&writer);
	return office_audit(call->api->office,
	                    &(struct office_act){.who = &call->who,
	                                         .what = "token.add",
	                                         .subject = id,
	                                         .data = buf_view(&data)},
	                    err);
}

static enum status reply_added(struct api_call *call, const char *id, const char *token,
                               struct error *err)
{
	struct buf out = BUF_INIT(ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	enum status status;

	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "id", id);
	json_writer_string(&writer, "token", token);
	json_writer_end(&writer);
	status = api_reply_json(call->desk, call->request->id, 201, &out, err);
	if (out.data != NULL)
		crypto_wipe(out.data, out.len);
	buf_release(&out);
	return status;
}

enum status api_post_tokens(struct api_call *call, struct error *err)
{
	char token[TOKEN_LEN + 1], id[TOKEN_ID_LEN + 1];
	struct token_body body;
	enum status status;

	TRY(token_body_parse(call->request->body, &call->api->doc, &body, err));
	if (body.until_s != 0 && body.until_s <= call->now_ms / 1000)
		return error_set(err, STATUS_MALFORMED, "until: is not in the future");
	TRY(office_token_add(call->api->office, body.name, call->who.name, body.scopes,
	                     body.until_s, token, id, err));
	status = note_added(call, id, &body, err);
	if (status == STATUS_OK)
		status = reply_added(call, id, token, err);
	crypto_wipe(token, sizeof token);
	return status;
}

enum status api_post_token_revoke(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	const char *id = call->target.segments[2];

	TRY(office_token_revoke(call->api->office, id, err));
	TRY(office_audit(call->api->office,
	                 &(struct office_act){
	                     .who = &call->who, .what = "token.revoke", .subject = id},
	                 err));
	token_write(&writer, NULL, office_token_find(call->api->office, id));
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}
