"""Lists of zeros and ones: which of several places are taken (one-hot, multi-hot)."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from homodal.errors import BadCell
from homodal.media.files import shown
from homodal.media.lists import listed

_MOST = 0.95  # of the cells; where so many are such lists, the others are mistakes
_FEWEST = 2  # places


class Places(NamedTuple):
    """size: places of a cell. single: exactly one of them is taken in every cell."""

    size: int
    single: bool

    def describe(self) -> str:
        """One clause for a person."""
        if self.single:
            return f"one-hot: one 1 among {self.size} places in every cell"
        return f"multi-hot: 0 or 1 at {self.size} places in every cell"


def recognise_places(cells: Sequence[Any]) -> Places | None:
    """What (nearly) all cells are, or None where they are no lists of 0 and 1.

    Cells are lists, arrays, or texts that write a list, all of one length.
    """
    lists = [found for cell in cells if (found := _zeros_and_ones(cell)) is not None]
    if not lists or len(lists) < _MOST * len(cells):
        return None
    (size, count), *_ = Counter(map(len, lists)).most_common(1)
    if size < _FEWEST or count < _MOST * len(cells):
        return None
    ones = {sum(each) for each in lists if len(each) == size}
    return None if ones == {0} else Places(size, ones == {1})


def names_of_ones(cell: Any, size: int, names: Sequence | None = None) -> list[str]:
    """Names of the places that a cell takes; their numbers, from 0, without names.

    Raises `BadCell` for what is no list of `size` zeros and ones.
    """
    if names is not None and len(names) != size:
        raise BadCell(f"{len(names)} names for {size} places")
    taken = _zeros_and_ones(cell)
    if taken is None or len(taken) != size:
        raise BadCell(f"not a list of {size} zeros and ones: {shown(cell)}")
    places = [place for place, one in enumerate(taken) if one]
    return [str(place if names is None else names[place]) for place in places]


def _zeros_and_ones(cell: Any) -> list[int] | None:
    found = listed(cell)
    if not found:
        return None
    plain = all(isinstance(each, (bool, int, float)) for each in found)
    return [int(each) for each in found] if plain and {*found} <= {0, 1} else None
