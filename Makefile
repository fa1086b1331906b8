# topple: a discrete-event simulator of microservice topologies.
#
#   make            builds ./topple
#   make demo       installs what is missing, builds, compares the designs of a shipped topology
#   make test       the same for the tests; ends with their count
#   make check      layers, kinds, banned calls, formatting, the other compiler, the manual's freshness
#   make mpi        builds ./topple-mpi, whose sweeps run on the ranks of mpirun; make test-mpi tests it
#   make bench      speed and memory: a table, and bench.csv
#   make bench-check    instructions per hop, against those committed; make bench-accept commits new ones
#   make bench-long     a thousand million events in the memory of ten million
#   make bench-events   ways to keep future events, compared
#   make coverage   how often intervals hold the truth, into docs/method.md: minutes
#   make docs       rewrites what is generated: schema, columns, kinds
#   make golden     rewrites the golden results (review the difference)
#   make test-asan test-tsan test-valgrind    the tests under sanitizers and valgrind
#   make install    into PREFIX (/usr/local), under DESTDIR
#
# BUILD=dir builds elsewhere; CC and CFLAGS are yours (what must hold is in ALL_CFLAGS).

CC     = gcc
BUILD  = build
# No loop here is long enough for vectors, and functions on lines of their own: 3 % faster than -O3 alone.
CFLAGS = -O3 -g -fno-tree-vectorize -falign-functions=64
PREFIX = /usr/local

LAYERS   = sim models reports experiments cli
PACKAGES = glib-2.0 libcjson gsl

PKG_CFLAGS := $(subst -I,-isystem ,$(shell pkg-config --cflags $(PACKAGES) 2>/dev/null))
PKG_LIBS   := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lm

WARNINGS = -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
           -Wmissing-prototypes -Wvla -Wundef -Wwrite-strings -Wswitch-enum -Werror

# -ffp-contract=off: the same bits with and without fused multiply-add. -fno-pie: 5 % faster.
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -ffp-contract=off -fno-pie -pthread -I. $(PKG_CFLAGS) $(WARNINGS) \
             -MMD -MP $(CFLAGS)

# Without what only topple-mpi has.
sources_of = $(filter-out experiments/mpi/%,$(shell find $(1) -name '*.c'))
objects_of = $(patsubst %.c,$(BUILD)/%.o,$(call sources_of,$(1)))
library_of = $(BUILD)/lib$(1).a

SOURCES   = $(call sources_of,$(LAYERS))
LIBRARIES = $(foreach layer,cli experiments reports models sim,$(call library_of,$(layer)))
TESTS     = $(sort $(patsubst tests/%.c,$(BUILD)/tests/%,$(filter-out $(SKIP),$(shell find tests -name 'test_*.c'))))
BENCHES   = $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/bench/bench_*.c))
TOOLS     = $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/tools/*.c))
COVERAGE  = $(BUILD)/tests/coverage/coverage
SUPPORT   = $(BUILD)/libsupport.a

all: topple

# Always that of this BUILD, also after a build with sanitizers.
topple: $(BUILD)/topple always
	@cmp -s $< $@ || cp --remove-destination $< $@

$(BUILD)/topple: $(LIBRARIES)
	@echo LINK $@
	@$(CC) $(ALL_CFLAGS) -no-pie $(LDFLAGS) -o $@ $(LIBRARIES) $(PKG_LIBS)

# The same program with ranks behind experiments/ranks.h: its objects come before the libraries, which
# hold the other side of that header. Open MPI is asked for here alone.
MPI_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(wildcard experiments/mpi/*.c))
$(MPI_OBJECTS): PKG_CFLAGS += $(subst -I,-isystem ,$(shell pkg-config --cflags ompi-c 2>/dev/null))

mpi:
	@.ci/set-up libopenmpi-dev openmpi-bin
	@$(MAKE) --no-print-directory -j$$(nproc) topple-mpi

topple-mpi: $(BUILD)/topple-mpi always
	@cmp -s $< $@ || cp --remove-destination $< $@

$(BUILD)/topple-mpi: $(MPI_OBJECTS) $(LIBRARIES)
	@echo LINK $@
	@$(CC) $(ALL_CFLAGS) -no-pie $(LDFLAGS) -o $@ $^ $(PKG_LIBS) $$(pkg-config --libs ompi-c)

test-mpi: topple mpi
	@.ci/test-mpi

define layer_rule
$(call library_of,$(1)): $(call objects_of,$(1))
	@rm -f $$@ && ar rcs $$@ $$^
endef
$(foreach layer,$(LAYERS),$(eval $(call layer_rule,$(layer))))

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo CC $<
	@$(CC) $(ALL_CFLAGS) -c -o $@ $<

# A layer's tests link with that layer and those below, so that a call upwards does not link.
below_sim         = sim
below_models      = models sim
below_reports     = reports models sim
below_experiments = experiments reports models sim
below_theory      = experiments reports models sim
below_cli         = cli experiments reports models sim
below_bench       = bench experiments reports models sim
below_coverage    = experiments reports models sim
below_tools       = experiments reports models sim
libraries_below   = $(foreach layer,$(below_$(1)),$(call library_of,$(layer)))

$(call library_of,bench): $(patsubst %.c,$(BUILD)/%.o,$(filter-out tests/bench/bench_%,$(wildcard tests/bench/*.c)))
	@rm -f $@ && ar rcs $@ $^

# An archive, so that a test takes only the support that its layers can link.
$(SUPPORT): $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/support/*.c))
	@rm -f $@ && ar rcs $@ $^

# What a program consists of besides its own file.
parts_of_bench_events = $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/bench/event_set/*.c))

define program_rule
$(1): $(1).o $(parts_of_$(notdir $(1))) $(SUPPORT) $(call libraries_below,$(2))
	@echo LINK $$@
	@$$(CC) $$(ALL_CFLAGS) -no-pie $$(LDFLAGS) -o $$@ $$^ -lcmocka $$(PKG_LIBS)
endef
layer_of_test = $(firstword $(subst /, ,$(patsubst $(BUILD)/tests/%,%,$(1))))
$(foreach program,$(TESTS) $(BENCHES) $(TOOLS) $(COVERAGE),\
	$(eval $(call program_rule,$(program),$(call layer_of_test,$(program)))))

# The set-up may have brought what pkg-config was asked for above: it is asked again.
demo:
	@.ci/set-up
	@$(MAKE) --no-print-directory -j$$(nproc) topple
	./topple compare topologies/sync_vs_async.json --out topple-out

test:
	@.ci/set-up
	@$(MAKE) --no-print-directory run-tests

tests: topple $(TESTS)

run-tests:
	@$(MAKE) --no-print-directory -j$$(nproc) tests
	@.ci/run-tests $(TESTS)

check: topple
	@.ci/check $(SOURCES)
	@$(MAKE) --no-print-directory -j$$(nproc) $(TOOLS)
	@.ci/make-docs $(BUILD) --check

# Each with a build of its own.
SANITIZED = G_SLICE=always-malloc $(MAKE) --no-print-directory run-tests
test-asan:
	$(SANITIZED) BUILD=build-asan \
		CFLAGS="-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all"
test-tsan:
	$(SANITIZED) BUILD=build-tsan CFLAGS="-O1 -g -fsanitize=thread"
# Without the test that bounds seconds and memory.
test-valgrind:
	$(SANITIZED) BUILD=build-valgrind CFLAGS="-O1 -g" \
		SKIP=tests/models/test_hostile_topologies.c \
		RUNNER="valgrind --quiet --error-exitcode=99 --leak-check=full"
export RUNNER

# The flags that the code depends on, for those who compare figures.
CODE_FLAGS = $(filter -std% -O% -f% -m%,$(ALL_CFLAGS))

bench:
	@$(MAKE) --no-print-directory $(BENCHES)
	@FLAGS="$(CODE_FLAGS)" $(BUILD)/tests/bench/bench_run bench.csv

# Peak memory of a run of ten million events and of one of a thousand million, in as many windows: minutes.
bench-long:
	@$(MAKE) --no-print-directory $(BUILD)/tests/bench/bench_once
	@for seconds in 560 56000; do \
		echo "mm1, $$seconds s"; \
		$(BUILD)/tests/bench/bench_once mm1 "/simulation/duration=\"$${seconds}s\"" \
			"/simulation/window=\"$${seconds}ms\"" || exit 1; \
	done

# Instructions per hop against the committed ones, and how to commit new ones.
bench-check bench-accept:
	@.ci/set-up valgrind
	@$(MAKE) --no-print-directory $(BUILD)/tests/bench/bench_once
	@FLAGS="$(CODE_FLAGS)" .ci/bench-check $(BUILD) $(@:bench-%=%)

bench-events:
	@$(MAKE) --no-print-directory $(BUILD)/tests/bench/bench_events
	@$(BUILD)/tests/bench/bench_events

coverage:
	@$(MAKE) --no-print-directory $(COVERAGE)
	@.ci/coverage $(COVERAGE)

docs: topple
	@$(MAKE) --no-print-directory $(TOOLS)
	@.ci/make-docs $(BUILD)

golden: topple
	@$(MAKE) --no-print-directory $(TESTS)
	@TOPPLE_GOLDEN=write $(BUILD)/tests/experiments/test_golden

install: topple
	install -D -m 755 topple $(DESTDIR)$(PREFIX)/bin/topple
	install -d $(DESTDIR)$(PREFIX)/share/topple $(DESTDIR)$(PREFIX)/share/doc/topple
	cp -R topologies $(DESTDIR)$(PREFIX)/share/topple/
	cp -R README.md CHANGELOG.md LICENSE docs $(DESTDIR)$(PREFIX)/share/doc/topple/

clean:
	rm -rf $(BUILD) build-asan build-tsan build-valgrind topple topple-mpi topple-out bench.csv

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

.PHONY: all demo mpi test-mpi test tests run-tests check test-asan test-tsan test-valgrind bench bench-check bench-accept bench-long bench-events coverage docs golden install clean always
.SECONDARY:
