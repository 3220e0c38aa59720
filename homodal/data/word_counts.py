"""Whether a target has one answer for each word of a text, by how many there are."""

from collections.abc import Collection
from typing import Any

import numpy as np

from homodal.contracts import Evidence
from homodal.data.preparation import answer_cells
from homodal.errors import BadCell
from homodal.media.lists import listed
from homodal.tables.table import Table

_ROWS = 1000  # that are counted
_ALL_BUT = 0.95  # of the rows, that have as many answers as words
_FEW = 0.5  # of the rows; where fewer fit, the answers are not of these words
_LENGTHS = 3  # different counts; where fewer are seen, equal ones may be chance
_SURE = 0.98  # above what a list of labels or of numbers reaches by itself
_REPEATED = 0.3  # confidence of few different answers in many words
_OTHERS = 0.05  # below what a list of names reaches by itself


def with_word_counts(
    table: Table,
    name: str,
    kind: str,
    reader: Any,
    evidence: Evidence,
    texts: Collection[str],
) -> Evidence:
    """The evidence for answers of words, with what the texts' numbers of words say.

    kind, reader: the target and its part; texts: the columns that may have the words.
    """
    shares = _equal_shares(table, name, kind, reader, evidence, texts)
    if not texts and 0 < evidence.confidence <= _REPEATED:
        return Evidence(_OTHERS, f"{evidence.why}; no text has them", evidence.options)
    if not shares:
        return evidence
    best = max(shares, key=shares.__getitem__)
    if shares[best] >= _ALL_BUT and evidence.confidence >= _REPEATED:
        why = f"{evidence.why}; as many as '{best}' has words"
        return Evidence(max(evidence.confidence, _SURE), why, evidence.options)
    if shares[best] < _FEW and evidence.confidence <= _REPEATED:
        why = f"{evidence.why}; not as many as '{best}' has words"
        return Evidence(_OTHERS, why, evidence.options)
    return evidence


def column_of_words(
    table: Table,
    name: str,
    kind: str,
    reader: Any,
    evidence: Evidence,
    columns: Collection[str],
) -> str | None:
    """The column whose words the target's answers are of, by their numbers, or None."""
    if evidence.confidence < _REPEATED:
        return None
    shares = _equal_shares(table, name, kind, reader, evidence, columns)
    best = max(shares, key=shares.__getitem__, default=None)
    return best if best is not None and shares[best] >= _ALL_BUT else None


def _equal_shares(
    table: Table,
    name: str,
    kind: str,
    reader: Any,
    evidence: Evidence,
    columns: Collection[str],
) -> dict[str, float]:
    """`{column: share}` of those columns that say something about it."""
    if evidence.confidence == 0:
        return {}
    if reader.of is not None:
        columns = [column for column in columns if column == reader.of]
    found = {c: _equal_share(table, name, kind, reader, c) for c in columns}
    return {column: share for column, share in found.items() if share is not None}


def _equal_share(
    table: Table, name: str, kind: str, reader: Any, text: str
) -> float | None:
    """Share of the rows with as many answers as words; None where it says nothing."""
    rows = np.sort(np.random.default_rng(0).permutation(len(table))[:_ROWS])
    answers = answer_cells(table, name, kind, rows)
    pairs = []
    for cell, words in zip(answers, table.cells(text, rows), strict=True):
        if cell is None or words is None:
            continue
        try:
            pairs.append((len(reader.classes_in(reader.read(cell))), _words(words)))
        except BadCell:
            pairs.append((0, _words(words)))
    if len({words for _, words in pairs}) < _LENGTHS:
        return None
    return float(np.mean([answers == words for answers, words in pairs]))


def _words(cell: Any) -> int:
    pieces = listed(cell)
    if pieces is not None:
        return len(pieces)
    return len(cell.split()) if isinstance(cell, str) else 1
