/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Books decoded strictly, the default book in all its languages, signals checked and
 * rendered.
 */
#include "record/codebook.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/cleanup.h"

#define HEAD "{\"aldis\":1,\"id\":\"t.one\",\"version\":2,\"languages\":[\"en\",\"id\"],"
#define TITLE "\"title\":{\"en\":\"T\",\"id\":\"J\"},"
#define SECTORS \
	"\"sectors\":[{\"value\":\"energy\",\"label\":{\"en\":\"E\",\"id\":\"L\"}}],"
#define GROUPS \
	"\"groups\":[{\"first\":10,\"last\":19,\"label\":{\"en\":\"G\",\"id\":\"K\"}}],"
#define BEFORE HEAD TITLE SECTORS GROUPS
#define AT "{\"name\":\"at\",\"type\":\"time\"}"
#define SIGNAL_11                                                               \
	"{\"number\":11,\"parameters\":[" AT "],\"text\":{\"en\":\"At {at}.\"," \
	"\"id\":\"{at} itu.\"}}"
#define GOOD BEFORE "\"signals\":[" SIGNAL_11 "]}"

static const struct record_codebook *default_book(void)
{
	const struct record_codebook *book =
	    record_codebook_builtin(&record_codebook_default_digest);

	assert_non_null(book);
	return book;
}

static enum status decode(const char *json, struct error *err)
{
	struct record_codebook *book = NULL;
	enum status status = record_codebook_decode(view_of_string(json), &book, err);

	record_codebook_free(book);
	return status;
}

static void a_book_is_read(void **state)
{
	struct hash digest = sha256(view_of_string(GOOD));
	const struct record_signal_group *groups;
	const struct record_signal *signal;
	struct record_codebook *book;
	struct error err;
	size_t count;

	assert_int_equal(record_codebook_decode(view_of_string(GOOD), &book, &err),
	                 STATUS_OK);
	assert_true(hash_equal(record_codebook_digest(book), &digest));
	assert_string_equal(record_codebook_id(book), "t.one");
	assert_int_equal(record_codebook_version(book), 2);
	assert_int_equal(record_codebook_language_count(book), 2);
	assert_string_equal(record_codebook_language(book, 1), "id");
	assert_string_equal(record_codebook_title(book, 1), "J");
	assert_string_equal(record_codebook_sector(book, 0), "energy");
	assert_null(record_codebook_sector(book, 1));
	groups = record_codebook_groups(book, &count);
	assert_int_equal(count, 1);
	assert_int_equal(groups[0].last, 19);
	signal = record_codebook_find(book, 11);
	assert_non_null(signal);
	assert_int_equal(signal->group, 0);
	assert_int_equal(signal->parameter_count, 1);
	assert_string_equal(signal->parameters[0].name, "at");
	assert_string_equal(signal->texts[0], "At {at}.");
	assert_null(record_codebook_find(book, 10));
	assert_null(record_codebook_find(book, 12));
	assert_null(record_codebook_find(book, -1));
	record_codebook_free(book);
}

static void languages_may_stand_behind_the_texts(void **state)
{
	struct error err;

	assert_int_equal(
	    decode("{\"title\":{\"en\":\"T\"},\"signals\":[{\"text\":{\"en\":\"x\"},"
	           "\"parameters\":[],\"number\":1}],\"groups\":[{\"first\":1,\"last\":1,"
	           "\"label\":{\"en\":\"G\"}}],\"sectors\":[{\"label\":{\"en\":\"S\"},"
	           "\"value\":\"s\"}],\"languages\":[\"en\"],\"version\":1,"
	           "\"id\":\"t\",\"aldis\":1}",
	           &err),
	    STATUS_OK);
}

static void a_bad_book_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *json, *sentence;
	} bad[] = {
	    {"[]", "codebook: must be an object"},
	    {HEAD TITLE SECTORS GROUPS "\"more\":1}",
	     "codebook: has an unknown member, more"},
	    {HEAD TITLE SECTORS GROUPS "\"aldis2\":1}",
	     "codebook: has an unknown member, aldis2"},
	    {HEAD SECTORS GROUPS "\"signals\":[" SIGNAL_11 "]}",
	     "codebook: title is missing"},
	    {"{\"aldis\":1}", "codebook: languages is missing"},
	    {"{\"aldis\":1,\"languages\":[\"id\"]}",
	     "codebook: languages: en is missing"},
	    {HEAD "\"title\":{\"en\":\"T\"}}",
	     "codebook: title: has no text in the language id"},
	    {HEAD "\"title\":{\"en\":\"T\",\"id\":\"J\",\"fr\":\"F\"}}",
	     "codebook: title: has a language that the book does not name"},
	    {HEAD "\"title\":{\"en\":\"T\",\"id\":1}}",
	     "codebook: title: id: must be a string"},
	    {HEAD "\"title\":{\"en\":\"T\",\"id\":\"\"}}",
	     "codebook: title: id: must have 1 to 100 characters, has 0"},
	    {HEAD "\"title\":{\"en\":\"T\",\"id\":\"a\\u202eb\"}}",
	     "codebook: title: id: holds a control character"},
	    {HEAD "\"title\":{\"en\":\"T\",\"id\":\"{at}\"}}",
	     "codebook: title: id: names a parameter that the signal lacks"},
	    {HEAD "\"sectors\":[{\"value\":\"E\"}]}",
	     "codebook: sectors: value: must be a lower-case word"},
	    {HEAD "\"groups\":[{\"first\":9,\"last\":8,\"label\":{\"en\":\"G\","
	          "\"id\":\"K\"}}]}",
	     "codebook: groups: must be in order and must not overlap"},
	    {BEFORE "\"signals\":[]}",
	     "codebook: signals: must have 1 to 2000 elements, has 0"},
	    {BEFORE "\"signals\":[" SIGNAL_11 "," SIGNAL_11 "]}",
	     "codebook: signals: must stand in the order of their numbers"},
	    {BEFORE "\"signals\":[{\"number\":20,\"parameters\":[],\"text\":{\"en\":"
	            "\"x\",\"id\":\"x\"}}]}",
	     "codebook: signal 20 belongs to no group"},
	    {BEFORE "\"signals\":[{\"number\":0}]}",
	     "codebook: signals: signal 0: number: must be 1 to 9999"},
	    {BEFORE "\"signals\":[{\"number\":11,\"parameters\":[" AT "," AT "]}]}",
	     "codebook: signals: signal 11: parameters: name: at stands there twice"},
	    {BEFORE "\"signals\":[{\"number\":11,\"parameters\":[{\"name\":\"at\","
	            "\"type\":\"date\"}]}]}",
	     "codebook: signals: signal 11: parameters: type: is no type of a "
	     "parameter"},
	    {BEFORE "\"signals\":[{\"number\":11,\"parameters\":[{\"name\":\"At\","
	            "\"type\":\"time\"}]}]}",
	     "codebook: signals: signal 11: parameters: name: must be a lower-case "
	     "word"},
	    {BEFORE "\"signals\":[{\"number\":11,\"parameters\":[" AT "],\"text\":"
	            "{\"en\":\"{at}\",\"id\":\"x\"}}]}",
	     "codebook: signals: signal 11: id: lacks the parameter {at}"},
	    {BEFORE "\"signals\":[{\"number\":11,\"parameters\":[" AT "],\"text\":"
	            "{\"en\":\"{at} {by}\",\"id\":\"{at}\"}}]}",
	     "codebook: signals: signal 11: en: names a parameter that the signal "
	     "lacks"},
	    {BEFORE "\"signals\":[{\"number\":11,\"parameters\":[" AT "],\"text\":"
	            "{\"en\":\"{at} {\",\"id\":\"{at}\"}}]}",
	     "codebook: signals: signal 11: en: has a stray brace"},
	    {BEFORE "\"signals\":[{\"number\":11,\"parameters\":[" AT "],\"text\":"
	            "{\"en\":\"{at} {}\",\"id\":\"{at}\"}}]}",
	     "codebook: signals: signal 11: en: has a stray brace"},
	    {BEFORE "\"signals\":[{\"number\":11,\"parameters\":[" AT "],\"text\":"
	            "{\"en\":\"{at}\",\"id\":\"} {at}\"}}]}",
	     "codebook: signals: signal 11: id: has a stray brace"},
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct error err = {{0}};

		assert_int_equal(decode(bad[i].json, &err), STATUS_MALFORMED);
		assert_string_equal(err.text, bad[i].sentence);
	}
}

static void every_truncation_is_refused(void **state)
{
	for (size_t len = 0; len < sizeof GOOD - 1; len++) {
		CLEANUP_FREE char *copy = strndup(GOOD, len);
		struct error err;

		assert_int_equal(decode(copy, &err), STATUS_MALFORMED);
	}
}

static void too_large_a_book_is_refused(void **state)
{
	size_t len = RECORD_CODEBOOK_MAX + 1;
	CLEANUP_FREE char *spaces = malloc(len + 1);
	struct error err;

	assert_non_null(spaces);
	memset(spaces, ' ', len);
	memcpy(spaces, GOOD, sizeof GOOD - 1);
	spaces[len] = '\0';
	assert_int_equal(decode(spaces, &err), STATUS_LIMIT);
	spaces[len - 1] = '\0';
	assert_int_equal(decode(spaces, &err), STATUS_OK);
}

/* ---- the default book */

/* How many of the signal's parameters the text names. */
static size_t count_named(const struct record_signal *signal, const char *text)
{
	size_t count = 0;

	for (size_t i = 0; i < signal->parameter_count; i++) {
		char slot[RECORD_PARAMETER_NAME_MAX + 3];

		(void)snprintf(slot, sizeof slot, "{%s}", signal->parameters[i].name);
		count += strstr(text, slot) != NULL;
	}
	return count;
}

static size_t count_byte(const char *text, char byte)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += *text == byte;
	return count;
}

static void every_signal_has_the_same_parameters_in_every_language(void **state)
{
	const struct record_codebook *book = default_book();
	const struct record_signal *signals;
	size_t count;

	signals = record_codebook_signals(book, &count);
	assert_in_range(count, 60, 90);
	for (size_t i = 0; i < count; i++)
		for (size_t l = 0; l < record_codebook_language_count(book); l++) {
			const char *text = signals[i].texts[l];

			assert_int_equal(count_named(&signals[i], text),
			                 signals[i].parameter_count);
			assert_int_equal(count_byte(text, '{'),
			                 signals[i].parameter_count);
			assert_int_equal(count_byte(text, '}'),
			                 signals[i].parameter_count);
		}
}

static void the_default_book_speaks_seven_languages(void **state)
{
	static const char *const languages[] = {"en", "id", "ru", "fr", "es", "zh", "ar"};
	const struct record_codebook *book = default_book();
	const struct record_signal_group *groups;
	size_t count;

	assert_string_equal(record_codebook_id(book), "aldis.default");
	assert_int_equal(record_codebook_language_count(book), 7);
	for (size_t i = 0; i < 7; i++)
		assert_string_equal(record_codebook_language(book, i), languages[i]);
	groups = record_codebook_groups(book, &count);
	assert_int_equal(count, 11);
	for (size_t i = 0; i < count; i++)
		assert_string_not_equal(groups[i].labels[0], groups[i].labels[6]);
}

static void texts_differ_between_languages_and_signals(void **state)
{
	const struct record_codebook *book = default_book();
	const struct record_signal *signals;
	size_t count;

	signals = record_codebook_signals(book, &count);
	for (size_t i = 0; i < count; i++)
		for (size_t l = 0; l < record_codebook_language_count(book); l++)
			for (size_t j = 0; j < i; j++)
				assert_string_not_equal(signals[i].texts[l],
				                        signals[j].texts[l]);
	for (size_t i = 0; i < count; i++)
		for (size_t l = 1; l < record_codebook_language_count(book); l++)
			assert_string_not_equal(signals[i].texts[l], signals[i].texts[0]);
}

static void built_in_books_are_found_by_digest(void **state)
{
	struct hash other = record_codebook_default_digest;

	assert_ptr_equal(record_codebook_builtin_at(0), default_book());
	assert_null(record_codebook_builtin_at(1));
	assert_true(hash_equal(record_codebook_digest(default_book()),
	                       &record_codebook_default_digest));
	other.bytes[31] ^= 1;
	assert_null(record_codebook_builtin(&other));
}

static void the_nearest_language_is_taken(void **state)
{
	const struct record_codebook *book = default_book();

	assert_int_equal(record_codebook_language_index(book, "fr"), 3);
	assert_int_equal(record_codebook_language_index(book, "fr-CA"), 3);
	assert_int_equal(record_codebook_language_index(book, "zh-Hans"), 5);
	assert_int_equal(record_codebook_language_index(book, "ar_EG.UTF-8"), 6);
	assert_int_equal(record_codebook_language_index(book, "de"), 0);
	assert_int_equal(record_codebook_language_index(book, "frr"), 0);
	assert_int_equal(record_codebook_language_index(book, ""), 0);
	assert_int_equal(record_codebook_language_index(book, NULL), 0);
}

/* ---- signals */

struct sent {
	enum status status;
	char text[2048];
	struct error err;
};

static struct sent send(int64_t number, const char *parameters, const char *language)
{
	const struct record_codebook *book = default_book();
	const struct record_signal *signal = record_codebook_find(book, number);
	CLEANUP_BUF struct buf text = BUF_INIT(sizeof((struct sent *)0)->text - 1);
	struct json_doc doc = {0};
	const struct json_token *root = NULL;
	struct sent sent = {.text = ""};

	assert_non_null(signal);
	if (parameters != NULL) {
		assert_int_equal(
		    json_scan(&doc, view_of_string(parameters), 1000, &sent.err),
		    STATUS_OK);
		root = json_root(&doc);
	}
	sent.status = record_signal_check(signal, &doc, root, &sent.err);
	assert_int_equal(
	    record_signal_render(book, signal, &doc, root, language, &text, &sent.err),
	    sent.status);
	memcpy(sent.text, text.data == NULL ? (const uint8_t *)"" : text.data, text.len);
	json_release(&doc);
	return sent;
}

#define V(name, value) "{\"name\":\"" name "\",\"value\":\"" value "\"}"
#define FROM V("from", "2026-11-20T23:49:00Z")
#define UNTIL V("until", "2026-11-22T06:00:00Z")

static void a_signal_is_rendered_in_each_language(void **state)
{
	static const char parameters[] = "[" UNTIL "," FROM "," V("delay", "PT90M") "]";

	assert_string_equal(
	    send(106, parameters, "en").text,
	    "From 2026-11-20 23:49:00 UTC until 2026-11-22 06:00:00 UTC only the officer "
	    "on call attends this line. Please expect our answers within 1 h 30 min.");
	assert_string_equal(
	    send(106, parameters, "id").text,
	    "Dari 2026-11-20 23:49:00 UTC sampai 2026-11-22 06:00:00 UTC saluran ini "
	    "hanya dilayani petugas siaga. Jawaban kami dapat diharapkan dalam waktu 1 h "
	    "30 min.");
	assert_string_equal(send(106, parameters, "zh-Hant").text,
	                    "自 2026-11-20 23:49:00 UTC 至 2026-11-22 06:00:00 UTC，"
	                    "本线路仅由待命值班员负责。我方将在 1 h 30 min 内答复。");
}

static void sectors_are_said_in_the_readers_language(void **state)
{
	static const char parameters[] = "[" V("sector", "water") "," V(
	    "country", "ZZ") "," V("since", "2026-11-20T23:49:00Z") "]";

	assert_string_equal(
	    send(209, parameters, "es").text,
	    "Hay servicios esenciales interrumpidos desde el 2026-11-20 23:49:00 UTC. "
	    "Sector: Agua y aguas residuales; país: ZZ. La causa aún no se conoce.");
	assert_string_equal(
	    send(209, parameters, "ru").text,
	    "С 2026-11-20 23:49:00 UTC прервано предоставление жизненно важных услуг. "
	    "Сектор: Водоснабжение и водоотведение; страна: ZZ. Причина пока не "
	    "известна.");
}

static void values_keep_their_order_in_a_text_from_right_to_left(void **state)
{
	assert_string_equal(
	    send(103, "[" V("since", "2026-11-20T23:49:00Z") "]", "ar").text,
	    "لم نتلق منكم شيئًا منذ \xe2\x81\xa6"
	    "2026-11-20 23:49:00 UTC\xe2\x81\xa9. يرجى الاتصال بنا عبر هذا الخط.");
}

static void a_signal_without_parameters_needs_none(void **state)
{
	assert_int_equal(send(101, NULL, "en").status, STATUS_OK);
	assert_int_equal(send(101, "[]", "en").status, STATUS_OK);
}

static void wrong_parameters_are_named(void **state)
{
	static const struct {
		int64_t number;
		const char *parameters, *sentence;
	} bad[] = {
	    {104, NULL,
	     "parameter from: is missing; it is a time such as 2026-11-20T23:49:00Z"},
	    {104, "[" FROM "]",
	     "parameter until: is missing; it is a time such as 2026-11-20T23:49:00Z"},
	    {104, "[" FROM "," UNTIL "," FROM "]", "parameter from: is given twice"},
	    {104, "[" FROM "," UNTIL "," V("by", "x") "]",
	     "parameter by: signal 104 does not have it"},
	    {104, "[" FROM "," UNTIL "," V("\\u001bby", "x") "]",
	     "parameters: one has a name that is not a lower-case word"},
	    {104, "[" V("from", "20 November") "]",
	     "parameter from: must be a time such as 2026-11-20T23:49:00Z"},
	    {104, "{}", "parameters: must be a list"},
	    {104, "[1]", "parameters: must be a list of objects"},
	    {104, "[{}]", "parameters: one has no name"},
	    {104, "[{\"name\":\"from\"}]",
	     "parameter from: must be a time such as 2026-11-20T23:49:00Z"},
	    {104, "[{\"name\":\"from\",\"value\":1}]",
	     "parameter from: must be a time such as 2026-11-20T23:49:00Z"},
	    {101, "[" FROM "]", "parameter from: signal 101 does not have it"},
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct sent sent = send(bad[i].number, bad[i].parameters, "en");

		assert_int_equal(sent.status, STATUS_MALFORMED);
		assert_string_equal(sent.err.text, bad[i].sentence);
		assert_string_equal(sent.text, "");
	}
}

/* Signals of the default book whose last lacking parameter is of one type. */
static void values_are_checked_by_type(void **state)
{
	static const struct {
		int64_t number;
		const char *before, *name;
		const char *good[6], *bad[14];
	} types[] = {
	    {602,
	     V("by", "2026-11-20T23:49:00Z") ",",
	     "domain",
	     {"mail.example", "xn--bcher-kva.example", "a.b", "_dmarc.7.example"},
	     {"", "example", "Mail.example", "mail..example", ".example", "example.",
	      "-a.example", "a-.example", "a b.example", "192.0.2.1"}},
	    {604,
	     "",
	     "prefix",
	     {"192.0.2.7", "192.0.2.0/24", "0.0.0.0/0", "2001:db8::/32", "::", "::1/128"},
	     {"", "192.0.2.7/24", "192.0.2.0/33", "192.0.2", "192.0.2.07",
	      "192.0.2.0/024", "2001:DB8::/32", "2001:db8:0:0:0:0:0:1", "2001:db8::/129",
	      "2001:db8::/", "192.0.2.0/24 ", "fe80::1%eth0", "x"}},
	    {403,
	     "",
	     "hash",
	     {"0123456789abcdef0123456789abcdef",
	      "0123456789abcdef0123456789abcdef01234567"},
	     {"", "abc", "0123456789ABCDEF0123456789ABCDEF",
	      "0123456789abcdef0123456789abcdeg"}},
	    {1101, "", "language", {"en", "zh-Hans"}, {"", "e", "english please"}},
	    {1001,
	     "",
	     "message",
	     {"north.example#12"},
	     {"", "north.example", "north.example#01", "North#1"}},
	    {1105,
	     V("message", "north.example#12") ",",
	     "reference",
	     {"CVE-2026-1234", "A_1/b:c#2.d"},
	     {"", "a b", "\\u202e", "é"}},
	    {905,
	     V("message", "north.example#12") "," V("time", "2026-11-20T23:49:00Z") ",",
	     "duration",
	     {"PT1H", "PT45S"},
	     {"", "PT0S", "1h", "P1D", "PT-1H"}},
	    {206,
	     V("hash", "0123456789abcdef0123456789abcdef") "," V(
	         "time", "2026-11-20T23:49:00Z") ",",
	     "count",
	     {"0", "250", "9007199254740991"},
	     {"", "-1", "01", "1.5", "1,000", "9007199254740992"}},
	    {201,
	     V("since", "2026-11-20T23:49:00Z") "," V("country", "ZZ") ",",
	     "sector",
	     {"energy", "other"},
	     {"", "Energy", "magic"}},
	    {201,
	     V("since", "2026-11-20T23:49:00Z") "," V("sector", "food") ",",
	     "country",
	     {"ZZ"},
	     {"", "zz", "Z", "ZZZ", "Z1"}},
	    {103,
	     "",
	     "since",
	     {"2026-11-20T23:49:00Z"},
	     {"", "2026-11-20T23:49:00+02:00", "2026-11-20", "2026-02-30T00:00:00Z"}},
	};
	char parameters[1024];

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		for (size_t v = 0; v < 6 && types[i].good[v] != NULL; v++) {
			(void)snprintf(parameters, sizeof parameters,
			               "[%s{\"name\":\"%s\",\"value\":\"%s\"}]",
			               types[i].before, types[i].name, types[i].good[v]);
			if (send(types[i].number, parameters, "en").status != STATUS_OK)
				fail_msg("%s is refused", parameters);
		}
		for (size_t v = 0; v < 14 && types[i].bad[v] != NULL; v++) {
			(void)snprintf(parameters, sizeof parameters,
			               "[%s{\"name\":\"%s\",\"value\":\"%s\"}]",
			               types[i].before, types[i].name, types[i].bad[v]);
			if (send(types[i].number, parameters, "en").status == STATUS_OK)
				fail_msg("%s passes", parameters);
		}
	}
}

static void a_value_longer_than_any_is_refused(void **state)
{
	char parameters[1024] = "[{\"name\":\"domain\",\"value\":\"a.", label[301];

	memset(label, 'b', sizeof label - 1);
	label[300] = '\0';
	strcat(strcat(parameters, label), "\"}]");
	assert_int_equal(send(402, parameters, "en").status, STATUS_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_book_is_read),
	    cmocka_unit_test(languages_may_stand_behind_the_texts),
	    cmocka_unit_test(a_bad_book_is_refused_with_its_place),
	    cmocka_unit_test(every_truncation_is_refused),
	    cmocka_unit_test(too_large_a_book_is_refused),
	    cmocka_unit_test(every_signal_has_the_same_parameters_in_every_language),
	    cmocka_unit_test(the_default_book_speaks_seven_languages),
	    cmocka_unit_test(texts_differ_between_languages_and_signals),
	    cmocka_unit_test(built_in_books_are_found_by_digest),
	    cmocka_unit_test(the_nearest_language_is_taken),
	    cmocka_unit_test(a_signal_is_rendered_in_each_language),
	    cmocka_unit_test(sectors_are_said_in_the_readers_language),
	    cmocka_unit_test(values_keep_their_order_in_a_text_from_right_to_left),
	    cmocka_unit_test(a_signal_without_parameters_needs_none),
	    cmocka_unit_test(wrong_parameters_are_named),
	    cmocka_unit_test(values_are_checked_by_type),
	    cmocka_unit_test(a_value_longer_than_any_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
