"""Recurrences for every rank of values."""

from typing import ClassVar

from homodal.layers.recurrence import RecurrentTrunk
from homodal.layers.sharing import TrunkEncoder
from homodal.layers.stems import RowStem


class Rnn(TrunkEncoder):
    """Bidirectional recurrences over steps, the rows of a picture, or frames.

    call(values, mask, training) -> Stream of `width`:
    `(batch, T, F)`: T steps. `(batch, H, W, C)`: convolutions quarter both axes, then
    each row is a step: ceil(H / 4) steps; with
    `row_halvings` 1 or 0, H / 2 or H. `(batch, N, H, W, C)`: convolutions make each
    frame one step: N steps. Then `depth` residual layers of `cell` "gru" or "lstm".
    stem_width: channels of the last convolution; left out, half the width for pictures
    and all of it for frames, whose convolutions cost more than anything else.
    """

    tunable: ClassVar = {
        "width": [32, 64, 128],
        "depth": [1, 2, 3],
        "cell": ["gru", "lstm"],
    }

    def __init__(
        self,
        width=64,
        depth=3,
        cell="gru",
        dropout=0.1,
        bidirectional=True,
        row_halvings=2,
        stem_width=None,
    ):
        super().__init__()
        self.width = width
        self.depth = depth
        self.cell = cell
        self.dropout = dropout
        self.bidirectional = bidirectional
        self.row_halvings = row_halvings
        self.stem_width = stem_width

    def make_stem(self):
        return RowStem(
            self.width, self.depth, self.dropout, self.row_halvings, self.stem_width
        )

    def make_trunk(self):
        return RecurrentTrunk(*self.trunk_options()[1:])

    def trunk_options(self):
        return (self.width, self.depth, self.cell, self.dropout, self.bidirectional)
