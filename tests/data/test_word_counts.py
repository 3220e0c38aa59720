"""Lists and texts that have as many parts as a text has words are tags of it."""

import numpy as np
import pytest

from homodal.data.schema import recognise
from homodal.recipe import Recipe
from homodal.tables.table import Table

ROWS = 60
WORDS = [
    "the bird sings over a house",
    "a cat runs",
    "green trees",
    "it snows now here",
]
KINDS = {"the": "DET", "a": "DET", "over": "ADP", "now": "ADV", "here": "ADV"}
TEXTS = [f"{WORDS[row % 4]} w{row}" for row in range(ROWS)]
PARTS = [[KINDS.get(word, "NOUN") for word in text.split()] for text in TEXTS]
NUMBERS = [[sorted({*KINDS.values(), "NOUN"}).index(t) for t in row] for row in PARTS]


def target(cells, **columns):
    table = Table.open({"text": TEXTS, "y": cells} | columns)
    kinds = {name: {"modality": "text"} for name in ("text", *columns)}
    (found,) = recognise(table, Recipe(target="y", columns=kinds)).targets
    return found


@pytest.mark.parametrize(
    "cells",
    [
        PARTS,
        [" ".join(row) for row in PARTS],
        [str(row) for row in PARTS],
        NUMBERS,
    ],
    ids=["lists", "texts", "texts of lists", "numbers"],
)
def test_as_many_names_as_words_are_tags(cells):
    found = target(cells)
    assert (found.modality, found.options["scheme"]) == ("tags", "plain")
    assert found.options["of"] == "text"
    assert "as many as 'text' has words" in found.why


def test_lists_of_other_lengths_are_labels():
    names = [["sun", "sea"][: 1 + row % 2] for row in range(ROWS)]
    assert target(names).modality == "labels"
    assert target(
        [["x", "y", "z", "v"][row % 3 :] for row in range(ROWS)]
    ).modality == ("labels")


def test_as_many_words_by_chance_are_no_tags():
    """Two words everywhere, in the text and in the class."""
    rng = np.random.default_rng(0)
    texts = [f"w{a} w{b}" for a, b in rng.integers(0, 99, (ROWS, 2))]
    classes = rng.choice(["new york", "los angeles"], ROWS).tolist()
    table = Table.open({"text": texts, "y": classes})
    columns = {"text": {"modality": "text"}}
    (found,) = recognise(table, Recipe(target="y", columns=columns)).targets
    assert found.modality == "label"


def test_few_sentences_that_repeat_are_read_word_by_word_where_tags_go_with_them():
    """20 rows of each: without tags they are a category."""
    texts = [WORDS[row % 4] for row in range(ROWS)]
    tags = [[KINDS.get(word, "NOUN") for word in text.split()] for text in texts]
    size = [row % 7 * 1.5 for row in range(ROWS)]
    table = Table.open({"said": texts, "size": size, "y": tags})
    schema = recognise(table, Recipe(target="y"))
    kinds = {column.name: column.modality for column in schema.columns}
    assert kinds == {"said": "text", "size": "number", "y": "tags"}
    named = Recipe(target="y", columns={"said": {"modality": "category"}})
    kinds = {c.name: c.modality for c in recognise(table, named).columns}
    assert kinds == {"said": "category", "size": "number", "y": "labels"}
