"""Films: bytes to a few uint8 frames, chosen by presentation time.

- uniform: the frame on screen in the middle of each of n equal parts of the film;
  keyframes: n of the frames that stand for themselves in the file, evenly chosen
- the rotation that the file asks for is applied
- frames are shrunk while they are converted (swscale, area averaging)
- size, length and number of frames are limited before and while decoding
- a film that ends early or cannot be decoded is a bad cell
"""

from bisect import bisect_right
from collections import deque
from itertools import islice
from typing import NamedTuple

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from homodal.errors import BadCell
from homodal.media import containers, excerpts, files, images, repairs

MAX_BYTES = 2**30  # the compressed stream of one film is held in memory
MAX_PIXELS = 40_000_000
MAX_FRAMES = 500_000
MAX_SECONDS = 24 * 3600
_MAX_UNTIMED = 5_000  # frames of a film whose packets carry no time: all are decoded
_CONCEALED = "damaged film: what its frames lack is guessed by the decoder"
_GREY = np.array([0.299, 0.587, 0.114], np.float32)  # as Pillow's "L"


class Film(NamedTuple):
    """What a film says about itself, upright; `seconds` is None where it does not."""

    height: int
    width: int
    seconds: float | None


class Wanted(NamedTuple):
    """Which frames are read: at most `most`, within `begin` to `end` seconds.

    rate_hz: one for each so long a part of the window; None spreads them over it.
    """

    most: int
    sampling: str = "uniform"
    begin: float = 0.0
    end: float | None = None
    rate_hz: float | None = None


def read(
    cell,
    height_px,
    width_px,
    channels,
    frames,
    sampling="uniform",
    *,
    window=(0.0, None),
    rate_hz=None,
    box=None,
):
    """`(pixels, seconds)`: at most `frames` frames of a film and when each is shown.

    pixels: uint8 `(n, height_px, width_px, channels)`, 1 <= n <= frames; channels 1, 3.
    seconds: float32 `(n,)`, counted from the film's first frame; rising, but that a
    frame comes twice where `rate_hz` is above the film's own rate.
    `cell` is a Path, bytes, or an array of pixels `(n, height, width, 1 | 3)`, one
    frame a second. window: seconds; box: pixels (`media.excerpts`). Raises `BadCell`.
    """
    begin, end = window
    wanted = Wanted(frames, sampling, begin, end, rate_hz)
    if isinstance(cell, np.ndarray):
        return _from_array(cell, height_px, width_px, channels, wanted, box)
    with files.opened(cell, MAX_BYTES) as file, containers.opened(file) as container:
        stream = _stream(container)
        shrink = _Shrink(height_px, width_px, box)
        try:
            packets = list(islice(container.demux(stream), MAX_FRAMES + 1))
            chosen = _chosen(stream, packets, wanted, shrink)
        except containers.ERRORS as error:
            raise BadCell(f"damaged film: {containers.why(error)}") from None
    if not chosen:
        raise BadCell("the film has no frames")
    seconds, pixels = zip(*chosen, strict=True)
    return _in_colour(np.stack(pixels), channels), np.array(seconds, np.float32)


def probe(cell):
    """The `Film` of a file. Raises `BadCell` when it has no frame."""
    with files.opened(cell, MAX_BYTES) as file, containers.opened(file) as container:
        stream = _stream(container)
        try:
            first = next(iter(container.decode(stream)), None)
        except containers.ERRORS as error:
            raise BadCell(f"damaged film: {containers.why(error)}") from None
        if first is None:
            raise BadCell("the film has no frames")
        height, width = first.height, first.width
        if _quarter_turns(first) % 2:
            height, width = width, height
        seconds = containers.seconds(container)
        if seconds is None:  # as films have it that were recorded live
            container.seek(0)
            seconds = containers.counted_seconds(container, stream)
        return Film(height, width, seconds)


def _stream(container):
    streams = containers.films(container)
    if not streams:
        raise BadCell("the film has no pictures")
    stream = containers.known(streams[0])
    if (stream.width or 0) * (stream.height or 0) > MAX_PIXELS:
        raise BadCell(f"film too large: {stream.width} x {stream.height} pixels")
    if (containers.seconds(container) or 0) > MAX_SECONDS:
        raise BadCell("film too long: more than 24 hours")
    return stream


# --- which frames --------------------------------------------------------------------


def _chosen(stream, packets, wanted, shrink):
    """`[(seconds, uint8 (height, width, 3))]` in the order of time."""
    if len(packets) > MAX_FRAMES:
        raise BadCell(f"film too long: more than {MAX_FRAMES:,} frames")
    if any(p.is_corrupt for p in packets):
        raise BadCell("truncated or damaged film")
    # An edit list may ask to decode a packet and not to show it
    filled = [p for p in packets if p.size and not p.is_discard]
    if not filled:
        return []
    if any(p.pts is None for p in filled):
        return _untimed(packets, wanted, shrink)
    first, second = min(p.pts for p in filled), stream.time_base
    times = sorted({p.pts for p in filled})
    if wanted.sampling == "keyframes":
        keys = sorted({p.pts for p in filled if p.is_keyframe} or {first})
        targets = evenly(_keys_within(keys, first, second, wanted), wanted.most)
    else:
        places = on_screen(_seconds(times, first, second), wanted)
        targets = [times[place] for place in places]
    found = _decoded(stream, packets, targets, twice=wanted.rate_hz is not None)
    return [(float((f.pts - first) * second), shrink(f)) for f in found]


def _seconds(times, first, second):
    return [float((time - first) * second) for time in times]


def on_screen(seconds, wanted):
    """Places in the rising `seconds` of the frames that are shown at chosen moments.

    The moments are the middles of equal parts of the window: as many as `wanted.most`,
    or one for each `1 / rate_hz` seconds. Without a rate, all of the window's frames
    where they are no more than that. One place may come twice, where a frame is the
    last for two parts. Raises `BadCell` when the film ends before the window begins.
    """
    times = np.array(seconds, np.float64)
    span = times[-1] - times[0]
    step = span / max(len(times) - 1, 1)  # the last frame is shown as long as others
    begin, last = times[0] + wanted.begin, times[-1] + (step or 1.0)
    end = last if wanted.end is None else min(last, times[0] + wanted.end)
    if begin >= end:
        raise _over(wanted)
    if wanted.rate_hz is None:
        inside = _within(seconds, wanted)
        if len(inside) <= wanted.most:
            return inside
        parts, length = wanted.most, (end - begin) / wanted.most
    else:
        length = 1 / wanted.rate_hz
        parts = max(1, round((end - begin) * wanted.rate_hz))
        if parts > wanted.most:
            repairs.note_cut(f"{wanted.most} frames")
            parts = wanted.most
    middles = begin + (np.arange(parts) + 0.5) * length
    return (np.searchsorted(times, middles, side="right") - 1).tolist()


def _within(seconds, wanted):
    """Places of the frames shown within the window; the first may begin before it."""
    times = np.array(seconds, np.float64)
    first = max(np.searchsorted(times, times[0] + wanted.begin, side="right") - 1, 0)
    last = len(times)
    if wanted.end is not None:
        last = np.searchsorted(times, times[0] + wanted.end, side="left")
    if first >= last:
        raise _over(wanted)
    return list(range(int(first), int(last)))


def _keys_within(keys, first, second, wanted):
    end = float("inf") if wanted.end is None else wanted.end
    moments = zip(keys, _seconds(keys, first, second), strict=True)
    found = [key for key, moment in moments if wanted.begin <= moment < end]
    if not found:
        raise BadCell("the film has no key frame in its window")
    return found


def _over(wanted):
    return BadCell(f"the film ends before its window begins, at {wanted.begin:g} s")


def evenly(items, most):
    """At most `most` of `items`, evenly spread: the middle of each equal part."""
    if len(items) <= most:
        return list(items)
    return [items[int((i + 0.5) * len(items) / most)] for i in range(most)]


class _Decoder:
    """Decodes forward through the packets of a stream, and jumps to key frames."""

    def __init__(self, stream, packets):
        self._codec = stream.codec_context
        self._packets = packets
        self._keys = sorted(
            (packet.pts, place)
            for place, packet in enumerate(packets)
            if packet.size and packet.is_keyframe
        )
        self._place = 0  # of the next packet to decode
        self._torn = False  # since the last key frame that is whole
        self._ready: deque = deque()  # decoded, in the order of presentation

    def frame_at(self, pts):
        """The first frame shown at `pts` or later; None when the film is over."""
        at = bisect_right(self._keys, (pts, len(self._packets))) - 1
        if at >= 0 and self._keys[at][1] > self._place:
            self._codec.flush_buffers()
            self._ready.clear()
            self._place = self._keys[at][1]
            self._torn = False
        while True:
            while self._ready:
                frame = self._ready.popleft()
                self._torn = _torn(frame, self._torn)
                if frame.pts is not None and frame.pts >= pts:
                    if self._torn:
                        repairs.note(_CONCEALED)
                    return frame
            if self._place == len(self._packets):
                return None
            self._ready.extend(self._packets[self._place].decode())
            self._place += 1


def _torn(frame, before):
    """Whether a frame is damaged, or predicted from one that is."""
    return frame.is_corrupt or (before and not frame.key_frame)


def _decoded(stream, packets, targets, twice=False):
    """The frames with the times `targets` (rising), or the next ones there are.

    twice: also again where one is still on screen.
    """
    decoder = _Decoder(stream, packets)
    frame = None
    for target in targets:
        if frame is not None and frame.pts >= target:  # still on screen
            if twice:
                yield frame
            continue
        frame = decoder.frame_at(target)
        if frame is None:
            return
        yield frame


def _untimed(packets, wanted, shrink):
    """From a film whose packets carry no time: every frame is decoded, then chosen."""
    if len(packets) > _MAX_UNTIMED:
        raise BadCell(f"film without times has more than {_MAX_UNTIMED:,} frames")
    found = []
    for packet in packets:
        for frame in packet.decode():
            if frame.is_corrupt:
                repairs.note(_CONCEALED)
            if wanted.sampling == "uniform" or frame.key_frame:
                found.append((frame.time, shrink(frame)))
    if any(time is None for time, _ in found):
        found = [(float(i), pixels) for i, (_, pixels) in enumerate(found)]
    if not found:
        return []
    start = found[0][0]
    found = [(time - start, pixels) for time, pixels in found]
    if wanted == Wanted(wanted.most, wanted.sampling):
        return evenly(found, wanted.most)
    return [found[place] for place in on_screen([t for t, _ in found], wanted)]


# --- pixels --------------------------------------------------------------------------


class _Shrink:
    """Makes a decoded frame upright RGB uint8 `(height_px, width_px, 3)`."""

    def __init__(self, height_px, width_px, box=None):
        self._size = (width_px, height_px)
        self._box = box
        self._reformatter = VideoReformatter()  # keeps swscale's tables between frames

    def __call__(self, frame):
        if frame.width * frame.height > MAX_PIXELS:
            raise BadCell(f"film too large: {frame.width} x {frame.height} pixels")
        turns = _quarter_turns(frame)
        if self._box is not None:
            return self._part(np.rot90(frame.to_ndarray(format="rgb24"), turns))
        width, height = self._size[::-1] if turns % 2 else self._size
        small = self._reformatter.reformat(
            frame,
            width=width,
            height=height,
            format="rgb24",
            interpolation="AREA",
            threads=1,  # a process decodes on every processor; more only wait
        )
        return np.rot90(small.to_ndarray(), turns)

    def _part(self, pixels):
        left, top, right, bottom = excerpts.inside(self._box, *pixels.shape[:2])
        part = np.ascontiguousarray(pixels[top:bottom, left:right])
        return images.read(part, self._size[1], self._size[0], 3)


def _quarter_turns(frame):
    """Quarter turns against the clock that make a frame upright."""
    return round(frame.rotation / 90) % 4


def _in_colour(pixels, channels):
    if channels == 3:
        return np.ascontiguousarray(pixels)
    return np.rint(pixels @ _GREY).astype(np.uint8)[..., None]


def _from_array(array, height_px, width_px, channels, wanted, box):
    if array.ndim != 4 or 0 in array.shape:
        raise BadCell(f"not an array of frames: shape {array.shape}")
    if wanted == Wanted(wanted.most, wanted.sampling):
        places = evenly(range(len(array)), wanted.most)
    else:
        places = on_screen(range(len(array)), wanted)
    size = (height_px, width_px, channels)
    pixels = [images.read(array[i], *size, box=box) for i in places]
    return np.stack(pixels), np.array(places, np.float32)


def write(file, pixels, frames_hz):
    """Write frames, uint8 `(height, width, 3)` of even sides, as mp4.

    `file` is a binary file or a path.
    """
    height, width, _ = pixels[0].shape
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=frames_hz)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for array in pixels:
            frame = av.VideoFrame.from_ndarray(array, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
