/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table with one place for each hash: whoever comes last has it.
 */
#include "console/reading/titles.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "record/headline.h"

enum { SLOTS = 4096, BODY_MAX = 65536 };

static void title_release(struct title *title)
{
	free(title->text);
	free(title->body);
	*title = (struct title){0};
}

void titles_release(struct title_cache *cache)
{
	for (size_t i = 0; cache->slots != NULL && i < SLOTS; i++)
		title_release(&cache->slots[i]);
	free(cache->slots);
	cache->slots = NULL;
}

static size_t slot_of(const struct record_channel_id *channel,
                      const struct record_message_id *id)
{
	uint32_t hash = 2166136261u ^ channel->hash.bytes[0];

	for (const char *at = id->desk.text; *at != '\0'; at++)
		hash = (hash ^ (uint8_t)*at) * 16777619u;
	hash = (hash ^ (uint32_t)id->index) * 16777619u;
	return (hash ^ hash >> 15) % SLOTS;
}

static bool is_that(const struct title *title, const struct desk_channel_info *channel,
                    const struct record_message_id *id)
{
	return title->text != NULL && title->id.index == id->index &&
	       strcmp(title->id.desk.text, id->desk.text) == 0 &&
	       hash_equal(&title->channel.hash, &channel->id.hash) &&
	       title->log_count == channel->log_count;
}

static bool is_signal(const struct desk_message *message)
{
	return message->envelope != NULL && !message->is_malformed &&
	       message->body.len > 0 && strcmp(message->envelope->kind, "signal") == 0;
}

static const struct title *fill(struct title *title, struct desk *desk, size_t channel,
                                const struct desk_channel_info *info,
                                const struct record_message_id *id, struct json_doc *doc)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4096), body = BUF_INIT(BODY_MAX);
	struct desk_message message;

	if (desk_message_read(desk, channel, id, &message, NULL) != STATUS_OK)
		return NULL;
	if (!message.is_malformed)
		record_headline_append(message.body, doc, &text);
	buf_append_byte(&text, '\0');
	if (is_signal(&message)) {
		buf_append_view(&body, message.body);
		buf_append_byte(&body, '\0');
	}
	if (buf_check(&text, "a title", NULL) != STATUS_OK ||
	    buf_check(&body, "a signal", NULL) != STATUS_OK)
		return NULL;
	title_release(title);
	*title =
	    (struct title){.channel = info->id, .id = *id, .log_count = info->log_count};
	if (message.envelope != NULL) {
		const struct record_kind *kind =
		    record_kind_find(view_of_string(message.envelope->kind));

		title->kind = kind == NULL ? NULL : kind->name;
	}
	title->text = (char *)buf_take(&text).data;
	if (body.len > 0)
		title->body = (char *)buf_take(&body).data;
	return title;
}

const struct title *titles_find(struct title_cache *cache, struct desk *desk,
                                size_t channel, const struct record_message_id *id,
                                struct json_doc *doc)
{
	struct desk_channel_info info;
	struct title *title;

	if (cache->slots == NULL)
		cache->slots = calloc(SLOTS, sizeof *cache->slots);
	if (cache->slots == NULL)
		return NULL;
	desk_channel(desk, channel, &info);
	title = &cache->slots[slot_of(&info.id, id)];
	return is_that(title, &info, id) ? title
	                                 : fill(title, desk, channel, &info, id, doc);
}
