/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key files. A passphrase is stretched with Argon2id (libsodium's 'moderate' costs: 256
 * MiB, three passes) into the key of a secretbox over the seed. The permissions are
 * checked on the same descriptor that is read. Every buffer that held a secret is wiped.
 */
#include "crypto/keyfile.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "codec/base64.h"
#include "crypto/random.h"

enum { KEYFILE_LEN_MAX = 1024 };

static const char format_name[] = "aldis.key/1";
static const char encrypted_mark[] = "argon2id ";

/* What stands behind the mark, in this order. */
struct sealed_seed {
	uint8_t salt[crypto_pwhash_SALTBYTES];
	uint8_t nonce[crypto_secretbox_NONCEBYTES];
	uint8_t box[crypto_secretbox_MACBYTES + sizeof(struct ed25519_seed)];
};
static_assert(sizeof(struct sealed_seed) == 16 + 24 + 16 + 32, "no gaps");

static void wipe_and_release(struct buf *buf)
{
	if (buf->data != NULL)
		crypto_wipe(buf->data, buf->cap);
	buf_release(buf);
}

#define CLEANUP_SECRET_BUF __attribute__((cleanup(wipe_and_release)))

static enum status stretch(const char *passphrase, const uint8_t *salt,
                           uint8_t ret_key[crypto_secretbox_KEYBYTES], struct error *err)
{
	if (crypto_pwhash(ret_key, crypto_secretbox_KEYBYTES, passphrase,
	                  strlen(passphrase), salt, crypto_pwhash_OPSLIMIT_MODERATE,
	                  crypto_pwhash_MEMLIMIT_MODERATE,
	                  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory to try a passphrase (256 MiB)");
	return STATUS_OK;
}

static enum status append_sealed(struct buf *out, const struct ed25519_seed *seed,
                                 const char *passphrase, struct error *err)
{
	struct sealed_seed sealed;
	uint8_t key[crypto_secretbox_KEYBYTES];

	random_bytes(sealed.salt, sizeof sealed.salt);
	random_bytes(sealed.nonce, sizeof sealed.nonce);
	TRY(stretch(passphrase, sealed.salt, key, err));
	(void)crypto_secretbox_easy(sealed.box, seed->bytes, sizeof seed->bytes,
	                            sealed.nonce, key);
	crypto_wipe(key, sizeof key);
	buf_append_string(out, encrypted_mark);
	base64_append(out, view_of(&sealed, sizeof sealed));
	return STATUS_OK;
}

enum status keyfile_write(const char *path, const char *role, const char *name,
                          const struct ed25519_seed *seed, const char *passphrase,
                          struct error *err)
{
	CLEANUP_SECRET_BUF struct buf text = BUF_INIT(KEYFILE_LEN_MAX);

	/* All at once, so that no copy of the seed stays behind where it has grown. */
	(void)buf_extend(&text, KEYFILE_LEN_MAX);
	buf_clear(&text);
	buf_printf(&text, "%s %s %s\n", format_name, role, name);
	if (passphrase == NULL)
		base64_append(&text, view_of(seed->bytes, sizeof seed->bytes));
	else
		TRY(append_sealed(&text, seed, passphrase, err));
	buf_append_byte(&text, '\n');
	TRY(buf_check(&text, "the key file", err));
	return file_create(path, buf_view(&text), 0600, err);
}

static enum status check_private(int fd, const char *path, struct error *err)
{
	struct stat info;

	if (fstat(fd, &info) != 0)
		return error_set_errno(err, "can't look at %s", path);
	if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return error_set(err, STATUS_SYSTEM,
		                 "others may read the key file %s: chmod 600 it", path);
	return STATUS_OK;
}

/* Reads the two lines; the views point into text. */
static enum status read_lines(const char *path, struct buf *text, struct view *ret_header,
                              struct view *ret_secret, struct error *err)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct view rest;

	if (fd < 0 && errno == ENOENT)
		return error_set(err, STATUS_NOT_FOUND, "there is no key file %s", path);
	if (fd < 0)
		return error_set_errno(err, "can't open the key file %s", path);
	TRY(check_private(fd, path, err));
	TRY(file_read_fd(fd, path, text, err));
	rest = buf_view(text);
	if (!view_take_line(&rest, ret_header) || !view_take_line(&rest, ret_secret) ||
	    rest.len != 0 || !view_has_prefix(*ret_header, view_of_string(format_name)))
		return error_set(err, STATUS_MALFORMED, "%s is not a key file", path);
	return STATUS_OK;
}

static bool is_sealed(struct view secret)
{
	return view_has_prefix(secret, view_of_string(encrypted_mark));
}

static enum status open_sealed(struct view secret, const char *passphrase,
                               struct ed25519_seed *ret_seed, struct error *err)
{
	struct sealed_seed sealed;
	uint8_t key[crypto_secretbox_KEYBYTES];
	struct ed25519_seed seed;
	int failed;

	if (passphrase == NULL)
		return error_set(err, STATUS_UNTRUSTED, "the key needs its passphrase");
	TRY(base64_decode_exact(view_from(secret, strlen(encrypted_mark)),
	                        (uint8_t *)&sealed, sizeof sealed, err));
	TRY(stretch(passphrase, sealed.salt, key, err));
	failed = crypto_secretbox_open_easy(seed.bytes, sealed.box, sizeof sealed.box,
	                                    sealed.nonce, key);
	crypto_wipe(key, sizeof key);
	if (failed != 0)
		return error_set(err, STATUS_UNTRUSTED, "the passphrase is wrong");
	*ret_seed = seed;
	crypto_wipe(&seed, sizeof seed);
	return STATUS_OK;
}

static enum status check_header(struct view header, const char *role, const char *name,
                                struct error *err)
{
	CLEANUP_BUF struct buf expected = BUF_INIT(KEYFILE_LEN_MAX);

	buf_printf(&expected, "%s %s %s", format_name, role, name);
	TRY(buf_check(&expected, "the first line of a key file", err));
	if (!view_equal(header, buf_view(&expected)))
		return error_set(err, STATUS_MALFORMED, "not the %s key of %s", role,
		                 name);
	return STATUS_OK;
}

enum status keyfile_read(const char *path, const char *role, const char *name,
                         const char *passphrase, struct ed25519_seed *ret_seed,
                         struct error *err)
{
	CLEANUP_SECRET_BUF struct buf text = BUF_INIT(KEYFILE_LEN_MAX);
	struct view header, secret;
	enum status status;

	TRY(read_lines(path, &text, &header, &secret, err));
	status = check_header(header, role, name, err);
	if (status == STATUS_OK && is_sealed(secret))
		status = open_sealed(secret, passphrase, ret_seed, err);
	else if (status == STATUS_OK)
		status = base64_decode_exact(secret, ret_seed->bytes,
		                             sizeof ret_seed->bytes, err);
	return error_context(status == STATUS_OK ? NULL : err, status, "%s", path);
}

enum status keyfile_is_encrypted(const char *path, bool *ret_encrypted, struct error *err)
{
	CLEANUP_SECRET_BUF struct buf text = BUF_INIT(KEYFILE_LEN_MAX);
	struct view header, secret;

	TRY(read_lines(path, &text, &header, &secret, err));
	*ret_encrypted = is_sealed(secret);
	return STATUS_OK;
}

struct x25519_public x25519_public_of(const struct ed25519_seed *seed)
{
	struct x25519_public public;

	(void)crypto_scalarmult_base(public.bytes, seed->bytes);
	return public;
}
