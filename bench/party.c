/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A desk that only joins needs nobody to speak to: its way out leads nowhere.
 */
#include "bench/party.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "bench/machine.h"
#include "crypto/keyfile.h"
#include "store/sqlite.h"

/* ---- the folder */

static enum status write_key(const struct party *party, enum record_role role,
                             struct error *err)
{
	const char *name = party->card.card.name.text;
	struct ed25519_seed seed = testing_seed(name, role);
	char file[64], path[FOLDER_PATH_MAX];

	(void)snprintf(file, sizeof file, "keys/%s.key", record_role_name(role));
	TRY(folder_path(&party->folder, file, path, err));
	return keyfile_write(path, record_role_name(role), name, &seed, NULL, err);
}

static void make_card(struct party *party, const char *name, uint16_t port)
{
	char url[64];

	(void)snprintf(url, sizeof url, "https://127.0.0.1:%u", port == 0 ? 9 : port);
	testing_desk_init(&party->card, name, url);
}

enum status party_make(struct party *party, const char *path, const char *name,
                       uint16_t port, struct error *err)
{
	static const enum record_role roles[] = {RECORD_ROLE_LOG, RECORD_ROLE_MIRROR,
	                                         RECORD_ROLE_BOX, RECORD_ROLE_LINK};
	struct folder_config config = {.url_count = 1,
	                               .language_count = 1,
	                               .languages = {"en"},
	                               .poll_s = 60,
	                               .jump_limit_s = 300};
	char card_path[FOLDER_PATH_MAX];

	make_card(party, name, port);
	(void)snprintf(config.name, sizeof config.name, "%s", name);
	(void)snprintf(config.listen, sizeof config.listen, "127.0.0.1:%u", port);
	(void)snprintf(config.urls[0], sizeof config.urls[0], "%s",
	               party->card.card.urls[0]);
	TRY(folder_make(path, &config, &party->folder, err));
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
		TRY(write_key(party, roles[i], err));
	TRY(folder_path(&party->folder, "card.note", card_path, err));
	return file_create(card_path, buf_view(&party->card.note), 0644, err);
}

enum status party_find(struct party *party, const char *path, const char *name,
                       uint16_t port, struct error *err)
{
	make_card(party, name, port);
	return folder_open(path, &party->folder, err);
}

/* ---- the desk in this process */

static int64_t legal_ms(void *unused)
{
	return clock_utc_ms();
}

static int64_t elapsed_ms(void *unused)
{
	return (int64_t)(clock_monotonic_ns() / 1000000);
}

static enum status open_signer(struct party *party, struct error *err)
{
	const char *name = party->card.card.name.text;
	struct signer_config config = {.desk = name,
	                               .now_ms = legal_ms,
	                               .monotonic_ms = elapsed_ms,
	                               .jump_limit_ms = 300 * 1000};
	struct guard_file file;
	char path[FOLDER_PATH_MAX];

	TRY(folder_path(&party->folder, "guard", path, err));
	TRY(guard_file_open(path, &file, err));
	TRY(guard_open(file, &config.guard, err));
	config.log = testing_secret_new(name, RECORD_ROLE_LOG);
	config.mirror = testing_secret_new(name, RECORD_ROLE_MIRROR);
	return signer_core_new(&config, &party->signer, err);
}

enum status party_open(struct party *party, struct desk_out out, struct error *err)
{
	struct desk_options options = {.random_seed = 1};
	char path[FOLDER_PATH_MAX];

	TRY(folder_path(&party->folder, "store.db", path, err));
	TRY(store_sqlite_open(path, &party->store, err));
	TRY(open_signer(party, err));
	return desk_open(&options, buf_view(&party->card.note), party->store,
	                 (struct signer){&signer_core_ops, party->signer}, out,
	                 clock_utc_ms(), &party->desk, err);
}

void party_close(struct party *party)
{
	desk_free(party->desk);
	party->desk = NULL;
	signer_core_free(party->signer);
	party->signer = NULL;
	if (party->store.ops != NULL)
		party->store.ops->close(party->store.self);
	party->store = (struct store){0};
}

void party_release(struct party *party)
{
	party_close(party);
	testing_desk_release(&party->card);
}

/* ---- two desks of one channel */

static void ignore_reply(void *out, const struct desk_reply *reply)
{
}

static void ignore_call(void *out, const struct desk_call *call)
{
}

static void ignore_peers(void *out)
{
}

static void ignore_event(void *out, struct view json)
{
}

static void ignore_log(void *out, const char *line)
{
}

static enum status join(struct party *party, struct view charter, struct error *err)
{
	static const struct desk_out_ops nowhere = {
	    ignore_reply, ignore_call, ignore_peers, ignore_event, ignore_log};
	bool is_open = false;

	TRY(party_open(party, (struct desk_out){&nowhere, NULL}, err));
	desk_turn_begin(party->desk, clock_utc_ms());
	TRY(desk_join(party->desk, charter, &is_open, NULL, err));
	TRY(desk_turn_end(party->desk, err));
	if (!is_open)
		return error_set(err, STATUS_BUG, "the channel did not open");
	return STATUS_OK;
}

static enum status make_two(struct party *north, struct party *south, const char *folder,
                            uint16_t north_port, uint16_t south_port, struct error *err)
{
	char path[BENCH_PATH_MAX];

	TRY(machine_path(folder, "north", path, err));
	TRY(party_make(north, path, "north.example", north_port, err));
	TRY(machine_path(folder, "south", path, err));
	return party_make(south, path, "south.example", south_port, err);
}

enum status party_make_two(const char *folder, uint16_t north_port, uint16_t south_port,
                           char ret_channel[HASH_HEX_LEN + 1], struct error *err)
{
	__attribute__((cleanup(party_release))) struct party north = {0};
	__attribute__((cleanup(party_release))) struct party south = {0};
	CLEANUP_BUF struct buf charter = BUF_INIT(RECORD_NOTE_MAX);
	struct desk_channel_info info;

	TRY(make_two(&north, &south, folder, north_port, south_port, err));
	testing_charter_note((struct testing_desk[]){north.card, south.card}, 2, NULL,
	                     &charter);
	TRY(join(&north, buf_view(&charter), err));
	TRY(join(&south, buf_view(&charter), err));
	desk_channel(north.desk, 0, &info);
	memcpy(ret_channel, info.id_hex, sizeof info.id_hex);
	return STATUS_OK;
}

struct view party_body(void)
{
	static char body[BENCH_BODY_LEN + 1];
	static const char head[] = "{\"language\":\"en\",\"text\":\"";
	size_t at = sizeof head - 1;

	if (body[0] == '\0') {
		memcpy(body, head, at);
		for (size_t i = at; i < BENCH_BODY_LEN - 2; i++)
			body[i] = "north reports a scan of port 8600 "[(i - at) % 34];
		memcpy(body + BENCH_BODY_LEN - 2, "\"}", 2);
	}
	return view_of(body, BENCH_BODY_LEN);
}
