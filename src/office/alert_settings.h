/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a desk's alerts go, and what they may say. Read strictly, from a request as from
 * a row; addresses and URLs are held to what can stand in a line of SMTP or HTTP, so that
 * nothing can be put behind them.
 *
 * {"email":{"url":"smtp://mail.example:587","tls":"starttls","from":"desk@…","to":["…"],
 *   "name":"…","password":"…"}|null,
 *  "webhook":{"url":"https://…","secret":"whsec_…"|null}|null,
 *  "content":false,"what":["duty",…],"repeat_minutes":15}
 */
#ifndef ALDIS_OFFICE_ALERT_SETTINGS_H
#define ALDIS_OFFICE_ALERT_SETTINGS_H

#include "codec/json.h"
#include "codec/json_writer.h"
#include "desk/ports.h"
#include "office/webhook.h"

enum {
	ALERT_TO_MAX = 20,
	ALERT_URL_MAX = 500,
	ALERT_REPEAT_MINUTES = 15,
	ALERT_REPEAT_MINUTES_MAX = 24 * 60,
	ALERT_FIELD_MAX = 40,
};

/* What may call for somebody; a set. */
enum alert_what {
	ALERT_DUTY = 1,
	ALERT_OVERDUE = 2,
	ALERT_UNREAD = 4,
	ALERT_FAILED = 8,
	ALERT_FORK = 16,
	ALERT_FROZEN = 32,
	ALERT_APPROVAL = 64,
	ALERT_WHAT_ALL = 127
};
/* "duty", …; NULL for what is not exactly one of them. 0: no such name. */
const char *alert_what_name(unsigned what);
unsigned alert_what_of(struct view name);

struct alert_email {
	char url[ALERT_URL_MAX + 1]; /* "smtp://host" or "smtps://host", with a port or
	                                without */
	enum desk_mail_tls tls;
	char from[DESK_ADDRESS_MAX + 1];
	char to[ALERT_TO_MAX][DESK_ADDRESS_MAX + 1];
	size_t to_count;
	char name[DESK_CREDENTIAL_MAX + 1], password[DESK_CREDENTIAL_MAX + 1];
};

struct alert_webhook {
	char url[ALERT_URL_MAX + 1];         /* http or https, with path */
	char secret[WEBHOOK_SECRET_MAX + 1]; /* "whsec_…" */
	bool wants_secret; /* it was asked for a new one, which is not made yet */
};

/* All-zero: no alerts. Texts that are empty are not there. */
struct alert_settings {
	bool has_email, has_webhook;
	struct alert_email email;
	struct alert_webhook webhook;
	bool has_content; /* kinds, titles and names of peers may leave */
	unsigned what;
	unsigned repeat_minutes;
};

/* What is wrong, where it can be said: "email.to[1]". */
struct alert_problem {
	char field[ALERT_FIELD_MAX]; /* empty: of no single field */
	struct error why;
};

/* Password and secret that are left out stay as they were in `before`, as long as the URL
 * does; an empty one is none. So does repeat_minutes. Where a webhook's secret has
 * nothing to stay from, or is null, a new one is wanted. `before` NULL, for a row: what
 * is left out is none. MALFORMED says what is wrong, ret_problem (may be NULL) where. */
MUST_USE enum status alert_settings_read(const struct json_doc *doc,
                                         const struct json_token *object,
                                         const struct alert_settings *before,
                                         struct alert_settings *ret_settings,
                                         struct alert_problem *ret_problem,
                                         struct error *err);
/* The members of the object. with_secrets: for the row; else "has_password" and
 * "has_secret" stand in their place. */
void alert_settings_write(struct json_writer *writer,
                          const struct alert_settings *settings, bool with_secrets);

/* Is it an address that can stand in MAIL FROM:<…>? */
bool alert_address_check(const char *address);
/* Where the host of a webhook's URL ends: length of "https://host:port". */
size_t alert_url_base_len(const char *url);

#endif
