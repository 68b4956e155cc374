/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In a long world replies are to something that asks for one, as far back as a week.
 */
#include "sim/letter.h"

#include <inttypes.h>

#include "codec/time_text.h"
#include "record/kinds.h"

enum { TRIES = 24 };

static const struct form {
	const char *kind;
	const char *about;  /* kind of what it replies to; NULL: needs nothing */
	const char *about2; /* or this */
	bool is_own;        /* about the author's own */
	unsigned in_short, in_long;
} forms[] = {
    {"text", NULL, NULL, false, 3, 2},
    {"incident", NULL, NULL, false, 1, 2},
    {"ack", "incident", "query", false, 1, 3},
    {"query", NULL, NULL, false, 0, 5},
    {"answer", "query", "query", false, 0, 5},
    {"holding", "query", "incident", false, 0, 3},
    {"cancel", "query", "incident", true, 0, 1},
    {"pledge.offer", NULL, NULL, false, 0, 3},
    {"pledge.accept", "pledge.offer", "pledge.offer", false, 0, 4},
    {"pledge.decline", "pledge.offer", "pledge.offer", false, 0, 1},
    {"pledge.withdraw", "pledge.offer", "pledge.offer", false, 0, 2},
    {"consultation.request", NULL, NULL, false, 0, 1},
    {"consultation.accept", "consultation.request", "consultation.request", false, 0, 2},
    {"consultation.record", "consultation.request", "consultation.request", false, 0, 1},
    {"consultation.agree", "consultation.record", "consultation.record", false, 0, 1},
    {"leave", NULL, NULL, false, 0, 0},
};

enum { FORM_COUNT = sizeof forms / sizeof forms[0] };

static const struct form *form_of(const char *kind)
{
	size_t i = 0;
	while (i < FORM_COUNT - 1 && strcmp(forms[i].kind, kind) != 0)
		i++;
	return &forms[i];
}

static unsigned weight(const struct sim *sim, const struct form *form)
{
	return sim_is_long(sim) ? form->in_long : form->in_short;
}

const char *letter_choose_kind(const struct sim *sim, struct chance *chance)
{
	unsigned total = 0;
	size_t i = 0;
	for (size_t k = 0; k < FORM_COUNT; k++)
		total += weight(sim, &forms[k]);
	uint64_t left = chance_below(chance, total);
	while (left >= weight(sim, &forms[i]))
		left -= weight(sim, &forms[i++]);
	return forms[i].kind;
}

/* Any entry of a member that is shown here. */
static bool choose_any(struct host *host, bool is_own, struct record_message_id *ret_id)
{
	struct sim *sim = host->sim;
	struct desk_log_info info;
	size_t m = is_own ? host->member : chance_below(&host->chance, sim->desk_count);
	if (!host_log(host, m, &info))
		return false;
	uint64_t size = info.is_own ? info.signed_size : info.cosigned_size;
	if (info.is_own != is_own || size == 0)
		return false;
	ret_id->desk = sim->cards[m].card.name;
	ret_id->index = chance_below(&host->chance, size);
	return true;
}

/* In a short world any person's message will do. */
static bool is_about(struct host *host, const struct form *form,
                     const struct record_message_id *id)
{
	struct desk_message message;
	struct error err;
	if (desk_message_read(host->desk, 0, id, &message, &err) != STATUS_OK ||
	    !message.envelope)
		return false;
	const char *kind = message.envelope->kind;
	if (!sim_is_long(host->sim))
		return !record_kind_find(view_of_string(kind))->is_automatic;
	return strcmp(kind, form->about) == 0 || strcmp(kind, form->about2) == 0;
}

bool letter_choose_re(struct host *host, struct letter *letter,
                      struct record_message_id *ret_id)
{
	const struct form *form = form_of(letter->kind);
	int tries = sim_is_long(host->sim) ? TRIES : 1;
	if (!form->about)
		return false;
	while (tries-- > 0)
		if (choose_any(host, form->is_own, ret_id) &&
		    is_about(host, form, ret_id))
			return true;
	letter->kind = "text";
	return false;
}

/* Members from the beginning who still are: another may not be one yet for the entry. */
size_t letter_choose_to(struct host *host,
                        struct record_name ret_to[static SIM_DESKS_MAX])
{
	const struct sim *sim = host->sim;
	struct desk_channel_info info;
	size_t count = 0;
	if (!sim_is_long(sim) || chance_one_in(&host->chance, 3))
		return 0;
	desk_channel(host->desk, 0, &info);
	for (size_t m = 0; m < sim->founder_count && count < 2; m++)
		if (m != host->member && chance_one_in(&host->chance, 3) &&
		    record_charter_member(info.charter, sim->hosts[m]->name) != SIZE_MAX)
			ret_to[count++] = sim->cards[m].card.name;
	return count;
}

static void fill_holding(struct host *host, const char *token, struct buf *out)
{
	char until[TIME_TEXT_LEN + 1];
	int64_t wait_s = chance_between(&host->chance, -3600, 48 * 3600);
	time_text_encode(host_clock_ms(host) / 1000 + wait_s, until);
	buf_printf(out, "{\"until\":\"%s\",\"reason\":\"%s\"}", until, token);
}

/* Pledges and consultations, and what is answered to them. */
static void fill_proposal(struct host *host, const char *kind, const char *token,
                          struct buf *out)
{
	char time[TIME_TEXT_LEN + 1];
	int64_t wait_s = chance_between(&host->chance, -3600, 48 * 3600);
	time_text_encode(host_clock_ms(host) / 1000 + wait_s, time);
	if (strcmp(kind, "pledge.offer") == 0)
		buf_printf(out,
		           "{\"language\":\"en\",\"title\":\"Peace\",\"text\":\"%s\","
		           "\"%s\":\"%s\"}",
		           token, chance_one_in(&host->chance, 2) ? "from" : "until",
		           time);
	else if (strcmp(kind, "consultation.request") == 0)
		buf_printf(out, "{\"language\":\"en\",\"subject\":\"%s\"}", token);
	else if (strcmp(kind, "consultation.record") == 0)
		buf_printf(out, "{\"language\":\"en\",\"date\":\"%s\",\"text\":\"%s\"}",
		           time, token);
	else
		buf_printf(out, "{\"text\":\"%s\"}", token);
}

void letter_fill(struct host *host, const struct letter *letter, struct buf *out)
{
	char token[64];
	const char *kind = letter->kind;
	static const char *const answers[] = {"yes", "no", "looking", "declined"};
	snprintf(token, sizeof token, "letter-%zu-%" PRIu64 ";", host->member,
	         letter->number);
	if (strcmp(kind, "incident") == 0)
		buf_printf(out,
		           "{\"language\":\"en\",\"title\":\"Found\",\"summary\":\"%s\","
		           "\"detected\":\"2026-11-20T22:00:00Z\"}",
		           token);
	else if (strncmp(kind, "pledge.", 7) == 0 ||
	         strncmp(kind, "consultation.", 13) == 0)
		fill_proposal(host, kind, token, out);
	else if (strcmp(kind, "ack") == 0)
		buf_printf(out, "{\"understood\":%s,\"paraphrase\":\"%s\"}",
		           letter->number % 2 ? "true" : "false", token);
	else if (strcmp(kind, "query") == 0)
		buf_printf(out, "{\"language\":\"en\",\"question\":\"%s\"}", token);
	else if (strcmp(kind, "answer") == 0)
		buf_printf(out, "{\"answer\":\"%s\",\"text\":\"%s\"}",
		           answers[letter->number % 4], token);
	else if (strcmp(kind, "holding") == 0)
		fill_holding(host, token, out);
	else if (strcmp(kind, "cancel") == 0 || strcmp(kind, "leave") == 0)
		buf_printf(out, "{\"reason\":\"%s\"}", token);
	else
		buf_printf(out, "{\"language\":\"en\",\"text\":\"%s\"}", token);
}
