import numpy as np
import pytest

from homodal.errors import BadCell, PartError, TargetError
from homodal.media import spans
from homodal.targets.tags import Tags

VALUES = ["B-a I-a O", "O", "O B-b"]
FACTS = Tags().learn(VALUES)


@pytest.mark.parametrize(
    ("cells", "scheme", "confidence"),
    [
        (["O B-a I-a", "O O"] * 5, "bio", 0.97),
        (["O B-a E-a", "S-a O"] * 5, "bioes", 0.97),
        ([["O", "B-a"], ["O"]] * 5, "bio", 0.3),
        (["O", "B-a"] * 5, "bio", 0.3),
        (["DET NOUN VERB", "DET NOUN"] * 10, "plain", 0.3),
        ([f"word{i} word{i + 1}" for i in range(20)], "plain", 0.1),
    ],
)
def test_the_scheme_is_recognised(cells, scheme, confidence):
    found = Tags().recognise(cells)
    assert found.options == {"scheme": scheme}
    assert found.confidence == confidence


def test_a_cell_is_a_text_or_a_list():
    assert Tags().read(" O  B-a ") == Tags().read(["O", "B-a"]) == "O B-a"
    assert Tags().read(np.array(["O", "B-a"])) == "O B-a"
    with pytest.raises(BadCell, match="has spaces"):
        Tags().read(["O", "B-a I-a"])
    with pytest.raises(BadCell, match="'NOUN' is no tag of BIO"):
        Tags().read("O NOUN")
    assert Tags("plain").read("DET NOUN") == "DET NOUN"


def test_facts_are_the_tags_and_the_longest_row():
    assert FACTS == {"tags": ["B-a", "B-b", "I-a", "O"], "steps": 3, "common": "O"}
    assert Tags("plain").learn(["x y y"])["common"] == "y"


def test_encoded_rows_are_of_one_length():
    encode = Tags().encode
    assert encode("O B-b", FACTS).tolist() == [3, 1, -1]
    assert encode("O B-new O O O", FACTS).tolist() == [3, -1, 3]
    assert Tags().blank(FACTS).tolist() == [-2, -2, -2]


def sure(*rows):
    """Logits that are sure of these tags, a text a row."""
    steps = max(len(row.split()) for row in rows)
    logits = np.full((len(rows), steps, 5), -1e4, np.float32)
    logits[..., -1] = 0.0
    for row, tags in enumerate(rows):
        for step, tag in enumerate(tags.split()):
            logits[row, step] = [*np.zeros(4), -1e4]
            logits[row, step, FACTS["tags"].index(tag)] = 9.0
    return logits


def test_an_answer_has_as_many_tags_as_the_row_has_words():
    found = Tags().decode(sure("O B-b O", "B-a I-a", "O"), FACTS)
    assert found["tags"] == ["O B-b O", "B-a I-a", "O"]
    assert [len(row) for row in found["confidence"]] == [3, 2, 1]
    assert found["confidence"][0][0] == pytest.approx(np.exp(9) / (np.exp(9) + 3))


def test_an_answer_keeps_to_the_scheme():
    logits = sure("O I-a", "B-b I-a")
    assert Tags().decode(logits, FACTS)["tags"][0] in ("B-a I-a", "O O", "O B-a")
    assert Tags("plain").decode(logits, FACTS)["tags"] == ["O I-a", "B-b I-a"]
    assert "I-a" not in Tags().decode(logits, FACTS)["tags"][1].split("B-a")[0]


def test_a_row_without_words_has_no_tags():
    logits = np.full((1, 2, 5), -1e4)
    logits[..., -1] = 0
    assert Tags().decode(logits, FACTS) == {"tags": [""], "confidence": [[]]}


def test_one_tag_only_is_nothing_to_learn():
    with pytest.raises(TargetError, match=r"all alike.*Got O"):
        Tags().learn(["O O", "O"])


def test_an_unknown_scheme_is_refused():
    with pytest.raises(PartError, match=r"one of: bilou, .*, plain\. Got iob"):
        Tags("iob")
    with pytest.raises(PartError, match=r"form of target 'tags'.*type_B.*Got B~type"):
        Tags("bio", form="B~type")


@pytest.mark.parametrize(
    ("row", "options"),
    [
        ("O I-a I-a B-a", {"scheme": "iob1"}),
        ("I-a I-b O", {"scheme": "io"}),
        ("U-a B-b I-b L-b", {"scheme": "bilou"}),
        ("S-a B-b M-b E-b", {"scheme": "bmes"}),
        ("W-a B-b M-b E-b O", {"scheme": "bmewo"}),
        ("a-B a-I O", {"scheme": "bio", "form": "type-B"}),
        ("B_a I_a O", {"scheme": "bio", "form": "B_type"}),
        ("b-a i-a o", {"scheme": "bio", "form": "b-type"}),
        ("a:u o a:b a:l", {"scheme": "bilou", "form": "type:b"}),
        ("B I O O B", {"scheme": "bio", "form": "B"}),
        ("o i i o", {"scheme": "io", "form": "b"}),
        ("B M E S", {"scheme": "bmes", "form": "B"}),
        ("LOC LOC O PER O O", {"scheme": "io", "form": "type"}),
        ("N V D I N", {"scheme": "plain"}),
        ("DET NOUN VERB", {"scheme": "plain"}),
    ],
)
def test_every_scheme_and_form_is_recognised_for_what_it_is(row, options):
    found = Tags().recognise([row, row] * 5)
    assert found.options == options
    reader = Tags(**found.options)
    assert reader.read(row) == row
    facts = reader.learn([row])
    assert facts["tags"] == sorted(set(row.split()))
    if options["scheme"] != "plain":
        assert found.confidence > 0.5
        with pytest.raises(BadCell, match=r"'B~x' is no tag of .*plain takes any"):
            Tags("bio").read("O B~x")


def test_one_mistyped_tag_changes_no_scheme_and_is_named():
    rows = ["B-a I-a O O", "O B-b", "O O O"] * 30
    for odd in ("B_a", "b-a", "o", "O-", "X-a", "PER"):
        found = Tags().recognise([*rows, f"O {odd}"])
        assert found.options == {"scheme": "bio"} and found.confidence == 0.97
        assert (
            f"1 of the words have a tag that is not of it, such as '{odd}'" in found.why
        )
        with pytest.raises(BadCell, match=f"'{odd}' is no tag of BIO"):
            Tags(**found.options).read(f"O {odd}")
    # where a fifth of the tags is of another kind, nothing is a slip of the pen
    assert Tags().recognise(["NOUN VERB B-a"] * 9).options == {"scheme": "plain"}


def test_a_few_spans_that_i_begins_are_slips_and_most_are_iob1():
    bio = ["B-a I-a O", "B-b O"] * 20
    assert Tags().recognise([*bio, "O I-a"]).options == {"scheme": "bio"}
    iob1 = ["I-a I-a O", "I-b O", "I-a B-a"] * 20
    assert Tags().recognise([*iob1, "B-b O"]).options == {"scheme": "iob1"}


def test_a_scheme_that_is_told_is_kept():
    assert Tags("iob1").recognise(["B-a O", "I-a O"] * 5).options == {"scheme": "iob1"}
    assert Tags("plain").recognise(["B-a O"] * 5).options == {"scheme": "plain"}


@pytest.mark.parametrize("cell", [["1", "0"], [1, 0], np.array([1, 0]), "[1, 0]"])
def test_tags_may_be_numbers_in_a_list(cell):
    assert Tags("plain").read(cell) == "1 0"


def test_tags_may_be_a_list_that_a_text_writes():
    assert Tags().read('["O", "B-a"]') == Tags().read("['O', 'B-a']") == "O B-a"
    with pytest.raises(BadCell, match=r"not a tag: 1\.5"):
        Tags("plain").read([1.5, 2.0])


@pytest.mark.parametrize(
    ("rows", "options", "begun_inside"),
    [
        (["O I-a B-a", "I-b O"], {"scheme": "iob1"}, "I-a"),
        (["O I-a I-a"], {"scheme": "io"}, "I-a"),
        (["O a-B a-I"], {"scheme": "bio", "form": "type-B"}, None),
        (["o u-a b-a l-a"], {"scheme": "bilou", "form": "b-type"}, None),
    ],
)
def test_an_answer_keeps_to_any_scheme(rows, options, begun_inside):
    reader = Tags(**options)
    facts = reader.learn(rows)
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 3, (50, 4, len(facts["tags"]) + 1))
    logits[..., -1] = -1e4
    answers = [tags.split() for tags in reader.decode(logits, facts)["tags"]]
    form = options.get("form", spans.FORM)
    assert all(spans.is_allowed(each, options["scheme"], form) for each in answers)
    assert reader.guess(facts) == rows[0].split()[0]
    if begun_inside:  # as IOB2 forbids
        assert any(each[0] == begun_inside for each in answers)
