/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One message at a time between two daemons, from the request of a program at the local
 * API to its answer: durable on both sides, receipt back and stored. North and this
 * program share one core, south has the other; the floor runs between the same two.
 *
 * The floor is what can't be left out, bare and in sequence: flush here; two requests
 * side by side, one more; flush there; flush here; a signature and a verification on each
 * side. Blocks of both alternate, so that the machine's other work hits both alike.
 */
#include <stdio.h>

#include "base/cleanup.h"
#include "bench/running.h"
#include "bench/sample.h"
#include "bench/tls_peer.h"
#include "crypto/ed25519.h"

enum {
	BLOCK = 25,
	FLUSH_LEN = 4096, /* a page of a write-ahead log */
	WAL_LEN = 4 << 20,
	ENVELOPE_LEN = 340,
	CHECKPOINT_LEN = 300,
	ENTRIES_LEN = 500,
	NOTE_LEN = 200,
};

/* ---- the floor */

/* One side of it. */
struct side {
	struct machine_wal wal;
	struct ed25519_secret *secret;
	struct ed25519_public own, other;
	struct ed25519_signature signature; /* made by this side last */
	uint8_t page[FLUSH_LEN];
};

static struct view note(void)
{
	static const uint8_t bytes[NOTE_LEN] = "a checkpoint of a log";

	return view_of(bytes, sizeof bytes);
}

/* What south does with add-entries: whose request is as long as its signature and more.
 */
static enum status answer(void *context, struct view request, struct buf *answer,
                          struct error *err)
{
	struct side *south = context;
	struct ed25519_signature theirs;

	if (request.len != ENTRIES_LEN) {
		buf_append_byte(answer, 0);
		return STATUS_OK;
	}
	memcpy(theirs.bytes, request.data, sizeof theirs.bytes);
	if (!ed25519_verify(&south->other, note(), &theirs))
		return error_set(err, STATUS_UNTRUSTED, "a signature is wrong");
	TRY(machine_wal_append(&south->wal, south->page, FLUSH_LEN, err));
	south->signature = ed25519_sign(south->secret, note());
	buf_append(answer, south->signature.bytes, sizeof south->signature.bytes);
	return STATUS_OK;
}

static enum status exchange(struct tls_peer *peer, struct side *north,
                            struct buf *received, struct error *err)
{
	static uint8_t request[1024];

	memcpy(request, north->signature.bytes, sizeof north->signature.bytes);
	TRY(tls_peer_send(peer, 0, view_of(request, ENVELOPE_LEN + BENCH_BODY_LEN), err));
	TRY(tls_peer_send(peer, 1, view_of(request, CHECKPOINT_LEN), err));
	TRY(tls_peer_receive(peer, 0, received, err));
	TRY(tls_peer_receive(peer, 1, received, err));
	TRY(tls_peer_send(peer, 0, view_of(request, ENTRIES_LEN), err));
	return tls_peer_receive(peer, 0, received, err);
}

static enum status floor_once(struct tls_peer *peer, struct side *north,
                              struct sample *us, struct error *err)
{
	CLEANUP_BUF struct buf received = BUF_INIT(4096);
	struct ed25519_signature theirs;
	double begun_s = machine_now_s();

	TRY(machine_wal_append(&north->wal, north->page, FLUSH_LEN, err));
	north->signature = ed25519_sign(north->secret, note());
	TRY(exchange(peer, north, &received, err));
	memcpy(theirs.bytes, received.data, sizeof theirs.bytes);
	if (!ed25519_verify(&north->other, note(), &theirs))
		return error_set(err, STATUS_UNTRUSTED, "a signature is wrong");
	TRY(machine_wal_append(&north->wal, north->page, FLUSH_LEN, err));
	sample_add(us, (machine_now_s() - begun_s) * 1e6);
	return STATUS_OK;
}

static enum status open_side(struct side *side, const char *folder, const char *name,
                             uint8_t own, uint8_t other, struct error *err)
{
	struct ed25519_seed seed = {.bytes = {other}};
	char path[BENCH_PATH_MAX];

	TRY(ed25519_secret_new(&seed, &side->secret, err));
	side->other = ed25519_secret_public(side->secret);
	ed25519_secret_free(side->secret);
	seed.bytes[0] = own;
	TRY(ed25519_secret_new(&seed, &side->secret, err));
	side->own = ed25519_secret_public(side->secret);
	TRY(machine_path(folder, name, path, err));
	return machine_wal_make(path, WAL_LEN, &side->wal, err);
}

static void close_side(struct side *side)
{
	ed25519_secret_free(side->secret);
	machine_wal_close(&side->wal);
}

/* ---- both by turns */

static enum status measure(const struct bench_options *options,
                           const struct running_pair *pair, struct tls_peer *peer,
                           struct side *north, struct sample *us, struct sample *floor_us,
                           struct error *err)
{
	__attribute__((cleanup(local_http_release))) struct local_http http =
	    LOCAL_HTTP_INIT;
	struct running_cpu before, after;

	TRY(local_http_open(&http, pair->north.socket, err));
	TRY(running_cpu_read(pair, &before, err));
	while (us->count < options->rounds) {
		for (int i = 0; i < BLOCK; i++) {
			double begun_s = machine_now_s();

			TRY(running_send(&http, pair, err));
			sample_add(us, (machine_now_s() - begun_s) * 1e6);
		}
		for (int i = 0; i < BLOCK; i++)
			TRY(floor_once(peer, north, floor_us, err));
	}
	TRY(running_cpu_read(pair, &after, err));
	(void)running_cpu_print("round trip", &before, &after, us->count);
	return STATUS_OK;
}

static void report(const struct bench_options *options, const char *name, double part,
                   struct sample *us, struct sample *floor_us, const char *goal)
{
	double value = sample_quantile(us, part), floor = sample_quantile(floor_us, part);

	report_line(options->is_json, &(struct report_line){.name = name,
	                                                    .value = value,
	                                                    .unit = "µs",
	                                                    .floor = floor,
	                                                    .ratio = value / floor,
	                                                    .goal = goal});
}

enum status roundtrip_run(const struct bench_options *options, struct error *err)
{
	__attribute__((cleanup(running_pair_stop))) struct running_pair pair = {0};
	__attribute__((cleanup(tls_peer_stop))) struct tls_peer peer = {0};
	__attribute__((cleanup(close_side))) struct side north = {.wal.fd = -1};
	__attribute__((cleanup(close_side))) struct side south = {.wal.fd = -1};
	struct sample us = {0}, floor_us = {0};
	int north_core = machine_core(0), south_core = machine_core(1);
	enum status status;

	TRY(running_pair_start(&pair, options, "roundtrip", north_core, south_core, err));
	TRY(open_side(&north, pair.folder, "floor-north", 1, 2, err));
	TRY(open_side(&south, pair.folder, "floor-south", 2, 1, err));
	machine_stay(north_core);
	TRY(tls_peer_start(&peer, south_core, answer, &south, err));
	status = measure(options, &pair, &peer, &north, &us, &floor_us, err);
	if (status == STATUS_OK) {
		report(options, "roundtrip_p50", 0.5, &us, &floor_us, "<= 1.5 x");
		report(options, "roundtrip_p10", 0.1, &us, &floor_us, NULL);
		report(options, "roundtrip_p99", 0.99, &us, &floor_us, NULL);
	}
	sample_release(&us);
	sample_release(&floor_us);
	return status;
}
