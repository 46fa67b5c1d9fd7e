# make run    set up everything the app needs, start it on http://localhost:8501 (PORT=... for another port)
# make test   set up everything the tests need, a real browser included, and run all checks and tests (PROCESSES=1 for
#             one after the other)
# make bench  measure, print medians and write them to benchmarks.json
# make lock   write the lock files anew after a change of requirements*.txt, and look for wheels for every platform

PORT ?= 8501
PROCESSES ?= 2
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$python && break; done)
PIP = .venv/bin/python -m pip --disable-pip-version-check install --quiet
UV = .venv/bin/python -m uv pip
# Install what stands in the lock file: by uv, in less than half the time; by pip where there is no uv, or where only pip
# is told which package index to use.
INSTALL = { $(PIP) --require-hashes -r requirements-uv.lock && \
	$(UV) install --quiet --compile-bytecode --require-hashes -r $<; } || $(PIP) --require-hashes -r $<

PYTHONS = 3.11 3.12 3.13
PLATFORMS = x86_64-manylinux_2_28 aarch64-manylinux_2_28 aarch64-apple-darwin x86_64-pc-windows-msvc
LOCKED = --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url \
	--custom-compile-command "make lock"

.PHONY: run test bench lock chromium clean
.DELETE_ON_ERROR:

run: .venv/app-ready
	PORT=$(PORT) exec .venv/bin/python -m streamlit run app.py --server.port $(PORT)

test: .venv/test-ready chromium
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	DENO_NO_UPDATE_CHECK=1 .venv/bin/deno check --quiet "pages/**/*.js"
	.venv/bin/deno lint --quiet pages
	.venv/bin/python -m pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder $(if $(CONVSCOPE_CIFAR10),,-m "not cifar10") $(PYTEST_ARGS)

bench: .venv/test-ready chromium
	.venv/bin/python -m pytest -o python_files='bench_*.py' tests/benchmarks -q -s -p no:cacheprovider \
		$(if $(CONVSCOPE_CIFAR10),,-m "not cifar10") $(PYTEST_ARGS)

.venv/bin/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Convscope needs Python 3.11, 3.12 or 3.13. Found: $$(python3 --version 2>&1). Install one of them, or name it: make run PYTHON=/path/to/python3.12"; exit 1; fi
	@if [ "$$(uname -sm)" = "Darwin x86_64" ]; then \
		echo "TensorFlow has no packages for Macs with an Intel processor any more. Use a Mac with Apple silicon, Linux, or Windows with WSL."; exit 1; fi
	$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python cannot create a virtual environment. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

.venv/app-ready: requirements.lock | .venv/bin/python
	@$(INSTALL)
	touch $@

.venv/test-ready: requirements-dev.lock | .venv/bin/python
	@$(INSTALL)
	touch $@ .venv/app-ready

lock: | .venv/bin/python
	$(PIP) --require-hashes -r requirements-uv.lock
	echo "uv==0.13.9" | $(UV) compile $(LOCKED) - -o requirements-uv.lock
	$(UV) compile $(LOCKED) requirements.txt -o requirements.lock
	$(UV) compile $(LOCKED) requirements-cluster.txt -o requirements-cluster.lock -c requirements.lock
	$(UV) compile $(LOCKED) requirements-dev.txt -o requirements-dev.lock -c requirements-cluster.lock
	@for platform in $(PLATFORMS); do for python in $(PYTHONS); do \
		$(UV) install --quiet --dry-run --only-binary :all: --require-hashes --target .venv/none \
			--python-platform $$platform --python-version $$python -r requirements-dev.lock || exit 1; \
		echo "Python $$python on $$platform: every package has a wheel"; done; done

chromium: .venv/test-ready
	@sh tests/browser/chromium.sh .venv/bin/python
	@sh tests/browser/nginx.sh

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis benchmarks.json
