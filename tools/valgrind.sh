#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The unit tests (but those that Python or Node runs), some worlds of the simulator and the
# demonstration with all its processes under memcheck. What it has to say of the
# demonstration's processes stands in files of their own, shown when there is any. Takes some
# fifteen minutes.
#
#   tools/valgrind.sh BUILD
set -eu

build=${1:?which build folder?}
memcheck='valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite'
said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT

echo '# unit tests'
CMOCKA_MESSAGE_OUTPUT=TAP meson test -C "$build" --suite unit --no-suite script --print-errorlogs \
	--timeout-multiplier 40 --wrapper "$memcheck"

echo '# worlds of the simulator'
$memcheck "$build/aldis-sim" --seeds 4 --hours 4
$memcheck "$build/aldis-sim" --start 5 --seeds 2 --desks 7 --hours 50

# The demonstration calls cp and mkdir too; what the system's cp forgets at its end is not ours.
echo '# the demonstration'
result=0
$memcheck --trace-children=yes --trace-children-skip='/usr/*,/bin/*' --log-file="$said/%p" "$build/aldis" demo --once \
	>"$said/demo" 2>&1 || result=$?
[ "$result" -eq 0 ] || tail -20 "$said/demo"
for file in "$said"/[0-9]*; do
	if [ -s "$file" ]; then
		cat "$file"
		result=1
	fi
done
[ "$result" -eq 0 ] && echo "# nothing found in $(ls "$said" | grep -c '^[0-9]') processes"
exit "$result"
