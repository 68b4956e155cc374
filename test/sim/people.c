/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A letter is tried again until the desk has taken it, or had taken it before.
 */
#include "sim/people.h"

#include <inttypes.h>
#include <stdlib.h>

#include "sim/charters.h"

enum { ATTACHMENTS_MAX = 3, LOOK_MS = 5 * 60 * 1000 };

struct people {
	struct host *host;
	struct letter *letters;
	size_t count, cap;
	uint64_t next_number;
	bool has_left;
};

struct people *people_new(struct host *host)
{
	struct people *people = calloc(1, sizeof *people);
	if (!people)
		abort();
	people->host = host;
	return people;
}

void people_free(struct people *people)
{
	if (!people)
		return;
	free(people->letters);
	free(people);
}

size_t people_letter_count(const struct people *people)
{
	return people->count;
}

const struct letter *people_letter(const struct people *people, size_t nth)
{
	return &people->letters[nth];
}

static enum status put_attachments(struct people *people, const struct letter *letter,
                                   struct record_blob_ref *ret_refs, struct error *err)
{
	struct chance chance =
	    chance_of(people->host->sim->seed,
	              1000 + people->host->member * 100000 + letter->number);
	for (size_t i = 0; i < letter->attachment_count; i++) {
		static const uint64_t lens[] = {10, 5000, 100000};
		size_t len = 1 + chance_below(&chance, lens[chance_below(&chance, 3)]);
		CLEANUP_BUF struct buf content = BUF_INIT(1 << 20);
		uint8_t *bytes = buf_extend(&content, len);
		if (!bytes)
			abort();
		chance_bytes(&chance, bytes, len);
		TRY(desk_put_attachment(people->host->desk, 0, buf_view(&content),
		                        &ret_refs[i], err));
	}
	return STATUS_OK;
}

static enum status submit(struct people *people, struct letter *letter, struct error *err)
{
	struct desk *desk = people->host->desk;
	struct record_blob_ref refs[ATTACHMENTS_MAX];
	struct record_message_id re, id;
	struct record_name to[SIM_DESKS_MAX];
	CLEANUP_BUF struct buf body = BUF_INIT(4096), key = BUF_INIT(64);
	uint64_t first, count;
	buf_printf(&key, "letter-%" PRIu64, letter->number);
	struct hash digest = sha256(buf_view(&key));
	enum status status =
	    desk_submission_find(desk, 0, buf_view(&key), &digest, &first, &count, err);
	if (status == STATUS_OK)
		letter->index = first;
	if (status != STATUS_NOT_FOUND)
		return status;
	bool has_re = letter_choose_re(people->host, letter, &re);
	letter_fill(people->host, letter, &body);
	TRY(put_attachments(people, letter, refs, err));
	struct desk_draft draft = {.kind = letter->kind,
	                           .to = to,
	                           .to_count = letter_choose_to(people->host, to),
	                           .re = has_re ? &re : NULL,
	                           .body = buf_view(&body),
	                           .attachments = refs,
	                           .attachment_count = letter->attachment_count};
	TRY(desk_submit(desk, 0, &draft, &id, err));
	letter->index = id.index;
	return desk_submission_note(desk, 0, buf_view(&key), &digest, id.index, 1, err);
}

bool people_was_refused(const struct people *people, const struct letter *letter)
{
	CLEANUP_BUF struct buf key = BUF_INIT(64);
	uint64_t first, count;
	buf_printf(&key, "letter-%" PRIu64, letter->number);
	struct hash digest = sha256(buf_view(&key));
	return desk_submission_find(people->host->desk, 0, buf_view(&key), &digest,
	                            &first, &count, NULL) == STATUS_CONFLICT;
}

void people_work(struct people *people)
{
	struct host *host = people->host;
	struct error err;
	if (desk_channel_count(host->desk) == 0)
		return;
	for (size_t i = 0; i < people->count && !host->is_dead; i++) {
		struct letter *letter = &people->letters[i];
		if (letter->state != LETTER_OPEN)
			continue;
		letter->was_tried = true;
		enum status status = submit(people, letter, &err);
		if (status == STATUS_CLOSED && people->has_left)
			letter->state = LETTER_EXCUSED;
		else if (status != STATUS_OK && !host->is_dead &&
		         !powerloss_is_cut(host->disk))
			sim_fail(host->sim, "%s refuses a letter: %s", host->label,
			         err.text);
	}
}

void people_turn_ended(struct people *people, bool is_durable)
{
	for (size_t i = 0; i < people->count; i++) {
		struct letter *letter = &people->letters[i];
		if (letter->was_tried && is_durable && letter->state == LETTER_OPEN) {
			letter->state = LETTER_ACCEPTED;
			letter->accepted_ms = people->host->sim->now_ms;
		}
		letter->was_tried = false;
	}
}

static void write_letter(struct people *people, const char *kind)
{
	struct host *host = people->host;
	struct sim *sim = host->sim;
	people->letters = sim_grow(people->letters, &people->cap, people->count,
	                           sizeof *people->letters);
	struct letter *letter = &people->letters[people->count++];
	*letter = (struct letter){
	    .number = people->next_number++, .index = DESK_QUEUED_INDEX, .kind = kind};
	if (strcmp(letter->kind, "incident") == 0)
		letter->attachment_count =
		    chance_below(&sim->work_chance, ATTACHMENTS_MAX + 1);
	sim->tally.messages++;
	if (host_is_up(host))
		host_put(host, (struct host_input){.kind = HOST_WORK});
}

void people_write_now(struct people *people)
{
	struct sim *sim = people->host->sim;
	if (!people->has_left && people->host->may_enter)
		write_letter(people, letter_choose_kind(sim, &sim->work_chance));
}

void people_leave(struct people *people)
{
	people->has_left = true;
	write_letter(people, "leave");
}

void people_write(struct sim *sim, void *subject, uint64_t number)
{
	struct host *host = subject;
	struct chance *chance = &sim->work_chance;
	if (sim->now_ms >= sim->quiet_ms)
		return;
	people_write_now(host->people);
	agenda_add(&sim->agenda,
	           sim->now_ms + 1 +
	               (int64_t)chance_below(chance,
	                                     (uint64_t)sim->weather.message_every_ms * 2),
	           people_write, host, 0);
}

static bool has_open_letter(const struct people *people)
{
	for (size_t i = 0; i < people->count; i++)
		if (people->letters[i].state == LETTER_OPEN)
			return true;
	return false;
}

static bool stop_reading(void *context, uint64_t position,
                         const struct desk_message *message)
{
	return false;
}

/* Somebody looks at what is new, so that its place in the joint order is found now. */
static void read_on(struct host *host)
{
	struct error err;
	plant_activate(host_plant(host));
	enum status status =
	    desk_messages(host->desk, 0, UINT64_MAX, stop_reading, NULL, NULL, &err);
	plant_activate(PLANT_NONE);
	if (status != STATUS_OK)
		sim_fail(host->sim, "%s can't list its messages: %s", host->label,
		         err.text);
}

void people_look(struct sim *sim, void *subject, uint64_t number)
{
	struct host *host = subject;
	if (host_is_up(host) && has_open_letter(host->people))
		host_put(host, (struct host_input){.kind = HOST_WORK});
	charters_look(host);
	if (host_is_up(host) && desk_channel_count(host->desk) > 0) {
		struct desk_log_info info;
		if (chance_one_in(&host->chance, 4))
			read_on(host);
		desk_log(host->desk, 0, host->member, &info);
		if (info.state == DESK_LOG_FROZEN)
			host_put(host, (struct host_input){.kind = HOST_RECOVER});
	}
	agenda_add(&sim->agenda, sim->now_ms + LOOK_MS, people_look, host, 0);
}

void people_excuse(struct people *people, int64_t backup_ms)
{
	const struct host *host = people->host;
	const struct sim *sim = host->sim;
	uint64_t held = 0;
	for (size_t i = 0; i < sim->host_count; i++)
		if (sim->hosts[i] != host && sim_is_honest(sim, sim->hosts[i]) &&
		    past_size(&sim->hosts[i]->pasts[host->member]) > held)
			held = past_size(&sim->hosts[i]->pasts[host->member]);
	for (size_t i = 0; i < people->count; i++) {
		struct letter *letter = &people->letters[i];
		bool is_known = letter->index != DESK_QUEUED_INDEX;
		if (letter->state == LETTER_OPEN)
			letter->may_repeat = true;
		else if (letter->accepted_ms >= backup_ms &&
		         !(is_known && letter->index < held))
			letter->state = LETTER_EXCUSED;
	}
}
