# SPDX-License-Identifier: Apache-2.0
#
# The front door. Meson does the building; this file only names the ways in. `make` builds,
# `make run` shows two desks talking, `make test` runs every test and ends with one line of
# figures. Nothing here needs a terminal or asks a question.

PREFIX ?= /usr/local
DESTDIR ?=
DEMO_ARGS ?=
BENCH_ARGS ?=
SIM_ARGS ?= --seeds 1000
TEST_ARGS ?=
FUZZ_SECONDS ?= 300
FUZZ_TARGETS ?=

.PHONY: all build deps run test bench sim fuzz fresh install format check-format valgrind \
	screens clean help

all: build

help:
	@echo 'make                build into build/'
	@echo 'make deps           install the Debian packages of tools/packages.txt that are missing'
	@echo 'make run            deps, build, three desks on loopback   (DEMO_ARGS=--once)'
	@echo 'make test           deps, every test, plain and sanitized  (TEST_ARGS="--only plain")'
	@echo 'make bench          measure beside the floor               (BENCH_ARGS=--json)'
	@echo 'make sim            the simulator over many seeds          (SIM_ARGS="--seeds 1000")'
	@echo 'make fuzz           libFuzzer on every decoder             (FUZZ_SECONDS=300 FUZZ_TARGETS="json")'
	@echo 'make fresh          run and test in a new Debian root (needs root)'
	@echo 'make screens        the pictures of the console in doc/screens, made anew'
	@echo 'make valgrind       unit tests, some worlds and the demonstration under memcheck'
	@echo 'make install        (PREFIX=/usr/local DESTDIR=)'
	@echo 'make format         clang-format on every C file; make check-format only looks'

# `make test` builds in folders of its own (build-test with warnings as errors, build-asan),
# so that this one is never configured back and forth.
build: build/build.ninja spec/kinds.md
	ninja -C build

build/build.ninja:
	meson setup build --prefix=$(PREFIX)

spec/kinds.md: spec/kinds.json tools/gen_kinds.py tools/kinds_catalogue.py tools/kinds_page.py
	python3 tools/gen_kinds.py spec/kinds.json spec/kinds.md

deps:
	tools/deps.sh tools/packages.txt

run: deps
	$(MAKE) build
	build/aldis demo $(DEMO_ARGS)

test: deps
	@python3 tools/run_tests.py $(TEST_ARGS)

bench: build
	build/aldis-bench $(BENCH_ARGS)
	python3 bench/fleet.py $(filter --json,$(BENCH_ARGS))
	python3 bench/consoles.py $(filter --json,$(BENCH_ARGS))

# Days of three desks, then weeks of seven.
sim: build
	build/aldis-sim $(SIM_ARGS)
	build/aldis-sim --desks 7 --hours 168 $(SIM_ARGS)

fuzz:
	FUZZ_SECONDS=$(FUZZ_SECONDS) FUZZ_TARGETS='$(FUZZ_TARGETS)' tools/fuzz.sh

fresh:
	tools/fresh.sh

# The test that looks at every page, with another place for its pictures.
screens: build
	SCREENS=doc/screens ALDIS=build/aldis ALDISD=build/aldisd ALDIS_SOURCE=. node test/browser/screens.mjs

install: build
	meson configure build -Dprefix=$(PREFIX)
	DESTDIR=$(DESTDIR) meson install -C build

format:
	git ls-files -z '*.c' '*.h' | xargs -0 -r clang-format -i

check-format:
	git ls-files -z '*.c' '*.h' | xargs -0 -r clang-format --dry-run --Werror

valgrind: build
	tools/valgrind.sh build

clean:
	rm -rf build build-test build-asan build-fuzz
