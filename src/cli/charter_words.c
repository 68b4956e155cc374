/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words. A setting that is not there has its line too: that a charter has no
 * witnesses is something to read before signing.
 */
#include "cli/charter_words.h"

#include <inttypes.h>

#include "base/cleanup.h"
#include "cli/print.h"
#include "record/codebook.h"

enum { WORDS_MAX = 2 * RECORD_NOTE_MAX };

/* "36 h", "90 min", "45 s": the largest unit that needs no fraction. */
static void duration_append(struct buf *out, int64_t s)
{
	if (s % 3600 == 0)
		buf_printf(out, "%" PRId64 " h", s / 3600);
	else if (s % 60 == 0)
		buf_printf(out, "%" PRId64 " min", s / 60);
	else
		buf_printf(out, "%" PRId64 " s", s);
}

/* "a, b or c" */
static void list_append(struct buf *out, const char *first, size_t stride, size_t count,
                        const char *last_word)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && i + 1 == count)
			buf_printf(out, " %s ", last_word);
		else if (i > 0)
			buf_append_string(out, ", ");
		buf_append_string(out, first + i * stride);
	}
}

#define LIST(out, array, count, last_word) \
	list_append((out), (array)[0], sizeof(array)[0], (count), (last_word))

/* The digest over all keys tells cards apart that name the same serial. */
static void card_append(const struct record_card *card, struct buf *out)
{
	struct hash keys = sha256(view_of(card->keys, sizeof card->keys));
	char hex[HASH_HEX_LEN + 1], fingerprint[RECORD_FINGERPRINT_LEN + 1];

	record_fingerprint(card, fingerprint);
	hash_hex(&keys, hex);
	buf_printf(out, "Member %s, root %s\n", card->name.text, fingerprint);
	buf_printf(out, "Card of %s: serial %u, keys %.8s, languages ", card->name.text,
	           (unsigned)card->serial, hex);
	LIST(out, card->languages, card->language_count, "and");
	buf_append_string(out, card->url_count > 0 ? ", at " : ", can't be called");
	LIST(out, card->urls, card->url_count, "and");
	buf_append_byte(out, '\n');
}

static void members_append(const struct record_charter *charter, struct buf *out)
{
	for (size_t i = 0; i < charter->member_count; i++) {
		card_append(&charter->members[i], out);
		if (charter->history_none[i])
			buf_printf(out,
			           "%s joins without what was written before it came\n",
			           charter->members[i].name.text);
	}
}

static void kinds_append(const struct record_charter *charter, struct buf *out)
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&charter->kinds_digest, hex);
	buf_printf(out, "Catalogue of kinds: %s\n", hex);
	buf_append_string(out, "People may send: ");
	if (charter->kinds_allowed == NULL)
		buf_append_string(out, "all kinds");
	else
		list_append(out, charter->kinds_allowed[0],
		            sizeof charter->kinds_allowed[0],
		            charter->kinds_allowed_count, "and");
	buf_append_byte(out, '\n');
}

static void duty_append(const struct record_duty *duty, struct buf *out)
{
	if (duty->on[0] == '\0') {
		buf_append_string(out, "Duty: every ");
		duration_append(out, duty->every_s);
		buf_printf(out, " each desk writes %s by itself (grace ", duty->owe[0]);
		duration_append(out, duty->grace_s);
		buf_append_string(out, ")\n");
		return;
	}
	buf_printf(out, "Duty: who gets %s owes ", duty->on);
	LIST(out, duty->owe, duty->owe_count, "or");
	buf_append_string(out, " within ");
	duration_append(out, duty->within_s);
	buf_append_byte(out, '\n');
}

static void duties_append(const struct record_charter *charter, struct buf *out)
{
	if (charter->duty_count == 0)
		buf_append_string(out, "Duty: none\n");
	for (size_t i = 0; i < charter->duty_count; i++)
		duty_append(&charter->duties[i], out);
	if (!charter->has_holding) {
		buf_append_string(out, "Holding replies move no deadline\n");
		return;
	}
	buf_append_string(out, "A holding reply moves a deadline once, by at most ");
	duration_append(out, charter->holding_within_s);
	buf_append_byte(out, '\n');
}

static void limits_append(const struct record_limits *limits, struct buf *out)
{
	buf_append_string(out, "Clocks may differ by ");
	duration_append(out, limits->skew_s);
	buf_printf(out, "\nA message has at most %" PRIu64 " bytes and %" PRIu64 " ",
	           limits->body_len, limits->attachment_count);
	buf_printf(out, "attachments of at most %" PRIu64 " bytes\n",
	           limits->attachment_len);
	buf_printf(out, "Attachments kept for the channel: %" PRIu64 " bytes\n",
	           limits->quota_len);
}

static void witnesses_append(const struct record_charter *charter, struct buf *out)
{
	struct view rest = buf_view(&charter->witnesses), line;

	if (charter->witness_policy == NULL)
		buf_append_string(out, "Witnesses: none\n");
	while (view_take_line(&rest, &line)) {
		buf_append_string(out, "Witnesses: ");
		buf_append_view(out, line);
		buf_append_byte(out, '\n');
	}
	if (charter->witness_policy != NULL)
		buf_append_string(out, charter->asks_each
		                           ? "Witnesses are asked for each checkpoint\n"
		                           : "Witnesses are asked each hour\n");
}

static void codebooks_append(const struct record_charter *charter, struct buf *out)
{
	char hex[HASH_HEX_LEN + 1];

	if (charter->codebook_count == 0)
		buf_append_string(out, "Codebook: none\n");
	for (size_t i = 0; i < charter->codebook_count; i++) {
		hash_hex(&charter->codebooks[i], hex);
		buf_printf(
		    out, "Codebook: %s%s\n", hex,
		    hash_equal(&charter->codebooks[i], &record_codebook_default_digest)
		        ? " (the default one of this version)"
		        : "");
	}
}

static void approval_append(const struct record_charter *charter, struct buf *out)
{
	buf_append_string(out, "A second person must approve: ");
	if (charter->approves_all)
		buf_append_string(out, "all that people send, but ack");
	else if (charter->approval_count == 0)
		buf_append_string(out, "nothing");
	else
		list_append(out, charter->approval[0], sizeof charter->approval[0],
		            charter->approval_count, "and");
	buf_append_byte(out, '\n');
}

static void rules_append(const struct record_charter *charter, struct buf *out)
{
	static const char *const release[] = {
	    [RECORD_RELEASE_CONFIDENTIAL] = "confidential: nothing is published",
	    [RECORD_RELEASE_ORIGINATOR] = "originator: who wrote it decides",
	    [RECORD_RELEASE_JOINT] = "joint: all must consent",
	};
	static const char *const proofs[] = {
	    [RECORD_PROOFS_ANYONE] = "anyone",
	    [RECORD_PROOFS_WITNESSES] = "the witnesses",
	    [RECORD_PROOFS_MEMBERS] = "members",
	};

	buf_printf(out, "Release: %s\n", release[charter->release]);
	buf_printf(out, "Proofs of silence may be shown to %s\n",
	           proofs[charter->proofs]);
	approval_append(charter, out);
	buf_append_string(out, "Bodies are kept ");
	if (charter->keep_s == 0)
		buf_append_string(out, "for ever");
	else
		duration_append(out, charter->keep_s);
	buf_append_byte(out, '\n');
}

void charter_words_append(const struct record_charter *charter, struct buf *out)
{
	buf_printf(out, "Title: %s\n", charter->title);
	members_append(charter, out);
	buf_append_string(out, "Lines: ");
	LIST(out, charter->lines, charter->line_count, "and");
	buf_append_string(out, "\nLanguages: ");
	LIST(out, charter->languages, charter->language_count, "and");
	buf_append_byte(out, '\n');
	kinds_append(charter, out);
	duties_append(charter, out);
	limits_append(&charter->limits, out);
	witnesses_append(charter, out);
	codebooks_append(charter, out);
	rules_append(charter, out);
}

/* As often as it stands there: a duty may be written twice. */
static size_t count_line(struct view lines, struct view wanted)
{
	struct view line;
	size_t count = 0;

	while (view_take_line(&lines, &line))
		count += view_equal(line, wanted);
	return count;
}

/* Appends the lines of `these` that `those` lacks. */
static void difference_append(const char *sign, struct view these, struct view those,
                              struct buf *out)
{
	struct view rest = these, line;

	while (view_take_line(&rest, &line)) {
		struct view upto = view_of(these.data, these.len - rest.len);

		if (count_line(upto, line) <= count_line(those, line))
			continue;
		buf_append_string(out, sign);
		buf_append_view(out, line);
		buf_append_byte(out, '\n');
	}
}

void charter_words_append_changes(const struct record_charter *before,
                                  const struct record_charter *after, struct buf *out)
{
	CLEANUP_BUF struct buf old_words = BUF_INIT(WORDS_MAX);
	CLEANUP_BUF struct buf new_words = BUF_INIT(WORDS_MAX);

	charter_words_append(before, &old_words);
	charter_words_append(after, &new_words);
	difference_append("- ", buf_view(&old_words), buf_view(&new_words), out);
	difference_append("+ ", buf_view(&new_words), buf_view(&old_words), out);
}

void charter_words_print(FILE *file, struct view lines)
{
	struct view line;

	while (view_take_line(&lines, &line)) {
		fputs("  ", file);
		print_escaped(file, line);
		fputc('\n', file);
	}
}
