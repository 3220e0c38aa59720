"""Answers on TensorFlow, traced once for any number of rows and any lengths.

Keras's `predict_on_batch` traces a network anew for every new shape of its inputs, and
a trace takes as long as hundreds of batches.
"""

import tensorflow as tf


def traced(network, inputs, varying):
    """The `tf.function` of inputs like these to logits; made once for a network.

    inputs: one batch by name; varying: names of those whose second axis varies.
    """
    if network.traced is None:
        network.traced = _traced(
            lambda given: network(given, training=False)["logits"], inputs, varying
        )
    return network.traced


def traced_whole(network, inputs, varying):
    """The same to all that the network answers, which costs the columns' own heads."""
    if network.traced_whole is None:
        network.traced_whole = _traced(
            lambda given: network(given, training=False), inputs, varying
        )
    return network.traced_whole


def _traced(function, inputs, varying):
    specs = {name: spec(array, name in varying) for name, array in inputs.items()}
    return tf.function(function, input_signature=[specs], autograph=False)


def spec(array, varies):
    """The shape of an array, but for its rows and, where they vary, its steps."""
    first = [None, None] if varies else [None]
    shape = [*first, *array.shape[len(first) :]]
    return tf.TensorSpec(shape, tf.as_dtype(array.dtype))
