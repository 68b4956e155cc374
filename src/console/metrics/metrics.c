/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page of metrics. It is made from what is in memory: it reads no entry, computes no
 * list of duties or alarms, and is bounded however many channels there are.
 */
#include "console/metrics/metrics.h"

#include "base/cleanup.h"

void metrics_page_counter(struct metrics_page *page, const char *name, uint64_t value,
                          const char *help)
{
	metrics_family(&page->writer, name, METRICS_COUNTER, help);
	metrics_integer(&page->writer, value);
}

void metrics_page_gauge(struct metrics_page *page, const char *name, uint64_t value,
                        const char *help)
{
	metrics_family(&page->writer, name, METRICS_GAUGE, help);
	metrics_integer(&page->writer, value);
}

/* As many as have METRICS_LOGS_MAX logs together. */
static size_t channels_told(const struct desk *desk)
{
	size_t count = 0, logs = 0;

	for (; count < desk_channel_count(desk); count++) {
		struct desk_channel_info info;

		desk_channel(desk, count, &info);
		logs += info.log_count + 1; /* also of one that is not open */
		if (logs > METRICS_LOGS_MAX)
			break;
	}
	return count;
}

static void write_head(struct metrics_page *page)
{
	struct metrics_writer *writer = &page->writer;

	metrics_family(writer, "aldis_build_info", METRICS_GAUGE,
	               "The program's version, and the desk's name; always 1.");
	metrics_label(writer, "desk", api_own_name(page->api));
	metrics_label(writer, "version", page->api->host.version);
	metrics_integer(writer, 1);
	metrics_family(writer, "aldis_time_seconds", METRICS_GAUGE,
	               "The desk's clock, since 1970-01-01 UTC: receipts carry it.");
	metrics_ms(writer, page->now_ms);
	metrics_page_gauge(page, "aldis_channels", desk_channel_count(page->desk),
	                   "Channels, also those whose charter still lacks signatures.");
	metrics_page_gauge(page, "aldis_channels_left_out",
	                   desk_channel_count(page->desk) - page->channel_count,
	                   "Channels of which no more is told here than their number.");
}

enum status api_get_metrics(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(METRICS_PAGE_MAX);
	const struct api_host *host = &call->api->host;
	struct metrics_page page = {.writer = metrics_writer_of(&out),
	                            .api = call->api,
	                            .desk = call->desk,
	                            .now_ms = call->now_ms,
	                            .channel_count = channels_told(call->desk)};
	struct figures figures = {0};

	if (host->figures != NULL)
		TRY(host->figures(host->self, &figures, err));
	write_head(&page);
	metrics_desk(&page);
	metrics_people(&page);
	metrics_machine(&page, &figures);
	TRY(buf_check(&out, "the metrics", err));
	desk_reply(call->desk, call->request->id, 200, METRICS_TYPE, buf_view(&out));
	return STATUS_OK;
}
