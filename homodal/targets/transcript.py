"""Transcript cells: what is said, as text."""

import math
from collections import Counter
from functools import partial
from typing import ClassVar

import numpy as np

from homodal.contracts import UNLABELLED, UNSEEN, Evidence, Sample, Target
from homodal.decoding import grammar, language, speech
from homodal.decoding.beam import Guide, ctc_beam, transducer_beam
from homodal.decoding.heard import Heard
from homodal.errors import BadCell, PartError, TargetError
from homodal.media import units as spelled
from homodal.media.files import shown, try_each
from homodal.media.options import between, choice
from homodal.media.plain_words import plain
from homodal.media.words import clean
from homodal.recipe import AUTO

_choice = partial(choice, "transcript", kind="target")
_between = partial(between, "transcript", kind="target")
_CHARACTER = "character"
_OFTEN = 50  # times that a word is said on average, to be learned as one
_NEW = 0.001  # how likely the next word may be one that was never said
_UNITS_A_STEP = 3  # that a greedy transducer may say at one step


class Transcript(Target):
    """What is said in a sound or film, as text with word times.

    spelling: "plain" is lower case without punctuation but apostrophes and hyphens
    within words, as word error rates are measured; "kept" is as written.
    units: character, subword or word, at most `vocabulary_size` of them; auto: words
    where the training rows say few of them often, and a new one is hardly to come
    (Good and Turing: as likely as the share of words said once), else characters.
    decoding: greedy, or beam: the best text over `beam` beginnings.
    language_model: 0, or the order of an n-gram model of the units, learned from the
    training rows, that a beam listens to with `language_weight`; `unit_bonus` is added
    for each unit.
    lexicon: none; words: a beam says words of the training rows only; pairs: and only
    after words that they followed there, a grammar.
    """

    head = "transcribe"
    lower_is_better = True
    whole_inputs = True
    wants: ClassVar = {
        "encoder": {"name": "rnn", "width": 128, "depth": 2, "row_halvings": 1},
        "training": {"epochs": 60, "patience": 20},
        "columns": {
            "audio": {"masked_frames": 20, "masked_mels": 8, "tempo": 0.2},
            "video": {"background": "subtracted", "shift_px": 2},
        },
    }

    def __init__(
        self,
        spelling="plain",
        units="auto",
        vocabulary_size=1000,
        decoding="greedy",
        beam=16,
        language_model=0,
        language_weight=0.3,
        unit_bonus=0.0,
        lexicon="none",
    ):
        self.spelling = _choice("spelling", spelling, ("plain", "kept"))
        self.units = _choice("units", units, (AUTO, *spelled.KINDS))
        self.vocabulary_size = _between("vocabulary_size", vocabulary_size, 2, 100_000)
        self.decoding = _choice("decoding", decoding, ("greedy", "beam"))
        self.beam = _between("beam", beam, 1, 1000)
        self.language_model = _between("language_model", language_model, 0, 12)
        self.language_weight = _between("language_weight", language_weight, 0.0, 100.0)
        self.unit_bonus = _between("unit_bonus", unit_bonus, -100.0, 100.0)
        self.lexicon = _choice("lexicon", lexicon, ("none", "words", "pairs"))
        if decoding == "greedy" and (language_model or lexicon != "none"):
            raise PartError(
                "Only a beam listens to 'language_model' and 'lexicon' of a transcript",
                got="decoding: greedy",
                do="Set decoding=beam beside them",
            )

    def recognise(self, cells):
        texts, reason = try_each(cells, self.read)
        if len(texts) < len(cells) or not texts:
            why = f"{len(texts)} of {len(cells)} cells are text"
            return Evidence(0.0, f"{why}; {reason}" if reason else why)
        wordy = sum(" " in text for text in texts) / len(texts)
        different = Sample.of(cells).different_share(texts)
        why = f"{wordy:.0%} of {len(texts)} texts have several words, "
        why += f"{different:.0%} are different"
        return Evidence(0.6 if min(wordy, different) > 0.5 else 0.1, why)

    def read(self, cell):
        """The text with its words a space apart. Raises `BadCell`."""
        if not isinstance(cell, str):
            raise BadCell(f"not a text: {shown(cell)}")
        text = plain(cell) if self.spelling == "plain" else clean(cell)
        if not text:
            raise BadCell(f"no word in it: {shown(cell)}")
        return text

    def learn(self, values):
        """Facts: units (which kind), vocabulary, steps (of the longest row), commonest.

        And, where they are asked for, words or pairs of the lexicon, and ngrams (JSON).
        """
        texts = list(values)
        if not texts:
            raise TargetError(
                "The target has no answers",
                expected="transcripts in the training rows",
                do="Name another column as the target, or fill this one",
            )
        units = self._units_of(texts)
        vocabulary = spelled.learn(texts, units, self.vocabulary_size)
        facts = {"vocabulary": vocabulary, "units": units}
        encoded = [self._encoded(text, facts) for text in texts]
        counts = Counter(texts)
        most = max(counts.values())
        facts |= {
            "steps": max(1, *map(len, encoded)),
            "commonest": min(text for text in counts if counts[text] == most),
        }
        if self.lexicon == "words":
            facts["follow"] = sorted({word for text in texts for word in text.split()})
        if self.lexicon == "pairs":
            facts["follow"] = grammar.pairs(text.split() for text in texts)
        if self.language_model:
            facts["ngrams"] = language.count(encoded, self.language_model)
        return facts

    def encode(self, value, facts):
        """Places of its units, int32 `(steps,)`, padded with -1, or cut.

        What training never saw is left out.
        """
        found = np.full(facts["steps"], UNSEEN, np.int32)
        places = self._encoded(value, facts)[: facts["steps"]]
        found[: len(places)] = places
        return found

    def blank(self, facts):
        return np.full(facts["steps"], UNLABELLED, np.int32)

    def decode(self, logits, facts):
        """text, confidence, and words `[{"word", "start", "end", "confidence"}]`.

        logits: `(rows, steps, 1 + units)`, or a transducer's dict (`heads.transcribe`).
        Times are shares of the row; `in_seconds` makes them seconds. The confidence of
        a text is the product of its words'.
        """
        heard = Heard(logits)
        found = [self._row(heard, row, facts) for row in range(len(heard))]
        return {
            "text": [" ".join(each["word"] for each in words) for words in found],
            "confidence": [
                float(math.prod(each["confidence"] for each in words))
                for words in found
            ],
            "words": found,
        }

    def nothing(self, facts):
        return {"text": [], "confidence": [], "words": []}

    def in_seconds(self, answers, seconds):
        """The answers with the words' times in seconds, of rows that last `seconds`."""
        rows = zip(answers["words"], seconds, strict=True)
        words = [[_stretched(word, span) for word in row] for row, span in rows]
        return answers | {"words": words}

    def guess(self, facts):
        """The commonest transcript of the training rows."""
        return facts["commonest"]

    def scores(self, facts):
        return ("wer", "cer", "sentences")

    def units_of(self, facts):
        """The kind of units that was learned: character, subword or word."""
        told = _CHARACTER if self.units == AUTO else self.units  # of older bundles
        return facts.get("units", told)

    def _units_of(self, texts):
        if self.units != AUTO:
            return self.units
        counts = Counter(word for text in texts for word in text.split())
        said, once = counts.total(), sum(count == 1 for count in counts.values())
        few = said >= _OFTEN * len(counts) and len(counts) <= self.vocabulary_size
        return "word" if few and once <= _NEW * said else _CHARACTER

    def _encoded(self, text, facts):
        return spelled.encode(text, tuple(facts["vocabulary"]), self.units_of(facts))

    def _row(self, heard, row, facts):
        sound, said = heard.row(row)
        if not len(sound):
            return []
        if said is not None:
            emissions = self._transduced(sound, said, facts)
        elif self.decoding == "greedy":
            emissions = speech.collapsed(speech.log_softmax(sound))
        else:
            logs = speech.log_softmax(sound)
            units, _ = ctc_beam(logs, self._guide(facts), self.beam)
            emissions = speech.aligned(logs, list(units))
        return speech.words_of(emissions, facts["vocabulary"], len(sound))

    def _transduced(self, sound, said, facts):
        if self.decoding == "greedy":
            return speech.transduced(sound, said, _UNITS_A_STEP)
        units, _, when = transducer_beam(sound, said, self._guide(facts), self.beam)
        return speech.on_steps(sound, said, units, when)

    def _guide(self, facts):
        vocabulary = tuple(facts["vocabulary"])
        ngrams = walked = None
        if self.language_model:
            ngrams = language.opened(
                facts["ngrams"], self.language_model, len(vocabulary)
            )
        if self.lexicon != "none":
            marked = {i for i, u in enumerate(vocabulary) if u[0] == spelled.MARK}
            space = vocabulary.index(" ") if " " in vocabulary else None
            walked = grammar.Grammar(
                facts["follow"],
                lambda word: spelled.encode(word, vocabulary, self.units_of(facts)),
                space,
                marked,
            )
        return Guide(walked, ngrams, self.language_weight, self.unit_bonus)


def _stretched(word, span):
    # how long a film lasts is not kept: without a sound its words have no times
    return word | {e: word[e] * span if span else None for e in ("start", "end")}
