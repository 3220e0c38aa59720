"""Answers that are too long for the steps that the encoders leave them."""

import sys

import numpy as np
from keras import ops

from homodal.data.answers import answered, taken
from homodal.errors import TrainingError
from homodal.model.predict import fused_logits

_LOOKED_AT = 64  # rows, those with the longest answers


def check_sayable(network, rows):
    """Say on stderr how many answers are too long. Raises `TrainingError` if most are.

    rows: the training `Rows`. Looked at are those with the longest answers.
    """
    if not network.head.reads_steps:
        return
    known = rows.numbers[answered(taken(rows.truth, rows.numbers))]
    longest = known[np.argsort(-_units(taken(rows.truth, known)), kind="stable")]
    chosen = np.sort(longest[:_LOOKED_AT])
    if not len(chosen):
        return
    batches = rows.batches(len(chosen))
    logits = fused_logits(network, batches.inputs(chosen), batches.varying)
    short = network.head.unsayable(logits, taken(rows.truth, chosen))
    if short is None or not (count := int(np.sum(ops.convert_to_numpy(short)))):
        return
    said = f"{count} of the {len(chosen)} longest answers need more steps than the "
    said += "encoder leaves"
    do = "Take the recipe 'speech', or a shorter hop: --set columns.NAME.hop_ms=5"
    if 2 * count > len(chosen):
        raise TrainingError(f"{said} of their rows", do=do)
    print(f"{said}: nothing is learned of them. {do}", file=sys.stderr)


def _units(truth):
    """`(rows,)` how long each answer is, of several targets the longest."""
    if isinstance(truth, dict):
        return np.max([_units(each) for each in truth.values()], axis=0)
    return (truth.reshape(len(truth), -1) >= 0).sum(axis=1)
