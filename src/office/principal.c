/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of roles, scopes, doors and people.
 */
#include "office/principal.h"

static const char *const role_names[] = {"watch", "officer", "administrator", "auditor"};
static const char *const scope_names[] = {"read", "draft", "send"};

enum {
	ROLE_COUNT = sizeof role_names / sizeof role_names[0],
	SCOPE_COUNT = sizeof scope_names / sizeof scope_names[0],
	OPERATOR_NAME_MAX = 32,
};

static const char *name_of(unsigned bit, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bit == 1U << i)
			return names[i];
	return NULL;
}

static unsigned bit_of(struct view name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (view_equal_string(name, names[i]))
			return 1U << i;
	return 0;
}

const char *office_role_name(unsigned role)
{
	return name_of(role, role_names, ROLE_COUNT);
}

const char *office_scope_name(unsigned scope)
{
	return name_of(scope, scope_names, SCOPE_COUNT);
}

unsigned office_role_of(struct view name)
{
	return bit_of(name, role_names, ROLE_COUNT);
}

unsigned office_scope_of(struct view name)
{
	return bit_of(name, scope_names, SCOPE_COUNT);
}

const char *office_door_name(enum office_door door)
{
	switch (door) {
	case OFFICE_DOOR_LOCAL:
		return "local";
	case OFFICE_DOOR_CONSOLE:
		return "console";
	case OFFICE_DOOR_TOKEN:
		return "token";
	}
	return "console";
}

bool office_may_send(const struct office_principal *who, const char *kind)
{
	return strncmp(kind, "release.", strlen("release.")) != 0 ||
	       who->door != OFFICE_DOOR_CONSOLE || (who->roles & OFFICE_OFFICER) != 0;
}

static bool is_letter(uint8_t byte)
{
	return byte >= 'a' && byte <= 'z';
}

bool office_name_check(struct view name)
{
	if (name.len == 0 || name.len > OPERATOR_NAME_MAX || !is_letter(name.data[0]))
		return false;
	for (size_t i = 1; i < name.len; i++) {
		uint8_t byte = name.data[i];

		if (!is_letter(byte) && !(byte >= '0' && byte <= '9') && byte != '.' &&
		    byte != '-' && byte != '_')
			return false;
	}
	return true;
}

bool office_name_is_reserved(struct view name)
{
	return view_equal_string(name, "local") || view_equal_string(name, "desk");
}
