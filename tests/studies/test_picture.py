import io

import numpy as np
from PIL import Image

from homodal.studies.picture import scatter_png, unbeaten
from homodal.studies.standing import Line


def line(name, seconds, kind="fusion", value=0.8):
    entry = {"value": value, "low": value - 0.1, "high": value + 0.1}
    return Line(
        kind, name, name, "cnn", 1, entry, 0.8, entry, {}, 10, seconds, 1.0, None
    )


def test_is_a_picture_with_a_point_for_each_line():
    one = scatter_png([line("mean", 10.0)])
    two = scatter_png([line("mean", 10.0), line("面 <b>", 20.0, "alone")])
    pictures = [
        np.asarray(Image.open(io.BytesIO(png)).convert("RGB")) for png in (one, two)
    ]
    assert pictures[0].shape == (550, 1320, 3)
    of_one_column = (161, 161, 161)  # its grey, a fifth of it white
    found = [(np.abs(p - of_one_column).max(axis=2) < 3).sum() for p in pictures]
    assert found[1] > found[0] + 100  # a square in each half


def test_named_are_those_that_none_beats_in_score_and_cost():
    lines = [
        line("best", 9.0, value=0.9),
        line("as good and quicker", 8.0, value=0.9),
        line("beaten", 8.5, value=0.85),
        line("quickest", 2.0, value=0.5),
    ]
    assert unbeaten(lines) == [1, 3]
