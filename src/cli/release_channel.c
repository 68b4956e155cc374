/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/release_channel.h"

#include "release/answers.h"

void releasing_release(struct releasing *releasing)
{
	release_manifest_release(&releasing->manifest);
	release_record_release(&releasing->record);
	channel_source_close(releasing->source);
	buf_release(&releasing->text);
}

enum status releasing_open(const struct cli *cli, const char *channel,
                           struct releasing *releasing, struct error *err)
{
	releasing->text = BUF_INIT(RELEASE_MANIFEST_MAX);
	TRY(channel_source_open(cli, channel, &releasing->source, err));
	return release_record_read(channel_source_view(releasing->source),
	                           &releasing->record, err);
}

enum status releasing_read_manifest(struct releasing *releasing, const char *what,
                                    struct error *err)
{
	struct record_message_id id;
	struct hash digest;

	if (record_message_id_decode(view_of_string(what), &id, NULL) != STATUS_OK)
		return cli_read_input(what, &releasing->text, err);
	return release_request_read(&releasing->record, &id, &digest, &releasing->text,
	                            err);
}
