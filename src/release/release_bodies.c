/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests only: reads lines of a kind's name, a blank and a body in hex, and prints for
 * each whether the body is as the catalogue says: 1 or 0. The page of a release must say
 * the same (page/bodies.js).
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "codec/base64.h"
#include "record/kinds.h"

int main(void)
{
	CLEANUP_BUF struct buf body = BUF_INIT(1 << 20);
	struct json_doc doc = {0};
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;

	while ((len = getline(&line, &cap, stdin)) > 0) {
		struct view text = view_of(line, (size_t)len - 1);
		size_t blank = view_find(text, view_of_string(" "));
		const struct record_kind *kind =
		    record_kind_find(view_of(text.data, blank));

		struct view hex = view_from(text, blank + 1);

		buf_clear(&body);
		if (kind == NULL || hex_decode_exact(hex, buf_extend(&body, hex.len / 2),
		                                     hex.len / 2, NULL) != STATUS_OK)
			return 2;
		puts(record_kind_check_body(kind, buf_view(&body), &doc, NULL) ==
		             STATUS_OK
		         ? "1"
		         : "0");
	}
	json_release(&doc);
	free(line);
	return 0;
}
