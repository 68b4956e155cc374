/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building a release from a desk's record and a manifest. What is built is held against
 * the checks before it is handed out. Source: spec/release.md, Data and File.
 */
#ifndef ALDIS_RELEASE_BUILD_H
#define ALDIS_RELEASE_BUILD_H

#include "release/record.h"
#include "release/verify.h"

/* Appends the data. CONFLICT: the manifest does not fit the record, or a blob that it
 * opens is not held; NOT_FOUND: the checkpoint of a log at the cut is not kept. */
MUST_USE enum status release_build_data(struct release_record *record,
                                        struct view manifest_text, struct buf *out,
                                        enum release_grade *ret_grade, struct error *err);

/* The same as a file: the page around the data. What aldis verify says of it is in
 * ret_result, which starts all-zero; release it in any case. */
MUST_USE enum status release_build_file(struct release_record *record,
                                        struct view manifest_text,
                                        const struct bundle_trust *trust, struct buf *out,
                                        struct release_result *ret_result,
                                        struct error *err);

#endif
