import json
import subprocess
import sys

import numpy as np
import pytest

from homodal.media import tokens

TEXTS = ["the cat sat", "the dog sat", "a cat and a dog", "the end"] * 3
UNITS = ("subword", "word", "character")


@pytest.mark.parametrize("units", UNITS)
def test_zero_is_padding_and_one_is_unknown(units):
    trained = tokens.train(TEXTS, units, 100, 2)
    vocabulary = json.loads(trained)["model"]["vocab"]
    assert vocabulary["[PAD]"] == 0
    assert vocabulary["[UNK]"] == 1
    assert tokens.size(trained) == len(vocabulary)
    assert tokens.encode("\u732b", trained, 9) == [1]
    assert min(tokens.encode("the cat", trained, 9)) > 1


@pytest.mark.parametrize("units", UNITS)
@pytest.mark.parametrize("text", ["[PAD]", "[UNK]", "a [PAD] cat"])
def test_the_letters_of_a_special_unit_are_letters(units, text):
    trained = tokens.train([*TEXTS, "[PAD] [UNK]"] * 2, units, 100, 1)
    assert min(tokens.encode(text, trained, 99)) > 1


def test_units_of_each_kind():
    wanted = {"subword": 2, "word": 2, "character": 7}
    for units, count in wanted.items():
        trained = tokens.train(TEXTS * 10, units, 100, 1)
        assert len(tokens.encode("the cat", trained, 9)) == count


def test_new_words_are_made_of_known_pieces():
    trained = tokens.train(TEXTS, "subword", 100, 2)
    numbers = tokens.encode("cathedral", trained, 20)
    assert len(numbers) > 1
    assert numbers[0] == tokens.encode("cat", trained, 20)[0]


def test_chinese_is_merged_into_words():
    texts = ["\u54b8\u9c7c\u70e7\u8089", "\u7ea2\u70e7\u8089", "\u70e7\u8089\u996d"] * 3
    trained = tokens.train(texts, "subword", 100, 2)
    assert len(tokens.encode("\u70e7\u8089", trained, 9)) == 2  # 9 times: too few
    trained = tokens.train(texts * 2, "subword", 100, 2)
    assert len(tokens.encode("\u70e7\u8089", trained, 9)) == 1


def test_scripts_and_punctuation_are_parted():
    trained = tokens.train(["30\u5206\u949f,ok"] * 5, "word", 100, 1)
    assert len(tokens.encode("30\u5206\u949f,ok", trained, 9)) == 4


def test_rare_letters_are_unknown_and_so_unknown_is_trained():
    trained = tokens.train([*TEXTS, "q"], "subword", 100, 2)
    assert tokens.encode("q", trained, 9) == [1]


@pytest.mark.parametrize("units", UNITS)
@pytest.mark.parametrize("vocabulary", [3, 6, 12])
def test_there_are_never_more_units_than_asked_for(units, vocabulary):
    assert tokens.size(tokens.train(TEXTS, units, vocabulary, 1)) <= vocabulary


def test_letters_that_are_equally_common_are_known_together_or_not_at_all():
    texts = ["ab cdefgh", "ab"]
    assert tokens.size(tokens.train(texts, "subword", 4, 1)) == 4
    for vocabulary in (5, 7, 9):
        trained = tokens.train(texts, "subword", vocabulary, 1)
        assert tokens.encode("cdefgh", trained, 9) == [1] * 6


@pytest.mark.parametrize("units", UNITS)
def test_nothing_to_learn_from_leaves_two_units(units):
    trained = tokens.train([], units, 100, 2)
    assert tokens.size(trained) == 2
    assert set(tokens.encode("word", trained, 9)) == {1}


def test_only_the_first_units_are_given():
    trained = tokens.train(TEXTS, "word", 100, 1)
    assert len(tokens.encode("cat " * 50, trained, 7)) == 7
    assert tokens.count(["cat", "a cat", "cat " * 50], trained, 4) == [1, 2, 4]


def test_what_lies_beyond_reach_is_never_cut_from_the_units():
    words = [chr(97 + i) * 24 for i in range(20)]  # the longest subwords there are
    trained = tokens.train([" ".join(words)] * 3, "subword", 2000, 2)
    assert len(tokens.encode(" ".join(words), trained, 20)) == 20


def test_a_million_characters_cost_no_more_than_their_beginning(monkeypatch):
    trained = tokens.train(TEXTS, "subword", 100, 2)
    seen = []

    class Watching:
        def encode(self, text):
            seen.append(len(text))
            return type("Encoding", (), {"ids": [2] * len(text)})

    monkeypatch.setattr(tokens, "_loaded", lambda _: Watching())
    assert len(tokens.encode("cat " * 250_000, trained, 128)) == 128
    assert seen == [tokens.reach(128)]


def test_the_tokenizer_is_rebuilt_once():
    trained = tokens.train(TEXTS, "word", 100, 1)
    tokens._loaded.cache_clear()
    for _ in range(50):
        tokens.encode("the cat", trained, 9)
    assert tokens._loaded.cache_info().misses == 1


SCRIPT = """
import hashlib, numpy
from homodal.media import tokens
rng = numpy.random.default_rng(0)
letters = list("abcdefghijklmnop")
words = ["".join(rng.choice(letters, rng.integers(1, 6))) for _ in range(300)]
texts = [" ".join(rng.choice(words, 8)) for _ in range(200)]
for units in ("subword", "word", "character"):
    for vocabulary in (9, 60, 250):
        trained = tokens.train(texts, units, vocabulary, 1)
        print(hashlib.sha256(trained.encode()).hexdigest())
"""


def test_the_same_texts_give_the_same_tokenizer_in_every_process():
    runs = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in range(3)
    ]
    assert len(runs[0].split()) == 9
    assert runs[0] == runs[1] == runs[2]


def test_numbers_fit_an_int32():
    trained = tokens.train(TEXTS, "word", 100, 1)
    assert np.array(tokens.encode("the cat", trained, 9), np.int32).tolist()


def test_numbers_go_back_to_their_units():
    tokenizer = tokens.train(["red bird sings"] * 3, "word", 100, 1)
    numbers = tokens.encode("bird red cow", tokenizer, 8)
    assert tokens.pieces(numbers, tokenizer) == ["bird", "red", tokens.UNKNOWN]
