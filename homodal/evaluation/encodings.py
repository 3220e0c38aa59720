"""Rows encoded once; answers of any columns of any rows, mixed at will.

Encoders are nearly all of a network's work. Everything about columns (subsets,
permuted cells, additive projections) asks the fusion and the head only.
"""

import numpy as np
from keras import ops, tree

from homodal.answering.plain_rows import PlainRows
from homodal.data.batches import PRESENT
from homodal.evaluation.compiled import compiled
from homodal.layers.stream import stream_of

_ENCODED = 256  # rows at once
_ANSWERED = 1024
_PLAIN = "plain model"  # among what `disturbed` changes; no key of an entry


class Encodings:
    """The streams of some rows of a table, in memory.

    rows: row numbers `(rows,)`; truth `(rows,)`; present `(rows, columns)`, which cells
    there are; slugs: the columns in that order. What a block's encoder makes of its
    columns depends on which are shown: of blocks the embedded columns are kept.
    """

    def __init__(self, model, rows):
        """model: a `Model`; rows: the `Rows` to encode."""
        self.model = model
        self.network = network = model.network
        self.slugs = network.slugs
        self._batches = rows.batches(_ENCODED)
        self._encoders = {key: self._encoder(key) for key in network.keys}
        self._answer = compiled(self._answered)
        self.rows = self._batches.order(0)
        self.truth = rows.truth[self.rows]
        streams = {key: [] for key in network.keys}
        present = []
        for inputs in self._inputs():
            present.append(inputs[PRESENT])
            for key in network.keys:
                streams[key].append(self._encode(key, *network.cells(key, inputs)))
        self.present = np.concatenate(present)
        self._streams = {key: _joined(each) for key, each in streams.items()}
        self._plain = None
        if model.plain is not None:
            table = PlainRows(model.preparation, rows.columns)
            self._plain = model.plain.parts(table, self.rows)

    def __len__(self):
        return len(self.rows)

    def logits(self, present=None, picks=None, others=None):
        """`(answers, ...)`, float32.

        present: `(answers, columns)`, what may be seen; cells that are absent stay so.
        picks: `{slug: (answers,)}` places of the rows whose cell of that column is
            taken (default: all rows in their order, for columns not named, too).
        others: in place of what was encoded, as `disturbed` gives it.
        """
        answers = len(next(iter(picks.values()))) if picks else len(self)
        places = {slug: np.arange(len(self)) for slug in self.slugs} | (picks or {})
        there = [self.present[places[s], i] for i, s in enumerate(self.slugs)]
        there = np.stack(there, axis=1)
        if present is not None:
            there = there & present
        others = dict(others or {})
        plain = others.pop(_PLAIN, self._plain)
        streams = self._streams | others
        found = []
        for begin in range(0, answers, _ANSWERED):
            part = slice(begin, begin + _ANSWERED)
            chosen = {slug: each[part] for slug, each in places.items()}
            given = {key: self._taken(key, streams, chosen) for key in self._streams}
            found.append(
                np.asarray(ops.convert_to_numpy(self._answer(given, there[part])))
            )
        logits = np.concatenate(found).astype(np.float32)
        return logits if plain is None else self._mixed(logits, plain, places, there)

    def _mixed(self, logits, plain, places, there):
        """The network's logits with the plain model's scores of the same cells."""
        parts = [plain[places[slug], place] for place, slug in enumerate(self.slugs)]
        scores = self.model.plain.total(np.stack(parts, axis=1), there)
        return self.model.plain.mixed(logits, scores)

    def vectors(self):
        """What is alike lies near: `(rows, columns * width)`, zeros where absent.

        The mean over the steps of each column's stream, side by side.
        """
        means = []
        for key, entry in self.network.entries.items():
            values, mask = self._streams[key][:2]
            places = [self.slugs.index(slug) for slug in entry.slugs]
            weights = (mask & self.present[:, places])[..., None]
            values = values.astype(np.float64) * weights
            if entry.block:  # each column is a step
                means.append(values.reshape(len(values), -1))
                continue
            count = np.maximum(weights.sum(axis=1), 1)
            means.append(values.sum(axis=1) / count)
        return np.concatenate(means, axis=1)

    def disturbed(self, slug, disturb):
        """What `disturb(arrays, mask)` of a column's arrays changes, by name.

        The stream of the entry that the column belongs to, and the column's part of the
        plain model's scores.
        """
        [entry] = [e for e in self.network.entries.values() if slug in e.slugs]
        streams, parts = [], []
        for inputs in self._inputs():
            cells = self.network.cells(entry.key, inputs)
            changed, arrays, mask = _disturbed(entry, slug, cells, disturb)
            streams.append(self._encode(entry.key, *changed))
            if self._plain is not None:
                plain, preparation = self.model.plain, self.model.preparation
                told = preparation, slug
                before = plain.part(*told, *_own(entry, slug, cells))
                parts.append(plain.part(*told, arrays, mask) - before)
        found = {entry.key: _joined(streams)}
        if self._plain is not None:
            found[_PLAIN] = self._plain.copy()
            found[_PLAIN][:, self.slugs.index(slug)] += np.concatenate(parts)
        return found

    def _inputs(self):
        for index in range(len(self._batches)):
            yield self._batches.batch(index, order=self.rows)[0]

    def _encoder(self, key):
        def encoded(arrays, mask):
            return tuple(self.network.encoded(key, arrays, mask))

        return compiled(encoded, free=2 if key in self._batches.varying else 1)

    def _answered(self, streams, present):
        streams = {key: stream_of(*stream) for key, stream in streams.items()}
        streams = self.network.mixed(streams, present)
        return self.network.answered(streams, present)[0]

    def _encode(self, key, arrays, mask):
        given = (tree.map_structure(ops.convert_to_tensor, e) for e in (arrays, mask))
        return tuple(map(ops.convert_to_numpy, self._encoders[key](*given)))

    def _taken(self, key, streams, places):
        """An entry's stream of some rows; of a block each column of rows of its own."""
        entry, stream = self.network.entries[key], streams[key]
        first = places[entry.slugs[0]]
        if all(places[slug] is first or (places[slug] == first).all()
               for slug in entry.slugs):  # fmt: skip
            return tuple(ops.convert_to_tensor(array[first]) for array in stream)
        rows = np.stack([places[slug] for slug in entry.slugs], axis=1)
        steps = np.arange(len(entry.slugs))
        return tuple(ops.convert_to_tensor(array[rows, steps]) for array in stream)


def _own(entry, slug, cells):
    """`(arrays, mask)` of one of an entry's columns."""
    return _disturbed(entry, slug, cells, lambda arrays, mask: arrays)[1:]


def _disturbed(entry, slug, cells, disturb):
    """`(cells, arrays, mask)`: an entry's with those of one column changed; its own."""
    arrays, mask = cells
    if not entry.block:
        own = disturb(arrays, mask)
        return (own, mask), own, mask
    [group] = [g for g in entry.groups if slug in [c.slug for c in g.columns]]
    name = group.name
    if not group.stacked:
        own = disturb(arrays[name], mask[name])
        return (arrays | {name: own}, mask), own, mask[name]
    changed, place = arrays[name].copy(), [c.slug for c in group.columns].index(slug)
    steps = changed.shape[2]
    real = np.repeat(mask[name][:, [place]], steps, axis=1)
    changed[:, place] = own = disturb(changed[:, place], real)
    return (arrays | {name: changed}, mask), own, real


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
