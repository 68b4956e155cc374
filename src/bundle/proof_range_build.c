/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a part of a log from where it is held.
 */
#include "bundle/proof_range.h"

#include <stdlib.h>

#include "base/cleanup.h"

enum { HELD_TRIED_MAX = 64 };

struct node_reader {
	const struct proof_source *source;
	const char *desk;
};

static enum status read_node(void *context, unsigned level, uint64_t index,
                             struct hash *ret_node, struct error *err)
{
	const struct node_reader *reader = context;

	return reader->source->node(reader->source->self, reader->desk, level, index,
	                            ret_node, err);
}

struct writing {
	const struct proof_range_plan *plan;
	struct json_doc doc;
	struct record_envelope envelope;
	struct buf bodies, checkpoints;
	uint64_t checkpoint_size; /* of the last one written; 0: none */
	struct buf *out;
};

static enum status append_start(struct writing *writing, const char *name,
                                struct error *err)
{
	const struct proof_range_plan *plan = writing->plan;
	struct node_reader reader = {.source = plan->source, .desk = plan->desk};
	struct tlog_tree tree;

	TRY(tlog_tree_load(&tree, plan->from, read_node, &reader, err));
	buf_printf(writing->out,
	           ",\"%s\":{\"desk\":\"%s\",\"from\":%llu,\"nodes\":", name, plan->desk,
	           (unsigned long long)plan->from);
	proof_append_hashes(writing->out, tree.frontier, tree.frontier_count);
	return STATUS_OK;
}

static enum status append_body(struct writing *writing, uint64_t index, struct error *err)
{
	CLEANUP_BUF struct buf blob = BUF_INIT(RECORD_BODY_MAX + RECORD_SALT_LEN);
	const struct proof_source *source = writing->plan->source;
	enum status status =
	    source->body(source->self, writing->plan->desk, index, &blob, err);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK; /* of a malformed entry, for example; the check tells */
	TRY(status);
	buf_printf(&writing->bodies,
	           "%s{\"index\":%llu,\"blob\":", writing->bodies.len > 0 ? "," : "",
	           (unsigned long long)index);
	proof_append_base64(&writing->bodies, buf_view(&blob));
	buf_append_byte(&writing->bodies, '}');
	return STATUS_OK;
}

/* Reads the smallest kept checkpoint, at least so large and not beyond the end. */
static enum status read_checkpoint(struct writing *writing, uint64_t at_least,
                                   struct buf *ret_note,
                                   struct proof_checkpoint *ret_checkpoint,
                                   struct error *err)
{
	const struct proof_range_plan *plan = writing->plan;

	buf_clear(ret_note);
	TRY(plan->source->checkpoint(plan->source->self, plan->desk, at_least, ret_note,
	                             err));
	TRY(proof_checkpoint_open(plan->channel, plan->charter, plan->desk,
	                          buf_view(ret_note), ret_checkpoint, err));
	if (ret_checkpoint->tree.size > plan->end)
		return error_set(err, STATUS_NOT_FOUND,
		                 "no signed checkpoint of %s with %llu entries is held",
		                 plan->desk, (unsigned long long)plan->end);
	return STATUS_OK;
}

static enum status append_checkpoint(struct writing *writing, uint64_t at_least,
                                     struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(TLOG_NOTE_MAX);
	const struct proof_range_plan *plan = writing->plan;
	CLEANUP_FREE struct proof_checkpoint *checkpoint = calloc(1, sizeof *checkpoint);

	if (checkpoint == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory");
	if (writing->checkpoint_size >= at_least)
		return STATUS_OK;
	TRY(read_checkpoint(writing, at_least, &note, checkpoint, err));
	writing->checkpoint_size = checkpoint->tree.size;
	buf_printf(&writing->checkpoints,
	           "%s{\"lines\":%zu,\"note\":", writing->checkpoints.len > 0 ? "," : "",
	           checkpoint->line_count);
	TRY(proof_checkpoint_append(plan->channel, plan->charter, plan->desk,
	                            buf_view(&note), &writing->checkpoints, err));
	buf_append_byte(&writing->checkpoints, '}');
	return STATUS_OK;
}

/* The smallest checkpoint with the entry in it that the holder or a quorum of witnesses
 * countersigned; a few are tried. That there is none is for the judgement to tell. */
static enum status append_held(struct writing *writing, uint64_t index, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(TLOG_NOTE_MAX);
	const struct proof_range_plan *plan = writing->plan;
	CLEANUP_FREE struct proof_checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
	size_t holder = record_charter_member(plan->charter, plan->holder);
	uint64_t at_least = index + 1;

	if (checkpoint == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory");
	for (int i = 0; i < HELD_TRIED_MAX; i++) {
		enum status status =
		    read_checkpoint(writing, at_least, &note, checkpoint, err);

		if (status == STATUS_NOT_FOUND)
			return STATUS_OK;
		TRY(status);
		if ((holder != SIZE_MAX && checkpoint->mirror_s[holder] != 0) ||
		    proof_quorum_s(plan->charter, checkpoint->witness_s, 0) != 0)
			return append_checkpoint(writing, checkpoint->tree.size, err);
		at_least = checkpoint->tree.size + 1;
	}
	return STATUS_OK;
}

static enum status append_entry(struct writing *writing, uint64_t index,
                                struct error *err)
{
	CLEANUP_BUF struct buf entry = BUF_INIT(TLOG_ENTRY_MAX);
	const struct proof_range_plan *plan = writing->plan;

	TRY(plan->source->entry(plan->source->self, plan->desk, index, &entry, err));
	buf_append_string(writing->out, index > plan->from ? "," : "");
	proof_append_base64(writing->out, buf_view(&entry));
	TRY(buf_check(writing->out, "the proof", err));
	if (record_envelope_decode(buf_view(&entry), &writing->doc, &writing->envelope,
	                           NULL) != STATUS_OK)
		return STATUS_OK;
	if (writing->envelope.has_body &&
	    plan->needs_body(plan->context, index, &writing->envelope))
		TRY(append_body(writing, index, err));
	if (plan->needs_checkpoint != NULL &&
	    plan->needs_checkpoint(plan->context, &writing->envelope))
		TRY(append_held(writing, index, err));
	return STATUS_OK;
}

static enum status append_range(struct writing *writing, const char *name,
                                struct error *err)
{
	const struct proof_range_plan *plan = writing->plan;

	TRY(append_start(writing, name, err));
	buf_append_string(writing->out, ",\"entries\":[");
	for (uint64_t i = plan->from; i < plan->end; i++)
		TRY(append_entry(writing, i, err));
	TRY(append_checkpoint(writing, plan->end, err));
	buf_append_string(writing->out, "],\"bodies\":[");
	buf_append_view(writing->out, buf_view(&writing->bodies));
	buf_append_string(writing->out, "],\"checkpoints\":[");
	buf_append_view(writing->out, buf_view(&writing->checkpoints));
	buf_append_string(writing->out, "]}");
	TRY(buf_check(&writing->bodies, "the proof", err));
	return buf_check(writing->out, "the proof", err);
}

enum status proof_range_append(const struct proof_range_plan *plan, const char *name,
                               struct buf *out, struct error *err)
{
	struct writing writing = {.plan = plan,
	                          .bodies = BUF_INIT(PROOF_LEN_MAX),
	                          .checkpoints = BUF_INIT(PROOF_LEN_MAX),
	                          .out = out};
	enum status status = append_range(&writing, name, err);

	buf_release(&writing.bodies);
	buf_release(&writing.checkpoints);
	json_release(&writing.doc);
	record_envelope_release(&writing.envelope);
	return status;
}

enum status proof_range_append_single(const struct proof_source *source, const char *desk,
                                      uint64_t index, uint64_t size, struct buf *out,
                                      struct error *err)
{
	CLEANUP_BUF struct buf entry = BUF_INIT(TLOG_ENTRY_MAX);
	struct node_reader reader = {.source = source, .desk = desk};
	struct tlog_proof proof;

	TRY(source->entry(source->self, desk, index, &entry, err));
	TRY(tlog_proof_inclusion(index, size, read_node, &reader, &proof, err));
	buf_printf(out, "\"index\":%llu,\"entry\":", (unsigned long long)index);
	proof_append_base64(out, buf_view(&entry));
	buf_append_string(out, ",\"inclusion\":");
	proof_append_hashes(out, proof.hashes, proof.count);
	return buf_check(out, "the proof", err);
}
