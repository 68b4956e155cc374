/* SPDX-License-Identifier: Apache-2.0 */
#include "release/verify_words.h"

#include "base/cleanup.h"
#include "codec/time_text.h"

static void say_reply(struct bundle_result *result, const struct release_reply *reply)
{
	char sent[TIME_TEXT_LEN + 1];

	time_text_encode(reply->sent_s, sent);
	switch (reply->answer) {
	case RELEASE_CONSENT:
		bundle_say(result, "%s consented to exactly this (sent %s)",
		           reply->desk.text, sent);
		return;
	case RELEASE_REFUSAL:
		bundle_say(result, "%s refused this (sent %s)", reply->desk.text, sent);
		return;
	case RELEASE_NO_ANSWER:
		bundle_say(result, "no answer of %s is in this file", reply->desk.text);
	}
}

static void say_log(struct bundle_result *result, const struct release_log *log)
{
	CLEANUP_BUF struct buf withheld = BUF_INIT(1024);
	uint64_t full = 0, envelopes = 0, hidden;
	char name[RELEASE_LOG_NAME_MAX];

	for (uint64_t i = 0; i < log->size; i++) {
		full += log->modes[i] == RELEASE_FULL;
		envelopes += log->modes[i] == RELEASE_ENVELOPE;
	}
	hidden = log->size - full - envelopes;
	release_withheld_append(log, log->offset, &withheld);
	release_log_name(&log->origin, name);
	bundle_say(
	    result,
	    "of %s: %llu entries in full, %llu as envelopes, %llu withheld%s%.*s%s", name,
	    (unsigned long long)full, (unsigned long long)envelopes,
	    (unsigned long long)hidden, hidden > 0 ? " (" : "", (int)withheld.len,
	    (const char *)withheld.data, hidden > 0 ? ")" : "");
}

static bool has_log(const struct release_manifest *manifest, const char *desk,
                    uint32_t generation)
{
	for (size_t i = 0; i < manifest->log_count; i++)
		if (strcmp(manifest->logs[i].origin.desk.text, desk) == 0 &&
		    manifest->logs[i].origin.generation == generation)
			return true;
	return false;
}

/* What is left out whole has no number that would show it. */
static void say_left_out(const struct release_manifest *manifest,
                         struct bundle_result *result)
{
	for (size_t i = 0; i < result->desk_count; i++)
		if (!has_log(manifest, result->desks[i].name.text, 1))
			bundle_say(result, "the log of %s is not in this file",
			           result->desks[i].name.text);
}

/* Has the releaser consented? Else anyone may have written its name there. */
static bool is_signed(const struct release_result *of_release, const char *by)
{
	for (size_t i = 0; i < of_release->reply_count; i++)
		if (strcmp(of_release->replies[i].desk.text, by) == 0)
			return of_release->replies[i].answer == RELEASE_CONSENT;
	return false;
}

enum { UNSIGNED_MAX = 20 }; /* named of one end */

/* Those of whom nobody can tell by this file whether they had left. */
static void say_unsigned(const struct release_terms *terms, size_t ending,
                         const char *name, struct bundle_result *result)
{
	CLEANUP_BUF struct buf desks = BUF_INIT(UNSIGNED_MAX * (RECORD_NAME_MAX + 4));
	const struct bundle_channel *channel = terms->channel;
	size_t count = 0;

	for (size_t i = 0; i < channel->member_count; i++)
		if (release_terms_end_lacks(terms, ending, i) && count++ < UNSIGNED_MAX)
			buf_printf(&desks, "%s%s", count > 1 ? ", " : "",
			           channel->members[i].name.text);
	if (count > 0)
		bundle_say(result,
		           "the end of the log %s is not signed by %.*s%s: the others "
		           "left them out of a charter, and this file does not show that "
		           "they had left",
		           name, (int)desks.len, (const char *)desks.data,
		           count > UNSIGNED_MAX ? " and others" : "");
}

static void say_ending(const struct release_terms *terms,
                       const struct release_manifest *manifest, size_t number,
                       struct bundle_result *result)
{
	const struct bundle_channel *channel = terms->channel;
	const struct bundle_ending *ending = &channel->endings[number];
	struct record_origin next = ending->origin;
	char name[RELEASE_LOG_NAME_MAX], next_name[RELEASE_LOG_NAME_MAX];

	next.generation++;
	release_log_name(&ending->origin, name);
	release_log_name(&next, next_name);
	bundle_say(result,
	           "the log %s was ended at %llu entries, as its desk and the others "
	           "signed; it goes on with #%llu in %s%s",
	           name, (unsigned long long)ending->end.size,
	           (unsigned long long)bundle_channel_offset(channel, &next), next_name,
	           has_log(manifest, next.desk.text, next.generation)
	               ? ""
	               : ", which is not in this file");
	say_unsigned(terms, number, name, result);
}

void release_verify_say(const struct release_terms *terms,
                        const struct release_manifest *manifest,
                        struct release_result *of_release)
{
	struct bundle_result *result = &of_release->bundle;
	char hex[HASH_HEX_LEN + 1], made[TIME_TEXT_LEN + 1];

	hash_hex(&of_release->digest, hex);
	time_text_encode(manifest->made_s, made);
	/* The grade first: a title may say what it likes. */
	bundle_say(result, "this release is %s, of the channel '%.*s'",
	           release_grade_name(of_release->grade), (int)manifest->title.len,
	           (const char *)manifest->title.data);
	bundle_say(result, "drafted by %s at %s (%s), rule %s, manifest %s",
	           manifest->by.text, made,
	           is_signed(of_release, manifest->by.text)
	               ? "its word"
	               : "so the file says; this desk has not signed it",
	           release_rule_name(manifest->rule), hex);
	for (size_t i = 0; i < of_release->reply_count; i++)
		say_reply(result, &of_release->replies[i]);
	for (size_t i = 0; i < manifest->log_count; i++)
		say_log(result, &manifest->logs[i]);
	say_left_out(manifest, result);
	for (size_t i = 0; i < terms->channel->ending_count; i++)
		say_ending(terms, manifest, i, result);
	bundle_say(result, "it does not show what withheld entries say, nor whether a "
	                   "member had answered otherwise before, nor whether what was "
	                   "said is true; receipts that entries put on record are not "
	                   "checked here: the page says of each whether it holds");
}
