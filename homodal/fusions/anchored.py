"""Anchored: the steps of one column, and what the others say to each of them."""

from typing import ClassVar

import keras
from keras import ops

from homodal.errors import PartError, one_of
from homodal.layers.attention import Attention
from homodal.layers.contracts import Fusion
from homodal.layers.masking import zero_padding
from homodal.layers.normalisation import RmsNorm
from homodal.layers.presence import present_steps
from homodal.layers.stream import Stream

_SMALL = 0.1  # how far the gates are open before they learn


class Anchored(Fusion):
    """The steps of one column stay; each asks the other columns, through small gates.

    y(t) = W norm(z(t)) + b, z(t) = x(t) + sum_m p_m g_m * attend_m(norm(x(t)),
    norm(X_m)), with x the anchor's steps, p_m the presence of another column m and g_m
    its learned gate, a number for each feature that starts at 0.1: the anchor is read
    before the others are. width: of y; None: z itself, nearly the anchor's steps at
    first. anchor: the column's name; left out, the one whose words are tagged, or the
    first. own_answers: what each present column answers by itself is added to those
    answers that are no sequence, so that a column which the gates let little of through
    still counts (as in `joint`). Streams `(batch, T_m, d)` to the anchor's steps
    `(batch, T, width)`: time is kept. Parameters: (M - 1) (4 d^2 + 6 d) + d, none for a
    lone column, and (d + 1) width + d with a width; cost a row: 2 T T_m d products for
    each other column more than the projections. An absent anchor is the one step of its
    learned token, that still asks the others; the steps of another absent column are
    never looked at.
    """

    keeps_time = True
    keeps_anchor = True
    tunable: ClassVar = {
        "width": [64, 128, 256],
        "heads": [2, 4, 8],
        "dropout": [0.0, 0.1, 0.3],
        "own_answers": [False, True],
    }

    def __init__(self, width=128, anchor=None, heads=4, dropout=0.1, own_answers=False):
        super().__init__()
        self.level = "joint" if own_answers else "feature"
        self.width = width
        self.anchor = anchor
        self.heads = heads
        self.dropout = dropout
        self.own_answers = own_answers

    def build(self, streams_shape, present_shape):
        names = sorted(streams_shape)
        self.kept = names[0] if self.anchor is None else self.anchor
        if self.kept not in names:
            raise PartError(
                "The anchor of fusion 'anchored' is no column",
                expected=one_of(names),
                got=self.anchor,
            )
        inside = streams_shape[self.kept].values[-1]
        steps_shape = (None, None, inside)
        self.others = [name for name in names if name != self.kept]
        self.before = {n: RmsNorm() for n in names if self.others}
        self.attentions = {n: Attention(self.heads) for n in self.others}
        self.gates = {
            name: self.add_weight(
                shape=(inside,),
                initializer=keras.initializers.Constant(_SMALL),
                name=f"{name}_gain",
            )
            for name in self.others
        }
        self.drop = keras.layers.Dropout(self.dropout)
        self.last = []
        if self.width is not None:
            self.last = [RmsNorm(), keras.layers.Dense(self.width)]
        for layer in (*self.before.values(), *self.last):
            layer.build(steps_shape)
        for attention in self.attentions.values():
            attention.build(steps_shape, steps_shape)

    def call(self, streams, present, training=False):
        values, mask = streams[self.kept]
        total = values
        if self.others:
            asking = self.before[self.kept](values)
        for name in self.others:
            context = self.before[name](streams[name].values)
            seen = present_steps(streams[name], present[name])
            found = self.attentions[name](asking, context, seen)
            found = self.drop(found, training=training)
            total = total + ops.cast(self.gates[name], found.dtype) * found
        for layer in self.last:
            total = layer(total)
        return Stream(zero_padding(total, mask), mask)
