import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, features

from homodal.errors import BadCell
from homodal.media import images, repairs

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
CORNERS = np.array([[RED, GREEN, BLUE], [WHITE, RED, GREEN]], np.uint8)  # 2 x 3


def encoded(picture, format="PNG", **options):
    file = io.BytesIO()
    if isinstance(picture, np.ndarray):
        picture = Image.fromarray(picture)
    picture.save(file, format, **options)
    return file.getvalue()


def large(array, times=16):
    """Each pixel as a square: JPEG keeps the middle of a square."""
    return np.repeat(np.repeat(array, times, 0), times, 1)


def test_png_keeps_every_pixel():
    read = images.read(encoded(CORNERS), 2, 3, 3)
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, CORNERS)


@pytest.mark.parametrize("format", ["PNG", "BMP", "TIFF", "WEBP"])
def test_every_lossless_format_gives_the_same_pixels(format):
    options = {"lossless": True} if format == "WEBP" else {}
    read = images.read(encoded(large(CORNERS), format, **options), 32, 48, 3)
    np.testing.assert_array_equal(read, large(CORNERS))


def test_grey_is_the_usual_sum_of_colours():
    read = images.read(encoded(CORNERS), 2, 3, 1)
    assert read.shape == (2, 3, 1)
    np.testing.assert_array_equal(read[0, :, 0], [76, 150, 29])


def test_a_grey_picture_fills_three_channels():
    read = images.read(encoded(np.array([[0, 100, 255]], np.uint8)), 1, 3, 3)
    np.testing.assert_array_equal(read[0, :, 0], [0, 100, 255])
    assert (read == read[..., :1]).all()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "TIFF", "PNG", "WEBP"])
def test_exif_orientation_is_applied(orientation, format):
    # What the camera stores, by orientation, so that upright is always CORNERS
    stored = {
        1: CORNERS,
        2: CORNERS[:, ::-1],
        3: CORNERS[::-1, ::-1],
        4: CORNERS[::-1],
        5: CORNERS.transpose(1, 0, 2),
        6: np.rot90(CORNERS),
        7: CORNERS[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(CORNERS, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(np.ascontiguousarray(large(stored)), format, exif=exif)
    read = images.read(content, 32, 48, 3)[8::16, 8::16]
    assert np.abs(read.astype(int) - CORNERS).max() < 40
    assert images.probe(content)[:2] == (32, 48)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")  # Pillow says so, and goes on
def test_damaged_exif_leaves_the_picture():
    content = encoded(large(CORNERS), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert images.read(content, 32, 48, 3).shape == (32, 48, 3)


def test_cmyk_becomes_rgb():
    picture = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    for format in ("JPEG", "TIFF"):
        read = images.read(encoded(picture, format), 16, 16, 3)
        assert np.abs(read[8, 8].astype(int) - RED).max() < 10


def test_sixteen_bits_are_scaled_and_not_clipped():
    levels = np.array([[0, 257, 128 * 257, 65535, 40000]], np.uint16)
    read = images.read(encoded(Image.fromarray(levels)), 1, 5, 1)
    np.testing.assert_array_equal(read[0, :, 0], [0, 1, 128, 255, 156])


def test_the_see_through_grey_of_sixteen_bits_shows_white():
    file = io.BytesIO()
    pixels = np.array([[0, 1000], [1000, 65535]], np.uint16)
    Image.fromarray(pixels).save(file, "PNG", transparency=1000)
    found = images.read(file.getvalue(), 2, 2, 1)
    np.testing.assert_array_equal(found[..., 0], [[0, 255], [255, 255]])


@pytest.mark.parametrize("dtype", [np.int32, np.float32])
def test_wider_pixels_are_stretched_over_their_own_range(dtype):
    levels = np.array([[-100, 0, 100]], dtype)
    read = images.read(encoded(Image.fromarray(levels), "TIFF"), 1, 3, 1)
    np.testing.assert_array_equal(read[0, :, 0], [0, 128, 255])


def test_float_pixels_that_are_nan_or_constant_are_read():
    levels = np.array([[np.nan, np.inf, 0]], np.float32)
    read = images.read(encoded(Image.fromarray(levels), "TIFF"), 1, 3, 1)
    np.testing.assert_array_equal(read, 0)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("format", ["PNG", "TIFF"])
def test_transparent_pixels_show_white(mode, format):
    pixels = np.array([[(9, 9, 9, 0), (0, 0, 0, 255), (0, 0, 0, 127)]], np.uint8)
    picture = Image.fromarray(pixels).convert(mode)
    read = images.read(encoded(picture, format), 1, 3, 3)
    np.testing.assert_array_equal(read[0, :, 0], [255, 0, 128])


def test_palette_colours_and_palette_transparency():
    picture = Image.new("P", (2, 1))
    picture.putpalette([*RED, *BLUE])
    picture.putpixel((1, 0), 1)
    read = images.read(encoded(picture), 1, 2, 3)
    np.testing.assert_array_equal(read[0], [RED, BLUE])
    read = images.read(encoded(picture, transparency=1), 1, 2, 3)
    np.testing.assert_array_equal(read[0], [RED, WHITE])


def test_one_bit_pictures_are_black_and_white():
    picture = Image.fromarray(np.array([[True, False]]))
    read = images.read(encoded(picture), 1, 2, 1)
    np.testing.assert_array_equal(read.ravel(), [255, 0])


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_several_frames_the_first_is_read(format):
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, BLUE, GREEN)]
    options = {"lossless": True} if format == "WEBP" else {}
    content = encoded(
        frames[0], format, save_all=True, append_images=frames[1:], **options
    )
    np.testing.assert_array_equal(images.read(content, 8, 8, 3)[4, 4], RED)


def test_shrinking_averages():
    chequered = np.indices((64, 64)).sum(0) % 2 * np.uint8(255)
    read = images.read(encoded(chequered.astype(np.uint8)), 8, 8, 1)
    assert read.min() > 110
    assert read.max() < 145


def test_a_large_jpeg_is_drafted_and_keeps_its_colours():
    content = encoded(large(CORNERS, 400), "JPEG")
    read = images.read(content, 16, 24, 3)
    assert np.abs(read[4::8, 4::8].astype(int) - CORNERS).max() < 12
    assert images.probe(content)[:2] == (800, 1200)


def test_drafting_loses_no_detail():
    waves = np.sin(np.arange(1024) / 3) * np.sin(np.arange(1024)[:, None] / 4)
    picture = Image.fromarray((127 + 120 * waves).astype(np.uint8))
    read = images.read(encoded(picture, "JPEG", quality=95), 300, 300, 1)[..., 0]
    exact = np.asarray(picture.resize((300, 300), Image.Resampling.BILINEAR))
    assert np.abs(read.astype(int) - exact).mean() < 1


@pytest.mark.parametrize("format", ["JPEG", "PNG", "BMP"])
def test_a_truncated_picture_is_a_bad_cell(format):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    content = encoded(noise, format)
    with pytest.raises(BadCell, match="truncated image"):
        images.read(content[: len(content) // 2], 8, 8, 3)


def test_what_there_is_of_a_truncated_jpeg_when_it_is_asked_for():
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    content = encoded(noise, "JPEG")
    whole = images.read(content, 64, 64, 3)
    with repairs.noted() as found:
        half = images.read(content[: len(content) // 2], 64, 64, 3, True)
    assert found == ["truncated image: what it lacks is grey"]
    np.testing.assert_array_equal(half[:15], whole[:15])
    assert (half[48:] == half[63, 63]).all()
    with repairs.noted() as found:
        np.testing.assert_array_equal(images.read(content, 64, 64, 3, True), whole)
    assert found == []
    for torn in (content[:40], encoded(noise, "PNG")[:2000]):
        with pytest.raises(BadCell):
            images.read(torn, 64, 64, 3, True)


def test_a_page_of_html_is_not_an_image(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_text("<html>not found</html>")
    with pytest.raises(BadCell, match=r"not an image \(starts with b'<html>no'\)"):
        images.read(path, 8, 8, 3)


def test_the_content_decides_and_not_the_name(tmp_path):
    path = tmp_path / "really_a_png.jpg"
    path.write_bytes(encoded(CORNERS))
    np.testing.assert_array_equal(images.read(path, 2, 3, 3), CORNERS)


@pytest.mark.skipif(not features.check("avif"), reason="a Pillow without AVIF")
def test_avif_is_read():
    read = images.read(encoded(large(CORNERS), "AVIF"), 2, 3, 3)
    assert np.abs(read.astype(int) - CORNERS).mean() < 60


def test_heic_is_read_where_its_package_is_installed():
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.register_heif_opener()
    read = images.read(encoded(large(CORNERS), "HEIF"), 2, 3, 3)
    assert np.abs(read.astype(int) - CORNERS).mean() < 60


def test_heic_without_its_package_says_which_it_is(monkeypatch):
    monkeypatch.setattr("homodal.media.kinds.has_heif", lambda: False)
    heic = b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf" + bytes(40)
    with pytest.raises(BadCell, match=r"a HEIC picture.*pip install 'homodal\[heic\]'"):
        images.read(heic, 8, 8, 3)


def test_formats_that_are_not_allowed_are_not_opened():
    for format in ("PPM", "ICO", "TGA", "EPS"):
        with pytest.raises(BadCell, match="not an image"):
            images.read(encoded(large(CORNERS), format), 8, 8, 3)


@pytest.mark.parametrize("side", [7000, 12000, 20000])
def test_a_huge_picture_is_refused_by_its_header(side):
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data
        + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )  # fmt: skip
    with pytest.raises(BadCell, match="image too large"):
        images.read(content, 8, 8, 3)


def test_arrays_are_pictures_too():
    np.testing.assert_array_equal(images.read(CORNERS, 2, 3, 3), CORNERS)
    grey = CORNERS[..., :1]
    np.testing.assert_array_equal(images.read(grey, 2, 3, 1), grey)
    bits = np.array([[True, False]])
    np.testing.assert_array_equal(images.read(bits, 1, 2, 1).ravel(), [255, 0])
    wide = np.array([[0, 65535]], np.uint16)
    np.testing.assert_array_equal(images.read(wide, 1, 2, 1).ravel(), [0, 255])


@pytest.mark.parametrize(
    "array", [np.zeros(3, np.uint8), np.zeros((2, 2, 5), np.uint8), np.zeros((2, 2))]
)
def test_other_arrays_are_bad_cells(array):
    with pytest.raises(BadCell, match="not an array of pixels"):
        images.read(array, 2, 2, 3)


def test_probe_tells_size_and_colour():
    assert images.probe(encoded(CORNERS)) == (2, 3, False)
    grey = np.repeat(np.arange(12, dtype=np.uint8).reshape(3, 4, 1), 3, axis=2)
    assert images.probe(encoded(grey)) == (3, 4, True)
    assert images.probe(encoded(grey[..., 0])) == (3, 4, True)
    assert images.probe(CORNERS) == (2, 3, False)


def test_a_box_is_of_the_picture_as_it_stands_upright():
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[:20, :30] = 250  # the upper left quarter
    assert images.read(picture, 8, 8, 1, box=(2, 2, 28, 18)).min() > 240
    assert images.read(picture, 8, 8, 1, box=(32, 2, 58, 18)).max() < 10
    file = io.BytesIO()
    turned = Image.fromarray(picture)
    exif = turned.getexif()
    exif[0x0112] = 6  # shown a quarter turn clockwise: the quarter is at the right
    turned.save(file, "JPEG", exif=exif, quality=95)
    found = images.read(file.getvalue(), 8, 8, 1, box=(22, 2, 38, 28))
    assert found.mean() > 235
    with pytest.raises(BadCell, match="outside the picture of 40 x 60"):
        images.read(file.getvalue(), 8, 8, 1, box=(50, 0, 60, 10))
