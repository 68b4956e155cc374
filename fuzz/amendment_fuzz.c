/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Amendments: the first line is a body, what follows the text of the charter before. What
 * the body makes is a note of at most the allowed size with the digest it names. Then the
 * two halves of the input are an old and a new text: the body made of them gives the new
 * one back.
 */
#include "record/amendment.h"

#include <assert.h>

#include "base/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_body(struct view body, struct view previous)
{
	__attribute__((cleanup(json_release))) struct json_doc doc = {0};
	CLEANUP_BUF struct buf out = BUF_INIT(RECORD_NOTE_MAX);
	struct hash charter, before, digest;
	struct tlog_note note;

	if (record_amendment_body_decode(body, previous, &doc, &out, NULL) != STATUS_OK) {
		assert(out.len == 0);
		return;
	}
	assert(record_amendment_body_digests(body, &doc, &charter, &before, NULL) ==
	       STATUS_OK);
	assert(tlog_note_parse(buf_view(&out), &note, NULL) == STATUS_OK);
	digest = sha256(note.text);
	assert(hash_equal(&digest, &charter));
}

static void check_halves(struct view input)
{
	static const char line[] = "\n\xe2\x80\x94 a AAAAAAAA\n";
	__attribute__((cleanup(json_release))) struct json_doc doc = {0};
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf body = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf again = BUF_INIT(RECORD_NOTE_MAX);
	struct view previous_text = view_of(input.data, input.len / 2);
	struct record_charter previous = {.text = BUF_INIT(RECORD_NOTE_MAX),
	                                  .digest = sha256(previous_text)};

	buf_append_view(&previous.text, previous_text);
	buf_append_view(&note, view_from(input, input.len / 2));
	buf_append_string(&note, line);
	if (record_amendment_body_append(&previous, buf_view(&note), &body, NULL) ==
	    STATUS_OK) {
		assert(record_amendment_body_decode(buf_view(&body), previous_text, &doc,
		                                    &again, NULL) == STATUS_OK);
		assert(view_equal(buf_view(&again), buf_view(&note)));
	}
	record_charter_release(&previous);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct view input = view_of(data, len), rest = input, body, note;

	check_halves(input);
	while (record_charter_chain_next(&rest, &note))
		assert(note.len > 0);
	rest = input;
	if (view_take_line(&rest, &body))
		check_body(body, rest);
	return 0;
}
