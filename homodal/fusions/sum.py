"""The sum of what is there."""

from typing import ClassVar

from keras import ops

from homodal.layers.columns import Projections
from homodal.layers.contracts import Fusion
from homodal.layers.presence import present_matrix
from homodal.layers.stream import single


class Sum(Fusion):
    """The sum over the present columns' projections.

    y = sum_m p_m u_m, u_m = W_m drop(x_m) + b_m, with x_m the pooled column
    `(batch, 2 d)` and p_m its presence. Streams `(batch, T_m, d)` to one step
    `(batch, 1, width)`. Parameters: M (2 d + 1) width; cost: as many products a row.
    An absent column adds nothing, so that the sum tells how many there are, as the
    mean does not. Kiela et al., "Efficient Large-Scale Multi-Modal Classification",
    2018, arXiv:1802.02892.
    """

    tunable: ClassVar = {"width": [64, 128, 256], "dropout": [0.0, 0.1, 0.3]}

    def __init__(self, width=128, dropout=0.1):
        super().__init__()
        self.width = width
        self.dropout = dropout

    def build(self, streams_shape, present_shape):
        self.projections = Projections(self.width, self.dropout)
        self.projections.build(streams_shape)

    def call(self, streams, present, training=False):
        projected = self.projections(streams, training=training)  # (batch, M, width)
        there = present_matrix(present, sorted(streams))
        there = ops.cast(there, projected.dtype)[..., None]
        return single(ops.sum(projected * there, axis=1))
