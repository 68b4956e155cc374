/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings of the alerts: what is refused, and where it says so; no line may become two.
 */
#include "office/alert_settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define EMAIL(url, tls, from, to)                                              \
	"{\"email\":{\"url\":\"" url "\",\"tls\":\"" tls "\",\"from\":\"" from \
	"\",\"to\":[" to "]},\"webhook\":null}"
#define GOOD \
	EMAIL("smtp://mail.example:25", "none", "desk@north.example", "\"a@b.example\"")
#define HOOK(url) "{\"email\":null,\"webhook\":{\"url\":\"" url "\"}}"

static enum status read_settings(const char *text, const struct alert_settings *before,
                                 struct alert_settings *ret_settings,
                                 struct alert_problem *problem)
{
	struct json_doc doc = {0};
	enum status status = json_scan(&doc, view_of_string(text), 1000, NULL);

	assert_int_equal(status, STATUS_OK);
	*problem = (struct alert_problem){0};
	status = alert_settings_read(&doc, json_root(&doc), before, ret_settings, problem,
	                             NULL);
	json_release(&doc);
	return status;
}

static void refused(const char *text, const char *field)
{
	struct alert_settings settings;
	struct alert_problem problem;

	if (read_settings(text, NULL, &settings, &problem) != STATUS_MALFORMED)
		fail_msg("accepted: %s", text);
	assert_string_equal(problem.field, field);
}

/* As a string. */
static void write_settings(struct buf *out, const struct alert_settings *settings,
                           bool with_secrets)
{
	struct json_writer writer = json_writer_of(out);

	json_writer_object(&writer, NULL);
	alert_settings_write(&writer, settings, with_secrets);
	json_writer_end(&writer);
	buf_append_byte(out, '\0');
}

static void good_settings_come_back(void **state)
{
	static const char whole[] =
	    "{\"email\":{\"url\":\"smtp://mail.example:587\",\"tls\":\"starttls\","
	    "\"from\":\"desk@north.example\",\"to\":[\"a@b.example\",\"c@d.example\"],"
	    "\"name\":\"desk\",\"password\":\"p\\u00e4ss\"},"
	    "\"webhook\":{\"url\":\"https://hook.example/"
	    "x?y=1\",\"secret\":\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"},"
	    "\"content\":true,\"what\":[\"duty\",\"fork\"],\"repeat_minutes\":5}";
	struct buf out = BUF_INIT(4096), same = BUF_INIT(4096), shown = BUF_INIT(4096);
	struct alert_settings settings, again;
	struct alert_problem problem;

	assert_int_equal(read_settings(whole, NULL, &settings, &problem), STATUS_OK);
	assert_int_equal(settings.what, ALERT_DUTY | ALERT_FORK);
	write_settings(&out, &settings, true);
	assert_int_equal(read_settings((const char *)out.data, NULL, &again, &problem),
	                 STATUS_OK);
	write_settings(&same, &again, true);
	assert_string_equal((char *)out.data, (char *)same.data);
	write_settings(&shown, &settings, false);
	assert_null(strstr((const char *)shown.data, "p\xc3\xa4ss"));
	assert_non_null(strstr((const char *)shown.data, "\"has_password\":true"));
	assert_non_null(strstr((const char *)shown.data, "\"has_secret\":true"));
	buf_release(&out);
	buf_release(&same);
	buf_release(&shown);
	assert_int_equal(read_settings(GOOD, NULL, &settings, &problem), STATUS_OK);
	assert_int_equal(settings.what, ALERT_WHAT_ALL);
	assert_int_equal(settings.repeat_minutes, 15);
	assert_false(settings.has_content);
}

static void no_line_becomes_two(void **state)
{
	refused(EMAIL("smtp://mail.example", "none",
	              "desk@north.example\\r\\nRCPT TO:<x@y>", "\"a@b.example\""),
	        "email.from");
	refused(EMAIL("smtp://mail.example", "none", "desk@north.example",
	              "\"a@b.example\",\"c@d.example\\r\\nBcc: x@y\""),
	        "email.to[1]");
	refused(EMAIL("smtp://mail.example", "none", "desk@north.example",
	              "\"a@b.example>\\n\""),
	        "email.to[0]");
	refused(EMAIL("smtp://mail.example\\r\\nMAIL", "none", "desk@north.example",
	              "\"a@b.example\""),
	        "email.url");
	refused(
	    "{\"email\":{\"url\":\"smtp://m.example\",\"from\":\"a@b\",\"to\":[\"a@b\"],"
	    "\"name\":\"n\\r\\n\",\"password\":\"p\"},\"webhook\":null}",
	    "email.name");
	refused(
	    "{\"email\":{\"url\":\"smtp://m.example\",\"from\":\"a@b\",\"to\":[\"a@b\"],"
	    "\"name\":\"n\",\"password\":\"p\\n\"},\"webhook\":null}",
	    "email.password");
	refused(HOOK("https://hook.example/\\r\\nHost: x"), "webhook.url");
	refused("{\"email\":null,\"webhook\":{\"url\":\"https://h.example/\","
	        "\"secret\":\"a\\nb\"}}",
	        "webhook.secret");
	refused("{\"email\":null,\"webhook\":{\"url\":\"https://h.example/\","
	        "\"secret\":\"a key that both know\"}}",
	        "webhook.secret");
}

static void addresses_have_a_form(void **state)
{
	static const char *const good[] = {"a@b", "a.b+c@mail.example", "o'hara@x.y",
	                                   "a=b@x-y.example"};
	static const char *const bad[] = {
	    "",     "a",       "@b",      "a@",     "a b@c", "a@b c",    "<a@b>",
	    "a@b>", "\"a\"@b", "a@b,c@d", "a@b;c",  "a@@b",  "a@b..c",   "a@.b",
	    "a@b.", "a@b\t",   "a\\@b",   "a(x)@b", "ä@b",   "a@bücher", "a@[127.0.0.1]"};

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		if (!alert_address_check(good[i]))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (alert_address_check(bad[i]))
			fail_msg("accepted: %s", bad[i]);
}

static void urls_have_a_form(void **state)
{
	static const char *const hooks[] = {
	    HOOK("ftp://hook.example/"),        HOOK("https://"),
	    HOOK("https://a:b@hook.example/"),  HOOK("https://hook.example/#x"),
	    HOOK("https://hook.example?x"),     HOOK("javascript:alert(1)"),
	    HOOK("https://hook.example/a b"),   HOOK("file:///etc/passwd"),
	    HOOK("https://hook.example\\\\x/"), HOOK("")};

	for (size_t i = 0; i < sizeof hooks / sizeof hooks[0]; i++)
		refused(hooks[i], "webhook.url");
	refused(EMAIL("http://mail.example", "none", "a@b", "\"a@b\""), "email.url");
	refused(EMAIL("smtp://", "none", "a@b", "\"a@b\""), "email.url");
	refused(EMAIL("smtp://mail.example/x", "none", "a@b", "\"a@b\""), "email.url");
	refused(EMAIL("smtp://u:p@mail.example", "none", "a@b", "\"a@b\""), "email.url");
	refused(EMAIL("smtps://mail.example", "starttls", "a@b", "\"a@b\""), "email.url");
	refused(EMAIL("smtp://mail.example", "perhaps", "a@b", "\"a@b\""), "email.tls");
}

static void what_makes_no_sense_is_refused(void **state)
{
	refused(
	    "{\"email\":{\"url\":\"smtp://m.example\",\"tls\":\"none\",\"from\":\"a@b\","
	    "\"to\":[\"a@b\"],\"name\":\"n\",\"password\":\"p\"},\"webhook\":null}",
	    "email.tls");
	refused(
	    "{\"email\":{\"url\":\"smtp://m.example\",\"from\":\"a@b\",\"to\":[\"a@b\"],"
	    "\"password\":\"p\"},\"webhook\":null}",
	    "email.name");
	refused(EMAIL("smtp://m.example", "none", "a@b", ""), "email.to");
	refused("{\"email\":null,\"webhook\":null,\"what\":[\"weather\"]}", "what");
	refused("{\"email\":null,\"webhook\":null,\"content\":\"yes\"}", "content");
	refused("{\"email\":null,\"webhook\":null,\"repeat_minutes\":0}",
	        "repeat_minutes");
	refused("{\"email\":null}", "");
	refused("{\"email\":null,\"webhook\":null,\"sms\":1}", "");
	refused("[]", "");
}

static void secrets_stay_only_where_they_went(void **state)
{
	struct alert_settings before = {0}, settings;
	struct alert_problem problem;
	const char *same =
	    "{\"email\":{\"url\":\"smtp://m.example\",\"from\":\"a@b\",\"to\":[\"a@b\"],"
	    "\"name\":\"n\"},\"webhook\":{\"url\":\"https://h.example/\"}}";
	const char *other =
	    "{\"email\":{\"url\":\"smtp://"
	    "evil.example\",\"from\":\"a@b\",\"to\":[\"a@b\"],"
	    "\"name\":\"n\"},\"webhook\":{\"url\":\"https://evil.example/\"}}";
	const char *none =
	    "{\"email\":{\"url\":\"smtp://m.example\",\"from\":\"a@b\",\"to\":[\"a@b\"],"
	    "\"name\":\"n\",\"password\":\"\"},"
	    "\"webhook\":{\"url\":\"https://h.example/\",\"secret\":\"\"}}";

	const char *renewed = "{\"email\":null,\"webhook\":{\"url\":"
	                      "\"https://h.example/\",\"secret\":null}}";

	before.has_email = before.has_webhook = true;
	strcpy(before.email.url, "smtp://m.example");
	strcpy(before.email.name, "n");
	strcpy(before.email.password, "p");
	strcpy(before.webhook.url, "https://h.example/");
	webhook_secret_make(before.webhook.secret);
	assert_int_equal(read_settings(same, &before, &settings, &problem), STATUS_OK);
	assert_string_equal(settings.email.password, "p");
	assert_string_equal(settings.webhook.secret, before.webhook.secret);
	assert_false(settings.webhook.wants_secret);
	before.repeat_minutes = 7;
	assert_int_equal(read_settings(same, &before, &settings, &problem), STATUS_OK);
	assert_int_equal(settings.repeat_minutes, 7);
	assert_int_equal(read_settings(other, &before, &settings, &problem), STATUS_OK);
	assert_string_equal(settings.email.password, "");
	assert_string_equal(settings.webhook.secret, "");
	assert_true(settings.webhook.wants_secret);
	assert_int_equal(read_settings(renewed, &before, &settings, &problem), STATUS_OK);
	assert_string_equal(settings.webhook.secret, "");
	assert_true(settings.webhook.wants_secret);
	assert_int_equal(read_settings(same, NULL, &settings, &problem), STATUS_OK);
	assert_false(settings.webhook.wants_secret); /* a row has what it has */
	assert_int_equal(read_settings(none, &before, &settings, &problem), STATUS_OK);
	assert_string_equal(settings.email.password, "");
	assert_string_equal(settings.webhook.secret, "");
	assert_false(settings.webhook.wants_secret);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good_settings_come_back),
	    cmocka_unit_test(no_line_becomes_two),
	    cmocka_unit_test(addresses_have_a_form),
	    cmocka_unit_test(urls_have_a_form),
	    cmocka_unit_test(what_makes_no_sense_is_refused),
	    cmocka_unit_test(secrets_stay_only_where_they_went),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
