/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stamp beside each finished part names the build that made it; it is written last.
 */
#include "bench/stock.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "bench/machine.h"
#include "bench/pair.h"
#include "bundle/export.h"

/* ---- stamps */

static enum status build_text(struct buf *out, struct error *err)
{
	struct stat st;

	if (stat("/proc/self/exe", &st) != 0)
		return error_set_errno(err, "can't find this program");
	buf_printf(out, "%lld.%09ld %lld\n", (long long)st.st_mtim.tv_sec,
	           st.st_mtim.tv_nsec, (long long)st.st_size);
	return buf_check(out, "a stamp", err);
}

static bool is_stamped(const char *path)
{
	CLEANUP_BUF struct buf now = BUF_INIT(256), then = BUF_INIT(256);

	return build_text(&now, NULL) == STATUS_OK &&
	       file_read(path, &then, NULL) == STATUS_OK &&
	       view_equal(buf_view(&now), buf_view(&then));
}

static enum status stamp(const char *path, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(256);

	TRY(build_text(&text, err));
	return file_replace(path, buf_view(&text), 0600, err);
}

static enum status stamp_path(const struct bench_options *options, const char *what,
                              char ret_path[BENCH_PATH_MAX], struct error *err)
{
	char name[64];

	(void)snprintf(name, sizeof name, "%s-%" PRIu64 ".made", what, options->entries);
	return machine_path(options->folder, name, ret_path, err);
}

enum status stock_forget(const struct bench_options *options, struct error *err)
{
	char path[BENCH_PATH_MAX];

	TRY(stamp_path(options, "export", path, err));
	TRY(machine_remove(path, err));
	TRY(stamp_path(options, "record", path, err));
	return machine_remove(path, err);
}

/* ---- the record */

static enum status make_record(const struct bench_options *options,
                               const struct stock *stock, struct error *err)
{
	__attribute__((cleanup(pair_release))) struct pair pair = {0};
	double begun_s = machine_now_s();

	(void)fprintf(stderr, "making a record of %" PRIu64 " messages …\n",
	              options->entries);
	TRY(pair_make(&pair, stock->folder, options->entries, err));
	(void)fprintf(stderr, "… made in %.1f s\n", machine_now_s() - begun_s);
	return STATUS_OK;
}

enum status stock_find(const struct bench_options *options, struct stock *ret_stock,
                       struct error *err)
{
	char name[64], made[BENCH_PATH_MAX];

	(void)snprintf(name, sizeof name, "record-%" PRIu64, options->entries);
	TRY(machine_path(options->folder, name, ret_stock->folder, err));
	(void)snprintf(name, sizeof name, "export-%" PRIu64, options->entries);
	TRY(machine_path(options->folder, name, ret_stock->export_folder, err));
	TRY(stamp_path(options, "record", made, err));
	if (is_stamped(made))
		return STATUS_OK;
	TRY(stock_forget(options, err));
	TRY(machine_remove(ret_stock->export_folder, err));
	TRY(make_record(options, ret_stock, err));
	return stamp(made, err);
}

/* ---- its export */

static enum status fetch(void *context, const char *path, struct buf *ret_body,
                         struct error *err)
{
	const char *type;

	return desk_read_path(context, view_of_string(path), &type, ret_body, err);
}

static enum status write_export(const struct pair *pair, const char *out,
                                struct error *err)
{
	struct desk *desk = pair->north.party.desk;
	struct ed25519_secret *link =
	    testing_secret_new(pair->north.party.card.card.name.text, RECORD_ROLE_LINK);
	const struct view cards[] = {buf_view(&pair->north.party.card.note),
	                             buf_view(&pair->south.party.card.note)};
	struct desk_channel_info channel;
	struct desk_log_info infos[2];
	enum status status;

	desk_channel(desk, 0, &channel);
	desk_log(desk, 0, 0, &infos[0]);
	desk_log(desk, 0, 1, &infos[1]);
	struct bundle_export_source source = {
	    .exporter = pair->north.party.card.card.name.text,
	    .link_secret = link,
	    .date_s = clock_utc_ms() / 1000,
	    .charter_notes = &channel.charter_note,
	    .charter_count = 1,
	    .card_notes = cards,
	    .card_count = 2,
	    .logs = (struct bundle_export_log[]){{infos[0].origin, infos[0].is_own, 0},
	                                         {infos[1].origin, infos[1].is_own, 0}},
	    .log_count = 2,
	    .fetch = fetch,
	    .fetch_context = desk,
	};
	status = bundle_export(&source, out, err);
	ed25519_secret_free(link);
	return status;
}

enum status stock_export(const struct bench_options *options, const struct stock *stock,
                         struct error *err)
{
	__attribute__((cleanup(pair_release))) struct pair pair = {0};
	double begun_s = machine_now_s();
	char made[BENCH_PATH_MAX];

	TRY(stamp_path(options, "export", made, err));
	if (is_stamped(made))
		return STATUS_OK;
	(void)fprintf(stderr, "writing its export …\n");
	TRY(machine_new_folder(stock->export_folder, err));
	TRY(pair_open(&pair, stock->folder, err));
	TRY(write_export(&pair, stock->export_folder, err));
	(void)fprintf(stderr, "… written in %.1f s\n", machine_now_s() - begun_s);
	return stamp(made, err);
}
