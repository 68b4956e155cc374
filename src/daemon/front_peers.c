/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Usable is what a table of its own takes.
 */
#include "daemon/front_peers.h"

#include "daemon/log.h"

/* Moves the usable ones to the front and returns their number. */
static size_t keep_usable(struct link_peer *list, size_t count,
                          struct link_peers *scratch)
{
	size_t kept = 0;
	struct error why;

	for (size_t i = 0; i < count; i++) {
		if (link_peers_replace(scratch, &list[i], 1, &why) == STATUS_OK)
			list[kept++] = list[i];
		else
			log_line("front", LOG_LEVEL_ERROR, "no link to %s: %s",
			         list[i].name, why.text);
	}
	return kept;
}

enum status front_peers_replace(struct link_peers *peers, struct link_peer *list,
                                size_t count, struct error *err)
{
	struct link_peers *scratch = NULL;
	enum status status = link_peers_replace(peers, list, count, err);

	if (status != STATUS_MALFORMED)
		return status;
	TRY(link_peers_new(&scratch, err));
	count = keep_usable(list, count, scratch);
	link_peers_free(scratch);
	return link_peers_replace(peers, list, count, err);
}
