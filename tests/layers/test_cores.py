"""Threads are TensorFlow's business; other backends are not asked."""

import keras
import pytest

from homodal.layers import cores


@pytest.mark.parametrize("backend, asked", [("tensorflow", 1), ("jax", 0)])
def test_only_tensorflow_shares_its_threads(backend, asked, monkeypatch):
    calls = []
    monkeypatch.setattr(keras.backend, "backend", lambda: backend)
    monkeypatch.setattr(
        "homodal.layers.cores_tensorflow.share_cores", lambda: calls.append(1)
    )
    cores.share_cores()
    assert len(calls) == asked
