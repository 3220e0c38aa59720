"""Rules about answers that are far from all others: most are typing errors."""

import numpy as np

from homodal import parts
from homodal.checks.findings import WARNING, Finding, from_one, share
from homodal.checks.inspection import Inspection
from homodal.contracts import Target
from homodal.data.preparation import answer_cells
from homodal.data.recognition import Column
from homodal.errors import BadCell, TargetError
from homodal.tables.table import Table

_SHOWN = 5


def far_answer_findings(inspection: Inspection) -> list[Finding]:
    """A finding for each target with answers that its kind calls outliers."""
    findings = []
    for column in inspection.schema.targets:
        far = _far(inspection.table, column)
        if far:
            shown = [f"row {row + 1}: {text}" for row, text in far.items()][:_SHOWN]
            what = f"{share(len(far), len(inspection.table))} answers are far from "
            findings.append(
                Finding(
                    "far-answers",
                    WARNING,
                    (column.name,),
                    f"{what}the rest: {'; '.join(shown)}",
                    from_one(far),
                    "Mend them if they are mistakes; they count little in training",
                    tuple(shown),
                )
            )
    return findings


def _far(table: Table, column: Column) -> dict[int, str]:
    """`{row: the answer as text}`, rows from 0."""
    part = parts.find("target", str(column.modality))
    if part.load().outliers is Target.outliers:
        return {}
    reader = part.make(**{k: v for k, v in column.options.items() if k in part.options})
    rows, values = [], []
    for row, cell in enumerate(answer_cells(table, column.name, column.modality)):
        try:
            value = None if cell is None else reader.read(cell)
        except BadCell:  # another rule's
            continue
        if value is not None:
            rows.append(row)
            values.append(value)
    try:
        facts = reader.learn(values)
    except TargetError:  # that nothing can be learned from, the schema says
        return {}
    truth = np.array([reader.encode(value, facts) for value in values])
    return {rows[index]: text for index, text in reader.outliers(truth, facts).items()}
