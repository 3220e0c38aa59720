"""Rules about whole columns: constant, identifiers, not recognised."""

from homodal.checks.findings import NOTE, WARNING, Finding
from homodal.data.noticing import CLOSED, constant, identifies
from homodal.data.schema import CHOSEN, IGNORED


def column_findings(inspection):
    """Findings about columns as a whole."""
    found = []
    for column in inspection.schema.columns:
        cells = [c for c in inspection.table.cells(column.name) if c is not None]
        if not cells:
            what = "every cell is empty"
            found.append(Finding("empty", WARNING, (column.name,), what))
        elif column.why in CHOSEN:  # nobody need be told what they asked for
            continue
        elif column.role == IGNORED:
            found += _left_out(column, cells)
        elif constant(cells):
            found.append(_said_once(column.name, cells))
    return found


def _left_out(column, cells):
    if constant(cells):
        return [_said_once(column.name, cells)]
    if column.why != CLOSED and identifies(cells):
        what = "every cell is different: it names the rows"
        return [Finding("identifier", NOTE, (column.name,), what)]
    do = "Allow it, if they are inputs: --allow-remote"
    if column.why != CLOSED:
        do = f"If it is an input, name its kind: --set columns.{column.name}=text"
    return [Finding("left-out", NOTE, (column.name,), column.why, (), do)]


def _said_once(name, cells):
    what = f"all {len(cells):,} cells are {str(cells[0])[:40]!r}"
    return Finding("constant", WARNING, (name,), what, (), "Leave it out")
