"""Rows encoded once; answers of any columns of any rows, mixed at will.

Encoders are nearly all of a network's work. Everything about columns (subsets,
permuted cells, additive projections) asks the fusion and the head only.
"""

import numpy as np
from keras import ops

from homodal.data.batches import PRESENT, mask_name
from homodal.evaluation.compiled import compiled
from homodal.layers.stream import stream_of

_ENCODED = 256  # rows at once
_ANSWERED = 1024


class Encodings:
    """The streams of some rows of a table, in memory.

    rows: row numbers `(rows,)`; truth `(rows,)`; present `(rows, columns)`, which cells
    there are; slugs: the columns in that order.
    """

    def __init__(self, network, rows):
        """network: a `Network`; rows: the `Rows` to encode."""
        self.network = network
        self.slugs = network.slugs
        self._batches = rows.batches(_ENCODED)
        self._encoders = {slug: self._encoder(slug) for slug in self.slugs}
        self._answer = compiled(self._answered)
        self.rows = self._batches.order(0)
        self.truth = rows.truth[self.rows]
        self._streams = {slug: [] for slug in self.slugs}
        present = []
        for inputs in self._inputs():
            present.append(inputs[PRESENT])
            for slug in self.slugs:
                self._streams[slug].append(self._encode(slug, inputs))
        self.present = np.concatenate(present)
        self._streams = {slug: _joined(s) for slug, s in self._streams.items()}

    def __len__(self):
        return len(self.rows)

    def logits(self, present=None, picks=None, others=None):
        """`(answers, ...)`, float32.

        present: `(answers, columns)`, what may be seen; cells that are absent stay so.
        picks: `{slug: (answers,)}` places of the rows whose cell of that column is
            taken (default: all rows in their order, for columns not named, too).
        others: `{slug: stream}` in place of the encoded ones (`disturbed`).
        """
        answers = len(next(iter(picks.values()))) if picks else len(self)
        places = {slug: np.arange(len(self)) for slug in self.slugs} | (picks or {})
        there = [self.present[places[s], i] for i, s in enumerate(self.slugs)]
        there = np.stack(there, axis=1)
        if present is not None:
            there = there & present
        streams = self._streams | (others or {})
        found = []
        for begin in range(0, answers, _ANSWERED):
            part = slice(begin, begin + _ANSWERED)
            given = {s: _taken(streams[s], places[s][part]) for s in self.slugs}
            found.append(
                np.asarray(ops.convert_to_numpy(self._answer(given, there[part])))
            )
        return np.concatenate(found).astype(np.float32)

    def vectors(self):
        """What is alike lies near: `(rows, columns * width)`, zeros where absent.

        The mean over the steps of each column's stream, side by side.
        """
        means = []
        for place, slug in enumerate(self.slugs):
            values, mask = self._streams[slug][:2]
            weights = (mask & self.present[:, [place]])[..., None]
            count = np.maximum(weights.sum(axis=1), 1)
            means.append((values.astype(np.float64) * weights).sum(axis=1) / count)
        return np.concatenate(means, axis=1)

    def disturbed(self, slug, disturb):
        """The stream of a column whose arrays `disturb(arrays, mask)` has changed."""
        return _joined([self._encode(slug, i, disturb) for i in self._inputs()])

    def _inputs(self):
        for index in range(len(self._batches)):
            yield self._batches.batch(index, order=self.rows)[0]

    def _encoder(self, slug):
        def encoded(arrays, mask):
            return tuple(self.network.encoded(slug, arrays, mask))

        return compiled(encoded, free=2 if slug in self._batches.varying else 1)

    def _answered(self, streams, present):
        streams = {slug: stream_of(*stream) for slug, stream in streams.items()}
        return self.network.answered(streams, present)[0]

    def _encode(self, slug, inputs, disturb=None):
        arrays, mask = inputs[slug], inputs[mask_name(slug)]
        if disturb is not None:
            arrays = disturb(arrays, mask)
        given = (ops.convert_to_tensor(each) for each in (arrays, mask))
        return tuple(map(ops.convert_to_numpy, self._encoders[slug](*given)))


def _joined(parts):
    """Streams of batches as one, each of their arrays padded to the longest."""
    steps = max(stream[1].shape[1] for stream in parts)
    return tuple(
        np.concatenate([_longer(array, steps) for array in arrays])
        for arrays in zip(*parts, strict=True)
    )


def _longer(array, steps):
    more = [(0, 0)] * array.ndim
    more[1] = (0, steps - array.shape[1])
    return np.pad(array, more)


def _taken(stream, places):
    return tuple(ops.convert_to_tensor(array[places]) for array in stream)
