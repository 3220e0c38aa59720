import numpy as np
import pytest

from homodal.errors import BadCell, TargetError
from homodal.targets.ordinal import Ordinal

SIZES = ["small", "medium", "large"]


def test_numbers_are_in_their_order_not_the_alphabets():
    target = Ordinal()
    values = [target.read(cell) for cell in (10, "2", 1.0, 10, -3, "2.5")]
    facts = target.learn(values)
    assert facts == {
        "classes": ["-3", "1", "2", "2.5", "10"],
        "counts": [1, 1, 1, 1, 2],
    }
    assert [target.encode(value, facts) for value in values] == [4, 2, 1, 4, 0, 3]
    assert target.encode("7", facts) == -1


def test_names_are_in_the_order_told():
    target = Ordinal(order=SIZES)
    facts = target.learn(["large", "small", "large"])
    assert facts == {"classes": SIZES, "counts": [1, 0, 2]}
    assert target.guess(facts) == "large"
    assert [target.encode(each, facts) for each in SIZES] == [0, 1, 2]
    with pytest.raises(BadCell, match="not in the order that was told: 'huge'"):
        target.read("huge")
    with pytest.raises(BadCell, match="no number, and no order is told: 'small'"):
        Ordinal().read("small")
    assert Ordinal(order=[1, 2]).read("1") == "1"


def test_one_class_is_refused():
    with pytest.raises(TargetError, match=r"fewer than two classes.*Got '3'"):
        Ordinal().learn(["3"] * 5)


def test_decode_takes_log_probabilities():
    facts = {"classes": SIZES, "counts": [1, 1, 1]}
    likely = np.array([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1]])
    answers = Ordinal(order=SIZES).decode(np.log(likely), facts)
    assert answers["label"] == ["medium", "small"]
    np.testing.assert_allclose(answers["probabilities"], likely)
    assert answers["probability"] == pytest.approx([0.5, 0.6])


def test_ratings_are_suggested_and_other_numbers_are_not():
    assert Ordinal().recognise([1, 2, 3, 4, 5] * 4).confidence > 0.5
    for cells in ([1, 0] * 10, list(range(40)), [0.5, 1.5, 2.5] * 5, ["a", "b"] * 9):
        assert Ordinal().recognise(cells).confidence < 0.5
    assert Ordinal(order=SIZES).recognise(SIZES * 3).confidence == 1.0
