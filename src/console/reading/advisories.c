/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads attachments in their order. Most are no advisories and are told so by a search
 * for one word, before any JSON is read.
 */
#include "console/reading/advisories.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "formats/csaf.h"
#include "record/blob.h"

static void write_one(struct json_writer *writer, const struct hash *blob,
                      const struct formats_csaf *csaf, const char *breach)
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(blob, hex);
	json_writer_object(writer, NULL);
	json_writer_string(writer, "blob", hex);
	if (breach != NULL) {
		json_writer_string(writer, "breach", breach);
	} else {
		json_writer_string(writer, "id", csaf->id);
		json_writer_string(writer, "title", csaf->title);
		if (csaf->tlp[0] != '\0')
			json_writer_string(writer, "tlp", csaf->tlp);
	}
	json_writer_end(writer);
}

static void look_at(struct json_writer *list, const struct hash *blob,
                    struct view content)
{
	struct formats_csaf csaf = {.id = ""};
	struct error why = {0};
	enum status status;

	if (view_find(content, view_of_string("\"csaf_version\"")) == SIZE_MAX)
		return;
	status = formats_csaf_read(content, &csaf, &why);
	if (status == STATUS_OK || status == STATUS_MALFORMED)
		write_one(list, blob, &csaf, status == STATUS_OK ? NULL : why.text);
}

/* An attachment that has not come yet says nothing. */
static enum status read_one(struct json_writer *list, struct desk *desk, size_t channel,
                            const struct record_message_id *id, const struct hash *blob,
                            struct error *err)
{
	CLEANUP_BUF struct buf whole = BUF_INIT(RECORD_ATTACHMENT_BLOB_MAX);
	enum status status = desk_blob(desk, channel, id, blob, &whole, err);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	TRY(status);
	if (whole.len >= RECORD_SALT_LEN)
		look_at(list, blob, record_blob_content(buf_view(&whole)));
	return STATUS_OK;
}

enum status advisories_write(struct json_writer *writer, struct desk *desk,
                             size_t channel, const struct record_message_id *id,
                             const struct record_envelope *envelope, struct error *err)
{
	CLEANUP_FREE struct record_blob_ref *refs = NULL;
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);
	struct json_writer list = json_writer_of(&text);
	size_t count = envelope == NULL ? 0 : envelope->attachment_count;
	uint64_t total = 0;

	if (count == 0)
		return STATUS_OK;
	refs = reallocarray(NULL, count, sizeof *refs);
	if (refs == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for the answer");
	memcpy(refs, envelope->attachments, count * sizeof *refs);
	json_writer_array(&list, NULL);
	for (size_t i = 0; i < count; i++) {
		if (refs[i].size > ADVISORY_LEN_MAX ||
		    total + refs[i].size > ADVISORIES_LEN_MAX)
			continue;
		total += refs[i].size;
		TRY(read_one(&list, desk, channel, id, &refs[i].id, err));
	}
	json_writer_end(&list);
	TRY(buf_check(&text, "the advisories", err));
	if (text.len > strlen("[]"))
		json_writer_raw(writer, "advisories", buf_view(&text));
	return STATUS_OK;
}
