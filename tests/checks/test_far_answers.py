import numpy as np

from homodal.checks.check import check


def found(**columns):
    findings = check({"x": list(range(60))} | columns, target="y").findings
    return [each for each in findings if each.kind == "far-answers"]


def prices(*odd):
    cells = [f"{value:.2f}" for value in np.random.default_rng(0).normal(100, 30, 60)]
    for row, text in odd:
        cells[row] = text
    return cells


def test_an_answer_far_from_all_others_is_named_with_its_row():
    (finding,) = found(y=prices((7, "1000000"), (9, "many"), (11, "NA")))
    assert finding.rows == (8,)
    assert "row 8: 1e+06" in finding.what
    assert finding.severity == "warning"


def test_nothing_is_said_of_other_answers():
    assert found(y=prices()) == []
    assert found(y=["ab"[row % 2] for row in range(60)]) == []
