/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of answers, leniently.
 */
#include "cli/json_read.h"

static const struct json_token *member(const struct json_doc *doc,
                                       const struct json_token *object, const char *name,
                                       enum json_type type)
{
	const struct json_token *value;

	if (object == NULL || object->type != JSON_OBJECT)
		return NULL;
	value = json_member(doc, object, name);
	return value != NULL && value->type == type ? value : NULL;
}

void json_read_string(const struct json_doc *doc, const struct json_token *object,
                      const char *name, char *ret_text, size_t cap)
{
	const struct json_token *value = member(doc, object, name, JSON_STRING);

	ret_text[0] = '\0';
	if (value != NULL)
		(void)json_string_copy(doc, value, ret_text, cap);
}

bool json_read_text(const struct json_doc *doc, const struct json_token *object,
                    const char *name, struct buf *out)
{
	const struct json_token *value = member(doc, object, name, JSON_STRING);

	if (value == NULL)
		return false;
	json_string_append(doc, value, out);
	return true;
}

int64_t json_read_integer(const struct json_doc *doc, const struct json_token *object,
                          const char *name)
{
	const struct json_token *value = member(doc, object, name, JSON_INTEGER);

	return value == NULL ? 0 : json_integer(doc, value);
}

bool json_read_bool(const struct json_doc *doc, const struct json_token *object,
                    const char *name)
{
	return member(doc, object, name, JSON_TRUE) != NULL;
}

const struct json_token *json_read_list(const struct json_doc *doc,
                                        const struct json_token *object, const char *name,
                                        const struct json_token **ret_list)
{
	*ret_list = member(doc, object, name, JSON_ARRAY);
	return *ret_list == NULL ? NULL : json_first(doc, *ret_list);
}
