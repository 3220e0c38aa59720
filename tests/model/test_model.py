"""One row out for each row in, from any columns, and what is lacking is said."""

import dataclasses

import numpy as np
import pyarrow as pa
import pytest

from homodal.calibration import Calibration
from homodal.errors import ColumnError, HomodalError


@pytest.fixture
def model(trained):
    return trained.model


@pytest.fixture
def rows(seen):
    """`rows(**changes)`: six rows of the training table with other cells in them."""
    _, table = seen

    def made(**changes):
        found = {name: cells[:6] for name, cells in table.items()} | changes
        return {name: cells for name, cells in found.items() if cells is not None}

    return made


def predict(model, seen, table, **options):
    return model.predict(table, media_root=seen[0], **options)


def test_columns_and_classes(model):
    assert model.columns == ["text", "image", "number"]
    assert model.classes == ["a", "b", "c"]


def test_one_row_out_for_each_row_in_and_in_order(model, seen):
    _, table = seen
    answers = predict(model, seen, table, probabilities=True)
    assert answers.column_names == ["label", "probability", "probabilities", "status"]
    assert len(answers) == 24
    turned = {name: cells[::-1] for name, cells in table.items()}
    back = predict(model, seen, turned, probabilities=True)
    np.testing.assert_allclose(
        np.array(back["probabilities"].to_pylist())[::-1],
        np.array(answers["probabilities"].to_pylist()),
        rtol=1e-5,
        atol=1e-6,
    )
    assert back["status"].to_pylist() == answers["status"].to_pylist()[::-1]


def test_an_answer_is_the_most_probable_class(model, seen, rows):
    answers = predict(model, seen, rows(), probabilities=True).to_pylist()
    for row in answers:
        assert sum(row["probabilities"]) == pytest.approx(1)
        assert row["probability"] == pytest.approx(max(row["probabilities"]))
        best = int(np.argmax(row["probabilities"]))
        assert row["label"] == model.classes[best]


def test_status_names_what_is_absent_or_bad(model, seen, rows):
    table = rows(
        text=["a red bird", None, "the sea", "a", "b", None],
        image=["nowhere.png", None, None, None, None, "nowhere.png"],
        number=[1.0, 2.0, None, "many", 5.0, None],
    )
    table["number"] = [None if n is None else str(n) for n in table["number"]]
    answers = predict(model, seen, table).to_pylist()
    status = [row["status"] for row in answers]
    assert status[0].startswith("bad: image (no such file")
    assert status[1] == "absent: text; absent: image"
    assert status[2] == "absent: image; absent: number"
    assert "bad: number (not a number: 'many'" in status[3]
    assert status[5].startswith("no answer: absent: text; bad: image")
    assert [row["label"] is None for row in answers] == [False] * 5 + [True]
    assert answers[5]["probability"] is None


def test_what_the_table_lacks_is_said_once(model, seen, rows, capsys):
    table = rows(image=None, number=None, label=None)
    answers = predict(model, seen, table)
    said = capsys.readouterr()
    assert said.err == "Going on without 'image', 'number': not in the table\n"
    assert said.out == ""
    assert len(answers) == 6
    assert all("absent: image" in s for s in answers["status"].to_pylist())


def test_a_column_that_is_not_there_is_as_one_without_cells(model, seen, rows):
    without = predict(model, seen, rows(image=None))
    empty = predict(model, seen, rows(image=[None] * 6))
    assert without.equals(empty)


def test_columns_in_another_order_and_of_other_names(model, seen, rows):
    table = rows()
    turned = dict(reversed(table.items())) | {"more": list("abcdef")}
    assert predict(model, seen, turned).equals(predict(model, seen, table))


def test_a_table_without_any_of_the_columns(model, seen):
    message = "none of the model's columns.*text, image, number.*Got other"
    with pytest.raises(ColumnError, match=message):
        predict(model, seen, {"other": [1, 2]})


def test_a_table_without_rows_has_no_answers(model, seen, rows):
    import pyarrow as pa

    empty = pa.table(rows()).slice(0, 0)
    answers = predict(model, seen, empty, probabilities=True)
    assert len(answers) == 0
    assert answers.column_names == ["label", "probability", "probabilities", "status"]


def test_probabilities_of_all_rows(model, seen, rows):
    found = model.probabilities(rows(text=[None] * 6), media_root=seen[0])
    assert found.shape == (6, 3)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)


def last_empty(rows):
    """Six rows, the last without one cell."""
    return {name: [*cells[:5], None] for name, cells in rows().items()}


def test_unsure_rows_are_left_without_an_answer(model, seen, rows):
    every = predict(model, seen, last_empty(rows)).to_pylist()
    threshold = float(np.median([r["probability"] for r in every[:5]])) + 1e-9
    some = predict(model, seen, last_empty(rows), abstain_below=threshold).to_pylist()
    for before, after in zip(every[:5], some[:5], strict=True):
        unsure = before["probability"] < threshold
        assert (after["label"] is None) == unsure
        assert after["status"].startswith("abstained: below") == unsure
        assert after["probability"] == before["probability"]
    assert {r["label"] is None for r in some[:5]} == {True, False}
    assert some[5] == every[5]
    with pytest.raises(HomodalError, match="'abstain_below' is no probability"):
        predict(model, seen, last_empty(rows), abstain_below=80)


def test_sets_hold_the_likeliest_labels_first(model, seen, rows):
    answers = predict(
        model, seen, last_empty(rows), sets=0.9, probabilities=True
    ).to_pylist()
    assert answers[5]["set"] is None
    for row in answers[:5]:
        assert row["set"][0] == row["label"]
        likely = [row["probabilities"][model.classes.index(c)] for c in row["set"]]
        assert likely == sorted(likely, reverse=True)
    with pytest.raises(HomodalError, match=r"level 0\.5"):
        predict(model, seen, last_empty(rows), sets=0.5)


def test_probabilities_are_those_of_the_temperature(model, seen, rows):
    warm = dataclasses.replace(model, calibration=Calibration(temperature=4.0))
    cold = dataclasses.replace(model, calibration=Calibration())
    hot, plain = (
        np.log(m.probabilities(rows(), media_root=seen[0])) for m in (warm, cold)
    )
    np.testing.assert_allclose(
        hot - hot[:, :1], (plain - plain[:, :1]) / 4, rtol=1e-4, atol=1e-6
    )


def test_pieces_are_the_whole_and_the_gaps_are_listed(
    model, seen, monkeypatch, tmp_path
):
    folder, table = seen
    whole = predict(model, seen, table, probabilities=True, sets=0.9)
    monkeypatch.setattr("homodal.model.model._PIECE_ROWS", 10)
    path = tmp_path / "gaps.csv"
    pieces = list(
        model.predict_pieces(
            table, media_root=folder, probabilities=True, sets=0.9, quarantine=path
        )
    )
    assert [len(piece) for piece in pieces] == [10, 10, 4]
    joined = pa.concat_tables(pieces)
    assert joined.drop(["probability", "probabilities"]) == whole.drop(
        ["probability", "probabilities"]
    )
    np.testing.assert_allclose(
        joined["probability"].to_numpy(), whole["probability"].to_numpy(), rtol=1e-5
    )
    gaps = sum(cell is None for name in model.columns for cell in table[name])
    assert len(path.read_text().splitlines()) == 1 + gaps > 1
