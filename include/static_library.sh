#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Makes libaldis.a: one object that holds the library and what it uses of the folders
# below it, in which only aldis_* can be seen from outside. A plain archive of all objects
# would give a program that links it our buf_append and its own.
#
# static_library.sh OUTPUT OBJECT_OR_ARCHIVE...
set -eu

output=$1
shift

work=$(mktemp -d "$output.XXXXXX")
trap 'rm -rf "$work"' EXIT
"${LD:-ld}" -r -o "$work/aldis.o" --start-group "$@" --end-group
"${OBJCOPY:-objcopy}" --wildcard --keep-global-symbol='aldis_*' "$work/aldis.o"
rm -f "$output"
"${AR:-ar}" rcsD "$output" "$work/aldis.o"
