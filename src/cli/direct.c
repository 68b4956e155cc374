/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A desk without signer and network. Its operations must never be needed; those that the
 * opening asks for say that nothing is known.
 */
#include "cli/direct.h"

#include "base/clock.h"
#include "cli/cards.h"
#include "crypto/random.h"
#include "store/sqlite.h"

static enum status refuse_to_sign(void *self, struct signer_item *items, size_t count,
                                  struct error *err)
{
	return error_set(err, STATUS_BUG, "a check must not sign anything");
}

static enum status know_no_guard(void *self, enum signer_kind kind, const char *origin,
                                 struct signer_guard *ret_guard, struct error *err)
{
	*ret_guard = (struct signer_guard){0};
	return STATUS_OK;
}

static enum status open_no_box(void *self, const struct box_sealed_key *sealed,
                               struct box_key *ret_key, struct error *err)
{
	return error_set(err, STATUS_BUG, "a check must not open anything");
}

static void drop_reply(void *self, const struct desk_reply *reply)
{
}

static void drop_call(void *self, const struct desk_call *call)
{
}

static void drop_change(void *self)
{
}

static void drop_event(void *self, struct view json)
{
}

static void drop_line(void *self, const char *line)
{
}

static const struct signer_ops no_signer = {
    .sign = refuse_to_sign,
    .guard = know_no_guard,
    .open_box = open_no_box,
};

static const struct desk_out_ops no_way_out = {
    .reply = drop_reply,
    .call = drop_call,
    .peers_changed = drop_change,
    .event = drop_event,
    .log = drop_line,
};

struct direct {
	struct folder folder;
	int lock_fd;
	struct store store;
};

/* Holds the folder's lock, so that no aldisd starts meanwhile, and opens the store. */
static enum status direct_open(struct direct *direct, const struct cli *cli,
                               struct error *err)
{
	char path[FOLDER_PATH_MAX];

	TRY(cli_folder(cli, &direct->folder, err));
	TRY(folder_lock(&direct->folder, &direct->lock_fd, err));
	TRY(folder_path(&direct->folder, "store.db", path, err));
	if (access(path, F_OK) != 0)
		return error_set_errno(err, "%s can't be read", path);
	return store_sqlite_open(path, &direct->store, err);
}

static void direct_close(struct direct *direct)
{
	if (direct->store.ops != NULL) {
		direct->store.ops->rollback(direct->store.self);
		direct->store.ops->close(direct->store.self);
	}
	cleanup_fd(&direct->lock_fd);
}

static enum status check_store(struct direct *direct, const struct cli *cli,
                               struct desk_check_result *ret_result, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	const struct desk_options options = {0};
	struct desk *desk = NULL;
	struct record_card card;
	enum status status;

	TRY(cards_read_own(cli, &note, &card, err));
	TRY(store_sqlite_integrity(&direct->store, err));
	status = desk_open(
	    &options, buf_view(&note), direct->store, (struct signer){.ops = &no_signer},
	    (struct desk_out){.ops = &no_way_out}, clock_utc_ms(), &desk, err);
	if (status == STATUS_OK)
		status = desk_check(desk, ret_result, err);
	desk_free(desk);
	return status;
}

enum status direct_check(const struct cli *cli, struct desk_check_result *ret_result,
                         struct error *err)
{
	struct direct direct = {.lock_fd = -1};
	enum status status = direct_open(&direct, cli, err);

	if (status == STATUS_OK)
		status = check_store(&direct, cli, ret_result, err);
	direct_close(&direct);
	return status;
}

enum status direct_backup(const struct cli *cli, const char *path, struct error *err)
{
	struct direct direct = {.lock_fd = -1};
	enum status status = direct_open(&direct, cli, err);

	if (status == STATUS_OK)
		status = direct.store.ops->backup(direct.store.self, path, err);
	direct_close(&direct);
	return status;
}
