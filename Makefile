# Two commands do everything: `make run` opens the lab, `make test` checks it.
# All they need is Python 3.11 or newer; the rest goes into .venv.
#
#   PORT=8600     where the page is served; otherwise 8501, or the next free one
#   PYTHON=...    the interpreter that makes .venv; otherwise one is looked for
#   ARGS="..."    passed on, as in: make test ARGS="tests/corpora -x"
#   JOBS=...      with `make test`: processes that share the tests; otherwise 2 (0 for --pdb)

PORT ?=
ARGS ?=
JOBS ?= 2
PY := .venv/bin/python
export PYTHON

.DEFAULT_GOAL := help
.PHONY: run class test test-slow lint format audit bench checkpoints races scaling ablations tokenizers words lora memory games screenshots clean help install dev chromium

run: install  ## serve the page and print its address
	@exec $(PY) -m streamlit run app.py $(if $(PORT),--server.port $(PORT)) $(ARGS)

class: install  ## the same for a class: its address in your network, large and as a QR code
	@LM_LAB_CLASS=$${LM_LAB_CLASS:-1} $(MAKE) --no-print-directory run

test: dev chromium lint  ## lint, then unit, page and browser tests
	$(PY) -m pytest -n $(JOBS) --dist worksteal $(ARGS)

test-slow: dev chromium  ## what takes long or shows more cases, and more examples for the others
	$(PY) -m pytest -m "slow or hypothesis" --hypothesis-profile=thorough $(ARGS)

lint: dev  ## check style and format
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

format: dev  ## mend style and format
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

audit: dev  ## ask for known weaknesses of the installed packages (needs a network)
	@$(PY) -m tools.audit

bench: install  ## measure speed and quality on this machine
	$(PY) -m lm_core bench $(ARGS)

checkpoints: install  ## train the shipped models again
	PYTHONPATH=. $(PY) checkpoints/remake.py $(ARGS)

races: install  ## run the races that ship again (twenty minutes of a quiet machine)
	$(PY) -m tools.races $(ARGS)

scaling: install  ## train the study of what more parameters buy again (ten minutes; ARGS=--small: three)
	$(PY) -m tools.scaling $(ARGS)

ablations: install  ## train the study of what each part does again (five minutes)
	$(PY) -m tools.ablations $(ARGS)

tokenizers: install  ## train the study of what a tokenizer does to the loss again (four minutes of one core)
	$(PY) -m tools.tokenizer_study $(ARGS)

words: install  ## train the study in words again (half an hour of one core)
	$(PY) -m tools.word_study $(ARGS)

lora: install  ## test what is said of LoRA again (fifteen minutes of one core)
	$(PY) -m tools.lora_study $(ARGS)

memory: install  ## measure again how long each family remembers (a quarter of an hour of one core)
	$(PY) -m tools.memory $(ARGS)

games: install  ## play again the games of two networks that the screen GAN shows (two minutes)
	$(PY) -m tools.games $(ARGS)

screenshots: dev chromium  ## take the README's pictures from the running lab
	$(PY) -m tools.screenshots $(ARGS)

clean:  ## remove .venv and everything else that was made here; runs and downloads stay
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis build dist test-results *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

install:
	@sh tools/install.sh requirements.txt

dev:
	@sh tools/install.sh requirements-dev.txt

chromium: dev
	@$(PY) -m tools.chromium
