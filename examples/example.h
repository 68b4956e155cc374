/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the examples share: reading small files, showing what others wrote, showing what
 * was found. Not a part of libaldis; take from it what you need.
 */
#ifndef ALDIS_EXAMPLE_H
#define ALDIS_EXAMPLE_H

#include <aldis/aldis.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { EXAMPLE_FILE_MAX = 20 * 1024 * 1024, EXAMPLE_CARDS_MAX = 200 };

static inline struct aldis_bytes example_read(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *content = malloc(EXAMPLE_FILE_MAX);
	struct aldis_bytes bytes;

	if (file == NULL || content == NULL) {
		fprintf(stderr, "can't read %s\n", path);
		exit(ALDIS_FAILED);
	}
	bytes.data = content;
	bytes.len = fread(content, 1, EXAMPLE_FILE_MAX, file);
	fclose(file);
	return bytes;
}

static inline void example_free(struct aldis_bytes *files, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free((void *)files[i].data);
}

/* What others wrote may hold what a terminal obeys: control characters become '?'. */
static inline void example_print(struct aldis_bytes text)
{
	const unsigned char *bytes = text.data;

	for (size_t i = 0; i < text.len; i++) {
		int is_c1 = bytes[i] == 0xc2 && i + 1 < text.len &&
		            bytes[i + 1] >= 0x80 && bytes[i + 1] < 0xa0;

		putchar(bytes[i] < 0x20 || bytes[i] == 0x7f || is_c1 ? '?' : bytes[i]);
		i += is_c1 ? 1 : 0;
	}
}

static inline void example_print_string(const char *text)
{
	struct aldis_bytes bytes = {text, 0};

	while (text != NULL && text[bytes.len] != '\0')
		bytes.len++;
	example_print(bytes);
}

/* As 2026-11-20T23:49:00Z. */
static inline void example_print_time(int64_t time_s)
{
	time_t time = (time_t)time_s;
	struct tm parts;
	char text[40] = "-";

	if (time_s != 0 && gmtime_r(&time, &parts) != NULL)
		(void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
	fputs(text, stdout);
}

static inline void example_print_result(const struct aldis_result *result)
{
	if (!aldis_result_is_consistent(result)) {
		fputs("NO: ", stdout);
		example_print_string(aldis_result_reason(result));
		putchar('\n');
	}
	for (size_t i = 0; i < aldis_result_statement_count(result); i++) {
		example_print_string(aldis_result_statement(result, i));
		putchar('\n');
	}
	for (size_t i = 0; i < aldis_result_desk_count(result); i++)
		printf("%s  %s%s\n", aldis_result_desk_name(result, i),
		       aldis_result_desk_fingerprint(result, i),
		       aldis_result_desk_is_anchored(result, i) ? "" : "  compare these");
}

/* A message a line, with its body as its author wrote it. */
static inline void example_print_messages(const struct aldis_result *result)
{
	for (size_t i = 0; i < aldis_message_count(result); i++) {
		const char *kind = aldis_message_text(result, i, ALDIS_MESSAGE_KIND);
		const char *id = aldis_message_text(result, i, ALDIS_MESSAGE_ID);
		const char *re = aldis_message_text(result, i, ALDIS_MESSAGE_ANSWERS);

		example_print_time(aldis_message_sent(result, i));
		printf("  %s  %s%s%s%s\n", id != NULL ? id : "(of a later log)",
		       kind != NULL ? kind : "(breaks the rules)",
		       re != NULL ? " to " : "", re != NULL ? re : "",
		       aldis_message_is_proven(result, i) ? "" : "  (not shown)");
		fputs("    ", stdout);
		if (aldis_message_is_full(result, i))
			example_print(aldis_message_body(result, i));
		else
			fputs("(its content is not here)", stdout);
		putchar('\n');
	}
}

#endif
