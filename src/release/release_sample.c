/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests and measurements only: writes a release file of a channel that was made up,
 * with as many messages as asked, and the cards of its desks if a folder is named.
 *
 * usage: release-sample COUNT[+] OUT.html [CARDS]
 *
 * With COUNT+ a log of it was ended and has a successor.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "release/frame.h"
#include "release/testing.h"

static void must_write(const char *path, struct view content)
{
	struct error err = {0};

	if (file_replace(path, content, 0644, &err) == STATUS_OK)
		return;
	(void)fprintf(stderr, "release-sample: %s\n", err.text);
	exit(1);
}

static void write_cards(const struct release_fixture *f, const char *folder)
{
	char path[TESTING_PATH_MAX];

	for (size_t i = 0; i < f->channel.desk_count; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", folder,
		               f->channel.desks[i].card.name.text);
		must_write(path, buf_view(&f->channel.desks[i].note));
	}
}

int main(int argc, char **argv)
{
	CLEANUP_BUF struct buf file = BUF_INIT((size_t)RELEASE_FILE_MAX);
	struct release_fixture f;

	if (argc < 3 || argc > 4)
		return 2;
	if (strchr(argv[1], '+') != NULL)
		release_fixture_make_ended(&f, strtoul(argv[1], NULL, 10));
	else
		release_fixture_make(&f, strtoul(argv[1], NULL, 10));
	if (release_file_append(buf_view(&f.data), &file) != STATUS_OK)
		return 1;
	must_write(argv[2], buf_view(&file));
	if (argc == 4)
		write_cards(&f, argv[3]);
	release_fixture_release(&f);
	return 0;
}
