"""Checks of a part's option values, in the grammar of `errors.py`."""

from homodal.errors import PartError, did_you_mean, one_of


def between(part, option, value, low, high, kind="modality"):
    """`value` when it is a number in [low, high]. Raises `PartError`.

    A whole `low` asks for a whole number: `between("image", "height_px", 64, 1, 4096)`.
    """
    kinds = (int,) if isinstance(low, int) else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise _wrong(kind, part, option, value, f"{_kind(low)} from {low} to {high}")
    if not low <= value <= high:
        raise _wrong(kind, part, option, value, f"{_kind(low)} from {low} to {high}")
    return value


def choice(part, option, value, among, kind="modality"):
    """`value` when it is one of the names `among`. Raises `PartError`."""
    if value not in among:
        near = did_you_mean(value, among)
        raise _wrong(kind, part, option, value, one_of(among), near)
    return value


def _kind(low):
    return "a whole number" if isinstance(low, int) else "a number"


def _wrong(kind, part, option, value, expected, do=None):
    return PartError(
        f"Option '{option}' of {kind} '{part}' is wrong",
        expected=expected,
        got=repr(value),
        do=do,
    )
