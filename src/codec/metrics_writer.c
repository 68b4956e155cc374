/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines: "# HELP name help", "# TYPE name kind", `name{label="value",…} number`.
 */
#include "codec/metrics_writer.h"

#include <inttypes.h>
#include <stdio.h>

#include "codec/utf8.h"

void metrics_family(struct metrics_writer *writer, const char *name,
                    enum metrics_kind kind, const char *help)
{
	static const char *const kinds[] = {
	    [METRICS_COUNTER] = "counter",
	    [METRICS_GAUGE] = "gauge",
	    [METRICS_HISTOGRAM] = "histogram",
	};

	writer->name = name;
	buf_printf(writer->out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
	           kinds[kind]);
}

static void append_escaped(struct buf *out, struct view text)
{
	while (text.len > 0) {
		uint32_t code_point;
		size_t len = utf8_decode(text, &code_point);

		if (len == 0 || code_point < 0x20 || code_point == 0x7f) {
			buf_append_byte(out, '?');
			len = 1;
		} else {
			if (code_point == '"' || code_point == '\\')
				buf_append_byte(out, '\\');
			buf_append(out, text.data, len);
		}
		text = view_from(text, len);
	}
}

void metrics_label(struct metrics_writer *writer, const char *name, const char *value)
{
	if (!writer->has_labels)
		buf_append_string(writer->out, writer->name);
	buf_append_byte(writer->out, writer->has_labels ? ',' : '{');
	writer->has_labels = true;
	buf_append_string(writer->out, name);
	buf_append_string(writer->out, "=\"");
	append_escaped(writer->out, view_of_string(value));
	buf_append_byte(writer->out, '"');
}

/* What stands before a value. */
static void end_labels(struct metrics_writer *writer)
{
	buf_append_string(writer->out, writer->has_labels ? "} " : writer->name);
	if (!writer->has_labels)
		buf_append_byte(writer->out, ' ');
	writer->has_labels = false;
}

void metrics_integer(struct metrics_writer *writer, uint64_t value)
{
	end_labels(writer);
	buf_printf(writer->out, "%" PRIu64 "\n", value);
}

void metrics_bool(struct metrics_writer *writer, bool value)
{
	metrics_integer(writer, value);
}

/* A number of parts of a second, `digits` of them after the point; zeros at the end are
 * left away. */
static void append_fraction(struct buf *out, uint64_t value, unsigned digits)
{
	char text[40];
	uint64_t scale = 1;
	size_t len;

	for (unsigned i = 0; i < digits; i++)
		scale *= 10;
	len = (size_t)snprintf(text, sizeof text, "%" PRIu64 ".%0*" PRIu64, value / scale,
	                       (int)digits, value % scale);
	while (text[len - 1] == '0')
		len--;
	if (text[len - 1] == '.')
		len--;
	buf_append(out, text, len);
}

static void end_sample(struct metrics_writer *writer, uint64_t value, unsigned digits)
{
	end_labels(writer);
	append_fraction(writer->out, value, digits);
	buf_append_byte(writer->out, '\n');
}

void metrics_ms(struct metrics_writer *writer, int64_t value_ms)
{
	end_sample(writer, value_ms > 0 ? (uint64_t)value_ms : 0, 3);
}

void metrics_us(struct metrics_writer *writer, uint64_t value_us)
{
	end_sample(writer, value_us, 6);
}

void metrics_histogram(struct metrics_writer *writer, const struct histogram *histogram)
{
	struct buf *out = writer->out;
	uint64_t count = 0;

	for (size_t i = 0; i < HISTOGRAM_BOUNDS; i++) {
		count += histogram->counts[i];
		buf_printf(out, "%s_bucket{le=\"", writer->name);
		append_fraction(out, histogram_bounds_ns[i], 9);
		buf_printf(out, "\"} %" PRIu64 "\n", count);
	}
	count += histogram->counts[HISTOGRAM_BOUNDS];
	buf_printf(out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n%s_sum ", writer->name,
	           count, writer->name);
	append_fraction(out, histogram->sum_ns, 9);
	buf_printf(out, "\n%s_count %" PRIu64 "\n", writer->name, count);
}
