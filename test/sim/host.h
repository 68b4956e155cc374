/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine with a desk: its disk, store, guard, clock and process. The process sees the
 * world through wrapped operations, each of which is a step at which it may die, and each
 * of which is watched. What is durable outlives the process; what else there is does not.
 */
#ifndef ALDIS_SIM_HOST_H
#define ALDIS_SIM_HOST_H

#include "desk/desk.h"
#include "sim/net.h"
#include "sim/past.h"
#include "sim/sim.h"
#include "signer/signer.h"
#include "store/memory.h"
#include "store/powerloss.h"

enum host_death {
	HOST_KILLED,    /* the process: what it wrote to files stays */
	HOST_POWER_CUT, /* the machine: what was not synced may be gone */
};

enum host_input_kind {
	HOST_REQUEST,
	HOST_ANSWER,
	HOST_WORK,
	HOST_RECOVER,
	HOST_JOIN,  /* request: whose lines of the draft */
	HOST_REKEY, /* hand in the change of keys */
};

struct host_input {
	enum host_input_kind kind;
	struct packet *packet; /* of a request or an answer */
	uint64_t request;      /* its id within the process */
};

struct host_counts { /* of one log, by the number of its member */
	uint64_t entries, bodies;
};

struct host_backup {
	int64_t at_ms;
	struct store_memory_snapshot *snapshot;
	struct buf guard;
};

enum { HOST_BACKUPS = 4 };

struct liar;
struct people;

struct host {
	struct sim *sim;
	size_t member;
	const char *name;
	const char *label; /* for people: "north", "west'" */
	bool is_hostile;
	bool is_gone;                /* for good */
	bool may_enter, has_entered; /* the channel */

	struct record_card card, next_card; /* in use; wanted */
	struct buf card_note, next_note;
	char key_name[64], next_key_name[64]; /* from which its keys follow */
	bool wants_rekey;
	uint64_t rekey_size; /* of the own log with the key change; 0: not handed in */

	struct chance chance; /* of its desk */

	struct powerloss *disk; /* the guard, and SQLite's files */
	bool has_sqlite;
	struct store store;       /* raw */
	struct signer_core *core; /* NULL while down */
	struct desk *desk;        /* NULL while down */
	struct liar *liar;        /* instead of a desk */
	struct people *people;
	char guard_name[24]; /* of the file; a new one when the guard was lost */
	unsigned guard_number;
	uint64_t life;           /* counts processes */
	int64_t clock_offset_ms; /* legal time less the world's */
	uint64_t steps_to_death; /* 0: none planned */
	enum host_death death;   /* how */
	bool is_dead;            /* within this turn: nothing leaves any more */

	struct host_input *inbox;
	size_t inbox_count, inbox_cap;
	struct host_input *open; /* requests of this turn, until they are answered */
	size_t open_count, open_cap;
	uint64_t next_request;
	int64_t turn_at_ms; /* when the next turn is due; INT64_MAX: none */
	int64_t last_turn_ms;
	unsigned turns_at_once;
	int64_t sync_at_ms;

	struct host_counts staged[SIM_DESKS_MAX], durable[SIM_DESKS_MAX];
	struct past pasts[SIM_DESKS_MAX]; /* what its keys signed, by whose log */
	uint64_t receipts[SIM_DESKS_MAX]; /* largest that was shown, by member */
	bool must_regain[SIM_DESKS_MAX];  /* a backup took entries away */
	/* What its guard must know at least; and what of it is synced. */
	struct signer_guard known[SIM_DESKS_MAX], synced[SIM_DESKS_MAX];
	bool was_restored; /* may be frozen */
	int64_t meet_ms;   /* when its people bring the others' newest cards; 0: never */
	bool may_stay_frozen; /* nobody holds what it lost */
	uint64_t recover_count;
	struct host_backup backups[HOST_BACKUPS];
	size_t backup_count;
	bool owes_commit;      /* planted: the store was told to commit, later */
	struct buf late_guard; /* planted: writes that wait */
};

/* An empty machine for a member, not started. twin_of: another one on the same keys. */
struct host *host_new(struct sim *sim, size_t member, const char *label, bool has_sqlite);
void host_free(struct host *host);

void host_start(struct host *host);
/* The process ends now, as planned in host->death. */
void host_crash(struct host *host);
bool host_is_up(const struct host *host);
/* The other machine goes on from a copy of this one's disk; both must be down or new. */
void host_clone_disk(struct host *to, const struct host *from);

/* The bug that its process has. */
enum plant host_plant(const struct host *host);

/* Hands in an input and sees to a turn. Takes a use of the packet over. */
void host_put(struct host *host, struct host_input input);
/* A turn is wanted at this time at the latest. */
void host_wake(struct host *host, int64_t at_ms);
int64_t host_clock_ms(const struct host *host);
/* The log of a member as the desk sees it; false when it does not know of it. */
bool host_log(const struct host *host, size_t member, struct desk_log_info *ret_info);

/* Between host.c and host_ops.c. */
extern const struct store_ops host_store_ops;
extern const struct signer_ops host_signer_ops;
extern const struct guard_file_ops host_guard_ops;
extern const struct desk_out_ops host_out_ops;
/* Does what a planted bug has put off. */
void host_catch_up(struct host *host);
/* What the guard's file holds; empty when there is none. */
void host_read_guard(const struct host *host, struct buf *ret);
/* A new guard file; without content there is none. */
void host_write_guard(struct host *host, struct view content);

/* The desk's store by its raw operations, for those who watch. */
enum status host_read_entries(const struct host *host, size_t member, uint64_t first,
                              uint64_t count, struct buf *ret, uint64_t *ret_count,
                              struct error *err);

/* Backups are of memory stores only. */
void host_back_up(struct host *host);
enum host_restore { HOST_RESTORE_STORE, HOST_RESTORE_MACHINE, HOST_RESTORE_NO_GUARD };
/* The host must be down. */
void host_restore(struct host *host, const struct host_backup *backup,
                  enum host_restore what);

#endif
