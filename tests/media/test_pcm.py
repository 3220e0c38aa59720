import numpy as np
import pytest

from homodal.errors import BadCell
from homodal.media import pcm


@pytest.mark.parametrize(
    ("values", "coding"),
    [
        ([[-3, 5]], "int16"),
        ([[-3, 32767]], "int16"),
        ([[-32768, 0]], "int16"),
        ([[-32769, 0]], "int24"),
        ([[0, 32768, -9]], "int24"),
        ([[2**23, -1]], "int32"),
        ([[2**40, -1]], "int64"),
        ([[-3, 5], [2**20, 0]], "int24"),
        ([[100, 128, 160]], "uint8"),
        ([[30000, 33000]], "uint16"),
        ([[0, 0, 30]], "int16"),  # not around the middle
    ],
)
def test_values_decide_where_the_width_does_not(values, coding):
    arrays = [np.array(each, np.int64) for each in values]
    assert pcm.coding_of(arrays) == coding
    if coding not in ("int64",):
        assert np.abs(pcm.to_mono(arrays[-1], coding)).max() <= 1.001


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.uint16])
def test_narrow_arrays_say_it_themselves(kind):
    info = np.iinfo(kind)
    middle = (info.max + info.min + 1) // 2
    array = np.array([middle, info.max, middle], kind)
    assert pcm.coding_of([array]) is None
    np.testing.assert_array_equal(pcm.to_mono(array), [0, 1, 0])
    np.testing.assert_array_equal(pcm.to_mono(array, "int32"), [0, 1, 0])


def test_floats_are_kept_but_where_they_are_integers():
    for samples in ([0.5, -0.25], [1.0, -1.0], [3.0, 1.5], [-2.0, 4.0]):
        array = np.array(samples)
        assert pcm.coding_of([array]) is None
        np.testing.assert_array_equal(pcm.to_mono(array), samples)
    assert pcm.coding_of([np.array([120.0, -9000.0])]) == "int16"
    assert pcm.coding_of([np.array([0.5, -9000.25])]) == "int16"  # another rate
    np.testing.assert_array_equal(pcm.to_mono(np.array([0.0, 1.0]), "int16")[0], 0)


def test_the_shorter_axis_holds_the_channels():
    one, other = np.linspace(0, 1, 50), np.zeros(50)
    for array in (np.stack([one, other]), np.stack([one, other], axis=1)):
        np.testing.assert_allclose(pcm.to_mono(array), one / 2, rtol=1e-6)
        assert pcm.channels_of(array) == 2
    assert len(pcm.to_mono(one[None])) == len(pcm.to_mono(one[:, None])) == 50


@pytest.mark.parametrize(
    "array",
    [np.zeros((40, 50)), np.zeros((2, 3, 4)), np.zeros(3, complex), np.array(["a"]),
     np.array([1, None]), np.array([True, False]), np.array(0.5)],
)  # fmt: skip
def test_what_is_no_array_of_samples_is_a_bad_cell(array):
    with pytest.raises(BadCell, match="not an array of samples"):
        pcm.to_mono(array)
