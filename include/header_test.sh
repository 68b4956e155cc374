#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A program in this standard of C or C++ can use the header, without a warning.
#
# header_test.sh HEADER STANDARD SUFFIX
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/program$3" <<'END'
#include <aldis/aldis.h>

int main(void)
{
	struct aldis_bytes none = ALDIS_NO_BYTES;
	struct aldis_pouch *pouch = 0;
	struct aldis_result *result = 0;
	enum aldis_answer (*verify)(struct aldis_bytes, const struct aldis_bytes *, size_t,
	                            struct aldis_result **, char *) = aldis_verify_release;

	return verify(none, &none, 0, &result, 0) == ALDIS_OK &&
	       aldis_pouch_add(&pouch, none, 0) == ALDIS_OK;
}
END
for compiler in gcc clang; do
	[ "$3" = .c ] || compiler=$(echo $compiler | sed 's/gcc/g++/; s/clang/clang++/')
	command -v $compiler >"$work/found" || continue
	$compiler -std="$2" -Wall -Wextra -Wpedantic -Wshadow -Werror -fsyntax-only -I"$(dirname "$1")/.." "$work/program$3"
done
[ -s "$work/found" ]
