/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A skeleton body of a kind, to be filled in: every field of the catalogue with an
 * example value, those that are required first.
 */
#ifndef ALDIS_RECORD_TEMPLATE_H
#define ALDIS_RECORD_TEMPLATE_H

#include "record/kinds.h"

/* Appends the body as indented JSON with a newline at its end. It passes the check of its
 * kind as it stands. Texts are the field's label in angle brackets, in this language; the
 * value of a language field is that language, or "en" where it has no tag's form. Lists
 * have as few elements as they may, one at least. */
void record_template_append(const struct record_kind *kind, const char *language,
                            struct buf *out);

#endif
