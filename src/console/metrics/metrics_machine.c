/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metrics of what the desk runs on.
 */
#include "console/metrics/metrics.h"

/* ---- processes ---- */

static void write_processes(struct metrics_page *page, const struct figures *figures)
{
	const struct {
		const char *name;
		const struct figures_process *process;
	} all[] = {{"desk", &figures->desk}, {"front", &figures->front.process}};
	struct metrics_writer *writer = &page->writer;
	size_t count = figures->has_front ? 2 : 1;

	metrics_family(writer, "aldis_process_start_time_seconds", METRICS_GAUGE,
	               "When the process was started, since 1970-01-01 UTC.");
	for (size_t i = 0; i < count; i++) {
		metrics_label(writer, "process", all[i].name);
		metrics_ms(writer, all[i].process->started_ms);
	}
	metrics_family(writer, "aldis_process_resident_memory_bytes", METRICS_GAUGE,
	               "Memory of the process that is resident.");
	for (size_t i = 0; i < count; i++) {
		if (all[i].process->usage.resident_len == 0)
			continue;
		metrics_label(writer, "process", all[i].name);
		metrics_integer(writer, all[i].process->usage.resident_len);
	}
	metrics_family(writer, "aldis_process_cpu_seconds_total", METRICS_COUNTER,
	               "Time of processors that the process has used.");
	for (size_t i = 0; i < count; i++) {
		metrics_label(writer, "process", all[i].name);
		metrics_us(writer, all[i].process->usage.cpu_us);
	}
}

/* ---- store ---- */

static void write_store(struct metrics_page *page,
                        const struct store_sqlite_figures *store)
{
	metrics_page_gauge(page, "aldis_store_size_bytes", store->pages * store->page_len,
	                   "Size of the database.");
	metrics_page_gauge(page, "aldis_store_log_size_bytes", store->log_len,
	                   "Size of the database's write-ahead log.");
	metrics_page_gauge(page, "aldis_store_pages", store->pages,
	                   "Pages of the database.");
	metrics_page_gauge(page, "aldis_store_free_pages", store->free_pages,
	                   "Pages of the database that are free.");
	metrics_family(&page->writer, "aldis_store_commit_duration_seconds",
	               METRICS_HISTOGRAM, "How long commits took, with their flush.");
	metrics_histogram(&page->writer, &store->commits);
}

/* ---- doors ---- */

static const char *const door_names[FIGURES_DOORS] = {"local", "link", "witness",
                                                      "console"};

typedef uint64_t door_value(const struct figures_door *door);

static uint64_t connections_of(const struct figures_door *door)
{
	return door->connections;
}

static uint64_t accepted_of(const struct figures_door *door)
{
	return door->accepted;
}

static void write_doors(struct metrics_page *page, const struct figures_front *front,
                        const char *name, enum metrics_kind kind, door_value *value,
                        const char *help)
{
	metrics_family(&page->writer, name, kind, help);
	for (size_t i = 0; i < FIGURES_DOORS; i++) {
		if (!front->doors[i].is_open)
			continue;
		metrics_label(&page->writer, "door", door_names[i]);
		metrics_integer(&page->writer, value(&front->doors[i]));
	}
}

static void write_answers(struct metrics_page *page, const struct figures_front *front)
{
	static const char *const classes[FIGURES_CLASSES] = {NULL,  "1xx", "2xx",
	                                                     "3xx", "4xx", "5xx"};
	struct metrics_writer *writer = &page->writer;

	metrics_family(writer, "aldis_http_requests_total", METRICS_COUNTER,
	               "Requests that got an answer, by the class of its status.");
	for (size_t i = 0; i < FIGURES_DOORS; i++)
		for (size_t class = 2; front->doors[i].is_open && class < FIGURES_CLASSES;
		     class ++) {
			metrics_label(writer, "door", door_names[i]);
			metrics_label(writer, "code", classes[class]);
			metrics_integer(writer, front->doors[i].answers[class]);
		}
}

static void write_refused_connections(struct metrics_page *page,
                                      const struct figures_front *front)
{
	struct metrics_writer *writer = &page->writer;

	metrics_family(writer, "aldis_http_connections_refused_total", METRICS_COUNTER,
	               "Connections closed because of a wrong key or user, a limit, or "
	               "a request that did not come to its end.");
	for (size_t i = 0; i < FIGURES_DOORS; i++) {
		const struct figures_door *door = &front->doors[i];
		const struct {
			const char *why;
			uint64_t count;
		} all[] = {{"stranger", door->refused},
		           {"limit", door->limited},
		           {"slow", door->slow}};

		for (size_t why = 0; door->is_open && why < 3; why++) {
			metrics_label(writer, "door", door_names[i]);
			metrics_label(writer, "why", all[why].why);
			metrics_integer(writer, all[why].count);
		}
	}
}

static void write_front(struct metrics_page *page, const struct figures_front *front)
{
	write_doors(page, front, "aldis_http_connections", METRICS_GAUGE, connections_of,
	            "Connections that are open.");
	write_doors(page, front, "aldis_http_connections_total", METRICS_COUNTER,
	            accepted_of, "Connections that were accepted.");
	write_refused_connections(page, front);
	write_answers(page, front);
	metrics_page_gauge(page, "aldis_front_queued_bytes", front->queued_len,
	                   "What waits in the front for the desk's process.");
}

void metrics_machine(struct metrics_page *page, const struct figures *figures)
{
	if (figures->has_store) {
		write_processes(page, figures);
		write_store(page, &figures->store);
	}
	if (figures->has_front)
		write_front(page, &figures->front);
}
