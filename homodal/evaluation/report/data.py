"""The data card: what the columns are, what is wrong with them, which answers."""

from homodal.checks.findings import figure, named
from homodal.data.accounting import odd_kinds
from homodal.data.store import STATUS_NAMES
from homodal.evaluation.report.page import table, tag

MOST_CHECKED = 5000  # rows, of the report's table and of the training's
_MOST_CLASSES = 15
_MOST_FINDINGS = 12


def data_card(model, evaluation, counted, checked=None):
    """counted: of `accounting.summary`; checked: a `Check` of the table, or None."""
    said = [f"{evaluation.rows:,} rows were scored"]
    if evaluation.unlabelled:
        said.append(f"{evaluation.unlabelled:,} of them had no answer")
    if evaluation.unseen:
        unseen = sum(evaluation.unseen.values())
        said.append(f"{unseen:,} had one that training never saw")
    return [
        tag("p", "; ".join(said) + "."),
        _columns(model, counted, checked),
        *_odd_cells(counted),
        *_findings(checked),
        *_answers(model.preparation.target.facts),
    ]


def _columns(model, counted, checked):
    described = checked.columns() if checked else {}
    body = []
    for column in model.schema.columns:
        counts = counted.get(column.name, {})
        body.append(
            (
                column.name,
                column.modality or column.role,
                column.why,
                *(f"{counts.get(n, 0):,}" if counts else "" for n in STATUS_NAMES[1:]),
                _figures(described.get(column.name, {}).get("figures", {})),
            )
        )
    titles = ("column", "kind", "why", *STATUS_NAMES[1:])
    numbers = range(3, len(titles))
    return table((*titles, "what stands in it"), body, numbers=numbers)


def _odd_cells(counted):
    """What was done to cells, and why others could not be read, in kinds."""
    body = [
        (name, status, why, f"{cells:,}")
        for name, counts in counted.items()
        for status, reasons in odd_kinds(counts).items()
        for why, cells in reasons
    ]
    if not body:
        return []
    heading = tag("h3", "Cells that were changed or could not be read")
    return [heading, table(("column", "", "reason", "cells"), body, numbers=(3,))]


def _figures(figures):
    """`seconds 0.2 to 0.8; loudness −30 to −12`."""
    said = []
    for name, facts in figures.items():
        if "commonest" in facts:
            names = list(facts["commonest"])[:3]
            said.append(f"{facts['different']} {name}s: " + ", ".join(names))
        else:
            low, high = (figure(facts[k]) for k in ("lowest", "highest"))
            both = low if low == high else f"{low} to {high}"
            said.append(f"{name.replace('_', ' ')} {both}")
    return "; ".join(said)


def _findings(checked):
    heading = tag("h3", "What a check of these rows finds")
    if checked is None:
        text = "Not checked here: too many rows. See: homodal check TABLE"
        return [heading, tag("p", text, class_="soft")]
    if not checked.findings:
        text = f"{checked.rows:,} rows were read: nothing to say against them."
        return [heading, tag("p", text)]
    body = [
        (
            each.severity,
            ", ".join(each.columns),
            each.what + (f" ({named(each.rows)})" if each.rows else ""),
            each.do,
        )
        for each in checked.findings[:_MOST_FINDINGS]
    ]
    made = [heading, table(("", "columns", "finding", "what to do"), body)]
    if len(checked.findings) > _MOST_FINDINGS:
        rest = len(checked.findings) - _MOST_FINDINGS
        made.append(tag("p", f"and {rest} more.", class_="soft"))
    return made


def _answers(facts):
    if "counts" not in facts:
        return []
    total = sum(facts["counts"])
    counted = sorted(
        zip(facts["classes"], facts["counts"], strict=True), key=lambda e: -e[1]
    )
    body = [
        (name, f"{count:,}", f"{count / total:.1%}")
        for name, count in counted[:_MOST_CLASSES]
    ]
    made = [
        tag("h3", f"Answers in the {total:,} training rows"),
        table(("class", "rows", "share"), body, numbers=(1, 2)),
    ]
    if len(counted) > _MOST_CLASSES:
        rest = len(counted) - _MOST_CLASSES
        made.append(tag("p", f"and {rest} more classes.", class_="soft"))
    return made
