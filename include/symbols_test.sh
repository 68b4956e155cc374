#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The names that both forms of the library show are the functions of the header, no more
# and no less.
#
# symbols_test.sh SHARED STATIC HEADER
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sed -n 's/^[a-z].*[ *]\(aldis_[a-z_]*\)(.*/\1/p' "$3" | sort >"$work/header"
nm -D --defined-only "$1" | awk '$2 == "T" {sub(/@.*/, "", $3); print $3}' | sort >"$work/shared"
nm -g --defined-only "$2" | awk '$2 ~ /[TDBRVWC]/ {print $3}' | sort >"$work/static"

[ "$(wc -l <"$work/header")" -ge 20 ]
diff "$work/header" "$work/shared"
diff "$work/header" "$work/static"
# The version node itself is the only other dynamic symbol.
nm -D --defined-only "$1" | awk '$2 != "T" && $3 !~ /^ALDIS_/ {print; found = 1} END {exit found}'
