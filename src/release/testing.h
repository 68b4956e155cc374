/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests only: a channel in memory, a release of it, and the consents of all, over
 * bundle/testing.h. What fails here ends the test.
 */
#ifndef ALDIS_RELEASE_TESTING_H
#define ALDIS_RELEASE_TESTING_H

#include "bundle/testing.h"
#include "release/build.h"
#include "release/draft.h"

/* The record of a sealed channel, as a desk serves it. Close both. */
void release_testing_open(struct testing_channel *channel, struct testing_source *source,
                          struct release_record *record);
void release_testing_close(struct testing_source *source, struct release_record *record);

enum { RELEASE_NORTH, RELEASE_SOUTH, RELEASE_EAST, RELEASE_WEST };

struct release_fixture {
	struct testing_channel channel;
	struct testing_source source;
	struct release_record record; /* of source, open */
	struct release_manifest manifest;
	struct buf text, data; /* of the manifest; of the release */
	enum release_grade grade;
	uint64_t lost; /* entries of south's log when it ended; 0: it did not */
	struct error err;
};

/*
 * north#4 is withheld, north#5 is no envelope, south changed its keys, there is an
 * attachment, and texts of people that would end an element of a page. With
 * message_count, as many messages more: a conversation between north and south in two
 * languages, and between them an amendment by which west joins; east does not follow it
 * yet. All consent; the release is built. The fixture starts anywhere; release it.
 */
void release_fixture_make(struct release_fixture *f, size_t message_count);
/* The same, but that at last south lost its log: its end is signed by all, and the
 * conversation, south's `open` with the end's digest first, goes on in its successor,
 * whose second entry is withheld. South answers in it. */
enum { RELEASE_ENDED_TALK = 6 };
void release_fixture_make_ended(struct release_fixture *f, size_t message_count);
void release_fixture_release(struct release_fixture *f);

#endif
