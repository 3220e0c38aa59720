from homodal.evaluation.report.failing import card, failures, nearest_of
from homodal.evaluation.report.looked import Looked
from homodal.evaluation.report.page import tag

ENTRY = {"row": 1, "label": "a", "predicted": "b", "probability": 0.9, "of_label": 0.1}


def said(elements):
    return " ".join("".join(each.itertext()) for each in elements)


def test_a_card_shows_the_row_its_cells_and_its_neighbours(findings):
    near = nearest_of(findings.model, findings.rows, [(7, "b"), (9, "a"), (1, "a")])
    made = card(findings.model, findings.rows, ENTRY, near)
    text = said([made])
    assert "row 1: a, taken for b (90%)" in text
    assert "row 7: b" in text and "row 9: a" in text and text.count("row 1") == 1
    for column in findings.model.columns:
        assert column in text


def test_a_neighbour_is_seen_and_not_only_named(every):
    model, rows = every
    elements = nearest_of(model, rows, [(1, "a"), (2, "b")])
    assert all(len(list(each)) == 2 for each in elements)
    assert any(each.find("img") is not None for each in elements)


def test_what_a_column_did_for_a_row_stands_on_its_card(findings):
    looked = {"number": Looked(tag("b", "5"), -1.25, None, True)}
    made = card(findings.model, findings.rows, ENTRY, (), looked, {"number": 0.5})
    cells = [cell.text for cell in made.find("div[@class='wide']").iter("td")]
    assert cells == ["number", "\u22121.25", "+0.50"]
    weighted = {"number": Looked(tag("b", "5"), 1.0, 0.75, True)}
    made = card(findings.model, findings.rows, ENTRY, (), weighted)
    cells = [cell.text for cell in made.find("div[@class='wide']").iter("td")]
    assert cells == ["number", "+1.00", "0.75"]


def test_a_row_is_shown_once():
    shown = []

    def made(entry):
        shown.append(entry["row"])
        return tag("div", str(entry["row"]))

    pair = {"label": "a", "predicted": "b", "rows": 3, "share": 0.5}
    found = {
        "confusions": [pair | {"examples": [8, 9]}],
        "mistakes": [ENTRY],
        "wrong_labels": [ENTRY, ENTRY | {"row": 2}],
        "misled": {"face": [ENTRY | {"row": n} for n in (1, 4, 5, 6)]},
    }
    text = said(failures(found, made))
    assert shown == [1, 2, 4, 5]
    assert "50%" in text and "8, 9" in text
    assert "Right without the column “face”: rows 1, 4, 5, 6." in text


def test_without_failures_nothing_is_shown():
    empty = {"confusions": [], "mistakes": [], "wrong_labels": [], "misled": {}}
    assert failures(empty, None) == []
