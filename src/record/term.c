/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two questions with one answer everywhere; who asks keeps the state of its log.
 */
#include "record/term.h"

#include "record/amendment.h"

enum status record_term_check(const struct record_envelope *envelope,
                              const struct record_charter *charter, const char *author,
                              uint64_t index, uint64_t end, struct error *err)
{
	if (index >= end)
		return error_set(err, STATUS_MALFORMED,
		                 "it was written after %s had left the channel", author);
	return record_envelope_check(envelope, charter, author, index, err);
}

bool record_term_next(const struct record_charter *charter, struct view body,
                      struct json_doc *doc, struct hash *ret_next)
{
	struct hash next, previous;

	if (record_amendment_body_digests(body, doc, &next, &previous, NULL) !=
	        STATUS_OK ||
	    !hash_equal(&previous, &charter->digest))
		return false;
	*ret_next = next;
	return true;
}
