"""Image cells: a picture in, pixels out."""

import io

import numpy as np

from homodal.contracts import Evidence, Modality
from homodal.media import excerpts, images
from homodal.media.files import try_each
from homodal.media.options import between, choice
from homodal.media.sizes import fitting
from homodal.plain.features import Statistics
from homodal.plain.pictures import picture_figures


class Image(Modality):
    """Pictures: JPEG, PNG, WebP, BMP, GIF, TIFF, told by their content.

    height_px, width_px: every picture is stretched to this size.
    channels: 3 for colour, 1 for grey.
    tolerate_truncated: keep what there is of a truncated JPEG, counted as repaired.
    box: only this part is read: [left, top, right, bottom] in pixels, or the column, or
        four columns, that say it for each row.
    """

    media = True
    dtype = "uint8"

    def __init__(
        self,
        height_px=64,
        width_px=64,
        channels=3,
        tolerate_truncated=False,
        box=None,
    ):
        self.height_px = between("image", "height_px", height_px, 1, 4096)
        self.width_px = between("image", "width_px", width_px, 1, 4096)
        self.channels = choice("image", "channels", channels, (1, 3))
        self.tolerate_truncated = tolerate_truncated
        self.box = excerpts.box_option("image", box)

    def beside(self):
        return excerpts.beside(self.box)

    def recognise(self, cells):
        seen, reason = try_each(cells, images.probe)
        why = f"{len(seen)} of {len(cells)} cells open as pictures"
        if not seen:
            return Evidence(0.0, f"{why}; {reason}" if reason else why)
        whole = excerpts.size_of(self.box)
        height, width = fitting(seen if whole is None else [whole])
        grey = all(is_grey for _, _, is_grey in seen)
        options = {"height_px": height, "width_px": width, "channels": 1 if grey else 3}
        kind = "grey" if grey else "colour"
        why = f"{why} ({_sizes(seen)}, {kind})" + (f"; {reason}" if reason else "")
        return Evidence(len(seen) / len(cells) * 0.98, why, options)

    def read(self, cell):
        """Pixels, uint8 `(height_px, width_px, channels)`."""
        cell, said = excerpts.taken(cell)
        size = self.height_px, self.width_px, self.channels
        box = excerpts.pixels_of(self.box, said)
        return images.read(cell, *size, self.tolerate_truncated, box)

    def shape(self, facts):
        return (self.height_px, self.width_px, self.channels)

    def plain(self, facts):
        return Statistics(picture_figures)

    def example(self, folder, rng):
        pixels = rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)
        file = io.BytesIO()
        images.from_array(pixels).save(file, "PNG")
        path = folder / f"{rng.integers(2**32):08x}.png"
        path.write_bytes(file.getvalue())
        return path


def _sizes(seen):
    sizes = {(height, width) for height, width, _ in seen}
    height, width = min(sizes)
    return f"{height} x {width}" if len(sizes) == 1 else f"{len(sizes)} sizes"
