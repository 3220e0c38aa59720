import keras
import numpy as np
import pytest

from homodal.errors import PartError
from homodal.fusions.late import Late
from homodal.layers.stream import single

# by hand: two experts and a prior
P, Q, PRIOR = [0.7, 0.2, 0.1], [0.5, 0.4, 0.1], [0.5, 0.25, 0.25]


def answer(fusion, columns="pq"):
    streams = {
        n: single(keras.ops.convert_to_tensor(np.log([v]).astype("float32") + 3.0))
        for n, v in (("p", P), ("q", Q))
    }
    here = {n: np.array([n in columns]) for n in "pq"}
    return np.exp(np.asarray(fusion(streams, here).values))[0, 0]


def test_average_by_hand():
    np.testing.assert_allclose(answer(Late()), [0.6, 0.3, 0.1], rtol=1e-5)


def test_product_by_hand():
    fusion = Late(rule="product")
    # the prior is uniform at first: .35, .08, .01 of .44
    np.testing.assert_allclose(answer(fusion), np.array([35, 8, 1]) / 44, rtol=1e-5)
    fusion.bias.assign(np.log(PRIOR))
    # .35 / .5, .08 / .25, .01 / .25: .70, .32, .04 of 1.06
    np.testing.assert_allclose(answer(fusion), np.array([70, 32, 4]) / 106, rtol=1e-5)


def test_mean_of_logits_by_hand():
    # the roots of .35, .08, .01, and the constant of 3 falls out
    roots = np.sqrt([0.35, 0.08, 0.01])
    np.testing.assert_allclose(answer(Late("logits")), roots / roots.sum(), rtol=1e-5)


def test_the_sum_of_logits_by_hand():
    np.testing.assert_allclose(
        answer(Late("sum")), np.array([35, 8, 1]) / 44, rtol=1e-5
    )


def test_learned_weights_by_hand_and_they_learn():
    fusion = Late(rule="weighted")
    np.testing.assert_allclose(answer(fusion), [0.6, 0.3, 0.1], rtol=1e-5)
    fusion.bias.assign(np.log([1.0, 3.0]))
    np.testing.assert_allclose(answer(fusion), [0.55, 0.35, 0.1], rtol=1e-5)
    assert fusion.count_params() == 2
    assert "gain" in fusion.bias.path  # or it would decay towards equal weights


@pytest.mark.parametrize("rule", ["average", "logits", "sum", "weighted", "product"])
def test_a_lone_expert_is_believed_and_no_expert_is_uniform(rule):
    fusion = Late(rule)
    answer(fusion)
    if rule == "product":
        fusion.bias.assign(np.log(PRIOR))
    if rule == "weighted":
        fusion.bias.assign([0.3, -0.7])
    np.testing.assert_allclose(answer(fusion, "p"), P, rtol=1e-5)
    np.testing.assert_allclose(answer(fusion, "q"), Q, rtol=1e-5)
    np.testing.assert_allclose(answer(fusion, ""), np.full(3, 1 / 3), rtol=1e-5)


def test_an_unknown_rule_is_refused():
    with pytest.raises(
        PartError, match="one of: average, logits, product, sum, weighted"
    ):
        answer(Late(rule="vote"))
