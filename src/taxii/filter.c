/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A parameter is decoded, known by its name, and read by the function of its name. Each
 * may come once.
 */
#include "taxii/filter.h"

#include "base/cleanup.h"
#include "codec/decimal.h"

struct parameter {
	const char *name;
	enum status (*read)(struct taxii_filter *filter, struct view value,
	                    struct error *err);
};

/* Cuts off what is in front of the separator, or the whole. */
static struct view take_until(struct view *rest, uint8_t separator)
{
	size_t at = view_find(*rest, view_of(&separator, 1));
	struct view part = *rest;

	if (at == SIZE_MAX) {
		*rest = view_of(rest->data + rest->len, 0);
		return part;
	}
	*rest = view_from(*rest, at + 1);
	return view_of(part.data, at);
}

static int hex_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum status decode(struct view text, struct buf *out, struct error *err)
{
	for (size_t i = 0; i < text.len; i++) {
		int c = text.data[i];

		if (c == '%') {
			int high = i + 2 < text.len ? hex_of(text.data[i + 1]) : -1;
			int low = high >= 0 ? hex_of(text.data[i + 2]) : -1;

			c = low >= 0 ? high * 16 + low : 0;
			i += 2;
		}
		if (c <= ' ' || c > '~')
			return error_set(err, STATUS_MALFORMED,
			                 "the query is not well formed");
		buf_append_byte(out, (uint8_t)c);
	}
	return buf_check(out, "the query", err);
}

/* Of a list the n-th value. */
static bool take_value(struct view *rest, struct view *ret_value)
{
	if (rest->len == 0)
		return false;
	*ret_value = take_until(rest, ',');
	return true;
}

static enum status check_list(struct view list, const char *name, struct error *err)
{
	struct view value;
	size_t count = 0;

	if (list.len == 0 || list.data[list.len - 1] == ',')
		return error_set(err, STATUS_MALFORMED, "%s lacks a value", name);
	while (take_value(&list, &value)) {
		if (value.len == 0)
			return error_set(err, STATUS_MALFORMED, "%s lacks a value", name);
		if (++count > TAXII_VALUES_MAX)
			return error_set(err, STATUS_MALFORMED,
			                 "%s has more than %d values", name,
			                 TAXII_VALUES_MAX);
	}
	return STATUS_OK;
}

static void keep_list(struct taxii_filter *filter, enum taxii_list which,
                      struct view list)
{
	struct view value;

	while (take_value(&list, &value)) {
		filter->lists[which][filter->counts[which]++] = (struct taxii_value){
		    (uint16_t)filter->values.len, (uint16_t)value.len};
		buf_append_view(&filter->values, value);
	}
}

static enum status read_id(struct taxii_filter *filter, struct view value,
                           struct error *err)
{
	TRY(check_list(value, "match[id]", err));
	keep_list(filter, TAXII_MATCH_ID, value);
	return STATUS_OK;
}

static enum status read_type(struct taxii_filter *filter, struct view value,
                             struct error *err)
{
	TRY(check_list(value, "match[type]", err));
	keep_list(filter, TAXII_MATCH_TYPE, value);
	return STATUS_OK;
}

static enum status read_added_after(struct taxii_filter *filter, struct view value,
                                    struct error *err)
{
	filter->has_added_after = true;
	return error_context(err, taxii_time_decode(value, &filter->added_after_us, err),
	                     "added_after");
}

static enum status read_limit(struct taxii_filter *filter, struct view value,
                              struct error *err)
{
	uint64_t limit = 0;

	if (decimal_decode(value, INT32_MAX, &limit, NULL) != STATUS_OK || limit == 0)
		return error_set(err, STATUS_MALFORMED,
		                 "limit is a whole number from 1 to %d", INT32_MAX);
	filter->limit = limit < TAXII_PAGE_OBJECTS ? (size_t)limit : TAXII_PAGE_OBJECTS;
	return STATUS_OK;
}

static enum status read_next(struct taxii_filter *filter, struct view value,
                             struct error *err)
{
	uint64_t next = 0;

	if (decimal_decode(value, INT32_MAX, &next, NULL) != STATUS_OK)
		return error_set(err, STATUS_MALFORMED,
		                 "next is none that this server has given");
	filter->next = (size_t)next;
	return STATUS_OK;
}

static bool has_time(const struct taxii_filter *filter, int64_t version_us)
{
	for (size_t i = 0; i < filter->version_count; i++)
		if (filter->versions[i] == version_us)
			return true;
	return false;
}

static enum status read_version_time(struct taxii_filter *filter, struct view value,
                                     struct error *err)
{
	int64_t version_us;

	TRY(error_context(err, taxii_time_decode(value, &version_us, err),
	                  "match[version]"));
	if (has_time(filter, version_us))
		return error_set(err, STATUS_MALFORMED,
		                 "match[version] has a value twice");
	filter->versions[filter->version_count++] = version_us;
	return STATUS_OK;
}

/* Every object has one version, which is its first and its last. */
static enum status read_version(struct taxii_filter *filter, struct view value,
                                struct error *err)
{
	static const char *const keywords[] = {"all", "first", "last"};
	unsigned counts[3] = {0}, count = 0;
	struct view one;

	TRY(check_list(value, "match[version]", err));
	while (take_value(&value, &one)) {
		size_t i = 0;

		while (i < 3 && !view_equal_string(one, keywords[i]))
			i++;
		if (i == 3)
			TRY(read_version_time(filter, one, err));
		else if (counts[i]++ > 0)
			return error_set(err, STATUS_MALFORMED,
			                 "match[version] has '%s' twice", keywords[i]);
		count++;
	}
	if (counts[0] > 0 && count > 1)
		return error_set(err, STATUS_MALFORMED,
		                 "in match[version], 'all' stands alone");
	if (counts[0] + counts[1] + counts[2] > 0)
		filter->version_count = 0;
	return STATUS_OK;
}

static enum status read_spec_version(struct taxii_filter *filter, struct view value,
                                     struct error *err)
{
	struct view one;

	TRY(check_list(value, "match[spec_version]", err));
	filter->wants_other_spec = true;
	while (take_value(&value, &one)) {
		if (one.len != 3 || one.data[0] < '0' || one.data[0] > '9' ||
		    one.data[1] != '.' || one.data[2] < '0' || one.data[2] > '9')
			return error_set(err, STATUS_MALFORMED,
			                 "match[spec_version] is as in 2.1");
		if (view_equal_string(one, "2.1"))
			filter->wants_other_spec = false;
	}
	return STATUS_OK;
}

static const struct parameter parameters[] = {
    {"added_after", read_added_after},
    {"limit", read_limit},
    {"next", read_next},
    {"match[id]", read_id},
    {"match[type]", read_type},
    {"match[version]", read_version},
    {"match[spec_version]", read_spec_version},
};
enum { PARAMETER_COUNT = sizeof parameters / sizeof *parameters };

static enum status read_parameter(struct taxii_filter *filter, struct view part,
                                  bool seen[PARAMETER_COUNT], struct error *err)
{
	CLEANUP_BUF struct buf name = BUF_INIT(TAXII_QUERY_MAX);
	CLEANUP_BUF struct buf value = BUF_INIT(TAXII_QUERY_MAX);
	struct view rest = part;

	TRY(decode(take_until(&rest, '='), &name, err));
	TRY(decode(rest, &value, err));
	for (size_t i = 0; i < PARAMETER_COUNT; i++) {
		if (!view_equal_string(buf_view(&name), parameters[i].name))
			continue;
		if (seen[i])
			return error_set(err, STATUS_MALFORMED, "%s stands there twice",
			                 parameters[i].name);
		seen[i] = true;
		return parameters[i].read(filter, buf_view(&value), err);
	}
	return STATUS_OK;
}

enum status taxii_filter_read(struct view query, struct taxii_filter *ret_filter,
                              struct error *err)
{
	bool seen[PARAMETER_COUNT] = {false};

	ret_filter->values = BUF_INIT(TAXII_QUERY_MAX);
	ret_filter->limit = TAXII_PAGE_OBJECTS;
	if (query.len > TAXII_QUERY_MAX)
		return error_set(err, STATUS_MALFORMED, "the query is too long");
	while (query.len > 0) {
		struct view part = take_until(&query, '&');

		if (part.len > 0)
			TRY(read_parameter(ret_filter, part, seen, err));
	}
	return buf_check(&ret_filter->values, "the query", err);
}

void taxii_filter_release(struct taxii_filter *filter)
{
	buf_release(&filter->values);
}

size_t taxii_filter_start(const struct taxii_filter *filter,
                          const struct taxii_collection *collection)
{
	int64_t behind =
	    filter->has_added_after ? filter->added_after_us - collection->begun_us : 0;
	size_t start = filter->next;

	/* Object i was added i + 1 microseconds behind the beginning. */
	if (behind > 0 && (uint64_t)behind > start)
		start = (size_t)behind;
	return start < collection->count ? start : collection->count;
}

static bool list_has(const struct taxii_filter *filter, enum taxii_list which,
                     struct view wanted)
{
	for (size_t i = 0; i < filter->counts[which]; i++) {
		const struct taxii_value *one = &filter->lists[which][i];

		if (one->len == wanted.len &&
		    memcmp(filter->values.data + one->start, wanted.data, one->len) == 0)
			return true;
	}
	return filter->counts[which] == 0;
}

bool taxii_filter_matches(const struct taxii_filter *filter,
                          const struct taxii_object *object)
{
	return !filter->wants_other_spec &&
	       (filter->version_count == 0 || has_time(filter, object->version_us)) &&
	       list_has(filter, TAXII_MATCH_TYPE, object->type) &&
	       list_has(filter, TAXII_MATCH_ID, object->id);
}
