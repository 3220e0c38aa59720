"""What every augmentation promises, for each modality that it is for."""

import keras
import numpy as np
import pytest

from homodal import parts
from homodal.augmenting import LEVELS, augmentations_for
from homodal.layers.contracts import Augmentation

ROWS = 6
NAMES = parts.names("augmentation")
# arrays of a batch, by modality: each `(steps, ...)` of a row that there may be
SHAPES = {
    "image": [(12, 10, 3), (12, 10, 1)],
    "images": [(4, 12, 10, 3)],
    "video": [(5, 12, 10, 3)],
    "audio": [(800,)],
    "text": [(9,), (9, 4)],  # tokens; words and their pieces
    "number": [(1,)],
    "vector": [(7,)],
}
MOST = {"uint8": 255, "int32": 50}
EVERY = [
    (name, modality, shape)
    for name in NAMES
    for modality in parts.find("augmentation", name).told["on"]
    for shape in SHAPES[modality]
]
every_use = pytest.mark.parametrize(("name", "modality", "shape"), EVERY)


def batch_of(modality, shape, seed=0):
    """`(arrays, mask)` of a batch; the last row is shorter than the others."""
    rng = np.random.default_rng(seed)
    dtype = parts.find("modality", modality).load().dtype
    drawn = rng.random((ROWS, *shape)) * MOST.get(dtype, 1)
    arrays = drawn.astype("float32" if dtype == "float16" else dtype)
    if dtype == "int32":
        arrays = arrays + 2
    mask = np.ones(arrays.shape[:2], bool)
    if modality not in ("image", "number", "vector"):
        mask[-1, shape[0] // 2 :] = False
        arrays[-1, shape[0] // 2 :] = 0
    return arrays, mask


def strongest(name, **options):
    levels = parts.find("augmentation", name).told.get("levels", {})
    chosen = levels.get("strong", {}) | options
    return parts.find("augmentation", name).make(**chosen)


@pytest.mark.parametrize("name", NAMES)
def test_is_described_as_it_is(promises, name):
    promises.assert_described("augmentation", name)
    kind = parts.find("augmentation", name).load()
    assert issubclass(kind, Augmentation)
    assert set(kind.on) <= set(SHAPES)
    for level, options in kind.levels.items():
        assert level in LEVELS
        parts.check(parts.find("augmentation", name), options)


@every_use
def test_outside_training_cells_are_what_they_were(promises, name, modality, shape):
    arrays, mask = batch_of(modality, shape)
    found = promises.numpy(strongest(name)(arrays, mask))
    np.testing.assert_array_equal(found, arrays)


@every_use
def test_training_changes_cells_and_keeps_their_shape(promises, name, modality, shape):
    arrays, mask = batch_of(modality, shape)
    layer = strongest(name)
    found = [promises.numpy(layer(arrays, mask, training=True)) for _ in range(4)]
    assert all(each.shape == arrays.shape for each in found)
    assert np.all(np.isfinite(found))
    assert any(np.any(each != arrays) for each in found)
    assert any(np.any(each != found[0]) for each in found)


@every_use
def test_values_stay_in_their_range(promises, name, modality, shape):
    arrays, mask = batch_of(modality, shape)
    dtype = parts.find("modality", modality).load().dtype
    layer = strongest(name)
    for _ in range(4):
        found = layer(arrays, mask, training=True)
        kind = keras.backend.standardize_dtype(found.dtype)
        found = promises.numpy(found)
        if dtype == "uint8":
            assert found.min() >= 0 and found.max() <= 255.01
        elif dtype == "int32":
            assert kind == "int32"
            np.testing.assert_array_equal(found == 0, arrays == 0)
            assert set(np.unique(found)) <= {0, 1, *np.unique(arrays)}


@every_use
def test_rows_never_see_each_other(promises, name, modality, shape):
    arrays, mask = batch_of(modality, shape)
    others = batch_of(modality, shape, seed=1)[0]
    others[0] = arrays[0]
    keras.utils.set_random_seed(1)
    first = promises.numpy(strongest(name)(arrays, mask, training=True))
    keras.utils.set_random_seed(1)
    second = promises.numpy(strongest(name)(others, mask, training=True))
    np.testing.assert_allclose(first[0], second[0], rtol=1e-5, atol=1e-4)


@every_use
def test_padding_never_changes_what_is_real(promises, name, modality, shape):
    arrays, mask = batch_of(modality, shape)
    if mask.all():
        return
    filled = arrays.copy()
    filled[~mask] = 7
    found = []
    for each in (arrays, filled):
        keras.utils.set_random_seed(2)
        found.append(promises.numpy(strongest(name)(each, mask, training=True)))
    first, second = found
    np.testing.assert_allclose(first[mask], second[mask], rtol=1e-5, atol=1e-4)


@every_use
def test_same_seed_same_change(promises, name, modality, shape):
    arrays, mask = batch_of(modality, shape)
    found = []
    for _ in range(2):
        keras.utils.set_random_seed(3)
        found.append(promises.numpy(strongest(name)(arrays, mask, training=True)))
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("name", [n for n, m, _ in EVERY if m == "video"])
def test_the_frames_of_a_film_change_alike(promises, name):
    if not parts.find("augmentation", name).load().frames_alike:
        return
    picture = np.random.default_rng(0).integers(0, 256, (ROWS, 1, 12, 10, 3))
    film = np.repeat(picture, 4, axis=1).astype("uint8")
    mask = np.ones(film.shape[:2], bool)
    found = promises.numpy(strongest(name)(film, mask, training=True))
    for frame in range(1, 4):
        np.testing.assert_allclose(found[:, frame], found[:, 0], atol=1e-3)


@every_use
def test_compiles(promises, name, modality, shape):
    arrays, mask = batch_of(modality, shape)
    layer = strongest(name)
    layer(arrays, mask, training=True)
    run = promises.compiled(lambda a, m: layer(a, m, training=True))
    assert promises.numpy(run(arrays, mask)).shape == arrays.shape


def test_levels_grow():
    for modality in SHAPES:
        counts = [len(augmentations_for(level, modality)) for level in LEVELS]
        assert counts[0] == 0 and counts == sorted(counts), modality
