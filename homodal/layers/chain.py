"""A chain of choices: the sums over all sequences of a linear-chain CRF.

A sequence y of a row with T real steps scores start[y_1] + sum_t scores[t, y_t] +
sum_t transitions[y_t-1, y_t] + end[y_T]; what is real comes first. Lafferty, McCallum
and Pereira, "Conditional Random Fields", 2001. Each step of a sum is one product with
exp(transitions), `(batch, K) x (K, K)`: time T K^2 and memory T K a row.
"""

import keras
from keras import ops

EXCLUDED = -1e4  # a score as good as minus infinity, with gradients that stay finite


class Chain(keras.layers.Layer):
    """Learned scores of which class follows which, and of the first and the last.

    log_partition, log_marginals: of scores `(batch, T, K)` and mask `(batch, T)`.
    Parameters: K^2 + 2 K.
    """

    def __init__(self, classes):
        super().__init__(dtype="float32")
        self.classes = classes

    def build(self, scores_shape=None):
        def add(name, shape):
            return self.add_weight(shape=shape, initializer="zeros", name=name)

        self.transitions = add("transition_bias", (self.classes, self.classes))
        self.first = add("first_bias", (self.classes,))
        self.last = add("last_bias", (self.classes,))

    def log_partition(self, scores, mask):
        """Log of the sum of exp over all sequences, `(batch,)`; 0 of a row of none."""
        messages = self._from_right(scores, mask)
        total = self.first + scores[:, 0] + messages[:, 0]
        return ops.where(mask[:, 0], ops.logsumexp(total, axis=-1), 0.0)

    def loss(self, scores, truth, mask):
        """Minus the log probability of `truth`, `(batch,)`.

        truth `(batch, T)`: class numbers; a negative one may be any, so that a row of
        nothing else costs nothing.
        """
        wanted = ops.one_hot(truth, self.classes, dtype="float32")
        open_steps = ops.cast(truth < 0, "float32")[..., None]
        allowed = scores + EXCLUDED * (1.0 - wanted - open_steps)
        # one scan for both sums
        both = ops.concatenate([scores, allowed], axis=0)
        sums = self.log_partition(both, ops.concatenate([mask, mask], axis=0))
        everything, right = ops.split(sums, 2)
        return everything - right

    def log_marginals(self, scores, mask):
        """Log probability of each class at each step, `(batch, T, K)`.

        Steps that are not real have the scores of nothing, all finite.
        """
        left, right = self._from_left(scores, mask), self._from_right(scores, mask)
        return ops.log_softmax(left + scores + right, axis=-1)

    def _from_left(self, scores, mask):
        """What the steps before say of each step, `(batch, T, K)`."""
        weights = ops.exp(ops.convert_to_tensor(self.transitions))
        first = ops.zeros_like(scores[:, 0]) + self.first
        passed = _scanned(scores, mask, first, weights)
        return ops.concatenate([first[:, None], passed[:, :-1]], axis=1)

    def _from_right(self, scores, mask):
        """What the steps after say of each step, `(batch, T, K)`."""
        weights = ops.exp(ops.transpose(ops.convert_to_tensor(self.transitions)))
        last = ops.zeros_like(scores[:, 0]) + self.last
        turned = ops.flip(scores, axis=1), ops.flip(mask, axis=1)
        passed = _scanned(*turned, last, weights)
        passed = ops.concatenate([last[:, None], passed[:, :-1]], axis=1)
        return ops.flip(passed, axis=1)


def _scanned(scores, mask, first, weights):
    """After each step: log of exp(carry + scores) x weights; as it was if not real."""

    def step(carry, at):
        found, real = at[:, :-1], at[:, -1:] > 0
        spoken = carry + found
        highest = ops.stop_gradient(ops.max(spoken, axis=-1, keepdims=True))
        passed = ops.log(ops.matmul(ops.exp(spoken - highest), weights)) + highest
        carry = ops.where(real, passed, carry)
        return carry, carry

    # one array: Keras's scan on TensorFlow takes no two of a length that varies
    along = ops.concatenate([scores, ops.cast(mask, scores.dtype)[..., None]], axis=-1)
    _, passed = ops.scan(step, first, ops.transpose(along, (1, 0, 2)))
    return ops.transpose(passed, (1, 0, 2))
