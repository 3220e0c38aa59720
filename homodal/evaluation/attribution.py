"""Where a model looked: integrated gradients of one answer, column by column.

Sundararajan, Taly, Yan, "Axiomatic Attribution for Deep Networks", 2017,
arXiv:1703.01365. The path goes from values of zero (mid grey, the mean spectrum, no
token's embedding) to the row's own, after the fronts, so that every modality is the
same: pixels, spectrogram, embedded tokens. Attributions add up to what the answer's
logit gains on the way.
"""

from dataclasses import dataclass

import numpy as np
from keras import ops

from homodal.data.batches import PRESENT, mask_name
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
    error of the sum over steps. weights: `{slug: share}` of the fusion, where it has
    such: descriptive, no explanation.
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
    for slug in network.slugs:
        cells[slug] = inputs[slug], inputs[mask_name(slug)]
        value, mask = network.fronted(slug, *map(ops.convert_to_tensor, cells[slug]))
        values[slug] = ops.convert_to_numpy(value).astype(np.float32)
        masks[slug] = ops.convert_to_numpy(mask)
    present = inputs[PRESENT]
    # the ends of the path go along for their logits, and count nothing in the sum
    shares = np.concatenate([(np.arange(steps) + 0.5) / steps, [0.0, 1.0]])
    path = {slug: _scaled(v, shares) for slug, v in values.items()}
    logits, found = gradients(_logit(network, cells, masks, present, answer), path)
    attributed = {
        slug: found[slug][:steps].mean(axis=0) * values[slug][0]
        for slug in network.slugs
    }
    gain = float(logits[-1] - logits[-2])
    everything = sum(float(each.sum()) for each in attributed.values())
    shown = [s for s, there in zip(network.slugs, present[0], strict=True) if there]
    return Attribution(
        row=row,
        answer=answer,
        columns={slug: attributed[slug].sum(axis=-1) for slug in shown},
        values={slug: values[slug][0] for slug in shown},
        real={slug: int(masks[slug][0].sum()) for slug in shown},
        gain=gain,
        gap=gain - everything,
        weights=_weights(network, values, cells, masks, present),
    )


def _scaled(values, shares):
    """`(shares, ...)`: the one row's values times each share, float32."""
    wide = shares.reshape(-1, *[1] * (values.ndim - 1))
    return (wide * values).astype(np.float32)


def _logit(network, cells, masks, present, answer):
    """A function of `{slug: values (n, ...)}` to the answer's logits `(n,)`."""

    def logit(values):
        streams = _streams(network, values, cells, masks)
        rows = next(iter(values.values())).shape[0]
        there = ops.convert_to_tensor(np.repeat(present, rows, axis=0))
        return network.answered(streams, there)[0][:, answer]

    return logit


def _streams(network, values, cells, masks):
    """Streams of as many rows as `values` have, all under the one row's mask."""
    streams = {}
    for slug, value in values.items():
        given = [*cells[slug], masks[slug]]
        *cell, mask = (
            ops.convert_to_tensor(np.repeat(each, value.shape[0], axis=0))
            for each in given
        )
        stream = network.encoders[slug](value, mask)
        streams[slug] = network.timed(slug, stream, *cell, value, mask)
    return streams


def _weights(network, values, cells, masks, present):
    """The fusion's own weights of the columns, where it has `weights_of`."""
    weights_of = getattr(network.fusion, "weights_of", None)
    if weights_of is None:
        return {}
    given = {slug: ops.convert_to_tensor(v) for slug, v in values.items()}
    streams = _streams(network, given, cells, masks)
    streams, shown = network.tokened(streams, ops.convert_to_tensor(present))
    found = ops.convert_to_numpy(weights_of(streams, shown))[0]
    return {s: float(w) for s, w in zip(sorted(streams), found, strict=True)}
