"""Several answers from one stream, a head for each."""

from keras import ops

from homodal import parts
from homodal.errors import PartError, one_of
from homodal.layers.contracts import Head

_WAYS = ("uncertainty", "equal")


class Several(Head):
    """A head for each target, their losses weighed by how uncertain each is.

    call(stream, apart, training): `{target: logits}`; apart: `{target: Stream}`, those
    that are read from another stream. loss: sum over the targets of exp(-s) loss + s
    with one learned s each ("uncertainty"; Kendall, Gal and Cipolla, 2018,
    arXiv:1705.07115, up to constants), or of the losses ("equal"). progress: the mean
    of the targets'. targets: `[{"name", "kind", "options", "facts"}]`, learned.
    Parameters: the heads' and one a target.
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
            if self.weights_by == "uncertainty":
                doubt = self.log_variance[place]
                own = own * ops.exp(-doubt) + doubt
            total = total + own
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


def _head(one):
    """The head of one target, from its options and its facts."""
    part = parts.find("head", parts.find("target", one["kind"]).load().head)
    known = one["options"] | one["facts"]
    return part.make(**{k: v for k, v in known.items() if k in part.options})
