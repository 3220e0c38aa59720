"""Two halves of a batch at once: how TensorFlow keeps a second core busy.

A step of a small network is hundreds of little operations, one after the other. Shared
out among the threads each of them gains little; two halves of a batch have nothing to
wait for but each other's end.
"""

import tensorflow as tf
from keras import StatelessScope, tree

_FEWEST_ROWS = 16  # of a batch; what is less is not worth the second trace
_SEEDS = "seed_generator_state"


def divide(network, training):
    """Let each training step of a compiled network go through two towers, if it may.

    It may where a row's loss depends on no other row, there is no GPU, and nothing but
    the random generators has a state. The loss is the mean over rows either way; the
    auxiliary loss of a column with gaps, a mean over its rows, is one of each tower.
    """
    vars(network).pop("train_step", None)  # of an earlier compilation
    if network.rows_apart and _pays(network, training):
        network.train_step = _Towers(network).step


def _pays(network, training):
    states = [v for v in network.non_trainable_variables if _SEEDS not in v.path]
    return (
        not states
        and training.batch_size != "auto"
        and training.batch_size >= _FEWEST_ROWS
        and training.precision != "mixed_float16"
        and not network.jit_compile
        and not tf.config.list_physical_devices("GPU")
    )


class _Towers:
    def __init__(self, network):
        self._network = network
        # traced once, called for each tower
        self._half = tf.function(
            self._gradients, autograph=False, reduce_retracing=True
        )

    def step(self, data):
        """A training step on `(inputs, truth)`, a batch; `{figure: value}` so far."""
        network = self._network
        weights = [tf.convert_to_tensor(v) for v in network.trainable_variables]
        seeds = [tf.convert_to_tensor(v) for v in network.non_trainable_variables]
        halves = [
            self._half(weights, _apart(seeds, tower), *half)
            for tower, half in enumerate(_halves(data))
        ]
        losses, gradients, answers, after, rows, truths = zip(*halves, strict=True)
        counts = [tf.cast(count, "float32") for count in rows]
        shares = [count / sum(counts) for count in counts]
        for variable, seed in zip(
            network.non_trainable_variables, after[0], strict=True
        ):
            variable.assign(seed)
        network.optimizer.apply(
            [_mean(each, shares) for each in zip(*gradients, strict=True)],
            network.trainable_variables,
        )
        tracker = next(each for each in network.metrics if each.name == "loss")
        tracker.update_state(_mean(losses, shares))
        return network.compute_metrics({}, _joined(truths), _joined(answers))

    def _gradients(self, weights, seeds, inputs, truth):
        network = self._network
        known = [
            *zip(network.trainable_variables, weights, strict=True),
            *zip(network.non_trainable_variables, seeds, strict=True),
        ]
        with tf.GradientTape() as tape, StatelessScope(state_mapping=known) as scope:
            tape.watch(weights)
            answers = network(inputs, training=True)
            loss = network.compute_loss(inputs, truth, answers)
        after = [scope.get_current_value(v) for v in network.non_trainable_variables]
        gradients = tape.gradient(loss, weights, unconnected_gradients="zero")
        rows = tf.shape(tree.flatten(truth)[0])[0]
        return loss, gradients, answers, after, rows, truth


def _halves(data):
    """Two parts of a batch; of a single row, that row twice."""
    inputs, truth = data[:2]
    rows = tf.shape(tree.flatten(truth)[0])[0]
    half = tf.maximum(rows // 2, 1)
    for part in (slice(None, half), slice(rows // 2, None)):
        yield tree.map_structure(lambda each, part=part: each[part], (inputs, truth))


def _apart(seeds, tower):
    """States of random generators from which a tower draws numbers of its own."""
    return [seed + tf.cast([tower, 0], seed.dtype) for seed in seeds]


def _mean(parts, shares):
    return tf.add_n([part * share for part, share in zip(parts, shares, strict=True)])


def _joined(parts):
    return tree.map_structure(lambda *each: tf.concat(each, axis=0), *parts)
