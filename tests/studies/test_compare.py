"""A comparison from end to end on a table with gaps: equal rows, gone on with."""

import json

import pytest

import homodal
from homodal.demo.tasks import paired
from homodal.errors import RecipeError, TrainingError

pytestmark = pytest.mark.usefixtures("eagerly")
KINDS = {"number_1": "number", "category_2": "category"}
DEEPER = {"name": "cnn", "width": 8, "depth": 2}
APART = {  # of encoders that differ, or both columns would be one block
    "number_1": "number",
    "category_2": {"modality": "category", "encoder": DEEPER},
}
SETTINGS = {
    "encoder.width": 8,
    "encoder.depth": 1,
    "fusion.width": 8,
    "columns": KINDS,
    "training.epochs": 2,
    "training.batch_size": 16,
}


@pytest.fixture(scope="module")
def table():
    table = paired(rows=60, kinds=("number", "category"))
    table["category_2"][::7] = [None] * 9
    return table


def compared(table, out, announce=None, **changes):
    told = {"target": "label", "fusions": ["mean"], "seeds": 1, "settings": SETTINGS}
    told |= {"removed": [0.5], "announce": announce}
    return homodal.compare(table, out=out, **(told | changes))


@pytest.fixture(scope="module")
def study(table, tmp_path_factory):
    """`(Comparison, announced)` of one seed."""
    out, announced = tmp_path_factory.mktemp("compare") / "study", []
    found = compared(table, out, lambda *told: announced.append(told))
    return found, announced


def test_every_candidate_is_trained_and_scored_on_the_same_rows(study):
    found, announced = study
    names = {line.title for line in found.lines}
    assert names == {"mean", "late", "number_1 alone", "category_2 alone", "one text"}
    assert [place for _, place, total in announced] == [1, 2, 3, 4, 5]
    assert found.finished and not found.failed and found.rows == 12
    trials = (found.folder / "trials.jsonl").read_text().splitlines()
    predicted = [json.loads(text)["predicted"] for text in trials]
    assert {len(p[share]) for p in predicted for share in ("0", "0.5")} == {12}
    for line, (trial, *_) in zip(found.lines, _best_first(announced), strict=True):
        assert line.accuracy["value"] == trial["accuracy"]  # of one seed
        assert line.parameters > 0 and line.seconds > 0 and line.step_ms > 0


def _best_first(announced):
    return sorted(announced, key=lambda told: -told[0]["accuracy"])


def test_what_is_rehearsed_is_paid_for_and_swept_away(table, tmp_path):
    found = compared(
        table,
        tmp_path / "study",
        vary={"training.balance": ["umt"]},
        fusions=["late"],
        alone=False,
        settings=SETTINGS | {"training.epochs": 1, "columns": APART},
    )
    (line,) = found.lines
    (folder,) = (path for path in found.folder.iterdir() if path.is_dir())
    lines = (folder / "journal.jsonl").read_text().splitlines()
    events = [json.loads(text) for text in lines]
    spent = {e["event"]: e["seconds"] for e in events if "seconds" in e}
    assert line.seconds == pytest.approx(spent["teachers"] + spent["epoch"])
    assert not list(folder.glob("*.safetensors"))


def test_it_is_written_with_a_picture_and_each_model(study):
    found, _ = study
    written = json.loads((found.folder / "comparison.json").read_text())
    assert written["advice"] == found.advice
    assert found.advice.startswith("Choose ")
    assert (found.folder / "comparison.png").read_bytes().startswith(b"\x89PNG")
    bundles = list(found.folder.glob("*/bundle"))
    assert len(bundles) == 5
    assert not list(found.folder.glob("*/checkpoints"))
    alone = next(b for b in bundles if "alone_number_1" in str(b))
    assert homodal.load(alone).columns == ["number_1"]


def test_what_is_done_is_not_trained_again(study, table):
    found, _ = study
    ledger = found.folder / "trials.jsonl"
    lines = ledger.read_text().splitlines(keepends=True)
    announced = []
    compared(table, found.folder, lambda *told: announced.append(told))
    assert announced == []
    ledger.write_text("".join(lines[:-1]))  # as if killed before the last was noted
    again = compared(table, found.folder, lambda *told: announced.append(told))
    assert [trial["title"] for trial, *_ in announced] == ["one text"]
    assert again.lines == found.lines or len(again.lines) == 5
    same = [json.loads(text)["predicted"] for text in (lines[-1],)]
    assert json.loads(ledger.read_text().splitlines()[-1])["predicted"] == same[0]


def test_another_table_or_recipe_does_not_mix(study, table):
    found, _ = study
    with pytest.raises(TrainingError, match="another recipe"):
        compared(table, found.folder, settings=SETTINGS | {"training.epochs": 3})
    shorter = {name: cells[:50] for name, cells in table.items()}
    with pytest.raises(TrainingError, match="another table"):
        compared(shorter, found.folder)


def test_what_cannot_be_trained_does_not_stop_the_rest(table, tmp_path):
    found = compared(
        table,
        tmp_path / "study",
        fusions=["film", "late"],
        settings=SETTINGS | {"fusion": {"name": "film", "anchor": "nobody"}},
        alone=False,
    )
    assert [line.title for line in found.lines] == ["late"]
    assert "no column 'nobody'" in found.failed["film"]


def test_a_comparison_needs_a_seed(table, tmp_path):
    with pytest.raises(RecipeError, match="needs a seed"):
        compared(table, tmp_path / "study", seeds=0)


def test_a_comparison_needs_a_target(table, tmp_path):
    with pytest.raises(RecipeError, match="no target"):
        compared(table, tmp_path / "study", target=None)
