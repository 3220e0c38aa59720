"""How the columns of answers are named, whatever the user's columns are called.

One rule. The answers to a target stand under the target's own name. What else is said
of them (a figure: `probability`, `status`, of several targets `price: low`) stands
under the figure's name, with ` (2)` behind it where that name is taken already, or the
next number that is free. The field of a figure keeps the figure's name in its metadata,
so that programs find it: `figure_column(answers, "status")`.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

PROBABILITIES, STATUS = "probabilities", "status"
_FIGURE = b"figure"
_NUMBERED = re.compile(r" \(\d+\)$")


def free_name(name: str, taken: Collection[str]) -> str:
    """`name`, or `name (2)`, `name (3)` … where that is taken."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name} ({number})"
    return found


def join_figures(answers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """One dict of the answers to several targets; `split_figures` is the way back.

    answers: `{target: {figure: column}}`, the answer itself first. It stands under the
    target's name, each other figure under `target: figure`.
    """
    joined: dict[str, Any] = {}
    for target, own in answers.items():
        first, *others = own
        joined[target] = own[first]
        for each in others:
            name = free_name(f"{target}: {each}", {*answers, *joined})
            joined[name] = own[each]
    return joined


def split_figures(
    joined: Mapping[str, Any], targets: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """`{target: {figure: column}}`, with `answer` for the answer itself."""
    names = set(targets)
    answers: dict[str, dict[str, Any]] = {}
    target = ""
    for name, column in joined.items():
        if name in names:
            target = name
            answers[target] = {"answer": column}
        else:
            each = _NUMBERED.sub("", name.removeprefix(f"{target}: "))
            answers[target][each] = column
    return answers


class AnswerColumns:
    """A `pyarrow.Table` of answers, column by column."""

    def __init__(self, targets: Iterable[str]):
        self._taken = set(targets)
        self._fields: list[Any] = []
        self._arrays: list[Any] = []

    def add_answer(self, target: str, array: Any) -> None:
        """The answers to a target, under its own name."""
        self._add(target, array, None)

    def add_figure(self, name: str, array: Any) -> None:
        """Something else that is said of them."""
        self._add(free_name(name, self._taken), array, name)

    def _add(self, name, array, figure):
        import pyarrow as pa

        metadata = None if figure is None else {_FIGURE: figure}
        self._taken.add(name)
        self._fields.append(pa.field(name, array.type, metadata=metadata))
        self._arrays.append(array)

    def table(self) -> Any:
        """The table."""
        import pyarrow as pa

        return pa.table(self._arrays, schema=pa.schema(self._fields))


def figure_column(answers: Any, name: str) -> Any:
    """The column of a table of answers that holds this figure. Raises `KeyError`."""
    index = figure_index(answers, name)
    if index is None:
        raise KeyError(name)
    return answers.column(index)


def figure_index(answers: Any, name: str) -> int | None:
    """Which column holds this figure; None without one.

    In a table without our metadata the one that is named so.
    """
    kinds = [(field.metadata or {}).get(_FIGURE) for field in answers.schema]
    if any(kind is not None for kind in kinds):
        return kinds.index(name.encode()) if name.encode() in kinds else None
    names = answers.column_names
    return names.index(name) if name in names else None
