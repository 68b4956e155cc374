/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Briefs by log, and the list of unread ones of each log.
 */
#include "office/briefs.h"

#include <stdlib.h>

#include "office/opened.h"
#include "office/state.h"
#include "record/array.h"

struct log_briefs {
	char desk[RECORD_NAME_MAX + 1];
	bool is_own;
	uint64_t first; /* index of the first item */
	struct brief *items;
	size_t count, cap;
	uint64_t *unread; /* ascending */
	size_t unread_count, unread_cap;
};

struct channel_briefs {
	struct record_channel_id id;
	struct log_briefs *logs;
	size_t log_count, log_cap;
};

uint8_t brief_line_number(const char *line)
{
	static const char *const lines[] = {"technical", "operational", "political"};

	for (uint8_t i = 0; i < 3; i++)
		if (strcmp(lines[i], line) == 0)
			return i + 1;
	return 0;
}

static bool answers(const struct record_kind *kind, const char *name)
{
	for (size_t i = 0; kind->answers != NULL && kind->answers[i] != NULL; i++)
		if (strcmp(kind->answers[i], name) == 0)
			return true;
	return false;
}

bool brief_kind_asks(const struct record_kind *kind)
{
	for (size_t i = 0; kind->starts_duty && i < record_kind_count; i++)
		if (!record_kinds[i].is_automatic &&
		    answers(&record_kinds[i], kind->name))
			return true;
	return false;
}

bool brief_is_by_people(const struct brief *brief)
{
	return brief->kind != NULL && !brief->kind->is_automatic;
}

static void channel_release(struct channel_briefs *briefs)
{
	for (size_t i = 0; i < briefs->log_count; i++) {
		free(briefs->logs[i].items);
		free(briefs->logs[i].unread);
	}
	free(briefs->logs);
	briefs->logs = NULL;
	briefs->log_count = briefs->log_cap = 0;
}

void briefs_release(struct briefs_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		channel_release(&list->items[i]);
	free(list->items);
	*list = (struct briefs_list){0};
}

const char *briefs_desk(const struct channel_briefs *briefs, size_t log)
{
	return briefs->logs[log].desk;
}

bool briefs_is_own(const struct channel_briefs *briefs, size_t log)
{
	return briefs->logs[log].is_own;
}

size_t briefs_log_count(const struct channel_briefs *briefs)
{
	return briefs->log_count;
}

const struct brief *briefs_find(const struct channel_briefs *briefs, size_t log,
                                uint64_t index)
{
	const struct log_briefs *it;

	if (log >= briefs->log_count)
		return NULL;
	it = &briefs->logs[log];
	return index >= it->first && index - it->first < it->count
	           ? &it->items[index - it->first]
	           : NULL;
}

const struct brief *briefs_find_id(const struct channel_briefs *briefs,
                                   const struct record_message_id *id, size_t *ret_log)
{
	for (size_t i = briefs->log_count; i-- > 0;) { /* a successor goes before */
		const struct brief *brief = briefs_find(briefs, i, id->index);

		if (brief == NULL || strcmp(briefs->logs[i].desk, id->desk.text) != 0)
			continue;
		if (ret_log != NULL)
			*ret_log = i;
		return brief;
	}
	return NULL;
}

const struct brief *briefs_answered(const struct channel_briefs *briefs,
                                    const struct brief *brief, size_t *ret_log)
{
	const char *desk;

	if (brief->re_log < 0)
		return NULL;
	desk = briefs->logs[brief->re_log].desk;
	for (size_t i = briefs->log_count; i-- > 0;) {
		const struct brief *found = briefs_find(briefs, i, brief->re_index);

		if (found == NULL || strcmp(briefs->logs[i].desk, desk) != 0)
			continue;
		*ret_log = i;
		return found;
	}
	return NULL;
}

/* ---- marks ---- */

enum status brief_marks_open(const struct channel_briefs *briefs,
                             struct brief_marks *ret_marks, struct error *err)
{
	size_t count = briefs->log_count;

	ret_marks->logs = calloc(count + 1, sizeof *ret_marks->logs);
	ret_marks->firsts = calloc(count + 1, sizeof *ret_marks->firsts);
	ret_marks->counts = calloc(count + 1, sizeof *ret_marks->counts);
	if (ret_marks->logs == NULL || ret_marks->firsts == NULL ||
	    ret_marks->counts == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for the answer");
	for (; ret_marks->log_count < count; ret_marks->log_count++) {
		const struct log_briefs *log = &briefs->logs[ret_marks->log_count];
		uint8_t *marks = calloc(log->count + 1, 1);

		if (marks == NULL)
			return error_set(err, STATUS_NO_MEMORY,
			                 "out of memory for the answer");
		ret_marks->logs[ret_marks->log_count] = marks;
		ret_marks->firsts[ret_marks->log_count] = log->first;
		ret_marks->counts[ret_marks->log_count] = log->count;
	}
	return STATUS_OK;
}

void brief_marks_release(struct brief_marks *marks)
{
	for (size_t i = 0; i < marks->log_count; i++)
		free(marks->logs[i]);
	free(marks->logs);
	free(marks->firsts);
	free(marks->counts);
	*marks = (struct brief_marks){0};
}

/* Its mark, or NULL where there is no such message. */
static uint8_t *mark_of(const struct brief_marks *marks, size_t log, uint64_t index)
{
	if (log >= marks->log_count || index < marks->firsts[log] ||
	    index - marks->firsts[log] >= marks->counts[log])
		return NULL;
	return &marks->logs[log][index - marks->firsts[log]];
}

void brief_marks_set(struct brief_marks *marks, size_t log, uint64_t index)
{
	uint8_t *mark = mark_of(marks, log, index);

	if (mark != NULL)
		*mark = 1;
}

bool brief_marks_has(const struct brief_marks *marks, size_t log, uint64_t index)
{
	const uint8_t *mark = mark_of(marks, log, index);

	return mark != NULL && *mark != 0;
}

/* ---- unread ---- */

/* The first unread one at or behind the index. */
static size_t unread_place(const struct log_briefs *log, uint64_t index)
{
	size_t low = 0, high = log->unread_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (log->unread[middle] < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool briefs_is_unread(const struct channel_briefs *briefs, size_t log, uint64_t index)
{
	const struct log_briefs *it = &briefs->logs[log];
	size_t place = unread_place(it, index);

	return place < it->unread_count && it->unread[place] == index;
}

uint64_t briefs_unread_count(const struct channel_briefs *briefs)
{
	uint64_t count = 0;

	for (size_t i = 0; i < briefs->log_count; i++)
		count += briefs->logs[i].unread_count;
	return count;
}

const uint64_t *briefs_unread(const struct channel_briefs *briefs, size_t log,
                              size_t *ret_count)
{
	*ret_count = briefs->logs[log].unread_count;
	return briefs->logs[log].unread;
}

static size_t drop_unread(struct log_briefs *log, uint64_t first, uint64_t end)
{
	size_t from = unread_place(log, first), to = unread_place(log, end);

	if (to == from)
		return 0;
	memmove(log->unread + from, log->unread + to,
	        (log->unread_count - to) * sizeof *log->unread);
	log->unread_count -= to - from;
	return to - from;
}

/* ---- from the desk ---- */

struct reading {
	struct office *office;
	struct channel_briefs *briefs;
	struct log_briefs *log;
	uint64_t left; /* entries that may still be read */
};

static bool wants_no_body(const struct record_envelope *envelope)
{
	return false;
}

/* Addressed to all, or to this desk among others. */
static bool is_for_us(const struct reading *reading,
                      const struct record_envelope *envelope)
{
	const char *own = desk_card(reading->office->desk)->name.text;

	for (size_t i = 0; i < envelope->to_count; i++)
		if (strcmp(envelope->to[i].text, own) == 0)
			return true;
	return envelope->to_count == 0;
}

static enum status note_unread(const struct reading *reading, uint64_t index,
                               struct error *err)
{
	struct log_briefs *log = reading->log;

	if (log->is_own ||
	    opened_has(reading->office, &reading->briefs->id, log->desk, index))
		return STATUS_OK;
	TRY(record_array_reserve(&log->unread, &log->unread_cap, log->unread_count + 1,
	                         sizeof *log->unread, err));
	log->unread[log->unread_count++] = index;
	return STATUS_OK;
}

/* A log of the desk, whichever: ids go on from one to the next. */
static int32_t log_of(const struct channel_briefs *briefs, const char *desk)
{
	for (size_t i = 0; i < briefs->log_count; i++)
		if (strcmp(briefs->logs[i].desk, desk) == 0)
			return (int32_t)i;
	return -1;
}

static struct brief brief_of(const struct channel_briefs *briefs,
                             const struct record_envelope *envelope)
{
	struct brief brief = {.re_log = -1};

	if (envelope == NULL)
		return brief;
	brief.kind = record_kind_find(view_of_string(envelope->kind));
	brief.sent_s = envelope->sent_s;
	brief.line = brief_line_number(envelope->line);
	brief.has_to = envelope->to_count > 0;
	if (!envelope->has_re)
		return brief;
	brief.re_log = log_of(briefs, envelope->re.desk.text);
	brief.re_index = envelope->re.index;
	return brief;
}

static enum status take_entry(void *context, const struct desk_entry *entry,
                              struct error *err)
{
	struct reading *reading = context;
	struct log_briefs *log = reading->log;
	struct brief *brief;

	if (reading->left == 0)
		return STATUS_CLOSED;
	reading->left--;
	if (log->count == 0)
		log->first = entry->index;
	TRY(record_array_reserve(&log->items, &log->cap, log->count + 1,
	                         sizeof *log->items, err));
	brief = &log->items[log->count];
	*brief = brief_of(reading->briefs, entry->envelope);
	if (brief_is_by_people(brief)) {
		brief->asks = !log->is_own && brief_kind_asks(brief->kind) &&
		              is_for_us(reading, entry->envelope);
		TRY(note_unread(reading, entry->index, err));
	}
	log->count++;
	return STATUS_OK;
}

static enum status update_log(struct reading *reading, size_t channel, size_t i,
                              struct error *err)
{
	struct channel_briefs *briefs = reading->briefs;
	uint64_t from;

	reading->log = &briefs->logs[i];
	from = reading->log->first + reading->log->count;
	return desk_entries(reading->office->desk, channel, i, from, wants_no_body,
	                    take_entry, reading, err);
}

/* What somebody here has answered was read, also where nobody said so. */
static void drop_answered(struct channel_briefs *briefs, const struct log_briefs *own,
                          size_t from)
{
	for (size_t i = from; i < own->count; i++) {
		const struct brief *brief = &own->items[i];

		if (!brief_is_by_people(brief) || brief->re_log < 0)
			continue;
		for (size_t log = 0; log < briefs->log_count; log++)
			if (strcmp(briefs->logs[log].desk,
			           briefs->logs[brief->re_log].desk) == 0)
				drop_unread(&briefs->logs[log], brief->re_index,
				            brief->re_index + 1);
	}
}

static enum status add_logs(struct office *office, struct channel_briefs *briefs,
                            size_t channel, size_t log_count, struct error *err)
{
	const char *own = desk_card(office->desk)->name.text;

	TRY(record_array_reserve(&briefs->logs, &briefs->log_cap, log_count,
	                         sizeof *briefs->logs, err));
	for (; briefs->log_count < log_count; briefs->log_count++) {
		struct log_briefs *log = &briefs->logs[briefs->log_count];
		struct desk_log_info info;

		desk_log(office->desk, channel, briefs->log_count, &info);
		*log = (struct log_briefs){.is_own = strcmp(info.desk, own) == 0};
		strcpy(log->desk, info.desk);
	}
	return STATUS_OK;
}

/* The own logs come last, so that what they answer is there. */
static enum status update(struct office *office, struct channel_briefs *briefs,
                          size_t channel, uint64_t *left, struct error *err)
{
	struct reading reading = {.office = office, .briefs = briefs, .left = *left};
	struct desk_channel_info info;

	desk_channel(office->desk, channel, &info);
	TRY(add_logs(office, briefs, channel, info.log_count, err));
	for (size_t i = 0; i < info.log_count; i++)
		if (!briefs->logs[i].is_own)
			TRY(update_log(&reading, channel, i, err));
	*left = reading.left;
	for (size_t i = 0; i<info.log_count && * left> 0; i++) {
		size_t before = briefs->logs[i].count;

		if (!briefs->logs[i].is_own)
			continue;
		TRY(update_log(&reading, channel, i, err));
		*left = reading.left;
		drop_answered(briefs, &briefs->logs[i], before);
	}
	return STATUS_OK;
}

static enum status find_channel(struct briefs_list *list,
                                const struct record_channel_id *id,
                                struct channel_briefs **ret_briefs, struct error *err)
{
	for (size_t i = 0; i < list->count; i++)
		if (hash_equal(&list->items[i].id.hash, &id->hash)) {
			*ret_briefs = &list->items[i];
			return STATUS_OK;
		}
	TRY(record_array_reserve(&list->items, &list->cap, list->count + 1,
	                         sizeof *list->items, err));
	list->items[list->count] = (struct channel_briefs){.id = *id};
	*ret_briefs = &list->items[list->count++];
	return STATUS_OK;
}

static enum status open_and_update(struct office *office, size_t channel, uint64_t *left,
                                   struct channel_briefs **ret_briefs, struct error *err)
{
	struct channel_briefs *briefs = NULL;
	struct desk_channel_info info;
	enum status status;

	desk_channel(office->desk, channel, &info);
	if (!info.is_open)
		return error_set(err, STATUS_AGAIN,
		                 "the channel is not open: not every member has signed "
		                 "its charter");
	TRY(find_channel(&office->briefs, &info.id, &briefs, err));
	status = update(office, briefs, channel, left, err);
	if (status != STATUS_OK) { /* made anew at the next question */
		channel_release(briefs);
		return status;
	}
	*ret_briefs = briefs;
	return STATUS_OK;
}

enum status briefs_open(struct office *office, size_t channel,
                        struct channel_briefs **ret_briefs, struct error *err)
{
	uint64_t left = UINT64_MAX;

	return open_and_update(office, channel, &left, ret_briefs, err);
}

enum status briefs_warm(struct office *office, size_t channel, uint64_t most,
                        bool *ret_done, struct error *err)
{
	struct channel_briefs *briefs;
	uint64_t left = most;

	TRY(open_and_update(office, channel, &left, &briefs, err));
	*ret_done = left > 0;
	return STATUS_OK;
}

/* ---- marking ---- */

static bool is_read_by_nobody(const struct log_briefs *log, uint64_t index)
{
	return index >= log->first && index - log->first < log->count &&
	       !brief_is_by_people(&log->items[index - log->first]);
}

enum status briefs_mark_through(struct office *office, struct channel_briefs *briefs,
                                size_t log, uint64_t end, size_t *ret_count,
                                struct error *err)
{
	struct log_briefs *it = &briefs->logs[log];

	if (it->is_own || unread_place(it, end) == 0)
		return STATUS_OK;
	TRY(opened_mark(office, &briefs->id, it->desk, it->first, end, err));
	*ret_count += drop_unread(it, 0, end);
	alarms_changed(office);
	return STATUS_OK;
}

enum status briefs_mark(struct office *office, struct channel_briefs *briefs,
                        const struct record_message_id *id, size_t *ret_count,
                        struct error *err)
{
	uint64_t first = id->index, end = id->index + 1;
	struct log_briefs *it;
	size_t log;

	if (briefs_find_id(briefs, id, &log) == NULL)
		return error_set(err, STATUS_NOT_FOUND, "%s#%llu is not in this channel",
		                 id->desk.text, (unsigned long long)id->index);
	if (!briefs_is_unread(briefs, log, id->index))
		return STATUS_OK;
	it = &briefs->logs[log];
	/* over what desks write in between, so that ranges join */
	while (first > 0 && is_read_by_nobody(it, first - 1))
		first--;
	while (is_read_by_nobody(it, end))
		end++;
	TRY(opened_mark(office, &briefs->id, it->desk, first, end, err));
	*ret_count += drop_unread(it, id->index, id->index + 1);
	alarms_changed(office);
	return STATUS_OK;
}
