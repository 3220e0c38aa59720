"""Each of many columns alone, asked together: rows are encoded once for all of them."""

from collections.abc import Iterator

import numpy as np

from homodal.evaluation.encodings import Encodings
from homodal.evaluation.scores import Tally
from homodal.model.model import Model
from homodal.training.session import Rows

_TOGETHER = 4096  # rows with one of the columns, in memory at once


def tallies_alone(model: Model, rows: Rows) -> Iterator[tuple[str, Tally]]:
    """Yield `(column, Tally)` of answers that are one class a row."""
    target = model.target
    reader, columns = target.reader(), model.preparation.columns
    encodings = Encodings(model, rows)
    count = len(encodings)
    cells = rows.table.cells(target.name, encodings.rows)
    step = max(1, _TOGETHER // max(count, 1))
    for begin in range(0, len(columns), step):
        chosen = columns[begin : begin + step]
        shown = np.zeros((len(chosen), len(columns)), bool)
        shown[np.arange(len(chosen)), begin + np.arange(len(chosen))] = True
        places = np.tile(np.arange(count), len(chosen))
        logits = encodings.logits(
            present=np.repeat(shown, count, axis=0),
            picks=dict.fromkeys(encodings.slugs, places),
        )
        parts = logits.reshape(len(chosen), count, -1)
        for column, part in zip(chosen, parts, strict=True):
            scaled = model.calibration.scaled(part)
            tally = Tally(len(model.classes))
            probabilities = reader.decode(scaled, target.facts)["probabilities"]
            tally.add(probabilities, encodings.truth, cells)
            yield column.name, tally
