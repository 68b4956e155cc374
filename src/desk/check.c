/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The integrity of the store, in slices: which log and stage is next, what was found so
 * far. Reads everything, changes nothing.
 */
#include <stdarg.h>
#include <stdio.h>

#include "desk/checker.h"

enum { FINDINGS_MAX = 100 };

void check_found(struct desk_checker *checker, const char *format, ...)
{
	struct desk *desk = checker->desk;
	va_list arguments;

	checker->has_more_findings = checker->finding_count == FINDINGS_MAX;
	if (checker->has_more_findings ||
	    !desk_grow(desk, &checker->findings, &checker->finding_cap,
	               checker->finding_count, sizeof *checker->findings))
		return;
	va_start(arguments, format);
	vsnprintf(checker->findings[checker->finding_count++].text,
	          sizeof checker->findings->text, format, arguments);
	va_end(arguments);
}

void check_spend(struct desk_checker *checker, size_t cost)
{
	checker->cost_left = cost < checker->cost_left ? checker->cost_left - cost : 0;
}

const char *check_log_name(const struct log *log)
{
	return log->channel->members[log->member].name.text;
}

static bool is_wanted(const struct desk *desk, const struct log *log, size_t channel)
{
	return channel == SIZE_MAX || log->channel == desk->channels[channel];
}

enum status desk_checker_new(struct desk *desk, size_t channel,
                             struct desk_checker **ret_checker, struct error *err)
{
	struct desk_checker *checker = calloc(1, sizeof *checker);
	if (checker)
		checker->logs = calloc(desk->log_count + 1, sizeof *checker->logs);
	if (!checker || !checker->logs) {
		desk_checker_free(checker);
		return error_set(err, STATUS_NO_MEMORY, "no memory for a check");
	}
	checker->desk = desk;
	checker->row = BUF_INIT(STORE_KEY_MAX + 1);
	for (size_t i = 0; i < desk->log_count; i++) {
		if (!is_wanted(desk, desk->logs[i], channel))
			continue;
		checker->logs[checker->log_count++] = (uint32_t)i;
		checker->total += desk->logs[i]->tree.size;
	}
	*ret_checker = checker;
	return STATUS_OK;
}

void desk_checker_free(struct desk_checker *checker)
{
	if (!checker)
		return;
	free(checker->logs);
	free(checker->findings);
	buf_release(&checker->row);
	free(checker);
}

static void begin_log(struct desk_checker *checker, const struct log *log)
{
	checker->has_begun = true;
	checker->stage = CHECK_ENTRIES;
	checker->end = log->tree.size;
	checker->read = 0;
	checker->leaves.count = checker->appended = 0;
	checker->is_judged = checker->has_wrong_root = checker->has_looked =
	    checker->has_next = false;
	checker->next = (struct tlog_checkpoint){0};
	tlog_tree_init(&checker->tree);
	for (size_t i = 0; i < CHECK_LEVELS; i++)
		checker->nodes[i].count = 0;
	checker->attachment_len = 0;
	buf_clear(&checker->row);
}

static void step_log(struct desk_checker *checker, struct log *log)
{
	switch (checker->stage) {
	case CHECK_ENTRIES:
		if (check_entries(checker, log))
			checker->stage = CHECK_ATTACHMENTS;
		return;
	case CHECK_ATTACHMENTS:
		if (!check_attachments(checker, log))
			return;
		buf_clear(&checker->row);
		checker->stage = CHECK_COSIGNATURES;
		return;
	case CHECK_COSIGNATURES:
		if (!check_cosignatures(checker, log))
			return;
		checker->result.logs++;
		checker->at++;
		checker->has_begun = false;
		return;
	}
}

bool desk_checker_step(struct desk_checker *checker)
{
	checker->cost_left = CHECK_SLICE_COST;
	while (checker->at < checker->log_count && checker->cost_left > 0) {
		struct log *log = checker->desk->logs[checker->logs[checker->at]];
		struct error err;
		check_spend(checker, 1024);
		if (!DESK_DID(checker->desk, &err, log_flush(checker->desk, log, &err)))
			return false;
		if (!checker->has_begun)
			begin_log(checker, log);
		step_log(checker, log);
	}
	return checker->at < checker->log_count;
}

void desk_checker_look(const struct desk_checker *checker,
                       struct desk_checker_view *ret_view)
{
	*ret_view = (struct desk_checker_view){
	    .done = checker->done < checker->total ? checker->done : checker->total,
	    .total = checker->total,
	    .result = checker->result,
	    .findings = checker->findings,
	    .finding_count = checker->finding_count,
	    .has_more_findings = checker->has_more_findings,
	};
}

enum status desk_check(struct desk *desk, struct desk_check_result *ret_result,
                       struct error *err)
{
	struct desk_checker *checker = NULL;
	enum status status = STATUS_OK;
	TRY(desk_checker_new(desk, SIZE_MAX, &checker, err));
	while (checker->finding_count == 0 && desk_checker_step(checker))
		;
	*ret_result = checker->result;
	if (checker->finding_count > 0)
		status =
		    error_set(err, STATUS_MALFORMED, "%s", checker->findings[0].text);
	desk_checker_free(checker);
	return status;
}
