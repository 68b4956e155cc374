/* SPDX-License-Identifier: Apache-2.0 */
#include "link/peers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

static struct ed25519_public key_of(uint8_t byte)
{
	struct ed25519_public key;

	memset(key.bytes, byte, sizeof key.bytes);
	return key;
}

static struct link_peer peer_of(const char *name, uint8_t key)
{
	struct link_peer peer = {.key_count = 1, .keys = {key_of(key)}, .url_count = 1};

	(void)snprintf(peer.name, sizeof peer.name, "%s", name);
	(void)snprintf(peer.urls[0], sizeof peer.urls[0], "https://192.0.2.%u:8600", key);
	return peer;
}

static const char *name_of_key(const struct link_peers *peers, uint8_t byte)
{
	struct ed25519_public key = key_of(byte);
	const struct link_peer *peer = link_peers_by_key(peers, &key);

	return peer != NULL ? peer->name : "nobody";
}

static struct link_peers *new_peers(void)
{
	struct link_peers *peers = NULL;

	assert_int_equal(link_peers_new(&peers, NULL), STATUS_OK);
	return peers;
}

static void peers_are_found_by_each_key_and_by_name(void **state)
{
	struct link_peers *peers = new_peers();
	struct link_peer list[3] = {peer_of("south.example", 3),
	                            peer_of("east.example", 200),
	                            peer_of("north.example", 1)};

	assert_string_equal(name_of_key(peers, 1), "nobody");
	assert_null(link_peers_by_name(peers, "east.example"));
	list[0].keys[list[0].key_count++] = key_of(100);
	assert_int_equal(link_peers_replace(peers, list, 3, NULL), STATUS_OK);
	assert_string_equal(name_of_key(peers, 1), "north.example");
	assert_string_equal(name_of_key(peers, 3), "south.example");
	assert_string_equal(name_of_key(peers, 100), "south.example");
	assert_string_equal(name_of_key(peers, 200), "east.example");
	assert_string_equal(name_of_key(peers, 4), "nobody");
	assert_string_equal(link_peers_by_name(peers, "east.example")->urls[0],
	                    "https://192.0.2.200:8600");
	assert_null(link_peers_by_name(peers, "east.exampl"));
	link_peers_free(peers);
}

static void a_peer_keeps_its_number_and_none_is_used_twice(void **state)
{
	struct link_peers *peers = new_peers();
	struct link_peer south = peer_of("south.example", 1);
	struct link_peer both[2] = {peer_of("east.example", 2),
	                            peer_of("south.example", 3)};
	uint32_t number;

	assert_int_equal(link_peers_replace(peers, &south, 1, NULL), STATUS_OK);
	number = link_peers_by_name(peers, "south.example")->number;
	assert_int_equal(link_peers_replace(peers, both, 2, NULL), STATUS_OK);
	assert_int_equal(link_peers_by_name(peers, "south.example")->number, number);
	assert_int_not_equal(link_peers_by_name(peers, "east.example")->number, number);
	assert_int_equal(link_peers_replace(peers, both, 1, NULL), STATUS_OK);
	assert_int_equal(link_peers_replace(peers, both, 2, NULL), STATUS_OK);
	assert_int_not_equal(link_peers_by_name(peers, "south.example")->number, number);
	link_peers_free(peers);
}

static void assert_replace(struct link_peers *peers, const struct link_peer *list,
                           size_t count, enum status wanted)
{
	struct error err = {""};

	assert_int_equal(link_peers_replace(peers, list, count, &err), wanted);
	assert_int_not_equal(err.text[0], '\0');
	assert_string_equal(name_of_key(peers, 77), "old.example"); /* it stays */
}

static void what_is_wrong_leaves_the_old_table(void **state)
{
	struct link_peers *peers = new_peers();
	struct link_peer old = peer_of("old.example", 77);
	struct link_peer bad = peer_of("south.example", 1);
	struct link_peer two[2] = {bad, bad};

	assert_int_equal(link_peers_replace(peers, &old, 1, NULL), STATUS_OK);
	assert_replace(peers, two, 2, STATUS_CONFLICT); /* name */
	(void)snprintf(two[1].name, sizeof two[1].name, "east.example");
	assert_replace(peers, two, 2, STATUS_CONFLICT); /* key */
	bad.key_count = 0;
	assert_replace(peers, &bad, 1, STATUS_MALFORMED);
	bad = peer_of("South", 1);
	assert_replace(peers, &bad, 1, STATUS_MALFORMED);
	bad = peer_of("south.example", 1);
	(void)snprintf(bad.urls[0], sizeof bad.urls[0], "http://192.0.2.1");
	assert_replace(peers, &bad, 1, STATUS_MALFORMED);
	(void)snprintf(bad.urls[0], sizeof bad.urls[0], "https://192.0.2.1/\r\nX: y");
	assert_replace(peers, &bad, 1, STATUS_MALFORMED);
	bad = peer_of("south.example", 1);
	(void)snprintf(bad.proxy, sizeof bad.proxy, "file:///etc/passwd");
	assert_replace(peers, &bad, 1, STATUS_MALFORMED);
	link_peers_free(peers);
}

static void count_change(void *context)
{
	++*(int *)context;
}

static void watchers_hear_of_replacements_only(void **state)
{
	struct link_peers *peers = new_peers();
	struct link_peer south = peer_of("south.example", 1);
	struct link_peer bad = peer_of("", 1);
	int first = 0, second = 0;
	struct link_peers_watch a = {.changed = count_change, .context = &first};
	struct link_peers_watch b = {.changed = count_change, .context = &second};

	link_peers_add_watch(peers, &a);
	link_peers_add_watch(peers, &b);
	assert_int_equal(link_peers_replace(peers, &south, 1, NULL), STATUS_OK);
	assert_int_equal(link_peers_replace(peers, &bad, 1, NULL), STATUS_MALFORMED);
	link_peers_remove_watch(peers, &a);
	assert_int_equal(link_peers_replace(peers, NULL, 0, NULL), STATUS_OK);
	link_peers_remove_watch(peers, &b);
	assert_int_equal(first, 1);
	assert_int_equal(second, 2);
	link_peers_free(peers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(peers_are_found_by_each_key_and_by_name),
	    cmocka_unit_test(a_peer_keeps_its_number_and_none_is_used_twice),
	    cmocka_unit_test(what_is_wrong_leaves_the_old_table),
	    cmocka_unit_test(watchers_hear_of_replacements_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
