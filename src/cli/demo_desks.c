/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders and processes of the demonstration. What is there is used again, so that it can
 * be run twice on one folder.
 */
#include "cli/demo_desks.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cli/api_client.h"

enum { START_PATIENCE_MS = 20000, START_STEP_MS = 20, LOG_TAIL_MAX = 64 * 1024 };

static enum status make_dir(struct demo_desks *desks, const char *dir, struct error *err)
{
	const char *parent = getenv("TMPDIR");
	char resolved[PATH_MAX];

	if (dir == NULL) {
		if (parent == NULL || parent[0] != '/')
			parent = "/tmp";
		(void)snprintf(desks->dir, sizeof desks->dir, "%.900s/aldis-demo-XXXXXX",
		               parent);
		if (mkdtemp(desks->dir) == NULL)
			return error_set_errno(err, "%s can't be made", desks->dir);
		desks->is_temporary = true;
		return STATUS_OK;
	}
	TRY(file_make_folder(dir, 0700, err));
	if (realpath(dir, resolved) == NULL)
		return error_set_errno(err, "%s can't be found", dir);
	if (!view_copy_string(view_of_string(resolved), desks->dir,
	                      sizeof desks->dir - 64))
		return error_set(err, STATUS_LIMIT, "the path of %s is too long", dir);
	return STATUS_OK;
}

/* A port of loopback that is free now; held by the socket until all are chosen. */
static enum status find_port(char ret_address[32], int *ret_fd, struct error *err)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*ret_fd = fd;
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		return error_set_errno(err, "no free port on loopback");
	(void)snprintf(ret_address, 32, "127.0.0.1:%u", ntohs(address.sin_port));
	return STATUS_OK;
}

static enum status find_ports(struct demo_desks *desks, struct error *err)
{
	int fds[2 * DEMO_DESKS];
	enum status status = STATUS_OK;

	for (size_t i = 0; i < 2 * DEMO_DESKS; i++)
		fds[i] = -1;
	for (size_t i = 0; i < DEMO_DESKS && status == STATUS_OK; i++) {
		status = find_port(desks->desks[i].listen, &fds[2 * i], err);
		if (status == STATUS_OK)
			status = find_port(desks->desks[i].console, &fds[2 * i + 1], err);
	}
	for (size_t i = 0; i < 2 * DEMO_DESKS; i++)
		cleanup_fd(&fds[i]);
	return status;
}

enum status demo_desks_open(struct demo_desks *desks, const char *dir, struct error *err)
{
	static const char *const names[][2] = {{"north.example", "north"},
	                                       {"south.example", "south"},
	                                       {"vendor.example", "vendor"}};

	TRY(make_dir(desks, dir, err));
	if (chdir(desks->dir) != 0)
		return error_set_errno(err, "%s can't be entered", desks->dir);
	for (size_t i = 0; i < DEMO_DESKS; i++) {
		struct demo_desk *desk = &desks->desks[i];

		desk->name = names[i][0];
		desk->folder_name = names[i][1];
		(void)snprintf(desk->folder, sizeof desk->folder, "%.1000s/%s",
		               desks->dir, desk->folder_name);
		(void)snprintf(desk->log, sizeof desk->log, "%s/aldisd.log",
		               desk->folder);
	}
	return find_ports(desks, err);
}

static bool does_answer(const struct demo_desk *desk)
{
	const struct cli cli = {.dir = desk->folder};
	struct api_client *client = NULL;
	struct api_answer answer = {0};
	struct error err;
	bool is_up = api_client_open(&cli, &client, &err) == STATUS_OK &&
	             api_client_call(client, &(struct api_request){.path = "/api/status"},
	                             &answer, &err) == STATUS_OK;

	api_answer_release(&answer);
	api_client_close(client);
	return is_up;
}

/* The last line that the daemon wrote says why it ended. */
static enum status explain_end(struct demo_desk *desk, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(LOG_TAIL_MAX);
	struct view rest, line, last = view_of_string("it wrote nothing");

	desk->pid = 0;
	if (file_read(desk->log, &text, NULL) == STATUS_OK) {
		rest = buf_view(&text);
		while (view_take_line(&rest, &line))
			if (line.len > 0)
				last = line;
	}
	return error_set(err, STATUS_SYSTEM, "the daemon of %s ended: %.*s", desk->name,
	                 last.len > 200 ? 200 : (int)last.len, (const char *)last.data);
}

static enum status wait_until_up(struct demo_desk *desk, struct error *err)
{
	struct timespec step = {.tv_nsec = START_STEP_MS * 1000000};

	for (int waited = 0; waited < START_PATIENCE_MS; waited += START_STEP_MS) {
		if (does_answer(desk))
			return STATUS_OK;
		if (spawn_has_ended(desk->pid))
			return explain_end(desk, err);
		(void)nanosleep(&step, NULL);
	}
	return error_set(err, STATUS_SYSTEM, "the daemon of %s does not answer; see %s",
	                 desk->name, desk->log);
}

enum status demo_desks_start(struct demo_desks *desks, const char *folder_name,
                             struct error *err)
{
	for (size_t i = 0; i < DEMO_DESKS; i++) {
		struct demo_desk *desk = &desks->desks[i];

		if (strcmp(desk->folder_name, folder_name) != 0)
			continue;
		if (does_answer(desk))
			return STATUS_OK;
		TRY(spawn_daemon(desk->folder, desk->log, &desk->pid, err));
		return wait_until_up(desk, err);
	}
	return error_set(err, STATUS_NOT_FOUND, "no desk in %s", folder_name);
}

void demo_desks_close(struct demo_desks *desks)
{
	for (size_t i = 0; i < DEMO_DESKS; i++)
		spawn_tell_to_stop(desks->desks[i].pid);
	for (size_t i = 0; i < DEMO_DESKS; i++)
		spawn_stop(desks->desks[i].pid);
	if (desks->is_temporary)
		demo_remove(desks->dir);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

void demo_remove(const char *path)
{
	(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
