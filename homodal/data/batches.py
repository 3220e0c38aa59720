"""Batches: slices of stored columns, padded to few lengths, masked, in our own order.

The order of an epoch is `default_rng([seed, epoch]).permutation`, whatever the backend
does: with a global seed, Keras's own shuffle on TensorFlow repeats one order for ever.
Rows of about the same length are then put into one batch, within windows of a few
batches, so that little of a batch is padding; the batches are shuffled again.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from homodal.data.answers import taken
from homodal.data.reading import usable
from homodal.data.store import batch_dtype

PRESENT = "present"
WEIGHT = "weight"  # of each row in the loss; among the inputs of training only
TAUGHT = "taught"  # what teachers made of each row's columns; in training only
_WINDOW = 8  # batches whose rows are sorted by length together


def mask_name(slug):
    """Name of the mask input that belongs to the column input `slug`."""
    return f"{slug}_mask"


@dataclass(frozen=True)
class Batches:
    """Rows as model inputs.

    columns: {slug: StoredColumn}; truth: encoded answers (`data.answers`) or None;
    rows: the row numbers that take part, in order; seed: None keeps that order; only:
    slugs that count as present, empty = all. buckets: how many padded lengths a column
    has; few, where every new shape is compiled anew. weights: `(rows_in_table,)` of
    each row in the loss, or None for one each. taught: `(rows_in_table, ...)`, or None.
    """

    columns: dict
    truth: np.ndarray | dict | None
    rows: np.ndarray
    batch_size: int = 64
    seed: int | None = None
    only: tuple = ()
    buckets: int = 8
    weights: np.ndarray | None = None
    taught: np.ndarray | None = None

    def __len__(self):
        return -(-len(self.rows) // self.batch_size)

    @property
    def varying(self):
        """Names of the inputs whose second axis differs from batch to batch."""
        slugs = [s for s, column in self._inputs.items() if column.shape[0] is None]
        return [*slugs, *(mask_name(slug) for slug in slugs)]

    def shapes(self):
        """How many shapes the batches of the first epoch have, each compiled anew."""
        order, size = self.order(0), self.batch_size
        chosen = [order[begin : begin + size] for begin in range(0, len(order), size)]
        columns = self._inputs.values()
        return len(
            {
                (len(rows), *(_steps(column, rows, self.buckets) for column in columns))
                for rows in chosen
            }
        )

    def order(self, epoch):
        """Row numbers in the order of this epoch."""
        if self.seed is None:
            return self.rows
        rng = np.random.default_rng([self.seed, epoch])
        shuffled = self.rows[rng.permutation(len(self.rows))]
        return self._batches_shuffled(self._alike_together(shuffled), rng)

    def _alike_together(self, rows):
        """`rows`, sorted by length within windows; the windows' order is kept."""
        lengths = self._relative_lengths(rows)
        window = np.arange(len(rows)) // (_WINDOW * self.batch_size)
        return rows[np.lexsort((lengths, window))]

    def _relative_lengths(self, rows):
        total = np.zeros(len(rows))
        for column in self._inputs.values():
            if column.shape[0] is None:
                total += column.lengths[rows] / max(column.lengths.max(initial=1), 1)
        return total

    def _batches_shuffled(self, rows, rng):
        """The full batches in random order; a smaller last one stays the last."""
        full = len(rows) // self.batch_size
        whole = rows[: full * self.batch_size].reshape(full, self.batch_size)
        rest = rows[full * self.batch_size :]
        return np.concatenate([whole[rng.permutation(full)].ravel(), rest])

    def batch(self, index, epoch=0, order=None):
        """`(inputs, truth)` of batch `index`; inputs by name, truth or None.

        A row that is short of a full batch's size makes a smaller last batch.
        """
        order = self.order(epoch) if order is None else order
        rows = order[index * self.batch_size : (index + 1) * self.batch_size]
        inputs = self.inputs(rows)
        if self.weights is not None:
            inputs[WEIGHT] = self.weights[rows].astype(np.float32)
        if self.taught is not None:
            inputs[TAUGHT] = self.taught[rows]
        return inputs, None if self.truth is None else taken(self.truth, rows)

    def inputs(self, rows):
        """Model inputs of these rows: arrays, masks and `present (batch, columns)`.

        Columns that share an input stand in it side by side (`data.blocks`).
        """
        inputs: dict = {}
        for slug, column in self._inputs.items():
            if column.stack is None:
                arrays, mask = padded(column, rows, self.buckets)
                inputs |= {slug: arrays, mask_name(slug): mask}
        for stack in self._stacks:
            arrays, mask = stack.taken(rows)
            inputs |= {stack.name: arrays, mask_name(stack.name): mask}
        inputs[PRESENT] = self._present[rows]
        return inputs

    @cached_property
    def _inputs(self):
        """What the network reads of each column."""
        return {slug: column.input for slug, column in self.columns.items()}

    @cached_property
    def _stacks(self):
        """Each input of several columns once."""
        found = {id(c.stack): c.stack for c in self.columns.values() if c.stack}
        return list(found.values())

    def present(self, rows):
        """Which cells of these rows count as there: `(rows, columns)`."""
        return self._present[rows]

    @cached_property
    def _present(self):
        """The same of all rows of the table."""
        rows = len(next(iter(self.columns.values())))
        there = np.zeros((rows, len(self.columns)), bool)
        for place, (slug, column) in enumerate(self.columns.items()):
            if not self.only or slug in self.only:
                there[:, place] = usable(column.status)
        return there


def padded(column, rows, buckets=8):
    """`(arrays, mask)` of a column's rows; absent and bad cells are zeros, masked.

    arrays `(batch, steps, ...)`, mask `(batch, steps)`, True = real.
    """
    lengths = column.lengths[rows]
    steps = _steps(column, rows, buckets)
    arrays = np.zeros((len(rows), steps, *column.shape[1:]), batch_dtype(column.dtype))
    for place, row in enumerate(rows):
        if lengths[place]:
            arrays[place, : lengths[place]] = column.array(row)
    return arrays, np.arange(steps) < lengths[:, None]


def _steps(column, rows, buckets):
    """Padded length of these rows of a column."""
    if column.shape[0] is not None:
        return column.shape[0]
    longest = int(column.lengths.max(initial=1))
    return bucket(int(column.lengths[rows].max(initial=1)), longest, buckets)


def bucket(steps, longest, buckets):
    """The smallest of `buckets` equally spaced lengths that holds `steps`."""
    size = max(-(-longest // buckets), 1)
    return max(-(-steps // size), 1) * size
