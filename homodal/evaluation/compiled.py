"""A function of arrays, made fast by the backend at hand; its weights do not change."""

import keras


def compiled(function, free=1):
    """`function`, traced or compiled where the backend can; without gradients.

    free: how many first axes of its arrays vary from call to call.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        from homodal.evaluation.compiled_tensorflow import compiled

        return compiled(function, free)
    if backend == "jax":
        from homodal.evaluation.compiled_jax import compiled
    else:
        from homodal.evaluation.compiled_torch import compiled
    return compiled(function)
