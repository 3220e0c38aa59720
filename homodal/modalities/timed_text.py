"""Timed text cells: words with their seconds in, numbers of words and times out."""

import json

import numpy as np

from homodal.contracts import Evidence, Modality
from homodal.errors import BadCell
from homodal.media import excerpts, files, repairs, tokens, words
from homodal.media.options import between
from homodal.plain.ngrams import Ngrams

_MOST_WORDS = 4096
_MOST_READ = 1_000_000  # characters of a cell
_LATEST_SECONDS = 1_000_000.0  # in milliseconds still a whole number of 32 bits
_FORM = '[[begin, end, "word"], ...] in seconds'
_KEYS = ({"begin", "end", "word"}, {"start", "end", "word"})
_WORDS = "red green blue small large round bird tree house sea runs sings".split()


class TimedText(Modality):
    """Words and the seconds at which each is spoken: `[[0.72, 0.93, "bin"], ...]`.

    A cell is a list of `[begin, end, word]`, or of mappings with the keys begin (or
    start), end and word, as itself or as JSON text. Times are seconds, begins rise.

    lower: ignore upper case.
    max_words: longer texts are cut here; how many were is counted.
    vocabulary: at most this many different words.
    min_count: words seen less often in the training rows count as unknown.
    window: only this part is read: [begin, end] in seconds, or two columns that say it
        for each row; times are then counted from its begin.
    """

    steps = True
    dtype = "int32"
    learn_from = 100_000

    def __init__(
        self, lower=True, max_words=128, vocabulary=8000, min_count=2, window=None
    ):
        self.lower = lower
        most = between("timed_text", "max_words", max_words, 1, _MOST_WORDS)
        self.max_words = most
        self.vocabulary = between("timed_text", "vocabulary", vocabulary, 3, 1_000_000)
        self.min_count = between("timed_text", "min_count", min_count, 1, 1_000_000)
        self.window = excerpts.window_option("timed_text", window)

    def beside(self):
        return excerpts.beside(self.window)

    def recognise(self, cells):
        read, reason = files.try_each(cells, _parsed)
        why = f"{len(read)} of {len(cells)} cells are words with times"
        if not read:
            return Evidence(0.0, f"{why}; {reason}" if reason else why)
        longest = max(text[-1][1] for text in read)
        count = sum(map(len, read)) / len(read)
        why += f" ({count:.1f} words a cell, to {longest:.1f} s)"
        return Evidence(0.99 * len(read) / len(cells), why)

    def read(self, cell):
        """The words and times as a 0-d array of str: JSON of `[[begin, end, word]]`."""
        cell, said = excerpts.taken(cell)
        begin, end = excerpts.seconds_of(self.window, said)
        found = [
            [max(first, begin) - begin, min(last, end or last) - begin, word]
            for first, last, word in self._cleaned(_parsed(cell))
            if last > begin and (end is None or first < end)
        ]
        if not found:
            until = "its end" if end is None else f"{end:g} s"
            raise BadCell(f"no words from {begin:g} s to {until}")
        return np.array(json.dumps(found, ensure_ascii=False))

    def learn(self, arrays):
        """Facts: what turns words into numbers, and how many there are in a text.

        tokenizer: JSON text; tokens: how many different numbers there are; steps: no
        encoded text is longer; cut: how many training texts had more than `max_words`.
        """
        texts = [json.loads(array.item()) for array in arrays]
        every = [word for text in texts for _, _, word in text]
        trained = tokens.train(every, "word", self.vocabulary, self.min_count)
        counts = [len(_steps(text, trained, self.max_words + 1)) for text in texts]
        return {
            "tokenizer": trained,
            "tokens": tokens.size(trained),
            "steps": min(self.max_words, max(counts, default=1)),
            "cut": sum(n > self.max_words for n in counts),
        }

    def encode(self, array, facts):
        """Word numbers, begins and ends in milliseconds, int32 `(steps, 3)`.

        0 is padding and 1 is unknown. The parts of one word have its times.
        """
        text = json.loads(array.item())
        most = facts["steps"]
        found = _steps(text, facts["tokenizer"], most + 1)
        if len(found) > most:
            repairs.note_cut(f"{most} words")
        if all(number == 1 for number, _, _ in found):
            said = " ".join(word for _, _, word in text)
            repairs.note(f"no known word: {files.shown(said)}")
        return np.array(found[:most], np.int32).reshape(-1, 3)

    def shape(self, facts):
        return (None, 3)

    def plain(self, facts):
        return Ngrams(facts["tokens"])

    def example(self, folder, rng):
        said, now = [], 0.0
        for word in rng.choice(_WORDS, size=rng.integers(4, 9)):
            now += float(rng.uniform(0.0, 0.1))
            said.append([round(now, 3), round(now + 0.2, 3), str(word)])
            now += 0.2
        return json.dumps(said)

    def _cleaned(self, text):
        for begin, end, word in text:
            word = words.clean(word, self.lower)
            if word:
                yield begin, end, word


def _steps(text, tokenizer, most):
    """`[[number, begin, end]]` of at most so many units, times in milliseconds."""
    found = []
    for begin, end, word in text:
        times = [round(1000 * begin), round(1000 * end)]
        found += [[n, *times] for n in tokens.encode(word, tokenizer, most)]
        if len(found) >= most:
            break
    # words of unknown script only: the text is there, and says nothing
    return found[:most] or [[1, 0, round(1000 * text[-1][1])]]


def _parsed(cell):
    """`[(begin, end, word)]` of a cell. Raises `BadCell`."""
    entries = cell
    if isinstance(cell, str):
        entries = _from_json(cell)
    if not isinstance(entries, (list, tuple)) or not entries:
        raise BadCell(f"not {_FORM}: {files.shown(cell)}")
    found = [_entry(entry) for entry in entries]
    begins = [begin for begin, _, _ in found]
    if begins != sorted(begins):
        raise BadCell("the words are not in the order of their times")
    return found


def _from_json(text):
    if len(text) > _MOST_READ:
        raise BadCell(f"timed text too long: {len(text):,} characters")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadCell(f"not {_FORM}: {files.shown(text)}") from None


def _entry(entry):
    if isinstance(entry, dict) and set(entry) in _KEYS:
        entry = [entry.get("begin", entry.get("start")), entry["end"], entry["word"]]
    if not isinstance(entry, (list, tuple)) or len(entry) != 3:
        raise BadCell(f"not [begin, end, word]: {files.shown(entry)}")
    begin, end, word = entry
    if not (_is_time(begin) and _is_time(end) and isinstance(word, str)):
        raise BadCell(f"not [begin, end, word]: {files.shown(entry)}")
    if end < begin:
        raise BadCell(f"a word that ends before it begins: {files.shown(entry)}")
    return float(begin), float(end), word


def _is_time(value):
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and 0 <= value <= _LATEST_SECONDS
