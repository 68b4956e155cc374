/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notes and verifier keys: what parses stays within its bytes, holds canonical lines and
 * encodes back to the same bytes.
 */
#include "tlog/note.h"

#include <assert.h>

#include "base/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A key that would write the same line. */
static void check_line(struct view whole)
{
	struct tlog_note_line line;
	struct tlog_vkey key = {0};
	CLEANUP_BUF struct buf again = BUF_INIT(TLOG_NOTE_MAX);
	assert(tlog_note_line_parse(whole, &line, NULL) == STATUS_OK);
	assert(tlog_name_check(line.name));
	assert(view_copy_string(line.name, key.name, sizeof key.name));
	key.id = line.id;
	tlog_note_append_line(&again, &key, view_of(line.signature, line.signature_len));
	assert(view_equal(buf_view(&again), whole));
}

static void check_vkey(struct view text)
{
	struct tlog_vkey key;
	CLEANUP_BUF struct buf again = BUF_INIT(TLOG_NOTE_MAX);
	if (tlog_vkey_decode(text, &key, NULL) != STATUS_OK)
		return;
	tlog_vkey_append(&again, &key);
	assert(view_equal(buf_view(&again), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct view text = view_of(data, len), line;
	struct tlog_note note;
	size_t count = 0;
	check_vkey(text);
	if (tlog_note_parse(text, &note, NULL) != STATUS_OK)
		return 0;
	assert(note.text.len + 1 + note.lines.len == len);
	for (struct view rest = note.lines; view_take_line(&rest, &line); count++)
		check_line(view_of(line.data, line.len + 1));
	assert(count == note.line_count);
	return 0;
}
