# Each of these works as the first command on a fresh machine with Python 3.11 or newer:
#   make run        makes the environment and starts the program
#   make scan DIR=… does the same job without a display
#   make test       makes the environment and runs the tests

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready
PYTEST = $(BIN)/python -m pytest

.PHONY: albums check clean-env coverage dist engine-coverage format fresh-install fuzz golden help lint \
	mutants nightly run scan screenshots test test-server test-slow texts train window-figures

run: $(READY) ## start the window (DIR=… scans a folder at once)
	$(BIN)/albumdedup $(DIR)

scan: $(READY) ## scan DIR=… without a display, then list what would go
	@test -n "$(DIR)" || { echo "Name a folder: make scan DIR=/path/to/photos"; exit 2; }
	$(BIN)/albumdedup scan "$(DIR)"
	$(BIN)/albumdedup clean

help: ## list these targets
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | LC_ALL=C sort -t '|' -k 1,1 \
		| awk -F '|' '{ printf "make %-16s %s\n", $$1, $$2 }'

test: $(READY) ## run the tests (the slow ones and those with a server apart)
	$(PYTEST) -m "not slow and not server" -n 3 --dist loadfile

test-slow: $(READY) ## run the tests that take minutes
	$(PYTEST) -m slow

# The vector store on a real Milvus server: the package's, on loopback (Linux, macOS), or the one
# that ALBUMDEDUP_TEST_MILVUS_URI names.
test-server: $(READY) ## test the vector store on a real Milvus server
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[server-tests]'
	$(PYTEST) -m server

# The modules that decide, move and restore, with the tests that are theirs.
ENGINE = albumdedup/core/planning.py,albumdedup/core/proof.py,albumdedup/core/operations.py,albumdedup/core/recovery.py,albumdedup/core/batches.py,albumdedup/core/ahead.py,albumdedup/core/moving.py,albumdedup/core/restoring.py,albumdedup/core/part.py,albumdedup/core/receipt.py,albumdedup/store/journal.py,albumdedup/system/moves.py,albumdedup/system/syncing.py,albumdedup/system/trash*.py,albumdedup/system/trial.py
ENGINE_TESTS = tests/unit/core/test_operations.py tests/unit/core/test_operations_places.py \
	tests/unit/core/test_operations_machine.py tests/unit/core/test_unit_moves.py \
	tests/unit/core/test_unit_corners.py tests/unit/core/test_faults.py \
	tests/unit/core/test_engine_corners.py \
	tests/unit/core/test_ahead.py tests/unit/core/test_part_undo.py \
	tests/unit/core/test_receipt.py tests/unit/core/test_carrying.py tests/unit/system \
	tests/contract/test_decisions_journal.py

engine-coverage: $(READY) ## branch coverage of what moves photos: 100 %, or it fails
	$(BIN)/python -m coverage run --branch --include='$(ENGINE)' -m pytest -q $(ENGINE_TESTS)
	$(BIN)/python -m coverage report --show-missing --fail-under=100

# Of all of it, or of TESTS=…; several processes, put together. What runs on threads of Qt and in
# processes that are killed is not seen, so the figure is a lower bound.
TESTS ?= tests
COVERAGE = $(BIN)/python -m coverage
coverage: $(READY) ## branch coverage (TESTS=… for a part); pages in build/coverage/html
	mkdir -p build/coverage
	$(COVERAGE) erase --rcfile=tools/coverage.toml
	$(COVERAGE) run --rcfile=tools/coverage.toml -m pytest -q -m "not slow and not server" -n 3 --dist loadfile $(TESTS)
	$(COVERAGE) combine --rcfile=tools/coverage.toml -q
	rm -f build/coverage/data.*  # of processes that tests killed
	$(COVERAGE) html --rcfile=tools/coverage.toml -q
	$(COVERAGE) report --rcfile=tools/coverage.toml --skip-covered --sort=cover

# What takes too long for each commit. One after another, whatever becomes of the one before.
NIGHTLY ?= test-slow test-server test-docs engine-coverage albums fuzz mutants coverage fresh-install
nightly: $(READY) ## all that takes long, one after another, with a summary (NIGHTLY="fuzz albums")
	$(BIN)/python tools/nightly.py $(NIGHTLY)

# Random albums, misfortunes and deaths for the engine; N of them.
N ?= 10000
albums: $(READY) ## random albums, misfortunes and deaths for the engine (N=…)
	ALBUMS=$(N) $(PYTEST) -q tests/unit/core/test_operations_machine.py

mutants: $(READY) ## one small fault at a time in the engine: the tests must notice
	$(BIN)/python tools/mutants.py

# Hostile files for all that reads files; Linux and macOS. What fails is kept in build/fuzz.
SECONDS_OF_FUZZING ?= 600
SEED ?= 1
fuzz: $(READY) ## hostile files (SECONDS_OF_FUZZING=… SEED=…)
	$(BIN)/python tools/fuzz.py --seconds $(SECONDS_OF_FUZZING) --seed $(SEED)

lint: $(READY) ## ruff, mypy and the layer contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## let ruff put the source in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: lint test ## all that a commit must pass

DATA ?= ../shared/data/train
STEPS ?= 3000
train: $(READY) ## train the descriptor (DATA=… STEPS=…)
	nice -n 3 $(BIN)/python -m albumdedup.ml.train --data "$(DATA)" --steps $(STEPS) \
		$(if $(START),--start "$(START)") --work build/train --out build/train/album.safetensors

texts: $(READY) ## bring new texts into the catalogues; list what is not translated
	$(BIN)/python tools/texts.py

dist: $(READY) ## build wheel and source archive into dist/
	rm -rf dist
	$(BIN)/python -m build --no-isolation
	$(BIN)/python -m twine check --strict dist/*

# The tests of the wheel, with all its dependencies fetched anew (some 5 GB).
fresh-install: $(READY) ## install the wheel with its dependencies into a new environment, and use it
	FRESH_INSTALL=whole $(PYTEST) -q tests/packaging/test_wheel.py

# How quick the window is; on a machine that does nothing else.
window-figures: $(READY) ## measure how quick the window is
	$(BIN)/python tools/window_figures.py $(WHAT)

.PHONY: docs reference test-docs

# What is generated of the documents is made first.
docs: reference ## the documents as a site, in build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "build/site/index.html"

reference: $(READY) ## the command reference from the parser; plots, and the picture of the layers
	$(BIN)/python tools/command_reference.py
	$(BIN)/python tools/plots.py

test-docs: $(READY) ## type all that the documents tell one to type, also what takes minutes
	$(PYTEST) tests/docs

screenshots: $(READY) ## make the pictures of the documents anew
	$(BIN)/python tools/screenshots.py --out docs/images
	$(BIN)/python tools/diagrams.py --out docs/images

# The small pictures that the window is compared with; look at them before they are committed.
golden: $(READY) ## make the small pictures anew that the window is compared with
	GOLDEN=renew $(PYTEST) -q tests/e2e/test_golden.py

# The bundle of this platform, in build/bundle, with an environment of its own; docs/packaging.md.
BUNDLE = build/bundle
.PHONY: bundle bundle-again bundle-smoke deb
bundle: ## build the program as one folder that needs no Python (build/bundle)
	$(PYTHON) packaging/build.py --out $(BUNDLE)

# Does it do the whole job where there is nothing else? Linux, with Xvfb.
bundle-smoke: $(READY) ## let a stranger do the whole job with that folder (Linux, Xvfb)
	$(BIN)/python packaging/smoke.py $(BUNDLE)/dist/albumdedup

# Debian's package of the bundle, and the same questions to what it installs.
deb: $(READY) ## pack that folder for Debian and Ubuntu, and test what it installs
	$(BIN)/python packaging/linux/deb.py $(BUNDLE)
	$(BIN)/python packaging/smoke.py $(BUNDLE)/*.deb

# Builds it once more and compares.
bundle-again: ## build it once more, and name what differs
	$(PYTHON) packaging/build.py --out $(BUNDLE)-again --environment $(BUNDLE)/environment
	$(BUNDLE)/environment/bin/python packaging/compare.py $(BUNDLE)/dist $(BUNDLE)-again/dist

clean-env: ## delete the environment
	rm -rf $(VENV)

# The stamp is newer than pyproject.toml only after a whole installation.
$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
		echo "Python's venv module is needed (Debian and Ubuntu: apt install python3-venv)."; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(READY)
