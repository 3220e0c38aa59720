"""Names of answers: the user's stay, ours give way."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homodal.tables.answer_columns import (
    AnswerColumns,
    figure_column,
    figure_index,
    free_name,
    join_figures,
    split_figures,
)

names = st.text(max_size=3) | st.sampled_from(
    ["a", "a: low", "a: low (2)", "a: a", "status", "low", ": low", "a (2)", ""]
)
figures = st.lists(st.sampled_from(["low", "high", "probability"]), unique=True)


def test_the_next_name_that_is_free():
    assert free_name("status", ()) == "status"
    assert free_name("status", {"status", "status (2)"}) == "status (3)"


@given(st.dictionaries(names, figures, min_size=1, max_size=5))
def test_answers_to_several_targets_go_together_and_come_apart(targets):
    answers = {
        target: {"answer": [target]} | {each: [target, each] for each in own}
        for target, own in targets.items()
    }
    joined = join_figures(answers)
    assert len(joined) == sum(map(len, answers.values()))
    assert {name: joined[name] for name in answers} == {n: [n] for n in answers}
    assert split_figures(joined, list(answers)) == answers


def test_plain_names_are_plain():
    answers = {"price": {"answer": 1, "low": 0}, "size": {"answer": "s"}}
    assert join_figures(answers) == {"price": 1, "price: low": 0, "size": "s"}


@pytest.mark.parametrize("target", ["y", "status", "status (2)", "probability", ""])
def test_a_figure_gives_way_to_a_target_and_is_found_again(target):
    columns = AnswerColumns([target])
    columns.add_answer(target, pa.array(["yes"]))
    columns.add_figure("probability", pa.array([0.5]))
    columns.add_figure("status", pa.array(["ok"]))
    answers = columns.table()
    assert answers.column(target).to_pylist() == ["yes"]
    assert figure_column(answers, "status").to_pylist() == ["ok"]
    assert figure_column(answers, "probability").to_pylist() == [0.5]
    assert len(set(answers.column_names)) == 3
    pieces = pa.concat_tables([answers, answers.slice(0, 0)])
    assert figure_index(pieces, "status") == 2


def test_what_is_not_there():
    columns = AnswerColumns(["status"])
    columns.add_answer("status", pa.array(["yes"]))
    columns.add_figure("low", pa.array([1.0]))
    with pytest.raises(KeyError, match="status"):
        figure_column(columns.table(), "status")
    assert figure_index(pa.table({"status": ["ok"]}), "status") == 0
    assert figure_index(pa.table({"x": ["ok"]}), "status") is None
