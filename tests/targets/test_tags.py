import numpy as np
import pytest

from homodal.errors import BadCell, PartError, TargetError
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
    with pytest.raises(PartError, match=r"one of: bio, bioes, plain\. Got iob"):
        Tags("iob")
