import numpy as np
import pytest

from homodal.errors import BadCell, TargetError
from homodal.targets.label import Label

FACTS = {"classes": ["a", "b", "c"], "counts": [3, 2, 1]}


def test_classes_are_sorted_and_counted():
    assert Label().learn(["b", "a", "c", "a", "b", "a"]) == FACTS


def test_one_rule_for_all_ways_to_write_a_class():
    target = Label()
    values = [target.read(cell) for cell in (1, 1.0, "1", " 1.0 ", True, "True", 2)]
    assert values == ["1", "1", "1", "1", "true", "true", "2"]


def test_encode_gives_the_place_and_minus_one_for_the_unseen():
    assert [Label().encode(value, FACTS) for value in "abcd"] == [0, 1, 2, -1]
    assert Label().encode("", FACTS) == -1


def test_one_class_is_refused():
    with pytest.raises(TargetError) as caught:
        Label().learn(["cat"] * 5)
    assert str(caught.value) == (
        "The target has one class only. Expected two classes or more in the training "
        "rows. Got 'cat' in all 5 rows. Name another column as the target, or add rows "
        "of another class."
    )


def test_no_rows_are_refused():
    with pytest.raises(TargetError, match="The target has no answers"):
        Label().learn([])


def test_a_class_for_each_row_is_refused():
    with pytest.raises(TargetError, match=r"label of its own.*100 classes in 100"):
        Label().learn([f"id{i}" for i in range(100)])
    assert len(Label().learn(["a", "b", "c"])["classes"]) == 3


def test_decode_is_a_softmax():
    logits = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, -1.0]], np.float32)
    answers = Label().decode(logits, FACTS)
    wanted = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    np.testing.assert_allclose(answers["probabilities"], wanted, rtol=1e-6)
    np.testing.assert_allclose(answers["probabilities"].sum(1), 1)
    assert answers["label"] == ["c", "a"]
    np.testing.assert_allclose(answers["probability"], wanted.max(1), rtol=1e-6)
    assert all(isinstance(p, float) for p in answers["probability"])


@pytest.mark.parametrize("size", [1e4, 3e38])
def test_huge_logits_do_not_overflow(size):
    logits = np.array([[size, -size, 0]], np.float32)
    answers = Label().decode(logits, FACTS)
    np.testing.assert_array_equal(answers["probabilities"], [[1, 0, 0]])


def test_top_three_needs_a_fourth_class():
    assert "top_3" not in Label().scores(FACTS)
    assert "top_3" in Label().scores({"classes": list("abcd")})
    assert Label().scores(FACTS)[0] == "accuracy"


@pytest.mark.parametrize("cell", [None, float("nan"), "", b"a", "x" * 500])
def test_a_cell_that_is_no_name_is_a_bad_cell(cell):
    with pytest.raises(BadCell):
        Label().read(cell)


def test_recognise_wants_answers_that_repeat():
    repeated = Label().recognise(["a", "b"] * 10)
    different = Label().recognise([f"{i}" for i in range(20)])
    assert repeated.confidence > 0.8 > 0.5 > different.confidence
    assert repeated.why == "2 different answers in 20 cells"
    assert Label().recognise([b"a", "b"]).confidence == 0
