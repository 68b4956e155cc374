/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is signed: "<id>.<seconds>.<body>".
 */
#include "office/webhook.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "crypto/hmac.h"
#include "crypto/random.h"

#define PREFIX "whsec_"

enum { KEY_LEN = 32, BODY_MAX = 1 << 20 };

/* The key in an empty buffer; false: it is no secret. */
static bool key_of(const char *secret, struct buf *ret_key)
{
	struct view text = view_of_string(secret);

	return text.len <= WEBHOOK_SECRET_MAX &&
	       view_has_prefix(text, view_of_string(PREFIX)) &&
	       base64_decode(view_from(text, strlen(PREFIX)), ret_key, NULL) ==
	           STATUS_OK &&
	       ret_key->len >= WEBHOOK_KEY_MIN;
}

static void wipe(struct buf *key)
{
	if (key->data != NULL)
		crypto_wipe(key->data, key->len);
	buf_release(key);
}

bool webhook_secret_check(const char *secret)
{
	struct buf key = BUF_INIT(WEBHOOK_KEY_MAX);
	bool is_good = key_of(secret, &key);

	wipe(&key);
	return is_good;
}

void webhook_secret_make(char ret_secret[WEBHOOK_SECRET_MAX + 1])
{
	struct buf text = BUF_INIT(WEBHOOK_SECRET_MAX);
	uint8_t key[KEY_LEN];

	random_bytes(key, sizeof key);
	buf_append_string(&text, PREFIX);
	base64_append(&text, view_of(key, sizeof key));
	crypto_wipe(key, sizeof key);
	assert(text.failed == STATUS_OK);
	(void)view_copy_string(buf_view(&text), ret_secret, WEBHOOK_SECRET_MAX + 1);
	wipe(&text);
}

static enum status sign(const struct buf *key, struct view content,
                        char ret_signature[DESK_SIGNATURE_MAX + 1], struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(DESK_SIGNATURE_MAX);
	struct hash mac = hmac_sha256(buf_view(key), content);

	buf_append_string(&text, "v1,");
	base64_append(&text, view_of(mac.bytes, sizeof mac.bytes));
	TRY(buf_check(&text, "a signature", err));
	(void)view_copy_string(buf_view(&text), ret_signature, DESK_SIGNATURE_MAX + 1);
	return STATUS_OK;
}

enum status webhook_sign(const char *secret, const char *id, int64_t time_s,
                         struct view body, char ret_signature[DESK_SIGNATURE_MAX + 1],
                         struct error *err)
{
	CLEANUP_BUF struct buf content = BUF_INIT(BODY_MAX);
	struct buf key = BUF_INIT(WEBHOOK_KEY_MAX);
	enum status status;

	if (!key_of(secret, &key)) {
		wipe(&key);
		return error_set(err, STATUS_NO_MEMORY,
		                 "no memory for the webhook's key");
	}
	buf_printf(&content, "%s.%" PRId64 ".", id, time_s);
	buf_append_view(&content, body);
	status = buf_check(&content, "a webhook's body", err);
	if (status == STATUS_OK)
		status = sign(&key, buf_view(&content), ret_signature, err);
	wipe(&key);
	return status;
}
