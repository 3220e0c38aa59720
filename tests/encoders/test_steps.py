"""How many steps an encoder makes of what."""

import numpy as np
import pytest

from homodal import parts
from homodal.encoders.rnn import Rnn
from homodal.errors import RecipeError

WANTED = {
    ("cnn", (10, 5)): 10,
    ("cnn", (28, 28, 1)): 4,
    ("cnn", (100, 40, 1)): 13,
    ("cnn", (3, 16, 16, 3)): 3,
    ("rnn", (10, 5)): 10,
    ("rnn", (28, 28, 1)): 7,
    ("rnn", (100, 40, 1)): 25,
    ("rnn", (3, 16, 16, 3)): 3,
    ("transformer", (10, 5)): 10,
    ("transformer", (28, 28, 1)): 4 * 4,
    ("transformer", (100, 40, 1)): 13 * 5,
    ("transformer", (3, 16, 16, 3)): 3,
}


@pytest.mark.parametrize("name, shape", WANTED)
def test_steps(name, shape):
    encoder = parts.find("encoder", name).make(depth=3 if name == "cnn" else 1)
    values = np.zeros((1, *shape), "float32")
    stream = encoder(values, np.ones((1, shape[0]), bool))
    assert stream.values.shape == (1, WANTED[name, shape], 64)


def test_cnn_cannot_share_and_says_what_to_do():
    first, second = (parts.find("encoder", "cnn").make() for _ in "12")
    with pytest.raises(RecipeError, match="'rnn' or 'transformer'"):
        second.share(first)


@pytest.mark.parametrize(("halvings", "steps"), [(0, 12), (1, 6), (2, 3)])
def test_a_sound_may_keep_its_time(halvings, steps):
    encoder = Rnn(width=8, depth=1, row_halvings=halvings)
    values = np.zeros((1, 12, 8, 1), "float32")
    assert encoder(values, np.ones((1, 12), bool)).values.shape == (1, steps, 8)


@pytest.mark.parametrize(("shape", "usual"), [((12, 16, 1), 24), ((4, 12, 16, 1), 48)])
def test_a_stem_may_be_narrower_than_its_trunk(shape, usual):
    values, mask = np.ones((1, *shape), "float32"), np.ones((1, shape[0]), bool)
    for stem_width, channels in ((None, usual), (16, 16)):
        encoder = Rnn(width=48, depth=1, stem_width=stem_width)
        assert encoder(values, mask).values.shape[-1] == 48
        kernels = [w for w in encoder.stem.weights if len(w.shape) == 4]
        assert kernels[-1].shape[-1] == channels
