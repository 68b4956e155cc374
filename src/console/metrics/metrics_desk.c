/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metrics of the desk itself. A log is told of by channel and desk, so of each desk only
 * the one in use: those that have ended, and those of who has left, are history.
 */
#include "console/metrics/health.h"
#include "console/metrics/metrics.h"
#include "office/alarms.h"
#include "office/briefs.h"

/* ---- channels ---- */

/* Appends the samples of one channel. */
typedef void channel_sample(struct metrics_page *page, size_t channel,
                            const struct desk_channel_info *info);

static void each_channel(struct metrics_page *page, const char *name, const char *help,
                         channel_sample *sample)
{
	metrics_family(&page->writer, name, METRICS_GAUGE, help);
	for (size_t i = 0; i < page->channel_count; i++) {
		struct desk_channel_info info;

		desk_channel(page->desk, i, &info);
		sample(page, i, &info);
	}
}

static void sample_open(struct metrics_page *page, size_t channel,
                        const struct desk_channel_info *info)
{
	metrics_label(&page->writer, "channel", info->id_hex);
	metrics_bool(&page->writer, info->is_open);
}

static void sample_ready(struct metrics_page *page, size_t channel,
                         const struct desk_channel_info *info)
{
	struct desk_log_info own;

	if (!health_own_log(page->desk, channel, &own))
		return;
	metrics_label(&page->writer, "channel", info->id_hex);
	metrics_bool(&page->writer, health_may_write(&own));
}

static void sample_blocked(struct metrics_page *page, size_t channel,
                           const struct desk_channel_info *info)
{
	struct desk_log_info own;

	if (!health_own_log(page->desk, channel, &own) || health_may_write(&own))
		return;
	metrics_label(&page->writer, "channel", info->id_hex);
	metrics_label(&page->writer, "state", health_state_word(own.state));
	metrics_label(&page->writer, "why", desk_why_word(own.why_code));
	metrics_integer(&page->writer, 1);
}

static void sample_refused(struct metrics_page *page, size_t channel,
                           const struct desk_channel_info *info)
{
	metrics_label(&page->writer, "channel", info->id_hex);
	metrics_integer(&page->writer, info->refused_count);
}

static void sample_witnesses(struct metrics_page *page, size_t channel,
                             const struct desk_channel_info *info)
{
	struct desk_witness_info witness;
	uint64_t failing = 0;

	for (size_t nth = 0; desk_witness(page->desk, channel, nth, &witness); nth++)
		failing += witness.error[0] != '\0';
	metrics_label(&page->writer, "channel", info->id_hex);
	metrics_integer(&page->writer, failing);
}

static void write_channels(struct metrics_page *page)
{
	struct health health = health_of(page->desk);

	metrics_page_gauge(page, "aldis_ready", health.blocked == 0,
	                   "May the desk write to all its channels? As /-/ready.");
	each_channel(page, "aldis_channel_open",
	             "Is the charter signed by all, the channel open?", sample_open);
	each_channel(page, "aldis_channel_ready",
	             "May the desk write to this open channel?", sample_ready);
	each_channel(page, "aldis_channel_blocked",
	             "A channel that may not be written to: state and reason; always 1.",
	             sample_blocked);
	each_channel(page, "aldis_channel_messages_refused",
	             "Messages that waited while the charter changed and can't be sent "
	             "any more.",
	             sample_refused);
	each_channel(page, "aldis_channel_witnesses_failing",
	             "Neutral witnesses of the charter whose last request failed.",
	             sample_witnesses);
}

/* ---- logs ---- */

/* Appends the value of a log, whose labels are written; or labels of its own too. */
typedef void log_sample(struct metrics_page *page, const struct desk_log_info *log);

static bool is_told(const struct desk_log_info *log)
{
	return !log->is_ended && !log->has_left && !log->is_gone;
}

static void label_log(struct metrics_page *page, const struct desk_channel_info *info,
                      const char *desk)
{
	metrics_label(&page->writer, "channel", info->id_hex);
	metrics_label(&page->writer, "desk", desk);
}

static bool any_log(const struct desk_log_info *log)
{
	return true;
}

static bool has_check(const struct desk_log_info *log)
{
	return log->last_check_s > 0;
}

static void each_log(struct metrics_page *page, const char *name, const char *help,
                     bool (*is_wanted)(const struct desk_log_info *), log_sample *sample)
{
	metrics_family(&page->writer, name, METRICS_GAUGE, help);
	for (size_t i = 0; i < page->channel_count; i++) {
		struct desk_channel_info info;

		desk_channel(page->desk, i, &info);
		for (size_t j = 0; j < info.log_count; j++) {
			struct desk_log_info log;

			desk_log(page->desk, i, j, &log);
			if (!is_told(&log) || !is_wanted(&log))
				continue;
			label_log(page, &info, log.desk);
			sample(page, &log);
		}
	}
}

static void sample_entries(struct metrics_page *page, const struct desk_log_info *log)
{
	metrics_integer(&page->writer, log->entry_count);
}

static void sample_signed(struct metrics_page *page, const struct desk_log_info *log)
{
	metrics_integer(&page->writer, log->signed_size);
}

static void sample_cosigned(struct metrics_page *page, const struct desk_log_info *log)
{
	metrics_integer(&page->writer, log->cosigned_size);
}

static void sample_check(struct metrics_page *page, const struct desk_log_info *log)
{
	metrics_ms(&page->writer, log->last_check_s * 1000);
}

static bool is_fork(const struct desk_log_info *log)
{
	return log->is_equivocating;
}

static void sample_one(struct metrics_page *page, const struct desk_log_info *log)
{
	metrics_integer(&page->writer, 1);
}

static void write_logs(struct metrics_page *page)
{
	each_log(page, "aldis_log_entries", "Entries of the log that are held.", any_log,
	         sample_entries);
	each_log(page, "aldis_log_signed_entries",
	         "Entries in the newest checkpoint that is signed by the log's owner.",
	         any_log, sample_signed);
	each_log(
	    page, "aldis_log_cosigned_entries",
	    "Entries of the own log cosigned by every other member; of another's, by "
	    "this desk.",
	    any_log, sample_cosigned);
	each_log(page, "aldis_log_last_check_timestamp_seconds",
	         "When the newest check in the log was sent, by its author's clock.",
	         has_check, sample_check);
	each_log(
	    page, "aldis_log_forked",
	    "The owner has signed two different records: evidence is kept; always 1.",
	    is_fork, sample_one);
}

static const char *flag_name(unsigned flag)
{
	switch (flag) {
	case DESK_FLAG_NAMED_LESS:
		return "named-less";
	case DESK_FLAG_NAMED_FALLING:
		return "named-falling";
	case DESK_FLAG_OPENED_OTHERWISE:
		return "opened-otherwise";
	case DESK_FLAG_REFUSED_TO_SHOW:
		return "refused-to-show";
	}
	return "other";
}

static void sample_flags(struct metrics_page *page, size_t channel,
                         const struct desk_channel_info *info)
{
	for (size_t i = 0; i < info->log_count; i++) {
		struct desk_log_info log;

		desk_log(page->desk, channel, i, &log);
		for (unsigned flag = 1; is_told(&log) && desk_log_flag_words(flag);
		     flag <<= 1) {
			if ((log.flags & flag) == 0)
				continue;
			label_log(page, info, log.desk);
			metrics_label(&page->writer, "flag", flag_name(flag));
			metrics_integer(&page->writer, 1);
		}
	}
}

/* ---- receipts ---- */

static void sample_waiting(struct metrics_page *page, size_t channel,
                           const struct desk_channel_info *info)
{
	struct desk_receipt_info receipt;

	for (size_t nth = 0; desk_receipt(page->desk, channel, nth, &receipt); nth++) {
		label_log(page, info, receipt.member);
		metrics_integer(&page->writer, receipt.queued);
	}
}

/* The own log in use, as the briefs number it. */
static size_t own_of(const struct channel_briefs *briefs)
{
	size_t own = SIZE_MAX;

	for (size_t i = 0; i < briefs_log_count(briefs); i++)
		if (briefs_is_own(briefs, i))
			own = i;
	return own;
}

static void sample_oldest(struct metrics_page *page, size_t channel,
                          const struct desk_channel_info *info)
{
	struct channel_briefs *briefs = NULL;
	struct desk_receipt_info receipt;
	size_t own;

	if (!info->is_open ||
	    briefs_open(page->api->office, channel, &briefs, NULL) != STATUS_OK)
		return;
	own = own_of(briefs);
	for (size_t nth = 0;
	     own != SIZE_MAX && desk_receipt(page->desk, channel, nth, &receipt); nth++) {
		const struct brief *first = briefs_find(briefs, own, receipt.id_end);

		if (receipt.queued == 0 || first == NULL)
			continue;
		label_log(page, info, receipt.member);
		metrics_ms(&page->writer, first->sent_s * 1000);
	}
}

static void write_receipts(struct metrics_page *page)
{
	const struct alarm *alarms;
	const struct needs *needs;
	size_t count;

	each_channel(page, "aldis_receipt_waiting_entries",
	             "Entries of the own log that wait for this member's receipt.",
	             sample_waiting);
	/* before they are known, the briefs would have to be read first */
	if (alarms_last(page->api->office, &alarms, &count, &needs))
		each_channel(page, "aldis_receipt_waiting_since_timestamp_seconds",
		             "When the oldest entry that waits for this member's receipt "
		             "was written; absent when none waits.",
		             sample_oldest);
}

/* ---- peers ---- */

typedef void peer_sample(struct metrics_writer *writer, const struct desk_peer *peer);

static void each_peer(struct metrics_page *page, const char *name, enum metrics_kind kind,
                      const char *help, peer_sample *sample)
{
	metrics_family(&page->writer, name, kind, help);
	for (size_t i = 0; i < desk_peer_count(page->desk); i++) {
		struct desk_peer peer = desk_peer_view(page->desk, i);

		metrics_label(&page->writer, "desk", peer.card->name.text);
		sample(&page->writer, &peer);
	}
}

static void sample_up(struct metrics_writer *writer, const struct desk_peer *peer)
{
	metrics_bool(writer, peer->last_error.text[0] == '\0');
}

static void sample_answered(struct metrics_writer *writer, const struct desk_peer *peer)
{
	metrics_integer(writer, peer->answered);
}

static void sample_failed(struct metrics_writer *writer, const struct desk_peer *peer)
{
	metrics_integer(writer, peer->failed);
}

static void write_heard(struct metrics_page *page)
{
	metrics_family(&page->writer, "aldis_peer_last_heard_timestamp_seconds",
	               METRICS_GAUGE,
	               "When the peer last asked or answered; absent when it has not "
	               "since the start.");
	for (size_t i = 0; i < desk_peer_count(page->desk); i++) {
		struct desk_peer peer = desk_peer_view(page->desk, i);

		if (peer.last_heard_ms == 0)
			continue;
		metrics_label(&page->writer, "desk", peer.card->name.text);
		metrics_ms(&page->writer, peer.last_heard_ms);
	}
}

static void write_peers(struct metrics_page *page)
{
	write_heard(page);
	each_peer(page, "aldis_peer_reachable", METRICS_GAUGE,
	          "Did the last call to the peer go well?", sample_up);
	each_peer(page, "aldis_peer_calls_answered_total", METRICS_COUNTER,
	          "Calls to the peer that it answered.", sample_answered);
	each_peer(page, "aldis_peer_calls_failed_total", METRICS_COUNTER,
	          "Calls to the peer that got no answer.", sample_failed);
}

/* ---- counters ---- */

static void write_signatures(struct metrics_page *page, const struct desk_counters *c)
{
	static const char *const keys[SIGNER_KINDS] = {"log", "mirror", "witness"};

	metrics_family(
	    &page->writer, "aldis_signatures_total", METRICS_COUNTER,
	    "Signatures made, by key: checkpoints, receipts, for logs that are "
	    "witnessed.");
	for (size_t i = 0; i < SIGNER_KINDS; i++) {
		metrics_label(&page->writer, "key", keys[i]);
		metrics_integer(&page->writer, c->signatures[i]);
	}
	metrics_page_counter(page, "aldis_signatures_refused_total",
	                     c->signatures_refused,
	                     "Signatures that the signer refused.");
}

static void write_counters(struct metrics_page *page)
{
	const struct desk_counters *c = desk_counters(page->desk);

	metrics_page_counter(page, "aldis_turns_total", c->turns, "Turns of the desk.");
	metrics_page_counter(page, "aldis_entries_written_total", c->entries_out,
	                     "Entries written to own logs.");
	metrics_page_counter(page, "aldis_entries_received_total", c->entries_in,
	                     "Entries of others' logs received.");
	metrics_page_counter(page, "aldis_entries_malformed_total", c->malformed,
	                     "Of the entries received, those that are malformed.");
	metrics_page_counter(page, "aldis_receipts_received_total", c->receipts_in,
	                     "Receipts for own logs received.");
	metrics_page_counter(page, "aldis_receipts_given_total", c->receipts_out,
	                     "Receipts given to others.");
	metrics_page_counter(page, "aldis_peer_requests_refused_total", c->refused,
	                     "Requests of peers that were refused for what they said.");
	metrics_page_counter(page, "aldis_peer_requests_stale_total", c->stale_sizes,
	                     "Requests of peers that began from an old size.");
	metrics_page_counter(page, "aldis_checks_missed_total", c->checks_missed,
	                     "Checks of others that did not come and were written down "
	                     "as missed.");
	metrics_page_gauge(page, "aldis_evidence_proofs", desk_evidence_count(page->desk),
	                   "Proofs held that a desk has signed two different records.");
	write_signatures(page, c);
}

void metrics_desk(struct metrics_page *page)
{
	write_channels(page);
	write_logs(page);
	each_channel(page, "aldis_log_flagged",
	             "What the owner of a log should not have done; always 1.",
	             sample_flags);
	write_receipts(page);
	write_peers(page);
	write_counters(page);
}
