"""Two tasks that tell fusions apart: what the columns repeat, what lies between them.

In `paired` every column tells the class by itself, so that combining answers suffices.
In `xor` no column, nor any set that lacks one, tells anything: the class is in the
interaction only, and a model that adds up its columns' answers stays at chance. A new
fusion is tried on both before it meets real data.
"""

import numpy as np

from homodal.errors import TableError, one_of

KINDS = ("number", "category", "text")
_SYMBOLS = (("red", "green"), ("blue", "white"))
_FILLERS = ("the", "a", "near", "over", "old", "small")


def paired(rows=400, kinds=("number", "number"), noise=0.3, flips=0.1, seed=0):
    """A table `{column: cells}` whose columns each tell the `label`, "no" or "yes".

    kinds: the modality of each column, of `KINDS`. noise: standard deviation of numbers
    that mean -1 or 1. flips: the share of a column's cells that tell the other class,
    each column's by itself.
    """
    rng = np.random.default_rng(seed)
    label = rng.integers(2, size=rows)
    wrong = rng.random((rows, len(kinds))) < flips
    return _table(label[:, None] ^ wrong, label, kinds, noise, rng)


def xor(rows=400, kinds=("number", "number"), noise=0.3, seed=0):
    """A table `{column: cells}` whose `label` is the parity of all columns together.

    kinds, noise: as for `paired`. Without a single one of its columns the label is a
    fair coin.
    """
    rng = np.random.default_rng(seed)
    bits = rng.integers(2, size=(rows, len(kinds)))
    return _table(bits, bits.sum(axis=1) % 2, kinds, noise, rng)


def _table(bits, label, kinds, noise, rng):
    for kind in kinds:
        if kind not in KINDS:
            raise TableError(
                "A column of the task is of no known kind",
                expected=one_of(KINDS),
                got=repr(kind),
            )
    columns = {
        f"{kind}_{place + 1}": [_cell(kind, int(bit), noise, rng) for bit in told]
        for place, (kind, told) in enumerate(zip(kinds, bits.T, strict=True))
    }
    return {**columns, "label": [("no", "yes")[bit] for bit in label]}


def _cell(kind, bit, noise, rng):
    if kind == "number":
        return float(2 * bit - 1 + noise * rng.normal())
    symbol = str(rng.choice(_SYMBOLS[bit]))
    if kind == "category":
        return symbol
    words = [str(word) for word in rng.choice(_FILLERS, size=4)]
    words[int(rng.integers(4))] = symbol
    return " ".join(words)
