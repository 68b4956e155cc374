/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filling the list, and the accessors over it.
 */
#include "libaldis/messages.h"

#include <stdlib.h>

#include "codec/base64.h"
#include "libaldis/result.h"
#include "record/array.h"

/* Filling */

static size_t add_text(struct libaldis_messages *messages, const char *text)
{
	size_t at = messages->texts.len;

	if (text[0] == '\0')
		return SIZE_MAX;
	buf_append(&messages->texts, text, strlen(text) + 1);
	return at;
}

static struct libaldis_span add_bytes(struct libaldis_messages *messages,
                                      struct view bytes)
{
	size_t at = messages->bytes.len;

	buf_append_view(&messages->bytes, bytes);
	return (struct libaldis_span){at, bytes.len};
}

static enum status add_attachments(struct libaldis_messages *messages,
                                   struct libaldis_message *message, struct error *err)
{
	const struct record_envelope *envelope = &messages->envelope;
	char hex[HASH_HEX_LEN + 1];

	message->first_attachment = messages->attachment_count;
	message->attachment_count = envelope->attachment_count;
	TRY(record_array_reserve(&messages->attachments, &messages->attachment_cap,
	                         messages->attachment_count + envelope->attachment_count,
	                         sizeof *messages->attachments, err));
	for (size_t i = 0; i < envelope->attachment_count; i++) {
		hash_hex(&envelope->attachments[i].id, hex);
		messages->attachments[messages->attachment_count++] =
		    (struct libaldis_attachment){add_text(messages, hex),
		                                 envelope->attachments[i].size};
	}
	return STATUS_OK;
}

static enum status add_envelope(struct libaldis_messages *messages,
                                struct libaldis_message *message, struct error *err)
{
	const struct record_envelope *envelope = &messages->envelope;
	char re[RECORD_MESSAGE_ID_MAX + 1] = "";

	if (envelope->has_re)
		record_message_id_encode(&envelope->re, re);
	message->sent_s = envelope->sent_s;
	message->texts[ALDIS_MESSAGE_KIND] = add_text(messages, envelope->kind);
	message->texts[ALDIS_MESSAGE_LINE] = add_text(messages, envelope->line);
	message->texts[ALDIS_MESSAGE_TLP] = add_text(messages, envelope->tlp);
	message->texts[ALDIS_MESSAGE_ANSWERS] = add_text(messages, re);
	message->to = messages->texts.len;
	message->to_count = envelope->to_count;
	for (size_t i = 0; i < envelope->to_count; i++)
		(void)add_text(messages, envelope->to[i].text);
	return add_attachments(messages, message, err);
}

enum status libaldis_messages_add(struct libaldis_messages *messages,
                                  const struct libaldis_new_message *new_message,
                                  struct error *err)
{
	struct libaldis_message message = {.index = new_message->index,
	                                   .is_full = new_message->is_full,
	                                   .is_proven = new_message->is_proven};
	struct record_message_id id = {.index = new_message->index};
	char text[RECORD_MESSAGE_ID_MAX + 1];

	messages->texts.max = messages->bytes.max = SIZE_MAX;
	for (size_t i = 0; i < sizeof message.texts / sizeof message.texts[0]; i++)
		message.texts[i] = SIZE_MAX;
	TRY(record_name_decode(view_of_string(new_message->desk), &id.desk, err));
	record_message_id_encode(&id, text);
	if (!new_message->has_no_id)
		message.texts[ALDIS_MESSAGE_ID] = add_text(messages, text);
	message.texts[ALDIS_MESSAGE_DESK] = add_text(messages, id.desk.text);
	message.entry = add_bytes(messages, new_message->entry);
	message.body = add_bytes(messages, new_message->body);
	enum status status = record_envelope_decode(new_message->entry, &messages->doc,
	                                            &messages->envelope, err);
	if (status == STATUS_OK)
		status = add_envelope(messages, &message, err);
	if (status == STATUS_NO_MEMORY)
		return status;
	TRY(record_array_reserve(&messages->messages, &messages->cap, messages->count + 1,
	                         sizeof *messages->messages, err));
	messages->messages[messages->count++] = message;
	TRY(buf_check(&messages->texts, "the messages", err));
	return buf_check(&messages->bytes, "the messages", err);
}

enum status libaldis_messages_add_file(struct libaldis_messages *messages,
                                       const struct hash *id, struct view content,
                                       struct error *err)
{
	char hex[HASH_HEX_LEN + 1];

	messages->texts.max = messages->bytes.max = SIZE_MAX;
	hash_hex(id, hex);
	TRY(record_array_reserve(&messages->files, &messages->file_cap,
	                         messages->file_count + 1, sizeof *messages->files, err));
	messages->files[messages->file_count++] = (struct libaldis_file){
	    *id, add_text(messages, hex), add_bytes(messages, content)};
	TRY(buf_check(&messages->texts, "the attachments", err));
	return buf_check(&messages->bytes, "the attachments", err);
}

void libaldis_messages_release(struct libaldis_messages *messages)
{
	free(messages->messages);
	free(messages->attachments);
	free(messages->files);
	buf_release(&messages->texts);
	buf_release(&messages->bytes);
	json_release(&messages->doc);
	record_envelope_release(&messages->envelope);
	*messages = (struct libaldis_messages){0};
}

/* Accessors */

static const struct libaldis_message *find(const struct aldis_result *result,
                                           size_t index)
{
	return index < result->messages.count ? &result->messages.messages[index] : NULL;
}

static const char *text_at(const struct aldis_result *result, size_t at)
{
	return at == SIZE_MAX ? NULL : (const char *)result->messages.texts.data + at;
}

static struct aldis_bytes bytes_at(const struct aldis_result *result,
                                   struct libaldis_span span)
{
	if (span.len == 0)
		return ALDIS_NO_BYTES;
	return (struct aldis_bytes){result->messages.bytes.data + span.at, span.len};
}

PUBLIC size_t aldis_message_count(const struct aldis_result *result)
{
	return result->messages.count;
}

PUBLIC const char *aldis_message_text(const struct aldis_result *result, size_t index,
                                      enum aldis_message_text which)
{
	const struct libaldis_message *message = find(result, index);
	size_t count = sizeof message->texts / sizeof message->texts[0];

	if (message == NULL || (size_t)which >= count)
		return NULL;
	return text_at(result, message->texts[which]);
}

PUBLIC uint64_t aldis_message_index(const struct aldis_result *result, size_t index)
{
	const struct libaldis_message *message = find(result, index);

	return message != NULL ? message->index : 0;
}

PUBLIC int64_t aldis_message_sent(const struct aldis_result *result, size_t index)
{
	const struct libaldis_message *message = find(result, index);

	return message != NULL ? message->sent_s : 0;
}

PUBLIC int aldis_message_is_full(const struct aldis_result *result, size_t index)
{
	const struct libaldis_message *message = find(result, index);

	return message != NULL && message->is_full;
}

PUBLIC int aldis_message_is_proven(const struct aldis_result *result, size_t index)
{
	const struct libaldis_message *message = find(result, index);

	return message != NULL && message->is_proven;
}

PUBLIC struct aldis_bytes aldis_message_entry(const struct aldis_result *result,
                                              size_t index)
{
	const struct libaldis_message *message = find(result, index);

	return message != NULL ? bytes_at(result, message->entry) : ALDIS_NO_BYTES;
}

PUBLIC struct aldis_bytes aldis_message_body(const struct aldis_result *result,
                                             size_t index)
{
	const struct libaldis_message *message = find(result, index);

	return message != NULL ? bytes_at(result, message->body) : ALDIS_NO_BYTES;
}

PUBLIC size_t aldis_message_to_count(const struct aldis_result *result, size_t index)
{
	const struct libaldis_message *message = find(result, index);

	return message != NULL ? message->to_count : 0;
}

PUBLIC const char *aldis_message_to(const struct aldis_result *result, size_t index,
                                    size_t nth)
{
	const struct libaldis_message *message = find(result, index);
	const char *name;

	if (message == NULL || nth >= message->to_count)
		return NULL;
	name = text_at(result, message->to);
	for (; nth > 0; nth--)
		name += strlen(name) + 1;
	return name;
}

PUBLIC size_t aldis_message_attachment_count(const struct aldis_result *result,
                                             size_t index)
{
	const struct libaldis_message *message = find(result, index);

	return message != NULL ? message->attachment_count : 0;
}

static const struct libaldis_attachment *
find_attachment(const struct aldis_result *result, size_t index, size_t nth)
{
	const struct libaldis_message *message = find(result, index);

	if (message == NULL || nth >= message->attachment_count)
		return NULL;
	return &result->messages.attachments[message->first_attachment + nth];
}

PUBLIC const char *aldis_message_attachment_id(const struct aldis_result *result,
                                               size_t index, size_t nth)
{
	const struct libaldis_attachment *attachment =
	    find_attachment(result, index, nth);

	return attachment != NULL ? text_at(result, attachment->id) : NULL;
}

PUBLIC uint64_t aldis_message_attachment_size(const struct aldis_result *result,
                                              size_t index, size_t nth)
{
	const struct libaldis_attachment *attachment =
	    find_attachment(result, index, nth);

	return attachment != NULL ? attachment->size : 0;
}

PUBLIC size_t aldis_attachment_count(const struct aldis_result *result)
{
	return result->messages.file_count;
}

PUBLIC const char *aldis_attachment_id(const struct aldis_result *result, size_t index)
{
	if (index >= result->messages.file_count)
		return NULL;
	return text_at(result, result->messages.files[index].hex);
}

PUBLIC int aldis_attachment(const struct aldis_result *result, const char *id,
                            struct aldis_bytes *content)
{
	struct hash wanted;

	if (id == NULL || content == NULL ||
	    hex_decode_exact(view_of_string(id), wanted.bytes, sizeof wanted.bytes,
	                     NULL) != STATUS_OK)
		return 0;
	for (size_t i = 0; i < result->messages.file_count; i++) {
		const struct libaldis_file *file = &result->messages.files[i];

		if (!hash_equal(&file->id, &wanted))
			continue;
		*content = bytes_at(result, file->content);
		return 1;
	}
	return 0;
}
