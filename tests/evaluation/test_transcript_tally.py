import pytest

from homodal.evaluation.transcript_tally import TranscriptTally


@pytest.fixture
def tally():
    made = TranscriptTally(None)
    made.add({"text": ["bin blue now", "set red"]}, ["bin blue now", None])
    made.add({"text": ["bin red now at"]}, ["bin blue now"])
    return made


def test_scores_are_of_the_rows_with_an_answer(tally):
    assert (tally.rows, tally.unlabelled) == (3, 1)
    assert tally.right.tolist() == [True, False]
    quick = tally.quick()
    assert list(quick) == ["wer", "cer", "sentences"]
    assert quick["wer"] == pytest.approx(2 / 6)
    assert quick["sentences"] == 0.5
    assert {n: s["value"] for n, s in tally.scores().items()} == pytest.approx(quick)


def test_details_list_the_errors(tally):
    tally.add({"text": ["red bin"]}, ["blue bin soon"])
    errors = tally.details()["errors"]
    assert errors["words"] == 9
    assert errors["substituted"] == [["blue", "red", 2]]
    assert errors["inserted"] == [["at", 1]]
    assert errors["deleted"] == [["soon", 1]]
    assert (errors["substitutions"], errors["deletions"]) == (2, 1)
    assert TranscriptTally(None).details() == {}


def test_a_guess_is_scored_like_an_answer(tally):
    always = TranscriptTally(None)
    always.add(always.repeated("a b", 2), ["a b", "a c"])
    assert always.quick()["wer"] == 0.25
