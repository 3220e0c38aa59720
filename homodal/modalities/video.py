"""Video cells: a film in, a few of its frames out."""

import io

import numpy as np

from homodal.contracts import Evidence, Modality
from homodal.errors import PartError
from homodal.media import excerpts
from homodal.media import frames as film
from homodal.media.files import try_each
from homodal.media.options import between, choice
from homodal.media.sizes import fitting
from homodal.plain.features import Statistics
from homodal.plain.pictures import film_figures

_FRAMES_A_SECOND = 5
_FEWEST, _MOST = 8, 24
_MOST_FRAMES = 10_000
_MOST_SECONDS = 30.0  # of a film whose frames come at a rate


class Video(Modality):
    """Films: mp4, webm, mkv, avi, mpg and others, as a few frames each.

    height_px, width_px: every frame is stretched to this size.
    channels: 3 for colour, 1 for grey.
    frames: at most this many frames of each film; one that has more of them at its
        `rate_hz` is cut there, which counts as repaired.
    sampling: uniform in time, or keyframes of the file.
    rate_hz: frames at this rate, so that each has its second; null spreads them over
        the film. A rate above the film's own shows frames twice.
    window: only this part is read: [begin, end] in seconds, or two columns that say it
        for each row.
    box: only this part of each frame is read: [left, top, right, bottom] in pixels, or
        the column, or four columns, that say it for each row.
    """

    media = True
    steps = True
    dtype = "uint8"

    def __init__(
        self,
        height_px=64,
        width_px=64,
        channels=3,
        frames=16,
        sampling="uniform",
        rate_hz=None,
        window=None,
        box=None,
    ):
        self.height_px = between("video", "height_px", height_px, 1, 4096)
        self.width_px = between("video", "width_px", width_px, 1, 4096)
        self.channels = choice("video", "channels", channels, (1, 3))
        self.frames = between("video", "frames", frames, 1, _MOST_FRAMES)
        self.sampling = choice("video", "sampling", sampling, ("uniform", "keyframes"))
        self.rate_hz = _rate(rate_hz, sampling)
        self.window = excerpts.window_option("video", window)
        self.box = excerpts.box_option("video", box)

    def beside(self):
        return excerpts.beside(self.window, self.box)

    def recognise(self, cells):
        seen, reason = try_each(cells, film.probe)
        why = f"{len(seen)} of {len(cells)} cells open as films"
        if not seen:
            return Evidence(0.0, f"{why}; {reason}" if reason else why)
        whole = excerpts.size_of(self.box)
        height, width = fitting(seen if whole is None else [whole])
        lengths = [item.seconds for item in seen if item.seconds] or [3.0]
        seconds = excerpts.length_of(self.window) or float(np.median(lengths))
        frames = int(np.clip(round(_FRAMES_A_SECOND * seconds), _FEWEST, _MOST))
        if self.rate_hz:
            longest = excerpts.length_of(self.window) or _MOST_SECONDS
            frames = int(np.clip(np.ceil(self.rate_hz * longest), 1, _MOST_FRAMES))
        options = {"height_px": height, "width_px": width, "frames": frames}
        why = f"{why} (about {seconds:.1f} s)" + (f"; {reason}" if reason else "")
        return Evidence(len(seen) / len(cells) * 0.98, why, options)

    def read(self, cell):
        """Frames, uint8 `(n, height_px, width_px, channels)`, n at most `frames`."""
        cell, said = excerpts.taken(cell)
        size = self.height_px, self.width_px, self.channels
        pixels, _ = film.read(
            cell,
            *size,
            self.frames,
            self.sampling,
            window=excerpts.seconds_of(self.window, said),
            rate_hz=self.rate_hz,
            box=excerpts.pixels_of(self.box, said),
        )
        return pixels

    def shape(self, facts):
        return (None, self.height_px, self.width_px, self.channels)

    def plain(self, facts):
        return Statistics(film_figures)

    def example(self, folder, rng):
        start = rng.integers(0, 256, (24, 32, 3), dtype=np.uint8)
        moving = [np.roll(start, 2 * i, axis=1) for i in range(int(rng.integers(5, 9)))]
        file = io.BytesIO()
        film.write(file, moving, frames_hz=10)
        path = folder / f"{rng.integers(2**32):08x}.mp4"
        path.write_bytes(file.getvalue())
        return path


def _rate(rate_hz, sampling):
    if rate_hz is None:
        return None
    if sampling == "keyframes":
        raise PartError("Key frames have no rate", do="Leave out rate_hz or sampling")
    return between("video", "rate_hz", rate_hz, 0.01, 1000.0)
