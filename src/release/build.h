/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building the data of a release from a desk's record and a manifest. What is built is
 * held against the checks before it is handed out. Source: spec/release.md, Data.
 */
#ifndef ALDIS_RELEASE_BUILD_H
#define ALDIS_RELEASE_BUILD_H

#include "release/record.h"
#include "release/terms.h"

/* Appends the data. CONFLICT: the manifest does not fit the record, or a blob that it
 * opens is not held; NOT_FOUND: the checkpoint of a log at the cut is not kept. */
MUST_USE enum status release_build_data(struct release_record *record,
                                        struct view manifest_text, struct buf *out,
                                        enum release_grade *ret_grade, struct error *err);

#endif
