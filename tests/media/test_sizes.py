import pytest

from homodal.media.sizes import fitting


@pytest.mark.parametrize(
    ("seen", "size"),
    [((28, 28), (28, 28)), ((72, 72), (64, 64)), ((480, 640), (48, 64)),
     ((144, 180), (52, 64)), ((1, 1), (1, 1)), ((7, 5), (7, 5)), ((2, 3000), (1, 64)),
     ((30, 33), (32, 32))],
)  # fmt: skip
def test_a_size_fits_the_median_picture(seen, size):
    assert fitting([seen] * 3) == size


def test_one_odd_picture_changes_nothing():
    assert fitting([(28, 28)] * 9 + [(3000, 2)]) == (28, 28)
    assert fitting([(48, 64, "more")]) == (48, 64)
