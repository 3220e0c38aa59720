import pytest

from homodal.decoding.grammar import Grammar, pairs

TEXTS = [["at", "a"], ["by", "at"]]


def walked(grammar, units):
    place = grammar.start
    for unit in units:
        place = grammar.step(place, unit)
        if place is None:
            return None
    return grammar.complete(place)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("", True),
        ("at", True),
        ("a", True),
        ("b", False),
        ("at by", True),
        ("at  by", None),
        ("ab", None),
        ("by t", None),
    ],
)
def test_words_of_a_list_in_any_order(said, wanted):
    grammar = Grammar(["a", "at", "by"], list, " ")
    assert walked(grammar, said) is wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [("at a", True), ("by at", True), ("at", True), ("a", False), ("by a", False)],
)
def test_words_only_after_those_they_followed(said, wanted):
    grammar = Grammar(pairs(TEXTS), list, " ")
    assert walked(grammar, said) is wanted


def test_marked_units_part_words_without_a_space():
    spell = {"at": ["_a", "t"], "a": ["_a"], "by": ["_by"]}.get
    grammar = Grammar(["a", "at", "by"], spell, None, {"_a", "_by"})
    assert walked(grammar, ["_a", "t", "_by"]) is True
    assert walked(grammar, ["_a", "_a", "t"]) is True
    assert walked(grammar, ["t"]) is None


def test_pairs_begin_and_end():
    assert pairs(TEXTS) == {"": ["at", "by"], "a": [""], "at": ["", "a"], "by": ["at"]}
