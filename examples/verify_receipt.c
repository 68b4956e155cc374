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
#include "example.h"

int main(int argc, char **argv)
{
	struct aldis_bytes cards[EXAMPLE_CARDS_MAX], receipt;
	size_t card_count = 0;
	struct aldis_result *result;
	char error[ALDIS_ERROR_LEN];

	if (argc < 2 || argc > 2 + EXAMPLE_CARDS_MAX) {
		fprintf(stderr, "usage: verify_receipt RECEIPT CARD...\n");
		return ALDIS_USAGE;
	}
	receipt = example_read(argv[1]);
	for (int i = 2; i < argc; i++)
		cards[card_count++] = example_read(argv[i]);

	enum aldis_answer answer = aldis_verify_receipt(receipt, ALDIS_NO_BYTES, cards,
	                                                card_count, &result, error);
	if (result != NULL)
		example_print_result(result);
	else
		fprintf(stderr, "verify_receipt: %s\n", error);

	aldis_result_free(result);
	example_free(cards, card_count);
	example_free(&receipt, 1);
	return answer;
}
