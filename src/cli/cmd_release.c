/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis release: drafting what is made public of a channel, the members' answers to it,
 * and the file that shows it. Everything is worked out here from what the running desk
 * serves; answers are messages as any other.
 */
#include <stdio.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/message_send.h"
#include "cli/print.h"
#include "cli/release_build.h"
#include "cli/release_channel.h"
#include "codec/base64.h"
#include "codec/json_writer.h"
#include "codec/time_text.h"
#include "record/object.h"
#include "release/look.h"

/* Drafting */

struct drafting {
	struct option_values only, withheld, envelope, attachments;
	const char *since, *until, *cover_path;
	struct record_message_id ids[3][OPTION_VALUES_MAX];
	struct hash hashes[OPTION_VALUES_MAX];
	struct buf cover_json, cover[RELEASE_LANGUAGES];
};

static enum status read_ids(const struct option_values *values,
                            struct record_message_id ids[OPTION_VALUES_MAX],
                            struct release_ids *ret_ids, struct error *err)
{
	for (size_t i = 0; i < values->count; i++)
		TRY(record_message_id_decode(view_of_string(values->values[i]), &ids[i],
		                             err));
	*ret_ids = (struct release_ids){.ids = ids, .count = values->count};
	return STATUS_OK;
}

static enum status read_time(const char *text, int64_t otherwise, int64_t *ret_s,
                             struct error *err)
{
	*ret_s = otherwise;
	return text == NULL ? STATUS_OK
	                    : time_text_decode_rfc3339(view_of_string(text), ret_s, err);
}

static enum status read_cover(struct drafting *drafting, struct release_choice *choice,
                              struct error *err)
{
	struct json_doc doc = {0};
	enum status status;

	if (drafting->cover_path == NULL)
		return STATUS_OK;
	drafting->cover_json = BUF_INIT(1 << 20);
	TRY(cli_read_input(drafting->cover_path, &drafting->cover_json, err));
	status = json_scan(&doc, buf_view(&drafting->cover_json), JSON_TOKENS_MAX, err);
	if (status == STATUS_OK && json_root(&doc)->type != JSON_OBJECT)
		status = error_set(err, STATUS_MALFORMED,
		                   "the cover is no JSON object of texts by language");
	for (size_t i = 0; status == STATUS_OK && i < RELEASE_LANGUAGES; i++) {
		drafting->cover[i] = BUF_INIT(RELEASE_COVER_MAX);
		(void)json_read_text(&doc, json_root(&doc), release_languages[i],
		                     &drafting->cover[i]);
		choice->cover[i] = buf_view(&drafting->cover[i]);
		status = buf_check(&drafting->cover[i], "the cover text", err);
	}
	json_release(&doc);
	return status;
}

static enum status read_choice(struct drafting *drafting, struct release_choice *choice,
                               struct error *err)
{
	TRY(read_time(drafting->since, INT64_MIN, &choice->since_s, err));
	TRY(read_time(drafting->until, INT64_MAX, &choice->until_s, err));
	TRY(read_ids(&drafting->only, drafting->ids[0], &choice->full, err));
	choice->others = drafting->only.count > 0 ? RELEASE_WITHHELD : RELEASE_FULL;
	TRY(read_ids(&drafting->withheld, drafting->ids[1], &choice->withheld, err));
	TRY(read_ids(&drafting->envelope, drafting->ids[2], &choice->envelope, err));
	for (size_t i = 0; i < drafting->attachments.count; i++)
		TRY(hex_decode_exact(view_of_string(drafting->attachments.values[i]),
		                     drafting->hashes[i].bytes,
		                     sizeof drafting->hashes[i].bytes, err));
	choice->attachments = drafting->hashes;
	choice->attachment_count = drafting->attachments.count;
	choice->now_s = clock_utc_ms() / 1000;
	return read_cover(drafting, choice, err);
}

static void drafting_free(struct drafting *drafting)
{
	buf_release(&drafting->cover_json);
	for (size_t i = 0; i < RELEASE_LANGUAGES; i++)
		buf_release(&drafting->cover[i]);
	free(drafting);
}

static void say_line(void *context, const struct release_word *word)
{
	FILE *file = context;

	fputs("  ", file);
	print_escaped(file, view_of_string(word->sentence));
	fputc('\n', file);
}

static enum status draft(const struct cli *cli, struct drafting *drafting,
                         const char *channel, struct releasing *releasing,
                         struct error *err)
{
	struct release_choice choice = {0};

	TRY(read_choice(drafting, &choice, err));
	TRY(releasing_open(cli, channel, releasing, err));
	TRY(release_draft(&releasing->record, &choice, &releasing->manifest, err));
	TRY(release_manifest_append(&releasing->manifest, &releasing->text, err));
	TRY(cli_write_output(buf_view(&releasing->text), err));
	return release_draft_words(&releasing->record, &releasing->manifest, say_line,
	                           stderr, err);
}

static int release_make_draft(struct cli *cli, int argc, char **argv)
{
	struct drafting *drafting = calloc(1, sizeof *drafting);
	struct releasing releasing = {0};
	struct option_values operands;
	struct error err = {0};
	enum status status;

	if (drafting == NULL)
		return cli_fail(CLI_COULD_NOT, "out of memory");
	const struct option_spec specs[] = {
	    {"--since", OPTION_TEXT, &drafting->since, 0},
	    {"--until", OPTION_TEXT, &drafting->until, 0},
	    {"--only", OPTION_LIST, &drafting->only, 0},
	    {"--withhold", OPTION_LIST, &drafting->withheld, 0},
	    {"--envelope", OPTION_LIST, &drafting->envelope, 0},
	    {"--attachment", OPTION_LIST, &drafting->attachments, 0},
	    {"--cover", OPTION_TEXT, &drafting->cover_path, 0},
	};
	if (options_parse(cli, specs, 7, 1, 1, argc, argv, &operands, &err) !=
	    STATUS_OK) {
		drafting_free(drafting);
		return cli_fail_usage("release", &err);
	}
	status = draft(cli, drafting, operands.values[0], &releasing, &err);
	releasing_release(&releasing);
	drafting_free(drafting);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

/* Showing */

static void print_answers(const struct releasing *releasing,
                          const struct release_look *look)
{
	const struct bundle_channel *channel = &releasing->record.channel;
	char sent[TIME_TEXT_LEN + 1];

	for (size_t i = 0; i < channel->member_count; i++) {
		const struct release_answered *answered = &look->answers[i];
		const char *name = channel->members[i].name.text;

		time_text_encode(answered->sent_s, sent);
		if (answered->answer == RELEASE_NO_ANSWER)
			printf("  %s has not answered\n", name);
		else
			printf("  %s %s (%s#%llu, sent %s)\n", name,
			       answered->answer == RELEASE_CONSENT ? "has consented"
			                                           : "has refused",
			       name, (unsigned long long)answered->index, sent);
	}
	printf("  with these answers it is %s\n", release_grade_name(look->grade));
}

static enum status show_look(struct releasing *releasing, struct release_look *look,
                             struct error *err)
{
	const struct release_manifest *manifest = &look->manifest;
	char hex[HASH_HEX_LEN + 1], made[TIME_TEXT_LEN + 1];

	TRY(release_look_at(&releasing->record, buf_view(&releasing->text), look, err));
	hash_hex(&look->digest, hex);
	time_text_encode(manifest->made_s, made);
	printf("manifest %s\n  drafted by %s at %s, rule %s\n", hex, manifest->by.text,
	       made, release_rule_name(manifest->rule));
	for (size_t i = 0; i < RELEASE_LANGUAGES; i++)
		if (manifest->cover[i].len > 0) {
			printf("  cover (%s): ", release_languages[i]);
			print_indented(stdout, buf_view(&manifest->cover[i]), 4);
			putchar('\n');
		}
	print_answers(releasing, look);
	return release_draft_words(&releasing->record, manifest, say_line, stdout, err);
}

static enum status show(struct releasing *releasing, const char *what, struct error *err)
{
	struct release_look look = {0};
	enum status status = releasing_read_manifest(releasing, what, err);

	if (status == STATUS_OK)
		status = show_look(releasing, &look, err);
	release_look_release(&look);
	return status;
}

static int release_show(struct cli *cli, int argc, char **argv)
{
	struct releasing releasing = {0};
	struct option_values operands;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, NULL, 0, 2, 2, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("release", &err);
	status = releasing_open(cli, operands.values[0], &releasing, &err);
	if (status == STATUS_OK)
		status = show(&releasing, operands.values[1], &err);
	releasing_release(&releasing);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}

/* Answering */

struct answering {
	struct message_send message;
	const char *text, *reason, *language;
};

static void write_text(struct json_writer *writer, const char *name, const char *text)
{
	if (text != NULL)
		json_writer_string(writer, name, text);
}

static int send_answer(struct cli *cli, struct answering *answering,
                       const struct hash *digest)
{
	struct json_writer writer = json_writer_of(&answering->message.body);
	char hex[HASH_HEX_LEN + 1];

	answering->message.body = BUF_INIT(RECORD_BODY_MAX);
	hash_hex(digest, hex);
	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "manifest", hex);
	write_text(&writer, "language", answering->language);
	write_text(&writer, "text", answering->text);
	write_text(&writer, "reason", answering->reason);
	json_writer_end(&writer);
	int result = message_send(cli, &answering->message);
	message_send_release(&answering->message);
	return result;
}

static enum status check_request(struct releasing *releasing, const char *path,
                                 struct hash *ret_digest, struct error *err)
{
	TRY(cli_read_input(path, &releasing->text, err));
	return release_request_check(&releasing->record, buf_view(&releasing->text),
	                             ret_digest, err);
}

static int release_request(struct cli *cli, int argc, char **argv)
{
	struct answering answering = {.message.kind = "release.request",
	                              .language = "en"};
	const struct option_spec specs[] = {
	    {"--text", OPTION_TEXT, &answering.text, 0},
	    {"--language", OPTION_TEXT, &answering.language, 0},
	};
	struct releasing releasing = {0};
	struct option_values operands;
	struct error err = {0};
	struct hash digest;
	enum status status;

	if (options_parse(cli, specs, 2, 2, 2, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("release", &err);
	if (answering.text == NULL)
		return cli_fail(CLI_USAGE,
		                "what is to be released, and why? --text TEXT");
	status = releasing_open(cli, operands.values[0], &releasing, &err);
	if (status == STATUS_OK)
		status = check_request(&releasing, operands.values[1], &digest, &err);
	releasing_release(&releasing);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	answering.message.channel = operands.values[0];
	answering.message.attachments.values[0] = operands.values[1];
	answering.message.attachments.count = 1;
	return send_answer(cli, &answering, &digest);
}

static int answer(struct cli *cli, struct answering *answering,
                  const struct option_values *operands)
{
	struct releasing releasing = {0};
	struct error err = {0};
	struct record_message_id request;
	struct hash digest;
	enum status status =
	    record_message_id_decode(view_of_string(operands->values[1]), &request, &err);

	if (status == STATUS_OK)
		status = releasing_open(cli, operands->values[0], &releasing, &err);
	if (status == STATUS_OK)
		status = release_answer_check(
		    &releasing.record, &request,
		    strcmp(answering->message.kind, "release.consent") == 0, &digest,
		    &err);
	releasing_release(&releasing);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	answering->message.channel = operands->values[0];
	answering->message.re = operands->values[1];
	return send_answer(cli, answering, &digest);
}

static int release_consent(struct cli *cli, int argc, char **argv)
{
	struct answering answering = {.message.kind = "release.consent"};
	struct option_values operands;
	struct error err = {0};

	if (options_parse(cli, NULL, 0, 2, 2, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("release", &err);
	return answer(cli, &answering, &operands);
}

static int release_refuse(struct cli *cli, int argc, char **argv)
{
	struct answering answering = {.message.kind = "release.refuse"};
	const struct option_spec specs[] = {
	    {"--reason", OPTION_TEXT, &answering.reason, 0},
	    {"--language", OPTION_TEXT, &answering.language, 0},
	};
	struct option_values operands;
	struct error err = {0};

	if (options_parse(cli, specs, 2, 2, 2, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("release", &err);
	return answer(cli, &answering, &operands);
}

int cmd_release(struct cli *cli, int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(struct cli *cli, int argc, char **argv);
	} parts[] = {
	    {"draft", release_make_draft}, {"show", release_show},
	    {"request", release_request},  {"consent", release_consent},
	    {"refuse", release_refuse},    {"build", release_build},
	};

	for (size_t i = 0; argc > 0 && i < sizeof parts / sizeof parts[0]; i++)
		if (strcmp(argv[0], parts[i].name) == 0)
			return parts[i].run(cli, argc - 1, argv + 1);
	return cli_fail(CLI_USAGE, "draft, show, request, consent, refuse or build?");
}
