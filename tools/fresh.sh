#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The newcomer's test: a new Debian root with nothing in it but make, git and certificates, a
# clone of this repository, and the two commands of the README. The root's mounts and its
# processes live in namespaces of their own and end with them, whatever happens; the folder
# is removed at the end. Only what is committed is tried.
set -euo pipefail
cd "$(dirname "$0")/.."

suite=bookworm
clone=/root/aldis

# Runs in the namespaces: makes the root and does in it what the README says.
inside() {
	local root=$1
	debootstrap --variant=minbase "$suite" "$root"
	# npm inside fails behind a proxy that signs with its own authority unless it is
	# told; a name of its own keeps the package ca-certificates from writing over it.
	mkdir -p "$root/etc/ssl"
	cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/host-ca.crt" 2>/dev/null || true
	git -c safe.directory='*' clone --quiet --no-hardlinks "file://$PWD" "$root$clone"
	mkdir -p "$root/proc"
	mount -t proc proc "$root/proc"
	chroot "$root" env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		TERM=dumb LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
		NODE_EXTRA_CA_CERTS=/etc/ssl/host-ca.crt \
		bash -euc "
			apt-get update -q
			apt-get install -y -q --no-install-recommends make git ca-certificates
			cd $clone
			make run DEMO_ARGS=--once
			make test
		" </dev/null
}

if [[ ${1:-} == --inside ]]; then
	inside "$2"
	exit
fi

if [[ $EUID -ne 0 ]]; then
	echo "make fresh needs root, because it makes a Debian root folder; run: sudo make fresh" >&2
	exit 3
fi
tools/deps.sh tools/packages-fresh.txt
if [[ -n $(git -c safe.directory='*' status --porcelain) ]]; then
	echo "fresh: what is not committed will not be tried." >&2
fi

mkdir -p build
root=$(mktemp -d "$PWD/build/fresh.XXXXXX")
chmod 755 "$root"
child=

# Killing the child ends its namespaces, and with them every mount and process in the root.
# --one-file-system: should a mount have survived after all, nothing behind it is touched.
clean_up() {
	[[ -z $child ]] || kill -KILL "$child" 2>/dev/null || true
	rm -rf --one-file-system -- "$root" 2>/dev/null || {
		sleep 1
		rm -rf --one-file-system -- "$root"
	}
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

started=$SECONDS
status=0
# In the background, because bash handles a signal only when no child is in front of it.
unshare --mount --pid --fork --kill-child --mount-proc \
	bash tools/fresh.sh --inside "$root" </dev/null &
child=$!
wait "$child" || status=$?
child=
if [[ $status -eq 0 ]]; then
	echo "fresh: a new Debian $suite runs and tests Aldis ($((SECONDS - started)) s)"
else
	echo "fresh: failed after $((SECONDS - started)) s (status $status)" >&2
fi
exit "$status"
