import numpy as np
import pytest

from homodal.media import repairs
from homodal.modalities.category import Category


def learned(cells, **options):
    modality = Category(**options)
    return modality, modality.learn(modality.read(cell) for cell in cells)


def encode(modality, facts, cell):
    return modality.encode(modality.read(cell), facts).item()


def test_categories_are_numbered_from_one_and_unknown_is_zero():
    modality, facts = learned(["b", "a", "c", "a"])
    assert facts == {"categories": ["a", "b", "c"]}
    assert [encode(modality, facts, cell) for cell in "abcd"] == [1, 2, 3, 0]


def test_one_rule_for_all_ways_to_write_a_name():
    modality, facts = learned([1, "1.0", 2.0, True])
    assert facts["categories"] == ["1", "2", "true"]
    assert encode(modality, facts, "TRUE") == 3


def test_only_the_commonest_are_learned():
    modality, facts = learned(["c", "c", "b", "b", "a", "d"], max_categories=3)
    assert facts["categories"] == ["a", "b", "c"]  # of equals, the first by name
    assert encode(modality, facts, "d") == 0


def test_an_unknown_category_is_said():
    modality, facts = learned(["a", "a", "b", "b", "c"], max_categories=2)
    for cell, noted in (
        ("c", ["unknown category: 'c'"]),
        (" a ", []),
        ("A", ["unknown category: 'A'"]),
    ):
        with repairs.noted() as notes:
            encode(modality, facts, cell)
        assert notes == noted


def test_rare_categories_count_as_unknown_where_that_is_told():
    modality, facts = learned(["a", "a", "b", "1", "1.0"], min_count=2)
    assert facts["categories"] == ["1", "a"]
    assert encode(modality, facts, "b") == 0
    assert learned(["a", "b"], min_count=2)[1]["categories"] == []


@pytest.mark.parametrize(
    ("cells", "own"),
    [
        (["red", "green", "blue"] * 10, True),
        (["Smileys & Emotion", "People & Body", "Objects"] * 10, True),
        ([True, False] * 10, True),
        ([0, 1] * 10, True),
        (["same"] * 10, True),
        ([1, 2, 3, 4, 5] * 10, False),
        ([f"name {i}" for i in range(30)], False),
        (["a b c d e f g h"] * 10, False),
    ],
)
def test_recognise(cells, own):
    assert (Category().recognise(cells).confidence > 0.5) is own


def test_encoded_is_one_int32():
    modality, facts = learned(["a"])
    encoded = modality.encode(modality.read("a"), facts)
    assert encoded.dtype == np.int32
    assert encoded.shape == (1,)
