/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A step: wait for nothing but programs, fail at the first that fails.
 */
#include "cli/demo_stage.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "codec/time_text.h"
#include "record/name.h"

enum {
	OUTPUT_MAX = 4 * 1024 * 1024,
	COMMAND_MAX = 4096,
	COMMAND_WIDTH = 116,
	LINE_POINTS = 120,
	AGAIN_MS = 200,
	PATIENCE_MS = 60000,
};

/* One step being done. */
struct doing {
	struct demo_stage *stage;
	const struct demo_step *step;
	struct demo_words words;
	struct buf line, input, until, output, errors;
};

static enum status set_time(struct demo_stage *stage, const char *name, int64_t time_s,
                            struct error *err)
{
	char text[TIME_TEXT_LEN + 1];

	time_text_encode(time_s, text);
	return demo_values_set(&stage->values, name, view_of_string(text), err);
}

enum status demo_stage_open(struct demo_stage *stage, struct demo_desks *desks,
                            const sigset_t *signals, struct error *err)
{
	int64_t now_s = clock_utc_ms() / 1000;

	*stage = (struct demo_stage){.desks = desks, .signals = signals};
	for (size_t i = 0; i < DEMO_DESKS; i++) {
		char name[24];

		(void)snprintf(name, sizeof name, "%s_at", desks->desks[i].folder_name);
		TRY(demo_values_set(&stage->values, name,
		                    view_of_string(desks->desks[i].listen), err));
		(void)snprintf(name, sizeof name, "%s_console",
		               desks->desks[i].folder_name);
		TRY(demo_values_set(&stage->values, name,
		                    view_of_string(desks->desks[i].console), err));
	}
	TRY(set_time(stage, "ago", now_s - 2 * 3600, err));
	TRY(set_time(stage, "now", now_s, err));
	TRY(set_time(stage, "soon", now_s + 4 * 3600, err));
	TRY(set_time(stage, "tomorrow", now_s + 24 * 3600, err));
	return set_time(stage, "week", now_s + 7 * 24 * 3600, err);
}

/* What is printed. */

static void print_view(struct view text)
{
	(void)fwrite(text.data, 1, text.len, stdout);
}

static void print_command(const struct doing *doing)
{
	CLEANUP_BUF struct buf folded = BUF_INIT(2 * COMMAND_MAX);

	demo_words_fold(buf_view(&doing->line), COMMAND_WIDTH, &folded);
	fputs("$ ", stdout);
	print_view(buf_view(&folded));
	if (doing->input.len > 0) {
		fputs(" <<'END'\n", stdout);
		print_view(buf_view(&doing->input));
		fputs("\nEND", stdout);
	}
	putchar('\n');
}

/* Up to where a line is shown: never within a character. */
static size_t cut(struct view line)
{
	size_t points = 0, len = 0;

	for (; len < line.len; len++) {
		points += (line.data[len] & 0xc0) != 0x80;
		if (points > LINE_POINTS)
			break;
	}
	return len;
}

static void print_line(const struct demo_step *step, struct view line)
{
	size_t len = step->is_cut ? cut(line) : line.len;

	print_view(view_of(line.data, len));
	puts(len < line.len ? "…" : "");
}

static bool is_shown(const struct demo_step *step, struct view line)
{
	const char *only = step->only;
	size_t len;

	if (only == NULL)
		return true;
	for (; *only != '\0'; only += len + (only[len] == '|')) {
		len = strcspn(only, "|");
		if (view_has_prefix(line, view_of(only, len)))
			return true;
	}
	return false;
}

static void print_lines(const struct demo_step *step, struct view text)
{
	struct view line;
	size_t count = 0;

	while (view_take_line(&text, &line)) {
		if (!is_shown(step, line))
			continue;
		if (step->lines > 0 && count++ == step->lines)
			return;
		print_line(step, line);
	}
}

static void print_output(const struct doing *doing)
{
	if (!doing->step->is_quiet) {
		print_lines(doing->step, buf_view(&doing->errors));
		if (doing->words.into == NULL)
			print_lines(doing->step, buf_view(&doing->output));
	}
	fflush(stdout);
}

/* What is done. */

/* Waits a moment; a signal that was pending, or comes, ends the play. */
static enum status rest(const struct demo_stage *stage, int ms, struct error *err)
{
	struct timespec moment = {.tv_nsec = (long)ms * 1000000};

	if (sigtimedwait(stage->signals, NULL, &moment) > 0)
		return error_set(err, STATUS_CLOSED, "the demonstration was stopped");
	return STATUS_OK;
}

static enum status run_once(struct doing *doing, int *ret_exit, struct error *err)
{
	struct spawn_io io = {.input = buf_view(&doing->input),
	                      .output = &doing->output,
	                      .errors = &doing->errors};

	buf_clear(&doing->output);
	buf_clear(&doing->errors);
	TRY(spawn_program(doing->words.words, &io, err));
	*ret_exit = io.exit_status;
	return STATUS_OK;
}

static bool has_come(const struct doing *doing, int exit_status)
{
	if (doing->step->exit_status != ANY_EXIT &&
	    exit_status != doing->step->exit_status)
		return false;
	return doing->until.len == 0 ||
	       view_find(buf_view(&doing->output), buf_view(&doing->until)) != SIZE_MAX;
}

static enum status explain_end(const struct doing *doing, int exit_status,
                               struct error *err)
{
	struct view errors = buf_view(&doing->errors), line = {0};

	while (line.len == 0 && view_take_line(&errors, &line))
		;
	return error_set(err, STATUS_SYSTEM,
	                 "the demonstration stops: `%.*s` ended with %d: %.*s",
	                 (int)doing->line.len, (const char *)doing->line.data,
	                 exit_status, (int)line.len, (const char *)line.data);
}

static enum status run(struct doing *doing, struct error *err)
{
	int patience_ms = doing->step->until == NULL ? 0 : PATIENCE_MS, exit_status;

	for (;; patience_ms -= AGAIN_MS) {
		TRY(run_once(doing, &exit_status, err));
		if (has_come(doing, exit_status))
			return STATUS_OK;
		if (patience_ms <= 0)
			break;
		TRY(rest(doing->stage, AGAIN_MS, err));
	}
	return explain_end(doing, exit_status, err);
}

/* The first line that it printed is a message's id. */
static enum status keep_id(struct doing *doing, struct error *err)
{
	struct view rest_of = buf_view(&doing->output), line;
	struct record_message_id id;

	if (!view_take_line(&rest_of, &line))
		return error_set(err, STATUS_SYSTEM, "the message got no id");
	TRY(record_message_id_decode(line, &id, err));
	return demo_values_set(&doing->stage->values, doing->step->keep, line, err);
}

static enum status act(struct doing *doing, struct error *err)
{
	const struct demo_words *words = &doing->words;

	if (strcmp(words->words[0], "cd") == 0) {
		if (words->count != 2 || chdir(words->words[1]) != 0)
			return error_set_errno(err, "a folder can't be entered");
		return STATUS_OK;
	}
	if (words->is_daemon && words->count == 2)
		return demo_desks_start(doing->stage->desks, words->words[1], err);
	TRY(run(doing, err));
	if (words->into != NULL)
		TRY(file_replace(words->into, buf_view(&doing->output), 0644, err));
	return doing->step->keep == NULL ? STATUS_OK : keep_id(doing, err);
}

static enum status do_step(struct doing *doing, struct error *err)
{
	const struct demo_step *step = doing->step;
	const struct demo_values *values = &doing->stage->values;

	TRY(demo_values_expand(values, step->command, &doing->line, err));
	if (step->input != NULL)
		TRY(demo_values_expand(values, step->input, &doing->input, err));
	if (step->until != NULL)
		TRY(demo_values_expand(values, step->until, &doing->until, err));
	TRY(demo_words_split(buf_view(&doing->line), &doing->words, err));
	print_command(doing);
	TRY(act(doing, err));
	print_output(doing);
	return STATUS_OK;
}

static enum status play_step(struct demo_stage *stage, const struct demo_step *step,
                             struct error *err)
{
	struct doing doing = {
	    .stage = stage,
	    .step = step,
	    .line = BUF_INIT(COMMAND_MAX),
	    .input = BUF_INIT(COMMAND_MAX),
	    .until = BUF_INIT(COMMAND_MAX),
	    .output = BUF_INIT(OUTPUT_MAX),
	    .errors = BUF_INIT(OUTPUT_MAX),
	};
	enum status status;

	TRY(rest(stage, 0, err));
	if (step->unless != NULL && access(step->unless, F_OK) == 0)
		return STATUS_OK;
	if (step->say != NULL)
		printf("# %s\n", step->say);
	status = do_step(&doing, err);
	buf_release(&doing.line);
	buf_release(&doing.input);
	buf_release(&doing.until);
	buf_release(&doing.output);
	buf_release(&doing.errors);
	return status;
}

enum status demo_stage_play(struct demo_stage *stage, const struct demo_scene *scene,
                            struct error *err)
{
	printf("\n== %s ==\n", scene->title);
	for (size_t i = 0; i < scene->step_count; i++)
		TRY(play_step(stage, &scene->steps[i], err));
	return STATUS_OK;
}
