/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis-bench: measures what DESIGN promises beside its floor. Options, the list of
 * benchmarks, and a process for each. bench/README.md says how to read the figures.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "bench/machine.h"
#include "bench/stock.h"
#include "crypto/random.h"

enum { EXIT_DONE = 0, EXIT_USAGE = 2, EXIT_COULD_NOT = 3 };

struct benchmark {
	const char *name;
	bench_run *run;
};

static const struct benchmark benchmarks[] = {
    {"roundtrip", roundtrip_run},
    {"stream", stream_run},
    {"append", append_run},
    {"verify_export", verify_export_run},
    {"startup", startup_run},
    {"idle", idle_run},
    {"crowd", crowd_run},
    {"duties", duties_run},
    {"stix_import", stix_import_run},
    {"misp_import", misp_import_run},
    {"release", release_run},
};

enum { BENCHMARK_COUNT = sizeof benchmarks / sizeof benchmarks[0] };

static const char usage[] =
    "usage: aldis-bench [--json] [--only NAME]… [options]\n"
    "  --only NAME       roundtrip, stream, append, verify_export, startup, idle,\n"
    "                    crowd, duties, stix_import, misp_import, release\n"
    "  --messages N      of the stream (200000)\n"
    "  --in-flight N     batches of the stream under way (32)\n"
    "  --rounds N        of the round trip (400)\n"
    "  --entries N       of the large record: append, verify_export, startup (1000000)\n"
    "  --idle-seconds N  (20)\n"
    "  --folder DIR      where desks and records are kept (in $TMPDIR or /tmp)\n"
    "  --fresh           make the large record anew\n"
    "  --aldisd FILE     (beside this program)\n"
    "  --realtime        all that is measured goes before other work on the machine\n"
    "                    (needs the privilege)\n";

struct arguments {
	struct bench_options options;
	bool is_chosen[BENCHMARK_COUNT];
	bool has_choice;
};

static bool choose(struct arguments *arguments, const char *name)
{
	for (int i = 0; i < BENCHMARK_COUNT; i++)
		if (strcmp(benchmarks[i].name, name) == 0)
			return arguments->has_choice = arguments->is_chosen[i] = true;
	return false;
}

static bool read_number(const char *text, uint64_t *ret_number)
{
	char *end;

	errno = 0;
	*ret_number = strtoull(text, &end, 10);
	return errno == 0 && *text >= '1' && *text <= '9' && *end == '\0';
}

static bool read_path(const char *text, char ret_path[BENCH_PATH_MAX])
{
	return snprintf(ret_path, BENCH_PATH_MAX, "%s", text) < BENCH_PATH_MAX;
}

static bool take_option(struct arguments *arguments, int option, const char *value)
{
	struct bench_options *options = &arguments->options;

	switch (option) {
	case 'j':
		return options->is_json = true;
	case 'F':
		return options->is_fresh = true;
	case 'R':
		return options->is_realtime = true;
	case 'o':
		return choose(arguments, value);
	case 'm':
		return read_number(value, &options->messages);
	case 'n':
		return read_number(value, &options->in_flight);
	case 'r':
		return read_number(value, &options->rounds);
	case 'e':
		return read_number(value, &options->entries);
	case 'i':
		return read_number(value, &options->idle_s);
	case 'd':
		return read_path(value, options->folder);
	case 'a':
		return read_path(value, options->aldisd);
	default:
		return false;
	}
}

static bool parse(struct arguments *arguments, int argc, char **argv)
{
	static const struct option known[] = {
	    {"json", no_argument, NULL, 'j'},
	    {"fresh", no_argument, NULL, 'F'},
	    {"realtime", no_argument, NULL, 'R'},
	    {"only", required_argument, NULL, 'o'},
	    {"messages", required_argument, NULL, 'm'},
	    {"in-flight", required_argument, NULL, 'n'},
	    {"rounds", required_argument, NULL, 'r'},
	    {"entries", required_argument, NULL, 'e'},
	    {"idle-seconds", required_argument, NULL, 'i'},
	    {"folder", required_argument, NULL, 'd'},
	    {"aldisd", required_argument, NULL, 'a'},
	    {NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
		if (!take_option(arguments, option, optarg))
			return false;
	return optind == argc;
}

/* The daemon beside this program; a folder of this user's. */
static void set_defaults(struct bench_options *options)
{
	const char *temporary = getenv("TMPDIR");
	ssize_t len = readlink("/proc/self/exe", options->aldisd,
	                       sizeof options->aldisd - sizeof "aldisd");
	char *slash;

	options->aldisd[len > 0 ? len : 0] = '\0';
	slash = strrchr(options->aldisd, '/');
	strcpy(slash != NULL ? slash + 1 : options->aldisd, "aldisd");
	(void)snprintf(options->folder, sizeof options->folder, "%s/aldis-bench-%ld",
	               temporary != NULL ? temporary : "/tmp", (long)getuid());
	options->messages = 200000;
	options->in_flight = 32;
	options->rounds = 400;
	options->entries = 1000000;
	options->idle_s = 20;
}

/* In a folder of somebody else's, or behind a link, nothing is safe. */
static enum status make_own_folder(const struct bench_options *options, struct error *err)
{
	struct stat st;

	TRY(file_make_folder(options->folder, 0700, err));
	if (lstat(options->folder, &st) != 0 || !S_ISDIR(st.st_mode) ||
	    st.st_uid != getuid())
		return error_set(err, STATUS_CONFLICT,
		                 "%s is not a folder of this user: use --folder",
		                 options->folder);
	return options->is_fresh ? stock_forget(options, err) : STATUS_OK;
}

/* Ratios need a quiet machine: what waits for a core or the disk costs the floor, which
 * sleeps often, more than what is measured. */
static void warn_when_busy(void)
{
	double load[1] = {0};

	if (getloadavg(load, 1) == 1 && load[0] > 0.7)
		(void)fprintf(stderr,
		              "the machine has other work (load %.1f): ratios of the "
		              "round trip mean little now\n",
		              load[0]);
}

/* ---- running */

static int run_one(const struct benchmark *benchmark, const struct bench_options *options)
{
	struct error err = {0};
	enum status status;

	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	status = crypto_init(&err);
	if (status == STATUS_OK)
		status = benchmark->run(options, &err);
	if (status == STATUS_OK)
		return EXIT_DONE;
	(void)fprintf(stderr, "aldis-bench: %s: %s (%s)\n", benchmark->name, err.text,
	              status_name(status));
	return EXIT_COULD_NOT;
}

static bool run_apart(const struct benchmark *benchmark,
                      const struct bench_options *options)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		exit(run_one(benchmark, options));
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {0};
	struct error err = {0};
	int exit_status = EXIT_DONE;

	set_defaults(&arguments.options);
	if (!parse(&arguments, argc, argv)) {
		(void)fputs(usage, stderr);
		return EXIT_USAGE;
	}
	if (make_own_folder(&arguments.options, &err) != STATUS_OK) {
		(void)fprintf(stderr, "aldis-bench: %s\n", err.text);
		return EXIT_COULD_NOT;
	}
	if (arguments.options.is_realtime && !machine_go_first()) {
		(void)fprintf(stderr, "aldis-bench: --realtime needs the privilege\n");
		return EXIT_COULD_NOT;
	}
	if (!arguments.options.is_realtime)
		warn_when_busy();
	report_begin(arguments.options.is_json);
	for (int i = 0; i < BENCHMARK_COUNT; i++)
		if ((arguments.is_chosen[i] || !arguments.has_choice) &&
		    !run_apart(&benchmarks[i], &arguments.options))
			exit_status = EXIT_COULD_NOT;
	return exit_status;
}
