"""One `fit` for every model: compile, resume, train, end with the best weights."""

import contextlib

import keras

from homodal.model.weights import to_numpy
from homodal.training.callbacks import Bar, Guard, Keeper, Stopped, Stopper
from homodal.training.feed import Feed
from homodal.training.interrupt import Interrupt
from homodal.training.optimizer import FlatAdamW
from homodal.training.schedule import Schedule
from homodal.training.towers import divide

WARMUP = 0.1  # of all steps
# parts of variables' names; decaying these towards zero only slows them down
_NOT_DECAYED = ["bias", "scale", "gamma", "beta", "token", "gain", "rates", "prior"]
_NOT_DECAYED += ["variance", "reach"]


def new_counters():
    """Counters of a run that has not begun."""
    return {
        "epoch": 0,
        "step": 0,
        "best": None,
        "best_step": 0,
        "waited": 0,
        "recent": [],
        "stopped_early": False,
    }


def compile_network(network, training, steps, jit):
    """Give the network its optimizer; returns the learning-rate `Schedule`."""
    total = training.epochs * steps
    schedule = Schedule(
        training.learning_rate,
        total,
        warmup_steps=round(WARMUP * total),
        shape=training.schedule,
    )
    optimizer = FlatAdamW(
        schedule,
        weight_decay=training.weight_decay,
        clip_norm=training.clip_norm,
        decayed=_decayed,
        watched=network.column_weights(),
    )
    network.dropout.total_steps = total
    network.compile(optimizer=optimizer, jit_compile=jit)
    # the network's, which with float16 is another that wraps ours
    network.optimizer.build(network.trainable_variables)
    divide(network, training)
    return schedule


def _decayed(variable):
    return not any(part in variable.path for part in _NOT_DECAYED)


def fit(
    network,
    batches,
    training,
    validate,
    checkpoints,
    journal,
    jit=False,
    lower_is_better=False,
    rehearse=None,
):
    """Train `network` on `Batches`; True when it ran to its end, False if interrupted.

    Continues from the newest checkpoint, to the bit. Ends with the best weights of all
    epochs in the network, as `validate(network)` judged them. rehearse: called as
    `rehearse(network, batches, begun)` before the first step, where `begun` is True in
    a run that goes on; gives the batches to train on. Raises `TrainingError` when the
    loss is no longer finite.
    """
    checkpoints.sweep()
    if rehearse is not None:
        batches = rehearse(network, batches, checkpoints.begun)
    compile_network(network, training, len(batches), jit)
    counters = checkpoints.load_latest(network) or new_counters()
    if counters["step"] == 0:
        checkpoints.save(network, counters)
    journal.rewind(counters["epoch"])
    bar = Bar(training.epochs, len(batches), journal, counters)
    interrupt = Interrupt()
    callbacks = [
        Guard(interrupt, counters),
        Keeper(
            validate,
            checkpoints,
            journal,
            counters,
            training.patience,
            lower_is_better,
        ),
        Stopper(interrupt, checkpoints, counters, _figures(network, batches, counters)),
        bar,
    ]
    try:
        with interrupt.watch(), contextlib.suppress(Stopped):
            _run(network, batches, training.epochs, counters, callbacks)
    finally:
        bar.close()
        journal.close()
    if counters["best"] is not None:
        checkpoints.load_best(network, counters["best_step"])
    return _ended(counters, training.epochs)


def _begun(batches, counters):
    """Steps of the epoch at hand that are done."""
    return counters["step"] - counters["epoch"] * len(batches)


def _ended(counters, epochs):
    return counters["stopped_early"] or counters["epoch"] >= epochs


def _figures(network, batches, counters):
    """What the metrics hold of an epoch that an interrupt cut in two."""
    if not _begun(batches, counters):
        return ()
    return list(to_numpy(dict(enumerate(network.metrics_variables))).values())


def fit_plainly(network, batches, training, jit=False, after_epoch=None):
    """All epochs of `training` without checkpoint, journal or choice of the best.

    after_epoch: called with the network.
    """
    compile_network(network, training, len(batches), jit)
    callbacks = []
    if after_epoch is not None:
        callbacks.append(
            keras.callbacks.LambdaCallback(
                on_epoch_end=lambda epoch, logs: after_epoch(network)
            )
        )
    counters = new_counters()
    _fit(network, batches, counters, training.epochs, len(batches), callbacks)


def _run(network, batches, epochs, counters, callbacks):
    """Keras's `fit` from the step at hand; first the rest of a begun epoch."""
    steps, begun = len(batches), _begun(batches, counters)
    if begun:
        this = counters["epoch"] + 1
        _fit(network, batches, counters, this, steps - begun, callbacks)
    if not _ended(counters, epochs):
        _fit(network, batches, counters, epochs, steps, callbacks)


def _fit(network, batches, counters, epochs, steps, callbacks):
    feed = Feed(batches, first_step=counters["step"])
    if keras.backend.backend() == "tensorflow":
        from homodal.training.feed_tensorflow import dataset

        feed = dataset(feed, batches.varying)
    network.fit(
        feed,
        initial_epoch=counters["epoch"],
        epochs=epochs,
        steps_per_epoch=steps,
        callbacks=callbacks,
        shuffle=False,
        verbose=0,
    )
