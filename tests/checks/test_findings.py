"""Findings as dicts and as words."""

from homodal.checks.findings import Finding, figure, from_one, named, share


def test_as_json():
    finding = Finding("flat", "warning", ("a",), "2 cells", (3, 9), "Look", ("x",))
    assert finding.to_dict() == {
        "kind": "flat",
        "severity": "warning",
        "columns": ["a"],
        "what": "2 cells",
        "count": 2,
        "rows": [3, 9],
        "do": "Look",
        "evidence": ["x"],
        "pairs": [],
        "other": None,
    }


def test_rows_count_from_one():
    assert from_one([4, 0, 4]) == (1, 5)
    assert named((3,)) == "row 3"
    assert named((3, 4)) == "rows 3, 4"
    assert named(tuple(range(1, 9)), most=2) == "rows 1, 2 and 6 others"


def test_shares_and_figures():
    assert share(12, 300) == "12 of 300 (4 %)"
    assert share(1, 1283) == "1 of 1,283 (0.08 %)" and share(0, 5) == "0 of 5 (0 %)"
    assert share(154, 300) == "154 of 300 (51.3 %)" and share(5, 5) == "5 of 5 (100 %)"
    assert figure(16000) == "16,000"
    assert figure(0.00213) == "0.00213"
