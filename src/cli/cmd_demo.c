/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis demo: three desks as real processes on loopback play a story, told as the
 * commands that anyone would type. Run again on the same folder, it starts the desks and
 * goes on from where it was.
 */
#include <signal.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/demo_console.h"
#include "cli/demo_scenes.h"
#include "cli/options.h"

/* From the beginning they only wait to be taken, so that nothing is left behind: a
 * command that Ctrl-C reaches ends, and with it the story. */
static void block_signals(sigset_t *ret_set)
{
	sigemptyset(ret_set);
	sigaddset(ret_set, SIGINT);
	sigaddset(ret_set, SIGTERM);
	sigaddset(ret_set, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, ret_set, NULL);
}

static const struct demo_step status_steps[] = {
    {.command = "aldis -d north status"},
    {.command = "aldis -d south status"},
    {.command = "aldis -d vendor status"},
};

static const struct demo_scene status_scene = {
    "The three desks now", status_steps, sizeof status_steps / sizeof status_steps[0]};

/* What an earlier run on this folder left and this one makes again. */
static void remove_files(void)
{
	static const char *const paths[] = {"export-north", "export-south",
	                                    "export-vendor", "stranger"};

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		demo_remove(paths[i]);
}

static enum status tell(struct demo_desks *desks, const sigset_t *signals, bool is_once,
                        struct error *err)
{
	struct demo_stage stage;

	printf("# Everything happens in %s; what is printed is shown in part.\n",
	       desks->dir);
	remove_files();
	TRY(demo_stage_open(&stage, desks, signals, err));
	for (size_t i = 0; i < demo_scene_count; i++)
		TRY(demo_stage_play(&stage, &demo_scenes[i], err));
	return is_once ? STATUS_OK : demo_stage_play(&stage, &status_scene, err);
}

static enum status open_consoles(const struct demo_desks *desks, struct error *err)
{
	struct demo_consoles consoles;

	TRY(demo_consoles_open(desks, &consoles, err));
	demo_consoles_show(desks, &consoles);
	return STATUS_OK;
}

static void wait_for_end(const struct demo_desks *desks, const sigset_t *signals)
{
	int number;

	printf("\nThe desks run until you press Ctrl-C. In another terminal:\n"
	       "  cd %s\n"
	       "  aldis -d north status\n"
	       "  echo '{\"language\":\"en\",\"text\":\"Hello\"}' | aldis -d south send "
	       "Elections text --body -\n"
	       "  aldis -d north list Elections\n",
	       desks->dir);
	fflush(stdout);
	(void)sigwait(signals, &number);
	putchar('\n');
}

int cmd_demo(struct cli *cli, int argc, char **argv)
{
	struct demo_desks desks = {0};
	const char *dir = NULL;
	bool is_once = false;
	const struct option_spec specs[] = {
	    {"--dir", OPTION_TEXT, &dir, 0},
	    {"--once", OPTION_FLAG, &is_once, 0},
	};
	struct option_values operands;
	struct error err = {0};
	enum status status;
	sigset_t signals;

	if (options_parse(cli, specs, 2, 0, 0, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("demo", &err);
	block_signals(&signals);
	status = demo_desks_open(&desks, dir, &err);
	if (status == STATUS_OK)
		status = tell(&desks, &signals, is_once, &err);
	if (status == STATUS_OK && !is_once)
		status = open_consoles(&desks, &err);
	if (status == STATUS_OK && !is_once)
		wait_for_end(&desks, &signals);
	demo_desks_close(&desks);
	if (status != STATUS_OK)
		return cli_fail(CLI_COULD_NOT, "%s", err.text);
	puts("\nDone.");
	return CLI_DONE;
}
