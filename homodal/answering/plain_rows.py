"""The figures of a table's rows that plain features are made of, each computed once."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homodal.data.preparation import Preparation
from homodal.data.reading import usable
from homodal.plain.features import PlainFeatures

Array = NDArray[Any]


class PlainRows:
    """The columns of a table that have plain features.

    columns: `{slug: StoredColumn}`, all of the preparation's. remember: whether figures
    are kept for the next time; they are where rows are looked at more than once.
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

    def of(
        self, rows: Array, seen: Collection[str] | None = None
    ) -> Iterator[tuple[str, PlainFeatures, Any, Array]]:
        """Yield `(slug, features, figures, there)` of each column.

        figures: a sequence with those of one row after the other. seen: the slugs that
        are read; None: all.
        """
        for slug, features in self.features.items():
            if seen is not None and slug not in seen:
                continue
            column = self.columns[slug]
            there = usable(column.status[rows])
            if column.stack is not None:
                yield slug, features, column.stack.cells_of(slug, rows), there
            else:
                yield slug, features, self._figures(slug, features, rows), there

    def _figures(self, slug: str, features: PlainFeatures, rows: Array) -> "_Figures":
        known = None
        if self._remembered is not None and features.summarises:
            known = self._remembered.setdefault(slug, {})
        return _Figures(self.columns[slug], features, rows, known)


def plain_features(
    preparation: Preparation, slugs: Collection[str] | None = None
) -> dict[str, PlainFeatures]:
    """The plain features of each column that has some, by slug; slugs None: of all."""
    every = {
        c.slug: c.reader().plain(c.facts)
        for c in preparation.columns
        if slugs is None or c.slug in slugs
    }
    return {slug: features for slug, features in every.items() if features is not None}


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
