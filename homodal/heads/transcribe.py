"""Transcription: which units were said, step by step."""

from typing import ClassVar

import keras
from keras import ops

from homodal.errors import PartError, one_of
from homodal.layers.contracts import Head
from homodal.layers.ctc import ctc_loss, lengths, says, surely_blank, unsayable
from homodal.layers.predictor import UnitRecurrence
from homodal.layers.recurrence import RecurrentTrunk
from homodal.layers.transducer import bounded, transducer_loss

_KINDS = ("ctc", "transducer", "both")
_PREDICTORS = ("window", "gru")


class Transcribe(Head):
    """A Stream to logits of blank and units at every step.

    call(stream, training): `(batch, steps, 1 + units)`, blank first, masked steps
    surely blank. loss: nats a unit, `(batch,)`; rows whose truth is negative, or needs
    more steps than they have, cost nothing. vocabulary: the units, learned by the
    target. kind: ctc (`layers.ctc`); transducer (`layers.transducer`); both: a
    transducer, and CTC on the same stream with `ctc_weight`. predictor: of the text in
    a transducer; window looks at the two units before, gru at all of them
    (`layers.predictor`). Of a transducer call gives `{"sound": (batch, steps, 1 +
    units)}`, what the predictor knows as tables that are the same in every row
    (`decoding.heard`): "last", "before" `(batch, 1 + units, 1 + units)`, or "unit",
    "state" and "text"; and of both also "ctc". depth: recurrences of its own before
    that. prior_weight: of priors in CTC, above 0 for words at their true times; decode
    with a beam and a negative `unit_bonus` then. Parameters: (width + 1) (1 + units),
    twice of both; the predictor's more, of a window 2 (1 + units)^2.
    """

    progress_name = "progress"
    reads_steps = True
    alone_on: ClassVar = ("audio", "video")
    tunable: ClassVar = {"dropout": [0.0, 0.1, 0.3], "depth": [0, 1]}

    def __init__(
        self,
        vocabulary,
        kind="ctc",
        depth=0,
        ctc_weight=0.3,
        predictor="window",
        dropout=0.1,
        prior_weight=0.0,
    ):
        super().__init__()
        self.vocabulary = vocabulary
        self.kind = kind
        self.depth = depth
        self.ctc_weight = ctc_weight
        self.predictor = predictor
        self.dropout = dropout
        self.prior_weight = prior_weight

    @property
    def rows_apart(self):
        """Priors are those of a batch."""
        return not self.prior_weight

    def build(self, stream_shape):
        _check("kind", self.kind, _KINDS)
        _check("predictor", self.predictor, _PREDICTORS)
        shape, size = stream_shape.values, 1 + len(self.vocabulary)
        self.drop = keras.layers.Dropout(self.dropout)
        if self.depth:
            self.trunk = RecurrentTrunk(self.depth, dropout=self.dropout)
            self.trunk.build(shape)
        self.out = keras.layers.Dense(size, dtype="float32")
        self.out.build(shape)
        if self.kind == "both":
            self.ctc = keras.layers.Dense(size, dtype="float32")
            self.ctc.build(shape)
        if self.kind != "ctc":
            self._build_predictor(size)

    def _build_predictor(self, size):
        if self.predictor == "gru":
            self.said = UnitRecurrence(size - 1)
            self.said.build((None, None))
            return
        self.last, self.before = (
            self.add_weight(
                shape=(size, size),
                initializer="zeros",
                dtype="float32",
                name=f"{name}_prior",
            )
            for name in ("last", "before")
        )

    def call(self, stream, training=False):
        if self.depth:
            stream = self.trunk(stream.values, stream.mask, training=training)
        values = self.drop(stream.values, training=training)
        sound = surely_blank(self.out(values), stream.mask)
        if self.kind == "ctc":
            return sound
        rows = ops.shape(values)[0]
        found = {"sound": sound}
        for name, table in self._tables().items():
            found[name] = ops.repeat(ops.convert_to_tensor(table)[None], rows, axis=0)
        if self.kind == "both":
            found["ctc"] = surely_blank(self.ctc(values), stream.mask)
        return found

    def loss(self, logits, truth):
        if self.kind == "ctc":
            return ctc_loss(logits, truth, self.prior_weight)
        text = bounded(self._said(logits, truth))
        found = transducer_loss(logits["sound"], text, truth)
        if self.kind == "both":
            found = found + self.ctc_weight * ctc_loss(
                logits["ctc"], truth, self.prior_weight
            )
        return found

    def progress(self, logits, truth):
        """1 where all is said as it is, else 0: `(batch,)`.

        Of a transducer alone, the likelihood a unit: its text must be searched for.
        """
        if self.kind == "transducer":
            known = ops.cast(lengths(ops.cast(truth, "int32")) > 0, "float32")
            return known * ops.exp(-self.loss(logits, truth))
        return says(logits if self.kind == "ctc" else logits["ctc"], truth)

    def unsayable(self, logits, truth):
        """True where there are too few steps for CTC; a transducer needs but one."""
        if self.kind == "transducer":
            return None
        return unsayable(logits if self.kind == "ctc" else logits["ctc"], truth)

    def _tables(self):
        if self.predictor == "gru":
            return self.said.tables()
        return {"last": self.last, "before": self.before}

    def _said(self, logits, truth):
        """What the units before each one say: `(batch, most + 1, 1 + units)`."""
        size = 1 + len(self.vocabulary)
        places = ops.maximum(ops.cast(truth, "int32"), -1) + 1  # 0: none, or padding
        last = ops.pad(places, ((0, 0), (1, 0)))
        if self.predictor == "gru":
            return self.said(last)
        before = ops.pad(places[:, :-1], ((0, 0), (2, 0)))
        return sum(
            ops.matmul(ops.one_hot(units, size, dtype="float32"), logits[name])
            for name, units in (("last", last), ("before", before))
        )


def _check(option, value, known):
    if value not in known:
        raise PartError(
            f"Unknown {option} of head 'transcribe'", expected=one_of(known), got=value
        )
