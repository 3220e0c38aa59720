"""Number: one number to an embedding."""

from homodal.layers.contracts import Front
from homodal.layers.waves import StackedWaves, Waves


class Number(Front):
    """One number to itself and waves of it, mixed.

    call(arrays, mask, training): `(batch, 1)`, standardised by the modality, to
    `(batch, 1, width)`: relu(W [x, sin 2 pi c x, cos 2 pi c x] + b), with learned
    frequencies c. A network on a bare number bends slowly; on waves of it, it tells
    near numbers apart. Parameters: frequencies + (2 frequencies + 2) width. Gorishniy
    et al., "On Embeddings for Numerical Features", 2022, arXiv:2203.05556.
    """

    def __init__(self, width=64, frequencies=8, spread=0.3):
        super().__init__(autocast=False)
        self.width = width
        self.frequencies = frequencies
        self.spread = spread

    def build(self, arrays_shape):
        self.waves = Waves(self.width, self.frequencies, self.spread)
        self.waves.build((None, 1, 1))

    def call(self, arrays, mask, training=False):
        return self.waves(arrays[..., None], mask)

    @classmethod
    def stack(cls, options, width):
        return StackedWaves(**({"width": width} | options[0]))
