"""The frames of an MP3 or AAC (ADTS) file, counted by their headers.

An MP3 has no length of its own: a Xing header may say how many frames were written, and
each frame says where the next one begins. Decoders jump over what is damaged, and stop
where the header says.
"""

import math
from dataclasses import dataclass

_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_V1 = {
    3: (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    2: (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    1: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
_AAC_RATES = (
    *(96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000),
    *(11025, 8000, 7350),
)
_V2_LAYER1 = (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256)
_V2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_TAGS = (b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"3DI", b"ID3")
_NEAR = 2**16  # bytes that are looked through for the next frame


@dataclass(frozen=True)
class Frames:
    """What is in such a file.

    seconds: of the frames that are whole. declared: frames that a Xing header names, or
    None. count: frames. skipped: bytes between frames that are none. cut: the last
    frame is not whole. joined: there is more than one Xing header.
    """

    seconds: float
    count: int
    declared: int | None
    skipped: int
    cut: bool
    joined: bool

    @property
    def is_whole(self) -> bool:
        """Whether a decoder that believes the header reads everything."""
        odd = self.skipped or self.cut or self.joined
        return not odd and self.declared in (None, self.count)

    def damage(self) -> str | None:
        """What is wrong with the file, in words, or None."""
        if self.skipped:
            return f"damaged sound: {self.skipped:,} bytes in it are no sound"
        if self.declared and self.count < self.declared:
            return f"truncated sound: {self.count:,} of {self.declared:,} frames"
        return "truncated sound: its last frame is not whole" if self.cut else None


def walk_frames(file, most: float = math.inf) -> Frames | None:
    """The `Frames` of an open binary file; None where two in a row are not there.

    most: seconds after which it is left, as if the file had been made so long.
    """
    end = file.seek(0, 2)
    place = _after_tags(file)
    start = _next_frame(file, place, end)
    if start is None:
        return None
    skipped, place = start - place, start
    count, seconds, declared, headers, cut = 0, 0.0, None, 0, False
    while place + 4 <= end:
        if seconds >= most:
            return Frames(seconds, count, None, skipped, False, headers > 1)
        file.seek(place)
        head = file.read(256)
        frame = _frame(head)
        if frame is None:
            if _is_rest(head, file, place, end):
                break
            following = _next_frame(file, place + 1, end)
            skipped += (end if following is None else following) - place
            if following is None:
                break
            place = following
            continue
        length, steps, rate = frame
        if place + length > end:
            cut = True
            break
        if (named := _xing(head[:length])) is not None:
            headers += 1
            declared = (declared or 0) + named
        else:
            count, seconds = count + 1, seconds + steps / rate
        place += length
    return Frames(seconds, count, declared or None, skipped, cut, headers > 1)


def _frame(head):
    """`(bytes, samples, rate)` of a frame that begins so, or None."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0xF6 == 0xF0:
        return _aac_frame(head)
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rate_bits, rate_at, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer == 0 or rate_at == 3 or not 0 < rate_bits < 15:
        return None
    rate = _RATES[version][rate_at]
    if version == 3:
        kbps = _V1[layer][rate_bits - 1]
    else:
        kbps = (_V2_LAYER1 if layer == 3 else _V2)[rate_bits - 1]
    if layer == 3:
        return (12 * kbps * 1000 // rate + padding) * 4, 384, rate
    steps = 576 if layer == 1 and version != 3 else 1152
    return steps // 8 * kbps * 1000 // rate + padding, steps, rate


def _aac_frame(head):
    rate_at = head[2] >> 2 & 15
    if len(head) < 7 or rate_at >= len(_AAC_RATES):
        return None
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    if length < 7:
        return None
    return length, 1024 * (1 + (head[6] & 3)), _AAC_RATES[rate_at]


def _xing(head):
    """Frames that a Xing, Info or VBRI header declares; None of a frame of sound."""
    for name in (b"Xing", b"Info"):
        at = head.find(name, 4, 64)
        if at > 0:
            has_count = head[at + 7] & 1
            return int.from_bytes(head[at + 8 : at + 12], "big") if has_count else 0
    if head[36:40] == b"VBRI":
        return int.from_bytes(head[50:54], "big")
    return None


def _after_tags(file):
    """Where the sound begins, after the ID3 tags before it."""
    place = 0
    while True:
        file.seek(place)
        length = id3_bytes(file.read(10))
        if not length:
            return place
        place += length


def id3_bytes(head: bytes) -> int:
    """Bytes of an ID3 tag that begins so; 0 where none does."""
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size + (10 if head[5] & 0x10 else 0)


def _is_rest(head, file, place, end):
    """Whether only a tag, or zeros, are left."""
    if head.startswith(_TAGS) or end - place < 32:
        return True
    if any(head):
        return False
    file.seek(place)
    return not any(file.read(_NEAR)) and end - place <= _NEAR


def _next_frame(file, place, end):
    """Where the next two frames in a row begin, or None."""
    while place + 4 <= end:
        file.seek(place)
        piece = file.read(_NEAR)
        at = piece.find(b"\xff")
        while at >= 0:
            if (frame := _frame(piece[at : at + 7])) and _follows(
                file, place + at + frame[0], end
            ):
                return place + at
            at = piece.find(b"\xff", at + 1)
        place += max(len(piece) - 6, 1)
    return None


def _follows(file, place, end):
    if place >= end - 4:
        return place == end
    file.seek(place)
    return _frame(file.read(7)) is not None
