"""Units of text: a tokenizer trained on the data, kept as one JSON text.

Three kinds of unit, one way: cut a cleaned text into pieces (runs of one script,
punctuation marks, single characters), then number the pieces.

- subword: pieces are merged from characters by byte-pair encoding, as far as the data
  repeat themselves; a Chinese run is merged like a Latin word
- word: a piece is one unit (Chinese needs `segment: jieba`, or every run is one word)
- character: each character is one unit

Number 0 is padding and 1 is any unit that is too rare to be learned.
"""

from collections import Counter
from functools import lru_cache

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

PADDING, UNKNOWN = "[PAD]", "[UNK]"
_LONGEST = 24  # characters of a subword unit
# Letters that stand side by side less often stay apart: whole phrases of a small table
# would become units of their own, each seen twice, and nothing would be learned of them
_REPEATED = 10
_SPLIT = pre_tokenizers.Split
_EVERY_CHARACTER = ""


def train(texts, units, vocabulary, min_count):
    """The JSON of a tokenizer trained on `texts`, a list of cleaned str.

    At most `vocabulary` units, none rarer than `min_count`. The same texts give the
    same JSON.
    """
    learn = _subwords if units == "subword" else _whole
    tokenizer = learn(texts, units, vocabulary, min_count)
    return tokenizer.to_str()


def encode(text, tokenizer, most):
    """The numbers of the first `most` units of a cleaned text, a list of int.

    `tokenizer` is the JSON that `train` gave.
    """
    return _loaded(tokenizer).encode(text[: reach(most)]).ids[:most]


def pieces(numbers, tokenizer):
    """The units that these numbers stand for, a list of str."""
    loaded = _loaded(tokenizer)
    return [loaded.id_to_token(int(number)) or UNKNOWN for number in numbers]


def reach(most):
    """How many characters of a text `most` units can cover.

    A subword has at most `_LONGEST` characters and a space, so that no later character
    matters. Words may be longer; text of such words only is cut a little earlier.
    """
    return (_LONGEST + 1) * most


def count(texts, tokenizer, most):
    """How many units each of `texts` has, a list of int; not counted beyond `most`."""
    return [len(encode(text, tokenizer, most)) for text in texts]


def size(tokenizer):
    """How many numbers there are, with padding and unknown."""
    return _loaded(tokenizer).get_vocab_size()


def vocabulary(tokenizer):
    """All units but padding and unknown, in no order of meaning."""
    return [u for u in _loaded(tokenizer).get_vocab() if u not in (PADDING, UNKNOWN)]


@lru_cache(maxsize=32)
def _loaded(tokenizer):
    loaded = Tokenizer.from_str(tokenizer)
    # The letters "[PAD]" in somebody's text are letters, not padding
    loaded.encode_special_tokens = True
    return loaded


def _cutter(units):
    if units == "character":
        return _SPLIT(_EVERY_CHARACTER, "isolated")
    parts = [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.UnicodeScripts()]
    return pre_tokenizers.Sequence([*parts, pre_tokenizers.Punctuation()])


def _subwords(texts, units, vocabulary, min_count):
    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = _cutter(units)
    tokenizer.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=vocabulary,
            min_frequency=max(min_count, _REPEATED),
            limit_alphabet=_letters(texts, vocabulary, min_count),
            special_tokens=[PADDING, UNKNOWN],
            max_token_length=_LONGEST,
            show_progress=False,
        ),
    )
    return tokenizer


def _letters(texts, vocabulary, min_count):
    """How many of the commonest letters are units of their own.

    Rare ones stay unknown: else the unknown unit would never be trained. The limit
    falls between two different counts, so that no tie is broken by chance.
    """
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text)
    del counts[" "]
    ranked = sorted(counts.values(), reverse=True)
    most = min(vocabulary - 2, sum(n >= min_count for n in ranked))
    while 0 < most < len(ranked) and ranked[most - 1] == ranked[most]:
        most -= 1
    return most


def _whole(texts, units, vocabulary, min_count):
    tokenizer = Tokenizer(models.WordLevel(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = _cutter(units)
    tokenizer.train_from_iterator(
        texts,
        trainers.WordLevelTrainer(
            vocab_size=vocabulary,
            min_frequency=min_count,
            special_tokens=[PADDING, UNKNOWN],
            show_progress=False,
        ),
    )
    return tokenizer
