import warnings

import numpy as np
import pytest

from homodal.data.preparation import PreparedTarget
from homodal.evaluation.tag_tally import TagTally

KNOWN = ["B-a", "I-a", "B-b", "I-b", "O"]


def tally(scheme="bio"):
    return TagTally(PreparedTarget("s", "tags", {"common": "O"}, {"scheme": scheme}))


def values(found):
    return {name: entry["value"] for name, entry in found.items()}


def random_rows(rows, seed=0):
    rng = np.random.default_rng(seed)
    truth = [list(rng.choice(KNOWN, rng.integers(1, 9))) for _ in range(rows)]
    kept = [rng.random(len(tags)) < 0.7 for tags in truth]
    said = [
        [t if k else str(rng.choice(KNOWN)) for t, k in zip(tags, keep, strict=True)]
        for tags, keep in zip(truth, kept, strict=True)
    ]
    return truth, said


def test_spans_are_scored_as_seqeval_does():
    oracle = pytest.importorskip("seqeval.metrics")
    truth, said = random_rows(200)
    made = tally()
    made.add({"tags": map(" ".join, said)}, [" ".join(tags) for tags in truth])
    found = values(made.scores())
    for name, score in (
        ("f1", oracle.f1_score),
        ("precision", oracle.precision_score),
        ("recall", oracle.recall_score),
        ("word_accuracy", oracle.accuracy_score),
    ):
        assert found[name] == pytest.approx(score(truth, said)), name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = oracle.classification_report(truth, said, output_dict=True)
    for kind, figures in made.details()["spans"].items():
        assert figures["f1"] == pytest.approx(report[kind]["f1-score"])
        assert figures["spans"] == report[kind]["support"]


def test_a_row_is_right_where_every_word_is():
    made = tally()
    made.add({"tags": ["B-a O", "O O", "O"]}, ["B-a O", "B-a O", None])
    assert (made.rows, made.unlabelled) == (3, 1)
    assert made.right.tolist() == [True, False]
    assert made.quick() == {"f1": 2 / 3, "word_accuracy": 0.75, "exact": 0.5}


def test_batches_add_up():
    truth, said = (list(map(" ".join, tags)) for tags in random_rows(30))
    whole, parts = tally(), tally()
    whole.add({"tags": said}, truth)
    for begin in range(0, 30, 7):
        piece = slice(begin, begin + 7)
        parts.add({"tags": said[piece]}, truth[piece])
    assert parts.scores() == whole.scores()


def test_missing_tags_are_outside_and_there_are_never_too_many():
    made = tally()
    made.add({"tags": ["", "B-a O B-a"]}, ["O O", "B-a"])
    assert made.quick() == {"f1": 1.0, "word_accuracy": 1.0, "exact": 1.0}


def test_plain_tags_have_words_only():
    made = tally("plain")
    made.add({"tags": ["x y"]}, ["x z"])
    assert made.quick() == {"word_accuracy": 0.5, "exact": 0.0}
    assert made.details() == {}


def test_nothing_found_and_nothing_there_is_zero_and_no_rows_are_not_a_number():
    made = tally()
    assert all(np.isnan(entry["value"]) for entry in made.scores().values())
    made.add({"tags": ["O"]}, ["O"])
    assert values(made.scores())["f1"] == 0.0


def test_no_error_in_few_spans_is_not_certainty():
    made = tally()
    made.add({"tags": ["B-a O", "O O", "O", "O"]}, ["B-a O", "O O", "O", "O"])
    found = made.scores()
    assert found["f1"]["value"] == 1.0
    assert found["f1"]["low"] == pytest.approx(0.025)  # one row has a span
    assert found["word_accuracy"]["low"] == pytest.approx(0.025 ** (1 / 4))


def test_intervals_hold_the_value_and_narrow_with_rows():
    widths = []
    for rows in (40, 640):
        truth, said = (list(map(" ".join, tags)) for tags in random_rows(rows))
        made = tally()
        made.add({"tags": said}, truth)
        entry = made.scores()["f1"]
        assert entry["low"] < entry["value"] < entry["high"]
        widths.append(entry["high"] - entry["low"])
    assert widths[1] == pytest.approx(widths[0] / 4, rel=0.5)
