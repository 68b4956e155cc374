/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a libFuzzer harness a normal test: replays every file of a corpus folder, and
 * near each one what an attacker tries first, every truncation and every byte changed.
 * Inputs are copied to a heap block of exactly their size, so that the address sanitizer
 * sees a decoder that reads one byte too far. It judges nothing but survival; the harness
 * asserts the rest.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Beyond this many bytes a file is replayed as it is: its neighbours would take minutes.
 */
#define NEIGHBOURS_LEN_MAX 4096
#define FILE_LEN_MAX (16 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct replay {
	size_t file_count;
	size_t input_count;
};

static void replay_exact(struct replay *r, const uint8_t *data, size_t len)
{
	/* One byte at least: malloc(0) may return NULL, which harnesses need not expect.
	 */
	uint8_t *copy = malloc(len > 0 ? len : 1);
	if (copy == NULL)
		abort();
	if (len > 0)
		memcpy(copy, data, len);
	(void)LLVMFuzzerTestOneInput(copy, len);
	free(copy);
	r->input_count++;
}

static void replay_neighbours(struct replay *r, uint8_t *data, size_t len)
{
	static const uint8_t masks[] = {0x01, 0x20, 0x80, 0xff};

	for (size_t cut = 0; cut < len; cut++)
		replay_exact(r, data, cut);
	for (size_t i = 0; i < len; i++) {
		uint8_t mask = masks[i % sizeof masks];

		data[i] ^= mask;
		replay_exact(r, data, len);
		data[i] ^= mask;
	}
}

static int replay_file(struct replay *r, const char *path)
{
	FILE *file = fopen(path, "rbe");
	struct stat st;

	if (file == NULL || fstat(fileno(file), &st) != 0 || st.st_size > FILE_LEN_MAX) {
		fprintf(stderr, "replay: cannot read %s, or it is too large\n", path);
		if (file != NULL)
			fclose(file);
		return -1;
	}

	size_t len = (size_t)st.st_size;
	uint8_t *data = malloc(len > 0 ? len : 1);
	bool complete = data != NULL && fread(data, 1, len, file) == len;

	fclose(file);
	if (complete) {
		replay_exact(r, data, len);
		if (len <= NEIGHBOURS_LEN_MAX)
			replay_neighbours(r, data, len);
		r->file_count++;
	}
	free(data);
	return complete ? 0 : -1;
}

static int replay_folder(struct replay *r, const char *folder)
{
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, NULL, alphasort);
	int result = count < 0 ? -1 : 0;

	for (int i = 0; i < count; i++) {
		char path[4096];
		int path_len =
		    snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);

		if (entries[i]->d_name[0] != '.' && result == 0)
			result = path_len < (int)sizeof path ? replay_file(r, path) : -1;
		free(entries[i]);
	}
	free(entries);
	return result;
}

int main(int argc, char **argv)
{
	struct replay r = {0};

	if (argc != 2) {
		fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
		return 2;
	}
	if (replay_folder(&r, argv[1]) != 0 || r.file_count == 0) {
		fprintf(stderr,
		        "replay: %s holds no readable input; add one good example\n",
		        argv[1]);
		return 1;
	}
	printf("%zu inputs from %zu files\n", r.input_count, r.file_count);
	return 0;
}
