/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis ack, hold, cancel: the short answers of a duty officer. Each is one message that
 * `aldis send` could send as well.
 */
#include "cli/commands.h"
#include "cli/message_send.h"
#include "codec/json_writer.h"
#include "console/waiting.h"

struct reply {
	struct message_send message;
	const char *language;
};

/* The body's members, where there is something to say. */
static void write_text(struct json_writer *writer, const char *name, const char *text)
{
	if (text != NULL)
		json_writer_string(writer, name, text);
}

static int send_reply(struct cli *cli, struct reply *reply, const char *kind,
                      const struct option_values *operands)
{
	struct error err = {0};
	enum status status = buf_check(&reply->message.body, "the body", &err);
	int result;

	reply->message.kind = kind;
	reply->message.channel = operands->values[0];
	reply->message.re = operands->values[1];
	result = status == STATUS_OK ? message_send(cli, &reply->message)
	                             : cli_fail_status(status, &err);
	message_send_release(&reply->message);
	return result;
}

int cmd_ack(struct cli *cli, int argc, char **argv)
{
	struct reply reply = {.message.body = BUF_INIT(RECORD_BODY_MAX)};
	struct json_writer writer = json_writer_of(&reply.message.body);
	const char *paraphrase = NULL;
	bool is_not_understood = false;
	const struct option_spec specs[] = {
	    {"--not-understood", OPTION_FLAG, &is_not_understood, 0},
	    {"--paraphrase", OPTION_TEXT, &paraphrase, 0},
	    {"--language", OPTION_TEXT, &reply.language, 0},
	    {"--wait", OPTION_NUMBER, &reply.message.wait_s, WAITING_SECONDS_MAX},
	};
	struct option_values operands;
	struct error err = {0};

	if (options_parse(cli, specs, 4, 2, 2, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("ack", &err);
	json_writer_object(&writer, NULL);
	json_writer_bool(&writer, "understood", !is_not_understood);
	write_text(&writer, "paraphrase", paraphrase);
	write_text(&writer, "language", reply.language);
	json_writer_end(&writer);
	return send_reply(cli, &reply, "ack", &operands);
}

int cmd_hold(struct cli *cli, int argc, char **argv)
{
	struct reply reply = {.message.body = BUF_INIT(RECORD_BODY_MAX)};
	struct json_writer writer = json_writer_of(&reply.message.body);
	const char *until = NULL, *reason = NULL;
	const struct option_spec specs[] = {
	    {"--until", OPTION_TEXT, &until, 0},
	    {"--reason", OPTION_TEXT, &reason, 0},
	    {"--language", OPTION_TEXT, &reply.language, 0},
	    {"--wait", OPTION_NUMBER, &reply.message.wait_s, WAITING_SECONDS_MAX},
	};
	struct option_values operands;
	struct error err = {0};

	if (options_parse(cli, specs, 4, 2, 2, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("hold", &err);
	if (until == NULL)
		return cli_fail(CLI_USAGE,
		                "until when? --until TIME, as in 2026-11-21T18:00:00Z");
	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "until", until);
	write_text(&writer, "language", reply.language);
	write_text(&writer, "reason", reason);
	json_writer_end(&writer);
	return send_reply(cli, &reply, "holding", &operands);
}

/* Only its author takes a message back; a cancellation by another would say nothing. */
static bool is_own(struct cli *cli, const char *id)
{
	struct folder folder;
	size_t len = strcspn(id, "#");

	return cli_folder(cli, &folder, NULL) != STATUS_OK ||
	       (strlen(folder.config.name) == len &&
	        strncmp(folder.config.name, id, len) == 0);
}

int cmd_cancel(struct cli *cli, int argc, char **argv)
{
	struct reply reply = {.message.body = BUF_INIT(RECORD_BODY_MAX)};
	struct json_writer writer = json_writer_of(&reply.message.body);
	const char *reason = NULL;
	const struct option_spec specs[] = {
	    {"--reason", OPTION_TEXT, &reason, 0},
	    {"--language", OPTION_TEXT, &reply.language, 0},
	    {"--wait", OPTION_NUMBER, &reply.message.wait_s, WAITING_SECONDS_MAX},
	};
	struct option_values operands;
	struct error err = {0};

	if (options_parse(cli, specs, 3, 2, 2, argc, argv, &operands, &err) != STATUS_OK)
		return cli_fail_usage("cancel", &err);
	if (!is_own(cli, operands.values[1]))
		return cli_fail(CLI_NO, "only its author can take a message back");
	if (reason != NULL || reply.language != NULL) {
		json_writer_object(&writer, NULL);
		write_text(&writer, "reason", reason);
		write_text(&writer, "language", reply.language);
		json_writer_end(&writer);
	}
	return send_reply(cli, &reply, "cancel", &operands);
}
