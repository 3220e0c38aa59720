"""What was said and when: units on their steps, and the words they make."""

from typing import NamedTuple

import numpy as np

from homodal.media import units as spelling

NEVER = -1e4  # a logit that no unit of a masked step ever beats; finite in float32


class Emission(NamedTuple):
    """A unit on the steps from `start` to before `end`, and its probability there."""

    unit: int
    start: int
    end: int
    probability: float


def log_softmax(logits):
    """Of the last axis, float64."""
    shifted = np.asarray(logits, np.float64)
    shifted = shifted - shifted.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def collapsed(logs):
    """`[Emission]` of the likeliest path: runs of a unit are one, blanks none.

    logs: log probabilities `(steps, 1 + units)`, blank first; an emission's unit counts
    from 0.
    """
    best = logs.argmax(axis=1)
    edges = np.flatnonzero(np.diff(best, prepend=-1))
    ends = [*edges[1:], len(best)]
    return [
        Emission(int(best[a]) - 1, int(a), int(b), _surest(logs[a:b, best[a]]))
        for a, b in zip(edges, ends, strict=True)
        if best[a]
    ]


def aligned(logs, said):
    """`[Emission]` of the likeliest path that says the units `said` (Viterbi).

    The states are blank, unit, blank, unit, ... blank; a blank between two units that
    differ may be jumped over.
    """
    if not said:
        return []
    states = np.zeros(2 * len(said) + 1, int)
    states[1::2] = np.asarray(said) + 1
    jumps = np.zeros(len(states), bool)
    jumps[3::2] = states[3::2] != states[1:-2:2]
    score = np.full(len(states), -np.inf)
    score[:2] = logs[0, states[:2]]
    came = np.zeros((len(logs), len(states)), int)
    for step in range(1, len(logs)):
        moved = np.concatenate([[-np.inf], score[:-1]])
        far = np.where(jumps, np.concatenate([[-np.inf] * 2, score[:-2]]), -np.inf)
        ways = np.stack([score, moved, far])
        came[step] = ways.argmax(axis=0)
        score = ways.max(axis=0) + logs[step, states]
    state = len(states) - 1 if score[-1] >= score[-2] else len(states) - 2
    path = np.zeros(len(logs), int)
    for step in reversed(range(len(logs))):
        path[step] = state
        state -= came[step, state]
    found = []
    for place in range(1, len(states), 2):
        steps = np.flatnonzero(path == place)
        if len(steps):  # too few steps for all of it otherwise
            heard = _surest(logs[steps, states[place]])
            unit = int(states[place]) - 1
            found.append(Emission(unit, int(steps[0]), int(steps[-1]) + 1, heard))
    return found


def transduced(sound, said, most):
    """`[Emission]` of the likeliest unit each time, at most `most` at one step.

    sound: logits `(steps, 1 + units)`; said: a function of the units so far to logits
    that are added to them.
    """
    found: list[Emission] = []
    for step, heard in enumerate(sound):
        for _ in range(most):
            logs = log_softmax(heard + said([one.unit for one in found]))
            best = int(logs.argmax())
            if not best:
                break
            found.append(Emission(best - 1, step, step + 1, float(np.exp(logs[best]))))
    return found


def on_steps(sound, said, units, steps):
    """`[Emission]` of a transducer's `units` on these `steps`."""
    found = []
    for place, (unit, step) in enumerate(zip(units, steps, strict=True)):
        logs = log_softmax(sound[step] + said(units[:place]))
        found.append(Emission(unit, step, step + 1, float(np.exp(logs[unit + 1]))))
    return found


def words_of(emissions, vocabulary, steps):
    """`[{"word", "start", "end", "confidence"}]`.

    start and end are shares of the row's real `steps`; the confidence is the product of
    the units' probabilities.
    """
    units = [vocabulary[one.unit] for one in emissions]
    found = []
    for places in spelling.parted(units):
        parts = [emissions[place] for place in places]
        word = spelling.spelled([units[place] for place in places])
        if word:
            found.append(
                {
                    "word": word,
                    "start": parts[0].start / steps,
                    "end": min(parts[-1].end / steps, 1.0),
                    "confidence": float(np.prod([p.probability for p in parts])),
                }
            )
    return found


def _surest(logs):
    return float(np.exp(logs.max()))
