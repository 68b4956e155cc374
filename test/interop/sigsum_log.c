/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log made with this library, in the form that a sigsum witness serves: prints its key,
 * the add-checkpoint body for a step of growth, and checks the cosignature that came
 * back. sigsum-log key | sigsum-log body OLD NEW | sigsum-log check NEW WITNESS-KEY-HEX <
 * line
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "crypto/random.h"
#include "record/root_note.h"
#include "tlog/cosignature.h"
#include "tlog/wire.h"

#define MUST(call)                                               \
	do {                                                     \
		struct error must_err_ = {{0}};                  \
		struct error *err = &must_err_;                  \
		if ((call) != STATUS_OK) {                       \
			fprintf(stderr, "%s\n", must_err_.text); \
			exit(1);                                 \
		}                                                \
	} while (0)

enum { LEAVES = 64 };

struct sigsum_log {
	struct ed25519_secret *secret;
	struct ed25519_public key;
	struct tlog_vkey vkey;
	char origin[128], key_hex[65];
};

static void log_init(struct sigsum_log *log)
{
	struct ed25519_seed seed = {"a log for another make's witness"};
	char hash[HASH_HEX_LEN + 1];
	MUST(ed25519_secret_new(&seed, &log->secret, err));
	log->key = ed25519_secret_public(log->secret);
	struct hash id = sha256(view_of(log->key.bytes, sizeof log->key.bytes));
	hash_hex(&id, hash);
	snprintf(log->origin, sizeof log->origin, "sigsum.org/v1/tree/%s", hash);
	MUST(record_log_vkey(log->origin, &log->key, &log->vkey, err));
	memcpy(id.bytes, log->key.bytes, sizeof id.bytes);
	hash_hex(&id, log->key_hex);
}

/* The root of leaves [first, end) of the fixed sequence, whose nodes nobody stores here.
 */
static enum status node(void *context, unsigned level, uint64_t index,
                        struct hash *ret_node, struct error *err)
{
	struct tlog_tree tree;
	tlog_tree_init(&tree);
	for (uint64_t i = index << level; i < (index + 1) << level; i++) {
		struct hash leaf = {{(uint8_t)i, 42}};
		tlog_tree_append(&tree, &leaf, NULL, NULL);
	}
	*ret_node = tlog_tree_root(&tree);
	return STATUS_OK;
}

static struct buf text_of(const struct sigsum_log *log, uint64_t size)
{
	struct tlog_checkpoint checkpoint = {.size = size};
	struct buf text = BUF_INIT(4096);
	snprintf(checkpoint.origin, sizeof checkpoint.origin, "%s", log->origin);
	MUST(tlog_subtree_root(0, size, node, NULL, &checkpoint.root, err));
	tlog_checkpoint_append(&text, &checkpoint);
	return text;
}

static int print_body(const struct sigsum_log *log, uint64_t old_size, uint64_t size)
{
	CLEANUP_BUF struct buf text = text_of(log, size), note = BUF_INIT(8192),
	                       body = BUF_INIT(65536);
	struct tlog_add_checkpoint add = {.old_size = old_size};
	tlog_note_sign(&note, buf_view(&text), &log->vkey, log->secret);
	add.note = buf_view(&note);
	MUST(tlog_proof_consistency(old_size, size, node, NULL, &add.proof, err));
	tlog_add_checkpoint_append(&body, &add);
	return fwrite(body.data, 1, body.len, stdout) == body.len ? 0 : 1;
}

static int check(const struct sigsum_log *log, uint64_t size, const char *key_hex)
{
	static char line[8192];
	CLEANUP_BUF struct buf text = text_of(log, size);
	size_t len = fread(line, 1, sizeof line - 1, stdin);
	struct tlog_note_line parsed;
	struct ed25519_public key;
	struct tlog_vkey vkey;
	char name[TLOG_NAME_MAX + 1];
	uint64_t time_s;
	MUST(tlog_note_line_parse(view_of(line, len), &parsed, err));
	MUST(hex_decode_exact(view_of_string(key_hex), key.bytes, sizeof key.bytes, err));
	if (!view_copy_string(parsed.name, name, sizeof name))
		return 1;
	MUST(tlog_vkey_init(&vkey, name, TLOG_KEY_ED25519_COSIGNATURE, &key, err));
	MUST(tlog_cosignature_verify_line(buf_view(&text), view_of(line, len), &vkey,
	                                  &time_s, err));
	printf("%s cosigned size %llu at %llu\n", name, (unsigned long long)size,
	       (unsigned long long)time_s);
	return 0;
}

int main(int argc, char **argv)
{
	struct sigsum_log log;
	int status = 2;
	MUST(crypto_init(err));
	log_init(&log);
	if (argc == 2 && strcmp(argv[1], "key") == 0)
		status = puts(log.key_hex) < 0;
	else if (argc == 4 && strcmp(argv[1], "body") == 0 && atoi(argv[3]) <= LEAVES)
		status = print_body(&log, strtoull(argv[2], NULL, 10),
		                    strtoull(argv[3], NULL, 10));
	else if (argc == 4 && strcmp(argv[1], "check") == 0)
		status = check(&log, strtoull(argv[2], NULL, 10), argv[3]);
	ed25519_secret_free(log.secret);
	return status;
}
