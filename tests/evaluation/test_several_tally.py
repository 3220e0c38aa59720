import numpy as np
import pytest

from homodal.data.preparation import PreparedTarget
from homodal.evaluation.class_tally import ClassTally
from homodal.evaluation.number_tally import NumberTally
from homodal.evaluation.several_tally import SeveralTally


def classes(name):
    facts = {"classes": ["a", "b"], "counts": [1, 1]}
    return ClassTally(PreparedTarget(name, "label", facts))


def sure(*labels):
    return np.array([[1.0, 0.0] if label == "a" else [0.0, 1.0] for label in labels])


def said(**labels):
    found = {}
    for name, own in labels.items():
        found |= {name: list(own), f"{name}: probabilities": sure(*own)}
    return found


def test_all_right_is_of_rows_that_have_every_answer():
    tally = SeveralTally({"x": classes("x"), "y": classes("y")})
    values = [{"x": "a", "y": "a"}, {"x": "a", "y": "b"}, {"x": "a"}, None]
    tally.add(said(x="aaaa", y="aaaa"), values)
    assert (tally.rows, tally.unlabelled) == (4, 1)
    assert tally.right.tolist() == [True, False]
    assert tally.quick() == {
        "mean": 0.75,
        "all_right": 0.5,
        "x: accuracy": 1.0,
        "y: accuracy": 0.5,
    }
    assert tally.scores()["y: accuracy"]["value"] == 0.5


def test_batches_add_up():
    tally = SeveralTally({"x": classes("x"), "y": classes("y")})
    tally.add(said(x="a", y="a"), [{"x": "a", "y": "a"}])
    tally.add(said(x="b", y="a"), [{"x": "a", "y": "a"}])
    assert tally.right.tolist() == [True, False]


def test_numbers_are_not_right_and_do_not_count_as_wrong():
    tally = SeveralTally({"x": classes("x"), "n": NumberTally(None)})
    tally.add(said(x="a") | {"n": [1.0]}, [{"x": "a", "n": 3.0}])
    assert tally.right.tolist() == [True]
    assert tally.scores()["n: mae"]["value"] == pytest.approx(2.0)
    only = SeveralTally({"n": NumberTally(None)})
    only.add({"n": [1.0]}, [{"n": 3.0}])
    assert "all_right" not in only.quick()


def test_a_guess_of_each_is_repeated():
    tally = SeveralTally({"x": classes("x"), "y": classes("y")})
    tally.add(tally.repeated({"x": "a", "y": "b"}, 1), [{"x": "a", "y": "b"}])
    assert tally.right.tolist() == [True]


def numbers(*errors):
    """Two number targets whose answers are off by so much."""
    truth = np.array([0.0, 1.0, 2.0, 3.0])
    tally = SeveralTally({name: NumberTally(None) for name in "ab"})
    said = dict(zip("ab", (truth + error for error in errors), strict=True))
    tally.add(said, [{"a": each, "b": each} for each in truth])
    return tally.quick()


def test_an_epoch_is_judged_by_all_targets_and_not_by_the_first():
    first_good, both_fair = numbers(0.0, 50.0), numbers(0.3, 0.3)
    assert first_good["a: r2"] > both_fair["a: r2"]
    assert next(iter(first_good)) == "mean"
    assert first_good["mean"] < both_fair["mean"] < numbers(0.0, 0.0)["mean"] == 1.0


def test_a_number_and_a_class_count_alike_whatever_the_scale():
    tally = SeveralTally({"x": classes("x"), "n": NumberTally(None)})
    values = [{"x": "a", "n": 0.0}, {"x": "b", "n": 2.0}]
    tally.add(said(x="aa") | {"n": [1.0, 1.0]}, values)
    assert tally.quick()["mean"] == pytest.approx((0.5 + 0.5) / 2)  # R2 is 0


def test_a_target_without_answers_is_in_no_mean_and_none_at_all_is_not_a_number():
    tally = SeveralTally({"x": classes("x"), "y": classes("y")})
    assert np.isnan(tally.quick()["mean"])
    tally.add(said(x="aa", y="aa"), [{"x": "a"}, {"x": "a"}])
    assert tally.quick()["mean"] == 1.0
    assert "all_right" not in tally.quick()
