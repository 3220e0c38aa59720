"""Several answers from one stream, a head for each."""

import keras
from keras import ops

from homodal import parts
from homodal.errors import PartError, one_of
from homodal.layers.contracts import Head

_WAYS = ("uncertainty", "equal")
_LEAST = 0.05  # the smallest loss that a weight is learned from: no weight passes 20


class Several(Head):
    """A head for each target, their losses weighed by how uncertain each is.

    call(stream, apart, training): `{target: logits}`; apart: `{target: Stream}`, those
    that are read from another stream. loss: sum over the targets of exp(-s) loss + s
    with one learned s each ("uncertainty"; Kendall, Gal and Cipolla, 2018,
    arXiv:1705.07115, up to constants), or of the losses ("equal"). A row without an
    answer costs nothing, and the batch's mean is over a target's answered rows.
    progress: the mean of the targets'. targets: `[{"name", "kind", "options",
    "facts"}]`, learned. Parameters: the heads' and one a target.

    A loss that falls below zero (a density, CTC against priors) has no best s: exp(-s)
    grows without end, and with it the loss falls without end. So s learns from the
    loss, or from 0.05 where the loss is less: its best value is the log of that, and
    exp(-s) stays below 20. That totals below zero must be ruled out was seen by Liebel
    and Koerner, 2018, arXiv:1805.06334.
    """

    progress_name = "progress"

    def __init__(self, targets, weights="uncertainty"):
        super().__init__()
        self.targets = targets
        self.weights_by = weights
        self.heads = {one["name"]: _head(one) for one in targets}

    @property
    def reads_steps(self):
        """Whether any target is a sequence."""
        return any(head.reads_steps for head in self.heads.values())

    @property
    def rows_apart(self):
        """Whether no target's loss looks at other rows."""
        return all(head.rows_apart for head in self.heads.values())

    @property
    def adds_up(self):
        """Whether there is a target whose logits may be added up."""
        return any(head.adds_up for head in self.heads.values())

    def build(self, stream_shape, apart_shape=None):
        if self.weights_by not in _WAYS:
            raise PartError(
                "Unknown weights of head 'several'",
                expected=one_of(_WAYS),
                got=self.weights_by,
            )
        for name, head in self.heads.items():
            head.build((apart_shape or {}).get(name, stream_shape))
        if self.weights_by == "uncertainty":
            self.log_variance = self.add_weight(
                shape=(len(self.heads),),
                initializer="zeros",
                dtype="float32",
                name="log_variance",
            )

    def call(self, stream, apart=None, training=False):
        apart = apart or {}
        return {
            name: head(apart.get(name, stream), training=training)
            for name, head in self.heads.items()
        }

    def loss(self, logits, truth):
        total = 0.0
        for place, (name, head) in enumerate(self.heads.items()):
            own = head.loss(logits[name], truth[name])
            counts = ops.cast(_counts(head, logits[name], truth[name]), own.dtype)
            if self.weights_by == "uncertainty":
                own = _weighed(own, self.log_variance[place])
            rows = ops.cast(ops.shape(own)[0], own.dtype)
            total = total + counts * own * rows / ops.maximum(ops.sum(counts), 1.0)
        return total

    def progress(self, logits, truth):
        """Mean of the targets' figures: `(batch,)`."""
        figures = [
            head.progress(logits[name], truth[name])
            for name, head in self.heads.items()
        ]
        return sum(figures) / len(figures)

    def added(self, logits, own):
        """Of each target that its columns answer and may be added up."""
        found = dict(logits)
        for name, head in self.heads.items():
            given = [one[name] for one in own if name in one]
            if head.adds_up and given:
                found[name] = head.added(logits[name], given)
        return found

    def unsayable(self, logits, truth):
        """`(batch,)` True where any of the targets is so; None where none can be."""
        found = [h.unsayable(logits[n], truth[n]) for n, h in self.heads.items()]
        found = [each for each in found if each is not None]
        return ops.any(ops.stack(found), axis=0) if found else None


def _weighed(losses, log_variance):
    """exp(-s) loss + s; s itself learns from no loss below `_LEAST`."""
    weight = ops.exp(-log_variance)
    fixed = ops.stop_gradient(weight)
    learned_from = ops.stop_gradient(ops.maximum(losses, _LEAST))
    # zero, with the gradient that s would have if the loss were that
    pull = (weight - fixed) * learned_from
    return fixed * losses + pull + log_variance


def _counts(head, logits, truth):
    """`(batch,)` True where a row has an answer, and one that its logits can mean."""
    infeasible = head.unsayable(logits, truth)
    answered = _has_answer(truth)
    if infeasible is None:
        return answered
    return ops.logical_and(answered, ops.logical_not(infeasible))


def _has_answer(truth):
    """`(batch,)` bool; truth is an array, or several of a target in a dict.

    Encoded answers of a row without one are negative, or NaN, throughout.
    """
    there = False
    for each in keras.tree.flatten(truth):
        each = ops.convert_to_tensor(each)
        floating = "float" in keras.backend.standardize_dtype(each.dtype)
        own = ops.logical_not(ops.isnan(each)) if floating else each >= 0
        own = ops.reshape(own, (ops.shape(own)[0], -1))
        there = ops.logical_or(there, ops.any(own, axis=1))
    return there


def _head(one):
    """The head of one target, from its options and its facts."""
    part = parts.find("head", parts.find("target", one["kind"]).load().head)
    known = one["options"] | one["facts"]
    return part.make(**{k: v for k, v in known.items() if k in part.options})
