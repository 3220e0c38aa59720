"""Low-rank fusion: the tensor of all columns, never written out."""

from typing import ClassVar

import keras
from keras import ops

from homodal.layers.bilinear import with_one
from homodal.layers.columns import pooled_width
from homodal.layers.contracts import Fusion
from homodal.layers.pooling import Pooling
from homodal.layers.presence import present_matrix
from homodal.layers.stream import single


class LowRank(Fusion):
    """Tensor fusion by factors of low rank (LMF).

    y = sum_r w_r prod_m [1; p_m drop(x_m)] A_m[r] + b, with x_m the pooled column
    `(batch, 2 d)` and A_m `(rank, 2 d + 1, width)`: equal to the tensor fusion whose
    weights are sum_r w_r A_1[r] x ... x A_M[r]. Streams `(batch, T_m, d)` to one step
    `(batch, 1, width)`. Parameters: rank M (2 d + 1) width + rank + width; cost: as
    many products a row, growing with the number of columns and not with its power. An
    absent column is a vector of zeros: the 1 keeps the products of the others. Liu et
    al., "Efficient Low-rank Multimodal Fusion with Modality-Specific Factors", 2018,
    arXiv:1806.00064.
    """

    tunable: ClassVar = {
        "width": [64, 128, 256],
        "rank": [2, 4, 8],
        "dropout": [0.0, 0.1, 0.3],
    }

    def __init__(self, width=128, rank=4, dropout=0.1):
        super().__init__()
        self.width = width
        self.rank = rank
        self.dropout = dropout

    def build(self, streams_shape, present_shape):
        inside = pooled_width(streams_shape) + 1
        self.pool = Pooling()
        self.drop = keras.layers.Dropout(self.dropout)
        self.factors = {
            name: self.add_weight(
                shape=(self.rank, inside, self.width),
                initializer=keras.initializers.GlorotNormal(),
                name=f"{name}_factor",
            )
            for name in sorted(streams_shape)
        }
        # not decayed, like other gains
        self.ranks = self.add_weight(
            shape=(self.rank,),
            initializer=keras.initializers.Constant(self.rank**-0.5),
            name="rank_gain",
        )
        self.bias = self.add_weight(
            shape=(self.width,), initializer="zeros", name="bias"
        )

    def call(self, streams, present, training=False):
        product = 1.0
        for name in sorted(streams):
            pooled = self.drop(self.pool(streams[name]), training=training)
            there = ops.cast(present_matrix(present, [name]), pooled.dtype)
            shown = with_one(pooled * there)
            factor = ops.cast(self.factors[name], pooled.dtype)
            product = product * ops.einsum("bi,rio->bro", shown, factor)
        ranks = ops.cast(self.ranks, product.dtype)[:, None]
        return single(ops.sum(product * ranks, axis=1) + self.bias)
