"""The Keras contracts: Augmentation, Front, Encoder, Fusion, Head.

Masks are arguments and results, never Keras's implicit masks: `(batch, steps)`, True =
real. Constructor arguments are str, int, float, bool, None or lists of them;
constructors store, `build` computes. A bundle is recipe + preparation + weights and is
rebuilt from them, so no part writes `get_config`.
"""

from typing import Any, ClassVar

import keras

from homodal.layers.stream import Stream


class Front(keras.layers.Layer):
    """Arrays of one modality to float values that every encoder takes.

    call(arrays, mask, training): arrays `(batch, *modality.shape)`; mask
    `(batch, steps)` over the arrays' first axis. Returns `(values, mask)`: values of
    rank `(T, F)`, `(H, W, C)` or `(N, H, W, C)` after the batch, mask over their first
    axis. Front options come from the column's options and from the facts that its
    modality learned, by name.
    """

    def call(self, arrays, mask, training=False):
        raise NotImplementedError

    @classmethod
    def stack(cls, options, width):
        """One `StackedFront` for several columns of a block; None: there is no such.

        options: a list of what each column's front would be made with; all but the
        facts that were learned are equal. Without it each column has its own front.
        """
        return None

    def seconds(self, arrays, mask, real):
        """Begin and end of each step of the values, `(batch, first axis, 2)`, float32.

        Seconds from where the cell, or its window, begins; padding as it comes. None
        where they are not known. arrays, mask: what `call` took; real: the mask that
        it gave.
        """
        return None


class StackedFront(keras.layers.Layer):
    """The columns of one modality and shape in a block, each to one step, at once.

    call(arrays, mask, training): `(batch, M, *modality.shape)` and which cells there
    are `(batch, M)`, to values `(batch, M, width)`, zeros where the mask is False, and
    the mask. A column is computed as by a front of its own.
    """

    def call(self, arrays, mask, training=False):
        raise NotImplementedError


class Augmentation(keras.layers.Layer):
    """A change of training cells that leaves their answers right.

    call(arrays, mask, training): a column's arrays `(batch, *modality.shape)`, or of
    several columns of a block `(batch, M, *shape)`, to the same shape; outside training
    as they came. Each row is changed by draws of its own, and by nothing of the others;
    its padding stays padding. on: the modalities that it is for. levels: its options at
    each named strength; at one that is not there it is not used unless it is asked for.
    keeps_time: whether each step stays where it was, as answers by the step need.
    frames_alike: whether all frames of a film are changed by one draw.
    """

    on: ClassVar[tuple[str, ...]] = ()
    levels: ClassVar[dict[str, dict[str, Any]]] = {}
    keeps_time: ClassVar[bool] = True
    frames_alike: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__(autocast=False)

    def build(self, arrays_shape: Any, mask_shape: Any = None) -> None:
        self.generator = keras.random.SeedGenerator()

    def call(self, arrays: Any, mask: Any, training: bool = False) -> Any:
        return self.changed(arrays, mask) if training else arrays

    def changed(self, arrays: Any, mask: Any) -> Any:
        """The arrays as training sees them."""
        raise NotImplementedError

    def draw(self, shape: Any, least: float = 0.0, most: float = 1.0) -> Any:
        """Numbers drawn evenly from `least` to `most`."""
        return keras.random.uniform(shape, least, most, seed=self.generator)


class Encoder(keras.layers.Layer):
    """Values of any rank to a Stream.

    call(values, mask, training): values `(batch, T, F)`, `(batch, H, W, C)` or
    `(batch, N, H, W, C)`; mask `(batch, first axis)`. Returns a Stream of `width`, of
    `(batch, T, F)` with the same steps.
    """

    cost: ClassVar[str] = "linear"  # how its work grows with the steps
    # options that suit steps without an order, the columns of a block
    unordered: ClassVar[dict] = {}
    trunk = None  # the layer that `share: weights` makes common to all columns

    @classmethod
    def width_in_block(cls, columns: int, width: int) -> int:
        """In how many numbers each of a block's columns is embedded for this encoder.

        columns: how many there are; width: of the Stream that is made of them.
        """
        return width

    def share(self, other):
        """Use the trunk of `other` in place of an own one; before `build`."""
        self.trunk = other.trunk

    def call(self, values, mask, training=False):
        raise NotImplementedError


class Fusion(keras.layers.Layer):
    """A Stream for each column to one Stream.

    call(streams, present, training): streams `{column: Stream}`, all of one width, in
    an order of no meaning; present `{column: (batch,) bool}`. An absent column's
    stream is one learned step, or may be left out by `present`. Returns one Stream.

    level: "feature" (streams are encodings, the head follows), "joint" (the same, and
    the network adds the present columns' own logits to the head's) or "decision"
    (streams are one step of each column's own logits, and so is the result).
    cost: how its work and weights grow with the entries that it sees, "linear",
    "quadratic" or "exponential"; `describe` says so where it is not linear.
    """

    cost: ClassVar[str] = "linear"
    keeps_time = False
    keeps_anchor = False  # True: the steps are those of one column, the `anchor`
    keeps_columns = False  # True: the result has one step for each column
    compares_columns = False  # True: each column is by itself, also those of a block
    level = "feature"
    needs_own_losses = False  # True where nothing else trains the columns
    tunable: ClassVar[dict[str, list[Any]]] = {}

    def call(self, streams, present, training=False):
        raise NotImplementedError


class Head(keras.layers.Layer):
    """A Stream to logits, with the loss that trains them.

    call(stream, training): logits `(batch, ...)`. loss(logits, truth): one number a row
    `(batch,)`. progress(logits, truth): `(batch,)`, the figure named `progress_name`
    that is shown while training. Rows whose truth is negative, or NaN, have no answer
    and cost nothing. Head options come from the recipe's `head` and from the target's
    facts.

    reads_steps: the logits are `(batch, steps, ...)`, and so the stream must keep time.
    reads_columns: the stream must have one step for each column.
    adds_up: the logits of several columns may be added up or averaged.
    over_classes: they are of classes that exclude each other: their softmax is of the
        classes' probabilities, and so may be mixed or multiplied.
    alone_on: the modalities whose columns get a head of their own; None: all.
    rows_apart: a row's loss depends on no other row of its batch.
    """

    progress_name = ""
    reads_steps = False
    reads_columns = False
    adds_up = False
    over_classes = False
    rows_apart = True
    alone_on: ClassVar = None

    def call(self, stream, training=False):
        raise NotImplementedError

    def loss(self, logits, truth):
        raise NotImplementedError

    def progress(self, logits, truth):
        raise NotImplementedError

    def added(self, logits, own):
        """The logits and those of columns' own heads, a list, added up."""
        return logits + sum(own)

    def unsayable(self, logits, truth):
        """`(batch,)` True where no logits of so few steps can mean the truth; or None.

        None where that cannot be. Such rows cost the loss nothing.
        """
        return None


__all__ = ["Encoder", "Front", "Fusion", "Head", "StackedFront", "Stream"]
