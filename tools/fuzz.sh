#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs every libFuzzer target (or those of FUZZ_TARGETS) for FUZZ_SECONDS each, two side by
# side on two cores. New inputs are kept in build-fuzz/found/NAME, crashes in
# build-fuzz/crashes; the tracked corpus is only read. Exit 1 when a target crashed.
set -euo pipefail
cd "$(dirname "$0")/.."

export FUZZ_SECONDS=${FUZZ_SECONDS:-300}
export FUZZ_BUILD=build-fuzz

if [[ ! -e $FUZZ_BUILD/build.ninja ]]; then
	CC=clang meson setup "$FUZZ_BUILD" -Dfuzzing=true -Db_lundef=false -Doptimization=1 \
		-Dconsole=disabled
fi
ninja -C "$FUZZ_BUILD" fuzzers

fuzz_one() {
	local name=$1 seeds=() log=$FUZZ_BUILD/fuzz-logs/$1.log
	mkdir -p "$FUZZ_BUILD"/{found/"$name",crashes,fuzz-logs}
	[[ -d fuzz/corpus/$name ]] && seeds=("fuzz/corpus/$name")
	if "$FUZZ_BUILD/fuzz/fuzz-$name" -max_total_time="$FUZZ_SECONDS" -timeout=10 \
		-rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix="$FUZZ_BUILD/crashes/$name-" \
		"$FUZZ_BUILD/found/$name" "${seeds[@]}" >"$log" 2>&1; then
		awk -v name="$name" '/number_of_executed_units/ { print name ": " $2 " inputs, no crash" }' \
			"$log"
	else
		echo "$name: FAILED, the input is in $FUZZ_BUILD/crashes, the report in $log"
		grep -m1 -A25 -E 'ERROR:|runtime error' "$log" || tail -n 25 "$log"
		return 1
	fi
}
export -f fuzz_one

targets=${FUZZ_TARGETS:-}
if [[ -z $targets ]]; then
	targets=$(cd "$FUZZ_BUILD/fuzz" && find . -maxdepth 1 -type f -name 'fuzz-*' -executable |
		sed 's,^\./fuzz-,,' | sort)
fi
if [[ -z $targets ]]; then
	echo "fuzz: there is no target in fuzz/" >&2
	exit 3
fi
# xargs ends with 123 when any of its calls failed.
tr -s ' ' '\n' <<<"$targets" | xargs -P "$(nproc)" -I{} bash -c 'fuzz_one {}' || exit 1
