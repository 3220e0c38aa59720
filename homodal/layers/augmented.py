"""Inputs of a network as training sees them: each changed by its augmentations."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from homodal.data.batches import mask_name
from homodal.layers.contracts import Augmentation


class Augmented(keras.layers.Layer):
    """Some inputs changed one augmentation after the other, the others as they are.

    augmentations: `{input: layers}`. call(inputs, training): `{name: array}` to the
    same; outside training they are what they were.
    """

    def __init__(self, augmentations: Mapping[str, Sequence[Augmentation]]) -> None:
        super().__init__(autocast=False)
        self.augmentations = {n: list(each) for n, each in augmentations.items()}

    def build(self, inputs_shape: Any) -> None:
        """Nothing: the first call builds each augmentation."""

    def call(self, inputs: dict[str, Any], training: bool = False) -> dict[str, Any]:
        changed = dict(inputs)
        for name in self.augmentations:
            changed[name] = self.changed(
                name, inputs[name], inputs[mask_name(name)], training
            )
        return changed

    def changed(self, name: str, arrays: Any, mask: Any, training: bool = False) -> Any:
        """The arrays of one input after its augmentations."""
        for layer in self.augmentations[name]:
            arrays = layer(arrays, mask, training=training)
        return arrays
