/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of this folder share. Only tests include it.
 */
#ifndef ALDIS_SIGNER_SIGNER_TESTING_H
#define ALDIS_SIGNER_SIGNER_TESTING_H

#include <stdio.h>
#include <stdlib.h>

/* A new folder of its own under $TMPDIR; false when there is none to be had. */
static inline bool test_folder_make(char ret_path[256])
{
	const char *base = getenv("TMPDIR");
	int len = snprintf(ret_path, 256, "%s/aldis-signer-XXXXXX",
	                   base != NULL ? base : P_tmpdir);

	return len < 256 && mkdtemp(ret_path) != NULL;
}

#endif
