# One target per task of a person. `make help` lists them.
#
# Every target prepares its prerequisites: the environment in .venv (from the locked dependencies) if it is
# missing or older than its lock, and the engine if no Docker answers.

SHELL := /bin/bash
# Every grading runs in its own process: without bytecode beside the sources, each would compile 300 modules.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
# The first one that runs and is new enough: a name on the path may be a shim that starts nothing.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	"$$name" -c '$(NEW_ENOUGH)' 2>/dev/null && echo "$$name" && break; done)
CHECKS := $(VENV)/bin/python -m checks
SUBMISSION ?= .

# The suffix of a lab's targets is in its lab.yaml: `target: X` gives buildX, runX, testX, ...
LABS := $(shell awk '/^position:/ { at = $$2 } /^target:/ { print at, $$2 }' $(wildcard */lab.yaml) | sort -n | cut -d' ' -f2)
# Labs that hand out an image which leaks a key: those with `leaky` in their lab.yaml.
LEAKY := $(shell awk '/^target:/ { print $$2 }' /dev/null $(shell grep -l '^leaky:' /dev/null $(wildcard */lab.yaml)))
# Labs whose image is scanned: those with `scans` in their lab.yaml. Their grading asks Trivy, too.
SCANNED := $(shell awk '/^target:/ { print $$2 }' /dev/null $(shell grep -l '^scans:' /dev/null $(wildcard */lab.yaml)))

##@ Students
.PHONY: $(foreach verb,test watch hint explain build run dive hadolint opinions structure push,$(LABS:%=$(verb)%)) \
	$(LEAKY:%=leaky%) $(foreach verb,scan sbom slim,$(SCANNED:%=$(verb)%))

$(LABS:%=test%): test%: $(VENV)/ready ## grade your work (SUBMISSION=dir grades another folder, zip or tar; CHECK=builds only that check)
	@$(CHECKS) grade $(SUBMISSION) --lab $* $(CHECK:%=--check %)

$(LABS:%=watch%): watch%: $(VENV)/ready ## read your files after each save, and show what to do next (q ends it)
	@$(CHECKS) watch $* $(SUBMISSION)

$(LABS:%=hint%): hint%: $(VENV)/ready ## get one hint more for the first thing that is wrong
	@$(CHECKS) hint $* $(SUBMISSION)

$(LABS:%=explain%): explain%: $(VENV)/ready ## see what each line does, what it costs, and what makes it anew, here and as a page
	@$(CHECKS) explain $* --page out/explain$*.html

$(LABS:%=build%): build%: $(VENV)/ready ## build your image, with the tag that the README names
	@$(CHECKS) build $*

$(LABS:%=run%): run%: $(VENV)/ready ## run your image on the port of the lab, http://localhost:8000 mostly (Ctrl-C ends it)
	@$(CHECKS) run $*

$(LABS:%=dive%): dive%: $(VENV)/ready tools ## look into the layers of your image
	@$(CHECKS) dive $*

$(LABS:%=hadolint%): hadolint%: $(VENV)/ready tools ## ask another linter for its opinion (it never grades)
	@$(CHECKS) hadolint $*

$(LABS:%=opinions%): opinions%: $(VENV)/ready tools ## see what other tools say of each line, beside the course's own verdict (they never grade)
	@$(CHECKS) opinions $*

$(LABS:%=structure%): structure%: $(VENV)/ready tools ## test what your image holds with container-structure-test
	@$(CHECKS) structure $*

$(LABS:%=push%): push%: $(VENV)/ready ## push it: REGISTRY=host/path, or LOCATION= PROJECT_ID= REPOSITORY= (VERSION=1.0.0 for a lab with versions)
	@$(CHECKS) push $*

$(LEAKY:%=leaky%): leaky%: $(VENV)/ready ## build the image that leaks a key
	@$(CHECKS) leaky $*

$(SCANNED:%=scan%): scan%: $(VENV)/ready tools ## scan your image with Trivy, and write its report into the lab's folder
	@$(CHECKS) scan $*

$(SCANNED:%=sbom%): sbom%: $(VENV)/ready tools ## list what your image holds with Syft, and write the inventory into the lab's folder
	@$(CHECKS) sbom $*

$(SCANNED:%=slim%): slim%: $(VENV)/ready ## make a smaller image of yours with slim, and compare the two
	@$(CHECKS) slim $*

$(addprefix test,$(SCANNED)): tools

.PHONY: models

models: $(VENV)/ready ## train a model for the labs that serve one (VERSION=2 trains another)
	@$(CHECKS) models --version $(or $(VERSION),1)

##@ Everybody
.PHONY: help install doctor glossary tools engine engineStop engineClean clean

help: ## list every target
	@$(VENV_FREE_HELP)

install: $(VENV)/ready ## make the environment, and nothing else

doctor: $(VENV)/ready ## look at what the course needs of this machine, and what to do about what is missing
	@$(CHECKS) doctor

glossary: $(VENV)/ready ## see what a word of a report means (WORD=layer; without it, all words)
	@$(CHECKS) glossary $(WORD)

engine: $(VENV)/ready ## find the engine; start the embedded one when no Docker answers (ENGINE_RELEASE=trixie: an older one; ENGINE_STORE=containerd: the newer image store)
	@$(CHECKS) engine start

engineStop: $(VENV)/ready ## stop the embedded engine (all of them, where several were chosen)
	@$(CHECKS) engine stop

engineClean: $(VENV)/ready ## stop the embedded engine and delete all that it holds
	@$(CHECKS) engine clean

clean: ## delete the environment (the engine has engineClean)
	rm -rf $(VENV) out

-include instructors.mk

PIP := $(VENV)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes

$(VENV)/ready: locks/requirements.lock
	@"$(PYTHON)" -c '$(NEW_ENOUGH)' 2>/dev/null || { echo "Python 3.11 or newer is needed:" \
		"install it, or say where it is (make $(MAKECMDGOALS) PYTHON=/path/to/python3.12)" >&2; exit 2; }
	@echo "making the environment in $(VENV) ..." >&2
	@rm -rf $(VENV)
	@"$(PYTHON)" -m venv $(VENV) || { echo "no venv: on Debian and Ubuntu, install python3-venv" >&2; exit 2; }
	@$(PIP) -r locks/requirements.lock
	@touch $@

# External tools: if this machine has no wheels for them, the commands use the tools' images instead.
tools: $(VENV)/tools
$(VENV)/tools: locks/requirements-tools.lock $(VENV)/ready
	@$(PIP) --only-binary :all: -r locks/requirements-tools.lock || echo "no wheels for this machine" >&2
	@touch $@

define VENV_FREE_HELP
awk -v labs="$(LABS)" -v leaky="$(LEAKY)" -v scanned="$(SCANNED)" 'BEGIN { FS = ":.*## " } \
  /^##@ Students/ { printf "\n%s (X is one of %s)\n", substr($$0, 5), labs; next } \
  /^##@/ { printf "\n%s\n", substr($$0, 5) } \
  /^\$$\((LABS|LEAKY|SCANNED):%=/ { match($$0, /=[a-z]+%\)/); verb = substr($$0, RSTART + 1, RLENGTH - 3); \
    few = /LEAKY/ ? leaky : /SCANNED/ ? scanned : ""; if (index(few, " ")) few = "X (of " few ")"; \
    printf "  make %-18s %s\n", verb (few ? few : "X"), $$NF; next } \
  /^[a-zA-Z][a-zA-Z0-9]*:.*## / { sub(/:.*/, "", $$1); printf "  make %-18s %s\n", $$1, $$NF }' $(MAKEFILE_LIST)
endef
