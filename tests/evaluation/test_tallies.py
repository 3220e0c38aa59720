import pytest

from homodal import parts
from homodal.data.preparation import PreparedTarget
from homodal.errors import HomodalError
from homodal.evaluation.tallies import tally_for

LABEL = {"classes": ["a", "b"], "counts": [2, 1]}
TAGS = {"tags": ["B-a", "O"], "steps": 2, "common": "O"}
LABELS = {"labels": ["a", "b"], "counts": [2, 1], "rows": 2, "commonest": ["a"]}
NUMBER = {"mean": 0.0, "deviation": 1.0, "median": 0.0}


TRANSCRIPT = {"commonest": "bin blue", "vocabulary": ["b"]}


@pytest.mark.parametrize(
    ("part", "facts"),
    [
        ("label", LABEL),
        ("number", NUMBER),
        ("labels", LABELS),
        ("transcript", TRANSCRIPT),
        ("tags", TAGS),
    ],
    ids=["label", "number", "labels", "transcript", "tags"],
)
def test_a_guess_is_scored_like_any_answer(part, facts):
    target = PreparedTarget("y", part, facts)
    tally = tally_for(target)
    guess = target.reader().guess(facts)
    tally.add(tally.repeated(guess, 3), [guess, guess, None])
    assert (tally.rows, tally.unlabelled) == (3, 1)
    assert next(iter(tally.quick().values())) in (0.0, 1.0)
    for measured in tally.scores().values():
        assert set(measured) == {"value", "low", "high"}


def test_every_target_has_a_tally():
    for name in parts.names("target"):
        if name == "several":
            continue
        assert tally_for(PreparedTarget("y", name, LABEL | LABELS | NUMBER | TAGS))


def test_a_strange_target_is_refused():
    with pytest.raises(HomodalError, match=r"'odd' cannot be scored\. Expected label"):
        tally_for(PreparedTarget("y", "odd", {}))
