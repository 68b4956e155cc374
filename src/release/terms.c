/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is withheld may have moved a log on to a later charter: then every later one may
 * govern. So hiding an amendment never makes fewer consents enough, nor does hiding all,
 * nor an amendment of a few that says of the others that they have left.
 */
#include "release/terms.h"

#include "record/term.h"

void release_terms_log(struct release_terms *terms, const struct bundle_member *member)
{
	terms->member = member;
	terms->charter = member->since;
	terms->is_open = false;
}

static void follow(struct release_terms *terms, struct view content, struct json_doc *doc)
{
	const struct bundle_channel *channel = terms->channel;
	size_t next = terms->charter + 1;
	struct hash digest;

	if (content.len == 0 ||
	    !record_term_next(&channel->charters[terms->charter], content, doc, &digest))
		return;
	if (next < channel->charter_count &&
	    hash_equal(&digest, &channel->charters[next].digest))
		terms->charter = next;
	else
		terms->governs_unknown = true;
}

void release_terms_entry(struct release_terms *terms, enum release_mode mode,
                         const struct record_envelope *envelope, struct view content,
                         struct json_doc *doc)
{
	const struct bundle_channel *channel = terms->channel;
	size_t last = channel->charter_count - 1;

	if (mode == RELEASE_WITHHELD) {
		terms->is_open = true;
		return;
	}
	if (envelope != NULL && strcmp(envelope->kind, "charter.amend") == 0) {
		if (content.len == 0)
			terms->is_open = true;
		follow(terms, content, doc);
	}
	terms->is_author[terms->member - channel->members] = true;
	if (envelope != NULL && strcmp(envelope->kind, "leave") == 0) {
		terms->has_left[terms->member - channel->members] = true;
		if (mode == RELEASE_ENVELOPE)
			return; /* that it has left, and no more */
	}
	last = terms->is_open ? last : terms->charter;
	for (size_t i = terms->charter; i <= last; i++)
		terms->governs[i] = true;
	terms->last = !terms->has_any || last > terms->last ? last : terms->last;
	terms->has_any = true;
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
