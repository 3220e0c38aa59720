import io

import numpy as np
from PIL import Image

from homodal.studies.picture import scatter_png
from homodal.studies.standing import Line


def line(name, seconds, kind="fusion"):
    entry = {"value": 0.8, "low": 0.7, "high": 0.9}
    return Line(
        kind, name, name, "cnn", 1, entry, 0.8, entry, {}, 10, seconds, 1.0, None
    )


def test_is_a_picture_with_a_point_for_each_line():
    one = scatter_png([line("mean", 10.0)])
    two = scatter_png([line("mean", 10.0), line("面 <b>", 20.0, "alone")])
    shades = [
        np.asarray(Image.open(io.BytesIO(png)).convert("L")) for png in (one, two)
    ]
    assert shades[0].shape == (900, 1350)
    assert (shades[0] < 250).sum() < (shades[1] < 250).sum()
