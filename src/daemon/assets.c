/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/assets.h"

#include <stdlib.h>

static int compare(const void *path_pointer, const void *asset_pointer)
{
	const struct view *path = path_pointer;
	struct view other = view_of_string(((const struct asset *)asset_pointer)->path);
	size_t len = path->len < other.len ? path->len : other.len;
	int order = len > 0 ? memcmp(path->data, other.data, len) : 0;

	return order != 0 ? order : (path->len > other.len) - (path->len < other.len);
}

const struct asset *assets_find(struct view path)
{
	return bsearch(&path, assets_built, assets_built_count, sizeof assets_built[0],
	               compare);
}
