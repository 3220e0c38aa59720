"""Tagging: one of several tags for each step."""

from typing import ClassVar

import keras
from keras import ops

from homodal.layers.chain import EXCLUDED, Chain
from homodal.layers.contracts import Head


class Tag(Head):
    """A Stream to a score for each tag at each step, and one for "there is no word".

    call(stream, training): `(batch, steps, width)` to `(batch, steps, tags + 1)`,
    float32. The last is sure where the mask is False, and the tags where it is True.
    loss: cross-entropy `(batch,)`, the mean over the row's words; truth `(batch, any)`
    of tag numbers, negative where there is none. crf: a linear-chain conditional random
    field over the tags (`layers.chain`); its loss is that of the whole row by the
    number of its words, and takes the logits of training, for without training they are
    log marginals. Parameters: (width + 1) tags; crf: tags^2 + 2 tags more.
    """

    progress_name = "tag_accuracy"
    reads_steps = True
    alone_on = ("text",)
    tunable: ClassVar = {"crf": [False, True], "dropout": [0.1, 0.3, 0.5]}

    def __init__(self, tags, crf=False, dropout=0.1):
        super().__init__()
        self.tags = tags
        self.crf = crf
        self.dropout = dropout

    def build(self, stream_shape):
        self.drop = keras.layers.Dropout(self.dropout)
        self.out = keras.layers.Dense(len(self.tags), dtype="float32")
        self.out.build((None, stream_shape.values[-1]))
        if self.crf:
            self.chain = Chain(len(self.tags))
            self.chain.build()

    def call(self, stream, training=False):
        mask = ops.cast(stream.mask, "bool")
        scores = self.out(self.drop(stream.values, training=training))
        if self.crf and not training:
            scores = self.chain.log_marginals(scores, mask)
        real = mask[..., None]
        nothing = ops.where(real, EXCLUDED, 0.0)
        return ops.concatenate([ops.where(real, scores, EXCLUDED), nothing], axis=-1)

    def loss(self, logits, truth):
        scores, mask = logits[..., :-1], _real(logits)
        truth = _fitted(truth, logits, mask)
        if self.crf:
            words = ops.sum(ops.cast(mask, "float32"), axis=1)
            scores = ops.where(mask[..., None], scores, 0.0)
            return self.chain.loss(scores, truth, mask) / ops.maximum(words, 1.0)
        wanted = ops.one_hot(truth, len(self.tags), dtype="float32")  # zeros where -1
        surprise = -ops.sum(wanted * ops.log_softmax(scores), axis=(1, 2))
        return surprise / _known(truth)

    def progress(self, logits, truth):
        """The share of each row's words with the right tag likeliest: `(batch,)`."""
        truth = _fitted(truth, logits, _real(logits))
        best = ops.cast(ops.argmax(logits[..., :-1], axis=-1), truth.dtype)
        right = ops.sum(ops.cast(best == truth, "float32"), axis=1)
        return right / _known(truth)


def _real(logits):
    """The mask `(batch, steps)` that is in the logits."""
    return logits[..., -1] < EXCLUDED / 2


def _fitted(truth, logits, mask):
    """The truth on the steps of the logits, -1 where there is no step or no truth."""
    truth = ops.cast(truth, "int32")
    steps, known = ops.arange(ops.shape(logits)[1]), truth.shape[1]
    moved = ops.take(truth, ops.minimum(steps, known - 1), axis=1)
    there = ops.logical_and(mask, (steps < known)[None])
    return ops.where(there, ops.maximum(moved, -1), -1)


def _known(truth):
    """How many words of each row have a tag that is known, and at least one."""
    return ops.maximum(ops.sum(ops.cast(truth >= 0, "float32"), axis=1), 1.0)
