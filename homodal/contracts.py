"""The NumPy contracts: what goes in (Modality), what comes out (Target), Evidence.

Requirements: nothing here or in the rooms that implement it imports Keras; a deployed
model needs these rooms and no others to turn raw rows into batches.

Constructors take str, int, float, bool, None or lists of them, and only store them:
the constructor's signature is the part's schema, and a bundle rebuilds a part from it.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from homodal.plain.features import PlainFeatures
from homodal.pretrained.packages import files_of

UNSEEN = -1  # encoded answer of a row whose class was not among the training rows'
_WRITTEN = 8  # numbers of an array that are written out
UNLABELLED = -2  # encoded answer of a row whose answer cell is empty


@dataclass(frozen=True)
class Evidence:
    """How sure a modality is that a column is its own, and why.

    confidence: 0 (surely not) to 1 (surely).
    why: one clause for a person, e.g. "100 of 100 cells open as pictures (28 x 28)".
    options: constructor options that fit the cells seen, e.g. `{"height_px": 28}`.
    """

    confidence: float
    why: str
    options: dict = field(default_factory=dict)


class Sample(list):
    """Cells of a column, none absent, drawn over all of its rows.

    rows: how many cells the whole column has. different: how many of them differ,
    counted over the whole column as its cells stand there.
    """

    def __init__(
        self,
        cells: Iterable = (),
        rows: int | None = None,
        different: int | None = None,
    ):
        super().__init__(cells)
        self.rows = len(self) if rows is None else rows
        self._different = different

    @classmethod
    def of(cls, cells: Iterable) -> "Sample":
        """`cells` themselves where they are a sample; a list is a whole column."""
        return cells if isinstance(cells, cls) else cls(cells)

    def with_cells(self, cells: Iterable) -> "Sample":
        """Other cells of the same column."""
        if self._different is None:
            return Sample(cells)
        return Sample(cells, self.rows, self._different)

    def different(self, values: Sequence) -> int:
        """How many of the column's values differ; values: what the cells are read as.

        Where the sample is the whole column the values are counted, so that cells
        which are read alike count once.
        """
        if self._different is None or self.rows <= len(self):
            return len(set(values))
        return max(self._different, len(set(values)))

    def different_share(self, values: Sequence) -> float:
        """`different` as a share of the column's cells, 0 to 1."""
        return self.different(values) / max(1, self.rows)


class Modality(ABC):
    """One kind of input column: from a cell to the array that the store keeps.

    A cell is what a table holds: `str`, `int`, `float`, `bool`, `bytes`, an array, or a
    `pathlib.Path` where the modality is `media` and the cell named a file; a list of
    those where it takes `several`, with a `BadCell` for one that has no path. Absent
    cells (None, NaN, empty text) never reach a modality. Where `beside` names columns,
    `read` is given a `media.excerpts.Excerpt`: the cell, and what those say of it.
    """

    media = False  # True: text cells name files
    several = False  # True: a cell of media may name more than one
    steps = False  # True: the first axis of the encoded array varies from row to row
    block: ClassVar[str] = ""  # columns of one block share one encoder and one Stream
    repeats = False  # True: equal cells are no duplicates, e.g. of numbers and names
    dtype = "float32"  # of the encoded array
    learn_from: int | None = (
        None  # at most this many training cells are shown to `learn`
    )

    @abstractmethod
    def recognise(self, cells):
        """`Evidence` that these cells are of this modality.

        cells: a list; of a column that holds no media a `Sample`, which also knows how
        many cells of the whole column differ.
        """

    def beside(self):
        """Names of other columns of the table that say which part of a cell is read."""
        return ()

    @abstractmethod
    def read(self, cell):
        """One cell as a NumPy array. Raises `BadCell(why)`; never substitutes."""

    def learn(self, arrays):
        """JSON-able facts from an iterable of `read` arrays, of training rows only."""
        return {}

    def continued(self, facts, arrays):
        """The facts of an earlier run for the rows of another that begins from it.

        arrays: as `learn` takes them. By default what was learned stays as it is.
        """
        return facts

    def encode(self, array, facts):
        """What the store keeps: an array of `dtype`, of the rank of `shape(facts)`.

        Depends on `facts` only if `learn` returned any.
        """
        return array

    def read_many(self, cells):
        """`(arrays, done)`: many cells at once, exactly as `read` reads each; or None.

        cells: a list, none absent. arrays `(cells, *shape of a read array)`; done
        `(cells,)` bool, False for those that only `read` can tell about. For columns
        of many plain cells; None where each is read by itself.
        """
        return None

    def encode_many(self, arrays, facts):
        """`(encoded, done)`: arrays of `read_many` exactly as `encode` encodes each."""
        raise NotImplementedError

    @abstractmethod
    def shape(self, facts):
        """Shape of an encoded array; None for an axis that varies."""

    def plain(self, facts) -> PlainFeatures | None:
        """The plain features of its stored arrays, which linear models are fitted to.

        None: it has none.
        """
        return None

    def figures(self, array):
        """Numbers and names, by name, that describe an array as `read` gave it."""
        return {}

    def written(self, array: NDArray[Any], facts: Any) -> str:
        """A stored array as a person reads it: by default its first numbers."""
        first = [f"{value:.3g}" for value in np.ravel(array)[:_WRITTEN]]
        return " ".join([*first, *["…"] * (np.size(array) > _WRITTEN)])

    @abstractmethod
    def example(self, folder, rng):
        """One tiny synthetic cell, written under `folder` where it needs a file."""


class Extractor(ABC):
    """A pretrained network that is not trained on: what it makes of a column's cells.

    Its features are computed once for each cell and kept in the store. The network and
    the plain model read them in place of the cells.

    weights: arrays by name, all that it needs; a bundle keeps them.
    reads: the modalities that it is for, each with the options that its columns are
    then read with. package: the distribution that brings the weights. file: the module
    that it installs, and a pattern of the file of weights in it. width: how many
    features a step has. single: the modalities of which a cell has one step.
    """

    reads: ClassVar[dict[str, dict[str, Any]]] = {}
    package: ClassVar[str] = ""
    file: ClassVar[tuple[str, str]] = ("", "")
    width: ClassVar[int] = 0
    single: ClassVar[tuple[str, ...]] = ()

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self.weights = dict(weights)

    @classmethod
    def place(cls) -> Path | None:
        """Where the installed package keeps the weights; None: it is not installed."""
        return next(iter(files_of(*cls.file)), None)

    @classmethod
    @abstractmethod
    def read_from(cls, place: Path) -> Self:
        """The one of these weights. Raises `BundleError` where they cannot be read."""

    @abstractmethod
    def extract(self, cells: Iterable[NDArray[Any]]) -> Iterator[NDArray[np.float32]]:
        """Features `(steps, width)` of each cell, as its modality `read` it."""

    def steps_of(self, cell: NDArray[Any]) -> list[str]:
        """What stands for each step of a cell's features, where that can be written."""
        return []

    @cached_property
    def sha256(self) -> str:
        """64 hex digits over the weights and their names."""
        digest = hashlib.sha256()
        for name, array in sorted(self.weights.items()):
            digest.update(f"{name} {array.dtype} {array.shape}\n".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


class Target(ABC):
    """One kind of answer: cells to arrays for training, logits to answers after it."""

    head = ""  # name of the head part that makes this target's logits
    dtype = "int32"
    of_words = False  # True: one answer for each word of the text column in option `of`
    exclusive = False  # True: one of `facts["classes"]` a row
    ordered = False  # True: `facts["classes"]` are in their order
    lower_is_better = False  # of the first of `scores`
    # What this kind of answer is best learned with, where nothing else is told: any of
    # `{"encoder": choice, "training": settings, "columns": {modality: options}}`
    wants: ClassVar[dict] = {}
    only_told = False  # True: never recognised by itself, at most suggested
    from_one_column = True  # False: one input column alone has no answer
    whole_inputs = False  # True: tells all that is heard or seen; none may be cut off
    takes_empty = False  # True: an empty list is an answer, not an absent cell
    fits = False  # True: `fit` learns something
    modality = ""  # the one that reads its cells, under guard; "": they are as they are

    @abstractmethod
    def recognise(self, cells):
        """`Evidence` that this target fits these cells, a `Sample`."""

    @abstractmethod
    def read(self, cell):
        """One cell as this target's plain Python value. Raises `BadCell(why)`."""

    @abstractmethod
    def learn(self, values):
        """JSON-able facts from the training rows' values. Raises `TargetError`."""

    @abstractmethod
    def encode(self, value, facts):
        """The value as the number or array that the loss sees; -1 where unseen.

        Of one shape for all rows; a sequence is padded with -1, or cut, to the length
        of the longest of the training rows.
        """

    def classes_in(self, value) -> tuple[str, ...]:
        """The names of classes that a value bears; none where it bears no classes."""
        return ()

    def outliers(self, truth, facts) -> dict[int, str]:
        """`{row: the answer as text}` of those that are far from the training rows'.

        truth: `(rows, ...)` as `encode` gave it.
        """
        return {}

    def blank(self, facts):
        """What stands for a row without an answer; such rows cost the loss nothing."""
        return np.asarray(UNLABELLED)

    def fit(self, batches, facts):
        """What validation rows say about how to answer, JSON-able; `{}` for nothing.

        batches: an iterable of `(logits, truth)`, truth as `encode` gave it. `decode`
        finds it among its facts. Kept in the model's `Calibration`.
        """
        return {}

    @abstractmethod
    def decode(self, logits, facts):
        """Answers for logits `(rows, ...)`: a dict of equally long columns.

        The first is the answer itself, comparable with what `read` gives; the others
        say more of it. `probabilities` is a float array `(rows, classes)`.
        """

    def in_seconds(self, answers, seconds):
        """The answers with times in seconds, where they have any.

        seconds: `(rows,)` how long each row's sounds and films last.
        """
        return answers

    def nothing(self, facts):
        """What `decode` gives of no rows at all, so that an empty table has columns."""
        return {"answer": []}

    def guess(self, facts):
        """The one answer to give without looking, of what `read` gives; or None."""
        return None

    def plain_loss(self, facts) -> str:
        """The loss (`plain.linear.LOSSES`) of plain models; "": none can answer."""
        return ""

    @abstractmethod
    def scores(self, facts):
        """Names of the measures that fit this kind of answer, the main one first."""
