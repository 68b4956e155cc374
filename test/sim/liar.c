/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/liar.h"

#include <stdlib.h>

#include "sim/host.h"

struct liar {
	struct host *host;
};

struct liar *liar_new(struct host *host)
{
	struct liar *liar = calloc(1, sizeof *liar);
	if (!liar)
		abort();
	liar->host = host;
	return liar;
}

void liar_free(struct liar *liar)
{
	free(liar);
}

void liar_take(struct liar *liar, struct packet *packet)
{
	net_reply(liar->host->sim, packet, 404, "text/plain", view_of("", 0));
}

void liar_act(struct sim *sim, void *subject, uint64_t number)
{
}
