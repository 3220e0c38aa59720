import numpy as np
import pytest

from homodal.contracts import UNLABELLED
from homodal.data import answers
from homodal.data.answers import answered, encode_answers, taken, unlabelled_rows
from homodal.data.preparation import PreparedTarget
from homodal.tables.table import Table

LABEL = PreparedTarget("kind", "label", {"classes": ["a", "b"], "counts": [1, 1]})
NUMBER = PreparedTarget(
    "much", "number", {"mean": 1.0, "deviation": 2.0, "median": 1.0}
)
BOTH = PreparedTarget(
    "kind, much",
    "several",
    {
        "targets": [
            {"name": t.name, "kind": t.part, "options": {}, "facts": t.facts}
            for t in (LABEL, NUMBER)
        ]
    },
    {"names": ["kind", "much"], "kinds": ["label", "number"], "options": ["{}", "{}"]},
)


@pytest.fixture
def table():
    return Table.open({"kind": ["b", None, "c", "a"], "much": [3, 1, None, None]})


def test_classes_are_places_and_absent_or_unseen_ones_are_negative(table):
    truth = encode_answers(table, LABEL)
    assert truth.tolist() == [1, UNLABELLED, -1, 0]
    assert answered(truth).tolist() == [True, False, False, True]
    assert unlabelled_rows(truth).tolist() == [False, True, False, False]


def test_numbers_are_in_deviations_and_absent_ones_nan(table):
    truth = encode_answers(table, NUMBER)
    np.testing.assert_array_equal(truth, [1.0, 0.0, np.nan, np.nan])
    assert answered(truth).tolist() == [True, True, False, False]


def test_of_several_targets_each_has_an_array(table):
    truth = encode_answers(table, BOTH)
    assert truth["kind"].tolist() == [1, UNLABELLED, -1, 0]
    np.testing.assert_array_equal(truth["much"], [1.0, 0.0, np.nan, np.nan])
    assert answered(truth).tolist() == [True, True, False, True]
    part = taken(truth, np.array([3, 0]))
    assert part["kind"].tolist() == [0, 1]
    np.testing.assert_array_equal(part["much"], [np.nan, 1.0])


def test_pieces_of_a_table_are_joined_in_order(table, monkeypatch):
    whole = encode_answers(table, BOTH)
    monkeypatch.setattr(answers, "PIECE_ROWS", 3)
    for name, array in encode_answers(table, BOTH).items():
        np.testing.assert_array_equal(array, whole[name])
