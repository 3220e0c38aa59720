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
    if evidence.confidence == 0 or not texts:
        return evidence
    if reader.of is not None:
        texts = [text for text in texts if text == reader.of]
    shares = {
        text: share
        for text in texts
        if (share := _equal_share(table, name, kind, reader, text)) is not None
    }
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
