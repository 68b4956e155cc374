/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers of witnesses: what is taken as a line lies in the answer, verifies, and is by a
 * key of the policy, each once; a size fits into 63 bits.
 */
#include "tlog/witness_answer.h"

#include <assert.h>

#include "crypto/random.h"
#include "tlog/cosignature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* That of the seed of 32 bytes 7, which made the corpus. */
static const char policy_text[] =
    "witness w w.example/witness+a7b5abfc+BOpKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs "
    "https://w.example\nquorum w\n";
static const char text[] =
    "log.example/x\n7\nqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=\n";

static void check_line(const struct tlog_policy *policy,
                       const struct tlog_witness_line *line, struct view body)
{
	uint64_t time_s = 0;
	assert(line->key == &policy->items[0].key);
	assert(line->line.data >= body.data &&
	       line->line.data + line->line.len <= body.data + body.len);
	assert(tlog_cosignature_verify_line(view_of_string(text), line->line, line->key,
	                                    &time_s, NULL) == STATUS_OK);
	assert(time_s == line->time_s && time_s > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct tlog_witness_line lines[TLOG_WITNESS_KEYS_MAX];
	struct tlog_policy policy = {0};
	struct view body = view_of(data, len);
	size_t count = 0;
	uint64_t size;
	bool is_ready =
	    crypto_init(NULL) == STATUS_OK &&
	    tlog_policy_parse(view_of_string(policy_text), &policy, NULL) == STATUS_OK;
	assert(is_ready);
	if (tlog_witness_answer_read(&policy, "https://w.example", view_of_string(text),
	                             body, lines, &count, NULL) == STATUS_OK) {
		assert(count == 1);
		check_line(&policy, &lines[0], body);
	}
	if (tlog_witness_size_read(body, &size, NULL) == STATUS_OK)
		assert(size <= INT64_MAX);
	tlog_policy_release(&policy);
	return 0;
}
