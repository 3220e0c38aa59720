"""A check counts classes as the target reads them, and only where there are classes."""

from homodal.checks.answers import answers_of, differ
from homodal.checks.check import check
from homodal.data.recognition import Column
from homodal.tables.table import Table


def answers(cells, kind, **options):
    column = Column("y", "target", kind, options)
    return answers_of(Table.open({"y": cells}), column)


def findings(cells, **settings):
    table = {"x": [row * 1.37 for row in range(len(cells))], "y": cells}
    found = check(table, target="y", settings=settings).findings
    return {each.kind: each for each in found}


def test_cells_that_are_read_alike_are_one_class():
    labels = answers(["1", "1.0", " 1 ", "2", None], "label")
    assert labels.counts == {"1": 3, "2": 1}
    assert labels.texts == ["1", "1", "1", "2", None]
    assert labels.spellings["1"] == {"1": 1, "1.0": 1, " 1 ": 1}


def test_numbers_have_no_classes():
    numbers = answers([1.5, 2.5, 1.5], "number")
    assert numbers.counts == {}
    assert numbers.texts == ["1.5", "2.5", "1.5"]


def test_labels_and_tags_count_each_name():
    assert answers([["a", "b"], ["b"]], "labels").counts == {"b": 2, "a": 1}
    assert answers(["O B-x", "O O"], "tags").counts == {"O": 3, "B-x": 1}


def test_an_answer_that_cannot_be_read_is_named():
    numbers = answers(["1", "2", "three"], "number")
    assert list(numbers.unreadable) == [2]


def test_rows_without_an_answer_do_not_differ():
    labels = answers(["a", "b", None, "a "], "label")
    assert differ(labels, 0, 1)
    assert not differ(labels, 0, 2)
    assert not differ(labels, 0, 3)


def test_joined_labels_are_said():
    found = findings(["cat", "cat ", "dog"] * 10)["joined-labels"]
    assert "'cat': 'cat' (10), 'cat ' (10)" in found.what


def test_labels_that_look_alike_are_said():
    found = findings(["cat", "Cat", "dog", "ｄｏｇ", "cow"] * 10)["look-alike-labels"]
    assert "'Cat' (10) and 'cat' (10)" in found.what
    assert len(found.evidence) == 2
    assert len(found.rows) == 40


def test_numbers_as_names_do_not_look_alike():
    found = findings(["1", "-1", "1.5", "15", "a", "b"] * 10, **{"columns.y": "label"})
    assert "look-alike-labels" not in found


def test_a_number_target_has_no_rare_classes():
    found = findings([row * 0.37 for row in range(40)])
    assert not {"rare-classes", "unbalanced", "one-class"} & set(found)


def test_an_identifier_as_target_is_an_error():
    found = findings([f"k{row}" for row in range(40)])["no-target"]
    assert found.severity == "error"
    assert "is it an identifier?" in found.what


def test_several_targets_are_checked_each():
    table = {
        "x": [row * 1.37 for row in range(40)],
        "a": ["p", "q"] * 20,
        "b": ["r"] * 39 + ["s"],
    }
    checked = check(table, target="a,b")
    rare = [f for f in checked.findings if f.kind == "rare-classes"]
    assert [finding.columns for finding in rare] == [("b",)]
    assert checked.columns()["b"]["kind"] == "label"
