"""What a target's cells are, by counts over the whole column and by the inputs."""

import io
import random

import numpy as np
import pytest
import soundfile

from homodal.data.schema import recognise, schema_of
from homodal.errors import TargetError
from homodal.recipe import Recipe
from homodal.tables.table import Table


def target_of(cells, **inputs):
    rows = len(cells)
    inputs = inputs or {"x": [row * 1.5 for row in range(rows)]}
    schema = schema_of(Table.open({**inputs, "y": cells}), Recipe(target="y"))
    return schema.targets[0]


def sounds(rows):
    rng = np.random.default_rng(0)
    cells = []
    for _ in range(rows):
        file = io.BytesIO()
        soundfile.write(file, rng.normal(0, 0.1, 800), 8000, format="WAV")
        cells.append(file.getvalue())
    return cells


def test_many_class_names_of_several_words_are_classes():
    names = [f"please {verb} the {noun}" for verb in "abcdefghij" for noun in "klmnopq"]
    random.seed(0)
    target = target_of([random.choice(names) for _ in range(1500)])
    assert target.modality == "label"
    assert "70 different answers in 1,500" in target.why


def test_a_transcript_needs_a_sound():
    texts = [f"word {row} and number {row * 7}" for row in range(30)]
    heard = target_of(texts, sound=sounds(30))
    assert heard.modality == "transcript"
    with pytest.raises(TargetError, match=r"label of its own in 'y': .*identifier"):
        target_of(texts)


def test_few_sentences_beside_a_sound_are_classes():
    texts = ["turn the light on", "turn it off", "play some music"] * 20
    assert target_of(texts, sound=sounds(60)).modality == "label"


NAMES = {
    "city and state": ["Portland, OR", "Portland, ME", "Salem, OR", "Salem, MA"],
    "last and first": ["Smith, Anna", "Smith, John", "Lee, Anna", "Lee, John"],
    "cells": ["T cell", "T cell, CD4", "B cell", "B cell, naive"],
    "size and colour": ["red, large", "red, small", "blue, large", "blue, small"],
    "departments": ["Culture, sports, events", "Roads, bridges", "Parks, gardens"],
    "companies": ["AT&T; Inc", "Smith; Co", "Lee; Co", "Kim; Inc"],
    "pipes": ["yes|no", "no|yes", "maybe"],
}


@pytest.mark.parametrize("kind", NAMES)
def test_signs_in_names_do_not_make_labels(kind):
    assert target_of(NAMES[kind] * 30).modality == "label"


@pytest.mark.parametrize(
    "cells",
    [
        ["a,b", "b", "a,c", "c,b", "a"],
        ["a;b", "b;c", "a;c", "b"],
        ["drama|comedy", "comedy", "comedy|war", "war|drama"],
    ],
)
def test_names_that_recombine_are_labels(cells):
    assert target_of(cells * 30).modality == "labels"


def test_an_identifier_is_no_target():
    with pytest.raises(TargetError, match=r"is it an identifier.*such as 'k"):
        target_of([f"k{row}" for row in range(40)])


def test_a_target_that_is_mostly_different_says_what_it_looks_like():
    texts = [f"the red bird number {row // 2} sings" for row in range(60)]
    assert target_of([*texts[:40], *["a b c d e f"] * 20]).modality == "label"
    target = target_of([*texts[:30], *[f"{t} x" for t in texts[::2]]])
    assert "they look like text" in target.why


def test_half_numbers_are_a_number_target_for_all():
    schema = recognise(
        Table.open({"x": [row * 1.5 for row in range(90)], "y": [0.5, 1.5, 2.5] * 30}),
        Recipe(target="y"),
    )
    assert schema.targets[0].modality == "number"


def test_cells_of_no_kind_are_shown():
    cells = [{"a": row} for row in range(30)]
    table = Table.open({"x": cells, "n": [row * 1.5 for row in range(30)]})
    column = schema_of(table, Recipe()).columns[0]
    assert column.role == "ignored"
    assert "no known kind, such as {'a':" in column.why
    assert not column.looks_like


def test_dates_as_classes_are_said_to_be_dates():
    """They repeat, and so they may be classes; what they are is said."""
    size = [row % 7 * 1.5 for row in range(60)]
    for cells, looks in (
        ([f"2024-01-{1 + row % 20:02d}" for row in range(60)], "look like date"),
        ([f"{row % 12:02d}:30" for row in range(60)], "look like date"),
        (["ABC"[row % 3] for row in range(60)], None),
        ([f"{row % 5}" for row in range(60)], None),
    ):
        table = Table.open({"size": size, "y": cells})
        (found,) = schema_of(table, Recipe(target="y")).targets
        assert found.modality == "label"
        assert (looks in found.why) if looks else ("look like" not in found.why)
