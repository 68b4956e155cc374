/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does `re` name a message that a kind may answer? Said to a sender as an error, and of
 * what others wrote as a flag; only of entries that are held and can be read, so that an
 * answer that comes before its question is not called malformed.
 */
#include "desk/state.h"

static struct log *log_of(const struct channel *channel,
                          const struct record_message_id *re, uint64_t *ret_index)
{
	struct log *log = channel_find_log(channel, re, ret_index);
	if (!log || *ret_index >= (log->is_own ? log->tree.size : log->cosigned_size))
		return NULL;
	return log;
}

/* NULL when it is not held, not readable, or of no kind of ours. */
static const struct record_kind *kind_of(struct desk *desk, struct log *log,
                                         uint64_t index)
{
	CLEANUP_BUF struct buf entry = BUF_INIT(TLOG_ENTRY_MAX);
	struct record_envelope envelope = {0};
	struct json_doc doc = {0};
	const struct record_kind *kind = NULL;
	if (log_read_entry(desk, log, index, &entry, NULL) == STATUS_OK &&
	    record_envelope_decode(buf_view(&entry), &doc, &envelope, NULL) == STATUS_OK)
		kind = record_kind_find(view_of_string(envelope.kind));
	record_envelope_release(&envelope);
	json_release(&doc);
	return kind;
}

/* Most kinds may name any message: then there is nothing to read. */
static bool takes_all(const struct record_kind *kind)
{
	return kind->takes_re && !kind->answers_person && !kind->answers;
}

enum status answers_judge(struct desk *desk, const struct channel *channel,
                          const struct record_kind *kind,
                          const struct record_message_id *re, struct error *err)
{
	uint64_t index;
	struct log *log = takes_all(kind) ? NULL : log_of(channel, re, &index);
	const struct record_kind *other = log ? kind_of(desk, log, index) : NULL;
	return other ? record_kind_check_answers(kind, other, err) : STATUS_OK;
}

enum status desk_check_re(struct desk *desk, size_t channel,
                          const struct record_kind *kind,
                          const struct record_message_id *re, struct error *err)
{
	const struct channel *it = desk->channels[channel];
	uint64_t index;
	if (!log_of(it, re, &index))
		return error_set(err, STATUS_NOT_FOUND,
		                 "re: the message it refers to is not in this channel");
	return answers_judge(desk, it, kind, re, err);
}
