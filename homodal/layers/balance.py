"""Balance between columns in training: who learns too fast is slowed, or hidden.

Columns are judged by what their own heads gave the truth in the batch before this one:
the gradient of a batch is scaled on its way back into the encoders, so that one `fit`
with one loss serves every backend. Prediction is left alone.
"""

import keras
from keras import ops

from homodal.layers.seeds import seed_for

KINDS = ("none", "ogm", "ogm_ge", "agm", "opm", "pmr", "blend", "umt")
REHEARSED = ("blend", "umt")  # before the training: they weigh losses, not gradients
STRENGTHS = {
    "ogm": 0.8,
    "ogm_ge": 0.8,
    "agm": 0.1,
    "opm": 0.5,
    "pmr": 0.6,
    "blend": 2.0,
    "umt": 10.0,
}
_HIDE_RATE = 0.4 * 0.7  # OPM's q_base, times how often it acts at all
_KEPT = 0.9  # of the running means, a step
_STEEPEST = 7.0  # AGM's bound on the exponent
_TINY = 1e-6


def scaled_gradient(values, factor):
    """`values` as they are; their gradient is multiplied by `factor` on its way."""
    still = ops.stop_gradient(values)
    return still + ops.cast(factor, values.dtype) * (values - still)


def noisy_gradient(values, factor, draws):
    """The same, with `draws` of the gradient's standard deviation added to it.

    draws: standard normal, of the shape of `values`.
    """
    factor = ops.cast(factor, values.dtype)

    @ops.custom_gradient
    def passed(given):
        def backward(*arguments, upstream=None):
            gradient = arguments[0] if upstream is None else upstream
            return factor * gradient + ops.std(gradient) * draws

        return given, backward

    return passed(values)


def mean_over_present(values, there):
    """Means `(M,)` of `(batch, M)` over the rows where a column is present."""
    there = ops.cast(there, values.dtype)
    return ops.sum(values * there, axis=0) / ops.maximum(ops.sum(there, axis=0), 1.0)


def ratios(scores):
    """Each column's score over the mean of the others': `(M,)` to `(M,)`.

    With two columns it is the paper's s_a / s_v and its inverse.
    """
    others = (ops.sum(scores) - scores) / max(scores.shape[0] - 1, 1)
    return scores / ops.maximum(others, _TINY)


def ogm_factors(ratio, strength):
    """1 - tanh(strength ratio) where the ratio is above 1, else 1."""
    slowed = 1.0 - ops.tanh(strength * ratio)
    return ops.where(ratio > 1.0, slowed, ops.ones_like(ratio))


def agm_ratios(scores):
    """exp(M / (M - 1) (s_m - mean s)) of mean log-probabilities `(M,)`."""
    count = scores.shape[0]
    return ops.exp(count / max(count - 1, 1) * (scores - ops.mean(scores)))


def agm_factors(ratio, usual, strength):
    """exp(strength (usual - ratio)), the exponent at most 7 before the strength."""
    return ops.exp(strength * ops.minimum(usual - ratio, _STEEPEST))


def opm_rates(ratio, strength):
    """How often a column that leads is hidden: 0.28 (1 + strength tanh(ratio - 1))."""
    lead = ops.tanh(ops.relu(ratio - 1.0))
    rates = ops.clip(_HIDE_RATE * (1.0 + strength * lead), 0.0, 1.0)
    return ops.where(ratio > 1.0, rates, ops.zeros_like(rates))


class Balance(keras.layers.Layer):
    """Keeps what a strategy knows about the columns, and acts on it.

    kind: ogm (gradients of columns that lead are damped), ogm_ge (and noise is added),
    agm (as ogm, by each column's share in the fused answer), opm (columns that lead are
    hidden more often), pmr (columns that lag are drawn to their class's prototype).
    count: columns; classes and width: of the prototypes. Peng et al., 2022,
    arXiv:2203.15332 (OGM, OGM-GE, here for any number of columns, the noise on the
    gradient of the encoders' outputs); Li et al., "Boosting Multi-modal Model
    Performance with Adaptive Gradient Modulation", 2023 (AGM); Wei et al., "On-the-fly
    Modulation for Balanced Multimodal Learning", 2024 (OPM); Fan et al., "PMR:
    Prototypical Modal Rebalance", 2023 (PMR, prototypes as running means).
    """

    def __init__(self, kind, strength, count, classes=0, width=0, seed=0):
        super().__init__(dtype="float32", autocast=False)
        self.kind = kind
        self.strength = strength
        self.count = count
        self.classes = classes
        self.width = width
        self.seed = seed

    def build(self, *shapes):
        self.factors = self._state((self.count,), "ones", "factors")
        self.rates = self._state((self.count,), "zeros", "hiding")
        self.usual = self._state((self.count,), "ones", "usual")
        if self.kind == "ogm_ge":
            own = seed_for(self.seed, "noise of gradients")
            self.generator = keras.random.SeedGenerator(own)
        if self.kind == "pmr":
            shape = (self.count, self.classes, self.width)
            self.prototypes = self._state(shape, "zeros", "prototypes")

    def _state(self, shape, initializer, name):
        return self.add_weight(
            shape=shape,
            initializer=initializer,
            trainable=False,
            dtype="float32",
            name=name,
        )

    def call(self, streams):
        """The streams of a training batch, their gradients scaled."""
        if self.kind not in ("ogm", "ogm_ge", "agm"):
            return streams
        return {
            name: stream._replace(
                values=self._passed(stream.values, self.factors[place])
            )
            for place, (name, stream) in enumerate(streams.items())
        }

    def _passed(self, values, factor):
        if self.kind != "ogm_ge":
            return scaled_gradient(values, factor)
        draws = keras.random.normal(
            ops.shape(values), dtype=values.dtype, seed=self.generator
        )
        return noisy_gradient(values, factor, draws)

    def hidden(self, present, draws):
        """`present (batch, M)` with the columns that lead hidden more often (OPM).

        The present cell with the highest draw stays in any case.
        """
        present = ops.cast(present, "bool")
        highest = ops.max(ops.where(present, draws, -1.0), axis=1, keepdims=True)
        kept = ops.logical_or(draws >= self.rates, draws >= highest)
        return ops.logical_and(present, kept)

    def judge(self, log_probabilities, there):
        """Set the factors by what each column gave the truth: `(batch, M)`, present."""
        scores = mean_over_present(ops.stop_gradient(log_probabilities), there)
        if self.kind == "agm":
            ratio = agm_ratios(scores)
            self.factors.assign(agm_factors(ratio, self.usual, self.strength))
            self.usual.assign(_KEPT * self.usual + (1 - _KEPT) * ratio)
            return
        shares = ops.exp(ops.stop_gradient(log_probabilities))
        ratio = ratios(mean_over_present(shares, there))
        if self.kind == "opm":
            self.rates.assign(opm_rates(ratio, self.strength))
        else:
            self.factors.assign(ogm_factors(ratio, self.strength))

    def pull(self, pooled, truth, there):
        """The loss that draws columns that lag to their class's prototype (PMR).

        pooled `(batch, M, width)`; truth `(batch,)`; there `(batch, M)`. Of the
        negative distances to the classes' prototypes the softmax should be the truth's.
        """
        wanted = ops.one_hot(ops.cast(truth, "int32"), self.classes, dtype="float32")
        pooled = ops.cast(pooled, "float32")
        prototypes = ops.convert_to_tensor(self.prototypes)
        gaps = pooled[:, :, None, :] - prototypes[None]  # (batch, M, classes, width)
        distances = ops.sqrt(ops.sum(ops.square(gaps), axis=-1) + _TINY)
        said = ops.sum(ops.log_softmax(-distances) * wanted[:, None], axis=-1)
        known = ops.logical_and(there, ops.cast(truth, "int32")[:, None] >= 0)
        ratio = ratios(mean_over_present(ops.exp(ops.stop_gradient(said)), known))
        lagging = ops.cast(ratio < 1.0, "float32")
        self._move(ops.stop_gradient(pooled), wanted, known)
        return self.strength * ops.sum(-mean_over_present(said, known) * lagging)

    def _move(self, pooled, wanted, known):
        """Prototypes as running means over the classes of this batch."""
        weights = wanted[:, None] * ops.cast(known, "float32")[..., None]
        count = ops.sum(weights, axis=0)[..., None]  # (M, classes, 1)
        totals = ops.einsum("bmc,bmw->mcw", weights, pooled)
        means = totals / ops.maximum(count, 1.0)
        before = ops.convert_to_tensor(self.prototypes)
        moved = _KEPT * before + (1 - _KEPT) * means
        self.prototypes.assign(ops.where(count > 0, moved, before))
