/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The observables of a body out of the attributes of an event of MISP. For misp_fill.c
 * only.
 */
#ifndef ALDIS_FORMATS_MISP_PARTS_H
#define ALDIS_FORMATS_MISP_PARTS_H

#include "formats/body.h"
#include "formats/misp_fill.h"

/* Puts "observables" where the kind has them; lists every attribute, and what of it, that
 * is not among them. */
MUST_USE enum status misp_parts_fill(struct misp_reading *reading,
                                     struct formats_body *body, struct error *err);

#endif
