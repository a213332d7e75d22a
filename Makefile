# make            what there is to do
# make run        see the main job: a pod's start held back by one stale DNS server out of three
# make check      the fast tests: no native build, no root, no network (under a minute)
# make test       build everything, run every test
# make native     the static executable: artifacts/dnsgate
#                 `make native RUNTIME=linux-arm64` cross-compiles artifacts/dnsgate-linux-arm64
# make image      an image from scratch for linux/amd64 and linux/arm64: artifacts/dnsgate-image.tar
# make handbook   run the scenes of the handbook, and write what the executable prints into docs/handbook
# make bench      the benchmarks (the tables of docs/benchmarks.md)
# make prove      a real ZooKeeper ensemble, recreated with DnsGate, with work-arounds and with nothing (half an hour;
#                 `make prove-trials TRIALS=2` for a look)
# make screenshots  the two pictures of the page for the README: docs/page-closed.png, docs/page-drifting.png
# make lint       check the GitHub workflows
# make release    the files of a release, without signatures: dist/
# make version    print the version

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

CONFIGURATION := Release
# A runtime is .NET's name for system and architecture. This machine's executable is artifacts/dnsgate as well.
RUNTIMES := linux-x64 linux-arm64
HOST := $(patsubst %x86_64,%x64,$(patsubst %aarch64,%arm64,linux-$(shell uname -m)))
OTHER := $(filter-out $(HOST),$(RUNTIMES))
RUNTIME := $(HOST)
ifeq ($(filter $(RUNTIME),$(RUNTIMES)),)
$(error RUNTIME is one of $(RUNTIMES), not '$(RUNTIME)')
endif
EXECUTABLE := artifacts/dnsgate
EXECUTABLES := $(RUNTIMES:%=$(EXECUTABLE)-%)
IMAGE := artifacts/dnsgate-image.tar
SOURCES := $(shell find src -name bin -prune -o -name obj -prune -o -type f -print) Directory.Build.props Directory.Packages.props global.json
# One build at a time, and no compiler server left behind: the same on a laptop and in CI.
DOTNET := DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 dotnet
BUILD_FLAGS := -c $(CONFIGURATION) --nologo -v quiet -p:UseSharedCompilation=false -nodeReuse:false

.PHONY: FORCE help run check test native image handbook bench prove prove-build prove-cases prove-trials screenshots clean setup-image setup-test setup-bench $(RUNTIMES:%=setup-%)
# Two publishes at once would write the same files of src/DnsGate.Core and of NuGet.
.NOTPARALLEL:

help:
	@sed -n '/^$$/q; s/^# //p' Makefile

native: $(if $(filter $(HOST),$(RUNTIME)),$(EXECUTABLE),$(EXECUTABLE)-$(RUNTIME))

# Written only when it changes: the executable knows its commit, and a file that was removed is a change as well.
artifacts/sources: FORCE
	@mkdir -p artifacts
	@{ git rev-parse HEAD 2>/dev/null || echo unknown; printf '%s\n' $(sort $(SOURCES)); } > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

FORCE:

$(EXECUTABLES): $(EXECUTABLE)-%: $(SOURCES) artifacts/sources | setup-%
	@echo "compiling $@ (half a minute)"
	@# The linker warns about getaddrinfo, dlopen and the like: they are linked in with the runtime and never called.
	@$(DOTNET) publish src/DnsGate -r $* -o artifacts/publish/$* $(BUILD_FLAGS) > artifacts/publish-$*.log 2>&1 \
	   || { grep -E 'error' artifacts/publish-$*.log >&2 || cat artifacts/publish-$*.log >&2; exit 1; }
	@mv artifacts/publish/$*/dnsgate $@
	@ls -l $@ | awk '{ printf "%s: %.1f MiB\n", $$NF, $$5 / 1048576 }'

# Another name of the same file.
$(EXECUTABLE): $(EXECUTABLE)-$(HOST)
	@ln -f $< $@

$(RUNTIMES:%=setup-%): setup-%:
	@tests/run/setup native $*

setup-image:
	@tests/run/setup image

setup-test:
	@tests/run/setup test

setup-bench:
	@tests/run/setup bench

screenshots: $(EXECUTABLE) | setup-test
	@tools/screenshots $(EXECUTABLE) docs

run: $(EXECUTABLE)
	@$(DOTNET) build tools/DnsGate.Demo $(BUILD_FLAGS) > artifacts/demo.log 2>&1 || { cat artifacts/demo.log >&2; exit 1; }
	@$(DOTNET) exec tools/DnsGate.Demo/bin/$(CONFIGURATION)/net10.0/DnsGate.Demo.dll $(EXECUTABLE)

# This checks the layout; the build of `make test` checks the style rules and the other analyzers.
check:
	@$(DOTNET) format whitespace --folder . --exclude '**/bin' '**/obj' --verify-no-changes
	@tests/run/tests $(CONFIGURATION) check

# Where the other architecture's compiler is missing and cannot be installed, its tests count as skipped.
test: $(EXECUTABLE) setup-test
	@! tests/run/setup native $(OTHER) || $(MAKE) --no-print-directory $(EXECUTABLE)-$(OTHER)
	@tests/run/tests $(CONFIGURATION)

image: $(EXECUTABLE) $(EXECUTABLE)-$(OTHER) setup-image
	@docker/image $(IMAGE) $(EXECUTABLES)
	@ls -l $(IMAGE) | awk '{ printf "%s: %.1f MiB\n", $$NF, $$5 / 1048576 }'

# Most blocks show what the executable prints. Those that take long or show a short moment come from the core alone.
handbook: $(EXECUTABLE) setup-test
	@for class in DnsGate.Core.Tests/Readme.HandbookBlockTests DnsGate.EndToEnd.Tests/Handbook.HandbookTests; do \
	   project=$${class%/*}; \
	   $(DOTNET) build tests/$$project $(BUILD_FLAGS) > artifacts/handbook.log 2>&1 || { cat artifacts/handbook.log >&2; exit 1; }; \
	   echo "running $$project.$${class#*/}"; \
	   DNSGATE_HANDBOOK=write $(DOTNET) exec tests/$$project/bin/$(CONFIGURATION)/net10.0/$$project.dll \
	      -noLogo -noColor -reporter quiet -failSkips -class $$project.$${class#*/}; \
	done
	@git diff --stat -- docs/handbook

bench: $(EXECUTABLE) setup-test setup-bench
	@tools/bench $(CONFIGURATION)

# The end-to-end tests build the program of the trials as well.
prove-build: $(EXECUTABLE) setup-test
	@$(DOTNET) build tests/DnsGate.EndToEnd.Tests $(BUILD_FLAGS) > artifacts/prove.log 2>&1 || { cat artifacts/prove.log >&2; exit 1; }

# The tests of ensembles, the times in them as long as in real clusters.
prove-cases: prove-build
	@echo "what DNS servers do while a member comes back, for up to 30 s (some minutes)"
	@DNSGATE_ENSEMBLES=long $(DOTNET) exec tests/DnsGate.EndToEnd.Tests/bin/$(CONFIGURATION)/net10.0/DnsGate.EndToEnd.Tests.dll \
	   -noLogo -noColor -namespace DnsGate.EndToEnd.Tests.Ensembles | tee artifacts/prove.log | grep -E 'FAIL|SKIP|Total:'

prove-trials: prove-build
	@$(DOTNET) exec tools/DnsGate.Prove/bin/$(CONFIGURATION)/net10.0/DnsGate.Prove.dll artifacts/proof $(TRIALS:%=trials=%) $(PARALLEL:%=parallel=%) $(SEED:%=seed=%) $(ONLY:%=only=%)

prove: prove-cases prove-trials

clean:
	rm -rf artifacts dist
	find src tests tools -type d \( -name bin -o -name obj -o -name node_modules \) -prune -exec rm -rf {} +

.PHONY: release version check-version lint setup-release setup-lint

release: image setup-release
	@release/dist dist $(EXECUTABLE)-linux-x64 $(EXECUTABLE)-linux-arm64 $(IMAGE)

version:
	@release/version

# TAG is read from the environment, where make puts it: a tag may contain what the shell would run.
check-version:
	@release/version "$${TAG?name a tag: make check-version TAG=v...}"

lint: setup-lint
	@node tests/DnsGate.Examples.Tests/lint.mjs .github/workflows/*.yml

setup-release:
	@tests/run/setup release

setup-lint:
	@tests/run/setup lint
