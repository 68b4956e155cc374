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

	for (uint64_t i = 0; i < log->size; i++) {
		full += log->modes[i] == RELEASE_FULL;
		envelopes += log->modes[i] == RELEASE_ENVELOPE;
	}
	hidden = log->size - full - envelopes;
	release_withheld_append(log, &withheld);
	bundle_say(
	    result,
	    "of %s: %llu entries in full, %llu as envelopes, %llu withheld%s%.*s%s",
	    log->origin.desk.text, (unsigned long long)full,
	    (unsigned long long)envelopes, (unsigned long long)hidden,
	    hidden > 0 ? " (" : "", (int)withheld.len, (const char *)withheld.data,
	    hidden > 0 ? ")" : "");
}

void release_verify_say(const struct release_manifest *manifest,
                        struct release_result *of_release)
{
	struct bundle_result *result = &of_release->bundle;
	char hex[HASH_HEX_LEN + 1], made[TIME_TEXT_LEN + 1];

	hash_hex(&of_release->digest, hex);
	time_text_encode(manifest->made_s, made);
	bundle_say(result, "this release of the channel '%.*s' is %s",
	           (int)manifest->title.len, (const char *)manifest->title.data,
	           release_grade_name(of_release->grade));
	bundle_say(result, "drafted by %s at %s (its word), rule %s, manifest %s",
	           manifest->by.text, made, release_rule_name(manifest->rule), hex);
	for (size_t i = 0; i < of_release->reply_count; i++)
		say_reply(result, &of_release->replies[i]);
	for (size_t i = 0; i < manifest->log_count; i++)
		say_log(result, &manifest->logs[i]);
	bundle_say(result, "it does not show what withheld entries say, nor whether a "
	                   "member had answered otherwise before, nor whether what was "
	                   "said is true");
}
