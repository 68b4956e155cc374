/* SPDX-License-Identifier: Apache-2.0 */
/* The check of the store, in slices: what the disk gives back is changed by one bit, and
 * the check names what it is, and nothing else. */
#include "actor.h"

#include "desk/state.h"

enum { NORTH, SOUTH, MESSAGES = 600 };

enum part { PART_NONE, PART_ENTRY, PART_BODY, PART_TILE, PART_ROW };

/* What comes back other than it was written. */
static struct {
	const struct store_ops *real;
	struct store_ops ops;
	enum part part;
	uint32_t log;
	unsigned level;         /* of a tile */
	uint64_t index;         /* entry, body or tile */
	enum store_table table; /* of a row */
	bool is_lost;           /* not changed but not there */
} fault;

/* Flips a bit in item `nth` of a packed run. */
static void flip_item(struct buf *run, size_t start, unsigned prefix, uint64_t nth)
{
	size_t at = start;
	for (;; nth--) {
		size_t len = 0;
		for (unsigned i = 0; i < prefix; i++)
			len = len << 8 | run->data[at + i];
		if (nth == 0) {
			assert_true(len > 0);
			run->data[at + prefix + len / 2] ^= 1;
			return;
		}
		at += prefix + len;
	}
}

static bool hits(uint32_t log, enum part part, uint64_t first, uint64_t count)
{
	return fault.part == part && fault.log == log && fault.index >= first &&
	       fault.index < first + count;
}

static enum status read_entries(void *self, uint32_t log, uint64_t first, uint64_t count,
                                struct buf *ret, uint64_t *ret_count, struct error *err)
{
	size_t start = ret->len;
	if (fault.is_lost && hits(log, PART_ENTRY, first, count))
		return error_set(err, STATUS_MALFORMED, "a chunk is torn");
	TRY(fault.real->read_entries(self, log, first, count, ret, ret_count, err));
	if (hits(log, PART_ENTRY, first, *ret_count))
		flip_item(ret, start, 2, fault.index - first);
	return STATUS_OK;
}

static enum status read_bodies(void *self, uint32_t log, uint64_t first, uint64_t count,
                               struct buf *ret, uint64_t *ret_count, struct error *err)
{
	size_t start = ret->len;
	TRY(fault.real->read_bodies(self, log, first, count, ret, ret_count, err));
	if (hits(log, PART_BODY, first, *ret_count))
		flip_item(ret, start, 4, fault.index - first);
	return STATUS_OK;
}

static enum status get_tile(void *self, uint32_t log, unsigned level, uint64_t index,
                            struct buf *ret, struct error *err)
{
	TRY(fault.real->get_tile(self, log, level, index, ret, err));
	if (level == fault.level && hits(log, PART_TILE, index, 1))
		ret->data[40] ^= 1;
	return STATUS_OK;
}

struct through {
	store_row *row;
	void *context;
	uint64_t nth;
	bool is_hit;
};

static bool pass_row(void *context, struct view key, struct view value)
{
	struct through *through = context;
	CLEANUP_BUF struct buf changed = BUF_INIT(16 << 20);
	buf_append_view(&changed, value);
	if (through->is_hit && through->nth++ == fault.index)
		changed.data[changed.len - 10] ^= 1;
	return through->row(through->context, key, buf_view(&changed));
}

static enum status scan(void *self, enum store_table table, struct view prefix,
                        struct view from, store_row *row, void *context,
                        struct error *err)
{
	struct through through = {row, context, 0, fault.part == PART_ROW};
	through.is_hit = through.is_hit && table == fault.table && prefix.len == 4 &&
	                 prefix.data[3] == fault.log;
	return fault.real->scan(self, table, prefix, from, pass_row, &through, err);
}

struct fixture {
	struct world world;
	struct desk *desk; /* of north */
	uint32_t own, other;
};

static void talk(struct fixture *f)
{
	for (int i = 0; i < MESSAGES; i++) {
		char text[64];
		snprintf(text, sizeof text, "message %d", i);
		(void)world_say(&f->world, i % 7 == 0 ? SOUTH : NORTH, text);
		if (i % 50 == 0)
			world_settle(&f->world);
	}
	world_settle(&f->world);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	world_init(&f->world, 2, NULL);
	talk(f);
	f->desk = f->world.desks[NORTH].desk;
	f->own = f->desk->channels[0]->logs[0]->number;
	f->other = f->desk->channels[0]->logs[1]->number;
	memset(&fault, 0, sizeof fault);
	fault.real = f->desk->store.ops;
	fault.ops = *fault.real;
	fault.ops.read_entries = read_entries;
	fault.ops.read_bodies = read_bodies;
	fault.ops.get_tile = get_tile;
	fault.ops.scan = scan;
	f->desk->store.ops = &fault.ops;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	f->desk->store.ops = fault.real;
	world_release(&f->world);
	free(f);
	return 0;
}

static struct desk_checker *check(struct fixture *f, struct desk_checker_view *ret_view)
{
	struct desk_checker *checker = NULL;
	assert_int_equal(desk_checker_new(f->desk, 0, &checker, NULL), STATUS_OK);
	desk_turn_begin(f->desk, f->world.now_ms);
	while (desk_checker_step(checker))
		;
	assert_int_equal(desk_turn_end(f->desk, NULL), STATUS_OK);
	desk_checker_look(checker, ret_view);
	return checker;
}

/* Exactly these sentences, each up to its end or a part of it. */
static void expect(struct fixture *f, const char *const *sentences)
{
	struct desk_checker_view view;
	struct desk_check_result result;
	struct error err;
	struct desk_checker *checker = check(f, &view);
	size_t count = 0;
	while (sentences[count])
		count++;
	for (size_t i = 0; i < view.finding_count; i++)
		if (i >= count || !strstr(view.findings[i].text, sentences[i]))
			fail_msg("found: %s", view.findings[i].text);
	assert_int_equal(view.finding_count, count);
	assert_int_equal(view.done, view.total);
	desk_checker_free(checker);
	if (count == 0)
		assert_int_equal(desk_check(f->desk, &result, &err), STATUS_OK);
	else
		assert_int_equal(desk_check(f->desk, &result, &err), STATUS_MALFORMED);
	assert_true(count == 0 || strstr(err.text, sentences[0]));
}

#define EXPECT(...) expect(f, (const char *const[]){__VA_ARGS__, NULL})

static void a_whole_store_is_whole(void **state)
{
	struct fixture *f = *state;
	struct desk_checker_view view;
	struct desk_checker *checker = check(f, &view);
	assert_int_equal(view.finding_count, 0);
	assert_int_equal(view.done, view.total);
	assert_int_equal(view.result.logs, 2);
	assert_true(view.result.entries >= MESSAGES);
	assert_true(view.result.bodies >= MESSAGES);
	assert_true(view.result.checkpoints > 10);
	assert_true(view.result.cosignatures > 10);
	desk_checker_free(checker);
	expect(f, (const char *const[]){NULL});
}

static void a_body_is_named(void **state)
{
	struct fixture *f = *state;
	fault.part = PART_BODY;
	fault.log = f->own;
	fault.index = 300;
	EXPECT("the body of north.example#300 is damaged");
	fault.log = f->other;
	fault.index = 40;
	EXPECT("the body of south.example#40 is damaged");
}

static void an_entry_is_named_in_a_tile_and_behind_the_last(void **state)
{
	struct fixture *f = *state;
	uint64_t size = f->desk->channels[0]->logs[0]->tree.size;
	char last[64];
	fault.part = PART_ENTRY;
	fault.log = f->own;
	fault.index = 17;
	EXPECT("the entry north.example#17 is not the one that was signed");
	fault.index = size - 1;
	snprintf(last, sizeof last, "the entry north.example#%u is not the one",
	         (unsigned)fault.index);
	assert_true(size % TLOG_TILE_WIDTH > 1);
	EXPECT(last);
}

static void a_tile_is_named_and_not_its_entries(void **state)
{
	struct fixture *f = *state;
	fault.part = PART_TILE;
	fault.log = f->own;
	fault.index = 1;
	EXPECT("tile 0/1 of ");
	fault.level = 1;
	fault.index = 0;
	EXPECT("tile 1/0 of ");
}

static void what_can_t_be_read_leaves_the_other_logs(void **state)
{
	struct fixture *f = *state;
	struct desk_checker_view view;
	struct desk_checker *checker;
	fault.part = PART_ENTRY;
	fault.log = f->own;
	fault.index = 100;
	fault.is_lost = true;
	EXPECT("north.example#64 can't be read: a chunk is torn");
	checker = check(f, &view);
	assert_int_equal(view.result.logs, 2);
	desk_checker_free(checker);
}

static void rows_are_checked(void **state)
{
	struct fixture *f = *state;
	fault.part = PART_ROW;
	fault.log = f->own;
	fault.table = STORE_RECEIPT;
	fault.index = 3;
	struct desk_checker_view view;
	struct desk_checker *checker = check(f, &view);
	assert_true(view.finding_count > 0);
	assert_non_null(
	    strstr(view.findings[0].text, " by south.example does not verify"));
	desk_checker_free(checker);
	fault.table = STORE_CHECKPOINT;
	fault.index = 0;
	checker = check(f, &view);
	assert_true(view.finding_count > 0);
	assert_non_null(strstr(view.findings[0].text, "that is kept is damaged"));
	desk_checker_free(checker);
}

/* While others write on. */
static void slices_are_small_and_the_desk_goes_on(void **state)
{
	struct fixture *f = *state;
	struct desk_checker *checker = NULL;
	struct desk_checker_view view;
	unsigned steps = 1;
	uint64_t done = 0;
	assert_int_equal(desk_checker_new(f->desk, 0, &checker, NULL), STATUS_OK);
	for (bool goes_on = true; goes_on; steps++) {
		desk_turn_begin(f->desk, f->world.now_ms);
		goes_on = desk_checker_step(checker);
		assert_int_equal(desk_turn_end(f->desk, NULL), STATUS_OK);
		desk_checker_look(checker, &view);
		assert_true(view.done >= done && view.done <= view.total);
		done = view.done;
		if (steps % 3 == 0) {
			(void)world_say(&f->world, NORTH, "meanwhile");
			(void)world_say(&f->world, SOUTH, "meanwhile");
			world_settle(&f->world);
		}
	}
	assert_true(steps > 10);
	assert_int_equal(view.finding_count, 0);
	desk_checker_free(checker);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(a_whole_store_is_whole),
	    TEST(a_body_is_named),
	    TEST(an_entry_is_named_in_a_tile_and_behind_the_last),
	    TEST(a_tile_is_named_and_not_its_entries),
	    TEST(what_can_t_be_read_leaves_the_other_logs),
	    TEST(rows_are_checked),
	    TEST(slices_are_small_and_the_desk_goes_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
