/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members by name and type.
 */
#include "formats/member.h"

const struct json_token *formats_value(const struct json_doc *doc,
                                       const struct json_token *object, const char *name)
{
	return object == NULL || object->type != JSON_OBJECT
	           ? NULL
	           : json_member(doc, object, name);
}

const struct json_token *formats_member(const struct json_doc *doc,
                                        const struct json_token *object, const char *name,
                                        enum json_type type)
{
	const struct json_token *value = formats_value(doc, object, name);

	return value != NULL && value->type == type ? value : NULL;
}

struct view formats_string(const struct json_doc *doc, const struct json_token *object,
                           const char *name)
{
	const struct json_token *value = formats_member(doc, object, name, JSON_STRING);

	return value == NULL ? view_of("", 0) : json_raw(doc, value);
}

const struct json_token *formats_list(const struct json_doc *doc,
                                      const struct json_token *object, const char *name,
                                      const struct json_token **ret_list)
{
	*ret_list = formats_member(doc, object, name, JSON_ARRAY);
	return *ret_list == NULL ? NULL : json_first(doc, *ret_list);
}

bool formats_is_one_of(const char *const *names, const struct json_doc *doc,
                       const struct json_token *name)
{
	for (; *names != NULL; names++) {
		if (json_string_is(doc, name, *names))
			return true;
	}
	return false;
}

int formats_compare_views(struct view a, struct view b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common == 0 ? 0 : memcmp(a.data, b.data, common);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}
