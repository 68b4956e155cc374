/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Only what decides where a request goes is looked at; the rest is the client's business.
 */
#include "record/public_url.h"

#include <string.h>

#include "record/card.h"

static const char *behind_scheme(const char *url)
{
	static const char *const schemes[] = {"http://", "https://"};

	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
		if (strncmp(url, schemes[i], strlen(schemes[i])) == 0)
			return url + strlen(schemes[i]);
	return NULL;
}

bool record_public_url_check(const char *url)
{
	const char *host = behind_scheme(url);

	if (host == NULL || host[0] == '\0' || host[0] == '/' ||
	    strlen(url) > RECORD_URL_LEN_MAX)
		return false;
	for (const char *at = url; *at != '\0'; at++)
		if (*at <= ' ' || *at > '~' || strchr("?#@\\\"", *at) != NULL)
			return false;
	return true;
}
