"""Columns of a block: one encoder and one Stream, presence and answers by column."""

import keras
import numpy as np
import pytest
from keras import ops

from homodal import parts
from homodal.data.batches import PRESENT, mask_name
from homodal.data.preparation import prepare
from homodal.data.schema import recognise
from homodal.errors import BundleError
from homodal.model import bundle
from homodal.model.build import build
from homodal.model.model import Model
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.training.session import open_rows

ROWS = 12
KINDS = {
    "age": "number",
    "colour": "category",
    "height": "number",
    "born": "date",
    "place": "vector",
}


def cells(rows=ROWS, words=True):
    rng = np.random.default_rng(0)
    found = {
        "age": [None if n % 4 == 0 else float(rng.normal()) for n in range(rows)],
        "colour": [None if n == 3 else "rb"[n % 2] for n in range(rows)],
        "height": rng.normal(size=rows).tolist(),
        "born": [f"2021-0{n % 9 + 1}-1{n % 7}" for n in range(rows)],
        "place": rng.normal(size=(rows, 3)).round(2).tolist(),
    }
    if words:
        found["words"] = rng.choice(["a b c", "b c d e"], rows).tolist()
    return found | {"label": [str(n % 2) for n in range(rows)]}


def made(table, kinds, **settings):
    """Recipe, schema, preparation, network and inputs of a table."""
    recipe = Recipe().with_settings(
        {"target": "label", "encoder.width": 8, "encoder.depth": 1}
        | {f"columns.{name}": kind for name, kind in kinds.items()}
        | settings
    )
    schema = recognise(table, recipe, only=list(kinds))
    preparation = prepare(table, schema, recipe, np.arange(len(table)))
    network = build(recipe, preparation)
    inputs, truth = open_rows(table, preparation).batches(len(table)).batch(0)
    return recipe, schema, preparation, network, (inputs, truth)


@pytest.fixture(scope="module")
def mixed():
    """A text beside a block of five columns."""
    return made(Table.open(cells()), KINDS | {"words": "text"})


def logits(network, inputs):
    return ops.convert_to_numpy(network(inputs)["logits"])


def streams_of(network, inputs):
    present = ops.convert_to_tensor(inputs[PRESENT])
    encoded = {k: network.encoded(k, *network.cells(k, inputs)) for k in network.keys}
    return network.mixed(encoded, present)


def test_a_block_is_one_stream_of_a_step_a_column(mixed):
    *_, network, (inputs, _) = mixed
    assert network.keys == ["table", "words"]
    stream = streams_of(network, inputs)["table"]
    assert tuple(stream.values.shape) == (ROWS, 5, 8)
    assert ops.convert_to_numpy(stream.mask).all()
    assert set(network.heads) == set(network.keys)


def test_the_content_of_an_absent_cell_never_matters(mixed):
    *_, network, (inputs, _) = mixed
    for place in range(len(network.slugs)):
        present = inputs[PRESENT].copy()
        present[:, place] = False
        hidden = inputs | {PRESENT: present}
        wanted = logits(network, hidden)
        assert np.isfinite(wanted).all()
        assert not np.allclose(wanted, logits(network, inputs))
        assert np.isfinite(logits(network, _disturbed(network, hidden, place))).all()
        got = logits(network, _disturbed(network, hidden, place))
        np.testing.assert_array_equal(got, wanted)


def _disturbed(network, inputs, place):
    """Other content in the column at this place of `present`."""
    slug = network.slugs[place]
    [entry] = [e for e in network.entries.values() if slug in e.slugs]
    [group] = [g for g in entry.groups if slug in [c.slug for c in g.columns]]
    arrays, mask = inputs[group.name].copy(), inputs[mask_name(group.name)].copy()
    chosen = [c.slug for c in group.columns].index(slug) if group.stacked else ...
    where = (slice(None), chosen) if group.stacked else ...
    arrays[where] = 1
    mask[where] = True
    return inputs | {group.name: arrays, mask_name(group.name): mask}


def test_a_block_is_absent_where_all_of_its_columns_are(mixed):
    *_, network, (inputs, _) = mixed
    present = np.zeros_like(inputs[PRESENT])
    words = network.slugs.index("words")
    present[:, words] = True
    shown = network.shown(ops.convert_to_tensor(present))
    assert not ops.convert_to_numpy(shown["table"]).any()
    present[:, network.slugs.index("born")] = True
    shown = network.shown(ops.convert_to_tensor(present))
    assert ops.convert_to_numpy(shown["table"]).all()


def test_any_subset_gives_an_answer_of_its_own(mixed):
    *_, network, (inputs, _) = mixed
    found = []
    for place in range(len(network.slugs)):
        present = np.zeros_like(inputs[PRESENT])
        present[:, place] = True
        found.append(logits(network, inputs | {PRESENT: present})[1])
    assert np.isfinite(found).all()
    assert len({tuple(each) for each in np.round(found, 7)}) == len(found)


def test_every_weight_of_a_block_gets_a_gradient(mixed):
    import tensorflow as tf

    if keras.backend.backend() != "tensorflow":
        pytest.skip("gradients as TensorFlow takes them")
    *_, network, (inputs, truth) = mixed
    present = inputs[PRESENT].copy()
    columns = [network.slugs.index(slug) for slug in network.entries["table"].slugs]
    for row, place in enumerate(columns):  # each is absent once
        present[row, place] = False
    present[len(columns), columns] = False  # and all of them
    with tf.GradientTape() as tape:
        found = network(inputs | {PRESENT: present}, training=False)
        loss = network.compute_loss(inputs, truth, found, training=False)
    weights = [
        *network.fronts["table"].trainable_weights,
        *network.blocks["table"].trainable_weights,
        *network.absent["table"].trainable_weights,
    ]
    gradients = tape.gradient(loss, [weight.value for weight in weights])
    for weight, gradient in zip(weights, gradients, strict=True):
        assert gradient is not None, weight.path
        assert np.any(tf.convert_to_tensor(gradient)), weight.path


def test_weights_grow_linearly_with_the_columns():
    def count(columns):
        rng = np.random.default_rng(0)
        table = {f"x{n}": rng.normal(size=ROWS).tolist() for n in range(columns)}
        table["label"] = [str(n % 2) for n in range(ROWS)]
        kinds = {name: "number" for name in table if name != "label"}
        return made(Table.open(table), kinds)[3].count_params()

    few, more, many = count(4), count(8), count(16)
    assert many - more == 2 * (more - few)


@pytest.mark.parametrize("name", ["number", "category", "date", "vector"])
def test_a_stacked_front_is_a_front_for_each_column(name, tmp_path):
    part, rng = parts.find("modality", name), np.random.default_rng(0)
    reader = part.make()
    read = [reader.read(reader.example(tmp_path, rng)) for _ in range(12)]
    facts = [reader.learn(read), reader.learn(read[:6])]
    if name == "number":
        facts[1] |= {"location": 3.0}
    front = parts.find("front", name)
    options = [
        {k: v for k, v in {**each, "width": 8}.items() if k in front.options}
        for each in facts
    ]
    arrays = np.stack(
        [[reader.encode(array, each) for each in facts] for array in read[:5]]
    )
    mask = np.ones(arrays.shape[:2], bool)
    mask[0, 1] = False
    stacked = front.load().stack(options, 8)
    got, real = stacked(arrays, mask)
    fronts = [front.make(**each) for each in options]
    wanted = []
    for place, one in enumerate(fronts):
        one(arrays[:, place], mask[:, [place]])
        _copy(stacked, one, place, options)
        values, _ = one(arrays[:, place], mask[:, [place]])
        wanted.append(ops.convert_to_numpy(values)[:, 0])
    np.testing.assert_array_equal(ops.convert_to_numpy(real), mask)
    np.testing.assert_allclose(
        ops.convert_to_numpy(got), np.stack(wanted, axis=1), rtol=1e-5, atol=1e-6
    )
    assert not ops.convert_to_numpy(got)[0, 1].any()


def _copy(stacked, front, place, options):
    """The weights of one column of a stacked front to a front of its own."""
    weights = [np.asarray(weight) for weight in stacked.weights]
    if "categories" in options[0]:
        sizes = [len(each["categories"]) + 1 for each in options]
        begin = sum(sizes[:place])
        weights = [weights[0][begin : begin + sizes[place]]]
    else:
        weights = [weight[place] for weight in weights]
    for own, weight in zip(front.weights, weights, strict=True):
        own.assign(weight.reshape(own.shape))


def test_a_saved_block_answers_a_table_in_another_order(mixed, tmp_path):
    recipe, schema, preparation, network, _ = mixed
    model = Model(recipe, schema, preparation, network)
    bundle.write(tmp_path / "bundle", model)
    loaded = bundle.read(tmp_path / "bundle")
    table = cells()
    wanted = model.probabilities(table)
    turned = dict(reversed(table.items()))
    np.testing.assert_allclose(loaded.probabilities(turned), wanted, rtol=1e-5)
    one = {"height": table["height"]}
    assert np.isfinite(loaded.probabilities(one)).all()


def test_a_bundle_of_an_encoder_for_each_is_refused(mixed, tmp_path, monkeypatch):
    recipe, schema, preparation, network, _ = mixed
    monkeypatch.setattr(bundle, "FORMAT", 1)
    bundle.write(tmp_path / "bundle", Model(recipe, schema, preparation, network))
    monkeypatch.undo()
    with pytest.raises(BundleError, match="numbers and categories had an encoder each"):
        bundle.read(tmp_path / "bundle")
