/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests only: writes a proof of equivocation and the cards of the channel's desks
 * into a folder. Real desks do not fork, so this one can't come from them.
 */
#include "bundle/proof_testing.h"

#include "base/cleanup.h"
#include "base/file.h"

enum { FORK_AT = 5, END = 9 };

/* A log that differs from entry 3 on. */
static void open_world(struct proof_world *world, const char *body)
{
	proof_world_open(world, 3, false, "\"title\":\"Sample\"");
	for (size_t i = 1; i < END; i++)
		proof_world_write(world, SOUTH, (int64_t)i, "text",
		                  i == 3 ? body : "{\"language\":\"en\",\"text\":\"x\"}",
		                  NULL);
}

static void write_file(const char *folder, const char *name, struct view content)
{
	char path[TESTING_PATH_MAX];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	if (file_replace(path, content, 0600, NULL) != STATUS_OK)
		abort();
}

int main(int argc, char **argv)
{
	CLEANUP_BUF struct buf evidence = BUF_INIT(SIZE_MAX), proof = BUF_INIT(SIZE_MAX);
	struct proof_world world, other;

	if (argc != 2)
		return 2;
	open_world(&world, "{\"language\":\"en\",\"text\":\"to north\"}");
	open_world(&other, "{\"language\":\"en\",\"text\":\"to east\"}");
	proof_world_evidence(&world, &other, SOUTH, FORK_AT, END, &evidence);
	struct proof_source source = proof_world_source(&world);
	if (proof_equivocation_build(&source, buf_view(&evidence), &proof, NULL) !=
	    STATUS_OK)
		return 1;
	write_file(argv[1], "equivocation", buf_view(&proof));
	for (size_t i = 0; i < world.channel.desk_count; i++)
		write_file(argv[1], world.channel.desks[i].card.name.text,
		           buf_view(&world.channel.desks[i].note));
	proof_world_release(&world);
	proof_world_release(&other);
	return 0;
}
