/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects become drafts in the order of the bundle, each after the one that it answers.
 */
#include "formats/stix_in.h"

#include "base/cleanup.h"
#include "formats/stix_fill.h"
#include "formats/stix_types.h"
#include "formats/tlp.h"
#include "formats/words.h"

struct stix_in {
	struct formats_drafts *drafts;
	struct stix_index index;
	const char *language;
	struct error *err;
};

static const struct json_doc *doc_of(const struct stix_in *in)
{
	return &in->drafts->doc;
}

static void list(struct stix_in *in, const struct stix_object *object, struct view what,
                 const char *why)
{
	formats_report_add(&in->drafts->report, object->id, what, why);
}

/* ---- markings ---- */

/* The strictest TLP mark; other marks are listed. */
static const char *tlp_of(struct stix_in *in, const struct stix_object *object)
{
	const struct json_token *refs =
	    formats_member(doc_of(in), object->token, "object_marking_refs", JSON_ARRAY);
	size_t strictest = FORMATS_TLP_COUNT;

	for (const struct json_token *one = refs == NULL ? NULL
	                                                 : json_first(doc_of(in), refs);
	     one != NULL; one = json_next(doc_of(in), refs, one)) {
		size_t tlp = one->type == JSON_STRING
		                 ? formats_tlp_by_stix_id(json_raw(doc_of(in), one))
		                 : FORMATS_TLP_COUNT;

		if (tlp == FORMATS_TLP_COUNT)
			list(in, object, view_of_string("object_marking_refs"),
			     "a marking that is none of TLP");
		else if (strictest == FORMATS_TLP_COUNT || tlp > strictest)
			strictest = tlp;
	}
	return strictest == FORMATS_TLP_COUNT ? NULL : formats_tlps[strictest].name;
}

/* ---- what is answered ---- */

/* The first object of a list of references that becomes a message. */
static struct stix_object *first_mapped(const struct stix_in *in,
                                        const struct json_token *refs)
{
	for (const struct json_token *one = refs == NULL ? NULL
	                                                 : json_first(doc_of(in), refs);
	     one != NULL; one = json_next(doc_of(in), refs, one)) {
		struct stix_object *object = stix_index_find(&in->index, one);

		if (object != NULL && object->kind != NULL)
			return object;
	}
	return NULL;
}

static struct stix_object *answered_by(const struct stix_in *in,
                                       const struct stix_object *object)
{
	const struct json_doc *doc = doc_of(in);
	struct stix_object *found;

	if (view_equal_string(object->type, "language-content"))
		found = stix_index_find(&in->index,
		                        json_member(doc, object->token, "object_ref"));
	else if (object->aldis != NULL)
		found = stix_index_find(&in->index,
		                        json_member(doc, object->aldis, "answers_ref"));
	else
		found = first_mapped(
		    in, formats_member(doc, object->token, "object_refs", JSON_ARRAY));
	return found != NULL && found->kind != NULL ? found : NULL;
}

/* Which other objects a note is about. */
static void list_refs(struct stix_in *in, const struct stix_object *object,
                      const struct stix_object *answered)
{
	const struct json_token *refs =
	    formats_member(doc_of(in), object->token, "object_refs", JSON_ARRAY);

	if (object->aldis != NULL)
		return;
	for (const struct json_token *one = refs == NULL ? NULL
	                                                 : json_first(doc_of(in), refs);
	     one != NULL; one = json_next(doc_of(in), refs, one)) {
		if (answered == NULL || stix_index_find(&in->index, one) != answered)
			list(in, object, view_of_string("object_refs"),
			     "a message answers one other message at most");
	}
}

/* ---- drafts ---- */

static enum status add_draft(struct stix_in *in, struct stix_object *object,
                             const struct stix_object *answered, const char *tlp,
                             struct stix_fill *fill)
{
	struct formats_drafts *drafts = in->drafts;
	struct formats_draft draft = {
	    .kind = object->kind->kind,
	    .tlp = tlp,
	    .source = object->id,
	    .re = answered == NULL ? FORMATS_NO_DRAFT : answered->draft,
	    .key = formats_drafts_key(object->id, object->modified,
	                              fill->content_language == NULL
	                                  ? view_of("", 0)
	                                  : json_raw(doc_of(in), fill->content_language)),
	};
	size_t start = drafts->bodies.len, index;

	stix_fill_body(fill, &drafts->bodies);
	TRY(formats_drafts_add(drafts, &draft, start, object->type, &index, in->err));
	if (object->draft == FORMATS_NO_DRAFT)
		object->draft = index;
	return STATUS_OK;
}

static enum status add_languages(struct stix_in *in, struct stix_object *object,
                                 const struct stix_object *answered, const char *tlp,
                                 struct stix_fill *fill)
{
	const struct json_doc *doc = doc_of(in);
	const struct json_token *contents =
	    formats_member(doc, object->token, "contents", JSON_OBJECT);
	const struct json_token *name;

	if (contents == NULL || contents->count == 0) {
		list(in, object, object->type, "a language-content without contents");
		return STATUS_OK;
	}
	fill->target = answered == NULL ? NULL : answered->kind;
	for (name = json_first(doc, contents); name != NULL;
	     name = json_next(doc, contents, fill->contents)) {
		fill->content_language = name;
		fill->contents = json_next(doc, contents, name);
		TRY(add_draft(in, object, answered, tlp, fill));
	}
	return STATUS_OK;
}

static bool is_revoked(const struct stix_in *in, const struct stix_object *object)
{
	return formats_member(doc_of(in), object->token, "revoked", JSON_TRUE) != NULL;
}

static enum status take(void *context, size_t index)
{
	struct stix_in *in = context;
	struct stix_object *object = &in->index.objects[index];
	struct stix_object *answered = answered_by(in, object);
	struct stix_fill fill = {
	    .index = &in->index,
	    .object = object,
	    .language = in->language,
	    .report = &in->drafts->report,
	};
	const char *tlp;

	if (is_revoked(in, object)) {
		list(in, object, object->type, "its author has revoked it");
		return STATUS_OK;
	}
	if (!stix_types_marks_are_read(doc_of(in), object)) {
		list(in, object, view_of_string("object_marking_refs"),
		     "its marks can't be read, so it is not taken");
		return STATUS_OK;
	}
	if (answered != NULL && answered->draft == FORMATS_NO_DRAFT)
		answered = NULL;
	tlp = tlp_of(in, object);
	stix_fill_list(&fill);
	list_refs(in, object, answered);
	if (object->aldis != NULL && answered == NULL &&
	    json_member(doc_of(in), object->aldis, "answers") != NULL)
		list(in, object, view_of_string("answers"),
		     "the message that it answers is not among those that are imported");
	if (view_equal_string(object->type, "language-content"))
		return add_languages(in, object, answered, tlp, &fill);
	return add_draft(in, object, answered, tlp, &fill);
}

static size_t index_of_answered(void *context, size_t index)
{
	struct stix_in *in = context;
	struct stix_object *answered = answered_by(in, &in->index.objects[index]);

	return answered == NULL ? SIZE_MAX : (size_t)(answered - in->index.objects);
}

/* ---- what becomes no message ---- */

static bool is_ours(const struct stix_object *object)
{
	return view_equal_string(object->id, STIX_ALDIS_IDENTITY) ||
	       view_equal_string(object->id, STIX_ALDIS_EXTENSION) ||
	       view_equal_string(object->id, STIX_INCIDENT_CORE) ||
	       view_equal_string(object->id, STIX_EVENT_EXTENSION);
}

/* A relationship that only repeats what is answered. */
static bool repeats_answer(const struct stix_in *in, const struct stix_object *object)
{
	const struct json_doc *doc = doc_of(in);
	const struct stix_object *source, *target;

	if (!view_equal_string(object->type, "relationship"))
		return false;
	source =
	    stix_index_find(&in->index, json_member(doc, object->token, "source_ref"));
	target =
	    stix_index_find(&in->index, json_member(doc, object->token, "target_ref"));
	return source != NULL && target != NULL && source->aldis != NULL &&
	       source->kind != NULL && answered_by(in, source) == target;
}

static void list_rest(struct stix_in *in)
{
	for (size_t i = 0; i < in->index.count; i++) {
		const struct stix_object *object = &in->index.objects[i];

		if (object->is_old || object->kind != NULL || object->is_carried ||
		    is_ours(object) || repeats_answer(in, object) ||
		    formats_tlp_by_stix_id(object->id) < FORMATS_TLP_COUNT)
			continue;
		if (view_equal_string(object->type, "identity"))
			list(in, object, object->type,
			     "the author of a message is the desk that sends it");
		else
			list(in, object, object->type,
			     "no kind of message for this type of object");
	}
}

static enum status read_objects(struct stix_in *in)
{
	struct formats_walk walk = {
	    .context = in, .answered = index_of_answered, .take = take};
	enum status status = formats_walk_init(&walk, in->index.count, in->err);

	for (size_t i = 0; i < in->index.count && status == STATUS_OK; i++) {
		const struct stix_object *object = &in->index.objects[i];

		if (object->kind != NULL && !object->is_old)
			status = formats_walk_take(&walk, i);
	}
	formats_walk_release(&walk);
	return status;
}

static enum status read_all(struct stix_in *in)
{
	TRY(stix_index_make(doc_of(in), &in->index, &in->drafts->report, in->err));
	in->drafts->element_count = in->index.count;
	TRY(read_objects(in));
	list_rest(in);
	return formats_drafts_finish(in->drafts, in->err);
}

bool formats_stix_is(const struct json_doc *doc)
{
	return view_equal_string(formats_string(doc, json_root(doc), "type"), "bundle");
}

enum status formats_stix_read(struct formats_drafts *drafts, const char *language,
                              struct error *err)
{
	struct stix_in in = {.drafts = drafts, .language = language, .err = err};
	enum status status = read_all(&in);

	stix_index_release(&in.index);
	return status;
}
