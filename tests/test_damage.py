"""Rows in, rows out: damage costs the cells that have it, up to the answers."""

import csv
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import homodal
from homodal.data import accounting
from homodal.data.store import OK, stored
from homodal.modalities.audio import Audio
from homodal.tables.table import Table

STATUSES = ("absent", "bad", "repaired")
CLEAN_ROWS = 24
# column: {what stands in a cell: (status, a part of the reason)}
DAMAGE = {
    "face": {
        "": ("absent", ""),
        None: ("absent", ""),
        "gone.png": ("bad", "no such file"),
        "torn.jpg": ("bad", "truncated"),
        "empty.png": ("bad", "empty file"),
        "page.png": ("bad", "not an image"),
        "sound.png": ("bad", "not an image"),
        "../../x.png": ("bad", "outside the media folder"),
        "https://a/b.png": ("bad", "an address"),
        "a\0b.png": ("bad", "NUL"),
    },
    "words": {
        "  ": ("absent", ""),
        None: ("absent", ""),
        "\0\0": ("bad", "no letters"),
        "red\x1b[31m sea \ud800": ("repaired", "control characters"),
        "red sea " * 99: ("repaired", "cut at"),
    },
    "size": {
        "\t": ("absent", ""),
        None: ("absent", ""),
        "many": ("bad", "not a number"),
        "1e999": ("bad", ""),
        "1,5": ("bad", "not a number"),
    },
    "kind": {
        "": ("absent", ""),
        None: ("absent", ""),
        "x" * 9999: ("bad", ""),
        "y": ("repaired", "unknown category: 'y'"),
    },
}


@pytest.fixture(scope="module")
def learned(tmp_path_factory, tiny_settings):
    """A model of four kinds of columns, and what it makes of a table without damage."""
    folder = tmp_path_factory.mktemp("learned")
    rng = np.random.default_rng(0)
    for row in range(CLEAN_ROWS):
        pixels = rng.integers(0, 200, (8, 8, 3), dtype=np.uint8) + 50 * (row % 2)
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{row}.png")
    Image.fromarray(pixels.astype(np.uint8)).save(folder / "torn.jpg")
    (folder / "torn.jpg").write_bytes((folder / "torn.jpg").read_bytes()[:-99])
    (folder / "empty.png").write_bytes(b"")
    (folder / "page.png").write_bytes(b"<!doctype html><title>404</title>")
    shutil.copyfile(Audio().example(folder, rng), folder / "sound.png")
    words = ["red sea stone", "green tree bird", "blue moon fish sun"]
    clean = [
        {
            "face": f"{row}.png",
            "words": words[row % 3],
            "size": f"{rng.normal():.3f}",
            "kind": "uvw"[row % 3],
            "label": "ab"[row % 2],
        }
        for row in range(CLEAN_ROWS)
    ]
    table = Table.open(clean, folder)
    kinds = {"face": "image", "words": "text", "size": "number", "kind": "category"}
    model = homodal.train(
        table,
        target="label",
        settings=tiny_settings((), columns=kinds),
        out=folder / "run",
    ).model
    answers = model.predict(table, probabilities=True)
    columns = {c.name: stored(table, c) for c in model.preparation.columns}
    return model, folder, clean, columns, answers.to_pylist()


def _damaged(draw, clean):
    """Rows as `(place in the clean table, {column: what is put into its cell})`."""
    cells = {name: st.sampled_from(list(odd)) for name, odd in DAMAGE.items()}
    some = st.fixed_dictionaries({}, optional=cells)
    row = st.tuples(
        st.integers(0, clean - 1), st.just({}) | some | st.fixed_dictionaries(cells)
    )
    return draw(st.lists(row, min_size=1, max_size=40))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damage_costs_the_cells_that_have_it_and_nothing_else(learned, data):
    model, media, clean, whole, wanted = learned
    plan = data.draw(st.composite(_damaged)(CLEAN_ROWS))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.jsonl"
        lines = [json.dumps(clean[place] | damage) for place, damage in plan]
        path.write_text("\n".join(lines), encoding="utf-8")
        table = Table.open(path, media)
        quarantine = Path(folder) / accounting.QUARANTINE
        pieces = model.predict_pieces(table, probabilities=True, quarantine=quarantine)
        answers = [row for piece in pieces for row in piece.to_pylist()]
        listed = []
        if quarantine.exists():
            with quarantine.open(encoding="utf-8", newline="") as file:
                listed = list(csv.DictReader(file))
        found = {c.name: stored(table, c) for c in model.preparation.columns}
    assert len(answers) == len(table) == len(plan)
    expected = [
        (str(row), column, *DAMAGE[column][damage[column]])
        for row, (_, damage) in enumerate(plan, 1)
        for column in DAMAGE
        if column in damage
    ]
    assert len(listed) == len(expected)
    for line, (row, column, status, reason) in zip(listed, expected, strict=True):
        assert (line["row"], line["column"], line["status"]) == (row, column, status)
        assert reason in line["reason"] and bool(line["reason"]) == (status != "absent")
    for row, (place, damage) in enumerate(plan):
        for name, column in found.items():
            if name not in damage:
                assert column.status[row] == OK
                np.testing.assert_array_equal(
                    column.array(row), whole[name].array(place)
                )
        answer, undamaged = answers[row], wanted[place]
        kinds = {name: DAMAGE[name][cell][0] for name, cell in damage.items()}
        nothing = len(kinds) == len(DAMAGE) and "repaired" not in kinds.values()
        said = answer["status"].removeprefix("no answer: " if nothing else "")
        notes = [note.split(" (")[0] for note in said.split("; ")]
        told = [f"{kinds[name]}: {name}" for name in DAMAGE if name in kinds]
        assert [n for n in notes if n.partition(":")[0] in STATUSES] == told
        assert (answer["label"] is None) == nothing
        if not kinds:
            assert answer["status"] == "ok" and answer["label"] == undamaged["label"]
            np.testing.assert_allclose(
                answer["probabilities"], undamaged["probabilities"], atol=1e-5
            )
    for name, counts in accounting.summary(found).items():
        parts = ("ok", "repaired", "absent", "bad")
        assert sum(counts[part] for part in parts) == len(plan), name
