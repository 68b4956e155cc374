/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is lost to everybody, or belongs to a desk that has to stay frozen, is not held
 * against the others.
 */
#include "sim/verdict.h"

#include <inttypes.h>
#include <stdlib.h>

#include "sim/charters.h"
#include "sim/host.h"
#include "sim/people.h"
#include "sim/registers.h"

enum { LETTERS_MAX = 4096 };

/* What one desk shows of the whole channel. */
struct listing {
	struct sim *sim;
	struct record_message_id *ids;
	size_t count, cap, waiting, equivocations;
	unsigned *letters; /* times that a letter is there, by member and number */
};

static bool is_settled(const struct host *host)
{
	return !host->may_stay_frozen;
}

/* An honest desk that is a member in the end. */
static bool takes_part(const struct sim *sim, const struct host *host)
{
	return sim_is_honest(sim, host) && host->has_entered &&
	       charters_has_member(sim, host->member);
}

static bool has_left(const struct host *host)
{
	return host->pasts[host->member].end != UINT64_MAX;
}

static void judge_state(struct sim *sim, struct host *host)
{
	struct desk_log_info info;
	if (!host_is_up(host)) {
		sim_fail(sim, "%s is down in the end", host->label);
		return;
	}
	desk_log(host->desk, 0, host->member, &info);
	if (info.state != DESK_LOG_READY && is_settled(host))
		sim_fail(sim, "%s can't write in the end: %s", host->label, info.why);
	if (info.state != DESK_LOG_READY)
		sim->tally.frozen++;
	struct desk_check_result result;
	struct error err;
	if (desk_check(host->desk, &result, &err) != STATUS_OK)
		sim_fail(sim, "%s does not stand a check: %s", host->label, err.text);
	for (size_t m = 0; m < sim->desk_count; m++)
		if (host->must_regain[m] && is_settled(host) &&
		    is_settled(sim->hosts[m]) && m != sim->hostile)
			sim_fail(sim, "%s never regains what a backup took of %s",
			         host->label, sim->hosts[m]->label);
}

/* Whatever its clock did before: it writes its checks and asks the others. */
static void judge_routine(struct sim *sim, struct host *host)
{
	struct desk_log_info own;
	int64_t now_ms = host_clock_ms(host);
	desk_log(host->desk, 0, host->member, &own);
	int64_t ago_s = now_ms / 1000 - own.last_check_s;
	if (is_settled(host) && !has_left(host) && (ago_s < 0 || ago_s > 3600))
		sim_fail(sim, "%s wrote its last check %" PRId64 " s ago", host->label,
		         ago_s);
	for (size_t i = 0; i < desk_peer_count(host->desk); i++) {
		struct desk_peer peer = desk_peer_view(host->desk, i);
		size_t m = sim_member(sim, peer.card->name.text);
		int64_t silent_ms = now_ms - peer.last_heard_ms;
		if (takes_part(sim, sim->hosts[m]) &&
		    (silent_ms < 0 || silent_ms > 2 * sim->weather.poll_ms))
			sim_fail(sim, "%s heard of %s last %" PRId64 " ms ago",
			         host->label, sim->hosts[m]->label, silent_ms);
	}
}

/* A member that withholds its cosignature from the only other one keeps it from the
 * witness too. */
static bool has_receipt(const struct host *host)
{
	struct desk_receipt_info receipt;
	for (size_t nth = 0; desk_receipt(host->desk, 0, nth, &receipt); nth++)
		if (receipt.size > 0)
			return true;
	return false;
}

/* Since nothing went wrong any more it was asked, and it knows the log. */
static void judge_witness(struct sim *sim, struct host *host)
{
	struct desk_witness_info info;
	struct desk_log_info log;
	desk_log(host->desk, 0, host->member, &log);
	if (!sim->neutral || log.state != DESK_LOG_READY || has_left(host) ||
	    !has_receipt(host))
		return;
	if (!desk_witness(host->desk, 0, 0, &info))
		sim_fail(sim, "%s knows of no witness", host->label);
	else if (info.time_s < sim->calm_ms / 1000 || info.size == 0)
		sim_fail(sim,
		         "the witness has seen %" PRIu64
		         " entries of %s, last at %" PRId64 " (%s)",
		         info.size, host->label, info.time_s, info.error);
}

static void judge_receipts(struct sim *sim, struct host *host)
{
	struct desk_receipt_info info;
	struct desk_log_info own;
	desk_log(host->desk, 0, host->member, &own);
	for (size_t i = 0; desk_receipt(host->desk, 0, i, &info); i++) {
		size_t m = sim_member(sim, info.member);
		if (!takes_part(sim, sim->hosts[m]) || !is_settled(host))
			continue;
		if (info.size != own.entry_count || info.queued != 0)
			sim_fail(sim,
			         "%s has receipts of %s for %" PRIu64 " of %" PRIu64
			         " entries",
			         host->label, sim->hosts[m]->label, info.size,
			         own.entry_count);
	}
}

static void judge_pair(struct sim *sim, struct host *host, struct host *other, size_t m)
{
	struct desk_log_info a, b;
	if (!is_settled(sim->hosts[m]) || !sim->hosts[m]->has_entered)
		return; /* who holds how much of it is chance */
	desk_log(host->desk, 0, m, &a);
	desk_log(other->desk, 0, m, &b);
	uint64_t size_a = a.is_own ? a.signed_size : a.cosigned_size;
	uint64_t size_b = b.is_own ? b.signed_size : b.cosigned_size;
	const char *whose = sim->hosts[m]->label;
	if (size_a != size_b)
		sim_fail(sim, "%s holds %" PRIu64 " entries of %s, %s %" PRIu64,
		         host->label, size_a, whose, other->label, size_b);
	else if (!hash_equal(&a.cosigned_root, &b.cosigned_root))
		sim_fail(sim, "%s and %s hold different logs of %s", host->label,
		         other->label, whose);
}

/* Has the hostile member shown these two different histories? */
static bool is_fork_between(const struct sim *sim, const struct host *a,
                            const struct host *b)
{
	const struct past *one = &a->pasts[sim->hostile], *two = &b->pasts[sim->hostile];
	uint64_t size = past_size(one) < past_size(two) ? past_size(one) : past_size(two);
	struct hash root_one = past_root(one, size), root_two = past_root(two, size);
	return !hash_equal(&root_one, &root_two);
}

/* A desk that can't write tells nobody what it saw, so nobody compares. */
static bool judge_fork(struct sim *sim)
{
	bool is_forked = false, must_be_caught = false;
	for (size_t i = 0; sim->hostile != SIZE_MAX && i < sim->desk_count; i++) {
		struct host *host = sim->hosts[i];
		if (!takes_part(sim, host))
			continue;
		sim->tally.evidence += desk_evidence_count(host->desk);
		for (size_t j = 0; j < i; j++) {
			const struct host *other = sim->hosts[j];
			if (!takes_part(sim, other) || !is_fork_between(sim, host, other))
				continue;
			is_forked = true;
			must_be_caught =
			    must_be_caught || (is_settled(host) && is_settled(other));
		}
	}
	if (must_be_caught && sim->tally.evidence == 0)
		sim_fail(sim, "%s has shown two histories and nobody holds the proof",
		         sim->hosts[sim->hostile]->label);
	/* two machines may also differ only in how far they got */
	return is_forked || sim->tally.evidence > 0 || sim->weather.hostile == SIM_TWIN;
}

static bool list_row(void *context, uint64_t position, const struct desk_message *message)
{
	struct listing *listing = context;
	size_t member;
	uint64_t number;
	listing->waiting += message->is_waiting;
	if (message->envelope && strcmp(message->envelope->kind, "equivocation") == 0 &&
	    takes_part(
	        listing->sim,
	        listing->sim->hosts[sim_member(listing->sim, message->id.desk.text)]))
		listing->equivocations++;
	listing->ids =
	    sim_grow(listing->ids, &listing->cap, listing->count, sizeof *listing->ids);
	listing->ids[listing->count++] = message->id;
	size_t at = view_find(message->body, view_of_string("\"letter-"));
	if (at == SIZE_MAX)
		return true;
	char text[64] = "";
	struct view rest = view_from(message->body, at + 1);
	memcpy(text, rest.data, rest.len < sizeof text ? rest.len : sizeof text - 1);
	if (sscanf(text, "letter-%zu-%" SCNu64 ";", &member, &number) == 2 &&
	    member < SIM_DESKS_MAX && number < LETTERS_MAX)
		listing->letters[member * LETTERS_MAX + number]++;
	return true;
}

static void list(struct sim *sim, struct host *host, struct listing *ret_listing)
{
	struct error err;
	uint64_t total = 0;
	*ret_listing = (struct listing){.sim = sim};
	ret_listing->letters =
	    calloc(SIM_DESKS_MAX * LETTERS_MAX, sizeof *ret_listing->letters);
	if (!ret_listing->letters)
		abort();
	plant_activate(sim->options.plant);
	enum status status =
	    desk_messages(host->desk, 0, 0, list_row, ret_listing, &total, &err);
	plant_activate(PLANT_NONE);
	if (status != STATUS_OK)
		sim_fail(sim, "%s can't list its messages: %s", host->label, err.text);
	else if (total != ret_listing->count)
		sim_fail(sim, "%s lists %zu messages of %" PRIu64, host->label,
		         ret_listing->count, total);
}

static void listing_release(struct listing *listing)
{
	free(listing->ids);
	free(listing->letters);
}

static void judge_letters(struct sim *sim, const struct host *reader,
                          const struct listing *listing)
{
	for (size_t m = 0; m < sim->desk_count; m++) {
		const struct host *author = sim->hosts[m];
		if (!takes_part(sim, author) || !is_settled(author))
			continue;
		for (size_t i = 0; i < people_letter_count(author->people); i++) {
			const struct letter *letter = people_letter(author->people, i);
			unsigned times =
			    listing->letters[m * LETTERS_MAX + letter->number];
			bool is_there = letter->state != LETTER_EXCUSED;
			if (letter->state == LETTER_OPEN)
				sim_fail(sim,
				         "letter %" PRIu64 " of %s was never accepted",
				         letter->number, author->label);
			else if (times == 0 && is_there &&
			         !people_was_refused(author->people, letter))
				sim_fail(sim, "letter %" PRIu64 " of %s is missing at %s",
				         letter->number, author->label, reader->label);
			else if (times > 1 && !letter->may_repeat)
				sim_fail(sim,
				         "letter %" PRIu64 " of %s is there %u times",
				         letter->number, author->label, times);
		}
	}
}

static void judge_orders(struct sim *sim, const struct host *host,
                         const struct listing *a, const struct host *other,
                         const struct listing *b)
{
	if (a->count != b->count || a->waiting != b->waiting) {
		sim_fail(sim, "%s lists %zu messages (%zu waiting), %s %zu (%zu)",
		         host->label, a->count, a->waiting, other->label, b->count,
		         b->waiting);
		return;
	}
	for (size_t i = 0; i < a->count; i++)
		if (a->ids[i].index != b->ids[i].index ||
		    strcmp(a->ids[i].desk.text, b->ids[i].desk.text) != 0) {
			sim_fail(sim, "%s and %s differ in their order at place %zu",
			         host->label, other->label, i);
			return;
		}
}

static size_t count_holders(struct sim *sim, const struct record_message_id *id,
                            const struct hash *blob, const struct host **ret_lacking)
{
	size_t holders = 0;
	struct error err;
	for (size_t i = 0; i < sim->desk_count; i++) {
		CLEANUP_BUF struct buf content = BUF_INIT(RECORD_ATTACHMENT_BLOB_MAX);
		struct host *host = sim->hosts[i];
		if (!takes_part(sim, host) || !is_settled(host))
			continue;
		if (desk_blob(host->desk, 0, id, blob, &content, &err) == STATUS_OK)
			holders++;
		else
			*ret_lacking = host;
	}
	return holders;
}

/* Who has an attachment has passed it on, unless a backup took the last one away. */
static bool check_attachments(void *context, uint64_t position,
                              const struct desk_message *message)
{
	struct sim *sim = context;
	size_t author = sim_member(sim, message->id.desk.text);
	const struct host *host = sim->hosts[author];
	if (message->is_malformed || !takes_part(sim, host) || !is_settled(host))
		return true;
	struct record_message_id id = message->id; /* the rest is borrowed */
	struct hash blobs[RECORD_ATTACHMENTS_MAX];
	size_t count = message->envelope->attachment_count;
	for (size_t i = 0; i < count; i++)
		blobs[i] = message->envelope->attachments[i].id;
	for (size_t i = 0; i < count; i++) {
		const struct host *lacking = NULL;
		size_t holders = count_holders(sim, &id, &blobs[i], &lacking);
		if (lacking && (holders > 0 || sim->tally.restores == 0))
			sim_fail(sim, "%s lacks an attachment of %s#%" PRIu64,
			         lacking->label, host->label, id.index);
	}
	return !sim->has_failed;
}

static void judge_attachments(struct sim *sim, struct host *reader)
{
	struct error err;
	sim_must(desk_messages(reader->desk, 0, 0, check_attachments, sim, NULL, &err),
	         &err);
}

/* How much of a log that is lost to its owner the others hold is chance, and what names
 * it waits with some. */
static bool is_order_common(const struct sim *sim)
{
	for (size_t i = 0; i < sim->desk_count; i++)
		if (!is_settled(sim->hosts[i]))
			return false;
	return true;
}

static void judge_registers(struct sim *sim, struct host *host, struct host *other)
{
	CLEANUP_BUF struct buf a = BUF_INIT(64 * 1024 * 1024),
	                       b = BUF_INIT(64 * 1024 * 1024);
	registers_append(sim, host, &a);
	registers_append(sim, other, &b);
	if (!view_equal(buf_view(&a), buf_view(&b)))
		sim_fail(sim, "%s and %s differ in their registers", host->label,
		         other->label);
}

/* Who holds the proof of a fork has written it into the record. */
static void judge_equivocation(struct sim *sim, const struct host *host,
                               const struct listing *listing)
{
	if (desk_evidence_count(host->desk) > 0 && is_settled(host) && !has_left(host) &&
	    listing->equivocations == 0)
		sim_fail(sim, "%s holds the proof of a fork, and the record names none",
		         host->label);
}

static void judge_readings(struct sim *sim, bool is_forked)
{
	struct host *first = NULL;
	struct listing first_listing = {0};
	for (size_t i = 0; i < sim->desk_count && !sim->has_failed; i++) {
		struct host *host = sim->hosts[i];
		struct listing listing;
		if (!takes_part(sim, host))
			continue;
		list(sim, host, &listing);
		judge_letters(sim, host, &listing);
		judge_equivocation(sim, host, &listing);
		if (first && !is_forked && is_order_common(sim) && !sim->has_failed)
			judge_orders(sim, first, &first_listing, host, &listing);
		if (first && !is_forked && is_order_common(sim) && !sim->has_failed)
			judge_registers(sim, first, host);
		if (first) {
			listing_release(&listing);
			continue;
		}
		first = host;
		first_listing = listing;
	}
	listing_release(&first_listing);
	if (first && !sim->has_failed)
		judge_attachments(sim, first);
}

struct duty_list {
	struct sim *sim;
	struct buf text;
	bool is_forked;
	int64_t now_s;
	size_t count;
};

/* Of a log that forked, or is lost to its owner, the others hold different parts. */
static bool is_common(const struct duty_list *list, const struct record_name *name)
{
	const struct sim *sim = list->sim;
	size_t m = name->text[0] ? sim_member(sim, name->text) : SIZE_MAX;
	return m == SIZE_MAX ||
	       (is_settled(sim->hosts[m]) && !(list->is_forked && m == sim->hostile));
}

static bool list_duty(void *context, const struct record_duty_row *row)
{
	struct duty_list *list = context;
	if (!is_common(list, &row->creditor) || !is_common(list, &row->debtor))
		return true;
	record_duty_append_json(row, list->now_s, &list->text);
	buf_append_byte(&list->text, '\n');
	list->count++;
	return true;
}

static void list_duties(struct host *host, struct duty_list *list)
{
	struct error err;
	plant_activate(host_plant(host));
	enum status status =
	    desk_duties(host->desk, 0, list->now_s, false, list_duty, list, &err);
	plant_activate(PLANT_NONE);
	if (status != STATUS_OK)
		sim_fail(list->sim, "%s can't say what is owed: %s", host->label,
		         err.text);
}

/* The first line in which two lists differ. */
static void say_difference(struct sim *sim, const struct host *a, struct view text_a,
                           const struct host *b, struct view text_b)
{
	struct view line_a = {0}, line_b = {0};
	while (view_equal(line_a, line_b) && text_a.len + text_b.len > 0) {
		line_a = line_b = view_of("", 0);
		(void)view_take_line(&text_a, &line_a);
		(void)view_take_line(&text_b, &line_b);
	}
	sim_fail(sim, "who owes what differs: %s has %.*s, %s has %.*s", a->label,
	         (int)(line_a.len < 170 ? line_a.len : 170), (const char *)line_a.data,
	         b->label, (int)(line_b.len < 170 ? line_b.len : 170),
	         (const char *)line_b.data);
}

/* All compute the same from the same logs. */
static void judge_duties(struct sim *sim, bool is_forked)
{
	struct duty_list first = {.sim = sim,
	                          .text = BUF_INIT(64 << 20),
	                          .is_forked = is_forked,
	                          .now_s = sim->now_ms / 1000};
	const struct host *first_host = NULL;
	/* the checks of a forked log, of which desks hold different histories, carry
	 * witnesses' times for everybody's */
	if (is_forked && sim->neutral)
		return;
	for (size_t i = 0; i < sim->desk_count && !sim->has_failed; i++) {
		struct duty_list list = first;
		struct host *host = sim->hosts[i];
		if (!takes_part(sim, host) || !is_settled(host))
			continue;
		list.text = BUF_INIT(64 << 20);
		list.count = 0;
		list_duties(host, &list);
		if (!first_host) {
			first = list;
			first_host = host;
			sim->tally.duties += list.count;
			continue;
		}
		if (!sim->has_failed &&
		    !view_equal(buf_view(&first.text), buf_view(&list.text)))
			say_difference(sim, first_host, buf_view(&first.text), host,
			               buf_view(&list.text));
		buf_release(&list.text);
	}
	buf_release(&first.text);
}

/* What all have signed is in force everywhere, and nothing else is. */
static void judge_charters(struct sim *sim, const struct host *host)
{
	struct desk_charter_info info;
	size_t count = 0;
	while (desk_charter(host->desk, 0, count, &info) && info.is_in_force) {
		if (charters_find(sim, &info.charter->digest) != count) {
			sim_fail(sim, "%s has a charter in force that not all signed",
			         host->label);
			return;
		}
		count++;
	}
	if (count < sim->charter_count)
		sim_fail(sim, "%s has %zu of %zu charters in force", host->label, count,
		         sim->charter_count);
	for (size_t m = 0; m < sim->desk_count && !sim->has_failed; m++) {
		const struct past *past = &host->pasts[m];
		const struct host *author = sim->hosts[m];
		size_t last = past->term_count > 0
		                  ? past->terms[past->term_count - 1].charter
		                  : charters_since(sim, m);
		if (takes_part(sim, author) && is_settled(author) && !has_left(author) &&
		    last + 1 != sim->charter_count)
			sim_fail(sim, "the log of %s is under charter %zu, not %zu",
			         author->label, last, sim->charter_count - 1);
	}
}

void verdict_give(struct sim *sim)
{
	for (size_t i = 0; i < sim->desk_count && !sim->has_failed; i++)
		if (takes_part(sim, sim->hosts[i]))
			judge_state(sim, sim->hosts[i]);
	for (size_t i = 0; i < sim->desk_count && !sim->has_failed; i++)
		if (takes_part(sim, sim->hosts[i]))
			judge_routine(sim, sim->hosts[i]);
	for (size_t i = 0; i < sim->desk_count && !sim->has_failed; i++)
		if (takes_part(sim, sim->hosts[i]))
			judge_charters(sim, sim->hosts[i]);
	for (size_t i = 0; i < sim->desk_count && !sim->has_failed; i++)
		if (takes_part(sim, sim->hosts[i]))
			judge_witness(sim, sim->hosts[i]);
	if (sim->has_failed)
		return;
	bool is_forked = judge_fork(sim);
	for (size_t i = 0; i < sim->desk_count && !sim->has_failed; i++) {
		if (!takes_part(sim, sim->hosts[i]))
			continue;
		judge_receipts(sim, sim->hosts[i]);
		for (size_t j = 0; j < i; j++)
			for (size_t m = 0; m < sim->desk_count; m++)
				if (takes_part(sim, sim->hosts[j]) &&
				    (m != sim->hostile || !is_forked))
					judge_pair(sim, sim->hosts[i], sim->hosts[j], m);
	}
	if (!sim->has_failed)
		judge_readings(sim, is_forked);
	if (!sim->has_failed)
		judge_duties(sim, is_forked);
}
