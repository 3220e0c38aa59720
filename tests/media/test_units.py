import pytest

from homodal.media import units

TEXTS = ["bin blue at f two now", "set blue by a two soon", "lay white in f zero now"]


@pytest.mark.parametrize("kind", units.KINDS)
def test_units_of_the_training_texts_spell_them_again(kind):
    vocabulary = tuple(units.learn(TEXTS, kind, 100))
    assert list(vocabulary) == sorted(set(vocabulary))
    for text in TEXTS:
        said = [vocabulary[place] for place in units.encode(text, vocabulary, kind)]
        words = [units.spelled([said[i] for i in word]) for word in units.parted(said)]
        assert " ".join(words) == text


def test_subwords_are_longer_than_letters_and_shorter_than_words():
    texts = ["playing and singing and playing"] * 20
    vocabulary = tuple(units.learn(texts, "subword", 40))
    numbers = [len(units.encode(texts[0], vocabulary, kind)) for kind in units.KINDS]
    letters = len(texts[0])
    assert len(texts[0].split()) <= numbers[1] < letters


@pytest.mark.parametrize("kind", units.KINDS)
def test_what_no_unit_stands_for_is_left_out(kind):
    vocabulary = tuple(units.learn(TEXTS, kind, 100))
    known, strange = (
        units.encode(text, vocabulary, kind) for text in ("bin now", "bin QQ now")
    )
    assert [v for v in strange if vocabulary[v] != " "] == [
        v for v in known if vocabulary[v] != " "
    ]


def test_the_rarest_go_first():
    assert units.learn(["aab", "abc"], "character", 2) == ["a", "b"]
    assert units.learn(["aab", "abc"], "character", 9, min_count=2) == ["a", "b"]
