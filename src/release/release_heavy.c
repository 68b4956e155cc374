/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests and measurements only: writes a release file as one who invents all desks
 * could write it, to cost whoever checks it as much as can be. All that is not named is
 * small; a number says how much of it there is.
 *
 * usage: release-heavy OUT.html [members=2] [charters=1] [renew=0] [left=0] [cards=0]
 *        [witnesses=0] [cosigned=0] [answers=0] [entries=1] [seen=0] [open=0]
 *        [bodies=0] [pad=0] [lines=0] [ends=0]
 *
 * renew: every charter has a new card of each member. left: as many members are left out
 * of each second charter, without their signature. cards: of each member, beside those in
 * charters. witnesses: in each charter, new ones each time. cosigned: checkpoints have
 * the lines of all members, and of witnesses as far as there is room. answers: all
 * consent. entries: of each log, withheld; seen: shown, and each names one of the next
 * log; open: but the first one. bodies: all are shown with a body of so many bytes. pad:
 * bytes of white space in each charter; lines: of strangers under it. ends: of so many
 * logs of the first member, one behind the other, signed by the members of the
 * last charter.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "codec/base64.h"
#include "record/blob.h"
#include "record/log_end.h"
#include "record/testing.h"
#include "release/data.h"
#include "release/frame.h"
#include "release/manifest.h"
#include "tlog/cosignature.h"
#include "tlog/proof_file.h"
#include "tlog/tlog_testing.h"

enum { DATE_S = 1795218540 }; /* 2026-11-20T23:49:00Z */

static const char *const names[] = {
    "members", "charters", "renew", "left",   "cards", "witnesses", "cosigned", "answers",
    "entries", "seen",     "open",  "bodies", "pad",   "lines",     "ends"};
enum {
	MEMBERS,
	CHARTERS,
	RENEW,
	LEFT,
	CARDS,
	WITNESSES,
	COSIGNED,
	ANSWERS,
	ENTRIES,
	SEEN,
	OPEN,
	BODIES,
	PAD,
	LINES,
	ENDS,
	COUNTS
};

struct heavy {
	unsigned long count[COUNTS];
	struct testing_desk *desks; /* as in the charter at hand */
	struct ed25519_secret **roots;
	struct hash channel, before,
	    digest; /* of the first charter, of the newest, of the manifest */
	struct test_tree *trees; /* of each member's log */
	struct buf *last_entry, *last_blob;
	struct buf charters, cards, manifest, data;
};

static void must(enum status status, const struct error *err)
{
	if (status == STATUS_OK)
		return;
	(void)fprintf(stderr, "release-heavy: %s: %s\n", status_name(status), err->text);
	exit(1);
}

static void *zeroed(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (memory == NULL)
		abort();
	return memory;
}

static void add_string(struct buf *list, struct view text)
{
	if (list->len > 0)
		buf_append_byte(list, ',');
	release_string_append(list, text);
}

/* Cards */

static void key_name(char ret_name[64], size_t member, unsigned serial)
{
	(void)snprintf(ret_name, 64, "d%03zu.example %u", member, serial);
}

/* The member's card of this serial: all keys new but the root. */
static void make_card(struct heavy *heavy, size_t member, unsigned serial)
{
	struct testing_desk *desk = &heavy->desks[member];
	struct ed25519_secret *secrets[RECORD_ROLE_COUNT] = {NULL};
	char keys_of[64];
	struct error err = {0};

	key_name(keys_of, member, serial);
	desk->card.serial = serial;
	for (enum record_role role = 0; role < RECORD_ROLE_COUNT; role++) {
		if (!desk->card.has_key[role])
			continue;
		secrets[role] = testing_secret_new(
		    role == RECORD_ROLE_ROOT ? desk->card.name.text : keys_of, role);
		desk->card.keys[role] = ed25519_secret_public(secrets[role]);
	}
	buf_release(&desk->note);
	desk->note = BUF_INIT(RECORD_NOTE_MAX);
	must(record_card_append_text(&desk->card, &desk->note, &err), &err);
	buf_append_byte(&desk->note, '\n');
	for (enum record_role role = 0; role < RECORD_ROLE_COUNT; role++) {
		if (secrets[role] != NULL && role != RECORD_ROLE_BOX)
			must(record_card_append_signature(
			         &desk->card, role, secrets[role], &desk->note, &err),
			     &err);
		ed25519_secret_free(secrets[role]);
	}
}

static void make_desks(struct heavy *heavy)
{
	for (size_t i = 0; i < heavy->count[MEMBERS]; i++) {
		char name[64];

		(void)snprintf(name, sizeof name, "d%03zu.example", i);
		testing_desk_init(&heavy->desks[i], name, NULL);
		heavy->roots[i] = testing_secret_new(name, RECORD_ROLE_ROOT);
		make_card(heavy, i, 1);
	}
}

/* Charters */

/* Any bytes will do for one that does not sign. */
static struct ed25519_public witness_key(const struct heavy *heavy, const char *name)
{
	struct ed25519_public public;

	if (heavy->count[COSIGNED] > 0) {
		struct ed25519_secret *secret =
		    testing_secret_new(name, RECORD_ROLE_WITNESS);

		public = ed25519_secret_public(secret);
		ed25519_secret_free(secret);
	} else {
		struct hash hash = sha256(view_of_string(name));

		memcpy(public.bytes, hash.bytes, sizeof public.bytes);
	}
	return public;
}

static void append_witnesses(struct heavy *heavy, size_t number, struct buf *out)
{
	CLEANUP_BUF struct buf policy = BUF_INIT(SIZE_MAX);

	if (heavy->count[WITNESSES] == 0)
		return;
	for (size_t i = 0; i < heavy->count[WITNESSES]; i++) {
		char name[64];
		struct tlog_vkey key;
		struct error err = {0};

		(void)snprintf(name, sizeof name, "w%zu-%zu", number, i);
		struct ed25519_public public = witness_key(heavy, name);
		must(tlog_vkey_init(&key, name, TLOG_KEY_ED25519_COSIGNATURE, &public,
		                    &err),
		     &err);
		buf_printf(&policy, "witness %s ", name);
		tlog_vkey_append(&policy, &key);
		buf_append_byte(&policy, '\n');
	}
	buf_append_string(&policy, "quorum none\n");
	buf_append_string(out, ",\"witnesses\":");
	json_append_string(out, buf_view(&policy));
}

static void append_member(const struct testing_desk *desk, struct buf *out)
{
	char fingerprint[RECORD_FINGERPRINT_LEN + 1];

	record_fingerprint(&desk->card, fingerprint);
	buf_printf(out, "{\"name\":\"%s\",\"root\":\"", desk->card.name.text);
	base64_append(out, view_of(desk->card.keys[RECORD_ROLE_ROOT].bytes, 32));
	buf_printf(out, "\",\"fingerprint\":\"%s\",\"card\":", fingerprint);
	json_append_string(out, buf_view(&desk->note));
	buf_append_byte(out, '}');
}

/* The text with the signatures of the first members' roots. */
static void append_signed(struct heavy *heavy, struct view text, size_t count,
                          struct buf *note)
{
	struct error err = {0};

	buf_append_view(note, text);
	buf_append_byte(note, '\n');
	for (size_t i = 0; i < count; i++) {
		struct ed25519_signature signature = ed25519_sign(heavy->roots[i], text);
		struct tlog_vkey vkey;

		must(record_vkey(heavy->desks[i].card.name.text, "root",
		                 &heavy->desks[i].card.keys[RECORD_ROLE_ROOT], &vkey,
		                 &err),
		     &err);
		tlog_note_append_line(note, &vkey, view_of(signature.bytes, 64));
	}
}

static void make_charter(struct heavy *heavy, size_t number)
{
	CLEANUP_BUF struct buf text = BUF_INIT(SIZE_MAX), note = BUF_INIT(SIZE_MAX);
	size_t count = heavy->count[MEMBERS] - (number % 2 == 1 ? heavy->count[LEFT] : 0);
	char hex[HASH_HEX_LEN + 1];

	buf_append_string(
	    &text, RECORD_TYPE_CHARTER
	    "\n{\"aldis\":1,\"title\":\"Channel\",\"date\":\"2026-11-20T23:49:00Z\","
	    "\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAA==\",\"members\":[");
	for (size_t i = 0; i < count; i++) {
		if (heavy->count[RENEW] > 0 && number > 0)
			make_card(heavy, i, (unsigned)number + 1);
		if (i > 0)
			buf_append_byte(&text, ',');
		append_member(&heavy->desks[i], &text);
	}
	hash_hex(&record_kinds_digest, hex);
	buf_printf(&text,
	           "],%*s\"kinds\":{\"digest\":\"%s\"},\"lines\":[\"technical\"],"
	           "\"languages\":[\"en\"],\"duties\":[],"
	           "\"limits\":{\"skew\":\"PT5M\",\"body\":262144,\"attachment\":8388608,"
	           "\"attachments\":64,\"quota\":1073741824},"
	           "\"release\":\"joint\"",
	           (int)heavy->count[PAD], "", hex);
	append_witnesses(heavy, number, &text);
	hash_hex(&heavy->before, hex);
	if (number > 0)
		buf_printf(&text, ",\"previous\":\"%s\"", hex);
	buf_append_string(&text, "}\n");
	heavy->before = sha256(buf_view(&text));
	if (number == 0)
		heavy->channel = heavy->before;
	append_signed(heavy, buf_view(&text), count, &note);
	for (unsigned long i = 0; i < heavy->count[LINES]; i++)
		buf_printf(&note, "\xe2\x80\x94 x%lu AAAAAAA=\n", i);
	add_string(&heavy->charters, buf_view(&note));
}

/* Logs */

static void make_entry(struct heavy *heavy, size_t member, unsigned long index,
                       struct buf *ret_entry, struct buf *ret_blob)
{
	static const uint8_t salt[RECORD_SALT_LEN];
	struct record_envelope envelope = {.kind = "text", .sent_s = DATE_S};
	struct record_seen seen;
	struct error err = {0};
	char hex[HASH_HEX_LEN + 1];

	*ret_entry = BUF_INIT(TLOG_ENTRY_MAX);
	*ret_blob = BUF_INIT(SIZE_MAX);
	memcpy(envelope.salt, &index, sizeof index);
	if (index == heavy->count[ENTRIES]) { /* the answer */
		CLEANUP_BUF struct buf body = BUF_INIT(300);

		hash_hex(&heavy->digest, hex);
		strcpy(envelope.kind,
		       member == 0 ? "release.request" : "release.consent");
		buf_printf(&body, "{\"manifest\":\"%s\"}", hex);
		record_blob_append(ret_blob, salt, buf_view(&body));
	} else if (heavy->count[BODIES] > 0) {
		CLEANUP_BUF struct buf body = BUF_INIT(SIZE_MAX);

		memset(buf_extend(&body, heavy->count[BODIES]), 'x',
		       heavy->count[BODIES]);
		record_blob_append(ret_blob, salt, buf_view(&body));
	}
	if (ret_blob->len > 0) {
		envelope.has_body = true;
		envelope.body =
		    (struct record_blob_ref){.id = sha256(buf_view(ret_blob)),
		                             .size = ret_blob->len - RECORD_SALT_LEN};
	}
	if (heavy->count[SEEN] > 0 && heavy->count[MEMBERS] > 1) {
		/* The last log first, so that whoever goes through them forwards finds
		 * one at a time. */
		size_t other = (member + 1) % heavy->count[MEMBERS];
		uint64_t size = other == 0 ? index : index + 1;

		if (size > 0) {
			seen = (struct record_seen){.desk = heavy->desks[other].card.name,
			                            .size = size,
			                            .root = heavy->channel};
			envelope.seen = &seen;
			envelope.seen_count = 1;
		}
	}
	must(record_envelope_append(&envelope, ret_entry, &err), &err);
}

static char mode_of(const struct heavy *heavy, unsigned long index)
{
	if (index == 0 && heavy->count[OPEN] > 0)
		return RELEASE_WITHHELD;
	if (heavy->count[BODIES] > 0)
		return RELEASE_FULL;
	return heavy->count[SEEN] > 0 ? RELEASE_ENVELOPE : RELEASE_WITHHELD;
}

static void make_logs(struct heavy *heavy, struct buf *ret_entries,
                      struct buf *ret_bodies)
{
	for (size_t i = 0; i < heavy->count[MEMBERS]; i++) {
		for (unsigned long j = 0; j < heavy->count[ENTRIES]; j++) {
			struct buf entry, blob;

			make_entry(heavy, i, j, &entry, &blob);
			test_tree_add(&heavy->trees[i], buf_view(&entry));
			if (j > 0)
				buf_append_byte(&ret_entries[i], ',');
			struct hash leaf = tlog_leaf_hash(buf_view(&entry));
			release_bytes_append(&ret_entries[i], mode_of(heavy, j) == 'w'
			                                          ? hash_view(&leaf)
			                                          : buf_view(&entry));
			if (mode_of(heavy, j) == 'f' && ret_bodies[i].len > 0)
				buf_append_byte(&ret_bodies[i], ',');
			if (mode_of(heavy, j) == 'f')
				release_bytes_append(&ret_bodies[i], buf_view(&blob));
			buf_release(&entry);
			buf_release(&blob);
		}
	}
}

static void origin_of(const struct heavy *heavy, size_t member,
                      char ret_text[RECORD_ORIGIN_MAX + 1])
{
	struct record_origin origin = {.desk = heavy->desks[member].card.name,
	                               .channel.hash = heavy->channel,
	                               .generation = 1};

	record_origin_encode(&origin, ret_text);
}

static void cosign(const char *name, const char *keys_of, enum record_role role,
                   struct view text, struct buf *note)
{
	struct ed25519_secret *secret = testing_secret_new(keys_of, role);
	struct ed25519_public public = ed25519_secret_public(secret);
	struct tlog_vkey vkey;
	struct error err = {0};

	must(tlog_vkey_init(&vkey, name, TLOG_KEY_ED25519_COSIGNATURE, &public, &err),
	     &err);
	tlog_cosignature_sign(note, &vkey, secret, DATE_S, text);
	ed25519_secret_free(secret);
}

static void append_checkpoint(struct heavy *heavy, size_t member, struct buf *note)
{
	CLEANUP_BUF struct buf text = BUF_INIT(SIZE_MAX);
	struct tlog_checkpoint checkpoint = {
	    .size = heavy->trees[member].tree.size,
	    .root = tlog_tree_root(&heavy->trees[member].tree)};
	struct tlog_vkey vkey;
	char name[64], keys_of[64];
	size_t lines = 1;
	struct error err = {0};

	origin_of(heavy, member, checkpoint.origin);
	tlog_checkpoint_append(&text, &checkpoint);
	/* By the oldest card, which is found last. */
	key_name(keys_of, member, 1);
	struct ed25519_secret *secret = testing_secret_new(keys_of, RECORD_ROLE_LOG);
	struct ed25519_public public = ed25519_secret_public(secret);
	must(record_log_vkey(checkpoint.origin, &public, &vkey, &err), &err);
	tlog_note_sign(note, buf_view(&text), &vkey, secret);
	ed25519_secret_free(secret);
	if (heavy->count[COSIGNED] == 0)
		return;
	for (size_t i = 0; i < heavy->count[MEMBERS]; i++) {
		if (i == member)
			continue;
		(void)snprintf(name, sizeof name, "d%03zu.example/mirror", i);
		key_name(keys_of, i, 1);
		cosign(name, keys_of, RECORD_ROLE_MIRROR, buf_view(&text), note);
		lines++;
	}
	for (size_t i = 0; i < heavy->count[WITNESSES] && lines < TLOG_NOTE_LINES_MAX;
	     i++, lines++) {
		(void)snprintf(name, sizeof name, "w0-%zu", i);
		cosign(name, name, RECORD_ROLE_WITNESS, buf_view(&text), note);
	}
}

static void make_manifest(struct heavy *heavy)
{
	struct release_manifest manifest = {.channel.hash = heavy->channel,
	                                    .charter = heavy->before,
	                                    .rule = RECORD_RELEASE_JOINT,
	                                    .title = BUF_INIT(100),
	                                    .made_s = DATE_S,
	                                    .by = heavy->desks[0].card.name,
	                                    .log_count = heavy->count[MEMBERS]};
	struct error err = {0};

	buf_append_string(&manifest.title, "Channel");
	manifest.logs = zeroed(manifest.log_count, sizeof *manifest.logs);
	for (size_t i = 0; i < manifest.log_count; i++) {
		struct release_log *log = &manifest.logs[i];

		*log =
		    (struct release_log){.origin = {.desk = heavy->desks[i].card.name,
		                                    .channel.hash = heavy->channel,
		                                    .generation = 1},
		                         .size = heavy->count[ENTRIES],
		                         .root = tlog_tree_root(&heavy->trees[i].tree),
		                         .modes = zeroed(heavy->count[ENTRIES] + 1, 1)};
		for (unsigned long j = 0; j < heavy->count[ENTRIES]; j++)
			log->modes[j] = mode_of(heavy, j);
	}
	must(release_manifest_append(&manifest, &heavy->manifest, &err), &err);
	heavy->digest = sha256(buf_view(&heavy->manifest));
	release_manifest_release(&manifest);
}

static void append_answer(struct heavy *heavy, size_t member, struct buf *out)
{
	CLEANUP_BUF struct buf entry = {0}, blob = {0}, note = BUF_INIT(SIZE_MAX),
	                       proof = BUF_INIT(SIZE_MAX);
	struct tlog_proof_file file = {.index = heavy->count[ENTRIES]};
	struct error err = {0};

	make_entry(heavy, member, heavy->count[ENTRIES], &entry, &blob);
	test_tree_add(&heavy->trees[member], buf_view(&entry));
	append_checkpoint(heavy, member, &note);
	must(tlog_proof_inclusion(file.index, file.index + 1, test_tree_read,
	                          &heavy->trees[member], &file.proof, &err),
	     &err);
	file.checkpoint = buf_view(&note);
	tlog_proof_file_append(&proof, &file);
	buf_printf(out, "%s{\"desk\":\"%s\",\"entry\":", member > 0 ? "," : "",
	           heavy->desks[member].card.name.text);
	release_bytes_append(out, buf_view(&entry));
	buf_append_string(out, ",\"body\":");
	release_bytes_append(out, buf_view(&blob));
	buf_append_string(out, ",\"proof\":");
	release_string_append(out, buf_view(&proof));
	buf_append_byte(out, '}');
}

static void append_ends(struct heavy *heavy, struct buf *out)
{
	CLEANUP_BUF struct buf list = BUF_INIT(SIZE_MAX);
	size_t signers = heavy->count[MEMBERS] -
	                 (heavy->count[CHARTERS] % 2 == 0 ? heavy->count[LEFT] : 0);

	for (unsigned long i = 0; i < heavy->count[ENDS]; i++) {
		CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX),
		                       note = BUF_INIT(RECORD_NOTE_MAX);
		struct record_log_end end = {.size = heavy->count[ENTRIES],
		                             .root =
		                                 tlog_tree_root(&heavy->trees[0].tree),
		                             .date_s = DATE_S};
		struct record_origin origin = {.desk = heavy->desks[0].card.name,
		                               .channel.hash = heavy->channel,
		                               .generation = (uint32_t)i + 1};
		struct error err = {0};

		record_origin_encode(&origin, end.origin);
		must(record_log_end_append_text(&end, &text, &err), &err);
		append_signed(heavy, buf_view(&text), signers, &note);
		add_string(&list, buf_view(&note));
	}
	buf_append_view(out, buf_view(&list));
}

static void make_data(struct heavy *heavy)
{
	struct buf *entries = zeroed(heavy->count[MEMBERS], sizeof *entries),
	           *bodies = zeroed(heavy->count[MEMBERS], sizeof *bodies);
	struct buf *out = &heavy->data;

	for (size_t i = 0; i < heavy->count[MEMBERS]; i++)
		entries[i] = bodies[i] = BUF_INIT(SIZE_MAX);
	make_logs(heavy, entries, bodies);
	make_manifest(heavy);
	buf_append_string(out, "{\"aldis\":1,\"manifest\":");
	release_string_append(out, buf_view(&heavy->manifest));
	buf_append_string(out, ",\"charters\":[");
	buf_append_view(out, buf_view(&heavy->charters));
	buf_append_string(out, "],\"cards\":[");
	buf_append_view(out, buf_view(&heavy->cards));
	buf_append_string(out, "],\"ends\":[");
	append_ends(heavy, out);
	buf_append_string(out, "],\"logs\":[");
	for (size_t i = 0; i < heavy->count[MEMBERS]; i++) {
		CLEANUP_BUF struct buf note = BUF_INIT(SIZE_MAX);
		char origin[RECORD_ORIGIN_MAX + 1];

		origin_of(heavy, i, origin);
		append_checkpoint(heavy, i, &note);
		buf_printf(out, "%s{\"origin\":\"%s\",\"checkpoint\":", i > 0 ? "," : "",
		           origin);
		release_string_append(out, buf_view(&note));
		buf_append_string(out, ",\"entries\":[");
		buf_append_view(out, buf_view(&entries[i]));
		buf_append_string(out, "]}");
	}
	buf_append_string(out, "],\"bodies\":[");
	for (size_t i = 0; i < heavy->count[MEMBERS]; i++) {
		buf_append_string(out, i > 0 ? ",[" : "[");
		buf_append_view(out, buf_view(&bodies[i]));
		buf_append_byte(out, ']');
		buf_release(&entries[i]);
		buf_release(&bodies[i]);
	}
	buf_append_string(out, "],\"attachments\":{},\"answers\":[");
	for (size_t i = 0; heavy->count[ANSWERS] > 0 && i < heavy->count[MEMBERS]; i++)
		append_answer(heavy, i, out);
	buf_append_string(out, "]}");
	free(entries);
	free(bodies);
}

static void make_cards(struct heavy *heavy)
{
	for (size_t i = 0; i < heavy->count[MEMBERS]; i++)
		for (unsigned long j = 0; j < heavy->count[CARDS]; j++) {
			make_card(heavy, i, (unsigned)(heavy->count[CHARTERS] + 1 + j));
			add_string(&heavy->cards, buf_view(&heavy->desks[i].note));
		}
}

static void read_counts(struct heavy *heavy, int argc, char **argv)
{
	heavy->count[MEMBERS] = 2;
	heavy->count[CHARTERS] = heavy->count[ENTRIES] = 1;
	for (int i = 2; i < argc; i++) {
		size_t at = 0, len = strcspn(argv[i], "=");

		while (at < COUNTS && (strlen(names[at]) != len ||
		                       strncmp(names[at], argv[i], len) != 0))
			at++;
		if (at == COUNTS || argv[i][len] != '=')
			exit(2);
		heavy->count[at] = strtoul(argv[i] + len + 1, NULL, 10);
	}
}

int main(int argc, char **argv)
{
	CLEANUP_BUF struct buf file = BUF_INIT(SIZE_MAX);
	struct heavy heavy = {.charters = BUF_INIT(SIZE_MAX),
	                      .cards = BUF_INIT(SIZE_MAX),
	                      .manifest = BUF_INIT(RELEASE_MANIFEST_MAX),
	                      .data = BUF_INIT(SIZE_MAX)};
	struct error err = {0};

	if (argc < 2)
		return 2;
	read_counts(&heavy, argc, argv);
	heavy.desks = zeroed(heavy.count[MEMBERS], sizeof *heavy.desks);
	heavy.roots = zeroed(heavy.count[MEMBERS], sizeof *heavy.roots);
	heavy.trees = zeroed(heavy.count[MEMBERS], sizeof *heavy.trees);
	make_desks(&heavy);
	for (size_t i = 0; i < heavy.count[CHARTERS]; i++)
		make_charter(&heavy, i);
	make_cards(&heavy);
	make_data(&heavy);
	must(release_file_append(buf_view(&heavy.data), &file), &err);
	must(file_replace(argv[1], buf_view(&file), 0644, &err), &err);
	return 0;
}
