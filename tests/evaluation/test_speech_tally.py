"""Spoken rows, counted."""

import numpy as np
import pytest

from homodal.evaluation.speech_tally import SpeechTally

FRAMES = np.random.default_rng(0).normal(size=(40, 20))


def test_the_same_sound_is_not_off_and_rows_without_one_do_not_count():
    tally = SpeechTally(None)
    tally.add({"frames": [FRAMES, FRAMES[:20]]}, [FRAMES, None])
    assert (tally.rows, tally.unlabelled) == (2, 1)
    assert tally.quick() == {"distortion_db": pytest.approx(0), "seconds_off": 0.0}
    assert tally.details() == {"seconds": pytest.approx(39 / 80)}


def test_scores_are_means_over_rows():
    tally = SpeechTally(None)
    longer = np.repeat(FRAMES, 2, axis=0)
    tally.add({"frames": [longer]}, [FRAMES])
    tally.add({"frames": [FRAMES + np.eye(40, 20)]}, [FRAMES])
    scores, quick = tally.scores(), tally.quick()
    assert scores["seconds_off"]["value"] == quick["seconds_off"] == 40 / 80 / 2
    assert scores["distortion_db"]["value"] == pytest.approx(quick["distortion_db"])
    assert quick["distortion_db"] > 0
    assert scores["seconds_off"]["low"] <= 0.25 <= scores["seconds_off"]["high"]


def test_nothing_counted_is_no_score():
    tally = SpeechTally(None)
    assert tally.quick() == {"distortion_db": 0.0, "seconds_off": 0.0}
    assert np.isnan(tally.scores()["distortion_db"]["value"])
    assert tally.details() == {}
