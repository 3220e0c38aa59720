"""Ordered classes all the way: suggested, told, trained, scored, explained."""

import numpy as np
import pytest

import homodal
from homodal import pages

ROWS = 150
X = np.random.default_rng(0).normal(size=ROWS)
STARS = np.clip(np.round(1.5 * X) + 3, 1, 5).astype(int)
TABLE = {"x": X.tolist(), "y": X[::-1].tolist(), "stars": STARS.tolist()}
SETTINGS = {
    "encoder.width": 16,
    "encoder.depth": 1,
    "fusion.width": 16,
    "training.epochs": 10,
    "training.learning_rate": 0.02,
    "training.validation": 0.3,
    "columns": {"x": "number", "y": "number"},
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A `Run` on stars; do not change it."""
    settings = SETTINGS | {"columns": {**SETTINGS["columns"], "stars": "ordinal"}}
    out = tmp_path_factory.mktemp("runs") / "stars"
    return homodal.train(TABLE, target="stars", settings=settings, out=out)


def test_ratings_stay_labels_and_the_evidence_says_what_else_they_may_be():
    found = homodal.describe(TABLE, target="stars", settings=SETTINGS)
    column = next(c for c in found.schema.columns if c.name == "stars")
    assert column.modality == "label"
    assert column.why.endswith("; or told: --set columns.stars=ordinal")


def test_ranks_are_learned_and_their_errors_scored(run, capsys):
    assert run.model.classes == ["1", "2", "3", "4", "5"]
    scores = run.evaluation.scores
    assert scores["kappa_quadratic"]["value"] > 0.6
    assert scores["mae_ranks"]["value"] < 0.7
    assert "mae_ranks" in run.evaluation.columns_alone["y"]
    pages.show_run(run)
    assert "quadratic kappa" in " ".join(capsys.readouterr().out.split())


def test_whatever_is_for_classes_works(run, tmp_path):
    model = homodal.load(run.folder)
    assert model.calibration.thresholds
    answers = model.predict(TABLE, sets=0.9, abstain_below=0.3, probabilities=True)
    assert len(answers) == ROWS
    explained = homodal.explain(model, TABLE, most_rows=60)
    assert explained.shapley["x"]["value"] > explained.shapley["y"]["value"]
    files = homodal.report(run.folder, TABLE, out=tmp_path)
    assert all(path.stat().st_size for path in files)


def test_an_order_is_told_and_kept(tmp_path):
    sizes = ["small", "medium", "large"]
    table = TABLE | {"stars": [sizes[min(2, star // 2)] for star in STARS]}
    target = {"modality": "ordinal", "order": sizes}
    settings = SETTINGS | {"columns": {**SETTINGS["columns"], "stars": target}}
    settings |= {"training.epochs": 1}
    run = homodal.train(table, target="stars", settings=settings, out=tmp_path / "run")
    assert homodal.load(run.folder).classes == sizes
