/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every job has a slot from its question until its result is taken, so what waits is
 * bounded on both sides of the thread. Tickets rise: the lowest that waits is the oldest.
 */
#include "daemon/password_worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

enum slot_state { SLOT_FREE, SLOT_WAITING, SLOT_RUNNING, SLOT_DONE };

struct slot {
	enum slot_state state;
	bool is_check;
	char password[PASSWORD_MAX + 1];
	struct password_result result; /* its hash is that to check against before */
};

struct password_worker {
	pthread_mutex_t lock;
	pthread_cond_t has_work;
	pthread_t thread;
	bool is_running; /* the thread was started */
	bool must_end;
	int results;        /* eventfd */
	struct slot *slots; /* locked memory */
};

static struct slot *oldest(struct password_worker *worker, enum slot_state state)
{
	struct slot *found = NULL;

	for (size_t i = 0; i < PASSWORD_WORKER_QUEUE; i++) {
		struct slot *slot = &worker->slots[i];

		if (slot->state == state &&
		    (found == NULL || slot->result.ticket < found->result.ticket))
			found = slot;
	}
	return found;
}

/* A running slot belongs to the thread: nobody else looks at more than its state. */
static void run(struct slot *slot)
{
	struct password_result *result = &slot->result;

	if (slot->is_check) {
		result->is_good = password_is(slot->password, result->hash);
		result->hash[0] = '\0';
	} else {
		result->is_good =
		    password_hash(slot->password, result->hash, NULL) == STATUS_OK;
	}
	sodium_memzero(slot->password, sizeof slot->password);
}

static void *work(void *context)
{
	struct password_worker *worker = context;
	const uint64_t one = 1;

	(void)pthread_mutex_lock(&worker->lock);
	while (!worker->must_end) {
		struct slot *slot = oldest(worker, SLOT_WAITING);

		if (slot == NULL) {
			(void)pthread_cond_wait(&worker->has_work, &worker->lock);
			continue;
		}
		slot->state = SLOT_RUNNING;
		(void)pthread_mutex_unlock(&worker->lock);
		run(slot);
		(void)pthread_mutex_lock(&worker->lock);
		slot->state = SLOT_DONE;
		(void)!write(worker->results, &one, sizeof one);
	}
	(void)pthread_mutex_unlock(&worker->lock);
	return NULL;
}

/* The thread must not take signals that are meant for the process. */
static enum status start(struct password_worker *worker, struct error *err)
{
	sigset_t all, before;
	int number;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	number = pthread_create(&worker->thread, NULL, work, worker);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (number != 0)
		return error_set(err, STATUS_SYSTEM, "can't start a thread: %s",
		                 strerror(number));
	worker->is_running = true;
	return STATUS_OK;
}

/* A fork of the process finds zeros. Locked memory lies at the end of its pages. */
static void forget_in_forks(const void *memory, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t end = (uintptr_t)memory + len;
	uintptr_t first = (uintptr_t)memory / page * page;

	(void)madvise((void *)first, end - first, MADV_WIPEONFORK);
}

enum status password_worker_new(struct password_worker **ret_worker, struct error *err)
{
	struct password_worker *worker = calloc(1, sizeof *worker);
	enum status status;

	if (worker == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for passwords");
	(void)pthread_mutex_init(&worker->lock, NULL);
	(void)pthread_cond_init(&worker->has_work, NULL);
	worker->results = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	worker->slots = sodium_allocarray(PASSWORD_WORKER_QUEUE, sizeof *worker->slots);
	if (worker->slots != NULL) {
		sodium_memzero(worker->slots,
		               PASSWORD_WORKER_QUEUE * sizeof *worker->slots);
		forget_in_forks(worker->slots,
		                PASSWORD_WORKER_QUEUE * sizeof *worker->slots);
	}
	status = worker->slots == NULL
	             ? error_set(err, STATUS_NO_MEMORY, "no locked memory for passwords")
	         : worker->results < 0 ? error_set_errno(err, "no descriptor for results")
	                               : start(worker, err);
	if (status != STATUS_OK) {
		password_worker_free(worker);
		return status;
	}
	*ret_worker = worker;
	return STATUS_OK;
}

void password_worker_free(struct password_worker *worker)
{
	if (worker == NULL)
		return;
	(void)pthread_mutex_lock(&worker->lock);
	worker->must_end = true;
	(void)pthread_cond_signal(&worker->has_work);
	(void)pthread_mutex_unlock(&worker->lock);
	if (worker->is_running)
		(void)pthread_join(worker->thread, NULL);
	(void)pthread_cond_destroy(&worker->has_work);
	(void)pthread_mutex_destroy(&worker->lock);
	if (worker->results >= 0)
		(void)close(worker->results);
	sodium_free(worker->slots); /* wipes */
	free(worker);
}

static void fill(struct slot *slot, uint64_t ticket, bool is_check, const char *password,
                 const char *hash)
{
	slot->is_check = is_check;
	slot->result = (struct password_result){.ticket = ticket};
	memcpy(slot->password, password, strlen(password) + 1);
	if (is_check)
		memcpy(slot->result.hash, hash, strlen(hash) + 1);
	slot->state = SLOT_WAITING;
}

enum status password_worker_ask(struct password_worker *worker, uint64_t ticket,
                                bool is_check, const char *password, const char *hash,
                                struct error *err)
{
	struct slot *slot;

	if (strlen(password) > PASSWORD_MAX ||
	    (is_check && strlen(hash) > PASSWORD_HASH_MAX))
		return error_set(err, STATUS_LIMIT,
		                 "a password has at most %d characters", PASSWORD_MAX);
	(void)pthread_mutex_lock(&worker->lock);
	slot = oldest(worker, SLOT_FREE);
	if (slot != NULL) {
		fill(slot, ticket, is_check, password, hash);
		(void)pthread_cond_signal(&worker->has_work);
	}
	(void)pthread_mutex_unlock(&worker->lock);
	if (slot == NULL)
		return error_set(err, STATUS_AGAIN,
		                 "too many passwords wait to be checked");
	return STATUS_OK;
}

int password_worker_fd(const struct password_worker *worker)
{
	return worker->results;
}

bool password_worker_take(struct password_worker *worker,
                          struct password_result *ret_result)
{
	struct slot *slot;
	uint64_t count;

	(void)pthread_mutex_lock(&worker->lock);
	slot = oldest(worker, SLOT_DONE);
	if (slot != NULL) {
		*ret_result = slot->result;
		sodium_memzero(slot, sizeof *slot); /* free again */
	} else {
		(void)!read(worker->results, &count, sizeof count);
	}
	(void)pthread_mutex_unlock(&worker->lock);
	return slot != NULL;
}
