import numpy as np
import pytest
from keras import ops

from homodal.errors import PartError
from homodal.fusions.anchored import Anchored
from homodal.layers.stream import Stream

WIDTH = 8


def stream(steps, seed, lengths):
    values = np.random.default_rng(seed).normal(size=(2, steps, WIDTH))
    mask = np.arange(steps) < np.array(lengths)[:, None]
    return Stream(*map(ops.convert_to_tensor, (values.astype("float32"), mask)))


STREAMS = {"face": stream(2, 0, (2, 2)), "words": stream(5, 1, (5, 3))}
BOTH = {name: np.ones(2, bool) for name in STREAMS}


def fused(fusion, present=BOTH, streams=STREAMS):
    found = fusion(streams, present)
    return [ops.convert_to_numpy(part) for part in found]


def test_the_steps_are_those_of_the_anchor():
    values, mask = fused(Anchored(width=6, anchor="words"))
    assert values.shape == (2, 5, 6)
    np.testing.assert_array_equal(mask, ops.convert_to_numpy(STREAMS["words"].mask))
    np.testing.assert_array_equal(values[1, 3:], 0)
    assert fused(Anchored(width=6))[0].shape == (2, 2, 6)  # the first by name


def test_the_others_are_heard_a_little_at_first():
    fusion = Anchored(width=6, anchor="words", dropout=0.0)
    with_face, _ = fused(fusion)
    without, _ = fused(fusion, BOTH | {"face": np.zeros(2, bool)})
    off = np.abs(with_face - without).max()
    assert 0 < off < 0.5 * np.abs(without).max()
    fusion.gates["face"].assign(np.zeros(WIDTH))
    np.testing.assert_allclose(fused(fusion)[0], without, rtol=1e-5)


def test_a_step_of_the_anchor_stays_where_it_is():
    fusion = Anchored(anchor="words", dropout=0.0)
    values, _ = fused(fusion)
    turned = ops.convert_to_numpy(STREAMS["words"].values).copy()
    turned[0, [1, 3]] = turned[0, [3, 1]]
    words = Stream(ops.convert_to_tensor(turned), STREAMS["words"].mask)
    got, _ = fused(fusion, streams=STREAMS | {"words": words})
    np.testing.assert_allclose(got[0, [3, 1]], values[0, [1, 3]], rtol=1e-4, atol=1e-5)


def test_an_absent_anchor_still_hears_the_others():
    token = np.zeros((2, 5, WIDTH), "float32")
    mask = np.tile(np.arange(5) == 0, (2, 1))
    streams = STREAMS | {"words": Stream(*map(ops.convert_to_tensor, (token, mask)))}
    fusion = Anchored(anchor="words", dropout=0.0)
    present = BOTH | {"words": np.zeros(2, bool)}
    values, _ = fused(fusion, present, streams)
    assert np.all(np.isfinite(values))
    assert np.abs(values[0, 0] - values[1, 0]).max() > 1e-3  # two faces, two answers
    nobody, _ = fused(fusion, present | {"face": np.zeros(2, bool)}, streams)
    assert np.all(np.isfinite(nobody))


def test_an_anchor_that_is_no_column_is_refused():
    with pytest.raises(PartError, match=r"one of: face, words\. Got sound"):
        fused(Anchored(anchor="sound"))


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize(("width", "reach"), [(None, 0.1), (6, None)])
def test_parameters_are_as_the_docstring_says(columns, width, reach):
    fusion = Anchored(width=width, anchor="words", heads=2, reach=reach)
    names = ["words", "face"][:columns]
    fusion({n: STREAMS[n] for n in names}, {n: BOTH[n] for n in names})
    wanted = 0 if columns == 1 else 4 * WIDTH**2 + 6 * WIDTH + WIDTH
    wanted += 2 * (columns - 1) * (reach is not None)
    last = 0 if width is None else (WIDTH + 1) * width + WIDTH
    assert fusion.count_params() == wanted + last


def test_without_a_width_a_lone_anchor_stays_as_it_is():
    words = STREAMS["words"]
    masked = np.where(words.mask[..., None], words.values, 0.0)
    nobody = BOTH | {"face": np.zeros(2, bool)}
    for streams, present in (({"words": words}, BOTH), (STREAMS, nobody)):
        fusion = Anchored(width=None, anchor="words")
        values, _ = fused(fusion, present, streams)
        np.testing.assert_allclose(values, masked, atol=1e-6)


def differing(one, other):
    """Which steps of the first row differ."""
    return np.flatnonzero(np.abs(one[0] - other[0]).max(axis=-1) > 1e-5).tolist()


def moved(streams, name, step):
    """The streams, one step of the first row of a column changed."""
    values = ops.convert_to_numpy(streams[name].values).copy()
    values[0, step] += np.arange(1, WIDTH + 1)
    return streams | {name: Stream(values, streams[name].mask)}


@pytest.mark.parametrize(("reach", "changed"), [(0.01, [4]), (None, [0, 1, 2, 3, 4])])
def test_a_step_looks_as_far_as_its_reach(reach, changed):
    spoken = {"words": STREAMS["words"], "sound": stream(4, 2, (4, 4))}
    fusion = Anchored(anchor="words", dropout=0.0, gate=1.0, reach=reach)
    present = {name: np.ones(2, bool) for name in spoken}
    values, _ = fused(fusion, present, spoken)
    got, _ = fused(fusion, present, moved(spoken, "sound", 3))  # the last quarter
    assert differing(values, got) == changed


def test_an_absent_anchor_reaches_everywhere():
    mask = np.tile(np.arange(5) == 0, (2, 1))
    words = Stream(np.zeros((2, 5, WIDTH), "float32"), mask)
    streams = {"words": words, "sound": stream(4, 2, (4, 4))}
    fusion = Anchored(anchor="words", dropout=0.0, gate=1.0, reach=0.01)
    present = {"words": np.zeros(2, bool), "sound": np.ones(2, bool)}
    values, _ = fused(fusion, present, streams)
    for step in range(4):
        got, _ = fused(fusion, present, moved(streams, "sound", step))
        assert differing(values, got) == [0]


def test_training_hides_steps_where_another_column_is():
    words, face = stream(400, 1, (400, 400)), stream(2, 0, (2, 2))
    fusion = Anchored(width=None, anchor="words", dropout=0.0, gate=0.0, hidden=0.3)
    streams, present = {"words": words, "face": face}, BOTH | {"face": [True, False]}
    present = {name: np.array(there) for name, there in present.items()}
    still, _ = fused(fusion, present, streams)
    np.testing.assert_allclose(still, words.values)
    values = ops.convert_to_numpy(fusion(streams, present, training=True).values)
    np.testing.assert_allclose(values[1], words.values[1])
    gone = np.all(values[0] == 0, axis=-1)
    assert 0.2 < gone.mean() < 0.4
    np.testing.assert_allclose(values[0][~gone], still[0][~gone])
    again = ops.convert_to_numpy(fusion(streams, present, training=True).values)
    assert np.any(gone != np.all(again[0] == 0, axis=-1))


def test_the_token_of_an_absent_anchor_is_never_hidden():
    words, face = stream(400, 1, (400, 400)), stream(2, 0, (2, 2))
    fusion = Anchored(width=None, anchor="words", dropout=0.0, gate=0.0, hidden=0.9)
    present = {"words": np.array([True, False]), "face": np.ones(2, bool)}
    got = fusion({"words": words, "face": face}, present, training=True)
    values = ops.convert_to_numpy(got.values)
    assert np.all(values[0] == 0, axis=-1).mean() > 0.8
    np.testing.assert_allclose(values[1], words.values[1])


WRONG = [{"reach": 0.0}, {"reach": "near"}, {"hidden": 1.0}, {"hidden": None}]


@pytest.mark.parametrize("wrong", [*WRONG, {"gate": "open"}, {"gate": -0.1}])
def test_shares_that_are_none_are_refused(wrong):
    ((name, value),) = wrong.items()
    with pytest.raises(PartError, match=rf"'{name}'.*Got {value!r}"):
        fused(Anchored(anchor="words", **wrong))


def test_own_answers_are_the_networks_to_add():
    assert Anchored().level == "feature"
    assert Anchored(own_answers=True).level == "joint"
    plain, joint = Anchored(anchor="words"), Anchored(anchor="words", own_answers=True)
    for fusion in (plain, joint):
        fused(fusion)
    assert plain.count_params() == joint.count_params()
