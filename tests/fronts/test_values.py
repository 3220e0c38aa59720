"""Numbers and categories: one embedded step."""

import numpy as np

from homodal.fronts.category import Category
from homodal.fronts.number import Number

ONE = np.ones((3, 1), bool)


def test_numbers_near_each_other_are_told_apart_and_missing_ones_are_zero():
    front = Number(width=16)
    numbers = np.array([[0.1], [0.2], [np.nan]], "float32")
    values = np.asarray(front(numbers, ~np.isnan(numbers))[0])
    assert values.shape == (3, 1, 16)
    assert np.abs(values[0] - values[1]).max() > 1e-3
    np.testing.assert_array_equal(values[2], 0)
    assert front.count_params() == 8 + (2 * 8 + 2) * 16


def test_a_category_of_its_own_for_what_was_never_seen():
    front = Category(categories=["a", "b"], width=4)
    values = np.asarray(front(np.array([[0], [1], [2]]), ONE)[0])
    assert values.shape == (3, 1, 4)
    assert len({row.tobytes() for row in values}) == 3
    assert front.count_params() == 3 * 4


def test_a_share_of_the_categories_is_unknown_in_training():
    front = Category(categories=["a", "b"], width=4, hide=0.25)
    numbers = np.tile([[1], [2]], (500, 1))
    mask = np.ones(numbers.shape, bool)
    values = np.asarray(front(numbers, mask)[0])
    in_training = np.asarray(front(numbers, mask, training=True)[0])
    changed = (values != in_training).any(axis=(1, 2))
    assert 0.2 < changed.mean() < 0.3
    unknown = np.asarray(front(np.zeros((1, 1), int), mask[:1])[0])
    np.testing.assert_array_equal(
        in_training[changed], unknown.repeat(changed.sum(), 0)
    )
