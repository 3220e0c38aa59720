"""The validation rows: a fair share of each label, whatever the order of rows."""

import numpy as np

from homodal.tables.splits import stratified
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
