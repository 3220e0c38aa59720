"""What every head promises."""

import keras
import numpy as np
import pytest
from keras import ops

from homodal import parts
from homodal.layers.contracts import Head
from homodal.layers.stream import Stream

every_head = pytest.mark.parametrize("name", parts.names("head"))
ROWS = 6
# encoded answers of the rows, for heads of another kind than classes; one line each
TRUTHS = {
    "labels": lambda places: np.stack([places == 0, places > 0, places > 9], 1).astype(
        "int32"
    ),
    "regress": lambda places: places.astype("float32"),
    "transcribe": lambda places: np.stack([places, 2 - places], axis=1).astype("int32"),
    "several": lambda places: {
        "kind": places.astype("int32"),
        "much": places.astype("float32"),
    },
    "tag": lambda places: np.stack([places, 2 - places], axis=1).astype("int32"),
    "speak": lambda places: {
        "mels": np.tile(places[:, None, None], (1, 20, 3)).astype("float32"),
        "durations": np.tile(2.0 + places[:, None], (1, 6)).astype("float32"),
    },
}
# options that have the most to train
OPTIONS = {"tag": {"crf": True}}


def truth_of(name, places):
    """What the head's target would have encoded for answers of these places."""
    return TRUTHS.get(name, lambda chosen: chosen.astype("int32"))(places)


def parts_of(found):
    """`[logits]`, of several targets each."""
    return list(found.values()) if isinstance(found, dict) else [found]


def stream():
    rng = np.random.default_rng(0)
    mask = np.ones((ROWS, 4), bool)
    mask[0, 2:] = False
    values = rng.normal(size=(ROWS, 4, 8)).astype("float32")
    return Stream(ops.convert_to_tensor(values), ops.convert_to_tensor(mask))


@pytest.fixture
def head(promises):
    def make(name, **options):
        facts = promises.learned("head", name, promises.TARGET_FACTS)
        return promises.made("head", name, **(facts | options))

    return make


@every_head
def test_is_described_as_it_is(promises, name):
    promises.assert_described("head", name)
    assert issubclass(parts.find("head", name).load(), Head)


@every_head
@pytest.mark.parametrize("policy", ("float32", "mixed_bfloat16", "mixed_float16"))
def test_gives_finite_float32_logits_and_losses(
    promises, precision, head, name, policy
):
    precision(policy)
    made = head(name)
    logits = made(stream())
    losses = made.loss(logits, truth_of(name, np.zeros(ROWS)))
    assert losses.shape == (ROWS,)
    for array in (*parts_of(logits), losses):
        assert keras.backend.standardize_dtype(array.dtype) == "float32"
        assert array.shape[0] == ROWS
        assert np.all(np.isfinite(promises.numpy(array)))


@every_head
def test_padding_never_changes_the_result(promises, head, name):
    made, short = head(name), stream()
    made(short)
    promises.stir(made)
    wanted = made(short)
    values = promises.padded(promises.numpy(short.values), 3, fill=50.0)
    mask = promises.padded(promises.numpy(short.mask), 3)
    got = made(Stream(*map(ops.convert_to_tensor, (values, mask))))
    for one, other in zip(parts_of(got), parts_of(wanted), strict=True):
        promises.assert_same(one[:, : other.shape[1]], other)


@every_head
def test_rows_never_see_each_other(promises, head, name):
    made, streams = head(name), stream()
    wanted = parts_of(promises.numpy(made(streams)))
    values = promises.numpy(streams.values).copy()
    values[1:] = 9.0
    got = parts_of(made(Stream(ops.convert_to_tensor(values), streams.mask)))
    for one, other in zip(got, wanted, strict=True):
        promises.assert_same(promises.numpy(one)[0], other[0])


@every_head
def test_every_weight_trains(promises, head, name):
    made, truth = (
        head(name, **OPTIONS.get(name, {})),
        truth_of(name, np.arange(ROWS) % 2),
    )
    made(stream())
    promises.assert_all_train(
        made, lambda: ops.mean(made.loss(made(stream(), training=True), truth))
    )


@every_head
def test_is_rebuilt_from_arguments_and_weights(promises, name):
    facts = promises.learned("head", name, promises.TARGET_FACTS)
    promises.assert_rebuilt("head", name, facts, lambda made: made(stream()))


@every_head
def test_same_seed_same_output_also_in_training(promises, head, name):
    def fresh():
        keras.utils.set_random_seed(5)
        known = parts.find("head", name).options
        rates = {option: 0.5 for option in known if option == "dropout"}
        return head(name, **rates)(stream(), training=True)

    promises.assert_same(fresh(), fresh(), rtol=0, atol=0)


@every_head
def test_compiles(promises, head, name):
    made = head(name)
    wanted = made(stream())
    run = promises.compiled(lambda values, mask: made(Stream(values, mask)))
    promises.assert_same(run(*stream()), wanted)


@every_head
def test_has_a_figure_of_progress_for_each_row(promises, head, name):
    made = head(name)
    truth = truth_of(name, np.zeros(ROWS))
    figures = promises.numpy(made.progress(made(stream()), truth))
    assert made.progress_name
    assert figures.shape == (ROWS,) and np.all(np.isfinite(figures))


@every_head
def test_rows_without_an_answer_cost_nothing(promises, head, name):
    made = head(name)
    made(stream())
    promises.stir(made)  # a fresh weight is zero, and may hide what it costs
    logits = made(stream())
    truth = keras.tree.map_structure(
        lambda each: np.full_like(each, np.nan if each.dtype.kind == "f" else -2),
        truth_of(name, np.zeros(ROWS)),
    )
    losses = promises.numpy(made.loss(logits, truth))
    np.testing.assert_array_equal(losses, np.zeros(ROWS))
