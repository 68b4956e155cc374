/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tickets are never used twice, so a late answer can't reach another's request.
 */
#include "console/accounts/passwords.h"

#include <stdlib.h>

#include "console/api_call.h"

static enum status refuse(void *context, struct error *err)
{
	free(context);
	return error_set(err, STATUS_AGAIN, "too many passwords wait to be checked");
}

static enum status ask(struct api *api, bool is_check, const char *password,
                       const char *hash, const struct password_wait *wanted,
                       struct error *err)
{
	struct password_list *list = &api->passwords;
	struct password_wait *wait = NULL;
	enum status status;

	for (size_t i = 0; i < PASSWORDS_MAX && wait == NULL; i++)
		if (list->waits[i].ticket == 0)
			wait = &list->waits[i];
	if (wait == NULL || api->host.hash_password == NULL)
		return refuse(wanted->context, err);
	*wait = *wanted;
	wait->ticket = ++list->last_ticket;
	status = api->host.hash_password(api->host.self, wait->ticket, is_check, password,
	                                 hash, err);
	if (status == STATUS_OK)
		return STATUS_OK;
	free(wait->context);
	*wait = (struct password_wait){0};
	return status;
}

enum status passwords_hash(struct api *api, const char *password, password_done *done,
                           void *context, struct error *err)
{
	return ask(api, false, password, "",
	           &(struct password_wait){.done = done, .context = context}, err);
}

enum status passwords_check(struct api *api, const char *password, const char *hash,
                            password_done *done, void *context, struct error *err)
{
	return ask(api, true, password, hash,
	           &(struct password_wait){.done = done, .context = context}, err);
}

void api_take_password(struct api *api, uint64_t ticket, bool is_good, const char *hash,
                       int64_t now_ms)
{
	struct password_list *list = &api->passwords;

	for (size_t i = 0; i < PASSWORDS_MAX; i++) {
		struct password_wait wait = list->waits[i];

		if (ticket == 0 || wait.ticket != ticket)
			continue;
		list->waits[i] = (struct password_wait){0};
		wait.done(api, wait.context, is_good, hash, now_ms);
		free(wait.context);
		return;
	}
}

void passwords_release(struct password_list *list)
{
	for (size_t i = 0; i < PASSWORDS_MAX; i++)
		free(list->waits[i].context);
	*list = (struct password_list){0};
}
