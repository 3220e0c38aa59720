"""AdamW over all weights as one vector."""

import itertools
from operator import itemgetter

import keras
import numpy as np
from keras import ops

from homodal.model.weights import to_numpy

_KEPT = 0.95  # of the running means of watched gradients, a step


class FlatAdamW(keras.optimizers.Optimizer):
    """Adam with decoupled weight decay and a clipped norm, on one long vector.

    g is the gradient of every weight side by side, scaled down to the norm `clip_norm`
    where it is longer; then with t = 1, 2, ...

        m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2
        w = w - rate (sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + 1e-7) + decay w)

    The same numbers as an update of one variable after the other, in a tenth of the
    operations: a network of small layers otherwise spends a third of its tracing and
    a tenth of each step there. decayed: `variable -> bool`, whether it is decayed.
    watched: `{name: variables}`; `norms` tells the length of each group's gradient
    before it is clipped, as a running mean over about 20 steps.
    Kingma and Ba, 2015, arXiv:1412.6980; Loshchilov and Hutter, 2019, arXiv:1711.05101.
    """

    def __init__(
        self,
        learning_rate,
        *,
        weight_decay=0.0,
        clip_norm=1.0,
        decayed=None,
        watched=None,
    ):
        super().__init__(learning_rate=learning_rate, name="adamw")
        self.decay = weight_decay
        self.clip_norm = clip_norm
        self.decayed = decayed or (lambda variable: True)
        # by number: Keras would take variables in an attribute for the optimizer's own
        self._watched = {
            id(variable): place
            for place, group in enumerate((watched or {}).values())
            for variable in group
        }
        self.watched = tuple(watched or ())
        self.beta_1, self.beta_2, self.epsilon = 0.9, 0.999, 1e-7

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        sizes = [int(np.prod(variable.shape)) for variable in variables]
        self._ends = np.cumsum(sizes)[:-1].tolist()
        decays = [self.decay * bool(self.decayed(v)) for v in variables]
        self._decays = np.repeat(np.float32(decays), sizes)
        self._mean = self._moment(sum(sizes), "mean")
        self._power = self._moment(sum(sizes), "power")
        if self.watched:
            groups = [self._group(variable) for variable in variables]
            self._stretches = _stretches(groups, sizes)
            self._norms = self._moment(len(self.watched), "norms")

    def _group(self, variable):
        """The number of the watched group that a variable is in; the last: none."""
        return self._watched.get(id(variable), len(self.watched))

    @property
    def norms(self):
        """`{name: length}` of the watched groups' gradients."""
        if not self.watched:
            return {}
        found = to_numpy({"norms": self._norms})["norms"]
        return {n: float(v) for n, v in zip(self.watched, found, strict=True)}

    def _moment(self, size, name):
        return self.add_variable((size,), dtype="float32", name=name)

    def apply(self, grads, trainable_variables=None):
        """One step; a weight without a gradient takes part with a gradient of zero."""
        variables = list(trainable_variables or self._trainable_variables)
        self.build(variables)
        weights = _side_by_side(variables)
        given = [
            ops.zeros(variable.shape) if gradient is None else gradient
            for gradient, variable in zip(grads, variables, strict=True)
        ]
        gradient = _side_by_side(given)
        if self.watched:
            self._watch(gradient)
        change = self._change(self._clipped(gradient), weights)
        for variable, part in zip(
            variables, ops.split(change, self._ends), strict=True
        ):
            part = ops.reshape(part, variable.shape)
            variable.assign_sub(ops.cast(part, variable.dtype))
        self.iterations.assign_add(1)

    def _watch(self, gradient):
        square = ops.square(gradient)
        powers = [
            sum(ops.sum(square[begin:end]) for begin, end in self._stretches[group])
            for group in range(len(self.watched))
        ]
        norms = ops.sqrt(ops.stack([ops.cast(p, "float32") for p in powers]))
        # the first step is taken as it is, not as a twentieth
        kept = ops.where(self.iterations == 0, 0.0, _KEPT)
        self._norms.assign(kept * self._norms + (1.0 - kept) * norms)

    def _clipped(self, gradient):
        norm = ops.sqrt(ops.sum(ops.square(gradient)))
        return gradient * (self.clip_norm / ops.maximum(norm, self.clip_norm))

    def _change(self, gradient, weights):
        rate = ops.cast(self.learning_rate, "float32")
        step = ops.cast(self.iterations + 1, "float32")
        self._mean.assign(self._mean + (1 - self.beta_1) * (gradient - self._mean))
        square = ops.square(gradient)
        self._power.assign(self._power + (1 - self.beta_2) * (square - self._power))
        unbias = ops.sqrt(1 - self.beta_2**step) / (1 - self.beta_1**step)
        towards = unbias * self._mean / (ops.sqrt(self._power) + self.epsilon)
        return rate * (towards + self._decays * weights)


def _stretches(groups, sizes):
    """`{group: [(begin, end)]}` of neighbouring variables in the long vector."""
    found, place = {group: [] for group in groups}, 0
    for group, run in itertools.groupby(zip(groups, sizes, strict=True), itemgetter(0)):
        end = place + sum(size for _, size in run)
        found[group].append((place, end))
        place = end
    return found


def _side_by_side(arrays):
    flat = [ops.reshape(ops.cast(array, "float32"), (-1,)) for array in arrays]
    return ops.concatenate(flat)
