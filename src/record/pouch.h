/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a pouch holds when it is opened: the requests that its maker would have sent over
 * the link, one after the other, each in its form there (spec/link.md). Bytes only: what
 * they change is the desk's business. Source: spec/pouch.md.
 */
#ifndef ALDIS_RECORD_POUCH_H
#define ALDIS_RECORD_POUCH_H

#include "base/buf.h"
#include "codec/reader.h"
#include "record/name.h"

enum record_pouch_request {
	RECORD_POUCH_CHECKPOINT = 1,
	RECORD_POUCH_ENTRIES, /* of one package */
	RECORD_POUCH_BLOBS,
};

/* Appends the head: how many entries of its maker's log the reader must hold. */
void record_pouch_append_head(struct buf *out, uint64_t needs);
/* Begins a request, whose body the caller then appends, and ends it. */
size_t record_pouch_begin(struct buf *out, enum record_pouch_request request);
void record_pouch_end(struct buf *out, size_t begun);

struct record_pouch {
	uint64_t needs;
	struct reader requests;
};
/* MALFORMED: of an unknown form; also when any request in it is not whole and in its
 * form, so that nothing of a broken content is ever begun. */
MUST_USE enum status record_pouch_parse(struct view content,
                                        struct record_pouch *ret_content,
                                        struct error *err);
/* The next request and the origin of the log that it is about; false behind the last. */
bool record_pouch_next(struct record_pouch *content,
                       enum record_pouch_request *ret_request, struct view *ret_body,
                       struct view *ret_origin);

#endif
