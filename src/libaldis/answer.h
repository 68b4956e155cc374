/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all functions of the library share: borrowed bytes, answers, sentences. Names in
 * this folder that programs may see begin with aldis_, all others with libaldis_ or a
 * folder of src/.
 */
#ifndef ALDIS_LIBALDIS_ANSWER_H
#define ALDIS_LIBALDIS_ANSWER_H

#include "aldis/aldis.h"
#include "base/status.h"
#include "base/view.h"

#define PUBLIC __attribute__((visibility("default")))

static inline struct view view_of_bytes(struct aldis_bytes bytes)
{
	return view_of(bytes.data, bytes.len);
}

static inline struct aldis_bytes bytes_of_view(struct view view)
{
	return (struct aldis_bytes){view.data, view.len};
}

/* Not a NULL with a length. */
bool libaldis_is_usable(struct aldis_bytes bytes);
bool libaldis_are_usable(const struct aldis_bytes *bytes, size_t count);

/* Copies the sentence out, if it is asked for, and passes the answer on. */
enum aldis_answer libaldis_tell(enum aldis_answer answer, const struct error *err,
                                char *error);
/* Empties the sentence. */
void libaldis_begin(char *error);
/* What a single check came to. */
enum aldis_answer libaldis_answer_of(enum status status, const struct error *err,
                                     char *error);
enum aldis_answer libaldis_usage(char *error);
enum aldis_answer libaldis_no_memory(char *error);

/* The same bytes as views; the caller frees them. NULL: no memory. */
struct view *libaldis_views(const struct aldis_bytes *bytes, size_t count);

#endif
