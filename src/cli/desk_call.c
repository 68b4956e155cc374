/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One client for one call.
 */
#include "cli/desk_call.h"

#include <stdio.h>

#include "codec/json_writer.h"

enum { PATIENCE_S = 600, WORD_MAX = 200 };

static enum status call(const struct cli *cli, const struct api_request *request,
                        struct api_answer *ret_answer, struct error *err)
{
	struct api_client *client;
	enum status status;

	TRY(api_client_open(cli, &client, err));
	status = api_client_call(client, request, ret_answer, err);
	api_client_close(client);
	return status;
}

enum status desk_call_get(const struct cli *cli, const char *path,
                          struct api_answer *ret_answer, struct error *err)
{
	return call(cli, &(struct api_request){.path = path, .wait_s = PATIENCE_S},
	            ret_answer, err);
}

enum status desk_call_post(const struct cli *cli, const char *path, struct view body,
                           struct api_answer *ret_answer, struct error *err)
{
	return call(cli,
	            &(struct api_request){.path = path,
	                                  .type = "application/json",
	                                  .body = body,
	                                  .wait_s = PATIENCE_S},
	            ret_answer, err);
}

enum status desk_call_post_bytes(const struct cli *cli, const char *path,
                                 struct view body, struct api_answer *ret_answer,
                                 struct error *err)
{
	return call(cli,
	            &(struct api_request){.path = path,
	                                  .type = "application/octet-stream",
	                                  .body = body,
	                                  .wait_s = PATIENCE_S},
	            ret_answer, err);
}

void desk_call_write_words(struct json_writer *writer, const char *name,
                           const char *words)
{
	json_writer_array(writer, name);
	while (*words != '\0') {
		size_t len = strcspn(words, ",");

		json_writer_text(writer, NULL, view_of(words, len));
		words += len;
		words += *words == ',';
	}
	json_writer_end(writer);
}

void desk_call_read_words(const struct json_doc *doc, const struct json_token *object,
                          const char *name, char *ret_words, size_t cap)
{
	const struct json_token *list, *one;
	size_t len = 0;

	ret_words[0] = '\0';
	one = json_read_list(doc, object, name, &list);
	for (; one != NULL && len < cap; one = json_next(doc, list, one)) {
		char word[WORD_MAX];

		if (one->type == JSON_STRING &&
		    json_string_copy(doc, one, word, sizeof word))
			len += (size_t)snprintf(ret_words + len, cap - len, "%s%s",
			                        len > 0 ? "," : "", word);
	}
}
