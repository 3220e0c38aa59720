"""Whether XLA compiles the training step: told, or measured where it can pay.

On TensorFlow and a CPU it depends on the network: measured on two small ones, 1.6
times faster and 3.7 times slower. Compiling takes seconds to a minute for each shape of
a batch, which the run has to earn back, and a short one is never measured; that also
keeps short runs the same from one machine to the next.
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
    steps = training.epochs * len(batches)
    if steps < 3000:
        return False
    _, plain = _seconds(training, network, batches, jit=False)
    if plain * steps < _WORTH_MEASURING_SECONDS:
        return False
    try:
        compiling, compiled = _seconds(training, network, batches, jit=True)
    except Exception:  # of many kinds: there are loops that XLA cannot compile
        return False
    return _pays(compiling * batches.shapes(), compiled, plain, steps)


def _pays(compiling, compiled, plain, steps):
    """Whether a run of so many steps is quicker, by a tenth, with what compiling takes.

    compiling: seconds for all shapes; compiled, plain: seconds a step.
    """
    return compiling + compiled * steps < 0.9 * plain * steps


def _seconds(training, network, batches, jit):
    """Of the first step, with what is done once, and of each after it."""
    before = to_numpy(named_variables(network))
    compile_network(network, training, len(batches), jit)
    inputs, truth = batches.batch(0)
    try:
        begun = time.perf_counter()
        network.train_on_batch(inputs, truth)
        ready = time.perf_counter()
        for _ in range(_STEPS):
            network.train_on_batch(inputs, truth)
        return ready - begun, (time.perf_counter() - ready) / _STEPS
    finally:
        assign(named_variables(network), before, "the trial of jit")
