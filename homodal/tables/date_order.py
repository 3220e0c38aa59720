"""Whether the days of a column stand before or after their months, with evidence."""

import contextlib
import re
from collections import Counter
from dataclasses import dataclass

from homodal.tables.dates import ORDER_NAMES, ORDERS, readings


@dataclass(frozen=True)
class OrderEvidence:
    """In which order the numbers of a column's dates stand, and why.

    order: None where nothing tells, or no cell leaves a question; why: in words, empty
    where no cell leaves a question.
    """

    order: str | None = None
    why: str = ""


def order_evidence(cells):
    """The `OrderEvidence` of these cells; those that are no dates do not count."""
    readable = list(_each_reading(cells))
    numeric = [(cell, found) for cell, found in readable if _asks(found)]
    if not numeric:
        return OrderEvidence()
    every = [found for _, found in numeric]
    fits = Counter(order for found in every for order in found)
    most = max(fits.values())
    best = [order for order in ORDERS if fits[order] == most]
    if len(best) > 1:
        order, why = _order_by_form([cell for cell, _ in numeric], every, best)
        return OrderEvidence(order, why)
    order = best[0]
    second = max((o for o in ORDERS if o != order), key=lambda each: fits[each])
    telling = sum(order in found and second not in found for found in every)
    why = f"{ORDER_NAMES[order]} in {telling} of {len(readable)} cells"
    against = sum(second in found and order not in found for found in every)
    if against:
        why += f", {ORDER_NAMES[second]} in {against}"
    rest = len(readable) - telling - against
    return OrderEvidence(order, why + (", the others fit both" if rest else ""))


def _each_reading(cells):
    for cell in cells:
        with contextlib.suppress(ValueError):
            yield cell, readings(cell)


def _asks(found):
    """Whether the order matters: not every one fits, or they differ."""
    return len(found) < len(ORDERS) or len(set(found.values())) > 1


def _order_by_form(cells, every, best):
    """`(order, why)` where several orders fit equally many cells; None: undecided."""
    total = len(cells)
    if "ymd" in best:  # years that are days of a month would be of one generation
        years = {o: sorted({f[o].clock.year for f in every if o in f}) for o in best}
        fewest = min(map(len, years.values()))
        best = [order for order in best if len(years[order]) == fewest]
        if len(best) == 1:
            first, last = years[best[0]][0], years[best[0]][-1]
            within = f"{first}" if first == last else f"{first} to {last}"
            return best[0], f"{ORDER_NAMES[best[0]]}, which makes the years {within}"
    if all("." in cell.split()[0] for cell in cells):
        return "dmy", f"day first in {total} of {total} cells, as dots mean"
    pairs = [re.split(r"[-/.]", cell.strip())[:2] for cell in cells]
    first, second = (len(set(each)) for each in zip(*pairs, strict=True))
    if first == 1 and second >= 3:
        return "dmy", f"the first number is {pairs[0][0]} in every cell: the day"
    if second == 1 and first >= 3:
        return "mdy", f"the second number is {pairs[0][1]} in every cell: the day"
    return None, f"{total} cells can be read day first and month first"
