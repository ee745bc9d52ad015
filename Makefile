# Two commands do everything: `make demo` shows Tasklane, `make test` checks it. Both set up .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Compiled once: a test run starts dozens of processes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint types cover lock hooks bench load soak chaos docs reference pictures release clean

demo: $(READY)
	$(BIN)/tasklane demo $(ARGS)

# The linters and the types run beside the tests, which often wait. What they say stands below, and counts as much.
test: $(READY)
	@said=$$(mktemp); $(MAKE) --no-print-directory lint types >$$said 2>&1 & checks=$$!; \
	$(BIN)/python -m pytest -n auto --failed-first $(ARGS); tests=$$?; \
	wait $$checks; checks=$$?; cat $$said; rm -f $$said; exit $$((tests ? tests : checks))

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m benchmarks.house --check

types: $(READY)
	$(BIN)/mypy

# The floor is held here and not in `make test`, because measuring costs three times the computing. So are the many
# new examples of the property tests: `make test` draws few, and always the same.
cover: $(READY)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto --failed-first --slow --hypothesis-profile=thorough $(ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

bench: $(READY)
	for name in resolve home crowd cache jobs start observing sandbox page streaming; do $(BIN)/python -m benchmarks.$$name || exit 1; done

# A case (`ARGS='--database sqlite --transport http'`) takes less than two minutes.
load: $(READY)
	$(BIN)/python -m benchmarks.load $(ARGS)

# Half an hour; `ARGS='--minutes 2'` tries whether it works.
soak: $(READY)
	$(BIN)/python -m benchmarks.soak $(ARGS)

chaos: $(READY)
	$(BIN)/python -m tests.integration.chaos $(ARGS)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Tasklane needs Python 3.11 or newer; try make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(READY)

# The site is made in an environment of its own: nothing else here needs its tools.
docs: $(READY) reference
	test -x $(VENV)-docs/bin/mkdocs || $(PYTHON) -m venv $(VENV)-docs
	$(VENV)-docs/bin/python -m pip install --quiet --disable-pip-version-check 'mkdocs-material>=9.6,<10'
	$(VENV)-docs/bin/mkdocs build --strict --site-dir dist/site

reference: $(READY)
	$(BIN)/python -m docs.make_reference

# The pictures of the README and the docs, and the film, with this machine's Chromium.
pictures: $(READY)
	$(BIN)/python docs/screenshots.py

# The version stands in pyproject.toml. `docker build - < dist/tasklane-*-image.tar.gz` makes the image.
release: $(READY)
	$(BIN)/python -m benchmarks.release $(ARGS)

lock: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-strip-extras --all-extras \
		--python-version 3.11 --custom-compile-command "make lock" $(ARGS) pyproject.toml -o requirements.lock

hooks: $(READY)
	$(BIN)/pre-commit install

clean:
	rm -rf $(VENV) $(VENV)-docs dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.*
