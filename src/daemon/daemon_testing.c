/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Helpers of the tests; every failure here fails the test that called.
 */
#include "daemon/daemon_testing.h"

#include <ftw.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "crypto/keyfile.h"
#include "crypto/random.h"
#include "daemon/supervisor.h"
#include "record/card.h"

enum { PATIENCE_MS = 20000 };

void test_folder_make(char ret_path[256])
{
	const char *base = getenv("TMPDIR");

	(void)snprintf(ret_path, 256, "%s/aldisd-XXXXXX", base != NULL ? base : P_tmpdir);
	assert_non_null(mkdtemp(ret_path));
}

static int remove_one(const char *path, const struct stat *info, int type,
                      struct FTW *walk)
{
	return remove(path);
}

void test_folder_remove(const char *path)
{
	(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- a desk */

static struct ed25519_secret *make_key(const struct folder *folder, const char *file,
                                       const char *role, struct ed25519_seed *ret_seed)
{
	struct ed25519_secret *secret = NULL;
	char path[FOLDER_PATH_MAX];
	struct error err;

	random_bytes(ret_seed, sizeof *ret_seed);
	assert_int_equal(folder_path(folder, file, path, &err), STATUS_OK);
	assert_int_equal(
	    keyfile_write(path, role, folder->config.name, ret_seed, NULL, &err),
	    STATUS_OK);
	assert_int_equal(ed25519_secret_new(ret_seed, &secret, &err), STATUS_OK);
	return secret;
}

static void write_card(const struct folder *folder, struct record_card *card,
                       struct ed25519_secret *const secrets[RECORD_ROLE_COUNT])
{
	CLEANUP_BUF struct buf note = BUF_INIT(1 << 20);
	char path[FOLDER_PATH_MAX];
	struct error err;

	assert_int_equal(record_card_append_text(card, &note, &err), STATUS_OK);
	buf_append_byte(&note, '\n');
	for (int role = 0; role < RECORD_ROLE_COUNT; role++)
		if (secrets[role] != NULL)
			assert_int_equal(record_card_append_signature(
			                     card, role, secrets[role], &note, &err),
			                 STATUS_OK);
	assert_int_equal(folder_path(folder, "card.note", path, &err), STATUS_OK);
	assert_int_equal(file_replace(path, buf_view(&note), 0600, &err), STATUS_OK);
}

void test_desk_make(const char *folder, const char *name, struct folder *ret_folder)
{
	static const struct {
		enum record_role role;
		const char *file;
	} keys[] = {{RECORD_ROLE_ROOT, "root/root.key"},
	            {RECORD_ROLE_LOG, "keys/log.key"},
	            {RECORD_ROLE_MIRROR, "keys/mirror.key"},
	            {RECORD_ROLE_LINK, "keys/link.key"},
	            {RECORD_ROLE_BOX, "keys/box.key"}};
	struct ed25519_secret *secrets[RECORD_ROLE_COUNT] = {0};
	struct folder_config config = {.listen = "127.0.0.1:0"};
	struct record_card card = {.serial = 1, .date_s = 1800000000};
	char path[FOLDER_PATH_MAX];
	struct error err;

	(void)snprintf(config.name, sizeof config.name, "%s", name);
	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_int_equal(folder_make(path, &config, ret_folder, &err), STATUS_OK);
	(void)snprintf(card.name.text, sizeof card.name.text, "%s", name);
	(void)snprintf(card.languages[card.language_count++], 16, "en");
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		enum record_role role = keys[i].role;
		struct ed25519_seed seed;
		struct x25519_public box;

		secrets[role] =
		    make_key(ret_folder, keys[i].file, record_role_name(role), &seed);
		card.has_key[role] = true;
		card.keys[role] = ed25519_secret_public(secrets[role]);
		box = x25519_public_of(&seed);
		if (role == RECORD_ROLE_BOX)
			memcpy(card.keys[role].bytes, box.bytes, sizeof box.bytes);
	}
	ed25519_secret_free(secrets[RECORD_ROLE_BOX]);
	secrets[RECORD_ROLE_BOX] = NULL;
	write_card(ret_folder, &card, secrets);
	for (int role = 0; role < RECORD_ROLE_COUNT; role++)
		ed25519_secret_free(secrets[role]);
}

/* ---- a daemon */

static int open_notify(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(view_copy_string(view_of_string(path), address.sun_path,
	                             sizeof address.sun_path));
	(void)unlink(path);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

void test_daemon_start(struct test_daemon *daemon, const char *desk_path,
                       const struct process_plan *plans)
{
	(void)snprintf(daemon->notify_path, sizeof daemon->notify_path, "%s-notify",
	               desk_path);
	daemon->notify = open_notify(daemon->notify_path);
	daemon->pid = fork();
	assert_true(daemon->pid >= 0);
	if (daemon->pid > 0)
		return;
	(void)setenv("NOTIFY_SOCKET", daemon->notify_path, 1);
	_exit(plans == NULL ? supervisor_run(desk_path)
	                    : supervisor_run_plans(desk_path, plans));
}

void test_daemon_expect(struct test_daemon *daemon, const char *state)
{
	struct pollfd fd = {.fd = daemon->notify, .events = POLLIN};
	char text[64];
	ssize_t len;

	if (poll(&fd, 1, PATIENCE_MS) != 1)
		fail_msg("the daemon does not say %s", state);
	len = recv(daemon->notify, text, sizeof text - 1, 0);
	assert_true(len > 0);
	text[len] = '\0';
	assert_string_equal(text, state);
}

int test_daemon_wait(struct test_daemon *daemon)
{
	int status;

	assert_int_equal(waitpid(daemon->pid, &status, 0), daemon->pid);
	(void)close(daemon->notify);
	(void)unlink(daemon->notify_path);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int test_daemon_stop(struct test_daemon *daemon)
{
	assert_int_equal(kill(daemon->pid, SIGTERM), 0);
	return test_daemon_wait(daemon);
}

static bool has_name(pid_t pid, const char *name)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64);
	char path[64], expected[64];

	(void)snprintf(path, sizeof path, "/proc/%ld/comm", (long)pid);
	(void)snprintf(expected, sizeof expected, "aldisd-%s\n", name);
	return file_read(path, &text, NULL) == STATUS_OK &&
	       view_equal_string(buf_view(&text), expected);
}

static pid_t find_child(const struct test_daemon *daemon, const char *name)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4096);
	char path[64];
	char *at, *end;

	(void)snprintf(path, sizeof path, "/proc/%ld/task/%ld/children",
	               (long)daemon->pid, (long)daemon->pid);
	assert_int_equal(file_read(path, &text, NULL), STATUS_OK);
	buf_append_byte(&text, '\0');
	for (at = (char *)text.data;; at = end) {
		long pid = strtol(at, &end, 10);

		if (end == at)
			return 0;
		if (has_name((pid_t)pid, name))
			return (pid_t)pid;
	}
}

pid_t test_daemon_child(const struct test_daemon *daemon, const char *name)
{
	for (int left_ms = PATIENCE_MS; left_ms > 0; left_ms--) {
		pid_t pid = find_child(daemon, name);

		if (pid > 0)
			return pid;
		(void)poll(NULL, 0, 1);
	}
	fail_msg("the daemon has no child called %s", name);
	return 0;
}
