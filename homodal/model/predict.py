"""Logits of rows: the one way in which training, evaluation and prediction get them."""

import keras
import numpy as np
from keras import ops, tree

# rows that go through the network at once, whatever the training batch was
PREDICT_BATCH = 256


def padded_lengths():
    """How many padded lengths a column may have: JAX compiles each of them anew."""
    return 2 if keras.backend.backend() == "jax" else 8


def answers(network, inputs, varying):
    """All that the network answers to one batch; `varying` as `Batches` names it."""
    if keras.backend.backend() == "tensorflow":
        from homodal.model.predict_tensorflow import traced_whole

        return traced_whole(network, inputs, varying)(inputs)
    return network.predict_on_batch(inputs)


def fused_logits(network, inputs, varying):
    """`(batch, ...)` for one batch of inputs; `varying` as `Batches` names it.

    Of several targets `{target: (batch, ...)}`.
    """
    if keras.backend.backend() == "tensorflow":
        from homodal.model.predict_tensorflow import traced

        found = traced(network, inputs, varying)(inputs)
    else:
        found = network.predict_on_batch(inputs)["logits"]
    return tree.map_structure(
        lambda each: np.asarray(ops.convert_to_numpy(each), np.float32), found
    )


def logits(network, batches):
    """Yield `(rows, logits, truth)` for each batch of `Batches`, in order.

    logits `(batch, ...)` as NumPy, float32.
    """
    order = batches.order(0)
    for index in range(len(batches)):
        begin = index * batches.batch_size
        inputs, truth = batches.batch(index, order=order)
        rows = order[begin : begin + batches.batch_size]
        yield rows, fused_logits(network, inputs, batches.varying), truth
