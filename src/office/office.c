/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The office as a whole: its parts, one after the other.
 */
#include "office/office.h"

#include <stdlib.h>

#include "office/state.h"

static enum status load(struct office *office, struct error *err)
{
	TRY(audit_load(office, err));
	TRY(alerts_load(office, err));
	TRY(opened_load(office, err));
	TRY(operators_load(office, err));
	TRY(sessions_load(office, err));
	TRY(tokens_load(office, err));
	TRY(drafts_load(office, err));
	TRY(alarms_load(office, err));
	return handovers_load(office, err);
}

enum status office_open(struct desk *desk, int64_t now_ms, struct office **ret_office,
                        struct error *err)
{
	struct office *office = calloc(1, sizeof *office);
	enum status status;

	if (office == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for the office");
	office->desk = desk;
	office->now_ms = now_ms;
	status = load(office, err);
	if (status != STATUS_OK) {
		office_free(office);
		return error_context(err, status, "what the desk's people keep");
	}
	*ret_office = office;
	return STATUS_OK;
}

void office_free(struct office *office)
{
	if (office == NULL)
		return;
	alerts_release(office);
	opened_release(&office->opened);
	briefs_release(&office->briefs);
	operators_release(office);
	sessions_release(office);
	tokens_release(office);
	throttle_release(&office->throttle);
	drafts_release(&office->drafts);
	alarms_release(&office->alarms);
	handovers_release(&office->handovers);
	json_release(&office->doc);
	free(office);
}

enum status office_begin_turn(struct office *office, int64_t now_ms, struct error *err)
{
	office->now_ms = now_ms;
	TRY(sessions_begin_turn(office, err));
	TRY(alarms_begin_turn(office, err));
	alerts_begin_turn(office);
	return audit_begin_turn(office, err);
}

int64_t office_wake_ms(const struct office *office)
{
	int64_t wakes_ms[] = {audit_wake_ms(office), sessions_wake_ms(office),
	                      alarms_wake_ms(office), alerts_wake_ms(office)};
	int64_t first_ms = INT64_MAX;

	for (size_t i = 0; i < sizeof wakes_ms / sizeof wakes_ms[0]; i++)
		if (wakes_ms[i] < first_ms)
			first_ms = wakes_ms[i];
	return first_ms;
}

struct throttle *office_throttle(struct office *office)
{
	return &office->throttle;
}
