/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request's path and query, cut apart: "/api/channels/3fa0/messages?limit=10". Knows no
 * endpoints.
 */
#ifndef ALDIS_CONSOLE_TARGET_H
#define ALDIS_CONSOLE_TARGET_H

#include "base/status.h"
#include "base/view.h"

enum {
	TARGET_SEGMENTS_MAX = 9,
	TARGET_SEGMENT_LEN_MAX = 300,
	TARGET_PARAMETERS_MAX = 12,
};

struct target_parameter {
	char name[16];
	char value[TARGET_SEGMENT_LEN_MAX + 1];
};

struct target {
	char segments[TARGET_SEGMENTS_MAX]
	             [TARGET_SEGMENT_LEN_MAX + 1]; /* percent-decoded */
	size_t segment_count;
	struct target_parameter parameters[TARGET_PARAMETERS_MAX];
	size_t parameter_count;
};

/* MALFORMED: not starting with '/', a bad percent sign, a NUL, an empty segment, a
 * parameter twice; LIMIT: more or longer parts than above. */
MUST_USE enum status target_parse(struct view path, struct target *ret_target,
                                  struct error *err);

/* The parameter's value, or NULL. */
const char *target_parameter(const struct target *target, const char *name);
/* A whole number up to max; the fallback when absent. */
MUST_USE enum status target_number(const struct target *target, const char *name,
                                   uint64_t max, uint64_t fallback, uint64_t *ret_value,
                                   struct error *err);
/* ?limit= of a page: at least one. */
MUST_USE enum status target_limit(const struct target *target, size_t max,
                                  size_t fallback, size_t *ret_limit, struct error *err);
/* A desk's name, borrowed from the target; NULL when absent. */
MUST_USE enum status target_desk(const struct target *target, const char *name,
                                 const char **ret_desk, struct error *err);
/* Refuses parameters that are not in the list, which ends with NULL: a misspelt filter
 * must not pass for none. */
MUST_USE enum status target_allow(const struct target *target, const char *const *names,
                                  struct error *err);

#endif
