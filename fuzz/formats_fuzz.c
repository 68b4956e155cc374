/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A document of any format: it is read or refused with a sentence, twice the same; every
 * draft keeps the rules of its kind and answers one before it; all of them go out in each
 * format and come back as they were.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "formats/read.h"
#include "formats/write.h"
#include "record/kinds.h"

enum { TEXT_MAX = 1 << 28, ID_MAX = 24, DRAFTS_MAX = 200 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_drafts(const struct formats_drafts *drafts)
{
	struct json_doc doc = {0};

	for (size_t i = 0; i < drafts->count; i++) {
		const struct formats_draft *draft = &drafts->drafts[i];
		const struct record_kind *kind =
		    record_kind_find(view_of_string(draft->kind));

		assert(record_kind_check_body(kind, draft->body, &doc, NULL) ==
		       STATUS_OK);
		assert(draft->re == FORMATS_NO_DRAFT ? !kind->needs_re : draft->re < i);
	}
	json_release(&doc);
}

/* The drafts as if they had been sent, and read again. */
static void send_round(const struct formats_written *format,
                       const struct formats_drafts *drafts,
                       struct formats_drafts *ret_drafts, struct buf *document)
{
	struct formats_message messages[DRAFTS_MAX];
	char ids[DRAFTS_MAX][ID_MAX];
	struct formats_report report = {0};

	for (size_t i = 0; i < drafts->count; i++) {
		const struct formats_draft *draft = &drafts->drafts[i];

		snprintf(ids[i], ID_MAX, "n#%zu", i);
		messages[i] = (struct formats_message){
		    .id = ids[i],
		    .author = "n",
		    .kind = draft->kind,
		    .sent = "2026-11-20T23:49:00Z",
		    .tlp = draft->tlp != NULL ? draft->tlp : "",
		    .re = draft->re != FORMATS_NO_DRAFT ? ids[draft->re] : "",
		    .body = draft->body,
		};
	}
	assert(format->write("00", messages, drafts->count, document, &report, NULL) ==
	       STATUS_OK);
	formats_report_release(&report);
	assert(formats_read(buf_view(document), "en", ret_drafts, NULL) == STATUS_OK);
}

/* A translation of a translation is the one thing that does not go. */
static bool can_go(const struct formats_drafts *drafts)
{
	for (size_t i = 0; i < drafts->count; i++) {
		size_t re = drafts->drafts[i].re;

		if (strcmp(drafts->drafts[i].kind, "translation") == 0 &&
		    strcmp(drafts->drafts[re].kind, "translation") == 0)
			return false;
	}
	return drafts->count <= DRAFTS_MAX;
}

static void go_round(const struct formats_written *format,
                     const struct formats_drafts *drafts)
{
	struct formats_drafts once = {0}, twice = {0};
	struct buf first = BUF_INIT(TEXT_MAX), second = BUF_INIT(TEXT_MAX);

	send_round(format, drafts, &once, &first);
	assert(once.count == drafts->count);
	send_round(format, &once, &twice, &second);
	/* The order of fields is the format's own from the first time on. */
	assert(view_equal(buf_view(&once.bodies), buf_view(&twice.bodies)));
	formats_drafts_release(&once);
	formats_drafts_release(&twice);
	buf_release(&first);
	buf_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct formats_drafts drafts = {0}, again = {0};
	struct error err = {{0}};
	enum status status = formats_read(view_of(data, len), "en", &drafts, &err);

	assert((status == STATUS_OK) == (err.text[0] == '\0'));
	assert(formats_read(view_of(data, len), "en", &again, NULL) == status);
	if (status == STATUS_OK) {
		check_drafts(&drafts);
		assert(drafts.report.count == again.report.count);
		assert(view_equal(buf_view(&drafts.bodies), buf_view(&again.bodies)));
		for (size_t i = 0; i < formats_written_count && can_go(&drafts); i++)
			go_round(&formats_written[i], &drafts);
	}
	formats_drafts_release(&drafts);
	formats_drafts_release(&again);
	return 0;
}
