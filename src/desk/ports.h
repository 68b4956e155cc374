/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rules of a desk need from the world, as operation structs: a store, a signer,
 * a way out. The daemon plugs in SQLite, the signer process and the front; the simulator
 * plugs in fakes with crashes. No operation blocks longer than its own disk or signer
 * needs; calls to peers are only started here, their answers come back as inputs of a
 * later turn.
 */
#ifndef ALDIS_DESK_PORTS_H
#define ALDIS_DESK_PORTS_H

#include "base/buf.h"
#include "crypto/box.h"
#include "crypto/ed25519.h"
#include "tlog/proof.h"

/* Small state, as rows of key and value. The encodings belong to the desk. */
enum store_table {
	STORE_META,       /* name -> value */
	STORE_CARD,       /* desk name -> trusted card */
	STORE_CHANNEL,    /* channel id -> charter note and state */
	STORE_LOG,        /* log number -> origin and counters */
	STORE_CHECKPOINT, /* log, size -> checkpoint note signed by the log */
	STORE_RECEIPT,    /* log, member, size -> cosignature line */
	STORE_SUBMISSION, /* channel, idempotency key -> message ids */
	STORE_ATTACHMENT, /* log, blob id -> blob */
	STORE_EVIDENCE,   /* number -> proof of equivocation */
	STORE_TABLE_COUNT
};

enum {
	STORE_KEY_MAX = 256,
	STORE_CHUNK_MAX = 256,         /* entries of one chunk */
	STORE_LOG_MAX = (1 << 22) - 1, /* log numbers from 0 */
};
#define STORE_INDEX_MAX ((UINT64_C(1) << 40) - 1)

/* Called for each row of a scan, in key order; false ends the scan. Views are borrowed
 * for the call. */
typedef bool store_row(void *context, struct view key, struct view value);

/*
 * One writer, one open transaction: it begins by itself with the first write after a
 * commit, and reads see it. Errors: SYSTEM or NO_MEMORY from the medium (the caller must
 * stop the process after a failed write or commit), NOT_FOUND for what is not there,
 * MALFORMED for a damaged database, BUG for a broken contract. Any storage passes the
 * suite in store/suite.c.
 */
struct store_ops {
	/* Makes all writes since the last commit durable, all or none. */
	enum status (*commit)(void *store, struct error *err);
	/* Forgets all writes since the last commit. */
	void (*rollback)(void *store);

	enum status (*put)(void *store, enum store_table table, struct view key,
	                   struct view value, struct error *err);
	/* The value replaces what the buffer held. */
	enum status (*get)(void *store, enum store_table table, struct view key,
	                   struct buf *ret_value, struct error *err);
	/* NOT_FOUND when there is no such row. */
	enum status (*remove)(void *store, enum store_table table, struct view key,
	                      struct error *err);
	/* Rows whose key begins with prefix and is >= from (when not empty), ascending.
	 * The callback may use the store, writes included: it is then called with the
	 * rows as they stand when their turn comes. */
	enum status (*scan)(void *store, enum store_table table, struct view prefix,
	                    struct view from, store_row *row, void *context,
	                    struct error *err);
	/* The last row whose key begins with prefix. */
	enum status (*last)(void *store, enum store_table table, struct view prefix,
	                    struct buf *ret_key, struct buf *ret_value,
	                    struct error *err);

	/* Entries of a log, appended in order: `first` must be the log's entry count.
	 * `bundle` is count entries as (u16 length, bytes), count 1 to STORE_CHUNK_MAX.
	 */
	enum status (*append_entries)(void *store, uint32_t log, uint64_t first,
	                              uint32_t count, struct view bundle,
	                              struct error *err);
	/* Bodies of a log in the same order, as (u32 length, blob); length 0 = the entry
	 * has none. */
	enum status (*append_bodies)(void *store, uint32_t log, uint64_t first,
	                             uint32_t count, struct view packed,
	                             struct error *err);
	/* How many entries and bodies the log holds (0, 0 for an unknown log). */
	enum status (*count)(void *store, uint32_t log, uint64_t *ret_entries,
	                     uint64_t *ret_bodies, struct error *err);
	/* Appends the entries [first, first + count) in the forms above to ret; stops
	 * early before the first one that would exceed ret->max. NOT_FOUND when `first`
	 * is not held. */
	enum status (*read_entries)(void *store, uint32_t log, uint64_t first,
	                            uint64_t count, struct buf *ret, uint64_t *ret_count,
	                            struct error *err);
	enum status (*read_bodies)(void *store, uint32_t log, uint64_t first,
	                           uint64_t count, struct buf *ret, uint64_t *ret_count,
	                           struct error *err);

	/* Hash tiles; level 0 to 7; written again when a partial tile grows. */
	enum status (*put_tile)(void *store, uint32_t log, unsigned level, uint64_t index,
	                        struct view hashes, struct error *err);
	enum status (*get_tile)(void *store, uint32_t log, unsigned level, uint64_t index,
	                        struct buf *ret_hashes, struct error *err);

	/* Writes a consistent copy of the last committed state to a new file. CONFLICT
	 * when it exists; NOT_FOUND when this storage has no files. */
	enum status (*backup)(void *store, const char *path, struct error *err);
	void (*close)(void *store);
};

struct store {
	const struct store_ops *ops;
	void *self;
};

enum signer_kind { SIGNER_LOG, SIGNER_MIRROR, SIGNER_WITNESS };
enum { SIGNER_KINDS = 3 };

/* The last thing signed for one (kind, origin). */
struct signer_guard {
	bool is_known;
	uint64_t size;
	struct hash root;
	int64_t time_s; /* of a cosignature */
};

/*
 * One signature wanted. The signer signs only what extends its guard: the proof shows
 * that the tree (size, root) extends the guard's (size, root); it may be empty when they
 * are equal, or nothing was signed before. For a cosignature of the guard's own (size,
 * root), time_s 0 asks for the very bytes made before. A cosignature's time never falls.
 */
struct signer_item {
	enum signer_kind kind;
	char origin[256];
	uint64_t size;
	struct hash root;
	struct tlog_proof proof;
	int64_t time_s; /* in: wanted (cosignatures); out: signed */
	/* out */
	enum status
	    status; /* OK; CONFLICT: does not extend the guard; UNTRUSTED: the proof
	               fails; AGAIN: the signer's clock jumped, an operator must look */
	struct ed25519_signature signature;
};

struct signer_ops {
	/* Signs each item or says in its status why not; guard records are written before
	 * the signatures are returned. A failure of the call itself: the process must
	 * stop. */
	enum status (*sign)(void *signer, struct signer_item *items, size_t count,
	                    struct error *err);
	/* What the guard holds. */
	enum status (*guard)(void *signer, enum signer_kind kind, const char *origin,
	                     struct signer_guard *ret_guard, struct error *err);
	/* Opens the key of a pouch with the box key, which nobody else holds. UNTRUSTED:
	 * it is not sealed to it. NOT_FOUND: this desk has no box key. */
	enum status (*open_box)(void *signer, const struct box_sealed_key *sealed,
	                        struct box_key *ret_key, struct error *err);
};

struct signer {
	const struct signer_ops *ops;
	void *self;
};

enum desk_method { DESK_GET, DESK_POST };

/* A request to this desk, from a peer or (peer NULL) from the local API; borrowed for the
 * call. The path has no host; a query may follow '?'. The body is already un-gzipped and
 * bounded. */
struct desk_request {
	uint64_t id;
	const char
	    *peer; /* name of the trusted desk whose link key was shown; NULL: local */
	bool is_witness;     /* came in at the open witness listener: peer NULL, no local
	                        rights */
	bool is_console;     /* came in at the console's door: peer NULL, and whoever asks
	                        has the rights of session or bearer, none else */
	bool is_cross_site;  /* at that door: a page of another site made the browser send
	                        it */
	struct view session; /* at that door: the cookie's value, or empty */
	struct view bearer;  /* at that door: of "Authorization: Bearer", or empty */
	struct view remote;  /* at that door: the client's address as text */
	enum desk_method method;
	struct view path;
	struct view type;            /* Content-Type or empty */
	struct view idempotency_key; /* header Idempotency-Key or empty */
	struct view body;
};

struct desk_reply {
	uint64_t request;
	int status; /* HTTP */
	const char *type;
	struct view body;       /* borrowed for the call */
	unsigned retry_after_s; /* 0: no header */
	/* The rest is for the console's door. There the type "text/event-stream" with
	 * status 200 begins a stream of the desk's events instead of an answer. */
	const char *session;   /* NULL: leave the cookie; "": end it; else its value, of
	                          letters, digits, '-' and '_' */
	int64_t session_s;     /* how long the browser keeps it */
	const char *file_name; /* NULL, or the answer is a file to keep, under this name:
	                          printable ASCII without "\\/; */
};

enum { DESK_SESSION_MAX = 128, DESK_FILE_NAME_MAX = 200, DESK_REMOTE_MAX = 63 };

enum desk_mail_tls { DESK_MAIL_PLAIN, DESK_MAIL_STARTTLS, DESK_MAIL_TLS };
enum { DESK_ADDRESS_MAX = 254, DESK_CREDENTIAL_MAX = 255, DESK_SIGNATURE_MAX = 127 };
enum { DESK_WEBHOOK_ID_MAX = 63 };

/* One mail to one address. No string holds control characters. */
struct desk_mail {
	enum desk_mail_tls tls;
	const char *from, *to;       /* addresses without <> */
	const char *name, *password; /* NULL: none is given */
};

/* The headers of a Standard Webhook. No string holds control characters. */
struct desk_webhook {
	const char *id; /* webhook-id; NULL: it is none */
	int64_t time_s;
	const char *signature; /* NULL: none */
};

/* A request to a peer, to a neutral witness, or to whom the desk's people want told
 * something. Its answer comes as desk_answer with the
 * same id, exactly once, even when the peer is gone. */
struct desk_call {
	uint64_t id;
	const char *peer; /* NULL: a witness */
	const char *url;  /* of a witness, "http://…" or "https://…"; it is not shown
	                     this desk's link key. Not used with a peer */
	enum desk_method method;
	const char *path; /* "/add-entries" */
	const char *type;
	struct view body;            /* borrowed for the call */
	size_t answer_max;           /* bytes; a longer answer is an error */
	struct desk_webhook webhook; /* not used with a peer */
	/* Not NULL: the URL is "smtp://…" or "smtps://…" and the body a whole mail, lines
	 * ended by CRLF. method, path and type are not used; the answer's outcome is OK
	 * when the server took it, its http_status what the server said. */
	const struct desk_mail *mail;
};

struct desk_answer {
	uint64_t call;
	enum status outcome; /* OK: an HTTP answer came; CLOSED: unreachable; UNTRUSTED:
	                        refused key; LIMIT: answer too long; AGAIN: timed out */
	int http_status;
	struct view type, body;
	struct error err; /* the sentence when outcome is not OK */
};

/* An event of this type says: who may read here has changed. Behind it all readers at the
 * console's door must show anew who they are. */
#define DESK_EVENT_ACCESS "access"

struct desk_out_ops {
	void (*reply)(void *out, const struct desk_reply *reply);
	void (*call)(void *out, const struct desk_call *call);
	/* The set of trusted peers, their URLs or link keys changed: ask desk_peers
	 * again. */
	void (*peers_changed)(void *out);
	/* Something happened that an operator or a program may want to know: one JSON
	 * object, whose first member is "type". */
	void (*event)(void *out, struct view json);
	/* One line for the log, without newline; already rate-limited by kind. */
	void (*log)(void *out, const char *line);
};

struct desk_out {
	const struct desk_out_ops *ops;
	void *self;
};

#endif
