/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of several tags that say the same thing the first counts; of TLP the strictest, for an
 * attribute may be marked more strictly than its event.
 */
#include "formats/misp_marks.h"

#include <stdio.h>

#include "formats/misp_tag.h"
#include "formats/tlp.h"

struct reading {
	const struct json_doc *doc;
	struct formats_report *report;
	struct misp_marks marks;
	size_t tlp;
};

static void take_tlp(struct reading *reading, size_t tlp)
{
	if (reading->tlp == FORMATS_TLP_COUNT || tlp > reading->tlp)
		reading->tlp = tlp;
}

/* False when the event says it already. */
static bool take(struct reading *reading, const struct misp_tag *tag)
{
	struct misp_marks *marks = &reading->marks;
	bool is_new = false;

	switch (tag->says) {
	case MISP_TAG_TLP:
		take_tlp(reading, tag->tlp);
		return true;
	case MISP_TAG_CONFIDENCE:
		is_new = !marks->has_confidence;
		if (is_new)
			marks->confidence = tag->confidence;
		marks->has_confidence = true;
		break;
	case MISP_TAG_RELIABILITY:
		is_new = marks->letter[0] == '\0';
		if (is_new)
			marks->letter[0] = tag->letter[0];
		break;
	case MISP_TAG_TYPE:
		is_new = marks->type == NULL;
		if (is_new) {
			marks->type = tag->type;
			marks->category = tag->category;
		}
		break;
	case MISP_TAG_OTHER:
		break;
	}
	return is_new;
}

static void read_tags(struct reading *reading, struct view where,
                      const struct json_token *parent, bool is_event)
{
	const struct json_doc *doc = reading->doc;
	const struct json_token *list, *one;

	for (one = formats_list(doc, parent, "Tag", &list); one != NULL;
	     one = json_next(doc, list, one)) {
		const struct json_token *name =
		    formats_member(doc, one, "name", JSON_STRING);
		char text[MISP_TAG_MAX + 1] = "";
		struct misp_tag tag = {.says = MISP_TAG_OTHER};
		bool is_copied =
		    name != NULL && json_string_copy(doc, name, text, sizeof text);

		if (is_copied)
			tag = misp_tag_read(text);
		if (!is_event && tag.says == MISP_TAG_TLP)
			take_tlp(reading, tag.tlp);
		else if (!is_event || !take(reading, &tag))
			formats_report_add(
			    reading->report, where,
			    is_copied ? view_of_string(text) : view_of_string("Tag"),
			    tag.says == MISP_TAG_OTHER
			        ? "no field of a message for this tag"
			        : "a message says this once, and not of a part");
	}
}

static void read_attributes(struct reading *reading, const struct json_token *parent)
{
	const struct json_token *list, *one;

	for (one = misp_first(reading->doc, parent, "Attribute", &list); one != NULL;
	     one = misp_next(reading->doc, list, one))
		read_tags(reading, formats_string(reading->doc, one, "uuid"), one, false);
}

struct misp_marks misp_marks_read(const struct json_doc *doc,
                                  const struct misp_event *event,
                                  struct formats_report *report)
{
	struct reading reading = {.doc = doc, .report = report, .tlp = FORMATS_TLP_COUNT};
	const struct json_token *list, *one;

	read_tags(&reading, event->uuid, event->token, true);
	read_attributes(&reading, event->token);
	for (one = misp_first(doc, event->token, "Object", &list); one != NULL;
	     one = misp_next(doc, list, one))
		read_attributes(&reading, one);
	if (reading.tlp < FORMATS_TLP_COUNT)
		reading.marks.tlp = formats_tlps[reading.tlp].name;
	return reading.marks;
}
