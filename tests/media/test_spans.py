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


def well_formed(scheme, form, rng):
    """A row of tags that keeps to a scheme, drawn step by step."""
    letters = [*spans.LETTERS[scheme], "O"]
    tags = [spans.written(letter, kind, form) for letter in letters for kind in "ab"]
    first, follows, last = spans.allowed(tags, scheme, form)
    while True:
        row = []
        for step in range(rng.integers(1, 9)):
            can = first if step == 0 else follows[row[-1]]
            row.append(int(rng.choice(np.flatnonzero(can))))
        if last[row[-1]]:
            return [tags[place] for place in row]


@pytest.mark.parametrize("scheme", ["bio", "iob1", "bioes", "bilou"])
@pytest.mark.parametrize("form", ["B-type", "type-B"])
def test_spans_are_those_of_seqeval_in_its_strict_mode(scheme, form):
    strict = pytest.importorskip("seqeval.scheme")
    name = {"bio": "IOB2", "iob1": "IOB1", "bioes": "IOBES", "bilou": "BILOU"}[scheme]
    rng = np.random.default_rng(0)
    for _ in range(100):
        tags = well_formed(scheme, form, rng)
        assert spans.is_allowed(tags, scheme, form)
        wanted = strict.Entities(
            [tags], getattr(strict, name), suffix=form == "type-B"
        ).entities[0]
        found = spans.spans_of(tags, scheme, form)
        assert found == [(each.tag, each.start, each.end - 1) for each in wanted]


@pytest.mark.parametrize("form", [form for form in spans.FORMS if form != "type"])
def test_one_row_has_the_same_spans_however_it_is_written(form):
    rng = np.random.default_rng(0)
    kinds = "_" if form in ("B", "b") else "ab"
    for scheme in spans.LETTERS:
        for _ in range(5):
            usual = well_formed(scheme, spans.FORM, rng)
            split = [spans.letter_and_type(tag) for tag in usual]
            split = [
                (letter, kind if kind in kinds else kinds[0]) for letter, kind in split
            ]
            tags = [spans.written(*each, form) for each in split]
            again = [spans.written(*each, spans.FORM) for each in split]
            found = spans.spans_of(tags, scheme, form)
            assert found == spans.spans_of(again, scheme)


def test_types_alone_are_spans_of_io():
    tags = "LOC LOC O PER LOC".split()
    wanted = [("LOC", 0, 1), ("PER", 3, 3), ("LOC", 4, 4)]
    assert spans.spans_of(tags, "io", "type") == wanted


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
        ("O I-a B-a O I-b", "iob1", True),
        ("I-a I-a B-a I-a", "iob1", True),
        ("B-a O", "iob1", False),
        ("O B-a", "iob1", False),
        ("I-a B-b", "iob1", False),
        ("I-a I-b O I-b", "io", True),
        ("I-a B-a", "io", False),
        ("U-a B-a I-a L-a O", "bilou", True),
        ("B-a U-a", "bilou", False),
        ("S-a B-a M-a E-a", "bmes", True),
        ("B-a I-a E-a", "bmes", False),
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
