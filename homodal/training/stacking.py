"""Fit the fusion `stacking` on rows that trained no column."""

import numpy as np
from keras import ops

from homodal.data.batches import PRESENT
from homodal.layers.stream import single

FOLDS = 5
_RIDGES = (1.0, 0.1, 0.01)
_STEPS, _RATE = 300, 0.05


def settle(network, batches):
    """Fit the stacking fusion of `network` on the rows of `batches`.

    The strength of the ridge towards the plain mean is the one with the least log loss
    over five folds of these rows; where none beats the mean on rows left out, the mean
    stays. Returns `{"ridge", "log_loss", "mean_log_loss"}`, both losses of rows left
    out, for the journal.
    """
    said, truth = _gathered(network, batches)
    classes = said.shape[1] // len(network.keys)
    mean = np.tile(np.eye(classes), (len(network.keys), 1)) / len(network.keys)
    start = (mean, np.zeros(classes))
    if len(truth) < 2 * FOLDS:
        return {"ridge": None, "rows": len(truth)}
    folds = np.arange(len(truth)) % FOLDS
    losses = {ridge: _left_out(said, truth, folds, start, ridge) for ridge in _RIDGES}
    ridge = min(losses, key=losses.get)
    before = float(_losses(said, truth, *start).mean())
    better = losses[ridge] < before
    kernel, bias = fitted(said, truth, start, ridge) if better else start
    network.fusion.kernel.assign(kernel.astype("float32"))
    network.fusion.bias.assign(bias.astype("float32"))
    return {
        "ridge": ridge if better else None,
        "rows": len(truth),
        "log_loss": min(losses[ridge], before),
        "mean_log_loss": before,
    }


def _gathered(network, batches):
    """`(rows, M classes)` of log-probabilities and `(rows,)` of known answers."""
    said, truths = [], []
    order = batches.order(0)
    for index in range(len(batches)):
        inputs, truth = batches.batch(index, order=order)
        alone = network(inputs)["alone"]
        shown = network.shown(ops.convert_to_tensor(inputs[PRESENT]))
        streams = {slug: single(logits) for slug, logits in alone.items()}
        found = ops.convert_to_numpy(network.fusion.said(streams, shown))
        said.append(found.reshape(len(found), -1).astype(float))
        truths.append(np.asarray(truth))
    said, truth = np.concatenate(said), np.concatenate(truths)
    return said[truth >= 0], truth[truth >= 0]


def _left_out(said, truth, folds, start, ridge):
    """Mean log loss of each fold under a fit to the others."""
    losses = np.zeros(len(truth))
    for fold in range(FOLDS):
        out = folds == fold
        fit = fitted(said[~out], truth[~out], start, ridge)
        losses[out] = _losses(said[out], truth[out], *fit)
    return float(losses.mean())


def fitted(said, truth, start, ridge):
    """`(kernel, bias)` with the least mean log loss + ridge / 2 |kernel - start|^2.

    said `(rows, inside)`, truth `(rows,)`. By Adam: the loss is convex and small.
    """
    weights = np.concatenate([start[0], start[1][None]])
    origin = weights.copy()
    rows = np.concatenate([said, np.ones((len(said), 1))], axis=1)
    wanted = np.eye(weights.shape[1])[truth]
    moment, power = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _STEPS + 1):
        gap = np.exp(_log_softmax(rows @ weights)) - wanted
        gradient = rows.T @ gap / len(rows) + ridge * (weights - origin)
        moment = 0.9 * moment + 0.1 * gradient
        power = 0.99 * power + 0.01 * gradient**2
        unbiased = moment / (1 - 0.9**step)
        rate = _RATE * (1 - step / (_STEPS + 1))
        size = np.sqrt(power / (1 - 0.99**step)) + 1e-8
        weights = weights - rate * unbiased / size
    return weights[:-1], weights[-1]


def _losses(said, truth, kernel, bias):
    log_shares = _log_softmax(said @ kernel + bias)
    return -log_shares[np.arange(len(truth)), truth]


def _log_softmax(values):
    values = values - values.max(axis=1, keepdims=True)
    return values - np.log(np.exp(values).sum(axis=1, keepdims=True))
