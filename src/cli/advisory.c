/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the attachments through the desk; a file that is no CSAF says nothing.
 */
#include "cli/advisory.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "cli/print.h"
#include "crypto/hash.h"
#include "formats/csaf.h"
#include "record/blob.h"

enum { ADVISORY_MAX = 4 * 1024 * 1024 };

static void print_advisory(const char *blob, struct view content)
{
	struct formats_csaf csaf;
	struct error why = {0};
	enum status status = formats_csaf_read(content, &csaf, &why);

	if (status == STATUS_NOT_FOUND)
		return;
	printf("advisory  %.16s  ", blob);
	if (status != STATUS_OK) {
		printf("breaks its schema: %s\n", why.text);
		return;
	}
	print_escaped(stdout, view_of_string(csaf.id));
	printf("  %s%s  ", csaf.tlp[0] != '\0' ? "TLP:" : "no TLP", csaf.tlp);
	print_escaped(stdout, view_of_string(csaf.title));
	putchar('\n');
}

static enum status print_one(struct api_client *client, struct view path,
                             const char *blob, struct error *err)
{
	CLEANUP_BUF struct buf request = BUF_INIT(4096);
	struct api_answer answer = {0};
	enum status status;

	buf_append_view(&request, path);
	buf_printf(&request, "/blobs/%s", blob);
	buf_append_byte(&request, '\0');
	TRY(buf_check(&request, "the request", err));
	status = api_client_call(
	    client, &(struct api_request){.path = (const char *)request.data}, &answer,
	    err);
	if (status == STATUS_OK && answer.body.len >= RECORD_SALT_LEN)
		print_advisory(blob, record_blob_content(buf_view(&answer.body)));
	api_answer_release(&answer);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status advisory_print_all(struct api_client *client, struct view path,
                               const struct json_doc *doc,
                               const struct json_token *message, struct error *err)
{
	const struct json_token *list, *one;

	one = json_read_list(doc, message, "attachments", &list);
	for (; one != NULL; one = json_next(doc, list, one)) {
		char blob[HASH_HEX_LEN + 1];

		json_read_string(doc, one, "blob", blob, sizeof blob);
		if (json_read_integer(doc, one, "size") <= ADVISORY_MAX)
			TRY(print_one(client, path, blob, err));
	}
	return STATUS_OK;
}
