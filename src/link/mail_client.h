/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hands mails to a mail server: SMTP by libcurl on the event loop, each mail over a
 * connection of its own. The server shows a certificate that the system's CAs vouch for
 * when TLS is asked for; there is no falling back to less. It knows nothing of what a
 * mail says.
 *
 * The process must ignore SIGPIPE and have called curl_global_init. One thread.
 */
#ifndef ALDIS_LINK_MAIL_CLIENT_H
#define ALDIS_LINK_MAIL_CLIENT_H

#include "link/http_client.h"

enum link_mail_tls { LINK_MAIL_PLAIN, LINK_MAIL_STARTTLS, LINK_MAIL_TLS };

/* 0 and NULL take the default in brackets. */
struct link_mail_options {
	const char *helo;    /* the name we give ourselves; borrowed */
	const char *ca_file; /* [the CAs that the system trusts]; borrowed */
	unsigned total_ms;   /* a whole mail [60 s] */
	unsigned mails_max;  /* at a time [4] */
	unsigned queue_max;  /* that wait [256] */
};

/* Strings must not hold control characters; who makes a mail checks its addresses. */
struct link_mail {
	uint64_t id;     /* the caller's, comes back with the answer */
	const char *url; /* "smtp://host:port", or "smtps://…" with LINK_MAIL_TLS */
	enum link_mail_tls tls;
	const char *from, *to;       /* addresses, without <> */
	const char *name, *password; /* NULL: none is given */
};

struct link_mail_client;

/* done gets an answer exactly once for each mail: OK when the server took it; its
 * http_status is then, as with a refusal, the SMTP status. */
MUST_USE enum status link_mail_open(struct event_base *base,
                                    const struct link_mail_options *options,
                                    link_client_done *done, void *context,
                                    struct link_mail_client **ret_client,
                                    struct error *err);

/* Sends a mail or lets it wait. `take_body` is taken: header and text with CRLF ends of
 * lines. Failures come through the callback, but for NO_MEMORY here: then nothing was
 * taken. */
MUST_USE enum status link_mail_send(struct link_mail_client *client,
                                    const struct link_mail *mail, struct buf *take_body,
                                    struct error *err);

/* Ends everything; answers that are still out do not come any more. NULL is fine. */
void link_mail_close(struct link_mail_client *client);

#endif
