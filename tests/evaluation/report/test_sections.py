import xml.etree.ElementTree as ET

import numpy as np

from homodal.evaluation.report import sections


def said(elements):
    return " ".join("".join(each.itertext()) for each in elements)


def test_scores_are_those_of_the_evaluation(findings):
    text = said(sections.scores(findings.evaluation, findings.history))
    for name, scores in findings.evaluation.columns_alone.items():
        assert f"{name} alone" in text
        assert sections.measured(scores["accuracy"]) in text


def test_the_confusion_table_holds_every_count(findings):
    elements = sections.classes(findings.evaluation)
    heat = next(
        t for e in elements for t in e.iter("table") if t.get("class") == "heat"
    )
    cells = [int(td.text or 0) for td in heat.iter("td")]
    assert cells == [n for row in findings.evaluation.confusion["matrix"] for n in row]


def test_of_many_classes_those_that_are_confused_most_are_shown():
    matrix = np.eye(40, dtype=int) * 3
    matrix[38, 2], matrix[7, 39] = 9, 4
    classes = [f"c{n}" for n in range(40)]
    found = sections._confusion({"classes": classes, "matrix": matrix.tolist()})
    heat = next(t for e in found for t in e.iter("table"))
    heads = [th.text for th in heat.find("thead").iter("th")][1:]
    assert len(heads) == 25 and {"c38", "c2", "c7", "c39"} <= set(heads)
    cells = [int(td.text or 0) for td in heat.iter("td")]
    assert sum(cells) == 25 * 3 + 9 + 4
    assert "The 25 of 40 classes" in said(found)


def test_slices_that_are_surely_worse_stand_apart_from_luck():
    accuracy = {"value": 0.5, "low": 0.4, "high": 0.6}
    each = {"by": "site", "rows": 30, "accuracy": accuracy, "rest": 0.9}
    sure, luck = each | {"slice": "x", "p": 0.01}, each | {"slice": "y", "p": 0.7}
    text = said(sections.slices([sure, luck]))
    assert text.index("x30") < text.index("may be luck") < text.index("y30")
    text = said(sections.slices([luck]))
    assert "None of 1 slices is surely worse" in text


def test_calibration_says_what_was_measured(findings):
    text = said(sections.calibration(findings.evaluation.calibration))
    temperature = findings.model.calibration.temperature
    assert f"Temperature {temperature:.2f}" in text
    assert "per class" in text


def test_what_was_not_measured_is_left_out():
    assert sections.calibration({}) == []
    assert sections.slices([]) == []
    assert "Nothing stands out" in said(sections.advice([]))


def test_a_figure_says_what_it_shows():
    svg = ET.Element("svg")
    made = sections.figure(svg, "A caption.")
    assert svg.get("aria-label") == "A caption."
    assert said([made]) == "A caption."
