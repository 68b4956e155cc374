/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/release_file.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "release/frame.h"

bool release_file_is_one(const char *path)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t head[RELEASE_FRAME_GLANCE];
	ssize_t len = fd < 0 ? -1 : read(fd, head, sizeof head);

	return len > 0 && release_frame_is_one(view_of(head, (size_t)len));
}

enum status release_file_verify(const char *path,
                                const struct bundle_verify_options *options,
                                struct release_result *ret_result, struct error *err)
{
	CLEANUP_BUF struct buf file = BUF_INIT(RELEASE_FILE_MAX);
	struct bundle_trust trust = {0};
	enum status status;

	TRY(file_read(path, &file, err));
	status = bundle_trust_read(&trust, options, err);
	if (status == STATUS_OK)
		status = release_verify_file(buf_view(&file), &trust, ret_result, err);
	bundle_trust_release(&trust);
	return status;
}
