/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis pouch: what a member has not acknowledged as files, to be carried by hand; and
 * such files from others, in any order.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/desk_call.h"
#include "cli/options.h"
#include "cli/pouch_file.h"
#include "cli/print.h"
#include "codec/base64.h"
#include "codec/json_writer.h"

enum { URL_MAX = 2048, FILES_MAX = 100000, JSON_MAX = 16 * 1024 * 1024 };

/* ---- out */

struct out {
	const char *channel, *member, *prefix;
	uint64_t part_size;
	size_t file_count;
	struct json_writer *writer; /* of the files' names; NULL: they are printed */
};

/* The operator's word, for who can ask no member. */
static enum status accept_log(const struct cli *cli, const char *channel,
                              struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(URL_MAX);
	struct api_answer answer = {0};
	enum status status;

	buf_append_string(&path, "/api/channels/");
	api_path_append(&path, channel);
	buf_append(&path, "/accept", sizeof "/accept");
	TRY(buf_check(&path, "the channel's name", err));
	status =
	    desk_call_post(cli, (const char *)path.data, view_of("", 0), &answer, err);
	api_answer_release(&answer);
	return status;
}

static enum status ask_pouch(const struct cli *cli, const struct out *out,
                             const char *after, struct api_answer *answer,
                             struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(URL_MAX);

	buf_append_string(&path, "/api/channels/");
	api_path_append(&path, out->channel);
	buf_append_string(&path, "/pouches/");
	api_path_append(&path, out->member);
	if (after[0] != '\0') {
		buf_append_string(&path, "?after=");
		api_path_append(&path, after);
	}
	buf_append_byte(&path, '\0');
	TRY(buf_check(&path, "the names of channel and desk", err));
	return desk_call_post(cli, (const char *)path.data, view_of("", 0), answer, err);
}

static enum status read_address(const struct json_doc *doc, struct pouch_address *address,
                                struct error *err)
{
	const struct json_token *root = json_root(doc);
	char hex[HASH_HEX_LEN + 1], box[64];

	json_read_string(doc, root, "from", address->from.text,
	                 sizeof address->from.text);
	json_read_string(doc, root, "to", address->to.text, sizeof address->to.text);
	json_read_string(doc, root, "channel", hex, sizeof hex);
	json_read_string(doc, root, "box", box, sizeof box);
	TRY(hex_decode_exact(view_of_string(hex), address->channel.hash.bytes,
	                     sizeof address->channel.hash.bytes, err));
	return base64_decode_exact(view_of_string(box), address->box.bytes,
	                           sizeof address->box.bytes, err);
}

static enum status read_sealed(const struct json_doc *doc, struct buf *ret_sealed,
                               struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(API_CLIENT_ANSWER_MAX);

	(void)json_read_text(doc, json_root(doc), "sealed", &text);
	TRY(buf_check(&text, "the pouch", err));
	return base64_decode(buf_view(&text), ret_sealed, err);
}

static enum status write_part(struct out *out, const struct pouch_part *part,
                              struct error *err)
{
	CLEANUP_BUF struct buf file = BUF_INIT(POUCH_PART_FILE_MAX);
	char path[4096];
	int len =
	    snprintf(path, sizeof path, "%s-%zu.pouch", out->prefix, out->file_count + 1);

	if (len < 0 || (size_t)len >= sizeof path || out->file_count == FILES_MAX)
		return error_set(err, STATUS_LIMIT, "too long a name, or too many files");
	pouch_part_append(&file, part);
	TRY(buf_check(&file, "a part", err));
	TRY(file_create(path, buf_view(&file), 0600, err));
	out->file_count++;
	if (out->writer != NULL)
		json_writer_string(out->writer, NULL, path);
	else
		puts(path);
	return STATUS_OK;
}

static enum status write_parts(struct out *out, const struct json_doc *doc,
                               struct error *err)
{
	CLEANUP_BUF struct buf sealed = BUF_INIT(POUCH_SIZE_MAX);
	struct pouch_part part = {.number = 1};
	struct view whole;

	TRY(read_address(doc, &part.address, err));
	TRY(read_sealed(doc, &sealed, err));
	whole = buf_view(&sealed);
	part.pouch = sha256(whole);
	part.size = (uint32_t)whole.len;
	part.count = pouch_part_count(whole.len, out->part_size);
	for (; part.number <= part.count; part.number++) {
		part.bytes = pouch_part_share(whole, out->part_size, part.number);
		TRY(write_part(out, &part, err));
	}
	return STATUS_OK;
}

static enum status write_pouches(const struct cli *cli, struct out *out,
                                 struct error *err)
{
	char after[128] = "";

	do {
		struct api_answer answer = {0};
		enum status status = ask_pouch(cli, out, after, &answer, err);

		if (status == STATUS_OK)
			status = write_parts(out, &answer.doc, err);
		json_read_string(&answer.doc, json_root(&answer.doc), "next", after,
		                 sizeof after);
		api_answer_release(&answer);
		TRY(status);
	} while (after[0] != '\0');
	return STATUS_OK;
}

static int pouch_out(struct cli *cli, int argc, char **argv)
{
	CLEANUP_BUF struct buf json = BUF_INIT(JSON_MAX);
	struct json_writer writer = json_writer_of(&json);
	struct out out = {.part_size = POUCH_SIZE_MAX};
	bool is_accepted = false;
	const struct option_spec specs[] = {
	    {"--part-size", OPTION_NUMBER, &out.part_size, POUCH_SIZE_MAX},
	    {"--accept", OPTION_FLAG, &is_accepted, 0},
	    {"-o", OPTION_TEXT, &out.prefix, 0},
	};
	struct option_values operands;
	struct error err = {0};
	enum status status = STATUS_OK;

	if (options_parse(cli, specs, 3, 2, 2, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("pouch", &err);
	if (out.prefix == NULL || out.part_size < POUCH_PART_SIZE_MIN)
		return cli_fail(
		    CLI_USAGE,
		    "say -o PREFIX for the files; a part has at least %d bytes",
		    POUCH_PART_SIZE_MIN);
	out.writer = cli->is_json ? &writer : NULL;
	out.channel = operands.values[0];
	out.member = operands.values[1];
	json_writer_object(&writer, NULL);
	json_writer_array(&writer, "files");
	if (is_accepted)
		status = accept_log(cli, out.channel, &err);
	if (status == STATUS_OK)
		status = write_pouches(cli, &out, &err);
	json_writer_end(&writer);
	json_writer_end(&writer);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	if (cli->is_json)
		print_json(stdout, buf_view(&json));
	return CLI_DONE;
}

/* ---- in */

static uint64_t number_of(const struct json_doc *doc, const char *name)
{
	return (uint64_t)json_read_integer(doc, json_root(doc), name);
}

/* A sentence for each file. */
static void print_arrival(const char *path, const struct json_doc *doc)
{
	const struct json_token *root = json_root(doc);
	char from[RECORD_NAME_MAX + 1], state[16];
	uint64_t before = number_of(doc, "entries_before"),
	         now = number_of(doc, "entries"), lacking = number_of(doc, "lacking"),
	         receipts =
	             number_of(doc, "receipts") - number_of(doc, "receipts_before");

	json_read_string(doc, root, "from", from, sizeof from);
	json_read_string(doc, root, "state", state, sizeof state);
	printf("%s: part %" PRIu64 " of %" PRIu64 " from %s: ", path,
	       number_of(doc, "part"), number_of(doc, "parts"), from);
	if (strcmp(state, "parts") == 0) {
		printf("kept, %" PRIu64 " are here\n", number_of(doc, "held"));
		return;
	}
	if (strcmp(state, "early") == 0)
		printf("kept until the pouch before it comes: it goes on behind %" PRIu64
		       " entries, %" PRIu64 " are here\n",
		       number_of(doc, "begins"), now);
	else if (now == before && receipts == 0)
		puts("nothing in it is new");
	else
		printf("%" PRIu64 " new entries, receipts for %" PRIu64
		       " of this desk's\n",
		       now - before, receipts);
	if (number_of(doc, "others") > 0)
		printf("  and %" PRIu64 " that lay here before\n",
		       number_of(doc, "others"));
	if (lacking > 0)
		printf("  %" PRIu64 " entries wait for bodies in another pouch\n",
		       lacking);
}

static enum status bring_file(const struct cli *cli, const char *path,
                              char ret_channel[HASH_HEX_LEN + 1],
                              struct json_writer *writer, struct error *err)
{
	CLEANUP_BUF struct buf file = BUF_INIT(POUCH_PART_FILE_MAX);
	struct pouch_part part;
	struct api_answer answer = {0};
	enum status status;

	TRY(pouch_file_read(path, &file, &part, err));
	status = desk_call_post_bytes(cli, "/api/pouches", buf_view(&file), &answer, err);
	if (status == STATUS_OK) {
		json_read_string(&answer.doc, json_root(&answer.doc), "channel",
		                 ret_channel, HASH_HEX_LEN + 1);
		if (cli->is_json)
			json_writer_raw(writer, NULL, buf_view(&answer.body));
		else
			print_arrival(path, &answer.doc);
	}
	api_answer_release(&answer);
	return status;
}

/* Each file is tried; the gravest failure is the result. */
static int bring_files(const struct cli *cli, const struct option_values *files,
                       bool is_accepted, struct json_writer *writer)
{
	int worst = CLI_DONE;

	for (size_t i = 0; i < files->count; i++) {
		char channel[HASH_HEX_LEN + 1] = "";
		struct error err = {0};
		enum status status =
		    bring_file(cli, files->values[i], channel, writer, &err);

		if (status == STATUS_OK && is_accepted)
			status = accept_log(cli, channel, &err);
		if (status != STATUS_OK) {
			int failed = cli_fail(cli_exit_of(status), "%s: %s",
			                      files->values[i], err.text);

			worst = failed > worst ? failed : worst;
		}
	}
	return worst;
}

static int pouch_in(struct cli *cli, int argc, char **argv)
{
	CLEANUP_BUF struct buf json = BUF_INIT(JSON_MAX);
	struct json_writer writer = json_writer_of(&json);
	bool is_accepted = false;
	const struct option_spec specs[] = {{"--accept", OPTION_FLAG, &is_accepted, 0}};
	struct option_values files;
	struct error err = {0};
	int result;

	if (options_parse(cli, specs, 1, 1, OPTION_VALUES_MAX, argc, argv, &files,
	                  &err) != STATUS_OK)
		return cli_fail_usage("pouch", &err);
	json_writer_object(&writer, NULL);
	json_writer_array(&writer, "files");
	result = bring_files(cli, &files, is_accepted, &writer);
	json_writer_end(&writer);
	json_writer_end(&writer);
	if (cli->is_json)
		print_json(stdout, buf_view(&json));
	return result;
}

/* ---- show */

static int pouch_show(struct cli *cli, int argc, char **argv)
{
	CLEANUP_BUF struct buf file = BUF_INIT(POUCH_PART_FILE_MAX);
	struct pouch_part part;
	struct option_values operands;
	struct error err = {0};
	enum status status;

	if (options_parse(cli, NULL, 0, 1, 1, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("pouch", &err);
	status = pouch_file_read(operands.values[0], &file, &part, &err);
	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	pouch_file_print(cli, &part, NULL);
	return CLI_DONE;
}

int cmd_pouch(struct cli *cli, int argc, char **argv)
{
	static const struct {
		const char *word;
		bool needs_desk;
		int (*run)(struct cli *cli, int argc, char **argv);
	} words[] = {{"out", true, pouch_out},
	             {"in", true, pouch_in},
	             {"show", false, pouch_show}};

	for (size_t i = 0; argc > 0 && i < sizeof words / sizeof *words; i++) {
		if (strcmp(argv[0], words[i].word) != 0)
			continue;
		if (words[i].needs_desk && cli->dir == NULL)
			return cli_fail_no_desk();
		return words[i].run(cli, argc - 1, argv + 1);
	}
	return cli_fail(CLI_USAGE, "say pouch out, in or show; see aldis help pouch");
}
