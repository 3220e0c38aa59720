import numpy as np
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


def test_times_of_one_target_become_seconds_among_others():
    target = Several(["said", "kind"], ["transcript", "label"], ["{}", "{}"])
    rows = [{"said": "ab ba", "kind": "x"}, {"said": "ba", "kind": "y"}]
    facts = target.learn([target.read(row) for row in rows])
    said = np.zeros((1, 8, 4), np.float32)
    said[0, np.arange(8), [2, 3, 1, 3, 2, 0, 0, 0]] = 9.0
    answers = target.decode({"said": said, "kind": np.zeros((1, 2))}, facts)
    timed = target.in_seconds(answers, np.array([4.0]))
    assert timed["said"] == ["ab ba"]
    words = timed["said: words"][0]
    assert [word["start"] for word in words] == [0.0, 1.5]
    assert list(timed) == list(answers)
