/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answer of a check as it grows. It judges nothing but whether a desk is anchored.
 */
#include "bundle/result.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"

#include <assert.h>

enum { WORDS_MAX = 16 * 1024 * 1024 };

const char *bundle_kind_name(enum bundle_kind kind)
{
	switch (kind) {
	case BUNDLE_EXPORT:
		return "export";
	case BUNDLE_RECEIPT:
		return "receipt";
	case BUNDLE_SILENCE:
		return "proof of silence";
	case BUNDLE_EQUIVOCATION:
		return "proof of equivocation";
	case BUNDLE_STATEMENT:
		return "record statement";
	case BUNDLE_RELEASE:
		return "release";
	case BUNDLE_POUCH_PART:
		return "pouch part";
	case BUNDLE_POUCH:
		return "pouch";
	}
	return "file";
}

enum status bundle_trust_add(struct bundle_trust *trust, const struct record_card *card,
                             struct error *err)
{
	struct record_card *cards =
	    reallocarray(trust->cards, trust->count + 1, sizeof *cards);

	if (cards == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for cards");
	cards[trust->count++] = *card;
	trust->cards = cards;
	return STATUS_OK;
}

enum status bundle_trust_read(struct bundle_trust *trust,
                              const struct bundle_verify_options *options,
                              struct error *err)
{
	for (size_t i = 0; i < options->card_count; i++) {
		struct record_card card;
		const struct record_card *known;
		enum status status = record_card_open(options->cards[i], &card, err);

		if (status != STATUS_OK)
			return error_context(err, status, "trusted card %zu", i + 1);
		known = bundle_trust_find(trust, card.name.text);
		if (known != NULL && memcmp(known->keys[RECORD_ROLE_ROOT].bytes,
		                            card.keys[RECORD_ROLE_ROOT].bytes, 32) != 0)
			return error_set(err, STATUS_CONFLICT,
			                 "two trusted cards give %s different roots",
			                 card.name.text);
		TRY(bundle_trust_add(trust, &card, err));
	}
	return STATUS_OK;
}

/* Of two cards of one desk, the newer. */
const struct record_card *bundle_trust_find(const struct bundle_trust *trust,
                                            const char *desk)
{
	const struct record_card *found = NULL;

	for (size_t i = 0; i < trust->count; i++)
		if (strcmp(trust->cards[i].name.text, desk) == 0 &&
		    (found == NULL || trust->cards[i].serial > found->serial))
			found = &trust->cards[i];
	return found;
}

void bundle_trust_release(struct bundle_trust *trust)
{
	free(trust->cards);
	*trust = (struct bundle_trust){0};
}

void bundle_say(struct bundle_result *result, const char *format, ...)
{
	CLEANUP_FREE char *text = NULL;
	va_list arguments;

	result->words.max = WORDS_MAX;
	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0) {
		text = NULL;
		result->words.failed = STATUS_NO_MEMORY;
	}
	va_end(arguments);
	if (text == NULL)
		return;
	buf_append(&result->words, text, strlen(text) + 1);
	if (result->words.failed == STATUS_OK)
		result->statement_count++;
}

const char *bundle_statement(const struct bundle_result *result, size_t index)
{
	const char *at = (const char *)result->words.data;

	assert(index < result->statement_count);
	for (size_t i = 0; i < index; i++)
		at += strlen(at) + 1;
	return at;
}

enum status bundle_result_add_desk(struct bundle_result *result,
                                   const struct record_card *card,
                                   const struct bundle_trust *trust, struct error *err)
{
	const struct record_card *trusted = bundle_trust_find(trust, card->name.text);
	struct bundle_desk *desks =
	    reallocarray(result->desks, result->desk_count + 1, sizeof *desks);

	if (desks == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for desks");
	result->desks = desks;
	struct bundle_desk *desk = &desks[result->desk_count++];
	*desk = (struct bundle_desk){.name = card->name, .is_anchored = trusted != NULL};
	record_fingerprint(card, desk->fingerprint);
	if (trusted != NULL && memcmp(trusted->keys[RECORD_ROLE_ROOT].bytes,
	                              card->keys[RECORD_ROLE_ROOT].bytes, 32) != 0) {
		desk->is_anchored = false;
		return error_set(
		    err, STATUS_UNTRUSTED,
		    "%s has another root key here than on the card you trust",
		    card->name.text);
	}
	return STATUS_OK;
}

static bool is_files_fault(enum status status)
{
	switch (status) {
	case STATUS_MALFORMED:
	case STATUS_UNTRUSTED:
	case STATUS_NOT_FOUND:
	case STATUS_CONFLICT:
	case STATUS_LIMIT:
		return true;
	case STATUS_OK:
	case STATUS_AGAIN:
	case STATUS_CLOSED:
	case STATUS_NO_MEMORY:
	case STATUS_SYSTEM:
	case STATUS_BUG:
		return false;
	}
	return false;
}

enum status bundle_result_close(struct bundle_result *result, enum status status,
                                const char *file, struct error *err)
{
	if (result->words.failed == STATUS_NO_MEMORY)
		return buf_check(&result->words, "the statements", err);
	if (is_files_fault(status)) {
		result->why = *err;
		(void)view_copy_string(view_of_string(file), result->file.text,
		                       sizeof result->file.text);
		buf_clear(&result->words);
		result->statement_count = 0;
		return STATUS_OK;
	}
	TRY(status);
	result->is_consistent = true;
	result->is_anchored = result->desk_count > 0;
	for (size_t i = 0; i < result->desk_count; i++)
		result->is_anchored &= result->desks[i].is_anchored;
	return STATUS_OK;
}

void bundle_result_release(struct bundle_result *result)
{
	free(result->desks);
	free(result->silence);
	buf_release(&result->words);
	*result = (struct bundle_result){0};
}
