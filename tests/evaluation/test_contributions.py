from itertools import permutations

import numpy as np
import pytest

from homodal.evaluation.contributions import (
    interactions,
    needed,
    removal_curve,
    sampled_orders,
    sampled_shapley,
    shapley,
    subsets,
)


def game(columns, seed=0, rows=()):
    return np.random.default_rng(seed).random((2**columns, *rows))


def by_definition(values):
    """Mean gain over all orders in which the columns can come."""
    columns = len(values).bit_length() - 1
    total = np.zeros(columns)
    orders = list(permutations(range(columns)))
    for order in orders:
        code = 0
        for column in order:
            total[column] += values[code | 1 << column] - values[code]
            code |= 1 << column
    return total / len(orders)


def test_subsets_are_the_bits_of_their_places():
    assert subsets(2).tolist() == [[0, 0], [1, 0], [0, 1], [1, 1]]


@pytest.mark.parametrize("columns", [1, 2, 3, 5])
def test_it_is_the_mean_gain_over_all_orders(columns):
    values = game(columns)
    np.testing.assert_allclose(shapley(values), by_definition(values))


@pytest.mark.parametrize("columns", [1, 2, 4, 6])
def test_efficiency(columns):
    """The values add up to what all columns gain over none, row by row."""
    values = game(columns, rows=(7,))
    np.testing.assert_allclose(shapley(values).sum(axis=0), values[-1] - values[0])


def test_symmetry_and_a_column_that_does_nothing():
    # 0 and 1 change nothing between them; 2 adds nothing anywhere
    sizes = subsets(3)[:, :2].sum(axis=1)
    found = shapley(np.array([0.1, 0.4, 0.9])[sizes])
    assert found[0] == found[1] == pytest.approx(0.4)
    assert found[2] == 0


def test_the_glove_game():
    """Two have a left glove, one the right: 1/6, 1/6, 4/6 (Shapley and Shubik)."""
    left, right = subsets(3)[:, :2].any(axis=1), subsets(3)[:, 2]
    np.testing.assert_allclose(shapley(left & right), [1 / 6, 1 / 6, 4 / 6])


def test_interaction_of_and_of_or_and_of_none():
    both = subsets(2).all(axis=1)
    either = subsets(2).any(axis=1)
    assert interactions(both)[0, 1] == 1
    assert interactions(either)[0, 1] == -1
    added = subsets(3) @ np.array([0.2, 0.3, 0.1])
    np.testing.assert_allclose(interactions(added), 0, atol=1e-12)


def test_interaction_of_three_by_its_formula():
    v = game(3)
    first = v[0b011] - v[0b001] - v[0b010] + v[0]
    second = v[0b111] - v[0b101] - v[0b110] + v[0b100]
    assert interactions(v)[0, 1] == pytest.approx((first + second) / 2)


def test_removal_is_what_a_simulation_gives():
    values = game(3)
    rng = np.random.default_rng(0)
    kept = rng.random((200_000, 3)) >= 0.3
    simulated = values[kept @ [1, 2, 4]].mean()
    assert removal_curve(values, [0.3])[0] == pytest.approx(simulated, abs=0.005)
    assert removal_curve(values, [0, 1]) == pytest.approx([values[-1], values[0]])


def test_a_sample_of_orders_comes_near_and_adds_up():
    values = game(5, rows=(3,))
    orders = sampled_orders(5, orders=400)
    known = {int(code): values[code] for code in needed(orders)}
    found = sampled_shapley(known, orders)
    np.testing.assert_allclose(found, shapley(values), atol=0.1)
    np.testing.assert_allclose(found.sum(axis=0), values[-1] - values[0])


def test_needed_subsets_are_few():
    orders = sampled_orders(14)
    assert 0 in needed(orders) and 2**14 - 1 in needed(orders)
    assert len(needed(orders)) <= 64 * 14 + 1
