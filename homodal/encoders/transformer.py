"""Self-attention for every rank of values."""

from typing import ClassVar

from homodal.layers.attention import TransformerTrunk
from homodal.layers.sharing import TrunkEncoder
from homodal.layers.stems import PatchStem


class Transformer(TrunkEncoder):
    """Pre-norm self-attention over steps, the patches of a picture, or frames.

    call(values, mask, training) -> Stream of `width`:
    `(batch, T, F)`: T steps. `(batch, H, W, C)`: one step for each `patch` x `patch`
    pixels (4, 8, 16 ...), made by convolutions. `(batch, N, H, W, C)`: convolutions
    make each frame one step: N steps. Then positions and `depth` blocks.
    """

    cost = "quadratic"
    tunable: ClassVar = {"width": [32, 64, 128], "depth": [2, 3, 4], "heads": [2, 4, 8]}

    def __init__(self, width=64, depth=3, heads=4, dropout=0.1, patch=8):
        super().__init__()
        self.width = width
        self.depth = depth
        self.heads = heads
        self.dropout = dropout
        self.patch = patch

    def make_stem(self):
        return PatchStem(self.width, self.depth, self.dropout, self.patch)

    def make_trunk(self):
        return TransformerTrunk(*self.trunk_options()[1:])

    def trunk_options(self):
        return (self.width, self.depth, self.heads, self.dropout)
