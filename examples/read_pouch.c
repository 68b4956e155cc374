/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program can do with pouches beside a desk:
 *
 *   read_pouch PART...                    joins the parts, says what is missing
 *   read_pouch -k KEY [-c CARD]... PART...  opens the pouch and lists what is inside
 *
 * KEY is the reader's box key, a desk's keys/box.key; one under a passphrase is not for
 * this example. Nothing is written, and nothing is brought into a desk: that is `aldis
 * pouch in`. Exit status: the answer; 4 also when not all can be shown, 1 when parts are
 * missing.
 *
 *   cc -o read_pouch read_pouch.c $(pkg-config --cflags --libs libaldis)
 */
#include "example.h"

#include <unistd.h>

enum { MISSING_MAX = 20 };

static void print_part(const struct aldis_pouch_part *part)
{
	printf("part %u of %u, %u bytes, from %s to %s, pouch %.16s\n",
	       (unsigned)part->number, (unsigned)part->count, (unsigned)part->len,
	       part->from, part->to, part->pouch);
}

/* Each file is one part; one that is of another pouch is told and left out. */
static int add_parts(struct aldis_pouch **pouch, char **paths, int count)
{
	int worst = ALDIS_OK;

	for (int i = 0; i < count; i++) {
		struct aldis_bytes file = example_read(paths[i]);
		struct aldis_pouch_part part;
		char error[ALDIS_ERROR_LEN];
		enum aldis_answer answer = aldis_pouch_part_read(file, &part, error);

		if (answer == ALDIS_OK) {
			print_part(&part);
			answer = aldis_pouch_add(pouch, file, error);
		}
		if (answer != ALDIS_OK) {
			printf("%s: %s\n", paths[i], error);
			worst = answer;
		}
		example_free(&file, 1);
	}
	return worst;
}

static int print_missing(const struct aldis_pouch *pouch)
{
	uint32_t numbers[MISSING_MAX];
	size_t count = aldis_pouch_missing(pouch, numbers, MISSING_MAX);

	if (aldis_pouch_sealed(pouch).len > 0) {
		printf("whole: %zu sealed bytes\n", aldis_pouch_sealed(pouch).len);
		return ALDIS_OK;
	}
	fputs("missing:", stdout);
	for (size_t i = 0; i < count && i < MISSING_MAX; i++)
		printf(" %u", (unsigned)numbers[i]);
	puts(count > MISSING_MAX ? " …" : "");
	return ALDIS_NO;
}

static int open_pouch(const struct aldis_pouch *pouch, const char *key,
                      const struct aldis_bytes *cards, size_t card_count)
{
	struct aldis_result *result;
	char error[ALDIS_ERROR_LEN];
	enum aldis_answer answer =
	    aldis_pouch_open(pouch, key, NULL, cards, card_count, &result, error);

	if (result == NULL) {
		fprintf(stderr, "read_pouch: %s\n", error);
		return answer;
	}
	example_print_result(result);
	example_print_messages(result);
	aldis_result_free(result);
	return answer;
}

int main(int argc, char **argv)
{
	struct aldis_bytes cards[EXAMPLE_CARDS_MAX];
	size_t card_count = 0;
	struct aldis_pouch *pouch = NULL;
	const char *key = NULL;
	int option, answer, whole;

	while ((option = getopt(argc, argv, "k:c:")) != -1) {
		if (option == 'k')
			key = optarg;
		else if (option == 'c' && card_count < EXAMPLE_CARDS_MAX)
			cards[card_count++] = example_read(optarg);
		else
			return ALDIS_USAGE;
	}
	if (optind == argc) {
		fprintf(stderr, "usage: read_pouch [-k KEY [-c CARD]...] PART...\n");
		return ALDIS_USAGE;
	}
	answer = add_parts(&pouch, argv + optind, argc - optind);
	whole = print_missing(pouch);
	if (whole == ALDIS_OK && key != NULL)
		answer = open_pouch(pouch, key, cards, card_count);
	else if (answer == ALDIS_OK)
		answer = whole;
	aldis_pouch_free(pouch);
	example_free(cards, card_count);
	return answer;
}
