import numpy as np
import pytest
from keras import ops

from homodal.heads.tag import Tag
from homodal.layers.stream import Stream

TAGS = ["B-a", "I-a", "O"]
MASK = np.array([[True, True, True], [True, False, False]])


def stream(mask=MASK):
    values = np.random.default_rng(0).normal(size=(*mask.shape, 8)).astype("float32")
    return Stream(*map(ops.convert_to_tensor, (values, mask)))


def logits_of(probabilities, mask):
    """Logits of these probabilities `(rows, steps, tags)`, as the head gives them."""
    scores = np.where(mask[..., None], np.log(probabilities), -1e4)
    nothing = np.where(mask, -1e4, 0.0)[..., None]
    return ops.convert_to_tensor(np.concatenate([scores, nothing], -1), "float32")


@pytest.mark.parametrize("crf", [False, True])
@pytest.mark.parametrize("training", [False, True])
def test_the_logits_say_where_there_is_no_word(crf, training):
    head = Tag(TAGS, crf=crf, dropout=0.0)
    found = ops.convert_to_numpy(head(stream(), training=training))
    assert found.shape == (2, 3, 4)
    np.testing.assert_array_equal(found.argmax(-1) < 3, MASK)


def test_the_loss_is_the_mean_cross_entropy_of_the_known_words():
    shares = np.full((2, 3, 3), 1 / 3)
    shares[0, 0] = [0.7, 0.2, 0.1]
    head = Tag(TAGS)
    # the second word's tag was never seen; the second row has one word
    truth = np.array([[0, -1, 2, -1, -1], [1, -1, -1, -1, -1]])
    got = ops.convert_to_numpy(head.loss(logits_of(shares, MASK), truth))
    wanted = [(-np.log(0.7) + np.log(3)) / 2, np.log(3)]
    np.testing.assert_allclose(got, wanted, rtol=1e-5)


def test_truth_may_have_fewer_steps_than_the_stream_or_more():
    logits = logits_of(np.full((2, 3, 3), 1 / 3), np.ones((2, 3), bool))
    head = Tag(TAGS)
    for truth in ([[0], [1]], [[0, 0, 1, 2, 2], [0, 0, 1, 2, 2]]):
        got = ops.convert_to_numpy(head.loss(logits, np.array(truth)))
        np.testing.assert_allclose(got, np.log(3), rtol=1e-5)


@pytest.mark.parametrize("crf", [False, True])
def test_words_beyond_the_mask_cost_nothing(crf):
    head = Tag(TAGS, crf=crf, dropout=0.0)
    logits = head(stream(), training=True)
    one, other = np.full((2, 3), 2), np.full((2, 3), 2)
    one[1, 1:], other[1, 1:] = -1, 0
    np.testing.assert_allclose(head.loss(logits, one), head.loss(logits, other))


def test_progress_is_the_share_of_right_tags():
    shares = np.full((2, 3, 3), 0.1)
    shares[..., 2] = 0.8
    truth = np.array([[2, 0, -1], [2, 1, 1]])
    found = Tag(TAGS).progress(logits_of(shares, MASK), truth)
    np.testing.assert_allclose(found, [0.5, 1.0])


def test_a_fresh_chain_is_plain_cross_entropy_and_its_answers_are_probabilities():
    plain, crf = Tag(TAGS, dropout=0.0), Tag(TAGS, crf=True, dropout=0.0)
    for head in (plain, crf):
        head(stream())
    for old, new in zip(plain.out.weights, crf.out.weights, strict=True):
        new.assign(ops.convert_to_tensor(old.value))
    truth = np.array([[0, 1, 2], [2, -1, -1]])
    losses = [h.loss(h(stream(), training=True), truth) for h in (plain, crf)]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-4)
    shares = np.exp(ops.convert_to_numpy(crf(stream()))[MASK][:, :3])
    np.testing.assert_allclose(shares.sum(axis=-1), 1, rtol=1e-5)


def test_parameters_are_as_the_docstring_says():
    plain, crf = Tag(TAGS), Tag(TAGS, crf=True)
    for head in (plain, crf):
        head(stream())
    assert plain.count_params() == 9 * 3
    assert crf.count_params() == 9 * 3 + 3**2 + 2 * 3
