"""Over random tables: no cell is lost or changed without its status saying so.

Each table has columns of random kinds under odd names. The rows to train on are whole;
the rows to answer hold cells that are absent, unreadable, cut, clipped or unknown, and
each of them is expected to be named with its reason.
"""

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import homodal
from homodal.checks.check import check
from homodal.data import accounting
from homodal.data.reading import STATUS_NAMES
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.training.session import by_name, open_rows, open_session

TRAIN_ROWS, NEW_ROWS = 40, 14
NAMES = (
    "status", "probability", "probabilities", "set", "present", "weight", "head",
    "fusion", "a,b", "a.b", "x=y", "Größe in m²", "文本", "a\u2028b", "two  words",
    "a: low", "'quoted'", "1", "no", "label of it", "table", "%", "training",
)  # fmt: skip
WORDS = "red green blue small large round bird tree house sea runs sings".split()


@dataclass(frozen=True)
class Kind:
    """One kind of column: its whole cells, and odd ones as `(cell, status, reason)`.

    whole: `whole(rng)`; odd: `odd(rng)`, a list. settings: what the column is told.
    """

    whole: object
    odd: object
    settings: object = None


def _picture(rng, size=(8, 8)):
    file = io.BytesIO()
    pixels = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def _sound(rng, seconds=0.2, form="WAV"):
    file = io.BytesIO()
    samples = rng.normal(0, 0.1, int(8000 * seconds))
    soundfile.write(file, samples, 8000, format=form)
    return file.getvalue()


def _words(rng, count=8):
    return " ".join(rng.choice(WORDS, count))


KINDS = {
    "number": Kind(
        lambda rng: f"{rng.normal(20, 5):.3f}",
        lambda rng: [
            ("", "absent", ""),
            ("N/A", "absent", ""),
            ("twenty", "bad", "not a number"),
            ("inf", "bad", ""),
            ("1e12", "repaired", "deviations"),
            ("-1e12", "repaired", "deviations"),
        ],
    ),
    "category": Kind(
        lambda rng: str(rng.choice(["north", "south", "east"])),
        lambda rng: [
            (None, "absent", ""),
            ("upward", "repaired", "upward"),
            ("x" * 999, "bad", "too long"),
        ],
    ),
    "date": Kind(
        lambda rng: f"2023-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}",
        lambda rng: [
            ("null", "absent", ""),
            ("2023-02-31", "bad", ""),
            ("some day", "bad", ""),
        ],
    ),
    "vector": Kind(
        lambda rng: [round(float(x), 3) for x in rng.normal(size=4)],
        lambda rng: [
            (None, "absent", ""),
            ([1.0, 2.0], "bad", ""),
            ([1.0, 2.0, float("inf"), 0.0], "bad", ""),
        ],
    ),
    "text": Kind(
        _words,
        lambda rng: [
            (" ", "absent", ""),
            ("#N/A", "absent", ""),
            (_words(rng, 60), "repaired", "cut at"),
            ("red \x07 bird sings in a tree", "repaired", "control"),
        ],
        {"modality": "text", "max_tokens": 16},
    ),
    "image": Kind(
        _picture,
        lambda rng: [
            (None, "absent", ""),
            (b"no picture at all", "bad", ""),
            (_picture(rng)[:60], "bad", ""),
        ],
    ),
    "audio": Kind(
        _sound,
        lambda rng: [
            (None, "absent", ""),
            (b"RIFF and nothing more", "bad", ""),
            (_sound(rng, 2.0), "repaired", "1"),
            (_sound(rng, 0.9)[:-4000], "repaired", ""),
        ],
        {"modality": "audio", "seconds": 1.0},
    ),
}


@dataclass(frozen=True)
class Example:
    """A table to train on, one to answer, and what is odd: `{(row, column): ...}`."""

    train: dict
    new: dict
    target: str
    settings: dict
    odd: dict


def _sample(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 5))
    names = list(map(str, rng.choice(NAMES, count + 1, replace=False)))
    target, inputs = names[0], names[1:]
    kinds = dict(zip(inputs, rng.choice(list(KINDS), count), strict=True))
    train, new, odd, told = {}, {}, {}, {}
    for name, kind in kinds.items():
        part = KINDS[kind]
        train[name] = [part.whole(rng) for _ in range(TRAIN_ROWS)]
        new[name] = [part.whole(rng) for _ in range(NEW_ROWS)]
        for row in np.flatnonzero(rng.random(NEW_ROWS) < 0.3).tolist():
            choices = part.odd(rng)
            cell, status, reason = choices[int(rng.integers(len(choices)))]
            new[name][row] = cell
            odd[row, name] = status, reason
        told[f'columns."{name}"'] = part.settings or str(kind)
    train[target] = [["up", "down"][row % 2] for row in range(TRAIN_ROWS)]
    return Example(train, new, target, told, odd)


def _expected(sample, row):
    """The starts of the notes that a row's status holds, in the order of columns."""
    return [
        f"{sample.odd[row, name][0]}: {name}"
        for name in sample.new
        if (row, name) in sample.odd
    ]


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.integers(0, 10_000))
def test_every_odd_cell_is_in_the_status_with_its_reason(seed):
    sample = _sample(seed)
    recipe = Recipe().with_settings({"target": sample.target} | sample.settings)
    session = open_session(Table.open(sample.train), recipe)
    rows = open_rows(Table.open(sample.new), session.preparation)
    columns = by_name(session.preparation, rows.columns)
    assert list(columns) == list(sample.new)
    for name, column in columns.items():
        assert len(column) == NEW_ROWS
        for row in range(NEW_ROWS):
            status, reason = sample.odd.get((row, name), ("ok", ""))
            where = f"row {row} of {name!r}: {sample.new[name][row]!r:.80}"
            assert STATUS_NAMES[column.status[row]] == status, where
            assert reason in column.reasons.get(row, ""), where
            assert bool(column.reasons.get(row)) == (status in ("bad", "repaired"))
    texts = accounting.row_status(columns, np.arange(NEW_ROWS))
    for row, text in enumerate(texts):
        expected = _expected(sample, row)
        assert all(note in text for note in expected)
        assert (text == "ok") == (not expected)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.integers(0, 10_000))
def test_check_and_training_agree_about_every_column(seed):
    sample = _sample(seed)
    options = {k: v for k, v in sample.settings.items() if isinstance(v, dict)}
    recipe = Recipe().with_settings({"target": sample.target} | options)
    schema = open_session(Table.open(sample.train), recipe).schema
    checked = check(sample.train, target=sample.target, settings=options).columns()
    assert list(checked) == list(sample.train) == [c.name for c in schema.columns]
    for column in schema.columns:
        seen = checked[column.name]
        kind = column.modality if column.role in ("input", "target") else None
        assert (seen["role"], seen["kind"]) == (column.role, kind)
    kinds = {c.name: c.modality for c in schema.inputs}
    for name, told in sample.settings.items():
        kind = told if isinstance(told, str) else told["modality"]
        assert kinds[name.removeprefix("columns.").strip('"')] == kind


@pytest.mark.usefixtures("eagerly")
@pytest.mark.parametrize("seed", [1, 2])
def test_rows_in_are_rows_out_and_every_name_survives(seed, tiny_settings, tmp_path):
    sample = _sample(seed)
    run = homodal.train(
        sample.train,
        target=sample.target,
        settings=tiny_settings(()) | sample.settings,
        out=tmp_path / "run",
    )
    answers = run.model.predict(sample.new, probabilities=True)
    assert answers.num_rows == NEW_ROWS
    assert sample.target in answers.column_names
    assert set(answers.column(sample.target).to_pylist()) <= {"up", "down", None}
    again = homodal.load(run.folder).predict(sample.new, probabilities=True)
    assert again.equals(answers)
    description = homodal.describe(
        sample.train,
        target=sample.target,
        settings=tiny_settings(()) | sample.settings,
    )
    described = {c.name: (c.role, c.modality) for c in description.schema.columns}
    trained = {c.name: (c.role, c.modality) for c in run.model.schema.columns}
    assert described == trained
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.parquet"
        from homodal.tables.answers import write

        write(answers, path, run.model.classes)
        assert Table.open(path).columns[0] == sample.target
