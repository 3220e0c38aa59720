import io

import numpy as np
import pytest
from PIL import Image as Pillow

from homodal.errors import BadCell, PartError
from homodal.media.excerpts import Excerpt
from homodal.modalities.image import Image


def written(path, array):
    Pillow.fromarray(array).save(path)
    return path


@pytest.fixture
def digits(tmp_path):
    rng = np.random.default_rng(0)
    return [
        written(tmp_path / f"{i}.png", rng.integers(0, 255, (28, 28), dtype=np.uint8))
        for i in range(10)
    ]


def test_small_grey_pictures_keep_their_size(digits):
    evidence = Image().recognise(digits)
    assert evidence.options == {"height_px": 28, "width_px": 28, "channels": 1}
    assert evidence.why == "10 of 10 cells open as pictures (28 x 28, grey)"


def test_one_colour_picture_makes_the_column_colour(digits, tmp_path):
    red = np.zeros((28, 28, 3), np.uint8)
    red[..., 0] = 200
    cells = [*digits, written(tmp_path / "red.png", red)]
    assert Image().recognise(cells).options["channels"] == 3


def test_large_pictures_are_shrunk_and_keep_their_shape(tmp_path):
    wide = written(tmp_path / "wide.jpg", np.zeros((300, 400, 3), np.uint8))
    options = Image().recognise([wide]).options
    assert (options["height_px"], options["width_px"]) == (48, 64)


def test_half_of_the_cells_bad_is_half_as_sure(digits, tmp_path):
    cells = [*digits, *(tmp_path / f"gone{i}.png" for i in range(10))]
    evidence = Image().recognise(cells)
    assert evidence.confidence == pytest.approx(0.49)
    assert "10 of 20 cells open as pictures" in evidence.why
    assert "no such file" in evidence.why


def test_names_of_pictures_that_are_none_are_no_pictures(tmp_path):
    (tmp_path / "a.png").write_text("not a picture")
    evidence = Image().recognise([tmp_path / "a.png"])
    assert evidence.confidence == 0
    assert "not an image (starts with b'not a pi')" in evidence.why


def test_read_gives_the_shape_that_was_declared(digits):
    modality = Image(height_px=10, width_px=12, channels=3)
    assert modality.read(digits[0]).shape == modality.shape({}) == (10, 12, 3)


def test_a_string_is_never_opened(digits):
    with pytest.raises(BadCell, match="not a file"):
        Image().read(str(digits[0]))


def test_the_example_is_a_picture_of_noise(tmp_path):
    path = Image().example(tmp_path, np.random.default_rng(0))
    with Pillow.open(io.BytesIO(path.read_bytes())) as picture:
        assert (picture.format, picture.size) == ("PNG", (16, 12))


@pytest.mark.parametrize(
    "options", [{"channels": 2}, {"height_px": 0}, {"width_px": 1e3}]
)
def test_wrong_options_are_named(options):
    with pytest.raises(PartError, match=f"Option '{next(iter(options))}'"):
        Image(**options)


def test_a_box_in_a_column_crops_each_picture(digits):
    modality = Image(height_px=8, width_px=8, channels=1, box="place")
    whole = Image(height_px=28, width_px=28, channels=1).read(digits[0])
    found = modality.read(Excerpt(digits[0], {"place": [10, 6, 18, 14]}))
    np.testing.assert_array_equal(found, whole[6:14, 10:18])
    assert modality.beside() == ("place",)
    assert Image(box=[0, 0, 30, 60]).recognise(digits).options["height_px"] == 60
