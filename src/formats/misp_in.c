/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events become drafts in the order of the document, each after the one that it extends;
 * behind each event's own draft those of its courses of action and reports.
 */
#include "formats/misp_in.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "formats/misp_fill.h"
#include "formats/misp_list.h"

struct misp_in {
	struct formats_drafts *drafts;
	struct misp_index index;
	const char *language;
	struct error *err;
};

static const struct json_doc *doc_of(const struct misp_in *in)
{
	return &in->drafts->doc;
}

static struct misp_event *answered_by(const struct misp_in *in,
                                      const struct misp_event *event)
{
	return misp_index_find(&in->index,
	                       formats_string(doc_of(in), event->token, "extends_uuid"));
}

/* ---- drafts ---- */

static struct view uuid_of(const struct misp_in *in, const struct misp_event *event,
                           const struct json_token *part)
{
	struct view uuid = formats_string(doc_of(in), part, "uuid");

	return misp_uuid_check(uuid) ? uuid : event->uuid;
}

static enum status add_event(struct misp_in *in, struct misp_event *event,
                             struct misp_reading *reading, size_t re)
{
	struct formats_draft draft = {
	    .kind = reading->kind->kind,
	    .tlp = reading->marks.tlp,
	    .source = event->uuid,
	    .re = re,
	    .key = formats_drafts_key(event->uuid, event->timestamp, view_of("", 0)),
	};
	size_t start = in->drafts->bodies.len;

	TRY(misp_fill_event(reading, &in->drafts->bodies, in->err));
	return formats_drafts_add(in->drafts, &draft, start, view_of_string("Event"),
	                          &event->draft, in->err);
}

/* A draft beside the event's own, which answers that one. */
static enum status add_part(struct misp_in *in, struct misp_event *event,
                            struct misp_reading *reading, const char *kind,
                            const struct json_token *part, size_t number)
{
	struct view uuid = uuid_of(in, event, part);
	char place[32];
	struct formats_draft draft = {
	    .kind = kind,
	    .tlp = reading->marks.tlp,
	    .source = uuid,
	    .re = event->draft,
	};
	size_t start = in->drafts->bodies.len, index;

	/* Two parts may claim one UUID. */
	snprintf(place, sizeof place, "part/%zu", number);
	draft.key =
	    formats_drafts_key(event->uuid, event->timestamp, view_of_string(place));
	if (strcmp(kind, "measure") == 0)
		misp_fill_measure(reading, part, &in->drafts->bodies);
	else
		misp_fill_assessment(reading, part, &in->drafts->bodies);
	return formats_drafts_add(in->drafts, &draft, start,
	                          view_of_string(strcmp(kind, "measure") == 0
	                                             ? "course-of-action"
	                                             : "EventReport"),
	                          &index, in->err);
}

static enum status add_parts(struct misp_in *in, struct misp_event *event,
                             struct misp_reading *reading)
{
	const struct json_doc *doc = doc_of(in);
	const struct json_token *list, *one;
	size_t number = 0;

	for (one = misp_first(doc, event->token, "Object", &list); one != NULL;
	     one = misp_next(doc, list, one)) {
		if (one != reading->measure &&
		    misp_object_is(doc, one, &misp_template_measure))
			TRY(add_part(in, event, reading, "measure", one, number++));
	}
	for (one = misp_first(doc, event->token, "EventReport", &list); one != NULL;
	     one = misp_next(doc, list, one)) {
		if (one != reading->text)
			TRY(add_part(in, event, reading, "assessment", one, number++));
	}
	return STATUS_OK;
}

/* What an event of another tool becomes: what extends an incident is news of it. */
static const struct misp_kind *kind_of(const struct misp_in *in,
                                       const struct misp_event *event, size_t re)
{
	const char *answered = re == FORMATS_NO_DRAFT ? "" : in->drafts->drafts[re].kind;
	bool is_update =
	    strcmp(answered, "incident") == 0 || strcmp(answered, "incident.update") == 0;

	if (event->kind != NULL)
		return event->kind;
	return misp_kind_find(view_of_string(is_update ? "incident.update" : "incident"));
}

static enum status take(void *context, size_t index)
{
	struct misp_in *in = context;
	struct misp_event *event = &in->index.events[index];
	const struct misp_event *answered = answered_by(in, event);
	size_t re = answered == NULL ? FORMATS_NO_DRAFT : answered->draft;
	struct misp_reading reading = {
	    .doc = doc_of(in),
	    .event = event,
	    .kind = kind_of(in, event, re),
	    .language = in->language,
	    .report = &in->drafts->report,
	    .scratch = &in->drafts->scratch,
	};

	/* An incident of another tool may extend what no incident answers. */
	if (event->kind == NULL && strcmp(reading.kind->kind, "incident") == 0)
		re = FORMATS_NO_DRAFT;
	if (re == FORMATS_NO_DRAFT &&
	    formats_string(doc_of(in), event->token, "extends_uuid").len > 0)
		formats_report_add(&in->drafts->report, event->uuid,
		                   view_of_string("extends_uuid"),
		                   "the event that it extends is not among those that "
		                   "are imported");
	misp_reading_begin(&reading);
	reading.marks = misp_marks_read(reading.doc, event, reading.report);
	misp_list_event(&reading);
	TRY(add_event(in, event, &reading, re));
	return add_parts(in, event, &reading);
}

static size_t index_of_answered(void *context, size_t index)
{
	struct misp_in *in = context;
	struct misp_event *answered = answered_by(in, &in->index.events[index]);

	return answered == NULL ? SIZE_MAX : (size_t)(answered - in->index.events);
}

static enum status read_events(struct misp_in *in)
{
	struct formats_walk walk = {
	    .context = in, .answered = index_of_answered, .take = take};
	enum status status = formats_walk_init(&walk, in->index.count, in->err);

	for (size_t i = 0; i < in->index.count && status == STATUS_OK; i++) {
		if (!in->index.events[i].is_old)
			status = formats_walk_take(&walk, i);
	}
	formats_walk_release(&walk);
	return status;
}

static enum status read_all(struct misp_in *in)
{
	TRY(misp_index_make(doc_of(in), &in->index, &in->drafts->report, in->err));
	in->drafts->element_count = in->index.count;
	TRY(read_events(in));
	return formats_drafts_finish(in->drafts, in->err);
}

enum status formats_misp_read(struct formats_drafts *drafts, const char *language,
                              struct error *err)
{
	struct misp_in in = {.drafts = drafts, .language = language, .err = err};
	enum status status = read_all(&in);

	misp_index_release(&in.index);
	return status;
}
