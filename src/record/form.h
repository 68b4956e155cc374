/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Short texts of a fixed form that bodies and signals carry: is this written as it must
 * be? Each value has one way to be written, so that two desks that mean the same write
 * the same. Looks nothing up: whether a country or a domain exists is not asked.
 */
#ifndef ALDIS_RECORD_FORM_H
#define ALDIS_RECORD_FORM_H

#include "base/view.h"

/* Two capital letters, as in ISO 3166-1 alpha-2: "ID". */
bool record_country_check(struct view text);
/* An IPv4 or IPv6 address in its shortest form: "192.0.2.1", "2001:db8::1". */
bool record_address_check(struct view text);
/* An IPv4 or IPv6 prefix in its shortest form with no bit set behind its length:
 * "192.0.2.0/24", "2001:db8::/32". */
bool record_prefix_check(struct view text);
/* Lower-case labels of 1 to 63 letters, digits, '-' and '_', no '-' at an end of one; at
 * least two labels, the last not a number, at most 253 bytes; other scripts as "xn--":
 * "mail.example.org". */
bool record_domain_check(struct view text);
/* Id of a DISARM technique, with or without a sub-technique: "T0023", "T0023.001". */
bool record_technique_check(struct view text);
/* "PT1H30M"; see codec/time_text.h. */
bool record_duration_check(struct view text);
/* Lower-case hex digits, as many as MD5, SHA-1, SHA-256, SHA-384 or SHA-512 has. */
bool record_digest_check(struct view text);

#endif
