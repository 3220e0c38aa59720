"""Compact bilinear pooling: the outer product of all columns, in a random sketch."""

from typing import ClassVar

import keras
from keras import ops

from homodal.layers.bilinear import (
    circular_convolution,
    signed_root,
    sketch_matrix,
    unit_length,
)
from homodal.layers.columns import pooled_width
from homodal.layers.contracts import Fusion
from homodal.layers.pooling import Pooling
from homodal.layers.presence import present_matrix
from homodal.layers.stream import single


class CompactBilinear(Fusion):
    """A random sketch of the outer product of all columns (MCB).

    y = W drop(n(s(c))) + b, c = the circular convolution over the present columns of
    their count sketches `(batch, sketch)`, which is the count sketch of their outer
    product; s(z) = sign(z) sqrt(|z|), n the division by the Euclidean length; sketched
    is the pooled column `(batch, 2 d)`. The sketches are drawn once, from the column's
    place among the sorted names, and never trained. Streams `(batch, T_m, d)` to one
    step `(batch, 1, width)`. Parameters: (sketch + 1) width; cost a row: M 2 d sketch +
    M sketch log(sketch) + sketch width products. An absent column is the unit impulse,
    which changes nothing. Fukui et al., "Multimodal Compact Bilinear Pooling", 2016,
    arXiv:1606.01847.
    """

    tunable: ClassVar = {
        "width": [64, 128, 256],
        "sketch": [256, 512, 2048],
        "dropout": [0.0, 0.1, 0.3],
    }

    def __init__(self, width=128, sketch=512, dropout=0.1):
        super().__init__()
        self.width = width
        self.sketch = sketch
        self.dropout = dropout

    def build(self, streams_shape, present_shape):
        inside = pooled_width(streams_shape)
        self.pool = Pooling()
        self.sketches = {
            name: sketch_matrix(inside, self.sketch, seed)
            for seed, name in enumerate(sorted(streams_shape))
        }
        self.drop = keras.layers.Dropout(self.dropout)
        self.out = keras.layers.Dense(self.width)
        self.out.build((None, self.sketch))

    def call(self, streams, present, training=False):
        names = sorted(streams)
        sketched = [
            ops.matmul(ops.cast(self.pool(streams[n]), "float32"), self.sketches[n])
            for n in names
        ]
        there = present_matrix(present, names)
        shown = [there[:, i] for i in range(len(names))]
        found = unit_length(signed_root(circular_convolution(sketched, shown)))
        return single(self.out(self.drop(found, training=training)))
