"""Functions traced by TensorFlow, once for any number of rows and steps."""

import tensorflow as tf


def compiled(function, free=1):
    """`function` as a graph, traced at its first call; `free` first axes may vary."""
    known = []

    def called(*arrays):
        if not known:
            specs = tf.nest.map_structure(lambda a: _spec(a, free), arrays)
            graph = tf.function(function, input_signature=specs, autograph=False)
            known.append(graph)
        return known[0](*arrays)

    return called


def _spec(array, free):
    array = tf.convert_to_tensor(array)
    shape = [None] * min(free, len(array.shape)) + list(array.shape[free:])
    return tf.TensorSpec(shape, array.dtype)
