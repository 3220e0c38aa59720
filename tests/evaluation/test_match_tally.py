import numpy as np
import pytest

from homodal.data.preparation import PreparedTarget
from homodal.evaluation.match_tally import MatchTally


@pytest.fixture
def tally():
    return MatchTally(PreparedTarget("match", "match", {}, {"names": ["a", "b"]}))


def test_each_column_is_looked_for_by_the_other(tally):
    eye = np.eye(3).tolist()
    tally.add({"a": eye[:2], "b": [eye[0], eye[1]]}, [True, True])
    tally.add({"a": eye[2:], "b": [eye[1]]}, [True])  # not its own
    assert tally.rows == 3
    scores = tally.scores()
    assert next(iter(scores)) == "mrr"
    # a to b: row 0 first; row 1 shares with row 2; for row 2 all are as far
    assert scores["a to b: recall@1"]["value"] == pytest.approx((1 + 0.5 + 1 / 3) / 3)
    # b to a: rows 0 and 1 first; row 2 behind row 1, level with row 0
    assert scores["b to a: recall@1"]["value"] == pytest.approx(2 / 3)
    every = [scores[f"{way}: mrr"]["value"] for way in ("a to b", "b to a")]
    assert scores["mrr"]["value"] == pytest.approx(np.mean(every))
    assert tally.quick() == {"mrr": pytest.approx(np.mean(every))}
    chance = tally.details()["chance"]
    assert chance["a to b: recall@1"] == pytest.approx(1 / 3)
    assert chance["mrr"] == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert set(chance) == set(scores)


def test_rows_that_lack_a_column_are_no_queries_but_may_be_found(tally):
    eye = np.eye(3).tolist()
    tally.add({"a": [eye[0], None], "b": [eye[0], eye[0]]}, [True, True])
    assert tally.details()["queries"] == {"a to b": 1, "b to a": 1}
    assert tally.scores()["a to b: recall@1"]["value"] == 0.5
    assert tally.scores()["b to a: mrr"]["value"] == 1


def test_without_a_pair_there_is_no_score(tally):
    assert np.isnan(tally.scores()["mrr"]["value"])
    assert tally.quick() == {"mrr": 0.0}
    assert tally.details() == {}
