/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing and reading small values.
 */
#include "office/fields.h"

#include "record/object.h"

enum { BITS_MAX = 8, BIT_NAME_MAX = 20 };

typedef const char *bit_name(unsigned bit);
typedef unsigned bit_of(struct view name);

static void write_bits(struct json_writer *writer, const char *name, unsigned bits,
                       bit_name *name_of)
{
	json_writer_array(writer, name);
	for (unsigned bit = 1; bit < 1U << BITS_MAX; bit <<= 1)
		if ((bits & bit) != 0 && name_of(bit) != NULL)
			json_writer_string(writer, NULL, name_of(bit));
	json_writer_end(writer);
}

void office_write_roles(struct json_writer *writer, const char *name, unsigned roles)
{
	write_bits(writer, name, roles, office_role_name);
}

void office_write_scopes(struct json_writer *writer, const char *name, unsigned scopes)
{
	write_bits(writer, name, scopes, office_scope_name);
}

static enum status read_bits(const struct json_doc *doc, const struct json_token *value,
                             bit_of *find, unsigned *ret_bits, struct error *err)
{
	unsigned bits = 0;

	TRY(record_array_check(value, 1, BITS_MAX, err));
	for (const struct json_token *item = json_first(doc, value); item != NULL;
	     item = json_next(doc, value, item)) {
		char name[BIT_NAME_MAX + 1];
		unsigned bit;

		TRY(record_string_read(doc, item, 1, BIT_NAME_MAX, name, err));
		bit = find(view_of_string(name));
		if (bit == 0 || (bits & bit) != 0)
			return error_set(err, STATUS_MALFORMED,
			                 "names something unknown, or something twice");
		bits |= bit;
	}
	*ret_bits = bits;
	return STATUS_OK;
}

enum status office_read_roles(const struct json_doc *doc, const struct json_token *value,
                              unsigned *ret_roles, struct error *err)
{
	return read_bits(doc, value, office_role_of, ret_roles, err);
}

enum status office_read_scopes(const struct json_doc *doc, const struct json_token *value,
                               unsigned *ret_scopes, struct error *err)
{
	return read_bits(doc, value, office_scope_of, ret_scopes, err);
}

enum status office_read_bool(const struct json_token *value, bool *ret_value,
                             struct error *err)
{
	if (value->type != JSON_TRUE && value->type != JSON_FALSE)
		return error_set(err, STATUS_MALFORMED, "must be true or false");
	*ret_value = value->type == JSON_TRUE;
	return STATUS_OK;
}

enum status office_read_time_or_never(const struct json_doc *doc,
                                      const struct json_token *value, int64_t *ret_s,
                                      struct error *err)
{
	if (value->type == JSON_STRING && json_string_is(doc, value, "never")) {
		*ret_s = 0;
		return STATUS_OK;
	}
	return record_time_read(doc, value, ret_s, err);
}
