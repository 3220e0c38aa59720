import keras
import numpy as np

from homodal.fronts.text import Text


def test_padding_is_masked_whatever_the_mask_says():
    front = Text(tokens=9, width=4, dropout=0.0)
    values, mask = front(np.array([[3, 1, 0]]), np.ones((1, 3), bool))
    np.testing.assert_array_equal(mask, [[True, True, False]])
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(values)[0, 2], 0)
    assert front.count_params() == 9 * 4 + 1


def spelled(front, arrays, training=False):
    arrays = np.array(arrays)
    values, mask = front(arrays, np.ones(arrays.shape[:2], bool), training=training)
    return map(keras.ops.convert_to_numpy, (values, mask))


def test_a_spelled_word_is_itself_beside_the_mean_of_its_pieces():
    front = Text(tokens=9, width=4, dropout=0.0)
    spelled(front, [[[2, 5, 7, 0]]])
    table = keras.ops.convert_to_numpy(front.table(np.arange(9)))
    front.positions.scale.assign(0.0)
    values, mask = spelled(front, [[[2, 5, 7, 0], [1, 0, 0, 0], [0, 0, 0, 0]]])
    np.testing.assert_array_equal(mask, [[True, True, False]])
    np.testing.assert_allclose(values[0, 0, :4], table[2], rtol=1e-6)
    np.testing.assert_allclose(
        values[0, 0, 4:], (table[5] + table[7]) / 2, rtol=1e-5, atol=1e-6
    )
    np.testing.assert_array_equal(values[0, 1, 4:], 0)
    np.testing.assert_array_equal(values[0, 2], 0)
    assert front.count_params() == 9 * 4 + 1


def test_some_spelled_words_are_hidden_in_training_but_never_their_pieces():
    front = Text(tokens=9, width=4, dropout=0.0, hide=0.5)
    arrays = np.tile([2, 5, 0], (20, 20, 1))
    values, _ = spelled(front, arrays)
    trained, mask = spelled(front, arrays, training=True)
    same = np.all(np.isclose(values, trained), axis=-1)
    assert 100 < same.sum() < 300 and mask.all()
    np.testing.assert_allclose(values[..., 4:], trained[..., 4:], atol=1e-6)


def test_flat_tokens_are_hidden_only_if_asked_for():
    arrays = np.tile([2], (20, 20))
    for hide, some in ((None, False), (0.5, True)):
        front = Text(tokens=9, width=4, dropout=0.0, hide=hide)
        values, _ = spelled(front, arrays)
        trained, _ = spelled(front, arrays, training=True)
        assert np.any(values != trained) == some
