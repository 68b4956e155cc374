/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing of a piece of work outlives the process: who asked asks again.
 */
#include "console/aside.h"

#include "base/cleanup.h"
#include "console/api_call.h"

enum status api_fetch(void *api, const char *path, struct buf *ret_body,
                      struct error *err)
{
	const char *type;

	return desk_read_path(((struct api *)api)->desk, view_of_string(path), &type,
	                      ret_body, err);
}

/* Takes the first one off the list, and tells. */
static void finish(struct api *api, enum status status, struct view result,
                   const struct error *why, int64_t now_ms)
{
	struct aside_list *list = &api->aside;
	struct aside_work work = list->works[0];

	list->count--;
	memmove(list->works, list->works + 1, list->count * sizeof *list->works);
	work.done(api, work.context, status, result, why, now_ms);
	work.free(work.context);
}

static void run_here(struct api *api, int64_t now_ms)
{
	CLEANUP_BUF struct buf result = BUF_INIT(ASIDE_RESULT_MAX);
	const struct aside_work *work = &api->aside.works[0];
	struct error why = {0};
	enum status status = work->run(work->context, api_fetch, api, &result, &why);

	if (status == STATUS_OK)
		status = buf_check(&result, "the answer", &why);
	finish(api, status, status == STATUS_OK ? buf_view(&result) : view_of("", 0),
	       &why, now_ms);
}

/* Begins the first one that can be begun. */
static void begin(struct api *api, int64_t now_ms)
{
	struct aside_list *list = &api->aside;
	struct error why;

	while (list->count > 0) {
		enum status status;

		if (api->host.run_aside == NULL) {
			run_here(api, now_ms);
			continue;
		}
		status = api->host.run_aside(api->host.self, list->works[0].run,
		                             list->works[0].context, &why);
		if (status == STATUS_OK)
			return;
		finish(api, status, view_of("", 0), &why, now_ms);
	}
}

bool aside_waits_for(const struct aside_list *list, const struct office_principal *who)
{
	for (size_t i = 1; i < list->count; i++)
		if (who->door != OFFICE_DOOR_LOCAL &&
		    list->works[i].who.door == who->door &&
		    strcmp(list->works[i].who.name, who->name) == 0)
			return true;
	return false;
}

enum status aside_ask(struct api *api, const struct aside_work *work, int64_t now_ms,
                      struct error *err)
{
	struct aside_list *list = &api->aside;

	if (list->count == ASIDE_WORKS_MAX) {
		work->free(work->context);
		return error_set(err, STATUS_AGAIN,
		                 "too much is being worked out at once: ask again");
	}
	list->works[list->count++] = *work;
	if (list->count == 1)
		begin(api, now_ms);
	return STATUS_OK;
}

void api_take_aside(struct api *api, enum status status, struct view result,
                    const struct error *why, int64_t now_ms)
{
	/* A store that fails ends the desk at the turn's end, which says so. */
	if (api->aside.count == 0 ||
	    office_begin_turn(api->office, now_ms, NULL) != STATUS_OK)
		return;
	finish(api, status, result, why, now_ms);
	begin(api, now_ms);
}

void aside_list_release(struct aside_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		list->works[i].free(list->works[i].context);
	*list = (struct aside_list){0};
}
