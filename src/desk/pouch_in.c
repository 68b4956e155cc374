/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking a pouch: each request in it goes where it would have gone had it come over the
 * link (mirror.c), so the same rules judge it; only that nobody waits for the answers.
 * Who made a pouch is not proven, and it may be old: it shows nothing about the own log's
 * start (start.c). Source: spec/pouch.md.
 */

#include "desk/pouch_fit.h"
#include "desk/state.h"

struct taking {
	struct desk *desk;
	struct channel *channel;
	struct peer *maker;
	struct log *log; /* of the maker */
	struct record_pouch content;
};

/* ---- requests */

static const char *const paths[] = {[RECORD_POUCH_CHECKPOINT] = "/add-checkpoint",
                                    [RECORD_POUCH_ENTRIES] = "/add-entries",
                                    [RECORD_POUCH_BLOBS] = "/add-blobs"};

/* The status that the answer over the link would have, and its sentence. */
static int deliver(struct taking *taking, enum record_pouch_request request,
                   struct view body, struct error *ret_why)
{
	struct desk *desk = taking->desk;
	size_t before = desk->reply_count;
	struct desk_request wire = {.peer = taking->maker->card.name.text,
	                            .method = DESK_POST,
	                            .path = view_of_string(paths[request]),
	                            .body = body};
	int status = 200;
	mirror_take_request(desk, &wire, taking->maker);
	*ret_why = (struct error){""};
	while (desk->reply_count > before) {
		struct staged_reply *reply = &desk->replies[--desk->reply_count];
		struct view text = buf_view(&reply->body), line;
		/* a cosignature is made with all others at the turn's end */
		status = reply->cosign_log ? 200 : reply->status;
		if (view_take_line(&text, &line))
			(void)view_copy_string(line, ret_why->text, sizeof ret_why->text);
		desk_release_reply(reply);
	}
	return status;
}

static int deliver_checkpoint(struct taking *taking, const struct record_pouch *content,
                              struct view body, bool is_own, struct error *ret_why)
{
	CLEANUP_BUF struct buf fitted = BUF_INIT(2 * TLOG_NOTE_MAX);
	if (!is_own &&
	    pouch_fit_checkpoint(taking->desk, taking->log, content, body, &fitted) &&
	    fitted.failed == STATUS_OK)
		body = buf_view(&fitted);
	return deliver(taking, RECORD_POUCH_CHECKPOINT, body, ret_why);
}

/* Entries that are all here are not sent again. */
static bool is_held(const struct log *log, struct view body)
{
	struct tlog_add_entries add;
	struct tlog_package package;
	return tlog_add_entries_parse(body, &add, NULL) == STATUS_OK &&
	       tlog_add_entries_next(&add, add.start, &package, NULL) == STATUS_OK &&
	       package.end <= log->tree.size;
}

/* 409 is what an old pouch gets: all in it is known. 202 and 424: the rest follows. */
static enum status judge_answer(const struct taking *taking, int status,
                                const struct error *why, struct error *err)
{
	if (status == 200 || status == 202 || status == 409 || status == 424)
		return STATUS_OK;
	if (status == 507)
		return error_set(err, STATUS_LIMIT, "%s", why->text);
	return error_set(err, STATUS_UNTRUSTED,
	                 "the pouch of %s holds what does not prove itself: %s",
	                 taking->maker->card.name.text, why->text);
}

static enum status take_requests(struct taking *taking, struct error *err)
{
	struct record_pouch rest = taking->content;
	enum record_pouch_request request;
	struct view body, origin;
	while (taking->desk->failed == STATUS_OK &&
	       record_pouch_next(&rest, &request, &body, &origin)) {
		bool is_own = !view_equal_string(origin, taking->log->origin);
		struct error why;
		int status;
		if (request == RECORD_POUCH_ENTRIES && is_held(taking->log, body))
			continue;
		if (request == RECORD_POUCH_CHECKPOINT)
			status = deliver_checkpoint(taking, &taking->content, body,
			                            is_own, &why);
		else
			status = deliver(taking, request, body, &why);
		TRY(judge_answer(taking, status, &why, err));
	}
	return STATUS_OK;
}

/* Entries stop where a body decides how the next is judged; once that is here they go
 * on. */
static enum status take_all(struct taking *taking, struct error *err)
{
	const struct log *log = taking->log;
	uint64_t before;
	do {
		before = log->tree.size + log->body_count;
		TRY(take_requests(taking, err));
	} while (log->tree.size < log->newest.size &&
	         log->tree.size + log->body_count > before &&
	         taking->desk->failed == STATUS_OK);
	if (log->newest.size <= log->tree.size && log->newest.size <= log->body_count)
		mirror_try_cosign(taking->desk, taking->log, log->newest.size);
	return STATUS_OK;
}

/* ---- before anything is taken */

/* A pouch is about two logs: its maker's, and of its reader's own a checkpoint. */
static enum status check_origins(const struct taking *taking, struct error *err)
{
	struct record_pouch rest = taking->content;
	const char *own = channel_own_log(taking->channel)->origin;
	enum record_pouch_request request;
	struct view body, origin;
	while (record_pouch_next(&rest, &request, &body, &origin))
		if (!view_equal_string(origin, taking->log->origin) &&
		    (request != RECORD_POUCH_CHECKPOINT ||
		     !view_equal_string(origin, own)))
			return error_set(err, STATUS_MALFORMED,
			                 "the pouch holds something of a log that is not "
			                 "its maker's newest");
	return STATUS_OK;
}

static enum status find_maker(struct taking *taking, const char *name, struct error *err)
{
	const struct channel *channel = taking->channel;
	size_t m = channel_member(channel, name);
	if (!channel->is_open)
		return error_set(err, STATUS_AGAIN,
		                 "the channel's charter is not signed by all yet");
	if (m == SIZE_MAX || m == channel->own)
		return error_set(err, STATUS_NOT_FOUND,
		                 "%s is no other member of this channel", name);
	taking->maker = channel->members[m].peer;
	taking->log = channel->logs[m];
	if (!taking->maker)
		return error_set(err, STATUS_CONFLICT,
		                 "the card of %s is not trusted here", name);
	return STATUS_OK;
}

/* How many entries the packages of the content reach to. */
static uint64_t reach_of(const struct taking *taking)
{
	struct record_pouch rest = taking->content;
	enum record_pouch_request request;
	struct tlog_add_entries add;
	struct view body, origin;
	uint64_t reach = 0;
	while (record_pouch_next(&rest, &request, &body, &origin))
		if (request == RECORD_POUCH_ENTRIES &&
		    tlog_add_entries_parse(body, &add, NULL) == STATUS_OK)
			reach = add.end;
	return reach;
}

enum status desk_pouch_take(struct desk *desk, size_t channel, const char *maker,
                            struct view content, struct desk_pouch_taken *ret_taken,
                            struct error *err)
{
	struct taking taking = {.desk = desk, .channel = desk->channels[channel]};
	TRY(find_maker(&taking, maker, err));
	TRY(record_pouch_parse(content, &taking.content, err));
	TRY(check_origins(&taking, err));
	struct log *log = taking.log;
	struct member *member = &taking.channel->members[log->member];
	struct desk_pouch_taken taken = {.begins = taking.content.needs,
	                                 .held_before = log->tree.size,
	                                 .acked_before = member->feed.acked_size};
	uint64_t carried = log->carried_size;
	enum show_state shown = member->show.state;
	taken.is_early = taken.begins > log->tree.size;
	enum status status = taken.is_early ? STATUS_OK : take_all(&taking, err);
	log->carried_size = carried; /* the line stays here until a pouch takes it */
	member->show.state = shown;
	taken.held = log->tree.size;
	taken.is_early = taken.is_early || log->tree.size < reach_of(&taking);
	taken.lacking = log->tree.size - log->body_count;
	taken.acked = member->feed.acked_size;
	desk->must_commit = desk->must_commit || taken.held > taken.held_before;
	*ret_taken = taken;
	return status;
}

enum status desk_open_box(struct desk *desk, const struct box_sealed_key *sealed,
                          struct box_key *ret_key, struct error *err)
{
	return desk->signer.ops->open_box(desk->signer.self, sealed, ret_key, err);
}

enum status desk_accept(struct desk *desk, size_t channel, struct error *err)
{
	if (!desk->channels[channel]->is_open)
		return error_set(err, STATUS_AGAIN,
		                 "the channel's charter is not signed by all yet");
	return start_accept(desk, desk->channels[channel], err);
}
