"""The columns side by side, one step each: nothing is mixed."""

from typing import ClassVar

from keras import ops

from homodal.layers.columns import Projections
from homodal.layers.contracts import Fusion
from homodal.layers.presence import present_matrix
from homodal.layers.stream import Stream


class Apart(Fusion):
    """One vector for each column, in one space, for heads that compare columns.

    u_m = W_m drop(x_m) + b_m, with x_m the pooled column `(batch, 2 d)`, in the order
    of the sorted names. Streams `(batch, T_m, d)` to `(batch, M, width)`, the mask says
    which columns are there. Parameters: M (2 d + 1) width; cost: as many products a
    row. An absent column is a masked step of zeros.
    """

    keeps_columns = True
    compares_columns = True
    tunable: ClassVar = {"width": [64, 128, 256], "dropout": [0.0, 0.1, 0.3]}

    def __init__(self, width=128, dropout=0.1):
        super().__init__()
        self.width = width
        self.dropout = dropout

    def build(self, streams_shape, present_shape):
        self.projections = Projections(self.width, self.dropout)
        self.projections.build(streams_shape)

    def call(self, streams, present, training=False):
        there = present_matrix(present, sorted(streams))
        vectors = self.projections(streams, training=training)
        zero = ops.zeros((), vectors.dtype)
        return Stream(ops.where(there[..., None], vectors, zero), there)
