/* SPDX-License-Identifier: Apache-2.0 */
/*
 * South, played by a test: it holds south's real keys, keeps a log of its own and talks
 * byte by byte to desks that run the real rules, so it may lie in any way that a member
 * could. What must work for a test to mean anything is asserted.
 */
#ifndef ALDIS_TEST_DESK_ACTOR_H
#define ALDIS_TEST_DESK_ACTOR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tlog/cosignature.h"
#include "tlog/tlog_testing.h"
#include "tlog/wire.h"
#include "world.h"

struct actor {
	struct world world; /* all but desk 1, south, run */
	struct test_tree tree;
	struct buf bundle; /* all entries of south's log */
	struct buf packed; /* their bodies: u32 length and blob */
	struct ed25519_secret *secret, *mirror_secret;
	struct tlog_vkey key, mirror_key, north_mirror_key;
	char origin[RECORD_ORIGIN_MAX + 1], hash[HASH_HEX_LEN + 1];
	char north_origin[RECORD_ORIGIN_MAX + 1], north_hash[HASH_HEX_LEN + 1];
	struct desk_channel_info channel;
};

/* template_json NULL: a charter without duties. */
void actor_start(struct actor *actor, size_t desk_count, const char *template_json);
/* North and south alone, then west too, without history: `amended` is the signed note of
 * the amendment. */
void actor_start_late(struct actor *actor, struct buf *ret_amended);
void actor_stop(struct actor *actor);
struct desk *actor_north(struct actor *actor);

/* Appends an entry to south's log (not yet sent). */
void actor_add(struct actor *actor, struct view entry);
void actor_add_envelope(struct actor *actor, const struct record_envelope *envelope);
/* A well-formed entry without a body: an `open` at 0, later a `check`. */
void actor_add_plain(struct actor *actor);
/* A text message with this body blob, of which the entry gives the size. */
void actor_add_text(struct actor *actor, struct view blob, uint64_t size);
/* Appends a blob of this content length whose salt is made from `mark`. */
void actor_blob(struct buf *out, uint8_t mark, size_t content_len);

/* An entry of this kind with a body, which is `json`; the blob is appended to out. */
void actor_add_with_body(struct actor *actor, const char *kind, struct view json,
                         struct buf *ret_blob);

struct hash actor_root(struct actor *actor, uint64_t size);
/* Appends south's signed checkpoint; root NULL: the true one. */
void actor_note(struct actor *actor, uint64_t size, const struct hash *root,
                struct buf *out);
/* Requests to a desk (north: 0) as south; return the status. */
int actor_post(struct actor *actor, size_t to, const char *path, struct view body);
int actor_get(struct actor *actor, size_t to, const char *path);
int actor_checkpoint(struct actor *actor, size_t to, uint64_t old_size, uint64_t size,
                     const struct hash *root);
int actor_entries(struct actor *actor, size_t to, uint64_t start, uint64_t end,
                  uint64_t size);
int actor_blobs(struct actor *actor, size_t to, struct view blob);
/* Checkpoint and entries of all that is in the log, from old_size on: 200 expected. */
void actor_push(struct actor *actor, size_t to, uint64_t old_size);

/* Answers a GET for south's own log as an honest desk would that has just `size` entries
 * (256 at most); false: it is about something else. */
bool actor_serve(struct actor *actor, uint64_t size, const struct world_call *call,
                 struct world_reply *ret_reply);

struct desk_log_info actor_log_info(struct actor *actor, size_t desk, size_t log);

#endif
