/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Member by member, in the order of the schema; the first breach ends it.
 */
#include "formats/csaf.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "codec/time_text.h"
#include "codec/utf8.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { TOKENS_MAX = 1 << 20, VALUE_MAX = 1 << 24 };

struct csaf {
	struct json_doc doc;
	struct error *err;
};

/* A member that must be there and of this type. place is for the sentence. */
static enum status need(const struct csaf *csaf, const struct json_token *object,
                        const char *name, enum json_type type, const char *place,
                        const struct json_token **ret_value)
{
	static const char *const types[] = {[JSON_OBJECT] = "an object",
	                                    [JSON_ARRAY] = "a list",
	                                    [JSON_STRING] = "a text"};
	const struct json_token *value = json_member(&csaf->doc, object, name);

	if (value == NULL)
		return error_set(csaf->err, STATUS_MALFORMED, "CSAF: %s.%s is missing",
		                 place, name);
	if (value->type != type)
		return error_set(csaf->err, STATUS_MALFORMED, "CSAF: %s.%s must be %s",
		                 place, name, types[type]);
	if (value->type == JSON_STRING ? value->len == 0
	                               : type == JSON_ARRAY && value->count == 0)
		return error_set(csaf->err, STATUS_MALFORMED,
		                 "CSAF: %s.%s must not be empty", place, name);
	if (ret_value != NULL)
		*ret_value = value;
	return STATUS_OK;
}

static enum status need_text(const struct csaf *csaf, const struct json_token *object,
                             const char *name, const char *place)
{
	return need(csaf, object, name, JSON_STRING, place, NULL);
}

static enum status need_choice(const struct csaf *csaf, const struct json_token *object,
                               const char *name, const char *place,
                               const char *const *choices, size_t count)
{
	const struct json_token *value;

	TRY(need(csaf, object, name, JSON_STRING, place, &value));
	for (size_t i = 0; i < count; i++) {
		if (json_string_is(&csaf->doc, value, choices[i]))
			return STATUS_OK;
	}
	return error_set(csaf->err, STATUS_MALFORMED,
	                 "CSAF: %s.%s is none of the values that it may have", place,
	                 name);
}

static enum status need_time(const struct csaf *csaf, const struct json_token *object,
                             const char *name, const char *place)
{
	const struct json_token *value;

	TRY(need(csaf, object, name, JSON_STRING, place, &value));
	if (time_text_is_rfc3339(json_raw(&csaf->doc, value)))
		return STATUS_OK;
	return error_set(csaf->err, STATUS_MALFORMED, "CSAF: %s.%s must be a time", place,
	                 name);
}

static enum status check_publisher(const struct csaf *csaf,
                                   const struct json_token *document)
{
	static const char *const categories[] = {"coordinator", "discoverer", "other",
	                                         "translator",  "user",       "vendor"};
	const char *place = "document.publisher";
	const struct json_token *publisher;

	TRY(need(csaf, document, "publisher", JSON_OBJECT, "document", &publisher));
	TRY(need_choice(csaf, publisher, "category", place, categories,
	                COUNT(categories)));
	TRY(need_text(csaf, publisher, "name", place));
	return need_text(csaf, publisher, "namespace", place);
}

static enum status check_history(const struct csaf *csaf,
                                 const struct json_token *tracking)
{
	const char *place = "document.tracking.revision_history[]";
	const struct json_token *list, *one;

	TRY(need(csaf, tracking, "revision_history", JSON_ARRAY, "document.tracking",
	         &list));
	for (one = json_first(&csaf->doc, list); one != NULL;
	     one = json_next(&csaf->doc, list, one)) {
		if (one->type != JSON_OBJECT)
			return error_set(csaf->err, STATUS_MALFORMED,
			                 "CSAF: %s must be an object", place);
		TRY(need_time(csaf, one, "date", place));
		TRY(need_text(csaf, one, "number", place));
		TRY(need_text(csaf, one, "summary", place));
	}
	return STATUS_OK;
}

static bool is_line_break(uint32_t code_point)
{
	return code_point == '\n' || code_point == '\r' || code_point == 0x2028 ||
	       code_point == 0x2029;
}

/* "^[\S](.*[\S])?$" in the schema. */
static bool is_id(struct view id)
{
	uint32_t code_point = ' ';
	size_t len;

	for (size_t at = 0; at < id.len; at += len) {
		len = utf8_decode(view_from(id, at), &code_point);
		if (len == 0 || is_line_break(code_point) ||
		    (at == 0 && utf8_is_space(code_point)))
			return false;
	}
	return !utf8_is_space(code_point);
}

static enum status need_id(const struct csaf *csaf, const struct json_token *tracking,
                           const char *place)
{
	CLEANUP_BUF struct buf id = BUF_INIT(VALUE_MAX);
	const struct json_token *value;

	TRY(need(csaf, tracking, "id", JSON_STRING, place, &value));
	json_string_append(&csaf->doc, value, &id);
	TRY(buf_check(&id, "the advisory", csaf->err));
	if (is_id(buf_view(&id)))
		return STATUS_OK;
	return error_set(csaf->err, STATUS_MALFORMED,
	                 "CSAF: %s.id must not begin or end with white space, nor have a "
	                 "line break in it",
	                 place);
}

static enum status check_tracking(const struct csaf *csaf,
                                  const struct json_token *document,
                                  const struct json_token **ret_tracking)
{
	static const char *const states[] = {"draft", "final", "interim"};
	const char *place = "document.tracking";
	const struct json_token *tracking;

	TRY(need(csaf, document, "tracking", JSON_OBJECT, "document", &tracking));
	TRY(need_id(csaf, tracking, place));
	TRY(need_time(csaf, tracking, "current_release_date", place));
	TRY(need_time(csaf, tracking, "initial_release_date", place));
	TRY(check_history(csaf, tracking));
	TRY(need_choice(csaf, tracking, "status", place, states, COUNT(states)));
	TRY(need_text(csaf, tracking, "version", place));
	*ret_tracking = tracking;
	return STATUS_OK;
}

static enum status read_tlp(const struct csaf *csaf, const struct json_token *document,
                            struct formats_csaf *ret_csaf)
{
	static const char *const labels[] = {"WHITE", "GREEN", "AMBER", "RED"};
	const struct json_token *distribution =
	    json_member(&csaf->doc, document, "distribution");
	const struct json_token *tlp, *label;

	if (distribution == NULL)
		return STATUS_OK;
	if (distribution->type != JSON_OBJECT)
		return error_set(csaf->err, STATUS_MALFORMED,
		                 "CSAF: document.distribution must be an object");
	if (distribution->count == 0)
		return error_set(csaf->err, STATUS_MALFORMED,
		                 "CSAF: document.distribution must not be empty");
	if (json_member(&csaf->doc, distribution, "tlp") == NULL)
		return STATUS_OK;
	TRY(need(csaf, distribution, "tlp", JSON_OBJECT, "document.distribution", &tlp));
	TRY(need_choice(csaf, tlp, "label", "document.distribution.tlp", labels,
	                COUNT(labels)));
	label = json_member(&csaf->doc, tlp, "label");
	(void)json_string_copy(&csaf->doc, label, ret_csaf->tlp, sizeof ret_csaf->tlp);
	return STATUS_OK;
}

/* What is too long is cut behind a whole character. */
static enum status copy(const struct csaf *csaf, const struct json_token *object,
                        const char *name, char ret_text[FORMATS_CSAF_TEXT_MAX + 1])
{
	static const char dots[] = "\xe2\x80\xa6";
	CLEANUP_BUF struct buf text = BUF_INIT(VALUE_MAX);
	size_t len = FORMATS_CSAF_TEXT_MAX - strlen(dots);

	json_string_append(&csaf->doc, json_member(&csaf->doc, object, name), &text);
	TRY(buf_check(&text, "the advisory", csaf->err));
	if (text.len <= FORMATS_CSAF_TEXT_MAX) {
		snprintf(ret_text, FORMATS_CSAF_TEXT_MAX + 1, "%.*s", (int)text.len,
		         (const char *)text.data);
		return STATUS_OK;
	}
	while ((text.data[len] & 0xc0) == 0x80)
		len--;
	snprintf(ret_text, FORMATS_CSAF_TEXT_MAX + 1, "%.*s%s", (int)len,
	         (const char *)text.data, dots);
	return STATUS_OK;
}

static enum status check_rest(const struct csaf *csaf, const struct json_token *root)
{
	if (json_member(&csaf->doc, root, "product_tree") != NULL)
		TRY(need(csaf, root, "product_tree", JSON_OBJECT, "the advisory", NULL));
	if (json_member(&csaf->doc, root, "vulnerabilities") != NULL)
		TRY(need(csaf, root, "vulnerabilities", JSON_ARRAY, "the advisory",
		         NULL));
	return STATUS_OK;
}

static enum status read_document(const struct csaf *csaf, struct formats_csaf *ret_csaf)
{
	static const char *const versions[] = {"2.0"};
	const struct json_token *root = json_root(&csaf->doc), *document = NULL,
	                        *tracking;

	if (root->type == JSON_OBJECT)
		document = json_member(&csaf->doc, root, "document");
	if (document == NULL || document->type != JSON_OBJECT ||
	    json_member(&csaf->doc, document, "csaf_version") == NULL)
		return error_set(csaf->err, STATUS_NOT_FOUND, "no CSAF advisory");
	TRY(need_choice(csaf, document, "csaf_version", "document", versions, 1));
	TRY(need_text(csaf, document, "category", "document"));
	TRY(check_publisher(csaf, document));
	TRY(need_text(csaf, document, "title", "document"));
	TRY(check_tracking(csaf, document, &tracking));
	TRY(read_tlp(csaf, document, ret_csaf));
	TRY(copy(csaf, tracking, "id", ret_csaf->id));
	TRY(copy(csaf, document, "title", ret_csaf->title));
	return check_rest(csaf, root);
}

enum status formats_csaf_read(struct view text, struct formats_csaf *ret_csaf,
                              struct error *err)
{
	struct csaf csaf = {.err = err};
	struct formats_csaf read = {0};
	enum status status = json_scan_foreign(&csaf.doc, text, TOKENS_MAX, err);

	if (status == STATUS_MALFORMED || status == STATUS_LIMIT)
		status = error_set(err, STATUS_NOT_FOUND, "no CSAF advisory");
	else if (status == STATUS_OK)
		status = read_document(&csaf, &read);
	json_release(&csaf.doc);
	if (status == STATUS_OK)
		*ret_csaf = read;
	return status;
}
