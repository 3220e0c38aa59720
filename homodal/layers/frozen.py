"""A network that only answers, compiled for batches of one shape."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from homodal.layers.cores import share_cores

Array = NDArray[Any]


def frozen(
    build: Callable[[], keras.Model],
) -> Callable[[Array], NDArray[np.float32]]:
    """The network that `build` gives as a function of arrays; nothing is trained."""
    share_cores()
    network = build()
    network.trainable = False

    def answer(values: Array) -> NDArray[np.float32]:
        found = network.predict_on_batch(values)
        return np.asarray(keras.ops.convert_to_numpy(found), np.float32)

    return answer
