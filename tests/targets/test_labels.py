import numpy as np
import pytest

from homodal.errors import BadCell, TargetError
from homodal.targets.labels import Labels

FACTS = {"labels": ["a", "b", "c"], "counts": [3, 2, 1], "rows": 4, "commonest": ["a"]}


def test_every_way_to_write_labels():
    target = Labels(separator=";")
    cells = (["b", "a", "a"], ("a", "b"), '["b", "a"]', " b ;a;", np.array([2, 1]))
    assert [target.read(cell) for cell in cells] == [["a", "b"]] * 4 + [["1", "2"]]
    assert [target.read(cell) for cell in ("a", 1.0, True)] == [["a"], ["1"], ["true"]]


def test_an_empty_list_is_an_answer():
    assert Labels().read([]) == Labels().read("[]") == Labels().read(np.zeros(0)) == []


@pytest.mark.parametrize("cell", [None, b"a", {"a": 1}, ["a", None], "[null]"])
def test_what_is_no_label_says_so(cell):
    with pytest.raises(BadCell):
        Labels().read(cell)


def test_facts_are_labels_counts_and_the_commonest_set():
    values = [["a"], ["a", "b"], ["a"], ["b", "c"]]
    assert Labels().learn(values) == FACTS
    assert Labels(fewest=2).learn(values)["labels"] == ["a", "b"]
    assert Labels().learn([[], [], ["a"]])["commonest"] == []
    with pytest.raises(TargetError, match="3 training rows or more bear"):
        Labels(fewest=3).learn([["a"], ["b"]])


def test_encode_has_a_place_for_each_label_and_none_for_the_unseen():
    assert Labels().encode(["a", "c", "new"], FACTS).tolist() == [1, 0, 1]
    assert Labels().encode([], FACTS).tolist() == [0, 0, 0]
    assert Labels().blank(FACTS).tolist() == [-2, -2, -2]


def test_decode_gives_what_reaches_its_threshold():
    logits = np.array([[0.0, 2.0, -2.0], [-9.0, -9.0, -9.0], [800.0, 0.0, -800.0]])
    answers = Labels().decode(logits, FACTS)
    assert answers["labels"] == [["a", "b"], [], ["a", "b"]]
    np.testing.assert_allclose(
        answers["probabilities"][0], [0.5, 0.880797, 0.119203], 1e-5
    )
    assert answers["sure"][0] == pytest.approx([0.5, 0.880797])
    assert answers["probabilities"][2].tolist() == [1.0, 0.5, 0.0]
    tuned = Labels().decode(logits, FACTS | {"thresholds": [0.6, 0.9, 0.1]})
    assert tuned["labels"] == [["c"], [], ["a"]]


def test_thresholds_are_fitted_on_rows_with_an_answer():
    truth = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [-2, -2, -2]])
    logits = np.array([[-1.0, -3, -1], [-2.0, -4, -1], [-3.0, -3.5, -1], [9.0, 9, 9]])
    found = Labels().fit([(logits[:2], truth[:2]), (logits[2:], truth[2:])], FACTS)
    answers = Labels().decode(logits[:3], FACTS | found)
    assert answers["labels"][:2] == [["a", "b"], ["a"]]  # b is best with one miss
    assert answers["labels"][2] == ["b"]
    assert found["thresholds"][2] == 0.5
    assert Labels().fit([], FACTS) == {}
    assert Labels().fit([(logits[3:], truth[3:])], FACTS) == {}


@pytest.mark.parametrize("separator", [";", "|", ","])
def test_joined_labels_are_recognised_with_their_separator(separator):
    cells = [separator.join(x) for x in ("ab", "bc", "ac", "a", "cd", "bd")] * 10
    evidence = Labels().recognise(cells)
    assert evidence.confidence == 0.96
    assert evidence.options == {"separator": separator}
    assert f"joined by '{separator}'" in evidence.why


@pytest.mark.parametrize(
    "cells",
    [
        ["cat", "dog"] * 10,
        ["Salt, fine", "Sugar, white", "Flour"] * 10,  # commas inside of names
        ["well, this is a whole sentence, is it not", "well, it is not one"] * 10,
        [["O", "O", "B-x"], ["B-x", "O", "O"]] * 10,  # a sequence, not a set
    ],
)
def test_names_sentences_and_sequences_are_not_labels(cells):
    assert Labels().recognise(cells).confidence < 0.4


def test_lists_are_recognised():
    assert Labels().recognise([["a", "b"], ["b"], []] * 5).confidence > 0.9
    assert Labels().recognise(['["a", "b"]', "[]", '["b"]'] * 5).confidence > 0.9
