/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Channels as callers see them: their charters, logs and receipts.
 */
#include "desk/state.h"

bool desk_charter(const struct desk *desk, size_t channel, size_t nth,
                  struct desk_charter_info *ret_info)
{
	const struct channel *it = desk->channels[channel];
	bool is_in_force = nth < it->agreement_count && it->is_open;
	const struct agreement *agreement;
	if (nth < it->agreement_count)
		agreement = it->agreements[nth];
	else if (nth - it->agreement_count < it->draft_count)
		agreement = it->drafts[nth - it->agreement_count];
	else
		return false;
	*ret_info = (struct desk_charter_info){.charter = &agreement->charter,
	                                       .note = buf_view(&agreement->note),
	                                       .is_in_force = is_in_force};
	if (!is_in_force)
		amend_missing(it, agreement, &ret_info->missing_count,
		              &ret_info->first_missing);
	return true;
}

bool desk_ending(const struct desk *desk, size_t channel, size_t nth,
                 struct view *ret_note)
{
	const struct channel *it = desk->channels[channel];
	for (uint32_t m = 0; it->is_open && m < it->member_count; m++) {
		const struct ending *ending = ending_before(it, m);
		if (!ending || nth-- > 0)
			continue;
		*ret_note = buf_view(&ending->note);
		return true;
	}
	return false;
}

size_t desk_channel_count(const struct desk *desk)
{
	return desk->channel_count;
}

void desk_channel(const struct desk *desk, size_t channel,
                  struct desk_channel_info *ret_info)
{
	const struct channel *it = desk->channels[channel];
	*ret_info = (struct desk_channel_info){
	    .id = it->id,
	    .is_open = it->is_open,
	    .refused_count = it->refused_count,
	    .charter = channel_charter(it),
	    .charter_note = buf_view(&it->agreements[it->agreement_count - 1]->note),
	    .log_count = it->is_open ? it->member_count : 0};
	memcpy(ret_info->id_hex, it->id_hex, sizeof it->id_hex);
}

enum status desk_channel_find(const struct desk *desk, struct view id_or_prefix,
                              size_t *ret_channel, struct error *err)
{
	size_t found = SIZE_MAX;
	for (size_t i = 0; i < desk->channel_count; i++) {
		const struct channel *it = desk->channels[i];
		if (!(id_or_prefix.len >= 4 &&
		      view_has_prefix(view_of_string(it->id_hex), id_or_prefix)) &&
		    !view_equal_string(id_or_prefix, channel_charter(it)->title))
			continue;
		if (found != SIZE_MAX)
			return error_set(
			    err, STATUS_CONFLICT,
			    "more than one channel begins so: give more digits");
		found = i;
	}
	if (found == SIZE_MAX)
		return error_set(err, STATUS_NOT_FOUND,
		                 "no such channel here: 'aldis status' lists them");
	*ret_channel = found;
	return STATUS_OK;
}

static uint64_t cosigned_by_all(const struct channel *channel)
{
	uint64_t size = channel_own_log(channel)->newest.size;
	for (uint32_t m = 0; m < channel->member_count; m++)
		if (m != channel->own && !channel->members[m].is_gone &&
		    channel->members[m].feed.acked_size < size)
			size = channel->members[m].feed.acked_size;
	return size;
}

void desk_log(const struct desk *desk, size_t channel, size_t log,
              struct desk_log_info *ret_info)
{
	const struct channel *it = desk->channels[channel];
	const struct log *own = it->logs[log];
	*ret_info = (struct desk_log_info){
	    .desk = it->members[log].name.text,
	    .origin = own->origin,
	    .base = own->base,
	    .is_own = own->is_own,
	    .is_ended = it->members[log].is_ended,
	    .has_left = own->end != UINT64_MAX,
	    .is_gone = it->members[log].is_gone,
	    .offset = it->members[log].offset,
	    .state = own->is_own ? it->state : DESK_LOG_READY,
	    .entry_count = own->tree.size,
	    .signed_size = own->newest.size,
	    .cosigned_size = own->is_own ? cosigned_by_all(it) : own->cosigned_size,
	    .cosigned_root = own->is_own ? own->newest.root : own->cosigned_root,
	    .cosigned_time_s = own->cosigned_time_s,
	    .last_check_s = own->checks_s[0],
	    .is_equivocating = own->is_equivocating,
	    .flags = own->flags & ~LOG_DENOUNCED,
	    .key = own->keys.now,
	};
	if (!own->is_own)
		return;
	memcpy(ret_info->why, it->why, sizeof ret_info->why);
	ret_info->why_code = it->why_code;
}

const char *desk_why_word(enum desk_why why)
{
	static const char *const words[] = {
	    [DESK_WHY_NOTHING] = "",
	    [DESK_WHY_UNSEEN] = "unseen",
	    [DESK_WHY_BEHIND_GUARD] = "behind-guard",
	    [DESK_WHY_NOT_AS_SIGNED] = "not-as-signed",
	    [DESK_WHY_BODIES_MISSING] = "bodies-missing",
	    [DESK_WHY_BEHIND_MEMBER] = "behind-member",
	    [DESK_WHY_OTHER_HISTORY] = "other-history",
	    [DESK_WHY_SIGNER_REFUSES] = "signer-refuses",
	    [DESK_WHY_CLOCK_JUMPED] = "clock-jumped",
	};

	return words[why];
}

bool desk_receipt(const struct desk *desk, size_t channel, size_t nth,
                  struct desk_receipt_info *ret_info)
{
	const struct channel *it = desk->channels[channel];
	if (!it->is_open)
		return false;
	for (uint32_t m = 0; m < it->member_count; m++) {
		if (m == it->own || it->members[m].is_gone || nth-- > 0)
			continue;
		const struct feed *feed = &it->members[m].feed;
		*ret_info = (struct desk_receipt_info){
		    .member = it->members[m].name.text,
		    .size = feed->acked_size,
		    .id_end = log_id_index(channel_own_log(it), feed->acked_size),
		    .time_s = feed->acked_time_s,
		    .is_reachable = it->members[m].peer &&
		                    it->members[m].peer->last_error.text[0] == '\0',
		    .queued = channel_own_log(it)->tree.size - feed->acked_size +
		              (it->outbox_next - it->outbox_first)};
		return true;
	}
	return false;
}
