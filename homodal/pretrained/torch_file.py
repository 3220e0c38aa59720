"""The tensors of a file that `torch.save` wrote before PyTorch 1.6, without PyTorch.

Such a file is five pickles, a magic number, the protocol, sizes of that machine, a dict
of tensors and the keys of their storages, and then each storage: its length as eight
bytes, and its numbers. A pickle may name any function to be called; this reader knows
the three that tensors need, and refuses every other.
"""

import math
import os
import pickle
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from homodal.errors import BundleError

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_DTYPES = {
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
}
_LENGTH_BYTES = 8


class _Storage:
    """Numbers that tensors are views of; read after the tensors are described."""

    def __init__(self, dtype: str) -> None:
        self.dtype = np.dtype(dtype)
        self.values: NDArray[Any] = np.zeros(0, self.dtype)


class _Tensor:
    def __init__(
        self,
        storage: _Storage,
        offset: int,
        shape: tuple[int, ...],
        strides: tuple[int, ...],
        *_: Any,
    ) -> None:
        self._storage, self._offset = storage, offset
        self._shape, self._strides = shape, strides

    def array(self) -> NDArray[Any]:
        told = (self._offset, *self._shape, *self._strides)
        if not all(type(number) is int and number >= 0 for number in told):
            raise ValueError("a tensor has an odd shape")
        values = self._storage.values[self._offset :]
        steps = zip(self._shape, self._strides, strict=True)
        last = sum((count - 1) * step for count, step in steps)
        if not 0 < math.prod(self._shape) <= len(values) or last >= len(values):
            raise ValueError("a tensor is larger than its storage")
        strides = [step * values.itemsize for step in self._strides]
        return np.lib.stride_tricks.as_strided(
            values, self._shape, strides, writeable=False
        ).copy()


_KNOWN: dict[tuple[str, str], Callable[..., Any]] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _Tensor,
}


class _Reader(pickle.Unpickler):
    def __init__(self, file: BinaryIO, storages: dict[str, _Storage]) -> None:
        super().__init__(file)
        self._storages = storages

    def find_class(self, module: str, name: str) -> Any:
        if module == "torch" and name in _DTYPES:
            return name
        if (module, name) not in _KNOWN:
            raise pickle.UnpicklingError(f"it names {module}.{name}")
        return _KNOWN[module, name]

    def persistent_load(self, told: Any) -> _Storage:
        _, kind, key, *_ = told
        return self._storages.setdefault(str(key), _Storage(_DTYPES[kind]))


def read_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """The tensors by name, each in its own shape.

    Raises `BundleError` where the file is no such file, or holds more than tensors.
    """
    try:
        with path.open("rb") as file:
            return _read(file)
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}") from None
    except (
        pickle.UnpicklingError,
        EOFError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        OverflowError,
        RecursionError,
    ) as error:
        raise BundleError(
            f"{path} is no file of tensors: {error}",
            expected="a state dict as torch.save wrote it before version 1.6",
        ) from None


def _read(file: BinaryIO) -> dict[str, NDArray[Any]]:
    storages: dict[str, _Storage] = {}

    def unpickled() -> Any:
        return _Reader(file, storages).load()

    if unpickled() != _MAGIC or unpickled() != _PROTOCOL:
        raise ValueError("it begins otherwise")
    unpickled()  # sizes of the machine that wrote it
    tensors = unpickled()
    for key in unpickled():
        storage = storages[key]
        length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
        begin, end = file.tell(), file.seek(0, os.SEEK_END)
        file.seek(begin)
        if length * storage.dtype.itemsize > end - begin:
            raise ValueError("it ends too early")
        content = file.read(length * storage.dtype.itemsize)
        storage.values = np.frombuffer(content, storage.dtype)
    return {str(name): tensor.array() for name, tensor in tensors.items()}
