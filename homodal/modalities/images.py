"""Cells of several pictures: pixels of each out, as a short film of them."""

import io

import numpy as np

from homodal.contracts import Evidence, Modality
from homodal.errors import BadCell
from homodal.media import images, repairs
from homodal.media.files import try_each
from homodal.media.options import between, choice
from homodal.media.sizes import fitting
from homodal.plain.features import Statistics
from homodal.plain.pictures import pictures_figures

_MOST = 8  # of a cell, where the column is only recognised


class Images(Modality):
    """Several pictures in one cell: a list, or paths with ";" or "|" between them.

    height_px, width_px: every picture is stretched to this size.
    channels: 3 for colour, 1 for grey.
    most: only so many of a cell are kept, the first; counted as repaired.

    Of a cell some of whose pictures cannot be read the others are kept, which counts as
    repaired too; a cell without a readable one is bad.
    """

    media = True
    several = True
    steps = True
    dtype = "uint8"

    def __init__(self, height_px=64, width_px=64, channels=3, most=4):
        self.height_px = between("images", "height_px", height_px, 1, 4096)
        self.width_px = between("images", "width_px", width_px, 1, 4096)
        self.channels = choice("images", "channels", channels, (1, 3))
        self.most = between("images", "most", most, 1, 1000)

    def recognise(self, cells):
        counts = [len(_each(cell)) for cell in cells]
        if max(counts, default=0) < 2:
            return Evidence(0.0, "no cell has more than one picture")
        every = [each for cell in cells for each in _each(cell)]
        seen, reason = try_each(every, images.probe)
        why = f"{len(seen)} of {len(every)} pictures in {len(cells)} cells open"
        if not seen:
            return Evidence(0.0, f"{why}; {reason}" if reason else why)
        height, width = fitting(seen)
        grey = all(is_grey for _, _, is_grey in seen)
        options = {"height_px": height, "width_px": width, "channels": 1 if grey else 3}
        options["most"] = min(max(counts), _MOST)
        why += f", at most {max(counts)} in one" + (f"; {reason}" if reason else "")
        return Evidence(len(seen) / len(every) * 0.98, why, options)

    def read(self, cell):
        """Pixels, uint8 `(n, height_px, width_px, channels)`, 1 <= n <= `most`."""
        size = self.height_px, self.width_px, self.channels
        pixels: list = []
        lacking: list[str] = []
        every = _each(cell)
        for each in every:
            if len(pixels) == self.most:
                repairs.note(f"only the first {self.most} pictures: of {len(every)}")
                break
            try:
                pixels.append(images.read(each, *size))
            except BadCell as why:
                lacking.append(str(why))
        if not pixels:
            raise BadCell(lacking[0] if lacking else "no picture in the cell")
        if lacking:
            count = f"{len(lacking)} of {len(every)}"
            repairs.note(f"pictures cannot be read: {count}, {lacking[0]}")
        return np.stack(pixels)

    def shape(self, facts):
        return (None, self.height_px, self.width_px, self.channels)

    def plain(self, facts):
        return Statistics(pictures_figures)

    def example(self, folder, rng):
        return [_example(folder, rng) for _ in range(int(rng.integers(1, 4)))]


def _each(cell):
    if isinstance(cell, (list, tuple)) or (
        isinstance(cell, np.ndarray) and cell.ndim == 4
    ):
        return list(cell)
    return [cell]


def _example(folder, rng):
    pixels = rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)
    file = io.BytesIO()
    images.from_array(pixels).save(file, "PNG")
    path = folder / f"{rng.integers(2**32):08x}.png"
    path.write_bytes(file.getvalue())
    return path
