"""Pictures: bytes to uint8 pixels, by one written rule for every odd kind.

- formats: JPEG, PNG, WebP, BMP, GIF, TIFF, AVIF where Pillow has it and HEIC where
  pillow-heif is installed, told by content; of several frames the first
- size is checked before any pixel is decoded; at most `MAX_PIXELS`
- EXIF orientation is applied
- transparent pixels show white paper behind them
- 16-bit grey is scaled to 8 bits; 32-bit and float grey from its own darkest to its own
  brightest value
- CMYK and the other colour spaces go through Pillow's plain conversion, without ICC
- a truncated file is a bad cell, never half a picture; of a JPEG the part that is there
  can be asked for, and that is noted as a repair
"""

import io
from functools import cache

import numpy as np

# Registered by name, so that Pillow does not load its forty other decoders
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from homodal.errors import BadCell
from homodal.media import excerpts, files, kinds, repairs
from homodal.optional import require

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "AVIF")
MAX_PIXELS = 40_000_000
MAX_BYTES = 256 * 2**20

_PLUGINS = (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_ORIENTATION = 0x0112  # the EXIF tag; its value -> what makes the picture upright
_SAY_TURN = {"exif", "Raw profile type exif", "XML:com.adobe.xmp", "xmp"}
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_FULL_SIZE = (2**16, 2**16)  # no JPEG is decoded any smaller
_DRAFT_SCALE = 2  # a JPEG is decoded at 1/2, 1/4, 1/8 while still this much too large


def read(cell, height_px, width_px, channels, tolerate_truncated=False, box=None):
    """A picture as uint8 `(height_px, width_px, channels)`, channels 1 or 3.

    Stretched to the size asked for, with antialiasing. `cell` is a Path, bytes, or an
    array `(height, width)` or `(height, width, 1 | 3 | 4)` of uint8, uint16 or bool.
    tolerate_truncated: what a truncated JPEG lacks is grey. box: left, top, right and
    bottom of the part that is read, in pixels of the upright picture. Raises `BadCell`.
    """
    size = (width_px, height_px) if box is None else _FULL_SIZE
    picture, turn, _ = _opened(cell, size, tolerate_truncated)
    picture = _as_mode(picture, "RGB" if channels == 3 else "L")
    if box is not None:
        picture, turn = _cropped(picture, turn, box), None
    size = (height_px, width_px) if _swaps(turn) else (width_px, height_px)
    if picture.size != size:
        # The reducing gap first shrinks a large picture by whole factors: faster
        picture = picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=3.0)
    if turn is not None:
        picture = picture.transpose(turn)
    return np.asarray(picture).reshape(height_px, width_px, channels)


def _cropped(picture, turn, box):
    """The upright picture's part inside the box."""
    if turn is not None:
        picture = picture.transpose(turn)
    return picture.crop(excerpts.inside(box, picture.height, picture.width))


def probe(cell):
    """`(height, width, is_grey)` of a picture as it stands upright, in pixels.

    Raises `BadCell`.
    """
    picture, turn, (width, height) = _opened(cell, (64, 64))
    if _swaps(turn):
        height, width = width, height
    if picture.mode in {"1", "L", "LA", "I", "F"} or picture.mode.startswith("I;"):
        return height, width, True
    small = np.asarray(_as_mode(picture, "RGB").resize((64, 64)))
    return height, width, bool((small == small[..., :1]).all())


def from_array(array):
    """A Pillow image of an array of pixels. Raises `BadCell`."""
    array = np.asarray(array)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    good_shape = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))
    if not good_shape or array.size == 0:
        raise BadCell(f"not an array of pixels: shape {array.shape}")
    if array.dtype == np.uint16:
        array = _narrowed(array)
    elif array.dtype == bool:
        array = array * np.uint8(255)
    elif array.dtype != np.uint8:
        raise BadCell(
            f"not an array of pixels: dtype {array.dtype}, expected uint8; fractions "
            "from 0 to 1 become it by (255 * array).astype('uint8')"
        )
    return Image.fromarray(np.ascontiguousarray(array))


def _opened(cell, size, tolerate_truncated=False):
    """`(image, turn, full size)`: decoded, to be transposed by `turn` if not None."""
    if isinstance(cell, np.ndarray):
        picture = from_array(cell)
        return picture, None, picture.size
    content = files.read_bytes(cell, MAX_BYTES)
    try:
        return _decoded(content, size)
    except BadCell:
        raise
    except OSError as error:
        if tolerate_truncated and _is_torn_jpeg(content, error):
            return _mended(content, size)
        if isinstance(error, UnidentifiedImageError):
            kind = kinds.unreadable_kind(content[: kinds.HEAD_BYTES])
            why = kind or f"not an image (starts with {content[:8]!r})"
            raise BadCell(str(why)) from None
        raise BadCell(_reason(error)) from error
    except Exception as error:  # decoders raise nearly every class there is
        raise BadCell(_reason(error)) from error


def _is_torn_jpeg(content, error):
    return content[:3] == b"\xff\xd8\xff" and "truncated" in str(error).lower()


def _mended(content, size):
    """What there is of a truncated JPEG: an end mark makes libjpeg fill the rest."""
    try:
        found = _decoded(content + b"\xff\xd9", size)
    except Exception as error:
        raise BadCell(_reason(error)) from error
    repairs.note("truncated image: what it lacks is grey")
    return found


def _decoded(content, size):
    formats: tuple[str, ...] = FORMATS
    if kinds.is_heic(content[: kinds.HEAD_BYTES]) and kinds.has_heif():
        formats = (_heif(),)
    picture = Image.open(io.BytesIO(content), formats=formats)
    _check_pixels(picture.size)
    if picture.format != "JPEG":
        picture.load()  # which reads the last metadata, and turns a TIFF upright
        return picture, _turn(picture), picture.size
    turn, full = _turn(picture), picture.size
    wanted = size[::-1] if _swaps(turn) else size
    picture.draft(None, tuple(_DRAFT_SCALE * side for side in wanted))
    picture.load()
    return picture, turn, full


@cache
def _heif():
    """Pillow's name of the decoder of HEIC."""
    require("pillow_heif", "A HEIC picture").register_heif_opener()
    return "HEIF"


def _check_pixels(size):
    width, height = size
    if width * height > MAX_PIXELS:
        raise BadCell(f"image too large: {width} x {height} pixels")
    if width < 1 or height < 1:
        raise BadCell(f"image without pixels: {width} x {height}")


def _turn(picture):
    if picture.format == "TIFF" or not _SAY_TURN & picture.info.keys():
        return None
    try:
        return _UPRIGHT.get(picture.getexif().get(_ORIENTATION))
    except Exception:  # damaged EXIF says nothing; the pixels may be well
        return None


def _swaps(turn):
    return turn is not None and turn in (
        Image.Transpose.TRANSPOSE,
        Image.Transpose.TRANSVERSE,
        Image.Transpose.ROTATE_90,
        Image.Transpose.ROTATE_270,
    )


def _as_mode(picture, mode):
    try:
        return _converted(picture, mode)
    except (ValueError, OSError) as error:
        raise BadCell(f"colours cannot be read: {error}") from error


def _converted(picture, mode):
    if picture.mode == mode and "transparency" not in picture.info:
        return picture
    if picture.mode.startswith("I;"):
        pixels = np.asarray(picture)
        narrow, clear = _narrowed(pixels), picture.info.get("transparency")
        if isinstance(clear, int):  # the one grey that is see-through
            narrow[pixels == clear] = 255
        picture = Image.fromarray(narrow)
    elif picture.mode in ("I", "F"):
        picture = Image.fromarray(_stretched(np.asarray(picture)))
    elif _transparent(picture):
        picture = _on_white(picture)
    return picture.convert(mode)


def _transparent(picture):
    return (
        picture.mode in {"RGBA", "LA", "PA", "RGBa", "La"}
        or "transparency" in picture.info
    )


def _on_white(picture):
    picture = picture.convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture)


def _narrowed(array):
    return ((array.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _stretched(array):
    array = np.nan_to_num(array.astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = array.min(), array.max()
    if high == low:
        return np.zeros(array.shape, np.uint8)
    return np.rint((array - low) / (high - low) * 255).astype(np.uint8)


def _reason(error):
    text = str(error)
    if "truncated" in text.lower() or isinstance(error, EOFError):
        return "truncated image"
    if isinstance(error, _BOMBS):
        return "image too large"
    return f"image cannot be decoded: {text or type(error).__name__}"
