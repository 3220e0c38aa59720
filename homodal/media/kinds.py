"""Well-known kinds of media that nothing here decodes, by how their files start.

What can be decoded is opened by its decoder; a file that none opens is named, with what
to do about it, instead of its first bytes.
"""

from importlib.util import find_spec
from typing import NamedTuple

HEAD_BYTES = 512
# endings of names that say media; those that also end other files are not among them
SUFFIXES = frozenset(
    "jpg jpeg png webp bmp gif tif tiff heic heif avif jxl jp2 svg psd tga cr2 cr3 nef "
    "arw dng wav flac ogg oga opus mp2 mp3 mpga m4a aac wma amr aiff aif aifc caf ac3 "
    "w64 mka weba wv tta mp4 m4v mov mkv webm avi mpg mpeg flv wmv asf 3gp 3g2 m2ts "
    "ogv mid midi".split()
)
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


class Kind(NamedTuple):
    """A kind of file. do: what makes it readable."""

    name: str
    do: str

    def __str__(self) -> str:
        return f"{self.name}, which nothing here reads: {self.do}"


_INSTALL = "install its decoder: pip install 'homodal[heic]'"
_AVIF = Kind("an AVIF picture", "install a Pillow that was built with AVIF")
_CONVERT_PICTURE = "convert it to PNG or JPEG"
_CONVERT_SOUND = "convert it to WAV or FLAC"
_STARTS = {
    b"8BPS": Kind("a Photoshop picture", _CONVERT_PICTURE),
    b"\xff\x0a": Kind("a JPEG XL picture", _CONVERT_PICTURE),
    b"\x00\x00\x00\x0cJXL ": Kind("a JPEG XL picture", _CONVERT_PICTURE),
    b"\x00\x00\x00\x0cjP  ": Kind("a JPEG 2000 picture", _CONVERT_PICTURE),
    b"\xffO\xffQ": Kind("a JPEG 2000 picture", _CONVERT_PICTURE),
    b"II*\x00\x10\x00\x00\x00CR": Kind("a camera's raw picture", _CONVERT_PICTURE),
    b"FUJIFILMCCD-RAW": Kind("a camera's raw picture", _CONVERT_PICTURE),
    b"MThd": Kind("a MIDI score, which holds no sound", "play it to a WAV file"),
    b"MAC ": Kind("a Monkey's Audio sound", _CONVERT_SOUND),
    b"DSD ": Kind("a DSD sound", _CONVERT_SOUND),
    b".ra\xfd": Kind("a RealAudio sound", _CONVERT_SOUND),
    b".RMF": Kind("a RealMedia file", "convert it to MP4"),
}


def unreadable_kind(head: bytes) -> Kind | None:
    """The kind of a file that starts so, if it is well known and cannot be decoded."""
    if head[4:8] == b"ftyp":
        return _of_brand(head)
    for start, kind in _STARTS.items():
        if head.startswith(start):
            return kind
    if b"<svg" in head[:HEAD_BYTES].lower():
        return Kind("a drawing (SVG)", _CONVERT_PICTURE)
    return None


def has_heif() -> bool:
    """Whether the package that decodes HEIC is installed."""
    return find_spec("pillow_heif") is not None


def is_heic(head: bytes) -> bool:
    """Whether a file that starts so is a HEIC picture."""
    brands = _brands(head)
    return bool({*brands} & {*_HEIC}) and not {b"avif", b"avis"} & {*brands}


def _of_brand(head):
    if is_heic(head) and not has_heif():
        return Kind("a HEIC picture", _INSTALL)
    if {b"avif", b"avis"} & {*_brands(head)} and not _has_avif():
        return _AVIF
    if head[8:12] == b"crx ":
        return Kind("a camera's raw picture", _CONVERT_PICTURE)
    return None


def _brands(head):
    if head[4:8] != b"ftyp":
        return []
    size = min(int.from_bytes(head[:4], "big"), len(head))
    return [head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))]


def _has_avif():
    from PIL import features

    return features.check("avif")
