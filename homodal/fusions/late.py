"""Late fusion: each column answers by itself, then the answers are combined."""

from typing import ClassVar

from keras import ops

from homodal.errors import PartError, one_of
from homodal.layers.contracts import Fusion
from homodal.layers.presence import present_matrix
from homodal.layers.stream import single

_RULES = ("average", "logits", "sum", "weighted", "product")
_LEARNED = {"weighted": "gain", "product": "prior"}  # names are never decayed


class Late(Fusion):
    """The average, or the product, of what each column's own head says.

    average: log(sum_m p_m softmax(l_m) / n); logits: log softmax(sum_m p_m l_m / n);
    sum: the same without the n; weighted: log(sum_m a_m softmax(l_m)), a = softmax over
    the present columns of a learned g; product: log softmax(sum_m p_m log softmax(l_m)
    - (n - 1) log prior), with l_m a column's logits, n = sum_m p_m, and prior =
    softmax(b), learned, uniform at first. Streams of one step `(batch, 1, classes)` to
    the same: log-probabilities, in float32. Parameters: none; M for weighted, `classes`
    for product; cost: M classes a row. Absent columns are left out; a row without any
    gives the uniform answer. Hinton, "Training Products of Experts", 2002.
    """

    level = "decision"
    tunable: ClassVar = {"rule": ["average", "logits", "sum", "weighted", "product"]}

    def __init__(self, rule="average"):
        super().__init__(autocast=False)
        self.rule = rule

    def build(self, streams_shape, present_shape):
        if self.rule not in _RULES:
            raise PartError(
                "Unknown rule of fusion 'late'", expected=one_of(_RULES), got=self.rule
            )
        if self.rule in _LEARNED and len(streams_shape) > 1:
            classes = next(iter(streams_shape.values())).values[-1]
            size = classes if self.rule == "product" else len(streams_shape)
            self.bias = self.add_weight(
                shape=(size,),
                initializer="zeros",
                dtype="float32",
                name=_LEARNED[self.rule],
            )

    def call(self, streams, present, training=False):
        names = sorted(streams)
        logits = ops.stack([streams[n].values[:, 0] for n in names], axis=1)
        there = present_matrix(present, names)[..., None]  # (batch, M, 1)
        experts = ops.log_softmax(ops.cast(logits, "float32"))  # (batch, M, classes)
        if self.rule in ("logits", "sum"):
            logits = ops.where(there, ops.cast(logits, "float32"), 0.0)
            combined = self._added(logits, there)
        elif self.rule == "product":
            combined = self._product(experts, there)
        else:
            combined = self._average(experts, there)
        return single(ops.log_softmax(combined))

    def _added(self, logits, there):
        total = ops.sum(logits, axis=1)
        if self.rule == "sum":
            return total
        return total / ops.maximum(ops.sum(ops.cast(there, "float32"), axis=1), 1.0)

    def _average(self, experts, there):
        # log_softmax of the sum's logarithm divides by n, and by nothing if n is 0
        if self.rule == "weighted" and there.shape[1] > 1:
            experts = experts + self.bias[:, None]
        experts = ops.where(there, experts, _LOW)
        return ops.logsumexp(experts, axis=1)

    def _product(self, experts, there):
        total = ops.sum(ops.where(there, experts, 0.0), axis=1)  # (batch, classes)
        if len(there.shape) and there.shape[1] == 1:
            return total
        count = ops.sum(ops.cast(there, "float32"), axis=1)  # (batch, 1)
        return total - ops.maximum(count - 1.0, 0.0) * ops.log_softmax(self.bias)


_LOW = -1e4
