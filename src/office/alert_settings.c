/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading is by a table of members for each object; each reader notes the field that it
 * looks at, so that a failure has a place.
 */
#include "office/alert_settings.h"

#include <stdio.h>

#include "office/fields.h"
#include "record/object.h"
#include "record/public_url.h"

enum { LOCAL_PART_MAX = 64, PATH_MAX_LEN = 200 };

static const char *const what_names[] = {"duty", "overdue", "unread",  "failed",
                                         "fork", "frozen",  "approval"};
static const char *const tls_names[] = {[DESK_MAIL_PLAIN] = "none",
                                        [DESK_MAIL_STARTTLS] = "starttls",
                                        [DESK_MAIL_TLS] = "tls"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *alert_what_name(unsigned what)
{
	for (size_t i = 0; i < COUNT(what_names); i++)
		if (what == 1u << i)
			return what_names[i];
	return NULL;
}

unsigned alert_what_of(struct view name)
{
	for (size_t i = 0; i < COUNT(what_names); i++)
		if (view_equal_string(name, what_names[i]))
			return 1u << i;
	return 0;
}

/* ---- forms ---- */

static bool is_one_of(char c, const char *others)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c != '\0' && strchr(others, c) != NULL);
}

static bool is_domain(const char *domain)
{
	char before = '.';

	for (const char *at = domain; *at != '\0'; before = *at++)
		if (!is_one_of(*at, "-.") || (*at == '.' && before == '.'))
			return false;
	return before != '.';
}

/* No quoted local parts: nobody needs them, and they may hold anything. */
bool alert_address_check(const char *address)
{
	const char *sign = strchr(address, '@');

	if (sign == NULL || sign == address || sign - address > LOCAL_PART_MAX ||
	    strlen(address) > DESK_ADDRESS_MAX)
		return false;
	for (const char *at = address; at < sign; at++)
		if (!is_one_of(*at, "!#$%&'*+-/=?^_`{|}~."))
			return false;
	return is_domain(sign + 1);
}

/* Name or address of a host, in brackets or not, and perhaps a port: nothing else. */
static bool is_host(const char *host)
{
	size_t len = 0;

	for (; host[len] != '\0'; len++)
		if (!is_one_of(host[len], "-.:[]"))
			return false;
	return len > 0;
}

static bool is_mail_url(const char *url, enum desk_mail_tls tls)
{
	if (strncmp(url, "smtp://", 7) == 0)
		return is_host(url + 7);
	return tls == DESK_MAIL_TLS && strncmp(url, "smtps://", 8) == 0 &&
	       is_host(url + 8);
}

size_t alert_url_base_len(const char *url)
{
	const char *host = strstr(url, "://");

	return host == NULL ? 0 : (size_t)(host + 3 - url) + strcspn(host + 3, "/?#");
}

/* The base is what the client holds to its rule; the path may have a query. */
static bool is_web_url(const char *url)
{
	char base[ALERT_URL_MAX + 1];
	size_t len = alert_url_base_len(url);

	if (len == 0 || strlen(url + len) > PATH_MAX_LEN)
		return false;
	memcpy(base, url, len);
	base[len] = '\0';
	for (const char *at = url + len; *at != '\0'; at++)
		if (*at <= ' ' || *at > '~' || strchr("#\\\"", *at) != NULL)
			return false;
	return record_public_url_check(base) && (url[len] == '/' || url[len] == '\0');
}

/* What goes into a line of a protocol. */
static bool is_line(const char *text)
{
	for (; *text != '\0'; text++)
		if ((uint8_t)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

/* ---- reading ---- */

struct reading {
	struct alert_settings *settings;
	struct alert_problem *problem;
	bool has_password, has_secret;
};

static enum status refuse(struct reading *reading, struct error *err, const char *field,
                          const char *why)
{
	snprintf(reading->problem->field, sizeof reading->problem->field, "%s", field);
	(void)error_set(&reading->problem->why, STATUS_MALFORMED, "%s", why);
	return error_set(err, STATUS_MALFORMED, "%s", why);
}

/* A string that satisfies is_good, or it is said why not. */
static enum status read_text(struct reading *reading, const struct json_doc *doc,
                             const struct json_token *value, const char *field,
                             char *ret_text, size_t max, bool (*is_good)(const char *),
                             const char *why, struct error *err)
{
	if (value->type == JSON_STRING &&
	    json_string_copy(doc, value, ret_text, max + 1) && is_good(ret_text))
		return STATUS_OK;
	return refuse(reading, err, field, why);
}

static bool is_any(const char *text)
{
	return is_line(text);
}

#define ADDRESS "must be an address such as watch@north.example"
#define LINE "must be a text of one line, at most 255 bytes"

static enum status read_email_url(const struct json_doc *doc,
                                  const struct json_token *value, void *context,
                                  struct error *err)
{
	struct reading *reading = context;

	/* Held to its scheme when tls is known as well. */
	return read_text(reading, doc, value, "email.url", reading->settings->email.url,
	                 ALERT_URL_MAX, is_any, "must be a text", err);
}

static enum status read_tls(const struct json_doc *doc, const struct json_token *value,
                            void *context, struct error *err)
{
	struct reading *reading = context;

	for (size_t i = 0; i < COUNT(tls_names); i++)
		if (value->type == JSON_STRING &&
		    json_string_is(doc, value, tls_names[i])) {
			reading->settings->email.tls = (enum desk_mail_tls)i;
			return STATUS_OK;
		}
	return refuse(reading, err, "email.tls", "must be none, starttls or tls");
}

static enum status read_from(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct reading *reading = context;

	return read_text(reading, doc, value, "email.from", reading->settings->email.from,
	                 DESK_ADDRESS_MAX, alert_address_check, ADDRESS, err);
}

static enum status read_to(const struct json_doc *doc, const struct json_token *value,
                           void *context, struct error *err)
{
	struct reading *reading = context;
	struct alert_email *email = &reading->settings->email;
	const struct json_token *address;

	if (value->type != JSON_ARRAY || value->count < 1 || value->count > ALERT_TO_MAX)
		return refuse(reading, err, "email.to", "must be 1 to 20 addresses");
	for (address = json_first(doc, value); address != NULL;
	     address = json_next(doc, value, address)) {
		char field[ALERT_FIELD_MAX];

		snprintf(field, sizeof field, "email.to[%zu]", email->to_count);
		TRY(read_text(reading, doc, address, field, email->to[email->to_count],
		              DESK_ADDRESS_MAX, alert_address_check, ADDRESS, err));
		email->to_count++;
	}
	return STATUS_OK;
}

static enum status read_name(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct reading *reading = context;

	return read_text(reading, doc, value, "email.name", reading->settings->email.name,
	                 DESK_CREDENTIAL_MAX, is_line, LINE, err);
}

static enum status read_password(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	struct reading *reading = context;

	reading->has_password = true;
	return read_text(reading, doc, value, "email.password",
	                 reading->settings->email.password, DESK_CREDENTIAL_MAX, is_line,
	                 LINE, err);
}

static enum status read_email(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	static const struct record_member members[] = {
	    {"url", true, read_email_url}, {"tls", false, read_tls},
	    {"from", true, read_from},     {"to", true, read_to},
	    {"name", false, read_name},    {"password", false, read_password},
	};
	struct reading *reading = context;
	struct alert_email *email = &reading->settings->email;

	if (value->type == JSON_NULL)
		return STATUS_OK;
	reading->settings->has_email = true;
	email->tls = DESK_MAIL_STARTTLS;
	TRY(record_object_read(doc, value, members, COUNT(members), reading, err));
	if (!is_mail_url(email->url, email->tls))
		return refuse(reading, err, "email.url",
		              "must be smtp://HOST:PORT, or smtps:// where tls is tls");
	return STATUS_OK;
}

static enum status read_webhook_url(const struct json_doc *doc,
                                    const struct json_token *value, void *context,
                                    struct error *err)
{
	struct reading *reading = context;

	return read_text(reading, doc, value, "webhook.url",
	                 reading->settings->webhook.url, ALERT_URL_MAX, is_web_url,
	                 "must be https://HOST/PATH, or http://, without a name or "
	                 "password in it",
	                 err);
}

static bool is_secret_or_none(const char *text)
{
	return text[0] == '\0' || webhook_secret_check(text);
}

static enum status read_secret(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	struct reading *reading = context;

	reading->has_secret = true;
	if (value->type == JSON_NULL) {
		reading->settings->webhook.wants_secret = true;
		return STATUS_OK;
	}
	return read_text(reading, doc, value, "webhook.secret",
	                 reading->settings->webhook.secret, WEBHOOK_SECRET_MAX,
	                 is_secret_or_none,
	                 "must be whsec_ and 24 to 64 random bytes in base64; left out, "
	                 "the desk makes one",
	                 err);
}

static enum status read_webhook(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	static const struct record_member members[] = {
	    {"url", true, read_webhook_url},
	    {"secret", false, read_secret},
	};
	struct reading *reading = context;

	if (value->type == JSON_NULL)
		return STATUS_OK;
	reading->settings->has_webhook = true;
	return record_object_read(doc, value, members, COUNT(members), reading, err);
}

static enum status read_content(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct reading *reading = context;

	if (office_read_bool(value, &reading->settings->has_content, NULL) == STATUS_OK)
		return STATUS_OK;
	return refuse(reading, err, "content", "must be true or false");
}

static enum status read_what(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct reading *reading = context;
	const struct json_token *name;

	if (value->type != JSON_ARRAY)
		return refuse(reading, err, "what", "must be a list");
	reading->settings->what = 0;
	for (name = json_first(doc, value); name != NULL;
	     name = json_next(doc, value, name)) {
		unsigned what = name->type == JSON_STRING && !name->escaped
		                    ? alert_what_of(json_raw(doc, name))
		                    : 0;

		if (what == 0)
			return refuse(reading, err, "what",
			              "must be of duty, overdue, unread, failed, fork, "
			              "frozen, approval");
		reading->settings->what |= what;
	}
	return STATUS_OK;
}

static enum status read_repeat(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	struct reading *reading = context;
	int64_t minutes;

	if (record_integer_read(doc, value, 1, ALERT_REPEAT_MINUTES_MAX, &minutes,
	                        NULL) != STATUS_OK)
		return refuse(reading, err, "repeat_minutes", "must be 1 to 1440");
	reading->settings->repeat_minutes = (unsigned)minutes;
	return STATUS_OK;
}

/* What was left out stays as it was, unless it would go elsewhere now. */
static void keep_secrets(struct reading *reading, const struct alert_settings *before)
{
	struct alert_settings *now = reading->settings;

	if (before == NULL)
		return;
	if (!reading->has_password && now->has_email && before->has_email &&
	    strcmp(now->email.url, before->email.url) == 0 &&
	    strcmp(now->email.name, before->email.name) == 0)
		memcpy(now->email.password, before->email.password,
		       sizeof now->email.password);
	if (reading->has_secret || !now->has_webhook)
		return;
	if (before->has_webhook && strcmp(now->webhook.url, before->webhook.url) == 0)
		memcpy(now->webhook.secret, before->webhook.secret,
		       sizeof now->webhook.secret);
	else
		now->webhook.wants_secret = true;
}

static enum status check_credentials(struct reading *reading, struct error *err)
{
	const struct alert_email *email = &reading->settings->email;

	if (!reading->settings->has_email)
		return STATUS_OK;
	if (email->tls == DESK_MAIL_PLAIN && email->password[0] != '\0')
		return refuse(reading, err, "email.tls",
		              "a password is sent over TLS only: choose starttls or tls");
	if (email->password[0] != '\0' && email->name[0] == '\0')
		return refuse(reading, err, "email.name", "is missing beside a password");
	return STATUS_OK;
}

enum status alert_settings_read(const struct json_doc *doc,
                                const struct json_token *object,
                                const struct alert_settings *before,
                                struct alert_settings *ret_settings,
                                struct alert_problem *ret_problem, struct error *err)
{
	static const struct record_member members[] = {
	    {"email", true, read_email},
	    {"webhook", true, read_webhook},
	    {"content", false, read_content},
	    {"what", false, read_what},
	    {"repeat_minutes", false, read_repeat},
	};
	struct alert_problem problem = {0};
	struct alert_settings settings = {.what = ALERT_WHAT_ALL};
	struct reading reading = {.settings = &settings, .problem = &problem};
	enum status status =
	    record_object_read(doc, object, members, COUNT(members), &reading, err);

	if (status == STATUS_OK) {
		if (settings.repeat_minutes == 0)
			settings.repeat_minutes =
			    before != NULL && before->repeat_minutes > 0
			        ? before->repeat_minutes
			        : ALERT_REPEAT_MINUTES;
		keep_secrets(&reading, before);
		status = check_credentials(&reading, err);
	}
	if (status == STATUS_OK)
		*ret_settings = settings;
	else if (ret_problem != NULL)
		*ret_problem = problem;
	explicit_bzero(&settings, sizeof settings);
	return status;
}

/* ---- writing ---- */

static void write_secret(struct json_writer *writer, const char *name, const char *flag,
                         const char *secret, bool with_secrets)
{
	if (!with_secrets)
		json_writer_bool(writer, flag, secret[0] != '\0');
	else if (secret[0] != '\0')
		json_writer_string(writer, name, secret);
}

static void write_email(struct json_writer *writer, const struct alert_email *email,
                        bool with_secrets)
{
	json_writer_object(writer, "email");
	json_writer_string(writer, "url", email->url);
	json_writer_string(writer, "tls", tls_names[email->tls]);
	json_writer_string(writer, "from", email->from);
	json_writer_array(writer, "to");
	for (size_t i = 0; i < email->to_count; i++)
		json_writer_string(writer, NULL, email->to[i]);
	json_writer_end(writer);
	if (email->name[0] != '\0')
		json_writer_string(writer, "name", email->name);
	write_secret(writer, "password", "has_password", email->password, with_secrets);
	json_writer_end(writer);
}

static void write_webhook(struct json_writer *writer, const struct alert_webhook *webhook,
                          bool with_secrets)
{
	json_writer_object(writer, "webhook");
	json_writer_string(writer, "url", webhook->url);
	write_secret(writer, "secret", "has_secret", webhook->secret, with_secrets);
	json_writer_end(writer);
}

void alert_settings_write(struct json_writer *writer,
                          const struct alert_settings *settings, bool with_secrets)
{
	if (settings->has_email)
		write_email(writer, &settings->email, with_secrets);
	else
		json_writer_null(writer, "email");
	if (settings->has_webhook)
		write_webhook(writer, &settings->webhook, with_secrets);
	else
		json_writer_null(writer, "webhook");
	json_writer_bool(writer, "content", settings->has_content);
	json_writer_array(writer, "what");
	for (unsigned what = 1; what <= ALERT_WHAT_ALL; what <<= 1)
		if (settings->what & what)
			json_writer_string(writer, NULL, alert_what_name(what));
	json_writer_end(writer);
	json_writer_integer(writer, "repeat_minutes",
	                    settings->repeat_minutes > 0 ? settings->repeat_minutes
	                                                 : ALERT_REPEAT_MINUTES);
}
