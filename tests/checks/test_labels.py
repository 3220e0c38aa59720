"""Findings about the answers: gaps, balance, contradictions, strangers."""

import numpy as np

from homodal.checks.check import check
from homodal.checks.labels import nearest


def kinds(found):
    return {finding.kind: finding for finding in found}


def test_rows_without_an_answer(found):
    assert found["no-answer", "label"].rows == (40,)


def test_rare_and_unbalanced_classes():
    labels = ["a"] * 80 + ["b"] * 20 + ["c"]
    table = {"x": np.random.default_rng(0).normal(size=101), "y": labels}
    found = kinds(check(table, target="y").findings)
    assert found["rare-classes"].rows == (101,)
    assert "'c' (1)" in found["rare-classes"].what
    assert "80" in found["unbalanced"].what


def test_one_class_is_an_error():
    table = {"x": np.arange(9) / 7, "y": ["a"] * 9}
    assert kinds(check(table, target="y").findings)["one-class"].severity == "error"


def test_equal_content_with_different_answers(found):
    finding = found["contradicting-labels", "picture"]
    assert {3, 4} <= set(finding.rows) or {8, 9} <= set(finding.rows)
    texts = ["the cat sat", "a dog ran far", "The cat sat!", "birds fly over us"] * 3
    labels = ["p", "q", "r", "q"] * 3
    table = {"t": texts, "y": labels}
    found = check(table, target="y", settings={"columns.t": "text"}).findings
    whys = [f.what for f in found if f.kind == "contradicting-labels"]
    assert any("nearly the same" in why for why in whys)


def test_nearest_by_cosine():
    vectors = np.array([[1, 0], [2, 0.1], [0, 1], [0.1, 3], [-1, 0]], np.float32)
    assert nearest(vectors, 1)[:4, 0].tolist() == [1, 0, 3, 2]


def test_a_planted_wrong_label_is_a_candidate():
    rng = np.random.default_rng(0)
    words = {
        "a": "sun moon star sky night".split(),
        "b": "cow hen pig barn hay".split(),
    }
    labels = ["ab"[i % 2] for i in range(120)]
    texts = [" ".join(rng.choice(words[label], 8)) for label in labels]
    labels[17] = "ab"[labels[17] == "a"]
    finding = kinds(check({"t": texts, "y": labels}, target="y").findings)[
        "label-noise"
    ]
    assert finding.rows == (18,)
    assert "row 18 'a' among 'b'" in finding.evidence[0]


def test_no_candidates_where_neighbours_tell_nothing():
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(list("abcdefgh"), 8)) for _ in range(120)]
    found = kinds(check({"t": texts, "y": ["p", "q"] * 60}, target="y").findings)
    assert "label-noise" not in found
