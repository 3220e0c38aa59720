"""The gradient of a number a row in its inputs, on the backend at hand."""

import keras
import numpy as np
from keras import ops


def gradients(function, arrays):
    """`(values (rows,), {name: gradient})` as NumPy.

    function: of `{name: tensor (rows, ...)}` to a tensor `(rows,)`, each row's value
    from its own inputs only. arrays: `{name: (rows, ...)}`, float32.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        from homodal.evaluation.gradients_tensorflow import gradients
    elif backend == "jax":
        from homodal.evaluation.gradients_jax import gradients
    else:
        from homodal.evaluation.gradients_torch import gradients
    tensors = {name: ops.convert_to_tensor(array) for name, array in arrays.items()}
    values, found = gradients(function, tensors)
    return np.asarray(ops.convert_to_numpy(values), np.float64), {
        name: np.asarray(ops.convert_to_numpy(gradient), np.float64)
        for name, gradient in found.items()
    }
