"""Every target keeps the promises of `homodal.contracts.Target`."""

import inspect
import io
import json

import numpy as np
import pytest
import soundfile

from homodal import parts
from homodal.contracts import UNSEEN, Evidence, Target
from homodal.errors import BadCell, TargetError

NAMES = parts.names("target")


def wav(seconds):
    """A file of noise, as bytes."""
    file = io.BytesIO()
    noise = np.random.default_rng(0).normal(0, 0.1, round(seconds * 8000))
    soundfile.write(file, noise, 8000, format="WAV")
    return file.getvalue()


# Cells that fit each target; one line for each new one
CELLS = {
    "labels": [["sun", "sea"], ["sea"], [], '["sun"]', ["wind"]] * 3,
    "label": ["cat", "dog", "cat", "bird", "dog", "cat"] * 3,
    "match": [True] * 6,
    "ordinal": [3, "1", 5.0, 4, "2", 3] * 3,
    "number": [1.5, "2.25", 3, -4.25, "1e1", 0.5] * 3,
    "tags": ["O B-city I-city", "B-city", "O O", "O B-day O O"] * 5,
    "several": [{"a": "x", "b": 1.5}, {"a": "y"}, {"b": 2.5}, {"a": "x", "b": 0}] * 5,
}
CELLS["transcript"] = [
    f"{order} {what} now"
    for order in ("Lay", "set", "place", "don't bin")
    for what in ("red", "blue", "green", "white", "it at five")
]
CELLS["speech"] = [wav(seconds) for seconds in (0.1, 0.2, 0.15)] * 2
OPTIONS = {
    "match": {"names": ["a", "b"]},
    "several": {
        "names": ["a", "b"],
        "kinds": ["label", "number"],
        "options": ["{}", "{}"],
    },
}
# of a row's logits, for targets of another kind than classes; one line each
SHAPES = {
    "labels": lambda facts: (len(facts["labels"]),),
    "number": lambda facts: (1,),
    "transcript": lambda facts: (40, 1 + len(facts["vocabulary"])),
    "tags": lambda facts: (facts["steps"], len(facts["tags"]) + 1),
    "match": lambda facts: (2, 4),
}
# what else is an answer, though garbage to the others
ANSWERS = {"labels": [[]]}
GARBAGE = [b"\x00", "", " ", float("nan"), float("inf"), None, [], {}, object(), 3 + 4j]

every = pytest.mark.parametrize("name", NAMES)
exclusive = pytest.mark.parametrize(
    "name", [n for n in NAMES if parts.find("target", n).load().exclusive]
)


def made(name):
    """The target with the options that its cells need."""
    return parts.find("target", name).make(**OPTIONS.get(name, {}))


def same(one, other):
    """Equal numbers, arrays or dicts of them."""
    sides = [x.values() if isinstance(x, dict) else [x] for x in (one, other)]
    return all(map(_equal, *sides))


def _equal(one, other):
    floating = np.asarray(one).dtype.kind == "f"
    return np.array_equal(one, other, equal_nan=floating)


@pytest.fixture
def learned():
    """`learned(name)`: `(target, values, facts)` of the cells above."""

    def learn(name):
        target = made(name)
        values = [target.read(cell) for cell in CELLS[name]]
        return target, values, target.learn(iter(values))

    return learn


def logits(name, facts, rows, seed=0):
    """Random ones, as the target's head would give them."""
    if name == "several":
        return {
            one["name"]: logits(one["kind"], one["facts"], rows, seed)
            for one in facts["targets"]
        }
    if name == "speech":
        shape = (rows, facts["frames"], facts["mels"])
        return {"mels": np.zeros(shape), "frames": np.full((rows, 1), 3.0)}
    shape = SHAPES.get(name, lambda facts: (len(facts["classes"]),))(facts)
    return np.random.default_rng(seed).normal(0, 3, (rows, *shape)).astype(np.float32)


@every
def test_it_is_a_target_with_a_summary_and_a_head(name):
    part = parts.find("target", name)
    target = made(name)
    assert isinstance(target, Target)
    assert part.summary.endswith(".")
    assert target.head in parts.names("head")
    assert all(option in inspect.getdoc(part.load()) for option in part.options)


@every
def test_it_recognises_its_own_cells(name):
    if name in ("several", "match"):
        pytest.skip("named, never recognised")
    evidence = made(name).recognise(CELLS[name])
    assert isinstance(evidence, Evidence)
    assert 0.5 < evidence.confidence <= 1
    assert evidence.why


@every
def test_it_recognises_no_garbage_and_survives_it(name):
    target = made(name)
    assert target.recognise(list(GARBAGE)).confidence < 0.5
    assert target.recognise([]).confidence < 0.5


@every
def test_facts_survive_json(name, learned):
    target, values, facts = learned(name)
    restored = json.loads(json.dumps(facts))
    assert restored == facts
    for value in values:
        assert same(target.encode(value, restored), target.encode(value, facts))


@every
def test_facts_do_not_depend_on_the_order_of_rows(name, learned):
    target, values, facts = learned(name)
    assert target.learn(values[::-1]) == facts


@every
def test_truth_has_the_dtype_that_was_declared(name, learned):
    target, values, facts = learned(name)
    if isinstance(target.blank(facts), dict):
        pytest.skip("each of its targets has its own")
    truth = np.array([target.encode(value, facts) for value in values])
    if target.dtype == "float32":
        truth = truth.astype("float32").reshape(len(truth), -1)
        assert np.isfinite(truth[:, 0]).all()
        assert not np.isinf(truth).any()  # a sequence is padded with NaN
        return
    assert np.can_cast(truth.astype(target.dtype), np.dtype(target.dtype))
    np.testing.assert_array_equal(truth.astype(target.dtype), truth)
    padded = UNSEEN if truth.ndim > 1 else 0
    assert (truth >= padded).all()


@exclusive
def test_an_answer_that_training_never_saw_is_minus_one(name, learned):
    target, _, facts = learned(name)
    assert np.all(np.array(target.encode("never seen", facts)) == -1)


@every
@pytest.mark.parametrize("rows", [0, 1, 5])
def test_decode_answers_every_row(name, learned, rows):
    target, _, facts = learned(name)
    answers = target.decode(logits(name, facts, rows), facts)
    assert answers
    assert list(target.nothing(facts)) == list(answers)
    assert all(len(column) == rows for column in answers.values())


@exclusive
def test_certain_logits_decode_to_the_truth(name, learned):
    target, values, facts = learned(name)
    places = [target.encode(value, facts) for value in values]
    certain = 50 * np.eye(len(facts["classes"]), dtype=np.float32)[places]
    answers = target.decode(certain, facts)
    assert list(next(iter(answers.values()))) == values


@every
def test_nothing_to_learn_from_is_refused(name):
    with pytest.raises(TargetError, match=r"Expected .* Name another column"):
        made(name).learn(iter([]))


@every
def test_scores_are_named_once_and_the_main_one_first(name, learned):
    target, _, facts = learned(name)
    scores = target.scores(facts)
    assert len(set(scores)) == len(scores) >= 1
    assert all(isinstance(score, str) for score in scores)


@every
@pytest.mark.parametrize("cell", GARBAGE, ids=[f"{i}" for i in range(len(GARBAGE))])
def test_garbage_is_a_bad_cell(name, cell):
    if cell in ANSWERS.get(name, []):
        pytest.skip("an answer here")
    with pytest.raises(BadCell):
        made(name).read(cell)
