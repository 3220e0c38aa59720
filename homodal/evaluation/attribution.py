"""Where a model looked: integrated gradients of one answer, column by column.

Sundararajan, Taly, Yan, "Axiomatic Attribution for Deep Networks", 2017,
arXiv:1703.01365. The path goes from values of zero (mid grey, the mean spectrum, no
token's embedding) to the row's own, after the fronts, so that every modality is the
same: pixels, spectrogram, embedded tokens. Attributions add up to what the answer's
logit gains on the way.
"""

from dataclasses import dataclass

import numpy as np
from keras import ops, tree

from homodal.data.batches import PRESENT
from homodal.evaluation.gradients import gradients

STEPS = 32


@dataclass(frozen=True)
class Attribution:
    """Of one row's logit of class `answer`.

    columns: `{slug: (steps, ...)}`, attributions of the front's values, their last
    axis (features, channels) summed; only of present columns. values: the front's
    values, `{slug: (steps, ..., channels)}`, to draw on. real: how many of
    its steps are no padding.
    gain: the logit less that of the path's begin; gap: gain less all attributions, the
    error of the sum over steps. weights: `{key: share}` of the fusion, by column or
    block, where it has such: descriptive, no explanation.
    """

    row: int
    answer: int
    columns: dict
    values: dict
    real: dict
    gain: float
    gap: float
    weights: dict


def attribute(network, rows, row, answer, steps=STEPS):
    """The `Attribution` of the row with this number, from 0, in `Rows`."""
    inputs = rows.batches(1).inputs(np.array([row]))
    values, masks, cells = {}, {}, {}
    for key in network.keys:
        cells[key] = network.cells(key, inputs)
        value, mask = network.fronted(
            key, *(tree.map_structure(ops.convert_to_tensor, c) for c in cells[key])
        )
        values[key] = ops.convert_to_numpy(value).astype(np.float32)
        masks[key] = ops.convert_to_numpy(mask)
    present = inputs[PRESENT]
    # the ends of the path go along for their logits, and count nothing in the sum
    shares = np.concatenate([(np.arange(steps) + 0.5) / steps, [0.0, 1.0]])
    path = {key: _scaled(v, shares) for key, v in values.items()}
    logits, found = gradients(_logit(network, cells, masks, present, answer), path)
    attributed = {
        key: found[key][:steps].mean(axis=0) * values[key][0] for key in network.keys
    }
    gain = float(logits[-1] - logits[-2])
    everything = sum(float(each.sum()) for each in attributed.values())
    there = dict(zip(network.slugs, present[0], strict=True))
    shown = _by_column(network, attributed, there)
    return Attribution(
        row=row,
        answer=answer,
        columns={slug: each.sum(axis=-1) for slug, each in shown.items()},
        values=_by_column(network, {k: v[0] for k, v in values.items()}, there),
        real={
            slug: int(mask.sum())
            for slug, mask in _by_column(
                network, {k: m[0] for k, m in masks.items()}, there
            ).items()
        },
        gain=gain,
        gap=gain - everything,
        weights=_weights(network, values, cells, masks, present),
    )


def _by_column(network, arrays, there):
    """`{key: (steps, ...)}` as `{slug: such}` of present columns.

    A column of a block has its one step.
    """
    return {
        slug: arrays[key][place : place + 1] if entry.block else arrays[key]
        for key, entry in network.entries.items()
        for place, slug in enumerate(entry.slugs)
        if there[slug]
    }


def _scaled(values, shares):
    """`(shares, ...)`: the one row's values times each share, float32."""
    wide = shares.reshape(-1, *[1] * (values.ndim - 1))
    return (wide * values).astype(np.float32)


def _logit(network, cells, masks, present, answer):
    """A function of `{slug: values (n, ...)}` to the answer's logits `(n,)`."""

    def logit(values):
        rows = next(iter(values.values())).shape[0]
        there = ops.convert_to_tensor(np.repeat(present, rows, axis=0))
        streams = _streams(network, values, cells, masks, there)
        return network.answered(streams, there)[0][:, answer]

    return logit


def _streams(network, values, cells, masks, present):
    """Streams of as many rows as `values` have, all under the one row's mask."""
    streams = {}
    for key, value in values.items():
        *cell, mask = tree.map_structure(
            lambda each, rows=value.shape[0]: ops.convert_to_tensor(
                np.repeat(each, rows, axis=0)
            ),
            [*cells[key], masks[key]],
        )
        streams[key] = network.read(key, *cell, value, mask)
    return network.mixed(streams, present)


def _weights(network, values, cells, masks, present):
    """The fusion's own weights of the columns, where it has `weights_of`."""
    weights_of = getattr(network.fusion, "weights_of", None)
    if weights_of is None:
        return {}
    given = {key: ops.convert_to_tensor(v) for key, v in values.items()}
    there = ops.convert_to_tensor(present)
    streams = _streams(network, given, cells, masks, there)
    streams, shown = network.tokened(streams, there)
    found = ops.convert_to_numpy(weights_of(streams, shown))[0]
    return {key: float(w) for key, w in zip(sorted(streams), found, strict=True)}
