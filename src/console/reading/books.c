/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalogue of kinds, the codebooks and the pledges to start from, as they are built
 * in: what a program needs to make forms and to show what was sent.
 */
#include "base/cleanup.h"
#include "codec/base64.h"
#include "console/answer.h"
#include "console/api_call.h"
#include "record/codebook.h"
#include "record/pledge_text.h"

static const char *const no_parameters[] = {NULL};

static enum status reply_view(struct api_call *call, struct view json)
{
	desk_reply(call->desk, call->request->id, 200, "application/json", json);
	return STATUS_OK;
}

enum status api_get_kinds(struct api_call *call, struct error *err)
{
	TRY(target_allow(&call->target, no_parameters, err));
	return reply_view(call, record_kinds_json);
}

enum status api_get_codebook(struct api_call *call, struct error *err)
{
	struct hash digest;
	struct view json;

	TRY(target_allow(&call->target, no_parameters, err));
	TRY(hex_decode_exact(view_of_string(call->target.segments[2]), digest.bytes,
	                     sizeof digest.bytes, err));
	json = record_codebook_builtin_json(&digest);
	if (json.len == 0)
		return error_set(err, STATUS_NOT_FOUND,
		                 "this desk does not have the codebook");
	return reply_view(call, json);
}

enum status api_get_pledge_texts(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);

	TRY(target_allow(&call->target, no_parameters, err));
	json_writer_object(&writer, NULL);
	json_writer_array(&writer, "pledges");
	for (size_t i = 0; i < record_pledge_text_count; i++) {
		json_writer_object(&writer, NULL);
		json_writer_string(&writer, "name", record_pledge_texts[i].name);
		json_writer_raw(&writer, "body", record_pledge_texts[i].body);
		json_writer_end(&writer);
	}
	json_writer_end(&writer);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}
