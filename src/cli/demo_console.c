/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passwords are made by the desks as for anybody, shown once, and asked to be replaced at
 * the first login.
 */
#include "cli/demo_console.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cli/desk_call.h"
#include "codec/json_writer.h"

enum { BODY_MAX = 1024, LISTENING_MAX = 4096, SECRET_MAX = 200 };

static const struct {
	const char *name, *full_name, *roles;
} people[DEMO_DESKS][DEMO_PEOPLE] = {
    {{"anna", "Anna Berg", "watch,officer,administrator,auditor"},
     {"nils", "Nils Lund", "watch,officer"}},
    {{"sari", "Sari Wulandari", "watch,officer,administrator,auditor"},
     {"budi", "Budi Santoso", "watch,officer"}},
    {{"vera", "Vera Costa", "watch,officer,administrator,auditor"},
     {"tom", "Tom Adler", "watch,officer"}},
};

/* The third line of the file `listening`. */
static enum status read_address(const struct demo_desk *desk, char *ret_address,
                                size_t cap, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(LISTENING_MAX);
	struct view rest, line = {0};
	char path[DEMO_PATH_MAX + 16];

	(void)snprintf(path, sizeof path, "%s/listening", desk->folder);
	TRY(file_read(path, &text, err));
	rest = buf_view(&text);
	for (int i = 0; i < 3; i++)
		if (!view_take_line(&rest, &line))
			line = (struct view){0};
	if (!view_copy_string(line, ret_address, cap))
		return error_set(err, STATUS_LIMIT, "%s is too long", path);
	return STATUS_OK;
}

static enum status post_new(const struct cli *cli, size_t desk, size_t person,
                            struct api_answer *ret_answer, struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(BODY_MAX);
	struct json_writer writer = json_writer_of(&body);

	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "name", people[desk][person].name);
	json_writer_string(&writer, "full_name", people[desk][person].full_name);
	desk_call_write_words(&writer, "roles", people[desk][person].roles);
	json_writer_end(&writer);
	TRY(buf_check(&body, "the operator", err));
	return desk_call_post(cli, "/api/operators", buf_view(&body), ret_answer, err);
}

static enum status post_reset(const struct cli *cli, const char *name,
                              struct api_answer *ret_answer, struct error *err)
{
	char path[128];

	(void)snprintf(path, sizeof path, "/api/operators/%s/reset", name);
	return desk_call_post(cli, path, view_of("", 0), ret_answer, err);
}

static enum status keep(const struct api_answer *answer, struct demo_person *ret_person,
                        struct error *err)
{
	const struct json_token *root = json_root(&answer->doc);
	char secret[SECRET_MAX];

	json_read_string(&answer->doc, root, "password", ret_person->password,
	                 sizeof ret_person->password);
	json_read_string(&answer->doc, root, "totp_secret", secret, sizeof secret);
	return file_replace(ret_person->secret_path, view_of_string(secret), 0600, err);
}

static enum status open_person(const struct demo_desks *desks, size_t desk, size_t person,
                               struct demo_person *ret_person, struct error *err)
{
	const struct cli cli = {.dir = desks->desks[desk].folder};
	struct api_answer answer = {0};
	enum status status;

	ret_person->name = people[desk][person].name;
	(void)snprintf(ret_person->secret_path, sizeof ret_person->secret_path,
	               "%s/codes/%s-%s", desks->dir, desks->desks[desk].folder_name,
	               ret_person->name);
	status = post_new(&cli, desk, person, &answer, err);
	if (status == STATUS_CONFLICT) {
		api_answer_release(&answer);
		answer = (struct api_answer){0};
		status = post_reset(&cli, ret_person->name, &answer, err);
	}
	if (status == STATUS_OK)
		status = keep(&answer, ret_person, err);
	api_answer_release(&answer);
	return status;
}

static enum status open_desk(const struct demo_desks *desks, size_t desk,
                             struct demo_console *ret_console, struct error *err)
{
	TRY(read_address(&desks->desks[desk], ret_console->address,
	                 sizeof ret_console->address, err));
	if (ret_console->address[0] == '\0')
		return STATUS_OK;
	for (size_t i = 0; i < DEMO_PEOPLE; i++)
		TRY(open_person(desks, desk, i, &ret_console->people[i], err));
	return STATUS_OK;
}

enum status demo_consoles_open(const struct demo_desks *desks,
                               struct demo_consoles *ret_consoles, struct error *err)
{
	char path[DEMO_PATH_MAX + 16];

	*ret_consoles = (struct demo_consoles){0};
	(void)snprintf(path, sizeof path, "%s/codes", desks->dir);
	TRY(file_make_folder(path, 0700, err));
	for (size_t i = 0; i < DEMO_DESKS; i++)
		TRY(open_desk(desks, i, &ret_consoles->desks[i], err));
	return STATUS_OK;
}

static void print_desk(const struct demo_desk *desk, const struct demo_console *console,
                       const char *aldis)
{
	printf("\n  %s  http://%s/\n", desk->name, console->address);
	for (size_t i = 0; i < DEMO_PEOPLE; i++)
		printf("    name  %-5s  password  %s\n    code  %s operator code %s\n",
		       console->people[i].name, console->people[i].password, aldis,
		       console->people[i].secret_path);
}

static bool has_display(void)
{
	const char *x11 = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");

	return (x11 != NULL && x11[0] != '\0') || (wayland != NULL && wayland[0] != '\0');
}

/* North and south, whose story it is. */
static void show_in_browser(const struct demo_consoles *consoles)
{
	for (size_t i = 0; i < 2; i++) {
		char url[96];

		if (consoles->desks[i].address[0] == '\0')
			continue;
		(void)snprintf(url, sizeof url, "http://%s/", consoles->desks[i].address);
		spawn_detached((const char *const[]){"xdg-open", url, NULL});
	}
}

void demo_consoles_show(const struct demo_desks *desks,
                        const struct demo_consoles *consoles)
{
	char aldis[DEMO_PATH_MAX];

	if (spawn_path("aldis", aldis, sizeof aldis, NULL) != STATUS_OK)
		(void)snprintf(aldis, sizeof aldis, "aldis");
	printf(
	    "\n== The consoles ==\n"
	    "# For a browser. Each password is good for one login, which asks for a new\n"
	    "# one; the code of the moment is printed by the command below it.\n");
	for (size_t i = 0; i < DEMO_DESKS; i++)
		if (consoles->desks[i].address[0] != '\0')
			print_desk(&desks->desks[i], &consoles->desks[i], aldis);
	fflush(stdout);
	if (has_display())
		show_in_browser(consoles);
}
