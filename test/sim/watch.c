/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watching must see what is, not what a planted bug shows: plants are off while it looks,
 * except where it looks with the eyes of a person at the desk.
 */
#include "sim/watch.h"

#include <inttypes.h>

#include "codec/reader.h"
#include "record/amendment.h"
#include "sim/charters.h"
#include "tlog/bundle.h"
#include "tlog/wire.h"

static bool is_watched(const struct host *host)
{
	return !host->is_hostile && !host->sim->has_failed;
}

/* Whose log; SIM_DESKS_MAX for a name that is nobody's. */
static size_t member_of(const struct sim *sim, struct view origin)
{
	size_t slash = view_find(origin, view_of_string("/"));
	for (size_t m = 0; slash != SIZE_MAX && m < sim->desk_count; m++)
		if (view_equal_string(view_of(origin.data, slash),
		                      sim->cards[m].card.name.text))
			return m;
	return SIM_DESKS_MAX;
}

struct judge {
	struct json_doc doc;
	struct record_envelope envelope;
};

static void judge_release(struct judge *judge)
{
	json_release(&judge->doc);
	record_envelope_release(&judge->envelope);
}

static bool is_wellformed(const struct sim *sim, struct judge *judge, size_t member,
                          size_t charter, struct view entry, uint64_t index)
{
	return record_envelope_decode(entry, &judge->doc, &judge->envelope, NULL) ==
	           STATUS_OK &&
	       record_envelope_check(&judge->envelope, &sim->charters[charter].charter,
	                             sim->cards[member].card.name.text, index,
	                             NULL) == STATUS_OK;
}

/* The number of the charter that governs an entry of this log. */
static size_t governing(const struct host *host, size_t member, uint64_t index)
{
	const struct past *past = &host->pasts[member];
	size_t at = past->term_count;
	while (at > 0 && past->terms[at - 1].first > index)
		at--;
	return at > 0 ? past->terms[at - 1].charter : charters_since(host->sim, member);
}

/* Reads the body of an entry that names one; false when it is not held. */
static bool read_body(struct host *host, const struct record_envelope *envelope,
                      size_t member, uint64_t index, struct buf *packed,
                      struct view *ret_blob)
{
	struct error err;
	uint64_t count = 0;
	enum status status = host->store.ops->read_bodies(
	    host->store.self, (uint32_t)member, index, 1, packed, &count, &err);
	struct reader reader = reader_of(buf_view(packed));
	if (status != STATUS_OK || !reader_u32_bytes(&reader, ret_blob))
		return false;
	struct hash id = sha256(*ret_blob);
	return hash_equal(&id, &envelope->body.id);
}

/* The author goes over to another charter, which all must have signed. */
static void follow_amendment(struct host *host, size_t member, uint64_t index,
                             struct view blob)
{
	struct sim *sim = host->sim;
	struct past *past = &host->pasts[member];
	size_t before = governing(host, member, index);
	struct json_doc doc = {0};
	struct hash next, previous;
	bool is_read = blob.len >= RECORD_SALT_LEN &&
	               record_amendment_body_digests(record_blob_content(blob), &doc,
	                                             &next, &previous, NULL) == STATUS_OK;
	json_release(&doc);
	size_t charter = is_read ? charters_find(sim, &next) : SIZE_MAX;
	if (charter == before + 1 && past->term_count < PAST_TERMS_MAX)
		past->terms[past->term_count++] = (struct past_term){index, charter};
	else if (!sim->hosts[member]->is_hostile)
		sim_fail(sim,
		         "%s#%" PRIu64 " follows a charter that not all have signed, or "
		         "that does not follow on %zu (%zd)",
		         sim->hosts[member]->label, index, before, (ssize_t)charter);
}

static void follow_entry(struct host *host, struct judge *judge, size_t member,
                         struct view entry, uint64_t index)
{
	CLEANUP_BUF struct buf packed = BUF_INIT(RECORD_BODY_MAX + 64);
	struct past *past = &host->pasts[member];
	struct view blob = {0};
	struct sim *sim = host->sim;
	if (index >= past->end ||
	    !is_wellformed(sim, judge, member, governing(host, member, index), entry,
	                   index))
		return;
	if (judge->envelope.has_body &&
	    !read_body(host, &judge->envelope, member, index, &packed, &blob)) {
		sim_fail(sim, "%s signs for %s#%" PRIu64 " without holding its body",
		         host->label, sim->cards[member].card.name.text, index);
		return;
	}
	if (strcmp(judge->envelope.kind, "charter.amend") == 0)
		follow_amendment(host, member, index, blob);
	if (strcmp(judge->envelope.kind, "leave") == 0)
		past->end = index + 1;
}

/* The past grows by what the store holds behind it. */
static void follow(struct host *host, size_t member, uint64_t size)
{
	struct past *past = &host->pasts[member];
	struct judge judge = {0};
	struct error err;
	while (past_size(past) < size && !host->sim->has_failed) {
		uint64_t first = past_size(past), wanted = size - first, count = 0;
		CLEANUP_BUF struct buf bundle =
		    BUF_INIT(STORE_CHUNK_MAX * (TLOG_ENTRY_MAX + 2));
		struct view entry;
		if (host_read_entries(host, member, first,
		                      wanted < STORE_CHUNK_MAX ? wanted : STORE_CHUNK_MAX,
		                      &bundle, &count, &err) != STATUS_OK) {
			sim_fail(host->sim, "%s signs what it can't read: %s",
			         host->label, err.text);
			break;
		}
		struct reader reader = reader_of(buf_view(&bundle));
		while (tlog_bundle_next(&reader, &entry)) {
			struct hash leaf = tlog_leaf_hash(entry);
			follow_entry(host, &judge, member, entry, past_size(past));
			past_add_leaf(past, &leaf);
		}
	}
	judge_release(&judge);
}

static void check_root(struct host *host, size_t member, uint64_t size,
                       const struct hash *root)
{
	struct sim *sim = host->sim;
	const struct host *owner = sim->hosts[member];
	const char *name = owner->label;
	struct hash mine = past_root(&host->pasts[member], size);
	if (!hash_equal(&mine, root)) {
		sim_fail(sim,
		         "%s signs two histories of the log of %s (at size %" PRIu64 ")",
		         host->label, name, size);
		return;
	}
	if (owner->is_hostile || owner == host)
		return;
	if (size > past_size(&owner->pasts[member])) {
		sim_fail(sim, "%s cosigns size %" PRIu64 " of %s, which %s never signed",
		         host->label, size, name, name);
		return;
	}
	mine = past_root(&owner->pasts[member], size);
	if (!hash_equal(&mine, root))
		sim_fail(sim, "%s cosigns another history of %s than %s signed",
		         host->label, name, name);
}

static void check_cosignature(struct host *host, size_t member,
                              const struct signer_item *asked,
                              const struct signer_item *item)
{
	const struct past_signature *known =
	    past_find(&host->pasts[member], item->size, item->time_s);
	if (asked->time_s < 0 && item->time_s != -asked->time_s)
		sim_fail(host->sim,
		         "%s makes a new cosignature (size %" PRIu64
		         ") where the one before was asked for",
		         host->label, item->size);
	else if (known && known->key == host->card.serial &&
	         memcmp(&known->signature, &item->signature, sizeof item->signature) != 0)
		sim_fail(host->sim,
		         "%s makes two cosignatures of one size and time (%" PRIu64 ")",
		         host->label, item->size);
}

void watch_signed(struct host *host, const struct signer_item *asked,
                  const struct signer_item *item)
{
	struct sim *sim = host->sim;
	size_t member = member_of(sim, view_of_string(item->origin));
	if (item->status != STATUS_OK || !is_watched(host))
		return;
	sim->tally.signatures++;
	sim_trace(sim, item->size ^ (uint64_t)item->time_s << 20);
	if (member == SIM_DESKS_MAX ||
	    (member == host->member) != (item->kind == SIGNER_LOG)) {
		sim_fail(sim, "%s signs for %s", host->label, item->origin);
		return;
	}
	if (item->size > host->durable[member].entries ||
	    item->size > host->durable[member].bodies) {
		sim_fail(sim,
		         "%s signs size %" PRIu64 " of %s, durable are %" PRIu64
		         " entries and %" PRIu64 " bodies",
		         host->label, item->size, sim->hosts[member]->label,
		         host->durable[member].entries, host->durable[member].bodies);
		return;
	}
	enum plant planted = plant_pause();
	follow(host, member, item->size);
	check_root(host, member, item->size, &item->root);
	if (item->kind == SIGNER_MIRROR)
		check_cosignature(host, member, asked, item);
	past_note(&host->pasts[member],
	          &(struct past_signature){.size = item->size,
	                                   .time_s = item->time_s,
	                                   .key = host->card.serial,
	                                   .signature = item->signature});
	host->known[member] =
	    (struct signer_guard){.size = item->size, .time_s = item->time_s};
	plant_activate(planted);
}

static void check_seen(struct host *host, const struct record_envelope *envelope,
                       uint64_t index)
{
	struct sim *sim = host->sim;
	for (size_t i = 0; i < envelope->seen_count; i++) {
		const struct record_seen *seen = &envelope->seen[i];
		size_t m = sim_member(sim, seen->desk.text);
		if (m == SIZE_MAX || m == host->member ||
		    (m == sim->hostile && host->recover_count > 0))
			continue;
		struct hash root = tlog_empty_root();
		if (seen->size <= past_size(&host->pasts[m]))
			root = past_root(&host->pasts[m], seen->size);
		if (!hash_equal(&root, &seen->root))
			sim_fail(sim,
			         "%s#%" PRIu64 " names size %" PRIu64
			         " of %s as seen, cosigned is %" PRIu64,
			         host->label, index, seen->size, sim->hosts[m]->label,
			         past_size(&host->pasts[m]));
	}
}

/* What is appended in one turn may stand behind an amendment of the same turn. */
static bool is_wellformed_own(struct host *host, struct judge *judge, struct view entry,
                              uint64_t index)
{
	const struct sim *sim = host->sim;
	size_t charter = governing(host, host->member, index);
	while (charter < sim->charter_count &&
	       !is_wellformed(sim, judge, host->member, charter, entry, index))
		charter++;
	return charter < sim->charter_count;
}

void watch_appended(struct host *host, size_t member, uint64_t first, struct view bundle)
{
	struct reader reader = reader_of(bundle);
	struct view entry;
	struct judge judge = {0};
	if (!is_watched(host) || member != host->member)
		return;
	enum plant planted = plant_pause();
	for (uint64_t index = first; tlog_bundle_next(&reader, &entry); index++) {
		if (index >= host->pasts[member].end)
			sim_fail(host->sim, "%s writes #%" PRIu64 " after it has left",
			         host->label, index);
		else if (is_wellformed_own(host, &judge, entry, index))
			check_seen(host, &judge.envelope, index);
		else
			sim_fail(host->sim, "%s writes a malformed entry #%" PRIu64,
			         host->label, index);
	}
	plant_activate(planted);
	judge_release(&judge);
}

static void check_receipt_lines(struct host *host, const struct packet *packet,
                                struct view body)
{
	struct tlog_add_entries add;
	struct view line;
	size_t lines = 0;
	if (tlog_add_entries_parse(buf_view(&packet->body), &add, NULL) != STATUS_OK) {
		sim_fail(host->sim, "%s gives a receipt for nonsense", host->label);
		return;
	}
	size_t member = member_of(host->sim, add.origin);
	while (member < SIM_DESKS_MAX && view_take_line(&body, &line)) {
		struct tlog_note_line parsed;
		struct ed25519_signature signature;
		lines++;
		if (tlog_note_line_parse(line, &parsed, NULL) == STATUS_OK &&
		    parsed.signature_len == 8 + sizeof signature) {
			memcpy(&signature, parsed.signature + 8, sizeof signature);
			if (past_has_made(&host->pasts[member], &signature))
				continue;
		}
		lines = 0;
		break;
	}
	if (lines == 0)
		sim_fail(host->sim, "%s lets out a receipt that its signer did not make",
		         host->label);
}

void watch_reply(struct host *host, const struct packet *packet, int status,
                 struct view body)
{
	if (!is_watched(host) || status != 200)
		return;
	if (strcmp(packet->path, "/add-entries") == 0)
		check_receipt_lines(host, packet, body);
}

void watch_call(struct host *host, const struct desk_call *call)
{
	struct tlog_add_checkpoint add;
	struct tlog_note note;
	struct tlog_checkpoint checkpoint;
	if (!is_watched(host) || strcmp(call->path, "/add-checkpoint") != 0)
		return;
	if (tlog_add_checkpoint_parse(call->body, &add, NULL) != STATUS_OK ||
	    tlog_note_parse(add.note, &note, NULL) != STATUS_OK ||
	    tlog_checkpoint_decode(note.text, &checkpoint, NULL) != STATUS_OK) {
		sim_fail(host->sim, "%s sends a checkpoint that is none", host->label);
		return;
	}
	size_t member = member_of(host->sim, view_of_string(checkpoint.origin));
	struct hash root = {{0}};
	/* showing a member what it last signed takes its signature, not its entries */
	if (note.line_count == 1 && member != host->member)
		return;
	if (member < SIM_DESKS_MAX && checkpoint.size <= past_size(&host->pasts[member]))
		root = past_root(&host->pasts[member], checkpoint.size);
	if (!hash_equal(&root, &checkpoint.root) ||
	    checkpoint.size > host->durable[member].entries)
		sim_fail(host->sim, "%s lets out a checkpoint that it did not sign",
		         host->label);
}

static void check_receipts(struct host *host)
{
	struct sim *sim = host->sim;
	struct desk_receipt_info info;
	for (size_t i = 0; desk_receipt(host->desk, 0, i, &info); i++) {
		size_t m = sim_member(sim, info.member);
		const struct host *other = sim->hosts[m];
		const struct host_counts *own = &host->durable[host->member];
		const struct host_counts *theirs = &other->durable[host->member];
		if (info.size < host->receipts[m])
			sim_fail(sim, "%s forgets a receipt of %s", host->label,
			         other->label);
		host->receipts[m] = info.size;
		if (!host->must_regain[host->member] &&
		    (own->entries < info.size || own->bodies < info.size))
			sim_fail(sim, "%s has a receipt of %s for what it lost",
			         host->label, other->label);
		if (!other->is_hostile && !other->must_regain[host->member] &&
		    (theirs->entries < info.size || theirs->bodies < info.size))
			sim_fail(sim, "%s has a receipt of %s, which holds less",
			         host->label, other->label);
	}
}

static void check_shown(struct host *host, size_t m)
{
	struct sim *sim = host->sim;
	struct desk_log_info info;
	struct desk_message message;
	struct error err;
	uint64_t signed_size = past_size(&host->pasts[m]);
	if (!host_log(host, m, &info))
		return;
	uint64_t said = info.is_own ? info.signed_size : info.cosigned_size;
	struct record_message_id id = {.desk = sim->cards[m].card.name,
	                               .index = signed_size};
	if (said > signed_size)
		sim_fail(sim, "%s says that it signed more of %s than it did",
		         host->label, sim->hosts[m]->label);
	else if (desk_message_read(host->desk, 0, &id, &message, &err) == STATUS_OK)
		sim_fail(sim, "%s shows %s#%" PRIu64 ", which it has not signed",
		         host->label, sim->hosts[m]->label, signed_size);
}

static void check_state(struct host *host)
{
	struct desk_log_info info;
	desk_log(host->desk, 0, host->member, &info);
	for (size_t m = 0; m < host->sim->desk_count; m++)
		if (host->durable[m].entries >= past_size(&host->pasts[m]) &&
		    host->durable[m].bodies >= past_size(&host->pasts[m]))
			host->must_regain[m] = false;
	if (info.state == DESK_LOG_FROZEN && !host->was_restored)
		sim_fail(host->sim, "%s freezes with everything in place: %s",
		         host->label, info.why);
	if (info.state == DESK_LOG_READY && !host->must_regain[host->member])
		host->was_restored = false;
}

void watch_turn(struct host *host)
{
	if (!is_watched(host) || desk_channel_count(host->desk) == 0)
		return;
	check_state(host);
	check_receipts(host);
	plant_activate(host->sim->options.plant);
	for (size_t m = 0; m < host->sim->desk_count; m++)
		check_shown(host, m);
	plant_activate(PLANT_NONE);
}

static void check_store(struct host *host, size_t m)
{
	struct host_counts held;
	struct error err;
	sim_must(host->store.ops->count(host->store.self, (uint32_t)m, &held.entries,
	                                &held.bodies, &err),
	         &err);
	if (held.entries < host->durable[m].entries ||
	    held.bodies < host->durable[m].bodies)
		sim_fail(host->sim, "%s has lost what it committed of %s", host->label,
		         host->sim->hosts[m]->label);
	host->durable[m] = host->staged[m] = held;
}

static void check_guard(struct host *host, size_t m)
{
	if (host->sim->options.plant == PLANT_SIGNER_WITHOUT_GUARD)
		return; /* to be found by what it signs */
	struct desk_log_info info;
	struct signer_guard guard;
	struct error err;
	if (!host_log(host, m, &info))
		return;
	sim_must(signer_core_ops.guard(host->core,
	                               info.is_own ? SIGNER_LOG : SIGNER_MIRROR,
	                               info.origin, &guard, &err),
	         &err);
	uint64_t size = host->known[m].size;
	int64_t time_s = host->known[m].time_s;
	if (size > 0 && (!guard.is_known || guard.size < size ||
	                 (guard.size == size && guard.time_s < time_s)))
		sim_fail(host->sim,
		         "%s signed size %" PRIu64 " of %s, its guard says %" PRIu64,
		         host->label, size, host->sim->hosts[m]->label,
		         guard.is_known ? guard.size : 0);
}

void watch_started(struct host *host)
{
	if (!is_watched(host))
		return;
	for (size_t m = 0; m < host->sim->desk_count; m++)
		check_store(host, m);
	if (desk_channel_count(host->desk) == 0)
		return;
	for (size_t m = 0; m < host->sim->desk_count; m++)
		check_guard(host, m);
	check_receipts(host);
}
