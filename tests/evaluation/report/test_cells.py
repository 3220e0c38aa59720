import base64
import io

import numpy as np
import pytest
import soundfile
from PIL import Image

from homodal.evaluation.report.cells import cells_of, glance, picture, sound, strip


def decoded(source):
    return io.BytesIO(base64.b64decode(source.partition(",")[2]))


@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_is_its_pixels(channels):
    pixels = np.random.default_rng(0).integers(0, 255, (6, 9, channels), np.uint8)
    with Image.open(decoded(picture(pixels).get("src"))) as found:
        again = np.asarray(found).reshape(6, 9, channels)
    np.testing.assert_array_equal(again, pixels)


def test_a_film_is_a_strip_of_its_first_to_its_last_frame():
    frames = np.arange(20, dtype="uint8").reshape(20, 1, 1, 1).repeat(4, 1).repeat(5, 2)
    shown = strip(frames)
    assert shown.shape == (4, 6 * 5 + 5, 1)
    assert (shown[0, 0, 0], shown[0, -1, 0]) == (0, 19)


def test_a_sound_can_be_heard_and_seen():
    tone = np.sin(np.arange(8000) / 5).astype("float16")
    made = sound(tone, 8000)
    samples, rate = soundfile.read(decoded(made.find("audio").get("src")))
    assert rate == 8000 and len(samples) == 8000
    assert np.abs(samples).max() == pytest.approx(0.7, abs=0.01)
    assert made.find("svg") is not None


def test_absent_cells_are_called_so(findings):
    for row in range(24):
        shown = dict(cells_of(findings.model, findings.rows, row))
        for column in findings.model.preparation.columns:
            there = findings.rows.columns[column.slug].array(row) is not None
            said = "".join(shown[column.name].itertext())
            assert (said == "absent") == (not there)


def test_a_glance_is_of_what_is_seen_at_once(every, findings):
    model, rows = every
    for row in range(30):
        there = {s for s, c in rows.columns.items() if c.array(row) is not None}
        made = glance(model, rows, row)
        assert (made.tag == "img") == bool(there & {"image", "video"})
    model, rows = findings.model, findings.rows
    kinds = {glance(model, rows, row).tag for row in range(24)}
    assert kinds == {"img", "span"}
