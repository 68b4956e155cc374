/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One desk of a benchmark: a folder as `aldis init` would leave it, made without the
 * command line, and the same desk opened inside this process, with the SQLite store and
 * the signer's core but no daemon. Keys follow from the name: never for real use.
 */
#ifndef ALDIS_BENCH_PARTY_H
#define ALDIS_BENCH_PARTY_H

#include "desk/desk.h"
#include "folder/folder.h"
#include "record/testing.h"
#include "signer/signer.h"

/* Starts all-zero; party_release frees what there is. */
struct party {
	struct testing_desk card;
	struct folder folder;
	struct store store;
	struct signer_core *signer;
	struct desk *desk; /* NULL while not open */
};

/* Makes the folder. It listens on this port of loopback; 0: on any, unknown to others. */
MUST_USE enum status party_make(struct party *party, const char *path, const char *name,
                                uint16_t port, struct error *err);
/* Takes a folder that party_make has made before with these arguments. */
MUST_USE enum status party_find(struct party *party, const char *path, const char *name,
                                uint16_t port, struct error *err);

/* Opens and closes the desk within this process. */
MUST_USE enum status party_open(struct party *party, struct desk_out out,
                                struct error *err);
void party_close(struct party *party);
void party_release(struct party *party);

/* Makes two folders whose desks have joined one channel; ret_channel gets its id. */
MUST_USE enum status party_make_two(const char *folder, uint16_t north_port,
                                    uint16_t south_port,
                                    char ret_channel[HASH_HEX_LEN + 1],
                                    struct error *err);

/* A body of BENCH_BODY_LEN bytes, as JSON; static. */
struct view party_body(void);

#endif
