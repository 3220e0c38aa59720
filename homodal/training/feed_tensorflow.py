"""The feed as a `tf.data.Dataset`, with every varying axis declared as such.

Keras takes the shapes of a `PyDataset` from its first two batches: when both are padded
to one length, the first batch of another length stops the training.
"""

import tensorflow as tf

from homodal.model.predict_tensorflow import spec

_PREFETCHED = 2  # batches made while the step before them runs


def dataset(feed, varying):
    """Batches of a `Feed` for `fit`; `varying`: names of inputs whose steps vary."""

    def batches():
        index = 0
        while True:
            yield feed[index]
            index += 1

    inputs, truth = feed[0]
    signature = (
        {name: spec(array, name in varying) for name, array in inputs.items()},
        _spec_of(truth),
    )
    made = tf.data.Dataset.from_generator(batches, output_signature=signature)
    options = tf.data.Options()
    # there is nothing to tune, and the end of `fit` can wait for the tuner's next look:
    # as long again as the training took
    options.autotune.enabled = False
    return made.prefetch(_PREFETCHED).with_options(options)


def _spec_of(truth):
    if isinstance(truth, dict):
        return {name: spec(array, False) for name, array in truth.items()}
    return spec(truth, False)
