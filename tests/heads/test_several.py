import keras
import numpy as np
import pytest

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
