"""Whether XLA compiles the training step: told, or measured where it can pay.

On TensorFlow and a CPU it depends on the network: measured on two small ones, 1.6
times faster and 3.7 times slower. Compiling takes seconds to a minute, so a short run
is never measured; that also keeps short runs the same from one machine to the next.
"""

import time

import keras

from homodal.model.weights import assign, named_variables, to_numpy
from homodal.training.fit import compile_network

_WORTH_MEASURING_SECONDS = 300  # of training without XLA, as estimated
_STEPS = 5


def choose_jit(training, network, batches):
    """True where the step is to be compiled; the network's variables are left alone."""
    if keras.backend.backend() == "jax":
        return True
    if keras.backend.backend() != "tensorflow" or training.jit == "off":
        return False
    if training.jit == "on":
        return True
    if training.epochs * len(batches) < 3000:
        return False
    plain = _seconds_a_step(training, network, batches, jit=False)
    if plain * training.epochs * len(batches) < _WORTH_MEASURING_SECONDS:
        return False
    try:
        compiled = _seconds_a_step(training, network, batches, jit=True)
    except Exception:  # of many kinds: there are loops that XLA cannot compile
        return False
    return compiled < 0.9 * plain


def _seconds_a_step(training, network, batches, jit):
    before = to_numpy(named_variables(network))
    compile_network(network, training, len(batches), jit)
    inputs, truth = batches.batch(0)
    try:
        network.train_on_batch(inputs, truth)
        begun = time.perf_counter()
        for _ in range(_STEPS):
            network.train_on_batch(inputs, truth)
        return (time.perf_counter() - begun) / _STEPS
    finally:
        assign(named_variables(network), before, "the trial of jit")
