"""Numbers and vectors changed a little."""

from typing import Any, ClassVar

import keras
from keras import ops

from homodal.layers.contracts import Augmentation


class Jitter(Augmentation):
    """Noise on every number, in units of its standard deviation.

    deviation: of the noise.
    """

    on = ("number", "vector")
    levels: ClassVar = {
        "light": {"deviation": 0.02},
        "medium": {"deviation": 0.05},
        "strong": {"deviation": 0.1},
    }

    def __init__(self, deviation: float = 0.05) -> None:
        super().__init__()
        self.deviation = deviation

    def changed(self, arrays: Any, mask: Any) -> Any:
        noise = keras.random.normal(
            ops.shape(arrays), stddev=self.deviation, seed=self.generator
        )
        return arrays + ops.cast(noise, arrays.dtype)
