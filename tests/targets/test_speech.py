"""Sounds as frames, and frames as sounds."""

import numpy as np
import pytest

from homodal.errors import BadCell, PartError
from homodal.targets.speech import Speech


def noise(seconds, seed=0):
    return np.random.default_rng(seed).normal(0, 0.1, round(8000 * seconds))


@pytest.fixture
def learned():
    target = Speech(rate_hz=8000, seconds=1.0, mels=20)
    values = [target.read(noise(each, n)) for n, each in enumerate((0.3, 0.5, 0.2))]
    return target, values, target.learn(values)


def test_facts_are_of_all_frames_of_all_rows(learned):
    _, values, facts = learned
    whole = np.concatenate(values)
    np.testing.assert_allclose(facts["mean"], whole.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(facts["deviation"], whole.std(axis=0), rtol=1e-3)
    assert facts["mels"] == 20 and facts["frames"] == 48  # 41, in eights


def test_what_is_decoded_is_what_was_encoded(learned):
    target, values, facts = learned
    encoded = np.stack([target.encode(value, facts) for value in values])
    counts = (~np.isnan(encoded[..., 0])).sum(axis=1)
    logits = {"mels": np.nan_to_num(encoded), "frames": counts[:, None].astype(float)}
    answers = target.decode(logits, facts)
    for found, value in zip(answers["frames"], values, strict=True):
        np.testing.assert_allclose(found, value, atol=1e-4)
    assert answers["seconds"] == pytest.approx([0.3, 0.5, 0.2])


def test_longer_sounds_are_cut_at_seconds_and_at_the_longest_row(learned):
    target, _, facts = learned
    assert len(target.read(noise(3.0))) == 81
    assert target.encode(target.read(noise(3.0)), facts).shape == (48, 20)
    assert not np.isnan(target.encode(target.read(noise(3.0)), facts)).any()


def test_what_is_no_sound_is_a_bad_cell():
    with pytest.raises(BadCell):
        Speech().read("a text")
    with pytest.raises(PartError, match="mels"):
        Speech(mels=2)
