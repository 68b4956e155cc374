/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines about replies. Everything that a peer wrote goes through print.h.
 */
#include "cli/reply_print.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "cli/print.h"
#include "record/name.h"

enum { TEXT_MAX = 1024 * 1024, INDENT = 6 };

/* A member's text on lines of its own; nothing when there is none. */
static void print_text(const struct json_doc *doc, const struct json_token *body,
                       const char *name)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);

	if (body == NULL || !json_read_text(doc, body, name, &text))
		return;
	printf("%*s", INDENT, "");
	print_indented(stdout, buf_view(&text), INDENT);
	putchar('\n');
}

/* A member's text within a line, after some words. */
static void print_words(const struct json_doc *doc, const struct json_token *body,
                        const char *before, const char *name)
{
	char text[1024];

	json_read_string(doc, body, name, text, sizeof text);
	if (text[0] == '\0')
		return;
	fputs(before, stdout);
	print_escaped(stdout, view_of_string(text));
}

void reply_print_translation(const struct json_doc *doc,
                             const struct json_token *translation, const char *entry)
{
	char reviewer[1024];

	json_read_string(doc, translation, "reviewer", reviewer, sizeof reviewer);
	print_words(doc, translation, "  ", "language");
	print_words(doc, translation, "  translated by ", "translator");
	print_words(doc, translation, ", reviewed by ", "reviewer");
	if (entry[0] == '\0')
		fputs("  by the author of the original", stdout);
	else
		printf("%s (%s)", reviewer[0] == '\0' ? ", not reviewed" : "", entry);
	putchar('\n');
	print_text(doc, translation, "text");
}

static void print_own_translations(const struct json_doc *doc,
                                   const struct json_token *body)
{
	const struct json_token *list, *one;

	one = json_read_list(doc, body, "translations", &list);
	for (; one != NULL; one = json_next(doc, list, one))
		if (one->type == JSON_OBJECT)
			reply_print_translation(doc, one, "");
}

static bool reply_is(const struct json_doc *doc, const struct json_token *reply,
                     const char *kind)
{
	const struct json_token *value = json_member(doc, reply, "kind");

	return value != NULL && value->type == JSON_STRING &&
	       json_string_is(doc, value, kind);
}

/* Which text counts, and the other languages. */
static void print_translations(const struct json_doc *doc,
                               const struct json_token *message)
{
	const struct json_token *body = json_member(doc, message, "body"), *list, *reply;
	const struct json_token *own;
	bool is_first = true;

	if (body == NULL || body->type != JSON_OBJECT)
		return;
	if (json_read_list(doc, body, "translations", &own) != NULL) {
		print_words(doc, body, "the original is authoritative: ", "language");
		puts("\ntranslations");
		print_own_translations(doc, body);
		is_first = false;
	}
	reply = json_read_list(doc, message, "replies", &list);
	for (; reply != NULL; reply = json_next(doc, list, reply)) {
		const struct json_token *translation = json_member(doc, reply, "body");
		char id[RECORD_MESSAGE_ID_MAX + 1];

		if (!reply_is(doc, reply, "translation") || translation == NULL)
			continue;
		json_read_string(doc, reply, "id", id, sizeof id);
		if (is_first) {
			print_words(doc, body,
			            "the original is authoritative: ", "language");
			puts("\ntranslations");
		}
		is_first = false;
		reply_print_translation(doc, translation, id);
	}
}

static void print_evidence(const struct json_doc *doc, const struct json_token *message)
{
	const struct json_token *evidence = json_member(doc, message, "evidence");
	bool is_missing;

	if (evidence == NULL || evidence->type != JSON_OBJECT)
		return;
	is_missing = json_member(doc, evidence, "held") != NULL &&
	             !json_read_bool(doc, evidence, "held");
	printf("evidence  what is attached is %swhat was committed to%s\n",
	       json_read_bool(doc, evidence, "matches") ? "" : "NOT ",
	       is_missing ? ", but it is not here yet" : "");
}

/* The one word that a reply is about. */
static void print_choice(const struct json_doc *doc, const struct json_token *body)
{
	static const char *const members[] = {"answer", "position", "measure", "until",
	                                      "title"};

	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		print_words(doc, body, ": ", members[i]);
}

static void print_reply(const struct json_doc *doc, const struct json_token *reply)
{
	static const char *const texts[] = {"paraphrase", "text", "reason"};
	const struct json_token *body = json_member(doc, reply, "body");
	char id[RECORD_MESSAGE_ID_MAX + 1], sent[32], kind[64];

	json_read_string(doc, reply, "id", id, sizeof id);
	json_read_string(doc, reply, "sent", sent, sizeof sent);
	json_read_string(doc, reply, "kind", kind, sizeof kind);
	printf("  %s  %s  %s", sent, id, kind);
	if (body != NULL && body->type == JSON_OBJECT) {
		if (strcmp(kind, "ack") == 0)
			fputs(json_read_bool(doc, body, "understood")
			          ? ": read and understood"
			          : ": read, NOT understood",
			      stdout);
		print_choice(doc, body);
	}
	putchar('\n');
	for (size_t i = 0; body != NULL && i < sizeof texts / sizeof texts[0]; i++)
		print_text(doc, body, texts[i]);
	fputs(json_member(doc, reply, "evidence") == NULL ? "" : "      ", stdout);
	print_evidence(doc, reply);
}

/* A translation points at what counts. */
static void print_original(const struct json_doc *doc, const struct json_token *message)
{
	char re[RECORD_MESSAGE_ID_MAX + 1];

	json_read_string(doc, message, "re", re, sizeof re);
	if (reply_is(doc, message, "translation") && re[0] != '\0')
		printf("this is a translation; the original, %s, is authoritative\n", re);
}

void reply_print_all(const struct json_doc *doc, const struct json_token *message)
{
	const struct json_token *list, *reply;
	bool is_first = true;

	print_original(doc, message);
	print_evidence(doc, message);
	print_translations(doc, message);
	reply = json_read_list(doc, message, "replies", &list);
	for (; reply != NULL; reply = json_next(doc, list, reply)) {
		if (reply_is(doc, reply, "translation"))
			continue;
		if (is_first)
			puts("replies");
		is_first = false;
		print_reply(doc, reply);
	}
}
