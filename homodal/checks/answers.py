"""The answers of a table as their target reads them: one rule for all counts."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from homodal import parts
from homodal.data.preparation import answer_cells
from homodal.data.recognition import Column
from homodal.errors import BadCell
from homodal.tables.table import Table


@dataclass(frozen=True)
class Answers:
    """The answers of one target column, row by row.

    name: the column. kind: the target's. exclusive: one class a row. texts: the answer
    as a text, or None where there is none. classes: the names of classes that each row
    bears, none of other answers. unreadable: `{row: why}`, rows from 0. spellings:
    `{class: {cell as it stands: rows}}`.
    """

    name: str
    kind: str
    exclusive: bool
    texts: list[str | None]
    classes: list[tuple[str, ...]]
    unreadable: dict[int, str]
    spellings: dict[str, Counter]

    @property
    def counts(self) -> dict[str, int]:
        """`{class: rows}`, the largest first."""
        counts = Counter(name for names in self.classes for name in names)
        return dict(counts.most_common())


def answers_of(table: Table, column: Column) -> Answers:
    """The `Answers` of a target column; cells that cannot be read are named."""
    part = parts.find("target", str(column.modality))
    target = part.load()
    own = {k: v for k, v in column.options.items() if k in part.options}
    reader = part.make(**own)
    texts: list[str | None] = []
    classes: list[tuple[str, ...]] = []
    unreadable: dict[int, str] = {}
    spellings: dict[str, Counter] = {}
    for row, cell in enumerate(answer_cells(table, column.name, column.modality)):
        names: tuple[str, ...] = ()
        text = None if cell is None else str(cell)
        if cell is not None and not target.modality:
            try:
                names = reader.classes_in(reader.read(cell))
            except BadCell as why:
                unreadable[row] = str(why)
        if names and target.exclusive:
            text = names[0]
            spellings.setdefault(text, Counter())[str(cell)] += 1
        texts.append(text)
        classes.append(names)
    return Answers(
        column.name,
        str(column.modality),
        target.exclusive,
        texts,
        classes,
        unreadable,
        spellings,
    )


def differ(answers: Answers, one: int, other: int) -> bool:
    """True where two rows have answers, and not the same one."""
    pair: Any = answers.texts[one], answers.texts[other]
    return None not in pair and pair[0] != pair[1]
