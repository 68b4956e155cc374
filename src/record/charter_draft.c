/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a charter's text from cards and a template. What the template says is carried
 * over token by token, on one line; whether it makes sense is judged by reading the
 * result as any member would.
 */
#include "record/charter.h"

#include "base/cleanup.h"
#include "codec/base64.h"
#include "codec/time_text.h"
#include "record/kinds.h"

enum { TOKENS_MAX = 1 << 16 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What a template may set, in the order of the text, and what stands there without it
 * (NULL: nothing). */
static const struct {
	const char *name;
	const char *fallback;
} settings[] = {
    {"lines", "[\"technical\",\"operational\",\"political\"]"},
    {"languages", NULL},
    {"duties", "[{\"every\":\"PT1H\",\"owe\":\"check\",\"grace\":\"PT10M\"},"
               "{\"on\":\"incident\",\"owe\":[\"ack\"],\"within\":\"PT24H\"}]"},
    {"limits", "{\"skew\":\"PT5M\",\"body\":262144,\"attachment\":8388608,"
               "\"attachments\":64,\"quota\":1073741824}"},
    {"release", "\"joint\""},
    {"holding", NULL},
    {"witnesses", NULL},
    {"ask_witnesses", NULL},
    {"codebooks", NULL},
    {"previous", NULL},
    {"keep", NULL},
    {"proofs", NULL},
};

/* The value without the white space around its tokens. Depth is limited by the scan. */
static void compact_append(const struct json_doc *doc, const struct json_token *value,
                           struct buf *out)
{
	bool is_object = value->type == JSON_OBJECT;
	size_t position = 0;

	if (!is_object && value->type != JSON_ARRAY) {
		buf_append_view(out, json_text(doc, value));
		return;
	}
	buf_append_byte(out, is_object ? '{' : '[');
	for (const struct json_token *child = json_first(doc, value); child != NULL;
	     child = json_next(doc, value, child), position++) {
		if (position > 0)
			buf_append_byte(out, is_object && position % 2 == 1 ? ':' : ',');
		compact_append(doc, child, out);
	}
	buf_append_byte(out, is_object ? '}' : ']');
}

/* The template's value of this name, or NULL. */
static const struct json_token *template_member(const struct json_doc *template,
                                                const char *name)
{
	if (template->count == 0)
		return NULL;
	return json_member(template, json_root(template), name);
}

static bool is_setting(const struct json_doc *template, const struct json_token *name)
{
	static const char *const others[] = {"aldis", "title", "kinds"};

	for (size_t i = 0; i < COUNT(others); i++)
		if (json_string_is(template, name, others[i]))
			return true;
	for (size_t i = 0; i < COUNT(settings); i++)
		if (json_string_is(template, name, settings[i].name))
			return true;
	return false;
}

static enum status template_scan(struct view json, struct json_doc *template,
                                 struct error *err)
{
	const struct json_token *root, *value;

	if (json.len == 0)
		return STATUS_OK;
	TRY(json_scan(template, json, TOKENS_MAX, err));
	root = json_root(template);
	if (root->type != JSON_OBJECT)
		return error_set(err, STATUS_MALFORMED, "must be an object");
	for (const struct json_token *name = json_first(template, root); name != NULL;
	     name = json_next(template, root, value)) {
		if (!is_setting(template, name))
			return error_set(err, STATUS_MALFORMED,
			                 "has a member that no template may set "
			                 "(members, date and nonce come from the draft)");
		value = json_next(template, root, name);
	}
	return STATUS_OK;
}

/* "Channel of a, b and c", as long as that fits. */
static void default_title(const struct record_charter_draft *draft, struct buf *out)
{
	size_t last = draft->card_count - 1;

	buf_append_string(out, "Channel of ");
	for (size_t i = 0; i <= last; i++) {
		if (i > 0)
			buf_append_string(out, i == last ? " and " : ", ");
		buf_append_string(out, draft->cards[i].name.text);
	}
	if (out->len > sizeof((struct record_charter *)0)->title - 1) {
		buf_clear(out);
		buf_printf(out, "Channel of %zu desks", draft->card_count);
	}
}

static void title_append(const struct record_charter_draft *draft,
                         const struct json_doc *template, struct buf *out)
{
	const struct json_token *title = template_member(template, "title");
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);

	buf_append_string(out, "\"title\":");
	if (draft->title == NULL && title != NULL) {
		compact_append(template, title, out);
		return;
	}
	if (draft->title != NULL)
		buf_append_string(&text, draft->title);
	else
		default_title(draft, &text);
	json_append_string(out, buf_view(&text));
}

static void members_append(const struct record_charter_draft *draft, struct buf *out)
{
	buf_append_string(out, "\"members\":[");
	for (size_t i = 0; i < draft->card_count; i++) {
		const struct record_card *card = &draft->cards[i];
		char fingerprint[RECORD_FINGERPRINT_LEN + 1];

		record_fingerprint(card, fingerprint);
		buf_printf(out, "%s{\"name\":\"%s\",\"root\":\"", i > 0 ? "," : "",
		           card->name.text);
		base64_append(out, view_of(card->keys[RECORD_ROLE_ROOT].bytes, 32));
		buf_printf(out, "\",\"fingerprint\":\"%s\",\"card\":", fingerprint);
		json_append_string(out, draft->card_notes[i]);
		buf_append_byte(out, '}');
	}
	buf_append_byte(out, ']');
}

/* The catalogue's digest is ours unless the template insists on one; then reading the
 * result refuses another. */
static void kinds_append(const struct json_doc *template, struct buf *out)
{
	const struct json_token *kinds = template_member(template, "kinds");
	const struct json_token *allowed = NULL;
	char hex[HASH_HEX_LEN + 1];

	buf_append_string(out, "\"kinds\":");
	if (kinds != NULL && kinds->type == JSON_OBJECT)
		allowed = json_member(template, kinds, "allowed");
	if (kinds != NULL && (allowed == NULL || kinds->count != 1)) {
		compact_append(template, kinds, out);
		return;
	}
	hash_hex(&record_kinds_digest, hex);
	buf_printf(out, "{\"digest\":\"%s\"", hex);
	if (allowed != NULL) {
		buf_append_string(out, ",\"allowed\":");
		compact_append(template, allowed, out);
	}
	buf_append_byte(out, '}');
}

static bool is_language_before(const struct record_charter_draft *draft, size_t card,
                               size_t language)
{
	const char *tag = draft->cards[card].languages[language];

	for (size_t i = 0; i < card; i++)
		for (size_t j = 0; j < draft->cards[i].language_count; j++)
			if (strcmp(draft->cards[i].languages[j], tag) == 0)
				return true;
	return false;
}

/* Every language of every card, each once, as many as a charter may have. */
static void default_languages(const struct record_charter_draft *draft, struct buf *out)
{
	size_t count = 0;

	buf_append_byte(out, '[');
	for (size_t i = 0; i < draft->card_count; i++)
		for (size_t j = 0; j < draft->cards[i].language_count; j++) {
			if (count == RECORD_LANGUAGES_MAX ||
			    is_language_before(draft, i, j))
				continue;
			buf_printf(out, "%s\"%s\"", count > 0 ? "," : "",
			           draft->cards[i].languages[j]);
			count++;
		}
	buf_append_byte(out, ']');
}

static void settings_append(const struct record_charter_draft *draft,
                            const struct json_doc *template, struct buf *out)
{
	for (size_t i = 0; i < COUNT(settings); i++) {
		const char *name = settings[i].name;
		const struct json_token *value = template_member(template, name);
		bool is_languages = strcmp(name, "languages") == 0;

		if (value == NULL && settings[i].fallback == NULL && !is_languages)
			continue;
		buf_printf(out, ",\"%s\":", name);
		if (value != NULL)
			compact_append(template, value, out);
		else if (is_languages)
			default_languages(draft, out);
		else
			buf_append_string(out, settings[i].fallback);
	}
}

static void text_append(const struct record_charter_draft *draft,
                        const struct json_doc *template, struct buf *out)
{
	const struct json_token *version = template_member(template, "aldis");
	char date[TIME_TEXT_LEN + 1];

	time_text_encode(draft->date_s, date);
	buf_append_string(out, RECORD_TYPE_CHARTER "\n{\"aldis\":");
	if (version != NULL)
		compact_append(template, version, out);
	else
		buf_append_byte(out, '1');
	buf_append_byte(out, ',');
	title_append(draft, template, out);
	buf_printf(out, ",\"date\":\"%s\",\"nonce\":\"", date);
	base64_append(out, view_of(draft->nonce, sizeof draft->nonce));
	buf_append_string(out, "\",");
	members_append(draft, out);
	buf_append_byte(out, ',');
	kinds_append(template, out);
	settings_append(draft, template, out);
	buf_append_string(out, "}\n");
}

static enum status text_check(struct view text, struct error *err)
{
	struct record_charter charter = {0};

	TRY(record_charter_decode(text, &charter, err));
	record_charter_release(&charter);
	return STATUS_OK;
}

enum status record_charter_draft(const struct record_charter_draft *draft,
                                 struct buf *out, struct error *err)
{
	__attribute__((cleanup(json_release))) struct json_doc template = {0};
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	enum status status = template_scan(draft->template_json, &template, err);

	if (status != STATUS_OK)
		return error_context(err, status, "template");
	if (draft->card_count < 2 || draft->card_count > RECORD_MEMBERS_MAX)
		return error_set(err, STATUS_MALFORMED, "a channel has 2 to %d members",
		                 RECORD_MEMBERS_MAX);
	text_append(draft, &template, &text);
	TRY(buf_check(&text, "the charter", err));
	TRY(text_check(buf_view(&text), err));
	buf_append_view(out, buf_view(&text));
	return buf_check(out, "the charter", err);
}
