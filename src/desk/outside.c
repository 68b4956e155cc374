/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests to somebody outside the record, on behalf of the desk's people: staged with
 * the desk's own, so that nothing leaves before the turn is durable.
 */
#include "desk/state.h"

static bool copy(const char *text, char *ret_copy, size_t cap)
{
	return view_copy_string(view_of_string(text ? text : ""), ret_copy, cap);
}

/* NULL (remembered): no memory, or more than a mail may have. */
static struct staged_mail *stage_mail(struct desk *desk, const struct desk_mail *mail)
{
	struct staged_mail *staged = calloc(1, sizeof *staged);
	struct error err;
	if (!staged) {
		desk_fail(desk, error_set(&err, STATUS_NO_MEMORY, "no memory"), &err);
		return NULL;
	}
	staged->tls = mail->tls;
	staged->has_name = mail->name != NULL;
	staged->has_password = mail->password != NULL;
	if (copy(mail->from, staged->from, sizeof staged->from) &&
	    copy(mail->to, staged->to, sizeof staged->to) &&
	    copy(mail->name, staged->name, sizeof staged->name) &&
	    copy(mail->password, staged->password, sizeof staged->password))
		return staged;
	free(staged);
	desk_fail(desk, error_set(&err, STATUS_BUG, "a mail that is out of bounds"),
	          &err);
	return NULL;
}

static bool stage_webhook(const struct desk_webhook *webhook,
                          struct staged_webhook *staged)
{
	staged->time_s = webhook->time_s;
	return copy(webhook->id, staged->id, sizeof staged->id) &&
	       copy(webhook->signature, staged->signature, sizeof staged->signature);
}

void desk_release_call(struct staged_call *call)
{
	buf_release(&call->body);
	if (call->mail)
		explicit_bzero(call->mail, sizeof *call->mail);
	free(call->mail);
	call->mail = NULL;
}

uint64_t desk_call_outside(struct desk *desk, const struct desk_call *wanted)
{
	struct staged_mail *mail = NULL;
	struct staged_call *call;
	struct error err;
	if (wanted->mail && !(mail = stage_mail(desk, wanted->mail)))
		return 0;
	call = desk_stage_call(desk, CALL_OUTSIDE, NULL, wanted->method, wanted->type);
	if (!call) {
		free(mail);
		return 0;
	}
	call->mail = mail;
	call->answer_max = wanted->answer_max;
	buf_append_view(&call->body, wanted->body);
	if (!copy(wanted->url, call->url, sizeof call->url) ||
	    !copy(wanted->path, call->path, sizeof call->path) ||
	    !stage_webhook(&wanted->webhook, &call->webhook) ||
	    call->body.failed != STATUS_OK) {
		desk_fail(desk,
		          error_set(&err, STATUS_BUG, "a request that is out of bounds"),
		          &err);
		return 0;
	}
	return call->call.id;
}

bool desk_end_outside(struct desk *desk, uint64_t id)
{
	for (size_t i = 0; i < desk->call_count; i++) {
		if (desk->calls[i].id != id || desk->calls[i].kind != CALL_OUTSIDE)
			continue;
		desk->calls[i] = desk->calls[--desk->call_count];
		return true;
	}
	return false;
}
