/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass over the arguments.
 */
#include "cli/options.h"

#include "codec/decimal.h"

struct parsing {
	char **argv;
	int argc, at;
	struct error *err;
};

static enum status add_value(struct option_values *values, const char *value,
                             struct error *err)
{
	if (values->count == OPTION_VALUES_MAX)
		return error_set(err, STATUS_MALFORMED,
		                 "there are more than %d arguments", OPTION_VALUES_MAX);
	values->values[values->count++] = value;
	return STATUS_OK;
}

/* Is argument the option, alone or with "=value"? */
static bool is_option(const char *argument, const char *name, const char **ret_value)
{
	size_t len = strlen(name);

	*ret_value = NULL;
	if (strncmp(argument, name, len) != 0)
		return false;
	if (argument[len] == '=' && name[1] == '-') {
		*ret_value = argument + len + 1;
		return true;
	}
	return argument[len] == '\0';
}

static enum status set_text(const char **target, const char *name, const char *value,
                            struct error *err)
{
	if (*target != NULL)
		return error_set(err, STATUS_MALFORMED, "%s is given twice", name);
	*target = value;
	return STATUS_OK;
}

static enum status take_option(struct parsing *p, const struct option_spec *spec,
                               const char *value)
{
	if (spec->type == OPTION_FLAG) {
		if (value != NULL)
			return error_set(p->err, STATUS_MALFORMED, "%s takes no value",
			                 spec->name);
		*(bool *)spec->target = true;
		return STATUS_OK;
	}
	if (value == NULL) {
		if (p->at + 1 >= p->argc)
			return error_set(p->err, STATUS_MALFORMED, "%s needs a value",
			                 spec->name);
		value = p->argv[++p->at];
	}
	if (spec->type == OPTION_TEXT)
		return set_text(spec->target, spec->name, value, p->err);
	if (spec->type == OPTION_LIST)
		return add_value(spec->target, value, p->err);
	if (decimal_decode(view_of_string(value), spec->max, spec->target, NULL) !=
	    STATUS_OK)
		return error_set(p->err, STATUS_MALFORMED,
		                 "%s must be a whole number from 0 to %llu", spec->name,
		                 (unsigned long long)spec->max);
	return STATUS_OK;
}

static enum status take_argument(struct parsing *p, struct cli *cli,
                                 const struct option_spec *specs, size_t spec_count)
{
	const char *dir = NULL;
	const struct option_spec common[] = {
	    {"-d", OPTION_TEXT, &dir, 0},
	    {"--json", OPTION_FLAG, &cli->is_json, 0},
	};
	const char *argument = p->argv[p->at], *value;

	for (size_t i = 0; i < spec_count; i++)
		if (is_option(argument, specs[i].name, &value))
			return take_option(p, &specs[i], value);
	for (size_t i = 0; i < 2; i++) {
		if (!is_option(argument, common[i].name, &value))
			continue;
		TRY(take_option(p, &common[i], value));
		if (dir != NULL)
			cli->dir = dir;
		return STATUS_OK;
	}
	return error_set(p->err, STATUS_MALFORMED, "there is no option '%s'", argument);
}

enum status options_parse(struct cli *cli, const struct option_spec *specs,
                          size_t spec_count, size_t operands_min, size_t operands_max,
                          int argc, char **argv, struct option_values *ret_operands,
                          struct error *err)
{
	struct parsing p = {.argv = argv, .argc = argc, .err = err};
	bool is_ended = false;

	ret_operands->count = 0;
	for (; p.at < argc; p.at++) {
		const char *argument = argv[p.at];
		bool is_operand = is_ended || argument[0] != '-' || argument[1] == '\0';

		if (is_operand)
			TRY(add_value(ret_operands, argument, err));
		else if (strcmp(argument, "--") == 0)
			is_ended = true;
		else
			TRY(take_argument(&p, cli, specs, spec_count));
	}
	if (ret_operands->count < operands_min)
		return error_set(err, STATUS_MALFORMED, "something is missing");
	if (ret_operands->count > operands_max)
		return error_set(err, STATUS_MALFORMED, "'%s' is one argument too many",
		                 ret_operands->values[operands_max]);
	return STATUS_OK;
}
