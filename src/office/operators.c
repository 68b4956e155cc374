/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of operators in memory, by name, and its rows.
 */
#include "office/operators.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "crypto/random.h"
#include "office/state.h"

#define OPERATOR_PREFIX "office/operator/"

enum { ROW_MAX = 4096, ROW_KEY_MAX = 128, GROUP_LEN = 5 };

static size_t place_of(const struct operator_table *table, const char *name)
{
	size_t at = 0;

	while (at < table->count && strcmp(table->items[at].name, name) < 0)
		at++;
	return at;
}

static bool is_at(const struct operator_table *table, size_t at, const char *name)
{
	return at < table->count && strcmp(table->items[at].name, name) == 0;
}

static enum status put_in_memory(struct operator_table *table,
                                 const struct office_operator *person, struct error *err)
{
	size_t at = place_of(table, person->name);
	struct office_operator *grown;

	if (is_at(table, at, person->name)) {
		table->items[at] = *person;
		return STATUS_OK;
	}
	if (table->count == OPERATORS_MAX)
		return error_set(err, STATUS_LIMIT, "a desk has at most %d operators",
		                 OPERATORS_MAX);
	grown = reallocarray(table->items, table->count + 1, sizeof *grown);
	if (grown == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for operators");
	table->items = grown;
	memmove(grown + at + 1, grown + at, (table->count - at) * sizeof *grown);
	grown[at] = *person;
	table->count++;
	return STATUS_OK;
}

static enum status load_row(void *context, struct view key, struct view value,
                            struct error *err)
{
	struct office *office = context;
	struct office_operator person;

	TRY(operator_row_parse(value, &office->doc, &person, err));
	return put_in_memory(&office->operators, &person, err);
}

enum status operators_load(struct office *office, struct error *err)
{
	return office_scan(office, OPERATOR_PREFIX, load_row, office, err);
}

void operators_release(struct office *office)
{
	struct operator_table *table = &office->operators;

	if (table->items != NULL)
		crypto_wipe(table->items, table->count * sizeof *table->items);
	free(table->items);
	*table = (struct operator_table){0};
}

size_t office_operator_count(const struct office *office)
{
	return office->operators.count;
}

const struct office_operator *office_operator_at(const struct office *office,
                                                 size_t index)
{
	return &office->operators.items[index];
}

const struct office_operator *office_operator_find(const struct office *office,
                                                   const char *name)
{
	const struct operator_table *table = &office->operators;
	size_t at = place_of(table, name);

	return is_at(table, at, name) ? &table->items[at] : NULL;
}

static enum status write_row(struct office *office, const struct office_operator *person,
                             struct error *err)
{
	CLEANUP_BUF struct buf row = BUF_INIT(ROW_MAX);
	char key[ROW_KEY_MAX];
	enum status status;

	operator_row_write(&row, person);
	status = buf_check(&row, "the operator", err);
	snprintf(key, sizeof key, OPERATOR_PREFIX "%s", person->name);
	if (status == STATUS_OK)
		status = office_put(office, key, buf_view(&row), err);
	if (row.data != NULL)
		crypto_wipe(row.data, row.len);
	return status;
}

enum status office_operator_put(struct office *office,
                                const struct office_operator *person, struct error *err)
{
	TRY(put_in_memory(&office->operators, person, err));
	TRY(write_row(office, person, err));
	desk_announce(office->desk, "operators", "");
	return STATUS_OK;
}

enum status office_operator_seen(struct office *office, const char *name, int64_t step,
                                 struct error *err)
{
	struct operator_table *table = &office->operators;
	size_t at = place_of(table, name);

	if (!is_at(table, at, name))
		return error_set(err, STATUS_NOT_FOUND, "there is no operator %s", name);
	table->items[at].last_login_s = office->now_ms / 1000;
	table->items[at].totp_step = step;
	return write_row(office, &table->items[at], err);
}

void operator_one_time_password(char ret_password[ONE_TIME_LEN + 1])
{
	/* 32 characters that nobody takes for one another. */
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
	uint8_t random[ONE_TIME_LEN];

	random_bytes(random, sizeof random);
	for (size_t i = 0; i < ONE_TIME_LEN; i++)
		ret_password[i] =
		    i % (GROUP_LEN + 1) == GROUP_LEN ? '-' : letters[random[i] % 32];
	ret_password[ONE_TIME_LEN] = '\0';
	crypto_wipe(random, sizeof random);
}

void operator_new_secret(struct totp_secret *ret_secret)
{
	*ret_secret = (struct totp_secret){.len = TOTP_SECRET_LEN};
	random_bytes(ret_secret->bytes, TOTP_SECRET_LEN);
}
