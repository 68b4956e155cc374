/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a release shows, and what the shown gives away about the withheld: told from the
 * entries alone, as any reader of the file could work it out.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "codec/time_text.h"
#include "release/draft.h"

enum { SENTENCE_MAX = 1024, NAMED_MAX = 100 };

/* Of TLP 2.0: whose authors asked for some limit. */
static const char *const marks[] = {"RED", "AMBER+STRICT", "AMBER", "GREEN"};
enum { MARKS = sizeof marks / sizeof marks[0] };

struct telling {
	struct release_record *record;
	const struct release_manifest *manifest;
	release_say *say;
	void *context;
	uint64_t named_count, seen_count, closed_count;
	uint64_t closed_bytes;
	uint64_t marked_count[MARKS]; /* in full */
	struct record_message_id first_marked[MARKS];
};

const char *release_topic_name(enum release_topic topic)
{
	static const char *const names[] = {
	    "log",        "ended", "marked",      "envelope", "named",
	    "named-more", "seen",  "attachments", "texts",
	};

	return names[topic];
}

static void tell(const struct telling *telling, struct release_word word,
                 const char *format, ...) __attribute__((format(printf, 3, 4)));
static void tell(const struct telling *telling, struct release_word word,
                 const char *format, ...)
{
	char sentence[SENTENCE_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(sentence, sizeof sentence, format, arguments);
	va_end(arguments);
	word.sentence = sentence;
	telling->say(telling->context, &word);
}

static uint64_t count_mode(const struct release_log *log, enum release_mode mode)
{
	uint64_t count = 0;

	for (uint64_t i = 0; i < log->size; i++)
		count += log->modes[i] == (char)mode;
	return count;
}

static void tell_log(const struct telling *telling, const struct release_log *log)
{
	const struct release_held_log *held =
	    release_record_log(telling->record, &log->origin);
	char name[RELEASE_LOG_NAME_MAX];
	CLEANUP_BUF struct buf withheld = BUF_INIT(SENTENCE_MAX);
	struct release_word word = {.topic = RELEASE_SAYS_LOG,
	                            .desk = log->origin.desk.text,
	                            .from = held->offset,
	                            .entries = log->size,
	                            .full = count_mode(log, RELEASE_FULL),
	                            .envelope = count_mode(log, RELEASE_ENVELOPE),
	                            .withheld = count_mode(log, RELEASE_WITHHELD)};

	release_withheld_append(log, held->offset, &withheld);
	release_log_name(&log->origin, name);
	word.runs = buf_view(&withheld);
	tell(telling, word,
	     "of %s: %llu entries, of these %llu full, %llu as envelopes alone, %llu "
	     "withheld%s%.*s",
	     name, (unsigned long long)word.entries, (unsigned long long)word.full,
	     (unsigned long long)word.envelope, (unsigned long long)word.withheld,
	     word.withheld > 0 ? ": " : "", (int)withheld.len,
	     (const char *)withheld.data);
}

/* The end of a log that the release shows, or its successor. */
static void tell_ending(const struct telling *telling, const struct bundle_ending *ending)
{
	const struct bundle_channel *channel = &telling->record->channel;
	struct record_origin next = ending->origin;
	struct release_word word = {.topic = RELEASE_SAYS_ENDED,
	                            .desk = ending->origin.desk.text};

	next.generation++;
	word.from = bundle_channel_offset(channel, &next);
	word.is_there = release_manifest_log(telling->manifest, &next) != NULL;
	if (!word.is_there &&
	    release_manifest_log(telling->manifest, &ending->origin) == NULL)
		return;
	tell(telling, word,
	     "a log of %s was ended, as all have signed; what it wrote from #%llu on "
	     "stands in its next log, which is %sin this release",
	     word.desk, (unsigned long long)word.from, word.is_there ? "" : "not ");
}

/* How the release shows what a message names; NULL: not in its logs. */
static const char *mode_of(const struct telling *telling,
                           const struct record_message_id *id)
{
	uint64_t index;
	const struct release_held_log *held =
	    release_record_find(telling->record, id, &index);
	const struct release_log *log =
	    held != NULL ? release_manifest_log(telling->manifest, &held->origin) : NULL;

	return log != NULL && index < log->size ? &log->modes[index] : NULL;
}

/* "incident or query", of what messages of this kind answer. */
static void append_answered(const struct record_kind *kind, struct buf *out)
{
	if (kind == NULL) {
		buf_append_string(out, "of any kind");
		return;
	}
	for (size_t i = 0; kind->answers[i] != NULL; i++)
		buf_printf(out, "%s%s", i > 0 ? " or " : "of kind ", kind->answers[i]);
}

/* "south.example#3 (answer) is shown and names north.example#12, which is withheld: …" */
static void tell_named(struct telling *telling, const struct record_message_id *id,
                       const struct record_envelope *envelope)
{
	CLEANUP_BUF struct buf answered = BUF_INIT(SENTENCE_MAX);
	const struct record_kind *kind = record_kind_find(view_of_string(envelope->kind));
	const char *mode = envelope->has_re ? mode_of(telling, &envelope->re) : NULL;

	if (mode == NULL || *mode != RELEASE_WITHHELD ||
	    telling->named_count++ >= NAMED_MAX)
		return;
	if (kind != NULL && kind->answers == NULL)
		kind = NULL;
	append_answered(kind, &answered);
	tell(
	    telling,
	    (struct release_word){.topic = RELEASE_SAYS_NAMED,
	                          .message = *id,
	                          .kind = envelope->kind,
	                          .named = envelope->re,
	                          .answers = kind},
	    "%s#%llu (%s) is shown and names %s#%llu, which is withheld: so it is public "
	    "that this was a message %.*s, written before it",
	    id->desk.text, (unsigned long long)id->index, envelope->kind,
	    envelope->re.desk.text, (unsigned long long)envelope->re.index,
	    (int)answered.len, (const char *)answered.data);
}

static void tell_envelope(const struct telling *telling,
                          const struct record_message_id *id,
                          const struct record_envelope *envelope)
{
	struct release_word word = {.topic = RELEASE_SAYS_ENVELOPE,
	                            .message = *id,
	                            .kind = envelope->kind,
	                            .sent_s = envelope->sent_s,
	                            .has_tlp = envelope->tlp[0] != '\0',
	                            .size = envelope->has_body ? envelope->body.size : 0};
	char sent[TIME_TEXT_LEN + 1];

	time_text_encode(envelope->sent_s, sent);
	tell(telling, word,
	     "%s#%llu is shown as an envelope: its kind %s, its time %s, whom it "
	     "addresses, "
	     "what it answers%s and its size of %llu bytes are public",
	     id->desk.text, (unsigned long long)id->index, envelope->kind, sent,
	     word.has_tlp ? ", its TLP" : "", (unsigned long long)word.size);
}

static void count_mark(struct telling *telling, const struct record_message_id *id,
                       const struct record_envelope *envelope)
{
	for (size_t i = 0; i < MARKS; i++)
		if (strcmp(envelope->tlp, marks[i]) == 0 &&
		    telling->marked_count[i]++ == 0)
			telling->first_marked[i] = *id;
}

static void tell_marked(const struct telling *telling)
{
	for (size_t i = 0; i < MARKS; i++) {
		const struct release_word word = {.topic = RELEASE_SAYS_MARKED,
		                                  .count = telling->marked_count[i],
		                                  .mark = marks[i],
		                                  .message = telling->first_marked[i]};

		if (word.count > 0)
			tell(telling, word,
			     "%llu messages that are shown in full are marked TLP:%s, "
			     "which is not for the public; the first is %s#%llu",
			     (unsigned long long)word.count, word.mark,
			     word.message.desk.text,
			     (unsigned long long)word.message.index);
	}
}

static void count_attachments(struct telling *telling,
                              const struct record_envelope *envelope)
{
	for (size_t i = 0; i < envelope->attachment_count; i++) {
		const struct record_blob_ref *ref = &envelope->attachments[i];

		if (release_manifest_attachment(telling->manifest, &ref->id) != SIZE_MAX)
			continue;
		telling->closed_count++;
		telling->closed_bytes += ref->size;
	}
}

static void tell_entries(struct telling *telling, const struct release_log *log)
{
	struct release_record *record = telling->record;
	struct record_message_id id = {.desk = log->origin.desk};
	const struct release_held_log *held = release_record_log(record, &log->origin);

	for (uint64_t i = 0; i < log->size; i++) {
		id.index = held->offset + i;
		if (log->modes[i] == RELEASE_WITHHELD || i < held->source->base ||
		    record_envelope_decode(held->entries[i], &record->doc,
		                           &record->envelope, NULL) != STATUS_OK)
			continue;
		if (log->modes[i] == RELEASE_ENVELOPE)
			tell_envelope(telling, &id, &record->envelope);
		else
			count_mark(telling, &id, &record->envelope);
		tell_named(telling, &id, &record->envelope);
		telling->seen_count += record->envelope.seen_count > 0;
		count_attachments(telling, &record->envelope);
	}
}

static void tell_sums(const struct telling *telling)
{
	tell_marked(telling);
	if (telling->named_count > NAMED_MAX)
		tell(telling,
		     (struct release_word){.topic = RELEASE_SAYS_NAMED_MORE,
		                           .count = telling->named_count - NAMED_MAX},
		     "%llu more that are shown name what is withheld",
		     (unsigned long long)(telling->named_count - NAMED_MAX));
	if (telling->seen_count > 0)
		tell(
		    telling,
		    (struct release_word){.topic = RELEASE_SAYS_SEEN,
		                          .count = telling->seen_count},
		    "%llu shown entries name how long the other logs were when they were "
		    "written: so how much was withheld between them is public",
		    (unsigned long long)telling->seen_count);
	if (telling->closed_count > 0)
		tell(telling,
		     (struct release_word){.topic = RELEASE_SAYS_CLOSED,
		                           .count = telling->closed_count,
		                           .size = telling->closed_bytes},
		     "%llu attachments are not opened; how many there are, and their "
		     "sizes "
		     "(together %llu bytes), are public",
		     (unsigned long long)telling->closed_count,
		     (unsigned long long)telling->closed_bytes);
	tell(telling, (struct release_word){.topic = RELEASE_SAYS_TEXTS},
	     "texts that are shown may themselves speak of what is withheld; "
	     "that only a reader can judge");
}

enum status release_draft_words(struct release_record *record,
                                const struct release_manifest *manifest, release_say *say,
                                void *context, struct error *err)
{
	struct telling telling = {
	    .record = record, .manifest = manifest, .say = say, .context = context};

	TRY(release_draft_check(record, manifest, err));
	for (size_t i = 0; i < manifest->log_count; i++)
		tell_log(&telling, &manifest->logs[i]);
	for (size_t i = 0; i < record->channel.ending_count; i++)
		tell_ending(&telling, &record->channel.endings[i]);
	for (size_t i = 0; i < manifest->log_count; i++)
		tell_entries(&telling, &manifest->logs[i]);
	tell_sums(&telling);
	return STATUS_OK;
}
