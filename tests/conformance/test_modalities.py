"""Every modality keeps the promises of `homodal.contracts.Modality`.

Nothing here names a modality: a new one is tested before anyone writes a test for it.
"""

import inspect
import json
from pathlib import Path

import numpy as np
import pytest

from homodal import parts
from homodal.contracts import Evidence, Modality
from homodal.errors import BadCell

NAMES = parts.names("modality")
EXAMPLES = 24
# What a table can hold by mistake. No modality may raise anything but BadCell
GARBAGE = [
    b"",
    b"\x00",
    bytes(range(256)) * 8,
    b"\xff\xd8\xff\xe0" + bytes(100),
    b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00" + bytes(20),
    b"\x00\x00\x00\x18ftypmp42" + bytes(100),
    b"<html><body>404</body></html>",
    "",
    " \x00\ud800 ",
    "x" * 10_000,
    float("nan"),
    float("inf"),
    10**400,
    None,
    [],
    {},
    object(),
    3 + 4j,
    np.zeros((0,)),
    np.zeros((2, 3, 4, 5, 6)),
    np.array(["a", "b"]),
    np.array(None),
]

every = pytest.mark.parametrize("name", NAMES)


@pytest.fixture
def made():
    """`made(name)`: the modality with its default options."""
    return lambda name: parts.find("modality", name).make()


@pytest.fixture
def examples(made, tmp_path):
    """`examples(name, seed)`: example cells, their files in a folder of their own."""

    def make(name, seed=0, count=EXAMPLES):
        folder = tmp_path / f"{name}-{seed}-{count}-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        rng = np.random.default_rng(seed)
        return [made(name).example(folder, rng) for _ in range(count)]

    return make


@pytest.fixture
def prepared(made, examples):
    """`prepared(name)`: `(modality, arrays, facts, encoded)` of example cells."""

    def prepare(name, count=EXAMPLES):
        modality = made(name)
        arrays = [modality.read(cell) for cell in examples(name, count=count)]
        facts = modality.learn(iter(arrays))
        return modality, arrays, facts, [modality.encode(a, facts) for a in arrays]

    return prepare


def as_the_schema_gives(cell, modality):
    """Only a modality of media is given the file that a text cell names."""
    return str(cell) if isinstance(cell, Path) and not modality.media else cell


@every
def test_it_is_a_modality_with_a_summary_and_its_options_described(name, made):
    part = parts.find("modality", name)
    assert isinstance(made(name), Modality)
    assert part.summary.endswith((".", "!", "?"))
    described = inspect.getdoc(part.load())
    for option in part.options:
        assert option in described


@every
def test_the_constructor_stores_its_options(name):
    part = parts.find("modality", name)
    for option, default in part.options.items():
        assert getattr(part.make(), option) == default
        assert getattr(part.make(**{option: default}), option) == default
    json.dumps(part.options)


@every
def test_it_recognises_its_own_examples(name, made, examples):
    evidence = made(name).recognise(examples(name))
    assert isinstance(evidence, Evidence)
    assert 0.5 < evidence.confidence <= 1
    assert evidence.why


@every
def test_the_options_it_suggests_are_its_own_and_read_the_cells(name, made, examples):
    cells = examples(name)
    suggested = made(name).recognise(cells).options
    modality = parts.find("modality", name).make(**json.loads(json.dumps(suggested)))
    for cell in cells:
        assert isinstance(modality.read(cell), np.ndarray)


@every
def test_its_examples_are_taken_for_no_other_kind(name, made, examples):
    cells = examples(name)
    confidence = {
        other: made(other)
        .recognise([as_the_schema_gives(cell, made(other)) for cell in cells])
        .confidence
        for other in NAMES
    }
    own = confidence.pop(name)
    assert own > max(confidence.values()) + 0.1, confidence


@every
def test_it_recognises_no_garbage_and_survives_it(name, made):
    evidence = made(name).recognise(list(GARBAGE))
    assert 0 <= evidence.confidence < 0.5
    assert made(name).recognise([]).confidence <= 0.5


@every
def test_a_few_bad_cells_do_not_hide_what_a_column_is(name, made, examples):
    cells = [*examples(name), b"\x00"]
    assert made(name).recognise(cells).confidence > 0.5


@every
def test_read_gives_arrays_and_encode_what_was_declared(name, prepared):
    modality, arrays, facts, encoded = prepared(name)
    assert all(isinstance(array, np.ndarray) for array in arrays)
    shape = modality.shape(facts)
    for array in encoded:
        assert array.dtype == np.dtype(modality.dtype)
        assert array.ndim == len(shape)
        for got, declared in zip(array.shape, shape, strict=True):
            assert got == declared if declared else got >= 1
        assert np.isfinite(array).all()
    assert modality.steps == (None in shape)
    assert None not in shape[1:]


@every
def test_reading_twice_gives_the_same(name, made, examples):
    for cell in examples(name, count=3):
        first, again = made(name).read(cell), made(name).read(cell)
        np.testing.assert_array_equal(first, again)


@every
def test_facts_survive_json(name, prepared):
    modality, arrays, facts, encoded = prepared(name)
    restored = json.loads(json.dumps(facts))
    for array, wanted in zip(arrays, encoded, strict=True):
        np.testing.assert_array_equal(modality.encode(array, restored), wanted)


@every
def test_facts_do_not_depend_on_the_run(name, made, examples):
    arrays = [made(name).read(cell) for cell in examples(name)]
    assert made(name).learn(iter(arrays)) == made(name).learn(iter(arrays))


@every
def test_encoding_changes_neither_the_array_nor_the_facts(name, prepared):
    modality, arrays, facts, _ = prepared(name)
    before, facts_before = arrays[0].copy(), json.dumps(facts)
    modality.encode(arrays[0], facts)
    np.testing.assert_array_equal(arrays[0], before)
    assert json.dumps(facts) == facts_before


@every
def test_cells_that_training_never_saw_are_encoded(name, made, prepared, examples):
    modality, _, facts, _ = prepared(name, count=2)
    for cell in examples(name, seed=7):
        array = modality.encode(modality.read(cell), facts)
        assert array.ndim == len(modality.shape(facts))


@every
def test_plain_features_are_finite_of_one_width_and_zero_where_absent(name, prepared):
    modality, _, facts, encoded = prepared(name)
    features = modality.plain(facts)
    assert features is not None
    figures = [features.figures(np.asarray(array)) for array in encoded]
    there = np.ones(len(encoded), bool)
    learned = features.learn(figures, there)
    size = features.size(learned)
    assert size > 0
    there[1] = False
    matrix = features.matrix(figures, there, learned) @ np.eye(size, dtype=np.float32)
    assert matrix.shape == (len(encoded), size) and np.isfinite(matrix).all()
    assert not matrix[1].any() and matrix[2:].any()


@every
def test_one_cell_and_none_can_be_learned_from(name, made, prepared):
    prepared(name, count=1)
    json.dumps(made(name).learn(iter([])))


@every
def test_the_same_seed_gives_the_same_example(name, made, examples):
    modality = made(name)
    runs = [examples(name, seed) for seed in (1, 1, 2)]
    first, again, other = ([modality.read(c) for c in cells] for cells in runs)
    assert all(map(np.array_equal, first, again))
    assert not all(map(np.array_equal, first, other))


@every
def test_bytes_are_read_like_the_file(name, made, examples):
    modality = made(name)
    if not modality.media:
        pytest.skip("no files")
    for cell in examples(name, count=2):
        content = [path.read_bytes() for path in _paths(cell)]
        content = content if modality.several else content[0]
        np.testing.assert_array_equal(modality.read(cell), modality.read(content))


def _paths(cell):
    return cell if isinstance(cell, list) else [cell]


@every
@pytest.mark.parametrize("cell", GARBAGE, ids=[f"{i}" for i in range(len(GARBAGE))])
def test_garbage_is_a_bad_cell_or_a_plain_array(name, made, cell):
    try:
        array = made(name).read(cell)
    except BadCell as error:
        assert 5 < len(str(error)) < 160
    else:
        assert array.dtype.kind in "U" or np.isfinite(array).all()
        assert not isinstance(cell, bytes), "bytes that are no file of this kind"


@every
def test_a_file_cut_anywhere_is_a_bad_cell_or_a_plain_array(name, made, examples):
    modality = made(name)
    if not modality.media:
        pytest.skip("no files")
    content = _paths(examples(name, count=1)[0])[0].read_bytes()
    for end in np.linspace(0, len(content) - 1, 12).astype(int):
        try:
            assert isinstance(modality.read(content[:end]), np.ndarray)
        except BadCell:
            pass


@every
def test_a_file_with_a_flipped_byte_is_a_bad_cell_or_an_array(name, made, examples):
    modality = made(name)
    if not modality.media:
        pytest.skip("no files")
    content = _paths(examples(name, count=1)[0])[0].read_bytes()
    rng = np.random.default_rng(0)
    for place in rng.integers(0, len(content), 30):
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        try:
            assert isinstance(modality.read(bytes(damaged)), np.ndarray)
        except BadCell:
            pass
