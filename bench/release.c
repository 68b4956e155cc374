/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A release of 100,000 messages: built from the record as a desk serves it, and verified
 * as a file. Beside each the least that could do the same in the same process: hashing
 * all entries and bodies once and writing them as base64; scanning the data as JSON once,
 * reading the base64, hashing. In memory, by turns. Then an article with thousands of
 * quotations, every third of them altered, against what the release says; the least is
 * reading that.
 */
#include <stdio.h>

#include "base/cleanup.h"
#include "bench/bench.h"
#include "bench/machine.h"
#include "codec/base64.h"
#include "release/data.h"
#include "release/frame.h"
#include "release/quote.h"
#include "release/testing.h"

enum { MESSAGES = 100000, TURNS = 3, QUOTED = 4000 };

/* The least there is to do with an entry or a body: its hash, its base64. */
static void write_part(struct view part, struct buf *out, struct hash *sum)
{
	struct hash hash = sha256(part);

	*sum = sha256_2(hash_view(sum), hash_view(&hash));
	release_bytes_append(out, part);
}

static enum status time_bare_build(const struct testing_channel *channel, double *ret_s,
                                   struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(RELEASE_DATA_MAX);
	double begun_s = machine_now_s();
	struct hash sum = {0};

	for (size_t i = 0; i < channel->log_count; i++)
		for (size_t j = 0; j < channel->logs[i].count; j++) {
			const struct testing_entry *item = &channel->logs[i].entries[j];

			write_part(buf_view(&item->entry), &out, &sum);
			write_part(buf_view(&item->blob), &out, &sum);
		}
	*ret_s = machine_now_s() - begun_s;
	return buf_check(&out, "the bare build", err);
}

static enum status read_parts(const struct json_doc *doc, const struct json_token *list,
                              struct buf *scratch, struct hash *sum, struct error *err)
{
	for (const struct json_token *item = json_first(doc, list); item != NULL;
	     item = json_next(doc, list, item)) {
		if (item->type != JSON_STRING)
			continue;
		buf_clear(scratch);
		TRY(base64_decode(json_raw(doc, item), scratch, err));
		struct hash hash = sha256(buf_view(scratch));
		*sum = sha256_2(hash_view(sum), hash_view(&hash));
	}
	return STATUS_OK;
}

static enum status read_all(const struct json_doc *doc, struct error *err)
{
	CLEANUP_BUF struct buf scratch = BUF_INIT(1 << 20);
	const struct json_token *root = json_root(doc), *list;
	struct hash sum = {0};

	list = json_member(doc, root, "logs");
	for (const struct json_token *log = json_first(doc, list); log != NULL;
	     log = json_next(doc, list, log))
		TRY(read_parts(doc, json_member(doc, log, "entries"), &scratch, &sum,
		               err));
	list = json_member(doc, root, "bodies");
	for (const struct json_token *log = json_first(doc, list); log != NULL;
	     log = json_next(doc, list, log))
		TRY(read_parts(doc, log, &scratch, &sum, err));
	return STATUS_OK;
}

static enum status time_bare_read(struct view data, double *ret_s, struct error *err)
{
	struct json_doc doc = {0};
	double begun_s = machine_now_s();
	enum status status = json_scan(&doc, data, JSON_TOKENS_MAX, err);

	if (status == STATUS_OK)
		status = read_all(&doc, err);
	*ret_s = machine_now_s() - begun_s;
	json_release(&doc);
	return status;
}

static enum status time_build(struct release_fixture *f, struct buf *ret_file,
                              double *ret_s, struct error *err)
{
	const struct bundle_trust none = {0};
	struct release_record record = {0};
	struct release_result result = {0};
	double begun_s = machine_now_s();
	enum status status = release_record_read(&f->source.source, &record, err);

	buf_clear(ret_file);
	if (status == STATUS_OK)
		status = release_build_file(&record, buf_view(&f->text), &none, ret_file,
		                            &result, err);
	*ret_s = machine_now_s() - begun_s;
	release_result_release(&result);
	release_record_release(&record);
	return status;
}

static enum status time_verify(struct view file, double *ret_s, struct error *err)
{
	const struct bundle_trust none = {0};
	struct release_result result = {0};
	double begun_s = machine_now_s();
	enum status status = release_verify_file(file, &none, &result, err);

	*ret_s = machine_now_s() - begun_s;
	if (status == STATUS_OK && !result.bundle.is_consistent)
		status = error_set(err, STATUS_BUG, "%s", result.bundle.why.text);
	release_result_release(&result);
	return status;
}

/* Statements in quotation marks, with a word more in every third. */
static void write_article(const struct release_statements *statements, struct buf *out)
{
	size_t nth = 0, step = 1 + statements->count / QUOTED;

	for (size_t i = 0; i < statements->count; i += step, nth++) {
		struct view text = statements->items[i].text;

		if (out->len + text.len + 64 > RELEASE_ARTICLE_MAX)
			return;
		buf_append_string(out, nth % 3 == 0 ? "“Again, " : "“");
		buf_append_view(out, text);
		buf_append_string(out, "” they wrote.\n\n");
	}
}

static enum status time_quotes(struct view data, double *ret_s, double *ret_read_s,
                               struct error *err)
{
	CLEANUP_BUF struct buf article = BUF_INIT(RELEASE_ARTICLE_MAX);
	struct release_statements statements = {0};
	struct release_quotes quotes = {0};
	double begun_s = machine_now_s();
	enum status status = release_statements_read(data, &statements, err);

	*ret_read_s = machine_now_s() - begun_s;
	write_article(&statements, &article);
	begun_s = machine_now_s();
	if (status == STATUS_OK)
		status = release_quotes_check(buf_view(&article), "", statements.items,
		                              statements.count, &quotes, err);
	*ret_s = *ret_read_s + machine_now_s() - begun_s;
	(void)fprintf(stderr, "%zu quotations, %zu altered, %zu not in the record\n",
	              quotes.count, quotes.altered_count, quotes.missing_count);
	release_quotes_release(&quotes);
	release_statements_release(&statements);
	return status;
}

static void report(const struct bench_options *options, const char *name, double value_s,
                   double floor_s, const char *goal)
{
	report_line(options->is_json, &(struct report_line){.name = name,
	                                                    .value = value_s,
	                                                    .unit = "s",
	                                                    .floor = floor_s,
	                                                    .ratio = value_s / floor_s,
	                                                    .goal = goal});
}

static enum status measure(struct release_fixture *f, const struct bench_options *options,
                           struct error *err)
{
	CLEANUP_BUF struct buf file = BUF_INIT(RELEASE_FILE_MAX);
	double build_s = 1e9, bare_build_s = 1e9, verify_s = 1e9, bare_read_s = 1e9;
	double quotes_s, read_s;

	for (int i = 0; i < TURNS; i++) {
		double s;

		TRY(time_bare_build(&f->channel, &s, err));
		bare_build_s = fmin(bare_build_s, s);
		TRY(time_build(f, &file, &s, err));
		build_s = fmin(build_s, s);
		TRY(time_bare_read(buf_view(&f->data), &s, err));
		bare_read_s = fmin(bare_read_s, s);
		TRY(time_verify(buf_view(&file), &s, err));
		verify_s = fmin(verify_s, s);
	}
	TRY(time_quotes(buf_view(&f->data), &quotes_s, &read_s, err));
	report(options, "release_build", build_s, bare_build_s, "≤ 5 s");
	report(options, "release_verify", verify_s, bare_read_s, "≤ 1 s");
	report(options, "release_quotes", quotes_s, read_s, "≤ 5 s");
	(void)fprintf(stderr, "the release has %zu MiB\n", file.len >> 20);
	return STATUS_OK;
}

enum status release_run(const struct bench_options *options, struct error *err)
{
	struct release_fixture f;
	enum status status;

	release_fixture_make(&f, MESSAGES);
	status = measure(&f, options, err);
	release_fixture_release(&f);
	return status;
}
