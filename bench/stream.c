/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many messages from north to south, two daemons on two cores: batches of 256 as NDJSON
 * over the local API, several under way, each answered when all its messages are durable
 * on both sides and their receipt is stored at north.
 *
 * The floor moves the same bytes bare between two processes: SHA-256 of every body and
 * every leaf on both sides, TLS, and on both sides one append and one flush a batch. It
 * leaves out what makes them messages: the API, JSON, trees, signatures, SQLite.
 */
#include <poll.h>

#include "base/cleanup.h"
#include "bench/party.h"
#include "bench/running.h"
#include "bench/tls_peer.h"
#include "crypto/hash.h"

enum {
	IN_FLIGHT_MAX = 256,
	BLOB_LEN = 16 + BENCH_BODY_LEN,
	ENTRY_LEN = 340, /* an envelope */
	FLOOR_IN_FLIGHT = 8,
	WAL_LEN = 4 << 20,
};

/* ---- the floor */

struct floor_side {
	struct machine_wal wal;
	struct buf batch;
};

static void hash_batch(struct view batch)
{
	for (; batch.len > 0; batch = view_from(batch, BLOB_LEN + ENTRY_LEN)) {
		struct hash blob = sha256(view_of(batch.data, BLOB_LEN));
		struct hash leaf = sha256_prefixed(
		    0, view_of(batch.data + BLOB_LEN, ENTRY_LEN), hash_view(&blob));

		/* The compiler must not find out that nobody looks. */
		__asm__ volatile("" : : "r"(&leaf) : "memory");
	}
}

static enum status answer(void *context, struct view request, struct buf *answer,
                          struct error *err)
{
	struct floor_side *south = context;

	hash_batch(request);
	TRY(machine_wal_append(&south->wal, request.data, request.len, err));
	buf_append_byte(answer, 1);
	return STATUS_OK;
}

static enum status run_floor(struct tls_peer *peer, struct floor_side *north,
                             uint64_t batches, struct error *err)
{
	CLEANUP_BUF struct buf received = BUF_INIT(4096);
	uint64_t answered = 0;

	for (uint64_t sent = 0; answered < batches;) {
		if (sent < batches && sent - answered < FLOOR_IN_FLIGHT) {
			hash_batch(buf_view(&north->batch));
			TRY(machine_wal_append(&north->wal, north->batch.data,
			                       north->batch.len, err));
			TRY(tls_peer_send(peer, 0, buf_view(&north->batch), err));
			sent++;
			continue;
		}
		TRY(tls_peer_receive(peer, 0, &received, err));
		answered++;
	}
	return STATUS_OK;
}

static void close_side(struct floor_side *side)
{
	machine_wal_close(&side->wal);
	buf_release(&side->batch);
}

static enum status measure_floor(const char *folder, uint64_t batches, double *ret_rate,
                                 struct error *err)
{
	__attribute__((cleanup(tls_peer_stop))) struct tls_peer peer = {0};
	__attribute__((cleanup(close_side))) struct floor_side north = {.wal.fd = -1};
	__attribute__((cleanup(close_side))) struct floor_side south = {.wal.fd = -1};
	char path[BENCH_PATH_MAX];
	double begun_s;

	north.batch = BUF_INIT(TLS_PEER_MESSAGE_MAX);
	TRY(machine_path(folder, "floor-north", path, err));
	TRY(machine_wal_make(path, WAL_LEN, &north.wal, err));
	TRY(machine_path(folder, "floor-south", path, err));
	TRY(machine_wal_make(path, WAL_LEN, &south.wal, err));
	for (int i = 0; i < BENCH_BATCH * (BLOB_LEN + ENTRY_LEN); i++)
		buf_append_byte(&north.batch, (uint8_t)i);
	TRY(tls_peer_start(&peer, MACHINE_ANY_CORE, answer, &south, err));
	begun_s = machine_now_s();
	TRY(run_floor(&peer, &north, batches, err));
	*ret_rate = (double)(batches * BENCH_BATCH) / (machine_now_s() - begun_s);
	return STATUS_OK;
}

/* ---- the stream */

struct stream {
	const char *path;
	struct buf batch; /* NDJSON */
	struct local_http lines[IN_FLIGHT_MAX];
	struct pollfd fds[IN_FLIGHT_MAX];
	size_t line_count;
	uint64_t batches, sent, answered;
};

static void make_batch(struct stream *stream)
{
	stream->batch = BUF_INIT(1 << 20);
	for (int i = 0; i < BENCH_BATCH; i++) {
		buf_append_string(&stream->batch, "{\"kind\":\"text\",\"body\":");
		buf_append_view(&stream->batch, party_body());
		buf_append_string(&stream->batch, "}\n");
	}
}

static enum status send_next(struct stream *stream, size_t line, struct error *err)
{
	if (stream->sent == stream->batches) {
		stream->fds[line].fd = -1; /* poll passes it over */
		return STATUS_OK;
	}
	stream->sent++;
	return local_http_send(&stream->lines[line], stream->path, "application/x-ndjson",
	                       buf_view(&stream->batch), err);
}

static enum status open_lines(struct stream *stream, const char *socket_path,
                              uint64_t count, struct error *err)
{
	for (; stream->line_count < count; stream->line_count++) {
		struct local_http *line = &stream->lines[stream->line_count];

		*line = LOCAL_HTTP_INIT;
		TRY(local_http_open(line, socket_path, err));
		stream->fds[stream->line_count] =
		    (struct pollfd){.fd = line->fd, .events = POLLIN};
	}
	return STATUS_OK;
}

static enum status take_answer(struct stream *stream, size_t line, struct error *err)
{
	struct view body;
	int status;

	TRY(local_http_receive(&stream->lines[line], &status, &body, err));
	if (status / 100 != 2 ||
	    view_find(body, view_of_string("\"complete\":true")) == SIZE_MAX)
		return error_set(err, STATUS_AGAIN, "a batch got %d: %.*s", status,
		                 (int)(body.len < 200 ? body.len : 200),
		                 (const char *)body.data);
	stream->answered++;
	return send_next(stream, line, err);
}

static enum status run_stream(struct stream *stream, struct error *err)
{
	for (size_t i = 0; i < stream->line_count; i++)
		TRY(send_next(stream, i, err));
	while (stream->answered < stream->batches) {
		if (poll(stream->fds, stream->line_count, -1) < 0)
			return error_set_errno(err, "can't wait");
		for (size_t i = 0; i < stream->line_count; i++)
			if (stream->fds[i].fd >= 0 && stream->fds[i].revents != 0)
				TRY(take_answer(stream, i, err));
	}
	return STATUS_OK;
}

static void release_stream(struct stream *stream)
{
	for (size_t i = 0; i < stream->line_count; i++)
		local_http_release(&stream->lines[i]);
	buf_release(&stream->batch);
}

/* ---- the whole */

static enum status measure(const struct bench_options *options,
                           const struct running_pair *pair, double *ret_rate,
                           double *ret_cpu_us, struct error *err)
{
	__attribute__((cleanup(release_stream))) struct stream stream = {
	    .path = pair->messages_path,
	    .batches = (options->messages + BENCH_BATCH - 1) / BENCH_BATCH};
	struct running_cpu before, after;
	double begun_s;

	make_batch(&stream);
	TRY(open_lines(&stream, pair->north.socket, options->in_flight, err));
	TRY(running_cpu_read(pair, &before, err));
	begun_s = machine_now_s();
	TRY(run_stream(&stream, err));
	*ret_rate = (double)(stream.batches * BENCH_BATCH) / (machine_now_s() - begun_s);
	TRY(running_cpu_read(pair, &after, err));
	*ret_cpu_us =
	    running_cpu_print("stream", &before, &after, stream.batches * BENCH_BATCH);
	return STATUS_OK;
}

enum status stream_run(const struct bench_options *options, struct error *err)
{
	__attribute__((cleanup(running_pair_stop))) struct running_pair pair = {0};
	double rate = 0, floor = 0, cpu_us = 0;

	if (options->in_flight > IN_FLIGHT_MAX)
		return error_set(err, STATUS_LIMIT, "at most %d batches under way",
		                 IN_FLIGHT_MAX);
	TRY(running_pair_start(&pair, options, "stream", MACHINE_ANY_CORE,
	                       MACHINE_ANY_CORE, err));
	TRY(measure(options, &pair, &rate, &cpu_us, err));
	running_pair_stop(&pair);
	TRY(measure_floor(pair.folder, options->messages / BENCH_BATCH + 1, &floor, err));
	report_line(options->is_json, &(struct report_line){.name = "stream",
	                                                    .value = rate,
	                                                    .unit = "messages/s",
	                                                    .floor = floor,
	                                                    .ratio = floor / rate,
	                                                    .goal = ">= 100000 (least "
	                                                            "50000)"});
	report_line(options->is_json, &(struct report_line){.name = "stream_cpu",
	                                                    .value = cpu_us,
	                                                    .unit = "µs/message",
	                                                    .floor = NAN,
	                                                    .ratio = NAN,
	                                                    .goal = "< 20: two cores"});
	return STATUS_OK;
}
