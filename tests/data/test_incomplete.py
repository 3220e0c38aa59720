"""No sound loses a part whose words are learned."""

import io

import numpy as np
import pytest
import soundfile

from homodal.data.incomplete import complete_rows
from homodal.data.preparation import prepare
from homodal.data.schema import recognise
from homodal.data.store import stored
from homodal.errors import TargetError
from homodal.recipe import Recipe
from homodal.tables.table import Table

WORDS = "one two three four five six seven eight".split()


def sound(seconds, seed):
    file = io.BytesIO()
    samples = np.random.default_rng(seed).normal(0, 0.1, round(seconds * 8000))
    soundfile.write(file, samples, 8000, format="WAV")
    return file.getvalue()


@pytest.fixture
def opened(tmp_path):
    """`opened(cells, options, target)`: what `complete_rows` takes of such sounds."""

    def make(cells, options, target="transcript"):
        texts = [f"{WORDS[i]} {WORDS[-i - 1]}" for i in range(len(cells))]
        table = Table.open({"sound": cells, "said": texts})
        columns = {
            "sound": {"modality": "audio", "rate_hz": 8000} | options,
            "said": {"modality": target},
        }
        recipe = Recipe().with_settings({"target": "said", "columns": columns})
        schema, rows = recognise(table, recipe), np.arange(len(cells))
        made = prepare(table, schema, recipe, rows)
        columns = {c.slug: stored(table, c, tmp_path) for c in made.columns}
        return schema, made, columns, rows, "the table"

    return make


def test_rows_that_a_setting_cuts_are_refused_with_their_numbers(opened):
    cells = [sound(seconds, i) for i, seconds in enumerate((0.2, 0.7, 0.3, 0.6))]
    given = opened(cells, {"seconds": 0.5})
    with pytest.raises(TargetError) as error:
        complete_rows(*given)
    text = str(error.value)
    assert "2 cells of column 'sound' are longer than seconds=0.5" in text
    assert "row 2: cut at 0.5 s: it is longer; row 4" in text
    assert "--set columns.sound.seconds=1" in text
    assert complete_rows(*given, tolerant=True).tolist() == [0, 2]


def test_by_default_no_row_is_cut(opened, capsys):
    cells = [sound(seconds, i) for i, seconds in enumerate((0.2, 12.0, 29.9))]
    assert complete_rows(*opened(cells, {})).tolist() == [0, 1, 2]
    assert capsys.readouterr().err == ""


def test_rows_of_truncated_files_are_left_out_and_said(opened, capsys):
    cells = [sound(0.2, 0), sound(0.4, 1)[:3000], sound(0.3, 2)]
    given = opened(cells, {})
    assert complete_rows(*given).tolist() == [0, 2]
    assert capsys.readouterr().err == (
        "Left out of the table: 1 row whose sound lacks a part of what 'said' tells "
        "(row 2: 'sound', truncated sound: 2,956 of 6,400 bytes)\n"
    )
    with pytest.raises(TargetError, match="Every row of the table lacks a part"):
        complete_rows(*given[:3], np.array([1]), "the table")


def test_a_class_is_still_told_from_what_is_left(opened):
    cells = [sound(0.2, 0), sound(0.7, 1), sound(0.7, 2)[:3000]]
    given = opened(cells, {"seconds": 0.5}, "label")
    assert complete_rows(*given).tolist() == [0, 1, 2]
