"""The sound track of any file that FFmpeg opens, read as far as it can be decoded.

- packets that cannot be decoded are left out; frames keep their time, and what lacks
  between them is silent and noted
- a track that ends before its file says so is noted
- without a declared length the packets are counted
"""

from collections.abc import Iterator

import av
import numpy as np

from homodal.errors import BadCell
from homodal.media import containers, repairs

_MEASURED_BYTES = 32 * 2**20  # of files whose packets are counted in any case
_COUNTED_BYTES = 2**29  # and of those that declare no length; others stay unknown
_MAX_SECONDS = 24 * 3600.0
_GAP_SECONDS = 0.06  # between frames; less is rounding
_LONGEST_GAP = 60.0  # that is filled: a clock that jumps further is no clock
_FEWEST_CHECKED = 0.1  # seconds that a track may be shorter than declared
_CHECKED = "crccheck+bitstream+buffer+explode"


class _Timeline:
    """Samples of a track, each frame at its time; gaps are silent."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._parts: list[np.ndarray] = []
        self._origin: float | None = None
        self.steps = 0
        self.silent = 0  # steps that were missing

    def add(self, samples: np.ndarray, begin: float | None) -> None:
        """Samples `(steps,)` that begin at this second, None if nobody knows."""
        if begin is not None:
            if self._origin is None:
                self._origin = begin - self.steps / self._rate_hz
            gap = begin - self._origin - self.steps / self._rate_hz
            if _GAP_SECONDS < gap <= _LONGEST_GAP and self.steps:
                self._append(np.zeros(round(gap * self._rate_hz), np.float32))
                self.silent += round(gap * self._rate_hz)
            elif abs(gap) > _GAP_SECONDS:  # the clock begins anew
                self._origin = begin - self.steps / self._rate_hz
        self._append(samples)

    def joined(self) -> np.ndarray:
        """All of it, `(steps,)`."""
        return np.concatenate(self._parts)

    def _append(self, samples):
        self._parts.append(samples)
        self.steps += len(samples)


class _Count:
    """Packets that were decoded, and those that could not be."""

    def __init__(self) -> None:
        self.good = self.bad = 0


def read_track(container, track, seconds: float) -> np.ndarray:
    """Mono float32 samples `(steps,)` of a track at its own rate, at most `seconds`.

    Raises `BadCell` where nothing of it can be decoded.
    """
    count, timeline = _Count(), _Timeline(track.rate)
    wanted = round(seconds * track.rate)
    for samples, begin in _decoded(container, track, count):
        timeline.add(samples, begin)
        if timeline.steps >= wanted:
            break
    if not timeline.steps:
        raise BadCell("nothing in it can be decoded" if count.bad else "no samples")
    if count.bad:
        packets = f"{count.bad:,} of its {count.good + count.bad:,} packets"
        repairs.note(f"damaged sound: {packets} cannot be decoded")
    if timeline.silent:
        gaps = f"{timeline.silent / track.rate:.2f} s within it are missing"
        repairs.note(f"damaged sound: {gaps}, and silent")
    if timeline.steps < wanted:
        _note_shorter(container, track, timeline.steps / track.rate)
    return timeline.joined()[:wanted]


def measure_track(container, track, size: int) -> float | None:
    """Seconds of a track: counted where the file is small or says nothing.

    size: bytes of the file. Raises `BadCell` where it has no packet.
    """
    declared = declared_seconds(container, track) or containers.seconds(container)
    if size > (_MEASURED_BYTES if declared else _COUNTED_BYTES):
        return declared
    counted = containers.counted_seconds(container, track)
    if counted is None:
        raise BadCell("no samples")
    if declared is not None and abs(counted - declared) <= _tolerance(track, declared):
        return declared
    return min(counted, _MAX_SECONDS)


def declared_seconds(container, track) -> float | None:
    """The length that a file declares of this very track, or None."""
    if track.duration:
        return float(track.duration * track.time_base)
    if (written := track.metadata.get("DURATION")) is not None:  # Matroska
        try:
            hours, minutes, rest = written.split(":")
            return int(hours) * 3600 + int(minutes) * 60 + float(rest)
        except ValueError:
            return None
    return containers.seconds(container) if len(container.streams) == 1 else None


def _tolerance(track, declared):
    frame = (track.codec_context.frame_size or 2048) / track.rate
    return max(_FEWEST_CHECKED, 2 * frame, 1e-3 * declared)


def _note_shorter(container, track, seconds):
    declared = declared_seconds(container, track)
    if declared and seconds < declared - _tolerance(track, declared):
        repairs.note(f"truncated sound: {seconds:.2f} of {declared:.2f} s")


def _decoded(container, track, count) -> Iterator[tuple[np.ndarray, float | None]]:
    """Samples of each frame, and the second at which they begin."""
    track.codec_context.options = {"err_detect": _CHECKED}
    plain: dict[tuple, av.AudioResampler] = {}
    for packet in _packets(container, track, count):
        try:
            frames = packet.decode()
        except containers.ERRORS:
            count.bad += 1
            continue
        count.good += bool(packet.size)
        for frame in frames:
            begin = frame.time
            for samples in _resampled(frame, track.rate, plain):
                yield samples, begin
                begin = None


def _packets(container, track, count):
    """The packets of a track; where the file breaks off, it is over."""
    packets = container.demux(track)
    while True:
        try:
            packet = next(packets, None)
        except containers.ERRORS:
            count.bad += 1
            return
        if packet is None:
            return
        yield packet


def _resampled(frame, rate_hz, plain):
    """Mono samples of a frame; damage may change its format from frame to frame."""
    key = frame.format.name, frame.layout.name, frame.rate
    if key not in plain:
        plain[key] = av.AudioResampler(format="fltp", rate=rate_hz)
    try:
        parts = plain[key].resample(frame)
    except containers.ERRORS:
        return []
    return [part.to_ndarray().mean(axis=0, dtype=np.float32) for part in parts]
