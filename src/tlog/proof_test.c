/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every proof made verifies and every tampered one is refused; vectors of the subtree
 * draft and of transparency-dev/merkle.
 */
#include "tlog/proof.h"

#include "tlog/tlog_testing.h"

/* What a proof is asked; inclusion and consistency have only the fields they need. */
struct question {
	uint64_t start, end, size;
	struct hash node, root;
};

typedef enum status verify_function(const struct tlog_proof *proof,
                                    const struct question *question);

static enum status verify_subtree(const struct tlog_proof *proof,
                                  const struct question *q)
{
	return tlog_proof_verify_subtree(proof, q->start, q->end, q->size, &q->node,
	                                 &q->root, NULL);
}

static enum status verify_inclusion(const struct tlog_proof *proof,
                                    const struct question *q)
{
	return tlog_proof_verify_inclusion(proof, q->start, q->size, &q->node, &q->root,
	                                   NULL);
}

static enum status verify_consistency(const struct tlog_proof *proof,
                                      const struct question *q)
{
	return tlog_proof_verify_consistency(proof, q->end, &q->node, q->size, &q->root,
	                                     NULL);
}

static void flip(struct hash *hash, size_t seed)
{
	hash->bytes[seed % 32] ^= (uint8_t)(1 << (seed / 32 % 8));
}

static void refuses_other_hashes(verify_function *verify, const struct tlog_proof *proof,
                                 const struct question *question, size_t seed)
{
	struct tlog_proof tampered = *proof;
	for (size_t i = 0; i < proof->count; i++) {
		flip(&tampered.hashes[i], seed + i);
		assert_int_equal(verify(&tampered, question), STATUS_UNTRUSTED);
		tampered.hashes[i] = proof->hashes[i];
	}
	struct question other = *question;
	flip(&other.node, seed);
	assert_int_equal(verify(proof, &other), STATUS_UNTRUSTED);
	other = *question;
	flip(&other.root, seed);
	assert_int_equal(verify(proof, &other), STATUS_UNTRUSTED);
}

static void refuses_other_counts(verify_function *verify, const struct tlog_proof *proof,
                                 const struct question *question)
{
	for (size_t drop = 0; drop < proof->count; drop++) {
		struct tlog_proof shorter = {.count = proof->count - 1};
		for (size_t i = 0; i < shorter.count; i++)
			shorter.hashes[i] = proof->hashes[i + (i >= drop)];
		assert_int_equal(verify(&shorter, question), STATUS_UNTRUSTED);
	}
	for (size_t add = 0; add <= proof->count; add++) {
		struct tlog_proof longer = {.count = proof->count + 1};
		for (size_t i = 0; i < proof->count; i++)
			longer.hashes[i + (i >= add)] = proof->hashes[i];
		longer.hashes[add] = add % 2 ? question->root : question->node;
		assert_int_equal(verify(&longer, question), STATUS_UNTRUSTED);
	}
}

/* In larger trees every proof is verified, but only some are tampered with: for time. */
enum { TAMPER_ALL_MAX = 130 };

static void refuses_tampering(verify_function *verify, const struct tlog_proof *proof,
                              const struct question *question, size_t seed)
{
	assert_int_equal(verify(proof, question), STATUS_OK);
	if (question->size > TAMPER_ALL_MAX && seed % 8 != 0)
		return;
	refuses_other_hashes(verify, proof, question, seed);
	refuses_other_counts(verify, proof, question);
}

enum { N = 300 };

struct fixture {
	struct test_tree tree;
	struct hash roots[N + 2];
};

static int make_fixture(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	if (!fixture || test_setup(NULL) != 0)
		return -1;
	tlog_tree_init(&fixture->tree.tree);
	for (unsigned n = 0; n < N + 2; n++) {
		fixture->roots[n] = tlog_tree_root(&fixture->tree.tree);
		uint8_t entry[2] = {(uint8_t)(n >> 8), (uint8_t)n};
		test_tree_add(&fixture->tree, view_of(entry, sizeof entry));
	}
	*state = fixture;
	return 0;
}

static int free_fixture(void **state)
{
	struct fixture *fixture = *state;
	test_tree_release(&fixture->tree);
	free(fixture);
	return 0;
}

static void every_inclusion_proof_verifies_and_no_tampered_one(void **state)
{
	struct fixture *f = *state;
	for (unsigned n = 1; n <= N; n++)
		for (unsigned i = 0; i < n; i++) {
			struct tlog_proof proof;
			struct question q = {i, i + 1, n, f->tree.nodes[0][i],
			                     f->roots[n]};
			assert_int_equal(tlog_proof_inclusion(i, n, test_tree_read,
			                                      &f->tree, &proof, NULL),
			                 STATUS_OK);
			refuses_tampering(verify_inclusion, &proof, &q, n + 7 * i);
		}
}

static void inclusion_at_another_index_or_in_another_tree_is_refused(void **state)
{
	struct fixture *f = *state;
	for (unsigned n = 2; n <= 130; n++)
		for (unsigned i = 0; i < n; i++) {
			struct tlog_proof proof;
			assert_int_equal(tlog_proof_inclusion(i, n, test_tree_read,
			                                      &f->tree, &proof, NULL),
			                 STATUS_OK);
			for (unsigned j = 0; j < n; j++) {
				struct question q = {j, j + 1, n, f->tree.nodes[0][i],
				                     f->roots[n]};
				assert_int_equal(verify_inclusion(&proof, &q),
				                 i == j ? STATUS_OK : STATUS_UNTRUSTED);
			}
			struct question larger = {i, i + 1, n + 1, f->tree.nodes[0][i],
			                          f->roots[n + 1]};
			assert_int_equal(verify_inclusion(&proof, &larger),
			                 STATUS_UNTRUSTED);
			struct question doubled = {i, i + 1, 2 * n, f->tree.nodes[0][i],
			                           f->roots[n]};
			assert_int_equal(verify_inclusion(&proof, &doubled),
			                 STATUS_UNTRUSTED);
		}
}

static void every_consistency_proof_verifies_and_no_tampered_one(void **state)
{
	struct fixture *f = *state;
	for (unsigned n = 1; n <= N; n++)
		for (unsigned m = 1; m <= n; m++) {
			struct tlog_proof proof;
			struct question q = {0, m, n, f->roots[m], f->roots[n]};
			assert_int_equal(tlog_proof_consistency(m, n, test_tree_read,
			                                        &f->tree, &proof, NULL),
			                 STATUS_OK);
			assert_true(m < n || proof.count == 0);
			refuses_tampering(verify_consistency, &proof, &q, n + 7 * m);
		}
}

static void consistency_of_another_size_is_refused(void **state)
{
	struct fixture *f = *state;
	for (unsigned n = 1; n <= 130; n++)
		for (unsigned m = 1; m <= n; m++) {
			struct tlog_proof proof;
			assert_int_equal(tlog_proof_consistency(m, n, test_tree_read,
			                                        &f->tree, &proof, NULL),
			                 STATUS_OK);
			for (unsigned k = 1; k <= n; k++) {
				struct question q = {0, k, n, f->roots[m], f->roots[n]};
				assert_int_equal(verify_consistency(&proof, &q),
				                 k == m ? STATUS_OK : STATUS_UNTRUSTED);
			}
			struct question larger = {0, m, n + 1, f->roots[m],
			                          f->roots[n + 1]};
			assert_int_equal(verify_consistency(&proof, &larger),
			                 STATUS_UNTRUSTED);
		}
}

static void every_subtree_proof_verifies_and_no_tampered_one(void **state)
{
	struct fixture *f = *state;
	for (unsigned n = 1; n <= 140; n++)
		for (unsigned end = 1; end <= n; end++)
			for (unsigned start = 0; start < end; start++) {
				struct tlog_proof proof;
				struct question q = {start, end, n, {{0}}, f->roots[n]};
				enum status status =
				    tlog_proof_subtree(start, end, n, test_tree_read,
				                       &f->tree, &proof, NULL);
				if (!tlog_subtree_check(start, end)) {
					assert_int_equal(status, STATUS_MALFORMED);
					continue;
				}
				assert_int_equal(status, STATUS_OK);
				q.node = test_mth(f->tree.nodes[0] + start, end - start);
				refuses_tampering(verify_subtree, &proof, &q,
				                  n + 7 * start + 3 * end);
			}
}

/* The proofs of add-entries: one for each 256 entries. */
static void subtree_of_a_package_verifies_in_a_large_tree(void **state)
{
	struct test_tree tree = {0};
	tlog_tree_init(&tree.tree);
	test_tree_fill(&tree, 70000);
	struct hash root = tlog_tree_root(&tree.tree);
	for (uint64_t start = 0; start < 70000; start += 256) {
		uint64_t end = start + 256 < 70000 ? start + 256 : 70000;
		struct tlog_proof proof;
		struct question q = {start, end, 70000, {{0}}, root};
		assert_int_equal(tlog_proof_subtree(start, end, 70000, test_tree_read,
		                                    &tree, &proof, NULL),
		                 STATUS_OK);
		assert_int_equal(
		    tlog_subtree_root(start, end, test_tree_read, &tree, &q.node, NULL),
		    STATUS_OK);
		refuses_tampering(verify_subtree, &proof, &q, (size_t)start);
	}
	test_tree_release(&tree);
}

static void senseless_questions_are_malformed(void **state)
{
	struct fixture *f = *state;
	struct tlog_proof proof = {.count = 0};
	const struct hash *h = &f->roots[5];
	assert_int_equal(
	    tlog_proof_inclusion(5, 5, test_tree_read, &f->tree, &proof, NULL),
	    STATUS_MALFORMED);
	assert_int_equal(tlog_proof_verify_inclusion(&proof, 5, 5, h, h, NULL),
	                 STATUS_MALFORMED);
	assert_int_equal(tlog_proof_verify_inclusion(&proof, UINT64_MAX, 5, h, h, NULL),
	                 STATUS_MALFORMED);
	assert_int_equal(tlog_proof_verify_inclusion(&proof, 0, 0, h, h, NULL),
	                 STATUS_MALFORMED);
	assert_int_equal(
	    tlog_proof_consistency(6, 5, test_tree_read, &f->tree, &proof, NULL),
	    STATUS_MALFORMED);
	assert_int_equal(tlog_proof_verify_consistency(&proof, 6, h, 5, h, NULL),
	                 STATUS_MALFORMED);
	assert_int_equal(tlog_proof_verify_subtree(&proof, 3, 3, 5, h, h, NULL),
	                 STATUS_MALFORMED);
	assert_int_equal(tlog_proof_verify_subtree(&proof, 4, 3, 5, h, h, NULL),
	                 STATUS_MALFORMED);
	assert_int_equal(tlog_proof_verify_subtree(&proof, 0, 6, 5, h, h, NULL),
	                 STATUS_MALFORMED);
}

/* Case 17, proofs only: from an empty tree there is nothing to prove. */
static void consistency_with_the_empty_tree_has_an_empty_proof(void **state)
{
	struct fixture *f = *state;
	struct tlog_proof proof = {.count = 9};
	assert_int_equal(
	    tlog_proof_consistency(0, 5, test_tree_read, &f->tree, &proof, NULL),
	    STATUS_OK);
	assert_int_equal(proof.count, 0);
	assert_int_equal(
	    tlog_proof_verify_consistency(&proof, 0, &f->roots[0], 5, &f->roots[5], NULL),
	    STATUS_OK);
	assert_int_equal(
	    tlog_proof_verify_consistency(&proof, 0, &f->roots[0], 0, &f->roots[0], NULL),
	    STATUS_OK);
	assert_int_equal(
	    tlog_proof_verify_consistency(&proof, 0, &f->roots[0], 0, &f->roots[1], NULL),
	    STATUS_UNTRUSTED);
	proof.count = 1;
	proof.hashes[0] = f->roots[5];
	assert_int_equal(
	    tlog_proof_verify_consistency(&proof, 0, &f->roots[0], 5, &f->roots[5], NULL),
	    STATUS_UNTRUSTED);
}

static void missing_nodes_are_reported(void **state)
{
	struct fixture *f = *state;
	struct tlog_proof proof;
	assert_int_equal(
	    tlog_proof_inclusion(0, 1000, test_tree_read, &f->tree, &proof, NULL),
	    STATUS_NOT_FOUND);
}

static void subtree_check_holds_at_the_limits(void **state)
{
	const uint64_t half = (uint64_t)1 << 63;
	assert_true(tlog_subtree_check(0, 1));
	assert_true(tlog_subtree_check(0, UINT64_MAX));
	assert_true(tlog_subtree_check(half, half + 1));
	assert_true(tlog_subtree_check(half, UINT64_MAX));
	assert_true(tlog_subtree_check(0, half));
	assert_false(tlog_subtree_check(1, half + 1));
	assert_false(tlog_subtree_check(1, half + 2));
	assert_false(tlog_subtree_check(0, 0));
	assert_false(tlog_subtree_check(7, 7));
	assert_false(tlog_subtree_check(2, 5));
	assert_true(tlog_subtree_check(4, 7));
}

static enum status read_zero(void *context, unsigned level, uint64_t index,
                             struct hash *ret_node, struct error *err)
{
	*ret_node = (struct hash){{0}};
	return STATUS_OK;
}

/* The specification allows 63 hashes; 64 are needed only for trees above 2^62 leaves. */
static void proofs_of_the_largest_trees_stay_within_63_hashes(void **state)
{
	struct tlog_proof proof;
	assert_int_equal(
	    tlog_proof_inclusion(1, INT64_MAX, read_zero, NULL, &proof, NULL), STATUS_OK);
	assert_int_equal(proof.count, 63);
	assert_int_equal(
	    tlog_proof_consistency(3, INT64_MAX, read_zero, NULL, &proof, NULL),
	    STATUS_LIMIT);
	assert_int_equal(
	    tlog_proof_consistency(3, INT64_MAX / 2, read_zero, NULL, &proof, NULL),
	    STATUS_OK);
	assert_int_equal(proof.count, 63);
}

static void lines_come_back_as_hashes(void **state)
{
	struct fixture *f = *state;
	struct tlog_proof proof = {.count = 3}, parsed;
	memcpy(proof.hashes, f->roots, 3 * sizeof f->roots[0]);
	CLEANUP_BUF struct buf text = BUF_INIT(1000);
	tlog_proof_append_lines(&text, &proof);
	buf_append_string(&text, "rest\n");
	struct view rest = buf_view(&text);
	assert_int_equal(tlog_proof_take_lines(&rest, &parsed, NULL), STATUS_OK);
	assert_true(view_equal_string(rest, "rest\n"));
	assert_int_equal(parsed.count, 3);
	assert_memory_equal(parsed.hashes, proof.hashes, 3 * sizeof proof.hashes[0]);
	for (size_t len = 0; len < text.len - 5; len++) {
		struct view cut = view_of(text.data, len);
		assert_int_equal(tlog_proof_take_lines(&cut, &parsed, NULL),
		                 STATUS_MALFORMED);
		assert_int_equal(cut.len, len);
	}
}

/* Case 11: every output for the leaves d[i] = byte i, up to 130 of them, as lines fed to
 * one SHA-256. Empty subtrees [x, x) belong to the definition; ours are never empty, so
 * their lines (empty root, no proof) are made here. */
enum { ACCUMULATED_SIZE = 130 };

static void feed(struct sha256_stream *stream, const char *head,
                 const struct hash *hashes, size_t count)
{
	sha256_update(stream, view_of_string(head));
	for (size_t i = 0; i < count; i++) {
		char hex[HASH_HEX_LEN + 1];
		hash_hex(&hashes[i], hex);
		sha256_update(stream, view_of(" ", 1));
		sha256_update(stream, view_of_string(hex));
	}
	sha256_update(stream, view_of("\n", 1));
}

static bool accumulated_is_valid(unsigned start, unsigned end)
{
	return start == end || tlog_subtree_check(start, end);
}

static void accumulate_hashes(struct sha256_stream *stream, struct test_tree *tree,
                              unsigned start, unsigned end)
{
	struct hash root;
	char head[64];
	assert_int_equal(tlog_subtree_root(start, end, test_tree_read, tree, &root, NULL),
	                 STATUS_OK);
	(void)snprintf(head, sizeof head, "[%u, %u)", start, end);
	feed(stream, head, &root, 1);
}

/* Shifts the wanted subtree to the front: its own tree, whose nodes the store has under
 * other indices. */
struct shifted {
	struct test_tree *tree;
	uint64_t start;
};

static enum status read_shifted(void *context, unsigned level, uint64_t index,
                                struct hash *ret_node, struct error *err)
{
	struct shifted *shifted = context;
	return test_tree_read(shifted->tree, level, index + (shifted->start >> level),
	                      ret_node, err);
}

static void accumulate_inclusion(struct sha256_stream *stream, struct test_tree *tree,
                                 unsigned start, unsigned end)
{
	struct shifted shifted = {tree, start};
	for (unsigned i = start; i < end; i++) {
		struct tlog_proof proof;
		char head[64];
		assert_int_equal(tlog_proof_inclusion(i - start, end - start,
		                                      read_shifted, &shifted, &proof,
		                                      NULL),
		                 STATUS_OK);
		(void)snprintf(head, sizeof head, "%u [%u, %u)", i, start, end);
		feed(stream, head, proof.hashes, proof.count);
	}
}

static void accumulate_consistency(struct sha256_stream *stream, struct test_tree *tree,
                                   unsigned start, unsigned end, unsigned size)
{
	struct tlog_proof proof = {.count = 0};
	char head[64];
	if (start < end)
		assert_int_equal(tlog_proof_subtree(start, end, size, test_tree_read,
		                                    tree, &proof, NULL),
		                 STATUS_OK);
	(void)snprintf(head, sizeof head, "[%u, %u) %u", start, end, size);
	feed(stream, head, proof.hashes, proof.count);
}

static void accumulated_vectors_of_the_subtree_draft(void **state)
{
	struct test_tree tree = {0};
	tlog_tree_init(&tree.tree);
	test_tree_fill(&tree, ACCUMULATED_SIZE);
	struct sha256_stream hashes = sha256_open(), inclusion = sha256_open(),
	                     consistency = sha256_open();
	for (unsigned n = 0; n <= ACCUMULATED_SIZE; n++)
		for (unsigned end = 0; end <= n; end++)
			for (unsigned start = 0; start <= end; start++) {
				if (!accumulated_is_valid(start, end))
					continue;
				accumulate_consistency(&consistency, &tree, start, end,
				                       n);
				if (end != n)
					continue;
				accumulate_hashes(&hashes, &tree, start, end);
				accumulate_inclusion(&inclusion, &tree, start, end);
			}
	struct hash digest = sha256_close(&hashes);
	test_assert_hash_hex(
	    &digest, "b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81");
	digest = sha256_close(&inclusion);
	test_assert_hash_hex(
	    &digest, "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f");
	digest = sha256_close(&consistency);
	test_assert_hash_hex(
	    &digest, "10fa99b37bf9bf9ffa26b412fbd98bd75363256d0b75d61bc4538b9c9c5a0a74");
	test_tree_release(&tree);
}

/* Case 10. A vector's hash may be shorter than 32 bytes: as a root it is filled up with
 * zeros; as a proof hash, or empty ('-'), it can't even be written down, which is a
 * refusal. */
static struct hash vector_hash(struct view hex, bool *ret_whole, bool *ret_empty)
{
	struct hash hash = {{0}};
	*ret_empty = view_equal_string(hex, "-");
	if (*ret_empty)
		hex.len = 0;
	*ret_whole = hex.len == 2 * sizeof hash.bytes;
	assert_in_range(hex.len, 0, 2 * sizeof hash.bytes);
	assert_int_equal(hex_decode_exact(hex, hash.bytes, hex.len / 2, NULL), STATUS_OK);
	return hash;
}

static struct view take_until(struct view *rest, char separator)
{
	struct view part = *rest;
	size_t end = view_find(*rest, view_of(&separator, 1));
	if (end == SIZE_MAX) {
		*rest = view_of(rest->data, 0);
		return part;
	}
	part.len = end;
	*rest = view_from(*rest, end + 1);
	return part;
}

static bool vector_proof(struct view text, struct tlog_proof *ret_proof)
{
	ret_proof->count = 0;
	if (view_equal_string(text, "-"))
		return true;
	for (struct view rest = text; rest.len > 0;) {
		bool is_whole, is_empty;
		struct view hex = take_until(&rest, ',');
		if (hex.len > 64)
			return false;
		ret_proof->hashes[ret_proof->count++] =
		    vector_hash(hex, &is_whole, &is_empty);
		if (!is_whole)
			return false;
	}
	return text.data[text.len - 1] != ',';
}

static size_t vector_numbers(struct view text, uint64_t ret_numbers[3])
{
	size_t count = 0;
	for (struct view rest = text; rest.len > 0; count++) {
		char number[32];
		assert_in_range(count, 0, 2);
		assert_true(
		    view_copy_string(take_until(&rest, ','), number, sizeof number));
		ret_numbers[count] = strtoull(number, NULL, 10);
	}
	return count;
}

static enum status run_vector(struct view kind, const uint64_t n[3], struct hash first,
                              struct hash second, const struct tlog_proof *proof)
{
	if (view_equal_string(kind, "consistency")) {
		if (n[0] == 0) /* 'useless' there, an empty proof here */
			return STATUS_MALFORMED;
		return tlog_proof_verify_consistency(proof, n[0], &first, n[1], &second,
		                                     NULL);
	}
	if (view_equal_string(kind, "subtreeconsistency"))
		return tlog_proof_verify_subtree(proof, n[0], n[1], n[2], &first, &second,
		                                 NULL);
	if (view_equal_string(kind, "inclusion"))
		return tlog_proof_verify_inclusion(proof, n[0], n[1], &first, &second,
		                                   NULL);
	assert_true(view_equal_string(kind, "subtreeinclusion"));
	if (!tlog_subtree_check(n[1], n[2]) || n[0] < n[1])
		return STATUS_MALFORMED;
	return tlog_proof_verify_inclusion(proof, n[0] - n[1], n[2] - n[1], &first,
	                                   &second, NULL);
}

static void transparency_dev_vectors_518(void **state)
{
	CLEANUP_BUF struct buf file = test_load_foreign("merkle518.tsv");
	struct view rest = buf_view(&file), line;
	unsigned run = 0, accepted = 0, empty_subtrees = 0;
	while (view_take_line(&rest, &line)) {
		if (line.data[0] == '#')
			continue;
		bool is_whole, first_empty, second_empty;
		uint64_t n[3] = {0};
		struct tlog_proof proof;
		struct view kind = take_until(&line, '\t');
		struct view expected = take_until(&line, '\t');
		(void)vector_numbers(take_until(&line, '\t'), n);
		struct view roots = take_until(&line, '\t');
		struct hash first =
		    vector_hash(take_until(&roots, ','), &is_whole, &first_empty);
		struct hash second =
		    vector_hash(take_until(&roots, ','), &is_whole, &second_empty);
		bool is_writable = vector_proof(take_until(&line, '\t'), &proof) &&
		                   !first_empty && !second_empty;
		/* '-' is no proof, but here a proof of one empty hash. */
		if (view_find(line, view_of_string("-garbage")) != SIZE_MAX)
			is_writable = false;
		bool is_ok = is_writable &&
		             run_vector(kind, n, first, second, &proof) == STATUS_OK;
		bool should_be_ok = view_equal_string(expected, "ok");
		/* The draft's HEAD knows empty subtrees; tlog-witness and we do not. */
		if (should_be_ok && view_equal_string(kind, "subtreeconsistency") &&
		    n[0] == n[1]) {
			should_be_ok = false;
			empty_subtrees++;
		}
		if (is_ok != should_be_ok)
			fail_msg("%.*s", (int)line.len, (const char *)line.data);
		run++;
		accepted += is_ok;
	}
	assert_int_equal(run, 518);
	assert_int_equal(empty_subtrees, 6);
	assert_int_equal(accepted, 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_inclusion_proof_verifies_and_no_tampered_one),
	    cmocka_unit_test(inclusion_at_another_index_or_in_another_tree_is_refused),
	    cmocka_unit_test(every_consistency_proof_verifies_and_no_tampered_one),
	    cmocka_unit_test(consistency_of_another_size_is_refused),
	    cmocka_unit_test(every_subtree_proof_verifies_and_no_tampered_one),
	    cmocka_unit_test(subtree_of_a_package_verifies_in_a_large_tree),
	    cmocka_unit_test(senseless_questions_are_malformed),
	    cmocka_unit_test(consistency_with_the_empty_tree_has_an_empty_proof),
	    cmocka_unit_test(missing_nodes_are_reported),
	    cmocka_unit_test(subtree_check_holds_at_the_limits),
	    cmocka_unit_test(proofs_of_the_largest_trees_stay_within_63_hashes),
	    cmocka_unit_test(lines_come_back_as_hashes),
	    cmocka_unit_test(accumulated_vectors_of_the_subtree_draft),
	    cmocka_unit_test(transparency_dev_vectors_518),
	};
	return cmocka_run_group_tests(tests, make_fixture, free_fixture);
}
