/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reader that is cut off is reported by the server within the call that sends to it, so
 * the list is walked from its end and closes gaps with its last element.
 */
#include "daemon/subscribers.h"

#include "base/cleanup.h"

enum { EVENT_LEN_MAX = 1 << 20 };

void subscribers_add(struct subscribers *subscribers, const struct subscriber *reader)
{
	static const char text[] = "too many readers of events\n";
	static const struct link_reply refusal = {
	    .status = 503,
	    .type = "text/plain; charset=utf-8",
	    .body = {(const uint8_t *)text, sizeof text - 1},
	    .retry_after_s = 10,
	};

	if (subscribers->count == SUBSCRIBERS_MAX) {
		link_server_reply(reader->server, reader->request, &refusal);
		return;
	}
	subscribers->list[subscribers->count++] = *reader;
	link_server_stream_start(reader->server, reader->request, "text/event-stream");
	link_server_stream_chunk(reader->server, reader->request,
	                         view_of_string(": welcome\n\n"));
}

void subscribers_remove(struct subscribers *subscribers, uint64_t request)
{
	for (size_t i = 0; i < subscribers->count; i++)
		if (subscribers->list[i].request == request) {
			subscribers->list[i] = subscribers->list[--subscribers->count];
			return;
		}
}

static void send_all(struct subscribers *subscribers, struct view bytes)
{
	for (size_t left = subscribers->count; left > 0; left--)
		if (left <= subscribers->count)
			link_server_stream_chunk(subscribers->list[left - 1].server,
			                         subscribers->list[left - 1].request,
			                         bytes);
}

void subscribers_encode(struct buf *out, struct view text)
{
	struct view line;

	do {
		struct view rest = text;

		if (!view_take_line(&text, &line)) {
			line = rest;
			text = view_of(NULL, 0);
		}
		buf_append_string(out, "data: ");
		buf_append_view(out, line);
		buf_append_byte(out, '\n');
	} while (text.len > 0);
	buf_append_byte(out, '\n');
}

void subscribers_send(struct subscribers *subscribers, struct view json)
{
	CLEANUP_BUF struct buf event = BUF_INIT(EVENT_LEN_MAX);

	if (subscribers->count == 0)
		return;
	subscribers_encode(&event, json);
	if (buf_check(&event, "an event", NULL) == STATUS_OK)
		send_all(subscribers, buf_view(&event));
}

static void end_all_until(struct subscribers *subscribers, int64_t until_ms)
{
	for (size_t left = subscribers->count; left > 0; left--) {
		struct subscriber reader = subscribers->list[left - 1];

		if (reader.until_ms > until_ms)
			continue;
		subscribers->list[left - 1] = subscribers->list[--subscribers->count];
		link_server_stream_end(reader.server, reader.request);
	}
}

void subscribers_end(struct subscribers *subscribers)
{
	end_all_until(subscribers, INT64_MAX - 1);
}

void subscribers_beat(struct subscribers *subscribers, int64_t now_ms)
{
	send_all(subscribers, view_of_string(":\n\n"));
	end_all_until(subscribers, now_ms);
}
