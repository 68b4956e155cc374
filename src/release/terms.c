/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is withheld may have moved a log on to a later charter: then every later one may
 * govern. So hiding an amendment never makes fewer consents enough, nor does hiding all,
 * nor an amendment of a few that says of the others that they have left. A successor goes
 * on where the log before it ended; of a log that is not here all is withheld.
 */
#include "release/terms.h"

#include "record/term.h"

void release_terms_log(struct release_terms *terms, const struct bundle_member *member,
                       uint64_t offset)
{
	struct release_stand *stand = &terms->stands[member - terms->channel->members];

	if (!stand->has_begun)
		stand->charter = member->since;
	stand->has_begun = true;
	stand->is_open = stand->is_open || offset != stand->next;
	stand->next = offset;
	terms->member = member;
	terms->stand = stand;
}

void release_terms_log_end(struct release_terms *terms,
                           const struct record_origin *origin)
{
	const struct bundle_channel *channel = terms->channel;
	const struct bundle_ending *ending = bundle_channel_ending(channel, origin);

	if (ending != NULL)
		terms->ended_under[ending - channel->endings] = terms->stand->charter;
}

static void follow(struct release_terms *terms, struct view content, struct json_doc *doc)
{
	const struct bundle_channel *channel = terms->channel;
	struct release_stand *stand = terms->stand;
	size_t next = stand->charter + 1;
	struct hash digest;

	if (content.len == 0 ||
	    !record_term_next(&channel->charters[stand->charter], content, doc, &digest))
		return;
	if (next < channel->charter_count &&
	    hash_equal(&digest, &channel->charters[next].digest))
		stand->charter = next;
	else
		terms->governs_unknown = true;
}

void release_terms_entry(struct release_terms *terms, enum release_mode mode,
                         const struct record_envelope *envelope, struct view content,
                         struct json_doc *doc)
{
	const struct bundle_channel *channel = terms->channel;
	struct release_stand *stand = terms->stand;
	size_t last = channel->charter_count - 1;

	stand->next++;
	if (mode == RELEASE_WITHHELD) {
		stand->is_open = true;
		return;
	}
	if (envelope != NULL && strcmp(envelope->kind, "charter.amend") == 0) {
		if (content.len == 0)
			stand->is_open = true;
		follow(terms, content, doc);
	}
	terms->is_author[terms->member - channel->members] = true;
	if (envelope != NULL && strcmp(envelope->kind, "leave") == 0) {
		terms->has_left[terms->member - channel->members] = true;
		if (mode == RELEASE_ENVELOPE)
			return; /* that it has left, and no more */
	}
	last = stand->is_open ? last : stand->charter;
	for (size_t i = stand->charter; i <= last; i++)
		terms->governs[i] = true;
	terms->last = !terms->has_any || last > terms->last ? last : terms->last;
	terms->has_any = true;
}

/* Are there none who neither signed nor left? */
static bool is_countersigned(const struct release_terms *terms,
                             const struct bundle_ending *ending, const size_t *members,
                             size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!ending->is_signed[members[i]] && !terms->has_left[members[i]])
			return false;
	return true;
}

static void find_left_out(struct release_terms *terms)
{
	const struct bundle_channel *channel = terms->channel;

	for (size_t i = 0; i < channel->member_count; i++)
		terms->left_out[i] = SIZE_MAX;
	for (size_t i = channel->leaver_count; i-- > 0;)
		terms->left_out[channel->leavers[i].member] = channel->leavers[i].charter;
}

enum status release_terms_check_ends(struct release_terms *terms, struct error *err)
{
	const struct bundle_channel *channel = terms->channel;
	bool is_whole[RELEASE_ENDS_MAX] = {false};
	size_t members[RECORD_MEMBERS_MAX];

	find_left_out(terms);
	for (size_t c = 0; channel->ending_count > 0 && c < channel->charter_count; c++) {
		const struct record_charter *charter = &channel->charters[c];

		for (size_t i = 0; i < charter->member_count; i++)
			members[i] =
			    (size_t)(bundle_channel_member(
			                 channel, charter->members[i].name.text) -
			             channel->members);
		for (size_t e = 0; e < channel->ending_count; e++) {
			const struct bundle_ending *ending = &channel->endings[e];
			const char *desk = ending->origin.desk.text;

			if (is_whole[e] || c < terms->ended_under[e] ||
			    record_charter_member(charter, desk) == SIZE_MAX)
				continue;
			is_whole[e] = is_countersigned(terms, ending, members,
			                               charter->member_count);
			terms->signed_under[e] = c;
		}
	}
	for (size_t e = 0; e < channel->ending_count; e++)
		if (!is_whole[e])
			return error_set(err, STATUS_UNTRUSTED,
			                 "the end of the log %s is not signed by all who "
			                 "are not shown to have left",
			                 channel->endings[e].end.origin);
	return STATUS_OK;
}

bool release_terms_end_lacks(const struct release_terms *terms, size_t ending,
                             size_t member)
{
	return !terms->channel->endings[ending].is_signed[member] &&
	       !terms->has_left[member] &&
	       terms->left_out[member] <= terms->signed_under[ending];
}

const char *release_grade_name(enum release_grade grade)
{
	switch (grade) {
	case RELEASE_ONE_SIDED:
		return "one-sided";
	case RELEASE_BY_ORIGINATOR:
		return "by originator";
	case RELEASE_JOINT:
		return "joint";
	}
	return "one-sided";
}

static size_t last_governing(const struct release_terms *terms)
{
	return terms->has_any ? terms->last : terms->channel->charter_count - 1;
}

/* When nothing is shown, the last charter governs. */
static bool governs(const struct release_terms *terms, size_t charter)
{
	return terms->has_any ? terms->governs[charter]
	                      : charter == last_governing(terms);
}

/* Those who signed the charter said that it had left; perhaps it had not. */
static bool was_left_out(const struct release_terms *terms, size_t member)
{
	const struct bundle_channel *channel = terms->channel;

	for (size_t i = 0; !terms->has_left[member] && i < channel->leaver_count; i++)
		if (channel->leavers[i].member == member &&
		    channel->leavers[i].charter <= last_governing(terms))
			return true;
	return false;
}

bool release_terms_asks(const struct release_terms *terms, size_t member)
{
	const struct bundle_channel *channel = terms->channel;

	for (size_t i = 0; i < channel->charter_count; i++)
		if (governs(terms, i) &&
		    record_charter_member(&channel->charters[i],
		                          channel->members[member].name.text) != SIZE_MAX)
			return true;
	return was_left_out(terms, member);
}

static bool has_rule(const struct release_terms *terms,
                     const struct release_manifest *manifest,
                     enum record_release_rule rule)
{
	if (manifest->rule == rule)
		return true;
	for (size_t i = 0; i < terms->channel->charter_count; i++)
		if (governs(terms, i) && terms->channel->charters[i].release == rule)
			return true;
	return false;
}

enum release_grade release_terms_grade(const struct release_terms *terms,
                                       const struct release_manifest *manifest,
                                       const enum release_answer *answers)
{
	const struct bundle_channel *channel = terms->channel;
	bool is_joint = true, is_by_originator = true;

	for (size_t i = 0; i < channel->member_count; i++) {
		bool has_consented = answers[i] == RELEASE_CONSENT;

		if (release_terms_asks(terms, i) && !has_consented)
			is_joint = false;
		if (terms->is_author[i] && !has_consented)
			is_by_originator = false; /* `by` alone is nobody's word */
	}
	if (terms->governs_unknown ||
	    has_rule(terms, manifest, RECORD_RELEASE_CONFIDENTIAL))
		return RELEASE_ONE_SIDED;
	if (is_joint)
		return RELEASE_JOINT;
	return is_by_originator && !has_rule(terms, manifest, RECORD_RELEASE_JOINT)
	           ? RELEASE_BY_ORIGINATOR
	           : RELEASE_ONE_SIDED;
}
