"""WordLlama: a vector for each piece of an English word."""

import json
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from homodal.contracts import Extractor
from homodal.errors import BundleError

_TABLE, _TOKENIZER = "embedding.weight", "tokenizer"
_MOST_PIECES = 128
_UNKNOWN = 0  # the piece that stands for what no piece covers
_CONFIG = "../tokenizers/l2_supercat_tokenizer_config.json"


class Wordllama(Extractor):
    """WordLlama: 256 numbers for each of the first 128 pieces of an English text.

    Taken from the input embeddings of large language models and trained further, so
    that the mean of a text's vectors tells what it is about. Words that the training
    rows never show have vectors, too.
    """

    reads: ClassVar[dict[str, dict[str, Any]]] = {"text": {}}
    package = "wordllama"
    file = ("wordllama", "weights/l2_supercat_256.safetensors")
    width = 256

    @classmethod
    def read_from(cls, place: Path) -> Self:
        try:
            table = load_file(place)
            told = (place.parent / _CONFIG).read_bytes()
            made = cls({_TABLE: table[_TABLE], _TOKENIZER: np.frombuffer(told, "u1")})
            made._tokenizer  # noqa: B018 - refused here if it is none
        except (OSError, SafetensorError, KeyError, ValueError) as error:
            raise BundleError(
                f"{place} holds no word vectors: {error}",
                expected=f"the file of the package {cls.package}",
            ) from None
        return made

    def extract(self, cells: Iterable[NDArray[Any]]) -> Iterator[NDArray[np.float32]]:
        table = self.weights[_TABLE]
        for cell in cells:
            numbers = self._encoded(cell).ids[:_MOST_PIECES] or [_UNKNOWN]
            yield table[np.clip(numbers, 0, len(table) - 1)].astype(np.float32)

    def steps_of(self, cell: NDArray[Any]) -> list[str]:
        pieces = self._encoded(cell).tokens[:_MOST_PIECES] or [""]
        return [piece.replace("▁", " ").strip() or "·" for piece in pieces]

    def _encoded(self, cell: NDArray[Any]) -> Any:
        return self._tokenizer.encode(str(cell.item()), add_special_tokens=False)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        told = self.weights[_TOKENIZER].tobytes().decode("utf-8")
        json.loads(told)  # a ValueError, where the tokenizer's own says little
        return Tokenizer.from_str(told)
