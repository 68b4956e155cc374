/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealed key, nonce, encrypted content, tag.
 */
#include "pouch/pouch.h"

#include "base/cleanup.h"
#include "crypto/random.h"

enum status pouch_seal(const struct pouch_address *address, struct view content,
                       struct buf *ret_whole, struct error *err)
{
	CLEANUP_BUF struct buf about = BUF_INIT(POUCH_PART_HEAD_MAX);
	struct box_sealed_key sealed;
	struct box_key key;
	enum status status;

	if (content.len > POUCH_CONTENT_MAX)
		return error_set(err, STATUS_LIMIT, "too much for one pouch");
	box_key_new(&key);
	status = box_key_seal(&key, &address->box, &sealed, err);
	if (status == STATUS_OK) {
		pouch_address_append(&about, address);
		buf_append(ret_whole, sealed.bytes, sizeof sealed.bytes);
		box_append(ret_whole, &key, buf_view(&about), content);
		status = buf_check(&about, "the head of a pouch", err);
	}
	crypto_wipe(&key, sizeof key);
	TRY(status);
	return buf_check(ret_whole, "the pouch", err);
}

enum status pouch_sealed_key(struct view whole, struct box_sealed_key *ret_sealed,
                             struct error *err)
{
	if (whole.len < sizeof ret_sealed->bytes + BOX_OVERHEAD)
		return error_set(err, STATUS_MALFORMED, "too short for a pouch");
	memcpy(ret_sealed->bytes, whole.data, sizeof ret_sealed->bytes);
	return STATUS_OK;
}

enum status pouch_open(const struct pouch_address *address, struct view whole,
                       const struct box_key *key, struct buf *ret_content,
                       struct error *err)
{
	CLEANUP_BUF struct buf about = BUF_INIT(POUCH_PART_HEAD_MAX);
	struct box_sealed_key sealed;

	TRY(pouch_sealed_key(whole, &sealed, err));
	pouch_address_append(&about, address);
	TRY(buf_check(&about, "the head of a pouch", err));
	if (box_open(view_from(whole, sizeof sealed.bytes), key, buf_view(&about),
	             ret_content, NULL) != STATUS_OK)
		return error_set(err, STATUS_UNTRUSTED,
		                 "the pouch does not open: its lines or its content were "
		                 "changed");
	return STATUS_OK;
}
