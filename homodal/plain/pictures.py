"""Plain figures of pictures and films: oriented gradients, colours, change."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_CELLS = 8  # of the grid, along each side
_ANGLES = 9
_LEVELS, _GREY_LEVELS = 4, 16  # of each colour, and of grey
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # of red, green and blue
_FRAMES = 4  # of a film, whose gradients are taken


def picture_figures(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Oriented gradients and colours of pixels `(height, width, channels)`.

    Of 8 x 8 cells the lengths of the gradients in 9 directions, of length one a cell
    (Dalal and Triggs, "Histograms of Oriented Gradients", 2005, without overlapping
    blocks), then the roots of the shares of 64 colours, or of 16 levels of grey.
    """
    colours = np.sqrt(_colours(pixels))
    return np.concatenate([oriented_gradients(_grey(pixels)), colours])


def pictures_figures(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Their mean over several pictures `(pictures, height, width, channels)`."""
    return np.mean([picture_figures(pixels) for pixels in pictures], axis=0)


def film_figures(frames: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Of frames `(frames, height, width, channels)`: of four of them, and their change.

    The mean of four frames' figures, and of the mean absolute difference between
    neighbouring frames in 8 x 8 cells the mean and the deviation over time, as parts
    of full scale.
    """
    places = np.linspace(0, len(frames) - 1, min(_FRAMES, len(frames))).astype(int)
    grey = np.stack([_grey(frame) for frame in frames]) / 255
    change = np.abs(np.diff(grey, axis=0)) if len(grey) > 1 else np.zeros_like(grey)
    by_cell = np.stack([_by_cell(each) for each in change])
    figures = [pictures_figures(frames[places]), by_cell.mean(axis=0)]
    return np.concatenate([*figures, by_cell.std(axis=0)]).astype(np.float32)


def oriented_gradients(grey: NDArray[Any]) -> NDArray[np.float32]:
    """`(576,)` of a grey picture `(height, width)`."""
    if min(grey.shape) < 2:
        return np.zeros(_CELLS * _CELLS * _ANGLES, np.float32)
    down, right = np.gradient(grey.astype(np.float32))
    lengths = np.hypot(down, right)
    turned = (np.arctan2(down, right) % np.pi) / np.pi * _ANGLES
    places = _cell_numbers(grey.shape) * _ANGLES + turned.astype(int) % _ANGLES
    sums = np.bincount(places.ravel(), lengths.ravel(), _CELLS * _CELLS * _ANGLES)
    cells = sums.reshape(-1, _ANGLES)
    norms = np.linalg.norm(cells, axis=1, keepdims=True)
    return (cells / (norms + 1e-3)).ravel().astype(np.float32)


def _cell_numbers(shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Which cell of the grid each pixel lies in, `(height, width)`."""
    rows, columns = (np.arange(size) * _CELLS // size for size in shape)
    return rows[:, None] * _CELLS + columns


def _by_cell(grey: NDArray[Any]) -> NDArray[np.float64]:
    """The mean of each cell of the grid, `(64,)`."""
    places, most = _cell_numbers(grey.shape).ravel(), _CELLS * _CELLS
    counts = np.maximum(np.bincount(places, minlength=most), 1)
    return np.bincount(places, grey.ravel(), most) / counts


def _grey(pixels: NDArray[np.uint8]) -> NDArray[Any]:
    if pixels.shape[-1] == 1:
        return pixels[..., 0]
    return pixels.astype(np.float32) @ _LUMA


def _colours(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The share of each colour, or level of grey, of the pixels."""
    channels = pixels.shape[-1]
    levels = _GREY_LEVELS if channels == 1 else _LEVELS
    steps = pixels.reshape(-1, channels).astype(int) // (256 // levels)
    places = steps @ levels ** np.arange(channels)
    return np.bincount(places, minlength=levels**channels) / max(len(places), 1)
