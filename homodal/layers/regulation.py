"""Tokens stretched to frames: each is repeated for as long as it lasts.

Durations are in frames and need not be whole; frame i, whose middle is at i + 0.5, is
of the token during which that middle comes. The number of frames is fixed, so that
every backend compiles it once. After the length regulator of Ren et al., "FastSpeech",
2019, arXiv:1905.09263.
"""

from keras import ops


def regulated(tokens, durations, frames):
    """`(values, places, mask)` of so many frames, from tokens and how long they last.

    tokens: `(batch, T, width)` in their order; durations: float32 `(batch, T)`, none
    negative. values `(batch, frames, width)`; places `(batch, frames, 3)`: how much of
    its token has passed in the middle of a frame, 0 to 1, and the logs of how many
    frames have passed and are left; mask `(batch, frames)`: frames before the end of
    the last token.
    """
    ends = ops.cumsum(durations, axis=1)  # (batch, T)
    starts = ops.concatenate([ops.zeros_like(ends[:, :1]), ends[:, :-1]], axis=1)
    middles = ops.arange(frames, dtype="float32")[None, :, None] + 0.5
    of_token = ops.logical_and(middles >= starts[:, None], middles < ends[:, None])
    of_token = ops.cast(of_token, "float32")  # (batch, frames, T)
    values = ops.matmul(ops.cast(of_token, tokens.dtype), tokens)
    mask = ops.any(of_token > 0, axis=-1)
    bounds = ops.matmul(of_token, ops.stack([starts, ends], axis=-1))
    return values, _places(bounds, middles[..., 0], mask), mask


def _places(bounds, middles, mask):
    passed = ops.maximum(middles - bounds[..., 0], 0.0)
    left = ops.maximum(bounds[..., 1] - middles, 0.0)
    share = passed / ops.maximum(passed + left, 1e-6)
    places = ops.stack([share, ops.log1p(passed), ops.log1p(left)], axis=-1)
    return ops.where(mask[..., None], places, 0.0)
