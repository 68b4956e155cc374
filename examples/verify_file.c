/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How another program verifies whatever left an Aldis desk, and reads what a proof of
 * silence or a release says beyond words:
 *
 *   verify_file FILE CARD...
 *
 * FILE is a receipt, an export's folder, a proof, a release, a part of a pouch. The exit
 * status is the answer, as of `aldis verify`.
 *
 *   cc -o verify_file verify_file.c $(pkg-config --cflags --libs libaldis)
 */
#include "example.h"

static void print_silence(const struct aldis_result *result)
{
	static const char *const grades[] = {"", "its own word", "witnesses",
	                                     "the creditor's word alone"};

	printf("\n%s did not answer %s's message %s (%s)\n  due    ",
	       aldis_silence_text(result, ALDIS_SILENCE_DEBTOR_NAME),
	       aldis_silence_text(result, ALDIS_SILENCE_CREDITOR_NAME),
	       aldis_silence_text(result, ALDIS_SILENCE_QUESTION),
	       aldis_silence_text(result, ALDIS_SILENCE_QUESTION_KIND));
	example_print_time(aldis_silence_time(result, ALDIS_SILENCE_DUE));
	fputs("\n  as of  ", stdout);
	example_print_time(aldis_silence_time(result, ALDIS_SILENCE_AS_OF));
	printf("\n  by     %s\n", grades[aldis_silence_grade(result)]);
	if (aldis_silence_has(result, ALDIS_SILENCE_WENT_DARK))
		puts("  it went dark; a line that is cut looks the same");
	if (aldis_silence_entry(result, ALDIS_SILENCE_LATE_ANSWER) >= 0)
		printf("  it answered late, with its entry #%lld\n",
		       (long long)aldis_silence_entry(result, ALDIS_SILENCE_LATE_ANSWER));
}

static void print_release(const struct aldis_result *result)
{
	static const char *const grades[] = {"", "one-sided", "by originator", "joint"};
	static const char *const answers[] = {"has not answered", "consented", "refused"};

	printf("\nThe release is %s.\n", grades[aldis_release_grade(result)]);
	for (size_t i = 0; i < aldis_release_answer_count(result); i++) {
		printf("  %s %s  ", aldis_release_answer_desk(result, i),
		       answers[aldis_release_answer(result, i)]);
		example_print_time(aldis_release_answer_sent(result, i));
		putchar('\n');
	}
	printf("%llu messages are withheld. The others:\n",
	       (unsigned long long)aldis_result_count(result, ALDIS_COUNT_WITHHELD));
	example_print_messages(result);
}

int main(int argc, char **argv)
{
	struct aldis_bytes cards[EXAMPLE_CARDS_MAX];
	size_t card_count = 0;
	struct aldis_result *result;
	char error[ALDIS_ERROR_LEN];

	if (argc < 2 || argc > 2 + EXAMPLE_CARDS_MAX) {
		fprintf(stderr, "usage: verify_file FILE CARD...\n");
		return ALDIS_USAGE;
	}
	for (int i = 2; i < argc; i++)
		cards[card_count++] = example_read(argv[i]);

	enum aldis_answer answer =
	    aldis_verify_path(argv[1], cards, card_count, &result, error);
	if (result == NULL) {
		fprintf(stderr, "verify_file: %s\n", error);
	} else {
		printf("%s\n", aldis_result_kind(result));
		example_print_result(result);
		if (aldis_release_text(result, ALDIS_RELEASE_CODE) != NULL)
			printf("failed: %s\n",
			       aldis_release_text(result, ALDIS_RELEASE_CODE));
		if (aldis_silence_grade(result) != ALDIS_SILENCE_NONE)
			print_silence(result);
		if (aldis_release_grade(result) != ALDIS_RELEASE_NONE)
			print_release(result);
	}
	aldis_result_free(result);
	example_free(cards, card_count);
	return answer;
}
