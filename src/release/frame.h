/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page that every release of a version is, but for its data: file = head, data, tail.
 * Made by tools/gen_release_page.py from the folder page. Source: spec/release.md; aldis.md
 * 9.4.
 */
#ifndef ALDIS_RELEASE_FRAME_H
#define ALDIS_RELEASE_FRAME_H

#include "base/view.h"

extern const struct view release_page_head, release_page_tail;

#endif
