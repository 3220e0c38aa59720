import numpy as np

from homodal.fusions.multiplicative import Multiplicative


def made(columns, plain, names="ab"):
    given = columns.random(names, width=3)
    fusion = Multiplicative(width=3, inside=3, dropout=0.0)
    given.fused(fusion)
    for dense in fusion.projections.each.values():
        plain(dense)
    fusion.out.kernel.assign(np.eye(3))
    return fusion, given


def test_equals_the_formula(columns, plain):
    fusion, given = made(columns, plain, "abc")
    fused = given.values["a"]
    for product, plain_sum, name in zip(
        fusion.products, fusion.sums, "bc", strict=True
    ):
        column = given.values[name]
        both = np.einsum("bi,ijo,bj->bo", fused, np.asarray(product), column)
        kernel = np.asarray(plain_sum.kernel)
        fused = both + np.concatenate([fused, column], axis=1) @ kernel
    np.testing.assert_allclose(given.fused(fusion), fused, rtol=1e-4, atol=1e-5)


def test_without_its_products_it_is_a_concatenation(columns, plain):
    fusion, given = made(columns, plain)
    fusion.products[0].assign(np.zeros((3, 3, 3)))
    together = np.concatenate([given.values["a"], given.values["b"]], axis=1)
    wanted = together @ np.asarray(fusion.sums[0].kernel)
    np.testing.assert_allclose(given.fused(fusion), wanted, rtol=1e-5, atol=1e-6)


def test_with_a_diagonal_product_it_is_a_modulation(columns, plain):
    """y = (a W + v) * b + a U: what film does to b."""
    fusion, given = made(columns, plain)
    scale, add = np.random.default_rng(1).normal(size=(2, 3, 3)).astype("float32")
    product = np.zeros((3, 3, 3), "float32")
    product[:, np.arange(3), np.arange(3)] = scale
    fusion.products[0].assign(product)
    fusion.sums[0].kernel.assign(np.concatenate([add, np.eye(3)]))
    a, b = given.values["a"], given.values["b"]
    wanted = (1 + a @ scale) * b + a @ add
    np.testing.assert_allclose(given.fused(fusion), wanted, rtol=1e-4, atol=1e-5)


def test_an_absent_column_lets_the_rest_go_on(columns, plain):
    fusion, given = made(columns, plain)
    kernel = np.asarray(fusion.sums[0].kernel)
    wanted = given.values["a"] @ kernel[:3]
    np.testing.assert_allclose(given.fused(fusion, "a"), wanted, rtol=1e-5, atol=1e-6)
    parameters = 27 + 18 + 3 + 2 * 7 * 3 + 4 * 3
    assert fusion.count_params() == parameters
