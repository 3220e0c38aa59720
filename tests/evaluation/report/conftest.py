"""One set of findings on the run that all tests share, with hostile names in it."""

import dataclasses

import pytest

HOSTILE = '<script>alert("1")</script>&amp;\x1b[31m'


@pytest.fixture(scope="session")
def findings(trained, seen):
    import homodal
    from homodal.evaluation.report import report
    from homodal.model import bundle
    from homodal.tables.table import Table
    from homodal.training.session import open_rows

    folder, table = seen
    table = table | {"site": ["north", HOSTILE] * 12, "text": [HOSTILE] * 24}
    rows = open_rows(
        Table.open(table, folder), homodal.load(trained.folder).preparation
    )
    found = report.find(
        HOSTILE,
        trained.model,
        rows,
        bundle.versions(),
        history=trained.history * 3,
        train=rows,
    )
    # labels are a user's too
    entry = found.failures["mistakes"][0] | {"label": HOSTILE}
    failures = found.failures | {"mistakes": [entry, *found.failures["mistakes"][1:]]}
    return dataclasses.replace(found, failures=failures)
