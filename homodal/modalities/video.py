"""Video cells: a film in, a few of its frames out."""

import io

import numpy as np

from homodal.contracts import Evidence, Modality
from homodal.media import frames as film
from homodal.media.files import try_each
from homodal.media.options import between, choice
from homodal.media.sizes import fitting

_FRAMES_A_SECOND = 5
_FEWEST, _MOST = 8, 24


class Video(Modality):
    """Films: mp4, webm, mkv, avi, mpg and others, as a few frames each.

    height_px, width_px: every frame is stretched to this size.
    channels: 3 for colour, 1 for grey.
    frames: at most this many frames of each film.
    sampling: uniform in time, or keyframes of the file.
    """

    media = True
    steps = True
    dtype = "uint8"

    def __init__(
        self, height_px=64, width_px=64, channels=3, frames=16, sampling="uniform"
    ):
        self.height_px = between("video", "height_px", height_px, 1, 4096)
        self.width_px = between("video", "width_px", width_px, 1, 4096)
        self.channels = choice("video", "channels", channels, (1, 3))
        self.frames = between("video", "frames", frames, 1, 10_000)
        self.sampling = choice("video", "sampling", sampling, ("uniform", "keyframes"))

    def recognise(self, cells):
        seen, reason = try_each(cells, film.probe)
        why = f"{len(seen)} of {len(cells)} cells open as films"
        if not seen:
            return Evidence(0.0, f"{why}; {reason}" if reason else why)
        height, width = fitting(seen)
        seconds = float(np.median([item.seconds or 3.0 for item in seen]))
        frames = int(np.clip(round(_FRAMES_A_SECOND * seconds), _FEWEST, _MOST))
        options = {"height_px": height, "width_px": width, "frames": frames}
        why = f"{why} (about {seconds:.1f} s)" + (f"; {reason}" if reason else "")
        return Evidence(len(seen) / len(cells) * 0.98, why, options)

    def read(self, cell):
        """Frames, uint8 `(n, height_px, width_px, channels)`, n at most `frames`."""
        size = self.height_px, self.width_px, self.channels
        pixels, _ = film.read(cell, *size, self.frames, self.sampling)
        return pixels

    def shape(self, facts):
        return (None, self.height_px, self.width_px, self.channels)

    def example(self, folder, rng):
        start = rng.integers(0, 256, (24, 32, 3), dtype=np.uint8)
        moving = [np.roll(start, 2 * i, axis=1) for i in range(int(rng.integers(5, 9)))]
        file = io.BytesIO()
        film.write(file, moving, frames_hz=10)
        path = folder / f"{rng.integers(2**32):08x}.mp4"
        path.write_bytes(file.getvalue())
        return path
