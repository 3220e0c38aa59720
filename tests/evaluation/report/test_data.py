from homodal.evaluation.report.data import data_card
from homodal.evaluation.report.report import checked_on
from homodal.tables.table import Table
from homodal.training.session import open_rows


def said(elements):
    return " ".join(" ".join(each.itertext()) for each in elements)


def test_the_card_has_the_schema_the_figures_and_the_classes(findings):
    model = findings.model
    text = said(data_card(model, findings.evaluation, {}, findings.checked))
    for column in model.schema.columns:
        assert column.name in text and column.why in text
    seen = findings.checked.columns()["image"]["figures"]
    assert seen and "what stands in it" in text
    for name in model.classes:
        assert name in text


def test_findings_of_the_check_stand_on_the_card(findings):
    """Two equal rows and one that the training table has, too, are told."""
    checked = findings.checked
    assert checked.findings
    text = said(data_card(findings.model, findings.evaluation, {}, checked))
    for each in checked.findings[:12]:
        assert each.what in text and each.severity in text


def test_rows_that_training_had_are_found(trained, seen):
    folder, table = seen
    model = trained.model
    rows, train = (
        open_rows(Table.open(table, folder), model.preparation) for _ in range(2)
    )
    found = checked_on(model, rows, train)
    assert any("the training table" in each.what for each in found.findings)
    alone = checked_on(model, rows)
    assert not any("the training table" in each.what for each in alone.findings)


def test_without_a_check_the_card_says_so(findings):
    text = said(data_card(findings.model, findings.evaluation, {}))
    assert "Not checked here" in text


def test_what_was_changed_stands_on_the_card_by_its_kind(findings):
    counts = {"rows": 9, "ok": 2, "absent": 1, "bad": 2, "repaired": 4}
    reasons = {"no such file: a.png": 1, "no such file: b.png": 1}
    repairs = {"cut at 8 tokens": 3, "unknown category": 1}
    counted = {"text": counts | {"reasons": reasons, "repairs": repairs}}
    text = said(data_card(findings.model, findings.evaluation, counted))
    assert "text repaired cut at 8 tokens 3" in " ".join(text.split())
    assert "text bad no such file 2" in " ".join(text.split())
    assert "b.png" not in text
