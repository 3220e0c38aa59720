"""Rules about words that stand for no value: which cells they took, or did not."""

from homodal.checks.findings import NOTE, Finding
from homodal.checks.inspection import Inspection
from homodal.data.schema import CHOSEN, keep


def absent_findings(inspection: Inspection) -> list[Finding]:
    """A note for each column in which cells such as `NA` count as absent, or do not."""
    words = inspection.table.absent
    if words is None:
        return []
    return [
        Finding("absent-words", NOTE, (column.name,), clause, (), keep(column.name))
        for column in inspection.schema.columns
        if column.why not in CHOSEN and (clause := words.clause(column.name))
    ]
