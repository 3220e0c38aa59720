"""Connectionist temporal classification: which units, never mind when.

Logits are `(batch, steps, 1 + units)`; column 0 is the blank. Padding carries no
lengths: a masked step is surely blank, which leaves every path's probability alone.
Graves et al., "Connectionist Temporal Classification", ICML 2006.
"""

import numpy as np
from keras import ops

from homodal.decoding.speech import NEVER

_RAREST = 1e-5  # prior of a unit that the batch hardly says


def surely_blank(logits, mask):
    """`logits` with nothing but the blank where `mask` `(batch, steps)` is False."""
    sure = np.full(logits.shape[-1], NEVER, "float32")
    sure[0] = 0.0
    return ops.where(mask[..., None], logits, sure)


def real_steps(logits):
    """`(batch,)` how many steps are not masked."""
    return ops.sum(_real(logits, "int32"), axis=1)


def _real(logits, dtype):
    """`(batch, steps)` 1 where a step is not masked (`surely_blank`), else 0."""
    return ops.cast(logits[..., 1] > NEVER / 2, dtype)


def ctc_loss(logits, truth, prior_weight=0.0):
    """Negative log likelihood a unit, `(batch,)`.

    prior_weight: -log sum over paths of prod p(u_t) / prior(u_t)^prior_weight in its
    place, prior the mean of p over the batch's real steps. Blanks, which are frequent,
    then win less, so that a unit lasts as long as it is heard, and is said there; the
    loss may be negative. Huang et al., "Less Peaky and More Accurate CTC Forced
    Alignment by Label Priors", ICASSP 2024, arXiv:2406.02560.

    truth: int `(batch, most)`, places of units from 0, padded with negative numbers.
    Rows that begin with one have no answer, and rows that need more steps than they
    have (a step a unit, and one between equal neighbours) none that could be given:
    both cost nothing.
    """
    truth = ops.cast(truth, "int32")
    count = lengths(truth)
    fits = ops.logical_and(count > 0, ops.logical_not(unsayable(logits, truth)))
    # any answer that exists, in place of one that does not: its gradient is cut off
    count = ops.where(fits, count, 1)
    labels = ops.where(fits[:, None], ops.maximum(truth, -1) + 1, 1)
    batch, steps = ops.shape(logits)[0], ops.shape(logits)[1]
    ends = ops.full((batch,), steps, "int32")
    more = 0.0
    if prior_weight:
        logits, more = _against_priors(logits, prior_weight)
    found = ops.ctc_loss(labels, logits, count, ends) - more
    return ops.where(fits, found / ops.cast(count, found.dtype), 0.0)


def _against_priors(logits, weight):
    """Scores log p - weight log prior, and what normalising them takes from a path.

    `(batch, steps, 1 + units)` and `(batch,)`; masked steps stay as they are.
    """
    real = _real(logits, "float32")[..., None]  # (batch, steps, 1)
    logs = ops.log_softmax(logits, axis=-1)
    prior = ops.sum(ops.exp(logs) * real, axis=(0, 1)) / ops.maximum(ops.sum(real), 1.0)
    prior = ops.stop_gradient(ops.log(ops.maximum(prior, _RAREST)))
    scores = logs - weight * prior
    more = ops.sum(ops.logsumexp(scores, axis=-1) * real[..., 0], axis=1)
    return ops.where(real > 0, scores, logits), more


def unsayable(logits, truth):
    """`(batch,)` True where the truth needs more steps than there are."""
    return steps_needed(ops.cast(truth, "int32")) > real_steps(logits)


def lengths(truth):
    """`(batch,)` units of each row."""
    return ops.sum(ops.cast(truth >= 0, "int32"), axis=1)


def steps_needed(truth):
    """`(batch,)` the fewest steps that can say it: equal neighbours need a blank."""
    again = ops.logical_and(truth[:, 1:] == truth[:, :-1], truth[:, 1:] >= 0)
    return lengths(truth) + ops.sum(ops.cast(again, "int32"), axis=1)


def says(logits, truth):
    """1 where the likeliest units, runs as one, are the truth, else 0: `(batch,)`."""
    truth = ops.cast(truth, "int32")
    best = ops.cast(ops.argmax(logits, axis=-1), "int32")  # (batch, steps)
    before = ops.concatenate([ops.zeros_like(best[:, :1]), best[:, :-1]], axis=1)
    new = ops.logical_and(best > 0, best != before)
    place = ops.cumsum(ops.cast(new, "int32"), axis=1)
    last = ops.shape(truth)[1] - 1
    wanted = ops.take_along_axis(truth, ops.clip(place - 1, 0, last), axis=1)
    same = ops.all(ops.logical_or(ops.logical_not(new), wanted == best - 1), axis=1)
    return ops.cast(ops.logical_and(same, place[:, -1] == lengths(truth)), "float32")
