"""Numbers with how sure they are, and several in a cell, all the way."""

import numpy as np
import pytest

import homodal

ROWS = 400
RNG = np.random.default_rng(0)
X = RNG.uniform(-2, 2, ROWS)
NOISE = np.where(X > 0, 1.0, 0.1)  # what is right of zero is less sure
Y = 2 * X + NOISE * RNG.normal(size=ROWS)
TABLE = {"x": X.tolist(), "y": Y.tolist()}
SETTINGS = {
    "encoder.width": 16,
    "encoder.depth": 1,
    "training.epochs": 10,
    "training.learning_rate": 0.02,
    "training.validation": 0.3,
    "columns": {"x": "number"},
}


@pytest.mark.parametrize("spread", ["gaussian", "quantile"])
def test_the_range_is_honest_and_wider_where_it_is_less_sure(spread, tmp_path):
    seen = {name: cells[:200] for name, cells in TABLE.items()}
    columns = {**SETTINGS["columns"], "y": {"modality": "number", "spread": spread}}
    run = homodal.train(
        seen, target="y", settings=SETTINGS | {"columns": columns}, out=tmp_path / "run"
    )
    model = homodal.load(run.folder)
    assert len(model.calibration.answers["widening"]) == 1
    scores = homodal.evaluate(model, {n: c[200:] for n, c in TABLE.items()}).scores
    assert 0.8 <= scores["coverage"]["value"] <= 0.97
    answers = model.predict({"x": [-1.5, 1.5]})
    assert answers.column_names == ["y", "low", "high", "status"]
    low, high = (np.array(answers.column(name)) for name in ("low", "high"))
    assert 1.5 * (high - low)[0] < (high - low)[1]
    empty = model.predict({"x": []})
    assert empty.column_names == answers.column_names


def test_several_numbers_in_a_cell(tmp_path):
    table = TABLE | {"y": [f"{x:.3f};{-3 * x + 50:.3f}" for x in X]}
    run = homodal.train(table, target="y", settings=SETTINGS, out=tmp_path / "run")
    assert run.model.recipe.columns["y"] == {"modality": "number", "separator": ";"}
    assert run.evaluation.scores["r2"]["value"] > 0.8
    assert len(run.evaluation.details["each"]) == 2
    first, second = run.model.predict({"x": [1.0]}).column("y").to_pylist()[0]
    assert abs(first - 1) < 0.7 and abs(second - 47) < 2


def test_the_log_scale_is_told_for_a_column(tmp_path):
    table = TABLE | {"y": np.exp(3 * X).tolist()}
    columns = {**SETTINGS["columns"], "y": {"modality": "number", "scale": "log"}}
    run = homodal.train(
        table,
        target="y",
        settings=SETTINGS | {"columns": columns},
        out=tmp_path / "run",
    )
    low, high = run.model.predict({"x": [-1.5, 1.5]}).column("y").to_pylist()
    assert 0 < low < 0.1 < 20 < high
