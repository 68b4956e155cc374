/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A channel of 193 desks in one process: real rules, real signatures, stores in memory, a
 * network that delivers at once. How long until a pledge that one offers is cosigned by
 * all others, and until all have accepted and every acceptance is cosigned by all? No
 * floor: it is the work of 193 machines done by one.
 */
#include <stdio.h>
#include <sys/resource.h>

#include "bench/bench.h"
#include "bench/machine.h"
#include "test/desk/world.h"

enum { CROWD_DESKS = 193 };

static const char offer[] =
    "{\"language\":\"en\",\"title\":\"No first use\","
    "\"text\":\"We will not be the first to attack with these means.\"}";

static enum status submit(struct world *world, size_t desk, struct desk_draft *draft,
                          struct record_message_id *ret_id, struct error *err)
{
	struct desk *it = world->desks[desk].desk;

	desk_turn_begin(it, world->now_ms);
	TRY(desk_submit(it, 0, draft, ret_id, err));
	return desk_turn_end(it, err);
}

/* Is what a desk wrote cosigned by all others? */
static enum status check_cosigned(struct world *world, size_t desk, struct error *err)
{
	struct desk_log_info log;

	desk_log(world->desks[desk].desk, 0, desk, &log);
	if (log.cosigned_size != log.entry_count)
		return error_set(err, STATUS_BUG,
		                 "%s: %llu of %llu entries cosigned by all", log.desk,
		                 (unsigned long long)log.cosigned_size,
		                 (unsigned long long)log.entry_count);
	return STATUS_OK;
}

static void report(const struct bench_options *options, const char *name, double value,
                   const char *unit, const char *goal)
{
	report_line(options->is_json, &(struct report_line){.name = name,
	                                                    .value = value,
	                                                    .unit = unit,
	                                                    .floor = NAN,
	                                                    .ratio = NAN,
	                                                    .goal = goal});
}

static long peak_kib(void)
{
	struct rusage usage = {0};

	(void)getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static enum status run(const struct bench_options *options, struct world *world,
                       struct error *err)
{
	struct desk_draft draft = {.kind = "pledge.offer", .body = view_of_string(offer)};
	struct record_message_id pledge, accepted;
	double start_s = machine_now_s();

	TRY(submit(world, 0, &draft, &pledge, err));
	world_settle(world);
	TRY(check_cosigned(world, 0, err));
	report(options, "crowd_offer", machine_now_s() - start_s, "s", "<= 2");
	start_s = machine_now_s();
	draft = (struct desk_draft){.kind = "pledge.accept", .re = &pledge};
	for (size_t i = 1; i < world->desk_count; i++)
		TRY(submit(world, i, &draft, &accepted, err));
	world_settle(world);
	for (size_t i = 0; i < world->desk_count; i++)
		TRY(check_cosigned(world, i, err));
	report(options, "crowd_accept", machine_now_s() - start_s, "s", "<= 60");
	report(options, "crowd_rss", (double)peak_kib() / 1024, "MiB", NULL);
	return STATUS_OK;
}

enum status crowd_run(const struct bench_options *options, struct error *err)
{
	struct world world;
	enum status status;

	world_init(&world, CROWD_DESKS, "{\"duties\":[]}");
	status = run(options, &world, err);
	world_release(&world);
	return status;
}
