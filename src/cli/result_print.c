/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/result_print.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "cli/print.h"
#include "codec/json_writer.h"
#include "record/object.h"

enum { REPORT_MAX = 16 * 1024 * 1024 };

static void print_text_line(const char *before, const char *text)
{
	fputs(before, stdout);
	print_escaped(stdout, view_of_string(text));
	putchar('\n');
}

static void print_desks(const struct bundle_result *result)
{
	for (size_t i = 0; i < result->desk_count; i++)
		printf("  %s  %s%s\n", result->desks[i].name.text,
		       result->desks[i].fingerprint,
		       result->desks[i].is_anchored ? "  (by a trusted card)" : "");
	if (!result->is_anchored)
		puts("Compare these digits with each desk by another way, or give their "
		     "cards with --trust.");
}

void result_print(const struct release_result *of_release)
{
	const struct bundle_result *result = &of_release->bundle;

	if (!result->is_consistent) {
		printf("NOT VERIFIED  %s", bundle_kind_name(result->kind));
		if (result->file.text[0] != '\0')
			print_text_line("\n  in ", result->file.text);
		else
			putchar('\n');
		print_text_line("  ", result->why.text);
		if (of_release->code[0] != '\0')
			printf("  the check that failed: %s\n", of_release->code);
		return;
	}
	printf("%s  %s\n",
	       result->is_anchored ? "VERIFIED" : "CONSISTENT, KEYS NOT COMPARED",
	       bundle_kind_name(result->kind));
	for (size_t i = 0; i < result->statement_count; i++)
		print_text_line("  ", bundle_statement(result, i));
	print_desks(result);
}

static void write_counts(struct json_writer *writer, const struct bundle_result *result)
{
	const struct {
		const char *name;
		uint64_t value;
	} counts[] = {
	    {"logs", result->log_count},
	    {"entries", result->entry_count},
	    {"bodies", result->body_count},
	    {"attachments", result->attachment_count},
	    {"files", result->file_count},
	    {"bytes", result->byte_count},
	    {"malformed", result->malformed_count},
	    {"missing_attachments", result->missing_attachment_count},
	    {"open_references", result->open_reference_count},
	    {"withheld", result->withheld_count},
	};

	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		json_writer_integer(writer, counts[i].name, (int64_t)counts[i].value);
}

static void write_release(struct json_writer *writer, const struct release_result *result)
{
	json_writer_string(writer, "code", result->code);
	if (result->page_version != NULL) {
		json_writer_object(writer, "page");
		json_writer_string(writer, "version", result->page_version);
		record_hex_hash_write(writer, "sha256", &result->page);
		json_writer_end(writer);
	}
	if (!result->bundle.is_consistent)
		return;
	json_writer_string(writer, "grade", release_grade_name(result->grade));
	record_hex_hash_write(writer, "manifest", &result->digest);
	json_writer_integer(writer, "full", (int64_t)result->full_count);
	json_writer_integer(writer, "envelopes", (int64_t)result->envelope_count);
	json_writer_integer(writer, "withheld", (int64_t)result->withheld_count);
}

void result_print_json(const struct release_result *of_release)
{
	const struct bundle_result *result = &of_release->bundle;
	CLEANUP_BUF struct buf out = BUF_INIT(REPORT_MAX);
	struct json_writer writer = json_writer_of(&out);

	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "kind", bundle_kind_name(result->kind));
	json_writer_bool(&writer, "consistent", result->is_consistent);
	json_writer_bool(&writer, "anchored", result->is_anchored);
	json_writer_string(&writer, "file", result->file.text);
	json_writer_string(&writer, "why", result->why.text);
	json_writer_array(&writer, "desks");
	for (size_t i = 0; i < result->desk_count; i++) {
		json_writer_object(&writer, NULL);
		json_writer_string(&writer, "name", result->desks[i].name.text);
		json_writer_string(&writer, "fingerprint", result->desks[i].fingerprint);
		json_writer_bool(&writer, "anchored", result->desks[i].is_anchored);
		json_writer_end(&writer);
	}
	json_writer_end(&writer);
	json_writer_array(&writer, "words");
	for (size_t i = 0; i < result->statement_count; i++)
		json_writer_string(&writer, NULL, bundle_statement(result, i));
	json_writer_end(&writer);
	if (result->kind == BUNDLE_RELEASE)
		write_release(&writer, of_release);
	else
		write_counts(&writer, result);
	json_writer_end(&writer);
	print_json(stdout, buf_view(&out));
}
