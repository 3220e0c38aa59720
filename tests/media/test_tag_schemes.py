from collections import Counter

import pytest

from homodal.media.tag_schemes import recognise_scheme


def seen(*rows, **named):
    return recognise_scheme([row.split() for row in rows], **named)


def test_it_is_the_scheme_to_which_most_rows_keep():
    assert seen("B-a I-a O", "O B-a")[:2] == ("bio", "B-type")
    assert seen("I-a I-a O", "I-a B-a")[:2] == ("iob1", "B-type")
    assert seen("B-a E-a O", "S-a", "B-a I-a E-a")[:2] == ("bioes", "B-type")
    # one S among tags of BIO is a slip, not another scheme
    found = seen(*["B-a I-a O", "B-a O O"] * 20, "S-a O")
    assert (found.scheme, found.misfits) == ("bio", Counter({"S-a": 1}))


def test_a_type_may_hold_the_sign_between():
    assert seen("B-from-to I-from-to O")[:2] == ("bio", "B-type")
    assert seen("from_to_B from_to_I O")[:2] == ("bio", "type_B")


def test_letters_alone_must_keep_to_their_scheme():
    assert seen(*["B I O", "O B O"] * 5)[:2] == ("bio", "B")
    assert seen(*["E I O", "I E S", "O E B"] * 5) is None


def test_types_alone_need_words_outside_and_must_be_few():
    assert seen(*["O O LOC LOC O PER"] * 5)[:2] == ("io", "type")
    assert seen(*["NOUN VERB NOUN"] * 5) is None
    assert seen(*[f"O captain{row} my{row} ship{row}" for row in range(9)]) is None


@pytest.mark.parametrize("rows", [(), ("O O",), ("B-a B-a",), ("x y z",)])
def test_too_little_is_no_scheme(rows):
    assert seen(*rows) is None


def test_what_is_named_is_not_sought():
    assert seen("B-a I-a", "O I-a", scheme="iob1").scheme == "iob1"
    assert seen("a/B a/I O", form="type/B")[:2] == ("bio", "type/B")
    found = seen("I-a B-a O O O O O O O", scheme="io")
    assert found is None or found.misfits == Counter({"B-a": 1})


def test_it_describes_itself():
    assert seen("B-a I-a O").describe() == "BIO"
    assert seen("u-a o").describe() == "BILOU written like 'b-type'"
