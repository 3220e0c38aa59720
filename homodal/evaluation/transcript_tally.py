"""Transcripts, scored: words, characters and sentences."""

from collections import Counter

import numpy as np

from homodal.evaluation.intervals import share_interval
from homodal.evaluation.transcript_scores import edits, rate_interval

_MOST = 20  # of each kind of error that are listed


class TranscriptTally:
    """Edits of each row; see `evaluation.tallies` for what a tally does."""

    def __init__(self, target):
        self.rows = 0
        self.unlabelled = 0
        self._counts = [
            np.zeros((0, 4), int)
        ]  # errors and length, words and characters
        self._substituted: Counter = Counter()
        self._deleted: Counter = Counter()
        self._inserted: Counter = Counter()

    @property
    def right(self):
        """`(scored,)` True where every letter is right."""
        return self._all()[:, 2] == 0

    def add(self, answers, values):
        """See `evaluation.tallies`."""
        texts = next(iter(answers.values()))
        counts = []
        for said, truth in zip(texts, values, strict=True):
            self.rows += 1
            if truth is None:
                self.unlabelled += 1
                continue
            words = edits(truth.split(), said.split())
            letters = words if said == truth else edits(truth, said)
            missed = 0 if said == truth else letters.errors
            counts.append([words.errors, words.length, missed, len(truth)])
            self._substituted.update(words.substitutions)
            self._deleted.update(words.deletions)
            self._inserted.update(words.insertions)
        self._counts.append(np.array(counts, int).reshape(-1, 4))

    def repeated(self, guess, rows):
        """Answers that all say `guess`."""
        return {"text": [guess] * rows}

    def quick(self):
        """`{score: value}`, the one that judges an epoch first."""
        wrong, words, missed, letters = self._all().sum(axis=0)
        right = self.right
        return {
            "wer": float(wrong / max(words, 1)),
            "cer": float(missed / max(letters, 1)),
            "sentences": float(right.mean()) if len(right) else 0.0,
        }

    @staticmethod
    def goodness(value: float) -> float:
        """Of an error from 0 on: see `evaluation.tallies`."""
        return 1.0 / (1.0 + value)

    def scores(self, seed=0):
        """`{score: {"value", "low", "high"}}`, intervals over rows drawn anew."""
        wrong, words, missed, letters = self._all().T
        right = self.right
        return {
            "wer": rate_interval(wrong, words, seed=seed),
            "cer": rate_interval(missed, letters, seed=seed),
            "sentences": share_interval(int(right.sum()), len(right), seed=seed),
        }

    def details(self):
        """errors: how many words were substituted, deleted, inserted, of how many.

        And the commonest of each, `[[true, said, times]]`, `[[word, times]]`.
        """
        words = int(self._all()[:, 1].sum())
        if not words:
            return {}
        return {
            "errors": {
                "words": words,
                "substitutions": self._substituted.total(),
                "deletions": self._deleted.total(),
                "insertions": self._inserted.total(),
                "substituted": [[*pair, n] for pair, n in _most(self._substituted)],
                "deleted": [[word, n] for word, n in _most(self._deleted)],
                "inserted": [[word, n] for word, n in _most(self._inserted)],
            }
        }

    def _all(self):
        return np.concatenate(self._counts)


def _most(counts):
    """The commonest, in an order that does not hang on that of the rows."""
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_MOST]
