"""Columns are recognised on evidence, or told; what is left out says why."""

import numpy as np
import pytest

from homodal.data.sampling import sample
from homodal.data.schema import Schema, lines_of_unused, recognise, schema_of, setting
from homodal.errors import ColumnError, RecipeError, TargetError
from homodal.recipe import Recipe
from homodal.tables.table import Table

MODALITIES = ("text", "image", "audio", "video", "number", "category")
RECIPE = Recipe.from_dict({"target": "label"})


@pytest.fixture(scope="module")
def table(tmp_path_factory, tiny_table):
    folder = tmp_path_factory.mktemp("schema")
    columns = tiny_table(folder, MODALITIES, rows=12)
    columns["empty"] = [None] * 12
    columns["id"] = [f"k-{row:03}" for row in range(12)]
    return Table.open(columns, media_root=folder)


def column(schema, name):
    return next(c for c in schema.columns if c.name == name)


@pytest.fixture(scope="module")
def schema(table):
    return recognise(table, RECIPE)


@pytest.mark.parametrize("name", MODALITIES)
def test_every_kind_is_recognised_with_evidence(schema, name):
    found = column(schema, name)
    assert (found.role, found.modality) == ("input", name)
    assert 0.5 <= found.confidence <= 1
    assert any(letter.isdigit() for letter in found.why)


def test_media_are_measured(schema):
    image = column(schema, "image").options
    assert (image["height_px"], image["width_px"], image["channels"]) == (12, 16, 3)
    assert column(schema, "audio").options["rate_hz"] == 8000


def test_inputs_keep_the_order_of_the_table(schema):
    assert [c.name for c in schema.inputs] == list(MODALITIES)
    assert [c.name for c in schema.targets] == ["label"]


def test_what_is_left_out_says_why(schema):
    empty, codes = column(schema, "empty"), column(schema, "id")
    assert (empty.role, empty.why) == ("ignored", "every cell is empty")
    assert codes.role == "ignored"
    assert codes.why == "identifier: every cell is different"


def test_a_kind_that_is_told_wins(table):
    recipe = RECIPE.with_settings(
        {"columns.id": "text", "columns.empty": "audio", "columns.video": "audio"}
    )
    schema = recognise(table, recipe)
    assert [column(schema, n).modality for n in ("id", "empty", "video")] == [
        "text",
        "audio",
        "audio",
    ]
    assert column(schema, "id").why.startswith("told; ")
    assert column(schema, "empty").why == "told; every cell is empty"


def test_an_option_that_is_told_wins_over_the_one_seen(table):
    recipe = RECIPE.with_settings({"columns.image.height_px": 20})
    image = column(recognise(table, recipe), "image")
    assert (image.options["height_px"], image.options["width_px"]) == (20, 16)


def test_an_option_of_the_front_is_taken_and_an_unknown_one_refused(table):
    told = recognise(table, RECIPE.with_settings({"columns.audio.mels": 20}))
    assert column(told, "audio").options["mels"] == 20
    wrong = RECIPE.with_settings({"columns.audio.lower": True})
    with pytest.raises(RecipeError, match=r"'lower' of column 'audio' \(recognised as"):
        recognise(table, wrong)


def test_only_the_columns_asked_for(table):
    schema = recognise(table, RECIPE, only=["text", "image"])
    assert [c.name for c in schema.inputs] == ["text", "image"]
    assert column(schema, "number").why == "not among the columns asked for"


@pytest.mark.parametrize("where", ["only", "recipe", "target"])
def test_a_column_that_is_not_there_names_the_near_one(table, where):
    changes = {"recipe": {"columns.imgae": "image"}, "target": {"target": "imgae"}}
    recipe = RECIPE.with_settings(changes.get(where, {}))
    with pytest.raises(ColumnError, match=r"no column 'imgae'.*Did you mean 'image'"):
        recognise(table, recipe, only=["imgae"] if where == "only" else None)


def test_a_column_asked_for_that_cannot_be_recognised(table):
    with pytest.raises(ColumnError, match=r"'id' was asked for but .*columns\.id=text"):
        recognise(table, RECIPE, only=["id"])


def test_the_target_is_no_input(table):
    with pytest.raises(ColumnError, match="'label' is the target"):
        recognise(table, RECIPE, only=["label", "text"])


def test_a_recipe_without_a_target_lists_the_columns(table):
    with pytest.raises(RecipeError, match=r"no target.*text, image.*--target COLUMN"):
        recognise(table, Recipe())


def test_no_input_is_left(table):
    ignored = {f"columns.{name}": "ignored" for name in MODALITIES}
    with pytest.raises(RecipeError, match=r"No input column is left.*'empty': every"):
        recognise(table, RECIPE.with_settings(ignored))


def test_columns_of_modalities_without_an_encoder_are_left_out(table):
    recipe = Recipe.from_dict({"target": "label", "encoder": {"image": "cnn"}})
    schema = recognise(table, recipe)
    assert [c.name for c in schema.inputs] == ["image"]
    assert column(schema, "text").why == "no encoder for text columns"


def test_a_target_that_is_empty(table):
    with pytest.raises(TargetError, match="'empty' is empty in every row"):
        recognise(table, RECIPE.with_settings({"target": "empty"}))


def test_a_target_that_holds_no_names():
    table = Table.open({"x": ["one fine day"] * 6, "y": [b"\0\1"] * 6})
    with pytest.raises(
        TargetError, match="'y' does not hold answers that can be learned"
    ):
        recognise(table, Recipe.from_dict({"target": "y", "columns": {"x": "text"}}))


def test_there_and_back(schema):
    assert Schema.from_dict(schema.to_dict()) == schema


def test_the_sample_finds_the_few_cells_of_a_sparse_column():
    table = Table.open({"x": [None] * 999 + ["here"]})
    assert sample(table, "x") == ["here"]
    assert sample(Table.open({"x": [None]}), "x") == []


@pytest.fixture
def odd():
    """Columns that are no inputs, beside one that is."""
    rng = np.random.default_rng(0)
    answers = ["cat", "dog", "cow"] * 10
    return {
        "row": [str(number) for number in rng.permutation(30)],
        "maker": ["acme"] * 30,
        "code": ["felis", "canis", "bos"] * 10,
        "kilos": rng.normal(size=30).round(3).tolist(),
        "label": answers,
    }


def test_what_is_no_input_is_left_out_with_a_word(odd):
    schema = recognise(Table.open(odd), RECIPE)
    assert [c.name for c in schema.inputs] == ["kilos"]
    assert column(schema, "row").why == "identifier: every cell is different"
    assert column(schema, "maker").why == "constant: every cell is 'acme'"
    assert column(schema, "code").why.startswith("a copy of the target 'label'")


def test_who_asks_for_it_gets_it(odd):
    told = RECIPE.with_settings({"columns.maker": "category"})
    schema = recognise(Table.open(odd), told, ["maker", "code"])
    assert [c.name for c in schema.inputs] == ["maker", "code"]


@pytest.mark.parametrize("told", [{}, {"columns.face": "image"}])
def test_paths_that_lead_nowhere_are_shown(odd, tmp_path, told):
    odd["face"] = [f"faces/{row}.png" for row in range(30)]
    with pytest.raises(ColumnError, match="--media-root DIR") as error:
        recognise(Table.open(odd, tmp_path), RECIPE.with_settings(told))
    text = str(error.value)
    assert text.startswith("30 of 30 paths tried in column 'face' lead to no file")
    assert text.count(str(tmp_path / "faces")) == 3


def test_names_of_files_may_be_left_out(odd, tmp_path):
    odd["face"] = [f"faces/{row}.png" for row in range(30)]
    recipe = RECIPE.with_settings({"columns.face": "ignored"})
    assert recognise(Table.open(odd, tmp_path), recipe).inputs


def test_what_says_which_part_is_read_is_no_input(tmp_path):
    rows = 12
    table = Table.open(
        {
            "words": ['[[0, 0.5, "red"], [0.5, 1, "sea"]]'] * rows,
            "from": [0.1 * row for row in range(rows)],
            "to": [0.5 + 0.1 * row for row in range(rows)],
            "label": ["ab"[row % 2] for row in range(rows)],
        },
        media_root=tmp_path,
    )
    window = {"columns.words.window": ["from", "to"]}
    found = recognise(table, RECIPE.with_settings(window))
    assert [c.name for c in found.inputs] == ["words"]
    assert column(found, "from").why == "says which part of 'words' is read"
    # unless somebody asks for it
    asked = recognise(table, RECIPE.with_settings(window | {"columns.to": "number"}))
    assert [c.name for c in asked.inputs] == ["words", "to"]
    with pytest.raises(ColumnError, match=r"has no column 'form'.*Did you mean 'from'"):
        recognise(table, RECIPE.with_settings({"columns.words.window": ["form", "to"]}))


def test_a_target_whose_kind_is_recognised_takes_the_options_that_are_told(table):
    recipe = RECIPE.with_settings({"columns.label.dropout": 0.3})
    assert column(recognise(table, recipe), "label").options == {"dropout": 0.3}
    with pytest.raises(RecipeError, match=r"Unknown option 'crf' of column 'label'"):
        recognise(table, RECIPE.with_settings({"columns.label.crf": True}))


def test_addresses_that_may_not_be_opened_say_so(monkeypatch):
    monkeypatch.delenv("HOMODAL_ALLOW_REMOTE", raising=False)
    cells = [f"https://example.org/{row}.png?size=9" for row in range(20)]
    table = Table.open({"x": cells, "n": list(range(1, 40, 2)), "y": list("ab") * 10})
    (column, *_) = recognise(table, Recipe(target="y")).columns
    assert column.role == "ignored" and "--allow-remote" in column.why


def test_the_check_and_the_training_see_one_schema(odd):
    table = Table.open(odd)
    assert schema_of(table, RECIPE) == recognise(table, RECIPE)


def test_each_unused_column_has_a_line_with_what_would_use_it(odd):
    lines = list(lines_of_unused(recognise(Table.open(odd), RECIPE)))
    assert [line.split("'")[1] for line in lines] == ["row", "maker", "code"]
    assert "constant: every cell is 'acme'" in lines[1]
    assert lines[1].endswith("To use it: --set columns.maker=category")


def test_columns_that_somebody_left_out_have_no_line(odd):
    recipe = RECIPE.with_settings({"columns.maker": "ignored"})
    schema = recognise(Table.open(odd), recipe, ["kilos"])
    assert not list(lines_of_unused(schema))


def test_the_setting_that_a_line_names_works(odd):
    odd["the maker. etc"] = odd.pop("maker")
    (line,) = [
        each
        for each in lines_of_unused(recognise(Table.open(odd), RECIPE))
        if "etc" in each
    ]
    assert line.endswith("""--set 'columns."the maker. etc"=category'""")
    told = RECIPE.with_settings({'columns."the maker. etc"': "category"})
    assert "the maker. etc" in [c.name for c in recognise(Table.open(odd), told).inputs]
    assert setting("a", "text") == "--set columns.a=text"


def test_a_recipe_that_loses_a_kind_of_column_stops(odd):
    odd["words"] = ["yes please", "no thanks", "well maybe"] * 10
    recipe = Recipe.from_dict(
        {"target": "label", "encoder": {"number": "cnn", "text": "cnn"}}
    )
    with pytest.raises(
        RecipeError, match=r"encoder for text, and no column.*columns\.words=text"
    ):
        recognise(Table.open(odd), recipe.with_settings({"columns.code": "ignored"}))
    told = recipe.with_settings({"columns.words": "text"})
    assert len(recognise(Table.open(odd), told).inputs) == 2


def test_a_recipe_for_more_kinds_than_the_table_has_goes_on(odd):
    recipe = Recipe.from_dict(
        {"target": "label", "encoder": {"number": "cnn", "video": "cnn"}}
    )
    assert recognise(Table.open({k: odd[k] for k in ("kilos", "label")}), recipe).inputs


def test_a_column_of_numbers_that_is_the_target_is_a_copy(odd):
    odd["price"] = [f"{row * 1.25:.2f}" for row in range(30)]
    odd["cost"] = list(odd["price"])
    recipe = Recipe(target="price")
    assert column(recognise(Table.open(odd), recipe), "cost").why.startswith("a copy")
