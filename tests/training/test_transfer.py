"""Columns go on learning from earlier runs: read alike, with the same weights."""

import numpy as np
import pytest

import homodal
from homodal.errors import RecipeError
from homodal.model.build import build
from homodal.model.weights import named_weights, to_numpy
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.training.session import open_session
from homodal.training.transfer import begin

pytestmark = pytest.mark.usefixtures("eagerly")
STILL = {"training.epochs": 1, "training.learning_rate": 1e-12}


@pytest.fixture(scope="module")
def table(seen):
    """The cells of `seen` with other words, and other answers in another column."""
    folder, columns = seen
    words = [f"{cell or 'red'} entirely new" for cell in columns["text"]]
    answers = [["left", "right"][row % 2] for row in range(len(words))]
    kept = {"picture": columns["image"], "text": words, "number": columns["number"]}
    return Table.open(kept | {"side": answers}, folder)


@pytest.fixture(scope="module")
def kinds():
    return {
        "columns.picture": "image",
        "columns.text": "text",
        "columns.number": "number",
    }


def opened(table, start_from=None, **settings):
    recipe = Recipe.open({"target": "side"}).with_settings(settings)
    return open_session(table, recipe, start_from=start_from)


def begun(session):
    network = build(session.recipe, session.preparation)
    before = to_numpy(named_weights(network))
    begin(network, session.recipe, session.preparation)
    return before, to_numpy(named_weights(network))


def test_columns_are_read_and_weighted_as_in_the_run(trained, table, kinds):
    session = opened(table, str(trained.folder), **kinds)
    columns = {c.slug: c for c in session.preparation.columns}
    theirs = {c.slug: c for c in trained.model.preparation.columns}
    for fact in ("tokenizer", "tokens"):
        assert columns["text"].facts[fact] == theirs["text"].facts[fact]
    assert columns["text"].facts["steps"] > theirs["text"].facts["steps"]  # not cut
    assert columns["picture"].options == theirs["image"].options
    assert columns["number"].encoder == theirs["number"].encoder
    _, weights = begun(session)
    base = to_numpy(named_weights(trained.model.network))
    pairs = {"text": "text", "picture": "image", "number": "number"}
    for slug, their in pairs.items():
        own = {n for n in weights if n.startswith(f"{slug}.") and ".head." not in n}
        assert len(own) > 3
        for name in own:
            same = base[name.replace(slug, their, 1)]
            np.testing.assert_array_equal(weights[name], same, err_msg=name)


def test_only_the_columns_that_are_told_begin_so(trained, table, kinds):
    told = {"columns.text.start_from": str(trained.folder)}
    session = opened(table, **kinds, **told)
    before, weights = begun(session)
    changed = {n.partition(".")[0] for n in weights if (weights[n] != before[n]).any()}
    assert changed == {"text"}


def test_kinds_need_not_be_told(trained, table):
    run = str(trained.folder)
    session = opened(table, **{"columns.text.start_from": run})
    [text] = [c for c in session.preparation.columns if c.name == "text"]
    theirs = trained.model.preparation.columns
    [base] = [c for c in theirs if c.name == "text"]
    assert text.options == base.options and "start_from" not in text.options
    assert session.recipe.columns["text"]["start_from"] == run


def test_the_answers_are_new_and_the_run_predicts_by_itself(
    trained, table, kinds, tmp_path
):
    run = homodal.train(
        table,
        target="side",
        settings=kinds | STILL,
        out=tmp_path / "run",
        start_from=trained.folder,
    )
    assert run.model.classes == ["left", "right"]
    base = to_numpy(named_weights(trained.model.network))
    after = to_numpy(named_weights(run.model.network))
    name = next(n for n in base if n.startswith("text.encoder"))
    np.testing.assert_allclose(after[name], base[name], atol=1e-6)
    again = homodal.load(run.folder).probabilities(table)
    np.testing.assert_allclose(again, run.model.probabilities(table), atol=1e-6)


def test_the_same_columns_and_answers_go_on_whole(trained, seen):
    """Also where the classes are not as frequent as they were."""
    folder, columns = seen
    labels = ["a", *columns["label"][1:-1], "a"]
    session = open_session(
        Table.open(columns | {"label": labels}, folder),
        trained.model.recipe,
        start_from=str(trained.folder),
    )
    facts = session.preparation.target.facts
    assert facts != trained.model.preparation.target.facts
    _, weights = begun(session)
    base = to_numpy(named_weights(trained.model.network))
    shared = [n for n in base if n.startswith(("fusion.", "head."))]
    assert len(shared) > 3
    for name in shared:
        np.testing.assert_array_equal(weights[name], base[name], err_msg=name)


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"columns.side.start_from": "RUN"}, "'side' is to begin .* no input"),
        ({"columns.text": {"modality": "category", "start_from": "RUN"}},
         r"'text' \(category\) can begin from no column"),
        ({"columns.picture": {"modality": "image", "height_px": 99}},
         "other options.*height_px"),
        ({"columns.text": {"modality": "text", "encoder": "rnn"}}, "another encoder"),
        ({"columns.text": {"modality": "text", "max_tokens": 99}},
         "other options.*max_tokens"),
        ({"encoder": "rnn"}, "another encoder"),
        ({"share": "weights", "encoder": "rnn"}, "share: structure"),
        ({"start_from": "no/such/run"}, "There is no folder 'no/such/run'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(trained, table, kinds, changes, message):
    run = str(trained.folder)
    own = changes.get("columns.text", {})
    if "start_from" in own:
        changes = {"columns.text": own | {"start_from": run}}
    told = {"start_from": run} | changes
    with pytest.raises(homodal.errors.HomodalError, match=message):
        opened(table, **(kinds | told))


def test_a_column_that_the_run_lacks_is_learned_anew(trained, table, kinds, capsys):
    told = kinds | {"columns.number": "category"}
    session = opened(table, str(trained.folder), **told)
    assert "Learned anew, for the run has no such column: 'number'" in (
        capsys.readouterr().err
    )
    before, weights = begun(session)
    names = [n for n in weights if n.startswith("number.")]
    assert all((weights[n] == before[n]).all() for n in names)


def test_a_number_beside_others_is_learned_anew(trained, table, kinds, capsys):
    more = [float(row % 7) for row in range(len(table))]
    arrow = {name: table.cells(name) for name in table.columns}
    wide = Table.open(arrow | {"more": more}, table.root)
    told = kinds | {"columns.more": "number"}
    session = opened(wide, str(trained.folder), **told)
    assert "no such column: 'number', 'more'" in capsys.readouterr().err
    before, weights = begun(session)
    changed = {n.partition(".")[0] for n in weights if (weights[n] != before[n]).any()}
    assert changed == {"text", "picture"}


def test_an_odd_start_is_refused():
    from homodal.commands.options import start_of

    assert start_of(None) == (None, {})
    assert start_of(["runs/a"]) == ("runs/a", {})
    run, settings = start_of(["runs/a", "a.b=runs/b"])
    assert run == "runs/a"
    recipe = Recipe().with_settings(settings)
    assert recipe.columns["a.b"]["start_from"] == "runs/b"
    with pytest.raises(RecipeError, match=r"--from is wrong.*COLUMN=RUN"):
        start_of(["runs/a", "runs/b"])
