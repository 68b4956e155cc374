/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table.
 */
#include "formats/write.h"

#include "formats/misp_out.h"
#include "formats/stix_out.h"

const struct formats_written formats_written[] = {
    {"stix", formats_stix_takes, formats_stix_write},
    {"misp", formats_misp_takes, formats_misp_write},
};
const size_t formats_written_count = sizeof formats_written / sizeof formats_written[0];

const struct formats_written *formats_written_find(const char *name)
{
	for (size_t i = 0; i < formats_written_count; i++) {
		if (strcmp(name, formats_written[i].name) == 0)
			return &formats_written[i];
	}
	return NULL;
}
