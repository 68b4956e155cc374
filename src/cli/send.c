/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Submissions with keys, singly and as a stream.
 */
#include "cli/send.h"

#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "cli/print.h"
#include "crypto/random.h"
#include "record/name.h"

enum {
	QUEUED_PATIENCE_S = 3,
	QUEUED_PAUSE_MS = 50,
	LINE_MAX_LEN = 512 * 1024,
};

void send_make_key(char ret_key[SEND_KEY_MAX + 1])
{
	unsigned char bytes[16];

	random_bytes(bytes, sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++)
		(void)snprintf(ret_key + 2 * i, 3, "%02x", bytes[i]);
}

static bool is_queued(const struct api_answer *answer)
{
	return answer->http_status == 202;
}

/* True also when the desk can't be asked: the submission will say why. */
static bool is_ready(struct api_client *client, const struct api_request *request)
{
	struct api_answer answer = {0};
	const struct json_token *list, *log = NULL;
	bool is_waiting = false;
	struct error err;

	if (api_client_call(client, request, &answer, &err) == STATUS_OK)
		log = json_read_list(&answer.doc, json_root(&answer.doc), "logs", &list);
	for (; log != NULL; log = json_next(&answer.doc, list, log)) {
		char state[16];

		json_read_string(&answer.doc, log, "state", state, sizeof state);
		is_waiting = is_waiting || (json_read_bool(&answer.doc, log, "own") &&
		                            strcmp(state, "waiting") == 0);
	}
	api_answer_release(&answer);
	return !is_waiting;
}

void send_wait_until_ready(struct api_client *client, const char *channel,
                           unsigned wait_s)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);
	unsigned patience_s = wait_s > QUEUED_PATIENCE_S ? wait_s : QUEUED_PATIENCE_S;
	uint64_t end_ns = clock_monotonic_ns() + patience_s * UINT64_C(1000000000);
	struct timespec pause = {.tv_nsec = QUEUED_PAUSE_MS * 1000000};

	buf_append_string(&path, "/api/channels/");
	api_path_append(&path, channel);
	buf_append_byte(&path, '\0');
	if (buf_check(&path, "the channel's name", NULL) != STATUS_OK)
		return;
	while (
	    !is_ready(client, &(struct api_request){.path = (const char *)path.data}) &&
	    clock_monotonic_ns() < end_ns)
		(void)nanosleep(&pause, NULL);
}

enum status send_submit(struct api_client *client, const char *channel, const char *type,
                        struct view body, const char *key, unsigned wait_s,
                        struct api_answer *ret_answer, struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);
	struct api_request request = {.type = type,
	                              .key = key,
	                              .body = body,
	                              .wait_s = wait_s,
	                              .patience_s = SEND_PATIENCE_S};

	buf_append_string(&path, "/api/channels/");
	api_path_append(&path, channel);
	buf_printf(&path, "/messages?wait=%u", wait_s);
	buf_append_byte(&path, '\0');
	TRY(buf_check(&path, "the channel's name", err));
	request.path = (const char *)path.data;
	return api_client_call(client, &request, ret_answer, err);
}

/* ---- stream
 * ----------------------------------------------------------------------------- */

struct stream {
	struct cli *cli;
	struct api_client *client;
	const char *channel, *key;
	struct buf batch;
	size_t lines, batches, lines_sent;
};

static void print_batch(const struct stream *stream, const struct api_answer *answer)
{
	char first[RECORD_MESSAGE_ID_MAX + 1];

	if (stream->cli->is_json) {
		print_json(stdout, buf_view(&answer->body));
		return;
	}
	json_read_string(&answer->doc, json_root(&answer->doc), "first", first,
	                 sizeof first);
	printf("%s  %zu\n", is_queued(answer) ? "queued" : first, stream->lines);
}

/* The desk counts lines within the batch; the caller wants the line of the input. */
static enum status place_error(const struct stream *stream,
                               const struct api_answer *answer, enum status status,
                               struct error *err)
{
	char within[32];
	size_t len;

	if (answer->problem_line == 0)
		return status;
	len = (size_t)snprintf(within, sizeof within, "line %zu: ", answer->problem_line);
	if (strncmp(err->text, within, len) == 0)
		(void)error_set(err, status, "%s", err->text + len);
	return error_context(err, status, "line %zu (%zu lines before it were sent)",
	                     stream->lines_sent + answer->problem_line,
	                     stream->lines_sent);
}

static enum status flush_batch(struct stream *stream, struct error *err)
{
	struct api_answer answer = {0};
	char key[SEND_KEY_MAX + 32];
	enum status status;

	if (stream->lines == 0)
		return STATUS_OK;
	(void)snprintf(key, sizeof key, "%s-%zu", stream->key, stream->batches);
	status = send_submit(stream->client, stream->channel, "application/x-ndjson",
	                     buf_view(&stream->batch), key, 0, &answer, err);
	if (status == STATUS_OK)
		print_batch(stream, &answer);
	else
		status = place_error(stream, &answer, status, err);
	api_answer_release(&answer);
	stream->lines_sent += stream->lines;
	stream->batches++;
	stream->lines = 0;
	buf_clear(&stream->batch);
	return status;
}

static enum status take_line(struct stream *stream, const char *line, size_t len,
                             struct error *err)
{
	if (len > LINE_MAX_LEN)
		return error_set(err, STATUS_LIMIT, "line %zu is longer than %d bytes",
		                 stream->lines_sent + stream->lines + 1, LINE_MAX_LEN);
	if (stream->batch.len + len > SEND_BATCH_LEN_MAX)
		TRY(flush_batch(stream, err));
	buf_append(&stream->batch, line, len);
	stream->lines++;
	if (stream->lines < SEND_BATCH_LINES)
		return STATUS_OK;
	return flush_batch(stream, err);
}

static enum status send_input(struct stream *stream, struct error *err)
{
	CLEANUP_FREE char *line = NULL;
	size_t cap = 0;
	ssize_t len;

	while ((len = getline(&line, &cap, stdin)) > 0)
		TRY(take_line(stream, line, (size_t)len, err));
	if (ferror(stdin))
		return error_set_errno(err, "standard input can't be read");
	return flush_batch(stream, err);
}

int send_stream(struct cli *cli, const char *channel, const char *key)
{
	struct stream stream = {
	    .cli = cli,
	    .channel = channel,
	    .key = key,
	    .batch = BUF_INIT(SEND_BATCH_LEN_MAX + LINE_MAX_LEN),
	};
	struct error err = {0};
	enum status status = api_client_open(cli, &stream.client, &err);

	if (status == STATUS_OK)
		send_wait_until_ready(stream.client, channel, 0);
	if (status == STATUS_OK)
		status = send_input(&stream, &err);
	api_client_close(stream.client);
	buf_release(&stream.batch);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}
