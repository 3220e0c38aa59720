"""Samples in memory: arrays of any width and order to mono floats of full scale 1.

- a coding is how integers stand for samples: `int16`, `uint8`, ...; unsigned ones are
  centred, as in WAV
- arrays of 8 and 16 bits say their coding; wider integers, and floats that hold whole
  numbers, need not use their width: the values decide, best of a whole column at once
- of two axes the shorter one holds the channels
"""

from collections.abc import Iterable

import numpy as np

from homodal.errors import BadCell
from homodal.media import repairs

_BITS = {
    "uint8": 8,
    "uint16": 16,
    "uint32": 32,
    "int8": 8,
    "int16": 16,
    "int24": 24,
    "int32": 32,
    "int64": 64,
}
CODINGS = tuple(_BITS)
MAX_CHANNELS = 32
_SURE = ("uint8", "uint16", "int8", "int16")  # dtypes that are codings
_LOUDEST = 4.0  # of floats that may be samples of full scale 1 and are whole
_FAR = 256.0  # of floats of any value


def to_mono(array: np.ndarray, coding: str | None = None) -> np.ndarray:
    """Float32 samples `(steps,)` of `(steps,)`, `(steps, channels)` or the reverse.

    coding: of values whose width does not say it; None: as this array needs, which is
    noted as a repair. Raises `BadCell` for what is no array of samples.
    """
    _check(array)
    if array.size == 0:
        return np.zeros(0, np.float32)
    samples = _scaled(array, coding)
    if samples.ndim == 1:
        return samples
    channels = 0 if samples.shape[0] < samples.shape[1] else 1
    if samples.shape[channels] > MAX_CHANNELS:
        raise BadCell(f"not an array of samples: shape {array.shape}")
    return samples.mean(axis=channels, dtype=np.float32)


def channels_of(array: np.ndarray) -> int:
    """How many channels an array of samples has. Raises `BadCell`."""
    _check(array)
    return 1 if array.ndim == 1 else max(min(array.shape), 1)


def coding_of(arrays: Iterable[np.ndarray]) -> str | None:
    """The coding that the values of all these arrays need; None: their dtypes say it.

    Values below 0 are signed; so are others that do not lie around their middle.
    """
    spans = [_span(array) for array in arrays if _is_open(array)]
    if not spans:
        return None
    low, high = min(s[0] for s in spans), max(s[1] for s in spans)
    mean = sum(s[2] for s in spans) / len(spans)
    if low >= 0:
        for name in ("uint8", "uint16", "uint32"):
            whole = 2.0 ** _BITS[name]
            if high < whole and 0.25 < mean / whole < 0.75:
                return name
    for name in ("int16", "int24", "int32"):
        if max(high, -low - 1) < 2.0 ** (_BITS[name] - 1):
            return name
    return "int64"


def _check(array):
    real = np.issubdtype(array.dtype, np.number) and array.dtype.kind != "c"
    if array.ndim not in (1, 2) or not real:
        raise BadCell(f"not an array of samples: shape {array.shape}, {array.dtype}")


def _is_open(array):
    """True where the dtype does not say what the values are a part of."""
    if array.size == 0 or array.dtype.name in _SURE:
        return False
    return array.dtype.kind in "iu" or _holds_integers(array)


def _holds_integers(array):
    peak = np.abs(array).max(initial=0)
    if not np.isfinite(peak) or peak <= _LOUDEST:
        return False
    return peak > _FAR or bool((array == np.rint(array)).all())


def _span(array):
    return float(array.min()), float(array.max()), float(array.mean(dtype=np.float64))


def _scaled(array, coding):
    if array.dtype.name in _SURE:
        return _by(array, array.dtype.name)
    if not _is_open(array) and not _is_quiet(array, coding):
        return array.astype(np.float32)
    if coding is None:
        coding = coding_of([array]) or "int16"
        repairs.note(f"samples of {array.dtype} without a scale: taken for {coding}")
    samples = _by(array, coding)
    if np.abs(samples).max() > 1.001:
        repairs.note(f"samples beyond the range of {coding}: louder than full scale")
    return samples


def _is_quiet(array, coding):
    """Whole floats too small to be taken for integers, in a column of such."""
    return coding is not None and bool((array == np.rint(array)).all())


def _by(array, coding):
    half = 2.0 ** (_BITS[coding] - 1)
    values = array.astype(np.float64)
    if coding.startswith("u"):
        values -= half
    return (values / (half - 1)).astype(np.float32)
