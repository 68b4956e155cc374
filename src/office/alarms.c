/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deriving alarms, and the rows "office/alarm/<id>" of what somebody did about one.
 * Computed again when the desk, the office or the clock has changed something: at once
 * for who asks, at most once a second for who listens.
 */
#include "office/alarms.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/json_writer.h"
#include "codec/time_text.h"
#include "office/drafts.h"
#include "office/state.h"
#include "record/array.h"
#include "record/object.h"

#define PREFIX "office/alarm/"

enum {
	AGAIN_AFTER_MS = 1000,
	ROW_TOKENS_MAX = 64,
	DUTIES_WAIT_MS = 100,
	WARM_ENTRIES = 2000, /* read in one turn after a start, until all is known */
};

/* What somebody did about an alarm. */
struct alarm_mark {
	char id[ALARM_ID_LEN + 1];
	char taken_by[OFFICE_NAME_MAX + 1], muted_by[OFFICE_NAME_MAX + 1];
	int64_t taken_s, muted_until_s;
};

const char *alarm_word(enum alarm_what what)
{
	static const char *const words[ALARM_WHAT_COUNT] = {
	    [ALARM_DUTY] = "duty",         [ALARM_OVERDUE] = "overdue",
	    [ALARM_UNREAD] = "unread",     [ALARM_FAILED] = "failed",
	    [ALARM_FORK] = "fork",         [ALARM_FROZEN] = "frozen",
	    [ALARM_APPROVAL] = "approval",
	};

	return words[what];
}

void alarms_release(struct alarm_table *table)
{
	free(table->items);
	free(table->marks);
	needs_release(&table->needs);
	*table = (struct alarm_table){0};
}

/* ---- marks ---- */

static struct alarm_mark *mark_find(struct alarm_table *table, const char *id)
{
	for (size_t i = 0; i < table->mark_count; i++)
		if (strcmp(table->marks[i].id, id) == 0)
			return &table->marks[i];
	return NULL;
}

static enum status mark_put(struct office *office, const struct alarm_mark *mark,
                            struct error *err)
{
	CLEANUP_BUF struct buf row = BUF_INIT(1024);
	struct json_writer writer = json_writer_of(&row);
	char key[OFFICE_KEY_MAX];

	(void)snprintf(key, sizeof key, PREFIX "%s", mark->id);
	json_writer_object(&writer, NULL);
	if (mark->taken_s != 0) {
		json_writer_string(&writer, "taken_by", mark->taken_by);
		json_writer_time(&writer, "taken", mark->taken_s);
	}
	if (mark->muted_until_s != 0) {
		json_writer_string(&writer, "muted_by", mark->muted_by);
		json_writer_time(&writer, "muted_until", mark->muted_until_s);
	}
	json_writer_end(&writer);
	TRY(buf_check(&row, "the alarm", err));
	return office_put(office, key, buf_view(&row), err);
}

static enum status mark_add(struct alarm_table *table, const char *id,
                            struct alarm_mark **ret_mark, struct error *err)
{
	TRY(record_array_reserve(&table->marks, &table->mark_cap, table->mark_count + 1,
	                         sizeof *table->marks, err));
	*ret_mark = &table->marks[table->mark_count++];
	**ret_mark = (struct alarm_mark){0};
	(void)snprintf((*ret_mark)->id, sizeof(*ret_mark)->id, "%s", id);
	return STATUS_OK;
}

static enum status mark_drop(struct office *office, size_t at, struct error *err)
{
	struct alarm_table *table = &office->alarms;
	char key[OFFICE_KEY_MAX];

	(void)snprintf(key, sizeof key, PREFIX "%s", table->marks[at].id);
	TRY(office_remove(office, key, err));
	table->marks[at] = table->marks[--table->mark_count];
	return STATUS_OK;
}

static const struct alarm *alarm_find(const struct alarm_table *table, const char *id)
{
	for (size_t i = 0; i < table->count; i++)
		if (strcmp(table->items[i].id, id) == 0)
			return &table->items[i];
	return NULL;
}

/* Of alarms that are gone: after a week, or the oldest where there are too many. */
static enum status forget_old(struct office *office, struct error *err)
{
	struct alarm_table *table = &office->alarms;
	int64_t now_s = office->now_ms / 1000;

	for (size_t i = table->mark_count; i-- > 0;) {
		const struct alarm_mark *mark = &table->marks[i];
		int64_t last_s = mark->taken_s > mark->muted_until_s
		                     ? mark->taken_s
		                     : mark->muted_until_s;
		bool is_old = last_s + ALARM_MARK_KEEP_S < now_s ||
		              table->mark_count > ALARM_MARKS_MAX;

		if (is_old && alarm_find(table, mark->id) == NULL)
			TRY(mark_drop(office, i, err));
	}
	return STATUS_OK;
}

/* ---- deriving ---- */

/* What a new list is gathered in. */
struct gathering {
	struct office *office;
	int64_t now_s;
	struct alarm *items;
	size_t count, cap;
	const struct alarm_table *before;
	int64_t next_s;
};

/* The same cause has the same id for ever. */
static void make_id(struct desk *desk, struct alarm *alarm, const char *more)
{
	CLEANUP_BUF struct buf text = BUF_INIT(2048);
	struct desk_channel_info info;
	char hex[HASH_HEX_LEN + 1];
	struct hash hash;

	desk_channel(desk, alarm->channel, &info);
	buf_printf(&text, "%s|%s|%s|%s", alarm_word(alarm->what), info.id_hex,
	           alarm->subject, more);
	hash = sha256(buf_view(&text));
	hash_hex(&hash, hex);
	memcpy(alarm->id, hex, ALARM_ID_LEN);
	alarm->id[ALARM_ID_LEN] = '\0';
}

static enum status add(struct gathering *gathering, struct alarm *alarm, const char *more,
                       struct error *err)
{
	make_id(gathering->office->desk, alarm, more);
	TRY(record_array_reserve(&gathering->items, &gathering->cap, gathering->count + 1,
	                         sizeof *gathering->items, err));
	gathering->items[gathering->count++] = *alarm;
	return STATUS_OK;
}

static void wake(struct gathering *gathering, int64_t at_s)
{
	if (at_s > gathering->now_s && at_s < gathering->next_s)
		gathering->next_s = at_s;
}

/* When the last quarter of the time begins, or ten minutes before the end. */
static int64_t near_s(const struct record_duty_row *row)
{
	int64_t quarter_s = (row->deadline_s - row->start_s) / 4;

	return row->deadline_s -
	       (quarter_s > ALARM_NEAR_MIN_S ? quarter_s : ALARM_NEAR_MIN_S);
}

static enum status add_duty(struct gathering *gathering, const struct need_duty *duty,
                            struct error *err)
{
	const struct record_duty_row *row = &duty->row;
	struct alarm alarm = {.channel = duty->channel};
	char more[RECORD_NAME_MAX + RECORD_KIND_LEN_MAX + 2], deadline[TIME_TEXT_LEN + 1];

	if (!row->has_clock)
		return STATUS_OK;
	time_text_encode(row->deadline_s, deadline);
	record_message_id_encode(&row->question, alarm.subject);
	(void)snprintf(more, sizeof more, "%s|%s", row->debtor.text, row->duty->owe[0]);
	if (row->state == RECORD_DUTY_OVERDUE) {
		alarm.what = ALARM_OVERDUE;
		alarm.since_s = row->deadline_s;
		(void)snprintf(alarm.words, sizeof alarm.words,
		               "the answer of %.100s to %.110s is overdue",
		               row->debtor.text, alarm.subject);
		return add(gathering, &alarm, more, err);
	}
	wake(gathering, near_s(row));
	if (!duty->is_mine || gathering->now_s < near_s(row))
		return STATUS_OK;
	alarm.what = ALARM_DUTY;
	alarm.since_s = near_s(row);
	alarm.until_s = row->deadline_s;
	(void)snprintf(alarm.words, sizeof alarm.words, "%.110s must be answered by %s",
	               alarm.subject, deadline);
	return add(gathering, &alarm, more, err);
}

static enum status add_unread(struct gathering *gathering,
                              const struct need_unread *unread, struct error *err)
{
	struct alarm alarm = {
	    .what = ALARM_UNREAD, .channel = unread->channel, .since_s = unread->sent_s};

	record_message_id_encode(&unread->id, alarm.subject);
	(void)snprintf(alarm.words, sizeof alarm.words, "nobody has opened %.110s",
	               alarm.subject);
	return add(gathering, &alarm, "", err);
}

static enum status add_failed(struct gathering *gathering,
                              const struct need_failed *failed, struct error *err)
{
	struct alarm alarm = {
	    .what = ALARM_FAILED, .channel = failed->channel, .since_s = failed->sent_s};

	record_message_id_encode(&failed->id, alarm.subject);
	(void)snprintf(alarm.words, sizeof alarm.words, "%.110s does not reach %.100s",
	               alarm.subject, failed->to.text);
	return add(gathering, &alarm, failed->to.text, err);
}

static enum status add_silent(struct gathering *gathering,
                              const struct need_silent *silent, struct error *err)
{
	struct alarm alarm = {.what = ALARM_OVERDUE,
	                      .channel = silent->channel,
	                      .since_s = silent->since_s};

	strcpy(alarm.subject, silent->desk.text);
	(void)snprintf(alarm.words, sizeof alarm.words, "%.100s gives no sign of life",
	               alarm.subject);
	return add(gathering, &alarm, "silent", err);
}

static enum status add_needs(struct gathering *gathering, const struct needs *needs,
                             struct error *err)
{
	wake(gathering, needs->next_s);
	for (size_t i = 0; i < needs->duty_count; i++)
		TRY(add_duty(gathering, &needs->duties[i], err));
	for (size_t i = 0; i < needs->asking_count; i++)
		TRY(add_unread(gathering, &needs->asking[i], err));
	for (size_t i = 0; i < needs->failed_count; i++)
		TRY(add_failed(gathering, &needs->failed[i], err));
	for (size_t i = 0; i < needs->silent_count; i++)
		TRY(add_silent(gathering, &needs->silent[i], err));
	return STATUS_OK;
}

static enum status add_approvals(struct gathering *gathering, struct error *err)
{
	struct office *office = gathering->office;

	for (size_t i = 0; i < drafts_count(office); i++) {
		const struct draft *draft = drafts_nth(office, i);
		struct alarm alarm = {.what = ALARM_APPROVAL,
		                      .since_s = draft->asked.time_s};
		char more[32];

		if (draft->state != DRAFT_APPROVAL ||
		    draft_channel(office, draft, &alarm.channel, NULL) != STATUS_OK)
			continue;
		strcpy(alarm.subject, draft->id);
		(void)snprintf(more, sizeof more, "%lld", (long long)draft->version);
		(void)snprintf(alarm.words, sizeof alarm.words,
		               "draft %s of %s waits for approval", draft->id,
		               draft->created.by);
		TRY(add(gathering, &alarm, more, err));
	}
	return STATUS_OK;
}

/* Since when it was noticed. */
static int64_t first_seen_s(const struct gathering *gathering, const struct alarm *alarm)
{
	for (size_t i = 0; i < gathering->before->count; i++) {
		const struct alarm *before = &gathering->before->items[i];

		if (before->what == alarm->what && before->channel == alarm->channel &&
		    strcmp(before->subject, alarm->subject) == 0)
			return before->since_s;
	}
	return gathering->now_s;
}

static enum status add_log(struct gathering *gathering, size_t channel,
                           const struct desk_log_info *log, struct error *err)
{
	struct alarm alarm = {.channel = channel};

	strcpy(alarm.subject, log->desk);
	if (log->is_equivocating) {
		alarm.what = ALARM_FORK;
		alarm.since_s = first_seen_s(gathering, &alarm);
		(void)snprintf(alarm.words, sizeof alarm.words,
		               "%.100s has signed two histories: the proof is kept",
		               log->desk);
		TRY(add(gathering, &alarm, "", err));
	}
	if (log->is_own && !log->is_ended && log->state == DESK_LOG_FROZEN) {
		alarm.what = ALARM_FROZEN;
		alarm.since_s = first_seen_s(gathering, &alarm);
		(void)snprintf(alarm.words, sizeof alarm.words,
		               "this desk can't write: %.200s", log->why);
		TRY(add(gathering, &alarm, "", err));
	}
	return STATUS_OK;
}

static enum status add_logs(struct gathering *gathering, struct error *err)
{
	struct desk *desk = gathering->office->desk;

	for (size_t i = 0; i < desk_channel_count(desk); i++) {
		struct desk_channel_info info;

		desk_channel(desk, i, &info);
		for (size_t nth = 0; info.is_open && nth < info.log_count; nth++) {
			struct desk_log_info log;

			desk_log(desk, i, nth, &log);
			TRY(add_log(gathering, i, &log, err));
		}
	}
	return STATUS_OK;
}

static int compare_alarms(const void *a, const void *b)
{
	const struct alarm *x = a, *y = b;

	if (x->since_s != y->since_s)
		return x->since_s < y->since_s ? -1 : 1;
	return strcmp(x->id, y->id);
}

static void take_marks(struct alarm_table *table, struct gathering *gathering)
{
	for (size_t i = 0; i < gathering->count; i++) {
		struct alarm *alarm = &gathering->items[i];
		const struct alarm_mark *mark = mark_find(table, alarm->id);

		if (mark == NULL)
			continue;
		strcpy(alarm->taken_by, mark->taken_by);
		alarm->taken_s = mark->taken_s;
		if (mark->muted_until_s > gathering->now_s) {
			strcpy(alarm->muted_by, mark->muted_by);
			alarm->muted_until_s = mark->muted_until_s;
			wake(gathering, mark->muted_until_s);
		}
	}
}

static enum status gather(struct gathering *gathering, struct needs *needs,
                          struct error *err)
{
	TRY(needs_collect(gathering->office, gathering->now_s, needs, err));
	TRY(add_needs(gathering, needs, err));
	TRY(add_approvals(gathering, err));
	TRY(add_logs(gathering, err));
	if (gathering->count > 0)
		qsort(gathering->items, gathering->count, sizeof *gathering->items,
		      compare_alarms);
	take_marks(&gathering->office->alarms, gathering);
	return STATUS_OK;
}

/* Of ids and what was done about them: what listeners must hear of. */
static struct hash digest_of(const struct gathering *gathering)
{
	struct sha256_stream stream = sha256_open();

	for (size_t i = 0; i < gathering->count; i++) {
		const struct alarm *alarm = &gathering->items[i];
		uint8_t marks[2] = {alarm->taken_s != 0, alarm->muted_until_s != 0};

		sha256_update(&stream, view_of(alarm->id, ALARM_ID_LEN));
		sha256_update(&stream, view_of(marks, sizeof marks));
	}
	return sha256_close(&stream);
}

static void announce(struct office *office, const struct alarm_table *table)
{
	char members[64];
	size_t loud = 0;

	for (size_t i = 0; i < table->count; i++)
		loud += alarm_is_loud(&table->items[i], office->now_ms / 1000);
	(void)snprintf(members, sizeof members, "\"count\":%zu,\"loud\":%zu",
	               table->count, loud);
	desk_announce(office->desk, "alarm", members);
}

static enum status compute(struct office *office, struct error *err)
{
	struct alarm_table *table = &office->alarms;
	struct gathering gathering = {.office = office,
	                              .now_s = office->now_ms / 1000,
	                              .before = table,
	                              .next_s = INT64_MAX};
	struct needs needs = {0};
	struct hash digest;
	enum status status = gather(&gathering, &needs, err);

	if (status != STATUS_OK) {
		free(gathering.items);
		needs_release(&needs);
		return status;
	}
	free(table->items);
	needs_release(&table->needs);
	table->items = gathering.items;
	table->count = gathering.count;
	table->needs = needs;
	table->next_s = gathering.next_s;
	table->generation = desk_generation(office->desk);
	table->computed_ms = office->now_ms;
	table->is_stale = false;
	digest = digest_of(&gathering);
	if (table->is_known && !hash_equal(&digest, &table->digest))
		announce(office, table);
	table->is_known = true;
	table->digest = digest;
	return forget_old(office, err);
}

static bool is_old(const struct office *office)
{
	const struct alarm_table *table = &office->alarms;

	return !table->is_known || table->is_stale ||
	       table->generation != desk_generation(office->desk) ||
	       office->now_ms / 1000 >= table->next_s;
}

enum status alarms_open(struct office *office, const struct alarm **ret_alarms,
                        size_t *ret_count, const struct needs **ret_needs,
                        struct error *err)
{
	/* a desk that has changed in this turn has not counted it yet */
	TRY(compute(office, err));
	*ret_alarms = office->alarms.items;
	*ret_count = office->alarms.count;
	if (ret_needs != NULL)
		*ret_needs = &office->alarms.needs;
	return STATUS_OK;
}

bool alarms_last(const struct office *office, const struct alarm **ret_alarms,
                 size_t *ret_count, const struct needs **ret_needs)
{
	const struct alarm_table *table = &office->alarms;

	if (!table->is_known)
		return false;
	*ret_alarms = table->items;
	*ret_count = table->count;
	*ret_needs = &table->needs;
	return true;
}

void alarms_changed(struct office *office)
{
	office->alarms.is_stale = true;
}

static int64_t due_ms(const struct office *office)
{
	const struct alarm_table *table = &office->alarms;
	int64_t earliest_ms = table->computed_ms + AGAIN_AFTER_MS;

	if (!table->is_warm)
		return office->now_ms + (table->waits_for_duties ? DUTIES_WAIT_MS : 0);
	if (is_old(office))
		return earliest_ms;
	if (table->next_s >= INT64_MAX / 1000)
		return INT64_MAX;
	return table->next_s * 1000 > earliest_ms ? table->next_s * 1000 : earliest_ms;
}

/* After a start what there is is read by and by: messages go first. */
static bool is_warm_channel(struct office *office, size_t channel)
{
	struct alarm_table *table = &office->alarms;
	struct desk_channel_info info;
	bool is_done = true;

	desk_channel(office->desk, channel, &info);
	if (!info.is_open)
		return true;
	if (briefs_warm(office, channel, WARM_ENTRIES, &is_done, NULL) == STATUS_OK &&
	    !is_done)
		return false;
	table->waits_for_duties = !desk_duties_are_ready(office->desk, channel);
	return !table->waits_for_duties;
}

static bool is_warm(struct office *office)
{
	struct alarm_table *table = &office->alarms;

	table->waits_for_duties = false;
	for (size_t i = 0; !table->is_warm && i < desk_channel_count(office->desk); i++)
		if (!is_warm_channel(office, i))
			return false;
	table->is_warm = true;
	return true;
}

enum status alarms_begin_turn(struct office *office, struct error *err)
{
	struct error why = {0};

	if (!is_warm(office))
		return STATUS_OK;
	if (!is_old(office) || office->now_ms < due_ms(office))
		return STATUS_OK;
	if (compute(office, &why) != STATUS_OK)
		office->alarms.computed_ms = office->now_ms; /* again in a while */
	return STATUS_OK;
}

int64_t alarms_wake_ms(const struct office *office)
{
	return due_ms(office);
}

/* ---- what people do ---- */

static enum status note(struct office *office, const struct office_principal *who,
                        const char *what, const struct alarm *alarm, struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(1024);
	struct json_writer writer = json_writer_of(&data);
	struct desk_channel_info info;
	char id[ALARM_ID_LEN + 1];

	desk_channel(office->desk, alarm->channel, &info);
	strcpy(id, alarm->id);
	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "what", alarm_word(alarm->what));
	json_writer_string(&writer, "subject", alarm->subject);
	json_writer_end(&writer);
	TRY(office_audit(office,
	                 &(struct office_act){.who = who,
	                                      .what = what,
	                                      .subject = id,
	                                      .channel = info.id_hex,
	                                      .data = buf_view(&data)},
	                 err));
	alarms_changed(office);
	desk_announce(office->desk, "alarm", "");
	return STATUS_OK;
}

/* The alarm as it is now, and its mark, which may be new. */
static enum status find(struct office *office, const char *id,
                        const struct alarm **ret_alarm, struct alarm_mark **ret_mark,
                        struct error *err)
{
	struct alarm_table *table = &office->alarms;

	TRY(compute(office, err));
	*ret_alarm = alarm_find(table, id);
	if (*ret_alarm == NULL)
		return error_set(err, STATUS_NOT_FOUND,
		                 "there is no such alarm any more: its cause is gone");
	*ret_mark = mark_find(table, id);
	return *ret_mark != NULL ? STATUS_OK : mark_add(table, id, ret_mark, err);
}

enum status alarm_take(struct office *office, const struct office_principal *who,
                       const char *id, struct error *err)
{
	const struct alarm *alarm = NULL;
	struct alarm_mark *mark = NULL;

	TRY(find(office, id, &alarm, &mark, err));
	if (mark->taken_s != 0 && strcmp(mark->taken_by, who->name) != 0)
		return error_set(err, STATUS_CONFLICT, "%s has taken it already",
		                 mark->taken_by);
	(void)snprintf(mark->taken_by, sizeof mark->taken_by, "%s", who->name);
	mark->taken_s = office->now_ms / 1000;
	TRY(mark_put(office, mark, err));
	return note(office, who, "alarm.take", alarm, err);
}

enum status alarm_mute(struct office *office, const struct office_principal *who,
                       const char *id, int64_t minutes, struct error *err)
{
	const struct alarm *alarm = NULL;
	struct alarm_mark *mark = NULL;

	TRY(find(office, id, &alarm, &mark, err));
	(void)snprintf(mark->muted_by, sizeof mark->muted_by, "%s", who->name);
	mark->muted_until_s = office->now_ms / 1000 + minutes * 60;
	TRY(mark_put(office, mark, err));
	return note(office, who, "alarm.mute", alarm, err);
}

enum status alarm_unmute(struct office *office, const struct office_principal *who,
                         const char *id, struct error *err)
{
	const struct alarm *alarm = NULL;
	struct alarm_mark *mark = NULL;

	TRY(find(office, id, &alarm, &mark, err));
	mark->muted_by[0] = '\0';
	mark->muted_until_s = 0;
	TRY(mark_put(office, mark, err));
	return note(office, who, "alarm.unmute", alarm, err);
}

/* ---- from the store ---- */

static enum status read_taken_by(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	struct alarm_mark *mark = context;

	return record_string_read(doc, value, 1, OFFICE_NAME_MAX, mark->taken_by, err);
}

static enum status read_taken(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	return record_time_read(doc, value, &((struct alarm_mark *)context)->taken_s,
	                        err);
}

static enum status read_muted_by(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	struct alarm_mark *mark = context;

	return record_string_read(doc, value, 1, OFFICE_NAME_MAX, mark->muted_by, err);
}

static enum status read_muted_until(const struct json_doc *doc,
                                    const struct json_token *value, void *context,
                                    struct error *err)
{
	return record_time_read(doc, value,
	                        &((struct alarm_mark *)context)->muted_until_s, err);
}

static enum status take_row(void *context, struct view key, struct view value,
                            struct error *err)
{
	static const struct record_member members[] = {
	    {"taken_by", false, read_taken_by},
	    {"taken", false, read_taken},
	    {"muted_by", false, read_muted_by},
	    {"muted_until", false, read_muted_until},
	};
	struct office *office = context;
	struct alarm_mark *mark = NULL;
	char id[ALARM_ID_LEN + 1];

	if (!view_copy_string(view_from(key, strlen(PREFIX)), id, sizeof id))
		return error_set(err, STATUS_MALFORMED, "a row has a damaged key");
	TRY(mark_add(&office->alarms, id, &mark, err));
	TRY(json_scan(&office->doc, value, ROW_TOKENS_MAX, err));
	return record_object_read(&office->doc, json_root(&office->doc), members, 4, mark,
	                          err);
}

enum status alarms_load(struct office *office, struct error *err)
{
	enum status status = office_scan(office, PREFIX, take_row, office, err);

	return status == STATUS_OK ? status : error_context(err, status, "alarms");
}
