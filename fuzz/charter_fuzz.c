/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Charter notes: the signed part is read as a charter, then the note's lines are looked
 * at and merged with themselves.
 */
#include "record/charter.h"

#include <assert.h>

#include "base/cleanup.h"
#include "crypto/random.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_lines(const struct record_charter *charter, struct view note)
{
	CLEANUP_BUF struct buf merged = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf again = BUF_INIT(RECORD_NOTE_MAX);
	bool is_signed[RECORD_MEMBERS_MAX];

	if (record_charter_merge(charter, note, note, &merged, NULL) != STATUS_OK)
		return;
	assert(record_charter_signed_by(charter, note, is_signed, NULL) == STATUS_OK);
	assert(record_charter_merge(charter, buf_view(&merged), note, &again, NULL) ==
	       STATUS_OK);
	assert(view_equal(buf_view(&merged), buf_view(&again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	__attribute__((cleanup(record_charter_release))) struct record_charter charter = {
	    0};
	struct view input = view_of(data, len);
	struct view text = input;
	struct tlog_note note;
	struct error err;

	assert(crypto_init(&err) == STATUS_OK);
	if (tlog_note_parse(input, &note, &err) == STATUS_OK)
		text = note.text;
	if (record_charter_decode(text, &charter, &err) != STATUS_OK)
		return 0;
	assert(charter.member_count >= 2 && charter.member_count <= RECORD_MEMBERS_MAX);
	assert(charter.duty_count <= RECORD_DUTIES_MAX);
	check_lines(&charter, input);
	return 0;
}
