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
from homodal.media import containers, files, images

MAX_BYTES = 2**30  # the compressed stream of one film is held in memory
MAX_PIXELS = 40_000_000
MAX_FRAMES = 500_000
MAX_SECONDS = 24 * 3600
_MAX_UNTIMED = 5_000  # frames of a film whose packets carry no time: all are decoded
_GREY = np.array([0.299, 0.587, 0.114], np.float32)  # as Pillow's "L"


class Film(NamedTuple):
    """What a film says about itself, upright; `seconds` is None where it does not."""

    height: int
    width: int
    seconds: float | None


def read(cell, height_px, width_px, channels, frames, sampling="uniform"):
    """`(pixels, seconds)`: at most `frames` frames of a film and when each is shown.

    pixels: uint8 `(n, height_px, width_px, channels)`, 1 <= n <= frames; channels 1, 3.
    seconds: float32 `(n,)`, rising, counted from the film's first frame.
    `cell` is a Path, bytes, or an array of pixels `(n, height, width, 1 | 3)`, one
    frame a second. Raises `BadCell`.
    """
    if isinstance(cell, np.ndarray):
        return _from_array(cell, height_px, width_px, channels, frames)
    with files.opened(cell, MAX_BYTES) as file, containers.opened(file) as container:
        stream = _stream(container)
        shrink = _Shrink(height_px, width_px)
        try:
            packets = list(islice(container.demux(stream), MAX_FRAMES + 1))
            chosen = _chosen(stream, packets, frames, sampling, shrink)
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
        return Film(height, width, containers.seconds(container))


def _stream(container):
    streams = containers.films(container)
    if not streams:
        raise BadCell("the film has no pictures")
    stream = streams[0]
    if (stream.width or 0) * (stream.height or 0) > MAX_PIXELS:
        raise BadCell(f"film too large: {stream.width} x {stream.height} pixels")
    if (containers.seconds(container) or 0) > MAX_SECONDS:
        raise BadCell("film too long: more than 24 hours")
    return stream


# --- which frames --------------------------------------------------------------------


def _chosen(stream, packets, frames, sampling, shrink):
    """`[(seconds, uint8 (height, width, 3))]` in the order of time, without doubles."""
    if len(packets) > MAX_FRAMES:
        raise BadCell(f"film too long: more than {MAX_FRAMES:,} frames")
    if any(p.is_corrupt for p in packets):
        raise BadCell("truncated or damaged film")
    # An edit list may ask to decode a packet and not to show it
    filled = [p for p in packets if p.size and not p.is_discard]
    if not filled:
        return []
    if any(p.pts is None for p in filled):
        return _untimed(packets, frames, sampling, shrink)
    first = min(p.pts for p in filled)
    if sampling == "keyframes":
        keys = sorted({p.pts for p in filled if p.is_keyframe} or {first})
        targets = evenly(keys, frames)
    else:
        targets = _uniform(sorted({p.pts for p in filled}), frames)
    second = stream.time_base
    return [
        (float((frame.pts - first) * second), shrink(frame))
        for frame in _decoded(stream, packets, targets)
    ]


def _uniform(times, frames):
    """The last of the sorted `times` at or before the middle of each equal part.

    One time may come twice, where it is the last for two parts.
    """
    times = np.array(times)
    if len(times) <= frames:
        return times.tolist()
    step = (times[-1] - times[0]) / (len(times) - 1)  # the last frame is shown as long
    span = times[-1] - times[0] + step
    middles = times[0] + (np.arange(frames) + 0.5) * span / frames
    places = np.searchsorted(times, middles, side="right") - 1
    return times[places].tolist()


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
        self._ready: deque = deque()  # decoded, in the order of presentation

    def frame_at(self, pts):
        """The first frame shown at `pts` or later; None when the film is over."""
        at = bisect_right(self._keys, (pts, len(self._packets))) - 1
        if at >= 0 and self._keys[at][1] > self._place:
            self._codec.flush_buffers()
            self._ready.clear()
            self._place = self._keys[at][1]
        while True:
            while self._ready:
                frame = self._ready.popleft()
                if frame.pts is not None and frame.pts >= pts:
                    return frame
            if self._place == len(self._packets):
                return None
            self._ready.extend(self._packets[self._place].decode())
            self._place += 1


def _decoded(stream, packets, targets):
    """The frames with the times `targets` (rising), or the next ones there are."""
    decoder = _Decoder(stream, packets)
    last = None
    for target in targets:
        if last is not None and last >= target:
            continue  # still on screen
        frame = decoder.frame_at(target)
        if frame is None:
            return
        last = frame.pts
        yield frame


def _untimed(packets, frames, sampling, shrink):
    """From a film whose packets carry no time: every frame is decoded, then chosen."""
    if len(packets) > _MAX_UNTIMED:
        raise BadCell(f"film without times has more than {_MAX_UNTIMED:,} frames")
    found = []
    for packet in packets:
        for frame in packet.decode():
            if sampling == "uniform" or frame.key_frame:
                found.append((frame.time, shrink(frame)))
    if any(time is None for time, _ in found):
        found = [(float(i), pixels) for i, (_, pixels) in enumerate(found)]
    start = found[0][0] if found else 0.0
    return [(time - start, pixels) for time, pixels in evenly(found, frames)]


# --- pixels --------------------------------------------------------------------------


class _Shrink:
    """Makes a decoded frame upright RGB uint8 `(height_px, width_px, 3)`."""

    def __init__(self, height_px, width_px):
        self._size = (width_px, height_px)
        self._reformatter = VideoReformatter()  # keeps swscale's tables between frames

    def __call__(self, frame):
        if frame.width * frame.height > MAX_PIXELS:
            raise BadCell(f"film too large: {frame.width} x {frame.height} pixels")
        turns = _quarter_turns(frame)
        width, height = self._size[::-1] if turns % 2 else self._size
        small = self._reformatter.reformat(
            frame, width=width, height=height, format="rgb24", interpolation="AREA"
        )
        return np.rot90(small.to_ndarray(), turns)


def _quarter_turns(frame):
    """Quarter turns against the clock that make a frame upright."""
    return round(frame.rotation / 90) % 4


def _in_colour(pixels, channels):
    if channels == 3:
        return np.ascontiguousarray(pixels)
    return np.rint(pixels @ _GREY).astype(np.uint8)[..., None]


def _from_array(array, height_px, width_px, channels, frames):
    if array.ndim != 4 or 0 in array.shape:
        raise BadCell(f"not an array of frames: shape {array.shape}")
    places = evenly(range(len(array)), frames)
    pixels = [images.read(array[i], height_px, width_px, channels) for i in places]
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
