"""What is counted of each kind of answer, to score it.

A tally takes answers batch by batch and keeps what the scores need:

    add(answers, values)   answers as the target's `decode` gave them; values as its
                           `read` gave them, None where a row has no answer
    repeated(guess, rows)  answers that all say `guess`
    quick()                `{score: value}`, the one that judges an epoch first
    goodness(value)        that first one from 0 (worst) to 1 (best), whatever its scale
    scores(seed)           `{score: {"value", "low", "high"}}`, 95 % intervals over rows
    details()              JSON-able findings of its own kind, `{}` where there are none
    rows, unlabelled       how many rows were shown, and how many had no answer
    right                  `(scored,)` True where a row's answer is exactly the truth;
                           None where answers are near or far, not right or wrong
"""

from homodal.data.preparation import PreparedTarget
from homodal.errors import HomodalError
from homodal.evaluation.class_tally import ClassTally
from homodal.evaluation.labels_tally import LabelsTally
from homodal.evaluation.match_tally import MatchTally
from homodal.evaluation.number_tally import NumberTally
from homodal.evaluation.several_tally import SeveralTally
from homodal.evaluation.speech_tally import SpeechTally
from homodal.evaluation.tag_tally import TagTally
from homodal.evaluation.transcript_tally import TranscriptTally


def tally_for(target):
    """An empty tally for a `PreparedTarget`."""
    make = _TALLIES.get(target.part)
    if make is None:
        raise HomodalError(
            f"Answers of the kind '{target.part}' cannot be scored",
            expected=", ".join(_TALLIES),
        )
    return make(target)


def _several(target):
    fitted = target.facts.get("fitted", {})
    joined = [
        PreparedTarget(
            one["name"],
            one["kind"],
            one["facts"] | fitted.get(one["name"], {}),
            one["options"],
        )
        for one in target.facts["targets"]
    ]
    return SeveralTally({one.name: tally_for(one) for one in joined})


_TALLIES = {
    "label": ClassTally,
    "labels": LabelsTally,
    "match": MatchTally,
    "number": NumberTally,
    "ordinal": ClassTally,
    "several": _several,
    "speech": SpeechTally,
    "transcript": TranscriptTally,
    "tags": TagTally,
}
