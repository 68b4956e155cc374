/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a charter's text from cards, a template and, for an amendment, the charter
 * before. What template and charter say is carried over token by token, on one line;
 * whether it makes sense is judged by reading the result as any member would.
 */
#include "record/charter_parts.h"

#include "base/cleanup.h"
#include "codec/base64.h"
#include "codec/time_text.h"
#include "record/codebook.h"
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
    {"keep", NULL},
    {"proofs", NULL},
    {"approval", NULL},
};

/* Where the parts of a text come from: what the template says, else what the charter
 * before said. */
struct sources {
	const struct record_charter_draft *draft;
	struct json_doc template, previous; /* empty when there is none */
};

static void sources_release(struct sources *sources)
{
	json_release(&sources->template);
	json_release(&sources->previous);
}

/* "default" in the list stands for the digest of our own default book. */
static bool codebooks_append(const struct json_doc *doc, const struct json_token *list,
                             struct buf *out)
{
	char hex[HASH_HEX_LEN + 1];
	const char *before = "[";

	if (list->type != JSON_ARRAY)
		return false;
	hash_hex(&record_codebook_default_digest, hex);
	for (const struct json_token *book = json_first(doc, list); book != NULL;
	     book = json_next(doc, list, book), before = ",") {
		buf_append_string(out, before);
		if (book->type == JSON_STRING && json_string_is(doc, book, "default"))
			buf_printf(out, "\"%s\"", hex);
		else
			record_json_append_compact(doc, book, out);
	}
	buf_append_string(out, list->count == 0 ? "[]" : "]");
	return true;
}

/* Appends the member's value, or nothing; false: neither source has one. In a template
 * null means that the setting is left out. */
static bool value_append(const struct sources *sources, const char *name, struct buf *out)
{
	const struct json_doc *docs[] = {&sources->template, &sources->previous};

	for (size_t i = 0; i < COUNT(docs); i++) {
		const struct json_token *value = NULL;

		if (docs[i]->count > 0)
			value = json_member(docs[i], json_root(docs[i]), name);
		if (value == NULL)
			continue;
		if (value->type != JSON_NULL && (strcmp(name, "codebooks") != 0 ||
		                                 !codebooks_append(docs[i], value, out)))
			record_json_append_compact(docs[i], value, out);
		return true;
	}
	return false;
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
			                 "(members, date, nonce and previous come from "
			                 "the draft)");
		value = json_next(template, root, name);
	}
	return STATUS_OK;
}

/* "Channel of a, b and c", as long as that fits. */
static void default_title(const struct record_charter_draft *draft, struct buf *out)
{
	buf_append_string(out, "Channel of ");
	for (size_t i = 0; i < draft->card_count; i++) {
		if (i > 0)
			buf_append_string(out,
			                  i == draft->card_count - 1 ? " and " : ", ");
		buf_append_string(out, draft->cards[i].name.text);
	}
	if (out->len > sizeof((struct record_charter *)0)->title - 1) {
		buf_clear(out);
		buf_printf(out, "Channel of %zu desks", draft->card_count);
	}
}

static void title_append(const struct sources *sources, struct buf *out)
{
	const struct record_charter_draft *draft = sources->draft;
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);

	buf_append_string(out, "\"title\":");
	if (draft->title == NULL && value_append(sources, "title", out))
		return;
	if (draft->title != NULL)
		buf_append_string(&text, draft->title);
	else
		default_title(draft, &text);
	json_append_string(out, buf_view(&text));
}

/* The kinds that may be sent, or NULL: all. */
static const struct json_token *allowed_of(const struct json_doc *doc)
{
	const struct json_token *kinds = NULL;

	if (doc->count > 0)
		kinds = json_member(doc, json_root(doc), "kinds");
	if (kinds == NULL || kinds->type != JSON_OBJECT)
		return NULL;
	return json_member(doc, kinds, "allowed");
}

/* The catalogue's digest is ours unless the template insists on one; then reading the
 * result refuses another. */
static void kinds_append(const struct sources *sources, struct buf *out)
{
	const struct json_doc *template = &sources->template;
	const struct json_doc *doc = &sources->previous;
	const struct json_token *kinds = NULL, *allowed;
	char hex[HASH_HEX_LEN + 1];

	if (template->count > 0)
		kinds = json_member(template, json_root(template), "kinds");
	if (kinds != NULL)
		doc = template;
	allowed = allowed_of(doc);
	buf_append_string(out, "\"kinds\":");
	if (kinds != NULL && (allowed == NULL || kinds->count != 1)) {
		record_json_append_compact(template, kinds, out);
		return;
	}
	hash_hex(&record_kinds_digest, hex);
	buf_printf(out, "{\"digest\":\"%s\"", hex);
	if (allowed != NULL) {
		buf_append_string(out, ",\"allowed\":");
		record_json_append_compact(doc, allowed, out);
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

static void default_codebooks(struct buf *out)
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&record_codebook_default_digest, hex);
	buf_printf(out, "[\"%s\"]", hex);
}

static void fallback_append(const struct sources *sources, size_t setting,
                            struct buf *out)
{
	if (strcmp(settings[setting].name, "languages") == 0)
		default_languages(sources->draft, out);
	else if (strcmp(settings[setting].name, "codebooks") == 0)
		default_codebooks(out);
	else if (settings[setting].fallback != NULL)
		buf_append_string(out, settings[setting].fallback);
}

static void settings_append(const struct sources *sources, struct buf *out)
{
	CLEANUP_BUF struct buf value = BUF_INIT(RECORD_NOTE_MAX);

	for (size_t i = 0; i < COUNT(settings); i++) {
		buf_clear(&value);
		if (!value_append(sources, settings[i].name, &value) &&
		    sources->draft->previous == NULL)
			fallback_append(sources, i, &value);
		if (value.len == 0 && value.failed == STATUS_OK)
			continue;
		buf_printf(out, ",\"%s\":", settings[i].name);
		buf_append_view(out, buf_view(&value));
		if (value.failed != STATUS_OK)
			out->failed = value.failed;
	}
}

static void previous_append(const struct record_charter *previous, struct buf *out)
{
	char hex[HASH_HEX_LEN + 1];

	if (previous == NULL)
		return;
	hash_hex(&previous->digest, hex);
	buf_printf(out, ",\"previous\":\"%s\"", hex);
}

static enum status members_append(const struct sources *sources, struct buf *out,
                                  struct error *err)
{
	size_t count = 0;

	TRY(record_charter_append_members(sources->draft, &sources->previous, out, &count,
	                                  err));
	if (count < 2 || count > RECORD_MEMBERS_MAX)
		return error_set(err, STATUS_MALFORMED, "a channel has 2 to %d members",
		                 RECORD_MEMBERS_MAX);
	return STATUS_OK;
}

static enum status text_append(const struct sources *sources, struct buf *out,
                               struct error *err)
{
	const struct record_charter_draft *draft = sources->draft;
	char date[TIME_TEXT_LEN + 1];

	time_text_encode(draft->date_s, date);
	buf_append_string(out, RECORD_TYPE_CHARTER "\n{\"aldis\":");
	if (!value_append(sources, "aldis", out))
		buf_append_byte(out, '1');
	buf_append_byte(out, ',');
	title_append(sources, out);
	buf_printf(out, ",\"date\":\"%s\",\"nonce\":\"", date);
	base64_append(out, view_of(draft->nonce, sizeof draft->nonce));
	buf_append_string(out, "\",");
	TRY(members_append(sources, out, err));
	buf_append_byte(out, ',');
	kinds_append(sources, out);
	settings_append(sources, out);
	previous_append(draft->previous, out);
	buf_append_string(out, "}\n");
	return buf_check(out, "the charter", err);
}

static enum status text_check(struct view text, struct error *err)
{
	struct record_charter charter = {0};

	TRY(record_charter_decode(text, &charter, err));
	record_charter_release(&charter);
	return STATUS_OK;
}

static enum status sources_scan(struct sources *sources, struct error *err)
{
	const struct record_charter_draft *draft = sources->draft;
	enum status status = template_scan(draft->template_json, &sources->template, err);

	if (status != STATUS_OK)
		return error_context(err, status, "template");
	if (draft->previous == NULL)
		return STATUS_OK;
	return record_root_text_scan(buf_view(&draft->previous->text),
	                             RECORD_TYPE_CHARTER, &sources->previous, err);
}

enum status record_charter_draft(const struct record_charter_draft *draft,
                                 struct buf *out, struct error *err)
{
	__attribute__((cleanup(sources_release))) struct sources sources = {.draft =
	                                                                        draft};
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);

	TRY(sources_scan(&sources, err));
	TRY(text_append(&sources, &text, err));
	TRY(text_check(buf_view(&text), err));
	buf_append_view(out, buf_view(&text));
	return buf_check(out, "the charter", err);
}
