"""Text cells: words in, numbers of tokens out."""

import re

import numpy as np

from homodal.contracts import Evidence, Modality, Sample
from homodal.errors import BadCell
from homodal.media import files, repairs, spelling, tokens, words
from homodal.media.options import between, choice
from homodal.plain.ngrams import Ngrams
from homodal.tables import dates

_MOST_TOKENS = 4096
_MOST_READ = 131_072  # characters of a cell; more than so many tokens can cover
_MOST_CHARACTERS = 256  # of a text that is recognised to be read by characters
_ROUND = 8  # the longest text is rounded up to this many tokens
_PATH = re.compile(r"(\w+://\S+|\S*[^\s/\\]\.[A-Za-z0-9]{2,5}|[^\s]+[/\\][^\s]+)")
_CODE = re.compile(r"(?=.*\d)[\w.:-]+", re.ASCII)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_TIMED = re.compile(r'\[ ?(\[ ?[\d.]+ ?, ?[\d.]+ ?, ?"|\{ ?"(begin|start)").*', re.S)
_VECTOR = re.compile(r"\[[\d.,;eE+\-\s]+\]", re.ASCII)
_LONGEST_RUN = {"character": 3}  # units of a plain feature; of the others two
_UNITS = ("subword", "word", "character", "spelled")
_WORDS = "red green blue small large round bird tree house sea runs sings".split()


class Text(Modality):
    """Words and sentences in any script, cut into tokens learned from the data.

    A cell is a text, or a list of words.

    units: subword (learned pieces of words), word, character, or spelled: one step for
        each word between spaces, of the word and of its pieces, which is what tags of
        words need. A column whose words stand apart is recognised with word, others
        with character, or with subword where `segment` finds the words.
    lower: ignore upper case.
    max_tokens: longer texts are cut here; how many were is counted.
    vocabulary: at most so many different tokens; if spelled, words, and as many pieces.
    min_count: tokens seen less often in the training rows count as unknown.
    segment: none, or jieba to find the words of Chinese first.
    """

    steps = True
    dtype = "int32"
    learn_from = 100_000

    def __init__(
        self,
        units="subword",
        lower=True,
        max_tokens=128,
        vocabulary=8000,
        min_count=2,
        segment="none",
    ):
        self.units = choice("text", "units", units, _UNITS)
        self.lower = lower
        self.max_tokens = between("text", "max_tokens", max_tokens, 1, _MOST_TOKENS)
        self.vocabulary = between("text", "vocabulary", vocabulary, 3, 1_000_000)
        self.min_count = between("text", "min_count", min_count, 1, 1_000_000)
        self.segment = choice("text", "segment", segment, ("none", "jieba"))

    @property
    def spells(self):
        """Whether a step is a word between spaces."""
        return self.units == "spelled"

    def recognise(self, cells):
        lists = [c for c in cells if _is_word_list(c)]
        texts = [_as_text(c) for c in cells if isinstance(c, str) or _is_word_list(c)]
        texts = [words.clean(text[:1000]) for text in texts]
        if not texts or len(texts) < 0.9 * len(cells):
            return Evidence(0.0, f"{len(texts)} of {len(cells)} cells are text")
        shares = {
            "numbers": lambda: _share(_NUMBER, texts),
            "names of files or addresses": lambda: _share(_PATH, texts),
            "codes": lambda: _share(_CODE, texts),
            "words with times": lambda: _share(_TIMED, texts),
            "lists of numbers": lambda: _share(_VECTOR, texts),
            "dates": lambda: sum(map(dates.is_date, texts)) / len(texts),
        }
        for what, share_of in shares.items():
            if (share := share_of()) > 0.5:
                return Evidence(0.1, f"{share:.0%} of the cells look like {what}")
        prose = _as_prose(
            texts, Sample.of(cells).different_share(texts), self.segment != "none"
        )
        if len(lists) < 0.9 * len(cells):
            return prose
        why = f"{len(lists)} of {len(cells)} cells are lists of words; {prose.why}"
        return Evidence(max(prose.confidence, 0.8), why, {"units": "word"})

    def read(self, cell):
        """The cleaned text as a 0-d array of str.

        A cell may be a list of words. If spelled, each of them is one word, whatever it
        holds; else they are a text with spaces between them.
        """
        if isinstance(cell, (bool, int, float)):
            cell = str(cell)
        parts = _words_of(cell) if isinstance(cell, (list, tuple, np.ndarray)) else None
        if parts is None and not isinstance(cell, str):
            raise BadCell(f"not a text: {files.shown(cell)}")
        raw = cell if parts is None else " ".join(parts)
        if len(raw) > _MOST_READ:
            repairs.note_cut(f"{_MOST_READ:,} characters")
        text = words.clean(raw[:_MOST_READ], self.lower)
        if text and self.spells:
            parts = raw[:_MOST_READ].split() if parts is None else parts[:_MOST_READ]
            text = " ".join(spelling.cleaned(parts, self.lower))
            inside = next((part for part in parts if len(part.split()) > 1), None)
            if inside is not None:
                repairs.note(f"a word with a space within: {files.shown(inside)}")
        if not text:
            raise BadCell("no letters in the text, only spaces or control characters")
        if not raw.isprintable() and _CONTROLS.search(raw[:_MOST_READ]):
            repairs.note("control characters or lone surrogates became spaces")
        return np.array(text[:_MOST_READ])

    def learn(self, arrays):
        """Facts: what turns texts into numbers, and how long the texts are.

        tokenizer: JSON text; tokens: how many different numbers there are; steps: no
        encoded text is longer; cut: how many training texts had more than `max_tokens`.
        """
        texts = [self._segmented(array) for array in arrays]
        if self.spells:
            trained = spelling.train(texts, self.vocabulary, self.min_count)
            return {
                "tokenizer": trained,
                "tokens": spelling.size(trained),
                "steps": self.max_tokens,  # later texts may be longer, and want tags
                "cut": sum(text.count(" ") >= self.max_tokens for text in texts),
            }
        trained = tokens.train(texts, self.units, self.vocabulary, self.min_count)
        known = {"tokenizer": trained, "tokens": tokens.size(trained)}
        return known | self._lengths(texts, trained)

    def continued(self, facts, arrays):
        """The same tokens; the rows at hand may be longer."""
        if self.spells:
            return facts
        texts = [self._segmented(array) for array in arrays]
        return facts | self._lengths(texts, facts["tokenizer"])

    def _lengths(self, texts, tokenizer):
        counts = tokens.count(texts, tokenizer, self.max_tokens + 1)
        longest = -(-max(counts, default=1) // _ROUND) * _ROUND
        return {
            "steps": min(self.max_tokens, longest),
            "cut": sum(n > self.max_tokens for n in counts),
        }

    def encode(self, array, facts):
        """Numbers of the tokens, int32 `(steps,)`; 0 is padding and 1 is unknown.

        If spelled `(steps, 1 + pieces)`: the word's own number, then its pieces'.
        """
        text, most = self._segmented(array), facts["steps"]
        if self.spells:
            numbers = spelling.encode(text, facts["tokenizer"], most)
            is_cut = text.count(" ") >= most
        else:
            units = tokens.encode(text, facts["tokenizer"], most + 1)
            numbers = np.array(units[:most], np.int32)
            longest = max(len(text), len(array.item()))
            is_cut = len(units) > most or longest > tokens.reach(most + 1)
        if is_cut:
            repairs.note_cut(f"{most} tokens")
        if np.isin(numbers, (0, 1)).all():
            repairs.note(f"no known token: {files.shown(text)}")
        return numbers

    def shape(self, facts):
        return (None, 1 + spelling.PIECES) if self.spells else (None,)

    def plain(self, facts):
        return Ngrams(facts["tokens"], _LONGEST_RUN.get(self.units, 2))

    def written(self, array, facts):
        pieces = spelling.spelled if self.spells else tokens.pieces
        return " ".join(pieces(array, facts["tokenizer"]))

    def example(self, folder, rng):
        return " ".join(rng.choice(_WORDS, size=rng.integers(4, 9)).tolist())

    def _segmented(self, array):
        text = array.item()
        if self.segment == "none" or self.spells:
            return text
        return words.segmented(text[: tokens.reach(self.max_tokens + 1)])


def _is_word_list(cell):
    return isinstance(cell, list) and all(isinstance(part, str) for part in cell)


def _as_text(cell):
    return " ".join(cell) if isinstance(cell, list) else cell


def _words_of(cell):
    """The words of a list. Raises `BadCell` where something else stands in it."""
    parts = cell.tolist() if isinstance(cell, np.ndarray) else list(cell)
    if not isinstance(parts, list) or not all(isinstance(p, str) for p in parts):
        raise BadCell(f"not a text, nor a list of words: {files.shown(cell)}")
    return parts


def _share(pattern, texts):
    return sum(bool(pattern.fullmatch(text)) for text in texts) / len(texts)


def _as_prose(texts, different, segmented):
    """Many different values of several words are text; few short ones are names.

    different: the share of the column's cells that differ; segmented: words are found
    where no space sets them apart.
    """
    length = sum(words.count_words(text) for text in texts) / len(texts)
    why = f"{length:.1f} words a cell, {different:.0%} of the cells differ"
    # learned from scratch, whole words did better wherever a text sets them apart, and
    # characters, with their runs as plain features, where it does not
    options: dict[str, str | int]
    if words.sets_words_apart(texts):
        options = {"units": "word"}
    elif segmented:
        options = {"units": "subword"}
    else:
        options = {"units": "character", "max_tokens": _MOST_CHARACTERS}
    if length >= 6:
        return Evidence(0.95, why, options)
    if different >= 0.5:
        return Evidence(0.9 if length >= 1.5 else 0.6, why, options)
    return Evidence(0.3, why)
