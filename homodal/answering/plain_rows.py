"""The figures of a table's rows that plain features are made of, each computed once."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homodal.data.preparation import Preparation
from homodal.data.reading import usable
from homodal.plain.features import PlainFeatures, Statistics

Array = NDArray[Any]

_EXTRACTED = ".features"  # no slug has a dot


class PlainRows:
    """The columns of a table that have plain features.

    A column's features are named by its slug; those of what a pretrained network made
    of it by `<slug>.features`. columns: `{slug: StoredColumn}`, all of the
    preparation's. remember: whether figures are kept for the next time; they are where
    rows are looked at more than once.
    """

    def __init__(
        self,
        preparation: Preparation,
        columns: Mapping[str, Any],
        remember: bool = False,
    ) -> None:
        self.slugs = [column.slug for column in preparation.columns]
        self.features = plain_features(preparation)
        self.columns = columns
        self._remembered: dict[str, dict[int, Array]] | None = {} if remember else None

    def __bool__(self) -> bool:
        return bool(self.features)

    def only(self, slugs: Collection[str]) -> "PlainRows":
        """These rows with the plain features of these columns."""
        return self._with(n for n in self.features if slug_of(n) in slugs)

    def without_features(self) -> "PlainRows":
        """These rows without what pretrained networks made of them."""
        return self._with(n for n in self.features if not n.endswith(_EXTRACTED))

    def _with(self, names: Iterable[str]) -> "PlainRows":
        own = copy(self)  # what is remembered is common
        own.features = {name: self.features[name] for name in names}
        return own

    def of(
        self, rows: Array, seen: Collection[str] | None = None
    ) -> Iterator[tuple[str, PlainFeatures, Any, Array]]:
        """Yield `(name, features, figures, there)` of each column.

        figures: a sequence with those of one row after the other. seen: the names of
        the features that are read; None: all.
        """
        for name, features in self.features.items():
            if seen is not None and name not in seen:
                continue
            slug = slug_of(name)
            column = self.columns[slug]
            there = usable(column.status[rows])
            if column.stack is not None:
                yield name, features, column.stack.cells_of(slug, rows), there
            else:
                yield name, features, self._figures(name, features, rows), there

    def _figures(self, name: str, features: PlainFeatures, rows: Array) -> "_Figures":
        known = None
        if self._remembered is not None and features.summarises:
            known = self._remembered.setdefault(name, {})
        column = self.columns[slug_of(name)]
        read = column.extracted if name.endswith(_EXTRACTED) else column
        return _Figures(read, features, rows, known)


def slug_of(name: str) -> str:
    """The slug of the column whose plain features have this name."""
    return name.removesuffix(_EXTRACTED)


def plain_features(
    preparation: Preparation, slugs: Collection[str] | None = None
) -> dict[str, PlainFeatures]:
    """The plain features of each column that has some, by name; slugs None: of all."""
    found: dict[str, PlainFeatures] = {}
    for column in preparation.columns:
        if slugs is not None and column.slug not in slugs:
            continue
        own = column.reader().plain(column.facts)
        if own is not None:
            found[column.slug] = own
        if column.extractor:
            (steps, _), _ = column.input_shape()
            summary = mean_of if steps == 1 else mean_and_maximum
            found[f"{column.slug}{_EXTRACTED}"] = Statistics(summary)
    return found


def input_name(preparation: Preparation, slug: str) -> str:
    """The name of the plain features of what the network reads of a column."""
    [column] = [c for c in preparation.columns if c.slug == slug]
    return f"{slug}{_EXTRACTED}" if column.extractor else slug


def mean_of(features: Array) -> NDArray[np.float32]:
    """Of features `(steps, width)` the mean over the steps."""
    return np.asarray(features, np.float32).mean(axis=0)


def mean_and_maximum(features: Array) -> NDArray[np.float32]:
    """The same, and the maximum behind it: `(2 width,)`."""
    return np.concatenate([mean_of(features), np.asarray(features).max(axis=0)])


class _Figures:
    """Those of a stored column's rows, each computed when it is asked for."""

    def __init__(
        self,
        column: Any,
        features: PlainFeatures,
        rows: Array,
        known: dict[int, Array] | None,
    ) -> None:
        self._column, self._features = column, features
        self._rows, self._known = rows, known

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int) -> Array:
        row = int(self._rows[place])
        if self._known is None:
            return self._computed(row)
        if row not in self._known:
            self._known[row] = self._computed(row)
        return self._known[row]

    def _computed(self, row: int) -> Array:
        return self._features.figures(np.asarray(self._column.array(row)))
