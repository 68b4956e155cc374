/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notes are kept by their lengths until all are there, since bytes that grow may move.
 */
#include "console/release/papers.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "console/api_call.h"
#include "record/array.h"

enum { PAPERS_BYTES_MAX = 256 * 1024 * 1024 };

void papers_release(struct papers *papers)
{
	buf_release(&papers->bytes);
	free(papers->notes);
	*papers = (struct papers){0};
}

static enum status add(struct papers *papers, struct view note, struct error *err)
{
	TRY(record_array_reserve(&papers->notes, &papers->note_cap,
	                         papers->note_count + 1, sizeof *papers->notes, err));
	papers->notes[papers->note_count++] = view_of(NULL, note.len);
	buf_append_view(&papers->bytes, note);
	return STATUS_OK;
}

static enum status add_cards(struct papers *papers, const struct desk *desk,
                             struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	enum status status;

	TRY(add(papers, desk_card_note(desk), err));
	for (size_t i = 0; i < desk_peer_count(desk); i++)
		TRY(add(papers, desk_peer_view(desk, i).card_note, err));
	for (size_t i = 0;; i++) {
		buf_clear(&note);
		status = desk_older_card(desk, i, &note, err);
		if (status == STATUS_NOT_FOUND)
			return STATUS_OK;
		TRY(status);
		TRY(add(papers, buf_view(&note), err));
	}
}

static void add_logs(struct papers *papers, const struct desk *desk, size_t channel,
                     size_t log_count)
{
	struct bundle_export_source *source = &papers->source;
	struct desk_log_info log;

	for (size_t i = 0; i < log_count && source->log_count < RECORD_MEMBERS_MAX; i++) {
		char *origin = papers->origins[source->log_count];

		desk_log(desk, channel, i, &log);
		if (log.base == UINT64_MAX ||
		    !view_copy_string(view_of_string(log.origin), origin,
		                      RECORD_ORIGIN_MAX + 1))
			continue;
		papers->logs[source->log_count++] = (struct bundle_export_log){
		    .origin = origin, .is_own = log.is_own, .base = log.base};
	}
	source->logs = papers->logs;
}

static enum status collect(const struct desk *desk, size_t channel, struct papers *papers,
                           struct error *err)
{
	struct bundle_export_source *source = &papers->source;
	struct desk_channel_info info;
	struct desk_charter_info charter;
	struct view note;

	desk_channel(desk, channel, &info);
	for (size_t i = 0; desk_charter(desk, channel, i, &charter); i++)
		if (charter.is_in_force)
			TRY(add(papers, charter.note, err));
	source->charter_count = papers->note_count;
	for (size_t i = 0; desk_ending(desk, channel, i, &note); i++)
		TRY(add(papers, note, err));
	source->log_end_count = papers->note_count - source->charter_count;
	TRY(add_cards(papers, desk, err));
	source->card_count =
	    papers->note_count - source->charter_count - source->log_end_count;
	add_logs(papers, desk, channel, info.log_count);
	return buf_check(&papers->bytes, "the channel's papers", err);
}

enum status papers_collect(const struct desk *desk, size_t channel, int64_t now_s,
                           struct papers *ret_papers, struct error *err)
{
	struct bundle_export_source *source = &ret_papers->source;
	size_t at = 0;

	ret_papers->bytes = BUF_INIT(PAPERS_BYTES_MAX);
	TRY(collect(desk, channel, ret_papers, err));
	for (size_t i = 0; i < ret_papers->note_count; i++) {
		ret_papers->notes[i].data = ret_papers->bytes.data + at;
		at += ret_papers->notes[i].len;
	}
	source->charter_notes = ret_papers->notes;
	source->log_end_notes = source->charter_notes + source->charter_count;
	source->card_notes = source->log_end_notes + source->log_end_count;
	ret_papers->exporter = desk_card(desk)->name;
	source->exporter = ret_papers->exporter.text;
	source->date_s = now_s;
	return STATUS_OK;
}

/* ---- as an answer ---- */

static void write_notes(struct json_writer *writer, const char *name,
                        const struct view *notes, size_t count)
{
	json_writer_array(writer, name);
	for (size_t i = 0; i < count; i++)
		json_writer_text(writer, NULL, notes[i]);
	json_writer_end(writer);
}

static void write_logs(struct json_writer *writer,
                       const struct bundle_export_source *source)
{
	json_writer_array(writer, "logs");
	for (size_t i = 0; i < source->log_count; i++) {
		json_writer_object(writer, NULL);
		json_writer_string(writer, "origin", source->logs[i].origin);
		json_writer_bool(writer, "own", source->logs[i].is_own);
		json_writer_integer(writer, "base", (int64_t)source->logs[i].base);
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

static enum status reply(struct api_call *call, const struct bundle_export_source *source,
                         struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);

	json_writer_object(&writer, NULL);
	write_notes(&writer, "charters", source->charter_notes, source->charter_count);
	write_notes(&writer, "log_ends", source->log_end_notes, source->log_end_count);
	write_notes(&writer, "cards", source->card_notes, source->card_count);
	write_logs(&writer, source);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

enum status api_get_papers(struct api_call *call, struct error *err)
{
	static const char *const no_parameters[] = {NULL};
	struct papers *papers;
	enum status status;
	size_t channel;

	TRY(target_allow(&call->target, no_parameters, err));
	TRY(api_call_channel(call, &channel, err));
	papers = calloc(1, sizeof *papers);
	if (papers == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for papers");
	status = papers_collect(call->desk, channel, call->now_ms / 1000, papers, err);
	if (status == STATUS_OK)
		status = reply(call, &papers->source, err);
	papers_release(papers);
	free(papers);
	return status;
}
