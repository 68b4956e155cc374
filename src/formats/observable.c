/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One table of digests.
 */
#include "formats/observable.h"

#include "base/cleanup.h"
#include "record/form.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { LIST_MAX = 4 * 1024 * 1024 };

static const struct formats_digest digests[] = {
    {32, "MD5", "md5"},        {40, "SHA-1", "sha1"},      {64, "SHA-256", "sha256"},
    {96, "SHA-384", "sha384"}, {128, "SHA-512", "sha512"},
};

const struct formats_digest *formats_digest_of_len(size_t len)
{
	for (size_t i = 0; i < COUNT(digests); i++) {
		if (digests[i].len == len)
			return &digests[i];
	}
	return NULL;
}

const char *formats_address_type(struct view value)
{
	return record_address_check(value)  ? "ip"
	       : record_prefix_check(value) ? "prefix"
	                                    : NULL;
}

struct formats_observables formats_observables_init(void)
{
	return (struct formats_observables){.text = BUF_INIT(LIST_MAX)};
}

void formats_observables_add(struct formats_observables *list, const char *type,
                             struct view value, struct view note)
{
	if (list->count++ > 0)
		buf_append_byte(&list->text, ',');
	buf_printf(&list->text, "{\"type\":\"%s\",\"value\":", type);
	json_append_string(&list->text, value);
	if (note.len > 0) {
		buf_append_string(&list->text, ",\"note\":");
		buf_append_view(&list->text, note);
	}
	buf_append_byte(&list->text, '}');
}

void formats_observables_add_json(struct formats_observables *list, struct view json)
{
	if (list->count++ > 0)
		buf_append_byte(&list->text, ',');
	buf_append_view(&list->text, json);
}

bool formats_observables_put(struct formats_observables *list, struct formats_body *body)
{
	CLEANUP_BUF struct buf json = BUF_INIT(LIST_MAX);
	bool is_whole = list->text.failed == STATUS_OK;

	if (list->count > 0 && is_whole) {
		buf_append_byte(&json, '[');
		buf_append_view(&json, buf_view(&list->text));
		buf_append_byte(&json, ']');
		is_whole = json.failed == STATUS_OK;
	}
	if (list->count > 0 && is_whole)
		formats_body_put(body, "observables", buf_view(&json));
	buf_release(&list->text);
	return is_whole;
}
