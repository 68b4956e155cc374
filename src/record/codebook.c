/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking into a decoded book, and the books that are built in. These are kept once
 * decoded: the one piece of memory here that outlives a call, written once, behind
 * pthread_once.
 */
#include "record/codebook.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "record/codebook_parts.h"

void record_codebook_free(struct record_codebook *book)
{
	if (book == NULL)
		return;
	free(book->sectors);
	free(book->groups);
	free(book->signals);
	free(book->strings);
	free(book->lists);
	free(book);
}

const struct hash *record_codebook_digest(const struct record_codebook *book)
{
	return &book->digest;
}

const char *record_codebook_id(const struct record_codebook *book)
{
	return book->id;
}

int64_t record_codebook_version(const struct record_codebook *book)
{
	return book->version;
}

size_t record_codebook_language_count(const struct record_codebook *book)
{
	return book->language_count;
}

const char *record_codebook_language(const struct record_codebook *book, size_t index)
{
	assert(index < book->language_count);
	return book->languages[index];
}

/* Index of the tag with exactly these bytes, or the number of languages. */
static size_t find_language(const struct record_codebook *book, struct view tag)
{
	size_t i = 0;

	while (i < book->language_count && !view_equal_string(tag, book->languages[i]))
		i++;
	return i;
}

size_t record_codebook_language_index(const struct record_codebook *book,
                                      const char *language)
{
	size_t found = book->language_count;

	if (language != NULL)
		found = find_language(book, view_of_string(language));
	if (language != NULL && found == book->language_count)
		found = find_language(book, view_of(language, strcspn(language, "-_.")));
	if (found == book->language_count)
		found = find_language(book, view_of_string("en"));
	return found;
}

const char *record_codebook_title(const struct record_codebook *book,
                                  size_t language_index)
{
	assert(language_index < book->language_count);
	return book->titles[language_index];
}

const struct record_signal_group *
record_codebook_groups(const struct record_codebook *book, size_t *ret_count)
{
	*ret_count = book->group_count;
	return book->groups;
}

const struct record_signal *record_codebook_signals(const struct record_codebook *book,
                                                    size_t *ret_count)
{
	*ret_count = book->signal_count;
	return book->signals;
}

static int compare_number(const void *key, const void *element)
{
	int64_t number = *(const int64_t *)key;
	int64_t other = ((const struct record_signal *)element)->number;

	return number < other ? -1 : number > other;
}

const struct record_signal *record_codebook_find(const struct record_codebook *book,
                                                 int64_t number)
{
	return bsearch(&number, book->signals, book->signal_count,
	               sizeof book->signals[0], compare_number);
}

const char *record_codebook_sector(const struct record_codebook *book, size_t nth)
{
	return nth < book->sector_count ? book->sectors[nth].word : NULL;
}

static struct record_codebook *builtin[CODEBOOK_FILES_MAX];

static void read_builtin(void)
{
	assert(record_codebook_file_count <= CODEBOOK_FILES_MAX);
	for (size_t i = 0; i < record_codebook_file_count; i++) {
		enum status status = record_codebook_decode(
		    record_codebook_files[i].bytes, &builtin[i], NULL);

		assert(status == STATUS_OK || status == STATUS_NO_MEMORY);
	}
}

const struct record_codebook *record_codebook_builtin_at(size_t index)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, read_builtin);
	return index < record_codebook_file_count ? builtin[index] : NULL;
}

struct view record_codebook_builtin_json(const struct hash *digest)
{
	for (size_t i = 0; i < record_codebook_file_count; i++)
		if (hash_equal(&record_codebook_files[i].digest, digest))
			return record_codebook_files[i].bytes;
	return view_of("", 0);
}

const struct record_codebook *record_codebook_builtin(const struct hash *digest)
{
	for (size_t i = 0; i < record_codebook_file_count; i++)
		if (hash_equal(&record_codebook_files[i].digest, digest))
			return record_codebook_builtin_at(i);
	return NULL;
}
