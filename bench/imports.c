/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading documents of other tools, drafts and the list of what has no place: a STIX
 * bundle of 25,000 objects, of the size and mix of a large catalogue of techniques;
 * events of MISP with as many attributes as are read. Beside each the floor: one scan of
 * the same bytes as JSON. In memory, by turns.
 */
#include <stdio.h>

#include "base/cleanup.h"
#include "bench/bench.h"
#include "bench/machine.h"
#include "formats/read.h"

enum { OBJECTS = 25000, EVENTS = 200, ATTRIBUTES = 500 };
enum { TURNS = 5, TEXT_MAX = 128 * 1024 * 1024, SENTENCES = 25 };

static void append_object(struct buf *text, size_t number)
{
	static const char *const types[] = {"attack-pattern", "relationship",
	                                    "malware",        "incident",
	                                    "note",           "intrusion-set"};
	const char *type = types[number % 6];

	buf_printf(
	    text,
	    "%s{\"type\":\"%s\",\"spec_version\":\"2.1\",\"id\":\"%s--%08zx-0000-4000-"
	    "8000-000000000000\",\"created\":\"2020-01-01T00:00:00.000Z\",\"modified\":"
	    "\"2020-01-01T00:00:00.000Z\",\"name\":\"Object %zu\",\"description\":\"",
	    number > 0 ? ",\n" : "", type, type, number, number);
	for (int i = 0; i < SENTENCES; i++)
		buf_append_string(text, "What it is and what it does, in words. ");
	buf_printf(
	    text,
	    "\",\"content\":\"A remark.\",\"object_refs\":[\"incident--%08zx-0000-4000-"
	    "8000-000000000000\"],\"external_references\":[{\"source_name\":\"x\","
	    "\"external_id\":\"T%zu\"}],\"x_platforms\":[\"a\",\"b\"],\"x_score\":9.5}",
	    number - number % 6 + 3, number);
}

static enum status make_bundle(struct buf *text, struct error *err)
{
	buf_append_string(text,
	                  "{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[");
	for (size_t i = 0; i < OBJECTS; i++)
		append_object(text, i);
	buf_append_string(text, "]}");
	return buf_check(text, "the bundle", err);
}

static void append_event(struct buf *text, size_t number)
{
	buf_printf(
	    text,
	    "%s{\"Event\":{\"uuid\":\"%08zx-0000-4000-8000-000000000000\",\"info\":"
	    "\"Event %zu\",\"date\":\"2020-01-01\",\"timestamp\":\"1577836800\","
	    "\"threat_level_id\":\"2\",\"analysis\":\"0\",\"Tag\":[{\"name\":"
	    "\"tlp:green\"}],\"Attribute\":[",
	    number > 0 ? ",\n" : "", number, number);
	for (size_t i = 0; i < ATTRIBUTES; i++)
		buf_printf(
		    text,
		    "%s{\"id\":\"%zu\",\"uuid\":\"%08zx-0000-4000-8000-%012zx\",\"type\":"
		    "\"%s\",\"category\":\"Network "
		    "activity\",\"value\":\"host%zu.example\","
		    "\"comment\":\"seen in the mail\",\"to_ids\":true,\"timestamp\":"
		    "\"1577836800\",\"distribution\":\"5\",\"deleted\":false}",
		    i > 0 ? "," : "", i, number, i, i % 5 == 0 ? "mutex" : "domain", i);
	buf_append_string(text, "]}}");
}

static enum status make_events(struct buf *text, struct error *err)
{
	buf_append_string(text, "{\"response\":[");
	for (size_t i = 0; i < EVENTS; i++)
		append_event(text, i);
	buf_append_string(text, "]}");
	return buf_check(text, "the events", err);
}

static enum status time_scan(struct view text, double *ret_s, struct error *err)
{
	struct json_doc doc = {0};
	double begun_s = machine_now_s();
	enum status status = json_scan_foreign(&doc, text, JSON_FOREIGN_TOKENS_MAX, err);

	*ret_s = machine_now_s() - begun_s;
	json_release(&doc);
	return status;
}

static enum status time_read(struct view text, size_t least, double *ret_s,
                             struct error *err)
{
	struct formats_drafts drafts = {0};
	double begun_s = machine_now_s();
	enum status status = formats_read(text, "en", &drafts, err);

	*ret_s = machine_now_s() - begun_s;
	if (status == STATUS_OK && drafts.count < least)
		status = error_set(err, STATUS_BUG, "only %zu drafts", drafts.count);
	formats_drafts_release(&drafts);
	return status;
}

static enum status time_all(const char *name, struct view text, size_t least,
                            const struct bench_options *options, struct error *err)
{
	double best_s = 1e9, floor_s = 1e9;

	for (int i = 0; i < TURNS; i++) {
		double read_s, scan_s;

		TRY(time_scan(text, &scan_s, err));
		TRY(time_read(text, least, &read_s, err));
		floor_s = scan_s < floor_s ? scan_s : floor_s;
		best_s = read_s < best_s ? read_s : best_s;
	}
	report_line(options->is_json, &(struct report_line){.name = name,
	                                                    .value = best_s,
	                                                    .unit = "s",
	                                                    .floor = floor_s,
	                                                    .ratio = best_s / floor_s,
	                                                    .goal = "≤ 2 s"});
	return STATUS_OK;
}

enum status stix_import_run(const struct bench_options *options, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);

	TRY(make_bundle(&text, err));
	return time_all("stix_import", buf_view(&text), OBJECTS / 6, options, err);
}

enum status misp_import_run(const struct bench_options *options, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);

	TRY(make_events(&text, err));
	return time_all("misp_import", buf_view(&text), EVENTS, options, err);
}
