"""Read every cell of a table once and say what somebody should know before training."""

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from homodal.checks.absent import absent_findings
from homodal.checks.answers import Answers
from homodal.checks.cells import cell_findings
from homodal.checks.columns import column_findings
from homodal.checks.doubles import double_findings, equal_groups, shared_findings
from homodal.checks.far_answers import far_answer_findings
from homodal.checks.findings import ERROR, SEVERITIES, Finding
from homodal.checks.inspection import Inspection, inspect
from homodal.checks.labels import label_findings
from homodal.checks.leakage import leakage_findings
from homodal.checks.splits import split_findings
from homodal.data.absent import settled
from homodal.data.schema import (
    IGNORED,
    INPUT,
    TARGET,
    Column,
    Schema,
    schema_of,
    targets_of,
)
from homodal.data.store import STATUS_NAMES
from homodal.errors import TargetError
from homodal.places import write_text
from homodal.recipe import Recipe
from homodal.tables.table import Table

_MOST_NAMES = 12  # values of a figure that is no number
_MOST_SHOWN = 5  # classes that are named with their rows


@dataclass(frozen=True)
class Check:
    """What was found in a table: its inspection and the findings, the worst first."""

    inspection: Inspection
    findings: tuple
    others: dict = field(default_factory=dict)  # {name: Inspection}

    @property
    def rows(self):
        """Rows of the table."""
        return len(self.inspection.table)

    @property
    def worst(self):
        """`error`, `warning`, `note` or None: the severity of the first finding."""
        return self.findings[0].severity if self.findings else None

    def columns(self):
        """`{column: description}`, JSON-able, in the order of the table."""
        seen = self.inspection.seen
        answers = {each.name: each for each in self.inspection.targets}
        return {
            column.name: _described(column, answers.get(column.name))
            | _counted(seen.get(column.name))
            for column in self.inspection.schema.columns
        }

    def to_dict(self):
        """JSON-able: the table, its columns, its classes and the findings."""
        counts = [each.counts for each in self.inspection.targets if each.counts]
        return {
            "table": self.inspection.table.name,
            "rows": self.rows,
            "columns": self.columns(),
            "classes": counts[0] if counts else None,
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def to_json(self, path):
        """Write `to_dict` to a file."""
        text = json.dumps(self.to_dict(), ensure_ascii=False, indent=1)
        write_text(path, text + "\n")


def check(
    table,
    *,
    target=None,
    settings=None,
    columns=None,
    others=(),
    root=None,
    encoding=None,
):
    """The `Check` of a table, which may be a path or a table in memory.

    target: the column to predict, if there is one yet. settings: dotted settings of a
    recipe, e.g. `{"columns.file": "image"}`. columns: only these inputs. others: tables
    that should share nothing with this one, as `{name: table}`. root: the folder that
    media paths are relative to. encoding: of tables of text that are not UTF-8. Raises
    `TableError`, `ColumnError`, `RecipeError`.
    """
    recipe = Recipe().with_settings(
        ({"target": target} if target is not None else {}) | (settings or {})
    )
    table = settled(Table.open(table, root, encoding).require_rows(), recipe)
    own, unlearnable = _inspected(table, recipe, columns)
    findings = (
        unlearnable
        + absent_findings(own)
        + cell_findings(own)
        + column_findings(own)
        + double_findings(own)
        + split_findings(own)
        + leakage_findings(own)
        + label_findings(own)
        + far_answer_findings(own)
    )
    theirs = {
        name: _inspected(
            Table.open(other, root, encoding).require_rows().with_absent(table.absent),
            recipe,
            columns,
        )[0]
        for name, other in dict(others).items()
    }
    for name, inspection in theirs.items():
        findings += shared_findings(own, inspection, name)
    findings.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    return Check(own, tuple(findings), theirs)


def _inspected(
    table: Table, recipe: Recipe, only: Collection[str] | None
) -> tuple[Inspection, list[Finding]]:
    """The `Inspection`, and why a target cannot be learned, where one cannot."""
    try:
        return inspect(table, schema_of(table, recipe, only)), []
    except TargetError as why:
        names = targets_of(table, recipe)
        rest = recipe.with_settings({"target": None})
        ignored = {f'columns."{name}"': IGNORED for name in names}
        schema = schema_of(table, rest.with_settings(ignored), only)
        targets = [Column(n, TARGET, "label", {}, 0.0, str(why)) for n in names]
        by_name = {column.name: column for column in targets}
        columns = tuple(by_name.get(c.name, c) for c in schema.columns)
        finding = Finding("no-target", ERROR, tuple(names), str(why).rstrip("."))
        return inspect(table, Schema(columns)), [finding]


def _described(column: Column, answers: Answers | None) -> dict:
    why = column.why
    if answers is not None and answers.counts:
        each = [f"{name} {count:,}" for name, count in answers.counts.items()]
        rest = ", …" if len(each) > _MOST_SHOWN else ""
        classes = f"{len(each)} class{'es' * (len(each) > 1)}"
        why = f"{classes}: {', '.join(each[:_MOST_SHOWN])}{rest}"
    return {
        "role": column.role,
        "kind": column.modality if column.role in (INPUT, TARGET) else None,
        "confidence": round(column.confidence, 4),
        "why": why,
    }


def _counted(seen):
    if seen is None:
        return {}
    counts = np.bincount(seen.status, minlength=len(STATUS_NAMES))
    described = {
        "cells": {n: int(c) for n, c in zip(STATUS_NAMES, counts, strict=True)},
        "reasons": dict(Counter(seen.reasons.values()).most_common()),
        "repeated": sum(len(group) - 1 for group in equal_groups(seen.digests)),
    }
    figures = {name: _summed_up(values) for name, values in seen.figures.items()}
    return described | {"figures": figures}


def _summed_up(values):
    """Lowest, median and highest of numbers; how often of the commonest names."""
    there = [value for value in values if value is not None]
    if isinstance(there[0], str):
        counts = Counter(there)
        return {
            "different": len(counts),
            "commonest": dict(counts.most_common(_MOST_NAMES)),
        }
    low, middle, high = np.quantile(np.array(there, float), [0, 0.5, 1])
    return {"lowest": float(low), "median": float(middle), "highest": float(high)}
