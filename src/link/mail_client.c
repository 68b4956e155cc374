/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every option that decides who is spoken to, and how safely, is set here; the
 * environment is not asked. What became of a mail is told from an event of its own, so
 * that the callback never runs inside libcurl or inside link_mail_send.
 */
#include "link/mail_client.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/cleanup.h"
#include "link/curl_loop.h"

enum { CONNECT_MS = 10 * 1000 };

struct mail {
	uint64_t id;
	enum link_mail_tls tls;
	char *url, *from, *to, *name, *password; /* owned */
	struct buf body;
	size_t sent;
	struct curl_slist *recipients;
	CURL *easy; /* NULL: not under way */
	struct link_answer result;
	TAILQ_ENTRY(mail) next;
};
TAILQ_HEAD(mails, mail);

struct link_mail_client {
	struct link_mail_options options; /* without zeros */
	link_client_done *done;
	void *context;
	struct curl_loop loop;
	struct mails waiting, running, finished;
	unsigned waiting_count, running_count;
	struct event deliver;
};

/* ---- a mail ---- */

static void mail_free(struct mail *mail)
{
	if (mail == NULL)
		return;
	if (mail->easy != NULL)
		curl_easy_cleanup(mail->easy);
	curl_slist_free_all(mail->recipients);
	if (mail->password != NULL)
		explicit_bzero(mail->password, strlen(mail->password));
	free(mail->url);
	free(mail->from);
	free(mail->to);
	free(mail->name);
	free(mail->password);
	buf_release(&mail->body);
	free(mail);
}

static bool copy(const char *text, char **ret_copy)
{
	*ret_copy = text != NULL ? strdup(text) : NULL;
	return text == NULL || *ret_copy != NULL;
}

/* A server that speaks TLS from the first byte is, to libcurl, one of another scheme. */
static bool copy_url(const struct link_mail *wanted, const char *helo, char **ret_url)
{
	bool is_tls =
	    wanted->tls == LINK_MAIL_TLS || strncmp(wanted->url, "smtps", 5) == 0;
	const char *host = strstr(wanted->url, "://");

	if (asprintf(ret_url, "%s://%s/%s", is_tls ? "smtps" : "smtp",
	             host != NULL ? host + 3 : wanted->url, helo) >= 0)
		return true;
	*ret_url = NULL;
	return false;
}

static struct mail *mail_new(const struct link_mail *wanted, const char *helo)
{
	struct mail *mail = calloc(1, sizeof *mail);
	CLEANUP_FREE char *bracketed = NULL;

	if (mail == NULL)
		return NULL;
	mail->id = wanted->id;
	mail->tls = wanted->tls;
	if (asprintf(&bracketed, "<%s>", wanted->to) < 0)
		bracketed = NULL;
	mail->recipients = bracketed != NULL ? curl_slist_append(NULL, bracketed) : NULL;
	if (mail->recipients != NULL && copy_url(wanted, helo, &mail->url) &&
	    copy(wanted->from, &mail->from) && copy(wanted->to, &mail->to) &&
	    copy(wanted->name, &mail->name) && copy(wanted->password, &mail->password))
		return mail;
	mail_free(mail);
	return NULL;
}

static size_t read_body(char *data, size_t size, size_t count, void *context)
{
	struct mail *mail = context;
	size_t len = size * count, left = mail->body.len - mail->sent;

	if (len > left)
		len = left;
	if (len > 0)
		memcpy(data, mail->body.data + mail->sent, len);
	mail->sent += len;
	return len;
}

static size_t drop_answer(char *data, size_t size, size_t count, void *context)
{
	return size * count;
}

static void set_way(CURL *easy, const struct link_mail_options *options,
                    const struct mail *mail)
{
	(void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	(void)curl_easy_setopt(easy, CURLOPT_URL, mail->url);
	(void)curl_easy_setopt(easy, CURLOPT_USE_SSL,
	                       mail->tls == LINK_MAIL_PLAIN ? (long)CURLUSESSL_NONE
	                                                    : (long)CURLUSESSL_ALL);
	(void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	(void)curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (options->ca_file != NULL)
		(void)curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_file);
	(void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	(void)curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	(void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)options->total_ms);
}

static void set_mail(CURL *easy, struct mail *mail)
{
	(void)curl_easy_setopt(easy, CURLOPT_MAIL_FROM, mail->from);
	(void)curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, mail->recipients);
	if (mail->name != NULL)
		(void)curl_easy_setopt(easy, CURLOPT_USERNAME, mail->name);
	if (mail->password != NULL)
		(void)curl_easy_setopt(easy, CURLOPT_PASSWORD, mail->password);
	(void)curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_READFUNCTION, read_body);
	(void)curl_easy_setopt(easy, CURLOPT_READDATA, mail);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop_answer);
	(void)curl_easy_setopt(easy, CURLOPT_PRIVATE, mail);
}

/* ---- what became of it ---- */

/* Name and port, as the operator wrote them. */
static struct view server_of(const char *url)
{
	size_t start = view_find(view_of_string(url), view_of_string("://"));
	struct view rest = view_from(view_of_string(url), start + 3);
	size_t end = view_find(rest, view_of_string("/"));

	return end == SIZE_MAX ? rest : view_of(rest.data, end);
}

static enum status say(struct error *err, enum status status, const struct mail *mail,
                       const char *sentence)
{
	struct view server = server_of(mail->url);

	return error_set(err, status, "the mail server %.*s %s", (int)server.len,
	                 (const char *)server.data, sentence);
}

static enum status unreachable(const struct mail *mail, struct error *err)
{
	char sentence[160];
	long number = 0;

	(void)curl_easy_getinfo(mail->easy, CURLINFO_OS_ERRNO, &number);
	(void)snprintf(sentence, sizeof sentence, "can't be reached%s%s",
	               number != 0 ? ": " : "", number != 0 ? strerror((int)number) : "");
	return say(err, STATUS_CLOSED, mail, sentence);
}

static enum status outcome_of(const struct mail *mail, CURLcode code, long smtp_status,
                              struct error *err)
{
	char sentence[160];

	switch (code) {
	case CURLE_OK:
		return STATUS_OK;
	case CURLE_COULDNT_CONNECT:
		return unreachable(mail, err);
	case CURLE_COULDNT_RESOLVE_HOST:
		return say(err, STATUS_CLOSED, mail,
		           "can't be reached: its name is not known here");
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
		return say(err, STATUS_UNTRUSTED, mail,
		           "shows a certificate that nobody whom this system trusts "
		           "vouches for, or that is of another name");
	case CURLE_USE_SSL_FAILED:
		return say(err, STATUS_UNTRUSTED, mail,
		           "offers no TLS, and is to be used with it only");
	case CURLE_SSL_CONNECT_ERROR:
		return say(err, STATUS_CLOSED, mail,
		           "did not come to a TLS connection with this desk");
	case CURLE_LOGIN_DENIED:
		return say(err, STATUS_UNTRUSTED, mail,
		           "refuses the name or the password");
	case CURLE_OPERATION_TIMEDOUT:
		return say(err, STATUS_AGAIN, mail, "did not answer in time");
	case CURLE_OUT_OF_MEMORY:
		return error_set(err, STATUS_NO_MEMORY, "no memory for a mail");
	default:
		if (smtp_status >= 400)
			(void)snprintf(sentence, sizeof sentence,
			               "refuses the mail to %.80s (status %ld)", mail->to,
			               smtp_status);
		else
			(void)snprintf(sentence, sizeof sentence,
			               "broke off or does not speak SMTP (%.60s)",
			               curl_easy_strerror(code));
		return say(err, smtp_status >= 400 ? STATUS_CONFLICT : STATUS_CLOSED,
		           mail, sentence);
	}
}

/* ---- the client ---- */

static void finish(struct link_mail_client *client, struct mail *mail)
{
	TAILQ_INSERT_TAIL(&client->finished, mail, next);
	event_active(&client->deliver, EV_TIMEOUT, 0);
}

static void fail(struct link_mail_client *client, struct mail *mail, enum status outcome,
                 const char *sentence)
{
	mail->result.outcome = error_set(&mail->result.err, outcome, "%s", sentence);
	finish(client, mail);
}

static void start_waiting(struct link_mail_client *client)
{
	struct mail *mail;

	while (client->running_count < client->options.mails_max &&
	       (mail = TAILQ_FIRST(&client->waiting)) != NULL) {
		TAILQ_REMOVE(&client->waiting, mail, next);
		client->waiting_count--;
		mail->easy = curl_easy_init();
		if (mail->easy != NULL) {
			set_way(mail->easy, &client->options, mail);
			set_mail(mail->easy, mail);
		}
		if (mail->easy == NULL ||
		    curl_multi_add_handle(client->loop.multi, mail->easy) != CURLM_OK) {
			fail(client, mail, STATUS_NO_MEMORY, "no memory for a mail");
			continue;
		}
		TAILQ_INSERT_TAIL(&client->running, mail, next);
		client->running_count++;
	}
}

static void take_off(struct link_mail_client *client, struct mail *mail)
{
	(void)curl_multi_remove_handle(client->loop.multi, mail->easy);
	TAILQ_REMOVE(&client->running, mail, next);
	client->running_count--;
}

static void end_mail(struct link_mail_client *client, struct mail *mail, CURLcode code)
{
	long smtp_status = 0;

	(void)curl_easy_getinfo(mail->easy, CURLINFO_RESPONSE_CODE, &smtp_status);
	if (smtp_status < 0 || smtp_status > 999)
		smtp_status = 0;
	mail->result.http_status = (int)smtp_status;
	mail->result.outcome = outcome_of(mail, code, smtp_status, &mail->result.err);
	take_off(client, mail);
	finish(client, mail);
}

static void collect(void *context)
{
	struct link_mail_client *client = context;
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(client->loop.multi, &left)) != NULL) {
		CURLcode code = message->data.result;
		struct mail *mail = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &mail);
		end_mail(client, mail, code);
	}
	start_waiting(client);
}

static void on_deliver(evutil_socket_t fd, short what, void *context)
{
	struct link_mail_client *client = context;
	struct mail *mail;

	while ((mail = TAILQ_FIRST(&client->finished)) != NULL) {
		TAILQ_REMOVE(&client->finished, mail, next);
		mail->result.call = mail->id;
		client->done(client->context, &mail->result);
		mail_free(mail);
	}
}

static bool is_mail_url(const char *url)
{
	return strncmp(url, "smtp://", 7) == 0 || strncmp(url, "smtps://", 8) == 0;
}

enum status link_mail_send(struct link_mail_client *client,
                           const struct link_mail *wanted, struct buf *take_body,
                           struct error *err)
{
	struct mail *mail = mail_new(wanted, client->options.helo);

	if (mail == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for a mail");
	mail->body = buf_take(take_body);
	if (!is_mail_url(wanted->url)) {
		fail(client, mail, STATUS_MALFORMED, "this is no URL of a mail server");
	} else if (client->waiting_count >= client->options.queue_max) {
		fail(client, mail, STATUS_LIMIT, "too many mails are waiting");
	} else {
		TAILQ_INSERT_TAIL(&client->waiting, mail, next);
		client->waiting_count++;
		start_waiting(client);
	}
	return STATUS_OK;
}

static unsigned number_or(unsigned value, unsigned otherwise)
{
	return value != 0 ? value : otherwise;
}

enum status link_mail_open(struct event_base *base,
                           const struct link_mail_options *options,
                           link_client_done *done, void *context,
                           struct link_mail_client **ret_client, struct error *err)
{
	struct link_mail_client *client = calloc(1, sizeof *client);

	if (client == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for mails");
	client->options = *options;
	if (options->helo == NULL)
		client->options.helo = "localhost";
	client->options.total_ms = number_or(options->total_ms, 60 * 1000);
	client->options.mails_max = number_or(options->mails_max, 4);
	client->options.queue_max = number_or(options->queue_max, 256);
	client->done = done;
	client->context = context;
	TAILQ_INIT(&client->waiting);
	TAILQ_INIT(&client->running);
	TAILQ_INIT(&client->finished);
	event_assign(&client->deliver, base, -1, 0, on_deliver, client);
	client->loop =
	    (struct curl_loop){.base = base, .collect = collect, .context = client};
	if (!curl_loop_open(&client->loop, 1)) {
		free(client);
		return error_set(err, STATUS_NO_MEMORY, "no memory for mails");
	}
	*ret_client = client;
	return STATUS_OK;
}

static void free_all(struct mails *mails)
{
	struct mail *mail;

	while ((mail = TAILQ_FIRST(mails)) != NULL) {
		TAILQ_REMOVE(mails, mail, next);
		mail_free(mail);
	}
}

void link_mail_close(struct link_mail_client *client)
{
	struct mail *mail, *following;

	if (client == NULL)
		return;
	for (mail = TAILQ_FIRST(&client->running); mail != NULL; mail = following) {
		following = TAILQ_NEXT(mail, next);
		take_off(client, mail);
		mail_free(mail);
	}
	free_all(&client->waiting);
	free_all(&client->finished);
	(void)event_del(&client->deliver);
	curl_loop_close(&client->loop);
	free(client);
}
