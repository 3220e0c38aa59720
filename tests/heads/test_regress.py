import keras
import numpy as np

from homodal.heads.regress import Regress

LOGITS = np.array([[0.5], [-1.0], [2.0]], "float32")


def test_the_loss_is_half_the_squared_error_of_known_rows():
    truth = np.array([1.0, np.nan, 0.0], "float32")
    got = np.asarray(Regress().loss(keras.ops.convert_to_tensor(LOGITS), truth))
    np.testing.assert_allclose(got, [0.125, 0.0, 2.0], rtol=1e-6)


def test_progress_is_the_absolute_error():
    truth = np.array([1.0, -1.0, 0.0], "float32")
    got = np.asarray(Regress().progress(keras.ops.convert_to_tensor(LOGITS), truth))
    np.testing.assert_allclose(got, [0.5, 0.0, 2.0], rtol=1e-6)
