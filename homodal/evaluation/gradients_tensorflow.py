"""Gradients by TensorFlow's tape."""

import tensorflow as tf


def gradients(function, tensors):
    """`(values, {name: gradient of their sum})`; zeros where nothing depends on it."""
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        values = function(tensors)
        total = tf.reduce_sum(values)
    zero = tf.UnconnectedGradients.ZERO
    return values, tape.gradient(total, tensors, unconnected_gradients=zero)
