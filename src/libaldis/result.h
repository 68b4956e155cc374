/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a check found, as programs hold it.
 */
#ifndef ALDIS_LIBALDIS_RESULT_H
#define ALDIS_LIBALDIS_RESULT_H

#include "bundle/verify.h"
#include "libaldis/answer.h"

struct aldis_result {
	struct bundle_result found;
};

#endif
