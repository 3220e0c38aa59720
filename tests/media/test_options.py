import pytest

from homodal.errors import PartError
from homodal.media.options import between, choice


def test_good_values_come_back():
    assert between("image", "height_px", 5, 1, 10) == 5
    assert between("audio", "seconds", 5, 0.5, 10) == 5
    assert choice("video", "sampling", "uniform", ("uniform", "keyframes")) == "uniform"


@pytest.mark.parametrize("value", [0, 11, 5.0, True, "5", None])
def test_a_wrong_number_says_what_is_expected(value):
    expected = "Option 'height_px' of modality 'image' is wrong. "
    with pytest.raises(PartError, match=expected + "Expected a whole number from 1 to"):
        between("image", "height_px", value, 1, 10)


def test_a_wrong_name_is_told_a_near_one():
    with pytest.raises(PartError, match=r"Got 'unifrom'. Did you mean 'uniform'\?"):
        choice("video", "sampling", "unifrom", ("uniform", "keyframes"))
