"""The network: fronts, encoders, one fusion, heads, as one Keras model.

Requirements: the answer never depends on the content of an absent cell; any non-empty
set of columns gives a finite answer; one loss and one `fit` on every backend.
"""

from functools import partial

import keras
import numpy as np
from keras import ops

from homodal.data.batches import PRESENT, TAUGHT, WEIGHT, mask_name
from homodal.layers.alignment import of_steps
from homodal.layers.augmented import Augmented
from homodal.layers.block import Block
from homodal.layers.presence import (
    AbsentToken,
    ModalityDropout,
    blank,
    present_steps,
)
from homodal.layers.stream import Stream, single, stream_of
from homodal.model.strategies import Strategies, shares


class Network(keras.Model):
    """Inputs by name (`data.batches`) to `{"logits", "alone", "present"}`.

    entries: what the fusion sees as one, columns and blocks of columns
    (`data.blocks`); slugs: of all columns, in the order of `present`. fronts, encoders,
    heads: `{key: layer}` by entry; heads give each entry's own logits, for the unimodal
    auxiliary losses and for fusions at decision level. `head` reads the fused stream;
    apart: `{target: key}` of targets that are read from the stream of one entry
    instead. augmentations: `{input: layers}`. width: of the streams; embedded:
    `{key: width}` of what their encoders read of each column of a block. logits
    `(batch, ...)`; alone `{key: logits}`; present `(batch, columns)` and shown
    `(batch, entries)`, after modality dropout in training.
    """

    def __init__(
        self,
        entries,
        slugs,
        fronts,
        encoders,
        heads,
        fusion,
        head,
        *,
        width,
        embedded,
        training,
        classes=0,
        apart=None,
        augmentations=None,
    ):
        super().__init__(name="network")
        self.entries = {entry.key: entry for entry in entries}
        self.keys = list(self.entries)
        self.slugs = slugs
        self.augmented = Augmented(augmentations or {})
        self.fronts = fronts
        self.encoders = encoders
        self.blocks = {
            entry.key: Block(
                encoders[entry.key], len(entry.columns), embedded[entry.key]
            )
            for entry in entries
            if entry.block
        }
        self.absent = {key: AbsentToken(width) for key in fronts}
        self.heads = heads
        self.fusion = fusion
        self.head = head
        self.apart = apart or {}
        number = {slug: place for place, slug in enumerate(slugs)}
        self._places = {  # of each entry's columns in `present`
            entry.key: np.array([number[slug] for slug in entry.slugs], np.int32)
            for entry in entries
        }
        several = len(self.keys) > 1
        self.auxiliary_weight = training.auxiliary_weight if several else 0.0
        self.dropout = ModalityDropout(
            training.modality_dropout if len(slugs) > 1 else 0.0,
            seed=training.seed,
            schedule=training.modality_dropout_schedule,
            blocks=[self._places[key] for key in self.blocks],
        )
        self.strategies = Strategies(training, len(self.keys), classes, width)
        # by `predict_tensorflow`, where that is the backend
        self.traced = self.traced_whole = None
        self.progress = keras.metrics.Mean(name=head.progress_name)
        # told apart from the network's own by the slash: `face/loss`
        self.column_figures = {
            f"{slug}/{figure}": keras.metrics.Mean(name=f"{slug}/{figure}")
            for slug in heads
            for figure in ("loss", head.progress_name)
        }

    @property
    def rows_apart(self):
        """Whether in training no row of a batch depends on another."""
        return self.head.rows_apart and not self.strategies.active

    def build(self, inputs_shape):
        """Nothing: the first call builds every part, but a head that is never asked."""

    def call(self, inputs, training=False):
        inputs = self.augmented(inputs, training=training)
        present = self.dropout(inputs[PRESENT], training=training)
        if training and self.strategies.kind == "opm":
            hidden = self.strategies.hide(self.shown_matrix(present))
            present = ops.logical_and(present, self.by_column(hidden))
        streams = {
            key: self.encoded(key, *self.cells(key, inputs), training)
            for key in self.keys
        }
        streams = self.mixed(streams, present, training)
        logits, alone = self.answered(streams, present, training)
        found = {"logits": logits, "alone": alone, "present": present}
        found["shown"] = self.shown_matrix(present)
        if training and self.strategies.needs_pooled:
            found["pooled"] = self.strategies.pooled(streams)
        if training and self.strategies.kind == "agm":
            found["shares"] = self._shares(streams, present)
        return found

    def cells(self, key, inputs):
        """`(arrays, mask)` of an entry's inputs; of a block each `{input: such}`."""
        if key not in self.blocks:
            return inputs[key], inputs[mask_name(key)]
        names = [group.name for group in self.entries[key].groups]
        arrays = {name: inputs[name] for name in names}
        return arrays, {name: inputs[mask_name(name)] for name in names}

    def encoded(self, key, arrays, mask, training=False):
        """The Stream of one entry's cells, whether they are present or not.

        arrays, mask: as `cells` gives them. A block's columns are embedded only: what
        its encoder makes of them depends on which are present (`mixed`).
        """
        values, real = self.fronted(key, arrays, mask, training)
        return self.read(key, arrays, mask, values, real, training)

    def read(self, key, arrays, mask, values, real, training=False):
        """The same, of the values and the mask that the entry's front gave."""
        if key in self.blocks:
            return Stream(values, real)
        stream = self.encoders[key](values, real, training=training)
        return self.timed(key, stream, arrays, mask, values, real)

    def mixed(self, streams, present, training=False):
        """`encoded` streams, with blocks through their encoders; present `(batch, M)`.

        An absent column of a block is its learned token at its step.
        """
        return {
            key: self.blocks[key](
                stream,
                ops.take(present, self._places[key], axis=1),
                training=training,
            )
            if key in self.blocks
            else stream
            for key, stream in streams.items()
        }

    def shown(self, present):
        """Which entries have a present column: `{key: (batch,)}`."""
        return {
            key: ops.any(ops.take(present, places, axis=1), axis=1)
            if len(places) > 1
            else present[:, places[0]]
            for key, places in self._places.items()
        }

    def shown_matrix(self, present):
        """The same as `(batch, entries)`."""
        return ops.stack(list(self.shown(present).values()), axis=1)

    def by_column(self, entries):
        """`(batch, entries)` to `(batch, columns)`: each column as its entry."""
        owners = {p: row for row, ps in enumerate(self._places.values()) for p in ps}
        order = np.array([owners[place] for place in range(len(owners))], np.int32)
        return ops.take(entries, order, axis=1)

    def timed(self, key, stream, arrays, mask, values, real):
        """The column's stream with the seconds of its steps, where they are known.

        arrays, mask: its cells; values, real: what its front made of them.
        """
        seconds = self.fronts[key].seconds(arrays, mask, real)
        if seconds is not None:
            mixed = len(values.shape) == 4 or _differ(values, stream.values)
            seconds = of_steps(seconds, real, stream.mask, mixed)
        return stream_of(stream.values, stream.mask, seconds)

    def fronted(self, key, arrays, mask, training=False):
        """`(values, mask)` of one entry's cells, before its encoder."""
        return self.fronts[key](arrays, mask, training=training)

    def answered(self, streams, present, training=False):
        """`(logits, alone)` of `mixed` streams; present `(batch, columns)` bool."""
        streams, shown = self.tokened(streams, present)
        if training:
            streams = self.strategies.damped(streams)
        heads = self.heads
        alone = {s: heads[s](streams[s], training=training) for s in heads}
        return self._fused(streams, alone, shown, training), alone

    def tokened(self, streams, present):
        """What the fusion sees: streams with absent tokens, and `{key: (batch,)}`."""
        shown = self.shown(present)
        streams = {k: self.absent[k](streams[k], shown[k]) for k in self.keys}
        return self.strategies.imputed(streams, self.shown_matrix(present)), shown

    def _shares(self, streams, present):
        """Each entry's share in the fused logits; nothing is trained by it."""
        still = {
            slug: stream._replace(values=ops.stop_gradient(stream.values))
            for slug, stream in streams.items()
        }

        def answer(entries):
            there = ops.logical_and(present, self.by_column(entries))
            return self.answered(still, there)[0]

        parts = shares(answer, self.shown_matrix(present))
        return dict(zip(self.keys, map(ops.stop_gradient, parts), strict=True))

    def _fused(self, streams, alone, shown, training):
        if (
            self.head.reads_steps and len(streams) == 1
        ):  # nothing to fuse, and time kept
            return self.head(next(iter(streams.values())), training=training)
        if self.fusion.level == "decision":
            experts = {slug: single(logits) for slug, logits in alone.items()}
            return self.fusion(experts, shown, training=training).values[:, 0]
        fused = self.fusion(streams, shown, training=training)
        apart = {t: _or_nothing(streams[s], shown[s]) for t, s in self.apart.items()}
        told = {"apart": apart} if apart else {}
        logits = self.head(fused, training=training, **told)
        if self.fusion.level == "joint":
            logits = self.head.added(logits, _shown(alone, shown))
        return logits

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True
    ):
        """Mean loss of the fused answer, plus each present column's own, weighted.

        Rows count as much as `x[WEIGHT]` says, where it is there; their mean is one.
        Each column's losses `(batch,)` are put into `y_pred["losses"]`: JAX lets no
        weight be read by metrics, and a head may need its own for a loss.
        """
        weights = (x or {}).get(WEIGHT, 1.0)
        loss = ops.mean(weights * self.head.loss(y_pred["logits"], y))
        y_pred["losses"] = {
            slug: self.heads[slug].loss(logits, y)
            for slug, logits in y_pred["alone"].items()
        }
        if self.auxiliary_weight:
            own = self._alone_losses(y_pred, weights)
            loss = self.strategies.together(loss, own, self.auxiliary_weight)
        if training:
            judged_by = y_pred.get("shares", y_pred["alone"])
            taught = (x or {}).get(TAUGHT)
            loss = loss + self.strategies.loss(y, y_pred, judged_by, taught)
        return loss

    def _alone_losses(self, y_pred, weights):
        """Of each column's own answers, the mean over the rows that have it."""
        found = []
        for slug, losses in y_pred["losses"].items():
            shown = y_pred["shown"][:, self.keys.index(slug)]
            losses = weights * losses
            total = ops.sum(ops.where(shown, losses, 0.0))
            count = ops.sum(ops.cast(shown, losses.dtype))
            found.append(total / ops.maximum(count, 1.0))
        return found

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        """The loss and the head's progress figure over the epoch so far."""
        self.progress.update_state(self.head.progress(y_pred["logits"], y))
        for slug, logits in y_pred["alone"].items():
            shown = y_pred["shown"][:, self.keys.index(slug)]
            head, name = self.heads[slug], self.head.progress_name
            self.column_figures[f"{slug}/loss"].update_state(
                y_pred["losses"][slug], sample_weight=shown
            )
            self.column_figures[f"{slug}/{name}"].update_state(
                head.progress(logits, y), sample_weight=shown
            )
        return self.get_metrics_result()

    def column_weights(self):
        """`{key: trainable weights}` of each entry's front and encoder."""
        if len(self.keys) == 1:
            return {}
        return {
            key: [
                *self.fronts[key].trainable_weights,
                *self.encoders[key].trainable_weights,
            ]
            for key in self.keys
        }

    def make_predict_function(self, force=False):
        """Compiled one way whatever training chose: equal answers before and after.

        A model that was only loaded would otherwise be compiled by XLA, anew for every
        shape of its inputs, and answer with other last bits than the run that saved it.
        """
        chosen = self.jit_compile
        self.jit_compile = keras.backend.backend() == "jax"
        try:
            return super().make_predict_function(force)
        finally:
            self.jit_compile = chosen


def _or_nothing(stream, present):
    """The stream, without a real step where its column is absent."""
    return stream._replace(mask=present_steps(stream, present))


def _shown(alone, shown):
    """The columns' own logits, zeros where a column is absent."""
    return [
        keras.tree.map_structure(partial(blank, present=shown[slug]), logits)
        for slug, logits in alone.items()
    ]


def _differ(one, other):
    """True where both numbers of steps are known and not the same."""
    steps = {one.shape[1], other.shape[1]} - {None}
    return len(steps) == 2
