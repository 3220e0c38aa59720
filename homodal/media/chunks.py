"""Where the samples of WAV, AIFF, CAF and AU files are, and how many bytes they have.

libsndfile reads what is there of a truncated file, and as much as a header declares of
a longer one, without a word. So the chunks are walked here first:

- samples that are declared longer than the file are read to its end
- samples that are declared shorter, with something behind them that is no chunk and no
  tag, go on to the file's end
- programs that stream a file write no length, or an impossible one
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from homodal.media.patched import PatchedFile

_UNKNOWN = (0, 0xFFFFFFFF, 0x7FFFFFFF, 2**63 - 1, 2**64 - 1)
_TAGS = (b"TAG", b"ID3", b"APETAGEX", b"LYRICSBEGIN")
_EXTENSIBLE = 0xFFFE
_LONGEST_HEADER = 4096  # chunks before the samples
_FEWEST = 64  # bytes that can be samples behind the declared ones


class _Kind(NamedTuple):
    """How the chunks of a file are written: name, size, content, padding."""

    first: int  # place of the first chunk
    name: int  # bytes of a chunk's name
    size: int  # bytes of its size
    order: Literal["little", "big"]
    samples: bytes
    counts_itself: bool = False
    align: int = 2
    before: int = 0  # bytes of the samples' chunk that are no samples


_W64 = bytes.fromhex("f3acd3118cd100c04f8edb8a")
_KINDS = {
    "wav": _Kind(12, 4, 4, "little", b"data"),
    "aiff": _Kind(12, 4, 4, "big", b"SSND", before=8),
    "caf": _Kind(8, 4, 8, "big", b"data", align=1, before=4),
    "w64": _Kind(40, 16, 8, "little", b"data" + _W64, counts_itself=True, align=8),
}


@dataclass(frozen=True)
class Layout:
    """The samples of a file.

    kind: wav, aiff, caf, w64, au. coding: the WAV format tag, None of other kinds.
    begin, declared: bytes; declared None where the header does not know. end: of the
    file. size_at: where the declared size stands, of WAV.
    """

    kind: str
    begin: int
    declared: int | None
    end: int
    coding: int | None = None
    size_at: int | None = None

    @property
    def present(self) -> int:
        """Bytes from the first sample to the end of the file."""
        return max(self.end - self.begin, 0)


def find_samples(file) -> Layout | None:
    """The `Layout` of an open binary file; None of kinds that have no chunks."""
    file.seek(0)
    head = file.read(40)
    end = file.seek(0, 2)
    if head[:4] == b".snd":
        begin, size = (int.from_bytes(head[i : i + 4], "big") for i in (4, 8))
        return Layout("au", begin, _declared(size), end)
    kind = _kind_of(head)
    if kind is None:
        return None
    return _walk(file, kind, end, head[:4] == b"RF64")


def _kind_of(head):
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    if head[:4] == b"riff" and head[4:16].hex().startswith("2e91cf11"):
        return "w64"
    return "caf" if head[:4] == b"caff" else None


def _walk(file, name, end, is_long):
    kind = _KINDS[name]
    place, coding = kind.first, None
    size64: int | None = None
    while place + kind.name + kind.size <= end:
        file.seek(place)
        tag = file.read(kind.name)
        size = int.from_bytes(file.read(kind.size), kind.order)
        begin = place + kind.name + kind.size
        if kind.counts_itself:
            size -= kind.name + kind.size
        if tag == b"ds64":
            size64 = int.from_bytes(file.read(16)[8:], "little")
        if tag == b"fmt " and name == "wav":
            coding = _coding(file.read(min(size, 26)))
        if tag == kind.samples:
            is_elsewhere = is_long and size == 0xFFFFFFFF
            declared = _declared(size64 if is_elsewhere else size, kind.before)
            return Layout(name, begin + kind.before, declared, end, coding, begin - 4)
        place = begin + size + -size % kind.align
    return None


def _declared(size, before=0):
    return None if size is None or size < 0 or size in _UNKNOWN else size - before


def _coding(chunk):
    tag = int.from_bytes(chunk[:2], "little")
    if tag == _EXTENSIBLE:  # which may hide any other
        tag = int.from_bytes(chunk[24:26], "little")
    return tag


def mended(file, layout: Layout):
    """`(file, why)`: the file with a true length of its samples; why None if it had.

    Only WAV files are rewritten; of others the decoders find the end by themselves.
    """
    present, declared = layout.present, layout.declared
    if layout.kind != "wav" or layout.size_at is None:
        return file, None
    if declared is None and present:
        why = "the sound declares no length: read to its end"
    elif declared is not None and _goes_on(file, layout):
        why = f"the sound declares {declared:,} bytes of samples, and has {present:,}"
    elif declared is not None and declared > present:
        return _with_size(file, layout), None  # noted where something lacks
    else:
        return file, None
    return _with_size(file, layout), why


def _with_size(file, layout):
    whole = min(layout.present, 0xFFFFFFFF - 2**16)
    riff = min(layout.end - 8, 0xFFFFFFFF)
    sizes = {4: riff.to_bytes(4, "little")}
    sizes[layout.size_at] = whole.to_bytes(4, "little")
    return PatchedFile(file, patches={0: b"RIFF"} | sizes)


def _goes_on(file, layout):
    """Whether what stands behind the declared samples is more of them."""
    rest_at = layout.begin + layout.declared + layout.declared % 2
    if layout.end - rest_at < _FEWEST:
        return False
    file.seek(rest_at)
    rest = file.read(2**16)
    name, size = rest[:4], int.from_bytes(rest[4:8], "little")
    is_chunk = all(32 <= byte < 127 for byte in name)
    if is_chunk and rest_at + 8 + size <= layout.end + 1:
        return False
    return any(rest) and not rest.startswith(_TAGS)
