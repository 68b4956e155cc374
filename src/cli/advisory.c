/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the answer of the API; the desk has read the attachments.
 */
#include "cli/advisory.h"

#include <stdio.h>

#include "cli/json_read.h"
#include "cli/print.h"
#include "crypto/hash.h"
#include "formats/csaf.h"

static void print_advisory(const struct json_doc *doc, const struct json_token *advisory)
{
	char blob[HASH_HEX_LEN + 1], text[FORMATS_CSAF_TEXT_MAX + 1];

	json_read_string(doc, advisory, "blob", blob, sizeof blob);
	printf("advisory  %.16s  ", blob);
	json_read_string(doc, advisory, "breach", text, sizeof text);
	if (text[0] != '\0') {
		printf("breaks its schema: %s\n", text);
		return;
	}
	json_read_string(doc, advisory, "id", text, sizeof text);
	print_escaped(stdout, view_of_string(text));
	json_read_string(doc, advisory, "tlp", text, sizeof text);
	printf("  %s%s  ", text[0] != '\0' ? "TLP:" : "no TLP", text);
	json_read_string(doc, advisory, "title", text, sizeof text);
	print_escaped(stdout, view_of_string(text));
	putchar('\n');
}

void advisory_print_all(const struct json_doc *doc, const struct json_token *message)
{
	const struct json_token *list, *one;

	one = json_read_list(doc, message, "advisories", &list);
	for (; one != NULL; one = json_next(doc, list, one))
		print_advisory(doc, one);
}
