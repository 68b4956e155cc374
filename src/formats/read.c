/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One scan, then the reader whose document it is.
 */
#include "formats/read.h"

#include "formats/misp_in.h"
#include "formats/stix_in.h"

enum status formats_read(struct view text, const char *language,
                         struct formats_drafts *ret_drafts, struct error *err)
{
	TRY(formats_drafts_scan(ret_drafts, text, err));
	if (formats_stix_is(&ret_drafts->doc))
		return formats_stix_read(ret_drafts, language, err);
	if (formats_misp_is(&ret_drafts->doc))
		return formats_misp_read(ret_drafts, language, err);
	return error_set(
	    err, STATUS_MALFORMED,
	    "this is neither a STIX bundle (an object whose type is "
	    "\"bundle\") nor an event of MISP (an object with \"Event\", a list "
	    "of them, or a \"response\" with one)");
}
