"""The feed as TensorFlow reads it: same batches, same order, any length."""

import keras
import numpy as np
import pytest

from homodal.training.feed import Feed

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the other backends read the feed"
)


@pytest.fixture
def batches(fed):
    return fed(["text", "face"], batch_size=4).batches


def read(feed, varying, steps):
    from homodal.training.feed_tensorflow import dataset

    return list(dataset(feed, varying).take(steps).as_numpy_iterator())


def test_prefetching_keeps_the_order(batches):
    feed, steps = Feed(batches, first_step=3), 2 * len(batches) + 1
    for step, (inputs, truth) in enumerate(read(feed, batches.varying, steps)):
        wanted, wanted_truth = feed[step]
        np.testing.assert_array_equal(truth, wanted_truth)
        for name, array in wanted.items():
            np.testing.assert_array_equal(inputs[name], array)
            assert inputs[name].dtype == array.dtype


def test_lengths_may_vary(batches):
    found = read(Feed(batches), batches.varying, 3 * len(batches))
    assert len({inputs["text"].shape[1] for inputs, _ in found}) > 1
    assert all(i["text"].shape == i["text_mask"].shape for i, _ in found)


def test_only_what_varies_is_declared_so(batches):
    from homodal.training.feed_tensorflow import dataset

    inputs, truth = dataset(Feed(batches), batches.varying).element_spec
    assert inputs["text"].shape.as_list() == [None, None]
    assert inputs["face"].shape.as_list() == [None, 8, 8, 3]
    assert truth.shape.as_list() == [None]
