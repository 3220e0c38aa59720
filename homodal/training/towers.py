"""What a backend does to keep all cores busy in training; XLA and GPUs need nothing."""

import keras


def divide(network, training):
    """Let a compiled network work on parts of a batch at once, where that is the same.

    training: the recipe's. The answers, the loss and its gradient stay those of the
    whole batch; only the numbers that are drawn in between are others.
    """
    if keras.backend.backend() == "tensorflow":
        from homodal.training import towers_tensorflow

        towers_tensorflow.divide(network, training)
