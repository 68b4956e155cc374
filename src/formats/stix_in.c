/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects become drafts in the order of the bundle, each after the one that it answers.
 * An object answers at most one other, so following the references is a walk along a
 * chain; where a chain bites its own tail, nothing of it is answered.
 */
#include "formats/stix_in.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "formats/stix_fill.h"
#include "formats/tlp.h"
#include "record/kinds.h"

enum { BODIES_MAX = 512 * 1024 * 1024 };

struct stix_in {
	struct formats_stix *stix;
	struct stix_index index;
	const char *language;
	struct json_doc scratch;
	struct error *err;
};

static const struct json_doc *doc_of(const struct stix_in *in)
{
	return &in->stix->doc;
}

static void list(struct stix_in *in, const struct stix_object *object, struct view what,
                 const char *why)
{
	formats_report_add(&in->stix->report, object->id, what, why);
}

/* ---- markings ---- */

/* The strictest TLP mark; other marks are listed. */
static const char *tlp_of(struct stix_in *in, const struct stix_object *object)
{
	const struct json_token *refs =
	    stix_member(doc_of(in), object->token, "object_marking_refs", JSON_ARRAY);
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
		                        json_member(doc, object->aldis, "re_ref"));
	else
		found = first_mapped(
		    in, stix_member(doc, object->token, "object_refs", JSON_ARRAY));
	return found != NULL && found->kind != NULL ? found : NULL;
}

/* Which other objects a note is about. */
static void list_refs(struct stix_in *in, const struct stix_object *object,
                      const struct stix_object *answered)
{
	const struct json_token *refs =
	    stix_member(doc_of(in), object->token, "object_refs", JSON_ARRAY);

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

static enum status grow(struct stix_in *in)
{
	struct formats_stix *stix = in->stix;
	size_t cap = stix->cap == 0 ? 64 : stix->cap * 2;
	struct formats_draft *drafts;

	if (stix->count < stix->cap)
		return STATUS_OK;
	drafts = reallocarray(stix->drafts, cap, sizeof *drafts);
	if (drafts == NULL)
		return error_set(in->err, STATUS_NO_MEMORY,
		                 "not enough memory for the bundle");
	stix->drafts = drafts;
	stix->cap = cap;
	return STATUS_OK;
}

static struct uuid key_of(const struct stix_object *object, struct view language)
{
	CLEANUP_BUF struct buf name = BUF_INIT(4096);

	buf_append_string(&name, "import/");
	buf_append_view(&name, object->id);
	buf_append_byte(&name, '/');
	buf_append_view(&name, object->modified);
	buf_append_byte(&name, '/');
	buf_append_view(&name, language);
	return stix_key(buf_view(&name));
}

/* May the draft be sent as it is? What it answers must be a draft where the kind needs
 * one, and the body must keep the kind's rules. */
static enum status check_draft(struct stix_in *in, const struct stix_object *object,
                               struct view body, struct formats_draft *draft,
                               struct error *why)
{
	const struct record_kind *kind = record_kind_find(view_of_string(draft->kind));

	TRY(record_kind_check_body(kind, body, &in->scratch, why));
	if (draft->re == FORMATS_NO_DRAFT)
		return kind->needs_re ? error_set(why, STATUS_MALFORMED,
		                                  "what it is about is no message that "
		                                  "can be answered")
		                      : STATUS_OK;
	return record_kind_check_answers(
	    kind, record_kind_find(view_of_string(in->stix->drafts[draft->re].kind)),
	    why);
}

static enum status add_draft(struct stix_in *in, struct stix_object *object,
                             const struct stix_object *answered, const char *tlp,
                             struct stix_fill *fill)
{
	struct formats_stix *stix = in->stix;
	struct formats_draft *draft;
	struct error why = {0};
	size_t start = stix->bodies.len;
	struct view body;

	TRY(grow(in));
	draft = &stix->drafts[stix->count];
	*draft = (struct formats_draft){
	    .kind = object->kind->kind,
	    .tlp = tlp,
	    .source = object->id,
	    .re = answered == NULL ? FORMATS_NO_DRAFT : answered->draft,
	    .key = key_of(object, fill->content_language == NULL
	                              ? view_of("", 0)
	                              : json_raw(doc_of(in), fill->content_language)),
	};
	stix_fill_body(fill, &stix->bodies);
	TRY(buf_check(&stix->bodies, "what the bundle says", in->err));
	body = view_from(buf_view(&stix->bodies), start);
	if (check_draft(in, object, body, draft, &why) != STATUS_OK) {
		list(in, object, object->type, why.text);
		stix->bodies.len = start;
		return STATUS_OK;
	}
	draft->body = view_of(NULL, body.len); /* placed when all are there */
	if (object->draft == FORMATS_NO_DRAFT)
		object->draft = stix->count;
	stix->count++;
	return STATUS_OK;
}

static enum status add_languages(struct stix_in *in, struct stix_object *object,
                                 const struct stix_object *answered, const char *tlp,
                                 struct stix_fill *fill)
{
	const struct json_doc *doc = doc_of(in);
	const struct json_token *contents =
	    stix_member(doc, object->token, "contents", JSON_OBJECT);
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
	return stix_member(doc_of(in), object->token, "revoked", JSON_TRUE) != NULL;
}

static enum status take(struct stix_in *in, struct stix_object *object)
{
	struct stix_object *answered = answered_by(in, object);
	struct stix_fill fill = {
	    .index = &in->index,
	    .object = object,
	    .language = in->language,
	    .report = &in->stix->report,
	};
	const char *tlp;

	object->is_done = true;
	if (is_revoked(in, object)) {
		list(in, object, object->type, "its author has revoked it");
		return STATUS_OK;
	}
	if (answered != NULL && answered->draft == FORMATS_NO_DRAFT)
		answered = NULL;
	tlp = tlp_of(in, object);
	stix_fill_list(&fill);
	list_refs(in, object, answered);
	if (object->aldis != NULL && answered == NULL &&
	    json_member(doc_of(in), object->aldis, "re") != NULL)
		list(in, object, view_of_string("re"),
		     "the message that it answers is not among those that are imported");
	if (view_equal_string(object->type, "language-content"))
		return add_languages(in, object, answered, tlp, &fill);
	return add_draft(in, object, answered, tlp, &fill);
}

/* Takes what the object answers first. `chain` has room for all objects. */
static enum status take_with_answered(struct stix_in *in, struct stix_object *object,
                                      struct stix_object **chain)
{
	size_t count = 0;

	while (object != NULL && !object->is_done && !object->is_seen) {
		object->is_seen = true;
		chain[count++] = object;
		object = answered_by(in, object);
	}
	while (count > 0)
		TRY(take(in, chain[--count]));
	return STATUS_OK;
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

static void place_bodies(struct formats_stix *stix)
{
	size_t at = 0;

	for (size_t i = 0; i < stix->count; i++) {
		stix->drafts[i].body.data = stix->bodies.data + at;
		at += stix->drafts[i].body.len;
	}
}

static enum status read_all(struct stix_in *in, struct stix_object ***chain)
{
	TRY(stix_index_make(doc_of(in), &in->index, &in->stix->report, in->err));
	in->stix->object_count = in->index.count;
	*chain = reallocarray(NULL, in->index.count + 1, sizeof **chain);
	if (*chain == NULL)
		return error_set(in->err, STATUS_NO_MEMORY,
		                 "not enough memory for the bundle");
	for (size_t i = 0; i < in->index.count; i++) {
		struct stix_object *object = &in->index.objects[i];

		if (object->kind != NULL && !object->is_old)
			TRY(take_with_answered(in, object, *chain));
	}
	list_rest(in);
	place_bodies(in->stix);
	return formats_report_check(&in->stix->report, in->err);
}

enum status formats_stix_read(struct view text, const char *language,
                              struct formats_stix *ret_stix, struct error *err)
{
	struct stix_in in = {.stix = ret_stix, .language = language, .err = err};
	struct stix_object **chain = NULL;
	enum status status;

	if (text.len > FORMATS_STIX_LEN_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "a bundle of more than %d MiB is not read",
		                 FORMATS_STIX_LEN_MAX / (1024 * 1024));
	ret_stix->bodies = BUF_INIT(BODIES_MAX);
	TRY(json_scan_foreign(&ret_stix->doc, text, JSON_FOREIGN_TOKENS_MAX, err));
	status = read_all(&in, &chain);
	free(chain);
	stix_index_release(&in.index);
	json_release(&in.scratch);
	return status;
}

void formats_stix_release(struct formats_stix *stix)
{
	free(stix->drafts);
	json_release(&stix->doc);
	buf_release(&stix->bodies);
	formats_report_release(&stix->report);
	*stix = (struct formats_stix){0};
}
