"""Dates and vectors as inputs, all the way: trained, kept, predicted and shown."""

import datetime
import json

import numpy as np
import pytest

import homodal

ROWS = 180
RNG = np.random.default_rng(0)
DAYS = [datetime.date(2023, 1, 1) + datetime.timedelta(n) for n in range(ROWS)]
POINTS = RNG.normal(size=(ROWS, 5))
OPEN = [day.weekday() < 5 for day in DAYS]
TABLE = {
    "day": DAYS,
    "point": POINTS.tolist(),
    "state": [
        f"{'open' if is_open else 'shut'} {'left' if point[0] < point[1] else 'right'}"
        for is_open, point in zip(OPEN, POINTS, strict=True)
    ],
}
SETTINGS = {
    "encoder.width": 16,
    "encoder.depth": 1,
    "fusion.width": 16,
    "training.epochs": 10,
    "training.batch_size": 16,
    "training.learning_rate": 0.02,
    "training.validation": 0.25,
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A `Run` whose answer needs the day of the week and the vector; unchanged."""
    out = tmp_path_factory.mktemp("runs") / "dates"
    return homodal.train(TABLE, target="state", settings=SETTINGS, out=out)


def test_both_are_recognised_and_learned_from(run):
    columns = run.model.recipe.columns
    assert columns["day"] == {"modality": "date", "part": "date"}
    assert columns["point"] == {"modality": "vector", "length": 5}
    assert run.evaluation.scores["accuracy"]["value"] > 0.7
    alone = run.evaluation.columns_alone
    both = run.evaluation.scores["accuracy"]["value"]
    assert all(alone[name]["accuracy"]["value"] < both for name in ("day", "point"))


def test_a_file_and_a_table_in_memory_have_the_same_answers(run, tmp_path):
    path = tmp_path / "table.jsonl"
    written = [
        json.dumps({"day": day.isoformat(), "point": point})
        for day, point in zip(DAYS, TABLE["point"], strict=True)
    ]
    path.write_text("\n".join(written), encoding="utf-8")
    model = homodal.load(run.folder)
    from_file = model.predict(path).to_pydict()
    in_memory = model.predict({n: TABLE[n] for n in ("day", "point")}).to_pydict()
    assert from_file["state"] == in_memory["state"]
    assert set(from_file["status"]) == {"ok"}


def test_what_was_changed_and_what_cannot_be_read_is_in_the_status(run):
    answers = run.model.predict(
        {
            "day": ["2031-05-01", "soon", "2023-02-01", "2023-02-01"],
            "point": [
                "[1, 2, 3, 4, 5]",
                "[1, 2]",
                "[1, 2, NaN, 4, 5]",
                "[1e9,0,0,0,0]",
            ],
        }
    )
    assert answers.column("status").to_pylist() == [
        "repaired: day (later than the dates of training, drawn in: 2031-05-01)",
        "no answer: bad: day (no date: 'soon'.); bad: point (2 numbers, not 5.)",
        "bad: point (not a finite number at place 3: nan.)",
        "repaired: point (numbers beyond 10 deviations were drawn in: 1 of 5)",
    ]


def test_they_are_checked_explained_and_shown(run, tmp_path):
    table = {name: cells[:80] for name, cells in TABLE.items()}
    check = homodal.check(table, target="state").columns()
    assert check["day"]["figures"]["date"]["different"] == 80
    assert check["point"]["figures"]["norm"]["lowest"] > 0
    explanation = homodal.explain(run.folder, table)
    assert set(explanation.shapley) == {"day", "point"}
    pytest.importorskip("matplotlib")
    page, *_ = homodal.report(run.folder, table, out=tmp_path, rows=(1, 2))
    html = page.read_text(encoding="utf-8")
    assert "2023-01-01" in html and f"{POINTS[0][0]:.3g}" in html
