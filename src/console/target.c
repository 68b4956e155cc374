/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cutting request targets. Every part is copied, decoded, into an array of fixed size.
 */
#include "console/target.h"

#include <stdio.h>

#include "codec/decimal.h"
#include "record/name.h"

static int hex_value(uint8_t digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

/* Cuts *rest at the first such byte; the part before it is returned. */
static struct view cut(struct view *rest, uint8_t at)
{
	const uint8_t *found = rest->len > 0 ? memchr(rest->data, at, rest->len) : NULL;
	struct view part = *rest;

	if (found == NULL) {
		*rest = view_of(NULL, 0);
		return part;
	}
	part.len = (size_t)(found - part.data);
	*rest = view_from(*rest, part.len + 1);
	return part;
}

static enum status decode_part(struct view part, bool plus_is_blank, char *ret_text,
                               size_t cap, struct error *err)
{
	size_t used = 0;

	for (size_t i = 0; i < part.len; i++) {
		int byte = part.data[i];

		if (byte == '%') {
			int high = part.len - i > 2 ? hex_value(part.data[i + 1]) : -1;
			int low = high >= 0 ? hex_value(part.data[i + 2]) : -1;

			if (low < 0)
				return error_set(err, STATUS_MALFORMED,
				                 "the path holds a '%%' without two hex "
				                 "digits");
			byte = high * 16 + low;
			i += 2;
		} else if (byte == '+' && plus_is_blank) {
			byte = ' ';
		}
		if (byte == 0)
			return error_set(err, STATUS_MALFORMED, "the path holds a NUL");
		if (used + 1 >= cap)
			return error_set(err, STATUS_LIMIT,
			                 "a part of the path is longer than %zu bytes",
			                 cap - 1);
		ret_text[used++] = (char)byte;
	}
	ret_text[used] = '\0';
	return STATUS_OK;
}

static enum status parse_segments(struct view path, struct target *target,
                                  struct error *err)
{
	if (path.len == 0 || path.data[0] != '/')
		return error_set(err, STATUS_MALFORMED, "the path must start with '/'");
	path = view_from(path, 1);
	while (path.len > 0) {
		struct view segment = cut(&path, '/');

		if (target->segment_count == TARGET_SEGMENTS_MAX)
			return error_set(err, STATUS_LIMIT,
			                 "the path has too many parts");
		if (segment.len == 0)
			return error_set(err, STATUS_MALFORMED,
			                 "the path has an empty part");
		TRY(decode_part(segment, false, target->segments[target->segment_count],
		                sizeof target->segments[0], err));
		target->segment_count++;
	}
	return STATUS_OK;
}

static enum status parse_parameters(struct view query, struct target *target,
                                    struct error *err)
{
	while (query.len > 0) {
		struct view value = cut(&query, '&');
		struct view name = cut(&value, '=');
		struct target_parameter *parameter =
		    &target->parameters[target->parameter_count];

		if (name.len == 0)
			continue;
		if (target->parameter_count == TARGET_PARAMETERS_MAX)
			return error_set(err, STATUS_LIMIT,
			                 "the query has too many parameters");
		TRY(decode_part(name, true, parameter->name, sizeof parameter->name,
		                err));
		TRY(decode_part(value, true, parameter->value, sizeof parameter->value,
		                err));
		if (target_parameter(target, parameter->name) != NULL)
			return error_set(err, STATUS_MALFORMED,
			                 "the query names a parameter twice");
		target->parameter_count++;
	}
	return STATUS_OK;
}

enum status target_parse(struct view path, struct target *ret_target, struct error *err)
{
	struct view query = path;
	struct view segments = cut(&query, '?');

	ret_target->segment_count = 0;
	ret_target->parameter_count = 0;
	TRY(parse_segments(segments, ret_target, err));
	return parse_parameters(query, ret_target, err);
}

const char *target_parameter(const struct target *target, const char *name)
{
	for (size_t i = 0; i < target->parameter_count; i++)
		if (strcmp(target->parameters[i].name, name) == 0)
			return target->parameters[i].value;
	return NULL;
}

enum status target_number(const struct target *target, const char *name, uint64_t max,
                          uint64_t fallback, uint64_t *ret_value, struct error *err)
{
	const char *text = target_parameter(target, name);
	enum status status;

	if (text == NULL) {
		*ret_value = fallback;
		return STATUS_OK;
	}
	status = decimal_decode(view_of_string(text), max, ret_value, err);
	if (status != STATUS_OK)
		return error_set(err, STATUS_MALFORMED,
		                 "%s must be a whole number from 0 to %llu", name,
		                 (unsigned long long)max);
	return STATUS_OK;
}

enum status target_limit(const struct target *target, size_t max, size_t fallback,
                         size_t *ret_limit, struct error *err)
{
	uint64_t limit;
	enum status status =
	    target_number(target, "limit", max, (uint64_t)fallback, &limit, NULL);

	if (status != STATUS_OK || limit == 0)
		return error_set(err, STATUS_MALFORMED,
		                 "limit must be a whole number from 1 to %zu", max);
	*ret_limit = (size_t)limit;
	return STATUS_OK;
}

enum status target_desk(const struct target *target, const char *name,
                        const char **ret_desk, struct error *err)
{
	const char *text = target_parameter(target, name);
	struct record_name desk;
	enum status status;

	if (text != NULL) {
		status = record_name_decode(view_of_string(text), &desk, err);
		if (status != STATUS_OK)
			return error_context(err, status, "%s", name);
	}
	*ret_desk = text;
	return STATUS_OK;
}

static bool is_listed(const char *const *names, const char *name)
{
	for (; *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

/* Said by name where that is a plain word. */
static enum status refuse_unknown(const char *name, struct error *err)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	bool is_plain = name[0] != '\0' && name[strspn(name, plain)] == '\0';

	return error_set(err, STATUS_MALFORMED,
	                 "the query has a parameter that is not known here%s%.40s",
	                 is_plain ? ": " : "", is_plain ? name : "");
}

enum status target_allow(const struct target *target, const char *const *names,
                         struct error *err)
{
	for (size_t i = 0; i < target->parameter_count; i++)
		if (!is_listed(names, target->parameters[i].name))
			return refuse_unknown(target->parameters[i].name, err);
	return STATUS_OK;
}
