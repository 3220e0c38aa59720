"""Date: a position in time and its cycles to an embedding."""

from homodal.layers.contracts import Front
from homodal.layers.waves import StackedWaves, Waves


class Date(Front):
    """A position in time, waves of it and its cycles, mixed.

    call(arrays, mask, training): `(batch, 1, F)`, the position x standardised by the
    modality and then sine and cosine of each cycle, to `(batch, 1, width)`:
    relu(W [x, sin 2 pi c x, cos 2 pi c x, cycles] + b), with learned frequencies c, as
    the front of numbers has them. Parameters: frequencies + (2 frequencies + F + 1)
    width. Gorishniy et al., "On Embeddings for Numerical Features", 2022,
    arXiv:2203.05556.
    """

    def __init__(self, width=64, frequencies=8, spread=0.3):
        super().__init__(autocast=False)
        self.width = width
        self.frequencies = frequencies
        self.spread = spread

    def build(self, arrays_shape):
        self.waves = Waves(self.width, self.frequencies, self.spread)
        self.waves.build((None, *arrays_shape[1:]))

    def call(self, arrays, mask, training=False):
        return self.waves(arrays, mask)

    @classmethod
    def stack(cls, options, width):
        return StackedWaves(**({"width": width} | options[0]))
