"""Which text a target of tags belongs to, and that they go word by word."""

import numpy as np
import pytest

from homodal.data.schema import recognise
from homodal.data.tagging import without_words
from homodal.errors import RecipeError, TargetError
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.training.session import open_session

SAID = ["play songs by red bird now", "play jazz", "rain in old town", "rain soon"]
TEXTS = [f"{SAID[i % 4]} please{i}" for i in range(32)]
SLOTS = ["O O O B-by I-by O O", "O B-kind O", "O O B-where I-where O", "O B-when O"] * 8
TABLE = {"said": TEXTS, "slots": SLOTS, "size": [float(i % 5) for i in range(32)]}


def recipe(**settings):
    return Recipe().with_settings({"target": "slots"} | settings)


def column(schema, name):
    return next(c for c in schema.columns if c.name == name)


def test_the_only_text_is_the_one_and_its_words_are_spelled():
    schema = recognise(Table.open(TABLE), recipe())
    assert column(schema, "slots").modality == "tags"
    assert column(schema, "slots").options == {"scheme": "bio", "of": "said"}
    assert column(schema, "said").options["units"] == "spelled"


def test_of_two_texts_one_is_named():
    notes = [f"what a long and windy note this is {i}" for i in range(32)]
    table = Table.open(TABLE | {"note": notes})
    with pytest.raises(RecipeError, match=r"one of: note, said.*columns\.slots\.of="):
        recognise(table, recipe())
    with pytest.raises(RecipeError, match="Got size"):
        recognise(table, recipe(**{"columns.slots.of": "size"}))
    schema = recognise(table, recipe(**{"columns.slots.of": "said"}))
    assert column(schema, "slots").options["of"] == "said"
    assert column(schema, "note").options["units"] == "word"


def test_without_a_text_there_is_nothing_to_tag():
    with pytest.raises(RecipeError, match="Got no text column"):
        recognise(Table.open(TABLE), recipe(), only=["size"])


def test_a_text_that_is_cut_otherwise_is_refused():
    with pytest.raises(RecipeError, match=r"units: spelled\. Got units: character"):
        recognise(Table.open(TABLE), recipe(**{"columns.said.units": "character"}))


@pytest.mark.parametrize("target", ["slots", "slots,size"])
def test_a_row_with_more_tags_than_words_is_named(target):
    uneven = list(SLOTS)
    uneven[6] = "O O O O"
    table = Table.open(TABLE | {"slots": uneven})
    settings = recipe(target=target) if target == "slots" else recipe()
    if target != "slots":
        settings = settings.with_settings({"target": target})
        table = Table.open(TABLE | {"slots": uneven, "more": TABLE["size"]})
    with pytest.raises(TargetError, match=r"Row 7 .*Expected 5 tags.*Got 4 tags"):
        open_session(table, settings)


def test_rows_that_lack_words_or_tags_are_passed_over_and_long_ones_cut():
    texts, slots = list(TEXTS), list(SLOTS)
    texts[3], slots[5] = None, None
    long = {"columns.said.max_tokens": 4}
    session = open_session(
        Table.open(TABLE | {"said": texts, "slots": slots}), recipe(**long)
    )
    assert session.recipe.columns["slots"]["of"] == "said"
    assert session.recipe.head["name"] == "tag"
    assert session.recipe.fusion["name"] == "anchored"
    stored = session.train.columns["said"]
    assert stored.lengths.max() == 4 and stored.lengths[3] == 0


def test_rows_without_their_text_have_no_tags():
    texts = list(TEXTS)
    texts[1] = None
    session = open_session(Table.open(TABLE | {"said": texts}), recipe())
    answers = {"tags": ["O", "O O", "O"], "confidence": [[1.0], [1.0, 1.0], [1.0]]}
    rows = np.array([0, 1, 2])
    for only, wanted in (((), ["O", "", "O"]), (("size",), ["", "", ""])):
        batches = session.train.batches(8, only=only)
        found = without_words(answers, session.preparation, batches, rows)
        assert found["tags"] == wanted
        assert [len(row) for row in found["confidence"]] == [len(t) for t in wanted]
