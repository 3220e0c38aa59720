"""Every target keeps the promises of `homodal.contracts.Target`."""

import inspect
import json

import numpy as np
import pytest

from homodal import parts
from homodal.contracts import Evidence, Target
from homodal.errors import BadCell, TargetError

NAMES = parts.names("target")
# Cells that fit each target; one line for each new one
CELLS = {"label": ["cat", "dog", "cat", "bird", "dog", "cat"] * 3}
GARBAGE = [b"\x00", "", " ", float("nan"), float("inf"), None, [], {}, object(), 3 + 4j]

every = pytest.mark.parametrize("name", NAMES)


@pytest.fixture
def learned():
    """`learned(name)`: `(target, values, facts)` of the cells above."""

    def learn(name):
        target = parts.find("target", name).make()
        values = [target.read(cell) for cell in CELLS[name]]
        return target, values, target.learn(iter(values))

    return learn


def logits(facts, rows, seed=0):
    classes = len(facts["classes"])
    return np.random.default_rng(seed).normal(0, 3, (rows, classes)).astype(np.float32)


@every
def test_it_is_a_target_with_a_summary_and_a_head(name):
    part = parts.find("target", name)
    target = part.make()
    assert isinstance(target, Target)
    assert part.summary.endswith(".")
    assert target.head in parts.names("head")
    assert all(option in inspect.getdoc(part.load()) for option in part.options)


@every
def test_it_recognises_its_own_cells(name):
    evidence = parts.find("target", name).make().recognise(CELLS[name])
    assert isinstance(evidence, Evidence)
    assert 0.5 < evidence.confidence <= 1
    assert evidence.why


@every
def test_it_recognises_no_garbage_and_survives_it(name):
    target = parts.find("target", name).make()
    assert target.recognise(list(GARBAGE)).confidence < 0.5
    assert target.recognise([]).confidence < 0.5


@every
def test_facts_survive_json(name, learned):
    target, values, facts = learned(name)
    restored = json.loads(json.dumps(facts))
    assert restored == facts
    for value in values:
        assert target.encode(value, restored) == target.encode(value, facts)


@every
def test_facts_do_not_depend_on_the_order_of_rows(name, learned):
    target, values, facts = learned(name)
    assert target.learn(values[::-1]) == facts


@every
def test_truth_has_the_dtype_that_was_declared(name, learned):
    target, values, facts = learned(name)
    truth = np.array([target.encode(value, facts) for value in values])
    assert np.can_cast(truth.astype(target.dtype), np.dtype(target.dtype))
    np.testing.assert_array_equal(truth.astype(target.dtype), truth)
    assert (truth >= 0).all()


@every
def test_an_answer_that_training_never_saw_is_minus_one(name, learned):
    target, _, facts = learned(name)
    assert np.all(np.array(target.encode(target.read("never seen"), facts)) == -1)


@every
@pytest.mark.parametrize("rows", [0, 1, 5])
def test_decode_answers_every_row(name, learned, rows):
    target, _, facts = learned(name)
    answers = target.decode(logits(facts, rows), facts)
    assert answers
    assert all(len(column) == rows for column in answers.values())


@every
def test_certain_logits_decode_to_the_truth(name, learned):
    target, values, facts = learned(name)
    places = [target.encode(value, facts) for value in values]
    certain = 50 * np.eye(len(facts["classes"]), dtype=np.float32)[places]
    answers = target.decode(certain, facts)
    assert list(answers[name]) == values


@every
def test_nothing_to_learn_from_is_refused(name):
    with pytest.raises(TargetError, match=r"Expected .* Name another column"):
        parts.find("target", name).make().learn(iter([]))


@every
def test_scores_are_named_once_and_the_main_one_first(name, learned):
    target, _, facts = learned(name)
    scores = target.scores(facts)
    assert len(set(scores)) == len(scores) >= 1
    assert all(isinstance(score, str) for score in scores)


@every
@pytest.mark.parametrize("cell", GARBAGE, ids=[f"{i}" for i in range(len(GARBAGE))])
def test_garbage_is_a_bad_cell(name, cell):
    with pytest.raises(BadCell):
        parts.find("target", name).make().read(cell)
