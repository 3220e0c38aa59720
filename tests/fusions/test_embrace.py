import numpy as np

from homodal.fusions.embrace import Embrace

A, B = [[1.0, 2.0]] * 200, [[3.0, 5.0]] * 200


def made(columns, plain):
    fusion, given = Embrace(width=2, dropout=0.0), columns(a=A, b=B)
    given.fused(fusion)
    for dense in fusion.projections.each.values():
        plain(dense)
    return fusion, given


def test_answers_with_the_expectation(columns, plain):
    fusion, given = made(columns, plain)
    np.testing.assert_allclose(given.fused(fusion), [[2.0, 3.5]] * 200)
    np.testing.assert_allclose(given.fused(fusion, "b"), B)
    np.testing.assert_allclose(given.fused(fusion, ""), np.zeros((200, 2)))
    np.testing.assert_array_equal(given.fused(fusion), given.fused(fusion))


def test_draws_each_feature_from_one_present_column_in_training(columns, plain):
    fusion, given = made(columns, plain)
    drawn = given.fused(fusion, training=True)
    for feature, choices in enumerate(([1, 3], [2, 5])):
        assert set(np.unique(drawn[:, feature])) == set(choices)
    second = drawn[:, 0] == 3
    assert 0.35 < second.mean() < 0.65
    assert (second != (drawn[:, 1] == 5)).any()  # features are drawn apart
    assert (given.fused(fusion, training=True) != drawn).any()
    np.testing.assert_array_equal(given.fused(fusion, "a", training=True), A)
