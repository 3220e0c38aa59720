import xml.etree.ElementTree as ET

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


def test_with_many_classes_there_is_no_table_of_confusions():
    matrix = [[1 if i == j else 0 for i in range(40)] for j in range(40)]
    classes = [f"c{n}" for n in range(40)]
    found = sections._confusion({"classes": classes, "matrix": matrix})
    assert "too many" in said(found)


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
