"""An absent column, guessed from those that are there."""

import keras
from keras import ops


class Imputation(keras.layers.Layer):
    """Adds to an absent column's token what the present columns let expect.

    call(streams, pooled, there): `{column: Stream}`, their pooled vectors
    `(batch, M, 2 d)` and presence `(batch, M)`; to the streams, where an absent
    column's one step is token + the mean over the present j of G_j->m x_j. A
    cross-modal regressor; it learns from the answer and from `loss`. G starts at zero:
    at first there is the token alone. Parameters: M^2 2 d d, M (M - 1) of them used.
    """

    def __init__(self):
        super().__init__(dtype="float32", autocast=False)

    def build(self, streams_shape, pooled_shape, there_shape):
        count, inside = pooled_shape[1], pooled_shape[2]
        # [j, m]: from column j to column m
        self.guesses = self.add_weight(
            shape=(count, count, inside, inside // 2), initializer="zeros", name="guess"
        )

    def call(self, streams, pooled, there):
        guessed = self.guessed(pooled, there)  # (batch, M, d)
        found = {}
        for place, (name, stream) in enumerate(streams.items()):
            absent = ops.logical_not(there[:, place])[:, None, None]
            added = ops.cast(guessed[:, place], stream.values.dtype)[:, None]
            first = stream.mask[..., None]
            added = ops.where(ops.logical_and(absent, first), added, 0.0)
            found[name] = stream._replace(values=stream.values + added)
        return found

    def guessed(self, pooled, there):
        """What the present others say of each column `(batch, M, d)`; zeros if none."""
        count = pooled.shape[1]
        pooled = ops.cast(pooled, "float32")
        others = 1.0 - ops.eye(count, dtype="float32")
        weights = ops.cast(there, "float32")[:, :, None] * others  # (batch, j, m)
        total = ops.maximum(ops.sum(weights, axis=1, keepdims=True), 1.0)
        shown = (weights / total)[..., None] * pooled[:, :, None]
        return ops.einsum("bjmi,jmio->bmo", shown, self.guesses)

    def loss(self, pooled, there):
        """Smooth L1 between each present column's mean and what the others expect."""
        pooled = ops.stop_gradient(ops.cast(pooled, "float32"))
        means = pooled[..., : pooled.shape[-1] // 2]
        gap = ops.absolute(self.guessed(pooled, there) - means)
        smooth = ops.where(gap < 1.0, 0.5 * ops.square(gap), gap - 0.5)
        others = ops.sum(ops.cast(there, "float32"), axis=1, keepdims=True) > 1.0
        counted = ops.cast(ops.logical_and(there, others), "float32")
        losses = ops.mean(smooth, axis=-1) * counted
        return ops.sum(losses) / ops.maximum(ops.sum(counted), 1.0)
