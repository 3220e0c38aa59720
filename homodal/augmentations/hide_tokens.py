"""Words of a text taken for unknown ones."""

from typing import Any, ClassVar

from keras import ops

from homodal.layers.contracts import Augmentation

_UNKNOWN = 1  # the number of a token that is not in the vocabulary


class HideTokens(Augmentation):
    """A share of each text's tokens becomes the unknown one.

    share: of the tokens. After Iyyer et al., "Deep Unordered Composition Rivals
    Syntactic Methods for Text Classification", 2015.
    """

    on = ("text",)
    levels: ClassVar = {
        "light": {"share": 0.05},
        "medium": {"share": 0.1},
        "strong": {"share": 0.2},
    }

    def __init__(self, share: float = 0.1) -> None:
        super().__init__()
        self.share = share

    def changed(self, arrays: Any, mask: Any) -> Any:
        drawn = self.draw(ops.shape(mask))
        hidden = ops.logical_and(drawn < self.share, ops.cast(mask, "bool"))
        if len(arrays.shape) == 3:  # a word and its pieces, of which some are padding
            hidden = ops.logical_and(hidden[..., None], arrays != 0)
        return ops.where(hidden, ops.cast(_UNKNOWN, arrays.dtype), arrays)
