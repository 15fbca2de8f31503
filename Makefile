# Two commands are enough: `make demo` and `make test`. `make help` lists the others.

SWIFT ?= swift
VECTORS ?= ../shared/conformance
CAPTURE ?= Captures/mixed-vm.pcap
MODES ?= nat,softnet,bridged
PFSIM = .build/release/pfsim

.PHONY: help demo test build release conformance bench benchmarks thresholds format lint docs \
	manual clean libpcap first-build

help: ## List the targets.
	@sed -n 's/^\([a-z][a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

demo: release ## Replay a shipped capture through stock rules and a pf.conf in three modes.
	$(PFSIM) replay $(CAPTURE) --rules Examples/pf.conf --modes $(MODES)

test: libpcap first-build ## Build and run every test and the embedding example.
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build
	$(SWIFT) run --package-path Examples/Embed

build: libpcap first-build ## Build for debugging.
	$(SWIFT) build

release: libpcap first-build ## Build the optimised command.
	$(SWIFT) build -c release --product pfsim

conformance: release ## Run the conformance vectors below VECTORS=DIR.
	@files=$$(find "$(VECTORS)" -name '*.jsonl' 2>/dev/null | LC_ALL=C sort); \
	if [ -z "$$files" ]; then \
	  echo "skipped: no vectors (*.jsonl) below $(VECTORS)"; \
	else \
	  $(PFSIM) conformance $(if $(CORPUS),--corpus $(CORPUS)) $$files; \
	fi

bench: release ## Measure rule evaluation on generated rulesets.
	$(PFSIM) bench

benchmarks: libpcap ## Build the benchmark package, which compares with a yardstick in C.
	$(SWIFT) build -c release --package-path Benchmarks

thresholds: libpcap ## Run the benchmark package against the thresholds in Benchmarks/Thresholds.
	cd Benchmarks && $(SWIFT) package benchmark thresholds check --no-progress

format: ## Format the sources.
	$(SWIFT) format --in-place --recursive Sources Tests Package.swift Examples Benchmarks

lint: ## Check the format, and that no file lies in a folder that a Mac would merge.
	$(SWIFT) format lint --recursive --strict Sources Tests Package.swift
	.ci/check-folders

docs: libpcap ## Build the library's documentation.
	$(SWIFT) package generate-documentation --target PFSim

manual: libpcap ## Write the manual page.
	$(SWIFT) package generate-manual

clean: ## Remove what the builds made.
	$(SWIFT) package clean

libpcap:
	@.ci/install-libpcap

first-build:
	@if [ ! -d .build ]; then \
	  echo "The first build fetches and compiles the dependencies; that takes some minutes."; \
	fi
