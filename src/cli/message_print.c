/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines and pages of messages. Everything that a peer wrote goes through print.h.
 */
#include "cli/message_print.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "cli/print.h"
#include "cli/reply_print.h"
#include "cli/signal_text.h"
#include "record/name.h"

enum { SUMMARY_POINTS_MAX = 60, TEXT_MAX = 1024 * 1024 };

static const struct {
	const char *flag, *words;
} flag_words[] = {
    {"malformed", "malformed"},
    {"unreadable", "this signal can't be read"},
    {"skewed", "clocks differ"},
    {"late", "arrived later"},
    {"waiting", "waits for entries not yet held"},
};

static const char *words_of(const struct json_doc *doc, const struct json_token *flag)
{
	for (size_t i = 0; i < sizeof flag_words / sizeof flag_words[0]; i++)
		if (json_string_is(doc, flag, flag_words[i].flag))
			return flag_words[i].words;
	return "?";
}

static void print_flags(const struct json_doc *doc, const struct json_token *message)
{
	const struct json_token *list, *flag;
	char why[256];

	json_read_string(doc, message, "why", why, sizeof why);
	flag = json_read_list(doc, message, "flags", &list);
	for (; flag != NULL; flag = json_next(doc, list, flag)) {
		printf("  [%s", words_of(doc, flag));
		if (why[0] != '\0' && (json_string_is(doc, flag, "malformed") ||
		                       json_string_is(doc, flag, "unreadable"))) {
			fputs(": ", stdout);
			print_escaped(stdout, view_of_string(why));
		}
		putchar(']');
	}
}

static void print_delivery(const struct json_doc *doc, const struct json_token *message,
                           const char *before, const char *after)
{
	const struct json_token *list, *one;

	one = json_read_list(doc, message, "delivery", &list);
	for (; one != NULL; one = json_next(doc, list, one)) {
		char to[RECORD_NAME_MAX + 1], words[64], receipt[32];

		json_read_string(doc, one, "to", to, sizeof to);
		json_read_string(doc, one, "words", words, sizeof words);
		json_read_string(doc, one, "receipt", receipt, sizeof receipt);
		printf("%s%s: %s%s%s%s", before, to, words,
		       receipt[0] == '\0' ? "" : ", receipt of ", receipt, after);
	}
}

/* The text of a signal, in the reader's language. */
static bool print_signal(const struct json_doc *doc, const struct json_token *message,
                         const char *language, size_t points_max, const char *before,
                         const char *after)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);

	if (!signal_text_append(doc, message, language, points_max, &text))
		return false;
	printf("%s%.*s%s", before, (int)text.len, (const char *)text.data, after);
	return true;
}

/* The first words of what it says. */
static void print_summary(const struct json_doc *doc, const struct json_token *message,
                          const char *language)
{
	static const char *const members[] = {"title", "text", "summary", "question"};
	const struct json_token *body = json_member(doc, message, "body");
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);
	size_t points = 0, len = 0;

	if (print_signal(doc, message, language, SUMMARY_POINTS_MAX, "  \"", "\""))
		return;
	for (size_t i = 0; body != NULL && i < 4 && text.len == 0; i++)
		(void)json_read_text(doc, body, members[i], &text);
	if (text.len == 0)
		return;
	for (; len < text.len && points <= SUMMARY_POINTS_MAX; len++)
		points += (text.data[len] & 0xc0) != 0x80;
	if (points > SUMMARY_POINTS_MAX)
		len--;
	fputs("  \"", stdout);
	print_escaped(stdout, view_of(text.data, len));
	fputs(len < text.len ? "…\"" : "\"", stdout);
}

void message_print_line(const struct json_doc *doc, const struct json_token *message,
                        const char *language)
{
	char id[RECORD_MESSAGE_ID_MAX + 1], re[RECORD_MESSAGE_ID_MAX + 1], sent[32],
	    kind[64], tlp[32];

	json_read_string(doc, message, "id", id, sizeof id);
	json_read_string(doc, message, "sent", sent, sizeof sent);
	json_read_string(doc, message, "kind", kind, sizeof kind);
	json_read_string(doc, message, "re", re, sizeof re);
	json_read_string(doc, message, "tlp", tlp, sizeof tlp);
	printf("  %-20s  %-24s  %s", sent[0] == '\0' ? "-" : sent, id,
	       kind[0] == '\0' ? "?" : kind);
	if (re[0] != '\0')
		printf("  re %s", re);
	if (tlp[0] != '\0')
		printf("  TLP:%s", tlp);
	print_summary(doc, message, language);
	print_flags(doc, message);
	print_delivery(doc, message, "  (", ")");
	putchar('\n');
}

static void print_member(const struct json_doc *doc, const struct json_token *message,
                         const char *name, const char *label)
{
	char text[512];

	json_read_string(doc, message, name, text, sizeof text);
	if (text[0] == '\0')
		return;
	printf("%-10s", label);
	print_escaped(stdout, view_of_string(text));
	putchar('\n');
}

static void print_list(const struct json_doc *doc, const struct json_token *message)
{
	const struct json_token *list, *one;

	one = json_read_list(doc, message, "to", &list);
	if (one == NULL)
		return;
	fputs("to        ", stdout);
	for (; one != NULL; one = json_next(doc, list, one)) {
		char name[RECORD_NAME_MAX + 1] = "";

		(void)json_string_copy(doc, one, name, sizeof name);
		printf("%s ", name);
	}
	putchar('\n');
}

/* A string as text, anything else as JSON. */
static void print_value(const struct json_doc *doc, const struct json_token *value)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);

	if (value->type == JSON_STRING) {
		json_string_append(doc, value, &text);
		print_indented(stdout, buf_view(&text), 6);
	} else {
		print_escaped(stdout, json_text(doc, value));
	}
}

static void print_body(const struct json_doc *doc, const struct json_token *message)
{
	const struct json_token *body = json_member(doc, message, "body"), *name;
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);

	if (json_read_text(doc, message, "body_text", &text)) {
		fputs("body (malformed)\n      ", stdout);
		print_indented(stdout, buf_view(&text), 6);
		putchar('\n');
	}
	if (body == NULL || body->type != JSON_OBJECT)
		return;
	fputs("body\n", stdout);
	for (name = json_first(doc, body); name != NULL;) {
		const struct json_token *value = json_next(doc, body, name);
		const struct json_token *next = json_next(doc, body, value);

		/* Translations are told apart, beneath. */
		if (!json_string_is(doc, name, "translations")) {
			fputs("  ", stdout);
			print_escaped(stdout, json_raw(doc, name));
			fputs(": ", stdout);
			print_value(doc, value);
			putchar('\n');
		}
		name = next;
	}
}

static void print_attachments(const struct json_doc *doc,
                              const struct json_token *message)
{
	const struct json_token *list, *one;

	one = json_read_list(doc, message, "attachments", &list);
	for (; one != NULL; one = json_next(doc, list, one)) {
		char blob[HASH_HEX_LEN + 1];

		json_read_string(doc, one, "blob", blob, sizeof blob);
		printf("attached  %s  %lld bytes\n", blob,
		       (long long)json_read_integer(doc, one, "size"));
	}
}

void message_print_whole(const struct json_doc *doc, const struct json_token *message,
                         const char *language)
{
	const struct json_token *flags;

	print_member(doc, message, "id", "id");
	print_member(doc, message, "kind", "kind");
	print_member(doc, message, "sent", "sent");
	print_member(doc, message, "line", "line");
	print_member(doc, message, "tlp", "TLP");
	print_member(doc, message, "re", "re");
	print_list(doc, message);
	print_attachments(doc, message);
	if (json_read_list(doc, message, "flags", &flags) != NULL) {
		fputs("flags   ", stdout);
		print_flags(doc, message);
		putchar('\n');
	}
	print_delivery(doc, message, "", "\n");
	(void)print_signal(doc, message, language, TEXT_MAX, "signal\n      ", "\n");
	print_body(doc, message);
	reply_print_all(doc, message);
}
