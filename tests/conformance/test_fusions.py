"""What every fusion promises, for one to five columns and any subset of them."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from homodal import parts
from homodal.layers.contracts import Fusion
from homodal.layers.presence import AbsentToken
from homodal.layers.stream import Stream

every_fusion = pytest.mark.parametrize("name", parts.names("fusion"))
COLUMNS = ("sound", "words", "face", "age")
FIVE = (*COLUMNS, "place")
WIDTH = 8
ROWS = 16  # and few lengths: JAX compiles each operation for each shape
# every number of columns once, every precision once with several of them
PRECISIONS = [("float32", count) for count in (1, 2, 5)]
PRECISIONS += [("mixed_bfloat16", 3), ("mixed_float16", 3)]


def streams_of(name, columns=COLUMNS, seed=0):
    """Streams of two lengths; of one step where the fusion takes logits."""
    rng = np.random.default_rng(seed)
    level = parts.find("fusion", name).load().level
    streams = {}
    for i, column in enumerate(columns):
        steps = 1 if level == "decision" or column == "age" else 3 + i % 2
        values = rng.normal(size=(ROWS, steps, WIDTH)).astype("float32")
        mask = np.ones((ROWS, steps), bool)
        mask[-1, 1:] = False
        streams[column] = Stream(*map(ops.convert_to_tensor, (values, mask)))
    return streams


def all_present(columns=COLUMNS):
    return {column: np.ones(ROWS, bool) for column in columns}


def sometimes_present(columns=COLUMNS):
    """Row i lacks column i; the last row lacks none."""
    return {c: np.arange(ROWS) != i for i, c in enumerate(columns)}


def fused(promises, fusion, streams, present, training=False):
    return promises.numpy(fusion(streams, present, training=training)).values


@every_fusion
def test_is_described_as_it_is(promises, name):
    promises.assert_described("fusion", name)
    kind = parts.find("fusion", name).load()
    assert issubclass(kind, Fusion)
    assert kind.level in ("feature", "joint", "decision")
    for word in ("Parameters", "cost", "absent"):
        assert word.lower() in kind.__doc__.lower(), word


@every_fusion
@pytest.mark.parametrize("policy, count", PRECISIONS)
def test_gives_one_finite_stream(promises, precision, name, policy, count):
    precision(policy)
    columns = FIVE[:count]
    fusion = promises.made("fusion", name)
    stream = fusion(streams_of(name, columns), all_present(columns))
    assert isinstance(stream, Stream)
    assert stream.values.shape[0] == ROWS
    assert stream.mask.shape == stream.values.shape[:2]
    if fusion.keeps_columns:
        assert stream.values.shape[1] == count
    elif not fusion.keeps_time:
        assert stream.values.shape[1] == 1
    dtype = keras.backend.standardize_dtype(stream.values.dtype)
    if fusion.level == "decision":
        assert (dtype, stream.values.shape[2]) == ("float32", WIDTH)
    else:
        assert dtype == policy.removeprefix("mixed_")
        assert stream.values.shape[2] == fusion.width
    assert np.all(np.isfinite(promises.numpy(stream.values)))


@every_fusion
def test_the_order_of_columns_never_matters(promises, name):
    streams, present = streams_of(name), sometimes_present()
    first, second = promises.made("fusion", name), promises.made("fusion", name)
    wanted = fused(promises, first, streams, present)
    turned = {c: streams[c] for c in reversed(COLUMNS)}
    promises.assert_same(fused(promises, first, turned, present), wanted)
    # built in the other order, it still takes the weights of the first
    fused(promises, second, turned, {c: present[c] for c in reversed(COLUMNS)})
    promises.copy_weights(first, second)
    promises.assert_same(fused(promises, second, streams, present), wanted)


@every_fusion
def test_any_subset_of_columns_is_finite(promises, name):
    subsets = np.array(list(itertools.product((False, True), repeat=len(COLUMNS))))
    streams = streams_of(name)
    present = dict(zip(COLUMNS, subsets.T, strict=True))
    fusion = promises.made("fusion", name)
    assert np.all(np.isfinite(fused(promises, fusion, streams, present)))


@every_fusion
def test_the_content_of_an_absent_cell_never_matters(promises, name):
    fusion, present = promises.made("fusion", name), sometimes_present()
    fusion(streams_of(name), present)
    promises.stir(fusion)
    tokens = {column: AbsentToken(WIDTH) for column in COLUMNS}

    def answer(streams):
        shown = {c: tokens[c](streams[c], present[c]) for c in COLUMNS}
        return fused(promises, fusion, shown, present)

    streams = streams_of(name)
    wanted = answer(streams)
    for column in COLUMNS:
        values = promises.numpy(streams[column].values).copy()
        values[~present[column]] = np.nan
        streams[column] = Stream(ops.convert_to_tensor(values), streams[column].mask)
    promises.assert_same(answer(streams), wanted)


@every_fusion
def test_every_column_and_its_presence_matter(promises, name):
    fusion, streams = promises.made("fusion", name), streams_of(name)
    wanted = fused(promises, fusion, streams, all_present())
    for column in COLUMNS:
        present = all_present() | {column: np.zeros(ROWS, bool)}
        changed = dict(streams)
        changed[column] = AbsentToken(WIDTH)(streams[column], present[column])
        got = fused(promises, fusion, changed, present)
        assert np.all(np.abs(got - wanted).max(axis=(1, 2)) > 1e-6), column


@every_fusion
def test_padding_never_changes_the_result(promises, name):
    fusion, streams = promises.made("fusion", name), streams_of(name)
    fusion(streams, all_present())
    promises.stir(fusion)
    wanted = fused(promises, fusion, streams, all_present())
    if fusion.level == "decision":
        return
    longer = {column: _lengthened(promises, s) for column, s in streams.items()}
    got = fused(promises, fusion, longer, all_present())
    promises.assert_same(got[:, : wanted.shape[1]], wanted)


def _lengthened(promises, stream):
    values = promises.padded(promises.numpy(stream.values), 3, fill=50.0)
    mask = promises.padded(promises.numpy(stream.mask), 3)
    return Stream(ops.convert_to_tensor(values), ops.convert_to_tensor(mask))


@every_fusion
@pytest.mark.parametrize("count", (2, 4))
def test_every_weight_trains(promises, name, count):
    columns = COLUMNS[:count]
    streams, present = streams_of(name, columns), sometimes_present(columns)
    fusion = promises.made("fusion", name, **_weighted(name))
    size = fusion(streams, present).values.shape[-1]
    goal = np.random.default_rng(3).normal(size=(1, 1, size)).astype("float32")
    promises.assert_all_train(
        fusion,
        lambda: ops.sum(goal * fusion(streams, present, training=True).values),
    )


def _weighted(name):
    """The tunable words, and what may be none, whose last choice has most to train."""
    tunable = parts.find("fusion", name).tunable
    return {n: c[-1] for n, c in tunable.items() if isinstance(c[-1], str) or None in c}


@every_fusion
def test_is_rebuilt_from_arguments_and_weights(promises, name):
    streams, present = streams_of(name), sometimes_present()
    promises.assert_rebuilt(
        "fusion", name, _weighted(name), lambda f: f(streams, present)
    )


@every_fusion
def test_same_seed_same_output_also_in_training(promises, name):
    streams, present = streams_of(name), sometimes_present()

    def fresh():
        keras.utils.set_random_seed(5)
        fusion = parts.find("fusion", name).make()
        return fused(promises, fusion, streams, present, training=True)

    promises.assert_same(fresh(), fresh(), rtol=0, atol=0)


@every_fusion
def test_compiles(promises, name):
    streams, present = streams_of(name), sometimes_present()
    fusion = promises.made("fusion", name)
    wanted = fused(promises, fusion, streams, present)
    run = promises.compiled(lambda s, p: tuple(fusion(s, p)))
    promises.assert_same(run(streams, present)[0], wanted)
