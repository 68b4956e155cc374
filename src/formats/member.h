/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking into documents of strangers: members that may be lacking, or of another type
 * than they should be, or of what is no object at all.
 */
#ifndef ALDIS_FORMATS_MEMBER_H
#define ALDIS_FORMATS_MEMBER_H

#include "codec/json.h"

/* Others may point at an object as often as they like, so looking into it stays cheap:
 * what has more members than this is not looked into. */
enum { FORMATS_MEMBERS_MAX = 1000 };

/* A member of any type; NULL when there is none, or no object. */
const struct json_token *formats_value(const struct json_doc *doc,
                                       const struct json_token *object, const char *name);
/* A member of this type, or NULL. */
const struct json_token *formats_member(const struct json_doc *doc,
                                        const struct json_token *object, const char *name,
                                        enum json_type type);
/* The raw string of a member, empty when there is none. */
struct view formats_string(const struct json_doc *doc, const struct json_token *object,
                           const char *name);
/* The first element of a member that is a list, or NULL; ret_list for json_next. */
const struct json_token *formats_list(const struct json_doc *doc,
                                      const struct json_token *object, const char *name,
                                      const struct json_token **ret_list);

/* Is the member's name one of these, which end with NULL? */
bool formats_is_one_of(const char *const *names, const struct json_doc *doc,
                       const struct json_token *name);

/* Orders bytes as memcmp does, the shorter first. */
int formats_compare_views(struct view a, struct view b);

#endif
