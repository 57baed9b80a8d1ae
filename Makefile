# dossier
#
#   make            builds ./dossier
#   make demo       installs what is missing, builds, makes a packet from fixtures/demo and checks it
#   make check      installs what is missing, runs every test (T="core/test_json cli/diff" for some of them)
#   make check-races     what threads do at once, under gcc's thread sanitizer: a quarter of an hour
#   make check-cluster   starts a Slurm of one node (as root) and compares a packet from sixteen parts with one machine's
#   make bench      measures inspect, diff and build against the floor (tests/bench/run), and each format's reading (tests/bench/formats)
#   make bless      rewrites the expected results in fixtures/: read the difference before you commit it
#   make format     lays the code out; make lint looks for what the compilers do not see
#   make deps       installs the libraries that a build needs (Debian, as root)
#   make install    PREFIX=/usr/local, DESTDIR=
#
# CC, CFLAGS, CPPFLAGS, LDFLAGS, LDLIBS are yours; WERROR= lets a compiler warn that we do not know; V=1 shows the commands. All that
# is made lies below build/, one folder for each VARIANT: release, and with the sanitizers san-gcc, san-clang and san-threads.

VARIANT ?= release
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
PKG_CONFIG ?= pkg-config
CLANG_FORMAT ?= clang-format-14
CLANG_TIDY ?= clang-tidy-14
INSTALL ?= install
WERROR ?= -Werror
T ?=
V ?=

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:

ROOMS := core collect analyze render cli
OUT := build/$(VARIANT)

ifeq ($(VARIANT),release)
  COMPILER = $(CC)
  CFLAGS ?= -O3 -g
else ifneq ($(filter san-gcc san-clang,$(VARIANT)),)
  COMPILER = $(VARIANT:san-%=%)
  SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
  override CFLAGS := -O1 -g
else ifeq ($(VARIANT),san-threads)
  COMPILER = gcc
  SANITIZE := -fsanitize=thread
  override CFLAGS := -O1 -g
else
  $(error VARIANT is release, san-gcc, san-clang or san-threads, not "$(VARIANT)")
endif

# ---- What things are called, and with which flags --------------------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes $(WERROR)
PACKAGES := libxml-2.0 libcjson libzstd libarchive libcrypto zlib libpcre2-8
# -isystem: other people's headers are not held to our warnings.
PACKAGE_CPPFLAGS := $(patsubst -I%,-isystem %,$(shell $(PKG_CONFIG) --cflags $(PACKAGES) 2>/dev/null))
PACKAGE_LDLIBS := $(shell $(PKG_CONFIG) --libs $(PACKAGES) 2>/dev/null)

COMPILE = $(COMPILER) -std=c17 -D_GNU_SOURCE -I. $(PACKAGE_CPPFLAGS) $(CPPFLAGS) $(WARNINGS) \
          -ffile-prefix-map=$(CURDIR)=. -pthread $(CFLAGS) $(SANITIZE)
LINK = $(COMPILER) -pthread $(CFLAGS) $(SANITIZE) $(LDFLAGS)
LIBRARIES = $(PACKAGE_LDLIBS) -lhpdf -lm $(LDLIBS)

SOURCES := $(sort $(wildcard $(ROOMS:%=%/*.c)))
OBJECTS := $(SOURCES:%.c=$(OUT)/%.o)
LIBRARY_OBJECTS := $(filter-out $(OUT)/cli/main.o,$(OBJECTS)) $(OUT)/templates_data.o
LIBRARY := $(OUT)/libdossier.a
PROGRAM := $(OUT)/dossier

TEST_SOURCES := $(sort $(wildcard $(ROOMS:%=tests/%/test_*.c)))
TEST_PROGRAMS := $(TEST_SOURCES:%.c=$(OUT)/%)

TEMPLATES := $(sort $(shell find templates -name '.?*' -prune -o -type f ! -name '*~' -print))

# ---- Building --------------------------------------------------------------------------------------------------------------

.PHONY: all
all: $(PROGRAM)
ifeq ($(VARIANT),release)
all: dossier
dossier: $(PROGRAM)
	@cp -f $< $@.new && mv -f $@.new $@
endif

# What the tests run: tests/run builds these in both variants.
.PHONY: test-programs
test-programs: $(PROGRAM) $(TEST_PROGRAMS)

.PHONY: FORCE
FORCE:

# show WORD, FILE: one short line instead of the command, unless V is set.
show = $(if $(V),,@echo '  $1  $2'; )

# remember NAME, VALUE: build/.../NAME holds the value and is as old as the last change of it.
remember = @mkdir -p $(@D); printf '%s\n' '$(subst ','\'',$1)' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$1)' >$@

$(OUT)/compile: FORCE
	$(call remember,$(COMPILE))
$(OUT)/link: FORCE
	$(call remember,$(LINK) $(LIBRARIES) $(LIBRARY_OBJECTS))
build/templates: FORCE
	$(call remember,$(TEMPLATES))

# Without the libraries, say at once what to do rather than let a hundred compilers fail.
HEADERS := libxml/xmlwriter.h cjson/cJSON.h zstd.h archive.h openssl/evp.h zlib.h hpdf.h xxhash.h
$(OUT)/libraries: $(OUT)/compile
	@command -v $(firstword $(COMPILER)) >/dev/null && command -v $(PKG_CONFIG) >/dev/null && \
	printf '#include <%s>\n' $(HEADERS) | $(COMPILE) -E -x c - >/dev/null 2>$@.missing || { \
		echo 'dossier: a compiler, pkg-config or the headers of a library are missing.' >&2; \
		grep -h 'fatal error' $@.missing 2>/dev/null | sed 's/^/    /' >&2; \
		echo 'On Debian, as root: make deps' >&2; exit 1; }
	@rm -f $@.missing; touch $@

$(OUT)/%.o: %.c $(OUT)/compile | $(OUT)/libraries
	@mkdir -p $(@D)
	$(call show,compile,$<)$(COMPILE) -MMD -MP -c -o $@ $<

build/templates_data.c: scripts/embed-templates build/templates $(TEMPLATES)
	@scripts/embed-templates templates >$@.new && mv -f $@.new $@
$(OUT)/templates_data.o: build/templates_data.c $(TEMPLATES) $(OUT)/compile | $(OUT)/libraries
	@mkdir -p $(@D)
	$(call show,compile,$<)$(COMPILE) -MMD -MP -c -o $@ $<

$(LIBRARY): $(LIBRARY_OBJECTS) $(OUT)/link
	@rm -f $@
	@ar rcsD $@ $(LIBRARY_OBJECTS)

$(PROGRAM): $(OUT)/cli/main.o $(LIBRARY) $(OUT)/link
	$(call show,link,$@)$(LINK) -o $@ $(OUT)/cli/main.o $(LIBRARY) $(LIBRARIES)

$(OUT)/tests/%: $(OUT)/tests/%.o $(LIBRARY) $(OUT)/link
	$(call show,link,$@)$(LINK) -o $@ $< $(LIBRARY) $(LIBRARIES)

$(OUT)/floor: $(OUT)/tests/bench/floor.o $(OUT)/link
	$(call show,link,$@)$(LINK) -o $@ $< $(LIBRARIES)

.SECONDARY:
-include $(OBJECTS:.o=.d) $(TEST_PROGRAMS:=.d) $(OUT)/templates_data.d $(OUT)/tests/bench/floor.d

# ---- Running ---------------------------------------------------------------------------------------------------------------

# These call make again, since what they install changes what a build finds; on all processors unless you said how many.
AGAIN = $(MAKE) --no-print-directory $(if $(filter --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))

.PHONY: deps demo check check-races check-cluster bench bench-growth bench-files bench-peers bench-trace soak bless
deps:
	@scripts/deps build

demo:
	@scripts/deps build demo
	+@$(AGAIN) all
	@scripts/demo

check:
	@scripts/deps build check
	@MAKEFLAGS= tests/run $(T)

# Each stops at the first race.
RACED := core/test_pool core/test_zstream core/test_large analyze/test_diff_property
RACED_SCRIPTS := parts determinism memory
check-races:
	@scripts/deps build check
	+@$(AGAIN) VARIANT=san-threads build/san-threads/dossier $(RACED:%=build/san-threads/tests/%)
	@for t in $(RACED); do TSAN_OPTIONS=halt_on_error=1 build/san-threads/tests/$$t || exit 1; done
	@for t in $(RACED_SCRIPTS); do \
		d=$$(mktemp -d); TSAN_OPTIONS=halt_on_error=1 DOSSIER=$(CURDIR)/build/san-threads/dossier TMPDIR=$$d sh -eu tests/cli/$$t.sh || exit 1; \
		rm -rf "$$d"; done

check-cluster:
	@scripts/deps build cluster
	+@$(AGAIN) all
	@tests/cluster/slurm

bench:
	@scripts/deps build bench
	+@$(AGAIN) all $(OUT)/floor
	@tests/bench/run
	@tests/bench/formats

# The property tests on fifty times as many cases, without sanitizers, one after another.
SOAKED := analyze/test_diff analyze/test_diff_property analyze/test_captures_property
soak:
	@scripts/deps build
	+@$(AGAIN) $(SOAKED:%=$(OUT)/tests/%)
	@for t in $(SOAKED); do SOAK=1 $(OUT)/tests/$$t || exit 1; done

# One and ten million findings a side: state a finding, whether time grows with them, and whether --memory is held. Some 12 GB of disk, and as many minutes.
bench-growth:
	@scripts/deps build bench
	+@$(AGAIN) all
	@tests/bench/growth 1000000 10000000

# The same records in 1, 10, 1,000 and 20,000 files, of four kinds. Some 5 GB of disk.
bench-files:
	@scripts/deps build bench
	+@$(AGAIN) all
	@tests/bench/files

# jq, Python's json and sarif-multitool on the same pair, as far as they are here.
bench-peers:
	@scripts/deps build bench
	+@$(AGAIN) all
	@tests/bench/peers.sh

# How long trace takes in a packet of 2 GB, beside tar: a few minutes, and 10 GB of disk.
bench-trace:
	@scripts/deps build bench
	+@$(AGAIN) all
	@tests/bench/trace

bless:
	@scripts/deps build check
	+@$(AGAIN) all
	@BLESS=1 DOSSIER=$(CURDIR)/dossier sh tests/cli/fixtures.sh

# ---- Keeping it tidy -------------------------------------------------------------------------------------------------------

C_FILES = $(sort $(wildcard $(ROOMS:%=%/*.[ch]) $(ROOMS:%=tests/%/*.[ch]) tests/*.[ch] tests/bench/*.[ch]))
SHELL_FILES = .ci/run $(filter-out scripts/frameworks scripts/report-xml,$(wildcard scripts/*)) $(wildcard tests/cli/*.sh templates/plan/*.sh contrib/slurm/submit contrib/slurm/*.sbatch contrib/kubernetes/collect contrib/kubernetes/build tests/bench/*.sh tests/cluster/*)

.PHONY: format lint
format:
	@scripts/deps lint
	@$(CLANG_FORMAT) -i $(C_FILES)

lint:
	@scripts/deps build lint
	+@$(AGAIN) lint-all

.PHONY: lint-all
lint-all:
	@$(CLANG_FORMAT) --dry-run -Werror $(C_FILES)
	@printf '%s\n' $(filter %.c,$(C_FILES)) | xargs -P$(shell nproc) -n8 \
	    sh -c '$(CLANG_TIDY) --quiet "$$@" -- -std=c17 -D_GNU_SOURCE -I. $(PACKAGE_CPPFLAGS) 2>/dev/null' lint
	shellcheck $(SHELL_FILES)
	mandoc -T lint -W warning docs/*.1

.PHONY: install clean
install: all
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man1
	$(INSTALL) -m 755 dossier $(DESTDIR)$(BINDIR)/dossier
	$(INSTALL) -m 644 $(wildcard docs/*.1) $(DESTDIR)$(MANDIR)/man1

clean:
	rm -rf build dossier
