/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key files, and where their passphrases come from.
 */
#include "cli/keys.h"

#include <stdio.h>
#include <termios.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "crypto/random.h"
#include "folder/folder.h"

enum { PASSPHRASE_MAX = 1024, KEY_FILE_MAX = 8192 };

struct passphrase {
	char text[PASSPHRASE_MAX + 1];
};

static void passphrase_wipe(struct passphrase *passphrase)
{
	crypto_wipe(passphrase, sizeof *passphrase);
}

#define CLEANUP_PASSPHRASE __attribute__((cleanup(passphrase_wipe)))

static enum status cut_line(struct passphrase *passphrase, const char *where,
                            struct error *err)
{
	passphrase->text[strcspn(passphrase->text, "\r\n")] = '\0';
	if (passphrase->text[0] == '\0')
		return error_set(err, STATUS_MALFORMED, "the passphrase in %s is empty",
		                 where);
	return STATUS_OK;
}

static enum status read_passphrase_file(const char *path,
                                        struct passphrase *ret_passphrase,
                                        struct error *err)
{
	FILE *file = fopen(path, "re");
	bool is_read;

	if (file == NULL)
		return error_set_errno(err, "%s can't be read", path);
	(void)setvbuf(file, NULL, _IONBF, 0);
	is_read = fgets(ret_passphrase->text, sizeof ret_passphrase->text, file) != NULL;
	(void)fclose(file);
	if (!is_read)
		ret_passphrase->text[0] = '\0';
	return cut_line(ret_passphrase, path, err);
}

static enum status ask_passphrase(const char *path, struct passphrase *ret_passphrase,
                                  struct error *err)
{
	struct termios shown, hidden;
	bool is_read;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &shown) != 0)
		return error_set(err, STATUS_UNTRUSTED,
		                 "%s is under a passphrase; give it with "
		                 "--passphrase-file FILE",
		                 path);
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	fprintf(stderr, "Passphrase of %s: ", path);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	is_read = fgets(ret_passphrase->text, sizeof ret_passphrase->text, stdin) != NULL;
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
	fputc('\n', stderr);
	if (!is_read)
		ret_passphrase->text[0] = '\0';
	return cut_line(ret_passphrase, "the answer", err);
}

enum status keys_make(const char *path, const char *role, const char *name,
                      const char *passphrase_file, struct ed25519_seed *ret_seed,
                      struct error *err)
{
	CLEANUP_PASSPHRASE struct passphrase passphrase = {0};
	struct ed25519_seed seed;
	enum status status;

	if (passphrase_file != NULL)
		TRY(read_passphrase_file(passphrase_file, &passphrase, err));
	random_bytes(seed.bytes, sizeof seed.bytes);
	status = keyfile_write(path, role, name, &seed,
	                       passphrase_file == NULL ? NULL : passphrase.text, err);
	if (status == STATUS_OK && ret_seed != NULL)
		*ret_seed = seed;
	crypto_wipe(&seed, sizeof seed);
	return status;
}

/* The name in the first line: "aldis.key/1 root north.example". */
static enum status read_name(const char *path, struct record_name *ret_name,
                             struct error *err)
{
	static const char prefix[] = "aldis.key/1 root ";
	CLEANUP_BUF struct buf text = BUF_INIT(KEY_FILE_MAX);
	struct view rest, line;
	enum status status = file_read(path, &text, err);

	if (status == STATUS_NOT_FOUND)
		return error_set(
		    err, STATUS_SYSTEM,
		    "there is no root key at %s; bring the folder it is kept "
		    "in and use `aldis root sign`",
		    path);
	TRY(status);
	rest = buf_view(&text);
	status = STATUS_MALFORMED;
	if (view_take_line(&rest, &line) && view_has_prefix(line, view_of_string(prefix)))
		status =
		    record_name_decode(view_from(line, strlen(prefix)), ret_name, err);
	crypto_wipe(text.data, text.len);
	if (status != STATUS_OK)
		return error_set(err, STATUS_MALFORMED, "%s is no root key", path);
	return STATUS_OK;
}

static enum status read_seed(const char *path, const char *name,
                             const char *passphrase_file, struct ed25519_seed *ret_seed,
                             struct error *err)
{
	CLEANUP_PASSPHRASE struct passphrase passphrase = {0};
	bool is_encrypted;

	TRY(keyfile_is_encrypted(path, &is_encrypted, err));
	if (is_encrypted && passphrase_file != NULL)
		TRY(read_passphrase_file(passphrase_file, &passphrase, err));
	else if (is_encrypted)
		TRY(ask_passphrase(path, &passphrase, err));
	return keyfile_read(path, "root", name, is_encrypted ? passphrase.text : NULL,
	                    ret_seed, err);
}

enum status keys_root_read(const char *folder, const char *passphrase_file,
                           struct keys_root *ret_root, struct error *err)
{
	char path[FOLDER_PATH_MAX];
	struct ed25519_seed seed;
	enum status status;

	if (snprintf(path, sizeof path, "%s/%s", folder, KEYS_ROOT_FILE) >=
	    (int)sizeof path)
		return error_set(err, STATUS_LIMIT,
		                 "the path of the root key is too long");
	TRY(read_name(path, &ret_root->name, err));
	TRY(read_seed(path, ret_root->name.text, passphrase_file, &seed, err));
	status = ed25519_secret_new(&seed, &ret_root->secret, err);
	crypto_wipe(&seed, sizeof seed);
	return status;
}

void keys_root_release(struct keys_root *root)
{
	ed25519_secret_free(root->secret);
	root->secret = NULL;
}
