/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions to the generated table: which kind has this name, what may it answer, what is
 * a text in this language.
 */
#include "record/kinds.h"

#include <stdlib.h>

#include "base/cleanup.h"

static int compare_name(const void *key, const void *element)
{
	const struct view *name = key;
	const char *other = ((const struct record_kind *)element)->name;
	size_t other_len = strlen(other);
	size_t common = name->len < other_len ? name->len : other_len;
	int order = memcmp(name->data, other, common);

	if (order != 0)
		return order;
	return name->len < other_len ? -1 : name->len > other_len;
}

const struct record_kind *record_kind_find(struct view name)
{
	if (name.len == 0)
		return NULL;
	return bsearch(&name, record_kinds, record_kind_count, sizeof record_kinds[0],
	               compare_name);
}

const char *record_kinds_text(const char *const *texts, const char *language)
{
	size_t len = strcspn(language, "-_.@");

	for (size_t i = 0; i < record_kinds_language_count; i++)
		if (view_equal_string(view_of(language, len), record_kinds_languages[i]))
			return texts[i];
	return texts[0];
}

bool record_kind_answers(const struct record_kind *kind, const struct record_kind *other)
{
	if (!kind->takes_re)
		return false;
	if (kind->answers_person)
		return !other->is_automatic;
	for (size_t i = 0; kind->answers != NULL && kind->answers[i] != NULL; i++)
		if (strcmp(kind->answers[i], other->name) == 0)
			return true;
	return kind->answers == NULL;
}

enum status record_kind_check_answers(const struct record_kind *kind,
                                      const struct record_kind *other, struct error *err)
{
	CLEANUP_BUF struct buf list = BUF_INIT(4096);

	if (record_kind_answers(kind, other))
		return STATUS_OK;
	if (!kind->takes_re)
		return error_set(err, STATUS_MALFORMED, "re: %s names no other message",
		                 kind->name);
	if (kind->answers_person)
		return error_set(
		    err, STATUS_MALFORMED,
		    "re: %s is about what a person writes, and %s is written by the desk",
		    kind->name, other->name);
	for (size_t i = 0; kind->answers[i] != NULL; i++)
		buf_printf(&list, "%s%s", i > 0 ? ", " : "", kind->answers[i]);
	return error_set(err, STATUS_MALFORMED,
	                 "re: %s must name a message of kind %.*s, not %s", kind->name,
	                 (int)list.len, (const char *)list.data, other->name);
}
