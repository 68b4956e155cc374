/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verifying a large export: time beside reading and hashing all its bytes once and
 * scanning all its envelopes once as JSON; memory as the peak of a process that does
 * nothing else. Both read from the page cache, by turns.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "bench/machine.h"
#include "bench/party.h"
#include "bench/stock.h"
#include "bundle/list.h"
#include "bundle/verify.h"
#include "tlog/bundle.h"

enum { REPEATS = 2, FILE_LEN_MAX = 256 << 20, TOKENS_MAX = 4096 };

/* ---- work done in a child */

struct outcome {
	double seconds;
	uint64_t entries, bytes;
	enum status status;
	struct error err;
};

typedef enum status apart_work(const struct stock *stock, struct outcome *ret_outcome,
                               struct error *err);

static _Noreturn void run_child(apart_work *work, const struct stock *stock, int out)
{
	struct outcome outcome = {0};
	double begun_s = machine_now_s();

	outcome.status = work(stock, &outcome, &outcome.err);
	outcome.seconds = machine_now_s() - begun_s;
	_exit(write(out, &outcome, sizeof outcome) == sizeof outcome ? 0 : 1);
}

/* ret_peak_kib: the most memory it had. */
static enum status run_apart(apart_work *work, const struct stock *stock,
                             struct outcome *ret_outcome, long *ret_peak_kib,
                             struct error *err)
{
	struct rusage usage = {0};
	int fds[2], wait_status;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) != 0 || (pid = fork()) < 0)
		return error_set_errno(err, "can't start a process");
	if (pid == 0)
		run_child(work, stock, fds[1]);
	(void)close(fds[1]);
	ssize_t len = read(fds[0], ret_outcome, sizeof *ret_outcome);
	(void)close(fds[0]);
	if (wait4(pid, &wait_status, 0, &usage) != pid || len != sizeof *ret_outcome)
		return error_set(err, STATUS_SYSTEM, "a child has died");
	*ret_peak_kib = usage.ru_maxrss;
	if (ret_outcome->status != STATUS_OK)
		*err = ret_outcome->err;
	return ret_outcome->status;
}

/* ---- the floor */

static enum status scan_envelopes(struct view bundle, struct json_doc *doc,
                                  struct outcome *outcome, struct error *err)
{
	struct reader reader = reader_of(bundle);
	struct view entry;

	while (tlog_bundle_next(&reader, &entry)) {
		TRY(json_scan(doc, entry, TOKENS_MAX, err));
		outcome->entries++;
	}
	return STATUS_OK;
}

static enum status hash_file(int folder, const char *path, const struct hash *expected,
                             struct buf *content, struct json_doc *doc,
                             struct outcome *outcome, struct error *err)
{
	CLEANUP_FD int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
	struct hash hash;

	if (fd < 0)
		return error_set_errno(err, "can't open %s", path);
	buf_clear(content);
	TRY(file_read_fd(fd, path, content, err));
	hash = sha256(buf_view(content));
	if (!hash_equal(&hash, expected))
		return error_set(err, STATUS_MALFORMED, "%s has changed", path);
	outcome->bytes += content->len;
	if (strstr(path, "/tile/entries/") == NULL)
		return STATUS_OK;
	return scan_envelopes(buf_view(content), doc, outcome, err);
}

static enum status hash_files(int folder, FILE *list, struct buf *content,
                              struct json_doc *doc, struct outcome *outcome,
                              struct error *err)
{
	char line[BUNDLE_PATH_MAX + 80];

	while (fgets(line, sizeof line, list) != NULL) {
		struct bundle_path path;
		struct hash hash;

		TRY(bundle_list_line_decode(view_of_string(line), &hash, &path, err));
		TRY(hash_file(folder, path.text, &hash, content, doc, outcome, err));
	}
	return STATUS_OK;
}

static enum status do_floor(const struct stock *stock, struct outcome *ret_outcome,
                            struct error *err)
{
	CLEANUP_BUF struct buf content = BUF_INIT(FILE_LEN_MAX);
	CLEANUP_FD int folder =
	    open(stock->export_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct json_doc doc = {0};
	char path[BENCH_PATH_MAX];
	enum status status;

	TRY(machine_path(stock->export_folder, BUNDLE_LIST, path, err));
	FILE *list = fopen(path, "re");
	if (folder < 0 || list == NULL)
		return error_set_errno(err, "can't open %s", path);
	status = hash_files(folder, list, &content, &doc, ret_outcome, err);
	(void)fclose(list);
	json_release(&doc);
	return status;
}

/* ---- verifying */

static enum status do_verify(const struct stock *stock, struct outcome *ret_outcome,
                             struct error *err)
{
	__attribute__((cleanup(party_release))) struct party north = {0}, south = {0};
	struct bundle_result result = {0};
	char path[BENCH_PATH_MAX];
	enum status status;

	TRY(machine_path(stock->folder, "north", path, err));
	TRY(party_find(&north, path, "north.example", 0, err));
	TRY(machine_path(stock->folder, "south", path, err));
	TRY(party_find(&south, path, "south.example", 0, err));
	struct bundle_verify_options options = {
	    .cards =
	        (struct view[]){buf_view(&north.card.note), buf_view(&south.card.note)},
	    .card_count = 2};
	status = bundle_verify(stock->export_folder, &options, &result, err);
	if (status == STATUS_OK && !(result.is_consistent && result.is_anchored))
		status = error_set(err, STATUS_UNTRUSTED, "%s: %s", result.file.text,
		                   result.why.text);
	ret_outcome->entries = result.entry_count;
	ret_outcome->bytes = result.byte_count;
	bundle_result_release(&result);
	return status;
}

static void report(const struct bench_options *options, double verify_s, double floor_s,
                   long peak_kib, const struct outcome *verified)
{
	report_line(options->is_json, &(struct report_line){.name = "verify_export",
	                                                    .value = verify_s,
	                                                    .unit = "s",
	                                                    .floor = floor_s,
	                                                    .ratio = verify_s / floor_s,
	                                                    .goal = "<= 3 x"});
	report_line(options->is_json,
	            &(struct report_line){.name = "verify_export_rss",
	                                  .value = (double)peak_kib / 1024,
	                                  .unit = "MiB",
	                                  .floor = NAN,
	                                  .ratio = NAN,
	                                  .goal = "<= 64"});
	(void)fprintf(stderr, "verified %" PRIu64 " entries, %" PRIu64 " MiB\n",
	              verified->entries, verified->bytes >> 20);
}

enum status verify_export_run(const struct bench_options *options, struct error *err)
{
	struct outcome floor = {0}, verified = {0};
	double floor_s = INFINITY, verify_s = INFINITY;
	long peak_kib = 0, unused;
	struct stock stock;

	TRY(stock_find(options, &stock, err));
	TRY(stock_export(options, &stock, err));
	TRY(run_apart(do_floor, &stock, &floor, &unused, err)); /* fills the cache */
	for (int i = 0; i < REPEATS; i++) {
		TRY(run_apart(do_floor, &stock, &floor, &unused, err));
		TRY(run_apart(do_verify, &stock, &verified, &peak_kib, err));
		floor_s = fmin(floor_s, floor.seconds);
		verify_s = fmin(verify_s, verified.seconds);
	}
	if (verified.entries != floor.entries)
		return error_set(err, STATUS_BUG, "not all entries were verified");
	report(options, verify_s, floor_s, peak_kib, &verified);
	return STATUS_OK;
}
