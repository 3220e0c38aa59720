import pytest

from homodal.errors import BadCell, TargetError
from homodal.targets.several import Several

TWO = {"names": ["a", "b"], "kinds": ["label", "number"], "options": ["{}", "{}"]}


def test_each_target_reads_its_own_cell():
    assert Several(**TWO).read({"a": 1, "b": "2.5"}) == {"a": "1", "b": 2.5}
    assert Several(**TWO).read({"b": 0}) == {"b": 0.0}


def test_a_bad_cell_names_its_column():
    with pytest.raises(BadCell, match="b: not a number: 'much'"):
        Several(**TWO).read({"a": "x", "b": "much"})


def test_each_target_learns_from_the_rows_that_have_it():
    values = [{"a": "x", "b": 1.0}, {"a": "y"}, {"b": 3.0}]
    facts = Several(**TWO).learn(values)["targets"]
    assert facts[0]["facts"]["classes"] == ["x", "y"]
    assert facts[1]["facts"]["mean"] == 2.0


def test_a_target_that_cannot_be_learned_is_refused():
    with pytest.raises(TargetError, match="one class only"):
        Several(**TWO).learn([{"a": "x", "b": 1.0}, {"a": "x", "b": 2.0}])


def test_the_guess_is_each_target_s_own():
    target = Several(**TWO)
    facts = target.learn([{"a": "x", "b": 1.0}, {"a": "x", "b": 5.0}, {"a": "y"}])
    assert target.guess(facts) == {"a": "x", "b": 3.0}
