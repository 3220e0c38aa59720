"""Answers that are too long for their steps are told before training."""

import numpy as np
import pytest

import homodal
from homodal.errors import TrainingError

RATE_HZ = 8000


def table(long, rows=24):
    rng = np.random.default_rng(0)
    sounds = [rng.normal(0, 0.1, RATE_HZ // 4).astype("float32") for _ in range(rows)]
    texts = [f"a b {'c d e f g ' * 5 * (n < long)}{'h' * (n % 5)}" for n in range(rows)]
    return {"sound": sounds, "said": texts}


def train(rows, out):
    settings = {
        "columns.sound": {"modality": "audio", "rate_hz": RATE_HZ},
        "columns.said": "transcript",
        "encoder": {"name": "rnn", "width": 8, "depth": 1},
        "training": {"epochs": 1, "batch_size": 8},
    }
    return homodal.train(rows, target="said", settings=settings, out=out)


def test_most_answers_too_long_are_an_error(tmp_path):
    with pytest.raises(TrainingError, match=r"longest answers need more steps.*hop_ms"):
        train(table(long=24), tmp_path / "run")


def test_a_few_are_a_word_and_cost_nothing(tmp_path, capsys):
    run = train(table(long=4), tmp_path / "run")
    said = capsys.readouterr().err
    assert "longest answers need more steps" in said and "nothing is learned" in said
    assert np.isfinite(run.history[-1]["train"]["loss"])
