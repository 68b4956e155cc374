/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Manifests of exports, and the lines of their lists: what decodes names logs of one
 * channel, and a path that stays below the export.
 */
#include "bundle/manifest.h"

#include <assert.h>

#include "base/cleanup.h"
#include "bundle/list.h"
#include "crypto/random.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void try_manifest(struct view note)
{
	const struct ed25519_public nobody = {{1}};
	struct bundle_manifest manifest = {0};
	struct error err;

	if (bundle_manifest_decode(note, &manifest, &err) == STATUS_OK) {
		assert(manifest.log_count > 0 && manifest.log_count <= BUNDLE_LOGS_MAX);
		assert(record_name_check(view_of_string(manifest.exporter.text)));
		for (size_t i = 0; i < manifest.log_count; i++) {
			assert(manifest.logs[i].size <= BUNDLE_SIZE_MAX);
			assert(hash_equal(&manifest.logs[i].origin.channel.hash,
			                  &manifest.channel.hash));
		}
		assert(bundle_manifest_verify(&manifest, note, &nobody, &err) !=
		       STATUS_OK);
	}
	bundle_manifest_release(&manifest);
}

static void try_line(struct view line)
{
	CLEANUP_BUF struct buf again = BUF_INIT(1024);
	struct bundle_path path;
	struct hash hash;

	if (bundle_list_line_decode(line, &hash, &path, NULL) != STATUS_OK)
		return;
	assert(path.text[0] != '/' && strstr(path.text, "..") == NULL);
	bundle_list_append(&again, &hash, path.text);
	assert(view_equal(buf_view(&again), line));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	assert(crypto_init(NULL) == STATUS_OK);
	try_manifest(view_of(data, len));
	try_line(view_of(data, len));
	return 0;
}
