/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As c2sp.org/tlog-witness says. It never forgets and its clock is the world's.
 */
#include "sim/neutral.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/host.h"
#include "tlog/cosignature.h"
#include "tlog/wire.h"

enum { LOGS_MAX = 64 };

struct seen {
	char origin[TLOG_NAME_MAX + 1];
	uint64_t size;
	struct hash root;
};

struct neutral {
	struct ed25519_secret *secret;
	struct tlog_vkey key;
	struct seen logs[LOGS_MAX];
	size_t log_count;
	uint64_t count;
};

struct neutral *neutral_new(const struct sim *sim)
{
	struct ed25519_seed seed = {{77}};
	struct neutral *neutral = NULL;
	struct error err;
	if (!sim_is_long(sim) || sim->seed % 2 == 0)
		return NULL;
	neutral = calloc(1, sizeof *neutral);
	if (!neutral)
		abort();
	sim_must(ed25519_secret_new(&seed, &neutral->secret, &err), &err);
	struct ed25519_public public_key = ed25519_secret_public(neutral->secret);
	sim_must(tlog_vkey_init(&neutral->key, "neutral.example",
	                        TLOG_KEY_ED25519_COSIGNATURE, &public_key, &err),
	         &err);
	return neutral;
}

void neutral_free(struct neutral *neutral)
{
	if (!neutral)
		return;
	ed25519_secret_free(neutral->secret);
	free(neutral);
}

uint64_t neutral_count(const struct neutral *neutral)
{
	return neutral ? neutral->count : 0;
}

void neutral_append_member(const struct neutral *neutral, struct buf *out)
{
	CLEANUP_BUF struct buf policy = BUF_INIT(4096);
	if (!neutral)
		return;
	buf_append_string(&policy, "witness n ");
	tlog_vkey_append(&policy, &neutral->key);
	buf_append_string(&policy, " http://neutral.example\nquorum n\n");
	buf_append_string(out, "\"witnesses\":");
	json_append_string(out, buf_view(&policy));
	buf_append_byte(out, ',');
}

static struct seen *seen_of(struct neutral *neutral, const char *origin)
{
	for (size_t i = 0; i < neutral->log_count; i++)
		if (strcmp(neutral->logs[i].origin, origin) == 0)
			return &neutral->logs[i];
	if (neutral->log_count == LOGS_MAX)
		abort();
	struct seen *seen = &neutral->logs[neutral->log_count++];
	memcpy(seen->origin, origin, strlen(origin) + 1);
	seen->root = tlog_empty_root();
	return seen;
}

static bool is_of_honest(const struct sim *sim, const char *origin)
{
	struct record_origin read;
	struct error err;
	sim_must(record_origin_decode(view_of_string(origin), &read, &err), &err);
	return sim_member(sim, read.desk.text) != sim->hostile;
}

static int judge(struct sim *sim, struct neutral *neutral, const struct packet *packet,
                 const struct tlog_add_checkpoint *add, const struct tlog_note *note,
                 const struct tlog_checkpoint *checkpoint, struct buf *out)
{
	struct seen *seen = seen_of(neutral, checkpoint->origin);
	if (add->old_size != seen->size) {
		buf_printf(out, "%" PRIu64 "\n", seen->size);
		return 409;
	}
	if (tlog_proof_verify_consistency(&add->proof, seen->size, &seen->root,
	                                  checkpoint->size, &checkpoint->root,
	                                  NULL) != STATUS_OK) {
		if (is_of_honest(sim, checkpoint->origin))
			sim_fail(sim, "%s shows a neutral witness a fork of %s",
			         packet->from->label, checkpoint->origin);
		return 422;
	}
	seen->size = checkpoint->size;
	seen->root = checkpoint->root;
	neutral->count++;
	tlog_cosignature_sign(out, &neutral->key, neutral->secret,
	                      (uint64_t)(sim->now_ms / 1000), note->text);
	return 200;
}

int neutral_answer(struct sim *sim, struct neutral *neutral, const struct packet *packet,
                   struct buf *out)
{
	struct tlog_add_checkpoint add;
	struct tlog_note note;
	struct tlog_checkpoint checkpoint;
	if (tlog_add_checkpoint_parse(buf_view(&packet->body), &add, NULL) != STATUS_OK ||
	    tlog_note_parse(add.note, &note, NULL) != STATUS_OK ||
	    tlog_checkpoint_decode(note.text, &checkpoint, NULL) != STATUS_OK) {
		sim_fail(sim, "%s sends a neutral witness what is no request",
		         packet->from->label);
		return 400;
	}
	return judge(sim, neutral, packet, &add, &note, &checkpoint, out);
}
