import keras
import numpy as np
import pytest
import tensorflow as tf

import homodal
from homodal.errors import PartError
from homodal.heads.several import Several
from homodal.layers.stream import single

LABEL = {"classes": ["a", "b"], "counts": [1, 1]}
TARGETS = [
    {"name": "kind", "kind": "label", "options": {"dropout": 0.0}, "facts": LABEL},
    {"name": "much", "kind": "number", "options": {"dropout": 0.0}, "facts": {}},
]
TRUTH = {"kind": np.array([0, 1]), "much": np.array([0.5, -1.0], "float32")}


@pytest.fixture
def made():
    def make(**options):
        keras.utils.set_random_seed(0)
        head = Several(targets=TARGETS, **options)
        logits = head(single(keras.ops.ones((2, 4))))
        return head, logits

    return make


def own_losses(head, logits):
    return {
        name: np.asarray(one.loss(logits[name], TRUTH[name]))
        for name, one in head.heads.items()
    }


def test_equal_weights_add_the_losses(made):
    head, logits = made(weights="equal")
    wanted = sum(own_losses(head, logits).values())
    np.testing.assert_allclose(head.loss(logits, TRUTH), wanted, rtol=1e-6)


def test_a_doubtful_target_weighs_less(made):
    head, logits = made()
    head.log_variance.assign([0.0, 2.0])
    own = own_losses(head, logits)
    wanted = own["kind"] + own["much"] * np.exp(-2.0) + 2.0
    np.testing.assert_allclose(head.loss(logits, TRUTH), wanted, rtol=1e-6)


def test_the_best_doubt_is_the_log_of_the_loss(made):
    """The minimum over s of exp(-s) L + s is at s = log L."""
    head, logits = made()
    loss = float(own_losses(head, logits)["much"].mean())
    totals = {}
    for doubt in (np.log(loss) - 0.1, np.log(loss), np.log(loss) + 0.1):
        head.log_variance.assign([0.0, doubt])
        totals[doubt] = float(np.mean(head.loss(logits, TRUTH)))
    assert min(totals, key=totals.get) == np.log(loss)


def test_progress_is_the_mean_of_the_targets(made):
    head, logits = made()
    figures = [h.progress(logits[n], TRUTH[n]) for n, h in head.heads.items()]
    wanted = np.mean([np.asarray(each) for each in figures], axis=0)
    np.testing.assert_allclose(head.progress(logits, TRUTH), wanted, rtol=1e-6)


def test_answers_of_columns_are_added_where_there_are_any_and_they_add_up(made):
    head, logits = made()
    own = [{"kind": logits["kind"]}, {"kind": 2 * logits["kind"]}]
    found = head.added(logits, own)
    np.testing.assert_allclose(found["kind"], 4 * logits["kind"], rtol=1e-6)
    np.testing.assert_array_equal(found["much"], logits["much"])
    assert head.adds_up
    tags = {"name": "t", "kind": "tags", "options": {}, "facts": {"tags": ["O", "B"]}}
    lone = Several(targets=[tags])
    steps = {"t": keras.ops.ones((2, 3, 3))}
    assert not lone.adds_up
    np.testing.assert_array_equal(lone.added(steps, [steps])["t"], steps["t"])


def test_it_reads_steps_if_one_of_its_heads_does(made):
    head, _ = made()
    assert not head.reads_steps


def test_unknown_weights_are_refused():
    with pytest.raises(PartError, match="one of: equal, uncertainty"):
        Several(targets=TARGETS, weights="best")(single(keras.ops.ones((2, 4))))


def settled(head, logits, steps=60):
    """`log_variance` after gradient steps on it alone."""
    for _ in range(steps):
        with tf.GradientTape() as tape:
            value = keras.ops.mean(head.loss(logits, TRUTH))
        (gradient,) = tape.gradient(value, [head.log_variance.value])
        head.log_variance.assign(head.log_variance - 0.3 * gradient)
    return np.asarray(head.log_variance)


def test_a_loss_below_zero_makes_no_weight_grow_without_end():
    """exp(-s) L + s of a negative L falls for ever: here s comes to rest."""
    density = TARGETS[1] | {"options": {"spread": "gaussian", "dropout": 0.0}}
    head = Several(targets=[TARGETS[0], density])
    logits = head(single(keras.ops.ones((2, 4))))
    surprise = float(np.mean(own_losses(head, logits)["kind"]))
    # the truth itself, with log standard deviations of -4 and -6: so are the losses
    logits = logits | {"much": np.array([[0.5, -4.0], [-1.0, -6.0]], "float32")}
    np.testing.assert_allclose(own_losses(head, logits)["much"], [-4.0, -6.0])
    wanted = [np.log(surprise), np.log(0.05)]
    np.testing.assert_allclose(settled(head, logits), wanted, atol=1e-3)
    logits = logits | {"much": np.array([[2.5, 0.0], [1.0, 0.0]], "float32")}
    wanted[1] = np.log(2.0)  # both are off by 2, and the weight comes back
    np.testing.assert_allclose(settled(head, logits), wanted, atol=1e-3)


def test_rows_lacking_an_answer_cost_nothing_and_the_others_as_if_alone(made):
    head, logits = made()
    head.log_variance.assign([0.7, -0.4])
    gaps = TRUTH | {"much": np.array([np.nan, -1.0], "float32")}
    found = np.asarray(head.loss(logits, gaps))
    own = own_losses(head, logits)
    first = own["kind"] * np.exp(-0.7) + 0.7
    second = 2 * (own["much"][1] * np.exp(0.4) - 0.4)  # the only one: all of the mean
    np.testing.assert_allclose(found, [first[0], first[1] + second], rtol=1e-5)
    unseen = {"kind": np.array([-1, -2]), "much": np.full(2, np.nan, "float32")}
    np.testing.assert_array_equal(head.loss(logits, unseen), [0.0, 0.0])


def test_a_density_and_a_class_train_together(tmp_path):
    """The targets of one table in a real fit: nothing diverges, both are learned."""
    rng = np.random.default_rng(0)
    size = rng.normal(size=80)
    table = {
        "size": size.tolist(),
        "sort": rng.choice(["p", "q"], 80).tolist(),
        "much": (3 * size).tolist(),
        "side": np.where(size > 0, "left", "right").tolist(),
    }
    settings = {
        "encoder.width": 8,
        "encoder.depth": 1,
        "training.epochs": 15,
        "training.learning_rate": 0.02,
        "columns": {
            "size": "number",
            "sort": "category",
            "much": {"modality": "number", "spread": "gaussian"},
        },
    }
    run = homodal.train(
        table, target="much,side", settings=settings, out=tmp_path / "run"
    )
    head = run.model.network.head
    assert np.all(np.asarray(head.log_variance) >= np.log(0.05) - 0.1)
    assert run.evaluation.scores["much: r2"]["value"] > 0.7
