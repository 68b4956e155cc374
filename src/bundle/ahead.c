/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ring of items between the thread that fills them and the reader who takes them. The
 * list belongs to the filling side alone until the stop.
 */
#include "bundle/ahead.h"

#include <signal.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "bundle/file_in.h"

#include <assert.h>

/* Filling */

static bool is_small(int folder, const char *path)
{
	CLEANUP_FD int fd = -1;
	struct stat info;

	return bundle_file_open(folder, path, &fd, NULL) != STATUS_OK ||
	       (fstat(fd, &info) == 0 && info.st_size <= BUNDLE_AHEAD_LEN_MAX);
}

static void read_file(struct bundle_item *item, int folder)
{
	item->is_read = is_small(folder, item->path.text);
	if (!item->is_read)
		return;
	item->content.max = BUNDLE_AHEAD_LEN_MAX;
	item->read_status =
	    bundle_file_read(folder, item->path.text, &item->content, &item->read_error);
	if (item->read_status != STATUS_OK)
		return;
	struct hash found = sha256(buf_view(&item->content));
	if (!hash_equal(&found, &item->listed))
		item->read_status = bundle_file_is_changed(&item->read_error);
}

/* The next line and its file; false when there is nothing behind it. */
static bool fill(struct bundle_ahead *ahead, struct bundle_item *item)
{
	struct bundle_list *list = ahead->list;

	if (!list->has_next) {
		item->list_status = STATUS_CLOSED;
		return false;
	}
	item->path = list->next;
	item->list_status =
	    bundle_list_take(list, item->path.text, &item->listed, &item->list_error);
	if (item->list_status == STATUS_OK)
		read_file(item, list->folder);
	return item->list_status == STATUS_OK;
}

static struct bundle_item *free_item(struct bundle_ahead *ahead)
{
	return &ahead->items[(ahead->first + ahead->count) % BUNDLE_AHEAD_SLOTS];
}

static void *run(void *context)
{
	struct bundle_ahead *ahead = context;

	pthread_mutex_lock(&ahead->lock);
	while (!ahead->is_stopping && !ahead->is_done) {
		if (ahead->count == BUNDLE_AHEAD_SLOTS) {
			pthread_cond_wait(&ahead->may_read, &ahead->lock);
			continue;
		}
		struct bundle_item *item = free_item(ahead);
		pthread_mutex_unlock(&ahead->lock);
		bool goes_on = fill(ahead, item);
		pthread_mutex_lock(&ahead->lock);
		ahead->is_done = !goes_on;
		if (ahead->count++ == 0)
			pthread_cond_signal(&ahead->may_take);
	}
	pthread_mutex_unlock(&ahead->lock);
	return NULL;
}

/* The thread gets no signals: they are the business of the program. */
static bool start_thread(struct bundle_ahead *ahead)
{
	sigset_t all, before;

	sigfillset(&all);
	if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
		return false;
	bool is_started = pthread_create(&ahead->thread, NULL, run, ahead) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return is_started;
}

void bundle_ahead_start(struct bundle_ahead *ahead, struct bundle_list *list)
{
	ahead->list = list;
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->may_read, NULL);
	pthread_cond_init(&ahead->may_take, NULL);
	ahead->is_started = true;
	ahead->has_thread = start_thread(ahead);
}

/* Taking */

/* Gives the item of before back. The other side is woken only when half of the ring is
 * free: each wake costs more than a small file. */
static void give_back(struct bundle_ahead *ahead)
{
	if (!ahead->is_taken)
		return;
	ahead->is_taken = false;
	ahead->first = (ahead->first + 1) % BUNDLE_AHEAD_SLOTS;
	if (--ahead->count == BUNDLE_AHEAD_SLOTS / 2)
		pthread_cond_signal(&ahead->may_read);
}

/* The next item, once it is ready. Behind the end it is the end again. */
static struct bundle_item *next_item(struct bundle_ahead *ahead)
{
	pthread_mutex_lock(&ahead->lock);
	give_back(ahead);
	if (!ahead->has_thread && ahead->count == 0) {
		(void)fill(ahead, free_item(ahead));
		ahead->count++;
	}
	while (ahead->count == 0)
		pthread_cond_wait(&ahead->may_take, &ahead->lock);
	pthread_mutex_unlock(&ahead->lock);
	return &ahead->items[ahead->first];
}

bool bundle_ahead_is_next(struct bundle_ahead *ahead, const char *path)
{
	const struct bundle_item *item = next_item(ahead);

	return item->list_status != STATUS_CLOSED && strcmp(item->path.text, path) == 0;
}

enum status bundle_ahead_take(struct bundle_ahead *ahead, const char *path,
                              struct bundle_item **ret_item, struct error *err)
{
	struct bundle_item *item = next_item(ahead);
	bool is_end = item->list_status == STATUS_CLOSED;

	if (is_end || strcmp(item->path.text, path) != 0)
		return error_set(err, STATUS_MALFORMED,
		                 "the list of files names %s where %s must stand",
		                 is_end ? "nothing" : item->path.text, path);
	if (item->list_status != STATUS_OK)
		return error_set(err, item->list_status, "%s", item->list_error.text);
	ahead->is_taken = true;
	*ret_item = item;
	return STATUS_OK;
}

enum status bundle_ahead_end(struct bundle_ahead *ahead, struct error *err)
{
	const struct bundle_item *item = next_item(ahead);

	if (item->list_status == STATUS_CLOSED)
		return STATUS_OK;
	return error_set(err, STATUS_MALFORMED,
	                 "it names %s, which nothing in the export refers to",
	                 item->path.text);
}

void bundle_ahead_stop(struct bundle_ahead *ahead)
{
	if (!ahead->is_started)
		return;
	pthread_mutex_lock(&ahead->lock);
	ahead->is_stopping = true;
	pthread_cond_signal(&ahead->may_read);
	pthread_mutex_unlock(&ahead->lock);
	if (ahead->has_thread) {
		int failed = pthread_join(ahead->thread, NULL);

		assert(failed == 0);
	}
	pthread_cond_destroy(&ahead->may_take);
	pthread_cond_destroy(&ahead->may_read);
	pthread_mutex_destroy(&ahead->lock);
	for (size_t i = 0; i < BUNDLE_AHEAD_SLOTS; i++)
		buf_release(&ahead->items[i].content);
	*ahead = (struct bundle_ahead){0};
}
