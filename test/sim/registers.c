/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The logs are given from the last to the first at one desk and from the first to the
 * last at the next: that must not matter.
 */
#include "sim/registers.h"

#include "record/proposals.h"
#include "sim/host.h"

struct reading {
	struct record_proposals *proposals;
	struct buf *out;
	uint32_t desk;
};

static bool wants_body(const struct record_envelope *envelope)
{
	return envelope->has_re || record_proposal_kind(envelope->kind);
}

static enum status take_entry(void *context, const struct desk_entry *entry,
                              struct error *err)
{
	const struct reading *reading = context;
	return record_proposals_add(reading->proposals, reading->desk, entry->envelope,
	                            entry->body, entry->charter, err);
}

static bool append_row(void *context, const struct record_proposal *proposal)
{
	const struct reading *reading = context;
	record_proposal_append_json(reading->proposals, proposal, reading->out);
	buf_append_byte(reading->out, '\n');
	return true;
}

static void read_log(struct host *host, size_t log, struct reading *reading)
{
	struct desk_log_info info;
	struct error err;
	desk_log(host->desk, 0, log, &info);
	sim_must(record_replies_desk(record_proposals_replies(reading->proposals),
	                             info.desk, &reading->desk, &err),
	         &err);
	sim_must(
	    desk_entries(host->desk, 0, log, 0, wants_body, take_entry, reading, &err),
	    &err);
}

void registers_append(struct sim *sim, struct host *host, struct buf *out)
{
	struct reading reading = {.out = out};
	struct desk_channel_info info;
	struct error err;
	desk_channel(host->desk, 0, &info);
	sim_must(record_proposals_new(&reading.proposals, &err), &err);
	for (size_t i = 0; i < info.log_count; i++)
		read_log(host, host->member % 2 ? i : info.log_count - 1 - i, &reading);
	for (int type = RECORD_PLEDGE; type <= RECORD_MINUTES; type++)
		sim_must(record_proposals_list(
		             reading.proposals, (enum record_proposal_type)type, NULL,
		             sim->now_ms / 1000, append_row, &reading, &err),
		         &err);
	sim_must(buf_check(out, "the registers", &err), &err);
	record_proposals_free(reading.proposals);
}
