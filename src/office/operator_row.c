/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An operator as a row, and as others see one.
 */
#include "codec/base32.h"
#include "office/fields.h"
#include "office/operators.h"
#include "record/object.h"

enum { ROW_TOKENS_MAX = 64, SECRET_TEXT_MAX = 2 * TOTP_SECRET_MAX };

static void write_public(struct json_writer *writer, const struct office_operator *person)
{
	json_writer_string(writer, "name", person->name);
	json_writer_string(writer, "full_name", person->full_name);
	office_write_roles(writer, "roles", person->roles);
	json_writer_bool(writer, "disabled", person->is_disabled);
	json_writer_time(writer, "created", person->created_s);
	json_writer_time_or_never(writer, "last_login", person->last_login_s);
	json_writer_bool(writer, "must_change", person->must_change);
}

void operator_write(struct json_writer *writer, const char *name,
                    const struct office_operator *person)
{
	json_writer_object(writer, name);
	write_public(writer, person);
	json_writer_end(writer);
}

void operator_row_write(struct buf *out, const struct office_operator *person)
{
	struct json_writer writer = json_writer_of(out);

	json_writer_object(&writer, NULL);
	write_public(&writer, person);
	json_writer_integer(&writer, "step", person->totp_step);
	json_writer_string(&writer, "hash", person->hash);
	json_writer_raw(&writer, "secret", view_of_string("\""));
	base32_append(out, view_of(person->secret.bytes, person->secret.len));
	buf_append_byte(out, '"');
	json_writer_end(&writer);
}

static enum status read_name(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct office_operator *person = context;

	TRY(record_string_read(doc, value, 1, OFFICE_NAME_MAX, person->name, err));
	if (!office_name_check(view_of_string(person->name)))
		return error_set(err, STATUS_MALFORMED, "is no operator's name");
	return STATUS_OK;
}

static enum status read_full_name(const struct json_doc *doc,
                                  const struct json_token *value, void *context,
                                  struct error *err)
{
	struct office_operator *person = context;

	return record_string_read(doc, value, 0, OPERATOR_FULL_NAME_MAX,
	                          person->full_name, err);
}

static enum status read_roles(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	struct office_operator *person = context;

	return office_read_roles(doc, value, &person->roles, err);
}

static enum status read_disabled(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	struct office_operator *person = context;

	return office_read_bool(value, &person->is_disabled, err);
}

static enum status read_created(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct office_operator *person = context;

	return record_time_read(doc, value, &person->created_s, err);
}

static enum status read_last_login(const struct json_doc *doc,
                                   const struct json_token *value, void *context,
                                   struct error *err)
{
	struct office_operator *person = context;

	return office_read_time_or_never(doc, value, &person->last_login_s, err);
}

static enum status read_must_change(const struct json_doc *doc,
                                    const struct json_token *value, void *context,
                                    struct error *err)
{
	struct office_operator *person = context;

	return office_read_bool(value, &person->must_change, err);
}

static enum status read_step(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct office_operator *person = context;

	return record_integer_read(doc, value, 0, INT64_C(1) << 50, &person->totp_step,
	                           err);
}

static enum status read_hash(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct office_operator *person = context;

	return record_string_read(doc, value, 1, OPERATOR_HASH_MAX, person->hash, err);
}

static enum status read_secret(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	struct office_operator *person = context;
	char text[SECRET_TEXT_MAX + 1];

	TRY(record_string_read(doc, value, 1, SECRET_TEXT_MAX, text, err));
	return base32_decode(view_of_string(text), person->secret.bytes, TOTP_SECRET_MAX,
	                     &person->secret.len, err);
}

enum status operator_row_parse(struct view row, struct json_doc *doc,
                               struct office_operator *ret_operator, struct error *err)
{
	static const struct record_member members[] = {
	    {"name", true, read_name},
	    {"full_name", true, read_full_name},
	    {"roles", true, read_roles},
	    {"disabled", true, read_disabled},
	    {"created", true, read_created},
	    {"last_login", true, read_last_login},
	    {"must_change", true, read_must_change},
	    {"step", true, read_step},
	    {"hash", true, read_hash},
	    {"secret", true, read_secret},
	};

	*ret_operator = (struct office_operator){.name = ""};
	TRY(json_scan(doc, row, ROW_TOKENS_MAX, err));
	return record_object_read(doc, json_root(doc), members,
	                          sizeof members / sizeof members[0], ret_operator, err);
}
