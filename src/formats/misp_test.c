/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of MISP as others write them: what becomes a message, what is listed, and that
 * the rest is bounded. What comes back of our own, write_test.c asks of all formats.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "formats/misp_in.h"
#include "formats/misp_observable.h"
#include "formats/misp_tag.h"
#include "formats/read.h"
#include "formats/testing.h"
#include "formats/tlp.h"
#include "record/kinds.h"

enum { TEXT_MAX = 64 * 1024 * 1024 };

#define U(n) "5a4cb19a-f550-437f-bd29-00000000000" n
#define HEAD(uuid, info)                                                               \
	"\"uuid\":\"" uuid "\",\"info\":\"" info                                       \
	"\",\"date\":\"2026-11-20\",\"timestamp\":\"1514975929\",\"threat_level_id\":" \
	"\"2\",\"analysis\":\"0\""
#define EVENT(uuid, info, more) "{\"Event\":{" HEAD(uuid, info) more "}}"
#define ATTRIBUTE(uuid, type, category, value, more)                            \
	"{\"uuid\":\"" uuid "\",\"type\":\"" type "\",\"category\":\"" category \
	"\",\"value\":\"" value "\"" more "}"
#define TAG(name) "{\"name\":\"" name "\"}"

static void read_text(const char *text, struct formats_drafts *drafts)
{
	testing_read(view_of_string(text), drafts);
}

static bool says(const struct formats_drafts *drafts, size_t index, const char *text)
{
	return view_find(drafts->drafts[index].body, view_of_string(text)) != SIZE_MAX;
}

static bool is_listed(const struct formats_drafts *drafts, const char *what)
{
	return testing_is_listed(&drafts->report, what);
}

/* In the style of MISP's own documentation. */
static const char foreign[] =
    EVENT(
        U("0"), "Phishing of officials",
        ",\"Orgc\":{\"name\":\"CERT\",\"uuid\":\"" U(
            "9") "\"},\"distribution\":\"3\","
                 "\"Tag\":[" TAG("tlp:green") "," TAG(
                     "rsit:fraud=\\\"phishing\\\"") "," TAG("estimative-language:"
                                                            "likelihood-probability="
                                                            "\\\"likely\\\"") "," TAG("ad"
                                                                                      "mi"
                                                                                      "ra"
                                                                                      "lt"
                                                                                      "y-"
                                                                                      "sc"
                                                                                      "al"
                                                                                      "e:"
                                                                                      "so"
                                                                                      "ur"
                                                                                      "ce"
                                                                                      "-"
                                                                                      "re"
                                                                                      "li"
                                                                                      "ab"
                                                                                      "il"
                                                                                      "it"
                                                                                      "y="
                                                                                      "\\"
                                                                                      "\""
                                                                                      "b"
                                                                                      "\\"
                                                                                      "\"") "," TAG("PAP:RED") "],"
                                                                                                               "\"Galaxy\""
                                                                                                               ":[{"
                                                                                                               "\"name\":"
                                                                                                               "\"Threat "
                                                                                                               "Actor\"}],"
                                                                                                               "\"RelatedE"
                                                                                                               "vent\":[{"
                                                                                                               "\"Event\":"
                                                                                                               "{}}],"
                                                                                                               "\"ShadowAt"
                                                                                                               "tribute\":"
                                                                                                               "[{"
                                                                                                               "\"type\":"
                                                                                                               "\"ip-"
                                                                                                               "src\","
                                                                                                               "\"value\":"
                                                                                                               "\"192.0.2."
                                                                                                               "9\"}],"
                                                                                                               "\"Attribut"
                                                                                                               "e\":"
                                                                                                               "[" ATTRIBUTE(
                                                                                                                   U("1"), "domain|ip", "Network activity", "Mail.Example.org|192.0.2.7", ",\"to_ids\":true,\"comment\":\"the sender\"") "," ATTRIBUTE(U("2"),
                                                                                                                                                                                                                                                       "md5", "Artifacts dropped", "D41D8CD98F00B204E9800998ECF8427E", ",\"Sighting\":[{\"type\":\"0\"}],\"ShadowAttribute\":[]") "," ATTRIBUTE(U("3"), "regkey|value", "Persistence mechanism", "a|b", "") "," ATTRIBUTE(U("4"),
                                                                                                                                                                                                                                                                                                                                                                                                                                                                          "ip-src",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                          "Network activity",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                          "192.0.2.300",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                          "") "," ATTRIBUTE(U("5"),
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                            "url",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                            "Network activity",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                            "https://example.org/",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                            ",\"deleted\":true") ","
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                 "{\"uuid\":\"" U("6") "\",\"type\":\"ip-dst|port\",\"value\":\"192.0.2.8|443\"}],"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       "\"Object\":[{\"uuid\":\"" U(
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           "7") "\",\"name\":\"file\",\"template_uuid\":"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                "\"688c46fb-5edb-40a3-8273-1af7923e2215\",\"ObjectReference\":[{}],\"Attribute\":["
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                "{\"type\":\"filename\",\"object_relation\":\"filename\",\"value\":\"run.exe\"}]},"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                "{\"uuid\":\"" U(
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                    "8") "\",\"name\":\"course-of-action\",\"template_uuid\":"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                         "\"3d1c2c06-68a9-4394-8c8d-258d115f796f\",\"Attribute\":[{\"type\":\"text\","
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                         "\"object_relation\":\"description\",\"value\":\"Block the domain\"},"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                         "{\"type\":\"text\",\"object_relation\":\"cost\",\"value\":\"Low\"}]}],"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                         "\"EventReport\":[{\"uuid\":\"" U(
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                             "9") "\",\"name\":\"What we saw\",\"content\":"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                  "\"The same group.\"}]");

static void an_event_of_another_tool_becomes_an_incident(void **state)
{
	static const char *const listed[] = {
	    "PAP:RED",         "Galaxy",    "RelatedEvent",      "ShadowAttribute",
	    "Sighting",        "to_ids",    "Artifacts dropped", "regkey|value",
	    "ip-src",          "Attribute", "ip-dst|port",       "file",
	    "ObjectReference", "cost",      "distribution",      "Orgc",
	    "summary",         "detected"};
	struct formats_drafts drafts = {0};

	read_text(foreign, &drafts);
	assert_int_equal(drafts.count, 3);
	assert_string_equal(drafts.drafts[0].kind, "incident");
	assert_string_equal(drafts.drafts[0].tlp, "GREEN");
	assert_true(says(&drafts, 0, "\"title\":\"Phishing of officials\""));
	assert_true(says(&drafts, 0, "\"summary\":\"Phishing of officials\""));
	assert_true(says(&drafts, 0, "\"detected\":\"2026-11-20T00:00:00Z\""));
	assert_true(says(&drafts, 0, "\"detected_fidelity\":\"day\""));
	assert_true(says(&drafts, 0, "\"severity\":\"medium\""));
	assert_true(says(&drafts, 0, "\"incident_type\":\"phishing\""));
	assert_true(says(&drafts, 0, "\"category\":\"fraud\""));
	assert_true(says(&drafts, 0, "\"confidence\":70"));
	assert_true(says(&drafts, 0, "\"source_reliability\":\"B\""));
	assert_true(says(&drafts, 0, "\"reference\":\"" U("0") "\""));
	assert_true(
	    says(&drafts, 0,
	         "{\"type\":\"domain\",\"value\":\"mail.example.org\",\"note\":\"the "
	         "sender\"},{\"type\":\"ip\",\"value\":\"192.0.2.7\",\"note\":\"the "
	         "sender\"},{\"type\":\"hash\",\"value\":"
	         "\"d41d8cd98f00b204e9800998ecf8427e\"},{\"type\":\"ip\",\"value\":"
	         "\"192.0.2.8\"},{\"type\":\"file\",\"value\":\"run.exe\"}]"));
	assert_string_equal(drafts.drafts[1].kind, "measure");
	assert_true(says(&drafts, 1, "\"text\":\"Block the domain\""));
	assert_int_equal(drafts.drafts[1].re, 0);
	assert_string_equal(drafts.drafts[2].kind, "assessment");
	assert_true(says(&drafts, 2, "\"title\":\"What we saw\""));
	assert_true(says(&drafts, 2, "\"text\":\"The same group.\""));
	for (size_t i = 0; i < sizeof listed / sizeof listed[0]; i++) {
		if (!is_listed(&drafts, listed[i]))
			fail_msg("%s is not listed", listed[i]);
	}
	assert_int_equal(drafts.report.count, sizeof listed / sizeof listed[0]);
	formats_drafts_release(&drafts);
}

static void who_created_an_event_is_listed(void **state)
{
	struct formats_drafts drafts = {0};

	read_text("{\"Event\":{\"uuid\":\"" U(
	              "0") "\",\"info\":\"I\",\"date\":\"2026-11-20\","
	                   "\"locked\":true,\"event_creator_email\":\"a@example.org\"}}",
	          &drafts);
	assert_true(is_listed(&drafts, "event_creator_email"));
	assert_false(is_listed(&drafts, "locked"));
	formats_drafts_release(&drafts);
}

static void each_outside_is_known(void **state)
{
	static const char *const texts[] = {
	    EVENT(U("1"), "a", ""),
	    "{" HEAD(U("1"), "a") "}",
	    "[" EVENT(U("1"), "a", "") "]",
	    "[{" HEAD(U("1"), "a") "}]",
	    "{\"response\":[" EVENT(U("1"), "a", "") "]}",
	    "{\"response\":" EVENT(U("1"), "a", "") "}",
	};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct formats_drafts drafts = {0};

		read_text(texts[i], &drafts);
		assert_int_equal(drafts.count, 1);
		assert_int_equal(drafts.element_count, 1);
		formats_drafts_release(&drafts);
	}
}

static void what_is_no_event_is_refused(void **state)
{
	static const char *const texts[] = {"",
	                                    "7",
	                                    "[]",
	                                    "[[]]",
	                                    "{}",
	                                    "{\"Event\":7}",
	                                    "{\"Event\":[]}",
	                                    "{\"response\":7}",
	                                    "{\"response\":{\"Attribute\":[]}}",
	                                    "[{\"info\":\"a\"}]"};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct formats_drafts drafts = {0};
		struct error err = {0};

		assert_int_equal(
		    formats_read(view_of_string(texts[i]), "en", &drafts, &err),
		    STATUS_MALFORMED);
		assert_true(err.text[0] != '\0');
		formats_drafts_release(&drafts);
	}
}

/* An answer without hits is no fault; an element that is no event is listed. */
static void elements_that_are_no_events_are_listed(void **state)
{
	struct formats_drafts drafts = {0};

	read_text("{\"response\":[]}", &drafts);
	assert_int_equal(drafts.count, 0);
	formats_drafts_release(&drafts);
	read_text(
	    "[" EVENT(U("1"), "a", "") ",7,{\"Event\":{\"uuid\":\"x\",\"info\":\"\"}}]",
	    &drafts);
	assert_int_equal(drafts.count, 1);
	assert_true(is_listed(&drafts, "Event"));
	formats_drafts_release(&drafts);
}

/* What extends an incident is news of it, in whichever order they stand. */
static void an_extension_becomes_an_update(void **state)
{
	struct formats_drafts drafts = {0};

	read_text(
	    "[" EVENT(U("2"), "More", ",\"extends_uuid\":\"" U("1") "\"") "," EVENT(
	        U("1"), "First", "") "," EVENT(U("3"), "Else",
	                                       ",\"extends_uuid\":\"" U("8") "\"") "]",
	    &drafts);
	assert_int_equal(drafts.count, 3);
	assert_string_equal(drafts.drafts[0].kind, "incident");
	assert_true(says(&drafts, 0, "First"));
	assert_string_equal(drafts.drafts[1].kind, "incident.update");
	assert_int_equal(drafts.drafts[1].re, 0);
	assert_string_equal(drafts.drafts[2].kind, "incident");
	assert_int_equal(drafts.drafts[2].re, FORMATS_NO_DRAFT);
	assert_true(is_listed(&drafts, "extends_uuid"));
	formats_drafts_release(&drafts);
}

static void a_cycle_ends(void **state)
{
	struct formats_drafts drafts = {0};

	read_text("[" EVENT(U("1"), "a", ",\"extends_uuid\":\"" U("2") "\"") "," EVENT(
	              U("2"), "b",
	              ",\"extends_uuid\":\"" U(
	                  "1") "\"") "," EVENT(U("3"), "c",
	                                       ",\"extends_uuid\":\"" U("3") "\"") "]",
	          &drafts);
	assert_int_equal(drafts.count, 3);
	assert_string_equal(drafts.drafts[0].kind, "incident");
	assert_string_equal(drafts.drafts[1].kind, "incident.update");
	assert_string_equal(drafts.drafts[2].kind, "incident");
	assert_true(is_listed(&drafts, "extends_uuid"));
	formats_drafts_release(&drafts);
}

static void of_one_uuid_the_newest_event_and_the_first_attribute_count(void **state)
{
	struct formats_drafts drafts = {0};

	read_text("[" EVENT(U("1"), "old", "") ",{\"Event\":{\"uuid\":\"" U(
	              "1") "\",\"info\":\"new\",\"date\":\"2026-11-20\",\"timestamp\":"
	                   "10000000000,"
	                   "\"Attribute\":[" ATTRIBUTE(
	                       U("4"), "domain", "", "one.example",
	                       "") "," ATTRIBUTE(U("4"), "domain", "", "two.example",
	                                         "") "]}}]",
	          &drafts);
	assert_int_equal(drafts.count, 1);
	assert_true(says(&drafts, 0, "new"));
	assert_true(says(&drafts, 0, "one.example"));
	assert_false(says(&drafts, 0, "two.example"));
	assert_true(is_listed(&drafts, "Event"));
	assert_true(is_listed(&drafts, "domain"));
	formats_drafts_release(&drafts);
}

static void the_strictest_mark_counts_wherever_it_stands(void **state)
{
	struct formats_drafts drafts = {0};

	read_text(EVENT(U("1"), "a",
	                ",\"Tag\":[" TAG("tlp:white") "],\"Attribute\":[" ATTRIBUTE(
	                    U("2"), "domain", "Network activity", "one.example",
	                    ",\"Tag\":[" TAG("TLP:AMBER+STRICT") "]") "]"),
	          &drafts);
	assert_string_equal(drafts.drafts[0].tlp, "AMBER+STRICT");
	formats_drafts_release(&drafts);
}

static void tags_say_what_their_taxonomies_say(void **state)
{
	static const struct {
		const char *tag;
		int64_t confidence;
	} confidences[] = {
	    {"misp:confidence-level=\"usually-confident\"", 75},
	    {"estimative-language:confidence-in-analytic-judgment=\"high\"", 85},
	    {"estimative-language:likelihood-probability=\"almost-certain\"", 95},
	    {"admiralty-scale:information-credibility=\"2\"", 70},
	};
	static const char *const others[] = {
	    "",
	    "tlp",
	    "tlp:",
	    "tlp:ex:chr",
	    "tlp:unclear",
	    "rsit:",
	    "rsit:fraud",
	    "rsit:fraud=\"\"",
	    "rsit:fraud=\"x\"",
	    "rsit:fraud=phishing",
	    "admiralty-scale:source-reliability=\"g\"",
	    "admiralty-scale:information-credibility=\"6\"",
	    "misp:confidence-level=\"confidence-cannot-be-evalued\""};
	char tag[MISP_TAG_MAX + 1];

	for (size_t i = 0; i < sizeof confidences / sizeof confidences[0]; i++) {
		assert_int_equal(misp_tag_read(confidences[i].tag).says,
		                 MISP_TAG_CONFIDENCE);
		assert_int_equal(misp_tag_read(confidences[i].tag).confidence,
		                 confidences[i].confidence);
	}
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_int_equal(misp_tag_read(others[i]).says, MISP_TAG_OTHER);
	for (size_t i = 0; i < FORMATS_TLP_COUNT; i++) {
		misp_tag_tlp(i, tag);
		assert_int_equal(misp_tag_read(tag).says, MISP_TAG_TLP);
		assert_int_equal(misp_tag_read(tag).tlp, i);
	}
	for (int64_t n = 0; n <= 100; n++) {
		misp_tag_confidence(n, tag);
		assert_true(llabs(misp_tag_read(tag).confidence - n) <= 13);
	}
}

/* Every type of incident of the catalogue has a tag that is read back. */
static void each_type_of_incident_has_a_tag(void **state)
{
	const struct record_kind *kind = record_kind_find(view_of_string("incident"));
	char tag[MISP_TAG_MAX + 1];

	for (size_t i = 0; i < kind->field_count; i++) {
		const struct record_field *field = &kind->fields[i];

		if (strcmp(field->name, "incident_type") != 0)
			continue;
		for (size_t k = 0; k < field->choice_count; k++) {
			const char *type = field->choices[k].value;

			assert_true(misp_tag_type(view_of_string(type), tag));
			assert_string_equal(misp_tag_read(tag).type, type);
		}
	}
}

/* Of MISP's describeTypes: which categories a type that we write may have. */
static void what_is_written_is_valid(void **state)
{
	static const struct {
		const char *type, *value, *misp, *category;
	} valid[] = {
	    {"ip", "192.0.2.1", "ip-dst", "Network activity"},
	    {"prefix", "192.0.2.0/24", "ip-dst", "Network activity"},
	    {"domain", "a.example", "domain", "Network activity"},
	    {"url", "x:y", "url", "Network activity"},
	    {"email", "a@b.example", "email", "Network activity"},
	    {"file", "a", "filename", "Payload delivery"},
	    {"hash", "d41d8cd98f00b204e9800998ecf8427e", "md5", "Payload delivery"},
	    {"hash", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "sha1",
	     "Payload delivery"},
	    {"other", "a", "other", "Other"},
	};

	for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++) {
		const struct misp_attribute_type *type = misp_observable_type(
		    view_of_string(valid[i].type), view_of_string(valid[i].value));

		assert_non_null(type);
		assert_string_equal(type->type, valid[i].misp);
		assert_string_equal(type->category, valid[i].category);
	}
	assert_null(misp_observable_type(view_of_string("hash"), view_of_string("00")));
	assert_null(misp_observable_type(view_of_string("account"), view_of_string("a")));
}

/* ---- what another tool changed in an event of ours ---- */

static struct buf written(const char *kind, const char *body)
{
	const struct formats_message message = {.id = "n#0",
	                                        .author = "n",
	                                        .kind = kind,
	                                        .sent = "2026-11-20T23:49:00Z",
	                                        .tlp = "",
	                                        .re = "",
	                                        .body = view_of_string(body)};

	return testing_write(formats_written_find("misp"), &message, 1, 0);
}

/* MISP refuses an object that was last seen before it was first seen. */
static void times_that_misp_refuses_stay_in_our_object(void **state)
{
	static const struct {
		const char *started, *ended;
		bool has_place;
	} times[] = {
	    {"2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z", true},
	    {"2026-11-20T00:00:00Z", "2026-11-20T00:00:00Z", true},
	    {"2026-11-21T00:00:00Z", "2026-11-20T00:00:00Z", false},
	    {"2026-11-19T00:00:00.5Z", "2026-11-20T00:00:00Z", false},
	    {"2026-11-19T00:00:00Z", "2026-11-20T00:00:00+07:00", false},
	};
	char body[512];

	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		struct buf text;
		bool has_place;

		snprintf(body, sizeof body,
		         "{\"language\":\"en\",\"title\":\"T\",\"summary\":\"S\","
		         "\"detected\":\"2026-11-20T23:49:00Z\",\"started\":\"%s\","
		         "\"ended\":\"%s\"}",
		         times[i].started, times[i].ended);
		text = written("incident", body);
		has_place = view_find(buf_view(&text),
		                      view_of_string("\"first_seen\"")) != SIZE_MAX;
		assert_int_equal(has_place, times[i].has_place);
		buf_release(&text);
	}
}

/* STIX has another word for it since the template was made. */
static void a_confirmed_incident_has_the_word_of_the_template(void **state)
{
	struct buf text =
	    written("incident",
	            "{\"language\":\"en\",\"title\":\"T\",\"summary\":\"S\",\"detected\":"
	            "\"2026-11-20T23:49:00Z\",\"determination\":\"confirmed\"}");

	assert_true(view_find(buf_view(&text),
	                      view_of_string("\"successful-attempt\"")) != SIZE_MAX);
	buf_release(&text);
}

/* The same with the first `from` replaced. */
static struct buf changed(const struct buf *text, const char *from, const char *to)
{
	struct view all = buf_view(text);
	size_t at = view_find(all, view_of_string(from));
	struct buf out = BUF_INIT(TEXT_MAX);

	if (at == SIZE_MAX)
		fail_msg("no %s in %.*s", from, (int)all.len, all.data);
	buf_append_view(&out, view_of(all.data, at));
	buf_append_string(&out, to);
	buf_append_view(&out, view_from(all, at + strlen(from)));
	return out;
}

static const char ours[] =
    "{\"language\":\"en\",\"title\":\"T\",\"summary\":\"S\",\"detected\":\"2026-11-20T23:"
    "49:00Z\",\"started\":\"2026-11-19T00:00:00Z\",\"severity\":\"critical\","
    "\"confidence\":70,\"affected_systems\":5,\"observables\":[{\"type\":\"other\","
    "\"value\":\"z\"},{\"type\":\"domain\",\"value\":\"a.example\"}]}";

static void what_another_tool_changed_counts(void **state)
{
	static const struct {
		const char *from, *to, *body;
	} changes[] = {
	    {"usually-confident", "rarely-confident", "\"confidence\":25"},
	    {"2026-11-19T00:00:00.000000+00:00", "2026-11-18T00:00:00.000000+00:00",
	     "\"started\":\"2026-11-18T00:00:00Z\""},
	    {"Extreme", "Low", "\"severity\":\"low\""},
	    {"\"value\":\"a.example\"", "\"value\":\"b.example\"", "b.example"},
	    {"\"info\":\"T\"", "\"info\":\"Another\"", "\"title\":\"Another\""},
	    {"\"value\":\"5\"", "\"value\":\"7\"", "\"affected_systems\":7"},
	};
	struct buf text = written("incident", ours);

	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		struct buf other = changed(&text, changes[i].from, changes[i].to);
		struct formats_drafts drafts = {0};

		testing_read(buf_view(&other), &drafts);
		assert_int_equal(drafts.count, 1);
		if (!says(&drafts, 0, changes[i].body))
			fail_msg("not %s", changes[i].body);
		formats_drafts_release(&drafts);
		buf_release(&other);
	}
	buf_release(&text);
}

static void what_is_broken_in_our_object_is_listed(void **state)
{
	static const struct {
		const char *from, *to, *what;
	} changes[] = {
	    {"\"value\":\"5\"", "\"value\":\"[\"", "affected_systems"},
	    {"affected_systems", "affected_people", "affected_people"},
	    {"\"value\":\"[", "\"value\":\"{", "aldis-observables"},
	    {"\"deleted\":false,\"type\":\"domain\"",
	     "\"deleted\":true,\"type\":\"domain\"", "Attribute"},
	    {"\"deleted\":false,\"type\":\"domain\"",
	     "\"deleted\":true,\"type\":\"domain\"", "aldis-observables"},
	};
	struct buf text = written("incident", ours);

	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		struct buf other = changed(&text, changes[i].from, changes[i].to);
		struct formats_drafts drafts = {0};

		testing_read(buf_view(&other), &drafts);
		assert_int_equal(drafts.count, 1);
		if (!is_listed(&drafts, changes[i].what))
			fail_msg("%s is not listed", changes[i].what);
		formats_drafts_release(&drafts);
		buf_release(&other);
	}
	buf_release(&text);
}

/* MISP demands info; ours is not read back, another tool's is. */
static void an_info_that_was_made_is_a_title_once_it_was_changed(void **state)
{
	struct buf text = written("assessment", "{\"language\":\"en\",\"text\":\"S\"}");
	struct buf other =
	    changed(&text, "\"info\":\"Assessment n#0\"", "\"info\":\"Who it was\"");
	struct formats_drafts drafts = {0};

	testing_read(buf_view(&text), &drafts);
	assert_false(says(&drafts, 0, "\"title\""));
	formats_drafts_release(&drafts);
	testing_read(buf_view(&other), &drafts);
	assert_true(says(&drafts, 0, "\"title\":\"Who it was\""));
	formats_drafts_release(&drafts);
	buf_release(&text);
	buf_release(&other);
}

/* ---- bounds ---- */

/* Wrong types everywhere: it is read, and nothing is sent that breaks its kind. */
static void wrong_types_do_no_harm(void **state)
{
	static const char *const values[] = {"7",    "7.5",  "null",  "[]",
	                                     "\"\"", "{}",   "[[1]]", "{\"a\":{}}",
	                                     "true", "\"x\""};
	static const char *const names[] = {
	    "info",         "date",      "timestamp",   "threat_level_id", "analysis",
	    "Tag",          "Attribute", "Object",      "EventReport",     "Galaxy",
	    "extends_uuid", "Orgc",      "distribution"};
	static const char *const parts[] = {
	    "type",    "category", "value",           "comment",    "to_ids", "Tag",
	    "deleted", "uuid",     "object_relation", "first_seen", "data"};
	char text[1024];

	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
			struct formats_drafts drafts = {0};

			snprintf(text, sizeof text,
			         "{\"Event\":{\"uuid\":\"%s\",%s\"%s\":%s}}", U("1"),
			         strcmp(names[k], "info") == 0 ? "" : "\"info\":\"a\",",
			         names[k], values[i]);
			testing_read(view_of_string(text), &drafts);
			formats_drafts_release(&drafts);
		}
		for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) {
			struct formats_drafts drafts = {0};

			snprintf(text, sizeof text,
			         "{\"Event\":{" HEAD(
			             U("1"), "a") ",\"Attribute\":[{\"%s\":%s}],"
			                          "\"Object\":[{\"name\":\"x\","
			                          "\"Attribute\":[{\"%s\":%s}]}]}}",
			         parts[k], values[i], parts[k], values[i]);
			testing_read(view_of_string(text), &drafts);
			assert_int_equal(drafts.count, 1);
			formats_drafts_release(&drafts);
		}
	}
}

static struct buf many(size_t count)
{
	struct buf text = BUF_INIT(TEXT_MAX);

	buf_append_string(&text, "{\"Event\":{" HEAD(U("1"), "a") ",\"Attribute\":[");
	for (size_t i = 0; i < count; i++)
		buf_printf(
		    &text,
		    "%s{\"uuid\":\"%08zx-0000-4000-8000-000000000000\",\"type\":"
		    "\"domain\",\"category\":\"Network activity\",\"value\":\"d%zu."
		    "example\"}",
		    i > 0 ? "," : "", i, i);
	buf_append_string(&text, "]}}");
	return text;
}

/* A message has room for five hundred of them; each of the others is listed. */
static void a_hundred_thousand_attributes_are_read_and_no_more(void **state)
{
	struct buf text = many(FORMATS_MISP_ATTRIBUTES_MAX);
	struct formats_drafts drafts = {0};
	struct error err = {0};

	testing_read(buf_view(&text), &drafts);
	assert_int_equal(drafts.count, 1);
	assert_true(says(&drafts, 0, "\"d499.example\""));
	assert_false(says(&drafts, 0, "\"d500.example\""));
	assert_int_equal(drafts.report.count, FORMATS_MISP_ATTRIBUTES_MAX - 500 + 2);
	formats_drafts_release(&drafts);
	buf_release(&text);
	text = many(FORMATS_MISP_ATTRIBUTES_MAX + 1);
	assert_int_equal(formats_read(buf_view(&text), "en", &drafts, &err),
	                 STATUS_LIMIT);
	assert_non_null(strstr(err.text, "100000"));
	formats_drafts_release(&drafts);
	buf_release(&text);
}

static void long_texts_are_cut_or_left_out_and_listed(void **state)
{
	struct buf text = BUF_INIT(TEXT_MAX);
	struct formats_drafts drafts = {0};

	buf_append_string(&text,
	                  "{\"Event\":{\"uuid\":\"" U("1") "\",\"date\":\"2026-11-20\","
	                                                   "\"info\":\"");
	for (size_t i = 0; i < 250; i++)
		buf_append_string(&text, "\xc3\xa9");
	buf_append_string(&text, "\",\"Attribute\":[{\"type\":\"url\",\"value\":\"");
	for (size_t i = 0; i < 1000000; i++)
		buf_append_string(&text, "0123456789");
	buf_append_string(&text, "\"},{\"type\":\"domain\",\"value\":\"a.example\","
	                         "\"comment\":\"");
	for (size_t i = 0; i < 501; i++)
		buf_append_string(&text, "c");
	buf_append_string(&text, "\"}]}}");
	testing_read(buf_view(&text), &drafts);
	assert_int_equal(drafts.count, 1);
	assert_true(is_listed(&drafts, "title"));
	assert_true(is_listed(&drafts, "url"));
	assert_true(is_listed(&drafts, "domain"));
	assert_true(says(&drafts, 0, "{\"type\":\"domain\",\"value\":\"a.example\"}"));
	formats_drafts_release(&drafts);
	buf_clear(&text);
	for (size_t i = 0; i < 100000; i++)
		buf_append_byte(&text, '[');
	assert_int_equal(formats_read(buf_view(&text), "en", &drafts, NULL),
	                 STATUS_MALFORMED);
	formats_drafts_release(&drafts);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_event_of_another_tool_becomes_an_incident),
	    cmocka_unit_test(who_created_an_event_is_listed),
	    cmocka_unit_test(each_outside_is_known),
	    cmocka_unit_test(what_is_no_event_is_refused),
	    cmocka_unit_test(elements_that_are_no_events_are_listed),
	    cmocka_unit_test(an_extension_becomes_an_update),
	    cmocka_unit_test(a_cycle_ends),
	    cmocka_unit_test(of_one_uuid_the_newest_event_and_the_first_attribute_count),
	    cmocka_unit_test(the_strictest_mark_counts_wherever_it_stands),
	    cmocka_unit_test(tags_say_what_their_taxonomies_say),
	    cmocka_unit_test(each_type_of_incident_has_a_tag),
	    cmocka_unit_test(what_is_written_is_valid),
	    cmocka_unit_test(times_that_misp_refuses_stay_in_our_object),
	    cmocka_unit_test(a_confirmed_incident_has_the_word_of_the_template),
	    cmocka_unit_test(what_another_tool_changed_counts),
	    cmocka_unit_test(what_is_broken_in_our_object_is_listed),
	    cmocka_unit_test(an_info_that_was_made_is_a_title_once_it_was_changed),
	    cmocka_unit_test(wrong_types_do_no_harm),
	    cmocka_unit_test(a_hundred_thousand_attributes_are_read_and_no_more),
	    cmocka_unit_test(long_texts_are_cut_or_left_out_and_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
