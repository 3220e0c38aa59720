"""Rows found by a cell of another column, and labels by their names.

For models of the head `match`, whose columns have their places in one space.
"""

import json
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from homodal.data.preparation import MATCH
from homodal.errors import ColumnError, HomodalError, TableError, did_you_mean, one_of
from homodal.evaluation.files import replace
from homodal.evaluation.intervals import share_interval
from homodal.evaluation.retrieval_scores import by_chance, retrieval_scores
from homodal.media.names import name_of
from homodal.model.predict import PREDICT_BATCH
from homodal.tables.table import Table
from homodal.training.session import open_rows

MOST = 10  # rows that are named for each query


@dataclass(frozen=True)
class Retrieval:
    """What looking for cells of the column `of` by those of `query` is worth.

    gallery: rows that have the column `of`; queries: those that have both.
    scores: `{score: {"value", "low", "high"}}` of recall@k and mrr; chance: `{score:
    float}` of a blind choice. nearest: `[{"row", "nearest"}]`, for each row that has
    the query its nearest rows of the gallery, numbered from 1. zero_shot: where labels
    were asked for, `{"column", "labels", "accuracy", "rows", "chance", "always",
    "confusions"}` of choosing, for each query, the label whose name, put in the place
    of a cell of `of`, is nearest; always: the share of the most frequent label.
    """

    query: str
    of: str
    gallery: int
    queries: int
    scores: dict
    chance: dict
    nearest: list = field(default_factory=list)
    zero_shot: dict = field(default_factory=dict)

    def to_dict(self):
        """JSON-able."""
        return dict(vars(self))

    def to_json(self, path):
        """Write `to_dict()` to the file `path`: all of it or nothing."""
        text = json.dumps(self.to_dict(), ensure_ascii=False, indent=1, allow_nan=False)
        replace(path, f"{text}\n".encode())


def retrieve_rows(model, rows, query, of, labels=None, most=MOST, seed=0):
    """The `Retrieval` of a `Model` of the head `match` on `Rows`.

    labels: a column of class names, for zero-shot classification. Raises `HomodalError`
    for another model, `ColumnError` for a column that it does not know.
    """
    _check(model, query, of)
    vectors = vectors_of(model, rows)
    there = _there(vectors[of])
    given = _there(vectors[query])
    if not len(there) or not len(given):
        raise TableError(
            f"{rows.table.name} has nothing to look for",
            expected=f"rows with '{query}' and rows with '{of}'",
            got=f"{len(given)} and {len(there)}",
        )
    gallery = _stacked(vectors[of], there)
    place = {row: number for number, row in enumerate(there)}
    both = [row for row in given if row in place]
    own = [place[row] for row in both]
    scores = {}
    if both:
        asked = _stacked(vectors[query], both)
        scores = retrieval_scores(asked, gallery, own, seed)
    return Retrieval(
        query=query,
        of=of,
        gallery=len(there),
        queries=len(both),
        scores=scores,
        chance=by_chance(len(there)),
        nearest=_nearest(vectors[query], given, gallery, there, most),
        zero_shot=_zero_shot(model, rows, vectors[query], of, labels, seed),
    )


def vectors_of(model, rows):
    """`{column: [vector or None, a row]}` of all the rows, in the table's order."""
    found: dict = {}
    for _, answers, _ in model.answers_of(rows.batches(PREDICT_BATCH)):
        for name, vectors in answers.items():
            found.setdefault(name, []).extend(vectors)
    return found


def _check(model, query, of):
    if model.preparation.target.part != MATCH:
        raise HomodalError(
            "This model does not place its columns in one space",
            expected="a run trained with: --set head=match",
            got=f"a model of '{model.preparation.target.name}'",
        )
    for name in (query, of):
        if name not in model.columns:
            raise ColumnError(
                f"The model has no column '{name}'",
                expected=one_of(model.columns),
                do=did_you_mean(name, model.columns),
            )
    if query == of:
        raise ColumnError(f"'{query}' would be looked for by itself")


def _there(vectors):
    return [row for row, vector in enumerate(vectors) if vector is not None]


def _stacked(vectors, rows):
    return np.array([vectors[row] for row in rows])


def _nearest(vectors, given, gallery, there, most):
    found = []
    for row in given:
        likeness = gallery @ np.asarray(vectors[row])
        order = np.argsort(-likeness, kind="stable")[:most]
        found.append({"row": row + 1, "nearest": [there[n] + 1 for n in order]})
    return found


def _zero_shot(model, rows, vectors, of, column, seed):
    if column is None:
        return {}
    cells = rows.table.cells(rows.table.require(column))
    truth = {row: name_of(c) for row, c in enumerate(cells) if c is not None}
    asked = [row for row in _there(vectors) if row in truth]
    labels = sorted(set(truth.values()))
    if not asked or len(labels) < 2:
        raise TableError(
            f"Column '{column}' has no labels to tell apart",
            expected="two different ones, in rows that have the query",
            got=f"{len(labels)} in {len(asked)} rows",
        )
    named = open_rows(Table.open({of: labels}), model.preparation)
    placed = np.array(vectors_of(model, named)[of], float)
    chosen = (_stacked(vectors, asked) @ placed.T).argmax(axis=1)
    right = [labels[c] == truth[row] for c, row in zip(chosen, asked, strict=True)]
    wrong = Counter(
        (truth[row], labels[c])
        for c, row, hit in zip(chosen, asked, right, strict=True)
        if not hit
    )
    counts = Counter(truth[row] for row in asked)
    return {
        "column": column,
        "labels": labels,
        "accuracy": share_interval(sum(right), len(right), seed=seed),
        "rows": len(asked),
        "chance": 1 / len(labels),
        "always": max(counts.values()) / len(asked),
        "confusions": [
            {"label": label, "chosen": other, "rows": count}
            for (label, other), count in wrong.most_common(5)
        ],
    }
