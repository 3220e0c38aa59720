"""What the two tasks hold, and which fusions can learn them."""

import numpy as np
import pytest

import homodal
from homodal.demo.tasks import KINDS, paired, xor
from homodal.errors import TableError

SMALL = {
    "encoder.width": 16,
    "encoder.depth": 1,
    # of encoders that differ, or the columns would be one block
    "columns": {
        "number_1": "number",
        "number_2": {
            "modality": "number",
            "encoder": {"name": "cnn", "width": 16, "depth": 2},
        },
    },
    "training.epochs": 20,
    "training.batch_size": 32,
    "training.learning_rate": 0.01,
    "training.modality_dropout": 0.0,
    "training.patience": 20,
}


def bits(table, column):
    """Which of its two meanings each cell of a column has."""
    kind, cells = column.partition("_")[0], table[column]
    if kind == "number":
        return np.array(cells) > 0
    tell = ("blue", "white")
    return np.array([any(symbol in cell for symbol in tell) for cell in cells])


def test_each_paired_column_tells_the_class():
    table = paired(rows=2000, kinds=KINDS, noise=0.1, flips=0.1)
    label = np.array(table["label"]) == "yes"
    right = [np.mean(bits(table, c) == label) for c in table if c != "label"]
    assert all(0.87 < share < 0.93 for share in right) and len(right) == 3


def test_no_xor_column_tells_the_class_but_all_together_do():
    table = xor(rows=2000, kinds=("number", "text", "category"), noise=0.1)
    label = np.array(table["label"]) == "yes"
    told = np.array([bits(table, c) for c in table if c != "label"])
    np.testing.assert_array_equal(told.sum(axis=0) % 2 == 1, label)
    for kept in ([0], [1], [2], [0, 1], [0, 2], [1, 2]):
        share = np.mean((told[kept].sum(axis=0) % 2 == 1) == label)
        assert 0.45 < share < 0.55


def test_a_seed_is_a_table():
    assert xor(rows=20, seed=3) == xor(rows=20, seed=3) != xor(rows=20, seed=4)


def test_an_unknown_kind_is_refused():
    with pytest.raises(TableError, match="one of: category, number, text"):
        paired(kinds=("number", "smell"))


@pytest.mark.parametrize(
    ("task", "fusion", "low", "high"),
    [
        (paired, "late", 0.85, 1.0),
        (xor, "late", 0.4, 0.6),
        (xor, "tensor", 0.95, 1.0),
        (xor, "bilinear", 0.95, 1.0),
        (xor, "cross_attention", 0.95, 1.0),
    ],
)
def test_only_fusions_that_interact_solve_xor(task, fusion, low, high, tmp_path):
    width = {} if fusion == "late" else {"width": 16}
    run = homodal.train(
        task(rows=240),
        target="label",
        settings=SMALL | {"fusion": {"name": fusion} | width},
        out=tmp_path / "run",
    )
    found = homodal.evaluate(run.model, task(rows=400, seed=1))
    assert low <= found.scores["accuracy"]["value"] <= high
