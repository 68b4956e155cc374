/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The duties of a charter: reading them, and refusing those that no one could meet or
 * that would go on without end.
 */
#include "record/charter_parts.h"

#include "record/kinds.h"
#include "record/object.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum status record_charter_read_kind(const struct json_doc *doc,
                                     const struct json_token *value,
                                     char ret_kind[RECORD_KIND_LEN_MAX + 1],
                                     struct error *err)
{
	TRY(record_string_read(doc, value, 1, RECORD_KIND_LEN_MAX, ret_kind, err));
	if (record_kind_find(view_of_string(ret_kind)) == NULL)
		return error_set(err, STATUS_MALFORMED,
		                 "names a kind that is not in our catalogue");
	return STATUS_OK;
}

struct duty_reading {
	struct record_duty duty; /* durations are -1 until they are read */
	bool owes_list;
};

static enum status read_duty_on(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct duty_reading *reading = context;

	return record_charter_read_kind(doc, value, reading->duty.on, err);
}

static enum status read_duty_owe(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	struct duty_reading *reading = context;
	struct record_duty *duty = &reading->duty;

	if (value->type == JSON_STRING) {
		duty->owe_count = 1;
		return record_charter_read_kind(doc, value, duty->owe[0], err);
	}
	reading->owes_list = true;
	TRY(record_array_check(value, 1, RECORD_OWE_MAX, err));
	for (const struct json_token *kind = json_first(doc, value); kind != NULL;
	     kind = json_next(doc, value, kind))
		TRY(record_charter_read_kind(doc, kind, duty->owe[duty->owe_count++],
		                             err));
	return STATUS_OK;
}

static enum status read_duty_within(const struct json_doc *doc,
                                    const struct json_token *value, void *context,
                                    struct error *err)
{
	struct duty_reading *reading = context;

	return record_duration_read(doc, value, &reading->duty.within_s, err);
}

static enum status read_duty_every(const struct json_doc *doc,
                                   const struct json_token *value, void *context,
                                   struct error *err)
{
	struct duty_reading *reading = context;

	return record_duration_read(doc, value, &reading->duty.every_s, err);
}

static enum status read_duty_grace(const struct json_doc *doc,
                                   const struct json_token *value, void *context,
                                   struct error *err)
{
	struct duty_reading *reading = context;

	return record_duration_read(doc, value, &reading->duty.grace_s, err);
}

/* Either "on" with a list and "within", or "every" with one kind and "grace". */
static enum status duty_check_form(const struct duty_reading *reading, struct error *err)
{
	const struct record_duty *duty = &reading->duty;

	if (duty->on[0] != '\0') {
		if (!reading->owes_list || duty->within_s < 0 || duty->every_s >= 0 ||
		    duty->grace_s >= 0)
			return error_set(err, STATUS_MALFORMED,
			                 "a duty on a kind has a list of what is owed, "
			                 "and within");
		if (duty->within_s == 0)
			return error_set(err, STATUS_MALFORMED, "within nothing");
		return STATUS_OK;
	}
	if (reading->owes_list || duty->within_s >= 0 || duty->every_s < 0 ||
	    duty->grace_s < 0)
		return error_set(err, STATUS_MALFORMED,
		                 "a periodic duty has every, the one kind owed, and "
		                 "grace");
	if (duty->every_s == 0 || duty->grace_s > duty->every_s)
		return error_set(err, STATUS_MALFORMED,
		                 "the period must be longer than nothing and than its "
		                 "grace");
	return STATUS_OK;
}

static enum status duty_read(const struct json_doc *doc, const struct json_token *value,
                             struct record_duty *ret_duty, struct error *err)
{
	static const struct record_member members[] = {
	    {"on", false, read_duty_on},       {"every", false, read_duty_every},
	    {"owe", true, read_duty_owe},      {"within", false, read_duty_within},
	    {"grace", false, read_duty_grace},
	};
	struct duty_reading reading = {
	    .duty = {.within_s = -1, .every_s = -1, .grace_s = -1}};

	TRY(record_object_read(doc, value, members, COUNT(members), &reading, err));
	TRY(duty_check_form(&reading, err));
	*ret_duty = reading.duty;
	if (ret_duty->on[0] != '\0')
		ret_duty->every_s = ret_duty->grace_s = 0;
	else
		ret_duty->within_s = 0;
	return STATUS_OK;
}

enum status record_charter_read_duties(const struct json_doc *doc,
                                       const struct json_token *value, void *context,
                                       struct error *err)
{
	struct record_charter *charter = context;

	TRY(record_array_check(value, 0, RECORD_DUTIES_MAX, err));
	for (const struct json_token *duty = json_first(doc, value); duty != NULL;
	     duty = json_next(doc, value, duty))
		TRY(duty_read(doc, duty, &charter->duties[charter->duty_count++], err));
	return STATUS_OK;
}

/* By the clock, desks write and not people. */
static enum status check_periodic(const struct record_duty *duty,
                                  const struct record_kind *owed, struct error *err)
{
	if (duty->on[0] == '\0' && (!owed->is_automatic || owed->needs_re))
		return error_set(err, STATUS_MALFORMED,
		                 "%s is not what a desk can write by the clock",
		                 owed->name);
	return STATUS_OK;
}

static enum status check_owed(const struct record_charter *charter,
                              const struct record_duty *duty, size_t i, struct error *err)
{
	const char *owed = duty->owe[i];
	const struct record_kind *kind = record_kind_find(view_of_string(owed));

	if (!record_charter_allows(charter, kind))
		return error_set(err, STATUS_MALFORMED,
		                 "%s is owed, but not among the kinds allowed", owed);
	if (!kind->meets_duty)
		return error_set(err, STATUS_MALFORMED, "%s can't be owed", owed);
	for (size_t j = 0; j < i; j++)
		if (strcmp(owed, duty->owe[j]) == 0)
			return error_set(err, STATUS_MALFORMED, "%s is owed twice", owed);
	if (strcmp(owed, duty->on) == 0)
		return error_set(err, STATUS_MALFORMED,
		                 "%s would owe its own kind without end", owed);
	return check_periodic(duty, kind, err);
}

/* Clocks that differ by as much as the charter allows could not tell whether a shorter
 * one was kept. */
static enum status check_times(const struct record_charter *charter,
                               const struct record_duty *duty, struct error *err)
{
	int64_t shortest_s = duty->on[0] != '\0' ? duty->within_s : duty->every_s;

	if (shortest_s < charter->limits.skew_s)
		return error_set(err, STATUS_MALFORMED,
		                 "%s is shorter than the clocks may differ (skew)",
		                 duty->on[0] != '\0' ? "within" : "every");
	return STATUS_OK;
}

/* Could a message of every kind owed name the question? */
static enum status check_answers(const struct record_duty *duty,
                                 const struct record_kind *on, struct error *err)
{
	for (size_t i = 0; i < duty->owe_count; i++)
		if (!record_kind_answers(record_kind_find(view_of_string(duty->owe[i])),
		                         on))
			return error_set(err, STATUS_MALFORMED, "%s can't answer %s",
			                 duty->owe[i], duty->on);
	return STATUS_OK;
}

static enum status check_duty(const struct record_charter *charter,
                              const struct record_duty *duty, struct error *err)
{
	const struct record_kind *on = record_kind_find(view_of_string(duty->on));

	if (on != NULL && (!on->starts_duty || !record_charter_allows(charter, on)))
		return error_set(err, STATUS_MALFORMED,
		                 "%s is not a kind that can start a duty here", duty->on);
	for (size_t i = 0; i < duty->owe_count; i++)
		TRY(check_owed(charter, duty, i, err));
	if (on != NULL)
		TRY(check_answers(duty, on, err));
	return check_times(charter, duty, err);
}

/* Is there a way to answer this kind after which nothing more is owed? */
static bool has_end(const struct record_charter *charter, const char *kind,
                    const bool ends[RECORD_DUTIES_MAX])
{
	for (size_t i = 0; i < charter->duty_count; i++)
		if (strcmp(charter->duties[i].on, kind) == 0 && !ends[i])
			return false;
	return true;
}

/* Answers that owe answers must come to an end: of each duty one kind owed must lead
 * there. Each round finds at least one more, as long as there is one. */
static enum status check_ends(const struct record_charter *charter, struct error *err)
{
	bool ends[RECORD_DUTIES_MAX] = {false}, has_found = true;

	while (has_found) {
		has_found = false;
		for (size_t i = 0; i < charter->duty_count; i++) {
			const struct record_duty *duty = &charter->duties[i];

			for (size_t j = 0; j < duty->owe_count && !ends[i]; j++)
				has_found |= ends[i] =
				    has_end(charter, duty->owe[j], ends);
		}
	}
	for (size_t i = 0; i < charter->duty_count; i++)
		if (!ends[i])
			return error_set(err, STATUS_MALFORMED,
			                 "duty %zu: every answer to %s owes another one, "
			                 "without end",
			                 i + 1, charter->duties[i].on);
	return STATUS_OK;
}

enum status record_charter_check_duties(const struct record_charter *charter,
                                        struct error *err)
{
	for (size_t i = 0; i < charter->duty_count; i++) {
		enum status status = check_duty(charter, &charter->duties[i], err);

		if (status != STATUS_OK)
			return error_context(err, status, "duty %zu", i + 1);
	}
	return check_ends(charter, err);
}
