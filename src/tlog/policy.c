/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy keeps one copy of its text; names and URLs point into it. A member is always
 * defined before its group, so one pass in order of definition decides a quorum.
 */
#include "tlog/policy.h"

#include "base/cleanup.h"
#include "codec/decimal.h"
#include "tlog/cosignature.h"

#include <assert.h>

struct parser {
	struct tlog_policy *policy;
	bool has_quorum;
	bool is_member[TLOG_POLICY_ITEMS_MAX]; /* of a group, already */
	struct error *err;
};

static enum status refuse(struct parser *parser, const char *sentence)
{
	return error_set(parser->err, STATUS_MALFORMED, "%s", sentence);
}

/* The next field, which is empty at the end of the line. */
static struct view take_field(struct view *line)
{
	size_t start = 0;
	while (start < line->len &&
	       (line->data[start] == ' ' || line->data[start] == '\t'))
		start++;
	size_t end = start;
	while (end < line->len && line->data[end] != ' ' && line->data[end] != '\t')
		end++;
	struct view field = view_of(line->data + start, end - start);
	*line = view_from(*line, end);
	return field;
}

/* An array with room for one more: its size is the power of two above count. */
static void *grow(void *array, size_t count, size_t element_len)
{
	if (count > 0 && (count & (count - 1)) != 0)
		return array;
	return reallocarray(array, count == 0 ? 1 : 2 * count, element_len);
}

static enum status add_log(struct parser *parser, struct tlog_policy_log **ret_log)
{
	struct tlog_policy *policy = parser->policy;
	if (policy->log_count == TLOG_POLICY_ITEMS_MAX)
		return error_set(parser->err, STATUS_LIMIT, "more than %d logs",
		                 TLOG_POLICY_ITEMS_MAX);
	void *logs = grow(policy->logs, policy->log_count, sizeof *policy->logs);
	if (!logs)
		return error_set(parser->err, STATUS_NO_MEMORY, "out of memory");
	policy->logs = logs;
	*ret_log = &policy->logs[policy->log_count++];
	**ret_log = (struct tlog_policy_log){0};
	return STATUS_OK;
}

static enum status add_item(struct parser *parser, struct tlog_policy_item **ret_item)
{
	struct tlog_policy *policy = parser->policy;
	if (policy->item_count == TLOG_POLICY_ITEMS_MAX)
		return error_set(parser->err, STATUS_LIMIT,
		                 "more than %d witnesses and groups",
		                 TLOG_POLICY_ITEMS_MAX);
	void *items = grow(policy->items, policy->item_count, sizeof *policy->items);
	if (!items)
		return error_set(parser->err, STATUS_NO_MEMORY, "out of memory");
	policy->items = items;
	*ret_item = &policy->items[policy->item_count++];
	**ret_item = (struct tlog_policy_item){0};
	return STATUS_OK;
}

static bool find_item(const struct tlog_policy *policy, struct view name,
                      uint32_t *ret_index)
{
	for (size_t i = 0; i < policy->item_count; i++)
		if (view_equal(policy->items[i].name, name)) {
			*ret_index = (uint32_t)i;
			return true;
		}
	return false;
}

/* A name that may be defined now. */
static enum status check_new_name(struct parser *parser, struct view name)
{
	uint32_t index;
	if (name.len == 0)
		return refuse(parser, "a name is missing");
	if (view_equal_string(name, "none"))
		return refuse(parser, "the name 'none' can't be defined");
	if (find_item(parser->policy, name, &index))
		return refuse(parser, "the name is already defined");
	return STATUS_OK;
}

static bool same_key(const struct tlog_vkey *a, const struct tlog_vkey *b)
{
	return view_equal(view_of(a->key, a->key_len), view_of(b->key, b->key_len));
}

/* The optional URL and the end of the line. The byte behind a field is a blank or a
 * newline that is already read, so it can end the string. */
static enum status parse_url(struct parser *parser, struct view *line, char **ret_url)
{
	struct view url = take_field(line);
	if (take_field(line).len > 0 || (url.len > 0 && url.data[0] == '#'))
		return refuse(parser, "something stands behind the URL");
	if (url.len == 0)
		return STATUS_OK;
	struct buf *memory = &parser->policy->memory;
	char *start = (char *)memory->data + (url.data - memory->data);
	start[url.len] = '\0';
	*ret_url = start;
	return STATUS_OK;
}

static enum status parse_log(struct parser *parser, struct view line)
{
	struct tlog_policy *policy = parser->policy;
	struct tlog_vkey key;
	struct tlog_policy_log *log = NULL;
	TRY(tlog_vkey_decode(take_field(&line), &key, parser->err));
	if (key.type != TLOG_KEY_ED25519)
		return refuse(parser, "a log's key must be of type 01");
	for (size_t i = 0; i < policy->log_count; i++)
		if (same_key(&policy->logs[i].key, &key))
			return refuse(parser, "two logs have the same key");
	TRY(add_log(parser, &log));
	log->key = key;
	return parse_url(parser, &line, &log->url);
}

static enum status parse_witness(struct parser *parser, struct view line)
{
	struct tlog_policy *policy = parser->policy;
	struct view name = take_field(&line);
	struct tlog_vkey key;
	struct tlog_policy_item *item = NULL;
	TRY(check_new_name(parser, name));
	TRY(tlog_vkey_decode(take_field(&line), &key, parser->err));
	if (key.type == TLOG_KEY_ED25519)
		return refuse(parser, "a witness's key must be of type 04 or 06");
	for (size_t i = 0; i < policy->item_count; i++)
		if (!policy->items[i].is_group && same_key(&policy->items[i].key, &key))
			return refuse(parser, "two witnesses have the same key");
	TRY(add_item(parser, &item));
	item->name = name;
	item->key = key;
	return parse_url(parser, &line, &item->url);
}

static enum status parse_member(struct parser *parser, struct view name,
                                uint32_t *ret_index)
{
	uint32_t index;
	if (!find_item(parser->policy, name, &index))
		return refuse(parser, "a member is not defined above");
	if (parser->is_member[index])
		return refuse(parser, "a member is listed twice");
	parser->is_member[index] = true;
	*ret_index = index;
	return STATUS_OK;
}

/* Appends the fields of line to the group's members. */
static enum status parse_members(struct parser *parser, struct view line,
                                 struct tlog_policy_item *group)
{
	for (;;) {
		struct view name = take_field(&line);
		if (name.len == 0)
			return STATUS_OK;
		void *members =
		    grow(group->members, group->member_count, sizeof *group->members);
		if (!members)
			return error_set(parser->err, STATUS_NO_MEMORY, "out of memory");
		group->members = members;
		TRY(parse_member(parser, name, &group->members[group->member_count]));
		group->member_count++;
	}
}

static enum status parse_threshold(struct parser *parser, struct view text,
                                   struct tlog_policy_item *group)
{
	uint64_t threshold;
	if (group->member_count == 0)
		return refuse(parser, "a group has no members");
	if (view_equal_string(text, "any"))
		threshold = 1;
	else if (view_equal_string(text, "all"))
		threshold = group->member_count;
	else if (decimal_decode(text, group->member_count, &threshold, NULL) !=
	             STATUS_OK ||
	         threshold == 0)
		return refuse(
		    parser, "a threshold is not all, any or 1 to the number of members");
	group->threshold = (uint32_t)threshold;
	return STATUS_OK;
}

static enum status parse_group(struct parser *parser, struct view line)
{
	struct view name = take_field(&line), threshold = take_field(&line);
	struct tlog_policy_item group = {.name = name, .is_group = true}, *item = NULL;
	TRY(check_new_name(parser, name));
	enum status status = parse_members(parser, line, &group);
	if (status == STATUS_OK)
		status = parse_threshold(parser, threshold, &group);
	if (status == STATUS_OK)
		status = add_item(parser, &item);
	if (status != STATUS_OK) {
		free(group.members);
		return status;
	}
	*item = group;
	return STATUS_OK;
}

static enum status parse_quorum(struct parser *parser, struct view line)
{
	struct view name = take_field(&line);
	struct tlog_policy *policy = parser->policy;
	if (parser->has_quorum)
		return refuse(parser, "there are two quorum lines");
	if (name.len == 0 || take_field(&line).len > 0)
		return refuse(parser, "a quorum line must have one name");
	parser->has_quorum = true;
	policy->has_quorum_none = view_equal_string(name, "none");
	if (!policy->has_quorum_none && !find_item(policy, name, &policy->quorum))
		return refuse(parser, "the quorum is not defined above");
	return STATUS_OK;
}

static enum status parse_line(struct parser *parser, struct view line)
{
	struct view word = take_field(&line);
	if (word.len == 0 || word.data[0] == '#')
		return STATUS_OK;
	if (view_equal_string(word, "log"))
		return parse_log(parser, line);
	if (view_equal_string(word, "witness"))
		return parse_witness(parser, line);
	if (view_equal_string(word, "group"))
		return parse_group(parser, line);
	if (view_equal_string(word, "quorum"))
		return parse_quorum(parser, line);
	return refuse(parser, "the line has an unknown first word");
}

static bool characters_check(struct view text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.data[i];
		if ((byte < 0x20 && byte != '\t' && byte != '\n') || byte == 0x7f)
			return false;
	}
	return true;
}

enum status tlog_policy_parse(struct view text, struct tlog_policy *ret_policy,
                              struct error *err)
{
	struct parser parser = {.policy = ret_policy, .err = err};
	if (text.len > TLOG_POLICY_MAX)
		return error_set(err, STATUS_LIMIT, "a policy is larger than %d bytes",
		                 TLOG_POLICY_MAX);
	if (!characters_check(text))
		return error_set(err, STATUS_MALFORMED,
		                 "a policy holds a control character");
	ret_policy->memory = BUF_INIT(TLOG_POLICY_MAX);
	buf_append_view(&ret_policy->memory, text);
	TRY(buf_check(&ret_policy->memory, "a policy", err));
	struct view rest = buf_view(&ret_policy->memory), line;
	for (unsigned number = 1; view_take_line(&rest, &line); number++) {
		enum status status = parse_line(&parser, line);
		if (status != STATUS_OK)
			return error_context(err, status, "policy line %u", number);
	}
	if (rest.len > 0)
		return error_set(err, STATUS_MALFORMED,
		                 "the last line of a policy has no newline");
	if (!parser.has_quorum)
		return error_set(err, STATUS_MALFORMED, "a policy has no quorum line");
	return STATUS_OK;
}

void tlog_policy_release(struct tlog_policy *policy)
{
	for (size_t i = 0; i < policy->item_count; i++)
		free(policy->items[i].members);
	free(policy->items);
	free(policy->logs);
	buf_release(&policy->memory);
	*policy = (struct tlog_policy){0};
}

static bool group_is_satisfied(const struct tlog_policy_item *group, const bool *ok)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < group->member_count; i++)
		count += ok[group->members[i]];
	return count >= group->threshold;
}

bool tlog_policy_is_satisfied(const struct tlog_policy *policy, const bool *witness_ok)
{
	bool ok[TLOG_POLICY_ITEMS_MAX];
	assert(policy->item_count <= TLOG_POLICY_ITEMS_MAX);
	if (policy->has_quorum_none)
		return true;
	for (size_t i = 0; i < policy->item_count; i++)
		ok[i] = policy->items[i].is_group
		            ? group_is_satisfied(&policy->items[i], ok)
		            : witness_ok[i];
	return ok[policy->quorum];
}

/* Which log of this origin signed? */
static enum status check_log(const struct tlog_policy *policy,
                             const struct tlog_note *note, const char *origin,
                             size_t *ret_log, struct error *err)
{
	bool is_signed = false;
	for (size_t i = 0; i < policy->log_count; i++) {
		if (strcmp(policy->logs[i].key.name, origin) != 0)
			continue;
		enum status status = tlog_note_verify(note, &policy->logs[i].key, err);
		if (status == STATUS_NOT_FOUND)
			continue;
		TRY(status);
		if (!is_signed)
			*ret_log = i;
		is_signed = true;
	}
	if (!is_signed)
		return error_set(err, STATUS_UNTRUSTED,
		                 "no log of the policy signed the checkpoint");
	return STATUS_OK;
}

/* Fills the times of the witnesses whose line verifies, 0 elsewhere. */
static enum status check_witnesses(const struct tlog_policy *policy,
                                   const struct tlog_note *note, uint64_t *ret_times_s,
                                   bool *ret_ok, size_t *ret_count, struct error *err)
{
	*ret_count = 0;
	for (size_t i = 0; i < policy->item_count; i++) {
		ret_times_s[i] = 0;
		ret_ok[i] = false;
		if (policy->items[i].is_group)
			continue;
		enum status status = tlog_cosignature_verify(note, &policy->items[i].key,
		                                             &ret_times_s[i], err);
		if (status == STATUS_NOT_FOUND)
			continue;
		TRY(status);
		ret_ok[i] = true;
		++*ret_count;
	}
	return STATUS_OK;
}

enum status tlog_policy_check(const struct tlog_policy *policy, struct view note,
                              struct tlog_policy_result *ret_result, struct error *err)
{
	struct tlog_note parsed;
	struct tlog_checkpoint checkpoint;
	uint64_t times_s[TLOG_POLICY_ITEMS_MAX];
	bool ok[TLOG_POLICY_ITEMS_MAX];
	size_t log = 0, count = 0;
	TRY(tlog_note_parse(note, &parsed, err));
	TRY(tlog_checkpoint_decode(parsed.text, &checkpoint, err));
	TRY(check_log(policy, &parsed, checkpoint.origin, &log, err));
	TRY(check_witnesses(policy, &parsed, times_s, ok, &count, err));
	if (!tlog_policy_is_satisfied(policy, ok))
		return error_set(err, STATUS_UNTRUSTED,
		                 "the checkpoint's cosignatures do not make the quorum");
	ret_result->checkpoint = checkpoint;
	ret_result->log = log;
	ret_result->verified_count = count;
	if (ret_result->verified_time_s)
		memcpy(ret_result->verified_time_s, times_s,
		       policy->item_count * sizeof times_s[0]);
	return STATUS_OK;
}
