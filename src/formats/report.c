/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list. A hundred thousand objects may each leave an item, so texts lie in one buffer
 * and a reason that repeats is stored once.
 */
#include "formats/report.h"

#include <stdlib.h>

#include "base/cleanup.h"

enum { TEXT_MAX = 200, TEXTS_LEN_MAX = 256 * 1024 * 1024 };

static uint32_t keep(struct formats_report *report, struct view text)
{
	uint32_t offset = (uint32_t)report->texts.len;
	size_t len = text.len < TEXT_MAX ? text.len : TEXT_MAX;

	/* Not in the middle of a UTF-8 sequence. */
	while (len > 0 && len < text.len && (text.data[len] & 0xc0) == 0x80)
		len--;
	for (size_t i = 0; i < len; i++) {
		uint8_t byte = text.data[i];

		buf_append_byte(&report->texts, byte < ' ' || byte == 0x7f ? '?' : byte);
	}
	buf_append_byte(&report->texts, '\0');
	return offset;
}

static uint32_t keep_why(struct formats_report *report, const char *why)
{
	if (report->count == 0 ||
	    strcmp(formats_report_text(report, report->last_why), why) != 0)
		report->last_why = keep(report, view_of_string(why));
	return report->last_why;
}

static bool grow(struct formats_report *report)
{
	size_t cap = report->cap == 0 ? 64 : report->cap * 2;
	struct formats_report_item *items;

	if (report->count < report->cap)
		return true;
	if (report->count >= FORMATS_REPORT_ITEMS_MAX) {
		report->failed = STATUS_LIMIT;
		return false;
	}
	items = reallocarray(report->items, cap, sizeof *items);
	if (items == NULL) {
		report->failed = STATUS_NO_MEMORY;
		return false;
	}
	report->items = items;
	report->cap = cap;
	return true;
}

void formats_report_add(struct formats_report *report, struct view where,
                        struct view what, const char *why)
{
	struct formats_report_item item;

	if (report->failed != STATUS_OK || !grow(report))
		return;
	if (report->texts.max == 0)
		report->texts = BUF_INIT(TEXTS_LEN_MAX);
	item.why = keep_why(report, why);
	item.where = keep(report, where);
	item.what = keep(report, what);
	if (report->texts.failed != STATUS_OK)
		report->failed = report->texts.failed;
	else
		report->items[report->count++] = item;
}

enum status formats_report_check(const struct formats_report *report, struct error *err)
{
	if (report->failed == STATUS_LIMIT)
		return error_set(
		    err, STATUS_LIMIT,
		    "more than can be listed has no place on the other side");
	if (report->failed != STATUS_OK)
		return error_set(err, report->failed, "not enough memory for the report");
	return STATUS_OK;
}

void formats_report_release(struct formats_report *report)
{
	free(report->items);
	buf_release(&report->texts);
	*report = (struct formats_report){0};
}

const char *formats_report_text(const struct formats_report *report, uint32_t offset)
{
	return (const char *)report->texts.data + offset;
}

void formats_report_write(const struct formats_report *report, struct json_writer *writer)
{
	json_writer_array(writer, "not_mapped");
	for (size_t i = 0; i < report->count; i++) {
		const struct formats_report_item *item = &report->items[i];

		json_writer_object(writer, NULL);
		json_writer_string(writer, "where",
		                   formats_report_text(report, item->where));
		json_writer_string(writer, "what",
		                   formats_report_text(report, item->what));
		json_writer_string(writer, "why", formats_report_text(report, item->why));
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

static int compare(const struct formats_report *report, size_t a, size_t b)
{
	const struct formats_report_item *items = report->items;
	int order = strcmp(formats_report_text(report, items[a].what),
	                   formats_report_text(report, items[b].what));

	return order != 0 ? order
	                  : strcmp(formats_report_text(report, items[a].why),
	                           formats_report_text(report, items[b].why));
}

static int compare_indices(const void *a, const void *b, void *report)
{
	size_t left = *(const size_t *)a, right = *(const size_t *)b;
	int order = compare(report, left, right);

	return order != 0 ? order : (left > right) - (left < right);
}

struct group {
	size_t first, count;
};

static int compare_groups(const void *a, const void *b)
{
	const struct group *left = a, *right = b;

	return (left->first > right->first) - (left->first < right->first);
}

/* Folds sorted indices into groups; returns how many. */
static size_t fold(const struct formats_report *report, const size_t *order,
                   struct group *ret_groups)
{
	size_t count = 0;

	for (size_t i = 0; i < report->count; i++) {
		if (i > 0 && compare(report, order[i - 1], order[i]) == 0)
			ret_groups[count - 1].count++;
		else
			ret_groups[count++] =
			    (struct group){.first = order[i], .count = 1};
	}
	qsort(ret_groups, count, sizeof *ret_groups, compare_groups);
	return count;
}

static void append_group(const struct formats_report *report, const struct group *group,
                         struct buf *out)
{
	const struct formats_report_item *item = &report->items[group->first];
	const char *what = formats_report_text(report, item->what);

	buf_printf(out, "%zu × %s%s%s (%s%s)\n", group->count, what,
	           what[0] != '\0' ? ": " : "", formats_report_text(report, item->why),
	           group->count > 1 ? "first: " : "",
	           formats_report_text(report, item->where));
}

enum status formats_report_summary(const struct formats_report *report, struct buf *out,
                                   struct error *err)
{
	CLEANUP_FREE size_t *order = NULL;
	CLEANUP_FREE struct group *groups = NULL;
	size_t count;

	if (report->count == 0)
		return STATUS_OK;
	order = reallocarray(NULL, report->count, sizeof *order);
	groups = reallocarray(NULL, report->count, sizeof *groups);
	if (order == NULL || groups == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the report");
	for (size_t i = 0; i < report->count; i++)
		order[i] = i;
	qsort_r(order, report->count, sizeof *order, compare_indices, (void *)report);
	count = fold(report, order, groups);
	for (size_t i = 0; i < count; i++)
		append_group(report, &groups[i], out);
	return buf_check(out, "the report", err);
}
