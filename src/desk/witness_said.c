/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What witnesses answer, and what follows: lines that are kept, another size to start
 * from, or a failure that is said in words and put off. Source: c2sp.org/tlog-witness.
 */
#include "desk/ask_witness_parts.h"

#include <inttypes.h>

#include "tlog/witness_answer.h"

enum {
	DETOURS_MAX = 4, /* answers 409 in one go */
	RETRY_FIRST_MS = 5000,
};

static void reach(struct ask *ask)
{
	ask->failures = ask->detours = 0;
	ask->last_error.text[0] = '\0';
	ask->is_again = false;
	ask->is_before_members = false;
	if (ask->kept_size < ask->goal_size)
		return;
	ask->is_wanted = false;
	ask->is_urgent = false;
}

/* The sentence is kept for `status`; the log gets it once in a row. first_ms: how long
 * to wait after the first failure. */
static void fail_for(struct desk *desk, struct ask *ask, const char *sentence,
                     int64_t first_ms)
{
	int64_t wait_ms = first_ms;
	if (strcmp(ask->last_error.text, sentence) != 0)
		desk_log_line(desk, "witness %s: %s", ask->url, sentence);
	(void)error_set(&ask->last_error, STATUS_AGAIN, "%s", sentence);
	for (unsigned i = 0; i < ask->failures && wait_ms < ASK_RETRY_LAST_MS; i++)
		wait_ms *= 2;
	ask->failures++;
	if (wait_ms > ASK_RETRY_LAST_MS)
		wait_ms = ASK_RETRY_LAST_MS;
	ask->retry_ms =
	    desk->now_ms + wait_ms / 2 + (int64_t)desk_jitter(desk, (uint64_t)wait_ms);
	ask->detours = 0;
}

void ask_fail(struct desk *desk, struct ask *ask, const char *sentence)
{
	fail_for(desk, ask, sentence, RETRY_FIRST_MS);
}

static void keep_line(struct desk *desk, struct ask *ask,
                      const struct tlog_witness_line *line)
{
	struct error err;
	int64_t time_s = (int64_t)line->time_s;
	desk_fail(desk,
	          witness_line_put(desk, ask->log, line->key, ask->submitted_size, time_s,
	                           line->line, &err),
	          &err);
	ask->size = ask->submitted_size;
	if (ask->kept_size != ask->size || time_s > ask->time_s)
		ask->time_s = time_s;
	ask->kept_size = ask->size;
}

/* A witness's time bounds duties: one that is far off is said, and kept all the same. */
static void look_at_clock(struct desk *desk, struct ask *ask, int64_t time_s)
{
	int64_t ahead_s = time_s - desk->now_ms / 1000;
	int64_t limit_s = channel_charter(ask->log->channel)->limits.skew_s;
	if (ahead_s <= limit_s && ahead_s >= -limit_s)
		return;
	(void)error_set(&ask->last_error, STATUS_CONFLICT,
	                "its clock is %" PRIu64 " seconds %s this desk's",
	                (uint64_t)(ahead_s < 0 ? -ahead_s : ahead_s),
	                ahead_s < 0 ? "behind" : "ahead of");
	desk_log_line(desk, "witness %s: %s", ask->url, ask->last_error.text);
}

static void take_lines(struct desk *desk, struct ask *ask, struct view text,
                       struct view body)
{
	struct tlog_witness_line lines[TLOG_WITNESS_KEYS_MAX];
	size_t count = 0;
	struct error err;
	if (tlog_witness_answer_read(witness_policy(ask->log->channel), ask->url, text,
	                             body, lines, &count, &err) != STATUS_OK) {
		ask_fail(desk, ask, err.text);
		return;
	}
	for (size_t i = 0; i < count; i++)
		keep_line(desk, ask, &lines[i]);
	if (ask->is_urgent)
		ask_note_due(ask->log->channel->asker, ask->kept_size);
	reach(ask);
	look_at_clock(desk, ask, (int64_t)lines[0].time_s);
	desk->generation++;
	desk_event(desk, "witnessed",
	           "\"channel\":\"%s\",\"desk\":\"%s\",\"size\":%" PRIu64,
	           ask->log->channel->id_hex,
	           ask->log->channel->members[ask->log->member].name.text, ask->size);
}

static void take_cosigned(struct desk *desk, struct ask *ask,
                          const struct desk_answer *answer)
{
	CLEANUP_BUF struct buf kept = BUF_INIT(TLOG_NOTE_MAX);
	struct tlog_note note;
	struct error err;
	enum status status =
	    log_checkpoint_at(desk, ask->log, ask->submitted_size, &kept, &err);
	if (status == STATUS_NOT_FOUND) /* of a history that was given up meanwhile */
		return;
	if (desk_did(desk, status, &err) &&
	    desk_did(desk, tlog_note_parse(buf_view(&kept), &note, &err), &err))
		take_lines(desk, ask, note.text, answer->body);
}

/* It has cosigned another size than was thought: the next proof starts there. */
static void take_size(struct desk *desk, struct ask *ask,
                      const struct desk_answer *answer)
{
	struct error err;
	uint64_t size;
	if (tlog_witness_size_read(answer->body, &size, &err) != STATUS_OK)
		ask_fail(desk, ask, err.text);
	else if (size > ask->log->tree.size)
		ask_fail(
		    desk, ask,
		    ask->log->is_own
		        ? "it says that it has cosigned more of the own log than there "
		          "is here: was this desk set back?"
		        : "it says that it has cosigned more of the log than is held "
		          "here");
	else if (size == ask->size || ++ask->detours > DETOURS_MAX)
		ask_fail(desk, ask, "it contradicts itself about what it has cosigned");
	else
		ask->size = size; /* beyond what may be submitted now: in its time */
}

static const char *refusal_words(int http_status)
{
	switch (http_status) {
	case 400:
		return "it does not understand the request";
	case 403:
		return "it does not accept the signature of the log";
	case 404:
		return "it does not know the log: its operator has to add it";
	case 422:
		return "it says that the checkpoint is of another history than it has "
		       "cosigned";
	case 429:
	case 503:
		return "it is too busy";
	default:
		return "it does not answer as a witness does";
	}
}

static struct ask *find_call(const struct channel *channel, uint64_t call)
{
	for (size_t i = 0; channel->asker && i < channel->asker->ask_count; i++)
		if (channel->asker->asks[i]->call == call)
			return channel->asker->asks[i];
	return NULL;
}

void witness_ask_take_answer(struct desk *desk, const struct call *call,
                             const struct desk_answer *answer)
{
	struct ask *ask = find_call(call->channel, call->id);
	if (!ask)
		return;
	ask->call = 0;
	if (answer->outcome != STATUS_OK)
		ask_fail(desk, ask,
		         answer->err.text[0] ? answer->err.text : "it can't be reached");
	else if (answer->http_status == 200)
		take_cosigned(desk, ask, answer);
	else if (answer->http_status == 409)
		take_size(desk, ask, answer);
	else /* what it refuses now it will refuse for a while */
		fail_for(desk, ask, refusal_words(answer->http_status),
		         answer->http_status / 100 == 4 && answer->http_status != 429
		             ? ASK_RETRY_LAST_MS
		             : RETRY_FIRST_MS);
}
