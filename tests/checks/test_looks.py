"""One look at a cell: status, reason, digest, figures."""

import hashlib
import io

import numpy as np
import pytest
import soundfile
from PIL import Image

from homodal import parts
from homodal.checks.looks import guarded, look
from homodal.data.store import ABSENT, BAD, OK
from homodal.errors import BadCell


def seen(modality, cell, **options):
    return look(modality, parts.find("modality", modality).make(**options), cell)


def test_absent_and_bad_cells():
    assert seen("text", None).status == ABSENT
    found = seen("image", BadCell("outside the media folder"))
    assert (found.status, found.reason) == (BAD, "outside the media folder.")
    assert seen("image", b"no picture").status == BAD
    assert seen("number", "x").status == BAD


def test_a_picture(tmp_path):
    file = io.BytesIO()
    Image.new("L", (30, 20), 51).save(file, "PNG")
    found = seen("image", file.getvalue(), height_px=8, width_px=8)
    assert found.status == OK and found.print is None
    assert found.figures["height_px"] == 20 and found.figures["width_px"] == 30
    assert found.figures["brightness"] == pytest.approx(0.2)
    assert found.figures["contrast"] == 0
    assert found.digest == hashlib.sha256(file.getvalue()).digest()
    path = tmp_path / "a.png"
    path.write_bytes(file.getvalue())
    assert seen("image", path).digest == found.digest
    np.testing.assert_allclose(found.vector, 0.2, rtol=1e-5)


def test_a_sound():
    rate, samples = 8000, np.sin(np.arange(8000) / 5) * 0.5
    samples[100:103] = 1.0
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV", subtype="FLOAT")
    figures = seen("audio", file.getvalue(), rate_hz=rate).figures
    assert figures["rate_hz"] == rate and figures["channels"] == 1
    assert figures["seconds"] == 1.0 and figures["peak"] == 1.0
    assert figures["loudness_db"] == pytest.approx(10 * np.log10(0.125), abs=0.1)
    assert figures["clipped"] == pytest.approx(2 / 7999)
    assert figures["silent"] == 0


def test_a_film_with_and_without_motion(tmp_path):
    part = parts.find("modality", "video")
    path = part.make().example(tmp_path, np.random.default_rng(0))
    figures = seen("video", path, height_px=24, width_px=32).figures
    assert figures["frames"] >= 5 and figures["motion"] > 0.01
    still = seen("video", np.full((4, 8, 8, 3), 9, np.uint8), height_px=8, width_px=8)
    assert still.status == BAD or still.figures["motion"] == 0


def test_words_numbers_and_names():
    figures = seen("text", "The cat, the Dog").figures
    assert figures == {"characters": 16, "words": 4, "language": "English"}
    assert seen("number", "2.5").figures == {"value": 2.5}
    assert seen("category", 1.0).figures == {"name": "1"}


def test_a_guarded_look_tells_the_same(tmp_path):
    path = (
        parts.find("modality", "image")
        .make()
        .example(tmp_path, np.random.default_rng(0))
    )
    cells = [path, None, b"no picture", BadCell("outside the media folder")]
    for found, cell in zip(guarded("image", {}, iter(cells)), cells, strict=True):
        wanted = seen("image", cell)
        assert (found.status, found.reason) == (wanted.status, wanted.reason)
        assert (found.digest, found.print) == (wanted.digest, wanted.print)
        assert found.figures == wanted.figures
        np.testing.assert_array_equal(found.vector, wanted.vector)
