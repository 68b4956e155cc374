/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How another program verifies a receipt with libaldis:
 *
 *   verify_receipt RECEIPT.tlog-proof CARD...
 *
 * The cards are those of the two desks, whose digits you have compared. It prints what
 * the receipt shows and ends with the answer as its exit status, as `aldis verify` does.
 *
 *   cc -o verify_receipt verify_receipt.c $(pkg-config --cflags --libs libaldis)
 */
#include <aldis/aldis.h>

#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX = 4 * 1024 * 1024, CARDS_MAX = 16 };

static struct aldis_bytes read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *content = malloc(FILE_MAX);

	if (file == NULL || content == NULL) {
		fprintf(stderr, "verify_receipt: can't read %s\n", path);
		exit(ALDIS_FAILED);
	}
	size_t len = fread(content, 1, FILE_MAX, file);
	fclose(file);
	return (struct aldis_bytes){content, len};
}

static void print_result(const struct aldis_result *result)
{
	if (!aldis_result_is_consistent(result))
		printf("NO: %s\n", aldis_result_reason(result));
	for (size_t i = 0; i < aldis_result_statement_count(result); i++)
		printf("%s\n", aldis_result_statement(result, i));
	for (size_t i = 0; i < aldis_result_desk_count(result); i++)
		printf("%s  %s%s\n", aldis_result_desk_name(result, i),
		       aldis_result_desk_fingerprint(result, i),
		       aldis_result_desk_is_anchored(result, i) ? "" : "  compare these");
}

int main(int argc, char **argv)
{
	struct aldis_bytes cards[CARDS_MAX];
	size_t card_count = 0;
	struct aldis_result *result;
	char error[ALDIS_ERROR_LEN];

	if (argc < 2 || argc > 2 + CARDS_MAX) {
		fprintf(stderr, "usage: verify_receipt RECEIPT CARD...\n");
		return ALDIS_USAGE;
	}
	struct aldis_bytes receipt = read_file(argv[1]);
	for (int i = 2; i < argc; i++)
		cards[card_count++] = read_file(argv[i]);

	enum aldis_answer answer = aldis_verify_receipt(receipt, ALDIS_NO_BYTES, cards,
	                                                card_count, &result, error);
	if (result != NULL)
		print_result(result);
	else
		fprintf(stderr, "verify_receipt: %s\n", error);

	aldis_result_free(result);
	for (size_t i = 0; i < card_count; i++)
		free((void *)cards[i].data);
	free((void *)receipt.data);
	return answer;
}
