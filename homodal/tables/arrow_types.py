"""Arrow's columns as the few types that the rest of homodal reads.

Views become plain texts and bytes, extension types what they are stored as (tensors
become arrays in NumPy's format), dictionaries and runs their values, and durations
seconds.
"""

from typing import Any

from homodal.tables.cell_arrays import npy_bytes


def plain_table(table: Any, decode: bool = True) -> Any:
    """The `pyarrow.Table` in plain types; columns that are plain are not copied.

    decode: dictionaries and runs are written out; False leaves them, so that a mapped
    file stays on the disk.
    """
    import pyarrow as pa

    fields, columns = [], []
    for field, column in zip(table.schema, table.columns, strict=True):
        column = _plain_column(column, decode)
        fields.append(field.with_type(column.type).with_metadata(None))
        columns.append(column)
    return pa.table(columns, schema=pa.schema(fields))


def _plain_column(column, decode):
    import pyarrow as pa

    kind = column.type
    if isinstance(kind, pa.FixedShapeTensorType):
        return _tensors(column)
    if decode and pa.types.is_dictionary(kind):
        return _decoded(column, decode)
    if decode and pa.types.is_run_end_encoded(kind):
        chunks = [pa.compute.run_end_decode(chunk) for chunk in column.chunks]
        return _plain_column(pa.chunked_array(chunks, kind.value_type), decode)
    if pa.types.is_duration(kind):
        return _seconds(column)
    if isinstance(kind, pa.BaseExtensionType):
        chunks = [chunk.storage for chunk in column.chunks]
        return _plain_column(pa.chunked_array(chunks, kind.storage_type), decode)
    plain = _plain_type(kind)
    return column if plain.equals(kind) else column.cast(plain)


def _decoded(column, decode):
    """The values of a dictionary column; Arrow cannot cast those of views."""
    import pyarrow as pa

    chunks = []
    for chunk in column.chunks:
        values = _plain_column(pa.chunked_array([chunk.dictionary]), decode)
        chunks.append(values.combine_chunks().take(chunk.indices))
    values = pa.chunked_array([pa.array([], column.type.value_type)])
    return pa.chunked_array(chunks, _plain_column(values, decode).type)


def _plain_type(kind):
    """The type with plain texts and bytes at every depth."""
    import pyarrow as pa

    types = pa.types
    if kind.equals(pa.string_view()):
        return pa.large_string()
    if kind.equals(pa.binary_view()):
        return pa.large_binary()
    if types.is_list(kind):
        return pa.list_(_plain_type(kind.value_type))
    if types.is_large_list(kind):
        return pa.large_list(_plain_type(kind.value_type))
    if types.is_fixed_size_list(kind):
        return pa.list_(_plain_type(kind.value_type), kind.list_size)
    if types.is_struct(kind):
        return pa.struct([f.with_type(_plain_type(f.type)) for f in kind])
    return kind


def _tensors(column):
    import pyarrow as pa

    cells: list[bytes | None] = []
    for chunk in column.chunks:
        valid = chunk.is_valid()
        arrays = iter(chunk.filter(valid).to_numpy_ndarray())
        cells += [
            npy_bytes(next(arrays)) if there else None for there in valid.to_pylist()
        ]
    return pa.chunked_array([pa.array(cells, pa.large_binary())])


def _seconds(column):
    import pyarrow as pa
    import pyarrow.compute as pc

    unit = {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}[column.type.unit]
    return pc.divide(column.cast(pa.int64()).cast(pa.float64(), safe=False), unit)
