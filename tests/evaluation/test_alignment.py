"""What meets what, of a model that was trained on words with times and numbers."""

import io
import json

import numpy as np
import pytest
from PIL import Image

import homodal
from homodal.errors import HomodalError, TableError
from homodal.evaluation.alignment import CLOCK

pytestmark = pytest.mark.usefixtures("eagerly")
WORDS = ("red", "green", "blue", "white")


def said(row):
    words = [WORDS[row % 2], WORDS[2 + row // 2 % 2]]
    return json.dumps([[0.5 * i, 0.5 * i + 0.25, w] for i, w in enumerate(words)])


TABLE = {
    "words": [said(row) for row in range(24)],
    "size": [float(row % 3) if row % 4 else None for row in range(24)],
    "label": ["ab"[row % 2] for row in range(24)],
}


def run_with(folder, fusion):
    settings = {
        "encoder.width": 8,
        "encoder.depth": 1,
        "fusion": {"name": fusion, "width": 8},
        "training.epochs": 1,
        "columns.size": "number",
    }
    return homodal.train(TABLE, target="label", settings=settings, out=folder)


def test_the_steps_that_meet_and_their_picture(tmp_path):
    run = run_with(tmp_path / "run", "early")
    column = next(c for c in run.model.preparation.columns if c.name == "words")
    assert column.modality == "timed_text"  # recognised
    found = homodal.alignment(run.model, TABLE, row=2)
    pairs = {pair.asked: pair for pair in found.pairs}
    assert set(pairs) == {"words", "size"}
    assert {pair.asker for pair in found.pairs} == {CLOCK}
    words = pairs["words"]
    assert words.asked_words == ["green", "blue"]
    np.testing.assert_allclose(words.asked_seconds, [[0, 0.25], [0.5, 0.75]])
    np.testing.assert_allclose(words.asker_seconds[[0, -1], [0, 1]], [0, 0.75])
    np.testing.assert_allclose(words.weights.sum(axis=1), [1, 1], atol=1e-5)
    assert pairs["size"].asked_seconds is None
    path = tmp_path / "alignment.png"
    assert Image.open(io.BytesIO(found.to_png(path))).width > 500
    assert path.is_file()
    # of a row without a size there is nothing to align it with, also after loading
    (only,) = homodal.alignment(tmp_path / "run", TABLE, row=1).pairs
    assert only.asked == "words"
    with pytest.raises(TableError, match="has no row 25"):
        homodal.alignment(run.model, TABLE, row=25)


def test_columns_that_ask_each_other(tmp_path):
    run = run_with(tmp_path / "run", "cross_attention")
    found = homodal.alignment(run.model, TABLE, row=2)
    assert {(p.asker, p.asked) for p in found.pairs} == {
        ("words", "size"),
        ("size", "words"),
    }
    pair = next(p for p in found.pairs if p.asked == "words")
    assert pair.weights.shape == (1, 2) and pair.asked_words == ["green", "blue"]


def test_a_fusion_that_aligns_nothing_says_so(trained):
    with pytest.raises(HomodalError, match=r"'gated' aligns no steps.*fusion=early"):
        homodal.alignment(trained.model, TABLE)
