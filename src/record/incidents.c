/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports, updates and closes are kept in one array in the order in which they came,
 * which within a desk is that of its log. A report may only replace an earlier one of the
 * same log, so chains have an end. Cases are the reports that replace none.
 */
#include "record/incidents.h"

#include <stdlib.h>

#include "codec/time_text.h"
#include "record/array.h"

enum { BODY_TOKENS_MAX = 1 << 16 };

enum report_type { REPORT_INCIDENT, REPORT_UPDATE, REPORT_CLOSE };

struct report {
	enum report_type type;
	uint64_t index;
	int64_t sent_s;
	char *title; /* owned; NULL: not said */
	const char *stage, *severity, *outcome;
	int64_t detected_s, started_s, ended_s;
	/* Of an incident, within the log: the report that it replaces in the end, or
	 * itself, and the next one that does so (0: none, for the first replaces none).
	 */
	size_t root, next, last;
};

/* Those of one desk, in the order of its log. */
struct log_reports {
	struct report *items;
	size_t count, cap;
};

struct incident_case {
	uint32_t desk;
	size_t root;
};

struct record_incidents {
	struct log_reports *logs; /* by desk */
	size_t log_count, log_cap;
	struct incident_case *cases;
	size_t case_count, case_cap;
	struct json_doc doc; /* scratch */
};

static const struct {
	const char *kind;
	enum report_type type;
} kinds[] = {
    {"incident", REPORT_INCIDENT},
    {"incident.update", REPORT_UPDATE},
    {"incident.close", REPORT_CLOSE},
};

static bool find_type(const char *kind, enum report_type *ret_type)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kind, kinds[i].kind) == 0) {
			*ret_type = kinds[i].type;
			return true;
		}
	return false;
}

bool record_incidents_wants(const char *kind)
{
	enum report_type type;

	return find_type(kind, &type);
}

enum status record_incidents_new(struct record_incidents **ret_incidents,
                                 struct error *err)
{
	struct record_incidents *incidents = calloc(1, sizeof *incidents);

	if (incidents == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the incidents");
	*ret_incidents = incidents;
	return STATUS_OK;
}

void record_incidents_free(struct record_incidents *incidents)
{
	if (incidents == NULL)
		return;
	for (size_t i = 0; i < incidents->log_count; i++) {
		for (size_t j = 0; j < incidents->logs[i].count; j++)
			free(incidents->logs[i].items[j].title);
		free(incidents->logs[i].items);
	}
	free(incidents->logs);
	free(incidents->cases);
	json_release(&incidents->doc);
	free(incidents);
}

/* ---- reading a body, which has been held against its kind ---- */

/* The catalogue's own word for a choice, which lives as long as the program. */
static const char *read_choice(const struct json_doc *doc, const struct record_kind *kind,
                               const char *name)
{
	const struct json_token *value = json_member(doc, json_root(doc), name);

	if (value == NULL || value->type != JSON_STRING)
		return NULL;
	for (size_t i = 0; i < kind->field_count; i++) {
		const struct record_field *field = &kind->fields[i];

		for (size_t j = 0;
		     strcmp(field->name, name) == 0 && j < field->choice_count; j++)
			if (json_string_is(doc, value, field->choices[j].value))
				return field->choices[j].value;
	}
	return NULL;
}

static int64_t read_time(const struct json_doc *doc, const char *name)
{
	const struct json_token *value = json_member(doc, json_root(doc), name);
	int64_t time_s = 0;

	if (value == NULL || value->type != JSON_STRING ||
	    time_text_decode_rfc3339(json_raw(doc, value), &time_s, NULL) != STATUS_OK)
		return 0;
	return time_s;
}

static enum status read_title(const struct json_doc *doc, char **ret_title,
                              struct error *err)
{
	const struct json_token *value = json_member(doc, json_root(doc), "title");
	char title[RECORD_INCIDENT_TITLE_MAX + 1];

	if (value == NULL || value->type != JSON_STRING ||
	    !json_string_copy(doc, value, title, sizeof title))
		return STATUS_OK;
	*ret_title = strdup(title);
	return *ret_title == NULL
	           ? error_set(err, STATUS_NO_MEMORY, "no memory for the incidents")
	           : STATUS_OK;
}

static int compare_index(const void *key, const void *item)
{
	uint64_t index = *(const uint64_t *)key;
	uint64_t other = ((const struct report *)item)->index;

	return (index > other) - (index < other);
}

static struct report *find_report(const struct log_reports *log, uint64_t index)
{
	if (log->count == 0)
		return NULL;
	return bsearch(&index, log->items, log->count, sizeof *log->items, compare_index);
}

/* The report of the same log that this one says it replaces; NULL: none. */
static struct report *find_superseded(const struct record_incidents *incidents,
                                      const struct log_reports *log, const char *author)
{
	const struct json_doc *doc = &incidents->doc;
	const struct json_token *value = json_member(doc, json_root(doc), "supersedes");
	char text[RECORD_MESSAGE_ID_MAX + 1];
	struct record_message_id id;
	struct report *found;

	if (value == NULL || value->type != JSON_STRING ||
	    !json_string_copy(doc, value, text, sizeof text) ||
	    record_message_id_decode(view_of_string(text), &id, NULL) != STATUS_OK ||
	    strcmp(id.desk.text, author) != 0)
		return NULL;
	found = find_report(log, id.index);
	return found != NULL && found->type == REPORT_INCIDENT ? found : NULL;
}

static void read_facts(const struct json_doc *doc, const struct record_kind *kind,
                       struct report *report)
{
	report->stage = read_choice(doc, kind, "stage");
	report->severity = read_choice(doc, kind, "severity");
	report->outcome = read_choice(doc, kind, "outcome");
	report->detected_s = read_time(doc, "detected");
	report->started_s = read_time(doc, "started");
	report->ended_s = read_time(doc, "ended");
}

static enum status reserve_log(struct record_incidents *incidents, uint32_t desk,
                               struct error *err)
{
	struct log_reports *log;

	TRY(record_array_reserve(&incidents->logs, &incidents->log_cap, desk + 1,
	                         sizeof *incidents->logs, err));
	while (incidents->log_count <= desk)
		incidents->logs[incidents->log_count++] = (struct log_reports){0};
	log = &incidents->logs[desk];
	TRY(record_array_reserve(&incidents->cases, &incidents->case_cap,
	                         incidents->case_count + 1, sizeof *incidents->cases,
	                         err));
	return record_array_reserve(&log->items, &log->cap, log->count + 1,
	                            sizeof *log->items, err);
}

/* Puts the report behind the one that it replaces, or begins a case with it. */
static void place(struct record_incidents *incidents, uint32_t desk,
                  const struct report *superseded, struct report *report)
{
	struct log_reports *log = &incidents->logs[desk];
	struct report *root;

	report->root = report->last = log->count;
	if (superseded == NULL) {
		incidents->cases[incidents->case_count++] =
		    (struct incident_case){desk, log->count};
		return;
	}
	report->root = superseded->root;
	root = &log->items[report->root];
	log->items[root->last].next = log->count;
	root->last = log->count;
}

enum status record_incidents_add(struct record_incidents *incidents,
                                 const struct record_replies *replies, uint32_t desk,
                                 uint64_t index, const struct record_envelope *envelope,
                                 struct view body, struct error *err)
{
	struct report report = {.index = index};
	const struct record_kind *kind;
	const char *author = record_replies_name(replies, desk);

	if (envelope == NULL || !find_type(envelope->kind, &report.type))
		return STATUS_OK;
	kind = record_kind_find(view_of_string(envelope->kind));
	if (kind == NULL ||
	    json_scan(&incidents->doc, body, BODY_TOKENS_MAX, NULL) != STATUS_OK ||
	    json_root(&incidents->doc)->type != JSON_OBJECT)
		return STATUS_OK;
	TRY(reserve_log(incidents, desk, err));
	report.sent_s = envelope->sent_s;
	read_facts(&incidents->doc, kind, &report);
	TRY(read_title(&incidents->doc, &report.title, err));
	if (report.type == REPORT_INCIDENT)
		place(incidents, desk,
		      find_superseded(incidents, &incidents->logs[desk], author),
		      &report);
	incidents->logs[desk].items[incidents->logs[desk].count++] = report;
	return STATUS_OK;
}

/* ---- cases ---- */

size_t record_incidents_count(const struct record_incidents *incidents)
{
	return incidents->case_count;
}

/* Takes over what a later report of the author says. */
static void take_facts(struct record_incident *incident, const struct report *report)
{
	incident->is_closed = report->type == REPORT_CLOSE;
	incident->outcome = incident->is_closed ? report->outcome : NULL;
	if (report->title != NULL)
		incident->title = report->title;
	if (report->stage != NULL)
		incident->stage = report->stage;
	if (report->severity != NULL)
		incident->severity = report->severity;
	if (report->detected_s != 0)
		incident->detected_s = report->detected_s;
	if (report->started_s != 0)
		incident->started_s = report->started_s;
	if (report->ended_s != 0)
		incident->ended_s = report->ended_s;
}

static int compare_indices(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The author's own among the reports of the thread, in the order of its log. */
static enum status take_reports(const struct log_reports *log, uint32_t desk,
                                const struct record_thread *thread,
                                struct record_incident *incident, struct error *err)
{
	uint64_t *indices = calloc(thread->count, sizeof *indices);
	size_t count = 0;

	if (indices == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for an incident");
	for (size_t i = 0; i < thread->count; i++)
		if (thread->items[i].desk == desk &&
		    find_report(log, thread->items[i].index) != NULL)
			indices[count++] = thread->items[i].index;
	qsort(indices, count, sizeof *indices, compare_indices);
	for (size_t i = 0; i < count; i++)
		take_facts(incident, find_report(log, indices[i]));
	free(indices);
	return STATUS_OK;
}

static bool is_follow_up(const struct record_reply *reply)
{
	enum report_type type;

	return find_type(reply->kind->name, &type) && type != REPORT_INCIDENT;
}

/* The reports of the case, and what answers them as far as it is wanted. */
static enum status gather(struct record_incidents *incidents,
                          struct record_replies *replies, const struct incident_case *it,
                          record_thread_wants *wants, struct record_thread *thread,
                          struct error *err)
{
	const struct log_reports *log = &incidents->logs[it->desk];
	size_t at = it->root;

	record_thread_clear(thread);
	do {
		TRY(record_thread_add(thread, replies, it->desk, log->items[at].index,
		                      wants, err));
		at = log->items[at].next;
	} while (at != 0);
	return STATUS_OK;
}

/* Does the author take this report of its own back? */
static bool is_cancelled(struct record_replies *replies, uint32_t desk, uint64_t index)
{
	size_t count;
	const struct record_reply *reply =
	    record_replies_by(replies, desk, index, desk, &count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(reply[i].kind->name, "cancel") == 0)
			return true;
	return false;
}

/* What has no kind is a report that was added itself. */
static void count_messages(const struct log_reports *log,
                           const struct record_thread *thread,
                           struct record_incident *incident)
{
	for (size_t i = 0; i < thread->count; i++) {
		const struct record_thread_entry *entry = &thread->items[i];
		int64_t sent_s = entry->sent_s;

		if (entry->kind != NULL && entry->kind->is_automatic)
			continue;
		if (entry->kind == NULL)
			sent_s = find_report(log, entry->index)->sent_s;
		incident->message_count++;
		if (sent_s > incident->last_sent_s)
			incident->last_sent_s = sent_s;
	}
}

enum status record_incidents_get(struct record_incidents *incidents,
                                 struct record_replies *replies, size_t nth,
                                 struct record_incident *ret_incident,
                                 struct record_thread *ret_thread, struct error *err)
{
	const struct incident_case *it = &incidents->cases[nth];
	const struct log_reports *log = &incidents->logs[it->desk];
	const struct report *root = &log->items[it->root];
	struct record_incident incident = {
	    .desk = it->desk, .index = root->index, .sent_s = root->sent_s, .title = ""};

	TRY(gather(incidents, replies, it, is_follow_up, ret_thread, err));
	TRY(take_reports(log, it->desk, ret_thread, &incident, err));
	TRY(gather(incidents, replies, it, NULL, ret_thread, err));
	count_messages(log, ret_thread, &incident);
	incident.is_cancelled =
	    is_cancelled(replies, it->desk, log->items[root->last].index);
	*ret_incident = incident;
	return STATUS_OK;
}

enum status record_incidents_find(const struct record_incidents *incidents, uint32_t desk,
                                  uint64_t index, size_t *ret_nth, struct error *err)
{
	const struct report *report = NULL;

	if (desk < incidents->log_count)
		report = find_report(&incidents->logs[desk], index);
	if (report != NULL && report->type == REPORT_INCIDENT)
		for (size_t i = 0; i < incidents->case_count; i++)
			if (incidents->cases[i].desk == desk &&
			    incidents->cases[i].root == report->root) {
				*ret_nth = i;
				return STATUS_OK;
			}
	return error_set(err, STATUS_NOT_FOUND, "this is no report of an incident");
}
