"""A sheet of cells before and after their augmentation, as one HTML page."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
from keras import ops
from numpy.typing import NDArray

from homodal.data.batches import mask_name
from homodal.data.preparation import PreparedColumn
from homodal.data.reading import usable
from homodal.evaluation.report.cells import drawn, picture
from homodal.evaluation.report.page import tag, whole_page
from homodal.model.build import build
from homodal.model.network import Network
from homodal.training.describe import OpenedSample

_CASES = 3  # cells of a column
_DRAWS = 2  # of each
_BANDS_PX, _WINDOWS_PX = 64, 160
_DECIBELS = 60.0  # below the loudest, down to which a spectrogram is drawn

Array = NDArray[Any]


def augmented_page(sample: OpenedSample) -> bytes:
    """Of each column that training changes some cells, as they are and changed."""
    network = build(sample.recipe, sample.preparation)
    names = {
        name: ", ".join(type(layer).__name__ for layer in layers)
        for name, layers in network.augmented.augmentations.items()
    }
    body = [tag("h1", f"Augmentation of {sample.table.name}")]
    if not names:
        body.append(tag("p", "Training changes no cell: augment is none."))
    for column, name, place in _changed(network):
        body += [
            tag("h2", column.name),
            tag("p", f"{column.modality}: {names[name]}", class_="soft"),
            _cases(network, sample, column, name, place),
        ]
    return whole_page(f"Augmentation of {sample.table.name}", body)


def _changed(network: Network) -> Iterator[tuple[PreparedColumn, str, int | None]]:
    """`(column, its input, its place among the input's columns)`, of the augmented."""
    for entry in network.entries.values():
        for group in entry.groups:
            if group.name in network.augmented.augmentations:
                for place, column in enumerate(group.columns):
                    yield column, group.name, place if group.stacked else None


def _cases(
    network: Network,
    sample: OpenedSample,
    column: PreparedColumn,
    name: str,
    place: int | None,
) -> Element:
    there = np.flatnonzero(usable(sample.rows.columns[column.slug].status))[:_CASES]
    batches = sample.rows.batches(len(there))
    inputs = batches.inputs(there)
    mask = inputs[mask_name(name)]
    draws = [inputs[name]]
    for _ in range(_DRAWS):
        changed = network.augmented.changed(name, inputs[name], mask, training=True)
        draws.append(np.asarray(ops.convert_to_numpy(changed)))
    if place is not None:
        mask, draws = mask[:, place, None], [each[:, place] for each in draws]
    captions = ["as it is", *(f"draw {n + 1}" for n in range(_DRAWS))]
    cases = []
    for case in range(len(there)):
        shown = [_shown(column, each[case, mask[case]]) for each in draws]
        pairs = zip(shown, captions, strict=True)
        figures = [tag("figure", each, tag("figcaption", c)) for each, c in pairs]
        cases.append(tag("div", figures, class_="both"))
    return tag("div", cases)


def _shown(column: PreparedColumn, array: Array) -> Element:
    reader = column.reader()
    if reader.dtype == "uint8":
        array = np.clip(np.rint(array), 0, 255).astype(np.uint8)
    found = drawn(column, array, heard=array.ndim == 1)
    if found is None:
        return tag("span", reader.written(array, column.facts))
    if array.ndim == 1:
        return tag("div", picture(spectrogram(array)), found)
    return found


def spectrogram(samples: Array) -> NDArray[np.uint8]:
    """Samples `(steps,)` as a picture `(bands, windows, 1)`, high bands on top."""
    size = 2 * _BANDS_PX
    samples = np.asarray(samples, np.float32)
    samples = np.pad(samples, (0, max(0, size - len(samples))))
    begins = np.linspace(0, len(samples) - size, _WINDOWS_PX).astype(int)
    windows = np.stack([samples[begin : begin + size] for begin in begins])
    loud = np.abs(np.fft.rfft(windows * np.hanning(size), axis=1))[:, 1:]
    decibels = 20 * np.log10(np.maximum(loud, 1e-9) / max(float(loud.max()), 1e-9))
    shown = np.clip(1 + decibels / _DECIBELS, 0, 1)
    return (255 * shown).astype(np.uint8).T[::-1, :, None]
