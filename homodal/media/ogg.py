"""The pages of an Ogg file: whether they hang together and come to an end.

Decoders stop at the first end of a stream, and a file without one ends for them where
it is over. RFC 3533 describes the pages.
"""

import math
import zlib
from dataclasses import dataclass

_BEGINS, _ENDS = 2, 4
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True)
class Pages:
    """What is in an Ogg file.

    ended: its last page says that it is the last. chained: sounds one after another.
    whole: every page follows the one before it, and has the content that it was given.
    """

    ended: bool
    chained: bool
    whole: bool

    @property
    def is_whole(self) -> bool:
        """Whether a decoder that believes the pages reads everything."""
        return self.ended and self.whole and not self.chained

    def damage(self) -> str | None:
        """What is wrong with the file, in words, or None."""
        if not self.whole:
            return "damaged sound: some of its pages are missing or destroyed"
        return None if self.ended else "truncated sound: it has no last page"


def walk_pages(file, most: float = math.inf) -> Pages:
    """The `Pages` of an open binary file.

    most: seconds after which it is left, as if the file had been made so long.
    """
    end, rate_hz = file.seek(0, 2), None
    place, ended, chained, whole, started = 0, False, False, True, False
    numbers: dict[bytes, int] = {}
    while place < end:
        file.seek(place)
        head = file.read(27)
        if head[:4] != b"OggS" or len(head) < 27:
            return Pages(ended, chained, whole and ended)
        flags, stream = head[5], head[14:18]
        number = int.from_bytes(head[18:22], "little")
        if flags & _BEGINS:
            chained |= started
        else:
            started = True
            whole &= number == numbers.get(stream, number - 1) + 1
        numbers[stream] = number
        ended = bool(flags & _ENDS)
        lengths = file.read(head[26])
        content = file.read(sum(lengths))
        whole &= _checksum(head, lengths, content) == head[22:26]
        rate_hz = rate_hz or _rate(content)
        if rate_hz and number > 1 and _steps(head) > most * rate_hz:
            return Pages(True, chained, whole)
        place += 27 + len(lengths) + sum(lengths)
    return Pages(ended and place == end, chained, whole)


def _rate(content):
    """Steps a second that the pages count in, as a stream's first page says."""
    if content.startswith(b"OpusHead"):
        return 48_000
    is_vorbis = content.startswith(b"\x01vorbis")
    return int.from_bytes(content[12:16], "little") if is_vorbis else None


def _steps(head):
    """Those up to the end of a page; -1 where no packet ends in it."""
    return int.from_bytes(head[6:14], "little", signed=True)


def _checksum(head, lengths, content):
    """Ogg's CRC-32 of a page: zlib's with the bits of everything in reverse order."""
    page = head[:22] + bytes(4) + head[26:] + lengths + content
    reverse = ~zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) & 0xFFFFFFFF
    return reverse.to_bytes(4, "big").translate(_REVERSED)
