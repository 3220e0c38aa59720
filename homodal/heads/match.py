"""Columns of one row belong together: trained by telling rows apart."""

import itertools

import keras
from keras import ops

from homodal.layers.contracts import Head
from homodal.layers.contrast import HIGHEST, START, info_nce_rows

_NEAR = 1e-6  # of two similarities that count as one


class Match(Head):
    """Each column's place on the unit sphere, near to those of the same row.

    call(stream, training): one step a column `(batch, M, width)` to unit vectors of the
    same shape, float32, zeros where the column is absent. loss: InfoNCE over the rows
    of the batch, mean over the pairs of columns `(batch,)`; a row that lacks one of a
    pair, or has a negative truth, takes no part. One learned temperature, 0.07 at
    first, from 0.01 to 1. progress: whether a row's partner is nearer than those of all
    other rows. Radford et al., 2021, arXiv:2103.00020. Parameters: 1.
    """

    progress_name = "found"
    reads_columns = True
    rows_apart = False
    alone_on = ()  # one column alone has nothing to belong to

    def __init__(self):
        super().__init__()

    def build(self, stream_shape):
        self.log_scale = self.add_weight(
            shape=(),
            initializer=keras.initializers.Constant(START),
            dtype="float32",
            autocast=False,
            name="scale",
        )

    def call(self, stream, training=False):
        vectors = ops.normalize(ops.cast(stream.values, "float32"), axis=-1)
        return ops.where(stream.mask[..., None], vectors, 0.0)

    def loss(self, logits, truth):
        """Mean over the pairs of columns: `(batch,)`."""
        scale = ops.exp(ops.clip(ops.convert_to_tensor(self.log_scale), 0.0, HIGHEST))
        losses = [
            info_nce_rows(one, other, both, scale)
            for one, other, both in _pairs(logits, truth)
        ]
        return sum(losses) / len(losses)

    def progress(self, logits, truth):
        """Share of the pairs in which the partner is the nearest: `(batch,)`."""
        found = []
        for one, other, both in _pairs(logits, truth):
            likeness = ops.matmul(one, ops.transpose(other))
            own = ops.sum(one * other, axis=-1)
            nearer = ops.logical_and(likeness > own[:, None] + _NEAR, both[None, :])
            first = ops.logical_not(ops.any(nearer, axis=1))
            found.append(ops.cast(ops.logical_and(first, both), "float32"))
        return sum(found) / len(found)


def _pairs(logits, truth):
    """`(one, other, both)` of every two columns, each `(batch, width)`, `(batch,)`."""
    there = ops.any(logits != 0, axis=-1)
    known = ops.cast(truth, "float32") >= 0
    for first, second in itertools.combinations(range(logits.shape[1]), 2):
        both = ops.logical_and(there[:, first], there[:, second])
        yield logits[:, first], logits[:, second], ops.logical_and(both, known)
