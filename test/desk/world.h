/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A few desks in one process for tests: real rules, real signers, stores in memory, and a
 * network that delivers at once and can be cut. Time stands still unless a test moves it.
 */
#ifndef ALDIS_TEST_DESK_WORLD_H
#define ALDIS_TEST_DESK_WORLD_H

#include "base/cleanup.h"
#include "desk/desk.h"
#include "record/testing.h"

enum { WORLD_DESKS_MAX = RECORD_MEMBERS_MAX };

/* A reply to a request that the test itself made. */
struct world_reply {
	int status; /* 0: none yet */
	char type[64];
	struct buf body;
	/* of those that desk_reply_with made */
	unsigned retry_after_s;
	bool has_session;
	char session[DESK_SESSION_MAX + 1];
	int64_t session_s;
	char file_name[DESK_FILE_NAME_MAX + 1];
};

struct world;
struct guard_memory;

struct world_desk {
	struct world *world;
	struct testing_desk testing;
	struct store store;
	struct guard_memory *guard_memory;
	struct signer_core *core;
	struct desk *desk;
	bool is_cut; /* neither hears nor is heard */
	size_t log_lines;
	char last_log[512];
	struct buf events; /* one a line, for a test that sets its max */
	struct view witness_logs;
	char key_name[RECORD_NAME_MAX + 16]; /* from which its keys follow; empty: its
	                                        name */
	struct record_card next_card;        /* of new keys */
	struct buf next_note;
	char next_key_name[RECORD_NAME_MAX + 16];
};

struct world_call { /* on its way */
	size_t from;
	uint64_t id;
	char peer[RECORD_NAME_MAX + 1];   /* empty: a witness */
	char url[RECORD_URL_LEN_MAX + 1]; /* of a witness */
	enum desk_method method;
	char path[256];
	struct buf body;
	char webhook_id[DESK_WEBHOOK_ID_MAX + 1]; /* empty: none */
	int64_t webhook_s;
	char webhook_signature[DESK_SIGNATURE_MAX + 1];
};

/* Plays a desk that is stopped: answers a call to it, status, type and body in ret_reply.
 * False: nobody is there. */
typedef bool world_script(void *context, const struct world_call *call,
                          struct world_reply *ret_reply);

/* Plays the witnesses. */
enum world_web { WORLD_WEB_DEAD, WORLD_WEB_ANSWERS, WORLD_WEB_HOLDS };
typedef enum world_web world_web_script(void *context, const struct world_call *call,
                                        struct world_reply *ret_reply);

struct world {
	world_script *script; /* or NULL */
	void *script_context;
	world_web_script *web; /* NULL: no witness can be reached */
	void *web_context;
	struct world_call *held; /* by witnesses that do not answer yet */
	size_t held_count, held_cap;
	struct world_desk *desks; /* owned */
	size_t desk_count;
	int64_t now_ms;
	struct world_call *calls; /* those before call_first are delivered */
	size_t call_first, call_count, call_cap;
	struct world_reply
	    reply;          /* to the last world_request, or of the call in delivery */
	size_t reply_count; /* of all desks, to requests of all kinds */
	size_t delivered;
};

/* Desks named north.example, south.example, west.example, east.example, upper.example,
 * desk006.example …, each trusting the others, in
 * one channel whose charter all have signed, and everybody's log open. template_json
 * NULL: built-in. */
void world_init(struct world *world, size_t desk_count, const char *template_json);
/* The same with nothing joined yet. */
void world_init_bare(struct world *world, size_t desk_count);
void world_release(struct world *world);

/* One turn of a desk without input. */
void world_turn(struct world *world, size_t desk);
/* Delivers the oldest call that is on its way; false when there is none. */
bool world_deliver(struct world *world);
/* What witnesses held is on its way again. */
void world_release_held(struct world *world);
/* Turns and deliveries until nobody has anything to say at this time. */
void world_settle(struct world *world);
/* Moves time, turn by turn as the desks wish, settling each. */
void world_pass(struct world *world, int64_t ms);

/* The process dies without warning and starts again: uncommitted rows are gone. */
void world_crash(struct world *world, size_t desk);
void world_stop(struct world *world, size_t desk);
void world_start(struct world *world, size_t desk);
/* The guard's file is gone; the desk must be stopped. */
void world_forget_guard(struct world *world, size_t desk);
/* Makes new keys and a card for them; ret_change gets the change, signed by the root. */
void world_new_keys(struct world *world, size_t desk, struct buf *ret_change);
/* Stops the desk and starts it with the new keys. */
void world_switch_keys(struct world *world, size_t desk);
/* A copy of the guard's file, and putting it back (which frees it) while the desk is
 * stopped: what a power cut may do to it. */
struct guard_memory *world_save_guard(const struct world *world, size_t desk);
void world_restore_guard(struct world *world, size_t desk, struct guard_memory *saved);
/* The database is gone; the desk must be stopped. */
void world_lose_store(struct world *world, size_t desk);
/* Trusts the others' cards and joins their charter again, as after such a loss. */
void world_join(struct world *world, size_t desk, struct view charter_note);

/* Hands a desk a request, as from a peer (NULL: at the witness listener), within one
 * turn; the reply is in world->reply. */
int world_request(struct world *world, size_t desk, const char *peer,
                  enum desk_method method, const char *path, struct view body);

/* Submits a text message; returns its index. */
uint64_t world_say(struct world *world, size_t desk, const char *text);

/* Do all desks hold the same logs, all cosigned by all? */
bool world_agrees(struct world *world);

#endif
