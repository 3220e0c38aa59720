"""What every encoder promises, for values of every rank."""

import keras
import numpy as np
import pytest
from keras import ops

from homodal import parts
from homodal.errors import RecipeError
from homodal.layers.contracts import Encoder
from homodal.layers.stream import Stream

every_encoder = pytest.mark.parametrize("name", parts.names("encoder"))


def of_ranks(*ranks):
    """Every encoder with each of these ranks; those of features see no pictures."""
    return pytest.mark.parametrize("name, rank", pairs(ranks))


def pairs(ranks):
    return [
        (name, rank)
        for name in parts.names("encoder")
        for rank in ranks
        if rank in ("steps", "step")
        or not parts.find("encoder", name).told.get("reads_features")
    ]


every_rank = of_ranks("steps", "step", "picture", "film")
long_rank = of_ranks("steps", "picture", "film")
SMALL = {"width": 16, "depth": 2}


def small(promises, name, **options):
    known = parts.find("encoder", name).options
    fitting = {n: v for n, v in SMALL.items() if n in known}
    return promises.made("encoder", name, **(fitting | options))


@every_encoder
def test_is_described_as_it_is(promises, name):
    promises.assert_described("encoder", name)
    assert issubclass(parts.find("encoder", name).load(), Encoder)
    assert "width" in parts.find("encoder", name).options


@every_rank
def test_gives_a_finite_stream_of_its_width(promises, name, rank):
    values, mask = promises.values_and_mask(rank)
    mask[0] = False  # a row that lacks its cell has no step at all
    stream = small(promises, name)(values, mask)
    assert isinstance(stream, Stream)
    assert stream.values.shape[0] == 3 and stream.values.shape[2] == 16
    assert stream.mask.shape == stream.values.shape[:2]
    assert keras.backend.standardize_dtype(stream.mask.dtype) == "bool"
    assert keras.backend.standardize_dtype(stream.values.dtype) == "float32"
    stream = promises.numpy(stream)
    assert np.all(np.isfinite(stream.values))
    assert not stream.mask[0].any() and stream.mask[1].all()


@pytest.mark.parametrize(
    "name, rank, policy",
    [
        *((*pair, "mixed_bfloat16") for pair in pairs(("steps", "film"))),
        *((*pair, "mixed_float16") for pair in pairs(("picture",))),
    ],
)
def test_mixed_precision_is_near_float32(promises, precision, name, rank, policy):
    values, mask = promises.values_and_mask(rank)
    exact = small(promises, name)
    wanted = promises.numpy(exact(values, mask))
    precision(policy)
    rough = small(promises, name)
    rough(values, mask)
    promises.copy_weights(exact, rough)
    stream = rough(values, mask)
    dtype = keras.backend.standardize_dtype(stream.values.dtype)
    assert dtype == policy.removeprefix("mixed_")
    assert {w.dtype for w in rough.weights} == {"float32"}
    promises.assert_near(stream, wanted)


@long_rank
def test_padding_never_changes_the_result(promises, name, rank):
    """Neither how much there is, odd or even, nor what stands in it."""
    values, mask = promises.values_and_mask(rank)
    encoder = small(promises, name)
    encoder(values, mask)
    promises.stir(encoder)
    wanted = promises.numpy(encoder(values, mask))
    steps = wanted.mask.shape[1]
    values[~mask] = np.nan
    for more in (0, 1, 4):
        longer = promises.padded(values, more, fill=np.nan)
        got = promises.numpy(encoder(longer, promises.padded(mask, more)))
        assert not got.mask[:, steps:].any()
        got = Stream(got.values[:, :steps], got.mask[:, :steps])
        promises.assert_same(got, wanted)


@long_rank
def test_rows_never_see_each_other(promises, name, rank):
    values, mask = promises.values_and_mask(rank)
    encoder = small(promises, name)
    wanted = promises.numpy(encoder(values, mask)).values[0]
    values[1:] = 100.0
    got = promises.numpy(encoder(values, mask)).values[0]
    promises.assert_same(got, wanted)


@every_rank
def test_every_weight_trains(promises, name, rank):
    values, mask = promises.values_and_mask(rank, rows=8)
    encoder = small(promises, name)
    goal = np.random.default_rng(3).normal(size=(1, 1, 16)).astype("float32")
    encoder(values, mask)
    layer = encoder
    if rank == "step" and encoder.trunk is not None:
        layer = encoder.stem  # nothing recurs in a single step
    promises.assert_all_train(
        layer, lambda: ops.sum(goal * encoder(values, mask, training=True).values)
    )


@long_rank
def test_is_rebuilt_from_arguments_and_weights(promises, name, rank):
    values, mask = promises.values_and_mask(rank)
    known = parts.find("encoder", name).options
    options = {n: v for n, v in SMALL.items() if n in known}
    promises.assert_rebuilt("encoder", name, options, lambda e: e(values, mask))


@of_ranks("steps", "film")
def test_same_seed_same_output_also_in_training(promises, name, rank):
    values, mask = promises.values_and_mask(rank)

    def fresh():
        keras.utils.set_random_seed(5)
        encoder = small(promises, name, dropout=0.5)
        return promises.numpy(encoder(values, mask, training=True))

    promises.assert_same(fresh(), fresh(), rtol=0, atol=0)


@long_rank
def test_compiles(promises, name, rank):
    values, mask = promises.values_and_mask(rank)
    encoder = small(promises, name)
    wanted = encoder(values, mask)
    got = promises.compiled(lambda v, m: tuple(encoder(v, m)))(values, mask)
    promises.assert_same(Stream(*got), wanted)


@every_encoder
def test_shares_its_trunk_or_says_why_not(promises, name):
    first, second = small(promises, name), small(promises, name)
    try:
        second.share(first)
    except RecipeError as error:
        assert "share: structure" in str(error)
        return
    second(*promises.values_and_mask("picture"))
    first(*promises.values_and_mask("steps"))
    common = {id(w) for w in first.weights} & {id(w) for w in second.weights}
    assert common == {id(w) for w in first.trunk.weights}
    assert common
    assert len(second.weights) > len(common)
    other = small(promises, name, width=32)
    with pytest.raises(RecipeError, match="share the weights"):
        other.share(first)
