import numpy as np

from homodal.fusions.compact_bilinear import CompactBilinear


def test_is_the_sketch_of_the_outer_product(columns):
    given = columns.random("ab", width=2)
    fusion = CompactBilinear(width=16, sketch=16, dropout=0.0)
    given.fused(fusion)
    fusion.out.kernel.assign(np.eye(16))
    got = given.fused(fusion)
    a, b = (np.concatenate([given.values[n]] * 2, axis=1) for n in "ab")
    first, second = fusion.sketches["a"], fusion.sketches["b"]
    # place j of a and place k of b meet at the sum of their places, by both signs
    product = np.zeros((4, 4, 16))
    for j in range(4):
        for k in range(4):
            place = (np.abs(first[j]).argmax() + np.abs(second[k]).argmax()) % 16
            product[j, k, place] = first[j].sum() * second[k].sum()
    sketched = np.einsum("bj,bk,jks->bs", a, b, product)
    rooted = np.sign(sketched) * np.sqrt(np.abs(sketched))
    wanted = rooted / np.linalg.norm(rooted, axis=1, keepdims=True)
    np.testing.assert_allclose(got, wanted, rtol=1e-3, atol=2e-3)
    assert fusion.count_params() == (16 + 1) * 16


def test_sketches_differ_by_column_and_are_drawn_once(columns):
    made = [CompactBilinear(width=2, sketch=16) for _ in range(2)]
    for fusion in made:
        columns.random("ab").fused(fusion)
    one, other = made[0].sketches, made[1].sketches
    np.testing.assert_array_equal(one["a"], other["a"])
    assert (one["a"] != one["b"]).any()
