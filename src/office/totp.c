/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 4226 truncation over RFC 6238 steps, and the URI that telephones scan.
 */
#include "office/totp.h"

#include <stdio.h>

#include "codec/base32.h"
#include "crypto/hmac.h"
#include "crypto/random.h"

enum { TEXT_MAX = 2048, SECRET_MIN = 10 };

static int64_t step_of(int64_t time_s)
{
	return time_s / TOTP_STEP_S;
}

static void code_of_step(const struct totp_secret *secret, int64_t step,
                         char ret_code[TOTP_DIGITS + 1])
{
	uint8_t counter[8], mac[HMAC_SHA1_LEN];
	const uint8_t *at;
	uint32_t number;

	for (size_t i = 0; i < sizeof counter; i++)
		counter[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
	hmac_sha1(view_of(secret->bytes, secret->len), view_of(counter, sizeof counter),
	          mac);
	at = mac + (mac[HMAC_SHA1_LEN - 1] & 15);
	number = (uint32_t)(at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 |
	         (uint32_t)at[2] << 8 | at[3];
	snprintf(ret_code, TOTP_DIGITS + 1, "%06u", (unsigned)(number % 1000000));
	crypto_wipe(mac, sizeof mac);
}

void totp_code(const struct totp_secret *secret, int64_t time_s,
               char ret_code[TOTP_DIGITS + 1])
{
	code_of_step(secret, step_of(time_s), ret_code);
}

/* In time that does not tell how many digits are right. */
static bool is_same(const char *a, const char *b)
{
	unsigned difference = 0;

	for (size_t i = 0; i < TOTP_DIGITS; i++)
		difference |= (unsigned)(a[i] ^ b[i]);
	return difference == 0;
}

bool totp_check(const struct totp_secret *secret, const char *code, int64_t time_s,
                int64_t last_step, int64_t *ret_step)
{
	int64_t now = step_of(time_s), found = -1;

	if (strlen(code) != TOTP_DIGITS || secret->len == 0)
		return false;
	for (int64_t step = now - TOTP_SKEW; step <= now + TOTP_SKEW; step++) {
		char expected[TOTP_DIGITS + 1];

		code_of_step(secret, step, expected);
		if (is_same(code, expected) && step > last_step)
			found = step;
		crypto_wipe(expected, sizeof expected);
	}
	if (found < 0)
		return false;
	*ret_step = found;
	return true;
}

void totp_uri_append(struct buf *out, const struct totp_secret *secret, const char *desk,
                     const char *name)
{
	buf_printf(out, "otpauth://totp/Aldis%%20%s:%s?secret=", desk, name);
	base32_append(out, view_of(secret->bytes, secret->len));
	buf_printf(out, "&issuer=Aldis%%20%s&algorithm=SHA1&digits=6&period=30", desk);
}

/* ---- reading */

static bool is_space(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static struct view trim(struct view text)
{
	while (text.len > 0 && is_space(text.data[0]))
		text = view_from(text, 1);
	while (text.len > 0 && is_space(text.data[text.len - 1]))
		text.len--;
	return text;
}

/* Cuts off the part up to a separator, which is dropped. */
static struct view take_part(struct view *rest, char separator)
{
	const uint8_t *at =
	    rest->len > 0 ? memchr(rest->data, separator, rest->len) : NULL;
	struct view part = *rest;

	if (at == NULL) {
		*rest = view_of(NULL, 0);
		return part;
	}
	part.len = (size_t)(at - rest->data);
	*rest = view_from(*rest, part.len + 1);
	return part;
}

static enum status check_fixed(struct view name, struct view value, struct error *err)
{
	static const char *const fixed[][2] = {
	    {"algorithm", "SHA1"}, {"digits", "6"}, {"period", "30"}};

	for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
		if (view_equal_string(name, fixed[i][0]) &&
		    !view_equal_string(value, fixed[i][1]))
			return error_set(err, STATUS_MALFORMED,
			                 "%s is not %s, which is all that is known here",
			                 fixed[i][0], fixed[i][1]);
	return STATUS_OK;
}

static enum status find_secret(struct view uri, struct view *ret_secret,
                               struct error *err)
{
	struct view rest = uri;

	(void)take_part(&rest, '?');
	*ret_secret = view_of(NULL, 0);
	while (rest.len > 0) {
		struct view value = take_part(&rest, '&');
		struct view name = take_part(&value, '=');

		TRY(check_fixed(name, value, err));
		if (view_equal_string(name, "secret"))
			*ret_secret = value;
	}
	return STATUS_OK;
}

enum status totp_secret_parse(struct view text, struct totp_secret *ret_secret,
                              struct error *err)
{
	struct totp_secret secret = {.len = 0};
	struct view digits = trim(text);

	if (text.len > TEXT_MAX)
		return error_set(err, STATUS_LIMIT, "the secret is longer than %d bytes",
		                 TEXT_MAX);
	if (view_has_prefix(digits, view_of_string("otpauth://totp/")))
		TRY(find_secret(digits, &digits, err));
	TRY(base32_decode(digits, secret.bytes, sizeof secret.bytes, &secret.len, err));
	if (secret.len < SECRET_MIN)
		return error_set(err, STATUS_MALFORMED,
		                 "the secret is shorter than %d bytes", SECRET_MIN);
	*ret_secret = secret;
	return STATUS_OK;
}
