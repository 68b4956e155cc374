/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis status: what the desk is, whom it talks to, what it waits for.
 */
#include <stdio.h>

#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/print.h"
#include "crypto/hash.h"
#include "record/name.h"
#include "tlog/note.h"

static void print_text(const char *text)
{
	print_escaped(stdout, view_of_string(text));
}

static void print_warnings(const struct json_doc *doc, const struct json_token *root)
{
	const struct json_token *list, *one;
	char text[1024];

	one = json_read_list(doc, root, "warnings", &list);
	for (; one != NULL; one = json_next(doc, list, one)) {
		if (!json_string_copy(doc, one, text, sizeof text))
			continue;
		fputs("WARNING   ", stdout);
		print_text(text);
		putchar('\n');
	}
}

static void print_peers(const struct json_doc *doc, const struct json_token *root)
{
	const struct json_token *list, *one;

	one = json_read_list(doc, root, "peers", &list);
	for (; one != NULL; one = json_next(doc, list, one)) {
		char name[RECORD_NAME_MAX + 1], trust[64], heard[32], error[512];

		json_read_string(doc, one, "name", name, sizeof name);
		json_read_string(doc, one, "trust", trust, sizeof trust);
		json_read_string(doc, one, "last_heard", heard, sizeof heard);
		json_read_string(doc, one, "last_error", error, sizeof error);
		printf("peer      %s  (%s)  last heard: %s", name, trust, heard);
		if (error[0] != '\0') {
			fputs("  last error: ", stdout);
			print_text(error);
		}
		putchar('\n');
	}
}

static void print_log(const struct json_doc *doc, const struct json_token *log)
{
	char desk[RECORD_NAME_MAX + 1], state[16], why[256], check[32];

	json_read_string(doc, log, "desk", desk, sizeof desk);
	json_read_string(doc, log, "state", state, sizeof state);
	json_read_string(doc, log, "why", why, sizeof why);
	json_read_string(doc, log, "last_check", check, sizeof check);
	printf("  log     %s%s  %lld entries, %lld signed, %lld cosigned, last check: %s",
	       desk, json_read_bool(doc, log, "own") ? " (own)" : "",
	       (long long)json_read_integer(doc, log, "entries"),
	       (long long)json_read_integer(doc, log, "signed"),
	       (long long)json_read_integer(doc, log, "cosigned"), check);
	if (strcmp(state, "ready") != 0) {
		printf("  %s: ", state);
		print_text(why);
	}
	if (json_read_bool(doc, log, "equivocating"))
		fputs("  HAS SIGNED TWO DIFFERENT RECORDS", stdout);
	putchar('\n');
}

static void print_receipt(const struct json_doc *doc, const struct json_token *receipt)
{
	char member[RECORD_NAME_MAX + 1], time[32];

	json_read_string(doc, receipt, "member", member, sizeof member);
	json_read_string(doc, receipt, "time", time, sizeof time);
	printf("  holds   %s: %lld of ours, by its receipt of %s; %lld queued%s\n",
	       member, (long long)json_read_integer(doc, receipt, "size"), time,
	       (long long)json_read_integer(doc, receipt, "queued"),
	       json_read_bool(doc, receipt, "reachable") ? "" : "; not reachable");
}

static void print_witness(const struct json_doc *doc, const struct json_token *witness)
{
	char name[TLOG_NAME_MAX + 1], time[32], url[512], error[512];

	json_read_string(doc, witness, "name", name, sizeof name);
	json_read_string(doc, witness, "url", url, sizeof url);
	json_read_string(doc, witness, "time", time, sizeof time);
	json_read_string(doc, witness, "last_error", error, sizeof error);
	fputs("  witness ", stdout);
	print_text(name);
	printf(": saw %lld of ours, last: %s",
	       (long long)json_read_integer(doc, witness, "size"), time);
	if (url[0] == '\0')
		fputs("; has no URL, is not asked", stdout);
	if (error[0] != '\0') {
		fputs("; last error: ", stdout);
		print_text(error);
	}
	putchar('\n');
}

static void print_channels(const struct json_doc *doc, const struct json_token *root)
{
	const struct json_token *list, *one, *parts, *part;

	one = json_read_list(doc, root, "channels", &list);
	for (; one != NULL; one = json_next(doc, list, one)) {
		char id[HASH_HEX_LEN + 1], title[512];

		json_read_string(doc, one, "short", id, sizeof id);
		json_read_string(doc, one, "title", title, sizeof title);
		printf("channel   %s  %s  ", id,
		       json_read_bool(doc, one, "open") ? "open"
		                                        : "waits for signatures");
		print_text(title);
		putchar('\n');
		part = json_read_list(doc, one, "logs", &parts);
		for (; part != NULL; part = json_next(doc, parts, part))
			print_log(doc, part);
		part = json_read_list(doc, one, "receipts", &parts);
		for (; part != NULL; part = json_next(doc, parts, part))
			print_receipt(doc, part);
		part = json_read_list(doc, one, "asked_witnesses", &parts);
		for (; part != NULL; part = json_next(doc, parts, part))
			print_witness(doc, part);
	}
}

static void print_counters(const struct json_doc *doc, const struct json_token *root)
{
	const struct json_token *counters = json_member(doc, root, "counters");
	const struct json_token *name;

	if (counters == NULL || counters->type != JSON_OBJECT)
		return;
	fputs("counted  ", stdout);
	for (name = json_first(doc, counters); name != NULL;) {
		const struct json_token *value = json_next(doc, counters, name);
		struct view name_text = json_raw(doc, name);
		struct view value_text = json_text(doc, value);

		printf(" %.*s=%.*s", (int)name_text.len, (const char *)name_text.data,
		       (int)value_text.len, (const char *)value_text.data);
		name = json_next(doc, counters, value);
	}
	putchar('\n');
}

static void print_status(const struct json_doc *doc)
{
	const struct json_token *root = json_root(doc);
	char desk[RECORD_NAME_MAX + 1], version[32], time[32];

	json_read_string(doc, root, "desk", desk, sizeof desk);
	json_read_string(doc, root, "version", version, sizeof version);
	json_read_string(doc, root, "time", time, sizeof time);
	printf("desk      %s  aldisd %s  %s\n", desk, version, time);
	print_warnings(doc, root);
	print_peers(doc, root);
	print_channels(doc, root);
	print_counters(doc, root);
}

int cmd_status(struct cli *cli, int argc, char **argv)
{
	struct option_values operands;
	struct api_client *client = NULL;
	struct api_answer answer = {0};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, NULL, 0, 0, 0, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("status", &err);
	status = api_client_open(cli, &client, &err);
	if (status == STATUS_OK)
		status = api_client_call(
		    client, &(struct api_request){.path = "/api/status"}, &answer, &err);
	if (status == STATUS_OK && cli->is_json)
		print_json(stdout, buf_view(&answer.body));
	else if (status == STATUS_OK)
		print_status(&answer.doc);
	api_answer_release(&answer);
	api_client_close(client);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}
