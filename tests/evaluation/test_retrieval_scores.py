import numpy as np
import pytest
from sklearn import metrics

from homodal.evaluation.retrieval_scores import (
    by_chance,
    names,
    places_of,
    retrieval_figures,
    retrieval_scores,
)


def unit(rows, width=4, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(rows, width))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_they_are_sklearns():
    query, gallery = unit(60), unit(60, seed=1) + unit(60)
    gallery /= np.linalg.norm(gallery, axis=1, keepdims=True)
    own = np.arange(60)
    found = retrieval_scores(query, gallery, own)
    assert list(found) == names(60) == ["recall@1", "recall@5", "recall@10", "mrr"]
    likeness = query @ gallery.T
    for k in (1, 5, 10):
        wanted = metrics.top_k_accuracy_score(own, likeness, k=k, labels=own)
        assert found[f"recall@{k}"]["value"] == pytest.approx(wanted)
    wanted = metrics.label_ranking_average_precision_score(np.eye(60), likeness)
    assert found["mrr"]["value"] == pytest.approx(wanted)
    for entry in found.values():
        assert entry["low"] < entry["value"] < entry["high"]


def test_one_place_for_everything_finds_as_much_as_chance():
    same = np.tile([[1.0, 0.0]], (20, 1))
    found = retrieval_scores(same, same, np.arange(20))
    for name, value in by_chance(20).items():
        assert found[name]["value"] == pytest.approx(value)
    assert by_chance(20)["recall@5"] == 0.25
    assert by_chance(2)["mrr"] == 0.75


def test_copies_of_the_right_one_share_its_place():
    """Two rows of one text: each is found first half of the time, second surely."""
    gallery = np.array([[1.0, 0], [1.0, 0], [0, 1.0]])
    before, equal = places_of(gallery, gallery, np.arange(3))
    assert (before.tolist(), equal.tolist()) == ([0, 0, 0], [2, 2, 1])
    figures = retrieval_figures(before, equal, 3)
    np.testing.assert_allclose(figures["recall@1"], [0.5, 0.5, 1])
    np.testing.assert_allclose(figures["mrr"], [0.75, 0.75, 1])


def test_a_gallery_may_be_larger_and_queries_in_another_order():
    gallery = unit(30)
    found = retrieval_scores(gallery[[7, 3]], gallery, [7, 3])
    assert found["recall@1"]["value"] == 1
    assert retrieval_scores(gallery[[7, 3]], gallery, [3, 7])["recall@1"]["value"] == 0


def test_recall_at_more_than_there_are_tells_nothing():
    assert names(5) == ["recall@1", "mrr"]
    assert list(by_chance(5)) == names(5)
