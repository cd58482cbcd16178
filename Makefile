# sipdesk. `make help` lists the targets.
#
# A plain `make` only builds, and names what is missing; `setup`, `demo`, `test`, `asan`, `fuzz` and
# `lint` install it first. What depends on this machine (libraries, what the compiler can do) is
# found out once and kept in $(BUILD)/flags.mk.

VERSION := 0.1.0

BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
FUZZ_SECONDS ?= 30
CLANG_FORMAT ?= clang-format
SANITIZE ?=
V ?=

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

# ---- files ---------------------------------------------------------------------------------------

SOURCES := $(wildcard src/*/*.c) $(wildcard ui/*.c ui/*/*.c)
SUPPORT := $(wildcard tests/support/*.c)
BINS := $(filter-out %/fuzz_replay.c,$(wildcard tests/support/bin/*.c))
SHIMS := $(wildcard tests/support/shim/*.c)
UNIT := $(wildcard tests/unit/*_test.c)
E2E := $(wildcard tests/e2e/*_test.c)
FUZZ := $(wildcard tests/fuzz/*_fuzz.c)
REPLAY := $(wildcard tests/support/bin/fuzz_replay.c)

TEST_SOURCES := $(SUPPORT) $(BINS) $(REPLAY) $(SHIMS) $(UNIT) $(E2E) $(FUZZ)
C_FILES := $(SOURCES) $(TEST_SOURCES)
H_FILES := $(wildcard src/*/*.h ui/*.h ui/*/*.h tests/*/*.h tests/support/*/*.h)
SCRIPTS := .ci/run $(wildcard tests/support/*.sh)

objects = $(patsubst %.c,$(BUILD)/%.o,$(1))

PROGRAM := $(BUILD)/sipdesk
LIBRARY := $(BUILD)/libsipdesk.a
TEST_LIBRARY := $(BUILD)/tests/libsupport.a
BIN_PROGRAMS := $(patsubst tests/support/bin/%.c,$(BUILD)/tests/bin/%,$(BINS))
SHIM_LIBRARIES := $(patsubst tests/support/shim/%.c,$(BUILD)/tests/shim/%.so,$(SHIMS))
UNIT_TESTS := $(patsubst %.c,$(BUILD)/%,$(UNIT))
E2E_TESTS := $(patsubst %.c,$(BUILD)/%,$(E2E))
FUZZERS := $(patsubst %.c,$(BUILD)/%,$(FUZZ))
REPLAYS := $(if $(REPLAY),$(patsubst %_fuzz,%_replay,$(FUZZERS)))

# ---- flags ---------------------------------------------------------------------------------------

# OpenSSL first: most of what the loader looks up at each start is in it.
LINKED := openssl ncursesw termkey libcjson libidn2
# Loaded when they are used (base/library.h): they bring two thirds of all libraries with them.
LOADED := libcurl libmicrohttpd
LIBRARIES := $(LINKED) $(LOADED)

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	-Wformat=2 $(if $(CI),-Werror)
OPTIMISE := $(if $(SANITIZE),-O1 -g,-O2 -g)
SANITIZERS := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all \
	-fno-omit-frame-pointer)

# The packagers' flags stand last, so that theirs win. HARDEN_* and LIBRARY_* are from flags.mk.
OUR_CPPFLAGS = -Isrc -I. -D_GNU_SOURCE -DSIPDESK_VERSION='"$(VERSION)"' $(LIBRARY_CFLAGS) \
	$(HARDEN_CPPFLAGS) $(CPPFLAGS)
OUR_CFLAGS = -std=c11 $(OPTIMISE) $(WARNINGS) $(HARDEN_CFLAGS) $(SANITIZERS) $(CFLAGS)
OUR_LDFLAGS = $(HARDEN_LDFLAGS) -Wl,--as-needed $(SANITIZERS) $(LDFLAGS)
TEST_LIBS = $(LIBRARY_LIBS) $(shell pkg-config --libs cmocka vterm $(LOADED))

# Where end-to-end tests find the program, the fault server and the shims.
export SIPDESK_BUILD = $(abspath $(BUILD))

JOBS := $(shell getconf _NPROCESSORS_ONLN)
# V=1 shows the commands in full.
RUN = $(if $(V),,@echo "  $1" && )

# Within recipes only: there MAKEFLAGS tells whether the caller has asked for jobs already.
PARALLEL = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(JOBS))
# A further make, for what needs the packages that were installed just before.
AGAIN = +@$(MAKE) --no-print-directory $(PARALLEL)

PACKAGES := CC='$(CC)' tests/support/packages.sh

# ---- for people ----------------------------------------------------------------------------------

# These need no compiler, or call make again once it is there.
WITHOUT_FLAGS := help setup demo test asan fuzz lint check-layers format format-check screenshots \
	bench uninstall clean
.PHONY: all install run-tests run-lint run-screenshots run-bench fuzzers FORCE $(WITHOUT_FLAGS)

all: $(PROGRAM) ## build the program (the default)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s%s\n", $$1, $$2 }' Makefile

setup: ## install what is missing for building and testing
	@$(PACKAGES) ensure build test $(SETUP_ALSO)

demo: ## setup if something is missing, build, and open the practice numbers
	@$(PACKAGES) ensure build
	$(AGAIN) all
	@$(PROGRAM) --sandbox

test: ## setup if something is missing, build, and run all tests
	@$(PACKAGES) ensure build test
	$(AGAIN) run-tests

asan: export ASAN_OPTIONS = detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1
asan: export UBSAN_OPTIONS = print_stacktrace=1
asan: ## the same tests under the address and undefined-behaviour sanitizers
	@$(PACKAGES) ensure build test
	$(AGAIN) run-tests BUILD=build-asan SANITIZE=address,undefined

fuzz: ## run every fuzzer for FUZZ_SECONDS (30); what is found stays in build-fuzz/
	@$(PACKAGES) ensure build test fuzz
	$(AGAIN) fuzzers CC=clang BUILD=build-fuzz SANITIZE=fuzzer-no-link,address,undefined
	@tests/support/run_fuzzers.sh build-fuzz $(FUZZ_SECONDS) \
		$(patsubst tests/fuzz/%_fuzz.c,%,$(FUZZ))

lint: ## clang-tidy, cppcheck, banned functions, layers, lengths, shellcheck
	@$(PACKAGES) ensure build test lint
	+@$(MAKE) --no-print-directory --keep-going run-lint

check-layers: ## refuse includes that go against the arrows of the architecture
	@tests/support/lint_layers.sh

format: ## lay out all C files with clang-format
	@$(CLANG_FORMAT) -i $(C_FILES) $(H_FILES)

format-check: ## fail when a C file is not laid out so
	@$(CLANG_FORMAT) --dry-run -Werror $(C_FILES) $(H_FILES)

screenshots: ## write screenshots/ from the real program
	@$(PACKAGES) ensure build test
	$(AGAIN) run-screenshots

bench: ## measure sipdesk, and programs like it, and print the figures beside their goals
	@$(PACKAGES) ensure build test bench
	$(AGAIN) run-bench

# source:destination:mode
INSTALLED := \
	$(PROGRAM):$(BINDIR)/sipdesk:755 \
	ui/sipdesk.1:$(MANDIR)/man1/sipdesk.1:644 \
	ui/completion/sipdesk.bash:$(PREFIX)/share/bash-completion/completions/sipdesk:644 \
	ui/completion/_sipdesk:$(PREFIX)/share/zsh/site-functions/_sipdesk:644

install: $(PROGRAM) ## install under PREFIX (/usr/local), below DESTDIR
	@set -e; for file in $(INSTALLED); do \
		source=$${file%%:*} mode=$${file##*:} to=$${file#*:}; to="$(DESTDIR)$${to%:*}"; \
		echo "  install $$to"; install -D -m "$$mode" "$$source" "$$to"; done

uninstall: ## remove what install put there
	@set -e; for file in $(INSTALLED); do \
		to=$${file#*:}; to="$(DESTDIR)$${to%:*}"; \
		echo "  remove  $$to"; rm -f "$$to"; done

clean: ## remove everything built
	rm -rf $(BUILD) build-asan build-clang build-fuzz

# ---- what this machine has -----------------------------------------------------------------------

# Kept flags are good for this compiler and these wishes only.
FLAGS_WANTED := $(strip $(CC) $(SANITIZE) $(CI) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS))

ifneq ($(filter-out $(WITHOUT_FLAGS),$(or $(MAKECMDGOALS),all)),)
include $(BUILD)/flags.mk
ifneq ($(FLAGS_FOR),$(FLAGS_WANTED))
$(BUILD)/flags.mk: FORCE
endif
endif

comma := ,

# First of $1 that the compiler takes without a word, if any.
define first_accepted
$$(for flag in $(1); do \
	printf '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n' | \
	$(CC) -Werror -O2 $$flag -x c - -o $@.probe 2>/dev/null && echo $$flag && break; done)
endef

# The name under which a program linked with library $1 would ask for it, as in "libcurl.so.4".
define file_of_library
$$(printf 'int main(void) { return 0; }' | $(CC) -x c - -o $@.probe -Wl,--no-as-needed \
	$$(pkg-config --libs-only-L --libs-only-l $(1)) && readelf -d $@.probe | \
	sed -n 's/.*(NEEDED).*\[\($(1)[.-].*\)\]/\1/p' | grep . || echo $(1).so)
endef

# _FORTIFY_SOURCE is left out under the sanitizers: its checks stand before theirs. ncursesw's
# _XOPEN_SOURCE would take away what _GNU_SOURCE gives.
$(BUILD)/flags.mk: Makefile
	@$(PACKAGES) check build
	@mkdir -p $(@D)
	@{ echo 'FLAGS_FOR := $(subst ','\'',$(FLAGS_WANTED))'; \
	echo "LIBRARY_CFLAGS := $$(pkg-config --cflags $(LIBRARIES) | \
		sed 's/-D_XOPEN_SOURCE=600//')" \
		"-DCURL_LIBRARY_FILE='\"$(call file_of_library,libcurl)\"'" \
		"-DMICROHTTPD_LIBRARY_FILE='\"$(call file_of_library,libmicrohttpd)\"'"; \
	echo "LIBRARY_LIBS := $$(pkg-config --libs $(LINKED)) -lresolv" \
		"$(call first_accepted,-ldl)"; \
	echo "HARDEN_CPPFLAGS := -U_FORTIFY_SOURCE $(if $(SANITIZE),,\
		$(call first_accepted,-D_FORTIFY_SOURCE=3 -D_FORTIFY_SOURCE=2))"; \
	echo "HARDEN_CFLAGS := $(call first_accepted,-fstack-protector-strong)" \
		"$(call first_accepted,-fPIE)" \
		"$(call first_accepted,-ftrivial-auto-var-init=zero)"; \
	echo "HARDEN_LDFLAGS := $(call first_accepted,-pie)" \
		"$(call first_accepted,-Wl$(comma)-z$(comma)relro$(comma)-z$(comma)now)"; \
	} >$@.new
	@rm -f $@.probe
	@mv $@.new $@

# ---- the program ---------------------------------------------------------------------------------

LIBRARY_OBJECTS := $(call objects,$(filter-out ui/main.c,$(SOURCES)))

$(BUILD)/%.o: %.c $(BUILD)/flags.mk
	@mkdir -p $(@D)
	$(call RUN,compile $<)$(CC) $(OUR_CPPFLAGS) -MMD -MP $(OUR_CFLAGS) -c $< -o $@

define archive
@mkdir -p $(@D)
@rm -f $@
$(call RUN,archive $@)$(AR) rcs $@ $(filter %.o,$^)
endef

$(LIBRARY): $(LIBRARY_OBJECTS)
	$(archive)

$(PROGRAM): $(BUILD)/ui/main.o $(LIBRARY)
	$(call RUN,link    $@)$(CC) $(OUR_CFLAGS) $(OUR_LDFLAGS) $^ $(LIBRARY_LIBS) -o $@

# ---- tests ---------------------------------------------------------------------------------------

.SECONDARY: $(call objects,$(TEST_SOURCES))

$(TEST_LIBRARY): $(call objects,$(SUPPORT))
	$(archive)

define link_test
@mkdir -p $(@D)
$(call RUN,link    $@)$(CC) $(OUR_CFLAGS) $(OUR_LDFLAGS) $(filter %.o,$^) \
	$(TEST_LIBRARY) $(LIBRARY) $(TEST_LIBS) -o $@
endef

$(UNIT_TESTS) $(E2E_TESTS): $(BUILD)/%: $(BUILD)/%.o $(TEST_LIBRARY) $(LIBRARY)
	$(link_test)

$(BIN_PROGRAMS): $(BUILD)/tests/bin/%: $(BUILD)/tests/support/bin/%.o $(TEST_LIBRARY) $(LIBRARY)
	$(link_test)

$(REPLAYS): %_replay: %_fuzz.o $(call objects,$(REPLAY)) $(TEST_LIBRARY) $(LIBRARY)
	$(link_test)

# Preloaded into a program that may be built with the sanitizers: they stay out of the shim itself.
$(SHIM_LIBRARIES): $(BUILD)/tests/shim/%.so: tests/support/shim/%.c $(BUILD)/flags.mk
	@mkdir -p $(@D)
	$(call RUN,link    $@)$(CC) $(OUR_CPPFLAGS) -std=c11 -O2 -g $(WARNINGS) $(CFLAGS) \
		-MMD -MP -MF $(@:.so=.d) -fPIC -shared $(LDFLAGS) $< -o $@

run-tests: $(UNIT_TESTS) $(E2E_TESTS) $(REPLAYS) $(PROGRAM) $(BIN_PROGRAMS) $(SHIM_LIBRARIES)
	@tests/support/run_tests.sh $(UNIT_TESTS) $(E2E_TESTS) $(REPLAYS) tests/support/lint_layers.sh

run-screenshots run-bench: run-%: $(PROGRAM) $(BIN_PROGRAMS) $(SHIM_LIBRARIES)
	@tests/support/sealed_run.sh $(BUILD)/tests/bin/$*

fuzzers: $(FUZZERS)

$(FUZZERS): %: %.o $(LIBRARY)
	$(call RUN,link    $@)$(CC) $(OUR_CFLAGS) $(OUR_LDFLAGS) -fsanitize=fuzzer $^ $(LIBRARY_LIBS) -o $@

# ---- lint ----------------------------------------------------------------------------------------

LINTS := tidy cppcheck banned layers length shellcheck
.PHONY: $(LINTS:%=lint-%)
run-lint: $(LINTS:%=lint-%)

lint-tidy: $(BUILD)/flags.mk
	@echo "clang-tidy"
	@printf '%s\n' $(C_FILES) | tests/support/lint_tidy.sh $(JOBS) $(OUR_CPPFLAGS) -std=c11

# cppcheck does not read the libraries' headers, and must know a macro that is a loop.
lint-cppcheck:
	@echo "cppcheck"
	@cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
		--error-exitcode=1 --suppress=missingIncludeSystem -j $(JOBS) -Isrc -I. -D_GNU_SOURCE \
		-DSIPDESK_VERSION='"$(VERSION)"' \
		'-DcJSON_ArrayForEach(item,list)=for(item=(list)->child;item;item=item->next)' \
		$(C_FILES)

lint-banned lint-layers lint-length: lint-%:
	@tests/support/lint_$*.sh

lint-shellcheck:
	@echo "shellcheck"
	@shellcheck $(SCRIPTS)

-include $(patsubst %.o,%.d,$(call objects,$(C_FILES))) $(SHIM_LIBRARIES:.so=.d)
