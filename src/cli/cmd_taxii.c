/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aldis taxii: what release files show, as STIX over TAXII 2.1. It needs no desk, no keys
 * and no store: what was not released is not here.
 */
#include <signal.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/export_format.h"
#include "cli/options.h"
#include "cli/print.h"
#include "codec/json_writer.h"
#include "crypto/random.h"
#include "link/tls_public.h"
#include "release/frame.h"
#include "taxii/released.h"
#include "taxii/server.h"

#define DEFAULT_ADDRESS "127.0.0.1:8650"

struct taxii {
	const char *address, *tls_certificate, *tls_key;
	bool takes_one_sided, is_json;
	struct option_values paths;
	SSL_CTX *tls;
	struct taxii_released *released;
	struct taxii_collection *collections; /* borrowed from released, side by side */
	size_t count;
};

static enum status check_new(const struct taxii *taxii, const char *path,
                             struct error *err)
{
	const struct taxii_released *last = &taxii->released[taxii->count];

	if (last->grade == RELEASE_ONE_SIDED && !taxii->takes_one_sided)
		return error_set(err, STATUS_CONFLICT,
		                 "%s is one-sided; --one-sided serves it all the same",
		                 path);
	for (size_t i = 0; i < taxii->count; i++)
		if (strcmp(taxii->collections[i].id, last->collection.id) == 0)
			return error_set(err, STATUS_CONFLICT,
			                 "%s is of the same manifest as a file before it",
			                 path);
	return STATUS_OK;
}

static enum status read_release(struct taxii *taxii, const char *path, struct error *err)
{
	CLEANUP_BUF struct buf file = BUF_INIT((size_t)RELEASE_FILE_MAX);
	struct taxii_released *released = &taxii->released[taxii->count];

	TRY(cli_read_input(path, &file, err));
	TRY(error_context(err, taxii_released_read(buf_view(&file), released, err), "%s",
	                  path));
	TRY(check_new(taxii, path, err));
	taxii->collections[taxii->count++] = released->collection;
	return export_format_report(&released->report, NULL, err);
}

static enum status read_releases(struct taxii *taxii, struct error *err)
{
	TRY(crypto_init(err));
	taxii->released = calloc(taxii->paths.count, sizeof *taxii->released);
	taxii->collections = calloc(taxii->paths.count, sizeof *taxii->collections);
	if (taxii->released == NULL || taxii->collections == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < taxii->paths.count; i++)
		TRY(read_release(taxii, taxii->paths.values[i], err));
	return STATUS_OK;
}

static void print_collections(const struct taxii *taxii, const char *url)
{
	for (size_t i = 0; i < taxii->count; i++) {
		const struct taxii_collection *collection = &taxii->collections[i];

		printf("%s  %zu objects  ", collection->id, collection->count);
		print_escaped(stdout, buf_view(&collection->title));
		fputs("\n  ", stdout);
		print_escaped(stdout, buf_view(&collection->description));
		putchar('\n');
	}
	printf("listening: %s\n", url);
}

static void print_collections_json(const struct taxii *taxii, const char *url)
{
	CLEANUP_BUF struct buf out = BUF_INIT((size_t)RELEASE_FILE_MAX);
	struct json_writer writer = json_writer_of(&out);

	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "listening", url);
	json_writer_array(&writer, "collections");
	for (size_t i = 0; i < taxii->count; i++) {
		const struct taxii_released *released = &taxii->released[i];

		json_writer_object(&writer, NULL);
		json_writer_string(&writer, "id", released->collection.id);
		json_writer_text(&writer, "title", buf_view(&released->collection.title));
		json_writer_text(&writer, "description",
		                 buf_view(&released->collection.description));
		json_writer_string(&writer, "grade", release_grade_name(released->grade));
		json_writer_integer(&writer, "objects",
		                    (int64_t)released->collection.count);
		formats_report_write(&released->report, &writer);
		json_writer_end(&writer);
	}
	json_writer_end(&writer);
	json_writer_end(&writer);
	print_json(stdout, buf_view(&out));
}

static bool is_loopback(const char *address)
{
	return strncmp(address, "127.", 4) == 0 || strncmp(address, "[::1]:", 6) == 0;
}

static void on_ready(void *context, uint16_t port)
{
	const struct taxii *taxii = context;
	const char *colon = strrchr(taxii->address, ':');
	char url[200];

	(void)snprintf(url, sizeof url, "%s://%.*s:%u/taxii2/",
	               taxii->tls != NULL ? "https" : "http",
	               (int)(colon - taxii->address), taxii->address, port);
	if (taxii->is_json)
		print_collections_json(taxii, url);
	else
		print_collections(taxii, url);
	(void)fflush(stdout);
	if (taxii->tls == NULL && !is_loopback(taxii->address))
		cli_note("this is plain HTTP, and TAXII asks for HTTPS: put a proxy that "
		         "speaks TLS in front, or give --tls-cert and --tls-key");
}

static void on_log(void *context, const char *line)
{
	cli_note("%s", line);
}

static enum status run(struct taxii *taxii, struct error *err)
{
	struct taxii_server_options options = {.address = taxii->address,
	                                       .ready = on_ready,
	                                       .log = on_log,
	                                       .context = taxii};
	struct taxii_shelf shelf;

	TRY(read_releases(taxii, err));
	if (taxii->tls_certificate != NULL)
		TRY(link_tls_public_context(taxii->tls_certificate, taxii->tls_key,
		                            &taxii->tls, err));
	options.tls = taxii->tls;
	shelf = (struct taxii_shelf){.collections = taxii->collections,
	                             .count = taxii->count};
	(void)signal(SIGPIPE, SIG_IGN);
	return taxii_server_run(&shelf, &options, err);
}

static void taxii_release(struct taxii *taxii)
{
	for (size_t i = 0; taxii->released != NULL && i < taxii->paths.count; i++)
		taxii_released_release(&taxii->released[i]);
	free(taxii->released);
	free(taxii->collections);
	SSL_CTX_free(taxii->tls);
}

int cmd_taxii(struct cli *cli, int argc, char **argv)
{
	struct taxii taxii = {.is_json = cli->is_json};
	const struct option_spec specs[] = {
	    {"--listen", OPTION_TEXT, &taxii.address, 0},
	    {"--tls-cert", OPTION_TEXT, &taxii.tls_certificate, 0},
	    {"--tls-key", OPTION_TEXT, &taxii.tls_key, 0},
	    {"--one-sided", OPTION_FLAG, &taxii.takes_one_sided, 0},
	};
	struct error err = {0};
	enum status status;

	if (options_parse(cli, specs, sizeof specs / sizeof *specs, 1, OPTION_VALUES_MAX,
	                  argc, argv, &taxii.paths, &err) != STATUS_OK)
		return cli_fail_usage("taxii", &err);
	if ((taxii.tls_certificate == NULL) != (taxii.tls_key == NULL))
		return cli_fail(CLI_USAGE, "--tls-cert and --tls-key go together");
	if (taxii.address == NULL)
		taxii.address = DEFAULT_ADDRESS;
	status = run(&taxii, &err);
	taxii_release(&taxii);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}
