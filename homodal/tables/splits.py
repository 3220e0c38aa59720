"""Who trains and who validates."""

from hashlib import blake2b

import numpy as np


def stratified(table, labels, share, seed):
    """Row numbers `(train, valid)`, about `share` of each label in `valid`.

    The choice depends on what is in a row, not on where the row stands: another order
    of rows gives the same split, and equal rows stay on one side. A label with one row
    keeps it in `train`. `labels` has one label a row; rows whose label is None are in
    neither.
    """
    digests = _row_digests(table, seed)
    by_label: dict = {}
    for row, label in enumerate(labels):
        if label is not None:
            by_label.setdefault(label, {}).setdefault(digests[row], []).append(row)
    train: list[int] = []
    valid: list[int] = []
    for label in sorted(by_label, key=str):
        _deal(by_label[label], share, train, valid)
    return np.sort(np.array(train, int)), np.sort(np.array(valid, int))


def _deal(groups, share, train, valid):
    rows = sum(len(group) for group in groups.values())
    wanted = round(rows * share) if len(groups) > 1 else 0
    wanted = max(wanted, 1) if rows >= 5 and len(groups) > 1 else wanted
    taken, order = 0, sorted(groups)
    for digest in order:
        # a large group may be more than is wanted, but never all there is
        side = valid if taken < wanted and digest != order[-1] else train
        side.extend(groups[digest])
        taken += len(groups[digest])


def _row_digests(table, seed):
    columns = [table.cells(name) for name in sorted(table.columns)]
    salt = str(seed).encode()
    return [
        blake2b(repr(row).encode("utf-8", "replace"), key=salt, digest_size=16).digest()
        for row in zip(*columns, strict=True)
    ]
