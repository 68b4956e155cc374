/* SPDX-License-Identifier: Apache-2.0 */
/* Mails to servers that take them, refuse them, break off, or are none. The servers play
 * from a script: what they say to each line that comes. */
#include "link/mail_client.h"

#include <curl/curl.h>

#include "link/test_link.h"

enum { ANSWERS_MAX = 16, HEARD_MAX = 8192 };

/* Answers by turns; the last one is for all that follows. NULL: hangs up. */
struct script {
	const char *greeting;
	struct {
		const char *begins, *answer; /* the line that comes; what is said to it */
	} lines[12];
};

static const struct script willing = {"220 mail.example ready\r\n",
                                      {{"EHLO", "250-mail.example\r\n250 8BITMIME\r\n"},
                                       {"MAIL", "250 ok\r\n"},
                                       {"RCPT", "250 ok\r\n"},
                                       {"DATA", "354 go on\r\n"},
                                       {".", "250 taken\r\n"},
                                       {"QUIT", "221 bye\r\n"}}};

struct server {
	const struct script *script;
	int listener;
	uint16_t port;
	pthread_t thread;
	char heard[HEARD_MAX];
	size_t heard_len;
};

static bool say(int fd, const char *text)
{
	return text != NULL && send(fd, text, strlen(text), MSG_NOSIGNAL) >= 0;
}

static const char *answer_to(const struct script *script, const char *line)
{
	for (size_t i = 0; i < 12 && script->lines[i].begins != NULL; i++)
		if (strncmp(line, script->lines[i].begins,
		            strlen(script->lines[i].begins)) == 0)
			return script->lines[i].answer;
	return "500 what?\r\n";
}

/* Within DATA nothing is answered but the dot. */
static void serve(struct server *server, int fd)
{
	char line[1024];
	size_t len = 0;
	bool is_data = false;

	raw_set_patience(fd, 10);
	if (!say(fd, server->script->greeting))
		return;
	while (recv(fd, line + len, 1, 0) == 1) {
		if (server->heard_len < HEARD_MAX - 1)
			server->heard[server->heard_len++] = line[len];
		len += len < sizeof line - 2;
		if (line[len - 1] != '\n')
			continue;
		line[len] = '\0';
		if (!is_data || strcmp(line, ".\r\n") == 0) {
			const char *answer = answer_to(server->script, line);

			is_data = answer != NULL && strncmp(answer, "354", 3) == 0;
			if (!say(fd, answer))
				return;
		}
		len = 0;
	}
}

static void *server_main(void *context)
{
	struct server *server = context;
	int fd;

	while ((fd = accept(server->listener, NULL, NULL)) >= 0) {
		serve(server, fd);
		(void)close(fd);
	}
	return NULL;
}

static void server_open(struct server *server, const struct script *script)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;

	*server = (struct server){.script = script};
	server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(server->listener, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(server->listener, 8), 0);
	assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &len),
	                 0);
	server->port = ntohs(address.sin_port);
	assert_int_equal(pthread_create(&server->thread, NULL, server_main, server), 0);
}

static void server_close(struct server *server)
{
	(void)shutdown(server->listener, SHUT_RDWR);
	(void)pthread_join(server->thread, NULL);
	(void)close(server->listener);
}

struct caller {
	struct event_base *base;
	struct link_mail_client *client;
	size_t answers, wanted;
	struct link_answer got[ANSWERS_MAX];
};

static void on_done(void *context, const struct link_answer *answer)
{
	struct caller *caller = context;

	assert_true(caller->answers < ANSWERS_MAX);
	caller->got[caller->answers++] = *answer;
}

static bool has_answers(void *context)
{
	const struct caller *caller = context;

	return caller->answers >= caller->wanted;
}

static void caller_open(struct caller *caller, const struct link_mail_options *options)
{
	*caller = (struct caller){.base = event_base_new()};
	assert_int_equal(
	    link_mail_open(caller->base, options, on_done, caller, &caller->client, NULL),
	    STATUS_OK);
}

static void caller_close(struct caller *caller)
{
	link_mail_close(caller->client);
	event_base_free(caller->base);
}

static void send_mail(struct caller *caller, const struct link_mail *mail)
{
	struct buf body = BUF_INIT(1000);

	buf_append_string(&body, "Subject: hello\r\n\r\n.a line with a dot\r\nend\r\n");
	assert_int_equal(link_mail_send(caller->client, mail, &body, NULL), STATUS_OK);
	assert_null(body.data);
}

static struct link_answer *send_and_wait(struct caller *caller, const char *url,
                                         enum link_mail_tls tls)
{
	const struct link_mail mail = {.id = caller->answers + 1,
	                               .url = url,
	                               .tls = tls,
	                               .from = "desk@north.example",
	                               .to = "watch@north.example"};

	send_mail(caller, &mail);
	caller->wanted = caller->answers + 1;
	run_until(caller->base, has_answers, caller);
	assert_int_equal(caller->got[caller->answers - 1].call, mail.id);
	return &caller->got[caller->answers - 1];
}

static void url_of(const struct server *server, char ret_url[64])
{
	(void)snprintf(ret_url, 64, "smtp://127.0.0.1:%u", server->port);
}

static void a_mail_is_taken(void **state)
{
	struct server server;
	struct caller caller;
	struct link_answer *answer;
	char url[64];

	server_open(&server, &willing);
	url_of(&server, url);
	caller_open(&caller, &(struct link_mail_options){.helo = "north.example"});
	answer = send_and_wait(&caller, url, LINK_MAIL_PLAIN);
	assert_int_equal(answer->outcome, STATUS_OK);
	caller_close(&caller);
	server_close(&server);
	server.heard[server.heard_len] = '\0';
	assert_non_null(strstr(server.heard, "EHLO north.example\r\n"));
	assert_non_null(strstr(server.heard, "MAIL FROM:<desk@north.example>"));
	assert_non_null(strstr(server.heard, "RCPT TO:<watch@north.example>"));
	assert_non_null(strstr(server.heard, "\r\n..a line with a dot\r\nend\r\n.\r\n"));
}

/* What a server says to one line, and what is said of that. */
static void refused(const char *begins, const char *answer_text, enum status outcome,
                    const char *sentence)
{
	struct script script = willing;
	struct server server;
	struct caller caller;
	struct link_answer *answer;
	char url[64];

	for (size_t i = 0; script.lines[i].begins != NULL; i++)
		if (strcmp(script.lines[i].begins, begins) == 0)
			script.lines[i].answer = answer_text;
	if (strcmp(begins, "") == 0)
		script.greeting = answer_text;
	server_open(&server, &script);
	url_of(&server, url);
	caller_open(&caller, &(struct link_mail_options){.total_ms = 2000});
	answer = send_and_wait(&caller, url, LINK_MAIL_PLAIN);
	assert_int_equal(answer->outcome, outcome);
	if (strstr(answer->err.text, sentence) == NULL ||
	    strstr(answer->err.text, url + 7) == NULL)
		fail_msg("%s", answer->err.text);
	caller_close(&caller);
	server_close(&server);
}

static void refusals_are_sentences(void **state)
{
	refused("RCPT", "550 no such person\r\n", STATUS_CONFLICT,
	        "refuses the mail to watch@north.example (status 550)");
	refused("MAIL", "451 later\r\n", STATUS_CONFLICT, "(status 451)");
	refused(".", "554 spam\r\n", STATUS_CONFLICT, "(status 554)");
	refused("", "HTTP/1.1 400 Bad Request\r\n", STATUS_AGAIN,
	        "did not answer in time");
	refused("DATA", NULL, STATUS_CLOSED, "broke off");
	refused("", NULL, STATUS_CLOSED, "broke off");
}

static void no_falling_back_from_tls(void **state)
{
	struct server server;
	struct caller caller;
	struct link_answer *answer;
	char url[64];

	server_open(&server, &willing);
	url_of(&server, url);
	caller_open(&caller, &(struct link_mail_options){0});
	answer = send_and_wait(&caller, url, LINK_MAIL_STARTTLS);
	assert_int_equal(answer->outcome, STATUS_UNTRUSTED);
	assert_non_null(strstr(answer->err.text, "offers no TLS"));
	answer = send_and_wait(&caller, url, LINK_MAIL_TLS);
	assert_int_equal(answer->outcome, STATUS_CLOSED);
	caller_close(&caller);
	server_close(&server);
	server.heard[server.heard_len] = '\0';
	assert_null(strstr(server.heard, "MAIL FROM"));
}

static void nobody_there_is_said(void **state)
{
	struct caller caller;
	struct link_answer *answer;

	caller_open(&caller, &(struct link_mail_options){.total_ms = 5000});
	answer = send_and_wait(&caller, "smtp://127.0.0.1:1", LINK_MAIL_PLAIN);
	assert_int_equal(answer->outcome, STATUS_CLOSED);
	assert_non_null(strstr(answer->err.text, "127.0.0.1:1 can't be reached"));
	answer = send_and_wait(&caller, "smtp://nowhere.invalid", LINK_MAIL_PLAIN);
	assert_int_equal(answer->outcome, STATUS_CLOSED);
	answer = send_and_wait(&caller, "http://127.0.0.1:1", LINK_MAIL_PLAIN);
	assert_int_equal(answer->outcome, STATUS_MALFORMED);
	caller_close(&caller);
}

static void many_wait_their_turn(void **state)
{
	const struct link_mail_options options = {.mails_max = 2, .queue_max = 6};
	struct server server;
	struct caller caller;
	char url[64];
	size_t taken = 0, over = 0;

	server_open(&server, &willing);
	url_of(&server, url);
	caller_open(&caller, &options);
	for (uint64_t i = 0; i < 10; i++)
		send_mail(&caller, &(struct link_mail){.id = i,
		                                       .url = url,
		                                       .from = "a@north.example",
		                                       .to = "b@north.example"});
	caller.wanted = 10;
	run_until(caller.base, has_answers, &caller);
	for (size_t i = 0; i < 10; i++) {
		taken += caller.got[i].outcome == STATUS_OK;
		over += caller.got[i].outcome == STATUS_LIMIT;
	}
	assert_int_equal(taken, 8);
	assert_int_equal(over, 2);
	caller_close(&caller);
	server_close(&server);
}

static void closing_ends_all(void **state)
{
	static const struct script silent = {"", {{NULL, NULL}}};
	struct server server;
	struct caller caller;
	char url[64];

	server_open(&server, &silent);
	url_of(&server, url);
	caller_open(&caller, &(struct link_mail_options){.mails_max = 1});
	for (uint64_t i = 0; i < 3; i++)
		send_mail(&caller, &(struct link_mail){.id = i,
		                                       .url = url,
		                                       .from = "a@north.example",
		                                       .to = "b@north.example",
		                                       .name = "n",
		                                       .password = "p"});
	(void)event_base_loop(caller.base, EVLOOP_NONBLOCK);
	caller_close(&caller);
	server_close(&server);
	assert_int_equal(caller.answers, 0);
}

static int start(void **state)
{
	(void)signal(SIGPIPE, SIG_IGN);
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_mail_is_taken),
	    cmocka_unit_test(refusals_are_sentences),
	    cmocka_unit_test(no_falling_back_from_tls),
	    cmocka_unit_test(nobody_there_is_said),
	    cmocka_unit_test(many_wait_their_turn),
	    cmocka_unit_test(closing_ends_all),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
