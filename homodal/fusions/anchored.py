"""Anchored: the steps of one column, and what the others say to each of them."""

from typing import ClassVar

import keras
from keras import ops

from homodal.errors import PartError, one_of
from homodal.layers.alignment import Nearness
from homodal.layers.attention import Attention
from homodal.layers.contracts import Fusion
from homodal.layers.masking import zero_padding
from homodal.layers.normalisation import RmsNorm
from homodal.layers.presence import present_steps
from homodal.layers.stream import Stream
from homodal.media.options import between

_SHORTEST = 0.001  # of reaches; the scores of a shorter one overflow in float16
_MOST_HIDDEN = 0.95


class Anchored(Fusion):
    """The steps of one column stay; each asks the other columns, through gates.

    y(t) = W norm(z(t)) + b, z(t) = x(t) + sum_m p_m g_m * attend_m(norm(x(t)),
    norm(X_m)), with x the anchor's steps, p_m the presence of another column m and g_m
    its learned gate, a number for each feature.
    width: of y; None: z itself. anchor: the column's name; left out, the one whose
    words are tagged, or the first. gate: how far the gates are open before they learn;
    with 0.1 the anchor is read before the others are. own_answers: what each present
    column answers by itself is added to those answers that are no sequence, so that a
    column which the gates let little of through still counts (as in `joint`).
    For columns that say the same in the same order: reach: how far a step looks around
    its own place in the row at first, as a share of the row (`layers.alignment.
    Nearness`; learned); None: anywhere. hidden: the share of the anchor's steps that
    training hides where another column is present, so that this is asked what was said.
    Streams `(batch, T_m, d)` to the anchor's steps `(batch, T, width)`: time is kept.
    Parameters: (M - 1) (4 d^2 + 6 d) + d, none for a lone column, (d + 1) width + d
    with a width and (M - 1) heads with a reach; cost a row: 2 T T_m d products for each
    other column more than the projections. An absent anchor is the one step of its
    learned token, that still asks the others, anywhere; the steps of another absent
    column are never looked at.
    """

    keeps_time = True
    keeps_anchor = True
    tunable: ClassVar = {
        "width": [64, 128, 256],
        "heads": [2, 4, 8],
        "dropout": [0.0, 0.1, 0.3],
        "gate": [0.1, 1.0],
        "reach": [None, 0.1],
        "hidden": [0.0, 0.2, 0.4],
        "own_answers": [False, True],
    }

    def __init__(
        self,
        width=128,
        anchor=None,
        heads=4,
        dropout=0.1,
        gate=0.1,
        reach=None,
        hidden=0.0,
        own_answers=False,
    ):
        super().__init__()
        self.level = "joint" if own_answers else "feature"
        self.width = width
        self.anchor = anchor
        self.heads = heads
        self.dropout = dropout
        self.gate = gate
        self.reach = reach
        self.hidden = hidden
        self.own_answers = own_answers

    def build(self, streams_shape, present_shape):
        names = sorted(streams_shape)
        self.kept = names[0] if self.anchor is None else self.anchor
        self._check(names)
        inside = streams_shape[self.kept].values[-1]
        steps_shape = (None, None, inside)
        self.others = [name for name in names if name != self.kept]
        self.before = {n: RmsNorm() for n in names if self.others}
        self.attentions = {n: Attention(self.heads) for n in self.others}
        self.gates = {
            name: self.add_weight(
                shape=(inside,),
                initializer=keras.initializers.Constant(self.gate),
                name=f"{name}_gain",
            )
            for name in self.others
        }
        self.drop = keras.layers.Dropout(self.dropout)
        self.nearness = {}
        if self.reach is not None:
            self.nearness = {n: Nearness(self.heads, self.reach) for n in self.others}
        if self.hidden:
            self.generator = keras.random.SeedGenerator()
        self.last = []
        if self.width is not None:
            self.last = [RmsNorm(), keras.layers.Dense(self.width)]
        for layer in (*self.before.values(), *self.last):
            layer.build(steps_shape)
        for layer in (*self.attentions.values(), *self.nearness.values()):
            layer.build(steps_shape, steps_shape)

    def call(self, streams, present, training=False):
        values, mask = streams[self.kept]
        if training and self.hidden and self.others:
            values = self._hidden(values, present)
        total = values
        if self.others:
            asking = self.before[self.kept](values)
        for name in self.others:
            context = self.before[name](streams[name].values)
            seen = present_steps(streams[name], present[name])
            leaning = self._leaning(name, mask, streams[name].mask, present)
            found = self.attentions[name](asking, context, seen, leaning)
            found = self.drop(found, training=training)
            total = total + ops.cast(self.gates[name], found.dtype) * found
        for layer in self.last:
            total = layer(total)
        return Stream(zero_padding(total, mask), mask)

    def _hidden(self, values, present):
        """The anchor's steps, some of them zeros where others can be asked instead."""
        draws = keras.random.uniform(
            ops.shape(values)[:2], dtype="float32", seed=self.generator
        )
        others = ops.stack([ops.cast(present[n], "bool") for n in self.others])
        there = ops.cast(present[self.kept], "bool")  # else a token, that says nothing
        asked = ops.logical_and(ops.any(others, axis=0), there)[:, None]
        shown = ops.logical_not(ops.logical_and(draws < self.hidden, asked))
        return zero_padding(values, shown)

    def _leaning(self, name, mask, others_mask, present):
        """To the same place of the row; an absent anchor's one step to none."""
        if name not in self.nearness:
            return None
        there = ops.cast(present[self.kept], "float32")[:, None, None, None]
        return there * self.nearness[name](mask, others_mask)

    def _check(self, names):
        """Raises `PartError` for options that no columns fit."""
        if self.kept not in names:
            raise PartError(
                "The anchor of fusion 'anchored' is no column",
                expected=one_of(names),
                got=self.anchor,
            )
        if self.reach is not None:
            between("anchored", "reach", self.reach, _SHORTEST, 1.0, kind="fusion")
        between("anchored", "hidden", self.hidden, 0.0, _MOST_HIDDEN, kind="fusion")
        between("anchored", "gate", self.gate, 0.0, 1.0, kind="fusion")
