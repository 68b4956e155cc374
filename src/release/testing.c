/* SPDX-License-Identifier: Apache-2.0 */
#include "release/testing.h"

#include "release/data.h"

#define TEXT                                                                     \
	"{\"language\":\"en\",\"text\":\"said <aloud> \xc3\xa9\xf0\x9f\x98\x80 " \
	"</script><script>alert(1)</script><!-- \"}"

static const size_t west[] = {RELEASE_WEST};
static const struct testing_amendment enlarged = {
    .joining = west,
    .joining_count = 1,
    .template_json = "{\"title\":\"After the exercise\"}",
    .signers = 15};

/* A conversation */

/* The log in which a desk writes now. */
static size_t log_of(const struct testing_channel *channel, size_t desk)
{
	size_t log = desk;

	for (size_t i = channel->desk_count; i < channel->log_count; i++)
		if (channel->logs[i].desk == desk)
			log = i;
	return log;
}

/* How many entries of a desk there are. */
static uint64_t written(const struct testing_channel *channel, size_t desk)
{
	size_t log = log_of(channel, desk);

	return channel->logs[log].count + (log == desk ? 0 : channel->logs[desk].count);
}

static void write_seen(struct testing_channel *channel, size_t author,
                       struct testing_message *message)
{
	struct record_seen seen[TESTING_DESKS_MAX];

	for (size_t i = 0; i < channel->desk_count; i++)
		if (i != author)
			seen[message->seen_count++] = (struct record_seen){
			    .desk = channel->desks[i].card.name,
			    .size = written(channel, i),
			    .root = tlog_tree_root(
			        &channel->logs[log_of(channel, i)].tree.tree)};
	message->seen = seen;
	testing_channel_write(channel, log_of(channel, author), message);
}

static struct record_message_id newest(const struct testing_channel *channel, size_t desk)
{
	return (struct record_message_id){.desk = channel->desks[desk].card.name,
	                                  .index = written(channel, desk) - 1};
}

/* Question, answer, report, translation, in turn. */
static void converse(struct testing_channel *channel, size_t number)
{
	static const struct {
		size_t author;
		const char *kind, *body;
		bool is_reply;
	} turns[] = {
	    {RELEASE_NORTH, "query",
	     "{\"language\":\"en\",\"question\":\"Is host %zu yours?\"}", false},
	    {RELEASE_SOUTH, "answer",
	     "{\"answer\":\"yes\",\"language\":\"id\",\"text\":\"Milik kami, nomor %zu. "
	     "\xe2\x80\x9cSudah diputus\xe2\x80\x9d.\"}",
	     true},
	    {RELEASE_SOUTH, "assessment",
	     "{\"language\":\"en\",\"text\":\"Wave %zu came by mail; we see no intent to "
	     "destroy.\"}",
	     false},
	    {RELEASE_NORTH, "text",
	     "{\"language\":\"en\",\"text\":\"Received number %zu, thank you.\"}", true},
	};
	size_t turn = number % (sizeof turns / sizeof turns[0]);
	struct record_message_id other = newest(
	    channel, turns[turn].author == RELEASE_NORTH ? RELEASE_SOUTH : RELEASE_NORTH);
	char body[300];

	(void)snprintf(body, sizeof body, turns[turn].body, number);
	struct testing_message message = {.kind = turns[turn].kind,
	                                  .body = body,
	                                  .re = turns[turn].is_reply ? &other : NULL};
	write_seen(channel, turns[turn].author, &message);
}

static void write_more(struct testing_channel *channel, size_t count)
{
	if (count == 0)
		return;
	for (size_t i = 0; i < count / 2; i++)
		converse(channel, i);
	testing_channel_join(channel, "west.example");
	testing_channel_amend(channel, &enlarged);
	testing_channel_follow(channel, RELEASE_NORTH);
	testing_channel_follow(channel, RELEASE_SOUTH);
	testing_channel_open_late(channel, RELEASE_WEST);
	for (size_t i = count / 2; i < count; i++)
		converse(channel, i);
}

static void lose_log(struct testing_channel *channel)
{
	testing_channel_end_log(channel, RELEASE_SOUTH,
	                        channel->logs[RELEASE_SOUTH].count,
	                        (1U << channel->desk_count) - 1);
	for (size_t i = 0; i < RELEASE_ENDED_TALK; i++)
		converse(channel, i);
}

/* The release */

void release_testing_open(struct testing_channel *channel, struct testing_source *source,
                          struct release_record *record)
{
	struct error err;

	testing_channel_source(channel, source);
	if (release_record_read(&source->source, record, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

void release_testing_close(struct testing_source *source, struct release_record *record)
{
	release_record_release(record);
	testing_source_release(source);
}

static void draft(struct release_fixture *f)
{
	struct record_message_id hidden[] = {{{"north.example"}, 4},
	                                     {{"south.example"}, f->lost + 1}};
	static const struct record_message_id broken = {{"north.example"}, 5};
	struct release_choice choice = {.until_s = INT64_MAX,
	                                .withheld = {hidden, f->lost > 0 ? 2 : 1},
	                                .envelope = {&broken, 1},
	                                .attachment_count = 1,
	                                .now_s = f->channel.now_s};

	choice.attachments = &f->channel.logs[RELEASE_NORTH].attachments[0].id;
	choice.cover[0] =
	    view_of_string("Why \xe2\x80\x9cthis\xe2\x80\x9d </script><script>");
	release_testing_open(&f->channel, &f->source, &f->record);
	if (release_draft(&f->record, &choice, &f->manifest, &f->err) != STATUS_OK ||
	    release_manifest_append(&f->manifest, &f->text, &f->err) != STATUS_OK)
		fail_msg("%s", f->err.text);
	release_testing_close(&f->source, &f->record);
}

static void answer(struct release_fixture *f, size_t desk,
                   const struct record_message_id *re)
{
	struct hash digest = sha256(buf_view(&f->text));
	char hex[HASH_HEX_LEN + 1], body[300];

	hash_hex(&digest, hex);
	(void)snprintf(body, sizeof body,
	               "{\"manifest\":\"%s\",\"language\":\"en\",\"text\":\"x\"}", hex);
	struct testing_message message = {.kind = re == NULL ? "release.request"
	                                                     : "release.consent",
	                                  .body = body,
	                                  .re = re};
	testing_channel_write(&f->channel, log_of(&f->channel, desk), &message);
}

static void make(struct release_fixture *f, size_t message_count, bool is_ended)
{
	struct testing_message attached = {.kind = "text",
	                                   .body = TEXT,
	                                   .attachments = {view_of_string("a photo")},
	                                   .attachment_count = 1};
	struct testing_channel *channel = &f->channel;

	*f = (struct release_fixture){.text = BUF_INIT(RELEASE_MANIFEST_MAX),
	                              .data = BUF_INIT(RELEASE_DATA_MAX)};
	testing_channel_open(channel, 3);
	testing_channel_fill(channel, RELEASE_NORTH, 2);
	testing_channel_write(channel, RELEASE_NORTH, &attached);
	testing_channel_fill(channel, RELEASE_NORTH, 1);
	testing_channel_append(channel, RELEASE_NORTH, view_of_string("{\"aldis\":2}"),
	                       view_of("", 0));
	testing_channel_change_keys(channel, RELEASE_SOUTH, "south.second",
	                            RELEASE_SOUTH);
	write_more(channel, message_count);
	if (is_ended) {
		f->lost = channel->logs[RELEASE_SOUTH].count;
		lose_log(channel);
	}
	testing_channel_seal(channel);
	draft(f);
	answer(f, RELEASE_NORTH, NULL);
	struct record_message_id request = newest(channel, RELEASE_NORTH);
	for (size_t i = RELEASE_SOUTH; i < channel->desk_count; i++)
		answer(f, i, &request);
	testing_channel_seal(channel);
	release_testing_open(&f->channel, &f->source, &f->record);
	if (release_build_data(&f->record, buf_view(&f->text), &f->data, &f->grade,
	                       &f->err) != STATUS_OK)
		fail_msg("%s", f->err.text);
}

void release_fixture_make(struct release_fixture *f, size_t message_count)
{
	make(f, message_count, false);
}

void release_fixture_make_ended(struct release_fixture *f, size_t message_count)
{
	make(f, message_count, true);
}

void release_fixture_release(struct release_fixture *f)
{
	release_testing_close(&f->source, &f->record);
	release_manifest_release(&f->manifest);
	testing_channel_release(&f->channel);
	buf_release(&f->text);
	buf_release(&f->data);
}
