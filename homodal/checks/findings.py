"""A finding: one thing about the data that somebody should know before training."""

from dataclasses import dataclass

ERROR, WARNING, NOTE = "error", "warning", "note"
SEVERITIES = (ERROR, WARNING, NOTE)


@dataclass(frozen=True)
class Finding:
    """What is the matter, where, and what to do.

    kind: a short name that programs may rely on; rows: from 1, as in a spreadsheet
    without its header; evidence: up to a few facts, e.g. pairs of rows with a distance;
    pairs: `(row, row)` to be seen side by side, the second one of the table `other`
    where that is named.
    """

    kind: str
    severity: str
    columns: tuple
    what: str
    rows: tuple = ()
    do: str = ""
    evidence: tuple = ()
    pairs: tuple = ()
    other: str = ""

    def to_dict(self):
        """JSON-able; `count` is the number of rows."""
        return {
            "kind": self.kind,
            "severity": self.severity,
            "columns": list(self.columns),
            "what": self.what,
            "count": len(self.rows),
            "rows": list(self.rows),
            "do": self.do,
            "evidence": list(self.evidence),
            "pairs": [list(pair) for pair in self.pairs],
            "other": self.other or None,
        }


def from_one(rows):
    """Row numbers as a person counts them, from 1, sorted and each once."""
    return tuple(sorted({int(row) + 1 for row in rows}))


def named(rows, most=5):
    """`rows 3, 8, 12 and 40 others`, of row numbers that count from 1."""
    shown = ", ".join(str(row) for row in rows[:most])
    word = "row" if len(rows) == 1 else "rows"
    others = len(rows) - most
    return f"{word} {shown}" + (f" and {others:,} others" if others > 0 else "")


def share(part, whole):
    """`12 of 300 (4 %)`; digits enough to tell it from nothing and from all."""
    percent = 100 * part / max(whole, 1)
    said = f"{percent:.1f}".removesuffix(".0") if percent >= 1 else f"{percent:.1g}"
    return f"{part:,} of {whole:,} ({said} %)"


def figure(value):
    """A number as a person reads it: `16,000`, `2.98`, `0.0021`."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def kind_of(facts: dict) -> str:
    """What a column is in one or two words: `image`, `target label`, `group`."""
    if facts["kind"] and facts["role"] != "input":
        return f"{facts['role']} {facts['kind']}"
    return facts["kind"] or facts["role"]
