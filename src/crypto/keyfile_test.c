/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key files in a folder of the test's own: there and back, permissions, wrong names,
 * wrong passphrases, and every kind of damage.
 */
#include "crypto/keyfile.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "codec/base64.h"
#include "crypto/random.h"

static char folder[256];
static const char name[] = "north.example/root";

static const char *path_of(const char *file)
{
	static char path[512];

	(void)snprintf(path, sizeof path, "%s/%s", folder, file);
	return path;
}

static int make_folder(void **state)
{
	const char *base = getenv("TMPDIR");

	(void)snprintf(folder, sizeof folder, "%s/aldis-key-XXXXXX",
	               base == NULL ? "/tmp" : base);
	return mkdtemp(folder) == NULL || crypto_init(NULL) != STATUS_OK ? -1 : 0;
}

static int remove_folder(void **state)
{
	char line[300];

	(void)snprintf(line, sizeof line, "rm -rf %s", folder);
	return system(line);
}

static struct ed25519_seed test_seed(void)
{
	struct ed25519_seed seed;

	for (size_t i = 0; i < sizeof seed.bytes; i++)
		seed.bytes[i] = (uint8_t)i;
	return seed;
}

static enum status read_key(const char *file, const char *passphrase,
                            struct ed25519_seed *ret_seed)
{
	return keyfile_read(path_of(file), "root", name, passphrase, ret_seed, NULL);
}

static void put(const char *file, struct view text)
{
	assert_int_equal(file_replace(path_of(file), text, 0600, NULL), STATUS_OK);
}

static void a_plain_key_is_two_lines_and_comes_back(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1000);
	struct ed25519_seed seed = test_seed(), back;
	struct stat info;
	bool encrypted = true;

	assert_int_equal(keyfile_write(path_of("plain"), "root", name, &seed, NULL, NULL),
	                 STATUS_OK);
	assert_int_equal(file_read(path_of("plain"), &text, NULL), STATUS_OK);
	assert_true(view_equal_string(buf_view(&text),
	                              "aldis.key/1 root north.example/root\n"
	                              "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"));
	assert_int_equal(stat(path_of("plain"), &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	assert_int_equal(read_key("plain", NULL, &back), STATUS_OK);
	assert_memory_equal(&back, &seed, sizeof seed);
	assert_int_equal(keyfile_is_encrypted(path_of("plain"), &encrypted, NULL),
	                 STATUS_OK);
	assert_false(encrypted);
}

static void an_existing_key_is_never_overwritten(void **state)
{
	struct ed25519_seed seed = {{1}}, back;

	assert_int_equal(keyfile_write(path_of("plain"), "root", name, &seed, NULL, NULL),
	                 STATUS_CONFLICT);
	assert_int_equal(read_key("plain", NULL, &back), STATUS_OK);
	assert_int_equal(back.bytes[0], 0);
}

static void an_encrypted_key_opens_with_its_passphrase_alone(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1000), seed_text = BUF_INIT(100);
	struct ed25519_seed seed = test_seed(), back = {{7}};
	bool encrypted = false;

	assert_int_equal(
	    keyfile_write(path_of("sealed"), "root", name, &seed, "three words", NULL),
	    STATUS_OK);
	assert_int_equal(file_read(path_of("sealed"), &text, NULL), STATUS_OK);
	base64_append(&seed_text, view_of(&seed, sizeof seed));
	assert_true(view_find(buf_view(&text), buf_view(&seed_text)) == SIZE_MAX);
	assert_int_equal(keyfile_is_encrypted(path_of("sealed"), &encrypted, NULL),
	                 STATUS_OK);
	assert_true(encrypted);
	assert_int_equal(read_key("sealed", NULL, &back), STATUS_UNTRUSTED);
	assert_int_equal(read_key("sealed", "three word", &back), STATUS_UNTRUSTED);
	assert_int_equal(back.bytes[0], 7);
	assert_int_equal(read_key("sealed", "three words", &back), STATUS_OK);
	assert_memory_equal(&back, &seed, sizeof seed);
}

static void a_sealed_seed_that_was_tampered_with_does_not_open(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1000);
	struct ed25519_seed back;

	/* One character of the salt, the nonce, the box; all still base64. */
	static const size_t places[] = {46, 46 + 30, 46 + 100};

	assert_int_equal(file_read(path_of("sealed"), &text, NULL), STATUS_OK);
	for (size_t i = 0; i < 3; i++) {
		uint8_t old = text.data[places[i]];

		text.data[places[i]] = old == 'A' ? 'B' : 'A';
		put("tampered", buf_view(&text));
		assert_int_equal(read_key("tampered", "three words", &back),
		                 STATUS_UNTRUSTED);
		text.data[places[i]] = old;
	}
}

static void a_key_of_another_role_or_name_is_refused(void **state)
{
	struct ed25519_seed back;

	assert_int_equal(keyfile_read(path_of("plain"), "log", name, NULL, &back, NULL),
	                 STATUS_MALFORMED);
	assert_int_equal(
	    keyfile_read(path_of("plain"), "root", "south/root", NULL, &back, NULL),
	    STATUS_MALFORMED);
	assert_int_equal(
	    keyfile_read(path_of("plain"), "root", "north.example", NULL, &back, NULL),
	    STATUS_MALFORMED);
}

static void a_key_that_others_may_read_is_refused(void **state)
{
	static const mode_t modes[] = {0640, 0604, 0620, 0601, 0644, 0666};
	struct ed25519_seed back;
	struct error err;

	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		assert_int_equal(chmod(path_of("plain"), modes[i]), 0);
		assert_int_equal(
		    keyfile_read(path_of("plain"), "root", name, NULL, &back, &err),
		    STATUS_SYSTEM);
		assert_non_null(strstr(err.text, "others may read"));
	}
	assert_int_equal(chmod(path_of("plain"), 0400), 0);
	assert_int_equal(read_key("plain", NULL, &back), STATUS_OK);
}

static void a_missing_key_is_not_found(void **state)
{
	struct ed25519_seed back;

	assert_int_equal(read_key("none", NULL, &back), STATUS_NOT_FOUND);
}

static void damaged_files_are_malformed(void **state)
{
	static const char *const wrong[] = {
	    "",
	    "\n\n",
	    "aldis.key/1 root north.example/root\n",
	    "aldis.key/1 root north.example/root\n\n",
	    "aldis.key/1 root north.example/root\nAAECAwQFBgcI\n",
	    "aldis.key/1 root north.example/root\n"
	    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
	    "aldis.key/1 root north.example/root\n"
	    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\nmore\n",
	    "aldis.key/1 root north.example/root\r\n"
	    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\r\n",
	    "aldis.key/2 root north.example/root\n"
	    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
	    "aldis.key/1 root  north.example/root\n"
	    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
	    "aldis.key/1 root north.example/root\nargon2id \n",
	    "aldis.key/1 root north.example/root\nargon2id AAECAwQF\n",
	    "aldis.key/1 root north.example/root\n"
	    "scrypt AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
	};
	struct ed25519_seed back = {{7}};

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		put("wrong", view_of_string(wrong[i]));
		assert_int_equal(read_key("wrong", "x", &back), STATUS_MALFORMED);
	}
	assert_int_equal(back.bytes[0], 7);
}

static void a_huge_file_is_not_read(void **state)
{
	static const char huge[100000];
	struct ed25519_seed back;

	put("huge", view_of(huge, sizeof huge));
	assert_int_equal(read_key("huge", NULL, &back), STATUS_LIMIT);
}

/* RFC 7748, 6.1: Alice's keys. */
static void the_box_key_of_a_seed_is_x25519(void **state)
{
	static const char secret[] =
	    "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
	static const char public[] =
	    "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
	struct ed25519_seed seed;
	struct x25519_public expected, found;

	assert_int_equal(hex_decode_exact(view_of_string(secret), seed.bytes, 32, NULL),
	                 STATUS_OK);
	assert_int_equal(
	    hex_decode_exact(view_of_string(public), expected.bytes, 32, NULL),
	    STATUS_OK);
	found = x25519_public_of(&seed);
	assert_memory_equal(&found, &expected, sizeof found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_plain_key_is_two_lines_and_comes_back),
	    cmocka_unit_test(an_existing_key_is_never_overwritten),
	    cmocka_unit_test(an_encrypted_key_opens_with_its_passphrase_alone),
	    cmocka_unit_test(a_sealed_seed_that_was_tampered_with_does_not_open),
	    cmocka_unit_test(a_key_of_another_role_or_name_is_refused),
	    cmocka_unit_test(a_key_that_others_may_read_is_refused),
	    cmocka_unit_test(a_missing_key_is_not_found),
	    cmocka_unit_test(damaged_files_are_malformed),
	    cmocka_unit_test(a_huge_file_is_not_read),
	    cmocka_unit_test(the_box_key_of_a_seed_is_x25519),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
