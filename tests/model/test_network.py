"""Promises of the whole network: absence, subsets, order, seeds, losses."""

import keras
import numpy as np
import pytest

from homodal.data.batches import PRESENT, mask_name
from homodal.data.preparation import prepare
from homodal.data.schema import recognise
from homodal.model.build import build
from homodal.model.predict import fused_logits
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.training.fit import compile_network
from homodal.training.session import open_rows

MODALITIES = ("text", "image", "audio", "video", "number", "category")
TRAINING = Recipe.from_dict(
    {"training": {"learning_rate": 1e-3, "epochs": 20}}
).training
SMALL = {"encoder.width": 8, "encoder.depth": 1, "target": "label"}


@pytest.fixture(scope="module")
def table(tmp_path_factory, tiny_table):
    folder = tmp_path_factory.mktemp("network")
    columns = tiny_table(folder, MODALITIES, rows=8)
    for row, name in enumerate(MODALITIES):  # each column lacks a cell
        columns[name][row] = None
        columns[name][row + 1] = columns[name][-1] or columns[name][-2]
    return Table.open(columns, media_root=folder)


def made(table, columns=MODALITIES, **settings):
    recipe = Recipe().with_settings(SMALL | settings)
    schema = recognise(table, recipe, only=list(columns))
    preparation = prepare(table, schema, recipe, np.arange(len(table)))
    rows = open_rows(table, preparation)
    inputs, truth = rows.batches(len(table)).batch(0)
    return build(recipe, preparation), inputs, truth


@pytest.fixture(scope="module", params=["gated", "late"])
def whole(request, table):
    """Network, inputs and answers over a column of every kind, and two fusions."""
    return made(table, fusion=request.param)


def answers(network, inputs):
    return keras.ops.convert_to_numpy(network(inputs)["logits"])


def hidden(inputs, shown):
    """Inputs in which only the columns at these places are present."""
    present = np.zeros_like(inputs[PRESENT])
    present[:, shown] = True
    return inputs | {PRESENT: present}


def test_the_content_of_an_absent_cell_never_matters(whole):
    network, inputs, _ = whole
    assert not inputs[PRESENT].all()
    wanted = answers(network, inputs)
    rng = np.random.default_rng(0)
    filled = dict(inputs)
    for place, slug in enumerate(network.slugs):
        absent = ~inputs[PRESENT][:, place]
        array, mask = inputs[slug].copy(), inputs[mask_name(slug)].copy()
        # any number that the column could hold: 0 and 1 are places in every vocabulary
        array[absent] = rng.integers(0, 2, array[absent].shape)
        mask[absent] = rng.random(mask[absent].shape) < 0.5
        filled |= {slug: array, mask_name(slug): mask}
        assert absent.any()
    np.testing.assert_array_equal(answers(network, filled), wanted)
    turned = filled | {PRESENT: np.ones_like(inputs[PRESENT])}
    assert not np.allclose(answers(network, turned), wanted)


def test_any_subset_of_columns_gives_a_finite_answer_of_its_own(whole):
    network, inputs, _ = whole
    found = [answers(network, hidden(inputs, [p])) for p in range(len(MODALITIES))]
    found.append(answers(network, hidden(inputs, [0, 4])))
    found.append(answers(network, hidden(inputs, list(range(len(MODALITIES))))))
    assert np.isfinite(found).all()
    for place, one in enumerate(found):
        assert not any(np.allclose(one, other) for other in found[:place])


def test_the_order_of_rows_changes_nothing(whole):
    network, inputs, _ = whole
    turned = {name: array[::-1] for name, array in inputs.items()}
    np.testing.assert_allclose(
        answers(network, turned), answers(network, inputs)[::-1], rtol=1e-5, atol=1e-6
    )


def test_weights_are_a_function_of_the_seed(table):
    first, again = (made(table, ["text", "number"])[0] for _ in range(2))
    other = made(table, ["text", "number"], **{"training.seed": 1})[0]
    for one, two in zip(first.weights, again.weights, strict=True):
        np.testing.assert_array_equal(one, two)
    pairs = zip(first.weights, other.weights, strict=True)
    assert not all(np.array_equal(one, two) for one, two in pairs)


def test_building_leaves_the_callers_random_numbers_alone(table):
    np.random.seed(3)
    wanted = np.random.random()
    np.random.seed(3)
    made(table, ["number"])
    assert np.random.random() == wanted


def loss(network, inputs, truth, training=False):
    found = network(inputs, training=training)
    return float(network.compute_loss(inputs, truth, found)), found


def test_the_loss_is_the_answers_and_each_present_columns_own(table):
    columns = ["text", "number"]
    plain = made(table, columns, **{"training.auxiliary_weight": 0})
    weighted = made(table, columns, **{"training.auxiliary_weight": 0.5})
    assert plain[0].heads == {}
    network, inputs, truth = weighted
    total, found = loss(network, inputs, truth)

    def own(logits):
        return keras.ops.convert_to_numpy(network.head.loss(logits, truth))

    alone = sum(
        own(found["alone"][slug])[inputs[PRESENT][:, place]].mean()
        for place, slug in enumerate(network.slugs)
    )
    wanted = own(found["logits"]).mean() + 0.5 * alone
    assert total == pytest.approx(wanted, rel=1e-5)
    assert loss(*plain)[0] != pytest.approx(total)


def test_a_joint_fusion_adds_each_present_columns_own_logits(table):
    columns = ["text", "number"]
    settings = {"fusion": "joint", "training.auxiliary_weight": 0}
    network, inputs, _ = made(table, columns, **settings)
    found = network(inputs)
    wanted = sum(
        np.where(inputs[PRESENT][:, [place]], found["alone"][slug], 0.0)
        for place, slug in enumerate(network.slugs)
    )
    heard = []
    network.head.call = lambda stream, training=False: heard.append(1) or 0.0
    np.testing.assert_allclose(network(inputs)["logits"], wanted, rtol=1e-5, atol=1e-6)
    assert heard and not inputs[PRESENT].all()


def test_columns_are_hidden_in_training_only(table):
    columns = ["text", "number", "category"]
    network, inputs, _ = made(table, columns, **{"training.modality_dropout": 0.6})
    for training in (False, True):
        shown = np.asarray(network(inputs, training=training)["present"])
        hides = bool((inputs[PRESENT] & ~shown).any())
        assert hides is training
        assert shown.any(axis=1).all()
        assert not (shown & ~inputs[PRESENT]).any()
    none = made(table, columns, **{"training.modality_dropout": 0.0})[0]
    shown = np.asarray(none(inputs, training=True)["present"])
    np.testing.assert_array_equal(shown, inputs[PRESENT])


def test_one_column_needs_no_heads_of_columns_and_is_never_hidden(table):
    network, inputs, _ = made(table, ["number"], **{"training.modality_dropout": 0.9})
    inputs = inputs | {PRESENT: np.ones_like(inputs[PRESENT])}
    found = network(inputs, training=True)
    assert np.asarray(found["present"]).all()
    assert found["alone"] == {}


def test_mixed_precision_trains_and_answers_in_single(table):
    network, inputs, truth = made(
        table,
        ["text", "image", "number"],
        **{"training.precision": "mixed_bfloat16", "training.epochs": 1},
    )
    assert network.fusion.compute_dtype == "bfloat16"
    assert keras.config.dtype_policy().name == "float32"
    found = network(inputs)["logits"]
    assert keras.backend.standardize_dtype(found.dtype) == "float32"
    before = [np.asarray(weight).copy() for weight in network.trainable_weights]
    compile_network(network, TRAINING, 1, jit=False)
    network.train_on_batch(inputs, truth)
    after = network.trainable_weights
    assert all(np.isfinite(weight).all() for weight in after)
    changed = [not np.array_equal(a, b) for a, b in zip(before, after, strict=True)]
    assert np.mean(changed) > 0.9


def test_predictions_are_compiled_alike_whatever_training_chose(table):
    """A model that is only loaded must answer as the run that saved it, to the bit."""
    network, inputs, _ = made(table, ["text", "number"])
    varying = ["text", mask_name("text")]
    loaded = fused_logits(network, inputs, varying)
    for jit in (False, True):
        compile_network(network, TRAINING, 1, jit=jit)
        network.predict_function = network.traced = None
        found = fused_logits(network, inputs, varying)
        np.testing.assert_array_equal(found, loaded)
        assert network.jit_compile is jit
