/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Heads and digests of parts; the content stays sealed.
 */
#include "cli/pouch_file.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/print.h"
#include "codec/json_writer.h"

enum status pouch_file_read(const char *path, struct buf *ret_file,
                            struct pouch_part *ret_part, struct error *err)
{
	TRY(cli_read_input(path, ret_file, err));
	return pouch_part_parse(buf_view(ret_file), ret_part, err);
}

static void print_words(const struct pouch_part *part, const char *verdict)
{
	char channel[HASH_HEX_LEN + 1], pouch[HASH_HEX_LEN + 1];

	hash_hex(&part->address.channel.hash, channel);
	hash_hex(&part->pouch, pouch);
	if (verdict != NULL)
		puts(verdict);
	printf("from     %s\nto       %s\nchannel  %s\npouch    %s\n"
	       "part     %" PRIu32 " of %" PRIu32 ", %zu of %" PRIu32 " bytes\n"
	       "Sealed: %s alone can open it. Who made it is not proven; what is in it "
	       "proves itself when it is opened.\n",
	       part->address.from.text, part->address.to.text, channel, pouch,
	       part->number, part->count, part->bytes.len, part->size,
	       part->address.to.text);
}

static void print_object(const struct pouch_part *part, const char *verdict)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4096);
	struct json_writer writer = json_writer_of(&out);
	char hex[HASH_HEX_LEN + 1];

	json_writer_object(&writer, NULL);
	if (verdict != NULL)
		json_writer_string(&writer, "verdict", verdict);
	json_writer_string(&writer, "from", part->address.from.text);
	json_writer_string(&writer, "to", part->address.to.text);
	hash_hex(&part->address.channel.hash, hex);
	json_writer_string(&writer, "channel", hex);
	hash_hex(&part->pouch, hex);
	json_writer_string(&writer, "pouch", hex);
	json_writer_integer(&writer, "part", part->number);
	json_writer_integer(&writer, "parts", part->count);
	json_writer_integer(&writer, "bytes", (int64_t)part->bytes.len);
	json_writer_integer(&writer, "size", part->size);
	json_writer_end(&writer);
	print_json(stdout, buf_view(&out));
}

void pouch_file_print(const struct cli *cli, const struct pouch_part *part,
                      const char *verdict)
{
	if (cli->is_json)
		print_object(part, verdict);
	else
		print_words(part, verdict);
}

bool pouch_file_is_one(const char *path)
{
	uint8_t head[64];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return false;
	len = read(fd, head, sizeof head);
	(void)close(fd);
	return len > 0 && pouch_part_is_one(view_of(head, (size_t)len));
}

int pouch_file_verify(const struct cli *cli, const char *path)
{
	CLEANUP_BUF struct buf file = BUF_INIT(POUCH_PART_FILE_MAX);
	struct pouch_part part;
	struct error err = {0};
	enum status status = pouch_file_read(path, &file, &part, &err);
	struct hash whole;

	if (status != STATUS_OK)
		return cli_fail_status(status, &err);
	whole = sha256(part.bytes);
	if (part.count == 1 &&
	    (part.bytes.len != part.size || !hash_equal(&whole, &part.pouch)))
		return cli_fail(CLI_NO, "this is not the pouch that its head names");
	pouch_file_print(cli, &part,
	                 part.count == 1 ? "UNDAMAGED  a whole pouch"
	                                 : "UNDAMAGED  a part of a pouch");
	return CLI_NOT_COMPARED;
}
