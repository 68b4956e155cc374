/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Growing an owned array, for the incremental functions of this folder.
 */
#ifndef ALDIS_RECORD_ARRAY_H
#define ALDIS_RECORD_ARRAY_H

#include <stdlib.h>

#include "base/status.h"

/* Makes room for `need` elements of size bytes in *(T **)array_pointer; grows by half. */
MUST_USE static inline enum status record_array_reserve(void *array_pointer, size_t *cap,
                                                        size_t need, size_t size,
                                                        struct error *err)
{
	void **array = array_pointer;
	size_t grown_cap = *cap + *cap / 2 + 16;
	void *grown;

	if (need <= *cap)
		return STATUS_OK;
	if (grown_cap < need)
		grown_cap = need;
	grown = reallocarray(*array, grown_cap, size);
	if (grown == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the record");
	*array = grown;
	*cap = grown_cap;
	return STATUS_OK;
}

#endif
