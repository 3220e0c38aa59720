"""Bags of runs of tokens are the TF-IDF that scikit-learn computes."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from homodal.plain.ngrams import Ngrams

TEXTS = ["a b a c", "b a b a", "c c a b", "a b", "d a c", "a b a c"]


def numbered(text):
    return np.array([" abcd".index(token) for token in text.split()], np.int32)


@pytest.mark.parametrize("longest", [1, 2, 3])
def test_a_bag_is_tf_idf(longest):
    cells, there = [numbered(text) for text in TEXTS], np.ones(len(TEXTS), bool)
    features = Ngrams(tokens=5, longest=longest)
    learned = features.learn(cells, there)
    own = features.matrix(cells, there, learned) @ np.eye(
        features.size(learned), dtype=np.float32
    )
    other = TfidfVectorizer(
        token_pattern=r"\w", ngram_range=(1, longest), min_df=2, sublinear_tf=True
    ).fit_transform(TEXTS)
    assert own.shape == other.shape
    # the same products between rows, whatever the order of the runs
    np.testing.assert_allclose(own @ own.T, (other @ other.T).toarray(), atol=1e-5)


def test_unknown_runs_and_absent_cells_add_nothing():
    cells = [numbered("a b"), numbered("a b"), numbered("c d")]
    features = Ngrams(tokens=5)
    learned = features.learn(cells, np.array([True, True, False]))
    matrix = features.matrix(
        [numbered("d d"), None, numbered("a")], np.array([True, False, True]), learned
    )
    kernel = np.ones((features.size(learned), 1), np.float32)
    np.testing.assert_allclose(matrix @ kernel, [[0], [0], [1]], atol=1e-6)


def test_of_rows_with_several_numbers_the_first_is_the_token():
    several = [np.stack([numbered(text)] * 3, axis=1) for text in TEXTS]
    there = np.ones(len(TEXTS), bool)
    learned = Ngrams(5).learn(several, there)
    plain = Ngrams(5).learn([numbered(text) for text in TEXTS], there)
    np.testing.assert_array_equal(learned["keys"], plain["keys"])


def test_where_no_run_is_repeated_all_are_kept():
    cells, there = [numbered("a b"), numbered("c d")], np.ones(2, bool)
    features = Ngrams(tokens=5)
    assert features.size(features.learn(cells, there)) == 6


def test_long_runs_of_large_vocabularies_stay_within_whole_numbers():
    cell = np.array([999_999, 999_999, 999_999, 999_999], np.int32)
    learned = Ngrams(tokens=1_000_000, longest=9).learn([cell], np.ones(1, bool))
    assert len(learned["keys"]) == 3 and (learned["keys"] > 0).all()
