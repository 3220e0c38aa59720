"""The Recipe: defaults, YAML there and back, settings, and errors that help."""

import pytest
import yaml

from homodal.errors import RecipeError
from homodal.recipe import Recipe, Training, column_options, named, summary
from homodal.targets.ordinal import Ordinal


def test_yaml_there_and_back():
    recipe = Recipe.from_dict(
        {
            "target": "emotion",
            "encoder": {"name": "cnn", "width": 96},
            "fusion": "mean",
            "columns": {
                "speech": "audio",
                "words": {"modality": "text", "encoder": "rnn"},
            },
            "training": {"epochs": 3},
        }
    )
    assert Recipe.from_dict(yaml.safe_load(recipe.to_yaml())) == recipe


def test_the_recipe_stays_a_page():
    assert len(Recipe.model_fields) - 1 + len(Training.model_fields) <= 27


def test_a_recipe_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        Recipe().target = "x"


@pytest.mark.parametrize(
    "values, message",
    [
        ({"fussion": "mean"}, r"Unknown key 'fussion'.*Did you mean 'fusion'"),
        ({"training": {"epoch": 3}}, r"'training.epoch'.*Did you mean 'epochs'"),
        (
            {"training": {"epochs": 0}},
            r"'training.epochs'.*greater than.*'auto'.*Got 0",
        ),
        ({"training": {"epochs": "ten"}}, r"'training.epochs' of.*integer.*or 'auto'"),
        ({"training": 3}, r"'training' of the recipe is wrong.*Got 3"),
        ({"training": {"schedule": "sine"}}, r"'training.schedule'.*'cosine'"),
        ({"fusion": "gatde"}, r"no fusion 'gatde'.*Did you mean 'gated'"),
        ({"fusion": {"name": "gated", "widht": 1}}, r"Unknown option 'widht'"),
        ({"fusion": {"width": 1}}, r"fusion has no 'name'"),
        ({"encoder": {"imgae": "cnn"}}, r"'imgae'.*Did you mean 'image'"),
        ({"columns": {"a": "vidoe"}}, r"no modality 'vidoe'.*Did you mean 'video'"),
        ({"columns": {"a": {"modality": "text", "lowre": 1}}}, r"'lowre'.*'lower'"),
        ({"columns": ["a"]}, r"'columns' is not a mapping"),
        ({"columns": {"a": 3}}, r"Column 'a' is not described"),
    ],
)
def test_what_is_wrong_is_said(values, message):
    with pytest.raises(RecipeError, match=message):
        Recipe.from_dict(values)


def test_settings_are_read_as_yaml_and_reach_inside():
    recipe = Recipe().with_settings(
        {
            "training.learning_rate": "1e-3",
            "encoder.width": "96",
            "columns.face": "video",
            "columns.words.lower": "false",
            "fusion": "{name: late, rule: product}",
        }
    )
    assert recipe.training.learning_rate == 1e-3
    assert recipe.encoder == {"name": "auto", "width": 96}
    assert recipe.encoder_for("face", "video") == {"name": "cnn", "width": 96}
    assert recipe.columns["face"] == {"modality": "video"}
    assert recipe.columns["words"] == {"modality": "auto", "lower": False}
    assert recipe.fusion == {"name": "late", "rule": "product"}


def test_an_encoder_for_each_modality():
    recipe = Recipe.from_dict({"encoder": {"image": "cnn", "text": "rnn"}})
    assert recipe.encoder_for("x", "text") == {"name": "rnn"}
    assert recipe.encoder_for("x", "audio") is None
    with_other = recipe.with_settings({"encoder.other": "transformer"})
    assert with_other.encoder_for("x", "audio") == {"name": "transformer"}


def test_a_column_may_have_its_own_encoder():
    recipe = Recipe.from_dict(
        {"columns": {"words": {"modality": "text", "encoder": "rnn"}}}
    )
    assert recipe.encoder_for("words", "text") == {"name": "rnn"}
    assert recipe.encoder_for("face", "video") == {"name": "cnn"}


def test_a_column_takes_options_of_its_modality_and_of_its_front():
    options = column_options("audio")
    assert "seconds" in options and "mels" in options


@pytest.mark.parametrize("name", named())
def test_named_recipes_are_valid_and_say_what_they_are(name):
    assert Recipe.open(name)
    assert 10 < len(summary(name)) < 90


def test_an_unknown_recipe_names_the_near_one():
    with pytest.raises(RecipeError, match="Did you mean 'text-cnn'"):
        Recipe.open("text-cn")


def test_a_file_that_is_no_recipe(tmp_path):
    path = tmp_path / "r.yaml"
    path.write_text("- a\n- b\n")
    with pytest.raises(RecipeError, match=r"not a recipe.*a mapping.*list"):
        Recipe.open(path)
    path.write_text("a: [")
    with pytest.raises(RecipeError, match="not readable YAML"):
        Recipe.open(path)
    path.write_text("#" * 1_000_001)
    with pytest.raises(RecipeError, match="too large"):
        Recipe.open(path)


def test_a_column_with_a_dot_in_its_name_stands_in_quotes():
    settings = {"columns.\"a.b, 'c'\"": "text", 'columns."x.y".units': "word"}
    found = Recipe(columns={"x.y": "text"}).with_settings(settings)
    assert found.columns["a.b, 'c'"] == {"modality": "text"}
    assert found.columns["x.y"] == {"modality": "text", "units": "word"}


@pytest.mark.parametrize(
    "order",
    [
        ["no", "maybe", "yes"],
        ["off", "on", "Yes"],
        ["2020-01-01", "2021-01-01", "2022-01-01"],
        ["06:30", "12:30", "18:30"],
        ["010", "020", "030"],
        ["null", "low", "high"],
        ["3.10", "3.11", "3.20"],
        ["1e3", "1e4"],
    ],
)
def test_an_order_keeps_the_texts_that_were_written(tmp_path, order):
    written = ", ".join(order)
    by_setting = Recipe().with_settings(
        {"columns.x": f"{{modality: ordinal, order: [{written}]}}"}
    )
    path = tmp_path / "r.yaml"
    path.write_text(f"columns:\n  x: {{modality: ordinal, order: [{written}]}}\n")
    again = Recipe.from_yaml(by_setting.to_yaml())
    for recipe in (by_setting, Recipe.open(path), again):
        reader = Ordinal(recipe.columns["x"]["order"])
        if order[0] == "1e3":  # a number, and the same class as 1000
            assert [float(reader.read(float(each))) for each in order] == [1e3, 1e4]
        else:
            assert [reader.read(each) for each in order] == order


@pytest.mark.parametrize("name", ["no", "on", "2020", "010", "3.10", "06:30", "1e5"])
def test_names_in_a_recipe_are_texts(tmp_path, name):
    path = tmp_path / "r.yaml"
    path.write_text(f"target: {name}\ncolumns:\n  {name}: number\n  off: text\n")
    recipe = Recipe.open(path)
    assert recipe.targets == [name]
    assert list(recipe.columns) == [name, "off"]
    assert Recipe.from_yaml(recipe.to_yaml()) == recipe
    path.write_text(f"target: [{name}, b]\n")
    assert Recipe.open(path).targets == [name, "b"]


def test_numbers_of_an_option_stay_what_python_was_given():
    recipe = Recipe.from_dict({"columns": {"x": {"modality": "ordinal"}}})
    recipe = recipe.with_settings({"columns.x.order": ["1e3", "2e3"]})
    assert recipe.columns["x"]["order"] == ["1e3", "2e3"]


@pytest.mark.parametrize("value", ["on", "off", "auto"])
def test_jit_is_on_or_off(value):
    assert Recipe().with_settings({"training.jit": value}).training.jit == value
    assert Recipe.from_dict({"training": {"jit": True}}).training.jit == "on"


def test_a_key_that_comes_twice_is_an_error(tmp_path):
    path = tmp_path / "r.yaml"
    path.write_text("columns:\n  a: text\n  a: number\n")
    with pytest.raises(RecipeError, match="the key 'a' comes twice"):
        Recipe.open(path)


@pytest.mark.parametrize("sign", [",", "'", " ", "%", "-", "?", "|"])
def test_a_setting_that_is_one_sign_is_that_sign(sign):
    recipe = Recipe().with_settings({"columns.x": "number", "columns.x.strip": sign})
    assert recipe.columns["x"]["strip"] == sign
    assert Recipe.from_yaml(recipe.to_yaml()) == recipe
