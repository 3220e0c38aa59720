"""Inputs go through their augmentations in order, in training only."""

import numpy as np
from keras import ops

from homodal.data.batches import mask_name
from homodal.layers.augmented import Augmented
from homodal.layers.contracts import Augmentation


class Doubled(Augmentation):
    """Twice the numbers."""

    def changed(self, arrays, mask):
        return 2 * arrays


class Risen(Augmentation):
    """One more, where the mask says so."""

    def changed(self, arrays, mask):
        return arrays + ops.cast(mask, "float32")


def test_one_after_the_other_in_training_only():
    layer = Augmented({"a": [Doubled(), Risen()]})
    ones = np.ones((2, 1), "float32")
    inputs = {"a": ones, mask_name("a"): np.array([[True], [False]]), "b": ones}
    found = layer(inputs, training=True)
    np.testing.assert_array_equal(ops.convert_to_numpy(found["a"]), [[3], [2]])
    np.testing.assert_array_equal(ops.convert_to_numpy(found["b"]), ones)
    still = layer(inputs, training=False)
    np.testing.assert_array_equal(ops.convert_to_numpy(still["a"]), ones)
