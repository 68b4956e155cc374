/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every command of `aldis` shares: how it ends, how it says why, and which desk it
 * is about. Commands return their exit status; only this folder prints.
 */
#ifndef ALDIS_CLI_CLI_H
#define ALDIS_CLI_CLI_H

#include "base/cleanup.h"
#include "base/status.h"
#include "folder/folder.h"

enum cli_exit {
	CLI_DONE = 0,
	CLI_NO = 1,           /* the answer is no: not verified, overdue, refused */
	CLI_USAGE = 2,        /* called wrongly */
	CLI_COULD_NOT = 3,    /* unreachable, locked, damaged */
	CLI_NOT_COMPARED = 4, /* consistent, but keys not compared */
};

struct cli {
	const char *dir; /* -d or ALDIS_DESK; NULL: none */
	bool is_json;    /* --json */
};

struct command {
	const char *name;
	const char *usage;   /* behind the name */
	const char *summary; /* one line */
	bool needs_desk;     /* can do nothing without the folder of a desk */
	int (*run)(struct cli *cli, int argc,
	           char **argv); /* arguments behind the name */
};

/* All commands, in the order in which `help` lists them. */
extern const struct command cli_commands[];
extern const size_t cli_command_count;
const struct command *cli_command_find(const char *name);

/* Finds the command in argv and runs it. */
int cli_run(int argc, char **argv);

/* Prints "aldis: sentence" to stderr, escaped, and returns the exit status. */
int cli_fail(enum cli_exit exit_status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same with the sentence of a failure and the exit status that fits it. */
int cli_fail_status(enum status status, const struct error *err);
/* A wrong call: the sentence and where to read more. */
int cli_fail_usage(const char *command, const struct error *err);
/* A wrong call too: no desk is named, and one is needed. */
int cli_fail_no_desk(void);
/* A sentence to stderr that does not end the command. */
void cli_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

enum cli_exit cli_exit_of(enum status status);

/* The folder of the desk that the call names. SYSTEM when there is none. */
MUST_USE enum status cli_folder(const struct cli *cli, struct folder *ret_folder,
                                struct error *err);

/* Reads a file, or standard input for "-", up to ret_content->max. SYSTEM also when
 * there is no such file. */
MUST_USE enum status cli_read_input(const char *path, struct buf *ret_content,
                                    struct error *err);

/* Writes all bytes to standard output. SYSTEM when they can't be written. */
MUST_USE enum status cli_write_output(struct view content, struct error *err);

#endif
