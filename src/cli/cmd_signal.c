/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis signal: the numbered signals of a codebook, read in one's own language and sent.
 * Whether a signal may be sent in a channel is for the desk to say.
 */
#include <stdio.h>

#include "base/cleanup.h"
#include "cli/commands.h"
#include "cli/language.h"
#include "cli/message_send.h"
#include "cli/print.h"
#include "codec/decimal.h"
#include "codec/json_writer.h"
#include "console/waiting.h"
#include "record/codebook.h"

enum { LIST_MAX = 16 * 1024 * 1024 };

struct reading {
	const struct record_codebook *book;
	size_t language; /* of the book */
};

/* The built-in book whose digest begins so; NULL: the default one. */
static enum status find_book(const char *digest, const struct record_codebook **ret_book,
                             struct error *err)
{
	const struct record_codebook *book;

	*ret_book = record_codebook_builtin(&record_codebook_default_digest);
	if (digest == NULL)
		return *ret_book == NULL
		           ? error_set(err, STATUS_NO_MEMORY, "out of memory")
		           : STATUS_OK;
	*ret_book = NULL;
	for (size_t i = 0; (book = record_codebook_builtin_at(i)) != NULL; i++) {
		char hex[HASH_HEX_LEN + 1];

		hash_hex(record_codebook_digest(book), hex);
		if (digest[0] == '\0' || strncmp(hex, digest, strlen(digest)) != 0)
			continue;
		if (*ret_book != NULL)
			return error_set(err, STATUS_CONFLICT,
			                 "more than one codebook begins with %s", digest);
		*ret_book = book;
	}
	if (*ret_book == NULL)
		return error_set(err, STATUS_NOT_FOUND,
		                 "this version of aldis has no codebook %s", digest);
	return STATUS_OK;
}

/* An asked-for language must be there; the reader's own may be missing. */
static enum status choose_language(const struct cli *cli, const char *asked,
                                   struct reading *reading, struct error *err)
{
	CLEANUP_BUF struct buf list = BUF_INIT(1024);
	char own[CLI_LANGUAGE_MAX + 1];

	if (asked == NULL) {
		cli_language(cli, own);
		reading->language = record_codebook_language_index(reading->book, own);
		return STATUS_OK;
	}
	reading->language = record_codebook_language_index(reading->book, asked);
	if (strncmp(record_codebook_language(reading->book, reading->language), asked,
	            strcspn(asked, "-")) == 0)
		return STATUS_OK;
	for (size_t i = 0; i < record_codebook_language_count(reading->book); i++)
		buf_printf(&list, "%s%s", i > 0 ? ", " : "",
		           record_codebook_language(reading->book, i));
	return error_set(err, STATUS_NOT_FOUND,
	                 "the codebook has no texts in '%s'; it has %.*s", asked,
	                 (int)list.len, (const char *)list.data);
}

static enum status open_reading(const struct cli *cli, const char *digest,
                                const char *language, struct reading *ret_reading,
                                struct error *err)
{
	TRY(find_book(digest, &ret_reading->book, err));
	return choose_language(cli, language, ret_reading, err);
}

static enum status find_signal(const struct record_codebook *book, const char *number,
                               const struct record_signal **ret_signal, struct error *err)
{
	uint64_t value = 0;

	if (decimal_decode(view_of_string(number), RECORD_SIGNAL_NUMBER_MAX, &value,
	                   NULL) == STATUS_OK)
		*ret_signal = record_codebook_find(book, (int64_t)value);
	if (*ret_signal == NULL)
		return error_set(err, STATUS_NOT_FOUND,
		                 "the codebook %s has no signal '%s'; `aldis signal "
		                 "list` prints them",
		                 record_codebook_id(book), number);
	return STATUS_OK;
}

/* ---- as JSON */

static void write_book(struct json_writer *writer, const struct reading *reading)
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(record_codebook_digest(reading->book), hex);
	json_writer_string(writer, "codebook", hex);
	json_writer_string(writer, "id", record_codebook_id(reading->book));
	json_writer_integer(writer, "version", record_codebook_version(reading->book));
	json_writer_string(writer, "title",
	                   record_codebook_title(reading->book, reading->language));
	json_writer_string(writer, "language",
	                   record_codebook_language(reading->book, reading->language));
}

static void write_signal(struct json_writer *writer, const struct reading *reading,
                         const struct record_signal *signal)
{
	size_t count;
	const struct record_signal_group *groups =
	    record_codebook_groups(reading->book, &count);

	json_writer_integer(writer, "number", signal->number);
	json_writer_string(writer, "group",
	                   groups[signal->group].labels[reading->language]);
	json_writer_string(writer, "text", signal->texts[reading->language]);
	json_writer_array(writer, "parameters");
	for (size_t i = 0; i < signal->parameter_count; i++) {
		json_writer_object(writer, NULL);
		json_writer_string(writer, "name", signal->parameters[i].name);
		json_writer_string(
		    writer, "type",
		    record_parameter_type_name(signal->parameters[i].type));
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

static enum status print_list_json(const struct reading *reading, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(LIST_MAX);
	struct json_writer writer = json_writer_of(&out);
	const struct record_signal *signals;
	size_t count;

	signals = record_codebook_signals(reading->book, &count);
	json_writer_object(&writer, NULL);
	write_book(&writer, reading);
	json_writer_array(&writer, "signals");
	for (size_t i = 0; i < count; i++) {
		json_writer_object(&writer, NULL);
		write_signal(&writer, reading, &signals[i]);
		json_writer_end(&writer);
	}
	json_writer_end(&writer);
	json_writer_end(&writer);
	TRY(buf_check(&out, "the list", err));
	print_json(stdout, buf_view(&out));
	return STATUS_OK;
}

static enum status print_signal_json(const struct reading *reading,
                                     const struct record_signal *signal,
                                     struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(LIST_MAX);
	struct json_writer writer = json_writer_of(&out);

	json_writer_object(&writer, NULL);
	write_book(&writer, reading);
	write_signal(&writer, reading, signal);
	json_writer_end(&writer);
	TRY(buf_check(&out, "the signal", err));
	print_json(stdout, buf_view(&out));
	return STATUS_OK;
}

/* ---- as text */

static void print_book(const struct reading *reading)
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(record_codebook_digest(reading->book), hex);
	printf("%s\n%s, %lld, %s\n",
	       record_codebook_title(reading->book, reading->language),
	       record_codebook_id(reading->book),
	       (long long)record_codebook_version(reading->book), hex);
}

static void print_list(const struct reading *reading)
{
	const struct record_signal_group *groups;
	const struct record_signal *signals;
	size_t group_count, count, group = SIZE_MAX;

	groups = record_codebook_groups(reading->book, &group_count);
	signals = record_codebook_signals(reading->book, &count);
	print_book(reading);
	for (size_t i = 0; i < count; i++) {
		if (signals[i].group != group)
			printf("\n%s\n",
			       groups[signals[i].group].labels[reading->language]);
		group = signals[i].group;
		printf("  %4lld  %s\n", (long long)signals[i].number,
		       signals[i].texts[reading->language]);
	}
}

static void print_sectors(const struct reading *reading)
{
	const char *word;

	fputs("      ", stdout);
	for (size_t i = 0; (word = record_codebook_sector(reading->book, i)) != NULL; i++)
		printf("%s%s", i > 0 ? ", " : "", word);
	putchar('\n');
}

static void print_signal(const struct reading *reading,
                         const struct record_signal *signal)
{
	printf("%lld\n%s\n\naldis signal send CHANNEL %lld", (long long)signal->number,
	       signal->texts[reading->language], (long long)signal->number);
	for (size_t i = 0; i < signal->parameter_count; i++)
		printf(" %s=…", signal->parameters[i].name);
	putchar('\n');
	for (size_t i = 0; i < signal->parameter_count; i++) {
		enum record_parameter_type type = signal->parameters[i].type;

		printf("  %s: %s\n", signal->parameters[i].name,
		       record_parameter_type_rule(type));
		if (type == RECORD_PARAMETER_SECTOR)
			print_sectors(reading);
	}
}

/* ---- sending */

/* Each operand is NAME=VALUE; what it may be is checked by the desk. */
static enum status write_parameters(const struct option_values *operands, size_t first,
                                    struct json_writer *writer, struct error *err)
{
	if (operands->count == first)
		return STATUS_OK;
	json_writer_array(writer, "parameters");
	for (size_t i = first; i < operands->count; i++) {
		const char *operand = operands->values[i];
		size_t len = strcspn(operand, "=");

		if (len == 0 || operand[len] == '\0')
			return error_set(err, STATUS_MALFORMED, "'%s' is not NAME=VALUE",
			                 operand);
		json_writer_object(writer, NULL);
		json_writer_text(writer, "name", view_of(operand, len));
		json_writer_string(writer, "value", operand + len + 1);
		json_writer_end(writer);
	}
	json_writer_end(writer);
	return STATUS_OK;
}

static int send_signal(struct cli *cli, const struct record_codebook *book,
                       const struct option_values *operands, struct message_send *message)
{
	struct json_writer writer = json_writer_of(&message->body);
	const struct record_signal *signal = NULL;
	char hex[HASH_HEX_LEN + 1];
	struct error err = {0};
	enum status status = find_signal(book, operands->values[2], &signal, &err);

	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	hash_hex(record_codebook_digest(book), hex);
	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "codebook", hex);
	json_writer_integer(&writer, "number", signal->number);
	if (write_parameters(operands, 3, &writer, &err) != STATUS_OK)
		return cli_fail_usage("signal", &err);
	json_writer_end(&writer);
	if (buf_check(&message->body, "the signal", &err) != STATUS_OK)
		return cli_fail(CLI_USAGE, "%s", err.text);
	message->channel = operands->values[1];
	message->kind = "signal";
	return message_send(cli, message);
}

static int find_and_send(struct cli *cli, const char *digest,
                         const struct option_values *operands,
                         struct message_send *message)
{
	const struct record_codebook *book;
	struct error err = {0};
	enum status status;

	if (cli->dir == NULL)
		return cli_fail_no_desk();
	status = find_book(digest, &book, &err);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	return send_signal(cli, book, operands, message);
}

/* ---- the command */

static int list_or_show(struct cli *cli, const char *digest, const char *language,
                        const char *number)
{
	const struct record_signal *signal = NULL;
	struct reading reading;
	struct error err = {0};
	enum status status = open_reading(cli, digest, language, &reading, &err);

	if (status == STATUS_OK && number != NULL)
		status = find_signal(reading.book, number, &signal, &err);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	if (cli->is_json)
		status = signal == NULL ? print_list_json(&reading, &err)
		                        : print_signal_json(&reading, signal, &err);
	else if (signal == NULL)
		print_list(&reading);
	else
		print_signal(&reading, signal);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

int cmd_signal(struct cli *cli, int argc, char **argv)
{
	const char *language = NULL, *digest = NULL, *verb;
	struct message_send message = {.body = BUF_INIT(RECORD_BODY_MAX)};
	const struct option_spec specs[] = {
	    {"--language", OPTION_TEXT, &language, 0},
	    {"--book", OPTION_TEXT, &digest, 0},
	    {"--re", OPTION_TEXT, &message.re, 0},
	    {"--line", OPTION_TEXT, &message.line, 0},
	    {"--tlp", OPTION_TEXT, &message.tlp, 0},
	    {"--to", OPTION_LIST, &message.to, 0},
	    {"--wait", OPTION_NUMBER, &message.wait_s, WAITING_SECONDS_MAX},
	    {"--key", OPTION_TEXT, &message.key, 0},
	};
	struct option_values operands;
	struct error err = {0};
	int result;

	if (options_parse(cli, specs, sizeof specs / sizeof specs[0], 1,
	                  3 + RECORD_SIGNAL_PARAMETERS_MAX, argc, argv, &operands,
	                  &err) != STATUS_OK)
		return cli_fail_usage("signal", &err);
	verb = operands.values[0];
	if (strcmp(verb, "list") == 0 && operands.count == 1)
		return list_or_show(cli, digest, language, NULL);
	if (strcmp(verb, "show") == 0 && operands.count == 2)
		return list_or_show(cli, digest, language, operands.values[1]);
	if (strcmp(verb, "send") != 0 || operands.count < 3)
		return cli_fail(CLI_USAGE,
		                "say aldis signal list, aldis signal show NUMBER, or "
		                "aldis signal send CHANNEL NUMBER NAME=VALUE…; see "
		                "`aldis help signal`");
	result = find_and_send(cli, digest, &operands, &message);
	message_send_release(&message);
	return result;
}
