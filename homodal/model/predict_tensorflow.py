"""Answers on TensorFlow, traced once for any number of rows and any lengths.

Keras's `predict_on_batch` traces a network anew for every new shape of its inputs, and
a trace takes as long as hundreds of batches.
"""

import tensorflow as tf


def traced(network, inputs, varying):
    """The `tf.function` of inputs like these to answers; made once for a network.

    inputs: one batch by name; varying: names of those whose second axis varies.
    """
    if network.traced is None:
        specs = {name: spec(array, name in varying) for name, array in inputs.items()}
        network.traced = tf.function(
            lambda given: network(given, training=False), input_signature=[specs]
        )
    return network.traced


def spec(array, varies):
    """The shape of an array, but for its rows and, where they vary, its steps."""
    first = [None, None] if varies else [None]
    shape = [*first, *array.shape[len(first) :]]
    return tf.TensorSpec(shape, tf.as_dtype(array.dtype))
