"""Sounds that begin a little earlier or later."""

from typing import Any, ClassVar

from keras import ops

from homodal.layers.contracts import Augmentation


class Delay(Augmentation):
    """Each sound is turned in time: what leaves at one end comes in at the other.

    share: at most that share of its length, each way. For clips whose place in time
    tells nothing; answers with seconds, and transcripts, do not want it.
    """

    on = ("audio",)
    levels: ClassVar = {"medium": {"share": 0.05}, "strong": {"share": 0.1}}
    keeps_time = False

    def __init__(self, share: float = 0.05) -> None:
        super().__init__()
        self.share = share

    def changed(self, arrays: Any, mask: Any) -> Any:
        rows, steps = ops.shape(arrays)[0], ops.shape(arrays)[1]
        lengths = ops.sum(ops.cast(mask, "int32"), axis=1, keepdims=True)
        drawn = self.draw((rows, 1), -self.share, self.share)
        moves = ops.cast(drawn * ops.cast(lengths, "float32"), "int32")
        places = ops.arange(steps, dtype="int32")[None]
        turned = ops.mod(places - moves, ops.maximum(lengths, 1))
        source = ops.where(places < lengths, turned, places)
        return ops.take_along_axis(arrays, source, axis=1)
