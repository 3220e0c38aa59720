"""Arrow's types as the few that are read; plain columns are not copied."""

import numpy as np
import pyarrow as pa
import pytest

from homodal.tables.arrow_types import plain_table
from homodal.tables.embedded import unwrap


@pytest.mark.parametrize(
    "array, cells",
    [
        (pa.array(["a", None], pa.string_view()), ["a", None]),
        (pa.array([b"a", None], pa.binary_view()), [b"a", None]),
        (pa.array([["a"], None], pa.list_(pa.string_view())), [["a"], None]),
        (pa.array([{"k": "a"}], pa.struct({"k": pa.string_view()})), [{"k": "a"}]),
        (pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
        (pa.array([1500, None], pa.duration("ms")), [1.5, None]),
        (pa.array([2**60], pa.duration("ns")), [2**60 / 1e9]),
        (pa.RunEndEncodedArray.from_arrays([2, 3], ["a", "b"]), ["a", "a", "b"]),
        (pa.array([b"x" * 16], pa.uuid()), [b"x" * 16]),
    ],
    ids=str,
)
def test_plain_types(array, cells):
    table = plain_table(pa.table({"x": pa.chunked_array([array, array])}))
    assert table.column("x").to_pylist() == cells * 2
    assert table.take([0]).num_rows == 1


def test_tensors_with_gaps():
    kind = pa.fixed_shape_tensor(pa.uint8(), (2, 3))
    storage = pa.array([list(range(6)), None], pa.list_(pa.uint8(), 6))
    table = plain_table(pa.table({"x": pa.ExtensionArray.from_storage(kind, storage)}))
    first, gap = table.column("x").to_pylist()
    assert gap is None
    np.testing.assert_array_equal(unwrap(first), np.arange(6).reshape(2, 3))


def test_plain_columns_are_not_copied():
    table = pa.table({"x": ["a", "b"], "n": [1, 2]})
    before = pa.total_allocated_bytes()
    plain = plain_table(table)
    assert plain.equals(table) and pa.total_allocated_bytes() == before


def test_dictionaries_of_files_stay():
    table = pa.table({"x": pa.array(["a"]).dictionary_encode()})
    assert plain_table(table, decode=False).schema == table.schema
