#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# deps.sh LIST…: installs the Debian packages of the lists that are missing, and does nothing
# (no network, no root) when none is. A list holds one package a line; # begins a comment, and
# a package with ?COMMAND behind it is left alone where that command exists.
set -euo pipefail

say() {
	echo "deps: $*" >&2
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	say "this is no Debian-like system; install what stands in $* by your own means."
	exit 3
fi

wanted=$(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' -- "$@")
missing=()
while read -r package command; do
	[[ -z $command ]] || ! command -v "${command#\?}" >/dev/null || continue
	state=$(dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | sort -u) || true
	[[ $state == *installed* && $state != *not-installed* ]] || missing+=("$package")
done <<<"$wanted"

if [[ ${#missing[@]} -eq 0 ]]; then
	exit 0
fi

as_root=(env DEBIAN_FRONTEND=noninteractive)
if [[ $EUID -ne 0 ]]; then
	if ! command -v sudo >/dev/null; then
		say "these packages are missing, and there is neither root nor sudo to install them."
		say "Ask for: apt-get install ${missing[*]}"
		exit 3
	fi
	# Without a terminal nobody can type a password: fail instead of waiting.
	ask=()
	[[ -t 0 ]] || ask=(-n)
	as_root=(sudo "${ask[@]}" "${as_root[@]}")
fi

say "installing ${missing[*]}"
# One broken source of many must not keep the others from working.
"${as_root[@]}" apt-get update -q </dev/null ||
	say "apt-get update failed; trying with the package lists that are here."
if ! "${as_root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}" </dev/null; then
	say "could not install everything; run: apt-get install ${missing[*]}"
	exit 3
fi
