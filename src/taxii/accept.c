/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of media ranges with parameters. Quoted strings that hold commas or semicolons
 * are taken apart wrongly, and then match nothing.
 */
#include "taxii/accept.h"

#include <strings.h>

static struct view trim(struct view text)
{
	while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
		text = view_from(text, 1);
	while (text.len > 0 &&
	       (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\t'))
		text.len--;
	return text;
}

/* Cuts off what is in front of the separator, or the whole, without blanks around it. */
static struct view take(struct view *rest, char separator)
{
	size_t len = 0;
	struct view part;

	while (len < rest->len && rest->data[len] != (uint8_t)separator)
		len++;
	part = view_of(rest->data, len);
	*rest = view_from(*rest, len < rest->len ? len + 1 : len);
	return trim(part);
}

static bool is(struct view text, const char *word)
{
	return text.len == strlen(word) &&
	       strncasecmp((const char *)text.data, word, text.len) == 0;
}

/* "q=0", "q=0.000": not wanted at all. */
static bool is_zero(struct view weight)
{
	for (size_t i = 0; i < weight.len; i++)
		if (weight.data[i] != '0' && weight.data[i] != '.')
			return false;
	return weight.len > 0;
}

static bool range_allows(struct view range)
{
	struct view type = take(&range, ';');
	bool is_taxii = is(type, "application/taxii+json");

	if (!is_taxii && !is(type, "*/*") && !is(type, "application/*"))
		return false;
	while (range.len > 0) {
		struct view value = take(&range, ';');
		struct view name = take(&value, '=');

		value = trim(value);
		if (is(name, "q") && is_zero(value))
			return false;
		if (is_taxii && is(name, "version") && !is(value, "2.1") &&
		    !is(value, "\"2.1\""))
			return false;
	}
	return true;
}

bool taxii_accept_allows(const char *accept)
{
	struct view rest = view_of_string(accept != NULL ? accept : "");

	while (rest.len > 0)
		if (range_allows(take(&rest, ',')))
			return true;
	return false;
}
