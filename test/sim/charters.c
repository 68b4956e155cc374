/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One draft at a time goes round. A member signs when its turn comes and hands its line
 * to a desk; when all lines are there, one member is the carrier, whose desk is handed
 * the whole note until it has it in force. The others learn of it from that desk's entry.
 */
#include "sim/charters.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "record/key_change.h"
#include "sim/neutral.h"
#include "sim/people.h"

enum { SIGNING_HOURS = 6 };

/* What is asked is owed an answer. */
#define CHECKS "{\"every\":\"PT1H\",\"owe\":\"check\",\"grace\":\"PT10M\"}"
#define ACKS "{\"on\":\"incident\",\"owe\":[\"ack\"],\"within\":\"PT24H\"}"
static const char *const templates[] = {
    "{\"duties\":[" CHECKS "," ACKS ","
    "{\"on\":\"query\",\"owe\":[\"answer\"],\"within\":\"PT12H\"}],"
    "\"holding\":{\"within\":\"PT24H\",\"times\":1}}",
    "{\"duties\":[" CHECKS ","
    "{\"on\":\"query\",\"owe\":[\"answer\",\"ack\"],\"within\":\"PT3H\"}],"
    "\"holding\":{\"within\":\"PT6H\",\"times\":1}}",
    "{\"duties\":[" CHECKS "," ACKS ","
    "{\"on\":\"query\",\"owe\":[\"answer\"],\"within\":\"PT36H\"},"
    "{\"on\":\"query\",\"owe\":[\"ack\"],\"within\":\"PT1H\"}],\"holding\":null}",
};

static struct chance *dice(struct sim *sim)
{
	return &sim->charter_chance;
}

static int64_t hours(struct sim *sim, int64_t low, int64_t high)
{
	return sim->now_ms +
	       chance_between(dice(sim), low * SIM_HOUR_MS, high * SIM_HOUR_MS);
}

static const struct record_charter *newest(const struct sim *sim)
{
	return &sim->charters[sim->charter_count - 1].charter;
}

bool charters_has_member(const struct sim *sim, size_t member)
{
	return record_charter_member(newest(sim), sim->cards[member].card.name.text) !=
	       SIZE_MAX;
}

size_t charters_since(const struct sim *sim, size_t member)
{
	for (size_t i = 0; i < sim->charter_count; i++)
		if (record_charter_member(&sim->charters[i].charter,
		                          sim->cards[member].card.name.text) != SIZE_MAX)
			return i;
	return SIZE_MAX;
}

static void read_charter(struct view text, struct record_charter *ret_charter)
{
	struct error err;
	sim_must(record_charter_decode(text, ret_charter, &err), &err);
}

void charters_make_first(struct sim *sim)
{
	struct sim_charter *first = &sim->charters[sim->charter_count++];
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf named = BUF_INIT(RECORD_NOTE_MAX);
	const char *template = sim_is_long(sim) ? templates[0] : NULL;
	if (sim->neutral) {
		buf_append_byte(&named, '{');
		neutral_append_member(sim->neutral, &named);
		buf_append(&named, template + 1, strlen(template));
		template = (const char *)named.data;
	}
	first->note = BUF_INIT(RECORD_NOTE_MAX);
	testing_charter_text(sim->cards, sim->founder_count, template, &text);
	testing_charter_note(sim->cards, sim->founder_count, template, &first->note);
	read_charter(buf_view(&text), &first->charter);
}

void charters_release(struct sim *sim)
{
	for (size_t i = 0; i < sim->charter_count; i++) {
		record_charter_release(&sim->charters[i].charter);
		buf_release(&sim->charters[i].note);
	}
	buf_release(&sim->draft.text);
}

/* ---- the draft */

/* Cards that are newer than those of the charter, and one of a new member; none of who is
 * left out. */
static size_t collect_cards(struct sim *sim, size_t joiner, size_t leaver,
                            struct record_card *ret_cards, struct view *ret_notes)
{
	size_t count = 0;
	for (size_t m = 0; m < sim->desk_count; m++) {
		const struct host *host = sim->hosts[m];
		size_t at = record_charter_member(newest(sim), host->name);
		if (m == leaver)
			continue;
		if (at == SIZE_MAX ? m != joiner
		                   : host->card.serial <= newest(sim)->members[at].serial)
			continue;
		ret_cards[count] = host->card;
		ret_notes[count++] = buf_view(&host->card_note);
	}
	return count;
}

static void draft_text(struct sim *sim, size_t joiner, size_t leaver)
{
	struct record_card *cards = calloc(SIM_DESKS_MAX, sizeof *cards);
	struct view notes[SIM_DESKS_MAX];
	struct record_name removed;
	struct error err;
	if (!cards)
		abort();
	struct record_charter_draft draft = {
	    .previous = newest(sim),
	    .cards = cards,
	    .card_notes = notes,
	    .card_count = collect_cards(sim, joiner, leaver, cards, notes),
	    .removed = &removed,
	    .removed_count = leaver != SIZE_MAX,
	    .date_s = sim->now_ms / 1000,
	};
	if (leaver != SIZE_MAX)
		removed = sim->cards[leaver].card.name;
	if (joiner == SIZE_MAX && leaver == SIZE_MAX)
		draft.template_json = view_of_string(templates[chance_below(
		    dice(sim), sizeof templates / sizeof templates[0])]);
	chance_bytes(dice(sim), draft.nonce, sizeof draft.nonce);
	buf_clear(&sim->draft.text);
	sim_must(record_charter_draft(&draft, &sim->draft.text, &err), &err);
	free(cards);
}

/* A liar keeps no past: others know what it said. */
static bool has_left(const struct sim *sim, size_t member)
{
	for (size_t i = 0; i < sim->desk_count; i++)
		if (sim_is_honest(sim, sim->hosts[i]) &&
		    sim->hosts[i]->pasts[member].end != UINT64_MAX)
			return true;
	return false;
}

/* Every member before and after it. */
static uint64_t collect_signers(const struct sim *sim, const struct record_charter *next)
{
	uint64_t signers = 0;
	for (size_t m = 0; m < sim->desk_count; m++) {
		const char *name = sim->cards[m].card.name.text;
		bool is_before = record_charter_member(newest(sim), name) != SIZE_MAX;
		bool is_after = record_charter_member(next, name) != SIZE_MAX;
		if (is_after || is_before)
			signers |= UINT64_C(1) << m;
	}
	return signers;
}

static void append_note(const struct sim *sim, uint64_t signers, struct buf *out)
{
	buf_append_view(out, buf_view(&sim->draft.text));
	buf_append_byte(out, '\n');
	for (size_t m = 0; m < sim->desk_count; m++)
		if (signers >> m & 1)
			testing_charter_sign(&sim->cards[m], buf_view(&sim->draft.text),
			                     out);
}

/* An honest member to whom things can be handed; NULL when chance finds none. */
static struct host *some_member(struct sim *sim)
{
	for (int i = 0; i < 20; i++) {
		size_t m = chance_below(dice(sim), sim->desk_count);
		struct host *host = sim->hosts[m];
		if (sim_is_honest(sim, host) && charters_has_member(sim, m) &&
		    host->has_entered && !has_left(sim, m) && !host->may_stay_frozen)
			return host;
	}
	return NULL;
}

static void hand(struct host *host, uint64_t signers)
{
	if (host && host_is_up(host))
		host_put(host,
		         (struct host_input){.kind = HOST_JOIN, .request = signers});
}

static void let_enter(struct sim *sim, void *subject, uint64_t number)
{
	struct host *host = subject;
	host->may_enter = true;
	if (host_is_up(host))
		host_wake(host, sim->now_ms);
	people_write(sim, host, 0);
}

/* All have signed: it becomes the charter of this world. */
static void conclude(struct sim *sim)
{
	struct sim_charter *next = &sim->charters[sim->charter_count];
	next->note = BUF_INIT(RECORD_NOTE_MAX);
	append_note(sim, sim->draft.signers, &next->note);
	read_charter(buf_view(&sim->draft.text), &next->charter);
	sim->draft.is_open = false;
	sim->charter_count++;
	sim_say(sim, "all have signed charter %zu", sim->charter_count - 1);
	struct host *carrier = some_member(sim);
	sim->carrier = carrier ? carrier->member : 0;
	hand(carrier, 0);
	for (size_t m = 0; m < sim->desk_count; m++)
		if (charters_since(sim, m) == sim->charter_count - 1)
			agenda_add(&sim->agenda, hours(sim, 0, 10), let_enter,
			           sim->hosts[m], 0);
}

/* Who has left need not sign for those who know of it, and signs for those who don't. */
static void try_conclude(struct sim *sim)
{
	uint64_t missing = sim->draft.wanted & ~sim->draft.signers, left = 0;
	for (size_t m = 0; m < sim->desk_count; m++)
		if (missing >> m & 1 && has_left(sim, m))
			left |= UINT64_C(1) << m;
	if (!sim->draft.is_open || missing != left)
		return;
	sim->draft.signers |= left;
	conclude(sim);
}

size_t charters_find(struct sim *sim, const struct hash *digest)
{
	if (sim->draft.is_open && hash_equal(&sim->draft.digest, digest))
		try_conclude(sim); /* a `leave` may have made it whole */
	for (size_t i = 0; i < sim->charter_count; i++)
		if (hash_equal(&sim->charters[i].charter.digest, digest))
			return i;
	return SIZE_MAX;
}

static void sign(struct sim *sim, void *subject, uint64_t number)
{
	struct host *host = subject;
	if (!sim->draft.is_open || number != sim->draft.number)
		return;
	sim->draft.signers |= UINT64_C(1) << host->member;
	try_conclude(sim);
	if (sim->draft.is_open)
		hand(some_member(sim), chance_one_in(dice(sim), 2)
		                           ? sim->draft.signers
		                           : UINT64_C(1) << host->member);
}

static size_t next_joiner(const struct sim *sim)
{
	for (size_t m = sim->founder_count; m < sim->desk_count; m++)
		if (charters_since(sim, m) == SIZE_MAX)
			return m;
	return SIZE_MAX;
}

static size_t next_leaver(const struct sim *sim)
{
	for (size_t m = 0; m < sim->desk_count; m++)
		if (has_left(sim, m) && charters_has_member(sim, m))
			return m;
	return SIZE_MAX;
}

static void begin_draft(struct sim *sim)
{
	struct record_charter next = {0};
	size_t leaver = chance_one_in(dice(sim), 2) ? SIZE_MAX : next_leaver(sim);
	size_t joiner = chance_one_in(dice(sim), 3) ? SIZE_MAX : next_joiner(sim);
	draft_text(sim, joiner, leaver);
	read_charter(buf_view(&sim->draft.text), &next);
	sim->draft.number++;
	sim->draft.is_open = true;
	sim->draft.signers = 0;
	sim->draft.wanted = collect_signers(sim, &next);
	sim->draft.digest = next.digest;
	record_charter_release(&next);
	size_t refuser = chance_one_in(dice(sim), 10)
	                     ? chance_below(dice(sim), sim->desk_count)
	                     : SIZE_MAX;
	sim_say(sim, "charter %zu is drafted%s%s%s", sim->charter_count,
	        leaver != SIZE_MAX ? ", without " : "",
	        leaver != SIZE_MAX ? sim->hosts[leaver]->label : "",
	        refuser != SIZE_MAX ? "; somebody will not sign" : "");
	for (size_t m = 0; m < sim->desk_count; m++)
		if (sim->draft.wanted >> m & 1 && m != refuser && !has_left(sim, m))
			agenda_add(&sim->agenda, hours(sim, 0, SIGNING_HOURS), sign,
			           sim->hosts[m], sim->draft.number);
}

static void amend(struct sim *sim, void *subject, uint64_t number)
{
	int64_t next_ms = hours(sim, 6, 48);
	if (next_ms < sim->calm_ms)
		agenda_add(&sim->agenda, next_ms, amend, NULL, 0);
	/* a root signs one successor of a charter: one that somebody refuses is the end
	 */
	if (!sim->draft.is_open && sim->charter_count < SIM_CHARTERS_MAX &&
	    sim->now_ms + SIGNING_HOURS * SIM_HOUR_MS < sim->calm_ms)
		begin_draft(sim);
}

void charters_enter(struct host *host)
{
	CLEANUP_BUF struct buf notes = BUF_INIT(SIM_CHARTERS_MAX * RECORD_NOTE_MAX);
	struct sim *sim = host->sim;
	struct error err;
	bool is_open = false;
	if (!host->may_enter)
		return;
	for (size_t i = 0; i <= charters_since(sim, host->member); i++)
		buf_append_view(&notes, buf_view(&sim->charters[i].note));
	sim_must(desk_join(host->desk, buf_view(&notes), &is_open, NULL, &err), &err);
	host->has_entered = true;
	charters_meet(host); /* whoever left under newer keys can't show them itself */
}

void charters_hand_over(struct host *host, uint64_t signers)
{
	CLEANUP_BUF struct buf notes = BUF_INIT(SIM_CHARTERS_MAX * RECORD_NOTE_MAX);
	struct sim *sim = host->sim;
	struct error err;
	bool is_open;
	for (size_t i = 0; i < sim->charter_count; i++)
		buf_append_view(&notes, buf_view(&sim->charters[i].note));
	if (sim->draft.is_open && signers)
		append_note(sim, signers & sim->draft.signers, &notes);
	if (desk_channel_count(host->desk) > 0 &&
	    desk_join(host->desk, buf_view(&notes), &is_open, NULL, &err) != STATUS_OK &&
	    !host->is_dead && !powerloss_is_cut(host->disk))
		sim_fail(sim, "%s refuses the charters: %s", host->label, err.text);
}

/* ---- leaving */

static void leave(struct sim *sim, void *subject, uint64_t number)
{
	struct host *host = some_member(sim);
	if (!host || host->member == sim->carrier)
		return;
	sim_say(sim, "the people of %s want to leave", host->label);
	people_leave(host->people);
}

/* ---- keys */

static const enum record_role signing_roles[] = {RECORD_ROLE_ROOT, RECORD_ROLE_LOG,
                                                 RECORD_ROLE_MIRROR, RECORD_ROLE_LINK};

static struct ed25519_secret *secret_of(const char *name, const char *key_name,
                                        enum record_role role)
{
	return testing_secret_new(role == RECORD_ROLE_ROOT ? name : key_name, role);
}

void charters_give_card(struct host *host)
{
	const struct testing_desk *testing = &host->sim->cards[host->member];
	host->card = testing->card;
	host->card_note = BUF_INIT(RECORD_NOTE_MAX);
	host->next_note = BUF_INIT(RECORD_NOTE_MAX);
	buf_append_view(&host->card_note, buf_view(&testing->note));
	snprintf(host->key_name, sizeof host->key_name, "%s", host->name);
}

/* The next card, with new keys for all but the root. */
static void make_next_card(struct host *host)
{
	struct error err;
	host->next_card = host->card;
	host->next_card.serial++;
	snprintf(host->next_key_name, sizeof host->next_key_name, "%s-%" PRIu32,
	         host->name, host->next_card.serial);
	buf_clear(&host->next_note);
	for (size_t i = 1; i < sizeof signing_roles / sizeof signing_roles[0]; i++) {
		struct ed25519_secret *secret =
		    secret_of(host->name, host->next_key_name, signing_roles[i]);
		host->next_card.keys[signing_roles[i]] = ed25519_secret_public(secret);
		ed25519_secret_free(secret);
	}
	sim_must(record_card_append_text(&host->next_card, &host->next_note, &err), &err);
	buf_append_byte(&host->next_note, '\n');
	for (size_t i = 0; i < sizeof signing_roles / sizeof signing_roles[0]; i++) {
		struct ed25519_secret *secret =
		    secret_of(host->name, host->next_key_name, signing_roles[i]);
		sim_must(record_card_append_signature(&host->next_card, signing_roles[i],
		                                      secret, &host->next_note, &err),
		         &err);
		ed25519_secret_free(secret);
	}
}

static void sign_key_change(const struct host *host, struct buf *out)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	struct tlog_vkey root;
	struct error err;
	sim_must(record_key_change_append_text(buf_view(&host->next_note),
	                                       host->sim->now_ms / 1000, &text, &err),
	         &err);
	sim_must(record_vkey(host->name, "root", &host->card.keys[RECORD_ROLE_ROOT],
	                     &root, &err),
	         &err);
	struct ed25519_secret *secret = testing_secret_new(host->name, RECORD_ROLE_ROOT);
	struct ed25519_signature signature = ed25519_sign(secret, buf_view(&text));
	ed25519_secret_free(secret);
	buf_append_view(out, buf_view(&text));
	buf_append_byte(out, '\n');
	tlog_note_append_line(out, &root,
	                      view_of(signature.bytes, sizeof signature.bytes));
}

void charters_rekey(struct host *host)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct error err;
	struct desk_log_info own;
	if (!host_log(host, host->member, &own) || own.state != DESK_LOG_READY)
		return;
	sign_key_change(host, &note);
	uint64_t index = own.entry_count;
	enum status status = desk_key_change(host->desk, buf_view(&note), &err);
	if (status == STATUS_OK)
		host->rekey_size = index + 1;
	else if (status != STATUS_AGAIN && !host->is_dead &&
	         !powerloss_is_cut(host->disk))
		sim_fail(host->sim, "%s refuses its new keys: %s", host->label, err.text);
}

void charters_meet(struct host *host)
{
	const struct sim *sim = host->sim;
	struct error err;
	for (size_t m = 0; m < sim->desk_count; m++) {
		const struct host *other = sim->hosts[m];
		if (other == host || other->card.serial == 1 || host->is_dead ||
		    desk_trust(host->desk, buf_view(&other->card_note), true, &err) ==
		        STATUS_OK)
			continue;
		if (!powerloss_is_cut(host->disk))
			sim_fail(host->sim, "%s refuses the card of %s: %s", host->label,
			         other->label, err.text);
	}
}

/* Do all members hold the entry that says so? */
static bool is_known_to_all(const struct host *host)
{
	const struct sim *sim = host->sim;
	for (size_t m = 0; m < sim->desk_count; m++)
		if (m != host->member && charters_has_member(sim, m) &&
		    sim_is_honest(sim, sim->hosts[m]) && sim->hosts[m]->has_entered &&
		    past_size(&sim->hosts[m]->pasts[host->member]) < host->rekey_size)
			return false;
	return past_size(&host->pasts[host->member]) >= host->rekey_size;
}

static void switch_keys(struct host *host)
{
	sim_say(host->sim, "%s takes its new keys", host->label);
	host->death = HOST_KILLED;
	if (host_is_up(host))
		host_crash(host);
	host->card = host->next_card;
	buf_clear(&host->card_note);
	buf_append_view(&host->card_note, buf_view(&host->next_note));
	memcpy(host->key_name, host->next_key_name, sizeof host->key_name);
	host->wants_rekey = false;
}

static void change_keys(struct sim *sim, void *subject, uint64_t number)
{
	struct host *host = some_member(sim);
	int64_t next_ms = hours(sim, 12, 120);
	if (next_ms < sim->calm_ms)
		agenda_add(&sim->agenda, next_ms, change_keys, NULL, 0);
	if (!host || host->wants_rekey || host->may_stay_frozen)
		return;
	host->wants_rekey = true;
	host->rekey_size = 0;
	make_next_card(host);
}

void charters_look(struct host *host)
{
	struct sim *sim = host->sim;
	struct host *carrier = sim->hosts[sim->carrier];
	struct desk_charter_info info;
	/* a frozen desk can't pass on what it was handed */
	if (carrier->may_stay_frozen && (carrier = some_member(sim)))
		sim->carrier = carrier->member;
	if (!host_is_up(host) || desk_channel_count(host->desk) == 0)
		return;
	if (host->member == sim->carrier &&
	    !(desk_charter(host->desk, 0, sim->charter_count - 1, &info) &&
	      info.is_in_force))
		hand(host, 0);
	if (!host->wants_rekey || has_left(sim, host->member))
		return;
	if (host->rekey_size == 0 || past_size(&host->pasts[host->member]) == 0)
		host_put(host, (struct host_input){.kind = HOST_REKEY});
	else if (is_known_to_all(host))
		switch_keys(host);
}

/* Who would not sign may have left meanwhile. */
static void look_at_draft(struct sim *sim, void *subject, uint64_t number)
{
	if (sim->draft.is_open)
		try_conclude(sim);
	if (sim->now_ms < sim->calm_ms)
		agenda_add(&sim->agenda, sim->now_ms + SIM_HOUR_MS, look_at_draft, NULL,
		           0);
}

void charters_begin(struct sim *sim)
{
	sim->draft.text = BUF_INIT(RECORD_NOTE_MAX);
	if (!sim_is_long(sim) || sim->options.is_fair)
		return;
	agenda_add(&sim->agenda, hours(sim, 2, 40), amend, NULL, 0);
	agenda_add(&sim->agenda, sim->now_ms + SIM_HOUR_MS, look_at_draft, NULL, 0);
	if (chance_one_in(dice(sim), 2))
		agenda_add(&sim->agenda, hours(sim, 10, sim->options.hours), leave, NULL,
		           0);
	if (chance_one_in(dice(sim), 2))
		agenda_add(&sim->agenda, hours(sim, 4, 100), change_keys, NULL, 0);
}
