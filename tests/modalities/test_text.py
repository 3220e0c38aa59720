import numpy as np
import pytest

from homodal.errors import BadCell, PartError
from homodal.media import repairs
from homodal.modalities.text import Text

TEXTS = ["The cat sat.", "The dog sat.", "A cat and a dog", "the end"] * 2


def prepared(texts=TEXTS, **options):
    modality = Text(**options)
    arrays = [modality.read(text) for text in texts]
    return modality, modality.learn(iter(arrays))


def encode(modality, facts, text):
    return modality.encode(modality.read(text), facts).tolist()


def test_read_cleans_and_lowers():
    assert Text().read("  The\tCAT\x00 ").item() == "the cat"
    assert Text(lower=False).read("The CAT").item() == "The CAT"
    assert Text().read(3.5).item() == "3.5"


@pytest.mark.parametrize("cell", ["", " \n ", "\x00\x07"])
def test_a_text_without_letters_is_a_bad_cell(cell):
    with pytest.raises(BadCell, match="no letters in the text"):
        Text().read(cell)


@pytest.mark.parametrize(
    "cell", [b"bytes", None, ["a", 1], ["a", None], [["a"]], np.ones(3)]
)
def test_what_is_no_text_is_a_bad_cell(cell):
    with pytest.raises(BadCell, match="not a text"):
        Text().read(cell)


def test_facts_say_how_long_texts_are_and_how_many_were_cut():
    long = "cat " * 50
    modality, facts = prepared([*TEXTS, long, long], max_tokens=20)
    assert facts["steps"] == 20
    assert facts["cut"] == 2
    assert len(encode(modality, facts, long)) == 20


def test_steps_follow_the_data_and_cut_later_texts():
    modality, facts = prepared(units="word")
    assert facts["steps"] == 8  # five words at most, rounded up
    assert facts["cut"] == 0
    assert len(encode(modality, facts, "cat " * 50)) == 8


def test_the_number_of_tokens_bounds_the_numbers():
    for units in ("subword", "word", "character"):
        modality, facts = prepared(units=units, min_count=1)
        numbers = {n for text in TEXTS for n in encode(modality, facts, text)}
        assert max(numbers) == facts["tokens"] - 1 or units == "subword"
        assert 2 <= min(numbers) <= max(numbers) < facts["tokens"]


def test_unknown_words_are_one_and_rare_ones_too():
    modality, facts = prepared(units="word", min_count=3)
    assert encode(modality, facts, "zebra") == [1]
    assert encode(modality, facts, "end") == [1]
    assert encode(modality, facts, "cat")[0] > 1


def test_upper_case_matters_only_when_asked_for():
    modality, facts = prepared()
    assert encode(modality, facts, "CAT") == encode(modality, facts, "cat")
    modality, facts = prepared(lower=False)
    assert encode(modality, facts, "The") != encode(modality, facts, "the")


def test_a_million_characters_are_read_up_to_a_bound():
    modality, facts = prepared(max_tokens=16)
    array = modality.read("cat " * 250_000)
    assert len(array.item()) <= 131_072
    assert len(modality.encode(array, facts)) == facts["steps"]
    assert len(modality.read("\ufdfa" * 10**6).item()) == 131_072  # 18 letters each


@pytest.mark.parametrize("text", ["\U0001f600" * 9, "\u202eabc", "\u0627", "[PAD]"])
def test_odd_texts_are_encoded(text):
    modality, facts = prepared()
    assert min(encode(modality, facts, text)) >= 1


def test_jieba_finds_chinese_words():
    pytest.importorskip("jieba")
    texts = ["\u6211\u7231\u5317\u4eac", "\u5317\u4eac\u70e4\u9e2d"] * 3
    modality, facts = prepared(texts, units="word", segment="jieba")
    whole, whole_facts = prepared(texts, units="word")
    assert len(encode(modality, facts, "\u5317\u4eac")) == 1
    assert encode(modality, facts, "\u5317\u4eac")[0] > 1
    assert encode(whole, whole_facts, "\u5317\u4eac") == [1]


@pytest.mark.parametrize(
    ("cells", "own"),
    [
        ([f"how far is it to town number {i}" for i in range(50)], True),
        ([f"\u54cd\u6cb9\u9cdd\u4e1d{chr(0x4E00 + i)}" for i in range(50)], True),
        (["bin blue at f five again", "set red by k two now"] * 25, True),
        (["north", "south", "east"] * 20, False),
        ([f"images/{i:04}.png" for i in range(50)], False),
        ([f"https://example.org/{i}" for i in range(50)], False),
        ([f"bbaf{i}a" for i in range(50)], False),
        ([str(i / 7) for i in range(50)], False),
        ([float(i) for i in range(50)], False),
    ],
)
def test_recognise(cells, own):
    assert (Text().recognise(cells).confidence > 0.5) is own


@pytest.mark.parametrize(
    ("options", "match"),
    [({"units": "words"}, r"Option 'units' .* Did you mean 'word'\?"),
     ({"segment": "yes"}, r"Option 'segment' .* one of: jieba, none"),
     ({"max_tokens": 0}, r"Option 'max_tokens' .* from 1 to 4096\. Got 0"),
     ({"vocabulary": 1.5}, "Option 'vocabulary'"), ({"min_count": True}, "min_count")],
)  # fmt: skip
def test_wrong_options_are_named(options, match):
    with pytest.raises(PartError, match=match):
        Text(**options)


def test_encoded_numbers_are_int32():
    modality, facts = prepared()
    assert modality.encode(np.array("cat"), facts).dtype == np.int32


@pytest.mark.parametrize(
    "text, units",
    [
        ("how far is it from denver to aspen", "word"),
        ("这是一道经典的江浙沪家常菜肴，蒜香浓郁", "character"),
        ("ฉันชอบกินข้าวผัดกับไก่", "character"),
        ("fahre bitte zum Bahnhof", "word"),
    ],
)
def test_units_fit_the_script(text, units):
    cells = [f"{text} {number}" for number in range(20)]
    options = Text().recognise(cells).options
    assert options.pop("max_tokens", None) == (256 if units == "character" else None)
    assert options == {"units": units}


def test_where_jieba_finds_the_words_their_pieces_are_the_units():
    cells = [f"这是一道经典的家常菜肴 {number}" for number in range(20)]
    assert Text(segment="jieba").recognise(cells).options == {"units": "subword"}


def test_control_characters_are_noted_and_plain_white_space_is_not():
    for cell, noted in (
        ("a\x00b", 1),
        ("a\ud800b", 1),
        ("a\x1b[31mb", 1),
        ("a\n\tb", 0),
    ):
        with repairs.noted() as found:
            assert Text().read(cell).item().startswith("a ")
        assert len(found) == noted


def test_spelled_text_has_one_step_for_each_word_between_spaces():
    modality, facts = prepared(units="spelled", min_count=1)
    numbers = modality.encode(modality.read("the Cat's 30\u5206, zebra"), facts)
    assert numbers.shape == (4, modality.shape(facts)[1])
    assert numbers.dtype == np.int32
    assert numbers.max() < facts["tokens"]
    assert numbers[3, 0] == 1  # a word that training has not seen
    assert modality.read("d\u00b4or \u200b").item() == "d\u0301or [UNK]"


def test_spelled_text_is_cut_at_max_tokens_only():
    modality, facts = prepared(units="spelled", max_tokens=20)
    assert len(modality.encode(modality.read("cat " * 15), facts)) == 15
    assert len(modality.encode(modality.read("cat " * 50), facts)) == 20
    assert facts["cut"] == 0
    assert prepared(["a " * 21], units="spelled", max_tokens=20)[1]["cut"] == 1


def notes_of(modality, facts, cell):
    with repairs.noted() as notes:
        modality.encode(modality.read(cell), facts)
    return notes


@pytest.mark.parametrize("units", ["word", "subword", "character", "spelled"])
def test_a_text_that_is_cut_is_said(units):
    modality, facts = prepared(["a cat"] * 20, units=units, max_tokens=5)
    most = facts["steps"]
    assert not notes_of(modality, facts, "a cat")
    noted = notes_of(modality, facts, "a cat " * 20)
    assert noted == [f"cut at {most} tokens: it is longer"]


def test_a_text_of_very_long_words_is_cut_and_said():
    modality, facts = prepared(units="word")
    long = " ".join(["cat" * 60] * 8)
    assert len(modality.encode(modality.read(long), facts)) <= facts["steps"]
    assert "cut at 8 tokens: it is longer" in notes_of(modality, facts, long)


def test_a_text_over_the_read_limit_is_said():
    modality, facts = prepared()
    noted = notes_of(modality, facts, "cat " * 40_000)
    assert noted[0] == "cut at 131,072 characters: it is longer"


@pytest.mark.parametrize("units", ["word", "subword", "character", "spelled"])
def test_a_text_of_which_no_token_is_known_is_said(units):
    modality, facts = prepared(units=units)
    assert notes_of(modality, facts, "\u0436\u0444") == [
        "no known token: '\u0436\u0444'"
    ]
    assert not notes_of(modality, facts, "the \u0436\u0444")


def test_a_list_of_words_is_a_text():
    cells = [["fly", "from", "rome"], ["fly", "to", "oslo"]] * 10
    evidence = Text().recognise(cells)
    assert evidence.confidence > 0.5 and evidence.options == {"units": "word"}
    assert "20 of 20 cells are lists of words" in evidence.why
    assert Text().read(["Fly", "to", "", "Oslo"]).item() == "fly to oslo"
    assert Text().read(np.array(["Fly", "to"])).item() == "fly to"
    assert Text().recognise([["a.png", "b.png"]] * 9 + [[1, 2]]).confidence > 0.5
    assert Text().recognise([["a", 1]] * 9).confidence == 0


def test_each_of_a_list_is_one_word_where_words_are_spelled():
    spelled = Text(units="spelled")
    with repairs.noted() as notes:
        text = spelled.read(["Fly", "New York", "", "\x07", "now"]).item()
    assert text.split(" ") == ["fly", "newyork", "[UNK]", "[UNK]", "now"]
    assert notes[0] == "a word with a space within: 'New York'"
    with repairs.noted() as notes:
        assert spelled.read(["fly", "now"]).item() == spelled.read("Fly  now").item()
    assert notes == []
