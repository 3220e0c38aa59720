"""A joint answer and each column's own, added up."""

from typing import ClassVar

from homodal.layers.columns import SideBySide, pooled_width
from homodal.layers.contracts import Fusion
from homodal.layers.pooling import Pooling
from homodal.layers.stream import single


class Joint(Fusion):
    """The answer of all columns together, plus each column's own answer (I2M2).

    logits = h(y) + sum_m p_m l_m, y = W2 drop(relu(W1 [x_1; ...; x_M] + b1)) + b2, with
    x_m the pooled column `(batch, 2 d)`, h the head and l_m the logits of a column's
    own head: what lies in one column and what lies only between them are modelled
    apart. Streams `(batch, T_m, d)` to one step `(batch, 1, width)`; the network adds
    the logits. Parameters: those of `concatenate`, and a head for each column; cost: as
    many products a row. An absent column is its learned token in y and adds no answer
    of its own. Madaan et al., "Jointly Modeling Inter- & Intra-Modality Dependencies
    for Multi-modal Learning", 2024, arXiv:2405.17613.
    """

    level = "joint"
    tunable: ClassVar = {"width": [64, 128, 256], "dropout": [0.0, 0.1, 0.3]}

    def __init__(self, width=128, dropout=0.1):
        super().__init__()
        self.width = width
        self.dropout = dropout

    def build(self, streams_shape, present_shape):
        self.pool = Pooling()
        self.together = SideBySide(self.width, self.dropout)
        self.together.build([(None, pooled_width(streams_shape))] * len(streams_shape))

    def call(self, streams, present, training=False):
        pooled = [self.pool(streams[name]) for name in sorted(streams)]
        return single(self.together(pooled, training=training))
