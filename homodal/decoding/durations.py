"""How long each letter of a text lasts, from when its units were heard.

The path of a recogniser (`decoding.speech.aligned`) says on which steps each unit was
surely heard, often on one step only, with blanks between. Between two units the border
is taken in the middle. Before the first and past the last there is silence, next to
half of what usually lies between the middles of two neighbours.
"""

import numpy as np


def lasting(emissions, steps):
    """`(units + 2,)`: steps of the silence before, of each unit, of the silence after.

    emissions: `[Emission]` in their order, within `steps`; the sum is `steps`.
    """
    first = np.array([one.start for one in emissions], float)
    last = np.array([one.end for one in emissions], float)
    between = (last[:-1] + first[1:]) / 2
    middles = (first + last) / 2
    half = np.median(np.diff(middles)) / 2 if len(middles) > 1 else 0.5
    begin = np.clip(min(middles[0] - half, first[0]), 0, None)
    end = np.clip(max(middles[-1] + half, last[-1]), None, steps)
    borders = np.concatenate([[0.0, begin], between, [end, steps]])
    return np.diff(borders)


def placed(text, said, lasts):
    """`(letters + 2,)` what each letter of `text` lasts; None where they do not match.

    said: a text whose letters are those of `text` in their order, without some of them
    (punctuation), which then last no time; lasts: `(letters said + 2,)`.
    """
    found, place = np.zeros(len(text) + 2), 0
    found[0], found[-1] = lasts[0], lasts[-1]
    for letter, wanted in enumerate(text):
        if place < len(said) and wanted == said[place]:
            found[1 + letter] = lasts[1 + place]
            place += 1
    return found if place == len(said) else None
