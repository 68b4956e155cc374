/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes are bounded by the size that the head names, so that parts which can't be of it
 * are told before they fill memory.
 */
#include "pouch/join.h"

#include <stdlib.h>

void pouch_join_release(struct pouch_join *join)
{
	for (uint32_t i = 0; join->parts != NULL && i < join->head.count; i++)
		buf_release(&join->parts[i]);
	free(join->parts);
	free(join->is_held);
	buf_release(&join->whole);
	*join = (struct pouch_join){0};
}

static enum status begin(struct pouch_join *join, const struct pouch_part *part,
                         struct error *err)
{
	struct buf *parts = calloc(part->count, sizeof *parts);
	bool *is_held = calloc(part->count + 1, sizeof *is_held);

	if (parts == NULL || is_held == NULL) {
		free(parts);
		free(is_held);
		return error_set(err, STATUS_NO_MEMORY, "no memory for a pouch");
	}
	*join = (struct pouch_join){.head = *part, .parts = parts, .is_held = is_held};
	join->head.bytes = view_of("", 0);
	return STATUS_OK;
}

static enum status check_same(const struct pouch_join *join,
                              const struct pouch_part *part, struct error *err)
{
	if (!hash_equal(&join->head.pouch, &part->pouch))
		return error_set(err, STATUS_CONFLICT, "this is a part of another pouch");
	if (!pouch_part_is_same(&join->head, part))
		return error_set(
		    err, STATUS_CONFLICT,
		    "this part says something else of its pouch than the parts that are "
		    "here: its head was changed, or theirs");
	return STATUS_OK;
}

static enum status refuse_all(struct pouch_join *join, struct error *err)
{
	pouch_join_release(join);
	return error_set(err, STATUS_MALFORMED,
	                 "the parts do not make the pouch that they name: one of them "
	                 "was swapped. Bring them all again");
}

static enum status finish(struct pouch_join *join, struct error *err)
{
	struct buf whole = BUF_INIT(POUCH_SIZE_MAX);
	struct hash found;

	for (uint32_t i = 0; i < join->head.count; i++)
		buf_append_view(&whole, buf_view(&join->parts[i]));
	if (whole.failed != STATUS_OK) {
		enum status status = buf_check(&whole, "the pouch", err);

		buf_release(&whole);
		return status;
	}
	found = sha256(buf_view(&whole));
	if (whole.len != join->head.size || !hash_equal(&found, &join->head.pouch)) {
		buf_release(&whole);
		return refuse_all(join, err);
	}
	for (uint32_t i = 0; i < join->head.count; i++)
		buf_release(&join->parts[i]);
	free(join->parts);
	join->parts = NULL;
	join->whole = whole;
	return STATUS_OK;
}

static enum status keep(struct pouch_join *join, const struct pouch_part *part,
                        struct error *err)
{
	struct buf *place = &join->parts[part->number - 1];
	struct buf copy = BUF_INIT(POUCH_SIZE_MAX);

	buf_append_view(&copy, part->bytes);
	if (copy.failed != STATUS_OK)
		return buf_check(&copy, "a part", err);
	join->byte_count = join->byte_count - place->len + copy.len;
	buf_release(place);
	*place = copy;
	join->held_count += join->is_held[part->number] ? 0 : 1;
	join->is_held[part->number] = true;
	if (join->byte_count > join->head.size)
		return refuse_all(join, err);
	return join->held_count == join->head.count ? finish(join, err) : STATUS_OK;
}

enum status pouch_join_add(struct pouch_join *join, const struct pouch_part *part,
                           struct error *err)
{
	if (join->head.count == 0)
		TRY(begin(join, part, err));
	TRY(check_same(join, part, err));
	if (join->parts == NULL) /* it is whole */
		return STATUS_OK;
	return keep(join, part, err);
}

bool pouch_join_has(const struct pouch_join *join, uint32_t number)
{
	return number > 0 && number <= join->head.count && join->is_held[number];
}

struct view pouch_join_whole(const struct pouch_join *join)
{
	return join->head.count > 0 && join->parts == NULL ? buf_view(&join->whole)
	                                                   : view_of("", 0);
}
