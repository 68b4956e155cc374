/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is a decoded envelope well-formed under a charter? What fails here is recorded all the
 * same, as malformed; the sentence stands beside it.
 */
#include "record/envelope.h"

static enum status check_kind(const struct record_envelope *envelope,
                              const struct record_charter *charter, uint64_t index,
                              const struct record_kind **ret_kind, struct error *err)
{
	const struct record_kind *kind = record_kind_find(view_of_string(envelope->kind));
	bool is_open = strcmp(envelope->kind, "open") == 0;

	if (kind == NULL)
		return error_set(err, STATUS_MALFORMED,
		                 "the kind is not in our catalogue");
	if (!record_charter_allows(charter, kind))
		return error_set(err, STATUS_MALFORMED,
		                 "the charter does not allow the kind %s", kind->name);
	if (index == 0 && !is_open)
		return error_set(err, STATUS_MALFORMED,
		                 "the first entry of a log must be open");
	if (index > 0 && is_open)
		return error_set(err, STATUS_MALFORMED,
		                 "open stands only at the start of a log");
	*ret_kind = kind;
	return STATUS_OK;
}

static enum status check_parts(const struct record_envelope *envelope,
                               const struct record_kind *kind, struct error *err)
{
	if (kind->needs_re && !envelope->has_re)
		return error_set(err, STATUS_MALFORMED,
		                 "%s must say to which message it belongs (re)",
		                 kind->name);
	if (!kind->takes_re && envelope->has_re)
		return error_set(err, STATUS_MALFORMED, "%s names no other message (re)",
		                 kind->name);
	if (kind->has_body && !kind->body_optional && !envelope->has_body)
		return error_set(err, STATUS_MALFORMED, "%s must have a body",
		                 kind->name);
	if (!kind->has_body && envelope->has_body)
		return error_set(err, STATUS_MALFORMED, "%s has no body", kind->name);
	return STATUS_OK;
}

static enum status check_to(const struct record_envelope *envelope,
                            const struct record_charter *charter, const char *author,
                            struct error *err)
{
	for (size_t i = 0; i < envelope->to_count; i++) {
		const char *name = envelope->to[i].text;

		if (strcmp(name, author) == 0)
			return error_set(err, STATUS_MALFORMED,
			                 "the message is addressed to its author");
		if (record_charter_member(charter, name) == SIZE_MAX)
			return error_set(err, STATUS_MALFORMED,
			                 "%s is not a member of the channel", name);
	}
	return STATUS_OK;
}

static enum status check_line(const struct record_envelope *envelope,
                              const struct record_charter *charter, struct error *err)
{
	if (envelope->line[0] == '\0')
		return STATUS_OK;
	for (size_t i = 0; i < charter->line_count; i++)
		if (strcmp(charter->lines[i], envelope->line) == 0)
			return STATUS_OK;
	return error_set(err, STATUS_MALFORMED, "the charter has no line %s",
	                 envelope->line);
}

/* The charter limits what people write: an amendment of it must fit in any case. */
static enum status check_limits(const struct record_envelope *envelope,
                                const struct record_kind *kind,
                                const struct record_limits *limits, struct error *err)
{
	if (envelope->has_body && !kind->is_automatic &&
	    envelope->body.size > limits->body_len)
		return error_set(err, STATUS_MALFORMED,
		                 "the body is larger than the charter allows");
	if (envelope->attachment_count > limits->attachment_count)
		return error_set(err, STATUS_MALFORMED,
		                 "there are more attachments than the charter allows");
	for (size_t i = 0; i < envelope->attachment_count; i++)
		if (envelope->attachments[i].size + RECORD_SALT_LEN >
		    limits->attachment_len)
			return error_set(
			    err, STATUS_MALFORMED,
			    "an attachment is larger than the charter allows");
	return STATUS_OK;
}

enum status record_envelope_check(const struct record_envelope *envelope,
                                  const struct record_charter *charter,
                                  const char *author, uint64_t index, struct error *err)
{
	const struct record_kind *kind = NULL;

	TRY(check_kind(envelope, charter, index, &kind, err));
	TRY(check_parts(envelope, kind, err));
	TRY(check_to(envelope, charter, author, err));
	TRY(check_line(envelope, charter, err));
	return check_limits(envelope, kind, &charter->limits, err);
}
