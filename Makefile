# topple: a discrete-event simulator of microservice topologies.
#
#   make            builds ./topple
#   make demo       installs what is missing, builds, compares the designs of a shipped topology
#   make test       the same for the tests
#   make check      layers, kinds, banned calls, formatting
#   make bench      speed and memory
#
# BUILD=dir builds elsewhere; CFLAGS are yours (what must hold is in ALL_CFLAGS).

CC     = gcc
BUILD  = build
CFLAGS = -O2 -g
LAYERS = sim models reports experiments cli

PACKAGES   = glib-2.0 libcjson gsl
PKG_CFLAGS := $(subst -I,-isystem ,$(shell pkg-config --cflags $(PACKAGES) 2>/dev/null))
PKG_LIBS   := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lm

WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
           -Wmissing-prototypes -Wvla -Wundef -Wwrite-strings -Wswitch-enum -Werror
# -ffp-contract=off: the same bits with and without fused multiply-add.
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -ffp-contract=off -pthread -I. $(PKG_CFLAGS) $(WARNINGS) -Wno-pedantic \
             -MMD -MP $(CFLAGS)

sources_of = $(shell find $(1) -name '*.c')
objects_of = $(patsubst %.c,$(BUILD)/%.o,$(call sources_of,$(1)))
library_of = $(BUILD)/lib$(1).a

LIBRARIES = $(foreach layer,cli experiments reports models sim,$(call library_of,$(layer)))

TESTS = $(patsubst tests/%.c,$(BUILD)/tests/%,$(shell find tests -name 'test_*.c'))

all: topple

topple: $(BUILD)/topple
	cp $< $@

$(BUILD)/topple: $(LIBRARIES)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(LIBRARIES) $(PKG_LIBS)

define layer_rule
$(call library_of,$(1)): $(call objects_of,$(1))
	rm -f $$@ && ar rcs $$@ $$^
endef
$(foreach layer,$(LAYERS),$(eval $(call layer_rule,$(layer))))

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

# A layer's tests link with that layer and those below, and with no other.
libraries_for = $(foreach layer,$(if $(filter sim,$(1)),sim,$(if $(filter models,$(1)),models sim,\
	$(if $(filter reports,$(1)),reports models sim,$(if $(filter experiments theory,$(1)),experiments reports models sim,\
	cli experiments reports models sim)))),$(call library_of,$(layer)))

define test_rule
$(BUILD)/tests/$(1): $(BUILD)/tests/$(1).o $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/support/*.c)) $(call libraries_for,$(firstword $(subst /, ,$(1))))
	$$(CC) $$(ALL_CFLAGS) $$(LDFLAGS) -o $$@ $$^ -lcmocka $$(PKG_LIBS)
endef
$(foreach test,$(TESTS),$(eval $(call test_rule,$(patsubst $(BUILD)/tests/%,%,$(test)))))

clean:
	rm -rf $(BUILD) topple

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

.PHONY: all clean
.SECONDARY:
