"""Several labels a row, all the way: recognised, trained, tuned, kept, answered."""

import numpy as np
import pytest

import homodal
from homodal import pages
from homodal.errors import HomodalError

ROWS = 120
X, Y = np.random.default_rng(0).normal(size=(2, ROWS))
BORNE = [
    [name for name, there in (("east", x > 0), ("north", y > 0)) if there]
    for x, y in zip(X, Y, strict=True)
]
SETTINGS = {
    "encoder.width": 16,
    "encoder.depth": 1,
    "fusion.width": 16,
    "training.epochs": 10,
    "training.learning_rate": 0.02,
    "training.validation": 0.3,
    "columns": {"x": "number", "y": "number"},
}
TABLE = {"x": X.tolist(), "y": Y.tolist(), "where": BORNE}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A `Run` on lists of labels; do not change it."""
    out = tmp_path_factory.mktemp("runs") / "labels"
    return homodal.train(TABLE, target="where", settings=SETTINGS, out=out)


def test_labels_are_recognised_and_learned(run):
    assert run.model.preparation.target.part == "labels"
    assert run.model.classes == ["east", "north"]
    scores = run.evaluation.scores
    assert next(iter(scores)) == "average_precision_macro"
    assert scores["f1_micro"]["value"] > 0.85
    assert run.evaluation.baseline["average_precision_macro"]["value"] < 0.7
    assert set(run.evaluation.columns_alone) == {"x", "y"}


def test_empty_lists_are_answers_and_train(run):
    assert [] in BORNE
    assert run.evaluation.unlabelled == 0
    rows = (run.folder / "split.csv").read_text()
    assert "unused" not in rows


def test_the_thresholds_are_kept_in_the_bundle_and_used(run):
    loaded = homodal.load(run.folder)
    thresholds = loaded.calibration.answers["thresholds"]
    assert len(thresholds) == 2 and all(0 < each < 1 for each in thresholds)
    answers = loaded.predict(TABLE, probabilities=True)
    likely = np.array(answers.column("probabilities").to_pylist())
    wanted = [
        [name for name, there in zip(loaded.classes, row, strict=True) if there]
        for row in likely >= thresholds
    ]
    assert answers.column("where").to_pylist() == wanted
    assert answers.column_names == ["where", "sure", "probabilities", "status"]


def test_the_same_labels_joined_in_text_are_the_same_task(run, tmp_path):
    table = TABLE | {"where": [";".join(each) or "[]" for each in BORNE]}
    evaluation = homodal.evaluate(run.model, table)
    joined = homodal.train(
        table,
        target="where",
        settings=SETTINGS | {"training.epochs": 1},
        out=tmp_path / "run",
    )
    assert joined.model.recipe.columns["where"]["separator"] == ";"
    assert joined.model.classes == ["east", "north"]
    assert evaluation.scores["f1_micro"]["value"] < 1  # "east;north" is one name here


def test_labels_never_seen_are_counted_and_said(run, capsys):
    strange = [*BORNE[:-2], ["south", "east"], None]
    evaluation = homodal.evaluate(run.model, TABLE | {"where": strange})
    assert evaluation.details == {"unseen": {"south": 1}}
    assert evaluation.unlabelled == 1
    pages.show_evaluation(evaluation, None)
    assert "south" in capsys.readouterr().out


def test_rows_whose_answers_are_all_empty_have_a_type(run):
    nothing = {"x": [-1.0], "y": [-1.0]}
    answers = run.model.predict(nothing)
    assert answers.column("where").to_pylist() == [[]]
    assert str(answers.schema.field("where").type) == "list<item: string>"


def test_what_is_of_classes_is_refused(run):
    with pytest.raises(HomodalError, match="'sets' is for targets of classes"):
        run.model.predict(TABLE, sets=0.9)


def test_labels_beside_a_class_keep_their_thresholds(tmp_path):
    table = TABLE | {"side": ["left" if x < 0 else "right" for x in X]}
    run = homodal.train(
        table,
        target=["where", "side"],
        settings=SETTINGS | {"training.epochs": 1},
        out=tmp_path / "run",
    )
    fitted = homodal.load(run.folder).calibration.answers["fitted"]
    assert len(fitted["where"]["thresholds"]) == 2
    assert "where: f1_micro" in run.evaluation.scores
