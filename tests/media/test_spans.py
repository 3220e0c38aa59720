import itertools

import numpy as np
import pytest

from homodal.media import spans

BIO = ["B-a", "I-a", "B-b", "I-b", "O"]
BIOES = [*(f"{p}-{k}" for k in "ab" for p in "BIES"), "O"]


def test_a_tag_has_a_prefix_and_a_type():
    assert spans.parted("B-from-to") == ("B", "from-to")
    assert spans.parted("O") == ("O", "")
    assert spans.fits("I-a", "bio") and not spans.fits("E-a", "bio")
    assert spans.fits("E-a", "bioes") and not spans.fits("-a", "bioes")
    assert not any(spans.fits(tag, "bio") for tag in ("B", "B-", "", "NOUN", "BI-a"))


@pytest.mark.parametrize(
    ("tags", "wanted"),
    [
        ("O B-a I-a O", [("a", 1, 2)]),
        ("B-a B-a I-b", [("a", 0, 0), ("a", 1, 1), ("b", 2, 2)]),
        ("I-a I-a", [("a", 0, 1)]),
        ("S-a B-b I-b E-b E-b", [("a", 0, 0), ("b", 1, 3), ("b", 4, 4)]),
        ("O", []),
    ],
)
def test_spans(tags, wanted):
    assert spans.spans_of(tags.split()) == wanted


@pytest.mark.parametrize("known", [BIO, BIOES], ids=["bio", "bioes"])
def test_spans_are_those_of_seqeval_whatever_the_tags(known):
    oracle = pytest.importorskip("seqeval.metrics.sequence_labeling")
    rng = np.random.default_rng(0)
    for _ in range(300):
        tags = list(rng.choice(known, rng.integers(1, 9)))
        assert spans.spans_of(tags) == oracle.get_entities(tags)


def is_allowed(tags, scheme):
    """By reading the tags back: nothing begins in the middle or is left open."""
    first, follows, last = spans.allowed(tags, scheme)
    places = range(len(tags))
    pairs = itertools.pairwise(places)
    return first[0] and last[len(tags) - 1] and all(follows[i, j] for i, j in pairs)


@pytest.mark.parametrize(
    ("tags", "scheme", "wanted"),
    [
        ("B-a I-a I-a O B-b", "bio", True),
        ("O I-a", "bio", False),
        ("B-a I-b", "bio", False),
        ("I-a", "bio", False),
        ("S-a B-a I-a E-a O", "bioes", True),
        ("B-a O", "bioes", False),
        ("B-a E-b", "bioes", False),
        ("O B-a", "bioes", False),
        ("E-a", "bioes", False),
        ("NOUN VERB", "plain", True),
    ],
)
def test_what_may_follow_what(tags, scheme, wanted):
    assert bool(is_allowed(tags.split(), scheme)) is wanted


@pytest.mark.parametrize(("known", "scheme"), [(BIO, "bio"), (BIOES, "bioes")])
def test_the_best_path_is_the_best_of_all_that_are_allowed(known, scheme):
    rng = np.random.default_rng(1)
    lengths = np.array([4, 2, 1, 3])
    scores = rng.normal(0, 2, (4, 4, len(known)))
    rules = first, follows, last = spans.allowed(known, scheme)
    got = spans.best_path(scores, lengths, *rules)
    for row, length in enumerate(lengths):
        best = max(
            (
                path
                for path in itertools.product(range(len(known)), repeat=int(length))
                if first[path[0]]
                and last[path[-1]]
                and all(follows[a, b] for a, b in itertools.pairwise(path))
            ),
            key=lambda path: sum(scores[row, t, y] for t, y in enumerate(path)),
        )
        assert tuple(got[row, :length]) == best
        assert not got[row, length:].any()


def test_where_nothing_is_allowed_each_word_has_its_best_tag():
    rules = spans.allowed(["I-a", "I-b"], "bio")
    scores = np.array([[[0.0, 1.0], [1.0, 0.0]]])
    assert spans.best_path(scores, np.array([2]), *rules).tolist() == [[1, 0]]


def test_no_rows_and_no_words():
    rules = spans.allowed(BIO, "bio")
    assert spans.best_path(np.zeros((0, 3, 5)), np.zeros(0), *rules).shape == (0, 3)
    assert spans.best_path(np.zeros((2, 0, 5)), np.zeros(2), *rules).shape == (2, 0)
