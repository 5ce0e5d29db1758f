# Targets for instructors and developers; the students' copy (make release) does not have this file.

##@ Instructors
.PHONY: demo demoStudent release gradescope classroom50 readme newLab checkLab cluster packageCache packageCacheStop

demo: $(VENV)/ready ## grade a small class and write its gradebook and its class page to out/demo
	@$(CHECKS) demo out/demo

demoStudent: $(VENV)/ready ## play one student from an empty starter to full marks, and print each change and what the course says
	@$(CHECKS) demo-student

release: $(VENV)/ready ## write the students' copy (DIR=out/release; EDITION=2026: on newer releases; COURSE=owner/repo@ref grades each push with that)
	@$(CHECKS) release $(or $(DIR),out/release) $(if $(COURSE),--course $(COURSE))

gradescope: $(VENV)/ready ## write Gradescope's autograder of a lab, static checks only (LAB=Task1 FILE=out/gradescope.zip)
	@$(CHECKS) gradescope $(or $(LAB),$(error say which: make gradescope LAB=Task1)) $(or $(FILE),out/gradescope.zip)

classroom50: $(VENV)/ready ## write Classroom 50's autograder of a lab (LAB=Task1 COURSE=owner/repo@ref FILE=out/autograder.py)
	@$(CHECKS) classroom50 $(or $(LAB),$(error say which: make classroom50 LAB=Task1 COURSE=owner/repo@ref)) \
		$(or $(COURSE),$(error say whose checks grade: COURSE=owner/repo@ref)) $(or $(FILE),out/autograder.py)

readme: $(VENV)/ready ## renew the table of checks in every lab's README
	@$(CHECKS) readme

newLab: $(VENV)/ready ## write a new lab that passes its contract (NAME=lab_feature_store)
	@$(CHECKS) new-lab $(or $(NAME),$(error say which: make newLab NAME=lab_feature_store))

# Tests a lab's places, README tables, solution, starter, mistakes and spellings; only static tests need no engine.
checkLab: $(VENV)/developing tools ## prove one lab: solution, starter, mistakes, spellings (LAB=lab_feature_store)
	@$(CHECKS) check-lab $(or $(LAB),$(error say which: make checkLab LAB=lab_feature_store))

packageCache: $(VENV)/ready ## keep what apt fetches, for all builds on the engine: where the network is slow
	@$(CHECKS) package-cache start

packageCacheStop: $(VENV)/ready ## have builds fetch packages themselves again
	@$(CHECKS) package-cache stop

cluster: $(VENV)/cluster ## add what a class on many machines needs (grade --scheduler, docs/instructors.md)
$(VENV)/cluster: locks/requirements-cluster.lock $(VENV)/ready
	@$(PIP) -r locks/requirements-cluster.lock
	@touch $@

##@ Developers
.PHONY: test testFast testEngines fuzz lint lock benchmark screenshots

test: $(VENV)/developing tools ## run the project's own tests
	$(VENV)/bin/python -m pytest $(WORKERS)

# These wait for nothing: a worker for each core.
testFast: WORKERS := --numprocesses 2 --no-loadscope-reorder
testFast: $(VENV)/developing ## run those of them that need no engine, and grade no class: a minute
	$(VENV)/bin/python -m pytest $(WORKERS) -m "not engine and not slow" --hypothesis-profile few

testEngines: $(VENV)/developing tools ## grade solutions and starters on every pair of an engine and an image store, then build and boot every mistake
	TEST_ENGINES=every $(VENV)/bin/python -m pytest $(WORKERS) tests/test_labs.py -k "scores_nothing or full_marks"
	TEST_MISTAKES="in full" $(VENV)/bin/python -m pytest $(WORKERS) tests/test_labs.py -k "a_mistake"

fuzz: $(VENV)/developing engine ## mutate Dockerfiles and Compose files, and ask the real programs too (SECONDS=600)
	$(VENV)/bin/python -m tests.oracles.fuzz --seconds $(or $(SECONDS),600)

# tests/conftest.py decides which tests share a worker. Two cores: the third one works while the others wait.
WORKERS ?= --numprocesses 3 --no-loadscope-reorder --durations 40 --durations-min 15

lint: $(VENV)/developing ## ruff, and mypy for Linux and macOS
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/mypy --platform darwin --cache-dir .mypy_cache/darwin

benchmark: $(VENV)/developing tools engine ## measure against what a user would use instead
	@for script in benchmarks/bench_*.py; do PYTHONPATH=. $(VENV)/bin/python $$script || exit 1; done

screenshots: $(VENV)/developing ## draw a report and the class page for docs/ (needs a Chromium)
	$(VENV)/bin/python -m tests.reports.screenshots docs/screenshots

lock: ## renew the lock files (needs uv)
	uv pip compile -q pyproject.toml $(LOCK) -o locks/requirements.lock
	uv pip compile -q pyproject.toml --group dev $(LOCK) -o locks/requirements-dev.lock
	uv pip compile -q --group pyproject.toml:cluster $(LOCK) -o locks/requirements-cluster.lock
	uv pip compile -q --group pyproject.toml:tools $(LOCK) -o locks/requirements-tools.lock

LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade \
	--custom-compile-command "make lock"

$(VENV)/developing: locks/requirements-dev.lock $(VENV)/ready
	@$(PIP) -r locks/requirements-dev.lock
	@touch $@
