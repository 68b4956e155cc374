/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis demo: two desks as real processes on loopback, which meet, agree and talk, told
 * as the commands that anyone would type. Run again on the same folder, it starts the
 * desks and goes on from where it was.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/demo_desks.h"
#include "cli/json_read.h"
#include "cli/options.h"
#include "codec/time_text.h"
#include "record/name.h"

enum { OUTPUT_MAX = 4 * 1024 * 1024 };

struct demo {
	struct demo_desks desks;
	struct demo_desk *north, *south;
	char channel[RECORD_CHANNEL_SHORT + 1];
	char incident[RECORD_MESSAGE_ID_MAX + 1];
};

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
	va_list args;

	fputs("\n# ", stdout);
	va_start(args, format);
	(void)vprintf(format, args);
	va_end(args);
	putchar('\n');
}

static void print_output(const struct buf *output)
{
	(void)fwrite(output->data, 1, output->len, stdout);
}

/* Runs a command, shown as it would be typed; fails unless it ends with 0. */
static enum status run(struct buf *output, struct error *err, ...)
    __attribute__((sentinel));
static enum status run(struct buf *output, struct error *err, ...)
{
	const char *arguments[SPAWN_ARGUMENTS_MAX + 1] = {NULL};
	size_t count = 0;
	int exit_status;
	va_list args;

	va_start(args, err);
	while (count < SPAWN_ARGUMENTS_MAX &&
	       (arguments[count] = va_arg(args, const char *)) != NULL)
		count++;
	va_end(args);
	fputs("$ aldis", stdout);
	for (size_t i = 0; i < count; i++)
		printf(strchr(arguments[i], ' ') != NULL ? " '%s'" : " %s", arguments[i]);
	putchar('\n');
	TRY(spawn_aldis(arguments, output, &exit_status, err));
	if (exit_status != 0) {
		print_output(output);
		return error_set(err, STATUS_SYSTEM,
		                 "the demonstration stops: `aldis %s` ended with %d",
		                 arguments[0], exit_status);
	}
	return STATUS_OK;
}

/* Runs a command and shows what it printed. */
#define RUN_AND_SHOW(err, ...)                                         \
	do {                                                           \
		CLEANUP_BUF struct buf output_ = BUF_INIT(OUTPUT_MAX); \
		TRY(run(&output_, err, __VA_ARGS__, NULL));            \
		print_output(&output_);                                \
	} while (0)

/* Runs a command and keeps what it printed as a file, "aldis … > FILE". */
static enum status keep(const struct buf *output, const char *path, struct error *err)
{
	printf("  > %s\n", path);
	return file_replace(path, buf_view(output), 0644, err);
}

/* ---- the desks
 * -------------------------------------------------------------------------- */

static enum status make_desks(struct demo *demo, struct error *err)
{
	for (size_t i = 0; i < DEMO_DESKS; i++) {
		struct demo_desk *desk = &demo->desks.desks[i];

		if (!desk->is_new)
			continue;
		say("%s sets up its desk.", desk->name);
		RUN_AND_SHOW(err, "init", desk->folder_name, "--name", desk->name,
		             "--listen", desk->listen);
	}
	return STATUS_OK;
}

static enum status start_desks(struct demo *demo, struct error *err)
{
	say("Both start their daemons.");
	TRY(demo_desks_start(&demo->desks, err));
	for (size_t i = 0; i < DEMO_DESKS; i++)
		printf("$ aldisd %s &\n", demo->desks.desks[i].folder_name);
	return STATUS_OK;
}

static enum status make_trust(struct demo *demo, struct error *err)
{
	say("They exchange cards, and read the digits out to each other over the phone.");
	RUN_AND_SHOW(err, "-d", demo->north->folder_name, "trust", demo->south->card,
	             "--compared");
	RUN_AND_SHOW(err, "-d", demo->south->folder_name, "trust", demo->north->card,
	             "--compared");
	return STATUS_OK;
}

/* ---- the channel
 * ------------------------------------------------------------------------ */

/* The id of the open channel, or empty. */
static enum status find_channel(struct demo *demo, struct error *err)
{
	CLEANUP_BUF struct buf output = BUF_INIT(OUTPUT_MAX);
	const char *const arguments[] = {"-d", demo->north->folder_name, "status",
	                                 "--json", NULL};
	const struct json_token *list, *channel;
	struct json_doc doc = {0};
	int exit_status;
	enum status status;

	demo->channel[0] = '\0';
	TRY(spawn_aldis(arguments, &output, &exit_status, err));
	status = json_scan(&doc, buf_view(&output), JSON_TOKENS_MAX, err);
	if (status == STATUS_OK) {
		channel = json_read_list(&doc, json_root(&doc), "channels", &list);
		if (channel != NULL && json_read_bool(&doc, channel, "open"))
			json_read_string(&doc, channel, "short", demo->channel,
			                 sizeof demo->channel);
	}
	json_release(&doc);
	return status;
}

static enum status write_charter(struct demo *demo, struct error *err)
{
	CLEANUP_BUF struct buf draft = BUF_INIT(OUTPUT_MAX);
	CLEANUP_BUF struct buf first = BUF_INIT(OUTPUT_MAX);
	CLEANUP_BUF struct buf second = BUF_INIT(OUTPUT_MAX);
	static const char text[] = "charter.json";
	static const char half[] = "charter.north.note";
	static const char whole[] = "charter.note";

	say("They agree on a charter: north.example drafts and signs, south.example "
	    "signs "
	    "too.");
	TRY(run(&draft, err, "-d", demo->north->folder_name, "charter", "draft",
	        "--member", demo->south->card, "--title", "North and South", NULL));
	TRY(keep(&draft, text, err));
	TRY(run(&first, err, "-d", demo->north->folder_name, "charter", "sign", text,
	        NULL));
	TRY(keep(&first, half, err));
	TRY(run(&second, err, "-d", demo->south->folder_name, "charter", "sign", half,
	        NULL));
	TRY(keep(&second, whole, err));
	RUN_AND_SHOW(err, "-d", demo->north->folder_name, "charter", "join", whole);
	RUN_AND_SHOW(err, "-d", demo->south->folder_name, "charter", "join", whole);
	return find_channel(demo, err);
}

/* ---- the conversation
 * ------------------------------------------------------------------- */

/* A command prints an id and a newline. */
static enum status take_id(const struct buf *output,
                           char ret_id[RECORD_MESSAGE_ID_MAX + 1], struct error *err)
{
	struct view rest = buf_view(output), line;
	struct record_message_id id;

	if (!view_take_line(&rest, &line) ||
	    !view_copy_string(line, ret_id, RECORD_MESSAGE_ID_MAX + 1))
		return error_set(err, STATUS_SYSTEM, "the message got no id");
	return record_message_id_decode(view_of_string(ret_id), &id, err);
}

static enum status write_files(struct error *err)
{
	char now[TIME_TEXT_LEN + 1];
	CLEANUP_BUF struct buf body = BUF_INIT(OUTPUT_MAX);
	static const char list[] = "192.0.2.17\n192.0.2.18\n192.0.2.44\n";

	time_text_encode(clock_utc_ms() / 1000, now);
	buf_printf(&body,
	           "{\"language\":\"en\",\"title\":\"Scanning of water utilities\","
	           "\"summary\":\"Since this morning, addresses in 192.0.2.0/24 try the "
	           "control ports of three water utilities. Is this yours to look at? "
	           "The addresses are attached.\",\"detected\":\"%s\"}\n",
	           now);
	TRY(buf_check(&body, "the body", err));
	TRY(file_replace("incident.json", buf_view(&body), 0644, err));
	return file_replace("addresses.txt", view_of_string(list), 0644, err);
}

static enum status send_incident(struct demo *demo, struct error *err)
{
	CLEANUP_BUF struct buf output = BUF_INIT(OUTPUT_MAX);

	say("north.example reports an incident, and waits for the receipt.");
	TRY(write_files(err));
	TRY(run(&output, err, "-d", demo->north->folder_name, "send", demo->channel,
	        "incident", "--body", "incident.json", "--attach", "addresses.txt",
	        "--tlp", "AMBER", "--wait", "60", NULL));
	print_output(&output);
	return take_id(&output, demo->incident, err);
}

static enum status send_ack(struct demo *demo, struct error *err)
{
	CLEANUP_BUF struct buf output = BUF_INIT(OUTPUT_MAX);
	char id[RECORD_MESSAGE_ID_MAX + 1];
	static const char body[] =
	    "{\"understood\":true,\"language\":\"en\",\"paraphrase\":\"Hosts in "
	    "192.0.2.0/24 probe control ports of three water utilities; we are asked "
	    "to look at them.\"}\n";

	say("south.example reads it, and says in its own words what it has understood.");
	RUN_AND_SHOW(err, "-d", demo->south->folder_name, "show", demo->channel,
	             demo->incident, "--wait", "60");
	TRY(file_replace("ack.json", view_of_string(body), 0644, err));
	TRY(run(&output, err, "-d", demo->south->folder_name, "send", demo->channel,
	        "ack", "--re", demo->incident, "--body", "ack.json", "--wait", "60",
	        NULL));
	print_output(&output);
	TRY(take_id(&output, id, err));
	say("north.example sees it.");
	RUN_AND_SHOW(err, "-d", demo->north->folder_name, "show", demo->channel, id,
	             "--wait", "60");
	return STATUS_OK;
}

/* ---- what remains
 * ----------------------------------------------------------------------- */

static enum status take_receipt(struct demo *demo, struct error *err)
{
	static const char receipt[] = "incident.tlog-proof";

	say("The receipt is a file that anyone can check.");
	RUN_AND_SHOW(err, "-d", demo->north->folder_name, "receipt", demo->channel,
	             demo->incident, "--from", demo->south->name, "-o", receipt);
	RUN_AND_SHOW(err, "verify", receipt, "--trust", demo->north->card, "--trust",
	             demo->south->card);
	return STATUS_OK;
}

static enum status export_one(struct demo *demo, const struct demo_desk *desk,
                              struct error *err)
{
	char out[64];

	(void)snprintf(out, sizeof out, "export-%s", desk->folder_name);
	demo_remove(out);
	RUN_AND_SHOW(err, "-d", desk->folder_name, "export", demo->channel, out);
	RUN_AND_SHOW(err, "verify", out, "--trust", demo->north->card, "--trust",
	             demo->south->card);
	return STATUS_OK;
}

static enum status export_both(struct demo *demo, struct error *err)
{
	say("Both export the whole record; each verifies by itself.");
	TRY(export_one(demo, demo->north, err));
	TRY(export_one(demo, demo->south, err));
	say("And both show the same conversation.");
	RUN_AND_SHOW(err, "-d", demo->north->folder_name, "list", demo->channel);
	RUN_AND_SHOW(err, "-d", demo->south->folder_name, "list", demo->channel);
	return STATUS_OK;
}

static enum status tell(struct demo *demo, struct error *err)
{
	TRY(make_desks(demo, err));
	TRY(start_desks(demo, err));
	TRY(find_channel(demo, err));
	if (demo->channel[0] == '\0') {
		TRY(make_trust(demo, err));
		TRY(write_charter(demo, err));
	} else {
		say("The channel is open since an earlier run.");
	}
	if (demo->channel[0] == '\0')
		return error_set(err, STATUS_SYSTEM, "the channel did not open");
	TRY(send_incident(demo, err));
	TRY(send_ack(demo, err));
	TRY(take_receipt(demo, err));
	return export_both(demo, err);
}

/* ---- the end
 * ---------------------------------------------------------------------------- */

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

static void wait_for_end(const struct demo *demo, const sigset_t *signals)
{
	int number;

	printf("\nBoth desks run until you press Ctrl-C. In another terminal:\n"
	       "  aldis -d %s status\n"
	       "  echo '{\"language\":\"en\",\"text\":\"Hello\"}' | aldis -d %s send "
	       "%s text --body -\n"
	       "  aldis -d %s list %s\n",
	       demo->north->folder, demo->south->folder, demo->channel,
	       demo->north->folder, demo->channel);
	fflush(stdout);
	(void)sigwait(signals, &number);
	putchar('\n');
}

int cmd_demo(struct cli *cli, int argc, char **argv)
{
	struct demo demo = {0};
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
	demo.north = &demo.desks.desks[0];
	demo.south = &demo.desks.desks[1];
	status = demo_desks_open(&demo.desks, dir, &err);
	if (status == STATUS_OK)
		printf("# Everything happens in %s\n", demo.desks.dir);
	if (status == STATUS_OK)
		status = tell(&demo, &err);
	if (status == STATUS_OK && !is_once)
		wait_for_end(&demo, &signals);
	demo_desks_close(&demo.desks);
	if (status != STATUS_OK)
		return cli_fail(CLI_COULD_NOT, "%s", err.text);
	say("Done.");
	return CLI_DONE;
}
