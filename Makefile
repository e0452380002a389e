# pincite: short names for what CMake and the scripts do. `make help` lists them.
SHELL := /bin/sh
BUILD := build

.PHONY: shots bench-http all help deps demo quick test check asan fuzz layers wasm bench-web lint format bench bench-deps clean install

all: ## build the program: build/pincite
	@tools/deps.sh check build
	@cmake --preset release -S . -B $(BUILD) $(QUIET_CMAKE) >/dev/null
	@cmake --build $(BUILD)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | awk -F'\t' '{printf "  make %-9s %s\n", $$1, $$2}'

deps: ## install the Debian packages for building and testing
	@tools/deps.sh install build test browser

demo: ## build, index the example, answer three questions
	@tools/deps.sh install build
	@$(MAKE) --no-print-directory all
	@tools/demo.sh $(BUILD)

quick: all ## build and run the tests beside the code: for editing
	@tools/deps.sh check test
	@cmake --preset dev -S . -B $(BUILD) >/dev/null
	@cmake --build $(BUILD) --target all unit_tests fuzz_targets
	@ctest --test-dir $(BUILD) --output-on-failure -E '^tests\.'

test: ## install what is missing and run everything that CI needs
	@tools/deps.sh install build test browser
	@tools/test.sh $(BUILD)

check: test ## `make test`, then a minute of fuzzing for each door, the slow faults, and instructions counted
	@tools/fuzz.sh 60
	@tools/callgrind.sh $(BUILD) || [ $$? = 77 ]
	@PINCITE_SLOW=1 ctest --test-dir $(BUILD) --output-on-failure -R '^tests\.faults'

asan: ## build and run the unit tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@cmake --preset asan >/dev/null && cmake --build $(BUILD)/asan --target all unit_tests fuzz_targets
	@ctest --test-dir $(BUILD)/asan --output-on-failure

fuzz: ## fuzz one door for a minute: make fuzz T=query [SECONDS=60]
	@tools/fuzz.sh $(or $(SECONDS),60) $(T)

layers: ## draw the include arrows and fail on a forbidden one
	@python3 tools/layers.py

wasm: ## compile the core for the browser and check it against exports.txt
	@cmake --preset release -S . -B $(BUILD) >/dev/null
	@cmake --build $(BUILD) --target wasm
	@tools/wasm.sh $(BUILD)/wasm $(BUILD)/generated
	@ls -l $(BUILD)/web/*.wasm $(BUILD)/web/*.wasm.gz

bench-web: all ## measure browser search beside its peers: bench/results/web
	@bench/web/run.sh $(BUILD)

lint: ## clang-tidy and cppcheck, where they are installed
	@tools/lint.sh $(BUILD)

format: ## clang-format on what git says has changed
	@git diff --name-only --diff-filter=AM HEAD -- '*.c' '*.h' | xargs -r clang-format-14 -i

shots: all ## pictures of every kind of page at three widths, light and dark: build/shots
	@tools/deps.sh check browser
	@. tests/browser/packages.sh $(BUILD)/browser && PINCITE=$(BUILD)/pincite node $(BUILD)/browser/tests/shots.mjs

bench-http: all ## requests a second and CPU per request beside nginx
	@PINCITE=$(BUILD)/pincite python3 bench/http/run.py --out bench/results/http.md

install: all ## install the program below PREFIX (default /usr/local)
	@cmake --install $(BUILD) --prefix $(or $(PREFIX),/usr/local)

bench: all ## pincite beside its peers: bench/results/report.md (BENCH="--quick")
	@tools/deps.sh install bench
	@python3 bench/run.py --build $(BUILD) $(BENCH)

bench-deps: all ## fetch and compile what the peers of `make bench` need
	@tools/deps.sh install bench
	@python3 bench/run.py --build $(BUILD) --deps

clean: ## remove build/
	rm -rf $(BUILD)
