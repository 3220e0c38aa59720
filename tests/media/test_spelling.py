import json

import numpy as np
import pytest

from homodal.media import spelling, tokens

TEXTS = ["the cat sat", "the dog sat", "a cat and a dog"] * 2


@pytest.mark.parametrize(
    "text",
    ["a b", " a  b ", "d\u00b4or and", "a \u200b b", "a\u00a0b", "caf\u00e9 \uff21"],
)
def test_there_is_one_word_for_each_between_spaces(text):
    found = spelling.parted(text)
    assert len(found) == len(text.split())
    assert all(word and " " not in word for word in found)


def test_words_are_cleaned():
    assert spelling.parted("The \uff23AT", lower=True) == ["the", "cat"]
    assert spelling.parted("a \u200b") == ["a", tokens.UNKNOWN]


def test_ngrams_mark_the_ends_and_see_digits_alike():
    assert spelling.ngrams("in") == ["<in", "in>", "<in>"]
    assert spelling.ngrams("1987") == spelling.ngrams("2015")
    assert len(spelling.ngrams("a" * 50)) == spelling.PIECES


def test_each_word_has_its_own_number_and_those_of_its_ngrams():
    trained = spelling.train(TEXTS, 100, 1)
    numbers = spelling.encode("the cat", trained, 9)
    assert numbers.shape == (2, 1 + spelling.PIECES) and numbers.dtype == np.int32
    assert (numbers[:, 0] > 1).all() and numbers.max() < spelling.size(trained)
    assert numbers[0, 1:].astype(bool).sum() == len(spelling.ngrams("the"))
    words = json.loads(trained)["words"]
    assert set(numbers[:, 1:].ravel()) & set(range(2, 2 + len(words))) == set()


def test_an_unknown_word_is_one_and_still_has_pieces():
    trained = spelling.train(TEXTS, 100, 1)
    known, unknown = spelling.encode("cat cats", trained, 9)
    assert unknown[0] == 1
    assert set(unknown[1:]) & set(known[1:]) - {0}
    assert spelling.encode("\u732b", trained, 9).tolist() == [
        [1] + [0] * spelling.PIECES
    ]


def test_rare_words_are_unknown_and_only_the_first_are_read():
    trained = spelling.train([*TEXTS, "zebra"], 100, 2)
    assert spelling.encode("zebra", trained, 9)[0, 0] == 1
    assert len(spelling.encode("cat " * 9 + "cat", trained, 4)) == 4


def test_there_are_never_more_than_asked_for():
    saved = json.loads(spelling.train(TEXTS, 3, 1))
    assert len(saved["words"]) == len(saved["ngrams"]) == 3


def test_the_order_of_texts_never_matters():
    assert spelling.train(TEXTS, 100, 1) == spelling.train(TEXTS[::-1], 100, 1)


def test_numbers_go_back_to_words():
    trained = spelling.train(TEXTS, 100, 1)
    numbers = spelling.encode("cat zebra", trained, 9)
    assert spelling.spelled(numbers, trained) == ["cat", tokens.UNKNOWN]


def test_nothing_to_learn_from_leaves_two_numbers():
    assert spelling.size(spelling.train([], 100, 2)) == 2
