from homodal.evaluation.report.failing import card, failures
from homodal.evaluation.report.page import tag

ENTRY = {"row": 1, "label": "a", "predicted": "b", "probability": 0.9, "of_label": 0.1}


def said(elements):
    return " ".join("".join(each.itertext()) for each in elements)


def test_a_card_shows_the_row_its_cells_and_its_neighbours(findings):
    made = card(findings.model, findings.rows, ENTRY, [(7, "b"), (9, "a")])
    text = said([made])
    assert "row 1: a, taken for b (90%)" in text
    assert "row 7 (b); row 9 (a)" in text
    for column in findings.model.columns:
        assert column in text


def test_a_row_is_shown_once():
    shown = []

    def made(entry):
        shown.append(entry["row"])
        return tag("div", str(entry["row"]))

    found = {
        "confusions": [{"label": "a", "predicted": "b", "rows": 3, "share": 0.5}],
        "mistakes": [ENTRY],
        "wrong_labels": [ENTRY, ENTRY | {"row": 2}],
        "misled": {"face": [4, 5]},
    }
    text = said(failures(found, made))
    assert shown == [1, 2]
    assert "50%" in text and "Right without the column “face”: rows 4, 5." in text


def test_without_failures_nothing_is_shown():
    empty = {"confusions": [], "mistakes": [], "wrong_labels": [], "misled": {}}
    assert failures(empty, None) == []
