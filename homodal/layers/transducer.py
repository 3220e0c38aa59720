"""The transducer: which units, each given the sound so far and the units before it.

Graves, "Sequence Transduction with Recurrent Neural Networks", 2012, arXiv:1211.3711,
with a joint that adds up: the logit of unit v at step t after u units is
sound[t, v] + text[u, v]. So its normaliser is one matrix product of exponentials and no
array of (batch, steps, units so far, units) ever exists. Column 0 is the blank.
"""

from keras import ops

from homodal.decoding.heard import LOUDEST
from homodal.layers.ctc import lengths

_OUT = -1e9  # log of what cannot be, finite so that its gradient is


def bounded(text):
    """What the text says, softly within -10 to 10."""
    return LOUDEST * ops.tanh(text / LOUDEST)


def transducer_loss(sound, text, truth):
    """Negative log likelihood a unit over all alignments, `(batch,)`.

    sound: `(batch, steps, 1 + units)`, masked steps surely blank (`layers.ctc`); text:
    `(batch, most + 1, 1 + units)`, `bounded`, after none, one, ... units; truth: int
    `(batch, most)`, padded with negative numbers. A row that begins with one costs
    nothing. Memory: batch x steps x most.
    """
    truth = ops.cast(truth, "int32")
    blank, emit = _steps(sound, text, truth)
    total = _forward(blank, emit, lengths(truth))
    count = ops.cast(lengths(truth), total.dtype)
    return ops.where(count > 0, -total / ops.maximum(count, 1.0), 0.0)


def _steps(sound, text, truth):
    """Log probability of the blank `(batch, steps, most + 1)` and of the next unit."""
    normal = _normaliser(sound, text)
    blank = sound[..., :1] + ops.transpose(text[..., :1], (0, 2, 1)) - normal
    wanted = ops.one_hot(truth + 1, sound.shape[-1], dtype=sound.dtype)
    wanted = ops.where((truth >= 0)[..., None], wanted, 0.0)  # (batch, most, 1 + units)
    heard = ops.matmul(sound, ops.transpose(wanted, (0, 2, 1)))  # (batch, steps, most)
    said = ops.sum(text[:, :-1] * wanted, axis=-1)[:, None, :]
    emit = heard + said - normal[..., :-1]
    return blank, ops.where((truth >= 0)[:, None, :], emit, _OUT)


def _normaliser(sound, text):
    """log sum_v exp(sound[t, v] + text[u, v]): `(batch, steps, most + 1)`."""
    top = ops.stop_gradient(ops.max(sound, axis=-1, keepdims=True))
    peak = ops.stop_gradient(ops.max(text, axis=-1, keepdims=True))
    products = ops.matmul(
        ops.exp(sound - top), ops.transpose(ops.exp(text - peak), (0, 2, 1))
    )
    return ops.log(products) + top + ops.transpose(peak, (0, 2, 1))


def _forward(blank, emit, count):
    """Log of the sum over alignments, `(batch,)`, along anti-diagonals t + u.

    On an anti-diagonal nothing depends on anything else, so that steps + most loop
    turns do the work of steps x most.
    """
    steps, most = ops.shape(blank)[1], blank.shape[2] - 1
    blank = _skewed(blank)  # (steps + most, batch, most + 1)
    emit = _skewed(ops.pad(emit, ((0, 0), (0, 0), (0, 1)), constant_values=_OUT))

    def turn(before, given):
        stay, go = before + given[0], before + given[1]
        moved = ops.concatenate([ops.full_like(go[:, :1], _OUT), go[:, :-1]], axis=1)
        after = ops.logaddexp(ops.maximum(stay, _OUT), ops.maximum(moved, _OUT))
        return after, stay

    first = ops.full_like(blank[0], _OUT)
    first = ops.concatenate([ops.zeros_like(first[:, :1]), first[:, 1:]], axis=1)
    # one array: on TensorFlow `scan` takes no more of them whose length is unknown
    _, left = ops.scan(turn, first, ops.stack([blank, emit], axis=1))
    # each row ends with the blank of its last step after its last unit
    diagonal = ops.cast(ops.arange(ops.shape(left)[0]), "int32")[:, None, None]
    unit = ops.cast(ops.arange(most + 1), "int32")[None, None, :]
    count = count[None, :, None]
    ends = ops.logical_and(diagonal == steps - 1 + count, unit == count)
    return ops.sum(ops.where(ends, left, 0.0), axis=(0, 2))


def _skewed(values):
    """`(batch, T, U)` to `(T + U - 1, batch, U)`: column u comes u turns later."""
    batch, steps = ops.shape(values)[0], ops.shape(values)[1]
    columns = values.shape[2]
    turned = ops.transpose(values, (0, 2, 1))  # (batch, U, T)
    padded = ops.pad(turned, ((0, 0), (0, 0), (0, columns)), constant_values=_OUT)
    flat = ops.reshape(padded, (batch, columns * (steps + columns)))
    flat = flat[:, : columns * (steps + columns - 1)]
    skewed = ops.reshape(flat, (batch, columns, steps + columns - 1))
    return ops.transpose(skewed, (2, 0, 1))
