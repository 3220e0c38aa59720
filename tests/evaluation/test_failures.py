import numpy as np
import pytest

from homodal.evaluation.encodings import Encodings
from homodal.evaluation.explanation import explain_rows
from homodal.evaluation.failures import (
    failures_of,
    misled_rows,
    nearest,
    wrong_labels,
)
from homodal.evaluation.measure import measure
from homodal.evaluation.outcomes import Outcomes
from homodal.tables.table import Table
from homodal.training.session import open_rows

WRONG = (7, 40)  # as planted in conftest


@pytest.fixture(scope="module")
def rows(planted, planted_table):
    return open_rows(Table.open(planted_table), planted.model.preparation)


def test_planted_wrong_labels_are_found(planted):
    rng = np.random.default_rng(5)
    sign = rng.choice([-1.0, 1.0], 60) + rng.normal(0, 0.1, 60)
    labels = np.where(sign > 0, "up", "down")
    wrong = [3, 17, 44]
    labels[wrong] = np.where(labels[wrong] == "up", "down", "up")
    table = {"sign": sign.tolist(), "label": labels.tolist()}
    rows = open_rows(Table.open(table), planted.model.preparation)
    outcomes = measure(planted.model, rows)[1]
    found = failures_of(outcomes, planted.model.classes)["wrong_labels"]
    assert {each["row"] - 1 for each in found} <= set(wrong)
    assert len(found) >= 2


def counted(probabilities, truth):
    outcomes = Outcomes()
    outcomes.add(np.arange(len(truth)), np.array(probabilities), np.array(truth))
    return outcomes


LIKELY = [[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.6, 0.4], [0.95, 0.05]]


def test_the_surest_mistakes_come_first():
    found = failures_of(counted(LIKELY, [0, 1, 1, 1, 1]), ["a", "b"])
    assert [each["row"] for each in found["mistakes"]] == [5, 3, 4]
    first = {"label": "b", "predicted": "a", "probability": 0.95, "of_label": 0.05}
    assert found["mistakes"][0] == pytest.approx({"row": 5} | first)
    pair = {"label": "b", "predicted": "a", "rows": 3, "share": 0.75}
    assert found["confusions"] == [pair | {"examples": [5, 3, 4]}]


def test_a_mistake_that_is_unsure_is_no_wrong_label():
    outcomes = counted(LIKELY, [0, 1, 1, 1, 1])
    # rows called "a" are it with 0.9 on average: only the last is as sure
    assert wrong_labels(outcomes).tolist() == [4]


def test_no_mistakes_are_no_failures():
    found = failures_of(counted(LIKELY[:2], [0, 1]), ["a", "b"])
    assert found == {"mistakes": [], "confusions": [], "wrong_labels": []}


def test_rows_that_a_column_misled(planted, planted_table):
    """A sign that lies: without it the row is at least not wrong for its sake."""
    rows = open_rows(Table.open(planted_table), planted.model.preparation)
    explanation = explain_rows(planted.model, rows)
    misled = misled_rows(explanation)
    for name, numbers in misled.items():
        part = {k: v for k, v in planted_table.items() if k not in (name, "label")}
        alone = planted.model.predict(part)["label"].to_pylist()
        whole = planted.model.predict(planted_table)["label"].to_pylist()
        for number in numbers:
            label = planted_table["label"][number - 1]
            assert alone[number - 1] == label != whole[number - 1]
    assert any(row - 1 in WRONG for row in misled.get("sign", []))


def test_the_nearest_by_hand():
    others = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])
    assert nearest(np.array([[0.9, 0.1], [-3.0, -2.0]]), others, 1).tolist() == [
        [0],
        [2],
    ]


def test_a_row_is_nearest_to_itself(trained, seen):
    folder, table = seen
    rows = open_rows(Table.open(table, folder), trained.model.preparation)
    vectors = Encodings(trained.model, rows).vectors()
    assert nearest(vectors, vectors, 1)[:, 0].tolist() == list(range(len(vectors)))
