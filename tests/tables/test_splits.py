"""The validation rows: a fair share of each label, whatever the order of rows."""

import numpy as np
import pytest

from homodal.errors import ColumnError
from homodal.tables.splits import folded, grouped, latest, named, stratified
from homodal.tables.table import Table


def table_of(values, labels):
    return Table.open({"x": list(values), "y": list(labels)})


def contents(table, rows):
    return sorted((table.cells("x")[row], table.cells("y")[row]) for row in rows)


def test_a_share_of_each_label():
    labels = ["a"] * 100 + ["b"] * 40
    table = table_of(range(140), labels)
    train, valid = stratified(table, labels, 0.1, seed=0)
    assert sorted([*train, *valid]) == list(range(140))
    assert sum(labels[row] == "a" for row in valid) == 10
    assert sum(labels[row] == "b" for row in valid) == 4


def test_the_order_of_rows_changes_nothing():
    labels = [str(i % 3) for i in range(60)]
    table = table_of(range(60), labels)
    order = np.random.default_rng(1).permutation(60)
    turned = table_of([int(i) for i in order], [labels[i] for i in order])
    _, valid = stratified(table, labels, 0.2, seed=0)
    _, turned_valid = stratified(turned, turned.cells("y"), 0.2, seed=0)
    assert contents(table, valid) == contents(turned, turned_valid)


def test_equal_rows_stay_on_one_side():
    labels = ["a"] * 60
    table = table_of([i // 3 for i in range(60)], labels)
    train, valid = stratified(table, labels, 0.2, seed=0)
    assert not {row // 3 for row in train} & {row // 3 for row in valid}


def test_another_seed_gives_another_split():
    labels = ["a"] * 100
    table = table_of(range(100), labels)
    first, second = (stratified(table, labels, 0.1, seed)[1] for seed in (0, 1))
    assert list(first) != list(second)


def test_a_single_row_of_a_label_trains_and_rows_without_label_do_neither():
    labels = ["a"] * 20 + ["rare", None]
    table = table_of(range(22), [label or "" for label in labels])
    train, valid = stratified(table, labels, 0.1, seed=0)
    assert 20 in train
    assert 21 not in [*train, *valid]


def test_shared_content_stays_on_one_side_also_by_way_of_a_third_row():
    labels = ["a", "b"] * 30
    table = table_of(range(60), labels)
    content = [(("p", row // 2),) if row < 40 else () for row in range(60)]
    content[1] = (*content[1], ("q", 0))
    content[5] = (*content[5], ("q", 0))  # 0, 1, 4 and 5 are one unit now
    for seed in range(8):
        _, valid = stratified(table, labels, 0.3, seed, content)
        sides = [row in set(valid.tolist()) for row in range(60)]
        assert all(sides[row] == sides[row + 1] for row in range(0, 40, 2))
        assert sides[0] == sides[4]
        assert 12 <= sum(sides) <= 24


def test_no_group_is_on_both_sides():
    groups = [f"s{row % 7}" for row in range(70)]
    groups[5] = None
    labels = ["ab"[row % 2] for row in range(69)] + [None]
    table = table_of(range(70), [label or "" for label in labels])
    train, valid = grouped(table, labels, groups, 0.2, seed=0)
    assert sorted([*train, *valid]) == list(range(69))
    sides = [{groups[row] for row in side} - {None} for side in (train, valid)]
    assert not sides[0] & sides[1] and sides[1]
    assert 10 <= len(valid) <= 30
    alone = grouped(table, labels, ["s"] * 70, 0.2, seed=0)
    assert len(alone[0]) == 69 and len(alone[1]) == 0


def test_the_latest_rows_validate():
    times = [f"2024-01-{1 + row % 28:02d}" for row in range(56)]
    labels = ["a"] * 55 + [None]
    train, valid = latest(labels, times, 0.25)
    assert sorted([*train, *valid]) == list(range(55))
    assert max(times[row] for row in train) < min(times[row] for row in valid)
    assert abs(len(valid) - 14) <= 2
    numbers = latest(["a"] * 10, [3, 1, 2, 9, 9, 9, 9, 9, 9, 9], 0.3)
    assert numbers[1].tolist() == [3, 4, 5, 6, 7, 8, 9]
    assert len(latest(["a"] * 4, [1, 1, 1, 1], 0.3)[1]) == 0


def test_what_comes_again_among_the_latest_validates():
    content = [["p"], [], ["q"], ["q"], [], ["p"], [], []]
    train, valid = latest(["a"] * 8, list(range(8)), 0.4, content)
    assert train.tolist() == [1, 2, 3, 4] and valid.tolist() == [0, 5, 6, 7]


def test_dates_of_several_zones_are_one_clock():
    times = ["2024-01-01T12:00:00+02:00", "2024-01-01T11:00:00Z", "2024-01-01T10:30:00"]
    assert latest(["a"] * 3, times, 0.34)[1].tolist() == [1]


def test_dates_are_read_in_the_order_that_the_column_shows():
    days = ["13.02.2024", "01.03.2024", "02.01.2024", "20.01.2024"]
    assert latest(["a"] * 4, days, 0.25)[1].tolist() == [1]
    times = ["2/13/2024 5 PM", "3/1/2024 1 AM", "1/2/2024 3 PM", "3/1/2024 2 AM"]
    assert latest(["a"] * 4, times, 0.25)[1].tolist() == [3]
    with pytest.raises(ColumnError, match=r"Row 1 has no readable time.*day first and"):
        latest(["a"] * 2, ["1/2/2024", "2/3/2024"], 0.5)


@pytest.mark.parametrize("cell", [None, "yesterday", "", "12:30"])
def test_a_time_that_cannot_be_read(cell):
    with pytest.raises(ColumnError, match="Row 2 has no readable time"):
        latest(["a", "b", None], [1, cell, "unread"], 0.5)


def test_parts_as_a_column_names_them():
    parts = ["train", "Valid", "test", "dev", "training", "val"]
    train, valid = named(["a", "a", "a", "a", None, "b"], parts)
    assert train.tolist() == [0] and valid.tolist() == [1, 3, 5]
    with pytest.raises(ColumnError, match=r"Row 2 is of an unknown part.*Got 'tset'"):
        named(["a", "a"], ["train", "tset"])


def test_folds_share_no_unit_and_hold_every_row_once():
    labels = [str(row % 3) for row in range(90)]
    table = table_of([row // 2 for row in range(90)], labels)
    content = [(("p", row // 2),) for row in range(90)]
    sides = [folded(table, labels, k, 5, 0, content) for k in range(1, 6)]
    together = np.concatenate([valid for _, valid in sides])
    assert sorted(together) == list(range(90))
    for train, valid in sides:
        assert not {r // 2 for r in train} & {r // 2 for r in valid}
        assert 14 <= len(valid) <= 22
        assert sorted([*train, *valid]) == list(range(90))
